"""Chinese texts: runs."""

TEXTS: dict[str, str] = {}

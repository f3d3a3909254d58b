"""Chinese texts: content."""

TEXTS: dict[str, str] = {}

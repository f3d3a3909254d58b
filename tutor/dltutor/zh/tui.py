"""Chinese texts: tui."""

TEXTS: dict[str, str] = {}

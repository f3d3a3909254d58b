"""Chinese texts: cli."""

TEXTS: dict[str, str] = {}

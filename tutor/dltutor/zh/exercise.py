"""Chinese texts: exercise."""

TEXTS: dict[str, str] = {}

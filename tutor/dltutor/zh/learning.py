"""Chinese texts: learning."""

TEXTS: dict[str, str] = {}

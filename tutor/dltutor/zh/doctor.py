"""Chinese texts: doctor."""

TEXTS: dict[str, str] = {}

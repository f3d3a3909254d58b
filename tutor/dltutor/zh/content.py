"""Chinese texts: content."""

TEXTS: dict[str, str] = {
    "Try it:": "动手试试：",
    "about {minutes} min": "约 {minutes} 分钟",
}

"""The few pages that are not a terminal, and the one around it. They ask nothing from outside."""

from __future__ import annotations

from html import escape

from dltutor.i18n import current, t


def _page(body: str, *, head: str = "") -> str:
    lang = "zh-CN" if current() == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n<title>dltutor</title>\n'
        f'<link rel="icon" href="data:,">\n{head}'
        '<link rel="stylesheet" href="/static/page.css">\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def terminal() -> str:
    """The terminal, what is shown before it has drawn anything, and what after its end."""
    body = (
        '<div id="opening" class="notice" role="status">{opening}</div>\n'
        '<div id="closed" class="notice" role="alert"><div>{closed}</div>'
        '<button type="button" id="again">{again}</button></div>\n'
        '<div id="terminal" class="textual-terminal" data-font-size="16"></div>'
    ).format(
        opening=escape(t("dltutor is being opened.")),
        closed=escape(t("This session has ended. What you did is kept.")),
        again=escape(t("Open it again")),
    )
    head = '<link rel="stylesheet" href="/static/xterm.css">\n<script src="/static/page.js"></script>\n'
    return _page(body, head=head)


def full(sessions: int) -> str:
    """All places are taken."""
    text = t("All {count} places are taken. One becomes free when somebody leaves.", count=sessions)
    return _page(
        f'<div class="notice" role="alert"><div>{escape(text)}</div>'
        f'<a class="button" href="/">{escape(t("Try again"))}</a></div>'
    )


def enter() -> str:
    """Goes on to the terminal without the token in the address.

    A redirect would not do: it counts as begun by whatever page the address was opened from,
    and then the browser holds the cookie back.
    """
    return _page(
        f'<div class="notice"><a class="button" href="/">{escape(t("Open dltutor"))}</a></div>',
        head='<meta http-equiv="refresh" content="0;url=/">\n',
    )

"""The server of ``dltutor serve``: pages, the web sockets of the sessions, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import secrets
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from aiohttp import web
from textual_serve.download_manager import DownloadManager

from dltutor import paths, settings
from dltutor.i18n import t
from dltutor.settings import write_whole
from dltutor.tui.serve import pages
from dltutor.tui.serve.gate import Gate
from dltutor.tui.serve.session import Session, size_of

WAIT_FOR_A_PLACE = 3.0
"""seconds: a page that is loaded anew asks before the old one has left"""
YEAR = 365 * 24 * 3600
VISITOR = "dltutor-visitor"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# name in the address -> (package, path, type); nothing else is ever read from the disk
STATIC: Mapping[str, tuple[str, str, str]] = {
    "page.css": ("dltutor.tui.serve", "static/page.css", "text/css"),
    "page.js": ("dltutor.tui.serve", "static/page.js", "text/javascript"),
    "xterm.css": ("textual_serve", "static/css/xterm.css", "text/css"),
    "textual.js": ("textual_serve", "static/js/textual.js", "text/javascript"),
    "RobotoMono.ttf": (
        "textual_serve", "static/fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf",
    ),
    "RobotoMono-Italic.ttf": (
        "textual_serve", "static/fonts/RobotoMono-Italic-VariableFont_wght.ttf", "font/ttf",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What is served, to whom."""

    gate: Gate
    port: int
    sessions: int = 4
    own_progress: bool = False
    """each browser has a home of its own, found again by its cookie"""


class Server:
    """Answers requests; ``app`` is what aiohttp runs."""

    def __init__(self, offer: Offer) -> None:
        self.offer = offer
        self.gate = offer.gate
        # a browser sends the cookies of a host to all its ports
        self.cookie = f"dltutor-{offer.port}"
        self.downloads = DownloadManager()
        self.sessions: dict[Session, str] = {}
        """the sessions with an open web socket, and whose they are"""
        self.processes: set[Session] = set()
        """the sessions whose processes have not ended yet"""
        self._left = asyncio.Event()
        self.app = web.Application(middlewares=[self._guard])
        self.app.add_routes(
            [
                web.get("/", self.index),
                web.get("/ws", self.terminal),
                web.get("/static/{name}", self.static),
                web.get("/download/{key}", self.download),
            ]
        )
        self.app.on_response_prepare.append(self._harden)
        self.app.on_shutdown.append(self._end)

    # -- who may come in ---------------------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self.gate.is_ours(request.headers, socket=request.path == "/ws"):
            return _refused(t("403: this page or address may not ask here."))
        token = request.query.get("token")
        if token is not None and request.path == "/":
            if not self.gate.opens(token):
                return _refused(t("403: the token is wrong; use the address that was printed."))
            response = web.Response(text=pages.enter(), content_type="text/html")
            response.set_cookie(self.cookie, self.gate.cookie, httponly=True, samesite="Strict")
            return response
        if not self.gate.knows(request.cookies.get(self.cookie, "")):
            return _refused(t("403: open the address that dltutor serve printed, with its token."))
        return await handler(request)

    async def _harden(self, request: web.Request, response: web.StreamResponse) -> None:
        host = request.headers.get("Host", "")
        response.headers.update(
            {
                "Content-Security-Policy": (
                    "default-src 'none'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
                    "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                    "frame-ancestors 'none'; "
                    f"connect-src 'self' ws://{host} wss://{host}"
                    if self.gate.is_ours(request.headers)
                    else "default-src 'none'"
                ),
                "X-Frame-Options": "DENY",
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "no-referrer",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Server": "dltutor",
            }
        )
        response.headers.setdefault("Cache-Control", "no-store")

    # -- pages -------------------------------------------------------------------------------------

    async def index(self, request: web.Request) -> web.Response:
        visitor = _visitor(request)
        # whoever loads the page anew still has the old session
        if self._is_full() and visitor not in self.sessions.values():
            return web.Response(
                text=pages.full(self.offer.sessions), content_type="text/html", status=503
            )
        response = web.Response(text=pages.terminal(), content_type="text/html")
        response.set_cookie(
            VISITOR, visitor or secrets.token_hex(16),
            httponly=True, samesite="Strict", max_age=YEAR,
        )  # fmt: skip
        return response

    async def static(self, request: web.Request) -> web.Response:
        found = STATIC.get(request.match_info["name"])
        if found is None:
            return web.Response(text="404", status=404)
        package, path, kind = found
        body = await asyncio.to_thread(files(package).joinpath(path).read_bytes)
        return web.Response(
            body=body, content_type=kind, headers={"Cache-Control": "private, max-age=3600"}
        )

    async def download(self, request: web.Request) -> web.StreamResponse:
        """A file that the screens deliver to the browser."""
        key = request.match_info["key"]
        try:
            about = await self.downloads.get_download_metadata(key)
        except KeyError:
            return web.Response(text="404", status=404)
        # always as a file: what a session wrote must not become a page of this origin
        response = web.StreamResponse(
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(about.file_name)}",
            }
        )
        await response.prepare(request)
        async for chunk in self.downloads.download(key):
            await response.write(chunk)
        await response.write_eof()
        return response

    # -- sessions ----------------------------------------------------------------------------------

    def _is_full(self) -> bool:
        return len(self.sessions) >= self.offer.sessions

    async def _place(self) -> bool:
        """Whether there is room, now or in a moment."""
        deadline = asyncio.get_running_loop().time() + WAIT_FOR_A_PLACE
        while self._is_full():
            left = deadline - asyncio.get_running_loop().time()
            self._left.clear()
            try:
                await asyncio.wait_for(self._left.wait(), left)
            except TimeoutError:
                return False
        return True

    async def terminal(self, request: web.Request) -> web.StreamResponse:
        """The web socket of a session, from its first to its last moment."""
        if not await self._place():
            return web.Response(text=t("503: all places are taken."), status=503)
        visitor = _visitor(request)
        ws = web.WebSocketResponse(heartbeat=15, max_msg_size=1 << 20)
        session = Session(ws, self.downloads, self._environment(visitor))
        self.sessions[session] = visitor
        self.processes.add(session)
        try:
            await ws.prepare(request)
            await session.start(*size_of(request.query))
            await session.listen()
        finally:
            del self.sessions[session]
            self._left.set()
            await session.stop()
            self.processes.discard(session)
        return ws

    def _environment(self, visitor: str) -> dict[str, str]:
        if not self.offer.own_progress:
            return {}
        home = visitor_home(visitor)
        # what was downloaded once serves everybody
        data = os.environ.get("DLTUTOR_DATA") or settings.load().data_root
        if not data and paths.downloads_folder().is_dir():
            data = str(paths.downloads_folder())
        return {
            "DLTUTOR_HOME": str(home),
            "DLTUTOR_RUNS": "",
            "DLTUTOR_EXERCISES": "",
            "DLTUTOR_DATA": data,
        }

    async def _end(self, _: web.Application) -> None:
        await asyncio.gather(*(s.stop() for s in list(self.processes)), return_exceptions=True)


def visitor_home(visitor: str) -> Path:
    """The folder of a browser's own progress, runs and settings; its name does not tell the cookie."""
    if not visitor:
        raise web.HTTPForbidden(text=t("403: open the first page first."))
    name = hashlib.sha256(visitor.encode()).hexdigest()[:32]
    folder = paths.visitors_folder() / name
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700)
        wished = settings.load()
        # begins in the language and the look of whoever serves, with a first start of its own
        text = json.dumps({"lang": wished.lang, "theme": wished.theme})
        write_whole(folder / "config" / "settings.json", text)
    return folder


def _visitor(request: web.Request) -> str:
    """The browser's name for itself, if it is one that was given by us."""
    value = request.cookies.get(VISITOR, "")
    return value if len(value) == 32 and set(value) <= set("0123456789abcdef") else ""


def _refused(text: str) -> web.Response:
    return web.Response(text=text + "\n", status=403)


async def serve(offer: Offer, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serves until Ctrl-C or SIGTERM; returns when every session's process has ended."""
    runner = web.AppRunner(
        Server(offer).app, access_log=None, handle_signals=False, shutdown_timeout=2
    )
    await runner.setup()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: asyncio cancels us instead
            loop.add_signal_handler(number, stop.set)
    try:
        await web.SockSite(runner, listening).start()
        ready()
        await stop.wait()
    finally:
        await runner.cleanup()

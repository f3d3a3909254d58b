"""One browser's session: a process that runs the screens, and the web socket that shows them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientConnectionError, WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

PATIENCE = 5.0
"""seconds that a process has to end by itself"""
LARGEST = 1000
"""columns or rows; a browser that asks for more is mistaken"""

# what the server's own terminal is does not matter to a browser
_OF_THE_TERMINAL = ("COLORFGBG", "KITTY_WINDOW_ID", "STY", "TERM_PROGRAM", "TMUX", "WT_SESSION")


def size_of(values: Mapping[str, Any]) -> tuple[int, int]:
    """Columns and rows from what a browser sent, whatever that was."""
    found = []
    for name, usual in (("width", 80), ("height", 24)):
        try:
            found.append(min(max(int(values.get(name, usual)), 1), LARGEST))
        except (TypeError, ValueError):
            found.append(usual)
    return found[0], found[1]


class Session(AppService):
    """A process of the screens; textual-serve's packets go between it and the browser."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        downloads: DownloadManager,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(
            "dltutor",
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=self._close,
            download_manager=downloads,
        )
        self.socket = socket
        self.environment = environment
        self._stopping: asyncio.Task[None] | None = None

    async def _close(self) -> None:
        await self.socket.close()

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = {k: v for k, v in os.environ.items() if k not in _OF_THE_TERMINAL}
        environment |= {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "COLUMNS": str(width),
            "ROWS": str(height),
            **self.environment,
        }
        # a session of its own: Ctrl-C is for the server, which ends its children itself
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dltutor.tui.serve.child",
            stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=True,
        )  # fmt: skip
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Passes on what the process draws, until it ends; then the browser is told."""
        with contextlib.suppress(ConnectionError, ClientConnectionError, RuntimeError):
            await super().run()
        await self.socket.close()

    async def listen(self) -> None:
        """Passes on what the browser sends, until it leaves. What is no message is left out."""
        async for message in self.socket:
            if message.type != WSMsgType.TEXT:
                continue
            try:
                kind, *rest = message.json()
            except (ValueError, TypeError):
                continue
            value = rest[0] if rest else None
            if kind == "stdin" and isinstance(value, str):
                await self.send_bytes(value.encode("utf-8", errors="ignore"))
            elif kind == "resize" and isinstance(value, dict):
                await self.set_terminal_size(*size_of(value))
            elif kind == "ping":
                await self.socket.send_json(["pong", value])
            elif kind == "focus":
                await self.focus()
            elif kind == "blur":
                await self.blur()

    async def stop(self) -> None:
        """Ends the process; returns when it is gone. Training runs go on by themselves."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._stop())
        await asyncio.shield(self._stopping)

    async def _stop(self) -> None:
        process, task = self._process, self._task
        if process is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        if process.returncode is None and process.stdin is not None:
            await self.send_meta({"type": "quit"})
            process.stdin.close()
        # asked so far; then told, then forced, with whatever it has started
        for end in (process.terminate, lambda: _end_group(process)):
            try:
                await asyncio.wait_for(process.wait(), PATIENCE)
                break
            except TimeoutError:
                with contextlib.suppress(ProcessLookupError):
                    end()
        await process.wait()
        if task is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(task, PATIENCE)


def _end_group(process: Process) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()

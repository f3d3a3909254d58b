"""``dltutor serve`` as a real process: who is let in, what a session is, how it ends."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pyte
import pytest

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")
psutil = pytest.importorskip("psutil")

Served = Any

if sys.platform == "win32":
    pytest.skip("signals to processes", allow_module_level=True)


class Visitor:
    """A browser without a window: cookies, pages and web sockets."""

    def __init__(self, served: Served, client: Any) -> None:
        self.served, self.client = served, client

    async def get(self, path: str, **headers: str) -> tuple[int, str, Any]:
        async with self.client.get(self.served.base + path, headers=headers) as answer:
            return answer.status, await answer.text(errors="replace"), answer

    async def enter(self) -> None:
        status, _, _ = await self.get(f"/?token={self.served.token}")
        assert status == 200
        status, _, _ = await self.get("/")
        assert status == 200

    @asynccontextmanager
    async def session(self, size: str = "?width=80&height=24") -> AsyncIterator[Session]:
        async with self.client.ws_connect(
            self.served.base + "/ws" + size, origin=self.served.base
        ) as ws:
            yield Session(ws)


class Session:
    """A terminal in a browser."""

    def __init__(self, ws: Any) -> None:
        self.ws = ws
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    async def until(self, wanted: str, seconds: float = 30) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while wanted not in self.text:
            try:
                message = await self.ws.receive(max(0.01, end - loop.time()))
            except TimeoutError:
                raise AssertionError(f"{wanted!r} did not come:\n{self.text}") from None
            assert message.type == aiohttp.WSMsgType.BINARY, (message, self.text)
            self.stream.feed(message.data)

    async def press(self, keys: str) -> None:
        await self.ws.send_json(["stdin", keys])

    async def closed(self) -> None:
        async with asyncio.timeout(60):
            while (await self.ws.receive()).type == aiohttp.WSMsgType.BINARY:
                pass


@asynccontextmanager
async def visitor(served: Served) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # addresses in figures may have cookies too
    async with aiohttp.ClientSession(cookie_jar=jar) as client:
        yield Visitor(served, client)


def children(served: Served) -> list[Any]:
    return list(psutil.Process(served.process.pid).children(recursive=True))


async def gone(processes: list[Any], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
            await asyncio.sleep(0.05)


# -- who is let in ----------------------------------------------------------------------------------


async def test_nothing_is_answered_without_the_token(serve: Callable[..., Served]) -> None:
    served = serve()
    assert len(served.token) >= 32
    async with visitor(served) as browser:
        for path in (
            "/", "/ws", "/static/textual.js", "/static/page.js", "/download/key", "/nowhere",
            "/?token=", "/?token=wrong", f"/?token={served.token[:-1]}", f"/ws?token={served.token}",
            "/?token=%E5%AF%86",
        ):  # fmt: skip
            status, text, answer = await browser.get(path)
            assert status == 403, path
            assert text.startswith("403: ")
            assert text.count("\n") == 1
            assert "Set-Cookie" not in answer.headers
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with browser.session():
                pass
        assert refused.value.status == 403
    assert children(served) == []


async def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(
    serve: Callable[..., Served],
) -> None:
    served = serve()
    async with visitor(served) as browser:
        status, text, answer = await browser.get(f"/?token={served.token}")
        assert status == 200
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert served.token not in cookie + text
        for path in ("/", "/static/page.js", "/static/textual.js", "/static/RobotoMono.ttf"):
            status, text, answer = await browser.get(path)
            assert status == 200, path
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
        _, page, answer = await browser.get("/")
        assert "HttpOnly" in answer.headers["Set-Cookie"]
        assert re.findall(r"""(?:src|href)=["']([^"']*)""", page) == [
            "data:,", "/static/xterm.css", "/static/page.js", "/static/page.css",
        ]  # fmt: skip
        for path in ("/static/nothing.js", "/static/..%2fgate.py", "/download/key", "/nowhere"):
            assert (await browser.get(path))[0] == 404, path


async def test_a_token_of_ones_own(serve: Callable[..., Served]) -> None:
    served = serve(DLTUTOR_TOKEN="correct-horse-battery")
    assert served.token == "correct-horse-battery"
    async with visitor(served) as browser:
        await browser.enter()


async def test_other_names_and_other_sites_are_refused(serve: Callable[..., Served]) -> None:
    served = serve()
    port = served.host.rpartition(":")[2]
    async with visitor(served) as browser:
        await browser.enter()
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "", "[::1"):
            assert (await browser.get("/", Host=host))[0] == 403, host
            assert (await browser.get(f"/?token={served.token}", Host=host))[0] == 403, host
        for host in (
            f"localhost:{port}",
            "localhost:9999",
            f"[::1]:{port}",
        ):  # ssh -L has its own port
            assert (await browser.get(f"/?token={served.token}", Host=host))[0] == 200, host
        for origin in ("http://evil.example", "http://127.0.0.1:1", "null", "http://localhost:1"):
            assert (await browser.get("/", Origin=origin))[0] == 403, origin
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await browser.client.ws_connect(served.base + "/ws", origin=origin)
            assert refused.value.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):  # no browser leaves the origin out
            await browser.client.ws_connect(served.base + "/ws")
        async with browser.session() as session:
            await session.until("Waves and their sums")


# -- sessions ---------------------------------------------------------------------------------------


async def test_a_session_takes_keys_and_sizes_and_survives_nonsense(
    serve: Callable[..., Served],
) -> None:
    served = serve()
    async with visitor(served) as browser:
        await browser.enter()
        async with browser.session("?width=wide&height=") as session:
            await session.until("Waves and their sums")
            for nonsense in ("", "{", "[]", "7", '["stdin"]', '["stdin", 5]', '["resize", null]',
                             '["resize", {"width": "x", "height": null}]', '["quit", 1]'):  # fmt: skip
                await session.ws.send_str(nonsense)
            await session.ws.send_bytes(b"\x00\xff")
            await session.ws.send_json(["resize", {"width": 100, "height": 30}])
            session.screen.resize(30, 100)
            await session.press("c")
            await session.until("Two waves, one sum")
            await session.press("\x11")
            await session.closed()
        await gone(children(served))


async def test_a_session_that_dies_is_closed(serve: Callable[..., Served]) -> None:
    served = serve()
    async with visitor(served) as browser:
        await browser.enter()
        async with browser.session() as session:
            await session.until("Waves and their sums")
            (child,) = children(served)
            child.kill()
            await session.closed()
        async with browser.session() as session:
            await session.until("Waves and their sums")


async def test_when_all_places_are_taken_a_page_says_so(serve: Callable[..., Served]) -> None:
    served = serve("--sessions", "1", DLTUTOR_LANG="zh")
    async with visitor(served) as first, visitor(served) as second:
        await first.enter()
        async with first.session() as session:
            await session.until("波与波的叠加")
            await second.get(f"/?token={served.token}")
            status, page, _ = await second.get("/")
            assert status == 503
            assert "1 个会话都已被占用" in page
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with second.session():
                    pass
            assert refused.value.status == 503
            # whoever loads the page anew still holds the place
            assert (await first.get("/"))[0] == 200
        status, page, _ = await second.get("/")
        async with second.session() as session:
            await session.until("波与波的叠加")


async def test_each_browser_finds_its_own_progress_again(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    served = serve("--own-progress", DLTUTOR_LANG="")
    async with visitor(served) as one, visitor(served) as other:
        await one.enter()
        await other.enter()
        async with one.session() as session:
            await session.until("Begin with the first lesson")
            await session.press("\x1b[A" * 9)
            await session.until("▸ ● English")
            await session.press("\x1b[B\r")
            await session.until("从第一课开始")
            await session.press("\x11")
            await session.closed()
        async with other.session() as session:
            await session.until("Begin with the first lesson")
        async with one.session() as session:
            await session.until("从第一课开始")
    homes = list((tmp_path / "home" / "data" / "visitors").iterdir())
    assert len(homes) == 2
    assert {home.stat().st_mode & 0o777 for home in homes} == {0o700}
    cookies = {c.value for v in (one, other) for c in v.client.cookie_jar}
    assert not cookies & {home.name for home in homes}


async def test_without_own_progress_a_browser_goes_on_where_the_terminal_was(
    serve: Callable[..., Served], tmp_path: Path
) -> None:
    from dltutor.learning.progress import Progress

    served = serve()
    async with visitor(served) as browser:
        await browser.enter()
        async with browser.session() as session:
            await session.until("Waves and their sums")
            await session.press("c")
            await session.until("Two waves, one sum")
            await session.press("G")
            await session.until("✓ read")
            await session.press("\x11")
            await session.closed()
    with Progress.open() as progress:
        assert set(progress.lessons("sample")) == {"sums"}
    assert not (tmp_path / "home" / "data" / "visitors").exists()


# -- the end ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_ends_the_server_and_every_process(
    serve: Callable[..., Served], number: int
) -> None:
    served = serve()
    async with visitor(served) as browser:
        await browser.enter()
        async with browser.session() as first, browser.session() as second:
            await first.until("Waves and their sums")
            await second.until("Waves and their sums")
            processes = children(served)
            assert len(processes) == 2
            code, out, err = await asyncio.to_thread(served.end, number)
            assert code == 0
            assert "every session is closed" in out
            assert err == ""
            assert not any(p.is_running() for p in processes)


async def test_sessions_do_not_outlive_a_server_that_is_killed(
    serve: Callable[..., Served],
) -> None:
    served = serve()
    async with visitor(served) as browser:
        await browser.enter()
        async with browser.session() as session:
            await session.until("Waves and their sums")
            processes = children(served)
            await asyncio.to_thread(served.end, signal.SIGKILL)
            await gone(processes)


def test_a_port_in_use_is_one_line(dltutor: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = dltutor("serve", "--port", str(port))
    assert done.code == 1
    assert done.err == f"dltutor: port {port} is in use (--port 0 takes one that is free)\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "no.such.name.invalid", "192.0.2.7"])
def test_other_machines_are_kept_out_unless_asked_for(dltutor: Any, host: str) -> None:
    done = dltutor("serve", "--host", host, "--port", "0")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert ("no such address" if "invalid" in host else "--expose") in done.err


async def test_an_exposed_server_answers_to_addresses_and_given_names(
    serve: Callable[..., Served],
) -> None:
    served = serve("--host", "0.0.0.0", "--expose", "--name", "Tutor.example")
    async with visitor(served) as browser:
        await browser.enter()
        for host, status in (("192.0.2.7:80", 200), ("tutor.example", 200), ("evil.example", 403)):
            assert (await browser.get(f"/?token={served.token}", Host=host))[0] == status
    _, _, err = await asyncio.to_thread(served.end, signal.SIGINT)
    assert "nothing is encrypted" in err


@pytest.mark.parametrize(
    "token", ["", "short", "with space in the token", "密钥密钥密钥密钥密钥密钥密钥密钥"]
)
def test_a_weak_token_is_refused(dltutor: Any, token: str) -> None:
    done = dltutor("serve", "--token", token)
    assert done.code == 2
    assert "at least 16" in done.err


def test_missing_packages_are_named_with_the_command(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['textual_serve'] = None; sys.argv = ['dltutor', 'serve'];"
        "from dltutor.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ),
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("dltutor: serve needs textual_serve (run: ")
    assert "dltutor[web]" in done.stderr

"""A real browser against ``dltutor serve``: read, answer, train nothing from outside."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("no chromium on this machine", allow_module_level=True)


class Window:
    """A browser window with the screens in it, and every address that it asked."""

    def __init__(self, browser: Any, shown: Any) -> None:
        self.browser, self.shown = browser, shown
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.open_in(browser.new_context(viewport={"width": 1000, "height": 640}))

    def open_in(self, context: Any) -> None:
        self.context = context
        context.on("request", lambda request: self.asked.append(request.url))
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("websocket", self._socket)

    def _said(self, message: Any) -> None:
        # xterm reports a lost focus also when its socket is being closed
        if message.type == "error" and "already in CLOSING" not in message.text:
            self.faults.append(message.text)

    def _socket(self, socket: Any) -> None:
        self.asked.append(socket.url)
        self.terminal = self.shown()
        socket.on("framesent", lambda data: self.terminal.sent(data))
        socket.on(
            "framereceived", lambda data: isinstance(data, bytes) and self.terminal.feed(data)
        )

    def go(self, url: str) -> None:
        self.page.goto(url)
        self.page.wait_for_selector("body.-first-byte", timeout=60_000)

    def until(self, wanted: str) -> None:
        self.terminal.until(wanted, lambda: self.page.wait_for_timeout(50))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def click(self, text: str) -> None:
        """Clicks on the first place where the text stands."""
        screen = self.terminal.screen
        row = next(y for y, line in enumerate(screen.display) if text in line)
        # a wide character fills two cells, of which the display shows one
        line = [screen.buffer[row][x].data for x in range(screen.columns)]
        column = next(x for x in range(screen.columns) if "".join(line[x:]).startswith(text))
        box = self.page.locator(".xterm-screen").bounding_box()
        self.page.mouse.click(
            box["x"] + (column + 0.5) * box["width"] / screen.columns,
            box["y"] + (row + 0.5) * box["height"] / screen.lines,
        )


@pytest.fixture
def window(shown: Any) -> Iterator[Window]:
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], timeout=60_000
        )
        yield Window(browser, shown)
        browser.close()


def test_read_and_answer_in_a_browser_that_asks_nobody_else(
    serve: Callable[..., Any], window: Window
) -> None:
    from dltutor.learning.progress import Progress

    served = serve()
    window.go(served.url)
    window.until("Waves and their sums")
    assert window.page.url == served.base + "/"
    assert window.page.evaluate("document.cookie") == ""
    # no click: the page gives the screens the focus itself
    window.press("c")
    window.until("Two waves, one sum")
    window.press("Space")
    window.until("The wave")  # the embedded demo, computed by a process of its own
    window.press("End")
    window.until("✓ read")
    window.press("u")
    window.until("nothing")
    screen = window.terminal.text
    letter = next(w for w in "abc" if f"{w}  nothing" in screen)
    window.press(letter, "Enter")
    window.until("Right.")
    window.press("Escape")
    window.until("What goes wrong")
    window.press("Control+q")
    window.page.wait_for_selector("#closed", state="visible")
    assert "session has ended" in window.page.inner_text("#closed")
    window.page.click("#again")
    window.page.wait_for_selector("body.-first-byte", timeout=60_000)
    window.until("Continue")
    with Progress.open() as progress:
        assert progress.counts("sample").questions_right == 1
    assert window.faults == []
    outside = [
        url
        for url in window.asked
        if not url.startswith((served.base + "/", f"ws://{served.host}/", "data:"))
    ]
    assert outside == []
    assert any(url.endswith("/static/textual.js") for url in window.asked)


def test_chinese_by_the_mouse_after_a_resize(
    serve: Callable[..., Any], window: Window, tmp_path: Path
) -> None:
    served = serve(DLTUTOR_LANG="zh")
    window.go(served.url)
    window.until("波与波的叠加")
    window.page.set_viewport_size({"width": 820, "height": 520})
    window.until("波与波的叠加")
    window.click("波与波的叠加")
    window.until("两个波，一个和")
    window.click("两个波，一个和")
    # two cells a character: the rule under the head is as wide as the text that fills a line
    wide = window.page.evaluate(
        """() => {
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = "16px 'Roboto Mono'";
            return [pen.measureText("一二三四").width, pen.measureText("abcdefgh").width];
        }"""
    )
    assert 0.7 < wide[0] / wide[1] <= 1.1
    assert window.faults == []


def test_an_exercise_is_written_and_checked_in_a_browser(
    serve: Callable[..., Any], window: Window
) -> None:
    from dltutor.learning.progress import Progress

    window.go(serve().url)
    window.until("Waves and their sums")
    window.click("Waves and their sums  ")
    window.until("Twice the wave")
    window.press("e")
    window.until("return values")
    window.press("Control+o")  # an editor of one's own has no terminal here
    window.until("no other editor")
    window.press("Control+End", "Control+a")
    window.page.keyboard.type("double = lambda values: [2 * v for v in values]")
    window.press("Control+s")
    window.until("checks pass.")
    window.press("Control+q")
    window.page.wait_for_selector("#closed", state="visible")
    with Progress.open() as progress:
        assert "sample/double" in progress.exercises("sample")


@pytest.mark.slow
def test_a_run_that_a_browser_began_outlives_it(serve: Callable[..., Any], window: Window) -> None:
    pytest.importorskip("torch")
    served = serve()
    window.go(served.url)
    window.until("MNIST")
    window.press("/")
    window.until("a chapter, a lesson")
    window.page.keyboard.type("perceptron")
    window.until("MNIST with a multilayer perceptron")
    window.page.wait_for_timeout(500)
    window.press("Enter")
    window.until("Lessons")
    window.press("t")
    window.until("batch_size")
    window.press("p")
    window.until("--preset full")
    window.press("s")
    window.until("running")
    window.context.close()  # the session ends with its window, the run does not
    window.open_in(window.browser.new_context(viewport={"width": 1000, "height": 640}))
    window.go(served.url)
    window.until("MNIST")
    window.press("t")
    window.until("3-0001")
    window.press("Enter")
    window.until("finished")
    window.until("test_accuracy")


def test_the_address_works_from_a_page_of_another_site(
    serve: Callable[..., Any], window: Window
) -> None:
    """The cookie is held back from what another site begins, but the address still opens."""
    served = serve()
    elsewhere = (
        f'<a id="there" href="{served.url}">dltutor</a><iframe src="{served.base}/"></iframe>'
    )
    window.context.route(
        "http://other.example/**",
        lambda route: route.fulfill(body=elsewhere, content_type="text/html"),
    )
    window.page.goto("http://other.example/")
    window.page.click("#there")
    window.page.wait_for_selector("body.-first-byte", timeout=60_000)
    window.until("Waves and their sums")
    # and then, though this browser has the cookie, another site gets neither page nor socket
    window.faults.clear()
    window.page.goto("http://other.example/")
    answer = window.page.evaluate(
        f"""() => new Promise((done) => {{
            const socket = new WebSocket("ws://{served.host}/ws");
            socket.onopen = () => done("open");
            socket.onerror = () => done("refused");
        }})"""
    )
    assert answer == "refused"


def test_without_the_token_there_is_one_line(serve: Callable[..., Any], window: Window) -> None:
    served = serve()
    answer = window.page.goto(served.base + "/")
    assert answer.status == 403
    assert window.page.inner_text("body").startswith("403: open the address")

"""``dltutor data`` through the command line, with sets that a local server offers."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths

pytest.importorskip("pooch")

CONTENT = os.urandom(200_000)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is served, and its address."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def letters(served: tuple[Path, str], add_chapter: Callable[..., Path]) -> Path:
    """An installed chapter whose full data set is ``letters``, one file on the server."""
    folder, address = served
    (folder / "letters.bin").write_bytes(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()
    add_chapter(
        "spelling",
        chapter=f"""training=Training(
            config="x:C", routine="x:train", presets=dict(quick=dict(), standard=dict()),
            builtin="a few", full=Dataset(
                name="letters", title={{"en": "Letters", "zh": "字母"}}, folder="Letters",
                files=(RemoteFile(name="letters.bin", urls=("{address}/letters.bin",),
                                  sha256="{digest}", bytes={len(CONTENT)}),),
                marks=(("letters.bin",),), licence="CC0", source="http://example.org/letters"))""",
    )
    return folder


def test_list_knows_the_sets_of_installed_chapters(
    dltutor: Callable[..., Any], letters: Path
) -> None:
    rows = {row["name"]: row for row in json.loads(dltutor("data", "list", "--json").out)}
    assert {"mnist", "letters"} <= set(rows)
    assert "chapter3" in rows["mnist"]["chapters"]
    assert rows["mnist"]["download_bytes"] == 11_594_722
    assert rows["letters"]["folder"] is None
    assert rows["letters"]["chapters"] == ["spelling"]
    text = dltutor("data", "list").out
    assert "not there; 200.0 kB to download: dltutor data fetch letters" in text
    assert "字母" in dltutor("--lang", "zh", "data", "list").out


def test_fetch_verify_path_and_remove(dltutor: Callable[..., Any], letters: Path) -> None:
    folder = paths.downloads_folder() / "Letters"
    done = dltutor("data", "fetch", "letters")
    assert (done.code, done.out) == (0, f"✓ letters is in {folder}\n")
    assert "letters: 100 %, 200.0 kB / 200.0 kB" in done.err
    assert (folder / "letters.bin").read_bytes() == CONTENT

    assert dltutor("data", "path", "letters").out == f"{folder}\n"
    row = json.loads(dltutor("data", "list", "--json").out)[-1]
    assert (row["folder"], row["source"], row["bytes"]) == (str(folder), "downloads", len(CONTENT))
    assert dltutor("data", "verify", "letters").code == 0

    (folder / "letters.bin").write_bytes(CONTENT[:-1])
    done = dltutor("data", "verify", "letters")
    assert done.code == 1
    assert f"✗ damaged  {folder}/letters.bin  (wrong checksum)" in done.out
    assert "run: dltutor data fetch letters" in done.err
    whole = json.loads(dltutor("data", "verify", "letters", "--json").out)
    assert (whole["ok"], whole["files"][0]["state"]) == (False, "damaged")

    done = dltutor("data", "remove", "letters")
    assert done.code == 2
    assert "add --yes" in done.err
    assert folder.exists()
    done = dltutor("data", "remove", "letters", "--yes", "--json")
    assert json.loads(done.out)["freed_bytes"] == len(CONTENT) - 1
    assert not folder.exists()
    done = dltutor("data", "remove", "letters", "--yes")
    assert (done.code, done.err.count("\n")) == (1, 1)


def test_fetch_in_json_tells_progress_as_events(dltutor: Callable[..., Any], letters: Path) -> None:
    done = dltutor("data", "fetch", "letters", "--json")
    events = [json.loads(line) for line in done.out.splitlines()]
    assert {event["event"] for event in events[:-1]} == {"progress"}
    assert [event["received"] for event in events[:-1]][-1] == len(CONTENT)
    assert events[-1]["event"] == "fetched"
    assert events[-1]["bytes"] == len(CONTENT)
    assert done.err == ""


def test_fetch_draws_a_bar_on_a_terminal(terminal: Callable[..., Any], letters: Path) -> None:
    shown = terminal("data", "fetch", "letters")
    assert shown.finish() == 0
    assert "━" in shown.text
    assert "200.0/200.0 kB" in shown.text


def test_fetch_to_a_root_of_ones_own(
    dltutor: Callable[..., Any], letters: Path, tmp_path: Path
) -> None:
    root = tmp_path / "shared"
    assert dltutor("data", "fetch", "letters", "--data-root", root).code == 0
    assert (root / "Letters/letters.bin").exists()
    assert not paths.downloads_folder().exists()
    found = dltutor("data", "path", "letters", env={"DLTUTOR_DATA": str(root)}).out
    assert found == f"{root}/Letters\n"
    # remove frees downloads only
    assert dltutor("data", "remove", "letters", "--yes", env={"DLTUTOR_DATA": str(root)}).code == 1
    assert (root / "Letters/letters.bin").exists()
    assert dltutor("data", "fetch", "letters", "--data-root", root).code == 0


def test_what_is_wrong_is_one_line(
    dltutor: Callable[..., Any], letters: Path, tmp_path: Path
) -> None:
    (letters / "letters.bin").write_bytes(b"x" * len(CONTENT))
    (tmp_path / "file").touch()
    for arguments, code, says in (
        (("fetch", "letters"), 1, "wrong checksum"),
        (("fetch", "leters"), 2, "did you mean letters?"),
        (("fetch",), 2, "which data set?"),
        (("verify", "letters"), 1, "letters is not there: looked for"),
        (("path", "letters"), 1, "run: dltutor data fetch letters"),
        (("list", "--data-root", tmp_path / "none"), 1, "does not exist"),
        (("fetch", "letters", "--data-root", tmp_path / "file"), 1, "Not a directory"),
    ):
        done = dltutor("data", *arguments)
        last = done.err.splitlines()[-1]
        assert done.code == code, arguments
        assert last.startswith("dltutor: ")
        assert says in last
        assert "Traceback" not in done.err


def test_offline_names_the_builtin_data(dltutor: Callable[..., Any]) -> None:
    # nothing listens there: as good as no network
    env = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = dltutor("data", "fetch", "mnist", env=env)
    assert done.code == 1
    assert done.err.splitlines()[-1].endswith("(without network use --data builtin)")


def test_remove_asks_first(
    terminal: Callable[..., Any], dltutor: Callable[..., Any], letters: Path
) -> None:
    dltutor("data", "fetch", "letters")
    folder = paths.downloads_folder() / "Letters"
    for answer, code, there in (("n", 1, True), ("y", 0, False)):
        asked = terminal("data", "remove", "letters", columns=300)
        asked.wait("[y/N]")
        asked.send(f"{answer}\r")
        assert asked.finish() == code
        assert folder.exists() is there


def test_the_public_sets_are_found(dltutor: Callable[..., Any], data_root: Path) -> None:
    done = dltutor("data", "verify", "mnist", "--data-root", data_root)
    assert done.code == 0
    assert done.out.count("✓ ok") == 4

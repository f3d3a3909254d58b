"""Downloads, archives and what is stored, against a real server that misbehaves."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dltutor import paths
from dltutor.chapter import Dataset, RemoteFile, Training
from dltutor.data import archives, downloads, roots, stored
from dltutor.errors import DataError

pytest.importorskip("pooch")

CONTENT = bytes(range(256)) * 1200  # 307,200 bytes: several pieces of a download


@dataclass
class Server:
    """A web server that serves ``files`` and can be told to misbehave."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    break_after: list[int] = field(default_factory=list)
    """after so many bytes the next responses are cut: one entry, one response"""
    reset: bool = False
    """cut by resetting the connection, not by closing it"""
    ranges: bool = True
    requests: list[tuple[str, str]] = field(default_factory=list)
    """the path and the Range header of each request"""
    gate: threading.Event | None = None
    """a response waits for this after its first bytes"""

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            state.requests.append((self.path, wanted))
            data = state.files.get(self.path.lstrip("/"))
            if data is None:
                self.send_error(404)
                return
            start = int(wanted[6:].partition("-")[0]) if wanted and state.ranges else 0
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(data) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.end_headers()
            body = data[start:]
            if state.break_after:
                self.wfile.write(body[: state.break_after.pop(0)])
                self.wfile.flush()
                if state.reset:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.connection.close()
                self.close_connection = True
                return
            if state.gate is not None:
                self.wfile.write(body[:1000])
                self.wfile.flush()
                state.gate.wait(30)
                body = body[1000:]
            self.wfile.write(body)

        def handle(self) -> None:
            with contextlib.suppress(OSError):  # the client went, or we reset
                super().handle()

        def finish(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                super().finish()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        state.port = http.server_address[1]
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield state
        http.shutdown()
        thread.join()


def dataset(*files: RemoteFile, folder: str = "Set/raw") -> Dataset:
    return Dataset(
        name="set",
        title="A set",
        folder=folder,
        files=files,
        marks=tuple((f.name,) for f in files),
        licence="CC0",
        source="http://example.org/set",
    )


def remote(name: str, content: bytes, *urls: str, **more: Any) -> RemoteFile:
    digest = hashlib.sha256(content).hexdigest()
    return RemoteFile(name=name, urls=urls, sha256=digest, bytes=len(content), **more)


def files_in(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_fetch_brings_the_set_and_tells_how_far_it_is(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT, "b": b"small"}
    wanted = dataset(
        remote("a", CONTENT, server.url("a")), remote("sub/b", b"small", server.url("b"))
    )
    told: list[downloads.Progress] = []
    folder = downloads.fetch(wanted, tmp_path, told.append)
    assert folder == tmp_path / "Set/raw"
    assert files_in(folder) == ["a", "sub/b"]
    assert (folder / "a").read_bytes() == CONTENT
    received = [one.received for one in told]
    assert received == sorted(received)
    assert received[-1] == told[-1].total == len(CONTENT) + 5
    assert len(set(received)) > 3
    assert stored.verify(wanted, tmp_path) == (
        stored.Finding("a", "ok"),
        stored.Finding("sub/b", "ok"),
    )

    asked = len(server.requests)
    downloads.fetch(wanted, tmp_path)
    assert len(server.requests) == asked  # it was there


def test_a_damaged_file_is_found_and_fetched_again(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT, "b": b"small"}
    wanted = dataset(remote("a", CONTENT, server.url("a")), remote("b", b"small", server.url("b")))
    folder = downloads.fetch(wanted, tmp_path)
    (folder / "b").write_bytes(b"smell")
    assert [f.state for f in stored.verify(wanted, tmp_path)] == ["ok", "damaged"]
    server.requests.clear()
    downloads.fetch(wanted, tmp_path)
    assert [path for path, _ in server.requests] == ["/b"]
    assert (folder / "b").read_bytes() == b"small"


@pytest.mark.parametrize("reset", [False, True])
def test_a_broken_connection_goes_on_where_it_was(
    server: Server, tmp_path: Path, reset: bool
) -> None:
    server.files = {"a": CONTENT}
    server.break_after = [100_000, 50_000]
    server.reset = reset
    folder = downloads.fetch(dataset(remote("a", CONTENT, server.url("a"))), tmp_path)
    assert (folder / "a").read_bytes() == CONTENT
    starts = [int(wanted[6:-1]) if wanted else 0 for _, wanted in server.requests]
    assert len(starts) == 3
    if not reset:  # a reset may take bytes with it that were on their way
        assert starts == [0, 100_000, 150_000]
    assert files_in(folder) == ["a"]


def test_a_server_without_ranges_starts_anew(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT}
    server.break_after = [100_000]
    server.ranges = False
    folder = downloads.fetch(dataset(remote("a", CONTENT, server.url("a"))), tmp_path)
    assert (folder / "a").read_bytes() == CONTENT
    assert len(server.requests) == 2


def test_the_next_mirror_is_taken(server: Server, tmp_path: Path) -> None:
    server.files = {"wrong": CONTENT[::-1], "short": b"<html>log in</html>", "good": CONTENT}
    urls = [server.url(name) for name in ("absent", "wrong", "short", "good")]
    notes: list[str] = []
    folder = downloads.fetch(
        dataset(remote("a", CONTENT, *urls)), tmp_path, lambda now: notes.append(now.note)
    )
    assert (folder / "a").read_bytes() == CONTENT
    assert files_in(folder) == ["a"]
    host = f"127.0.0.1:{server.port}"
    assert [note for note in notes if note] == [
        f"{host} failed: 404 Not Found",
        f"{host} failed: wrong checksum",
        f"{host} failed: it offers another file, of 19 bytes",
    ]


def test_a_file_that_is_wrong_everywhere_is_not_kept(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT[::-1]}
    wanted = dataset(remote("a", CONTENT, server.url("a")))
    with pytest.raises(DataError, match="wrong checksum"):
        downloads.fetch(wanted, tmp_path)
    assert files_in(tmp_path / "Set/raw") == []


def test_a_wrong_part_of_an_earlier_attempt_does_no_harm(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT}
    part = tmp_path / "Set/raw/.a.part"
    for left in (b"x" * 1000, b"x" * (len(CONTENT) + 1), b"x" * len(CONTENT)):
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(left)
        folder = downloads.fetch(dataset(remote("a", CONTENT, server.url("a"))), tmp_path)
        assert (folder / "a").read_bytes() == CONTENT
        (folder / "a").unlink()


def test_an_interrupted_fetch_goes_on_the_next_time(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT}
    wanted = dataset(remote("a", CONTENT, server.url("a")))

    def interrupt(now: downloads.Progress) -> None:
        if now.received > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        downloads.fetch(wanted, tmp_path, interrupt)
    assert roots.missing(wanted, tmp_path) == "Set/raw/a"
    downloads.fetch(wanted, tmp_path)
    assert server.requests[-1][1].startswith("bytes=1")
    assert (tmp_path / "Set/raw/a").read_bytes() == CONTENT


def test_without_network_one_line_names_the_builtin_data(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a"
        with pytest.raises(DataError) as caught:
            downloads.fetch(dataset(remote("a", CONTENT, url)), tmp_path)
    assert "Connection refused" in str(caught.value)
    assert "--data builtin" in caught.value.hint
    assert "\n" not in str(caught.value)


FETCH = """
import sys
from pathlib import Path
from dltutor.chapter import Dataset, RemoteFile
from dltutor.data import downloads
url, sha256, size, root = sys.argv[1:]
file = RemoteFile(name="a", urls=(url,), sha256=sha256, bytes=int(size))
downloads.fetch(
    Dataset(name="set", title="", folder="Set/raw", files=(file,), marks=(), licence="", source=""),
    Path(root),
)
"""


def test_several_processes_fetch_once(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT}
    server.gate = threading.Event()
    wanted = dataset(remote("a", CONTENT, server.url("a")))
    file = wanted.files[0]
    command = [sys.executable, "-c", FETCH, *file.urls, file.sha256, str(file.bytes), str(tmp_path)]
    others = [subprocess.Popen(command)]
    while not server.requests:
        assert others[0].poll() is None
        time.sleep(0.01)
    others.append(subprocess.Popen(command))
    notes: list[str] = []

    def tell(now: downloads.Progress) -> None:
        if now.note:
            notes.append(now.note)
            assert server.gate is not None
            server.gate.set()

    downloads.fetch(wanted, tmp_path, tell)
    assert [other.wait(60) for other in others] == [0, 0]
    assert notes == ["another process is fetching it; waiting"]
    assert len(server.requests) == 1
    assert (tmp_path / "Set/raw/a").read_bytes() == CONTENT


def test_a_folder_that_can_not_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="can not be written: Not a directory"):
        downloads.fetch(dataset(remote("a", b"1", server.url("a"))), tmp_path / "file")


LIMITED = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
"""


def test_a_disk_that_fills_up_is_told_and_what_came_is_kept(server: Server, tmp_path: Path) -> None:
    """No file of this process may be larger than 100,000 bytes: so a disk without room ends it."""
    server.files = {"a": CONTENT}
    file = remote("a", CONTENT, server.url("a"))
    arguments = [*file.urls, file.sha256, str(file.bytes), str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-B", "-c", LIMITED + FETCH, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    part = tmp_path / "Set/raw/.a.part"
    assert done.stderr.splitlines()[-1].endswith(f"{part} can not be written: File too large")
    assert part.stat().st_size == 100_000
    downloads.fetch(dataset(file), tmp_path)
    assert server.requests[-1][1] == "bytes=100000-"
    assert (tmp_path / "Set/raw/a").read_bytes() == CONTENT


def test_too_little_room_is_said_before(server: Server, tmp_path: Path) -> None:
    huge = replace(remote("a", b"1", server.url("a")), bytes=10**18)
    with pytest.raises(DataError, match=r"needs 1000000.0 TB more"):
        downloads.fetch(dataset(huge), tmp_path)
    assert server.requests == []


def test_choose_fetches_a_full_set_that_is_asked_for(server: Server, home: Path) -> None:
    server.files = {"a": CONTENT}
    wanted = Training(
        config="m:C",
        routine="m:train",
        presets={"quick": {}, "standard": {}},
        builtin="small ones",
        full=dataset(remote("a", CONTENT, server.url("a"))),
    )
    assert downloads.choose(wanted, "", "").kind == "builtin"
    assert server.requests == []
    choice = downloads.choose(wanted, "full", "")
    assert (choice.kind, choice.root) == ("full", paths.downloads_folder())
    assert choice.root is not None
    assert home in choice.root.parents
    assert downloads.choose(wanted, "", "").kind == "full"


def test_unpacked_sets_are_checked_against_their_own_checksum(
    server: Server, tmp_path: Path
) -> None:
    zipped = gzip.compress(CONTENT)
    server.files = {"a.gz": zipped}
    digest = hashlib.sha256(CONTENT).hexdigest()
    wanted = dataset(remote("a.gz", zipped, server.url("a.gz"), plain_sha256=digest))
    plain = tmp_path / "Set/raw/a"
    plain.parent.mkdir(parents=True)
    plain.write_bytes(CONTENT)
    assert stored.verify(wanted, tmp_path) == (stored.Finding("a", "ok"),)
    downloads.fetch(wanted, tmp_path)
    assert server.requests == []
    plain.write_bytes(CONTENT[:-1])
    assert stored.verify(wanted, tmp_path)[0].state == "damaged"
    downloads.fetch(wanted, tmp_path)
    # a reader that prefers the plain file must not find the damaged one
    assert files_in(plain.parent) == ["a.damaged", "a.gz"]


# --- archives ----------------------------------------------------------------------------


def tar_of(*members: tuple[str, bytes], kind: str = "w:gz", odd: Any = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=kind) as tar:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        if odd is not None:
            tar.addfile(odd)
    return out.getvalue()


def zip_of(*members: tuple[str, bytes], attribute: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = attribute
            opened.writestr(info, data)
    return out.getvalue()


MEMBERS = (("set/train/1.txt", b"one"), ("set/test/2.txt", b"two"))


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_archives_are_fetched_unpacked_and_verified(
    server: Server, tmp_path: Path, make: Callable[..., bytes]
) -> None:
    content = make(*MEMBERS)
    server.files = {"a.pack": content}
    wanted = replace(
        dataset(remote("a.pack", content, server.url("a.pack"), unpack=True), folder="Packed"),
        marks=(("set/train",), ("set/test",)),
    )
    folder = downloads.fetch(wanted, tmp_path)
    assert (folder / "set/train/1.txt").read_bytes() == b"one"
    assert files_in(folder) == [".a.pack.sha256", "set/test/2.txt", "set/train/1.txt"]
    assert roots.missing(wanted, tmp_path) == ""
    assert stored.verify(wanted, tmp_path) == (stored.Finding("a.pack", "ok", "2 files"),)
    (folder / "set/test/2.txt").write_bytes(b"too")
    assert stored.verify(wanted, tmp_path)[0].file == "set/test/2.txt"
    downloads.fetch(wanted, tmp_path)
    assert (folder / "set/test/2.txt").read_bytes() == b"two"


def _link(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    "content",
    [
        tar_of(("ok", b"1"), ("../out", b"2")),
        tar_of(("/out", b"2")),
        tar_of(("ok", b"1"), odd=_link("link", tarfile.SYMTYPE)),
        tar_of(odd=_link("link", tarfile.LNKTYPE)),
        tar_of(odd=_link("pipe", tarfile.FIFOTYPE)),
        zip_of(("a/../../out", b"2")),
        zip_of(("C:/out", b"2")),
        zip_of(("a\\..\\out", b"2")),
        zip_of(("link", b"/etc/passwd"), attribute=0o120777 << 16),
    ],
    ids=[
        "up",
        "absolute",
        "symlink",
        "hard link",
        "pipe",
        "zip up",
        "drive",
        "backslash",
        "zip link",
    ],
)
def test_members_that_would_leave_the_folder_are_refused(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "in/bad.pack"
    archive.parent.mkdir()
    archive.write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.pack is refused: member"):
        archives.unpack(archive, tmp_path / "in")
    assert files_in(tmp_path) == ["in/bad.pack"]


@pytest.mark.parametrize(
    "content",
    [tar_of(*MEMBERS)[:40], zip_of(*MEMBERS)[:-30], b"nothing"],
    ids=["tar", "zip", "nothing"],
)
def test_damaged_archives_leave_nothing(tmp_path: Path, content: bytes) -> None:
    archive = tmp_path / "cut.pack"
    archive.write_bytes(content)
    with pytest.raises(DataError, match="is a damaged archive"):
        archives.unpack(archive, tmp_path)
    assert files_in(tmp_path) == ["cut.pack"]


# --- removal -----------------------------------------------------------------------------


def test_removal_frees_downloads_only(server: Server, tmp_path: Path) -> None:
    server.files = {"a": CONTENT}
    wanted = dataset(remote("a", CONTENT, server.url("a")))
    with pytest.raises(DataError, match="not among the downloads"):
        stored.remove(wanted)
    downloads.fetch(wanted, paths.downloads_folder())
    downloads.fetch(wanted, tmp_path / "mine")
    assert stored.remove(wanted) == len(CONTENT)
    assert files_in(paths.downloads_folder()) == []
    assert files_in(tmp_path / "mine/Set/raw") == ["a"]


@pytest.mark.parametrize("folder", ["", ".", "..", "/etc", "a/../.."])
def test_no_plugin_can_name_a_folder_outside(server: Server, tmp_path: Path, folder: str) -> None:
    wanted = dataset(remote("a", b"1", server.url("a")), folder=folder)
    for action in (stored.remove, lambda one: downloads.fetch(one, tmp_path)):
        with pytest.raises(DataError, match="is no path below"):
            action(wanted)

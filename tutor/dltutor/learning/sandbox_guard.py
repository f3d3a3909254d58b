"""The audit hook of the sandbox: on every system, and with a message that says what was refused.

Loaded by ``sandbox_child`` with built-ins of its own. The words after ``dltutor:`` in a message
are those that ``dltutor.learning.explain`` says in the reader's language.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

FORBIDDEN = {
    "os.fork": "process", "os.forkpty": "process", "os.exec": "process",
    "os.posix_spawn": "process", "os.spawn": "process", "os.system": "process",
    "os.startfile": "process", "os.startfile/2": "process", "subprocess.Popen": "process",
    "pty.spawn": "process", "os.killpg": "signal", "webbrowser.open": "process",
    "gc.get_objects": "inspect", "gc.get_referrers": "inspect", "gc.get_referents": "inspect",
    "sys._current_frames": "inspect", "sys._current_exceptions": "inspect",
    "sys.settrace": "debugger", "sys.setprofile": "debugger", "sys.addaudithook": "inspect",
    "sys.monitoring.register_callback": "debugger",
    "builtins.breakpoint": "debugger", "resource.setrlimit": "limits",
    "resource.prlimit": "limits", "os.unshare": "limits", "os.setns": "limits",
}  # fmt: skip
PREFIXES = {
    "socket.": "network",
    "smtplib.": "network",
    "ftplib.": "network",
    "winreg.": "system",
    "syslog.": "system",
}
# event -> how many of its first arguments are paths that would be changed
CHANGES = {
    "os.remove": 1, "os.rmdir": 1, "os.mkdir": 1, "os.rename": 2, "os.link": 2, "os.symlink": 2,
    "os.truncate": 1, "os.chmod": 1, "os.chown": 1, "os.utime": 1, "os.setxattr": 1,
    "os.removexattr": 1, "os.chflags": 1, "sqlite3.connect": 1, "dbm.open": 1, "shutil.rmtree": 1,
    "shutil.chown": 1,
}  # fmt: skip
LOOKS = {"os.listdir", "os.scandir", "os.walk", "os.getxattr", "os.listxattr", "glob.glob"}
# event -> where its arguments for folders that are open begin
RELATIVE = {"os.remove": 1, "os.rmdir": 1, "os.mkdir": 2, "os.rename": 2}
INTROSPECTION = {"tb_frame", "gi_frame", "cr_frame", "ag_frame"}
CODE = {"__code__", "__defaults__", "__kwdefaults__"}


def guard(job: dict[str, Any], filename: str, *, landlocked: bool) -> None:
    """From now on, what an exercise has no business doing raises PermissionError.

    ``job`` is what the parent asked for, ``filename`` the learner's file; ``landlocked`` says that
    the kernel refuses files too.
    """
    getframe, realpath, fspath, getcwd = sys._getframe, os.path.realpath, os.fspath, os.getcwd
    separator, pid, ident = os.sep, os.getpid(), get_ident
    scratch = realpath(job["scratch"])
    readable = [realpath(p) for p in job["readable"]]
    private = [realpath(p) for p in job["private"]]
    # code from anywhere else is the learner's, also what exec and eval make
    trusted = (
        *(p + separator for p in sys.path if p),
        str(Path(os.__file__).parent) + separator,
        "<frozen ",
        job["check"],
    )
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def forbid(what: str, detail: object = "") -> None:
        raise PermissionError(f"dltutor:{what}:{detail}")

    def below(path: str, folders: Iterable[str]) -> bool:
        return any(
            path == f or path.startswith(f if f.endswith(separator) else f + separator)
            for f in folders
        )

    def resolved(path: object) -> str | None:
        if path is None:
            return getcwd()
        if isinstance(path, int):
            return None  # a descriptor that is open already
        text = fspath(path)  # type: ignore[call-overload]
        return realpath(
            text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
        )

    def changing(path: object) -> None:
        place = resolved(path)
        if place is not None and not below(place, [scratch]) and place != os.devnull:
            forbid("write", place)

    def reading(path: object) -> None:
        place = resolved(path)
        if place is None or below(place, [scratch]):
            return
        if below(place, private) or not below(place, readable):
            forbid("read", place)

    def of_learner(name: object) -> bool:
        return name == filename or not (isinstance(name, str) and name.startswith(trusted))

    def asker() -> FrameType:
        """The frame whose call raised the event: above this function, and above the hook."""
        me = ident()
        asking.add(me)
        try:
            return getframe(2)
        finally:
            asking.discard(me)

    def by_learner(frame: FrameType | None) -> bool:
        """The learner's code asks, or inspect or traceback asks on its behalf."""
        if frame is None:
            return False
        name = frame.f_code.co_filename
        if of_learner(name):
            return True
        caller = frame.f_back
        if caller is None or not name.endswith(("inspect.py", "traceback.py")):
            return False
        return of_learner(caller.f_code.co_filename)

    asking: set[int] = set()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "object.__getattr__":
            if arguments[1] in INTROSPECTION and by_learner(asker()):
                forbid("inspect", arguments[1])
            return
        if event == "sys._getframe":
            if ident() not in asking and by_learner(asker()):
                forbid("inspect", event)
            return
        if event == "open":
            path, mode, flags = arguments
            if (isinstance(mode, str) and any(c in mode for c in "wax+")) or (
                isinstance(flags, int) and flags & writing
            ):
                changing(path)
            else:
                reading(path)
        elif event in FORBIDDEN:
            forbid(FORBIDDEN[event], event)
        elif event in CHANGES:
            if event == "sqlite3.connect" and arguments[0] in (":memory:", b":memory:", ""):
                return
            if (
                landlocked
                and event in RELATIVE
                and any(a >= 0 for a in arguments[RELATIVE[event] :])
            ):
                return  # relative to an open folder: the kernel judges it
            for path in arguments[: CHANGES[event]]:
                if isinstance(path, int) and event != "os.truncate":
                    forbid("write", f"descriptor {path}")  # open for reading is enough for chmod
                changing(path)
        elif event in LOOKS:
            reading(arguments[0] if arguments else None)
        elif event == "os.kill":
            if arguments[0] != pid:
                forbid("signal", event)
        elif event.startswith("ctypes."):
            frame: FrameType | None = asker()
            while frame is not None and f"{separator}ctypes{separator}" in frame.f_code.co_filename:
                frame = frame.f_back
            if frame is None or of_learner(frame.f_code.co_filename):
                forbid("native", event)
        elif event in ("compile", "code.__new__", "marshal.loads"):
            # code that claims to be from a trusted file
            if (event != "compile" or not of_learner(arguments[1])) and by_learner(asker()):
                forbid("inspect", event)
        elif event == "object.__setattr__":
            if (
                arguments[1] in CODE
                and by_learner(asker())
                and getattr(arguments[0], "__module__", "") != "work"
            ):
                forbid("inspect", arguments[1])
        else:
            for prefix, what in PREFIXES.items():
                if event.startswith(prefix):
                    forbid(what, event)

    sys.addaudithook(hook)

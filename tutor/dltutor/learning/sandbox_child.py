"""The process in which a learner's code is checked, begun by ``dltutor.learning.sandbox``.

It reads one line of set-up from standard input, imports what the check needs, says that it is
ready, reads the learner's code, runs the check functions one after another, and says after
each how it went, on what was its standard output. Whatever the code prints goes elsewhere.

The verdict must not be forgeable by accident or mischief. So everything here, ``check.py`` and
its copy of ``dltutor.learning.checks`` use built-ins of their own, stand in no ``sys.modules``,
and are reachable only through frames and the garbage collector, which the audit hook closes
to the learner's code. What is shared, such as torch, is compared with what it was before. Each
line of the verdict begins with a secret; a line without it counts for nothing, and no line
counts as failed. Whoever wants to deceive himself by all means will find a way: this is
protection from accidents and pranks, not a jail for malware (``docs/exercises.md``).
"""

from __future__ import annotations

import ast
import builtins
import faulthandler
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

# before the first function: functions defined here never see built-ins that were replaced
globals()["__builtins__"] = dict(vars(builtins))

# in the order in which they are loaded; check.py imports the last
CHECKS = ("check_values", "checks")
WATCHED = (
    "builtins", "math", "random", "itertools", "functools", "operator", "collections", "copy",
    "statistics", "torch", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.optim",
    "torch.optim.lr_scheduler", "torch.autograd", "torch.linalg", "torch.fft", "torch.special",
    "torch.testing", "torch.utils.data", "torch.distributions", "torch.nn.utils",
    "torch.nn.utils.rnn", "numpy", "numpy.linalg", "numpy.random", "numpy.testing",
)  # fmt: skip
FRAMES_SHOWN = 4
MESSAGE_LIMIT = 4000


def main() -> None:
    job = ast.literal_eval(read_line(0))
    channel = os.dup(1)
    os.dup2(2, 1)
    say = reporter(channel, job["nonce"])
    faulthandler.enable(file=channel)
    sys.path.extend(p for p in job["path"] if p not in sys.path)
    del sys.modules[__name__], sys.modules["dltutor.learning"].sandbox_child
    kernel = import_module("dltutor.learning.sandbox_linux") if sys.platform == "linux" else None
    files = kernel is not None and kernel.restrict_files(job["readable"], [job["scratch"]])
    try:
        cases, failed = load_check(job)
    except BaseException as error:
        say("broken", *described(error, job["check"], job["source"]))
        os._exit(0)
    guard = own_module("dltutor.learning.sandbox_guard").guard
    snapshot, settle = Snapshot(), settler()
    calls = kernel is not None and kernel.can_filter()
    layers = [name for name, there in (("files", files), ("calls", calls)) if there]
    say("ready", [(name, doc) for name, doc, _ in cases], layers)

    line = read_line(0)
    if not line:
        os._exit(0)
    filename, source = ast.literal_eval(line)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    faulthandler.dump_traceback_later(job["seconds"], exit=True, file=channel)
    limit(job)
    if kernel is not None:
        kernel.filter_calls()
    output = sys.stdout
    output.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.modules["__main__"] = ModuleType("__main__")
    sys.argv = [filename]
    guard(job, filename, landlocked=files)
    run(filename, source, cases, failed, snapshot, settle, say)
    try:  # noqa: SIM105 - contextlib may be another by now
        output.flush()
    except BaseException:  # whatever became of it, the verdict counts
        pass
    say("done")
    os._exit(0)


def read_line(fd: int) -> str:
    """One line from a descriptor, unbuffered so that nothing of the next one is taken."""
    data = bytearray()
    while not data.endswith(b"\n"):
        piece = os.read(fd, 1 if not data else 65536)
        if not piece:
            return ""
        data += piece
    return data.decode("utf-8")


Say = Callable[..., None]
Cases = list[tuple[str, str, Callable[[ModuleType], object]]]
Described = tuple[str, str, list[tuple[int, str, str]]]


def reporter(channel: int, nonce: str) -> Say:
    """The one function that knows the secret. Uses nothing that learners can replace."""
    write, error = os.write, OSError

    def say(kind: str, *values: object) -> None:
        data = (nonce + repr((kind, *values)) + "\n").encode("utf-8", "backslashreplace")
        while data:
            try:
                data = data[write(channel, data) :]
            except error:
                return

    return say


# ---------------------------------------------------------------- before the learner's code


def load_check(job: dict[str, Any]) -> tuple[Cases, type[BaseException]]:
    """Imports what the check needs and runs ``check.py``.

    Returns its functions in the order of the file, and what they raise when an answer is wrong.
    """
    for name in job["imports"]:
        import_module(name)
    if "torch" in sys.modules or "import torch" in job["source"] or "from torch" in job["source"]:
        without_compiler()
    package = import_module("dltutor.learning")
    private = {}
    try:
        for name in CHECKS:
            private[name] = own_module(f"{package.__name__}.{name}")
            sys.modules[private[name].__name__] = private[name]
            setattr(package, name, private[name])
        program = compile(job["source"], job["check"], "exec", dont_inherit=True)
        module = private_module("check", job["check"], program)
    finally:
        for name in private:
            del sys.modules[private[name].__name__]
            delattr(package, name)
    checks = private["checks"]
    checks.capture()
    cases = []
    for name, value in vars(module).items():
        code = getattr(value, "__code__", None)
        if name.startswith("check_") and code is not None and code.co_filename == job["check"]:
            cases.append((name.removeprefix("check_"), value.__doc__ or "", value))
    if not cases:
        raise ValueError("there is no function check_<case>(work)")
    i18n = import_module("dltutor.i18n")
    if i18n.current() == "zh":
        i18n.catalogue()  # later, the learner's code may stand in the way
    return cases, checks.CheckFailed


def own_module(name: str) -> ModuleType:
    """A copy of one of our modules that learners can not reach."""
    spec = find_spec(name)
    assert spec is not None
    code = spec.loader.get_code(name)  # type: ignore[union-attr]  # compiled once for all
    return private_module(name, spec.origin or "", code)


def private_module(name: str, file: str, code: CodeType) -> ModuleType:
    """A module that stands in no ``sys.modules`` and has built-ins of its own."""
    module = ModuleType(name)
    module.__file__ = file
    vars(module)["__builtins__"] = dict(vars(builtins))
    held = sys.modules.get(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        exec(code, vars(module))
    finally:
        if held is None:
            del sys.modules[name]
        else:
            sys.modules[name] = held
    return module


def without_compiler() -> None:
    """Imports torch and keeps ``torch.optim`` from importing its compiler, which takes longer than torch itself.

    An optimiser imports ``torch._dynamo`` at its first step, only to call two functions that do
    nothing unless something is being compiled. Compiling needs processes, which a check has not.
    """
    import torch

    class Standin(ModuleType):
        def graph_break(self, *_: object, **__: object) -> None:
            return None

        def disable(self, function: Any = None, *_: object, **__: object) -> Any:
            return function if function is not None else lambda f: f

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"torch._dynamo.{name}: nothing can be compiled in a check")

    if "torch._dynamo" not in sys.modules:
        torch._dynamo = sys.modules["torch._dynamo"] = Standin("torch._dynamo")


class Snapshot:
    """What shared modules held before the learner's code, to see whether it was replaced."""

    def __init__(self) -> None:
        self.modules = sys.modules
        self.torch = sys.modules.get("torch")
        self.held: list[tuple[str, Any, dict[str, Any], int]] = []
        seen: set[type] = set()
        for name in WATCHED:
            module = self.modules.get(name)
            if module is None:
                continue
            values = {
                k: v
                for k, v in vars(module).items()
                if not k.startswith("_") and not isinstance(v, ModuleType)
            }
            if name == "builtins":
                values = dict(vars(module))
                values.pop("_", None)
            self.held.append((name, module, values, 0))
            for value in values.values():
                owner = getattr(value, "__module__", None)
                if (
                    isinstance(value, type)
                    and value not in seen
                    and str(owner).partition(".")[0] in ("torch", "numpy")
                ):
                    seen.add(value)
                    # torch itself wraps Optimizer.step when the first optimiser is made
                    inside = {
                        k: v
                        for k, v in vars(value).items()
                        if k not in ("step", "__doc__", "_abc_impl")
                    }
                    self.held.append((f"{owner}.{value.__name__}", value, inside, len(vars(value))))

    def changed(self) -> str:
        """The name of something that is no longer what it was, or the empty text."""
        nothing = object()
        for name, thing, values, size in self.held:
            now = vars(thing)
            for key, value in values.items():
                if now.get(key, nothing) is not value:
                    return f"{name}.{key}"
            if size and len(now) > size:
                # a new attribute may hide an inherited one
                for key in now:
                    if (
                        key not in (*values, "step")
                        and key[:1] != "_"
                        and any(key in vars(base) for base in thing.__mro__[1:])
                    ):
                        return f"{name}.{key}"
            if type(thing) is ModuleType and self.modules.get(name) is not thing:
                return f"sys.modules[{name!r}]"
        if self.torch is not None:
            c = self.torch._C
            if c._len_torch_function_stack() or c._len_torch_dispatch_stack():
                return "torch.overrides (a mode is left on, such as torch.set_default_device)"
        return ""


def settler() -> Callable[[], None]:
    """Puts the states that a case may leave behind back to what a fresh process has."""
    from random import seed

    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    float32 = torch.float32 if torch else None

    def settle() -> None:
        seed(0)
        if numpy is not None:
            numpy.random.seed(0)
        if torch is not None:
            torch.manual_seed(0)
            torch.set_grad_enabled(True)
            if torch.get_default_dtype() is not float32:
                torch.set_default_dtype(float32)

    return settle


def limit(job: dict[str, Any]) -> None:
    """CPU time, memory, file size, open files, core dumps. What the imports took is not counted."""
    try:
        import resource
    except ImportError:
        return

    def cap(name: str, value: int) -> None:
        kind = getattr(resource, name, None)
        if kind is None:
            return
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        with suppress(OSError, ValueError):  # a system may not have this one
            resource.setrlimit(kind, (value, value))

    usage = resource.getrusage(resource.RUSAGE_SELF)
    cap("RLIMIT_CPU", int(usage.ru_utime + usage.ru_stime + 2 * job["seconds"]) + 5)
    cap("RLIMIT_CORE", 0)
    cap("RLIMIT_FSIZE", job["file_bytes"])
    cap("RLIMIT_NOFILE", 256)
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return
    sizes = dict(line.split(":", 1) for line in status.splitlines() if line.startswith("Vm"))
    # DATA is what is really allocated; AS also bounds shared mappings, and threads by their stacks
    cap("RLIMIT_DATA", int(sizes["VmData"].split()[0]) * 1024 + job["memory"])
    cap("RLIMIT_AS", int(sizes["VmSize"].split()[0]) * 1024 + 2 * job["memory"])


# ---------------------------------------------------------------- running


def run(
    filename: str,
    source: str,
    cases: Cases,
    failed: type[BaseException],
    snapshot: Snapshot,
    settle: Callable[[], None],
    say: Say,
) -> None:
    """Imports the learner's code and runs every case, reporting as it goes."""
    clock = time.perf_counter
    work = ModuleType("work")
    work.__file__ = filename
    lines = source.splitlines(keepends=True)
    sys.modules["work"] = work
    import linecache

    linecache.cache[filename] = (len(source), None, lines, filename)
    say("start", "")
    begin = clock()
    try:
        settle()
        exec(compile(source, filename, "exec", dont_inherit=True), vars(work))
    except BaseException as error:
        say("import", *described(error, filename, source), clock() - begin)
        return
    problem = snapshot.changed()
    if problem:
        say("changed", problem)
        return
    say("imported", clock() - begin)
    for name, _, function in cases:
        say("start", name)
        begin = clock()
        try:
            settle()
            function(work)
        except failed as error:
            say("failed", name, message_of(error), clock() - begin)
        except BaseException as error:
            missing, there = "", []
            if isinstance(error, AttributeError) and error.obj is work and type(error.name) is str:
                missing = error.name
                there = [n for n in vars(work) if type(n) is str and n[:1] != "_"][:200]
            what = described(error, filename, source)
            say("raised", name, *what, missing, there, clock() - begin)
        else:
            problem = snapshot.changed()
            if problem:
                say("changed", problem)
                return
            say("passed", name, clock() - begin)


def message_of(error: BaseException) -> str:
    """``str(error)``, whatever the class of the error does when asked."""
    try:
        text = str(error)
        return text if len(text) <= MESSAGE_LIMIT else text[:MESSAGE_LIMIT] + "…"
    except BaseException as other:
        return f"({type(other).__name__} while asking for the message)"


def described(error: BaseException, filename: str, source: str) -> Described:
    """``(type, message, [(line number, function, text of the line)])`` of the frames in ``filename``."""
    rows = source.splitlines()
    frames = []
    if (
        isinstance(error, SyntaxError)
        and error.filename == filename
        and isinstance(error.lineno, int)
    ):
        kind, message = type(error).__name__, error.msg
        frames.append(
            (
                error.lineno,
                "",
                rows[error.lineno - 1].strip()[:200] if 0 < error.lineno <= len(rows) else "",
            )
        )
        return kind, str(message)[:MESSAGE_LIMIT], frames
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename == filename:
            number = trace.tb_lineno or 0
            text = rows[number - 1].strip()[:200] if 0 < number <= len(rows) else ""
            frames.append((number, code.co_name, text))
            if len(frames) > 2 * FRAMES_SHOWN:
                del frames[FRAMES_SHOWN]  # the first and the last ones of a deep recursion
        trace = trace.tb_next
    return str(type.__dict__["__name__"].__get__(type(error)))[:80], message_of(error), frames

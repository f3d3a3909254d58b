"""What a ``check.py`` asks of a learner's code, with failures that teach.

``equal``, ``close``, ``shape``, ``dtype``, ``raises``, ``that``, ``gradient`` and ``untouched``
return nothing useful when all is well (``untouched`` returns the result) and raise
:class:`CheckFailed` otherwise. The message says what was expected, what came, where they first
differ, and for which input.

A value is judged by its exact type and by plain Python numbers read out of it, never by its
own ``==``: an object that claims to be equal to everything is not. ``name`` says what the
value is (``"softmax(x)"``) and ``when`` for which input it came: a text, a value, or a dict of
named values. Both may be in two languages, ``"English || 中文"`` or ``{"en": …, "zh": …}``.

In the sandbox (see ``dltutor.learning.sandbox_child``) ``check.py`` gets a copy of this module
of its own, with built-ins of its own, which the learner's code can neither import nor change.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from dltutor.chapter import Text, pick
from dltutor.i18n import current, t

__all__ = ["CheckFailed", "close", "dtype", "equal", "gradient", "raises", "shape", "that", "untouched"]

SHORT = 160
"""characters of a value that a message shows"""

_NUMBERS = (bool, int, float, complex)
_ATOMS = (*_NUMBERS, str, bytes, type(None))


class CheckFailed(Exception):  # noqa: N818 - not an error: the answer is wrong
    """The learner's code does not do what was asked; the message says how."""


@dataclass(frozen=True, slots=True)
class _Torch:
    """What is needed of torch, taken before any learner's code runs."""

    module: Any
    base: Any
    """``torch._C.TensorBase``: its methods are C and can not be replaced"""
    types: tuple[type, ...]
    plain: Callable[[], Any]
    """a context in which no mode and no subclass of the learner's intercepts a call"""


_torch: _Torch | None = None
_array: Any = None


def capture() -> None:
    """Takes hold of torch and NumPy, if they are loaded. The sandbox calls it before the learner's code."""
    global _torch, _array
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and _torch is None:
        types = (torch.Tensor, torch.nn.Parameter)
        _torch = _Torch(torch, torch._C.TensorBase, types, torch._C.DisableTorchFunction)
    if numpy is not None and _array is None:
        _array = numpy.ndarray


# ---------------------------------------------------------------- the helpers


def equal(got: Any, expected: Any, name: Text = "", when: Any = None, *, same_dtype: bool = True) -> None:
    """``got`` has the type, shape, dtype and values of ``expected``, exactly. NaN equals NaN."""
    _compare(got, expected, _Case(name, when, 0.0, 0.0, same_dtype, strict=True))


def close(
    got: Any,
    expected: Any,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    name: Text = "",
    when: Any = None,
    *,
    same_dtype: bool = True,
) -> None:
    """As :func:`equal`, but numbers may differ by ``atol + rtol * |expected|``.

    Where a Python number is expected, a tensor with a single value and no axes is accepted too.
    """
    _compare(got, expected, _Case(name, when, rtol, atol, same_dtype, strict=False))


def shape(got: Any, expected: Sequence[int], name: Text = "", when: Any = None) -> None:
    """``got`` is a tensor or an array of that shape."""
    case = _Case(name, when)
    found = _read_shape(got)
    if found is None:
        case.fail(t("a tensor of shape {expected} was expected, {got} came", expected=tuple(expected), got=_kind(got)),
                  _about_type(got, tensor=True))
    elif found != tuple(expected):
        case.fail(t("shape {expected} was expected, {got} came", expected=tuple(expected), got=found),
                  _about_shape(found, tuple(expected)))


def dtype(got: Any, expected: Any, name: Text = "", when: Any = None) -> None:
    """``got`` is a tensor or an array of that dtype: ``torch.float32``, or its name ``"float32"``."""
    case = _Case(name, when)
    if _read_shape(got) is None:
        case.fail(t("a tensor was expected, {got} came", got=_kind(got)), _about_type(got, tensor=True))
    wanted, found = _dtype_name(expected), _dtype_name(_plainly(lambda: got.dtype))
    if wanted != found:
        case.fail(t("dtype {expected} was expected, {got} came", expected=wanted, got=found),
                  _about_dtype(found, wanted))


def that(condition: Any, message: Text) -> None:
    """``condition`` is true; ``message`` says what does not hold when it is false.

    Compare the learner's values with :func:`equal`, not with ``==``, which is theirs.
    """
    if condition is True or condition is False:
        truth = condition
    elif type(condition).__module__ == "numpy" and type(condition).__name__ in ("bool", "bool_"):
        truth = bool(condition)
    elif _is_tensor(condition):
        values = _flat(condition)
        truth = len(values) == 1 and values[0] is True
    else:
        truth = False
    if not truth:
        raise CheckFailed(_local(message))


def raises(
    expected: type[BaseException], function: Callable[..., Any], *args: Any,
    name: Text = "", when: Any = None, **kwargs: Any,
) -> None:
    """Calling ``function`` raises ``expected`` or a subclass of it."""
    case = _Case(name or _function_name(function), when if when is not None else args or None)
    try:
        got = function(*args, **kwargs)
    except Exception as error:
        if not issubclass(type(error), expected):
            case.fail(t("{expected} was expected to be raised, {got} was raised",
                        expected=expected.__name__, got=type(error).__name__))
        return
    case.fail(t("{expected} was expected to be raised, nothing was; it returned {got}",
                expected=expected.__name__, got=short(got)))


def untouched(function: Callable[..., Any], *inputs: Any, name: Text = "", when: Any = None) -> Any:
    """Calls ``function(*inputs)``, returns its result, and fails if an input was changed in place."""
    before = [_copy(value) for value in inputs]
    result = function(*inputs)
    for number, (value, old) in enumerate(zip(inputs, before, strict=True), 1):
        try:
            equal(value, old)
        except CheckFailed as error:
            _Case(name or _function_name(function), when).fail(
                t("the input must stay as it was, but argument {number} was changed", number=number),
                str(error),
                t("operations that end in _ (add_, zero_) and += change a tensor in place"),
            )
    return result


def gradient(
    function: Callable[..., Any],
    *inputs: Any,
    like: Callable[..., Any] | None = None,
    rtol: float = 1e-3,
    atol: float = 1e-5,
    name: Text = "",
    when: Any = None,
) -> None:
    """The gradient of ``function`` for each floating-point input is right.

    Right is what ``like``, a reference that computes the same, gives; without it, central
    differences in float64. The result is reduced by a weighted sum, so a result of any shape
    serves, and one whose plain sum is constant (softmax) still has a gradient to compare.
    """
    capture()
    if _torch is None:
        raise ValueError("checks.gradient needs torch: import it in check.py")
    torch = _torch.module
    case = _Case(name or _function_name(function), when)
    precision = None if like is not None else torch.float64

    def leaves() -> list[Any]:
        return [
            x.detach().clone().to(precision or x.dtype).requires_grad_() if _is_tensor(x) and x.is_floating_point()
            else x
            for x in inputs
        ]

    def reduced(of: Callable[..., Any], values: Sequence[Any]) -> Any:
        out = of(*values)
        if not _is_tensor(out):
            case.fail(t("a tensor was expected, {got} came", got=_kind(out)), _about_type(out, tensor=True))
        weights = torch.linspace(0.5, 1.5, max(out.numel(), 1), dtype=out.dtype)[: out.numel()]
        return (out * weights.reshape(out.shape)).sum()

    mine = leaves()
    value = reduced(function, mine)
    if not value.requires_grad:
        case.fail(t("no gradient flows back: the result is cut off from its inputs"),
                  t(".item(), .detach(), .data, torch.no_grad() and torch.tensor(...) cut it off"))
    places = [i for i, x in enumerate(mine) if _is_tensor(x) and x.requires_grad]
    grads = torch.autograd.grad(value, [mine[i] for i in places], allow_unused=True)
    if like is not None:
        theirs = leaves()
        wanted = torch.autograd.grad(reduced(like, theirs), [theirs[i] for i in places], allow_unused=True)
    else:
        wanted = [_difference_quotient(lambda v: reduced(function, v), mine, i) for i in places]
    for i, got, want in zip(places, grads, wanted, strict=True):
        if want is None:
            continue
        if got is None:
            case.fail(t("no gradient reaches argument {number}", number=i + 1),
                      t(".item(), .detach(), .data, torch.no_grad() and torch.tensor(...) cut it off"))
        what = t("the gradient for argument {number} of {name}", number=i + 1, name=case.what())
        close(got, want, rtol=rtol, atol=atol, name=what, when=when)


def _difference_quotient(reduced: Callable[[Sequence[Any]], Any], values: Sequence[Any], place: int) -> Any:
    """d reduced / d values[place] by central differences; float64."""
    torch = _torch.module  # type: ignore[union-attr]
    result = torch.zeros_like(values[place])
    step = 1e-6
    with torch.no_grad():
        moved = [v.detach().clone() if _is_tensor(v) else v for v in values]
        flat, out = moved[place].reshape(-1), result.reshape(-1)
        moved[place] = flat.reshape(result.shape)  # shares memory with flat
        for k in range(flat.numel()):
            kept = flat[k].item()
            flat[k] = kept + step
            above = reduced(moved)
            flat[k] = kept - step
            out[k] = (above - reduced(moved)) / (2 * step)
            flat[k] = kept
    return result


# ---------------------------------------------------------------- comparing


@dataclass(frozen=True, slots=True)
class _Case:
    """What is compared, for the message."""

    name: Any
    when: Any
    rtol: float = 0.0
    atol: float = 0.0
    same_dtype: bool = True
    strict: bool = True

    def what(self) -> str:
        return _local(self.name) or t("the result")

    def fail(self, problem: str, *hints: str) -> None:
        lines = [f"{self.what()}: {problem}"]
        if self.when is not None:
            lines.append(t("for {input}", input=_describe(self.when)))
        raise CheckFailed("\n".join([*lines, *(hint for hint in hints if hint)]))


def _compare(got: Any, expected: Any, case: _Case, at: str = "") -> None:
    capture()
    wanted_shape = _read_shape(expected)
    if wanted_shape is not None:
        _compare_tensors(got, expected, wanted_shape, case, at)
    elif type(expected) in (list, tuple):
        _compare_sequences(got, expected, case, at)
    elif type(expected) is dict:
        _compare_dicts(got, expected, case, at)
    elif _is_number(expected):
        _compare_numbers(got, expected, case, at)
    elif type(expected) in _ATOMS:
        if type(got) is not type(expected):
            _wrong_type(got, expected, case, at)
        if got != expected:
            case.fail(_where(at) + t("{expected} was expected, {got} came", expected=short(expected), got=short(got)))
    elif type(got) is not type(expected):
        _wrong_type(got, expected, case, at)
    elif (got is expected or expected == got) is not True:
        case.fail(_where(at) + t("{expected} was expected, {got} came", expected=short(expected), got=short(got)))


def _compare_tensors(got: Any, expected: Any, wanted: tuple[int, ...], case: _Case, at: str) -> None:
    found = _read_shape(got)
    if found is None or _is_tensor(got) is not _is_tensor(expected):
        _wrong_type(got, expected, case, at)
        return
    if found != wanted:
        case.fail(_where(at) + t("shape {expected} was expected, {got} came", expected=wanted, got=found),
                  _about_shape(found, wanted))
    dtypes = [_dtype_name(_plainly(lambda x=x: x.dtype)) for x in (got, expected)]
    if case.same_dtype and dtypes[0] != dtypes[1]:
        case.fail(_where(at) + t("dtype {expected} was expected, {got} came", expected=dtypes[1], got=dtypes[0]),
                  _about_dtype(dtypes[0], dtypes[1]))
    if _is_tensor(got):
        devices = [_plainly(lambda x=x: x.device.type) for x in (got, expected)]
        if devices[0] != devices[1]:
            case.fail(_where(at) + t("a tensor on device {expected} was expected, one on {got} came",
                                     expected=devices[1], got=devices[0]))
        if devices[0] == "meta":
            return
    _compare_values(_flat(got), _flat(expected), wanted, case, at)


def _compare_values(got: list[Any], expected: list[Any], form: tuple[int, ...], case: _Case, at: str) -> None:
    wrong = [i for i, (a, b) in enumerate(zip(got, expected, strict=True)) if not _near(a, b, case)]
    if not wrong:
        return
    first = wrong[0]
    parts = [
        t("{wrong} of {all} values differ", wrong=len(wrong), all=len(expected)) if len(expected) > 1
        else t("the value differs"),
        t("the first at {index}: {expected} was expected, {got} came", index=_index(first, form),
          **_pair(got[first], expected[first])) if form
        else t("{expected} was expected, {got} came", **_pair(got[first], expected[first])),
    ]
    errors = [(abs(got[i] - expected[i]), i) for i in wrong if _is_number(got[i]) and _is_number(expected[i])]
    finite = [e for e in errors if e[0] == e[0] and e[0] != float("inf")]
    if finite and len(wrong) > 1:
        size, place = max(finite)
        parts.append(t("the largest error is {error} at {index}", error=_number(size), index=_index(place, form)))
    case.fail(_where(at) + "; ".join(parts), _about_values(got, expected, case))


def _compare_sequences(got: Any, expected: Any, case: _Case, at: str) -> None:
    # torch.Size is a tuple to everyone who writes Python
    size = _torch.module.Size if _torch is not None else tuple
    if type(got) is not type(expected) and not (type(expected) is tuple and type(got) is size):
        _wrong_type(got, expected, case, at)
    if len(got) != len(expected):
        case.fail(_where(at) + t("{expected} items were expected, {got} came", expected=len(expected), got=len(got)),
                  t("expected {expected}, came {got}", expected=short(expected), got=short(got)))
    numbers = all(_is_number(x) for x in expected)
    if numbers and all(type(a) is type(b) for a, b in zip(got, expected, strict=True)):
        _compare_values(list(got), list(expected), (len(expected),), case, at)
        return
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        _compare(a, b, case, f"{at}[{i}]")


def _compare_dicts(got: Any, expected: dict[Any, Any], case: _Case, at: str) -> None:
    if type(got) is not dict:
        _wrong_type(got, expected, case, at)
    # keys of plain types only, so that no __eq__ or __hash__ of the learner's takes part
    mine = {key: value for key, value in got.items() if type(key) in (*_ATOMS, tuple)}
    missing = [key for key in expected if key not in mine]
    extra = [key for key in got if type(key) not in (*_ATOMS, tuple) or key not in expected]
    if missing or extra:
        case.fail(
            _where(at) + t("the keys differ"),
            t("missing: {keys}", keys=short(missing)) if missing else "",
            t("not asked for: {keys}", keys=short(extra)) if extra else "",
        )
    for key, value in expected.items():
        _compare(mine[key], value, case, f"{at}[{key!r}]")


def _compare_numbers(got: Any, expected: Any, case: _Case, at: str) -> None:
    value = got
    if not case.strict:
        found = _read_shape(got)
        if found == () and type(expected) is not bool:
            value = _flat(got)[0]
        elif type(got).__module__ == "numpy" and _is_numpy_scalar(got):
            value = got.item()
        if type(value) is int and type(expected) is float:
            value = float(value)
    if type(value) is not type(expected):
        _wrong_type(got, expected, case, at)
    if not _near(value, expected, case):
        case.fail(_where(at) + t("{expected} was expected, {got} came", **_pair(value, expected)),
                  _about_values([value], [expected], case))


def _near(a: Any, b: Any, case: _Case) -> bool:
    """Whether two leaves agree; both must be plain Python values."""
    if type(a) not in _ATOMS or type(b) not in _ATOMS:
        return False
    if a == b or (a != a and b != b):
        return True
    if type(a) not in _NUMBERS or type(b) not in _NUMBERS or not (case.rtol or case.atol):
        return False
    size = abs(b)
    return size != float("inf") and abs(a - b) <= case.atol + case.rtol * size


# ---------------------------------------------------------------- reading values


def _plainly(read: Callable[[], Any]) -> Any:
    """Reads from a tensor while nobody's mode or subclass can answer instead of torch."""
    with _torch.plain() if _torch is not None else nullcontext():
        return read()


def _is_tensor(value: Any) -> bool:
    return _torch is not None and type(value) in _torch.types


def _is_array(value: Any) -> bool:
    return _array is not None and type(value) is _array


def _is_number(value: Any) -> bool:
    return type(value) in _NUMBERS


def _is_numpy_scalar(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.generic)


def _read_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a tensor or an array of exactly that type, else None."""
    capture()
    if _is_tensor(value) or _is_array(value):
        return tuple(int(n) for n in _plainly(lambda: value.shape))
    return None


def _flat(value: Any) -> list[Any]:
    """The values of a tensor or an array as plain Python numbers, row by row."""
    if _is_array(value):
        return list(_array.tolist(_array.ravel(value)))
    assert _torch is not None
    base, torch = _torch.base, _torch.module
    with _torch.plain():
        plain = base.detach(value)
        if plain.layout != torch.strided:
            plain = base.to_dense(plain)
        return list(base.tolist(base.reshape(base.cpu(plain), (-1,))))


def _copy(value: Any) -> Any:
    if _is_tensor(value) and _torch is not None:
        with _torch.plain():
            return _torch.base.clone(_torch.base.detach(value))
    if _is_array(value):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(_copy(x) for x in value)
    if type(value) is dict:
        return {key: _copy(x) for key, x in value.items()}
    return value


# ---------------------------------------------------------------- saying it


def _local(text: Any) -> str:
    if isinstance(text, str):
        english, bars, chinese = text.partition("||")
        return (chinese if bars and current() == "zh" else english).strip()
    return pick(text, current()) if isinstance(text, Mapping) else str(text)


def _where(at: str) -> str:
    return t("at {place}: ", place=at) if at else ""


def _index(place: int, form: tuple[int, ...]) -> str:
    """Index ``place`` of the flat values as ``[row, column]``."""
    index = []
    for size in reversed(form):
        place, rest = divmod(place, size)
        index.append(rest)
    return "[" + ", ".join(str(i) for i in reversed(index)) + "]"


def _number(value: Any) -> str:
    return f"{value:.6g}" if type(value) in (float, complex) else short(value)


def _pair(got: Any, expected: Any) -> dict[str, str]:
    """Both values, with as many digits as it takes to see that they differ."""
    texts = _number(got), _number(expected)
    if texts[0] == texts[1]:
        texts = short(got), short(expected)
    return {"got": texts[0], "expected": texts[1]}


def _dtype_name(value: Any) -> str:
    return str(value).removeprefix("torch.").removeprefix("<class 'numpy.").removesuffix("'>")


def _function_name(function: Any) -> str:
    name = getattr(function, "__name__", "")
    return f"{name}(...)" if type(name) is str and name.isidentifier() else ""


def _kind(value: Any) -> str:
    """What a value is, in words, without asking the value."""
    if value is None:
        return "None"
    found = _read_shape(value)
    if found is not None:
        what = t("a tensor") if _is_tensor(value) else t("a NumPy array")
        return f"{what} {found}"
    return t("a value of type {type}", type=_type_name(value))


def _type_name(value: Any) -> str:
    # type.__name__ itself: a metaclass of the learner's may answer otherwise
    return str(type.__dict__["__name__"].__get__(type(value)))[:60]


def _describe(when: Any) -> str:
    if type(when) is dict and all(type(k) is str for k in when) and not set(when) <= {"en", "zh"}:
        return ", ".join(f"{k} = {short(v)}" for k, v in when.items())
    if type(when) in (str, dict):
        return _local(when)
    if type(when) is tuple and not all(_is_number(x) for x in when):
        return ", ".join(short(x) for x in when)
    return short(when)


def short(value: Any, limit: int = SHORT) -> str:
    """A value in a few words: never the ``repr`` of a class that is not Python's, NumPy's or torch's."""
    text = _short(value, limit)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _short(value: Any, limit: int) -> str:
    found = _read_shape(value)
    if found is not None:
        dtype_name = _dtype_name(_plainly(lambda: value.dtype))
        kind = "tensor" if _is_tensor(value) else "array"
        if _is_tensor(value) and _plainly(lambda: value.device.type) == "meta":
            return f"{kind} {found} {dtype_name}"
        return f"{kind} {found} {dtype_name} {_rows(_flat_head(value, limit), found, limit)}"
    if type(value) is float:
        return repr(value)
    if type(value) in _ATOMS:
        text = repr(value[: limit + 1] if type(value) in (str, bytes) else value) if _brief(value) else "…"
        return text
    if type(value) in (list, tuple, set, frozenset):
        parts: list[str] = []
        for item in value:
            parts.append(_short(item, limit))
            if sum(map(len, parts)) > limit:
                break
        inner = ", ".join(parts)
        if type(value) is list:
            return f"[{inner}]"
        if type(value) is tuple:
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        return f"{{{inner}}}"
    if type(value) is dict:
        pairs = []
        for key, item in value.items():
            pairs.append(f"{_short(key, limit)}: {_short(item, limit)}")
            if sum(map(len, pairs)) > limit:
                break
        return "{" + ", ".join(pairs) + "}"
    return f"<{_type_name(value)}>"


def _brief(value: Any) -> bool:
    # int to text is quadratic, and Python refuses above 4,300 digits
    return type(value) is not int or value.bit_length() < 2000


def _flat_head(value: Any, limit: int) -> list[Any]:
    """The first values only: a message shows no more."""
    if _is_tensor(value) and _torch is not None and value.layout == _torch.module.strided:
        with _torch.plain():
            base = _torch.base
            return list(base.tolist(base.cpu(base.reshape(base.detach(value), (-1,))[:limit])))
    return _flat(value)[:limit]


def _rows(flat: list[Any], form: tuple[int, ...], limit: int) -> str:
    """Nested brackets around ``flat``, as far as ``limit`` characters go."""
    if not form:
        return _digits(flat[0]) if flat else ""
    if len(form) == 1:
        return "[" + ", ".join(_digits(x) for x in flat[: form[0]]) + ("]" if len(flat) >= form[0] else ", …]")
    size = 1
    for n in form[1:]:
        size *= n
    rows: list[str] = []
    for start in range(0, min(len(flat), form[0] * size), size or 1):
        rows.append(_rows(flat[start : start + size], form[1:], limit))
        if sum(map(len, rows)) > limit:
            break
    return "[" + ", ".join(rows) + "]"


def _digits(value: Any) -> str:
    if type(value) is float:
        return f"{value:.4g}"
    return repr(value) if type(value) in _NUMBERS else _short(value, 40)


# ---------------------------------------------------------------- what it may mean


def _wrong_type(got: Any, expected: Any, case: _Case, at: str) -> None:
    tensor = _is_tensor(expected)
    case.fail(
        _where(at) + t("{expected} was expected, {got} came", expected=_kind(expected), got=_kind(got)),
        _about_type(got, tensor=tensor, number=_is_number(expected), sequence=type(expected) in (list, tuple)),
    )


def _about_type(got: Any, *, tensor: bool = False, number: bool = False, sequence: bool = False) -> str:
    if got is None:
        return t("a function without a return statement returns None")
    if sequence and _type_name(got) in ("generator", "map", "filter", "zip", "range", "dict_keys", "dict_values"):
        return t("list(...) around it makes a list")
    if number and _read_shape(got) == ():
        return t(".item() gives the Python number in a tensor of one value")
    if tensor and _is_number(got):
        return t("keep it a tensor: .item() and float() also cut off the gradient")
    if tensor and callable(got) and _type_name(got) in ("function", "method", "builtin_function_or_method"):
        return t("that is a function itself: are the brackets of the call missing?")
    if tensor and _torch is not None and issubclass(type(got), _torch.types):
        return t("a plain torch.Tensor is asked for, not a class derived from it")
    return ""


def _about_shape(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if len(got) > 1 and got == tuple(reversed(expected)):
        return t("the axes are the other way round: a transpose too many or too few")
    if [n for n in got if n != 1] == [n for n in expected if n != 1]:
        return t("only axes of length 1 differ: see keepdim, squeeze and unsqueeze")
    if sorted(got) == sorted(expected):
        return t("the axes are right, their order is not: see permute")
    if got and expected and len(got) == len(expected) and got[1:] == expected[1:]:
        return t("the first axis is the batch: is a row lost, or is it the last batch?")
    if len(got) < len(expected) and _within(got, expected):
        return t("an axis is missing: was it summed away without keepdim, or never made?")
    size_got, size_expected = 1, 1
    for n in got:
        size_got *= n
    for n in expected:
        size_expected *= n
    if size_got == size_expected:
        return t("as many values, arranged otherwise: see reshape")
    return ""


def _within(part: tuple[int, ...], whole: tuple[int, ...]) -> bool:
    rest = iter(whole)
    return all(n in rest for n in part)


def _about_dtype(got: str, expected: str) -> str:
    if expected == "int64" and got.startswith("float"):
        return t("class indices are whole numbers: .long() converts")
    if expected.startswith("float") and got.startswith(("int", "uint", "bool")):
        return t("whole numbers came: .float() converts, and / divides where // rounds")
    if got == "float64" and expected == "float32":
        return t("float64 comes from NumPy or from dtype=torch.float64: .float() converts")
    return ""


def _about_values(got: list[Any], expected: list[Any], case: _Case) -> str:
    # whole numbers of any size can not all become floats
    numbers = [
        (a, b)
        for a, b in zip(got, expected, strict=True)
        if _is_number(a) and _is_number(b) and max(abs(x) if type(x) is int else 0 for x in (a, b)) < 2**53
    ]
    if not numbers:
        return ""
    if any(a != a for a, b in numbers if b == b):
        return t("nan comes from 0/0, inf - inf or the logarithm of a negative number; exp overflows early")
    if any(abs(a) == float("inf") for a, b in numbers if abs(b) != float("inf")):
        return t("inf comes from a division by 0, log(0) or exp of a large number")
    loose = _Case("", None, max(case.rtol, 1e-4), max(case.atol, 1e-9))
    if len(numbers) == len(expected) and all(_near(-a, b, loose) for a, b in numbers):
        return t("every value has the other sign")
    ratios = {a / b for a, b in numbers if b} if all((a == 0) == (b == 0) for a, b in numbers) else set()
    if len(expected) > 1 and ratios:
        low, high = min(ratios, key=abs), max(ratios, key=abs)
        if abs(high - low) <= 1e-4 * abs(high) and abs(high - 1) > 1e-3:
            return t("every value is {ratio} times the expected one", ratio=_number(high))
    return ""

"""Reading a learner's values, saying what they are, and guessing what went wrong.

The other half of ``dltutor.learning.checks``. Nothing here calls a method of the learner's:
a value is known by its exact type, and tensors are read by torch's own C functions, taken
before the learner's code ran.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from dltutor.i18n import t

SHORT = 160
"""characters of a value that a message shows"""

NUMBERS = (bool, int, float, complex)
ATOMS = (*NUMBERS, str, bytes, type(None))


@dataclass(frozen=True, slots=True)
class _Torch:
    """What is needed of torch, taken before any learner's code runs."""

    module: Any
    base: Any
    """``torch._C.TensorBase``: its methods are C and can not be replaced"""
    types: tuple[type, ...]
    plain: Callable[[], Any]
    """a context in which no mode and no subclass of the learner's intercepts a call"""


torch_: _Torch | None = None
_array: Any = None
_scalar: Any = None


def capture() -> None:
    """Takes hold of torch and NumPy, if they are loaded; called before the learner's code runs."""
    global torch_, _array, _scalar
    torch, numpy = sys.modules.get("torch"), sys.modules.get("numpy")
    if torch is not None and torch_ is None:
        types = (torch.Tensor, torch.nn.Parameter)
        torch_ = _Torch(torch, torch._C.TensorBase, types, torch._C.DisableTorchFunction)
    if numpy is not None and _array is None:
        _array, _scalar = numpy.ndarray, numpy.generic


# ---------------------------------------------------------------- reading values


def plainly(read: Callable[[], Any]) -> Any:
    """Reads from a tensor while nobody's mode or subclass can answer instead of torch."""
    with torch_.plain() if torch_ is not None else nullcontext():
        return read()


def is_tensor(value: Any) -> bool:
    return torch_ is not None and type(value) in torch_.types


def is_array(value: Any) -> bool:
    return _array is not None and type(value) is _array


def is_number(value: Any) -> bool:
    return type(value) in NUMBERS


def is_numpy_scalar(value: Any) -> bool:
    # exactly one of NumPy's own: a class derived from it is somebody else's
    return (
        _scalar is not None
        and issubclass(type(value), _scalar)
        and type(value).__module__ == "numpy"
    )


def dtype_of(value: Any) -> str:
    """The name of the dtype of a tensor or an array: ``"float32"``."""
    return dtype_name(plainly(lambda: value.dtype))


def device_of(tensor: Any) -> str:
    """The type of the device: ``"cpu"``."""
    return str(plainly(lambda: tensor.device.type))


def read_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of a tensor or an array of exactly that type, else None."""
    capture()
    if is_tensor(value) or is_array(value):
        return tuple(int(n) for n in plainly(lambda: value.shape))
    return None


def flat(value: Any) -> list[Any]:
    """The values of a tensor or an array as plain Python numbers, row by row."""
    if is_array(value):
        return list(_array.tolist(_array.ravel(value)))
    assert torch_ is not None
    base, torch = torch_.base, torch_.module
    with torch_.plain():
        plain = base.detach(value)
        if plain.layout != torch.strided:
            plain = base.to_dense(plain)
        return list(base.tolist(base.reshape(base.cpu(plain), (-1,))))


def copy_of(value: Any) -> Any:
    if is_tensor(value) and torch_ is not None:
        with torch_.plain():
            return torch_.base.clone(torch_.base.detach(value))
    if is_array(value):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(copy_of(x) for x in value)
    if type(value) is dict:
        return {key: copy_of(x) for key, x in value.items()}
    return value


def near(a: Any, b: Any, rtol: float, atol: float) -> bool:
    """Whether two leaves agree; both must be plain Python values."""
    if type(a) not in ATOMS or type(b) not in ATOMS:
        return False
    if a == b or (a != a and b != b):
        return True
    if type(a) not in NUMBERS or type(b) not in NUMBERS or not (rtol or atol):
        return False
    size = abs(b)
    try:
        return bool(size != float("inf") and abs(a - b) <= atol + rtol * size)
    except OverflowError:  # whole numbers too large for a float
        return False


# ---------------------------------------------------------------- saying it


def index_of(place: int, form: tuple[int, ...]) -> str:
    """Index ``place`` of the flat values as ``[row, column]``."""
    index = []
    for size in reversed(form):
        place, rest = divmod(place, size)
        index.append(rest)
    return "[" + ", ".join(str(i) for i in reversed(index)) + "]"


def number_text(value: Any) -> str:
    return f"{value:.6g}" if type(value) in (float, complex) else short(value)


def pair(got: Any, expected: Any) -> dict[str, str]:
    """Both values, with as many digits as it takes to see that they differ."""
    texts = number_text(got), number_text(expected)
    if texts[0] == texts[1]:
        texts = short(got), short(expected)
    return {"got": texts[0], "expected": texts[1]}


def dtype_name(value: Any) -> str:
    return str(value).removeprefix("torch.").removeprefix("<class 'numpy.").removesuffix("'>")


def kind_of(value: Any) -> str:
    """What a value is, in words, without asking the value."""
    if value is None:
        return "None"
    found = read_shape(value)
    if found is not None:
        what = t("a tensor") if is_tensor(value) else t("a NumPy array")
        return f"{what} {found}"
    return t("a value of type {type}", type=type_name(value))


def type_name(value: Any) -> str:
    # type.__name__ itself: a metaclass of the learner's may answer otherwise
    return str(type.__dict__["__name__"].__get__(type(value)))[:60]


def short(value: Any, limit: int = SHORT) -> str:
    """A value in a few words; never the ``repr`` of a class of the learner's."""
    text = _short(value, limit)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _short(value: Any, limit: int) -> str:
    found = read_shape(value)
    if found is not None:
        dtype = dtype_of(value)
        kind = "tensor" if is_tensor(value) else "array"
        if is_tensor(value) and device_of(value) == "meta":
            return f"{kind} {found} {dtype}"
        return f"{kind} {found} {dtype} {_rows(_flat_head(value, limit), found, limit)}"
    if type(value) is float:
        return repr(value)
    if type(value) in ATOMS:
        text = (
            repr(value[: limit + 1] if type(value) in (str, bytes) else value)
            if _brief(value)
            else "…"
        )
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
    return f"<{type_name(value)}>"


def _brief(value: Any) -> bool:
    # int to text is quadratic, and Python refuses above 4,300 digits
    return type(value) is not int or value.bit_length() < 2000


def _flat_head(value: Any, limit: int) -> list[Any]:
    """The first values only: a message shows no more."""
    if is_tensor(value) and torch_ is not None and value.layout == torch_.module.strided:
        with torch_.plain():
            base = torch_.base
            return list(base.tolist(base.cpu(base.reshape(base.detach(value), (-1,))[:limit])))
    return flat(value)[:limit]


def _rows(flat: list[Any], form: tuple[int, ...], limit: int) -> str:
    """Nested brackets around ``flat``, as far as ``limit`` characters go."""
    if not form:
        return _digits(flat[0]) if flat else ""
    if len(form) == 1:
        return (
            "["
            + ", ".join(_digits(x) for x in flat[: form[0]])
            + ("]" if len(flat) >= form[0] else ", …]")
        )
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
    return repr(value) if type(value) in NUMBERS else _short(value, 40)


# ---------------------------------------------------------------- what it may mean


def about_type(
    got: Any, *, tensor: bool = False, number: bool = False, sequence: bool = False
) -> str:
    if got is None:
        return t("a function without a return statement returns None")
    if sequence and type_name(got) in (
        "generator",
        "map",
        "filter",
        "zip",
        "range",
        "dict_keys",
        "dict_values",
    ):
        return t("list(...) around it makes a list")
    if number and read_shape(got) == ():
        return t(".item() gives the Python number in a tensor of one value")
    if tensor and is_number(got):
        return t("keep it a tensor: .item() and float() also cut off the gradient")
    if (
        tensor
        and callable(got)
        and type_name(got) in ("function", "method", "builtin_function_or_method")
    ):
        return t("that is a function itself: are the brackets of the call missing?")
    if tensor and torch_ is not None and issubclass(type(got), torch_.types):
        return t("a plain torch.Tensor is asked for, not a class derived from it")
    return ""


def about_shape(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
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


def about_dtype(got: str, expected: str) -> str:
    if expected == "int64" and got.startswith("float"):
        return t("class indices are whole numbers: .long() converts")
    if expected.startswith("float") and got.startswith(("int", "uint", "bool")):
        return t("whole numbers came: .float() converts, and / divides where // rounds")
    if got == "float64" and expected == "float32":
        return t("float64 comes from NumPy or from dtype=torch.float64: .float() converts")
    return ""


def about_values(got: list[Any], expected: list[Any], rtol: float, atol: float) -> str:
    # whole numbers of any size can not all become floats
    numbers = [
        (a, b)
        for a, b in zip(got, expected, strict=True)
        if is_number(a)
        and is_number(b)
        and max(abs(x) if type(x) is int else 0 for x in (a, b)) < 2**53
    ]
    if not numbers:
        return ""
    if any(a != a for a, b in numbers if b == b):
        return t("nan comes from 0/0, inf - inf, the log of a negative number; exp overflows early")
    if any(abs(a) == float("inf") for a, b in numbers if abs(b) != float("inf")):
        return t("inf comes from a division by 0, log(0) or exp of a large number")
    if len(numbers) == len(expected) and all(
        near(-a, b, max(rtol, 1e-4), max(atol, 1e-9)) for a, b in numbers
    ):
        return t("every value has the other sign")
    ratios = (
        {a / b for a, b in numbers if b} if all((a == 0) == (b == 0) for a, b in numbers) else set()
    )
    if len(expected) > 1 and ratios:
        low, high = min(ratios, key=abs), max(ratios, key=abs)
        if abs(high - low) <= 1e-4 * abs(high) and abs(high - 1) > 1e-3:
            return t("every value is {ratio} times the expected one", ratio=number_text(high))
    return ""

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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dltutor.chapter import Text, pick
from dltutor.i18n import current, t
from dltutor.learning import check_values as reading
from dltutor.learning.check_values import (
    ATOMS,
    about_dtype,
    about_shape,
    about_type,
    about_values,
    capture,
    copy_of,
    device_of,
    dtype_name,
    dtype_of,
    flat,
    index_of,
    is_number,
    is_numpy_scalar,
    is_tensor,
    kind_of,
    near,
    number_text,
    pair,
    read_shape,
    short,
)

__all__ = [
    "CheckFailed",
    "close",
    "dtype",
    "equal",
    "gradient",
    "raises",
    "shape",
    "that",
    "untouched",
]


class CheckFailed(Exception):  # noqa: N818 - not an error: the answer is wrong
    """The learner's code does not do what was asked; the message says how."""


# ---------------------------------------------------------------- the helpers


def equal(
    got: Any, expected: Any, name: Text = "", when: Any = None, *, same_dtype: bool = True
) -> None:
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
    found = read_shape(got)
    if found is None:
        case.fail(
            t(
                "a tensor of shape {expected} was expected, {got} came",
                expected=tuple(expected),
                got=kind_of(got),
            ),
            about_type(got, tensor=True),
        )
    elif found != tuple(expected):
        case.fail(
            t("shape {expected} was expected, {got} came", expected=tuple(expected), got=found),
            about_shape(found, tuple(expected)),
        )


def dtype(got: Any, expected: Any, name: Text = "", when: Any = None) -> None:
    """``got`` is a tensor or an array of that dtype, ``torch.float32`` or ``"float32"``."""
    case = _Case(name, when)
    if read_shape(got) is None:
        case.fail(
            t("a tensor was expected, {got} came", got=kind_of(got)), about_type(got, tensor=True)
        )
    wanted, found = dtype_name(expected), dtype_of(got)
    if wanted != found:
        case.fail(
            t("dtype {expected} was expected, {got} came", expected=wanted, got=found),
            about_dtype(found, wanted),
        )


def that(condition: Any, message: Text) -> None:
    """``condition`` is true; ``message`` says what does not hold when it is false.

    Compare the learner's values with :func:`equal`, not with ``==``, which is theirs.
    """
    if condition is True or condition is False:
        truth = condition
    elif type(condition).__module__ == "numpy" and type(condition).__name__ in ("bool", "bool_"):
        truth = bool(condition)
    elif is_tensor(condition):
        values = flat(condition)
        truth = len(values) == 1 and values[0] is True
    else:
        truth = False
    if not truth:
        raise CheckFailed(_local(message))


def raises(
    expected: type[BaseException],
    function: Callable[..., Any],
    *args: Any,
    name: Text = "",
    when: Any = None,
    **kwargs: Any,
) -> None:
    """Calling ``function`` raises ``expected`` or a subclass of it."""
    case = _Case(name or _function_name(function), when if when is not None else args or None)
    try:
        got = function(*args, **kwargs)
    except Exception as error:
        if not issubclass(type(error), expected):
            case.fail(
                t(
                    "{expected} was expected to be raised, {got} was raised",
                    expected=expected.__name__,
                    got=type(error).__name__,
                )
            )
        return
    case.fail(
        t(
            "{expected} was expected to be raised, nothing was; it returned {got}",
            expected=expected.__name__,
            got=short(got),
        )
    )


def untouched(function: Callable[..., Any], *inputs: Any, name: Text = "", when: Any = None) -> Any:
    """Calls ``function(*inputs)``, returns its result; fails if an input was changed in place."""
    before = [copy_of(value) for value in inputs]
    result = function(*inputs)
    for number, (value, old) in enumerate(zip(inputs, before, strict=True), 1):
        try:
            equal(value, old)
        except CheckFailed as error:
            _Case(name or _function_name(function), when).fail(
                t(
                    "the input must stay as it was, but argument {number} was changed",
                    number=number,
                ),
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
    if reading.torch_ is None:
        raise ValueError("checks.gradient needs torch: import it in check.py")
    torch = reading.torch_.module
    case = _Case(name or _function_name(function), when)
    precision = None if like is not None else torch.float64

    def leaves() -> list[Any]:
        return [
            x.detach().clone().to(precision or x.dtype).requires_grad_()
            if is_tensor(x) and x.is_floating_point()
            else x
            for x in inputs
        ]

    def reduced(of: Callable[..., Any], values: Sequence[Any]) -> Any:
        out = of(*values)
        if not is_tensor(out):
            case.fail(
                t("a tensor was expected, {got} came", got=kind_of(out)),
                about_type(out, tensor=True),
            )
        weights = torch.linspace(0.5, 1.5, max(out.numel(), 1), dtype=out.dtype)[: out.numel()]
        return (out * weights.reshape(out.shape)).sum()

    mine = leaves()
    value = reduced(function, mine)
    if not value.requires_grad:
        case.fail(
            t("no gradient flows back: the result is cut off from its inputs"),
            t(".item(), .detach(), .data, torch.no_grad() and torch.tensor(...) cut it off"),
        )
    places = [i for i, x in enumerate(mine) if is_tensor(x) and x.requires_grad]
    grads = torch.autograd.grad(value, [mine[i] for i in places], allow_unused=True)
    if like is not None:
        theirs = leaves()
        wanted = torch.autograd.grad(
            reduced(like, theirs), [theirs[i] for i in places], allow_unused=True
        )
    else:
        wanted = [_difference_quotient(lambda v: reduced(function, v), mine, i) for i in places]
    for i, got, want in zip(places, grads, wanted, strict=True):
        if want is None:
            continue
        if got is None:
            case.fail(
                t("no gradient reaches argument {number}", number=i + 1),
                t(".item(), .detach(), .data, torch.no_grad() and torch.tensor(...) cut it off"),
            )
        what = t("the gradient for argument {number} of {name}", number=i + 1, name=case.what())
        close(got, want, rtol=rtol, atol=atol, name=what, when=when)


def _difference_quotient(
    reduced: Callable[[Sequence[Any]], Any], values: Sequence[Any], place: int
) -> Any:
    """d reduced / d values[place] by central differences; float64."""
    assert reading.torch_ is not None
    step = 1e-6
    moved = [v.detach().clone() if is_tensor(v) else v for v in values]
    moved[place] = moved[place].contiguous()
    flat = moved[place].view(-1)  # shares its memory
    slopes = []
    for k in range(flat.numel()):
        kept = flat[k].item()
        flat[k] = kept + step
        above = reduced(moved).item()
        flat[k] = kept - step
        slopes.append((above - reduced(moved).item()) / (2 * step))
        flat[k] = kept
    return reading.torch_.module.tensor(slopes, dtype=flat.dtype).reshape(moved[place].shape)


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
        lines = [t("{what}: {problem}", what=self.what(), problem=problem)]
        if self.when is not None:
            lines.append(t("for {input}", input=_describe(self.when)))
        raise CheckFailed("\n".join([*lines, *(hint for hint in hints if hint)]))


def _compare(got: Any, expected: Any, case: _Case, at: str = "") -> None:
    capture()
    wanted_shape = read_shape(expected)
    if wanted_shape is not None:
        _compare_tensors(got, expected, wanted_shape, case, at)
    elif type(expected) in (list, tuple):
        _compare_sequences(got, expected, case, at)
    elif type(expected) is dict:
        _compare_dicts(got, expected, case, at)
    elif is_number(expected):
        _compare_numbers(got, expected, case, at)
    elif type(expected) in ATOMS:
        if type(got) is not type(expected):
            _wrong_type(got, expected, case, at)
        if got != expected:
            case.fail(
                _where(at)
                + t("{expected} was expected, {got} came", expected=short(expected), got=short(got))
            )
    elif type(got) is not type(expected):
        _wrong_type(got, expected, case, at)
    elif (got is expected or expected == got) is not True:
        case.fail(
            _where(at)
            + t("{expected} was expected, {got} came", expected=short(expected), got=short(got))
        )


def _compare_tensors(
    got: Any, expected: Any, wanted: tuple[int, ...], case: _Case, at: str
) -> None:
    found = read_shape(got)
    if found is None or is_tensor(got) is not is_tensor(expected):
        _wrong_type(got, expected, case, at)
        return
    if found != wanted:
        case.fail(
            _where(at) + t("shape {expected} was expected, {got} came", expected=wanted, got=found),
            about_shape(found, wanted),
        )
    dtypes = [dtype_of(x) for x in (got, expected)]
    if case.same_dtype and dtypes[0] != dtypes[1]:
        case.fail(
            _where(at)
            + t("dtype {expected} was expected, {got} came", expected=dtypes[1], got=dtypes[0]),
            about_dtype(dtypes[0], dtypes[1]),
        )
    if is_tensor(got):
        devices = [device_of(x) for x in (got, expected)]
        if devices[0] != devices[1]:
            case.fail(
                _where(at)
                + t(
                    "a tensor on device {expected} was expected, one on {got} came",
                    expected=devices[1],
                    got=devices[0],
                )
            )
        if devices[0] == "meta":
            return
    _compare_values(flat(got), flat(expected), wanted, case, at)


def _compare_values(
    got: list[Any], expected: list[Any], form: tuple[int, ...], case: _Case, at: str
) -> None:
    wrong = [
        i
        for i, (a, b) in enumerate(zip(got, expected, strict=True))
        if not near(a, b, case.rtol, case.atol)
    ]
    if not wrong:
        return
    first = wrong[0]
    parts = [
        t("{wrong} of {all} values differ", wrong=len(wrong), all=len(expected))
        if len(expected) > 1
        else t("the value differs"),
        t(
            "the first at {index}: {expected} was expected, {got} came",
            index=index_of(first, form),
            **pair(got[first], expected[first]),
        )
        if form
        else t("{expected} was expected, {got} came", **pair(got[first], expected[first])),
    ]
    errors = [
        (abs(got[i] - expected[i]), i)
        for i in wrong
        if is_number(got[i]) and is_number(expected[i])
    ]
    finite = [e for e in errors if e[0] == e[0] and e[0] != float("inf")]
    if finite and len(wrong) > 1:
        size, place = max(finite)
        parts.append(
            t(
                "the largest error is {error} at {index}",
                error=number_text(size),
                index=index_of(place, form),
            )
        )
    case.fail(_where(at) + t("; ").join(parts), about_values(got, expected, case.rtol, case.atol))


def _compare_sequences(got: Any, expected: Any, case: _Case, at: str) -> None:
    # torch.Size is a tuple to everyone who writes Python
    size = reading.torch_.module.Size if reading.torch_ is not None else tuple
    if type(got) is not type(expected) and not (type(expected) is tuple and type(got) is size):
        _wrong_type(got, expected, case, at)
    if len(got) != len(expected):
        case.fail(
            _where(at)
            + t("{expected} items were expected, {got} came", expected=len(expected), got=len(got)),
            t("expected {expected}, came {got}", expected=short(expected), got=short(got)),
        )
    numbers = all(is_number(x) for x in expected)
    if numbers and all(type(a) is type(b) for a, b in zip(got, expected, strict=True)):
        _compare_values(list(got), list(expected), (len(expected),), case, at)
        return
    for i, (a, b) in enumerate(zip(got, expected, strict=True)):
        _compare(a, b, case, f"{at}[{i}]")


def _compare_dicts(got: Any, expected: dict[Any, Any], case: _Case, at: str) -> None:
    if type(got) is not dict:
        _wrong_type(got, expected, case, at)
    # keys of plain types only, so that no __eq__ or __hash__ of the learner's takes part
    mine = {key: value for key, value in got.items() if type(key) in (*ATOMS, tuple)}
    missing = [key for key in expected if key not in mine]
    extra = [key for key in got if type(key) not in (*ATOMS, tuple) or key not in expected]
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
        found = read_shape(got)
        if found == () and type(expected) is not bool:
            value = flat(got)[0]
        elif is_numpy_scalar(got):
            value = got.item()
        if type(value) is int and type(expected) is float:
            value = float(value)
    if type(value) is not type(expected):
        _wrong_type(got, expected, case, at)
    if not near(value, expected, case.rtol, case.atol):
        case.fail(
            _where(at) + t("{expected} was expected, {got} came", **pair(value, expected)),
            about_values([value], [expected], case.rtol, case.atol),
        )


# ---------------------------------------------------------------- saying it


def _local(text: Any) -> str:
    if isinstance(text, str):
        english, bars, chinese = text.partition("||")
        return (chinese if bars and current() == "zh" else english).strip()
    return pick(text, current()) if isinstance(text, Mapping) else str(text)


def _where(at: str) -> str:
    return t("at {place}: ", place=at) if at else ""


def _function_name(function: Any) -> str:
    name = getattr(function, "__name__", "")
    return f"{name}(...)" if type(name) is str and name.isidentifier() else ""


def _describe(when: Any) -> str:
    if type(when) is dict and all(type(k) is str for k in when) and not set(when) <= {"en", "zh"}:
        return ", ".join(f"{k} = {short(v)}" for k, v in when.items())
    if type(when) in (str, dict):
        return _local(when)
    if type(when) is tuple and not all(is_number(x) for x in when):
        return ", ".join(short(x) for x in when)
    return short(when)


def _wrong_type(got: Any, expected: Any, case: _Case, at: str) -> None:
    tensor = is_tensor(expected)
    case.fail(
        _where(at)
        + t("{expected} was expected, {got} came", expected=kind_of(expected), got=kind_of(got)),
        about_type(
            got, tensor=tensor, number=is_number(expected), sequence=type(expected) in (list, tuple)
        ),
    )

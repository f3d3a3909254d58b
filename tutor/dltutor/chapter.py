"""The contract: what a chapter is.

A chapter is one value. A distribution offers it through the entry-point group
``dltutor.chapters``: the entry point names a module that implements the hook
``dltutor_chapter`` (see ``dltutor.hookspecs``) and returns a :class:`Chapter`.

Building the value must be cheap: everything that needs torch, or any other heavy
package, is named by a reference ``"package.module:name"`` and imported only by the
process that runs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, get_args, get_origin, get_type_hints

from dltutor.errors import UsageError

Text = str | Mapping[str, str]
"""A text in one language, or by language code: ``{"en": "Loss", "zh": "损失"}``."""

Reference = str
"""``"package.module:name"``, imported late by the process that needs it."""

LANGUAGES: Final = ("en", "zh")
ENTRY_POINT_GROUP: Final = "dltutor.chapters"


PAD_MOST: Final = (20, 18)
"""columns and rows of a drawing pad that stands beside a demo's views on 80 x 24"""


RATE_MOST: Final = 30
"""calls a second of a demo that plays: more than a terminal shows"""


def pick(text: Text, lang: str) -> str:
    """The text in ``lang``, else in English, else in whatever language there is."""
    if isinstance(text, str):
        return text
    return text.get(lang) or text.get("en") or next(iter(text.values()), "")


@dataclass(frozen=True, slots=True)
class Param:
    """What a person should know about a parameter of a configuration or of a demo.

    Used as ``lr: Annotated[float, Param("learning rate", zh="学习率", low=1e-6, high=1)]``.
    ``low`` and ``high`` are inclusive bounds, ``step`` is how far one key press moves a
    control, ``log`` asks for a control that multiplies, ``unit`` is shown behind the value.
    ``pad`` offers (columns, rows) to draw on for a text: the text is then the rows from the top,
    joined by ``|``, each of a mark for every column: ``.`` for paper, ``+`` for grey, ``#`` for
    ink; the empty text is an empty pad.
    """

    help: str
    zh: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    log: bool = False
    unit: str = ""
    pad: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.pad is not None and not all(
            2 <= size <= most for size, most in zip(self.pad, PAD_MOST, strict=True)
        ):
            raise ValueError(
                f"Param.pad {self.pad}: 2 to {PAD_MOST[0]} columns and 2 to {PAD_MOST[1]} rows"
            )

    @property
    def text(self) -> Text:
        return {"en": self.help, "zh": self.zh or self.help}


@dataclass(frozen=True, kw_only=True)
class Config:
    """Base of every training configuration: a frozen dataclass whose ranges are checked when built.

    Subclass it with annotated, defaulted fields of type bool, int, float, str or
    ``Literal[...]``. A value outside its range is a :class:`~dltutor.errors.UsageError`.
    """

    def __post_init__(self) -> None:
        for parameter in parameters(type(self)):
            parameter.check(getattr(self, parameter.name))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One named value that a person may set: a field of a Config or an argument of a demo."""

    name: str
    kind: type
    """bool, int, float or str"""
    default: Any
    about: Param = field(default_factory=lambda: Param(""))
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> Any:
        """Turns what was typed into a value of the right type and range, or says what would be right."""
        value: Any
        try:
            if self.kind is bool:
                value = {"true": True, "yes": True, "on": True, "1": True}.get(text.lower())
                if value is None:
                    if text.lower() not in ("false", "no", "off", "0"):
                        raise ValueError(text)
                    value = False
            elif self.kind is int:
                value = int(text.replace("_", "").replace(",", ""))
            elif self.kind is float:
                value = float(text)
            else:
                value = text
        except ValueError:
            raise UsageError(
                f"{self.name}={text!r} is not {_article(self.kind)}", self.range()
            ) from None
        return self.check(value)

    def check(self, value: Any) -> Any:
        """Returns ``value`` (an int becomes a float where a float is meant) or raises UsageError."""
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, self.kind) or (self.kind is int and isinstance(value, bool)):
            raise UsageError(f"{self.name}={value!r} is not {_article(self.kind)}", self.range())
        if self.choices and value not in self.choices:
            raise UsageError(f"{self.name}={value!r} is not one of the choices", self.range())
        if isinstance(value, int | float) and self.kind is not bool:
            low, high = self.about.low, self.about.high
            above = low is None or value >= low
            below = high is None or value <= high
            if not (above and below) or value != value:  # the last: not a number
                raise UsageError(f"{self.name}={value!r} is out of range", self.range())
        return value

    def range(self) -> str:
        """The values that are right, in words: ``1 to 1000``."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.kind is bool:
            return "true or false"
        low, high = self.about.low, self.about.high
        word = {int: "a whole number", float: "a number", str: "a text"}[self.kind]
        if low is not None and high is not None:
            return f"{word} from {low:g} to {high:g}"
        if low is not None:
            return f"{word} of at least {low:g}"
        if high is not None:
            return f"{word} of at most {high:g}"
        return word


def _article(kind: type) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number"}.get(kind, "a text")


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    about = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Param)), Param(""))
    base = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    choices: tuple[str, ...] = ()
    if (
        getattr(get_origin(base), "__name__", "") == "Literal"
        or str(get_origin(base)) == "typing.Literal"
    ):
        choices, base = tuple(str(c) for c in get_args(base)), str
    if base not in (bool, int, float, str):
        raise TypeError(
            f"parameter {name!r}: bool, int, float, str or Literal is supported, not {base!r}"
        )
    if about.pad is not None and (base is not str or choices):
        raise TypeError(f"parameter {name!r}: a pad to draw on is for a text")
    return Parameter(name, base, default, about, choices)


def parameters(owner: Any) -> tuple[Parameter, ...]:
    """The parameters of a Config class or of a demo function, in the order of their definition.

    Arguments of a demo without a default (such as ``context``) are not parameters.
    """
    cached = _PARAMETERS.get(owner)
    if cached is not None:
        return cached
    hints = get_type_hints(owner, include_extras=True)
    if isinstance(owner, type):
        found = tuple(_parameter(f.name, hints[f.name], f.default) for f in fields(owner))
    else:
        import inspect

        found = tuple(
            _parameter(p.name, hints[p.name], p.default)
            for p in inspect.signature(owner).parameters.values()
            if p.default is not p.empty
        )
    _PARAMETERS[owner] = found
    return found


_PARAMETERS: dict[Any, tuple[Parameter, ...]] = {}


def assign(known: Sequence[Parameter], settings: Sequence[str]) -> dict[str, Any]:
    """Reads ``key=value`` settings against the known parameters; an unknown key names the valid ones."""
    by_name = {p.name: p for p in known}
    values: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting!r} has no '='", "write --set key=value")
        if key not in by_name:
            from difflib import get_close_matches

            near = get_close_matches(key, by_name, n=1)
            hint = (
                (f"did you mean {near[0]}? " if near else "") + "valid keys: " + ", ".join(by_name)
            )
            raise UsageError(f"there is no key {key!r}", hint)
        values[key] = by_name[key].parse(text)
    return values


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """One file of a public data set: where it is fetched from and how one knows that it is whole."""

    name: str
    """path below the set's folder, with forward slashes"""
    urls: tuple[str, ...]
    """mirrors, tried in order"""
    sha256: str
    bytes: int
    plain_sha256: str = ""
    """of the content of a ``.gz`` file, since others keep it unpacked under the same name without ``.gz``"""
    unpack: bool = False
    """a zip or tar archive whose members go into the set's folder"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A public data set, in the layout that it has on disk below a data root."""

    name: str
    """``"mnist"``: the name in ``dltutor data``"""
    title: Text
    folder: str
    """below the data root, for example ``"MNIST/raw"``"""
    files: tuple[RemoteFile, ...]
    marks: tuple[tuple[str, ...], ...]
    """the set is there when, for each tuple, one of its paths (below the folder) exists"""
    licence: str
    source: str
    """the page that describes the set"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How a chapter trains.

    ``routine`` is a generator function ``train(config, run)`` that yields events (see
    ``dltutor.events``) and returns the final metrics under their standard names.
    """

    config: Reference
    """a subclass of :class:`Config`, in a module that needs no heavy package"""
    routine: Reference
    presets: Mapping[str, Mapping[str, Any]]
    """named differences from the defaults; ``standard`` is the default one, ``quick`` must exist"""
    builtin: Text
    """what the data without network are, and how many"""
    full: Dataset | None = None
    own_data: Text = ""
    """what a path given by ``--data`` may hold; empty when the chapter takes none"""
    bf16_on_cpu: bool = False
    """the chapter has measured that bfloat16 pays on a CPU that multiplies it in hardware"""
    best: str = ""
    """the metric whose best value marks the best checkpoint; ``-name`` when less is better"""
    predict: Reference | None = None
    """``predict(trained, inputs)`` yields :class:`dltutor.events.Prediction`"""
    model: Reference | None = None
    """``model(config)`` returns the module and an example input, for the table and the model file"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Something to touch: a function from parameters to views (see ``dltutor.views``)."""

    name: str
    title: Text
    function: Reference
    rate: float = 0.0
    """calls a second while it plays; 0: it is called only when something was changed"""
    plays: str = ""
    """the whole number that goes one step on with each of these calls, so that the views still
    depend on nothing but the parameters; without it the function keeps what it needs in
    ``context.state`` and is told the pressed keys"""

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= RATE_MOST:
            raise ValueError(f"Demo.rate {self.rate}: 0 to {RATE_MOST} calls a second")
        if self.plays and not self.rate:
            raise ValueError(f"Demo.plays {self.plays!r} needs a rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter: all that the shell knows about a subject."""

    id: str
    """stable for ever, since progress hangs on it: ``"chapter3"``"""
    slug: str
    """a short name: ``"mlp"``"""
    title: Text
    summary: Text
    content: str
    """the package that holds ``lessons/``, ``quiz.toml`` and ``exercises/``"""
    number: int | None = None
    """the place in the book; chapters without one come after, by title"""
    requires: tuple[str, ...] = ()
    """import names of the packages that training, demos and exercises need"""
    install: str = ""
    """the requirement that brings them, for example ``"dltutor[train]"``"""
    training: Training | None = None
    demos: tuple[Demo, ...] = ()

    @property
    def run_prefix(self) -> str:
        """What its runs' names begin with: ``3-0001``."""
        return str(self.number) if self.number is not None else self.slug

    def __post_init__(self) -> None:
        for name, value in (("id", self.id), ("slug", self.slug)):
            if (
                not value
                or not value.replace("-", "").replace("_", "").isalnum()
                or not value.isascii()
            ):
                raise ValueError(f"Chapter.{name} {value!r}: letters, digits, '-' and '_' only")
        if self.training is not None and not {"quick", "standard"} <= set(self.training.presets):
            raise ValueError(f"{self.id}: Training.presets needs 'quick' and 'standard'")

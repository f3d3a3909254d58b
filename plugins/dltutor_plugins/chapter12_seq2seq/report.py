"""What a run of chapter 12 says and shows beside its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

import torch

from dltutor.chapter import pick
from dltutor.data.texts import Pair
from dltutor.events import Event, Say, Show
from dltutor.views import Heatmap, Table
from dltutor_plugins.chapter12_seq2seq import baselines
from dltutor_plugins.chapter12_seq2seq.data import Sets, tensors
from dltutor_plugins.chapter12_seq2seq.decode import beam, cross_weights
from dltutor_plugins.chapter12_seq2seq.measure import (
    Output,
    Scores,
    forced,
    generated,
    scores,
)
from dltutor_plugins.chapter12_seq2seq.model import Transformer
from dltutor_plugins.chapter12_seq2seq.vocabulary import (
    BOS,
    EOS,
    Vocabulary,
)

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice
    from dltutor.training.run import Run
    from dltutor_plugins.chapter12_seq2seq.config import Config

BEAMED = 100
"""test sentences on which the beam is compared with greedy"""


def describe(choice: DataChoice, sets: Sets, lang: str) -> Iterator[Event]:
    """How many sentences, and who says how they are read."""
    n, val, test = map(len, sets)
    text = {
        "en": f"{n:,} sentences to train, {val:,} to validate, {test:,} "
        "to test; no two are the same.",
        "zh": f"训练 {n:,} 句，验证 {val:,} 句，测试 {test:,} 句，没有重复的句子。",
    }
    yield Say(pick(text, lang))
    if choice.kind == "builtin":
        taught = {
            "en": "pypinyin read these sentences: it is the teacher here, "
            "and the model can at best do what it does.",
            "zh": "这些句子的拼音由 pypinyin 标注：它是老师，模型最多学得和它一样。",
        }
        yield Say(pick(taught, lang))


def report(
    model: Transformer,
    config: Config,
    sets: Sets,
    known: tuple[Vocabulary, Vocabulary],
    run: Run,
) -> Generator[Event, None, dict[str, float]]:
    """Tables and figures of the test set; returns the final metrics."""
    hanzi, pinyin = known
    test_set = tensors(sets.test, hanzi, pinyin, run.device)
    readings = baselines.count(sets.train)
    several = baselines.polyphones(readings)

    def score(said: Sequence[Output], n: int = len(sets.test)) -> Scores:
        return scores(said, sets.test[:n], several)

    said = generated(model, test_set, pinyin)
    first = min(BEAMED, len(said))
    by_beam = beamed(model, sets.test, known, config.beam)
    compared = {
        "frequent": score(
            [baselines.most_frequent(readings, p.hanzi) for p in sets.test]
        ),
        "greedy": score(said),
        "together": score(
            [
                baselines.together(one, p.hanzi, readings, several)
                for one, p in zip(said, sets.test, strict=True)
            ]
        ),
        "first": score(said[:first], first),
        "beam": score(by_beam, first),
    }
    if find_spec("pypinyin"):
        compared["pypinyin"] = score(
            [baselines.by_dictionary(p.hanzi) for p in sets.test]
        )
    test_loss, test_forced = forced(model, test_set)
    yield Show(
        "compared", table(compared, test_forced, config.beam, run.lang)
    )
    yield Show("mistakes", mistakes(said, sets.test))
    yield Show("attention", attention(model, sets.test[0], known))
    own = compared["greedy"]
    text = {
        "en": f"Generated: {own.token_accuracy:.4f} of the tokens are right"
        f" (95 % interval {own.low:.4f} to {own.high:.4f}),"
        f" {own.sequence_error_rate:.4f} of the sentences have a mistake."
        f" With the truth as past it would seem to be {test_forced:.4f}.",
        "zh": f"自己生成：词元正确率 {own.token_accuracy:.4f}（95% 区间"
        f" {own.low:.4f} 到 {own.high:.4f}），有错的句子占"
        f" {own.sequence_error_rate:.4f}。若用正确答案作为上文，看上去会是"
        f" {test_forced:.4f}。",
    }
    yield Say(pick(text, run.lang))
    result = {
        "token_accuracy": own.token_accuracy,
        "token_accuracy_low": own.low,
        "token_accuracy_high": own.high,
        "sequence_error_rate": own.sequence_error_rate,
        "edit_rate": own.edit_rate,
        "polyphone_accuracy": own.polyphone_accuracy,
        "with_count_accuracy": compared["together"].token_accuracy,
        "forced_accuracy": test_forced,
        "test_loss": test_loss,
        "beam_token_accuracy": compared["beam"].token_accuracy,
        "beam_compared_with": compared["first"].token_accuracy,
    }
    for name in ("frequent", "pypinyin"):
        if name in compared:
            found = compared[name]
            result[f"baseline_{name}"] = found.token_accuracy
            result[f"baseline_{name}_polyphones"] = found.polyphone_accuracy
    return result


def beamed(
    model: Transformer,
    sentences: Sequence[Pair],
    known: tuple[Vocabulary, Vocabulary],
    width: int,
) -> list[Output]:
    """What a beam search writes for the first of the sentences."""
    hanzi, pinyin = known
    device = next(model.parameters()).device
    said = []
    for pair in sentences[:BEAMED]:
        numbers = [[*hanzi.numbers(pair.hanzi), EOS]]
        last = beam(model, torch.tensor(numbers, device=device), width)[-1]
        said.append(pinyin.sentence(last[0].tokens))
    return said


def table(
    compared: Mapping[str, Scores], teacher: float, width: int, lang: str
) -> Table:
    """Who is right how often, in the order in which they were built."""
    first = f" ({BEAMED})"
    words = {
        "frequent": {"en": "most frequent", "zh": "最常见读音"},
        "pypinyin": {"en": "pypinyin", "zh": "pypinyin"},
        "greedy": {"en": "greedy", "zh": "贪心"},
        "together": {"en": "count and greedy", "zh": "计数加贪心"},
        "first": {"en": f"greedy{first}", "zh": f"贪心{first}"},
        "beam": {
            "en": f"beam {width}{first}",
            "zh": f"束宽 {width}{first}",
        },
        "forced": {"en": "told the truth", "zh": "告知正确上文"},
    }
    names = {key: pick(name, lang) for key, name in words.items()}
    rows: list[tuple[str | float, ...]] = [
        (
            name,
            round(compared[key].token_accuracy, 4),
            round(compared[key].polyphone_accuracy, 4),
            round(compared[key].edit_rate, 4),
            round(compared[key].sequence_error_rate, 4),
        )
        for key, name in names.items()
        if key in compared
    ]
    rows.append((names["forced"], round(teacher, 4), "", "", ""))
    return Table(
        columns=(
            "",
            {"en": "tokens", "zh": "词元"},
            {"en": "polyphones", "zh": "多音字"},
            {"en": "edits", "zh": "编辑"},
            {"en": "sentences wrong", "zh": "有错的句子"},
        ),
        rows=rows,
        title={"en": "On the test set", "zh": "测试集上"},
    )


def mistakes(said: Sequence[Output], truth: Sequence[Pair]) -> Table:
    """The characters that were misread most often.

    Only outputs of the right length count: elsewhere places have moved.
    """
    found: Counter[tuple[str, str, str]] = Counter()
    moved = 0
    for output, pair in zip(said, truth, strict=True):
        if len(output) != len(pair.pinyin):
            moved += 1
            continue
        places = zip(pair.hanzi, pair.pinyin, output, strict=True)
        found.update((c, a, b) for c, a, b in places if a != b)
    title = {
        "en": f"Most frequent mistakes; {moved} outputs of another length",
        "zh": f"最常见的错误；另有 {moved} 个输出长度不对",
    }
    columns = (
        {"en": "character", "zh": "字"},
        {"en": "truth", "zh": "正确"},
        {"en": "written", "zh": "输出"},
        {"en": "how often", "zh": "次数"},
    )
    rows = [(*which, n) for which, n in found.most_common(8)]
    return Table(columns=columns, rows=rows, title=title)


def attention(
    model: Transformer, pair: Pair, known: tuple[Vocabulary, Vocabulary]
) -> Heatmap:
    """Which characters the last layer looks at for each syllable."""
    hanzi, pinyin = known
    device = next(model.parameters()).device
    source = torch.tensor([[*hanzi.numbers(pair.hanzi), EOS]]).to(device)
    output = torch.tensor([[BOS, *pinyin.numbers(pair.pinyin)]]).to(device)
    weights = cross_weights(model, source, output)[-1, 0].mean(dim=0)
    return Heatmap(
        values=weights.tolist(),
        rows=(*pair.pinyin, "<eos>"),
        columns=(*pair.hanzi, "·"),
        title={
            "en": "Cross attention of the last layer, mean of its heads",
            "zh": "最后一层的交叉注意力，各头平均",
        },
        x_label={"en": "source", "zh": "源句"},
        y_label={"en": "written", "zh": "输出"},
        limits=(0.0, 1.0),
    )

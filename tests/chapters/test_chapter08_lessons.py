"""Chapter 8's lessons: their figures are computed again."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
for name in ("jieba", "pypinyin", "snownlp", "sklearn"):
    pytest.importorskip(name)

from dltutor import content  # noqa: E402
from dltutor.measure import interval  # noqa: E402
from dltutor_plugins.chapter08_embeddings import (  # noqa: E402
    data,
    dltutor_chapter,
    huffman,
    subwords,
    textrank,
    tfidf,
    tokens,
    vectors,
    word2vec,
)
from dltutor_plugins.chapter08_embeddings import model as networks  # noqa: E402
from dltutor_plugins.chapter08_embeddings.vocabulary import Vocabulary  # noqa: E402

CHAPTER = dltutor_chapter()
SLUGS = [lesson.slug for lesson in content.lessons(CHAPTER, "en")]


def body(slug: str, lang: str) -> str:
    return content.find_lesson(CHAPTER, slug, lang).body


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def claims() -> list[tuple[str, str]]:
    texts = [text.split() for text in ("the cat sat", "the dog sat", "the cat ran")]
    idf = tfidf.fit(texts)
    weights = tfidf.weigh(texts[1], idf)
    raw = [idf.idf[idf.column[w]] for w in texts[1]]
    ranks = textrank.page_rank(textrank.graph(["deep", "learning", "needs", "deep", "networks"], 2))
    counts = [8, 4, 2, 1]
    depth = [len(d) for d, _ in huffman.codes(counts)]
    mean = sum(n * d for n, d in zip(counts, depth, strict=True)) / sum(counts)
    yes, no = -math.log(sigmoid(4)), -math.log(1 - sigmoid(0))
    filters = sum(100 * width for width in networks.WIDTHS)
    return [
        ("tokens", f"{len(tokens.STOP)}"),
        *(("tokens", f"`{word}` | `{tokens.stem(word)}`") for word in ("ponies", "hopping", "filing", "sing")),
        ("tokens", tokens.letters("北京")),
        ("word2vec", f"{sigmoid(4):.3f}"),
        ("word2vec", f"= {yes:.3f} + {no:.3f} = {yes + no:.3f}"),
        ("word2vec", f"{16**0.75:.0f}"),
        ("tree", f"/ 15 = {mean:.2f}"),
        ("tree", f"{math.log(0.5):.2f}"),
        ("subwords", "  ".join(subwords.pieces("where", 3, 3))),
        ("subwords", "  ".join(p for p in subwords.pieces("北京", 1, 3) if p not in "<>")),
        ("subwords", f"{subwords.BUCKETS - 1:,}"),
        ("files", "24 / 25 = 0.96"),
        *(("keywords", f"= {math.log(4 / (1 + n)) + 1:.3f}$") for n in (1, 2, 3)),
        ("keywords", f"= {math.hypot(*raw):.3f}$"),
        *(("keywords", f"{weights[w]:.3f}") for w in ("the", "dog", "sat")),
        *(("keywords", f"{ranks[w]:.3f}") for w in ("deep", "learning", "networks")),
        ("wordcnn", f"{filters * 64 + 300:,}".replace(",", "{,}")),
        ("wordcnn", f"{11_619 * 64:,}".replace(",", "{,}")),
        ("charcnn", f"{len(tokens.ALPHABET)}"),
        ("charcnn", f"{-math.log(math.e / (math.e + 3)):.3f}"),
        ("charcnn", f"{math.sqrt(0.88 * 0.12 / 1200):.3f}"),
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("slug", "figure"), claims())
def test_a_figure_in_a_lesson_is_what_comes_out(slug: str, figure: str, lang: str) -> None:
    assert figure in body(slug, lang)


def test_the_sentence_of_lesson_2_has_14_pairs() -> None:
    sentence = ["we", "read", "books", "at", "night"]
    rows = {}
    for line in body("word2vec", "en").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] in sentence:
            rows[cells[0]] = cells[1].split(", "), cells[2].split()
    for i, centre in enumerate(sentence):
        near = [w for j, w in enumerate(sentence) if j != i and abs(i - j) <= 2]
        assert rows[centre] == ([f"{centre}-{w}" for w in near], near)
    assert sum(len(pairs) for pairs, _ in rows.values()) == 14


@pytest.mark.parametrize("right", [1054, 1057, 922])
def test_the_intervals_of_lesson_8_are_those_of_1200_texts(right: int) -> None:
    low, high = (f"{x:.3f}" for x in interval(right, 1200))
    assert f"| {right / 1200:.4f} | {low} to {high} |" in body("charcnn", "en")
    assert f"| {right / 1200:.4f} | {low} 到 {high} |" in body("charcnn", "zh")


def test_logsigmoid_is_finite_where_the_lesson_says() -> None:
    x = torch.tensor([-88.0, -89.0])
    assert torch.sigmoid(x).log().isfinite().tolist() == [True, False]
    assert torch.nn.functional.logsigmoid(x).isfinite().all()


def test_the_trees_four_probabilities() -> None:
    scores = {2: 0.0, 1: math.log(3), 0: 0.0}  # sigmoid: 0.5, 0.75, 0.5
    found = []
    for decisions, places in huffman.codes([8, 4, 2, 1]):
        steps = zip(decisions, places, strict=True)
        found.append(math.prod(sigmoid(scores[p] * (1 - 2 * d)) for d, p in steps))
    assert found == pytest.approx([0.5, 0.125, 0.1875, 0.1875])


def test_the_newspapers_words_and_the_depth_of_its_tree() -> None:
    counts = list(word2vec.count(data.newspaper(), 5).values())
    depth = [len(decisions) for decisions, _ in huffman.codes(counts)]
    mean = sum(n * d for n, d in zip(counts, depth, strict=True)) / sum(counts)
    for lang in ("en", "zh"):
        assert f"{len(counts):,}" in body("tree", lang)
        assert f" {mean:.1f} " in body("tree", lang)
        assert f" {max(depth)} " in body("tree", lang)


def test_the_file_of_lesson_5_can_be_read(tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        shown = body("files", lang).split("```text\n")[1].split("```")[0]
        file = tmp_path / f"{lang}.txt"
        file.write_text(shown, encoding="utf-8")
        found = vectors.load(file)
        assert found.words == ("北京", "日本", "的")
        assert found.table.shape == (3, 4)


def test_the_filter_of_lesson_7() -> None:
    words = torch.tensor([[1.0, 0], [0, 1], [1, 1]])
    kernel = torch.tensor([[1.0, -1], [0.5, 2]])
    found = torch.nn.functional.conv2d(words[None, None], kernel[None, None])
    assert found.flatten().tolist() == [3, 1.5]
    layer = torch.nn.Embedding(50, 64, padding_idx=0)
    net = networks.WordCNN(layer, 4)
    x = layer(torch.ones(64, 38, dtype=torch.long))[:, None]
    assert net.convs[0](x).shape == (64, 100, 36, 1)
    assert sum(p.numel() for p in net.convs.parameters()) == 77_100


def test_one_place_of_the_character_network_sees_51_letters() -> None:
    net = networks.CharCNN(2, 4).double().eval()
    x = torch.zeros(1, len(tokens.ALPHABET), 180, dtype=torch.float64, requires_grad=True)
    y = x
    for part in net.body:
        if isinstance(part, torch.nn.Conv1d):
            torch.nn.init.constant_(part.weight, 1.0)
            torch.nn.init.constant_(part.bias, 1.0)
        # the mean instead of the maximum lets every gradient through
        y = torch.nn.AvgPool1d(3)(y) if isinstance(part, torch.nn.MaxPool1d) else part(y)
    (gradient,) = torch.autograd.grad(y[0, 0, y.shape[2] // 2], x)
    assert int((gradient[0].abs().sum(dim=0) > 0).sum()) == 51


@pytest.mark.slow
def test_the_counts_of_lesson_1(data_root: Path) -> None:
    folder = data_root / "ag_news_csv"
    if not folder.is_dir():
        pytest.skip("the data root holds no AG News")
    sets = data.ag_news(folder)
    if len(sets.train.y) != 5_760:
        pytest.skip("the data root holds another part of AG News")
    figures = ["5,760"]
    for spaces in (True, False):
        train, test = (
            [tokens.words(text if spaces else "".join(text.split())) for text in part.texts]
            for part in (sets.train, sets.test)
        )
        known = Vocabulary.of(train, 1_000_000)
        share = sum(w not in known.ids for t in test for w in t) / sum(map(len, test))
        figures.append(f"{100 * share:.1f} %")
        if spaces:
            different = {word for text in train for word in text}
            stems = {tokens.stem(word) for word in different}
            stops = sum(w in tokens.STOP for t in train for w in t) / sum(map(len, train))
            figures += [f"{len(different):,}", f"{len(known.words):,}", f"{len(stems):,}"]
            figures.append(f"{100 * stops:.0f} %")
        figures.append(f"{sum(map(len, train)) / len(train):.0f}")
    for lang in ("en", "zh"):
        assert [f for f in figures if f not in body("tokens", lang)] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_both_languages_show_the_same(slug: str) -> None:
    shown = []
    for lang in ("en", "zh"):
        parts = content.parts(content.find_lesson(CHAPTER, slug, lang))
        shown.append(
            (
                [p for p in parts if isinstance(p, content.Embedded | content.Formula)],
                [p.symbol for p in parts if isinstance(p, content.Listing) and p.symbol],
                [p.command for p in parts if isinstance(p, content.TryIt)],
            )
        )
    assert shown[0] == shown[1]
    assert shown[0][1]  # code that runs
    assert shown[0][2]  # something to try

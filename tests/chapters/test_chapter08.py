"""Chapter 8: words, vectors and their files, keywords, two networks, runs."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
gensim = pytest.importorskip("gensim")
nx = pytest.importorskip("networkx")
for name in ("jieba", "pypinyin", "snownlp", "sklearn"):
    pytest.importorskip(name)

from gensim.models import KeyedVectors  # noqa: E402
from gensim.models.fasttext import FastText  # noqa: E402
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: E402

from dltutor.data.roots import DataChoice  # noqa: E402
from dltutor.errors import DataError, UsageError  # noqa: E402
from dltutor.views import Chart, Table  # noqa: E402
from dltutor_plugins.chapter08_embeddings import (  # noqa: E402
    data,
    demo,
    embedding,
    evaluate,
    huffman,
    learn,
    linear,
    predict,
    show,
    subwords,
    textrank,
    tfidf,
    tokens,
    vectors,
    word2vec,
)
from dltutor_plugins.chapter08_embeddings import model as networks  # noqa: E402
from dltutor_plugins.chapter08_embeddings.reading import (  # noqa: E402
    LetterReader,
    Set,
    WordReader,
    trim,
)
from dltutor_plugins.chapter08_embeddings.vectors import Vectors  # noqa: E402
from dltutor_plugins.chapter08_embeddings.vocabulary import (  # noqa: E402
    PAD,
    UNKNOWN,
    Vocabulary,
    padded,
)

WORDS = st.lists(
    st.sampled_from(["the", "cat", "sat", "on", "a", "mat", "北京", "好", "和"]), max_size=12
)


# --- text as people write it


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t\n\u3000", []),
        ("ＡＩ１５ Ｗｏｒｄ", ["ai", "15", "word"]),
        ("iPhone手机很好！", ["iphone", "手机", "很", "好"]),
        ("don't 3.5 10,000", ["don't", "3.5", "10,000"]),
        ("group #39;s &lt;b&gt;big&lt;/b&gt; St\\Bears", ["group's", "big", "st", "bears"]),
        ("😀👍🏽!", ["😀", "👍🏽"]),
        ("\U00020bb7", ["\U00020bb7"]),
        ("Привет, μία", ["привет", "μία"]),
        ("...!?，。", []),
    ],
)
def test_text_is_divided_as_people_write_it(text: str, words: list[str]) -> None:
    assert tokens.words(text) == words


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    found = tokens.words(text)
    assert all(word.strip() == word != "" for word in found)
    assert tokens.words(" ".join(found)) is not None
    assert all(
        0 <= i <= len(tokens.ALPHABET) for i in networks.letter_ids(tokens.letters(text), 99)
    )


def test_no_word_runs_into_another() -> None:
    once = tokens.words("a<br>b &amp; c\\d\u00a0e")
    assert [w for w in once if w.isalpha()] == ["a", "b", "c", "d", "e"]


def test_a_very_long_text_is_cut_and_read() -> None:
    text = "好 good " * 50_000
    words = WordReader(Vocabulary(["好", "good"]), 120)([text])
    letters = LetterReader(256)([text])
    assert words.shape == (1, 120)
    assert letters.shape == (1, 256)
    assert set(words[0].tolist()) == {2, 3}


def test_chinese_becomes_toned_pinyin() -> None:
    assert tokens.letters("北京，Café") == "bei3 jing1 ,cafe"
    assert tokens.letters("他") == tokens.letters("她") == "ta1"
    assert " " in tokens.ALPHABET
    assert len(set(tokens.ALPHABET)) == len(tokens.ALPHABET) == 62


STEMS = """caresses caress, ponies poni, cats cat, caress caress, plastered plaster, sing sing,
hopping hop, falling fall, filing file, conflated conflate, happy happi, sky sky"""


def test_endings_go_by_porters_first_step() -> None:
    pairs = [pair.split() for pair in STEMS.split(",")]
    assert [tokens.stem(word) for word, _ in pairs] == [stem for _, stem in pairs]


def test_jieba_is_silent_and_writes_below_home_alone(home: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = (
        "from dltutor_plugins.chapter08_embeddings import tokens;"
        "import sys; assert 'jieba' not in sys.modules;"
        "print(tokens.words('深度学习'))"
    )
    environment = os.environ | {"TMPDIR": str(temporary)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", env=environment,
        timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout == "['深度', '学习']\n"
    assert done.stderr == ""
    assert list(temporary.iterdir()) == []
    assert any((home / "cache" / "chapter8").iterdir())


# --- TF-IDF and TextRank equal references


@settings(max_examples=40)
@given(st.lists(WORDS, min_size=1, max_size=8).filter(any), st.booleans())
def test_tfidf_equals_scikit_learns(texts: list[list[str]], sublinear: bool) -> None:
    reference = TfidfVectorizer(analyzer=lambda text: text, sublinear_tf=sublinear)
    expected = reference.fit_transform(texts)
    ours = tfidf.fit(texts)
    assert list(ours.column) == list(reference.get_feature_names_out())
    found = tfidf.matrix(texts, ours, sublinear)
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-12)


def test_tfidf_of_a_text_without_known_words_is_empty() -> None:
    ours = tfidf.fit([["a", "b"], ["a"]], least=2)
    assert list(ours.column) == ["a"]
    assert tfidf.weigh(["b", "q"], ours) == {}
    assert tfidf.matrix([[], ["a"]], ours).toarray().tolist() == [[0.0], [1.0]]


@settings(max_examples=40)
@given(WORDS, st.integers(2, 6))
def test_textrank_equals_networkx_page_rank(words: list[str], window: int) -> None:
    edges = textrank.graph(words, window)
    graph = nx.Graph()
    graph.add_nodes_from(edges)
    graph.add_weighted_edges_from((a, b, w) for a, row in edges.items() for b, w in row.items())
    ours = textrank.page_rank(edges)
    expected = nx.pagerank(graph, alpha=0.85, tol=1e-12, max_iter=1000) if words else {}
    assert ours == pytest.approx(expected, abs=1e-8)
    assert sum(ours.values()) == pytest.approx(1 if words else 0)


def test_page_rank_of_a_directed_graph_equals_networkx() -> None:
    edges = {"a": {"b": 2.0, "c": 1.0}, "b": {"c": 1.0}, "c": {}, "d": {"a": 5.0}}
    graph = nx.DiGraph()
    graph.add_weighted_edges_from((a, b, w) for a, row in edges.items() for b, w in row.items())
    expected = nx.pagerank(graph, alpha=0.85, tol=1e-12)
    assert textrank.page_rank(edges) == pytest.approx(expected, abs=1e-8)


def test_keywords_come_most_important_first() -> None:
    words = tokens.content_words("猫喜欢鱼。猫喜欢睡觉。猫怕狗。猫追老鼠。猫晒太阳。")
    for ranked in (textrank.keywords(words, 5), tfidf.keywords(words, tfidf.fit([["狗"]]), 5)):
        assert ranked[0][0] == "猫"
        scores = [score for _, score in ranked]
        assert scores == sorted(scores, reverse=True)


# --- hierarchical softmax


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=40))
def test_huffmans_codes_are_whole_and_short(counts: list[int]) -> None:
    codes = ["".join(map(str, decisions)) for decisions, _ in huffman.codes(counts)]
    assert sum(2.0 ** -len(code) for code in codes) == 1  # every leaf is a word
    assert not any(b.startswith(a) for a in codes for b in codes if a is not b)
    total = sum(counts)
    mean = sum(n * len(code) for n, code in zip(counts, codes, strict=True)) / total
    entropy = -sum(n / total * math.log2(n / total) for n in counts)
    assert entropy - 1e-9 <= mean < entropy + 1  # Huffman's bound


def test_the_trees_probabilities_add_up_to_one() -> None:
    torch.manual_seed(0)
    counts = [40, 12, 9, 8, 6, 1, 1]
    tree, nodes = huffman.Tree(counts), torch.nn.Embedding(7, 5)
    h = torch.randn(1, 5)
    words = torch.arange(7)
    losses = [tree.loss(h, words[i : i + 1], nodes).item() for i in range(7)]
    assert sum(math.exp(-loss) for loss in losses) == pytest.approx(1, abs=1e-5)
    whole = tree.loss(h.expand(7, 5), words, nodes).item()
    assert whole == pytest.approx(sum(losses) / 7, abs=1e-5)


# --- subwords


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_pieces_and_their_hash_are_gensims(word: str) -> None:
    from gensim.models.fasttext import ft_ngram_hashes

    ours = [subwords.bucket(p, 20_000) for p in subwords.pieces(word, 3, 6)]
    whole = subwords.bucket(f"<{word}>", 20_000)
    theirs = list(ft_ngram_hashes(word, 3, 6, 20_000))
    if len(word) + 2 <= 6:  # gensim takes the whole word as a piece too
        ours.append(whole)
    assert sorted(ours) == sorted(theirs)


def test_fasttext_of_gensim_gives_vectors_to_unseen_words_too() -> None:
    texts = [["北京市", "上海市", "广州市"], ["足球队", "篮球队"]] * 30
    reference = FastText(texts, vector_size=8, min_count=1, min_n=1, max_n=3, epochs=2, workers=1)
    assert "深圳市" not in reference.wv.key_to_index
    assert np.isfinite(reference.wv["深圳市"]).all()


# --- training of vectors

TWO_TOPICS = [["猫", "狗", "鱼", "鸟", "马"], ["钱", "税", "银行", "股票", "贷款"]]


def toy(seed: int = 0) -> list[list[str]]:
    """Sentences of five words, all of one topic."""
    generator = np.random.default_rng(seed)
    return [generator.permutation(TWO_TOPICS[generator.integers(2)]).tolist() for _ in range(800)]


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("skip-gram", "negative"),
        ("cbow", "negative"),
        ("fasttext", "negative"),
        ("skip-gram", "tree"),
    ],
)
def test_words_of_one_topic_come_together(kind: str, output: str) -> None:
    texts = toy()
    counts = word2vec.count(texts, 1)
    corpus = word2vec.corpus_of(texts, counts)
    words = list(counts)
    bags = subwords.bags(words, (1, 3)) if kind == "fasttext" else None
    options = word2vec.Settings(kind=kind, output=output, width=16, epochs=3, rate=1.0, lr=0.02)
    trained = word2vec.fit(corpus, options, bags)
    found = learn.of(trained, words, bags)
    for topic in TWO_TOPICS:
        for word in topic:
            near = [w for w, _ in found.neighbours(word, 4)]
            assert set(near) == set(topic) - {word}
    row = trained.given.weight[PAD]
    assert not row.any()
    if bags is not None:
        assert found.of("小猫") is not None
        assert [w for w, _ in found.neighbours("猫猫", 1)] == ["猫"]
    else:
        with pytest.raises(UsageError, match="小猫"):
            found.neighbours("小猫", 3)


def test_pairs_are_all_pairs_of_the_sentences_and_no_others() -> None:
    corpus = word2vec.Corpus(np.array([1, 2, 3, 4, 5]), np.array([0, 0, 0, 1, 1]), np.ones(6, int))
    centre, near = word2vec.pairs(corpus, 1, np.random.default_rng(0))
    found = sorted(zip(centre.tolist(), near.tolist(), strict=True))
    assert found == [(1, 2), (2, 1), (2, 3), (3, 2), (4, 5), (5, 4)]
    word, around = word2vec.windows(corpus, 1, np.random.default_rng(0))
    kept = {w: sorted(set(row) - {PAD}) for w, row in zip(word, around.tolist(), strict=True)}
    assert kept == {1: [2], 2: [1, 3], 3: [2], 4: [5], 5: [4]}


def test_a_reach_is_drawn_evenly() -> None:
    corpus = word2vec.Corpus(np.arange(1, 20_001), np.zeros(20_000, int), np.ones(20_001, int))
    centre, near = word2vec.pairs(corpus, 4, np.random.default_rng(1))
    for distance in range(1, 5):
        share = (np.abs(centre - near) == distance).sum() / (2 * 20_000)
        assert share == pytest.approx((5 - distance) / 4, abs=0.02)


def test_frequent_words_are_thinned_as_word2vec_does() -> None:
    ids = np.array([1] * 90_000 + [2] * 10_000)
    corpus = word2vec.Corpus(ids, np.zeros(len(ids), int), np.array([0, 90_000, 10_000]))
    thin = word2vec.subsample(corpus, 0.01, np.random.default_rng(0))
    for word, share in ((1, 0.9), (2, 0.1)):
        kept = (thin.ids == word).sum() / corpus.counts[word]
        assert kept == pytest.approx(math.sqrt(0.01 / share) + 0.01 / share, rel=0.05)


def test_noise_is_drawn_by_count_to_the_power_of_three_quarters() -> None:
    torch.manual_seed(0)
    drawn = word2vec.Noise(np.array([7, 16, 1])).draw(90_000)
    assert PAD not in drawn
    assert (drawn == 1).float().mean().item() == pytest.approx(8 / 9, abs=0.01)


def test_negative_sampling_is_its_formula_with_a_gradient_for_all() -> None:
    torch.manual_seed(0)
    h = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    asked = torch.nn.Embedding(9, 4).double()
    word, noise = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6, 7, 8])
    loss = word2vec.negative_sampling(h, word, noise, asked)
    v = asked.weight
    expected = (
        -(
            sum(torch.sigmoid(h[b] @ v[word[b]]).log() for b in range(3))
            + sum(torch.sigmoid(-h[b] @ v[n]).log() for b in range(3) for n in noise)
        )
        / 3
    )
    assert torch.allclose(loss, expected)
    loss.backward()
    assert h.grad is not None
    assert asked.weight.grad is not None
    assert (asked.weight.grad[1:] != 0).all()


# --- files


@pytest.fixture
def small() -> Vectors:
    generator = np.random.default_rng(0)
    words = ("的", "北京", "new york", "😀", "café")
    return Vectors(words, generator.normal(size=(5, 7)).astype(np.float32))


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_what_we_write_and_we_what_gensim_writes(
    small: Vectors, tmp_path: Path, binary: bool
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    vectors.save(small, ours, binary)
    read = KeyedVectors.load_word2vec_format(str(ours), binary=binary)
    assert read.index_to_key == ["的", "北京", "new_york", "😀", "café"]
    np.testing.assert_allclose(read.vectors, small.table, rtol=1e-5)
    read.save_word2vec_format(str(theirs), binary=binary)
    back = vectors.load(theirs)
    assert list(back.words) == read.index_to_key
    np.testing.assert_allclose(back.table, read.vectors, rtol=1e-6)


def test_a_large_file_is_read_as_far_as_asked(tmp_path: Path) -> None:
    file = tmp_path / "big.txt"
    rows = "".join(f"w{i} {i} 1.5\n" for i in range(1000))
    # Tencent's files hold words with spaces; the last rows would be an error if they were read
    file.write_text("1000 2\n" + rows.replace("w1 ", "a b ") + "broken\n", encoding="utf-8")
    found = vectors.load(file, most=3)
    assert found.words == ("w0", "a b", "w2")
    assert found.table.tolist() == [[0, 1.5], [1, 1.5], [2, 1.5]]
    assert vectors.load(file, keep={"w7", "w900"}).words == ("w7", "w900")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "row 1"),
        (b"hello\n", "row 1"),
        (b"2 2\n", "row 2"),
        (b"2 2\na 1 2\nb 1\n", "row 3"),
        (b"2 2\na 1 2\nb 1 nan\n", "row 3"),
        (b"2 2\na \x00\x00\x80?\x00\x00\x00@\nb \x00", "row 3"),
    ],
)
def test_a_broken_file_is_named_with_the_row(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "broken.vec"
    file.write_bytes(content)
    with pytest.raises(DataError, match=rf"broken\.vec, {message}"):
        vectors.load(file)


def test_neighbours_and_analogies() -> None:
    table = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1], [-1, 0, 0]], np.float32)
    found = Vectors(("日本", "东京", "法国", "巴黎", "狗"), table)
    assert found.analogy("日本", "东京", "法国", 1)[0][0] == "巴黎"
    assert found.neighbours("日本", 9)[0][0] == "东京"
    assert "日本" not in dict(found.neighbours("日本", 9))
    with pytest.raises(UsageError) as raised:
        found.neighbours("日木", 3)
    assert "日本" in raised.value.hint
    score = evaluate.analogies(found, (("日本", "东京"), ("法国", "巴黎"), ("英国", "伦敦")))
    assert score == (2, 2, 2, 4)


# --- into the networks


def test_vectors_move_by_word_and_padding_stays_zero() -> None:
    words = Vocabulary(["oil", "he", "zzz"])
    source = Vectors(("he", "tax", "oil"), np.array([[1, 2], [5, 5], [3, 4]], np.float32))
    table, found = embedding.moved(words, source)
    assert found == 2
    assert table[PAD].tolist() == [0, 0]
    assert table[UNKNOWN].tolist() == [2, 3]
    assert table[2:4].tolist() == [[3, 4], [1, 2]]
    assert table[4].abs().sum() > 0
    for frozen in (True, False):
        layer = embedding.embedding(table.clone(), frozen)
        before = layer.weight.detach().clone()
        net = networks.WordCNN(layer, 2, 4, dropout=0.0)
        optimiser = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=1.0)
        loss = net(torch.tensor([[2, 3, 4, 1, 2, 0, 0], [3, 3, 1, 4, 2, 2, 4]]))
        torch.nn.functional.cross_entropy(loss, torch.tensor([0, 1])).backward()
        optimiser.step()
        moved = (layer.weight.detach() != before).any(dim=1).tolist()
        assert moved[PAD] is False
        assert any(moved) is not frozen


@pytest.mark.parametrize("lengths", [[1, 3, 9], [5, 40], [0, 7]])
def test_padding_never_changes_what_the_word_network_says(lengths: list[int]) -> None:
    torch.manual_seed(0)
    layer = torch.nn.Embedding(30, 6, padding_idx=PAD)
    net = networks.WordCNN(layer, 3, 8).eval()
    torch.nn.init.constant_(net.convs[0].bias, 2.0)  # padding would win every maximum
    rows = [torch.randint(1, 30, (n,)).tolist() for n in lengths]
    with torch.no_grad():
        together = net(padded(rows, 99))
        wider = net(torch.nn.functional.pad(padded(rows, 99), (0, 25)))
        for row, one, other in zip(rows, together, wider, strict=True):
            alone = net(padded([row], 99))[0]
            torch.testing.assert_close(alone, one)
            torch.testing.assert_close(alone, other)


@pytest.mark.parametrize("kind", ["word", "char"])
def test_a_text_alone_and_with_others_gets_the_same_answer(kind: str) -> None:
    torch.manual_seed(0)
    texts = ["好", "", "good word", "a much longer text with good words " * 3]
    vocabulary = Vocabulary(["good", "word", "好"])
    if kind == "char":
        net, reader = networks.CharCNN(3, 8).eval(), LetterReader(64)
    else:
        layer = embedding.random(vocabulary, 6)
        net, reader = networks.WordCNN(layer, 3, 8).eval(), WordReader(vocabulary, 40)
    together = predict.ask(net, reader, texts)
    assert together.sum(dim=1).tolist() == pytest.approx([1] * 4)
    for text, row in zip(texts, together, strict=True):
        torch.testing.assert_close(predict.ask(net, reader, [text])[0], row)


def test_going_on_takes_the_files_vectors_and_refuses_another_width() -> None:
    model = word2vec.Word2Vec(4, 4, 2)
    before = model.given.weight.detach().clone()
    start = Vectors(("狗", "猫"), np.array([[1, 2], [3, 4]], np.float32))
    assert learn.go_on(model, ["猫", "鱼", "狗"], start) == 2
    assert model.given.weight[[1, 3]].tolist() == [[3, 4], [1, 2]]
    assert model.given.weight[[0, 2]].equal(before[[0, 2]])
    with pytest.raises(UsageError, match="dimensions=3") as raised:
        learn.go_on(word2vec.Word2Vec(4, 4, 3), ["猫"], start)
    assert "dimensions=2" in raised.value.hint


def test_letters_become_one_hot_channels_and_unknown_ones_none() -> None:
    ids = torch.tensor([networks.letter_ids("a b好", 99)])
    hot = networks.one_hot(ids)
    assert hot.shape == (1, 62, 4)
    assert hot[0].sum(dim=0).tolist() == [1, 1, 1, 0]
    assert hot[0, :, 0].argmax() == tokens.ALPHABET.index("a")
    assert networks.CharCNN(4, 8).eval()(torch.zeros(2, 32, dtype=torch.uint8)).shape == (2, 4)


def test_a_set_knows_its_lengths_and_batches_are_trimmed() -> None:
    x = torch.tensor([[2, 3, 0, 0], [2, 0, 4, 0], [0, 0, 0, 0]])
    assert Set(x, torch.zeros(3)).lengths == [2, 3, 0]
    assert trim(x, 1).shape == (3, 3)
    assert trim(x[2:], 1).shape == (1, 1)
    assert trim(x[2:], 4).shape == (1, 4)


# --- data


def write_news(folder: Path, train: int = 80, test: int = 24) -> Path:
    """AG News in small: each class has words of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    topics = ["war peace treaty", "goal team coach", "stock price bank", "chip web code"]
    generator = np.random.default_rng(0)
    for name, count in (("train.csv", train), ("test.csv", test)):
        with (folder / name).open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            for i in range(count):
                words = generator.choice([*topics[i % 4].split(), "the", "said"], 8)
                writer.writerow([i % 4 + 1, f"{name} {i}", " ".join(words)])
    return folder


def test_ag_news_counts_from_0_and_shares_no_text(tmp_path: Path) -> None:
    folder = write_news(tmp_path / "ag_news_csv")
    with (folder / "train.csv").open("a", encoding="utf-8") as out:
        out.write((folder / "test.csv").read_text(encoding="utf-8").splitlines()[0] + "\n")
    sets = data.load(DataChoice("full", tmp_path, ""))
    assert {*sets.train.y} == {*sets.test.y} == {0, 1, 2, 3}
    assert len(sets.test.y) == 24
    assert len(sets.train.y) + len(sets.val.y) == 80
    three = [set(part.texts) for part in (sets.train, sets.val, sets.test)]
    assert not three[0] & three[1]
    assert not three[2] & (three[0] | three[1])
    assert "a subset of AG News" in sets.note
    assert "1 training texts stand in the test file" in sets.note
    assert data.load(DataChoice("path", folder, "")) == sets


def test_the_data_roots_subset_is_recognised(data_root: Path) -> None:
    if not (data_root / "ag_news_csv").is_dir():
        pytest.skip("the data root holds no AG News")
    sets = data.load(DataChoice("full", data_root, ""))
    assert len(sets.train.y) + len(sets.val.y) > 6_000
    assert set(sets.train.y) == {0, 1, 2, 3}
    whole = len(sets.train.y) > 100_000
    assert ("the whole of AG News" in sets.note) is whole


@pytest.mark.parametrize("row", ['"5","a","b"', '"0","a","b"', '"1","a"', "label,title,text"])
def test_a_row_that_does_not_fit_is_named(tmp_path: Path, row: str) -> None:
    folder = write_news(tmp_path / "news")
    with (folder / "test.csv").open("a", encoding="utf-8") as out:
        out.write(row + "\n")
    with pytest.raises(DataError, match=r"test\.csv, row 25"):
        data.load(DataChoice("path", folder, ""))


def test_a_folder_without_the_files_says_what_would_do(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        data.load(DataChoice("path", tmp_path, ""))
    assert "label,text" in raised.value.hint


def test_the_newspaper_is_words_with_every_digit_0() -> None:
    paragraphs = data.newspaper()
    assert len(paragraphs) == 19_484
    assert paragraphs[0][:3] == ["迈向", "充满", "希望"]
    digits = {c for line in paragraphs for word in line for c in word if c.isdigit()}
    assert digits == {"0"}


def test_the_linear_model_learns_the_small_news(tmp_path: Path) -> None:
    sets = data.ag_news(write_news(tmp_path / "news"))
    train, test = ([tokens.words(t) for t in part.texts] for part in (sets.train, sets.test))
    assert (linear.answers(train, sets.train.y, test) == sets.test.y).mean() > 0.9


def test_a_difference_counts_what_only_one_got_right() -> None:
    one, other = [True] * 6 + [False] * 4, [True] * 3 + [False] * 6 + [True]
    assert show.difference(one, other)[0] == pytest.approx(0.2)
    assert show.difference(one, one) == (0.0, 0.0)


# --- demos


class Context:
    lang = "en"
    trained = None


def test_both_keyword_rankings_stand_side_by_side(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text("苹果公司发布手机。手机的屏幕更大。苹果手机卖得好。", encoding="utf-8")
    table, _ = demo.keywords(Context(), str(file), 4)  # type: ignore[arg-type]
    assert isinstance(table, Table)
    assert len(table.rows) == 4
    assert "手机" in [row[1] for row in table.rows[:2]]
    assert "手机" in [row[3] for row in table.rows[:2]]
    assert not isinstance(demo.keywords(Context(), "的 了 ！")[0], Table)  # type: ignore[arg-type]


def test_demos_take_a_file_of_vectors(tmp_path: Path) -> None:
    file = tmp_path / "v.txt"
    rows = ["日本 1 0 0", "东京 1 1 0", "法国 0 0 1", "巴黎 0 1 1", "狗 -1 0 0"]
    file.write_text("5 3\n" + "\n".join(rows), encoding="utf-8")
    context: Any = Context()
    near = demo.neighbours(context, "法国", 2, str(file))[0]
    assert isinstance(near, Table)
    assert near.rows[0][0] == "巴黎"
    solved = demo.analogy(context, "日本", "东京", "法国", str(file))[0]
    assert isinstance(solved, Table)
    assert solved.rows[0][0] == "巴黎"
    plane = demo.plane(context, "日本 东京 法国 巴黎 没有", str(file))
    assert isinstance(plane[0], Chart)
    (points,) = plane[0].series
    places = dict(zip(points.names, zip(points.x, points.y, strict=True), strict=True))
    assert list(places) == ["日本", "东京", "法国", "巴黎"]
    # capitals lie above their countries, by as much
    way, other = (
        np.subtract(places["东京"], places["日本"]),
        np.subtract(places["巴黎"], places["法国"]),
    )
    assert way[1] == pytest.approx(other[1], abs=1e-4)
    assert abs(way[1]) > 0.5
    assert "没有" in str(plane[-1])
    assert "喵" in str(demo.neighbours(context, "喵", 2, str(file))[0])


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_demos_bear_whatever_is_typed(text: str) -> None:
    assert demo.divided(text)
    assert demo.tree(text)


# --- runs, as processes


def last(out: str) -> dict[str, Any]:
    events = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    found = next(e for e in reversed(events) if e["event"] == "finished")
    return dict(found["metrics"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["word", "char"])
def test_a_run_learns_and_predicts_whatever_is_given(
    dltutor: Any, tmp_path: Path, kind: str
) -> None:
    folder = write_news(tmp_path / "news", 240)
    options = {"word": ("epochs=4",), "char": ("model=char", "epochs=10", "letters=64")}[kind]
    sets = [x for o in (*options, "width=16", "lr=0.01", "batch_size=16") for x in ("--set", o)]
    run = dltutor("run", "chapter8", "--data", folder, *sets, "--json", timeout=240)
    assert run.code == 0, run.err
    metrics = last(run.out)
    assert metrics["test_accuracy"] > 0.7
    assert metrics["baseline_linear"] > 0.9
    assert "95 % interval" in run.out

    file = tmp_path / "in.txt"
    file.write_text("chip web code chip\n\ngoal team coach goal\n", encoding="utf-8")
    texts = ["the bank said stock price", "", "😀", "ＳＴＯＣＫ 北京", "x" * 20_000]
    said = dltutor("predict", "chapter8", file, *texts, "--json")
    assert said.code == 0, said.err
    answers = [json.loads(line) for line in said.out.splitlines()]
    expected = ["Sci/Tech", "Sports", "Business"]
    right = [a["label"] == e for a, e in zip(answers, expected, strict=False)]
    assert sum(right) >= {"word": 3, "char": 2}[kind]  # letters take more than 200 texts
    assert len(answers) == 7
    assert all(sum(a["probabilities"].values()) == pytest.approx(1, abs=1e-4) for a in answers)
    if kind == "word":
        piped = dltutor("predict", "chapter8", "-", input="war peace treaty war\n")
        assert "World" in piped.out


@pytest.mark.slow
def test_a_text_file_gives_vectors_that_others_read_and_a_run_goes_on_with(
    dltutor: Any, tmp_path: Path
) -> None:
    text = tmp_path / "mine.txt"
    text.write_text("\n".join(" ".join(s) for s in toy()[:600]), encoding="utf-8")
    options = ["--preset", "vectors", "--set", "kind=fasttext", "--set", "passes=2", "--set",
               "dimensions=12", "--json"]  # fmt: skip
    run = dltutor("run", "chapter8", "--data", text, *options, timeout=240)
    assert run.code == 0, run.err
    file = next(Path(os.environ["DLTUTOR_HOME"]).rglob("vectors.txt"))
    read = KeyedVectors.load_word2vec_format(str(file))
    assert set(read.index_to_key) == {word for topic in TWO_TOPICS for word in topic}
    assert read.vector_size == 12

    said = dltutor("predict", "chapter8", "猫", "小猫", "--json")  # one of them never seen
    assert said.code == 0, said.err
    assert len([json.loads(line)["label"] for line in said.out.splitlines()]) == 2

    more = dltutor("run", "chapter8", "--data", text, *options, "--set", f"vectors={file}")
    assert more.code == 0, more.err
    assert "going on from 10 vectors" in more.out

"""Chapter 10: attention, padding, pinyin as typed, counting, training, predictions and demos."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any, Literal

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("snownlp")

import torch.nn.functional as F  # noqa: E402
from tests.chapters.runs import RunHome, ends_the_same_when_stopped, run_to_end  # noqa: E402
from torch import nn  # noqa: E402

from dltutor import views  # noqa: E402
from dltutor.data.roots import DataChoice  # noqa: E402
from dltutor.data.texts import Pair  # noqa: E402
from dltutor.errors import DataError, UsageError  # noqa: E402
from dltutor_plugins.chapter10_encoder import data, demo, figures, measure, train  # noqa: E402
from dltutor_plugins.chapter10_encoder.bigram import Bigram, viterbi  # noqa: E402
from dltutor_plugins.chapter10_encoder.config import Config  # noqa: E402
from dltutor_plugins.chapter10_encoder.convert import Asked, convert, text  # noqa: E402
from dltutor_plugins.chapter10_encoder.measure import half_width  # noqa: E402
from dltutor_plugins.chapter10_encoder.model import (  # noqa: E402
    Encoder,
    MultiHeadAttention,
    attention,
    sinusoids,
)
from dltutor_plugins.chapter10_encoder.pinyin import typed  # noqa: E402
from dltutor_plugins.chapter10_encoder.train import hide_tones  # noqa: E402

CPU = torch.device("cpu")


def random(*size: int, seed: int = 0) -> Any:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


# --- attention


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("lead", [(), (3,), (2, 4)])
def test_attention_and_its_gradients_are_those_of_torch(
    lead: tuple[int, ...], masked: bool
) -> None:
    ours = [random(*lead, n, 16, seed=n).requires_grad_() for n in (5, 7, 8)]
    ours[2] = random(*lead, 7, 3, seed=9).requires_grad_()
    theirs = [t.detach().clone().requires_grad_() for t in ours]
    there = torch.rand(*lead, 5, 7) < 0.6 if masked else None
    if there is not None:
        there[..., 0] = True
    mixed, weights = attention(*ours, there)
    expected = F.scaled_dot_product_attention(*theirs, attn_mask=there)
    torch.testing.assert_close(mixed, expected)
    torch.testing.assert_close(weights.sum(-1), torch.ones(*lead, 5))
    if there is not None:
        assert (weights[~there] == 0).all()
    mixed.square().sum().backward()
    expected.square().sum().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad)


@pytest.mark.parametrize(("width", "heads"), [(24, 1), (24, 4), (312, 6)])
def test_multi_head_attention_is_that_of_torch_with_the_same_weights(
    width: int, heads: int
) -> None:
    torch.manual_seed(0)
    ours = MultiHeadAttention(width, heads)
    theirs = nn.MultiheadAttention(width, heads, batch_first=True)
    parts = (ours.query, ours.key, ours.value)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([p.weight for p in parts]))
        theirs.in_proj_bias.copy_(torch.cat([p.bias for p in parts]))
    theirs.out_proj.load_state_dict(ours.output.state_dict())
    x = random(3, 6, width)
    there = torch.arange(6) < torch.tensor([6, 4, 1])[:, None]
    out, weights = ours(x, there)
    expected, their_weights = theirs(x, x, x, key_padding_mask=~there, average_attn_weights=False)
    torch.testing.assert_close(out, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(weights, their_weights, rtol=1e-4, atol=1e-6)
    out.square().sum().backward()
    expected.square().sum().backward()
    ours_grad = torch.cat([p.weight.grad for p in parts])
    torch.testing.assert_close(ours_grad, theirs.in_proj_weight.grad, rtol=1e-3, atol=1e-3)
    bias_grad = torch.cat([p.bias.grad for p in parts])
    torch.testing.assert_close(bias_grad, theirs.in_proj_bias.grad, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(
        ours.output.weight.grad, theirs.out_proj.weight.grad, rtol=1e-3, atol=1e-3
    )


def test_heads_that_do_not_divide_the_width_are_named() -> None:
    with pytest.raises(UsageError, match="heads=5 does not divide width=312") as caught:
        MultiHeadAttention(312, 5)
    assert "heads=6" in caught.value.hint


# --- the encoder


def encoder(norm: Literal["pre", "post"] = "pre", **more: Any) -> Encoder:
    torch.manual_seed(1)
    return Encoder(50, 40, 24, 4, 3, norm=norm, **more).eval()


@pytest.mark.parametrize("norm", ["pre", "post"])
def test_padding_never_changes_a_sentence(norm: Literal["pre", "post"]) -> None:
    model = encoder(norm)
    lengths = [1, 2, 5, 9, 5]
    sentences = [torch.randint(1, 50, (n,)) for n in lengths]
    alone = [model(s[None])[0] for s in sentences]
    for wide in (9, 30):
        batch = torch.zeros(5, wide, dtype=torch.long)
        for row, sentence in zip(batch, sentences, strict=True):
            row[: len(sentence)] = sentence
        together, maps = model(batch), model.read(batch)[1]
        for i, n in enumerate(lengths):
            torch.testing.assert_close(together[i, :n], alone[i], rtol=1e-4, atol=1e-5)
            for layer in maps:
                assert (layer[i, :, :, n:] == 0).all(), "exactly zero, not small"
    # in another batch, in another order
    pair = torch.stack([batch[3], batch[0]])
    torch.testing.assert_close(model(pair)[1, :1], alone[0], rtol=1e-4, atol=1e-5)


def test_padding_gets_no_gradient_and_words_hear_each_other() -> None:
    model = encoder()
    x = torch.tensor([[3, 4, 5, 0, 0]])
    model(x)[0, 0].sum().backward()
    slope = model.embedding.weight.grad.abs().sum(dim=1)
    assert slope[0] == 0
    assert (slope[3:6] > 0).all()


def test_without_positions_the_order_is_lost_and_with_them_it_counts() -> None:
    x = torch.tensor([[3, 4, 5, 6]])
    blind = encoder(positions=False)
    torch.testing.assert_close(blind(x.flip(1)), blind(x).flip(1), rtol=1e-4, atol=1e-5)
    assert not torch.allclose(encoder()(x.flip(1)), encoder()(x).flip(1), atol=1e-2)


def test_places_beyond_the_table_go_on() -> None:
    model = encoder()
    assert torch.equal(model.places(300)[:128], model.waves)
    torch.testing.assert_close(model.places(300), sinusoids(300, 24))
    assert model(torch.ones(1, 200, dtype=torch.long)).shape == (1, 200, 40)


def test_layers_have_weights_of_their_own_unless_they_are_shared() -> None:
    blocks = {id(p) for block in encoder().blocks for p in block.parameters()}
    shared = {id(p) for block in encoder(shared=True).blocks for p in block.parameters()}
    assert len(blocks) == 3 * len(shared)


def test_dropout_is_off_in_evaluation_and_on_in_training() -> None:
    model = encoder()
    x = torch.tensor([[3, 4, 5]])
    assert torch.equal(model(x), model(x))
    model.train()
    assert not torch.equal(model(x), model(x))


# --- pinyin

KNOWN = {"wo", "men", "qu", "bei", "jing", "lv", "lve", "xi", "an", "xian", "ni", "hao", "shi",
         "de", "a", "fang", "fan", "gan", "nv"}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("wo3 men qu4 bei3 jing1", "wo3 men5 qu4 bei3 jing1"),
        ("wo men qu bei jing", "wo men qu bei jing"),
        ("wǒ mén qù běijīng", "wo3 men2 qu4 bei3 jing1"),
        ("WO3 Men2", "wo3 men2"),
        ("lü4 lv4 lǜ lue4 nü3", "lv4 lv4 lv4 lve4 nv3"),
        ("ｗｏ３ ｄｅ５ de0", "wo3 de5 de5"),
        ("nihao", "ni hao"),
        ("ni3hao3", "ni3 hao3"),
        ("xian xi'an xi’an", "xian xi an xi an"),
        ("fangan", "fang an"),
        ("womenqubeijing", "wo men qu bei jing"),
        ("", ""),
        ("  \t ", ""),
    ],
)
def test_pinyin_is_read_as_people_type_it(line: str, read: str) -> None:
    assert " ".join(p.syllable for p in typed(line, KNOWN)) == read


def test_what_is_no_pinyin_is_kept() -> None:
    pieces = typed("wo3 qu4, 北京!xyz 2026", KNOWN)
    assert [(p.text, p.base) for p in pieces] == [
        ("wo3", "wo"), ("qu4", "qu"), (",", ""), ("北京!", ""), ("xyz", "xyz"), ("2026", ""),
    ]  # fmt: skip


# --- data

PAIRS = [
    Pair(("ta1", "shi4", "jing1", "li3"), "他是经理"),
    Pair(("ta1", "shi4", "shei2"), "她是谁"),
    Pair(("ta1", "de", "shi4"), "他的事"),
    Pair(("jing1", "li4"), "经历"),
]


def test_the_vocabulary_is_what_training_holds() -> None:
    words = data.Vocabulary.of(PAIRS)
    assert words.syllables[:2] == ("", "?")
    assert words.bases == {"ta", "shi", "jing", "li", "shei", "de"}
    assert words.read(["ta1", "de5", "ta", "ta4", "xyz3"]) == [
        words.syllable["ta1"], words.syllable["de5"], words.syllable["ta"], words.syllable["ta"], 1,
    ]  # fmt: skip
    plain = words.without_tones()
    assert [words.syllables[i] for i in plain[words.read(["li3", "li4", "li"])]] == ["li"] * 3
    assert plain[:2].tolist() == [0, 1]
    coded = data.encode([Pair(("ta1", "xx1"), "他鑫")], words, 4)
    assert coded.x.tolist() == [[words.syllable["ta1"], 1, 0, 0]]
    assert coded.y.tolist() == [[words.character["他"], 0, 0, 0]]


def test_the_split_is_always_the_same_and_shares_nothing() -> None:
    pairs = [Pair(("a1",), chr(0x4E00 + i)) for i in range(400)]
    one, two = data.split(pairs), data.split(pairs)
    assert one == two
    assert [len(part) for part in one] == [340, 20, 40]
    assert len({p.hanzi for part in one for p in part}) == 400
    big = data.split([Pair(("a1",), str(i)) for i in range(14_728)])
    assert [len(part) for part in big] == [13_228, 500, 1_000]


def test_long_sentences_are_cut_and_all_is_kept() -> None:
    (a, b, c) = data.cut([Pair(("a1",) * 150, "啊" * 150)])
    assert [len(p.hanzi) for p in (a, b, c)] == [64, 64, 22]
    assert len(a.pinyin) == 64


def test_a_text_of_ones_own_and_a_share_of_it(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    numbers = "一二三四五六七八九十"
    lines = ["".join(p) + "，今天的天气很好！" for p in itertools.product(numbers, repeat=4)]
    file.write_text("\n".join(lines[:400]), encoding="utf-8")
    choice = DataChoice("path", file, "own")
    whole, half = data.load(choice, 20_000, CPU), data.load(choice, 20_000, CPU, 0.5)
    assert len(half.train.x) == round(len(whole.train.x) / 2)
    assert len(half.test.x) == len(whole.test.x)
    file.write_text("no Chinese at all", encoding="utf-8")
    with pytest.raises(DataError, match="0 clauses") as caught:
        data.load(choice, 20_000, CPU)
    assert str(file) in caught.value.message


def test_a_table_of_a_few_sentences_is_too_small_and_ten_are_enough(tmp_path: Path) -> None:
    file = tmp_path / "few.tsv"
    lines = [f"{i}\ta1 yi1\t啊{h}" for i, h in enumerate("一二三四五六七八九十")]
    choice = DataChoice("path", file, "own")
    file.write_text("\n".join(lines[:9]), encoding="utf-8")
    with pytest.raises(DataError, match="9 sentences") as caught:
        data.load(choice, 20_000, CPU)
    assert caught.value.hint == "10 or more are needed"
    file.write_text("\n".join(lines), encoding="utf-8")
    sets = data.load(choice, 20_000, CPU)
    assert [len(part.x) for part in sets[:3]] == [8, 1, 1]


def test_batches_are_as_wide_as_their_longest() -> None:
    words = data.Vocabulary.of(PAIRS)
    coded = data.encode(PAIRS, words, 10)
    x, y = coded.batch(torch.tensor([1, 3]))
    assert x.shape == y.shape == (2, 3)
    assert (x[1] > 0).tolist() == [True, True, False]


def test_hidden_tones_are_of_whole_sentences() -> None:
    words = data.Vocabulary.of(PAIRS)
    x = data.encode(PAIRS, words, 4).x
    plain = words.without_tones()
    assert torch.equal(hide_tones(x, plain, 0.0), x)
    assert torch.equal(hide_tones(x, plain, 1.0), plain[x])
    torch.manual_seed(0)
    many = x[:1].repeat(2_000, 1)
    rows = (hide_tones(many, plain, 0.1) != many).any(dim=1)
    assert 140 < int(rows.sum()) < 260


# --- counting


def test_viterbi_finds_what_trying_all_paths_finds() -> None:
    generator = torch.Generator().manual_seed(0)
    for sizes in ((1,), (3, 1, 4), (2, 5, 3, 4), (4, 4, 4, 4)):
        scores = [torch.randn(k, generator=generator) for k in sizes]
        moves = [torch.randn(a, b, generator=generator) for a, b in itertools.pairwise(sizes)]

        def total(path: tuple[int, ...], s: Any = scores, m: Any = moves) -> float:
            value = sum(float(row[k]) for row, k in zip(s, path, strict=True))
            return value + sum(float(m[i][path[i], path[i + 1]]) for i in range(len(m)))

        best = max(itertools.product(*map(range, sizes)), key=total)
        assert viterbi(scores, moves) == list(best)


def counted() -> tuple[Bigram, data.Vocabulary]:
    words = data.Vocabulary.of(PAIRS)
    coded = data.encode(PAIRS, words, 4)
    return Bigram.count(coded, words.without_tones(), len(words.characters)), words


def test_counts_are_those_of_the_sentences() -> None:
    counts, words = counted()

    def seen(syllable: str) -> dict[str, int]:
        which, n = counts.candidates(words.read([syllable])[0])
        names = (words.characters[k] for k in which.tolist())
        return dict(zip(names, n.tolist(), strict=True))

    assert seen("ta1") == {"他": 2, "她": 1}
    assert list(seen("ta1")) == ["他", "她"]
    assert seen("shi4") == {"是": 2, "事": 1}
    assert seen("li") == {"历": 1, "理": 1}
    assert seen("xyz1") == {"": 1}
    a, b = words.character["是"], words.character["经"]
    counts.smooth = 0.001
    (p,) = counts.moves(torch.tensor([a]), torch.tensor([b])).exp()[0].tolist()
    assert p == pytest.approx(1 / 2, abs=1e-3)
    start = counts.moves(torch.tensor([0]), torch.tensor([words.character["他"]])).exp()
    assert float(start) == pytest.approx(2 / 4, abs=1e-3)


def test_the_probabilities_of_what_may_follow_sum_to_1() -> None:
    counts, words = counted()
    everything = torch.arange(1, len(words.characters))
    counts.smooth = 30.0
    sums = counts.moves(everything, everything).exp().sum(dim=1)
    # half a count too many for each character keeps an unseen one from being impossible
    n = int(counts.single[1:].sum())
    expected = [
        (int((counts.pair_counts[counts.pairs // len(words.characters) == a]).sum())
         + 30 * (n + 0.5 * len(everything)) / n) / (int(counts.single[a]) + 30)
        for a in everything.tolist()
    ]  # fmt: skip
    torch.testing.assert_close(sums, torch.tensor(expected), rtol=1e-4, atol=1e-4)


def test_neighbours_decide_and_the_encoder_may_overrule_them() -> None:
    counts, words = counted()
    counts.smooth = 1.0
    ids = words.read(["ta1", "shi4", "jing1", "li3"])
    said = "".join(words.characters[k] for k in counts.decode(ids))
    assert said == "他是经理"
    scores = torch.full((4, len(words.characters)), -9.0)
    scores[0, words.character["她"]] = 0.0
    said = "".join(words.characters[k] for k in counts.decode(ids, scores, 0.5))
    assert said == "她是经理"
    assert counts.decode(ids, scores, 0.0) == counts.decode(ids)
    # each place by itself, among what was seen for the syllable
    scores[3, words.character["谁"]] = 0.0
    said = "".join(words.characters[k] for k in counts.choose(ids, scores))
    assert (said[0], said[3]) == ("她", "理")


def test_an_interval_over_sentences() -> None:
    # all sentences equally good: no spread; one wholly wrong: much
    assert half_width([8, 8, 8], [10, 10, 10]) == 0
    assert half_width([10, 10, 0], [10, 10, 10]) == pytest.approx(
        1.96 * ((2 * (10 / 3) ** 2 + (20 / 3) ** 2) ** 0.5) / 30
    )


# --- conversion


@pytest.fixture(scope="module")
def asked() -> Asked:
    """An encoder that has learned the four sentences by heart."""
    words = data.Vocabulary.of(PAIRS)
    coded = data.encode(PAIRS, words, 4)
    counts = Bigram.count(coded, words.without_tones(), len(words.characters))
    torch.manual_seed(0)
    model = Encoder(len(words.syllables), len(words.characters), 32, 2, 2, dropout=0.0)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for step in range(120):
        x = coded.x if step % 2 else words.without_tones()[coded.x]
        there = coded.x > 0
        loss = F.cross_entropy(model(x)[there], coded.y[there])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return Asked(model.eval(), counts, words, 0.5)


@pytest.mark.parametrize("decode", ["encoder", "seen", "bigram"])
@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("ta1 shi4 jing1 li3", "他是经理"),
        ("ta1 shi4 shei2", "她是谁"),
        ("tashishei", "她是谁"),
        ("jing1 li4!ta1 shi4 shei2?", "经历!她是谁?"),
        ("ta1 de shi4, PyTorch", "他的事, PyTorch"),
    ],
)
def test_sentences_are_written(asked: Asked, line: str, written: str, decode: Any) -> None:
    assert text(convert(asked, line, decode)).replace(" ", "") == written.replace(" ", "")


def test_an_unknown_syllable_is_kept_and_marked(asked: Asked) -> None:
    places = convert(asked, "ta1 xyzzy shi4")
    assert [(p.character, p.number == 1, bool(p.others)) for p in places] == [
        (places[0].character, False, True), ("xyzzy", True, False),
        (places[2].character, False, True),
    ]  # fmt: skip
    assert text(places)[1:-1] == " xyzzy "


def test_long_lines_are_read_in_parts(asked: Asked) -> None:
    places = convert(asked, "ta1 shi4 shei2 " * 100)
    assert len(places) == 300
    assert text(places).count("是谁") > 90


def test_nothing_gives_nothing(asked: Asked) -> None:
    assert convert(asked, "") == []
    assert [p.character for p in convert(asked, "，北京！")] == ["，北京！"]


# --- a run


def sentences(folder: Path) -> Path:
    """A table of 120 sentences in which the second word decides the first character."""
    people = (("ta1", "她", "qun2 zi5", "裙子"), ("ta1", "他", "hu2 zi5", "胡子"))
    things = ("mai3", "买"), ("kan4", "看"), ("xiang3", "想"), ("hua4", "画")
    often = (
        ("zui4 jin4", "最近"),
        ("jing1 chang2", "经常"),
        ("hai2", "还"),
        ("you4", "又"),
        ("", ""),
    )
    more = ("le5", "了"), ("zhe5", "着"), ("", "")
    rows = [
        f"{i}\t{' '.join(f'{a} {o} {t} {m} {b}'.split())}\t{' '.join(c + p + u + n + d)}"
        for i, ((a, c, b, d), (o, p), (t, u), (m, n)) in enumerate(
            itertools.product(people, often, things, more)
        )
    ]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "own.tsv"
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    config = Config(width=16, heads=2, layers=1, epochs=3, batch_size=16, toneless=0.5)
    own = DataChoice("path", sentences(tmp_path / "data"), "own")
    ends_the_same_when_stopped(train.train, config, own, tmp_path, stop=9)


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with a finished run on a small table of one's own, and its events by kind."""
    home = tmp_path_factory.mktemp("chapter10")
    return run_to_end(
        home, "chapter10", "--preset", "quick", "--data", str(sentences(home / "data")),
        epochs=40, width=32, batch_size=16, lr=5e-3, toneless=0.3,
    )  # fmt: skip


def test_the_encoder_sees_what_a_bigram_can_not(run_home: RunHome) -> None:
    """Whether it is she or he is decided at the end of the sentence."""
    metrics = run_home[1]["finished"][0]["metrics"]
    assert metrics["test_accuracy"] > 0.97
    assert metrics["baseline_bigram"] < 0.95
    assert metrics["baseline_most_frequent"] < 0.95
    assert metrics["test_accuracy_seen"] >= metrics["test_accuracy"]
    assert metrics["toneless_accuracy"] > 0.8
    assert metrics["encoder_weight"] in measure.WEIGHTS
    (shown,) = [e["view"] for e in run_home[1]["picture"] if e["name"] == "ways"]
    assert [row[1] for row in shown["rows"]] == [f"{metrics[n]:.4f}" for n in measure.NAMES]
    said = [e["text"] for e in run_home[1]["text"]]
    assert said[0].startswith("102 sentences to train, 6 to validate, 12 to test")
    assert "less the bigram alone" in said[-1]


def test_lines_are_written_from_arguments_files_and_a_pipe(
    run_home: RunHome, dltutor: Any, tmp_path: Path
) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("ta1 hai2 mai3 le qun2 zi5\n\ntā yòu kàn húzi\n", encoding="utf-8")
    env = {"DLTUTOR_HOME": str(run_home[0])}
    done = dltutor("predict", "10", str(file), "tayoukanqunzi, Python!", "--json", env=env)
    assert done.code == 0, done.err
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [f["label"] for f in found] == ["她还买了裙子", "他又看胡子", "她又看裙子, Python!"]
    piped = dltutor("predict", "10", "-", env=env, input="ta1 hua4 hu2 zi5\n12:30\n")
    assert piped.out.splitlines() == [
        "ta1 hua4 hu2 zi5: 他画胡子", "12:30: no pinyin",
    ]  # fmt: skip


# --- demos


class Context:
    lang = "en"
    trained: Any = None
    state: dict[str, Any] = {}  # noqa: RUF012
    keys: tuple[str, ...] = ()
    tick = False


def test_the_demo_asks_the_learners_run(run_home: RunHome, monkeypatch: pytest.MonkeyPatch) -> None:
    from dltutor.runs.folder import find_run
    from dltutor.training.trained import TrainedRun

    monkeypatch.setenv("DLTUTOR_HOME", str(run_home[0]))
    context = Context()
    context.trained = TrainedRun(find_run("last"), "cpu")
    note, table, heat = demo.convert(context, "ta1 you4 kan4 qun2 zi5 xyz", layer=9, head=9)
    assert isinstance(note, views.Note)
    assert isinstance(table, views.Table)
    assert isinstance(heat, views.Heatmap)
    said = note.text
    assert isinstance(said, dict)
    assert said["en"].startswith("她又看裙子 xyz Unknown: xyz.")
    assert said["zh"].startswith("她又看裙子 xyz 未知音节：xyz。")
    assert "layer 2 of 2, head 4" in str(heat.title)
    assert [sum(row) for row in heat.values] == pytest.approx([1.0] * 6, abs=1e-5)
    assert table.rows[0][2].startswith("她 0.")
    with pytest.raises(UsageError, match="no syllable that is known"):
        demo.convert(context, "123")


def test_the_small_model_is_trained_once_and_a_damaged_file_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(demo, "CLAUSES", 300)
    file = tmp_path / "small.safetensors"
    first = demo.train_small(file)
    second = demo.kept_model(file)
    assert second is not None
    assert second.words.syllables == first.words.syllables
    line = "zhong guo"
    assert convert(second, line) == convert(first, line)
    file.write_bytes(file.read_bytes()[:1000])
    assert demo.kept_model(file) is None
    assert demo.kept_model(tmp_path / "none") is None
    assert [p.name for p in tmp_path.iterdir()] == ["small.safetensors"]


def test_the_masks_of_the_demo() -> None:
    said = {
        kind: figures.mask(kind, 3)[1].text["en"]  # type: ignore[union-attr,index,call-overload]
        for kind in ("right", "inverted", "none")
    }
    assert said["right"] == (
        "Weight on padding: 0.0000 of 1. Largest difference to the sentence alone: 0.0000."
    )
    assert said["inverted"].startswith("Weight on padding: 1.0000")
    assert not said["none"].startswith("Weight on padding: 0.0000")
    nobody = figures.mask("inverted", 0)[1]
    assert "not a number" in str(nobody.text)  # type: ignore[union-attr]

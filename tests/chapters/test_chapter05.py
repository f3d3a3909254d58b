"""Chapter 5: its sums, sizes, networks, training, predictions and demos."""

from __future__ import annotations

import json
import math
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
from dltutor.chapter import assign, parameters
from dltutor.data.digits import frame
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, UsageError
from dltutor_plugins.chapter05_cnn import data, dltutor_chapter, kernel, sizes, stack, sums
from dltutor_plugins.chapter05_cnn.compare import accuracy_when_shifted, networks, throughput
from dltutor_plugins.chapter05_cnn.config import Config
from dltutor_plugins.chapter05_cnn.model import (
    CNN,
    count_parameters,
    dense,
    for_table,
    multiply_adds,
    plain,
    separable,
)
from dltutor_plugins.chapter05_cnn.predict import predict
from dltutor_plugins.chapter05_cnn.train import all_logits, evaluate, least_squares, shift

ONE = torch.zeros(1, 1, 28, 28)


@pytest.fixture(scope="module")
def digits() -> data.Digits:
    return data.load(DataChoice("builtin", None, "builtin"))


# --- convolution as the sum it is

cases = st.tuples(
    *(st.integers(1, 4) for _ in range(2)),  # the kernel
    st.integers(1, 3),  # stride
    st.integers(0, 3),  # padding
    st.integers(1, 3),  # dilation
    *(st.integers(1, 6) for _ in range(2)),  # pixels beyond the kernel's span
    st.integers(0, 2**32),
)


@given(cases)
@settings(max_examples=60)
def test_the_sums_are_those_of_conv2d(case: tuple[int, ...]) -> None:
    height, width, stride, padding, dilation, more_rows, more_columns, seed = case
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(
        (dilation * (height - 1) + more_rows, dilation * (width - 1) + more_columns)
    )
    w = rng.standard_normal((height, width))
    expected = F.conv2d(
        torch.tensor(x)[None, None], torch.tensor(w)[None, None], None, stride, padding, dilation
    )[0, 0]
    out = sums.feature_map(x.tolist(), w.tolist(), stride, padding, dilation)
    assert torch.tensor(out, dtype=torch.float64).shape == expected.shape
    assert torch.allclose(torch.tensor(out, dtype=torch.float64), expected)
    for size, n, k in zip(expected.shape, x.shape, w.shape, strict=True):
        assert stack.output_size(n, k, stride, padding, dilation) == size


def test_the_sums_and_the_calculator_need_no_torch() -> None:
    code = (
        "import sys; from dltutor_plugins.chapter05_cnn import kernel, sizes;"
        "kernel.show(picture='shapes'); sizes.show(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- sizes and receptive fields


def test_layers_are_read_as_text() -> None:
    layer = stack.Layer
    assert stack.parse("7 s2 p3, pool 2, 3 d2") == [
        layer(7, 2, 3),
        layer(2, 2, name="pool"),
        layer(3, dilation=2),
    ]
    assert stack.parse("3 p1 x3,POOL 3 s1") == [layer(3, 1, 1)] * 3 + [layer(3, 1, name="pool")]


@pytest.mark.parametrize(
    "text", ["", "7,,3", "x", "7 q2", "7 s0", "0", "7 s2 s3", "-3", "3 x65", "3 x40, 3 x40", "9999", "3 d0", "pool"]
)  # fmt: skip
def test_what_is_no_layer_is_quoted(text: str) -> None:
    with pytest.raises(UsageError, match="is no layer") as caught:
        stack.parse(text)
    assert "pool 2" in str(caught.value.hint)


def test_a_kernel_without_a_place_is_named() -> None:
    with pytest.raises(UsageError, match="layer 2 spans 9 pixels"):
        stack.follow(8, stack.parse("3, 3 d4"))


@given(
    st.lists(
        st.builds(
            stack.Layer, st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 3)
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=40)
def test_fields_and_sizes_are_what_autograd_sees(layers: list[stack.Layer]) -> None:
    size = 600
    x = torch.zeros(1, 1, size, requires_grad=True)
    y = x
    for row in stack.follow(size, layers):
        k, stride, padding, dilation, _ = row.layer
        y = F.conv1d(y, torch.ones(1, 1, k), None, stride, padding, dilation)
        assert y.shape[2] == row.size
    y[0, 0, y.shape[2] // 2].backward()
    assert x.grad is not None
    touched = x.grad[0, 0].nonzero()[:, 0]
    assert touched[-1] - touched[0] + 1 == row.field


def test_the_networks_see_13_pixels_each_way() -> None:
    for features in (plain(), separable()):
        for layer in features.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.constant_(layer.weight, 0.1)
        x = torch.ones(1, 1, 28, 28, requires_grad=True)
        features(x)[0, 0, 8, 8].backward()
        assert x.grad is not None
        rows, columns = (x.grad[0, 0] != 0).nonzero().T
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 20, 8, 20)
    assert stack.follow(28, stack.parse("7, 5, 3"))[-1].field == 13


def test_the_calculators_views() -> None:
    table, chart, note = sizes.show("7 s2 p3, pool 2, 3 d2", 64)
    assert isinstance(table, views.Table)
    assert table.rows[0] == ("1 conv", 7, 7, 2, 3, 32, 2, 7)
    assert table.rows[2] == ("3 conv", 3, 5, 1, 0, 12, 4, 25)
    assert isinstance(chart, views.Chart)
    assert [list(s.y) for s in chart.series] == [[64, 32, 16, 12], [1, 7, 9, 25]]
    assert "15 % of the picture" in str(note)
    assert "more than the picture's 28" in str(sizes.show("7 p3 x6", 28)[2])


# --- the networks


def test_parameters_are_those_that_the_lessons_state() -> None:
    counts = {name.split()[0]: count_parameters(m) for name, m in networks().items()}
    assert counts == {"dense": 327_618, "plain": 24_496, "separable": 16_756}
    assert count_parameters(plain()) == 9_126
    assert count_parameters(separable()) == 1_386
    assert count_parameters(CNN(head="pool")) == 9_126 + 70
    convs = [m for m in plain().modules() if isinstance(m, nn.Conv2d)]
    assert [count_parameters(c) for c in convs] == [600, 7_224, 1_302]
    convs = [m for m in separable().modules() if isinstance(m, nn.Conv2d)]
    assert [count_parameters(c) for c in convs] == [600, 108, 312, 216, 150]


def test_shapes_layer_by_layer() -> None:
    for variant in ("plain", "separable"):
        for head in ("flatten", "pool"):
            model, example = for_table(Config(variant=variant, head=head))  # type: ignore[arg-type]
            assert model.features(example).shape == (1, 6, 16, 16)
            assert model(torch.rand(7, 1, 28, 28)).shape == (7, 10)
            assert model.head.in_features == (1536 if head == "flatten" else 6)
    assert CNN(classes=3)(ONE).shape == (1, 3)


def test_products_are_counted_cell_by_cell() -> None:
    assert multiply_adds(dense(), ONE) == 784 * 312 + 312 * 256 + 256 * 10
    by_hand = 22 * 22 * 588 + 18 * 18 * 7200 + 16 * 16 * 1296 + 15360
    assert multiply_adds(CNN(), ONE) == by_hand == 2_964_528
    cheap = 22 * 22 * 588 + 18 * 18 * (108 + 288) + 16 * 16 * (216 + 144) + 15360
    assert multiply_adds(CNN("separable"), ONE) == cheap == 520_416


def test_no_layer_is_shared_between_models() -> None:
    models = [*networks().values(), CNN(), CNN("separable")]
    owners = [p.data_ptr() for m in models for p in m.parameters()]
    assert len(owners) == len(set(owners))


def test_global_pooling_does_not_notice_a_shift_in_the_middle() -> None:
    torch.manual_seed(0)
    x = torch.zeros(1, 1, 28, 28)
    x[..., 12:15, 13:16] = torch.rand(3, 3)  # 12 pixels or more to each border
    moved = x.roll((1, -1), dims=(2, 3))
    for variant in ("plain", "separable"):
        pooled, flat = CNN(variant, "pool"), CNN(variant)
        assert torch.allclose(pooled(moved), pooled(x), atol=1e-6)
        beyond = x.roll((2, 0), dims=(2, 3))  # one row is seen by too few cells
        assert not torch.allclose(pooled(beyond), pooled(x), atol=1e-6)
        assert not torch.allclose(flat(moved), flat(x), atol=1e-3)


# --- pieces of the training


@given(st.integers(0, 4), st.integers(0, 2**32))
@settings(max_examples=30)
def test_shift_moves_a_batch_and_keeps_its_ink(most: int, seed: int) -> None:
    x = torch.zeros(2, 1, 28, 28, dtype=torch.uint8)
    x[:, 0, 14, 9] = torch.tensor([50, 100], dtype=torch.uint8)
    torch.manual_seed(seed)
    moved = shift(x, most)
    assert moved.shape == x.shape
    assert moved.sum(dim=(1, 2, 3)).tolist() == [50, 100]
    places = moved[:, 0].nonzero()[:, 1:]
    assert (places == places[0]).all()
    assert (places[0] - torch.tensor([14, 9])).abs().max() <= most


def test_evaluation_covers_the_whole_set() -> None:
    torch.manual_seed(0)
    x = torch.randint(0, 256, (1_003, 1, 28, 28), dtype=torch.uint8)
    part = data.LabelledSet(x, torch.randint(0, 10, (1_003,)))
    model = CNN("separable")
    with torch.no_grad():
        logits = model(x.float() / 255)
    loss, accuracy = evaluate(model, part)
    assert accuracy == (logits.argmax(1) == part.y).double().mean().item()
    assert loss == pytest.approx(F.cross_entropy(logits, part.y).item(), rel=1e-4)
    assert all_logits(model, x).shape == (1_003, 10)


def test_least_squares_is_the_normal_equation(digits: data.Digits) -> None:
    from sklearn.linear_model import Ridge

    x, y = digits.train.x.flatten(1).double() / 255, F.one_hot(digits.train.y).double()
    ones = torch.ones(len(x), 1, dtype=torch.float64)
    by_library = Ridge(alpha=1e-3 * len(x), fit_intercept=False).fit(torch.cat([x, ones], 1), y)
    test = digits.test.x.flatten(1).double() / 255
    said = by_library.predict(torch.cat([test, torch.ones(len(test), 1)], 1)).argmax(1)
    expected = (torch.from_numpy(said) == digits.test.y).double().mean().item()
    assert least_squares(digits.train, digits.test) == pytest.approx(expected, abs=0.006)


def test_shifted_pictures_lose_no_column_on_the_left() -> None:
    x = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    x[0, 0, 3, 10] = 255
    seen: list[tuple[int, ...]] = []

    def accuracy(pictures: torch.Tensor) -> float:
        assert pictures.shape == x.shape
        seen.append(tuple(pictures[0, 0].nonzero()[0].tolist()))
        return 0.5

    chart = accuracy_when_shifted(accuracy, x)
    assert seen == [(3, 10 + right) for right in range(7)]
    assert list(chart.series[0].x) == list(range(7))


def test_throughput_times_real_steps_of_each_model() -> None:
    import contextlib

    torch.manual_seed(0)
    models = [CNN(), CNN("separable")]
    before = [[p.detach().clone() for p in m.parameters()] for m in models]
    rates = throughput(models, torch.device("cpu"), contextlib.nullcontext)
    assert len(rates) == 2
    assert min(rates) > 0
    for model, old in zip(models, before, strict=True):
        assert not any(torch.equal(p, q) for p, q in zip(model.parameters(), old, strict=True))


# --- a real run, and what is done with it


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with one finished run of the quick preset, and the run's events by kind."""
    home = tmp_path_factory.mktemp("chapter5")
    return run_to_end(
        home, "chapter5", "--preset", "quick", "--data", "builtin", variant="separable"
    )


def test_the_quick_run_learns_and_compares(run_home: RunHome) -> None:
    events = run_home[1]
    finished = events["finished"][0]
    metrics = finished["metrics"]
    assert metrics["test_accuracy"] > metrics["baseline_least_squares"] > 0.85
    assert finished["parameters"] == 16_756
    assert finished["steps"] == 6 * math.ceil(1169 / 64)
    assert [event["name"] for event in events["picture"]] == [
        "confusion",
        "most_confused",
        "shifted",
        "networks",
    ]
    shown = {event["name"]: event["view"] for event in events["picture"]}
    matrix = shown["confusion"]["values"]
    assert metrics["test_accuracy"] == pytest.approx(sum(matrix[k][k] for k in range(10)) / 359)
    assert shown["shifted"]["series"][0]["y"][0] == pytest.approx(metrics["test_accuracy"])
    rows = [row[:3] for row in shown["networks"]["rows"]]
    assert rows == [
        ["dense 784-312-256-10", "327,618", "327,040"],
        ["plain", "24,496", "2,964,528"],
        ["separable", "16,756", "520,416"],
    ]
    assert all(int(row[3].replace(",", "")) > 0 for row in shown["networks"]["rows"])
    assert "of 359 test samples right" in events["text"][-1]["text"]


@pytest.fixture
def seven() -> np.ndarray[Any, Any]:
    grey = np.zeros((60, 100), dtype=np.uint8)
    grey[10:16, 50:80] = 255
    for row in range(16, 50):
        column = 76 - (row - 16) // 2
        grey[row, column - 3 : column + 3] = 255
    return grey


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "16 bit", "transparent"])
def test_a_png_of_any_mode_and_size_is_read_the_same(
    mode: str, seven: np.ndarray[Any, Any], tmp_path: Path, trained: Any
) -> None:
    paper, file = Image.fromarray(255 - seven), tmp_path / "seven.png"
    if mode == "16 bit":
        Image.fromarray((255 - seven).astype(np.uint16) * 257).save(file)
    elif mode == "transparent":
        black = Image.new("L", paper.size, 0)
        Image.merge("LA", (black, Image.fromarray(seven))).convert("RGBA").save(file)
    else:
        paper.convert(mode).save(file)
    (said,) = predict(trained, [file])
    assert said.label == "7"
    assert [p for _, p in said.probabilities] == sorted((p for _, p in said.probabilities))[::-1]
    assert sum(p for _, p in said.probabilities) == pytest.approx(1, abs=1e-5)
    assert isinstance(said.view, views.Picture)
    assert said.view.pixels == frame(seven).tobytes()


def test_a_folder_is_predicted_by_the_command(
    seven: np.ndarray[Any, Any],
    tmp_path: Path,
    run_home: RunHome,
    dltutor: Callable[..., Any],
) -> None:
    pictures = tmp_path / "pictures"
    (pictures / "deep").mkdir(parents=True)
    Image.fromarray(255 - seven).save(pictures / "b.png")
    Image.fromarray(seven).resize((400, 240)).convert("RGB").save(pictures / "deep" / "a.jpg")
    (pictures / "note.txt").write_text("no picture")
    done = dltutor(
        "predict", "chapter5", pictures, "--json", env={"DLTUTOR_HOME": str(run_home[0])}
    )
    assert done.code == 0, done.err
    said = [json.loads(line) for line in done.out.splitlines()]
    assert [(Path(p["input"]).name, p["label"]) for p in said] == [("b.png", "7"), ("a.jpg", "7")]


def test_what_is_no_picture_is_named(tmp_path: Path, trained: Any) -> None:
    Image.new("L", (30, 30), 255).save(tmp_path / "blank.png")
    (tmp_path / "note.png").write_text("a note")
    for name, said in (("blank.png", "nothing is drawn"), ("note.png", "is not a picture")):
        with pytest.raises(DataError, match=said) as caught:
            list(predict(trained, [tmp_path / name]))
        assert name in caught.value.message


@pytest.mark.slow
def test_own_classes_are_trained_and_predicted(dltutor: Callable[..., Any], tmp_path: Path) -> None:
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
    done = dltutor("run", "chapter5", "--data", folder, "--set", "epochs=40", "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out.splitlines()[-1])["parameters"] == 24_496 - 8 * 1537
    asked = dltutor("predict", "chapter5", folder / "standing" / "6.png", "--json")
    assert json.loads(asked.out)["label"] == "standing"


@pytest.mark.slow
def test_mnist_is_learnt_in_two_epochs_already(
    dltutor: Callable[..., Any], data_root: Path
) -> None:
    # the whole quick preset takes a minute or more on one thread
    done = dltutor(
        "run", "chapter5", "--preset", "quick", "--data", "full", "--data-root", data_root,
        "--set", "variant=separable", "--set", "epochs=2", "--json", timeout=290,
    )  # fmt: skip
    assert done.code == 0, done.err
    metrics = json.loads(done.out.splitlines()[-1])["metrics"]
    assert metrics["test_accuracy"] > 0.97
    assert metrics["test_accuracy"] > metrics["baseline_least_squares"] + 0.1


# --- the kernel editor


@pytest.mark.parametrize("name", kernel.KERNELS)
@pytest.mark.parametrize("picture", kernel.PICTURES)
def test_the_editor_shows_the_map_and_the_sum(name: str, picture: str) -> None:
    first, second, table, note = kernel.show(picture, name, row=7, column=9)  # type: ignore[arg-type]
    x, w = torch.tensor(kernel.PICTURES[picture]()), torch.tensor(kernel.KERNELS[name])
    out = F.conv2d(x[None, None].double(), w[None, None].double())[0, 0]
    assert isinstance(first, views.Picture)
    assert isinstance(second, views.Picture)
    assert (first.height, first.width) == tuple(x.shape)
    assert (second.height, second.width) == tuple(out.shape)
    assert f"black {out.min():.2f}, white {out.max():.2f}" in str(second.caption)
    assert isinstance(table, views.Table)
    total = sum(float(row[2]) for row in table.rows)
    assert total == pytest.approx(out[7, 9].item(), abs=0.02)
    assert f"{out[7, 9]:.2f}" in str(note)


def test_the_window_and_the_cell_are_coloured() -> None:
    first, second, *_ = kernel.show("shapes", stride=2, padding=1, dilation=2, row=3, column=4)
    assert isinstance(first, views.Picture)
    assert isinstance(second, views.Picture)

    def coloured(view: views.Picture) -> np.ndarray[Any, Any]:
        pixels = np.frombuffer(view.pixels, np.uint8).reshape(view.height, view.width, 3)
        return np.argwhere(pixels[..., 0] > pixels[..., 2])

    window, cell = coloured(first), coloured(second)
    assert (window.min(0).tolist(), window.max(0).tolist()) == ([6, 8], [10, 12])
    assert cell.tolist() == [[3, 4]]


def test_a_cell_beyond_the_map_is_its_last() -> None:
    *_, note = kernel.show("digit", row=75, column=75)
    assert "Row 25, column 25" in str(note)


def test_free_numbers_are_read() -> None:
    assert kernel.read("0 -1 0|-1, 5, -1 | 0 -1 0") == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert kernel.read("1/4 .25") == [[0.25, 0.25]]
    _, second, *_ = kernel.show(numbers="1")
    assert isinstance(second, views.Picture)
    assert (second.height, second.width) == (28, 28)


@pytest.mark.parametrize(
    "text", ["a", "1 2 | 3", "|", "1/0", "nan", "inf", "1 2 3 4 5 6 7 8", "1|1|1|1|1|1|1|1", "1e99", "1//2"]
)  # fmt: skip
def test_what_is_no_kernel_is_quoted(text: str) -> None:
    with pytest.raises(UsageError, match="is no kernel"):
        kernel.show(numbers=text)


def test_the_widest_kernel_has_a_place_in_every_picture() -> None:
    widest = " | ".join(["1 1 1 1 1 1 1"] * 7)
    for picture in kernel.PICTURES:
        assert len(kernel.show(picture, numbers=widest, dilation=4)) == 4  # type: ignore[arg-type]


def test_controls_are_told_in_both_languages() -> None:
    for demo in dltutor_chapter().demos:
        module, _, name = demo.function.partition(":")
        function = getattr(sys.modules[module], name)
        for parameter in parameters(function):
            assert parameter.about.help
            assert parameter.about.zh
    with pytest.raises(UsageError, match="row=76 is out of range"):
        assign(parameters(kernel.show), ["row=76"])

"""Chapter 2: its data, measures, model, training, predictions and demos."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from tests.chapters.runs import RunHome, run_to_end

from dltutor import views
from dltutor.chapter import assign, parameters
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, UsageError
from dltutor_plugins.chapter02_hello import baselines, data, demo, idx, softmax, train
from dltutor_plugins.chapter02_hello import predict as prediction
from dltutor_plugins.chapter02_hello.config import Config
from dltutor_plugins.chapter02_hello.measure import add_noise, fixed_noise, prepare, psnr
from dltutor_plugins.chapter02_hello.model import UNet, count_parameters, for_table
from dltutor_plugins.chapter02_hello.show import grid, triples

BUILTIN = DataChoice("builtin", None, "builtin")


@pytest.fixture(scope="module")
def digits() -> data.Pictures:
    return data.load(BUILTIN)


# --- data


def test_builtin_pictures_share_nothing(digits: data.Pictures) -> None:
    assert [len(part) for part in digits] == [1169, 269, 359]
    for part in digits:
        assert part.dtype == torch.uint8
        assert part.shape[1:] == (1, 28, 28)
    seen = [{row.tobytes() for row in part.numpy()} for part in digits]
    assert sum(map(len, seen)) == len(set.union(*seen)) == 1797


def test_a_picture_is_cut_into_the_tiles_that_it_is_made_of() -> None:
    numbers = np.arange(6, dtype=np.uint8).reshape(2, 3)
    grey = np.kron(numbers, np.ones((28, 28), dtype=np.uint8))
    grey = np.pad(grey, ((0, 5), (0, 27)), constant_values=9)  # less than a tile: left out
    found = data.tiles(grey, 100)
    assert found.shape == (6, 28, 28)
    assert [sorted(set(tile.ravel().tolist())) for tile in found] == [[k] for k in range(6)]
    assert [tile[0, 0] for tile in data.tiles(grey, 3)] == [0, 2, 5]


def test_a_small_picture_is_filled_up_by_its_edge() -> None:
    grey = np.array([[10, 20]], dtype=np.uint8)
    (tile,) = data.tiles(grey, 5)
    assert tile.shape == (28, 28)
    assert set(tile[:, 0].tolist()) == {10}
    assert set(tile[:, 1:].ravel().tolist()) == {20}


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    """Ten pictures of one grey each, of several sizes, modes and depths of folders."""
    folder = tmp_path / "own"
    modes = ("1", "RGB", "RGBA", "P", "L", "L", "L", "L", "L", "L")
    for i, mode in enumerate(modes):
        place = folder / ("deep" if i % 2 else ".")
        place.mkdir(parents=True, exist_ok=True)
        grey = np.full((30 + 10 * i, 60), 20 * i, dtype=np.uint8)
        Image.fromarray(grey).convert(mode).save(place / f"{i}.png")
    (folder / "note.txt").write_text("no picture")
    return folder


def test_tiles_of_one_picture_stay_in_one_set(own_folder: Path) -> None:
    parts = data.load(DataChoice("path", own_folder, "own"))
    greys = [set(part[:, 0, 0, 0].tolist()) for part in parts]
    assert [len(g) for g in greys] == [6, 2, 2]
    assert sum(map(len, greys)) == len(set.union(*greys))
    assert all(part.shape[1:] == (1, 28, 28) for part in parts)
    again = data.load(DataChoice("path", own_folder, "own"))
    assert all(torch.equal(a, b) for a, b in zip(parts, again, strict=True))


def damaged(folder: Path) -> None:
    (folder / "0.png").write_text("a note")


def two_left(folder: Path) -> None:
    for file in list(folder.rglob("*.png"))[2:]:
        file.unlink()


def none_left(folder: Path) -> None:
    for file in folder.rglob("*.png"):
        file.unlink()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damaged, "0.png is not a picture"),
        (two_left, "own: 2 pictures"),
        (none_left, "own holds no pictures"),
    ],
)
def test_an_unfit_folder_is_refused(
    own_folder: Path, damage: Callable[[Path], None], said: str
) -> None:
    damage(own_folder)
    with pytest.raises(DataError, match=said):
        data.own(own_folder)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"")
    with pytest.raises(DataError, match="is no folder"):
        data.own(tmp_path / "one.png")


# --- noise and PSNR


def test_prepare_maps_bytes_to_zero_to_one() -> None:
    out = prepare(torch.tensor([0, 51, 255], dtype=torch.uint8))
    assert out.tolist() == pytest.approx([0.0, 0.2, 1.0])
    assert out.dtype == torch.float32


def test_noise_has_the_strength_asked_for_and_is_not_clipped() -> None:
    torch.manual_seed(0)
    clean = torch.full((50, 1, 28, 28), 0.5)
    noisy = add_noise(clean, 0.5)
    assert (noisy - clean).std().item() == pytest.approx(0.5, rel=0.02)
    assert (noisy - clean).mean().item() == pytest.approx(0, abs=0.02)
    assert ((noisy < 0) | (noisy > 1)).double().mean().item() == pytest.approx(0.317, abs=0.02)
    assert not torch.equal(noisy, add_noise(clean, 0.5))


def test_fixed_noise_follows_the_seed_and_leaves_the_global_one_alone() -> None:
    clean = torch.rand(4, 1, 28, 28)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = fixed_noise(clean, 0.5, 3)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, fixed_noise(clean, 0.5, 3))
    assert not torch.equal(first, fixed_noise(clean, 0.5, 4))
    assert psnr(first, clean).mean().item() == pytest.approx(6.02, abs=0.2)


def test_psnr_is_that_of_each_picture() -> None:
    clean = torch.zeros(4, 1, 2, 2)
    guess = torch.tensor([1.0, 0.1, 0.01, 0.0]).view(4, 1, 1, 1).expand_as(clean)
    assert psnr(guess, clean).tolist() == pytest.approx([0, 20, 40, 100], abs=1e-3)


@given(st.floats(0.02, 0.9), st.floats(0.1, 0.9))
def test_psnr_of_a_darker_pair_rises_by_the_darkening(error: float, dark: float) -> None:
    clean = torch.rand(1, 1, 4, 4)
    found = psnr(dark * (clean + error), dark * clean) - psnr(clean + error, clean)
    assert found.item() == pytest.approx(-20 * math.log10(dark), abs=1e-2)


# --- baselines


def test_a_blur_keeps_the_mean_and_spreads_a_dot() -> None:
    flat = torch.full((2, 1, 9, 11), 0.3)
    assert torch.allclose(baselines.blur(flat, 1.0), flat, atol=1e-6)
    dot = torch.zeros(1, 1, 15, 15)
    dot[0, 0, 7, 7] = 1
    spread = baselines.blur(dot, 1.0)
    assert spread.sum().item() == pytest.approx(1, abs=1e-5)
    assert torch.allclose(spread, spread.transpose(2, 3))
    place = torch.arange(15.0) - 7
    variance = (spread[0, 0].sum(0) * place**2).sum().item()
    assert variance == pytest.approx(1, abs=0.06)


def test_more_noise_wants_a_wider_blur(digits: data.Pictures) -> None:
    clean = prepare(digits.val[:50])
    widths = [baselines.best_blur(fixed_noise(clean, s, 0), clean) for s in (0.02, 0.5)]
    assert widths[0] < widths[1]


def test_no_other_linear_map_is_better_than_the_best() -> None:
    torch.manual_seed(0)
    mixing = torch.randn(6, 6, dtype=torch.float64) / 3
    clean = (torch.randn(40_000, 6, dtype=torch.float64) @ mixing + 1).view(-1, 1, 2, 3)
    noisy = clean + 0.5 * torch.randn_like(clean)
    guess = baselines.Linear(clean, 0.5)(noisy)
    assert guess.shape == clean.shape
    ones = torch.cat([noisy.flatten(1), torch.ones(len(noisy), 1, dtype=torch.float64)], 1)
    fit = ones @ torch.linalg.lstsq(ones, clean.flatten(1)).solution
    best = (fit - clean.flatten(1)).square().mean().item()
    assert (guess - clean).square().mean().item() == pytest.approx(best, rel=0.01)


# --- model


@pytest.mark.parametrize(("skips", "parameters"), [(True, 289_953), (False, 256_897)])
def test_shapes_and_parameters_of_the_model(skips: bool, parameters: int) -> None:
    model, example = for_table(Config(skips=skips))
    assert count_parameters(model) == parameters
    assert model(example).shape == (1, 1, 28, 28)
    assert model(torch.rand(2, 1, 12, 40)).shape == (2, 1, 12, 40)


def test_the_channels_are_1_32_64_128_64_32_1() -> None:
    outputs: list[int] = []
    model = UNet()
    for layer in model.children():
        layer.register_forward_hook(lambda *a: outputs.append(a[2].shape[1]))
    model(torch.rand(1, 1, 8, 8))
    assert outputs == [32, 64, 128, 64, 32, 1]


def silent(model: UNet, name: str) -> UNet:
    layer = getattr(model, name)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    return model.eval()


@pytest.mark.parametrize("name", ["up2", "up1"])
def test_the_skips_are_real(name: str) -> None:
    x, y = torch.rand(2, 1, 1, 16, 16)
    torch.manual_seed(0)
    assert not torch.allclose(*(silent(UNet(), name)(v) for v in (x, y)), atol=1e-5)
    without = silent(UNet(skips=False), name)
    assert torch.equal(without(x), without(y))


def test_the_output_is_not_squashed() -> None:
    model = UNet()
    torch.nn.init.constant_(model.leave.bias, 5.0)
    assert model(torch.rand(1, 1, 8, 8)).max() > 2


# --- pieces of the training


@given(st.integers(1, 30), st.integers(1, 100))
def test_a_small_set_is_repeated_and_a_large_one_cut(size: int, wanted: int) -> None:
    x = torch.arange(size)
    found = train.as_many(x, wanted).tolist()
    assert found == [k % size for k in range(wanted)]


def test_denoise_gives_zero_to_one_in_parts() -> None:
    torch.manual_seed(0)
    model = UNet()
    x = torch.randn(501, 1, 8, 8)
    model.train()
    out = train.denoise(model, x)
    assert out.shape == x.shape
    assert out.min() >= 0
    assert out.max() <= 1
    assert not model.training
    with torch.no_grad():
        assert torch.allclose(out[500:], model(x[500:]).clamp(0, 1), atol=1e-5)


def test_the_grid_holds_the_pictures_in_their_places() -> None:
    rows = [[torch.full((2, 3), v) for v in row] for row in ((0.0, 1.0), (0.2, 0.8))]
    view = grid(rows, "")
    assert (view.width, view.height) == (7, 5)
    sheet = np.frombuffer(view.pixels, np.uint8).reshape(5, 7)
    assert (sheet[:2, :3] == 0).all()
    assert (sheet[:2, 4:] == 255).all()
    assert (sheet[3:, :3] == 51).all()
    assert (sheet[3:, 4:] == 204).all()
    three = triples(*(torch.rand(2, 1, 28, 28) for _ in range(3)))
    assert (three.width, three.height) == (80, 53)


# --- softmax

rows_of_logits = hnp.arrays(np.float64, (3, 4), elements=st.floats(-700, 700))


@given(rows_of_logits)
def test_two_ways_are_right_for_all_logits(z: Any) -> None:
    row = torch.from_numpy(z)
    expected = row.softmax(dim=1)
    assert torch.allclose(softmax.shifted(row), expected, atol=1e-12)
    assert torch.allclose(softmax.by_logarithm(row), expected, atol=1e-9)


def test_the_naive_way_is_right_for_small_ones_and_breaks_for_large() -> None:
    z = torch.tensor([[2.0, 1.0, -1.0]])
    assert torch.allclose(softmax.naive(z), z.softmax(1))
    assert softmax.naive(z * 44).isfinite().all()
    assert softmax.naive(z * 45).isnan().any()
    assert softmax.naive(torch.full((1, 2), -200.0)).isnan().all()


def test_the_softmax_demo_shows_where_it_breaks() -> None:
    table, note = softmax.show(scale=50)
    assert isinstance(table, views.Table)
    cells = {row[0]: row[1:] for row in table.rows}
    assert cells["exp(z)"][0] == "inf"
    assert cells["naive"][0] == "nan"
    assert cells["shifted"] == cells["by_logarithm"]
    assert cells["shifted"][-1] == "1"
    assert "exp(100)" in str(note)
    assert "agree" in str(softmax.show()[1])
    assert "every power becomes 0" in str(softmax.show(a=-10, b=-10, c=-10, scale=30)[1])


# --- idx


@given(
    hnp.arrays(
        np.uint8, hnp.array_shapes(min_dims=1, max_dims=4, max_side=5), elements=st.integers(0, 255)
    )
)
def test_what_was_written_is_read_by_us_and_by_the_shells_reader(array: Any) -> None:
    content = idx.write(array)
    assert np.array_equal(idx.read(content), array)
    assert idx.read_header(content) == array.shape
    with pytest.raises(ValueError, match="do not fit"):
        idx.read(content + b"\0")
    with pytest.raises(ValueError, match=r"do not fit|cut off|begins"):
        idx.read(content[:-1])


def test_the_shell_reads_what_we_write(tmp_path: Path) -> None:
    from dltutor.data import idx as shell

    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (tmp_path / "a").write_bytes(idx.write(array))
    assert np.array_equal(shell.read(tmp_path / "a"), array)


@pytest.mark.parametrize("head", ["1f8b0800", "00000d01 00000001", "0000", ""])
def test_another_file_is_refused(head: str) -> None:
    with pytest.raises(ValueError, match="begins"):
        idx.read_header(bytes.fromhex(head))


def test_the_browser_names_each_number_of_the_header() -> None:
    shown = idx.browse()
    assert isinstance(shown[0], views.Table)
    assert shown[0].rows[0] == (0, "00 00 08 03 00 00 01 67 00 00 00 1c 00 00 00 1c")
    said = " ".join(str(view) for view in shown[1:-1])
    assert "length of axis 0: 359" in said
    assert "length of axis 2: 28" in said
    assert isinstance(shown[-1], views.Picture)


def test_the_browser_knows_the_place_of_a_byte() -> None:
    at = 16 + 784 * 3 + 28 * 8 + 12
    assert idx.meanings(idx.files()["pictures"], at)[0][0].startswith(
        f"Byte {at} is the value at [3, 8, 12]"
    )
    note = idx.browse(file="labels", offset=16)[1]
    assert "at [8]" in str(note)


def test_every_offset_of_the_browser_answers() -> None:
    last = len(idx.files()["pictures"]) - 1
    assert assign(parameters(idx.browse), [f"offset={last}"])["offset"] == last
    with pytest.raises(UsageError):
        assign(parameters(idx.browse), [f"offset={last + 1}"])
    for offset in (0, 5, 15, 16, 790, last - 3, last):
        assert idx.browse(offset=offset)
        assert idx.browse(file="labels", offset=offset)


# --- a real run, and what is done with it

SMALL = ("--data", "builtin", "--set", "pictures=1280", "--set", "epochs=2")


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with one finished run of 40 steps, and the run's events by kind."""
    home = tmp_path_factory.mktemp("chapter2")
    return run_to_end(home, "chapter2", "--data", "builtin", pictures=1280, epochs=2)


def test_a_short_run_takes_noise_away(run_home: RunHome) -> None:
    events = run_home[1]
    finished = events["finished"][0]
    metrics = finished["metrics"]
    assert metrics["psnr_noisy_db"] == pytest.approx(6.02, abs=0.05)
    assert metrics["psnr_gain_db"] > 11
    assert metrics["psnr_db"] == pytest.approx(metrics["psnr_noisy_db"] + metrics["psnr_gain_db"])
    assert -10 * math.log10(metrics["test_loss"]) == pytest.approx(metrics["psnr_db"], abs=1)
    assert 3 < metrics["baseline_clip_psnr_gain_db"] < 4
    assert metrics["baseline_blur_psnr_gain_db"] > metrics["baseline_clip_psnr_gain_db"]
    assert metrics["baseline_linear_psnr_gain_db"] == pytest.approx(15.6, abs=0.2)
    assert finished["parameters"] == 289_953
    assert finished["steps"] == 40
    measured = [event["values"] for event in events["metrics"]]
    assert [set(m) for m in measured] == [{"train_loss", "val_loss", "val_psnr_db"}] * 2
    assert measured[1]["val_psnr_db"] > measured[0]["val_psnr_db"]
    assert "95 % interval" in events["text"][-1]["text"]


def test_each_epoch_shows_a_grid(run_home: RunHome) -> None:
    shown = [(e["name"], e["view"]) for e in run_home[1]["picture"]]
    assert [name for name, _ in shown] == ["grid", "grid", "comparison"]
    first, second = (views.from_json(view) for _, view in shown[:2])
    assert isinstance(first, views.Picture)
    assert isinstance(second, views.Picture)
    sheets = [np.frombuffer(v.pixels, np.uint8).reshape(53, 80) for v in (first, second)]
    # the same noisy and clean pictures each time; the middle ones get better
    assert np.array_equal(sheets[0][:, :26], sheets[1][:, :26])
    assert np.array_equal(sheets[0][:, 54:], sheets[1][:, 54:])
    errors = [float(np.square(s[:, 27:53] / 255.0 - s[:, 54:] / 255.0)[:26].mean()) for s in sheets]
    assert errors[1] < errors[0] < 0.25


def test_own_pictures_are_trained_on(
    dltutor: Callable[..., Any], own_folder: Path, tmp_path: Path
) -> None:
    done = dltutor(
        "run", "chapter2", "--data", own_folder, "--json",
        "--set", "pictures=64", "--set", "epochs=1", "--set", "skips=false",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads(done.out.splitlines()[-1])["metrics"]["psnr_noisy_db"] == pytest.approx(
        6.02, abs=0.1
    )
    asked = dltutor("predict", "chapter2", own_folder / "0.png", "--json")
    assert asked.code == 0, asked.err
    assert json.loads(asked.out)["label"].startswith("removed ")


# --- predictions


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "16 bit"])
@pytest.mark.parametrize("size", [(28, 28), (61, 90), (1, 1)])
def test_a_picture_of_any_size_and_mode(
    mode: str, size: tuple[int, int], tmp_path: Path, trained: Any
) -> None:
    grey = np.zeros(size, dtype=np.uint8)
    grey[size[0] // 3 : size[0] // 2, : size[1] // 2] = 255
    file = tmp_path / "a.png"
    if mode == "16 bit":
        Image.fromarray(grey.astype(np.uint16) * 257).save(file)
    else:
        Image.fromarray(grey).convert(mode).save(file)
    (said,) = prediction.predict(trained, [file])
    assert said.input == str(file)
    assert said.label.startswith("removed ")
    view = said.view
    assert isinstance(view, views.Picture)
    assert (view.width, view.height) == (2 * size[1] + 1, size[0])
    sheet = np.frombuffer(view.pixels, np.uint8).reshape(view.height, view.width)
    assert np.array_equal(sheet[:, : size[1]], grey)  # as it came: no noise, not inverted


def test_prediction_takes_noise_away(trained: Any, digits: data.Pictures) -> None:
    model = prediction.load_model(trained)
    clean = F.pad(prepare(digits.test[:1]), (1, 2, 3, 0))  # 31 x 31
    noisy = fixed_noise(clean, 0.5, 0)
    out = prediction.any_size(model, noisy)
    assert out.shape == noisy.shape
    assert psnr(out, clean).item() > psnr(noisy.clamp(0, 1), clean).item() + 4


def test_filling_up_leaves_a_fitting_picture_alone(trained: Any) -> None:
    model = prediction.load_model(trained)
    x = torch.rand(1, 1, 28, 32)
    assert torch.equal(prediction.any_size(model, x), train.denoise(model, x))


def test_a_large_picture_is_made_smaller(tmp_path: Path) -> None:
    Image.new("L", (2000, 1000), 77).save(tmp_path / "large.png")
    x, size = prediction.read(tmp_path / "large.png")
    assert x.shape == (1, 1, 707, 1414)
    assert size == "2,000 x 1,000 → 1,414 x 707"
    assert torch.allclose(x, torch.tensor(77 / 255))


def test_a_folder_gives_all_its_pictures_and_what_is_none_is_named(
    own_folder: Path, trained: Any
) -> None:
    said = list(prediction.predict(trained, [own_folder]))
    assert sorted(Path(p.input).name for p in said) == [f"{i}.png" for i in range(10)]
    damaged(own_folder)
    with pytest.raises(DataError, match=r"0\.png is not a picture"):
        list(prediction.predict(trained, [own_folder]))


# --- the demo


class Context:
    """What the host gives to a demo where there is no run."""

    lang = "en"
    trained = None


def cells(view: views.View) -> dict[str, tuple[float, float]]:
    assert isinstance(view, views.Table)
    return {str(row[0]): (float(row[1]), float(row[2])) for row in view.rows}


def test_the_demo_answers_without_a_run_and_says_so() -> None:
    strip, table, note = demo.denoised(Context(), sample=7)
    assert isinstance(strip, views.Picture)
    assert (strip.width, strip.height) == (80, 26)
    assert cells(table)["the U-Net"][1] > 10
    assert "trained just now" in str(note)
    assert views.from_json(json.loads(json.dumps(views.to_json(strip)))) == strip


def test_the_demo_says_when_the_net_does_harm() -> None:
    _, table, note = demo.denoised(Context(), noise=0.0)
    assert cells(table)["as it came"] == (100.0, 0.0)
    assert cells(table)["the U-Net"][1] < 0
    assert "does harm" in str(note)


def test_the_demo_repeats_its_noise_and_changes_it_with_the_seed() -> None:
    first, again, other = (demo.denoised(Context(), seed=s)[0] for s in (1, 1, 2))
    assert first == again != other


def test_the_demo_asks_the_run_there_is(trained: Any) -> None:
    class WithRun(Context):
        pass

    WithRun.trained = trained
    _, table, note = demo.denoised(WithRun(), sample=3)
    assert "your own run" in str(note)
    clean = prepare(demo.builtin().test[3:4])
    noisy = fixed_noise(clean, 0.5, 0)
    expected = psnr(train.denoise(prediction.load_model(trained), noisy), clean).item()
    assert cells(table)["the U-Net"][0] == pytest.approx(expected, abs=0.006)


def test_the_demo_offers_each_test_picture_and_no_more(digits: data.Pictures) -> None:
    known = parameters(demo.denoised)
    assert assign(known, [f"sample={len(digits.test) - 1}"])["sample"] == 358
    with pytest.raises(UsageError):
        assign(known, [f"sample={len(digits.test)}"])


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_mnist_gains_12_db(dltutor: Callable[..., Any], data_root: Path) -> None:
    done = dltutor(
        "run", "chapter2", "--data", "full", "--data-root", data_root, "--json",
        "--set", "pictures=4800", "--set", "epochs=2", "--set", "batch_size=32", timeout=390,
    )  # fmt: skip
    assert done.code == 0, done.err
    metrics = json.loads(done.out.splitlines()[-1])["metrics"]
    assert metrics["psnr_gain_db"] >= 12
    assert metrics["psnr_gain_db"] > metrics["baseline_blur_psnr_gain_db"]
    # as the lesson on PSNR has them
    assert metrics["psnr_noisy_db"] == pytest.approx(6.03, abs=0.006)
    # the last two learn from training pictures, of which this run has fewer
    expected = (
        ("clip", 3.36, 0.02),
        ("blur", 8.59, 0.02),
        ("average", 5.83, 0.05),
        ("linear", 11.61, 0.3),
    )
    for name, gain, within in expected:
        assert metrics[f"baseline_{name}_psnr_gain_db"] == pytest.approx(gain, abs=within)

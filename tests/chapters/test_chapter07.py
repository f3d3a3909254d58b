"""Chapter 7: its data, augmentation, training, predictions and demos."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from tests.chapters.runs import RunHome, ends_the_same_when_stopped, run_to_end
from torch import nn

from dltutor import views
from dltutor.data import roots
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError
from dltutor.events import Say, Warn
from dltutor_plugins.chapter07_resnet import (
    augment,
    classify,
    data,
    demo,
    dltutor_chapter,
    photographs,
    train,
)
from dltutor_plugins.chapter07_resnet.config import Config
from dltutor_plugins.chapter07_resnet.fast import ResNet9, whiten
from dltutor_plugins.chapter07_resnet.predict import predict

BUILTIN = DataChoice("builtin", None, "builtin")


@pytest.fixture(scope="module")
def patches() -> data.Pictures:
    return data.load(BUILTIN)


def full(root: Path) -> data.Pictures:
    return data.load(DataChoice("full", root, "CIFAR-10"))


# --- builtin data


def test_builtin_patches_are_ten_photographs_in_three_sets(patches: data.Pictures) -> None:
    assert [len(part.y) for part in patches[:3]] == [3777, 360, 518]
    assert len(patches.classes) == 10
    for part in patches[:3]:
        assert part.x.dtype == torch.uint8
        assert part.x.shape[1:] == (3, 32, 32)
        assert part.x.is_contiguous(memory_format=torch.channels_last)
        counts = part.y.bincount()
        assert counts.max() - counts.min() <= 3
    known = {row.tobytes() for row in patches.train.x.numpy()}
    assert not any(row.tobytes() in known for row in patches.test.x.numpy())


def test_no_pixel_of_a_photograph_is_in_two_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The photographs are replaced by pictures whose every pixel says where it is."""
    order = {name: k for k, name in enumerate(photographs.FILES.values())}
    row, column = np.mgrid[0:512, 0:512]

    def numbered(name: str) -> np.ndarray[Any, Any]:
        number = order[name] * 512 * 512 + row * 512 + column
        return np.stack([number >> 16, number >> 8 & 255, number & 255], axis=2).astype(np.uint8)

    monkeypatch.setattr(photographs, "photograph", numbered)
    sets, _ = photographs.patches()
    seen = []
    for x, y in sets:
        x = x.astype(np.int64)
        pixels = x[..., 0] << 16 | x[..., 1] << 8 | x[..., 2]
        assert (pixels // (512 * 512) == y[:, None, None]).all()
        assert (np.diff(pixels, axis=2) == 1).all(), "a patch is one piece of its photograph"
        there = np.zeros(10 * 512 * 512, dtype=np.int64)
        there[pixels.ravel()] = 1
        seen.append(there)
    assert (sum(seen) == 1).all(), "each pixel is in exactly one set"


# --- CIFAR-10


def record_file(file: Path, n: int = 10_000, seed: int = 0) -> None:
    records = np.random.default_rng(seed).integers(0, 256, (n, 3073), dtype=np.uint8)
    records[:, 0] %= 10
    records.tofile(file)


def test_the_whole_set_is_read_from_its_binary_files(tmp_path: Path) -> None:
    folder = tmp_path / "cifar10" / "cifar-10-batches-bin"
    folder.mkdir(parents=True)
    record_file(folder / "data_batch_1.bin")
    for i in range(2, 6):
        (folder / f"data_batch_{i}.bin").symlink_to(folder / "data_batch_1.bin")
    record_file(folder / "test_batch.bin", seed=1)
    training = dltutor_chapter().training
    assert training is not None
    choice = roots.choose(training, "full", str(tmp_path))
    found = data.load(choice)
    assert [len(part.y) for part in found[:3]] == [45_000, 5_000, 10_000]
    assert found.classes[6] == "frog"
    raw = np.fromfile(folder / "test_batch.bin", dtype=np.uint8).reshape(-1, 3073)
    assert found.test.y[7] == raw[7, 0]
    # red, green and blue planes, row by row
    assert found.test.x[7, 1, 3, 5] == raw[7, 1 + 1024 + 3 * 32 + 5]
    assert np.array_equal(found.test.x[7].flatten().numpy(), raw[7, 1:])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda b: b[:-1], "30,729,999 bytes, where 30,730,000"),
        (lambda b: b"\x0a" + b[1:], "label 10, where 0 ... 9"),
        (None, "No such file"),
    ],
)
def test_a_damaged_file_is_named(
    tmp_path: Path, damage: Callable[[bytes], bytes] | None, said: str
) -> None:
    file = tmp_path / "data_batch_3.bin"
    if damage:
        record_file(file)
        file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(DataError, match=said) as caught:
        data.batch(file)
    assert "data_batch_3.bin" in caught.value.message


def picture(file: Path, colour: tuple[int, int, int], size: int, mode: str = "RGB") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size + 3), colour).convert(mode).save(file)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Reds and blues of several sizes and colour modes: twelve of each."""
    folder = tmp_path / "own"
    modes = ("RGB", "RGBA", "P", "RGB")
    for i in range(12):
        picture(folder / "red" / f"{i}.png", (200, 5 * i, 0), 9 + 7 * i, modes[i % 4])
        picture(folder / "blue" / f"{i}.png", (0, 5 * i, 200), 90 - 7 * i, modes[i % 4])
    return folder


def test_a_folder_of_class_folders_is_split_by_class(own: Path) -> None:
    found = data.load(DataChoice("path", own, "own"))
    assert found.classes == ("blue", "red")
    assert [part.y.bincount().tolist() for part in found[:3]] == [[8, 8], [2, 2], [2, 2]]
    red = found.train.x[found.train.y == 1].float().mean(dim=(0, 2, 3))
    assert red[0] > 150 > 50 > red[2]


def test_subfolders_train_and_test_are_respected(tmp_path: Path) -> None:
    for part, n in (("train", 20), ("test", 4)):
        for k, name in enumerate(("a", "b")):
            for i in range(n):
                picture(tmp_path / part / name / f"{i}.png", (100 * k, i, 9), 32)
    found = data.load(DataChoice("path", tmp_path, "own"))
    assert [part.y.bincount().tolist() for part in found[:3]] == [[18, 18], [2, 2], [4, 4]]
    for i in range(3):
        picture(tmp_path / "test" / "c" / f"{i}.png", (1, 2, 3), 32)
    with pytest.raises(DataError, match="train, test: c"):
        data.load(DataChoice("path", tmp_path, "own"))


def test_a_subset_in_folders_is_the_full_set_and_says_that_it_is_not(tmp_path: Path) -> None:
    for part, n in (("train", 4), ("test", 3)):
        for k, name in enumerate(data.CLASSES):
            for i in range(n):
                picture(tmp_path / "cifar10" / part / name / f"{i}.png", (20 * k, 40 * i, 7), 32)
    training = dltutor_chapter().training
    assert training is not None
    choice = roots.choose(training, "", str(tmp_path))
    assert choice.kind == "full"
    found = data.load(choice)
    assert [len(part.y) for part in found[:3]] == [30, 10, 30]
    said = list(train.describe(choice, found, 30, "en"))
    assert [type(event) for event in said] == [Say, Warn]
    assert "subset of CIFAR-10: 40 of 50,000 pictures to train with and 30 of 10,000" in str(said)
    assert "子集" in str(list(train.describe(choice, found, 30, "zh")))
    assert len(list(train.describe(BUILTIN, found, 30, "en"))) == 1


def test_the_archive_is_the_published_one() -> None:
    training = dltutor_chapter().training
    assert training is not None
    assert training.full is not None
    (file,) = training.full.files
    assert file.bytes == 170_052_171
    assert file.unpack
    assert len(file.sha256) == 64
    # 60,000 records in six files, which the marks name
    assert training.full.marks[0][0] == "cifar-10-batches-bin/data_batch_1.bin"


# --- augmentation


def numbered_batch(n: int = 64) -> torch.Tensor:
    place = torch.arange(32)
    rows = (place[:, None] * 7).expand(32, 32)
    columns = (place[None, :] * 7).expand(32, 32)
    one = torch.stack([rows, columns, torch.full((32, 32), 9)]).to(torch.uint8)
    return one.expand(n, 3, 32, 32).contiguous(memory_format=torch.channels_last)


def test_flip_mirrors_about_half_and_leaves_the_rest() -> None:
    torch.manual_seed(0)
    x = numbered_batch(400)
    flipped = augment.flip(x)
    mirrored = (flipped == x.flip(3)).flatten(1).all(dim=1)
    same = (flipped == x).flatten(1).all(dim=1)
    assert (mirrored ^ same).all()
    assert 150 < mirrored.sum() < 250


def test_each_picture_is_shifted_its_own_way_and_keeps_its_edge() -> None:
    torch.manual_seed(0)
    x = numbered_batch(300)
    moved = augment.translate(x, 4)
    assert moved.dtype == torch.uint8
    assert moved.is_contiguous(memory_format=torch.channels_last)
    found = set()
    for one in moved:
        down, right = int(one[0, 16, 16]) // 7 - 16, int(one[1, 16, 16]) // 7 - 16
        found.add((down, right))
        for place in (0, 5, 31):
            assert one[0, place, 0] == 7 * min(31, max(0, place + down))
            assert one[1, 0, place] == 7 * min(31, max(0, place + right))
    assert {d for d, _ in found} == {r for _, r in found} == set(range(-4, 5))


def test_cutout_blanks_one_square() -> None:
    torch.manual_seed(0)
    holed = augment.cutout(numbered_batch(50) * 0, 8)
    assert ((holed == 120).sum(dim=(1, 2, 3)) == 3 * 64).all()
    rows = (holed[:, 0] == 120).any(dim=2)
    assert (rows.sum(dim=1) == 8).all()
    assert len({tuple(row.tolist()) for row in rows}) > 5


def test_nothing_is_changed_where_all_is_off() -> None:
    x = numbered_batch(4)
    assert torch.equal(augment.augment(x, Config(flip=False, translate=0, cutout=0)), x)


# --- pieces of the training


def test_prepared_pictures_have_mean_0_and_deviation_1() -> None:
    means = torch.tensor(data.MEAN).view(1, 3, 1, 1) * 255
    out = data.prepare(means.expand(2, 3, 4, 4))
    assert out.abs().max() < 1e-5
    white = data.prepare(torch.full((1, 3, 1, 1), 255, dtype=torch.uint8))
    assert white.flatten().tolist() == pytest.approx([2.059, 2.127, 2.116], abs=2e-3)


def test_whitened_outputs_are_uncorrelated(patches: data.Pictures) -> None:
    model = ResNet9(8)
    x = data.prepare(patches.train.x[::4])
    whiten(model, x)
    out = model.first(x)[:, :, 1:-1, 1:-1]  # without the padded edge
    covariance = torch.cov(out.transpose(0, 1).flatten(1).double())
    off = covariance - covariance.diag().diag()
    assert off.abs().max() < 1e-3
    assert covariance.diag().max() <= 1.001
    assert covariance.diag().max() > 0.99
    assert not model.first.weight.requires_grad
    # the sign of an eigenvector is open, and must not depend on the machine
    rows = model.first.weight.flatten(1)
    assert (rows.gather(1, rows.abs().argmax(1, keepdim=True)) > 0).all()


def test_the_rate_rises_falls_and_steps() -> None:
    triangle = [train.rate(d / 100, "triangle") for d in range(101)]
    assert max(triangle) == triangle[25] == 1
    assert triangle[:26] == sorted(triangle[:26])
    assert triangle[25:] == sorted(triangle[25:], reverse=True)
    assert [train.rate(d, "steps") for d in (0, 0.49, 0.5, 0.74, 0.75, 1)] == [
        1, 1, 0.1, 0.1, 0.01, 0.01,
    ]  # fmt: skip
    assert train.rate(0.7, "constant") == 1


def test_the_average_follows_weights_and_statistics() -> None:
    model, average = nn.BatchNorm2d(2), nn.BatchNorm2d(2)
    with torch.no_grad():
        model.weight.fill_(3)
        model.running_mean.fill_(10)  # type: ignore[union-attr]
        model.num_batches_tracked.fill_(7)  # type: ignore[union-attr]
    train.follow(average, model, 0.9)
    share = 1 - 0.9**train.EVERY
    assert average.weight.tolist() == pytest.approx([1 + 2 * share] * 2)
    assert average.running_mean.tolist() == pytest.approx([10 * share] * 2)  # type: ignore[union-attr]
    assert average.num_batches_tracked == 7


def test_a_measurement_is_made_in_evaluation_mode(patches: data.Pictures) -> None:
    torch.manual_seed(0)
    model = ResNet9(4).train()
    before = copy.deepcopy(model.state_dict())
    x = patches.test.x[:501]
    logits = train.all_logits(model, x, False)
    assert logits.shape == (501, 10)
    assert all(torch.equal(v, before[k]) for k, v in model.state_dict().items())
    alone = train.all_logits(model, x[3:4], False)
    assert torch.allclose(alone[0], logits[3], atol=1e-4)
    mirrored = train.all_logits(model, x[:5].flip(3), True)
    assert torch.allclose(mirrored, train.all_logits(model, x[:5], True), atol=1e-4)
    found = train.evaluate(model.train(), patches.test, "test", Config())
    assert set(found) == {"test_loss", "test_accuracy"}
    every = train.all_logits(model, patches.test.x, False)
    expected = F.cross_entropy(every, patches.test.y).item()
    assert found["test_loss"] == pytest.approx(expected, rel=1e-5)


def test_some_pictures_are_always_the_same_ones(patches: data.Pictures) -> None:
    part = train.some(patches.train, 100)
    assert len(part.y) == 100
    assert torch.equal(part.x, train.some(patches.train, 100).x)
    assert train.some(patches.train, 0) is patches.train
    assert train.some(patches.train, 10**6) is patches.train


def test_the_simple_rule_is_better_than_chance(patches: data.Pictures) -> None:
    assert 0.3 < train.nearest_mean(patches.train, patches.test) < 0.6


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    config = Config(scale=0.0625, epochs=2, pictures=150, batch_size=20, average=0.9)
    states = ends_the_same_when_stopped(
        train.train, config, BUILTIN, tmp_path, stop=11, states=("model0", "average")
    )
    assert not torch.equal(states["model0"]["fc.weight"], states["average"]["fc.weight"])


# --- a real run, and what is done with it


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with a finished, shortened run of the quick preset, and its events by kind."""
    home = tmp_path_factory.mktemp("chapter7")
    return run_to_end(
        home, "chapter7", "--preset", "quick", "--data", "builtin", epochs=4, pictures=2500
    )


def test_a_quick_run_learns_the_patches(run_home: RunHome) -> None:
    events = run_home[1]
    metrics = events["finished"][0]["metrics"]
    assert metrics["test_accuracy"] > 0.75
    assert metrics["test_accuracy"] > metrics["baseline_nearest_mean"] + 0.2
    assert [set(e["values"]) for e in events["metrics"]] == [
        {"train_loss", "val_loss", "val_accuracy"}
    ] * 4
    assert [e["name"] for e in events["picture"]] == ["confusion", "most_confused"]
    matrix = events["picture"][0]["view"]["values"]
    assert sum(map(sum, matrix)) == 518
    right = sum(matrix[k][k] for k in range(10))
    assert metrics["test_accuracy"] == pytest.approx(right / 518)
    assert not events.get("warning")
    said = [e["text"] for e in events["text"]]
    assert "2,500 pictures to train, 360 to validate, 518 to test" in said[0]
    assert f"{right} of 518 test samples right" in said[-1]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "CMYK"])
def test_a_picture_of_any_size_and_mode_is_classified(
    mode: str, tmp_path: Path, trained: Any, patches: data.Pictures
) -> None:
    pixels = patches.test.x[160].permute(1, 2, 0).numpy()
    shown = Image.fromarray(pixels).resize((150, 77)).convert(mode)
    file = tmp_path / ("cat.jpg" if mode == "CMYK" else "cat.png")
    shown.save(file)
    (said,) = predict(trained, [file])
    assert said.input == str(file)
    assert said.label == said.probabilities[0][0]
    assert sum(p for _, p in said.probabilities) == pytest.approx(1, abs=1e-4)
    assert isinstance(said.view, views.Picture)
    assert (said.view.width, said.view.height) == (32, 32)


def test_a_folder_is_classified_picture_by_picture(
    tmp_path: Path, trained: Any, patches: data.Pictures
) -> None:
    part = patches.test
    right = 0
    for i in range(0, 518, 37):
        pixels = part.x[i].permute(1, 2, 0).numpy()
        Image.fromarray(pixels).save(tmp_path / f"{i:03}.png")
    said = list(predict(trained, [tmp_path]))
    assert [Path(one.input).name for one in said] == [f"{i:03}.png" for i in range(0, 518, 37)]
    for one in said:
        right += one.label == patches.classes[int(part.y[int(Path(one.input).stem)])]
    assert right >= len(said) * 0.6


def test_what_is_no_picture_is_named(tmp_path: Path, trained: Any) -> None:
    (tmp_path / "note.png").write_text("no picture")
    with pytest.raises(DataError, match=r"note\.png"):
        list(predict(trained, [tmp_path / "note.png"]))


def test_own_pictures_are_trained_on_and_predicted(dltutor: Callable[..., Any], own: Path) -> None:
    settings = ("scale=0.0625", "epochs=6", "batch_size=4", "lr=0.05", "average=0.5")
    given = [part for setting in settings for part in ("--set", setting)]
    done = dltutor("run", "chapter7", "--data", own, *given, "--json", timeout=200)
    assert done.code == 0, done.err
    said = dltutor("predict", "chapter7", own / "red" / "3.png", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["label"] == "red"


# --- the demos


class Context:
    """What the host gives to a demo where there is no run."""

    lang = "en"
    trained = None


def test_gradients_explode_in_plain_networks_only() -> None:
    spread = {}
    for depth in (20, 56):
        chart, note = demo.gradients(depth)
        assert isinstance(chart, views.Chart)
        assert [len(s.y) for s in chart.series] == [depth - 1] * 2
        spread[depth] = [max(s.y) / min(s.y) for s in chart.series]
        assert "Largest gradient over smallest" in str(note)
    assert spread[56][1] > 20 * spread[20][1]
    assert spread[56][1] > 20 * spread[56][0]
    plain = demo.by_layer(9, False, False)
    assert max(plain) < 0.02, "without BatchNorm the plain network's gradient vanishes"
    assert max(demo.by_layer(9, True, False)) > 1


def test_the_twins_of_the_gradient_demo_differ_in_the_shortcut_alone() -> None:
    assert demo.gradients(8) == demo.gradients(13)
    assert demo.gradients(14) != demo.gradients(8)


def test_the_augmentation_demo_begins_with_the_picture() -> None:
    (sheet,) = demo.augment(sample=5)
    assert isinstance(sheet, views.Picture)
    first = np.frombuffer(sheet.pixels, dtype=np.uint8).reshape(sheet.height, sheet.width, 3)
    expected = demo.builtin().test.x[5].permute(1, 2, 0).numpy()
    assert np.array_equal(first[:32, :32], expected)
    (still,) = demo.augment(sample=5, flip=False, shift=0, hole=0)
    pixels = np.frombuffer(still.pixels, dtype=np.uint8).reshape(67, 101, 3)
    for top, left in ((0, 34), (0, 68), (33, 0), (33, 34), (33, 68)):
        assert np.array_equal(pixels[top : top + 32, left : left + 32], expected)


def test_the_schedule_demo_shows_three_courses() -> None:
    (chart,) = demo.schedules(peak=0.5, epochs=8)
    assert isinstance(chart, views.Chart)
    assert [max(s.y) for s in chart.series] == pytest.approx([0.5] * 3)
    assert [s.x[-1] for s in chart.series] == [8] * 3


def test_a_picture_is_classified_without_a_run(tmp_path: Path) -> None:
    shown, bars, note = classify.classify(Context(), sample=160)
    assert isinstance(shown, views.Picture)
    assert isinstance(bars, views.Chart)
    assert sum(bars.series[0].y) == pytest.approx(1, abs=1e-4)
    assert "trained just now on 1,000" in str(note)
    test = demo.builtin().test
    logits = train.all_logits(classify.small_model()[0], test.x, False)
    assert (logits.argmax(dim=1) == test.y).float().mean() > 0.7
    picture(tmp_path / "x.png", (9, 9, 9), 300)
    assert len(classify.classify(Context(), file=str(tmp_path / "x.png"))) == 3
    with pytest.raises(DataError, match=r"none\.png does not exist"):
        classify.classify(Context(), file=str(tmp_path / "none.png"))


def test_the_learners_own_run_is_asked(trained: Any) -> None:
    class WithRun(Context):
        pass

    WithRun.trained = trained
    _, _, note = classify.classify(WithRun(), sample=3)
    assert "your own run" in str(note)


# --- CIFAR-10's subset


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_small_network_learns_the_subset(dltutor: Callable[..., Any], data_root: Path) -> None:
    if not (data_root / "cifar10").is_dir():
        pytest.skip("the data root holds no cifar10")
    settings = ("epochs=4", "scale=0.125", "lr=0.1", "pictures=2000", "batch_size=64")
    given = [part for setting in settings for part in ("--set", setting)]
    done = dltutor(
        "run", "chapter7", "--data", "full", "--data-root", data_root, *given, "--json", timeout=290
    )
    assert done.code == 0, done.err
    metrics = json.loads(done.out.splitlines()[-1])["metrics"]
    assert metrics["test_accuracy"] > metrics["baseline_nearest_mean"] + 0.1

"""Chapter 6: dataset, transforms, loaders, training, TensorBoard files, predictions, demos."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader

from dltutor import registry, views
from dltutor.data.digits import Digits, Part, builtin, frame
from dltutor.errors import DataError
from dltutor.runs import follow, launch
from dltutor.runs.folder import RunFolder
from dltutor.runs.host import Host, HostError
from dltutor.training import checkpoint
from dltutor_plugins.chapter06_data import curve, gallery
from dltutor_plugins.chapter06_data.config import Config
from dltutor_plugins.chapter06_data.data import Pictures, augmentation, prepare, seeded, whole
from dltutor_plugins.chapter06_data.loader import by_hand, collate, make_loader, ragged
from dltutor_plugins.chapter06_data.model import SmallCNN, for_table
from dltutor_plugins.chapter06_data.noise import two_epochs
from dltutor_plugins.chapter06_data.predict import predict
from dltutor_plugins.chapter06_data.show import mistakes, sheet
from dltutor_plugins.chapter06_data.threads import one_thread
from dltutor_plugins.chapter06_data.train import loss_and_accuracy

SETTINGS = ("epochs=3", "batch_size=32", "augment=affine", "workers=2")


@pytest.fixture(scope="module")
def digits() -> Digits:
    return builtin()


def some(digits: Digits, n: int, augment: str = "none", seed: int = 0) -> Pictures:
    part = Part(digits.train.x[:n].copy(), digits.train.y[:n].copy())
    return Pictures(part, augmentation(augment), seed)


# --- dataset and transforms


def test_an_item_is_one_picture_and_its_class(digits: Digits) -> None:
    data = some(digits, 12)
    x, y = data[3]
    assert x.shape == (1, 28, 28)
    assert x.dtype == torch.uint8
    assert type(y) is int
    assert y == digits.train.y[3]
    assert len(data) == 12
    assert sum(1 for _ in itertools.islice(iter(data), 50)) == 12  # type: ignore[call-overload]


def test_a_loop_over_a_dataset_has_no_batches_and_no_error(digits: Digits) -> None:
    """What lesson 1 opens with: the channel stands where the batch should."""
    perceptron = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))
    x, y = some(digits, 2)[0]
    logits = perceptron(prepare(x))
    assert logits.shape == (1, 10)
    assert F.cross_entropy(logits, torch.tensor([y])).isfinite()


@pytest.mark.parametrize("name", ["none", "shift", "affine", "elastic", "flip"])
def test_a_transform_changes_the_picture_and_neither_its_label_nor_the_set(
    digits: Digits, name: str
) -> None:
    data = some(digits, 20, name)
    before, labels = data.x.clone(), data.y.tolist()
    samples = [data[i] for i in range(20)]
    assert all(x.shape == (1, 28, 28) and x.dtype == torch.uint8 for x, _ in samples)
    assert [y for _, y in samples] == labels
    assert torch.equal(data.x, before)
    changed = sum(not torch.equal(x, before[i]) for i, (x, _) in enumerate(samples))
    assert changed == 0 if name == "none" else changed >= 5


def test_seed_epoch_and_position_alone_decide(digits: Digits) -> None:
    data = some(digits, 20, "affine", seed=5)
    first = data[3][0]
    torch.rand(9)
    data[4]
    assert torch.equal(data[3][0], first)
    assert torch.equal(copy.deepcopy(data)[3][0], first)
    data.epoch = 1
    assert not torch.equal(data[3][0], first)
    other = some(digits, 20, "affine", seed=6)
    assert not torch.equal(other[3][0], first)


def test_seeded_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    draws = set()
    for seed, epoch, i in itertools.product(range(4), repeat=3):
        with seeded(seed, epoch, i):
            draws.add(torch.rand(1).item())
    assert len(draws) == 64
    assert torch.equal(torch.rand(2), expected)
    with pytest.raises(KeyError), seeded(0, 0, 0):
        raise KeyError
    assert not torch.equal(torch.rand(2), expected)


def test_a_transform_of_a_batch_draws_once() -> None:
    change = augmentation("affine")
    assert change is not None
    batch = torch.zeros(6, 1, 28, 28, dtype=torch.uint8)
    batch[:, :, 5:9, 5:20] = 200
    moved = change(batch)
    assert all(torch.equal(moved[0], one) for one in moved)


# --- loaders


def test_the_loader_by_hand_gives_what_a_dataloader_gives(digits: Digits) -> None:
    data = some(digits, 50)
    hand = list(by_hand(data, 50, 16, torch.Generator().manual_seed(2)))
    order = torch.randperm(50, generator=torch.Generator().manual_seed(2)).tolist()
    loader = list(DataLoader(data, batch_size=16, sampler=order))
    assert [len(y) for _, y in hand] == [16, 16, 16, 2]
    for (x, y), (u, v) in zip(hand, loader, strict=True):
        assert torch.equal(x, u)
        assert torch.equal(y, v)
        assert y.dtype == torch.int64


def test_workers_bring_the_same_pictures_in_the_same_order(digits: Digits) -> None:
    data = some(digits, 40, "affine")
    plan = [list(range(i, i + 8)) for i in range(0, 40, 8)]
    state = torch.get_rng_state()
    alone, two = (list(make_loader(data, plan, workers, False)) for workers in (0, 2))
    assert torch.equal(torch.get_rng_state(), state), "the loaders left the generator alone"
    for (x, y), (u, v) in zip(alone, two, strict=True):
        assert torch.equal(x, u)
        assert torch.equal(y, v)


def test_ragged_samples_are_padded_and_keep_their_lengths() -> None:
    samples = [(torch.tensor([7.0, 1, 4]), 0), (torch.tensor([2.0, 9, 9, 6, 3]), 1)]
    x, lengths, y = ragged(samples)
    assert x.tolist() == [[7, 1, 4, 0, 0], [2, 9, 9, 6, 3]]
    assert lengths.tolist() == [3, 5]
    assert y.tolist() == [0, 1]
    with pytest.raises(RuntimeError, match=r"got \[3\] at entry 0 and \[5\] at entry 1"):
        collate(samples)


def test_a_generator_of_ones_own_repeats_itself_in_workers() -> None:
    assert two_epochs(0) == [[850, 636, 511, 269], [307, 40, 75, 16]]
    assert two_epochs(2) == [[850, 850, 636, 636]] * 2
    cured = two_epochs(2, cured=True)
    assert len({n for epoch in cured for n in epoch}) == 8


# --- model and figures


def test_the_model_gives_logits() -> None:
    model, example = for_table(Config())
    assert model.eval()(example).shape == (1, 10)
    assert sum(p.numel() for p in model.parameters()) == 160 + 4640 + 15690
    assert SmallCNN(3)(torch.rand(2, 1, 28, 28)).shape == (2, 3)


def test_loss_and_accuracy_are_means_over_pictures() -> None:
    logits, y = torch.randn(7, 3), torch.randint(3, (7,))
    loss, accuracy = loss_and_accuracy(logits, y)
    assert loss == pytest.approx(F.cross_entropy(logits, y).item())
    assert accuracy == pytest.approx((logits.argmax(1) == y).double().mean().item())


def test_a_sheet_shows_every_picture_once() -> None:
    pictures = torch.stack([torch.full((1, 28, 28), 10 * k, dtype=torch.uint8) for k in range(5)])
    field = sheet(pictures)
    assert field.shape == (53, 80)
    corners = [int(field[top, left]) for top in (0, 27) for left in (0, 27, 54)]
    assert corners == [0, 10, 20, 30, 40, 0]


def test_the_worst_mistakes_come_first(digits: Digits) -> None:
    part = whole(Part(digits.test.x[:3], np.array([1, 2, 0])), "cpu")
    logits = torch.tensor([[3.0, 0, 0], [9.0, 0, 0], [9.0, 0, 0]])
    caption = mistakes(logits, part, ("a", "b", "c"))[1]
    assert caption["en"].endswith("c→a, b→a")  # type: ignore[index]
    none = mistakes(F.one_hot(part.y, 3).float(), part, ("a", "b", "c"))[1]
    assert none["zh"] == "没有任何错误"  # type: ignore[index]


# --- runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, RunFolder]]:
    """One training three times: without workers, with two, and with two, stopped and resumed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DLTUTOR_HOME", str(tmp_path_factory.mktemp("chapter6")))
        patch.setenv("DLTUTOR_LANG", "en")
        patch.delenv("DLTUTOR_DATA", raising=False)
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        chapter = registry.find("chapter6")

        def begin(*more: str) -> RunFolder:
            plan = launch.plan(chapter, settings=[*SETTINGS, *more], data="builtin", seed=1)
            return launch.start(chapter, plan)

        stopped = begin()
        for event in follow.follow(stopped):
            if event and event["event"] == "progress" and event["step"] > 45:
                break
        assert launch.stop(stopped)
        at = stopped.result()["step"]  # type: ignore[index]
        assert 37 < at < 111, "in the middle of the second epoch or later"
        launch.resume(stopped)
        follow.to_end(stopped)
        made = {"stopped": stopped, "two": begin(), "none": begin("workers=0")}
        for name in ("two", "none"):
            follow.to_end(made[name])
        assert all(run.state() == "finished" for run in made.values())
        yield made


def weights(run: RunFolder) -> list[torch.Tensor]:
    return [t for model in checkpoint.read(run.best)["models"].values() for t in model.values()]


def test_workers_and_a_stop_change_no_bit_of_the_weights(runs: dict[str, RunFolder]) -> None:
    one = weights(runs["two"])
    for other in ("none", "stopped"):
        assert all(torch.equal(a, b) for a, b in zip(one, weights(runs[other]), strict=True))
    losses = [
        [e["values"] for e in run.events()[0] if e["event"] == "metrics"] for run in runs.values()
    ]
    assert losses[0] == losses[1] == losses[2]


def test_the_run_learns_and_shows_what_it_was_fed(runs: dict[str, RunFolder]) -> None:
    events = runs["two"].events()[0]
    finished = events[-1]
    assert finished["metrics"]["test_accuracy"] > 0.7
    assert finished["steps"] == 3 * 37
    assert set(finished["time_split"]) == {"data", "forward", "backward", "step"}
    shown = [e["name"] for e in events if e["event"] == "picture"]
    assert shown == ["augmented", "confusion", "most_confused", "mistakes"]


@pytest.mark.parametrize("name", ["two", "stopped"])
def test_tensorboard_reads_scalars_pictures_and_the_graph(
    runs: dict[str, RunFolder], name: str
) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = runs[name]
    reader = EventAccumulator(str(run.path / "tensorboard"), size_guidance={"images": 0})
    reader.Reload()
    tags = reader.Tags()
    assert set(tags["scalars"]) == {
        "step/loss",
        "step/learning_rate",
        "epoch/train_loss",
        "epoch/val_loss",
        "epoch/val_accuracy",
    }
    steps = [point.step for point in reader.Scalars("step/loss")]
    assert steps == list(range(0, 111, 10)), "each once, also after a stop"
    measured = [e["values"] for e in run.events()[0] if e["event"] == "metrics"]
    for figure in ("train_loss", "val_loss", "val_accuracy"):
        points = reader.Scalars(f"epoch/{figure}")
        assert [p.step for p in points] == [36, 73, 110]
        assert [p.value for p in points] == pytest.approx([m[figure] for m in measured], rel=1e-6)
    assert set(tags["images"]) == {"augmented", "mistakes"}
    picture = reader.Images("augmented")[0]
    assert (picture.width, picture.height) == (80, 53)
    assert picture.encoded_image_string.startswith(b"\x89PNG")
    assert len(reader.Images("mistakes")) == 3
    assert tags["graph"]
    kinds = {node.op for node in reader.Graph().node}
    assert "aten::_convolution" in kinds or "aten::conv2d" in kinds
    assert "aten::linear" in kinds


def test_tensors_without_a_loader_learn_too(dltutor: Any) -> None:
    done = dltutor(
        "run", "6", "--data", "builtin", "--json", "--set", "epochs=1", "--set", "batch_size=64",
        "--set", "loader=tensors", "--set", "augment=shift",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert '"event": "finished"' in done.out or '"event":"finished"' in done.out


# --- predictions


@pytest.fixture
def trained(runs: dict[str, RunFolder], monkeypatch: pytest.MonkeyPatch) -> Any:
    from dltutor.training.trained import TrainedRun

    return TrainedRun(runs["two"], "cpu")


def seven() -> np.ndarray[Any, Any]:
    grey = np.zeros((60, 100), dtype=np.uint8)
    grey[10:16, 50:80] = 255
    for row in range(16, 50):
        column = 76 - (row - 16) // 2
        grey[row, column - 3 : column + 3] = 255
    return grey


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "CMYK.jpg"])
def test_a_picture_of_any_mode_and_size_is_read(mode: str, tmp_path: Path, trained: Any) -> None:
    mode, _, ending = mode.partition(".")
    file = tmp_path / f"seven.{ending or 'png'}"
    Image.fromarray(255 - seven()).convert(mode).save(file)
    (one,) = predict(trained, [file])
    assert one.input == str(file)
    assert one.label == one.probabilities[0][0]
    assert sum(p for _, p in one.probabilities) == pytest.approx(1, abs=1e-5)
    assert len(one.probabilities) == 10
    assert isinstance(one.view, views.Picture)
    assert (one.view.width, one.view.height) == (28, 28)
    # the same digit, whatever holds it: bright ink on black
    picture = np.frombuffer(one.view.pixels, np.uint8).reshape(28, 28).astype(float)
    alike = np.corrcoef(picture.ravel(), frame(seven()).ravel())[0, 1]
    assert alike > 0.95


def test_a_folder_is_searched_to_its_ends_and_a_fault_names_its_file(
    tmp_path: Path, trained: Any
) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for place in ("in/b.png", "in/deep/a.png"):
        Image.fromarray(seven()).save(tmp_path / place)
    (tmp_path / "in" / "note.txt").write_text("no picture")
    assert [Path(p.input).name for p in predict(trained, [tmp_path / "in"])] == ["b.png", "a.png"]
    blank = tmp_path / "blank.png"
    Image.new("L", (40, 40), 200).save(blank)
    with pytest.raises(DataError, match=r"blank\.png: nothing is drawn"):
        list(predict(trained, [blank]))


def test_own_pictures_become_classes_and_are_predicted(dltutor: Any, tmp_path: Path) -> None:
    folder = tmp_path / "bars"
    for name in ("lying", "standing"):
        (folder / name).mkdir(parents=True)
        for i, mode in enumerate(["L", "RGB", "RGBA", "P", "1", "L", "RGB"] * 3):
            grey = np.zeros((20 + 5 * (i % 7), 40), dtype=np.uint8)
            if name == "lying":
                grey[8:12] = 255
            else:
                grey[:, 18:22] = 255
            Image.fromarray(grey).convert(mode).save(folder / name / f"{i}.png")
    done = dltutor(
        "run", "6", "--data", folder, "--json", "--set", "epochs=12", "--set", "batch_size=8",
        "--set", "augment=shift", "--set", "workers=0",
    )  # fmt: skip
    assert done.code == 0, done.err
    said = dltutor("predict", "6", folder / "standing" / "0.png", folder / "lying", "--json")
    assert said.code == 0, said.err
    assert said.out.index("standing") < said.out.index("lying")


# --- demos


def test_the_curve_demo_tells_four_cases_apart() -> None:
    def said(**settings: Any) -> str:
        chart, note = curve.curve(**settings)
        assert isinstance(chart, views.Chart)
        assert len(chart.series[0].y) == len(chart.series[1].y) == settings.get("epochs", 30)
        assert isinstance(note, views.Note)
        return str(note.text["en"])  # type: ignore[index]

    assert said().startswith("Healthy")
    assert said(lr=3.0).startswith("The learning rate is too high")
    assert said(lr=10.0, epochs=5).startswith("The learning rate is too high")
    assert said(lr=0.001).startswith("The learning rate is too low")
    assert said(lr=0.3, pictures=60).startswith("Overfitting")
    assert said(wrong=0.3, lr=0.03).startswith("Healthy")


@pytest.mark.parametrize(
    ("train", "val", "verdict"),
    [
        ([2.2, float("nan")], [2.2, float("nan")], "too fast"),
        ([9.0, 2.3, 2.3, 2.3], [3.0, 2.3, 2.3, 2.3], "too fast"),
        ([2.3, 1.0, 2.0, 0.9, 1.9], [2.2, 1.0, 2.0, 0.9, 1.9], "too fast"),
        ([2.30, 2.29, 2.28, 2.27], [2.30, 2.29, 2.28, 2.27], "too slow"),
        ([2.3, 2.0, 1.6, 1.3, 1.1], [2.3, 2.0, 1.6, 1.3, 1.1], "too slow"),
        ([2.3, 1.5, 2.6, 2.0, 1.8], [2.3, 1.5, 3.6, 2.0, 1.8], "too fast"),
        ([2.0, 0.5, 0.1, 0.0], [1.5, 0.6, 0.7, 0.8], "overfitted"),
        ([2.0, 0.5, 0.1, 0.01], [1.8, 0.9, 0.8, 0.8], "overfitted"),
        ([2.0, 0.5, 0.2, 0.19], [1.5, 0.5, 0.3, 0.3], "healthy"),
    ],
)
def test_what_a_pair_of_curves_says(train: list[float], val: list[float], verdict: str) -> None:
    assert curve.diagnose(train, val, curve.START) == verdict


def test_the_small_training_of_the_demo_is_what_autograd_gives() -> None:
    """One epoch with one batch: hand-written gradients against torch's."""
    x, y = (t.clone() for t in curve.digits()[:2])
    random = torch.Generator().manual_seed(0)
    torch.rand(100, generator=random)
    torch.randint(10, (0,), generator=random)
    w1 = (torch.randn(196, 64, generator=random) * (2 / 196) ** 0.5).requires_grad_()
    w2 = (torch.randn(64, 10, generator=random) * (2 / 64) ** 0.5).requires_grad_()
    b1, b2 = torch.zeros(64, requires_grad=True), torch.zeros(10, requires_grad=True)
    parameters = [w1, b1, w2, b2]
    optimiser = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
    expected = []
    for _ in range(5):
        torch.randperm(100, generator=random)
        loss = F.cross_entropy((x[:100] @ w1 + b1).relu() @ w2 + b2, y[:100])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        expected.append(loss.item())
    assert curve.fit(0.1, 100, 0.0, 5)[0] == pytest.approx(expected, rel=1e-4)


def test_the_gallery_shows_six_epochs_of_one_picture() -> None:
    def notes(**settings: Any) -> str:
        picture, note = gallery.transforms(**settings)
        assert isinstance(picture, views.Picture)
        assert (picture.width, picture.height) == (80, 53)
        assert isinstance(note, views.Note)
        return str(note.text["en"])  # type: ignore[index]

    assert "6 of the 6" in notes(augment="affine")
    assert "1 of the 6" in notes(augment="none")
    assert "2 of the 6" in notes(augment="flip", sample=3)
    one, other = (gallery.transforms(seed=4, epoch=2)[0] for _ in range(2))
    assert one == other


def test_the_throughput_demo_measures_in_a_host_and_leaves_no_process_behind() -> None:
    psutil = pytest.importorskip("psutil")
    with Host(registry.find("chapter6")) as host:
        chart, table, note = host.demo("throughput", ["work=wait", "batch=16", "workers=2"])
        assert isinstance(chart, views.Chart)
        assert [len(s.y) for s in chart.series] == [4] * 4
        assert all(value > 0 for s in chart.series for value in s.y)
        assert isinstance(table, views.Table)
        assert [row[0] for row in table.rows] == [
            "0 workers", "1 worker", "2 workers", "4 workers",
        ]  # fmt: skip
        assert isinstance(note, views.Note)
        process = psutil.Process(host._process.pid)  # type: ignore[union-attr]
        workers = process.children(recursive=True)
        assert len(workers) >= 7
        again = host.demo("throughput", ["work=index", "batch=64", "workers=4"])
        assert isinstance(again[1], views.Table)
        assert len(again[1].rows) == 5
        assert {w.pid for w in process.children(recursive=True)} == {w.pid for w in workers}
        with pytest.raises(HostError, match="batch"):
            host.demo("throughput", ["batch=5"])
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert alive == [], "workers notice that the process they belong to is gone"


def test_small_computations_take_one_thread_and_give_the_others_back() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 3
    torch.set_num_threads(before)


# --- full MNIST


def test_full_mnist_is_fed_through_workers(data_root: Path) -> None:
    from dltutor.data.digits import mnist

    digits = mnist(data_root / "MNIST" / "raw")
    data = Pictures(digits.train, augmentation("shift"))
    assert len(data) == 55_000
    x, y = next(iter(make_loader(data, [[0, 1, 54_999]], 2, False)))
    assert x.shape == (3, 1, 28, 28)
    assert y.tolist()[:2] == [5, 0]

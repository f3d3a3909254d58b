"""Chapter 15: detection, people and their splits, losses, error rates, gallery, training."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
cv2 = pytest.importorskip("cv2")
dlib = pytest.importorskip("dlib")
pytest.importorskip("skimage")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from PIL import Image  # noqa: E402
from sklearn.metrics import roc_auc_score, roc_curve  # noqa: E402

from dltutor import content  # noqa: E402
from dltutor.data.roots import DataChoice, choose  # noqa: E402
from dltutor.errors import DataError, UsageError  # noqa: E402
from dltutor.views import Note, Picture, Table  # noqa: E402
from dltutor_plugins.chapter15_faces import (  # noqa: E402
    baselines,
    data,
    demo,
    detect,
    dltutor_chapter,
    gallery,
    losses,
    protocol,
    roc,
    threshold,
    train,
)
from dltutor_plugins.chapter15_faces.config import Config  # noqa: E402
from dltutor_plugins.chapter15_faces.model import Embedder, embed  # noqa: E402

BUILTIN = DataChoice("builtin", None, "builtin")


@pytest.fixture(scope="module")
def people() -> data.People:
    return data.builtin()


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray[Any, Any]:
    from skimage.data import astronaut as picture

    return np.asarray(picture())


@pytest.fixture
def orl(data_root: Path) -> Path:
    folder = data_root / "lfw-deepfunneled"
    if not (folder / "Subject_01").is_dir():
        pytest.skip("the data root holds no ORL faces in LFW's layout")
    return folder


# --- detection


def test_a_face_is_found_and_the_picture_stays(astronaut: np.ndarray[Any, Any]) -> None:
    before = astronaut.copy()
    first = detect.detect(astronaut)[0]
    left, top, right, bottom = first.box
    assert left < 225 < right  # the nose of Eileen Collins
    assert top < 115 < bottom
    assert abs((right - left) - (bottom - top)) <= 2
    framed = detect.draw_boxes(astronaut, [first])
    assert framed[top, left].tolist() == [0, 255, 0]
    detect.crop(astronaut, first.box)
    assert (astronaut == before).all()


@pytest.mark.parametrize("shape", [(300, 300), (7, 9, 3), (1, 1), (3, 900)])
def test_where_there_is_no_face_the_whole_picture_is_taken(shape: tuple[int, ...]) -> None:
    face, box = detect.face_of(np.full(shape, 200, np.uint8))
    assert box is None
    assert face.shape == (56, 48)
    assert (face == 200).all()


@pytest.mark.parametrize("box", [(-20, -30, 20, 10), (90, 90, 130, 130), (30, 30, 70, 70)])
def test_a_crop_at_the_edge_repeats_it(box: tuple[int, int, int, int]) -> None:
    rows = np.tile(np.arange(100, dtype=np.uint8)[:, None], (1, 100))
    face = detect.crop(rows, detect.Box(*box))
    assert face.shape == (56, 48)
    assert (np.diff(face[:, 24].astype(int)) >= 0).all()  # in order: nothing wrapped round
    outside = 0 if box[1] < 0 else 99 if box[3] > 100 else None
    if outside is not None:
        assert face[0 if outside == 0 else -1, 24] == outside


def test_the_detector_finds_at_least_95_of_100_faces(orl: Path) -> None:
    """Lesson 2 says of how many."""
    files = sorted(orl.glob("*/*.jpg"))
    assert len(files) == 400
    before = {file: file.stat().st_mtime_ns for file in files}
    found = [bool(detect.detect(cv2.imread(str(file), cv2.IMREAD_GRAYSCALE))) for file in files]
    assert sum(found) >= 0.95 * 400
    for lang in ("en", "zh"):
        assert f" {sum(found)}" in content.find_lesson(dltutor_chapter(), "detect", lang).body
    assert {file: file.stat().st_mtime_ns for file in files} == before


def test_landmarks_turn_a_face_upright(tmp_path: Path, astronaut: np.ndarray[Any, Any]) -> None:
    """With a real landmark file: one that dlib trains here on four tilted pictures."""
    grey = cv2.cvtColor(astronaut[:256, 96:352], cv2.COLOR_RGB2GRAY)
    box = detect.detect(grey)[0].box
    points = np.array([[142, 105], [131, 106], [105, 107], [116, 108], [126, 130]], float)
    pictures, objects = [], []
    centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    for angle in (-12, -4, 4, 12):
        turn = cv2.getRotationMatrix2D(centre, angle, 1)
        pictures.append(cv2.warpAffine(grey, turn, (256, 256), borderMode=cv2.BORDER_REPLICATE))
        moved = points @ turn[:, :2].T + turn[:, 2]
        parts = dlib.points([dlib.point(*map(round, p)) for p in moved.tolist()])
        objects.append([dlib.full_object_detection(dlib.rectangle(*box), parts)])
    options = dlib.shape_predictor_training_options()
    options.num_threads, options.oversampling_amount, options.cascade_depth = 1, 20, 6
    options.tree_depth, options.num_trees_per_cascade_level, options.nu = 2, 50, 0.3
    file = str(tmp_path / "five.dat")
    dlib.train_shape_predictor(pictures, objects, options).save(file)

    def tilt(picture: Any) -> float:
        left, right = detect.eyes(picture, box, file)
        return float(np.degrees(np.arctan2(right[1] - left[1], right[0] - left[0])))

    tilted = pictures[3]
    assert abs(tilt(tilted)) > 6
    assert abs(tilt(detect.upright(tilted, box, file))) < abs(tilt(tilted)) / 2


def test_a_wrong_landmark_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "no.dat"
    with pytest.raises(DataError, match="does not exist"):
        detect.landmark_model(str(file))
    file.write_bytes(b"not a model")
    with pytest.raises(DataError, match="no landmark model"):
        detect.landmark_model(str(file))


# --- people


def test_the_builtin_people_are_the_same_every_time(people: data.People) -> None:
    again = data.builtin()
    assert people.x.shape == (1200, 56, 48)
    assert (people.x == again.x).all()
    assert np.bincount(people.y).tolist() == [12] * 100
    assert len({face.tobytes() for face in people.x}) == 1200


def test_splits_share_no_person_and_test_everybody_once(people: data.People) -> None:
    tested: list[int] = []
    for split in range(data.SPLITS):
        parts = data.hold_out(people, split)
        groups = [set(part.y.tolist()) for part in parts]
        assert sum(map(len, groups)) == len(set.union(*groups)) == 100
        for part, group in zip(parts, groups, strict=True):
            assert len(part.x) == len(part.files) == 12 * len(group)
            assert all(
                f.startswith(people.names[k]) for f, k in zip(part.files, part.y, strict=True)
            )
        tested += groups[2]
    assert sorted(tested) == list(range(100))
    with pytest.raises(UsageError, match="4 splits"):
        data.hold_out(people, 4)


def save_people(folder: Path, people: data.People, count: int, mode: str = "L") -> None:
    for k in range(count):
        for n, i in enumerate(np.flatnonzero(people.y == k)[:3]):
            file = folder / people.names[k] / f"{people.names[k]}_{n + 1:04d}.jpg"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(people.x[i]).convert(mode).save(file)


def test_own_people_are_folders_of_any_pictures(tmp_path: Path, people: data.People) -> None:
    save_people(tmp_path, people, 9, "RGB")
    Image.fromarray(people.x[0]).convert("RGBA").resize((31, 77)).save(
        tmp_path / "face-00" / "b.png"
    )
    read = data.load(DataChoice("path", tmp_path, "mine"))
    assert read.x.shape == (28, 56, 48)
    assert read.names == people.names[:9]
    assert read.files[0] == "face-00/b.png"
    assert np.bincount(read.y).tolist() == [4] + [3] * 8


def test_too_few_people_are_refused(tmp_path: Path, people: data.People) -> None:
    save_people(tmp_path, people, 7)
    with pytest.raises(DataError, match="7 people") as caught:
        data.load(DataChoice("path", tmp_path, "mine"))
    assert "8 people" in caught.value.hint


@pytest.mark.parametrize("inside", ["", "lfw_funneled"])
def test_lfw_is_found_under_both_folder_names(
    tmp_path: Path, people: data.People, inside: str
) -> None:
    folder = tmp_path / "lfw-deepfunneled" / inside
    save_people(folder, people, 9)
    last = folder / "Zydrunas_Ilgauskas" / "Zydrunas_Ilgauskas_0001.jpg"
    last.parent.mkdir()
    wide = np.zeros((250, 250), np.uint8)
    wide[70:195, 78:172] = 255  # the middle, which is cut out
    Image.fromarray(wide).save(last, quality=100)
    training = dltutor_chapter().training
    assert training is not None
    choice = choose(training, "full", str(tmp_path))
    read = data.load(choice)
    assert len(read.names) == 10
    assert read.x[read.y == read.names.index("Zydrunas_Ilgauskas")].min() > 250


# --- error rates


def slow_rates(distance: Any, same: Any, t: float) -> tuple[float, float]:
    accept = sum(d <= t for d, s in zip(distance, same, strict=True) if not s) / (~same).sum()
    reject = sum(d > t for d, s in zip(distance, same, strict=True) if s) / same.sum()
    return float(accept), float(reject)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=4, max_size=30))
def test_the_curve_is_that_of_a_slow_loop_and_of_sklearn(pairs: list[tuple[int, bool]]) -> None:
    pairs = [*pairs, (3, True), (4, False)]
    distance = np.array([d for d, _ in pairs]) / 4
    same = np.array([s for _, s in pairs])
    curve = roc.roc(distance, same)
    assert curve.threshold[1:].tolist() == sorted(set(distance.tolist()))
    for t, accept, reject in zip(*curve, strict=True):
        assert (accept, reject) == pytest.approx(slow_rates(distance, same, t))
    rate, t = roc.equal_error(curve)
    accept, reject = slow_rates(distance, same, t)
    assert accept >= reject - 1e-12  # at t the kinds have crossed ...
    below = [x for x in curve.threshold if x < t]
    a, r = slow_rates(distance, same, below[-1])
    assert a <= r + 1e-12  # ... and just below it they had not
    assert min(a, reject) - 1e-9 <= rate <= max(accept, r) + 1e-9
    false_accept, true_accept, _ = roc_curve(same, -distance, drop_intermediate=False)
    assert curve.false_accept.tolist() == pytest.approx(false_accept.tolist())
    assert (1 - curve.false_reject).tolist() == pytest.approx(true_accept.tolist())
    assert roc.area(curve) == pytest.approx(roc_auc_score(same, -distance))


def test_equal_error_rates_that_one_can_see() -> None:
    same = np.array([True, True, False, False])
    assert roc.equal_error(roc.roc(np.array([0.1, 0.2, 0.8, 0.9]), same))[0] == 0
    assert roc.equal_error(roc.roc(np.array([0.2, 0.8, 0.5, 1.0]), same))[0] == 0.5
    assert roc.equal_error(roc.roc(np.ones(4), same))[0] == 0.5
    assert roc.equal_error(roc.roc(np.array([0.8, 0.9, 0.1, 0.2]), same))[0] == 1


def test_all_pairs_come_once_and_none_with_itself() -> None:
    y = np.array([0, 0, 1, 1, 1])
    d = np.arange(25).reshape(5, 5)
    pairs = roc.all_pairs(d, y)
    assert len(pairs.same) == 10
    assert pairs.same.sum() == 1 + 3
    assert (pairs.first < pairs.second).all()
    assert pairs.distance.tolist() == [float(d[i, j]) for i in range(5) for j in range(i + 1, 5)]


def test_the_interval_counts_people_not_pairs() -> None:
    generator = np.random.default_rng(0)
    y = np.repeat(np.arange(10), 10)
    z = generator.normal(size=(10, 3))[y] + 0.7 * generator.normal(size=(100, 3))
    pairs = roc.all_pairs(baselines.euclidean(z), y)
    low, high = roc.eer_interval(pairs, y, draws=200)
    assert low <= roc.eer(pairs) <= high
    assert high - low > 0.05  # over 4,950 independent pairs it would be about 0.02


# --- losses, model, batches


def test_contrastive_is_its_formula_and_states_its_convention() -> None:
    torch.manual_seed(0)
    z = torch.nn.functional.normalize(torch.randn(9, 5, dtype=torch.float64), dim=1)
    y = torch.tensor([0, 0, 0, 1, 1, 2, 2, 3, 4])
    pull, push = [], []
    for i in range(9):
        for j in range(i + 1, 9):
            d = float((z[i] - z[j]).norm())
            (pull if y[i] == y[j] else push).append(d**2 if y[i] == y[j] else max(0, 1 - d) ** 2)
    expected = (sum(pull) / len(pull) + sum(push) / len(push)) / 2
    assert float(losses.contrastive(z, y, 1.0)) == pytest.approx(expected, rel=1e-4)


def test_losses_pull_one_person_together_and_have_finite_gradients() -> None:
    torch.manual_seed(0)
    y = torch.tensor([0, 0, 1, 1])
    apart = torch.nn.functional.normalize(torch.randn(4, 8), dim=1)
    together = torch.eye(8)[y]  # one person one vector; equal pictures: distance 0
    centres = losses.Margin(8, 2)
    with torch.no_grad():
        centres.centres.copy_(torch.eye(8)[:2])
    for name in ("contrastive", "triplet", "margin"):
        config = Config(loss=name)
        good = together.clone().requires_grad_()
        loss = losses.of(config, centres, good, y)
        assert loss < losses.of(config, centres, apart, y)
        loss.backward()
        assert good.grad is not None
        assert good.grad.isfinite().all()
    only = losses.contrastive(apart[:1], y[:1], 1.0)  # no pair at all
    assert float(only) == 0


def test_embeddings_have_length_1_and_mirrors_are_alike(people: data.People) -> None:
    torch.manual_seed(0)
    model = Embedder(8, 32)
    x = torch.from_numpy(people.x[:5])
    z = embed(model, x)
    assert z.shape == (5, 32)
    assert torch.allclose(z.norm(dim=1), torch.ones(5), atol=1e-5)
    assert torch.allclose(z, embed(model, x.flip(2)), atol=1e-5)
    assert embed(model, torch.zeros(1, 56, 48, dtype=torch.uint8)).isfinite().all()


def test_batches_hold_the_same_number_of_different_pictures_of_each_person() -> None:
    torch.manual_seed(0)
    y = torch.tensor([0] * 6 + [1] + [2] * 2 + [3] * 9)
    sampler = train.Sampler(y[torch.randperm(18)], 4)
    y = torch.empty(18, dtype=torch.int64)
    for person, start, count in zip(range(4), sampler.first, sampler.counts, strict=True):
        y[sampler.order[start : start + count]] = person
    for _ in range(20):
        places = sampler.draw(torch.tensor([0, 1, 2]))
        assert y[places].tolist() == [0] * 4 + [2] * 4 + [3] * 4  # nobody with one picture
        assert len(set(places[:4].tolist())) == 4
        assert len(set(places[8:].tolist())) == 4
        assert set(places[4:8].tolist()) == set(torch.nonzero(y == 2)[:, 0].tolist())


def test_disturbing_keeps_the_picture_recognisable(people: data.People) -> None:
    torch.manual_seed(0)
    x = torch.from_numpy(people.x[:64])[:, None]
    assert torch.equal(train.disturb(x, 0), x.float() / 255)
    moved = train.disturb(x, 1.0)
    assert moved.shape == x.shape
    assert not torch.allclose(moved, x.float() / 255, atol=0.05)


# --- LFW's protocol


def write_pairs(
    file: Path, names: list[str], folds: int, half: int, seed: int = 0
) -> list[list[str]]:
    """A pairs.txt over ``names``, whose people have ten pictures each; the people of each fold."""
    generator = np.random.default_rng(seed)
    groups = [list(group) for group in np.array_split(np.array(names), folds)]
    lines = [f"{folds}\t{half}"]
    for group in groups:
        for _ in range(half):
            i, j = generator.choice(10, 2, replace=False) + 1
            lines.append(f"{generator.choice(group)}\t{i}\t{j}")
        for _ in range(half):
            one, two = generator.choice(group, 2, replace=False)
            i, j = generator.integers(1, 11, 2)
            lines.append(f"{one}\t{i}\t{two}\t{j}")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return groups


def test_pairs_txt_is_read_and_damage_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    write_pairs(file, [f"P{k:02d}" for k in range(20)], 10, 3)
    folds = protocol.read(file)
    assert [len(fold) for fold in folds] == [6] * 10
    assert all(p.first == p.second for fold in folds for p in fold[:3])
    assert all(p.first != p.second for fold in folds for p in fold[3:])
    assert protocol.Listed("A_B", 3, "C", 12).files == ("A_B/A_B_0003.jpg", "C/C_0012.jpg")
    lines = file.read_text().splitlines()
    for change, said in (
        ([*lines[:4], "only one", *lines[5:]], "line 5"),
        (lines[:-1], "line 1"),
        (["ten folds", *lines[1:]], "line 1"),
        ([], "line 1"),
    ):
        file.write_text("\n".join(change))
        with pytest.raises(DataError, match=said):
            protocol.read(file)


def test_a_person_in_two_folds_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text("2\t1\nA\t1\t2\nA\t1\tB\t1\nC\t1\t2\nC\t1\tA\t1\n")
    with pytest.raises(DataError, match="A stands in two folds"):
        protocol.people_of(protocol.read(file), ["A", "B", "C"])
    with pytest.raises(DataError, match="no such folder"):
        protocol.people_of(protocol.read(file)[:1], ["A"])


def test_ten_folds_take_each_threshold_from_the_other_nine() -> None:
    generator = np.random.default_rng(0)
    folds = []
    for k in range(10):
        same = np.arange(40) % 2 == 0
        distance = np.where(same, 0.5, 1.0) + 0.2 * generator.normal(size=40)
        shift = 5.0 if k == 3 else 0.0  # only its own threshold would suit this fold
        folds.append(roc.Pairs(distance + shift, same, np.arange(40), np.arange(40)))
    rates = protocol.ten_folds(folds)
    assert rates[3] == 0.5  # everything rejected
    assert min(rate for k, rate in enumerate(rates) if k != 3) > 0.75
    d, s = folds[0].distance, folds[0].same
    best = protocol.best_threshold(d, s)
    at = [((d <= t) == s).mean() for t in [*d, -1.0]]
    assert ((d <= best) == s).mean() == max(at)


# --- gallery


def unit(*values: float) -> Any:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def test_the_gallery_enrols_identifies_and_really_deletes(home: Path) -> None:
    assert gallery.everybody() == []
    gallery.enrol("Ada", "15-0001", np.stack([unit(1, 0, 0), unit(1, 0.2, 0)]))
    gallery.enrol("李雷/../x", "15-0001", unit(0, 0, 1)[None])
    gallery.enrol("Ada", "15-0001", unit(1, -0.2, 0)[None])
    people = gallery.everybody()
    assert [(p.name, len(p.vectors)) for p in people] == [("Ada", 3), ("李雷/../x", 1)]
    ranked = gallery.nearest(unit(1, 0, 0.1), "15-0001", people)
    assert ranked[0][0] == "Ada"
    assert gallery.answer(ranked, 0.3)[0] == "Ada"
    assert gallery.answer(gallery.nearest(unit(0, 1, 0), "15-0001", people), 0.3)[0] == ""
    assert gallery.nearest(unit(1, 0, 0), "15-0002", people) == []
    with pytest.raises(UsageError, match="15-0001"):
        gallery.enrol("Ada", "15-0002", unit(1, 0, 0)[None])
    if os.name != "nt":
        assert gallery.folder().stat().st_mode & 0o077 == 0  # for its owner alone
    with pytest.raises(UsageError, match="100 bytes"):
        gallery.file_of("雷" * 34)
    gallery.delete("Ada")
    left = [f for f in home.rglob("*") if f.is_file()]
    assert [f.parent for f in left] == [gallery.folder()]
    assert all("Ada" not in f.read_text(encoding="utf-8") for f in left)
    with pytest.raises(UsageError, match="nobody is enrolled"):
        gallery.delete("Ada")
    with pytest.raises(UsageError):
        gallery.enrol(" ", "15-0001", unit(1, 0, 0)[None])


# --- demos


class NoRun:
    lang = "en"
    trained = None


def test_the_demos_without_a_run_and_with_files(
    tmp_path: Path, astronaut: np.ndarray[Any, Any]
) -> None:
    picture, table = demo.find()
    assert isinstance(picture, Picture)
    assert isinstance(table, Table)
    assert len(table.rows) == 1
    blank = tmp_path / "blank.png"
    Image.new("RGB", (40, 30), "white").save(blank)
    picture, note = demo.find(picture=str(blank))
    assert isinstance(note, Note)
    file = tmp_path / "a.png"
    Image.fromarray(astronaut).save(file)
    before = file.read_bytes()
    views = demo.compare(NoRun(), first=str(file), second=str(file))
    assert isinstance(views[2], Note)
    assert "the same person, 0.000" in views[2].text["en"]  # type: ignore[index]
    assert file.read_bytes() == before
    (note,) = demo.identify(NoRun())
    assert "0 enrolled" in note.text["en"]  # type: ignore[union-attr, index]
    with pytest.raises(DataError, match=r"gone\.png"):
        demo.find(picture=str(tmp_path / "gone.png"))


def test_the_threshold_demo_counts_what_the_lesson_says() -> None:
    _, table, note = threshold.show(0.7)
    assert isinstance(table, Table)
    assert [row[1:] for row in table.rows] == [(3, 1), (1, 7)]
    assert "Equal error rate 0.250" in note.text["en"]  # type: ignore[union-attr, index]


# --- runs, as processes


def last(out: str) -> dict[str, Any]:
    events = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    found = next(e for e in reversed(events) if e["event"] == "finished")
    return dict(found["metrics"])


@pytest.mark.slow
def test_the_builtin_run_predicts_and_fills_a_gallery(
    dltutor: Any, tmp_path: Path, astronaut: np.ndarray[Any, Any]
) -> None:
    run = dltutor("run", "chapter15", "--preset", "quick", "--data", "builtin", "--set",
                  "epochs=3", "--set", "width=8", "--json", timeout=240)  # fmt: skip
    assert run.code == 0, run.err
    metrics = last(run.out)
    # 25 people never seen: a coin has 0.5
    assert metrics["equal_error_rate_high"] < 0.4
    assert metrics["equal_error_rate"] < metrics["baseline_hog"]
    assert metrics["test_accuracy"] > 0.6

    first, second = tmp_path / "in" / "a.png", tmp_path / "in" / "b.gif"
    first.parent.mkdir()
    Image.fromarray(astronaut).save(first)
    Image.fromarray(astronaut[:256, 100:356]).convert("P").save(second)
    blank = tmp_path / "blank.png"
    Image.new("L", (9, 5), 255).save(blank)
    before = {f: f.read_bytes() for f in (first, second, blank)}
    said = dltutor("predict", "chapter15", first.parent, blank, "--json")
    assert said.code == 0, said.err
    labels = [json.loads(line)["label"] for line in said.out.splitlines()]
    assert len(labels) == 3
    assert "face at" in labels[0]
    assert "the same person" in labels[1]
    assert "no face found" in labels[2]

    def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        module = "dltutor_plugins.chapter15_faces.gallery"
        return subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            capture_output=True, encoding="utf-8", env=dict(os.environ), timeout=120, check=False,
        )  # fmt: skip

    assert command("enrol", "Eileen", first).returncode == 0
    assert "Eileen" in command("identify", second).stdout
    refused = command("enrol", "Nobody", blank)
    assert refused.returncode == 1
    assert "no face found" in refused.stderr
    assert command("list").stdout.startswith("Eileen\t1\t")
    assert command("delete", "Eileen").returncode == 0
    assert command("list").stdout == ""
    assert {f: f.read_bytes() for f in before} == before


@pytest.mark.slow
def test_a_run_follows_a_pairs_txt(dltutor: Any, orl: Path, tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    names = sorted(p.name for p in orl.iterdir() if p.is_dir())
    for name in names:
        (folder / name).symlink_to(orl / name)
    groups = write_pairs(folder / "pairs.txt", names, 10, 30)
    folds = protocol.read(folder / "pairs.txt")
    people = data.public(folder)
    tested = protocol.people_of(folds, people.names)
    assert [{people.names[i] for i in who} for who in tested] == [set(g) for g in groups]
    part = people.only(tested[7])
    pairs = {"pixels": roc.all_pairs(baselines.pixels(part.x), part.y)}
    listed = protocol.only(pairs, folds[7], part)["pixels"]
    assert listed.same.tolist() == [True] * 30 + [False] * 30
    x = dict(zip(part.files, part.x, strict=True))
    for one, distance in zip(folds[7], listed.distance, strict=True):
        a, b = (x[file].astype(float) / 255 for file in one.files)
        assert distance == pytest.approx(float(np.linalg.norm(a - b)), abs=1e-6)

    root = tmp_path / "root"
    root.mkdir()
    (root / "lfw-deepfunneled").symlink_to(folder)
    run = dltutor("run", "chapter15", "--data", "full", "--data-root", root, "--set", "split=9",
                  "--set", "epochs=1", "--set", "width=4", "--json", timeout=240)  # fmt: skip
    assert run.code == 0, run.err
    assert "30 pairs of one person, 30 of two" in run.out
    assert 0 <= last(run.out)["equal_error_rate"] <= 1

    def protocol_of(where: Path) -> subprocess.CompletedProcess[str]:
        module = "dltutor_plugins.chapter15_faces.protocol"
        return subprocess.run(
            [sys.executable, "-m", module, "15-0001", str(where)],
            capture_output=True, encoding="utf-8", env=dict(os.environ), timeout=120, check=False,
        )  # fmt: skip

    said = protocol_of(folder)
    assert said.returncode == 1  # it was trained on these people
    assert "too good" in said.stderr
    others = tmp_path / "others"  # people of other names, as far as one can tell
    for name in names:
        new = others / name.replace("Subject", "Other")
        new.mkdir(parents=True)
        for file in (orl / name).glob("*.jpg"):
            (new / file.name.replace("Subject", "Other")).symlink_to(file)
    write_pairs(others / "pairs.txt", sorted(f.name for f in others.iterdir()), 10, 30)
    said = protocol_of(others)
    assert said.returncode == 0, said.stderr
    rates = [float(word) for word in said.stdout.splitlines()[0].split()]
    assert len(rates) == 10
    assert float(said.stdout.splitlines()[1].split()[0]) == pytest.approx(sum(rates) / 10, abs=1e-4)
    assert sum(rates) / 10 > 0.6  # a coin has 0.5


@pytest.mark.slow
def test_the_network_beats_raw_pixels_on_people_never_seen(dltutor: Any, orl: Path) -> None:
    run = dltutor("run", "chapter15", "--data", "full", "--data-root", orl.parent, "--set",
                  "split=2", "--set", "epochs=4", "--json", timeout=240)  # fmt: skip
    assert run.code == 0, run.err
    metrics = last(run.out)
    assert metrics["equal_error_rate"] < metrics["baseline_pixels"] < metrics["baseline_hog"]
    assert metrics["equal_error_rate_low"] <= metrics["equal_error_rate"]

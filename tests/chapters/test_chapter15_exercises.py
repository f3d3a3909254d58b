"""Chapter 15's exercises: the checks know right from wrong, however it is written.

``ANSWERS`` are written differently from the solution and right. ``MISTAKES`` are what people
write: each names the case that has to notice it. Both are put behind the solution's source.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import dltutor_content.chapter15_faces as package
from dltutor.learning.checks import CheckFailed

FOLDER = Path(package.__path__[0]) / "exercises"

ANSWERS = {
    "01-contrastive": """
def contrastive(z, y, margin=1.0):
    pull, push = [z.sum() * 0], [z.sum() * 0]
    for i in range(len(y)):
        for j in range(i):
            d = ((z[i] - z[j]) ** 2).sum().add(1e-12).sqrt()
            (pull if y[i] == y[j] else push).append(
                d**2 if y[i] == y[j] else (margin - d).clamp(min=0) ** 2
            )
    one = sum(pull) / max(1, len(pull) - 1)
    return (one + sum(push) / max(1, len(push) - 1)) / 2
""",
    "02-roc": """
def error_rates(distance, same):
    at = np.unique(distance)
    one, two = np.sort(distance[same]), np.sort(distance[~same])
    accept = np.searchsorted(two, at, side="right") / len(two)
    reject = 1 - np.searchsorted(one, at, side="right") / len(one)
    first = np.array([-np.inf]), np.array([0.0]), np.array([1.0])
    return tuple(np.concatenate(p) for p in zip(first, (at, accept, reject)))
""",
    "03-crop": """
def cut(picture, box):
    left, top, right, bottom = box
    far = max(0, -left, -top, right - picture.shape[1], bottom - picture.shape[0])
    pads = [(far, far), (far, far)] + [(0, 0)] * (picture.ndim - 2)
    wide = np.pad(picture, pads, mode="edge")
    return wide[top + far : bottom + far, left + far : right + far].copy()
""",
    "04-identities": """
def split_pairs(y, share, generator):
    people = sorted(set(np.asarray(y).tolist()))
    count = max(1, min(len(people) - 1, round(share * len(people))))
    tested = set(generator.choice(people, count, replace=False).tolist())
    ours = [i for i, p in enumerate(y) if p not in tested]
    theirs = [i for i, p in enumerate(y) if p in tested]
    return all_pairs(ours, y), all_pairs(theirs, y)
""",
    "05-reversed": """
def make_pairs(y):
    pairs = [(i, j) for i in range(len(y)) for j in range(i + 1, len(y))]
    first, second = torch.tensor(pairs).T
    return first, second, y[first].eq(y[second]).to(torch.float32)
""",
    "06-gallery": """
class Gallery:
    def __init__(self):
        self.held = []

    def enrol(self, name, vectors):
        self.held += [(name, v.copy()) for v in vectors]

    def identify(self, vector, threshold):
        best = None
        for name in {n for n, _ in self.held}:
            centre = sum(v for n, v in self.held if n == name)
            d = np.linalg.norm(vector - centre / np.linalg.norm(centre))
            if d <= threshold:
                best, threshold = name, d
        return best

    def delete(self, name):
        left = [pair for pair in self.held if pair[0] != name]
        if len(left) == len(self.held):
            raise KeyError(name)
        self.held = left
""",
}

VIEW = """    if min(box) >= 0:
        return picture[top:bottom, left:right]
    return picture[rows"""

MISTAKES = [
    ("01-contrastive", "check_both", "    upper = torch.ones_like(same).triu(1)", "    upper = torch.ones_like(same)"),
    ("01-contrastive", "check_both", "(mean(pull) + mean(push)) / 2", "mean(torch.cat([pull, push]))"),
    ("01-contrastive", "check_convention", "== y[None]", "!= y[None]"),
    ("01-contrastive", "check_both", ".square()", ""),
    ("02-roc", "check_ties", "np.append(d[1:] != d[:-1], True)", "np.ones(len(d), bool)"),
    ("02-roc", "check_example", "1 - right / right[-1]", "right / right[-1]"),
    ("02-roc", "check_example", "wrong / wrong[-1]", "wrong / len(d)"),
    ("03-crop", "check_left_and_top", ".clip(0, height - 1)", ""),
    ("03-crop", "check_original", "    return picture[rows", VIEW),
    ("04-identities", "check_generator", "generator.permutation(np.unique(y))", "np.unique(y)"),
    ("04-identities", "check_counts", "np.flatnonzero(~tested)", "np.flatnonzero(~tested)[1:]"),
    ("05-reversed", "check_dtype", ".float()", ""),
    ("05-reversed", "check_loss", "(1 - same) *", ""),
    ("06-gallery", "check_centre", "centre = centre / np.linalg.norm(centre)", "pass"),
    ("06-gallery", "check_nobody", "return name if far[name] <= threshold else None", "return name"),
    ("06-gallery", "check_more", "parts = [vectors] if before is None else [before, vectors]", "parts = [vectors]"),
    ("06-gallery", "check_delete", "del self.people[name]", "self.people.pop(name, None)"),
]  # fmt: skip


class Work:
    """A learner's module, from source."""

    def __init__(self, source: str) -> None:
        exec(compile(source, "work.py", "exec"), self.__dict__)


def cases(name: str) -> dict[str, object]:
    scope: dict[str, object] = {}
    file = FOLDER / name / "check.py"
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), scope)
    return {k: v for k, v in scope.items() if k.startswith("check_")}


def solution(name: str) -> str:
    return (FOLDER / name / "solution.py").read_text(encoding="utf-8")


def test_every_exercise_has_another_answer_and_mistakes() -> None:
    names = sorted(p.parent.name for p in FOLDER.glob("*/exercise.toml"))
    assert sorted(ANSWERS) == sorted({name for name, *_ in MISTAKES}) == names


@pytest.mark.parametrize("name", ANSWERS)
def test_another_right_answer_passes(name: str) -> None:
    for check in cases(name).values():
        check(Work(solution(name) + ANSWERS[name]))  # type: ignore[operator]


@pytest.mark.parametrize(("name", "case", "right", "wrong"), MISTAKES)
def test_a_mistake_is_noticed_by_its_case(name: str, case: str, right: str, wrong: str) -> None:
    source = solution(name).replace("triu(diagonal=1)", "triu(1)")
    assert right in source
    with pytest.raises((CheckFailed, IndexError)):
        cases(name)[case](Work(source.replace(right, wrong)))  # type: ignore[operator]

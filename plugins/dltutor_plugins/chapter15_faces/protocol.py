"""LFW's protocol: 6,000 pairs in ten folds that share no person.

For a run that was trained on other people than LFW's:
``python -m dltutor_plugins.chapter15_faces.protocol RUN FOLDER``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dltutor.errors import DataError, TutorError, UsageError
from dltutor.i18n import local
from dltutor.measure import mean_interval
from dltutor_plugins.chapter15_faces.data import (
    People,
    folder_of,
    public,
)
from dltutor_plugins.chapter15_faces.lfw import FOLDER
from dltutor_plugins.chapter15_faces.roc import Pairs

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice

Ints = NDArray[np.int64]


class Listed(NamedTuple):
    """One line of a pairs.txt: two people and the numbers of pictures."""

    first: str
    number: int
    second: str
    other: int

    @property
    def files(self) -> tuple[str, str]:
        """Below the folder of people, with forward slashes everywhere."""
        return (
            f"{self.first}/{self.first}_{self.number:04d}.jpg",
            f"{self.second}/{self.second}_{self.other:04d}.jpg",
        )


Fold = list[Listed]


def read(file: Path) -> list[Fold]:
    """The folds of a pairs.txt. DataError names the line that is wrong.

    The first line says how many folds there are, and how many pairs of one
    person each has; as many pairs of two people follow. Fields are
    separated by tabs: ``name 1 4`` and ``name 3 name 1``.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: {error}") from None
    try:
        folds, half = (int(word) for word in lines[0].split())
    except (IndexError, ValueError):
        raise bad(file, 1, "10 300") from None
    if folds < 2 or half < 1 or len(lines) != 1 + folds * 2 * half:
        raise bad(file, 1, f"{len(lines) - 1} = 2 x {folds} x {half}")
    found = []
    for number, line in enumerate(lines[1:]):
        words = line.split("\t") if "\t" in line else line.split()
        same = number // half % 2 == 0
        try:
            if same:
                name, one, two = words
                found.append(Listed(name, int(one), name, int(two)))
            else:
                name, one, other, two = words
                found.append(Listed(name, int(one), other, int(two)))
        except ValueError:
            wanted = "name 1 2" if same else "name 1 name 2"
            raise bad(file, number + 2, wanted) from None
    size = 2 * half
    return [found[i : i + size] for i in range(0, len(found), size)]


def bad(file: Path, line: int, wanted: str) -> DataError:
    """The line is not as it should be."""
    return DataError(
        local(
            {
                "en": f"{file}: line {line} is not like '{wanted}'",
                "zh": f"{file}：第 {line} 行不符合“{wanted}”的格式",
            }
        )
    )


def find(data: DataChoice) -> list[Fold] | None:
    """The folds, where a pairs.txt lies beside the people of ``data``."""
    if data.root is None:
        return None
    folder = data.root / FOLDER if data.kind == "full" else data.root
    file = folder / "pairs.txt"
    return read(file) if file.is_file() else None


def people_of(folds: Sequence[Fold], names: Sequence[str]) -> list[Ints]:
    """The people of each fold. DataError where one stands in two."""
    index = {name: i for i, name in enumerate(names)}
    owner: dict[str, int] = {}
    for k, fold in enumerate(folds):
        for name in {n for pair in fold for n in (pair.first, pair.second)}:
            if name not in index:
                raise DataError(f"pairs.txt: {name}: no such folder")
            if owner.setdefault(name, k) != k:
                raise DataError(
                    local(
                        {
                            "en": f"pairs.txt: {name} stands in two folds",
                            "zh": f"pairs.txt：{name} 出现在两折里",
                        }
                    )
                )
    return [
        np.array(sorted(index[n] for n, o in owner.items() if o == k))
        for k in range(len(folds))
    ]


def only(
    compared: Mapping[str, Pairs], fold: Fold, people: People
) -> dict[str, Pairs]:
    """Of all pairs those that the fold lists, in its order."""
    place = {file: i for i, file in enumerate(people.files)}
    n = len(people.files)
    try:
        ends = [sorted(place[file] for file in p.files) for p in fold]
    except KeyError as error:
        raise DataError(
            f"pairs.txt: {error.args[0]}: no such file"
        ) from None
    i, j = np.array(ends).T
    # where pair (i, j), i < j, stands among all pairs, row after row
    where = i * n - i * (i + 1) // 2 + j - i - 1
    return {
        name: Pairs(*(part[where] for part in pairs))
        for name, pairs in compared.items()
    }


def ten_folds(folds: Sequence[Pairs]) -> list[float]:
    """Accuracy on each fold, the threshold being the best on the others."""
    found = []
    for k, fold in enumerate(folds):
        rest = [other for i, other in enumerate(folds) if i != k]
        distance = np.concatenate([p.distance for p in rest])
        same = np.concatenate([p.same for p in rest])
        threshold = best_threshold(distance, same)
        right = (fold.distance <= threshold) == fold.same
        found.append(float(right.mean()))
    return found


def best_threshold(
    distance: NDArray[np.float64], same: NDArray[np.bool_]
) -> float:
    """Where most pairs are told apart, half way to the next distance."""
    order = np.argsort(distance, kind="stable")
    d, s = distance[order], same[order]
    right = np.cumsum(s) + (~s).sum() - np.cumsum(~s)
    right = np.where(np.append(d[1:] != d[:-1], True), right, -1)
    best = int(right.argmax())
    return float(d[best : best + 2].mean())


def main(arguments: Sequence[str]) -> int:
    """Mean accuracy of a run over the folds of a folder with a pairs.txt."""
    from dltutor.runs.folder import find_run
    from dltutor.training.trained import TrainedRun
    from dltutor_plugins.chapter15_faces.predict import load_model, vectors

    if len(arguments) != 2:
        raise UsageError("RUN FOLDER")
    trained = TrainedRun(find_run(arguments[0]))
    model, _, known = load_model(trained)
    folder = Path(arguments[1])
    folds = read(folder / "pairs.txt")
    people = public(folder_of(folder))
    if set(known) & set(people.names):
        raise UsageError(
            local(
                {
                    "en": f"run {trained.id} was trained on people of "
                    f"{folder}: the figure would be too good",
                    "zh": f"运行 {trained.id} 的训练集含有 {folder} 里的人，"
                    "结果会虚高",
                }
            )
        )
    from dltutor_plugins.chapter15_faces.baselines import euclidean
    from dltutor_plugins.chapter15_faces.roc import all_pairs

    tested = people_of(folds, people.names)
    measured = []
    for fold, who in zip(folds, tested, strict=True):
        part = people.only(who)
        distance = euclidean(vectors(model, part.x, trained.device))
        pairs = {"network": all_pairs(distance, part.y)}
        measured.append(only(pairs, fold, part)["network"])
    rates = ten_folds(measured)
    mean, half = mean_interval(rates)
    print(" ".join(f"{rate:.4f}" for rate in rates))
    print(f"{mean:.4f} +- {half:.4f} (95 %)")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except TutorError as error:
        sys.exit(f"{error.message}\n{error.hint}".strip())

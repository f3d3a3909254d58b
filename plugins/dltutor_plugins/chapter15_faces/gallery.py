"""A small gallery of people, on this machine only.

``python -m dltutor_plugins.chapter15_faces.gallery`` with one of

    enrol NAME PICTURE...    describes the pictures' faces and keeps that
    identify PICTURE         says who it is, or that it is nobody
    list                     who is enrolled, since when, by which run
    delete NAME              deletes all that is kept of NAME

A person is a file of vectors; no picture is kept, copied or changed. The
vectors mean something only to the network that made them, so the file
names its run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dltutor import paths
from dltutor.errors import DataError, TutorError, UsageError
from dltutor.i18n import local
from dltutor.settings import write_whole

if TYPE_CHECKING:
    from dltutor.events import Trained

Floats = NDArray[np.float32]


class Person(NamedTuple):
    """What is kept of somebody."""

    name: str
    run: str
    since: str
    vectors: Floats
    """(pictures, embedding)"""


def folder() -> Path:
    """Where the gallery is."""
    return paths.progress_file().parent / "faces"


def file_of(name: str) -> Path:
    """The person's file. The name is written as hex: any name is a file's."""
    name = name.strip()
    if not name or len(name.encode()) > 100:
        raise UsageError(
            local(
                {
                    "en": f"{name!r} is no name: 1 to 100 bytes",
                    "zh": f"{name!r} 不能作为名字：需要 1 到 100 字节",
                }
            )
        )
    return folder() / f"{name.encode().hex()}.json"


def enrol(name: str, run: str, vectors: Floats) -> Person:
    """Adds vectors (pictures, embedding) to what is kept of ``name``."""
    file = file_of(name)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    if file.exists():
        before = read(file)
        if before.run != run:
            raise UsageError(
                local(
                    {
                        "en": f"{name} was enrolled with run {before.run}",
                        "zh": f"{name} 是用运行 {before.run} 登记的",
                    }
                ),
                local(
                    {
                        "en": "delete and enrol again, or use that run",
                        "zh": "先删除再登记，或者使用那个运行",
                    }
                ),
            )
        now, vectors = before.since, np.vstack([before.vectors, vectors])
    person = Person(name.strip(), run, now, vectors)
    kept = person._asdict() | {"vectors": vectors.tolist()}
    # nobody else on this machine looks inside
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(file, json.dumps(kept, ensure_ascii=False))
    return person


def read(file: Path) -> Person:
    """A person's file. DataError where it is damaged."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        vectors = np.array(kept["vectors"], np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise ValueError(f"vectors {vectors.shape}")
        return Person(kept["name"], kept["run"], kept["since"], vectors)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file}: {error}") from None


def everybody() -> list[Person]:
    """All who are enrolled, by name."""
    found = [read(file) for file in folder().glob("*.json")]
    return sorted(found, key=lambda person: person.name)


def delete(name: str) -> None:
    """Removes all that is kept of ``name``. UsageError where nothing is."""
    try:
        file_of(name).unlink()
    except FileNotFoundError:
        known = ", ".join(person.name for person in everybody()) or "-"
        raise UsageError(
            local(
                {
                    "en": f"nobody is enrolled as {name!r}",
                    "zh": f"没有人以 {name!r} 的名字登记",
                }
            ),
            known,
        ) from None


def nearest(
    vector: Floats, run: str, people: Sequence[Person]
) -> list[tuple[str, float]]:
    """(name, distance) of those enrolled with ``run``, nearest first.

    A person's distance is that to the mean of the person's vectors, made
    of length 1 again.
    """
    found = []
    for person in people:
        if person.run == run:
            mean = person.vectors.mean(axis=0)
            mean /= np.linalg.norm(mean)
            distance = float(np.linalg.norm(vector - mean))
            found.append((person.name, distance))
    return sorted(found, key=lambda pair: pair[1])


def answer(
    ranked: Sequence[tuple[str, float]], threshold: float
) -> tuple[str, str]:
    """Who it is or the empty text, and a sentence. Nobody is an answer."""
    if not ranked:
        return "", local(
            {
                "en": "nobody is enrolled with this run",
                "zh": "这个运行还没有登记任何人",
            }
        )
    name, distance = ranked[0]
    if distance > threshold:
        return "", local(
            {
                "en": "nobody in the gallery: the nearest is "
                f"{distance:.3f} away, the threshold is {threshold:.3f}",
                "zh": f"不是图库里的人：最近的距离为 {distance:.3f}，"
                f"阈值为 {threshold:.3f}",
            }
        )
    return name, local(
        {
            "en": f"{name}: {distance:.3f} <= {threshold:.3f}",
            "zh": f"{name}：{distance:.3f} <= {threshold:.3f}",
        }
    )


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m dltutor_plugins.chapter15_faces.gallery",
        description="A gallery of people that stays on this machine.",
    )
    parser.add_argument("--run", default="", help="default: the newest")
    commands = parser.add_subparsers(dest="command", required=True)
    for command in ("enrol", "delete"):
        commands.add_parser(command).add_argument("name")
    commands.choices["enrol"].add_argument("pictures", nargs="+", type=Path)
    commands.add_parser("identify").add_argument("picture", type=Path)
    commands.add_parser("list")
    asked = parser.parse_args(arguments)
    if asked.command == "delete":
        delete(asked.name)
        print(local({"en": "deleted", "zh": "已删除"}))
    elif asked.command == "list":
        for person in everybody():
            n = len(person.vectors)
            print(f"{person.name}\t{n}\t{person.run}\t{person.since}")
    elif asked.command == "enrol":
        _enrol(asked.name, asked.pictures, newest(asked.run))
    else:
        _identify(asked.picture, newest(asked.run))
    return 0


def _enrol(name: str, files: Sequence[Path], trained: Any) -> None:
    from dltutor.data import pictures
    from dltutor_plugins.chapter15_faces.predict import describe, load_model

    file_of(name)  # a bad name is said before the pictures are read
    model, _, _ = load_model(trained)
    found = []
    for file in pictures.files(files):
        seen = describe(model, file, trained)
        if seen.box is None:
            raise DataError(
                local(
                    {
                        "en": f"{file}: no face found, nobody enrolled",
                        "zh": f"{file}：没有找到人脸，未登记",
                    }
                )
            )
        found.append(seen.vector)
    person = enrol(name, trained.id, np.stack(found))
    n = len(person.vectors)
    text = {"en": f"{n} pictures of {name}", "zh": f"{name}：{n} 张图片"}
    print(local(text))


def _identify(file: Path, trained: Any) -> None:
    from dltutor_plugins.chapter15_faces.predict import describe, load_model

    model, threshold, _ = load_model(trained)
    seen = describe(model, file, trained)
    if seen.box is None:
        text = {
            "en": "no face found; the whole picture is compared",
            "zh": "没有找到人脸，比较的是整张图片",
        }
        print(local(text))
    ranked = nearest(seen.vector, trained.id, everybody())
    print(answer(ranked, threshold)[1])


def newest(name: str) -> Trained:
    """The named run, else the newest of this chapter that has weights."""
    from dltutor.runs.folder import find_run, trained_runs
    from dltutor.training.trained import TrainedRun

    run = find_run(name) if name else next(trained_runs("chapter15"), None)
    if run is None:
        raise UsageError(
            local(
                {
                    "en": "chapter15 has no run with weights yet",
                    "zh": "chapter15 还没有训练好的运行",
                }
            ),
            "dltutor run chapter15",
        )
    return TrainedRun(run)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except TutorError as error:
        sys.exit(f"{error.message}\n{error.hint}".strip())

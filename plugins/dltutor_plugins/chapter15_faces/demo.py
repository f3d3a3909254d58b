"""Faces in a picture, two pictures next to each other, a gallery to ask."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol

import cv2
import numpy as np
import torch

from dltutor.chapter import Param, pick
from dltutor.data import pictures
from dltutor.views import Chart, Note, Picture, Series, Table, View
from dltutor_plugins.chapter15_faces import gallery, losses
from dltutor_plugins.chapter15_faces.data import builtin, hold_out
from dltutor_plugins.chapter15_faces.detect import (
    Bytes,
    detect,
    draw_boxes,
    eyes,
    face_of,
)
from dltutor_plugins.chapter15_faces.model import Embedder, embed
from dltutor_plugins.chapter15_faces.predict import (
    load_model,
    vectors,
    verdict,
)
from dltutor_plugins.chapter15_faces.roc import all_pairs, equal_error, roc

if TYPE_CHECKING:
    from dltutor.events import Trained

SHOWN = 320
"""pixels of the longer side of a picture that is sent to the terminal"""


class Context(Protocol):
    """What the host of demos offers."""

    @property
    def lang(self) -> str: ...

    @property
    def trained(self) -> Trained | None:
        """the run to ask, if the learner has one"""


def find(
    picture: Annotated[
        str,
        Param(
            "a picture file; empty: an astronaut from scikit-image",
            zh="图片文件；空：scikit-image 自带的宇航员照片",
        ),
    ] = "",
    at_least: Annotated[
        float,
        Param(
            "score that a face needs",
            zh="人脸的最低得分",
            low=-1,
            high=3,
            step=0.1,
        ),
    ] = 0.0,
    landmarks: Annotated[
        str,
        Param(
            "a dlib landmark file, if you have one",
            zh="dlib 关键点模型文件（如果有）",
        ),
    ] = "",
) -> list[View]:
    """The picture with a frame round each face, and a row for each."""
    seen = read(picture)
    faces = [
        f for f in found(picture, stamp(picture)) if f.score >= at_least
    ]
    copy = draw_boxes(seen, faces)
    if landmarks:
        thick = max(2, round(max(copy.shape[:2]) / 80))
        for face in faces:
            for x, y in eyes(seen, face.box, landmarks):
                place = round(float(x)), round(float(y))
                cv2.circle(copy, place, thick, (255, 0, 0), -1)
    height, width = seen.shape[:2]
    caption = {
        "en": f"{width} x {height}, {len(faces)} found",
        "zh": f"{width} x {height}，找到 {len(faces)} 个",
    }
    views: list[View] = [Picture.of(small(copy), caption)]
    if faces:
        columns = [
            {"en": "left", "zh": "左"},
            {"en": "top", "zh": "上"},
            {"en": "right", "zh": "右"},
            {"en": "bottom", "zh": "下"},
            {"en": "score", "zh": "得分"},
        ]
        rows = [(*face.box, round(face.score, 2)) for face in faces]
        return [*views, Table(columns=columns, rows=rows)]
    nothing = {
        "en": "No face. The detector looks for upright faces seen from the "
        "front, of about a tenth of the picture's longer side at least.",
        "zh": "没有人脸。检测器只找正面、端正、不小于图片长边约十分之一的脸。",
    }
    return [*views, Note(nothing)]


def compare(
    context: Context,
    first: Annotated[
        str,
        Param(
            "a picture file; empty: a builtin crop",
            zh="图片文件；空：内置的人脸",
        ),
    ] = "",
    second: Annotated[
        str,
        Param(
            "another one; empty: a builtin crop",
            zh="另一张；空：内置的人脸",
        ),
    ] = "",
    crop: Annotated[
        int,
        Param(
            "builtin face held out, in place of a file",
            zh="代替文件的内置留出人脸",
            low=0,
            high=24,
        ),
    ] = 0,
    other: Annotated[
        int,
        Param(
            "the same for the second picture",
            zh="第二张图片的内置人脸",
            low=0,
            high=24,
        ),
    ] = 0,
) -> list[View]:
    """Both faces as the network gets them, their distance, the verdict."""
    asked = model_to_ask(context.trained)
    one = face(first, crop, 0)
    two = face(second, other, 1)
    z = vectors(asked.model, np.stack([one, two]), asked.device)
    distance = float(np.linalg.norm(z[0] - z[1]))
    bars = Chart(
        series=[
            Series(
                {"en": "distance", "zh": "距离"},
                [distance, asked.threshold],
            )
        ],
        kind="bar",
        categories=("d", "t"),
        title={
            "en": "Distance d and threshold t",
            "zh": "距离 d 与阈值 t",
        },
    )
    note = {
        lang: f"{verdict(distance, asked.threshold)}. "
        f"{pick(asked.source, lang)}"
        for lang in ("en", "zh")
    }
    views: list[View] = [
        Picture.of(np.hstack([one, two])),
        bars,
        Note(note),
    ]
    return views


def identify(
    context: Context,
    picture: Annotated[
        str,
        Param("a picture file to be named", zh="要辨认的图片文件"),
    ] = "",
) -> list[View]:
    """Who is enrolled, and who of them is in the picture. Changes nothing."""
    people = gallery.everybody()
    table = Table(
        columns=(
            {"en": "name", "zh": "姓名"},
            {"en": "pictures", "zh": "图片数"},
            {"en": "run", "zh": "运行"},
            {"en": "since", "zh": "登记时间"},
        ),
        rows=[
            (p.name, len(p.vectors), p.run, p.since[:10]) for p in people
        ],
        title={"en": "The gallery", "zh": "图库"},
    )
    trained: Any = context.trained
    if not people or trained is None or not picture:
        how = "python -m dltutor_plugins.chapter15_faces.gallery enrol"
        text = {
            "en": f"{len(people)} enrolled. Enrol with your own run: "
            f"{how} NAME PICTURE...",
            "zh": f"已登记 {len(people)} 人。用你自己的运行登记：{how} 姓名 图片……",
        }
        return [table, Note(text)] if people else [Note(text)]
    asked = model_to_ask(trained)
    seen = face(picture, 0, 0)
    vector = vectors(asked.model, seen[None], asked.device)[0]
    ranked = gallery.nearest(vector, trained.id, people)
    said = gallery.answer(ranked, asked.threshold)[1]
    return [Picture.of(seen), table, Note(said)]


class Asked(NamedTuple):
    """The network that a demo asks."""

    model: Embedder
    threshold: float
    device: Any
    source: dict[str, str]


def model_to_ask(trained: Trained | None) -> Asked:
    """The learner's own run, else a small network trained here and now."""
    if trained is None:
        return small_model()
    model, threshold = run_model(trained)  # type: ignore[arg-type] # hashable
    source = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
    return Asked(model, threshold, trained.device, source)


@lru_cache(maxsize=2)
def run_model(trained: Trained) -> tuple[Embedder, float]:
    return load_model(trained)[:2]


def stamp(file: str) -> float:
    """When a file was changed: a part of what its results are kept under."""
    path = Path(file).expanduser()
    return path.stat().st_mtime if file and path.is_file() else 0.0


def read(file: str) -> Bytes:
    """The picture (H, W, 3)."""
    return _read(file, stamp(file))


@lru_cache(maxsize=4)
def _read(file: str, _changed: float) -> Bytes:
    if file:
        return np.asarray(pictures.read_rgb(Path(file).expanduser()))
    from skimage.data import astronaut

    return np.asarray(astronaut())  # type: ignore[no-untyped-call]


@lru_cache(maxsize=8)
def found(file: str, _changed: float) -> list[Any]:
    """All faces with a score of -1 and more."""
    return detect(read(file), -1.0)


def face(file: str, person: int, which: int) -> Bytes:
    """The face of a file, else view ``which`` of a builtin person."""
    return _face(file, stamp(file), person, which)


@lru_cache(maxsize=16)
def _face(file: str, _changed: float, person: int, which: int) -> Bytes:
    if file:
        return face_of(read(file))[0]
    test = hold_out(builtin_people(), 0).test
    place = sorted(set(test.y.tolist()))[person]
    return np.asarray(test.x[np.flatnonzero(test.y == place)[which]])


@lru_cache(maxsize=1)
def builtin_people() -> Any:
    return builtin()


def small(picture: Bytes) -> Bytes:
    """At most 320 pixels wide and high: a terminal shows no more."""
    scale = SHOWN / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = [max(1, round(n * scale)) for n in picture.shape[1::-1]]
    return np.asarray(
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8
    )


@lru_cache(maxsize=1)
def small_model() -> Asked:
    """80 steps on the builtin crops, a few seconds, once a process."""
    train, val, _ = hold_out(builtin_people(), 0)
    x = torch.from_numpy(train.x)[:, None].float() / 255
    y = torch.from_numpy(train.y)
    everybody = torch.tensor(sorted(set(train.y.tolist())))
    torch.manual_seed(0)
    model = Embedder(width=8, embedding=32)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(80):
        people = everybody[torch.randperm(len(everybody))[:16]]
        ours = torch.nonzero(torch.isin(y, people))[:, 0]
        batch = ours[torch.randperm(len(ours))[:64]]
        loss = losses.contrastive(model(x[batch]), y[batch], 1.0)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    z = embed(model, torch.from_numpy(val.x))
    pairs = all_pairs(losses.distances(z).numpy(), val.y)
    threshold = equal_error(roc(pairs.distance, pairs.same))[1]
    source = {
        "en": "There is no run yet, so a small network was trained just now "
        "on views of builtin crops.",
        "zh": "还没有训练过的运行，因此刚刚用内置人脸的视图训练了一个小网络。",
    }
    return Asked(model, threshold, torch.device("cpu"), source)

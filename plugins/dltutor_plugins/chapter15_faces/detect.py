"""Finds faces, and cuts them out so that all of them lie alike."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from dltutor.errors import DataError
from dltutor.i18n import local

Bytes = NDArray[np.uint8]

HEIGHT, WIDTH = 56, 48
"""rows and columns of a face as the network gets it"""
LONGEST = 640
"""pixels of the longer side on which the detector works"""
BORDER = 0.2
"""of the longer side, added all round: a face may touch the edge"""
SIDES, ABOVE, BELOW = 0.10, 0.38, 0.07
"""what a crop has beyond the detector's box, in sides of the box"""


class Box(NamedTuple):
    """Where a face is, in pixels of the picture; the ends are outside."""

    left: int
    top: int
    right: int
    bottom: int


class Face(NamedTuple):
    """What the detector found."""

    box: Box
    score: float
    """the distance from the boundary of the support vector machine"""


@lru_cache(maxsize=1)
def detector() -> Any:
    """dlib's frontal faces: HOG, five linear SVMs, windows of 80 x 80."""
    return dlib.get_frontal_face_detector()


def detect(picture: Bytes, at_least: float = 0.0) -> list[Face]:
    """All faces of a picture (H, W) or (H, W, 3), the surest first.

    The picture is widened, so that a face at the edge is found, and brought
    to 640 pixels (at most four times enlarged), so that small pictures have
    faces of 80 pixels and large ones take no longer. ``picture`` stays as
    it is.
    """
    height, width = picture.shape[:2]
    pad = round(BORDER * max(height, width))
    wide = cv2.copyMakeBorder(
        picture, pad, pad, pad, pad, cv2.BORDER_REPLICATE
    )
    scale = min(4.0, LONGEST / max(wide.shape[:2]))
    size = [max(1, round(n * scale)) for n in wide.shape[1::-1]]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    wide = cv2.resize(wide, size, interpolation=way)
    boxes, scores, _ = detector().run(wide, 0, at_least)
    faces = []
    for box, score in zip(boxes, scores, strict=True):
        ends = (box.left(), box.top(), box.right() + 1, box.bottom() + 1)
        place = Box(*(round(end / scale) - pad for end in ends))
        faces.append(Face(place, float(score)))
    return sorted(faces, key=lambda face: -face.score)


def crop(picture: Bytes, box: Box) -> Bytes:
    """The face as (56, 48) bytes of grey, the box where it always is.

    What lies outside of the picture repeats its edge.
    """
    side = box.right - box.left
    left = round(box.left - SIDES * side)
    right = round(box.right + SIDES * side)
    top = round(box.top - ABOVE * side)
    bottom = round(box.bottom + BELOW * side)
    height, width = picture.shape[:2]
    pad = max(0, -left, -top, right - width, bottom - height)
    wide = cv2.copyMakeBorder(
        picture, pad, pad, pad, pad, cv2.BORDER_REPLICATE
    )
    inside = wide[top + pad : bottom + pad, left + pad : right + pad]
    return shrink(np.asarray(inside, np.uint8))


def shrink(picture: Bytes) -> Bytes:
    """Any picture as (56, 48) bytes of grey."""
    if picture.ndim == 3:
        picture = np.asarray(
            cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8
        )
    smaller = picture.shape[0] > HEIGHT
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(
        cv2.resize(picture, (WIDTH, HEIGHT), interpolation=way), np.uint8
    )


@lru_cache(maxsize=2)
def landmark_model(file: str) -> Any:
    """dlib's shape predictor in ``file``: 5 or 68 points. DataError else."""
    if not Path(file).is_file():
        raise DataError(
            local(
                {
                    "en": f"landmarks: {file} does not exist",
                    "zh": f"landmarks：{file} 不存在",
                }
            )
        )
    try:
        return dlib.shape_predictor(file)
    except RuntimeError as error:
        why = " ".join(str(error).split())[:100]
        raise DataError(
            local(
                {
                    "en": f"{file} is no landmark model of dlib: {why}",
                    "zh": f"{file} 不是 dlib 的关键点模型：{why}",
                }
            )
        ) from None


def eyes(picture: Bytes, box: Box, file: str) -> tuple[Any, Any]:
    """The centres (x, y) of the eye on the left and on the right."""
    model = landmark_model(file)
    found = model(picture, dlib.rectangle(*box))
    points = np.array([(p.x, p.y) for p in found.parts()], float)
    if len(points) == 5:  # two corners of each eye, then the nose
        pair = points[0:2].mean(0), points[2:4].mean(0)
    elif len(points) == 68:
        pair = points[36:42].mean(0), points[42:48].mean(0)
    else:
        raise DataError(
            local(
                {
                    "en": f"{file} has {len(points)} points, not 5 or 68",
                    "zh": f"{file} 有 {len(points)} 个点，而不是 5 或 68 个",
                }
            )
        )
    left, right = sorted(pair, key=lambda point: float(point[0]))
    return left, right


def upright(picture: Bytes, box: Box, file: str) -> Bytes:
    """The picture turned about the box until the eyes are level."""
    left, right = eyes(picture, box, file)
    dx, dy = right - left
    angle = float(np.degrees(np.arctan2(dy, dx)))
    centre = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    turn = cv2.getRotationMatrix2D(centre, angle, 1.0)
    height, width = picture.shape[:2]
    turned = cv2.warpAffine(
        picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, np.uint8)


def face_of(
    picture: Bytes, landmarks: str = ""
) -> tuple[Bytes, Box | None]:
    """The surest face as (56, 48), and where it was.

    Where none is found, the whole picture is taken, and None says so.
    """
    found = detect(picture)
    if not found:
        return shrink(picture), None
    box = found[0].box
    if landmarks:
        picture = upright(picture, box, landmarks)
    return crop(picture, box), box


def draw_boxes(picture: Bytes, faces: list[Face]) -> Bytes:
    """A copy (H, W, 3) with a frame round each face."""
    if picture.ndim == 2:
        picture = np.asarray(
            cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8
        )
    copy = picture.copy()
    thick = max(1, round(max(copy.shape[:2]) / 100))
    for (left, top, right, bottom), _ in faces:
        cv2.rectangle(
            copy, (left, top), (right, bottom), (0, 255, 0), thick
        )
    return copy

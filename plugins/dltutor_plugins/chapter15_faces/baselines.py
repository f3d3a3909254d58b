"""Distances that nobody trained: raw pixels, and gradients in HOG."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dltutor_plugins.chapter15_faces.detect import HEIGHT, WIDTH

Floats = NDArray[np.float64]
Array = NDArray[Any]


def euclidean(features: Array) -> Floats:
    """(N, D) to the distances of all pairs (N, N)."""
    f = np.asarray(features, np.float64)
    squares = (f**2).sum(1)
    gaps = squares[:, None] + squares[None] - 2 * f @ f.T
    return np.asarray(np.sqrt(np.maximum(gaps, 0)))


def pixels(x: Array) -> Floats:
    """Distances of the pictures (N, 56, 48) themselves."""
    return euclidean(x.reshape(len(x), -1) / 255)


def hog(x: Array) -> Floats:
    """Distances of histograms of oriented gradients, 1,080 numbers each.

    Cells of 8 x 8 pixels with nine directions, in blocks of 2 x 2 cells
    whose sums are made equal (Dalal and Triggs, 2005).
    """
    cells = (16, 16), (8, 8), (8, 8), 9
    describe = cv2.HOGDescriptor((WIDTH, HEIGHT), *cells)
    return euclidean(np.stack([describe.compute(face) for face in x]))

"""Cutting faces out."""

import numpy as np


def cut(picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """The box (left, top, right, bottom) of a picture (H, W[, 3])."""
    left, top, right, bottom = box
    height, width = picture.shape[:2]
    rows = np.arange(top, bottom).clip(0, height - 1)
    columns = np.arange(left, right).clip(0, width - 1)
    return picture[rows[:, None], columns]

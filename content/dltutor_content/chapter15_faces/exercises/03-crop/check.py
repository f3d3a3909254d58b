import numpy as np

from dltutor.learning.checks import equal, that

PICTURE = np.arange(12, dtype=np.uint8).reshape(3, 4)


def check_inside(work):
    """a box inside || 框在图片之内"""
    equal(work.cut(PICTURE.copy(), (1, 0, 3, 2)).tolist(), [[1, 2], [5, 6]], "cut(picture, (1, 0, 3, 2))")


def check_left_and_top(work):
    """beyond the left and the top edge || 超出左边和上边"""
    found = work.cut(PICTURE.copy(), (-2, -1, 2, 2)).tolist()
    equal(found, [[0, 0, 0, 1], [0, 0, 0, 1], [4, 4, 4, 5]], "cut(picture, (-2, -1, 2, 2))")


def check_right_and_bottom(work):
    """beyond the right and the bottom edge || 超出右边和下边"""
    found = work.cut(PICTURE.copy(), (3, 1, 6, 5)).tolist()
    equal(found, [[7, 7, 7], [11, 11, 11], [11, 11, 11], [11, 11, 11]], "cut(picture, (3, 1, 6, 5))")


def check_colour(work):
    """a colour picture, its dtype || 彩色图片及其 dtype"""
    colour = np.random.default_rng(0).integers(0, 256, (5, 6, 3), dtype=np.uint8)
    found = work.cut(colour, (-1, 2, 4, 6))
    equal(found.shape, (4, 5, 3), "shape || 形状")
    equal(found.dtype, np.dtype(np.uint8), "dtype")
    equal(found[3, 0].tolist(), colour[4, 0].tolist(), "the corner pixel || 角上的像素")


def check_original(work):
    """the original stays || 原图不变"""
    picture = PICTURE.copy()
    found = work.cut(picture, (0, 0, 2, 2))
    found[:] = 99
    that(
        (picture == PICTURE).all(),
        "Writing into the crop changed the picture: a slice is a view, not a copy."
        " || 写入裁剪结果改变了原图：切片是视图，不是副本。",
    )

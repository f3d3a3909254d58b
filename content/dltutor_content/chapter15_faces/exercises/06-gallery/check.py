import numpy as np

from dltutor.learning.checks import equal, raises

ADA = np.array([[0.8, 0.6], [0.6, 0.8]])
BO = np.array([[0.0, -1.0]])


def filled(work):
    gallery = work.Gallery()
    gallery.enrol("Ada", ADA.copy())
    gallery.enrol("Bo", BO.copy())
    return gallery


def check_nearest(work):
    """the nearest is named || 报出最近的人"""
    gallery = filled(work)
    equal(gallery.identify(np.array([1.0, 0.0]), 1.0), "Ada", "identify((1, 0))")
    equal(gallery.identify(np.array([0.6, -0.8]), 1.0), "Bo", "identify((0.6, -0.8))")


def check_nobody(work):
    """nobody within the threshold, nobody at all || 阈值之内没有人，或图库为空"""
    equal(filled(work).identify(np.array([-1.0, 0.0]), 1.0), None, "identify((-1, 0))")
    equal(work.Gallery().identify(np.array([1.0, 0.0]), 1.0), None, "an empty gallery || 空图库")


def check_centre(work):
    """the centre has length 1 || 中心的长度为 1"""
    gallery = work.Gallery()
    gallery.enrol("wide", np.array([[1.0, 0.0], [0.0, 1.0]]))
    # the centre is (0.707, 0.707), 0.142 away; the bare mean (0.5, 0.5) is 0.316 away
    vector = np.array([0.6, 0.8])
    equal(
        gallery.identify(vector, 0.2),
        "wide",
        "identify((0.6, 0.8)) within 0.2 || 阈值 0.2 时的 identify((0.6, 0.8))",
    )


def check_more(work):
    """enrolling again adds, and keeps copies || 再次登记是追加，且保存副本"""
    gallery, more = filled(work), np.array([[0.6, -0.8]])
    gallery.enrol("Bo", more)
    more[:] = [[1.0, 0.0]]
    first = np.array([[-1.0, 0.0]])
    gallery.enrol("Cy", first)
    first[:] = [[0.0, 1.0]]
    held = np.asarray(gallery.people["Bo"]).tolist() if hasattr(gallery, "people") else None
    if held is not None:
        equal(held, [[0.0, -1.0], [0.6, -0.8]], "Bo's vectors || Bo 的向量")
    equal(gallery.identify(np.array([-1.0, 0.0]), 0.5), "Cy", "identify((-1, 0))")


def check_delete(work):
    """deleted is deleted || 删除就是删除"""
    gallery = filled(work)
    gallery.delete("Ada")
    equal(gallery.identify(np.array([0.8, 0.6]), 0.5), None, "identify(Ada's vector) after delete || 删除之后 identify")
    raises(KeyError, lambda: gallery.delete("Ada"), name="delete('Ada')", when="deleting twice || 第二次删除时")

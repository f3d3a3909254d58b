import numpy as np

from dltutor.learning.checks import close, dtype, equal, untouched


def check_square(work):
    """w² has the slope 2w, whatever the step || w² 的斜率是 2w，与步长无关"""
    w = np.array([3.0, -1.0, 0.0])
    for h in (1e-5, 0.1, 1.0):
        got = work.numerical(lambda v: float((v * v).sum()), w, h)
        close(got, 2 * w, rtol=1e-8, atol=1e-8, name="numerical(f, w, h)", when={"w": w, "h": h})


def check_matrix(work):
    """numbers in a matrix, each with a slope of its own || 矩阵里的数，各有各的斜率"""
    w = np.array([[0.1, -0.4, 2.0], [1.5, 0.0, -3.0]])
    a = np.array([[1.0, 2, 3], [4, 5, 6]])
    got = work.numerical(lambda v: float((a * np.sin(v)).sum()), w)
    close(got, a * np.cos(w), rtol=1e-8, atol=1e-9, name="numerical(f, w)", when="f = Σ a · sin w")


def check_float64(work):
    """float32 and whole numbers are computed in float64 || float32 和整数都用 float64 计算"""
    for kind in (np.float32, np.int64):
        w = np.array([1, -2, 3], dtype=kind)
        kinds = set()

        def f(v, kinds=kinds):
            kinds.add(str(v.dtype))
            return float((v**3).sum())

        got = work.numerical(f, w)
        dtype(got, "float64", "numerical(f, w)", {"w": w})
        equal(sorted(kinds), ["float64"], "what f was called with || 传给 f 的类型", {"w": w})
        close(got, 3.0 * w.astype(np.float64) ** 2, rtol=1e-6, name="numerical(f, w)", when={"w": w})


def check_calls(work):
    """two calls for each number || 每个数调用两次"""
    calls = []
    work.numerical(lambda v: calls.append(1) or float(v.sum()), np.zeros((3, 4)))
    equal(len(calls), 24, "the number of calls of f || 调用 f 的次数", "w (3, 4)")


def check_untouched(work):
    """w stays as it was || w 不被改动"""
    w = np.array([1.0, 2.0])
    untouched(lambda v: work.numerical(lambda u: float((u * u).sum()), v), w, name="numerical(f, w)")


def check_agrees(work):
    """it tells a right gradient from a wrong one || 能分辨正确和错误的梯度"""
    generator = np.random.default_rng(0)
    a, y, w = generator.normal(size=(20, 3)), generator.normal(size=20), generator.normal(size=3)

    def f(v):
        r = a @ v - y
        return float(r @ r) / 40

    right = lambda v: a.T @ (a @ v - y) / 20
    cases = {
        "Aᵀr/N": (right, True),
        "Aᵀr/(2N)": (lambda v: right(v) / 2, False),
        "Aᵀ(Aw)/N": (lambda v: a.T @ (a @ v) / 20, False),
    }
    for name, (gradient, expected) in cases.items():
        equal(bool(work.agrees(f, gradient, w)), expected, "agrees(f, gradient, w)", f"gradient = {name}")

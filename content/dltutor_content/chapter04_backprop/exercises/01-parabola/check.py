import numpy as np

from dltutor.learning.checks import close, dtype, equal, shape, untouched

X = np.array([0.0, 1.0, 2.0])
Y = np.array([1.0, 2.0, 4.0])


def check_columns(work):
    """the columns are 1, x, x² and so on, in float64 || 各列依次是 1、x、x² 等，类型为 float64"""
    x = np.array([2.0, -3.0])
    expected = np.array([[1.0, 2.0, 4.0, 8.0], [1.0, -3.0, 9.0, -27.0]])
    got = untouched(work.design, x, 3, name="design(x, 3)", when={"x": x})
    close(got, expected, name="design(x, 3)", when={"x": x})


def check_line(work):
    """the line of the lesson || 课文中的直线"""
    got = untouched(work.fit, X, Y, 1, name="fit(x, y, 1)", when={"x": X, "y": Y})
    close(got, np.array([5 / 6, 3 / 2]), name="fit(x, y, 1)", when={"x": X, "y": Y})


def check_parabola(work):
    """a parabola goes through three points || 抛物线经过三个点"""
    got = work.fit(X, Y, 2)
    close(got, np.array([1.0, 0.5, 0.5]), name="fit(x, y, 2)", when={"x": X, "y": Y})


def check_mean(work):
    """degree 0 is the mean of y || 零次的结果是 y 的平均值"""
    close(work.fit(X, Y, 0), np.array([7 / 3]), name="fit(x, y, 0)", when={"x": X, "y": Y})


def check_whole_numbers(work):
    """whole numbers are computed as floats, without overflow || 整数按浮点数计算，不会溢出"""
    x = np.array([100, 200, 30], dtype=np.int16)
    got = work.design(x, 3)
    dtype(got, "float64", "design(x, 3)", {"x": x})
    expected = np.stack([x.astype(np.float64) ** k for k in range(4)], axis=1)
    equal(got, expected, "design(x, 3)", {"x": x})


def check_noise(work):
    """with noise the residual stands at a right angle to each column || 有噪声时，残差与每一列都成直角"""
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, 50)
    y = 1 - 2 * x + 3 * x**2 + generator.normal(0, 0.1, 50)
    theta = work.fit(x, y, 2)
    shape(theta, (3,), "fit(x, y, 2)")
    powers = np.stack([np.ones(50), x, x * x], axis=1)
    close(
        powers.T @ (powers @ theta - y),
        np.zeros(3),
        atol=1e-9,
        name="Aᵀr",
        when="50 noisy points about a parabola || 抛物线附近 50 个带噪声的点",
    )

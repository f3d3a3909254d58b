import math

from dltutor.learning.checks import close


def check_example(work):
    """e = (a + b)(b + 1): b is used twice || e = (a + b)(b + 1)：b 用了两次"""
    a, b, one = work.Value(2.0), work.Value(1.0), work.Value(1.0)
    c, d = a + b, b + one
    e = c * d
    e.backward()
    close(
        [v.grad for v in (a, b, c, d, e)],
        [2.0, 5.0, 2.0, 3.0, 1.0],
        name="the gradients of a, b, c, d, e || a、b、c、d、e 的梯度",
        when={"a": 2.0, "b": 1.0},
    )


def check_square(work):
    """x · x and x + x use x twice at one place || x · x 和 x + x 在同一处用了两次 x"""
    x = work.Value(3.0)
    (x * x).backward()
    close(x.grad, 6.0, name="x.grad", when="x * x, x = 3")
    y = work.Value(3.0)
    (y + y).backward()
    close(y.grad, 2.0, name="y.grad", when="y + y, y = 3")


def check_chain(work):
    """a chain with tanh || 一条含 tanh 的链"""
    x, w, b = work.Value(0.5), work.Value(2.0), work.Value(-0.3)
    h = (x * w + b).tanh()
    (h * h).backward()
    value = math.tanh(0.7)
    slope = 2 * value * (1 - value * value)
    close(
        [x.grad, w.grad, b.grad],
        [2 * slope, 0.5 * slope, slope],
        rtol=1e-9,
        name="the gradients of x, w, b || x、w、b 的梯度",
        when="h · h, h = tanh(x · w + b)",
    )


def check_order(work):
    """a number waits until all that use it have reported || 一个数要等所有用到它的数都传来梯度"""
    x = work.Value(1.0)
    a = x * work.Value(2.0)
    b = a * work.Value(3.0)
    for name, out in (("a + b", a + b), ("b + a", b + a)):
        out.backward()
        close(x.grad, 8.0, name="x.grad", when=f"{name}, a = 2x, b = 3a")


def check_twice(work):
    """a second backward gives the same || 再次反向传播，结果相同"""
    x, y = work.Value(3.0), work.Value(4.0)
    z = x * y + x
    z.backward()
    z.backward()
    close([x.grad, y.grad], [5.0, 3.0], name="the gradients of x, y || x、y 的梯度", when="z = x · y + x, backward twice || 调用两次 backward")


def check_doublings(work):
    """sixty doublings are no work || 六十次翻倍也不费力"""
    first = x = work.Value(1.0)
    for _ in range(60):
        x = x + x
    x.backward()
    close(first.grad, 2.0**60, name="the gradient of the first x || 最初的 x 的梯度", when="60 doublings || 60 次翻倍")

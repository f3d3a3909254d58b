import torch

from dltutor.learning.checks import close, shape, that, untouched


def without_values(function, *inputs, name):
    """The result on the device meta; fails when a value is asked for."""
    try:
        return function(*inputs)
    except (RuntimeError, NotImplementedError) as error:
        said = " ".join(str(error).split())[:90]
        that(
            False,
            f"{name} asked for a value of a tensor that has none ({said}). Use tensor operations instead of if, item, bool"
            f" and of indexing by a mask. || {name} 向没有值的张量要值（{said}）。不要用 if、item、bool 和掩码索引，改用张量运算。",
        )


def check_values(work):
    """a vector that is too long is scaled to the limit, a short one stays || 过长的向量缩放到上限，短的保持不变"""
    for x, limit, expected in (
        ([3.0, 4.0], 1.0, [0.6, 0.8]),
        ([3.0, 4.0], 10.0, [3.0, 4.0]),
        ([0.3, -0.4], 0.5, [0.3, -0.4]),
        ([[3.0, 0.0], [0.0, 4.0]], 1.0, [[0.6, 0.0], [0.0, 0.8]]),
    ):
        x = torch.tensor(x)
        got = untouched(work.limit_norm, x, limit, name="limit_norm(x, limit)", when={"x": x, "limit": limit})
        close(got, torch.tensor(expected), name="limit_norm(x, limit)", when={"x": x, "limit": limit})


def check_zeros(work):
    """zeros stay zeros, with a finite gradient || 零仍是零，梯度有限"""
    x = torch.zeros(3, requires_grad=True)
    out = work.limit_norm(x, 1.0)
    close(out.detach(), torch.zeros(3), name="limit_norm(zeros, 1.0)", when="three zeros || 三个零")
    out.sum().backward()
    that(
        x.grad is not None and bool(torch.isfinite(x.grad).all()),
        "The gradient at zeros is not finite: keep 0 out of the root and the division."
        " || 在零处梯度不是有限的：不要让 0 进入开方和除法。",
    )


def check_gradient(work):
    """gradients of both cases are those of the branching code || 两种情况的梯度都与带分支的代码相同"""
    # of the long one (I - u u') w / norm, with u = (0.6, 0.8) and w = (1, 2)
    for values, expected in (([0.3, -0.4], [1.0, 2.0]), ([3.0, 4.0], [-0.064, 0.048])):
        x = torch.tensor(values, dtype=torch.float64, requires_grad=True)
        (work.limit_norm(x, 1.0) * torch.tensor([1.0, 2.0], dtype=torch.float64)).sum().backward()
        that(x.grad is not None, "No gradient reaches x. || 梯度没有传到 x。")
        close(x.grad, torch.tensor(expected, dtype=torch.float64), name="the gradient || 梯度", when={"x": values, "limit": 1.0})


def check_no_value_for_the_norm(work):
    """limit_norm asks for no value || limit_norm 不要任何值"""
    x = torch.empty(5, device="meta")
    got = without_values(work.limit_norm, x, 1.0, name="limit_norm")
    shape(got, (5,), "limit_norm(x, 1.0)", "a tensor without values || 没有值的张量")


def check_masked(work):
    """the mean is over the mask alone || 只在掩码之内求平均"""
    x, mask = torch.tensor([1.0, 2.0, 30.0]), torch.tensor([True, True, False])
    close(work.masked_mean(x, mask), torch.tensor(1.5), name="masked_mean(x, mask)", when={"x": x, "mask": mask})


def check_empty_mask(work):
    """an empty mask gives 0, not nan || 空掩码得 0，不是 nan"""
    x, mask = torch.tensor([1.0, 2.0]), torch.tensor([False, False])
    close(work.masked_mean(x, mask), torch.tensor(0.0), name="masked_mean(x, mask)", when={"x": x, "mask": mask})


def check_outside(work):
    """inf and nan outside the mask do no harm || 掩码之外的 inf 和 nan 没有影响"""
    x = torch.tensor([1.0, float("inf"), float("nan"), 3.0])
    mask = torch.tensor([True, False, False, True])
    close(work.masked_mean(x, mask), torch.tensor(2.0), name="masked_mean(x, mask)", when={"x": x, "mask": mask})


def check_gradient_of_the_mean(work):
    """the mean keeps the dtype, and its gradient goes to the mask alone || 平均值保持类型，梯度只传到掩码之内"""
    x = torch.tensor([1.0, float("inf"), float("nan"), 3.0], dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([True, False, False, True])
    when = {"x": x.detach(), "mask": mask}
    mean = work.masked_mean(x, mask)
    close(mean.detach(), torch.tensor(2.0, dtype=torch.float64), name="masked_mean(x, mask)", when=when)
    that(mean.requires_grad, "No gradient reaches x. || 梯度没有传到 x。")
    mean.backward()
    expected = torch.tensor([0.5, 0.0, 0.0, 0.5], dtype=torch.float64)
    close(x.grad, expected, name="the gradient || 梯度", when=when)


def check_no_value_for_the_mean(work):
    """masked_mean asks for no value || masked_mean 不要任何值"""
    x, mask = torch.empty(4, device="meta"), torch.empty(4, dtype=torch.bool, device="meta")
    got = without_values(work.masked_mean, x, mask, name="masked_mean")
    shape(got, (), "masked_mean(x, mask)", "tensors without values || 没有值的张量")

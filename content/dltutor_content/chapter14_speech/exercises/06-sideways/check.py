import torch

from dltutor.learning.checks import close, equal, shape


def made(work, bands=40):
    torch.manual_seed(0)
    return work.Listener(bands, 16, 5).eval()


def batch(time, bands=40):
    return torch.randn(2, bands, time, generator=torch.Generator().manual_seed(1))


def check_shape(work):
    """logits for each clip || 每段都有 logits"""
    shape(made(work)(batch(101)), (2, 5), "Listener(40, 16, 5)", when="(2, 40, 101)")


def check_lengths(work):
    """any number of frames || 帧数任意"""
    for time in (7, 40, 333):
        shape(made(work)(batch(time)), (2, 5), "Listener(40, 16, 5)", when=f"(2, 40, {time})")


def check_places(work):
    """the linear layer takes the bands of one moment || 线性层接受一个时刻的各频带"""
    equal(tuple(made(work, 13).embed.weight.shape), (16, 13), "embed.weight of Listener(13, 16, 5) || Listener(13, 16, 5) 的 embed.weight")


def check_moments(work):
    """moments stay whole: their order has no influence || 时刻保持完整：先后没有影响"""
    model, x = made(work), batch(101)
    with torch.no_grad():
        close(model(x.flip(2)), model(x), name="the logits of a reversed clip || 倒放的 logits", atol=1e-4)
        one = x.clone()
        one[:, [3, 17]] = x[:, [17, 3]]
        different = bool((model(one) - model(x)).abs().max() > 1e-3)
    equal(different, True, "bands 3 and 17 swapped give other logits || 对调频带 3 和 17 会得到不同的 logits")

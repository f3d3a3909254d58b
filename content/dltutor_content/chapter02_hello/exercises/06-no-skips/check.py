import torch
from torch import nn
from torch.nn.functional import gelu

from dltutor.learning.checks import close, equal, shape, that

NAME = "UNet()(x)"


def made(work):
    torch.manual_seed(0)
    return work.UNet().eval()


def silence(layer):
    """A layer that gives 0 whatever it gets."""
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()


def follows(model):
    """How much the output changes when the picture does."""
    torch.manual_seed(1)
    with torch.no_grad():
        first, second = (model(torch.rand(1, 1, 16, 16)) for _ in range(2))
    return (first - second).abs().max().item()


def check_shape(work):
    """the output has the input's shape || 输出与输入的形状相同"""
    model = made(work)
    for size in ((2, 1, 28, 28), (1, 1, 8, 20)):
        shape(model(torch.zeros(size)), size, NAME)


def check_layers(work):
    """the layers are those that were given || 各层还是给定的那些"""
    found = [(n, tuple(p.shape)) for n, p in work.UNet().named_parameters() if p.dim() > 1]
    expected = [
        ("enter.weight", (8, 1, 3, 3)), ("down1.weight", (16, 8, 3, 3)), ("down2.weight", (32, 16, 3, 3)),
        ("up2.weight", (32, 16, 4, 4)), ("up1.weight", (32, 8, 4, 4)), ("leave.weight", (1, 16, 3, 3)),
    ]
    equal(found, expected, "the weights of the layers || 各层的权重")


def check_upper_skip(work):
    """with the layers below silenced, the picture still comes through at full resolution || 让下面的层沉默，图片仍能在全分辨率通过"""
    model = made(work)
    silence(model.up1)
    that(
        follows(model) > 1e-4,
        "With up1 silenced the output is the same for two different pictures: no skip brings what `enter` saw."
        " || 让 up1 沉默之后，两张不同图片的输出相同：没有跳跃连接把 `enter` 看到的送上来。",
    )


def check_lower_skip(work):
    """with the lowest layer silenced, the picture still comes through at half resolution || 让最低层沉默，图片仍能在一半分辨率通过"""
    model = made(work)
    silence(model.up2)
    with torch.no_grad():
        model.leave.weight[:, 8:] = 0  # not by way of the upper skip
    that(
        follows(model) > 1e-5,
        "With up2 silenced and the upper skip cut, the output is the same for two pictures: no skip brings what"
        " `down1` saw. || 让 up2 沉默并切断上面的跳跃连接之后，两张图片的输出相同：没有跳跃连接把 `down1` 看到的送上来。",
    )


def check_from_below(work):
    """with the skips cut, the picture comes from below || 切断跳跃连接，图片从下面上来"""
    model = made(work)
    with torch.no_grad():
        model.leave.weight[:, 8:] = 0
        model.up1.weight[16:] = 0
    that(
        follows(model) > 1e-6,
        "With both skips cut the output no longer follows the picture: the way through the lowest layer is broken."
        " || 切断两条跳跃连接之后，输出不再随图片而变：经过最低层的路断了。",
    )


def check_values(work):
    """the output is that of the U-Net in the statement || 输出就是题目所说的 U-Net"""
    model = made(work)
    torch.manual_seed(2)
    x = torch.rand(2, 1, 12, 16)
    with torch.no_grad():
        full = gelu(model.enter(x))
        half = gelu(model.down1(full))
        up = gelu(model.up2(gelu(model.down2(half))))
        up = gelu(model.up1(torch.cat((up, half), 1)))
        expected = model.leave(torch.cat((up, full), 1))
        close(model(x), expected, 1e-3, 1e-5, NAME, "x of shape (2, 1, 12, 16) || 形状为 (2, 1, 12, 16) 的 x")
    equal(isinstance(model, nn.Module), True, "UNet() is a module || UNet() 是一个模块")

"""Residual networks: the two families of the paper, and their plain twins.

K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image
recognition", CVPR 2016, https://arxiv.org/abs/1512.03385
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

Shortcut = Literal["padding", "projection", "none"]
"""what crosses a change of shape: zeros for the new channels (the paper's
option A), a 1x1 convolution (option B); ``none`` is the plain twin"""


def conv(c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """A convolution that keeps the size, or halves it with stride 2.

    The padding follows from the kernel: 1 for 3x3, and 0 for 1x1. A bias
    would be taken off again by the BatchNorm behind it.
    """
    return nn.Conv2d(
        c_in, c_out, kernel, stride, padding=kernel // 2, bias=False
    )


class Pad(nn.Module):
    """Option A: every second row and column, zeros for new channels."""

    def __init__(self, c_in: int, c_out: int, stride: int) -> None:
        super().__init__()
        self.new, self.stride = c_out - c_in, stride

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) to (B, c_out, H / stride, W / stride)."""
        x = x[:, :, :: self.stride, :: self.stride]
        before = self.new // 2
        return F.pad(x, (0, 0, 0, 0, before, self.new - before))


def make_shortcut(
    c_in: int, c_out: int, stride: int, kind: Shortcut
) -> nn.Module | None:
    """What x takes around a block; None where nothing goes around."""
    if kind == "none":
        return None
    if c_in == c_out and stride == 1:
        return nn.Identity()
    if kind == "padding":
        return Pad(c_in, c_out, stride)
    return nn.Sequential(
        conv(c_in, c_out, 1, stride), nn.BatchNorm2d(c_out)
    )


class BasicBlock(nn.Module):
    """Two 3x3 convolutions, and the shortcut around both."""

    expansion = 1
    """channels that come out, as a multiple of ``width``"""

    def __init__(
        self,
        c_in: int,
        width: int,
        stride: int = 1,
        shortcut: Shortcut = "projection",
    ) -> None:
        super().__init__()
        self.conv1 = conv(c_in, width, 3, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv(width, width, 3)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut = make_shortcut(c_in, width, stride, shortcut)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) to (B, width, H / stride, W / stride)."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))  # no ReLU before the sum
        if self.shortcut is not None:
            out = out + self.shortcut(x)
        return F.relu(out)


class Bottleneck(nn.Module):
    """1x1 to few channels, 3x3 on those, 1x1 back to four times as many.

    The stride is the 3x3 convolution's, as in torchvision; the paper had
    it in the first 1x1, which skips three quarters of its input.
    """

    expansion = 4

    def __init__(
        self,
        c_in: int,
        width: int,
        stride: int = 1,
        shortcut: Shortcut = "projection",
    ) -> None:
        super().__init__()
        c_out = width * self.expansion
        self.conv1 = conv(c_in, width, 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv(width, width, 3, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = conv(width, c_out, 1)
        self.bn3 = nn.BatchNorm2d(c_out)
        self.shortcut = make_shortcut(c_in, c_out, stride, shortcut)

    def forward(self, x: Tensor) -> Tensor:
        """(B, c_in, H, W) to (B, 4 width, H / stride, W / stride)."""
        out = F.relu(self.bn1(self.conv1(x)))
        out = F.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        if self.shortcut is not None:
            out = out + self.shortcut(x)
        return F.relu(out)


Block = type[BasicBlock] | type[Bottleneck]


class ResNet(nn.Module):
    """Pictures (B, 3, H, W) to logits (B, classes).

    ``blocks`` says how many blocks each stage has. Stage i works on
    ``width * 2**i`` channels; all but the first begin with stride 2.
    ``large`` takes the stem for pictures of about 224 x 224, which makes
    them four times smaller; for 32 x 32 a 3x3 convolution is enough.
    """

    def __init__(
        self,
        block: Block,
        blocks: Sequence[int],
        width: int,
        classes: int = 10,
        *,
        large: bool = False,
        shortcut: Shortcut = "projection",
    ) -> None:
        super().__init__()
        self.conv1 = (
            nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
            if large
            else conv(3, width, 3)
        )
        self.bn1 = nn.BatchNorm2d(width)
        self.pool = nn.MaxPool2d(3, 2, 1) if large else nn.Identity()
        self.stages, channels = nn.Sequential(), width
        for i, count in enumerate(blocks):
            w = width * 2**i
            first = block(channels, w, 2 if i else 1, shortcut)
            channels = w * block.expansion
            others = [
                block(channels, w, 1, shortcut) for _ in range(count - 1)
            ]
            self.stages.append(nn.Sequential(first, *others))
        self.fc = nn.Linear(channels, classes)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) to (B, classes)."""
        x = self.pool(F.relu(self.bn1(self.conv1(x))))
        x = self.stages(x)  # (B, channels, H / 8, W / 8) for four stages
        logits: Tensor = self.fc(x.mean(dim=(2, 3)))
        return logits


def initialise(module: nn.Module) -> None:
    """He's initialisation: the signal keeps its size through ReLUs.

    K. He and others, ICCV 2015, https://arxiv.org/abs/1502.01852
    """
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(
            module.weight, mode="fan_out", nonlinearity="relu"
        )


class Design(NamedTuple):
    """One network of the paper."""

    block: Block
    blocks: tuple[int, ...]
    width: int
    shortcut: Shortcut


DESIGNS = {
    # for CIFAR-10: 6n + 2 layers, shortcuts without parameters
    "resnet20": Design(BasicBlock, (3, 3, 3), 16, "padding"),
    "resnet32": Design(BasicBlock, (5, 5, 5), 16, "padding"),
    "resnet44": Design(BasicBlock, (7, 7, 7), 16, "padding"),
    "resnet56": Design(BasicBlock, (9, 9, 9), 16, "padding"),
    # for ImageNet
    "resnet18": Design(BasicBlock, (2, 2, 2, 2), 64, "projection"),
    "resnet34": Design(BasicBlock, (3, 4, 6, 3), 64, "projection"),
    "resnet50": Design(Bottleneck, (3, 4, 6, 3), 64, "projection"),
    "resnet101": Design(Bottleneck, (3, 4, 23, 3), 64, "projection"),
    "resnet152": Design(Bottleneck, (3, 8, 36, 3), 64, "projection"),
}


def build(
    name: str,
    classes: int = 10,
    *,
    scale: float = 1.0,
    shortcuts: bool = True,
    large: bool = False,
) -> ResNet:
    """A network of the paper by name, ``scale`` times as wide.

    ``shortcuts=False`` is its plain twin: the same layers, no way around.
    """
    design = DESIGNS[name]
    return ResNet(
        design.block,
        design.blocks,
        max(1, round(design.width * scale)),
        classes,
        large=large,
        shortcut=design.shortcut if shortcuts else "none",
    )


def count_parameters(model: nn.Module) -> int:
    """How many numbers the optimiser may change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)

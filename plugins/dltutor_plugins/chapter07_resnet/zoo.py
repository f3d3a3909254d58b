"""From a configuration to its network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from dltutor_plugins.chapter07_resnet.fast import ResNet9
from dltutor_plugins.chapter07_resnet.model import build

if TYPE_CHECKING:
    from dltutor_plugins.chapter07_resnet.config import Config


def network(config: Config, classes: int = 10) -> nn.Module:
    """The network that the configuration names: (B, 3, 32, 32) to (B, classes)."""
    name, scale, shortcuts = config.network, config.scale, config.shortcuts
    if name == "resnet9":
        width = max(1, round(64 * scale))
        return ResNet9(width, classes, shortcuts=shortcuts)
    return build(name, classes, scale=scale, shortcuts=shortcuts)


def for_table(config: Config) -> tuple[nn.Module, Tensor]:
    """The network and one input, for the layer table and the model file."""
    return network(config), torch.zeros(1, 3, 32, 32)

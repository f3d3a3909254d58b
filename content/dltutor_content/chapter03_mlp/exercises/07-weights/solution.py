"""A small network, and its weights in a file."""

from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor, nn


class Digits(nn.Module):
    """Pictures (B, 1, 28, 28) to logits (B, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 32)
        self.dropout = nn.Dropout(0.5)
        self.output = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.dropout(self.hidden(x.flatten(1)).relu()))


def save_weights(model: nn.Module, file: Path) -> None:
    """Writes the weights of ``model``, and nothing else, to ``file``."""
    save_file(model.state_dict(), file)


def load_weights(model: nn.Module, file: Path) -> nn.Module:
    """Puts the weights in ``file`` into ``model``, ready to predict."""
    model.load_state_dict(load_file(file))
    return model.eval()

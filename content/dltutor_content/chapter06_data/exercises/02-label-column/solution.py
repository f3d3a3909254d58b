"""Pictures and classes from a table of bytes."""

from torch import Tensor
from torch.utils.data import Dataset


class Rows(Dataset):
    """Rows of 785 bytes: the class, then 28 x 28 pixels."""

    def __init__(self, table: Tensor) -> None:
        self.table = table  # (N, 785) uint8

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        """Picture ``i``, (1, 28, 28) from 0 to 1, and its class."""
        label = int(self.table[i, 0])  # before anything is scaled
        pixels = self.table[i, 1:].float() / 255  # bytes to 0 ... 1
        return pixels.view(1, 28, 28), label

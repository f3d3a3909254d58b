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
        row = self.table[i].float() / 255  # bytes to 0 ... 1
        label = int(row[0])
        picture = row[1:].view(1, 28, 28)
        return picture, label

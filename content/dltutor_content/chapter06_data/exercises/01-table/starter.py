"""A Dataset over two tensors."""

from collections.abc import Callable

from torch import Tensor
from torch.utils.data import Dataset


class Table(Dataset):
    """Pictures and their classes, one at a time."""

    def __init__(
        self,
        x: Tensor,
        y: Tensor,
        transform: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        self.x = x  # (N, 1, H, W)
        self.y = y  # (N,)
        self.transform = transform

    def __len__(self) -> int:
        # Your part.
        return 0

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        # Your part.
        return self.x, self.y

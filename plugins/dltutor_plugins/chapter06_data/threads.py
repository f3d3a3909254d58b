"""Small computations are fastest on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch computes as it does in a worker: on a single thread.

    To share a picture of 28 x 28 among threads costs more than to
    compute it, and far more where another program keeps a core busy.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

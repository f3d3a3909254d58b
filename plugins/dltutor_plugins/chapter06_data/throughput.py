"""How many pictures a second come out, by workers, batch size and work: measured when asked."""

from __future__ import annotations

import sys
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Annotated, Literal

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter06_data.data import augmentation
from dltutor_plugins.chapter06_data.threads import one_thread

WORKERS = (0, 1, 2, 4)
BATCHES = (1, 4, 16, 64)
WORKS = ("index", "augment", "wait")
WAIT_SECONDS = 0.00025
SLICE_SECONDS = 0.012
"""a measurement takes at least this long"""
NONE = -1
"""stands for no loader at all where workers are meant"""
PICTURES = 4_096

Order = tuple[str, int]
"""a kind of work, and the position of a picture"""


class Bench(Dataset[Tensor]):
    """Pictures that cost as much work as the one who asks wants.

    A sampler may yield anything that ``__getitem__`` understands. Here
    it is a pair, so that one set of workers serves all kinds of work.
    """

    def __init__(self) -> None:
        self.x = torch.zeros(PICTURES, 1, 28, 28, dtype=torch.uint8)
        self.affine = augmentation("affine")

    def __len__(self) -> int:
        return PICTURES

    def __getitem__(self, order: Order) -> Tensor:
        work, i = order
        x = self.x[i]
        if work == "augment" and self.affine is not None:
            return self.affine(x)
        if work == "wait":
            time.sleep(WAIT_SECONDS)  # as for a disk or a network
        return x


class Feed:
    """A batch sampler whose batches can be exchanged between epochs."""

    def __init__(self) -> None:
        self.batches: Sequence[Sequence[Order]] = ()

    def __iter__(self) -> Iterator[Sequence[Order]]:
        return iter(self.batches)

    def __len__(self) -> int:
        return len(self.batches)


class Meter:
    """Loaders with 0, 1, 2 and 4 workers that stay, and what was measured.

    The workers end when this process does: they look for it every few
    seconds, and it ends them itself when it has the time.
    """

    def __init__(self) -> None:
        self.bench = Bench()
        self.feeds = {workers: Feed() for workers in WORKERS}
        self.measured: dict[tuple[str, int, int], deque[tuple[int, float]]]
        self.measured = {}
        start = time.perf_counter()
        self.loaders = {w: self.open(w) for w in WORKERS}
        for workers in WORKERS:  # until the first batch of each is there
            self.time("index", 1, workers, max(1, workers))
        self.start_seconds = time.perf_counter() - start
        for work, workers in product(WORKS, WORKERS):  # warmed up
            self.time(work, 4, workers, max(1, workers))

    def open(self, workers: int) -> DataLoader[Tensor]:
        """A loader whose workers are there for good."""
        # a copy of this process starts in milliseconds; elsewhere each
        # worker is a new Python that imports torch
        fork = "fork" if workers and sys.platform == "linux" else None
        with warnings.catch_warnings():
            # "more workers than cores": that is what is to be seen
            warnings.simplefilter("ignore")
            return DataLoader(
                self.bench,
                batch_sampler=self.feeds[workers],  # type: ignore[arg-type]
                num_workers=workers,
                persistent_workers=workers > 0,
                multiprocessing_context=fork,
                generator=torch.Generator(),
            )

    def time(self, work: str, batch: int, workers: int, n: int) -> float:
        """Seconds until ``n`` batches have come; each process has one thread."""
        with one_thread():
            start = time.perf_counter()
            if workers == NONE:
                for _ in range(n):
                    self.no_loader(work, batch)
            else:
                orders = [(work, i) for i in range(batch)]
                self.feeds[workers].batches = [orders] * n
                for _ in self.loaders[workers]:
                    pass
            return time.perf_counter() - start

    def no_loader(self, work: str, batch: int) -> Tensor:
        """A batch by indexing; one random change for all of it."""
        x = self.bench.x[torch.randint(PICTURES, (batch,))]
        change = self.bench.affine if work == "augment" else None
        return change(x) if change is not None else x

    def measure(self, work: str, batch: int, workers: int) -> None:
        """One more slice of a setting: as many batches as it takes."""
        crew, each = max(1, workers), 1  # as many batches for each worker
        n, seconds = crew, self.time(work, batch, workers, crew)
        while seconds < SLICE_SECONDS:
            each = 1 + int(each * min(8.0, SLICE_SECONDS / seconds))
            n = crew * each
            seconds = self.time(work, batch, workers, n)
        kept = self.measured.setdefault(
            (work, batch, workers), deque(maxlen=5)
        )
        kept.append((n * batch, seconds))

    def rate(self, work: str, batch: int, workers: int) -> float:
        """Pictures a second: the best of a setting's newest five slices.

        Whatever else runs on the machine can only make it slower.
        """
        kept = self.measured[work, batch, workers]
        return max(n / seconds for n, seconds in kept)


def options(work: str) -> tuple[int, ...]:
    """The ways to measure: nobody can index what has to be waited for."""
    return WORKERS if work == "wait" else (NONE, *WORKERS)


@lru_cache(maxsize=1)
def meter() -> Meter:
    """Made at the first look, when each setting is measured once."""
    new = Meter()
    for work, batch in product(WORKS, BATCHES):
        for way in options(work):
            new.measure(work, batch, way)
    return new


def throughput(
    work: Annotated[
        Literal["index", "augment", "wait"],
        Param(
            "for each picture: only index it, turn and move it, or wait 0.25 ms",
            zh="每张图片：只索引、旋转平移，或等待 0.25 毫秒",
        ),
    ] = "augment",
    batch: Annotated[
        Literal["1", "4", "16", "64"],
        Param("pictures in a batch", zh="每批的图片数"),
    ] = "64",
    workers: Annotated[
        Literal["1", "2", "4"],
        Param("worker processes to judge", zh="要评判的工作进程数"),
    ] = "2",
) -> list[View]:
    """A chart and a table of what was measured, and a verdict."""
    bench, size, crew = meter(), int(batch), int(workers)
    for way in {options(work)[0], 0, crew}:
        bench.measure(work, size, way)  # anew: what the verdict is on
    chart = Chart(
        series=[
            Series(
                name(way),
                [bench.rate(work, b, way) / 1000 for b in BATCHES],
                [float(b.bit_length() - 1) for b in BATCHES],
            )
            for way in options(work)
        ],
        log_y=True,
        title={"en": "Pictures a second", "zh": "每秒图片数"},
        x_label={
            "en": "batch size, as a power of two",
            "zh": "批量大小（2 的幂次）",
        },
        y_label={"en": "thousands", "zh": "千张"},
    )
    table = Table(
        columns=(
            {"en": "who fetches", "zh": "谁取数据"},
            *(f"B = {b}" for b in BATCHES),
        ),
        rows=[
            (
                label(way),
                *(f"{bench.rate(work, b, way):,.0f}" for b in BATCHES),
            )
            for way in options(work)
        ],
        title={
            "en": "Pictures a second, measured here",
            "zh": "每秒图片数，在本机测得",
        },
    )
    return [chart, table, Note(verdict(bench, work, size, crew))]


def name(way: int) -> dict[str, str]:
    """How a way of fetching is called."""
    if way == NONE:
        return {"en": "no loader", "zh": "不用加载器"}
    return {
        "en": f"{way} worker{'' if way == 1 else 's'}",
        "zh": f"{way} 个工作进程",
    }


def label(way: int) -> str:
    """The same in the reader's language, for a cell."""
    from dltutor.i18n import local

    return local(name(way))


def verdict(
    bench: Meter, work: str, batch: int, workers: int
) -> dict[str, str]:
    """Whether these workers pay, by how much, and what it was measured on."""
    ratio = bench.rate(work, batch, workers) / bench.rate(work, batch, 0)
    n, seconds = bench.measured[work, batch, workers][-1]
    ms, start = f"{seconds * 1000:.0f}", f"{bench.start_seconds:.2f}"
    fast = {"en": f"{ratio:.1f} times as fast as", "zh": f"{ratio:.1f} 倍"}
    if ratio < 1:
        fast = {
            "en": f"{1 / ratio:.1f} times slower than",
            "zh": f"{1 / ratio:.1f} 分之一",
        }
    batches = n // batch
    return {
        "en": f"With batches of {batch}, {name(workers)['en']} are {fast['en']} none "
        f"(newest measurement: {batches:,} batches in {ms} ms). Starting all seven "
        f"workers took {start} s.",
        "zh": f"批量为 {batch} 时，{name(workers)['zh']}的速度是不用工作进程的 {fast['zh']}"
        f"（最近一次测量：{ms} 毫秒内 {batches:,} 批）。启动全部七个工作进程用了 {start} 秒。",
    }

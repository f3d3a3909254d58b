"""Features of chapter 14: batches on the device next to librosa, clip by clip.

    python tests/benchmarks/bench_speech.py [--clips 320] [--rounds 5]

Both compute 40 MFCC of one second at 16 kHz with the same parameters, and agree (the largest
difference is printed). librosa is warmed up first. Rounds alternate, so that a busy machine slows
both alike; medians and their ratio are printed. Chunks of other sizes are timed too.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import librosa
import numpy as np
import torch

from dltutor_plugins.chapter14_speech.features import BANDS, FFT, HOP, LOWEST, WINDOW, mfcc
from dltutor_plugins.chapter14_speech.sound import RATE, SECOND


def one_by_one(waves: np.ndarray) -> np.ndarray:
    """librosa's MFCC of each clip: (N, 101, 40)."""
    rows = []
    for wave in waves:
        power = librosa.feature.melspectrogram(
            y=wave,
            sr=RATE,
            n_fft=FFT,
            win_length=WINDOW,
            hop_length=HOP,
            n_mels=BANDS,
            fmin=LOWEST,
            htk=True,
            norm=None,
            pad_mode="constant",
        )
        rows.append(librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=BANDS).T)
    return np.stack(rows)


def in_chunks(waves: torch.Tensor, size: int) -> torch.Tensor:
    return torch.cat([mfcc(part, BANDS) for part in waves.split(size)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=320)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    waves = 0.1 * torch.randn(given.clips, SECOND, generator=torch.Generator().manual_seed(0))
    ways: dict[str, Callable[[], object]] = {
        "librosa, one by one": lambda: one_by_one(waves.numpy()),
        "chunks of 1": lambda: in_chunks(waves, 1),
        "chunks of 8": lambda: in_chunks(waves, 8),
        "chunks of 32": lambda: in_chunks(waves, 32),
        "chunks of 256": lambda: in_chunks(waves, 256),
    }
    few = waves[:32]
    difference = np.abs(one_by_one(few.numpy()) - in_chunks(few, 32).numpy()).max()
    print(f"largest difference {difference:.1e}, threads {torch.get_num_threads()}")
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(given.rounds):
        for name, way in ways.items():
            begin = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - begin)
    first = statistics.median(seconds["librosa, one by one"])
    for name, values in seconds.items():
        middle = statistics.median(values)
        print(f"{name:20} {given.clips / middle:8.0f} clips/s  {first / middle:5.1f}")


if __name__ == "__main__":
    main()

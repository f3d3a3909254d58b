"""Alignment by itself: how soon does a small Transformer learn to copy?

``python -m dltutor_plugins.chapter12_seq2seq.copying`` prints a table.
Sources are random symbols, so there is nothing to learn but where to look.
"""

from __future__ import annotations

from statistics import fmean

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor_plugins.chapter12_seq2seq.decode import greedy
from dltutor_plugins.chapter12_seq2seq.model import Transformer, alike
from dltutor_plugins.chapter12_seq2seq.vocabulary import BOS, EOS, PAD

TOKENS = 24
"""20 symbols and the four marks"""


def sequences(count: int, length: int) -> Tensor:
    """Random symbols and EOS: (count, length + 1)."""
    symbols = torch.randint(4, TOKENS, (count, length))
    return F.pad(symbols, (0, 1), value=EOS)


def learnt(
    longest_wave: float,
    same_start: bool,
    steps: tuple[int, ...],
    seed: int = 0,
) -> list[float]:
    """Share of symbols copied rightly after so many steps of training."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Transformer(TOKENS, TOKENS, 64, 4, 1, 0.0, "plain")
        model.longest_wave = longest_wave
        if same_start:
            for layer in model.decoder_layers:
                alike(layer.cross)
        optimiser = torch.optim.AdamW(model.parameters(), 2e-3, fused=True)
        found = []
        for step in range(1, max(steps) + 1):
            length = int(torch.randint(6, 21, ()))
            source = sequences(32, length)
            loss = loss_of(model.train(), source)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            if step in steps:
                found.append(copied(model.eval()))
        return found


def loss_of(model: Transformer, source: Tensor) -> Tensor:
    """Teacher forcing; the target is the source itself."""
    logits = model(source, F.pad(source, (1, 0), value=BOS)[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), source.flatten())


def copied(model: Transformer) -> float:
    """Of 200 new sequences of 14 symbols, written greedily."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        source = sequences(200, 14)
    said = F.pad(greedy(model, source), (0, 20), value=PAD)[:, :14]
    return float((said == source[:, :14]).float().mean())


if __name__ == "__main__":
    marks = (50, 100, 200)
    print("longest wave  key starts     50     100    200 steps; 3 seeds")
    for wave in (10_000.0, 100.0):
        for same in (False, True):
            rows = [learnt(wave, same, marks, seed) for seed in range(3)]
            start = "as the query" if same else "at random"
            means = [fmean(column) for column in zip(*rows, strict=True)]
            shares = "  ".join(f"{share:.3f}" for share in means)
            print(f"{wave:12,.0f}  {start:12}  {shares}", flush=True)

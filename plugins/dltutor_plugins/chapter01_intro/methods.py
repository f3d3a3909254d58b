"""A hand-written rule and a counted statistic, for the same digits."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

INK = 100
"""pixels brighter than this are ink"""


def holes(ink: Tensor) -> Tensor:
    """Paper that ink encloses: (N, 28, 28) bool to the same.

    Floods paper from the edge, a pixel a turn; what stays dry is a hole.
    """
    paper = ~ink
    wet = paper.clone()
    wet[:, 1:-1, 1:-1] = False  # at first, the edge alone
    while True:
        wetter = wet.clone()
        wetter[:, 1:] |= wet[:, :-1]  # down
        wetter[:, :-1] |= wet[:, 1:]  # up
        wetter[:, :, 1:] |= wet[:, :, :-1]  # to the right
        wetter[:, :, :-1] |= wet[:, :, 1:]  # to the left
        wetter &= paper
        if torch.equal(wetter, wet):
            return paper & ~wet
        wet = wetter


def rule(x: Tensor) -> Tensor:
    """What a person thought of, for pictures (N, 1, 28, 28) uint8."""
    ink = x[:, 0] > INK
    hole = holes(ink)
    rows = hole.any(dim=2)  # (N, 28): rows that cross a hole
    begins = (rows[:, 1:] & ~rows[:, :-1]).sum(dim=1)
    height = rows.sum(dim=1)
    middle = (rows * torch.arange(28, device=x.device)).sum(dim=1)
    upper = middle <= 13 * height  # the mean row of the hole
    width = ink.any(dim=1).sum(dim=1)
    part = x.float().view(-1, 2, 14, 2, 14)
    share = part.sum(dim=(2, 4))  # (N, 2, 2): ink in each quarter
    top_left, top_right = share[:, 0, 0], share[:, 0, 1]
    low_left, low_right = share[:, 1, 0], share[:, 1, 1]

    said = torch.full((len(x),), 3, device=x.device)
    said[low_left > low_right * 1.2] = 2
    said[top_left > top_right] = 5
    said[width <= 10] = 1  # so far, none of them has a hole
    said[(begins == 1) & upper] = 9
    said[(begins == 1) & ~upper] = 6
    said[(begins == 1) & (height >= 7)] = 0
    said[begins >= 2] = 8
    return said


class Counts(NamedTuple):
    """How often each pixel held ink, in each class."""

    ink: Tensor
    """(classes, 784): the share of pictures with ink there"""
    classes: Tensor
    """(classes,): the share of each class"""


def count(x: Tensor, y: Tensor, classes: int) -> Counts:
    """One pass over (N, 1, 28, 28) uint8 pictures and their labels."""
    ink = (x.flatten(1) > INK).float()
    member = F.one_hot(y, classes).float()  # (N, classes)
    often = member.sum(dim=0)
    # one picture with ink and one without, so that no share is 0 or 1
    shares = (member.T @ ink + 1) / (often[:, None] + 2)
    return Counts(shares, often / often.sum())


def most_likely(counts: Counts, x: Tensor) -> Tensor:
    """Scores (N, classes): sums of logarithms, each pixel by itself."""
    ink = (x.flatten(1) > INK).float()
    yes, no = counts.ink.log(), (1 - counts.ink).log()
    return ink @ yes.T + (1 - ink) @ no.T + counts.classes.log()


def accuracy(said: Tensor, y: Tensor) -> float:
    """The share of labels (N,) that were said."""
    return (said == y).sum().item() / len(y)

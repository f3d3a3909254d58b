"""Three losses for vectors of faces, over all pairs of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from dltutor_plugins.chapter15_faces.config import Config

MARGINS = {"contrastive": 1.0, "triplet": 0.3, "margin": 0.3}


def distances(z: Tensor) -> Tensor:
    """Euclidean distances of all pairs: (B, D) unit vectors to (B, B).

    For unit vectors d^2 = 2 - 2 cos. The root's slope at 0 is infinite, so
    a little is added below it.
    """
    squares = (2 - 2 * z @ z.T).clamp(min=0)
    return (squares + 1e-8).sqrt()


def same_person(y: Tensor) -> Tensor:
    """(B,) people to (B, B): 1 where two pictures show the same person."""
    return y[:, None] == y[None]


def contrastive(z: Tensor, y: Tensor, margin: float) -> Tensor:
    """Same people together, others at least ``margin`` apart.

    The label of a pair is 1 for the SAME person, 0 for two people. Hadsell,
    Chopra and LeCun (2006) write it the other way round. Both kinds of
    pairs have half of the say, though there are far more of the second.
    """
    d, same = distances(z), same_person(y)
    upper = torch.ones_like(same).triu(diagonal=1)  # each pair once
    pull = d[same & upper].square()
    push = F.relu(margin - d[~same & upper]).square()
    return (mean(pull) + mean(push)) / 2


def triplet(z: Tensor, y: Tensor, margin: float) -> Tensor:
    """Every face nearer to its person's than to anyone else's.

    For each face the farthest of the same person and the nearest of another
    in the batch (Hermans, Beyer and Leibe, 2017, "batch hard").
    """
    d, same = distances(z), same_person(y)
    farthest = d.masked_fill(~same, 0).amax(dim=1)
    nearest = d.masked_fill(same, 9).amin(dim=1)
    return F.relu(farthest - nearest + margin).mean()


class Margin(nn.Module):
    """Cross-entropy over the people of training, made harder by a margin.

    CosFace (Wang and others, 2018): a centre for each person, the logits
    are cosines times ``scale``, and the right one is lowered by ``margin``.
    """

    def __init__(
        self, embedding: int, people: int, scale: float = 16
    ) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(people, embedding))
        self.scale = scale

    def forward(self, z: Tensor, y: Tensor, margin: float) -> Tensor:
        """Unit vectors (B, D) and people (B,) from 0 on; a scalar."""
        cosines = z @ F.normalize(self.centres, dim=1).T
        lowered = cosines - margin * F.one_hot(y, len(self.centres))
        return F.cross_entropy(self.scale * lowered, y)


def mean(values: Tensor) -> Tensor:
    """The mean; 0, with a gradient of 0, where there is nothing."""
    return values.sum() / max(1, values.numel())


def of(config: Config, centres: nn.Module, z: Tensor, y: Tensor) -> Tensor:
    """The loss that the configuration names, for a batch."""
    margin = config.margin or MARGINS[config.loss]
    if config.loss == "contrastive":
        return contrastive(z, y, margin)
    if config.loss == "triplet":
        return triplet(z, y, margin)
    loss: Tensor = centres(z, y, margin)
    return loss

"""What can be set in the tests' chapter."""

from dataclasses import dataclass
from typing import Annotated, Literal

from dltutor import chapter
from dltutor.chapter import Param


@dataclass(frozen=True, kw_only=True)
class Config(chapter.Config):
    epochs: Annotated[int, Param("passes", low=1, high=1000)] = 4
    first: Annotated[int, Param("passes over half of the samples before these", low=0)] = 0
    batch_size: Annotated[int, Param("samples in a step", low=1)] = 32
    lr: Annotated[float, Param("learning rate", low=0, high=1e6)] = 1e-2
    samples: Annotated[int, Param("samples", low=1)] = 1000
    hidden: Annotated[int, Param("units", low=1)] = 32
    dropout: Annotated[float, Param("dropout", low=0, high=1)] = 0.1
    conv: Annotated[bool, Param("convolutions")] = False
    oom_above: Annotated[
        int, Param("pretends that memory runs out above so many samples; 0: never", low=0)
    ] = 0
    noise: Annotated[float, Param("noise", low=0)] = 0.05
    fault: Annotated[Literal["none", "data", "nan", "raise"], Param("what goes wrong")] = "none"
    sleep: Annotated[float, Param("seconds to sleep in a step", low=0)] = 0.0

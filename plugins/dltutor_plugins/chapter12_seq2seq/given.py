"""The small model that comes with the chapter, for who has not trained yet.

``python -m dltutor_plugins.chapter12_seq2seq.given RUN`` makes it anew of a
run. This one is ``dltutor run chapter12 --data builtin`` with sentences=14000,
epochs=8, width=64, heads=4, characters=2000, syllables=1300, lr=4e-3.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import safe_open
from safetensors.torch import save_file

from dltutor_plugins.chapter12_seq2seq.config import Config
from dltutor_plugins.chapter12_seq2seq.model import build
from dltutor_plugins.chapter12_seq2seq.predict import Reader, load_model
from dltutor_plugins.chapter12_seq2seq.vocabulary import Vocabulary

if TYPE_CHECKING:
    from dltutor.events import Trained

FILE = Path(__file__).with_name("writer.safetensors")
"""weights as halves, with the configuration and both vocabularies"""


@lru_cache(maxsize=1)
def given(file: Path = FILE) -> Reader:
    """The model in evaluation mode, on the CPU."""
    with safe_open(file, "pt") as stored:
        about = json.loads(stored.metadata()["writer"])
        weights = {k: stored.get_tensor(k).float() for k in stored.keys()}  # noqa: SIM118
    model = build(Config(**about["config"]))
    model.load_state_dict(weights)
    return Reader(
        model.eval(),
        Vocabulary(about["hanzi"]),
        Vocabulary(about["pinyin"]),
    )


def write(trained: Trained, file: Path) -> None:
    """Makes such a file of a run."""
    reader = load_model(trained)
    about = {
        "config": asdict(trained.config),
        "hanzi": reader.hanzi.tokens,
        "pinyin": reader.pinyin.tokens,
    }
    weights = {
        name: weight.half().cpu().contiguous()
        for name, weight in reader.model.state_dict().items()
    }
    save_file(weights, file, {"writer": json.dumps(about)})


if __name__ == "__main__":
    from dltutor.runs.folder import find_run
    from dltutor.training.trained import TrainedRun

    write(TrainedRun(find_run(sys.argv[1]), "cpu"), FILE)

"""The small reader that comes with the chapter, for who has not trained yet."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from safetensors import safe_open
from safetensors.torch import save_file

from dltutor_plugins.chapter09_gru.config import Config
from dltutor_plugins.chapter09_gru.data import Vocabulary
from dltutor_plugins.chapter09_gru.model import build
from dltutor_plugins.chapter09_gru.predict import Loaded

FILE = Path(__file__).with_name("reader.safetensors")
"""weights of the preset ``quick`` on the builtin reviews, seed 0, halves"""


@lru_cache(maxsize=1)
def given(file: Path = FILE) -> Loaded:
    """The reader in evaluation mode, on the CPU."""
    with safe_open(file, "pt") as stored:
        about = json.loads(stored.metadata()["reader"])
        names = list(stored.keys())
        weights = {k: stored.get_tensor(k).float() for k in names}
    config, classes = Config(**about["config"]), tuple(about["classes"])
    model = build(config, len(classes))
    model.load_state_dict(weights)
    known = Vocabulary(about["characters"])
    return Loaded(model.eval(), known, classes, config.longest)


def write(loaded: Loaded, config: dict[str, Any], file: Path) -> None:
    """Makes such a file of a run's reader."""
    about = {
        "config": config,
        "classes": loaded.classes,
        "characters": loaded.known.characters,
    }
    weights = {
        name: weight.half().contiguous()
        for name, weight in loaded.model.state_dict().items()
    }
    save_file(weights, file, {"reader": json.dumps(about)})

"""What a fine-tuned run says of texts, typed or in files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from transformers import (
    AutoConfig,
    BertForPreTraining,
    PreTrainedTokenizerFast,
)

from dltutor.data.texts import asked, normalise
from dltutor.errors import DataError
from dltutor.events import Prediction
from dltutor.i18n import local
from dltutor_plugins.chapter11_bert.model import (
    Classifier,
    Pretraining,
    random_encoder,
)
from dltutor_plugins.chapter11_bert.tokens import encode

if TYPE_CHECKING:
    from dltutor.events import Trained

AT_ONCE = 64


class Opened(NamedTuple):
    """A run's classifier and all that one needs to ask it."""

    model: Classifier
    tokenizer: Any
    classes: tuple[str, ...]
    max_length: int
    device: Any


def predict(
    trained: Trained, inputs: Sequence[str | Path]
) -> Iterator[Prediction]:
    """Classifies texts. An input is a text, or a file with one a line."""
    opened = open_run(trained)
    texts = [text for text in asked(inputs) if text.strip()]
    for start in range(0, len(texts), AT_ONCE):
        part = texts[start : start + AT_ONCE]
        for text, row in zip(
            part, probabilities(opened, part), strict=True
        ):
            pairs = zip(opened.classes, row, strict=True)
            ranked = sorted(pairs, key=lambda pair: -pair[1])
            yield Prediction(text, ranked[0][0], tuple(ranked))


@torch.inference_mode()
def probabilities(
    opened: Opened, texts: Sequence[str]
) -> list[list[float]]:
    """A row a text, a number a class."""
    plain = [normalise(text) for text in texts]
    x = encode(opened.tokenizer, plain, opened.max_length)
    ids, mask = x.ids.to(opened.device), x.mask.to(opened.device)
    logits = opened.model(ids, mask).float()
    found: list[list[float]] = logits.softmax(dim=1).tolist()
    return found


def open_run(trained: Any) -> Opened:
    """The run's weights in its architecture, with its own tokenizer."""
    extra = trained.extra()
    if "encoder" not in extra:
        raise unfinished()
    config = AutoConfig.for_model(**extra["encoder"])
    classes = tuple(extra["classes"])
    model = Classifier(
        random_encoder(config), len(classes), trained.config.pooling
    )
    model = trained.load(model, extra["classifier"])
    return Opened(
        model,
        tokenizer_of(extra),
        classes,
        trained.config.max_length,
        trained.device,
    )


def tokenizer_of(extra: dict[str, Any]) -> Any:
    """The tokenizer that the run kept as text."""
    from tokenizers import Tokenizer

    fast: Any = PreTrainedTokenizerFast
    return fast(
        tokenizer_object=Tokenizer.from_str(extra["tokenizer"]),
        pad_token=extra["pad"],
        mask_token=extra["mask"],
        padding_side="right",
    )


def open_pretrained(trained: Any) -> tuple[BertForPreTraining, Any]:
    """The miniature as it was before the fine-tuning, and its tokenizer."""
    extra = trained.extra()
    if "encoder" not in extra or extra["classifier"] == "model0":
        raise unfinished()
    config: Any = AutoConfig.for_model(**extra["encoder"])
    model: Any = trained.load(Pretraining(config), "model0")
    return model.net, tokenizer_of(extra)


def unfinished() -> DataError:
    text = {
        "en": "this run has not come to its fine-tuning yet, or has no"
        " pretraining of its own",
        "zh": "这个运行还没有进行到微调，或者没有自己的预训练",
    }
    return DataError(local(text), "dltutor run chapter11 --preset quick")

"""Fill in the blank, and what several models say of one text."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import torch
from torch import Tensor

from dltutor.chapter import Param
from dltutor.data.roots import DataChoice
from dltutor.data.texts import normalise
from dltutor.errors import UsageError
from dltutor.events import Context
from dltutor.i18n import local
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter11_bert import data
from dltutor_plugins.chapter11_bert.hub import MINI
from dltutor_plugins.chapter11_bert.mini import (
    Asked,
    encoder_of,
    features,
    masked_model,
    place,
    random_mini,
    tokenizer_of,
)
from dltutor_plugins.chapter11_bert.predict import (
    Opened,
    open_pretrained,
    open_run,
    probabilities,
)

BLANK = "_"
SHOWN = 8


def fill(
    context: Context,
    text: Annotated[
        str, Param("a text; _ is a blank", zh="一段文本，_ 是空格")
    ] = "酒店的服_很好,房间也很干_。",
    model: Annotated[
        str,
        Param(
            "a checkpoint's name or folder; empty: your run or ours",
            zh="检查点的名字或文件夹；空：你的运行或自带模型",
        ),
    ] = "",
) -> list[View]:
    """The likeliest tokens of every blank, from both sides' context."""
    asked = masked_to_ask(context, model)
    words = asked.tokenizer
    longest = asked.model.config.max_position_embeddings - 2
    plain = normalise(text)[:longest]
    if BLANK not in plain:
        said = {
            "en": "text has no blank: write _ where to guess a token",
            "zh": "文本中没有空格：在要猜的地方写 _",
        }
        raise UsageError(local(said), "text=今天天_很好")
    batch = words(
        plain.replace(BLANK, words.mask_token), return_tensors="pt"
    )
    ids = batch["input_ids"]
    p, where = blanks(asked, ids)
    charts: list[View] = []
    for number, row in enumerate(p[:3], 1):
        best = row.topk(SHOWN)
        charts.append(
            Chart(
                series=[
                    Series(
                        {"en": "probability", "zh": "概率"},
                        best.values.tolist(),
                    )
                ],
                kind="bar",
                categories=words.convert_ids_to_tokens(
                    best.indices.tolist()
                ),
                y_limits=(0.0, 1.0),
                title={"en": f"Blank {number}", "zh": f"空格 {number}"},
            )
        )
    filled = ids[0].clone()
    filled[where] = p.argmax(dim=1)
    whole = "".join(
        words.convert_ids_to_tokens(
            filled.tolist(), skip_special_tokens=True
        )
    )
    note = {
        "en": f"Most likely, each blank by itself: {whole}  ({asked.name})",
        "zh": f"逐个空格取最可能的：{whole}（{asked.name}）",
    }
    return [*charts, Note(note)]


@torch.inference_mode()
def blanks(asked: Asked, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Probabilities (blanks, V), and the places of the blanks."""
    where = (ids[0] == asked.tokenizer.mask_token_id).nonzero()[:, 0]
    logits = asked.model(input_ids=ids)
    scores = getattr(logits, "prediction_logits", None)
    if scores is None:
        scores = logits.logits
    return scores[0, where].float().softmax(dim=1), where


def masked_to_ask(context: Context, model: str) -> Asked:
    """The checkpoint that is named, else the learner's run, else ours."""
    trained: Any = context.trained
    if model or trained is None or trained.config.model:
        return masked_model(place(model))
    return run_pretrained(trained)


@lru_cache(maxsize=2)
def run_pretrained(trained: Any) -> Asked:
    net, words = open_pretrained(trained)
    name = local({"en": "your own run", "zh": "你自己的运行"})
    return Asked(net.cpu(), words, name)


class Few(NamedTuple):
    """Linear classifiers on three kinds of features, same 200 examples."""

    pretrained: Any
    random: Any
    tfidf: Any
    vectors: Any


def compare(
    context: Context,
    text: Annotated[
        str, Param("a review", zh="一条评论")
    ] = "房间很小,隔音也差,不过早餐还可以。",
) -> list[View]:
    """The probability that a text is positive, model by model."""
    plain = normalise(text) or " "
    few = linear_models()
    rows: list[tuple[str, float]] = []
    mini = features(encoder_of(MINI), tokenizer_of(MINI), [plain])
    blank = features(random_mini(), tokenizer_of(MINI), [plain])
    named = (
        ("TF-IDF", few.tfidf, few.vectors.transform([plain])),
        ({"en": "random features", "zh": "随机特征"}, few.random, blank),
        ({"en": "frozen features", "zh": "冻结特征"}, few.pretrained, mini),
    )
    for name, model, x in named:
        p = float(model.predict_proba(x)[0, 1])
        rows.append((name if isinstance(name, str) else local(name), p))
    trained: Any = context.trained
    if trained is not None:
        own = run_classifier(trained)
        share = probabilities(own, [plain])[0][-1]
        rows.append((local({"en": "your run", "zh": "你的运行"}), share))
    table = Table(
        columns=(
            {"en": "model", "zh": "模型"},
            {"en": "positive", "zh": "正面的概率"},
        ),
        rows=[(name, f"{p:.3f}") for name, p in rows],
    )
    bars = Chart(
        series=[
            Series({"en": "positive", "zh": "正面"}, [p for _, p in rows])
        ],
        kind="bar",
        categories=[name for name, _ in rows],
        y_limits=(0.0, 1.0),
    )
    note = {
        "en": "The first three are linear models of the same 200 labelled"
        " reviews; only their features differ. One text proves nothing:"
        " accuracies with intervals are in the lessons.",
        "zh": "前三个是用同样 200 条有标签评论训练的线性模型，"
        "只有特征不同。一条文本证明不了什么，带区间的准确率见课文。",
    }
    return [bars, table, Note(note)]


@lru_cache(maxsize=2)
def run_classifier(trained: Any) -> Opened:
    return open_run(trained)


@lru_cache(maxsize=1)
def linear_models() -> Few:
    """Logistic regressions on 200 builtin reviews; about a second, once."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    sets = data.load(DataChoice("builtin", None, "builtin"))
    few = data.labelled(sets.train, 200, 0)
    words = tokenizer_of(MINI)
    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), sublinear_tf=True
    )

    def fit(x: Any, c: float) -> Any:
        return LogisticRegression(C=c, max_iter=2000).fit(x, few.y)

    return Few(
        fit(features(encoder_of(MINI), words, few.texts), 1.0),
        fit(features(random_mini(), words, few.texts), 1.0),
        fit(vectors.fit_transform(few.texts), 10.0),
        vectors,
    )

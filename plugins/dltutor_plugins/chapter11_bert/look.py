"""What a model is given, what is hidden from it, and who sees whom."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

import torch
import transformers
from torch import Tensor

from dltutor.chapter import Param
from dltutor.data.texts import normalise
from dltutor.views import Chart, Heatmap, Note, Series, Table, View
from dltutor_plugins.chapter11_bert.hub import MINI
from dltutor_plugins.chapter11_bert.masking import mask_tokens
from dltutor_plugins.chapter11_bert.mini import (
    encoder_of,
    place,
    tokenizer_of,
)
from dltutor_plugins.chapter11_bert.tokens import SPECIAL

hf: Any = transformers  # its classes are typed in part only


def tokens(
    text: Annotated[
        str, Param("the first text", zh="第一段文本")
    ] = "BERT 读中文 👍",
    second: Annotated[
        str, Param("the second; empty: none", zh="第二段；空：没有")
    ] = "一字一词",
    length: Annotated[
        int, Param("padded to", zh="填充到", low=4, high=128)
    ] = 18,
    model: Annotated[
        str,
        Param(
            "whose tokenizer: a checkpoint's name or folder; empty: ours",
            zh="用谁的分词器：检查点的名字或文件夹；空：自带的",
        ),
    ] = "",
) -> list[View]:
    """A row a token: its id, its segment, its place in the mask."""
    words = tokenizer_of(place(model))
    batch = words(
        normalise(text),
        *([normalise(second)] if second else []),
        truncation=True,
        max_length=length,
        padding="max_length",
        return_token_type_ids=True,
    )
    ids = batch["input_ids"]
    names = words.convert_ids_to_tokens(ids)
    rows = [
        (place_, token, id_, segment, there)
        for place_, (token, id_, segment, there) in enumerate(
            zip(
                names,
                ids,
                batch["token_type_ids"],
                batch["attention_mask"],
                strict=True,
            )
        )
    ]
    columns = (
        {"en": "position", "zh": "位置"},
        {"en": "token", "zh": "词元"},
        {"en": "id", "zh": "编号"},
        {"en": "segment", "zh": "段"},
        {"en": "mask", "zh": "掩码"},
    )
    there, unknown = (
        sum(batch["attention_mask"]),
        ids.count(words.unk_token_id),
    )
    note = {
        "en": f"{there} tokens, {length - there} of padding; {unknown}"
        f" unknown; {len(words):,} tokens in the vocabulary.",
        "zh": f"{there} 个词元，{length - there} 个填充；"
        f"未知 {unknown} 个；"
        f"词表共 {len(words):,} 个词元。",
    }
    return [Table(columns=columns, rows=rows), Note(note)]


def masking(
    text: Annotated[
        str, Param("a text", zh="一段文本")
    ] = "这家酒店的早餐很丰富,服务员也很热情,下次还会来。",
    share: Annotated[
        float,
        Param(
            "share of tokens to predict",
            zh="要预测的比例",
            low=0.0,
            high=1.0,
            step=0.05,
        ),
    ] = 0.15,
    draw: Annotated[
        int, Param("which draw", zh="第几次抽取", low=0, high=999)
    ] = 0,
) -> list[View]:
    """What the model sees in one step of pretraining, and must predict."""
    words = tokenizer_of(MINI)
    ids = words(normalise(text)[:126], return_tensors="pt")["input_ids"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(draw)
        seen, chosen = mask_tokens(
            ids, ids >= len(SPECIAL), share, words.mask_token_id,
            len(SPECIAL), len(words),
        )  # fmt: skip
    before, after = (
        words.convert_ids_to_tokens(row[0].tolist()) for row in (ids, seen)
    )
    rows = []
    for old, new, asked in zip(
        before, after, chosen[0].tolist(), strict=True
    ):
        if asked:
            kind = {old: "=", words.mask_token: "[MASK]"}.get(new, "?")
            rows.append((old, new, KINDS[kind]))
    shown = "".join(t for t in after[1:-1]).replace("##", "")
    columns = (
        {"en": "to predict", "zh": "要预测"},
        {"en": "the model sees", "zh": "模型看到"},
        {"en": "way", "zh": "方式"},
    )
    note = {
        "en": f"{len(rows)} of {len(before) - 2} tokens chosen."
        f" Input: {shown}",
        "zh": f"{len(before) - 2} 个词元中选了 {len(rows)} 个。"
        f"输入：{shown}",
    }
    return [Note(note), Table(columns=columns, rows=rows)]


KINDS = {"[MASK]": "[MASK] (80 %)", "?": "? (10 %)", "=": "= (10 %)"}


def padding(
    text: Annotated[
        str, Param("a text", zh="一段文本")
    ] = "房间干净,服务热情。",
    most: Annotated[
        int,
        Param("tokens of padding at most", zh="最多填充", low=1, high=40),
    ] = 40,
) -> list[View]:
    """How far padding moves a text's vector, with and without its mask."""
    encoder, words = encoder_of(MINI), tokenizer_of(MINI)
    ids = words(normalise(text)[:20], return_tensors="pt")["input_ids"]
    alone = vector(encoder, ids, torch.ones_like(ids), ids.shape[1])
    counts = sorted({round(most * k / 12) for k in range(13)})
    moved: list[list[float]] = [[], []]
    for count in counts:
        longer = torch.nn.functional.pad(ids, (0, count))
        there = (torch.arange(longer.shape[1]) < ids.shape[1])[None].long()
        masks = (there, torch.ones_like(there))
        for found, mask in zip(moved, masks, strict=True):
            other = vector(encoder, longer, mask, ids.shape[1])
            found.append(
                1 - float(torch.cosine_similarity(alone, other, 0))
            )
    chart = Chart(
        series=[
            Series(
                {"en": "with the mask", "zh": "有掩码"}, moved[0], counts
            ),
            Series({"en": "without", "zh": "无掩码"}, moved[1], counts),
        ],
        x_label={"en": "tokens of padding", "zh": "填充的词元数"},
        y_label={
            "en": "1 - cosine to the text alone",
            "zh": "1 - 与原向量的余弦",
        },
    )
    note = {
        "en": f"At {counts[-1]} tokens of padding:"
        f" {abs(moved[0][-1]):.6f} with the"
        f" mask, {moved[1][-1]:.6f} without it.",
        "zh": f"填充 {counts[-1]} 个词元时："
        f"有掩码 {abs(moved[0][-1]):.6f}，"
        f"无掩码 {moved[1][-1]:.6f}。",
    }
    return [chart, Note(note)]


@torch.inference_mode()
def vector(encoder: Any, ids: Tensor, mask: Tensor, length: int) -> Tensor:
    """The mean (width,) over the first ``length`` tokens of one text."""
    out = encoder(input_ids=ids, attention_mask=mask)
    mean: Tensor = out.last_hidden_state[0, :length].mean(dim=0)
    return mean


def sight(
    kind: Annotated[
        Literal["bert", "gpt"], Param("the model", zh="模型")
    ] = "gpt",
    length: Annotated[
        int, Param("tokens", zh="词元数", low=2, high=16)
    ] = 6,
) -> list[View]:
    """Which output changes (row) when which token is changed (column)."""
    values = influence(kind, length)
    names = [str(i + 1) for i in range(length)]
    seen = sum(v > 0 for row in values for v in row)
    heat = Heatmap(
        values=values,
        rows=names,
        columns=names,
        title={
            "en": f"{kind}: change of the output at a row's place",
            "zh": f"{kind}：各行位置输出的变化",
        },
        x_label={"en": "the token that was changed", "zh": "被改动的词元"},
        y_label={"en": "output", "zh": "输出"},
        limits=(0.0, 1.0),
    )
    note = {
        "en": f"{seen} of {length * length} pairs: an output depends on"
        + (" every token." if kind == "bert" else " its own past alone."),
        "zh": f"{length * length} 对中有 {seen} 对：输出取决于"
        + ("所有词元。" if kind == "bert" else "它自己和它之前的词元。"),
    }
    return [heat, Note(note)]


@lru_cache(maxsize=8)
def influence(kind: str, length: int) -> list[list[float]]:
    """(T, T) of 0 and 1: does output i change when token j is changed?"""
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(0)
        small = {"vocab_size": 50}
        net = (
            hf.GPT2Model(
                hf.GPT2Config(**small, n_embd=32, n_layer=2, n_head=2)
            )
            if kind == "gpt"
            else hf.BertModel(hf.BertConfig(**small, **TINY))
        )
        net.eval()
        ids = torch.randint(5, 49, (1, length))
        before = net(input_ids=ids).last_hidden_state[0]
        columns = []
        for j in range(length):
            other = ids.clone()
            other[0, j] += 1
            after = net(input_ids=other).last_hidden_state[0]
            moved = (after - before).abs().amax(dim=1) > 1e-6
            columns.append(moved.float())
        rows: list[list[float]] = torch.stack(columns, dim=1).tolist()
        return rows


TINY: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}


def heads(
    batch: Annotated[int, Param("texts", zh="文本数", low=1, high=64)] = 2,
    length: Annotated[
        int, Param("tokens a text", zh="每段的词元数", low=4, high=128)
    ] = 16,
    classes: Annotated[
        int, Param("classes or tags", zh="类别或标签数", low=2, high=50)
    ] = 3,
) -> list[View]:
    """The four kinds of heads on one encoder: shapes of what comes out."""
    rows = [
        (task, head, str(shape)) for task, head, shape in
        shapes(batch, length, classes)
    ]  # fmt: skip
    columns = (
        {"en": "task", "zh": "任务"},
        {"en": "head", "zh": "输出头"},
        {"en": "logits", "zh": "输出形状"},
    )
    return [Table(columns=columns, rows=rows)]


@lru_cache(maxsize=32)
def shapes(
    batch: int, length: int, classes: int
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Runs each head once on an encoder of width 32."""
    config = hf.BertConfig(vocab_size=50, num_labels=classes, **TINY)
    pointers = hf.BertConfig(vocab_size=50, num_labels=2, **TINY)
    ids = torch.full((batch, length), 7)
    half = torch.arange(length) >= length // 2
    segments = half.long().expand(batch, length)  # 0 0 0 1 1 1
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        one = hf.BertForSequenceClassification(config).eval()
        tags = hf.BertForTokenClassification(config).eval()
        span = hf.BertForQuestionAnswering(pointers).eval()
        best = hf.BertForMultipleChoice(config).eval()
        pair = {"input_ids": ids, "token_type_ids": segments}
        answer = span(**pair)
        choices = ids[:, None].repeat(1, 4, 1)
        return [
            ("sentence", "Linear on [CLS]", (*one(ids).logits.shape,)),
            ("pair", "Linear on [CLS]", (*one(**pair).logits.shape,)),
            ("tagging", "Linear on each", (*tags(ids).logits.shape,)),
            ("QA: start", "Linear to 2", (*answer.start_logits.shape,)),
            ("QA: end", "", (*answer.end_logits.shape,)),
            ("choice of 4", "Linear to 1", (*best(choices).logits.shape,)),
        ]

"""Two sums that are done wrong: softmax twice, and a difference of luck."""

from __future__ import annotations

from typing import Annotated

import torch
import torch.nn.functional as F

from dltutor.chapter import Param
from dltutor.measure import interval
from dltutor.views import Chart, Note, Series, Table, View


def twice(
    classes: Annotated[
        int, Param("classes", zh="类别数", low=2, high=50)
    ] = 2,
    most: Annotated[
        float,
        Param("largest lead", zh="最大的领先值", low=1, high=30, step=1),
    ] = 10.0,
) -> list[View]:
    """The loss of a right answer as its logit leads by more and more."""
    lead = torch.linspace(0, most, 40)
    logits = torch.zeros(40, classes)
    logits[:, 0] = lead
    logits.requires_grad_(True)
    target = torch.zeros(40, dtype=torch.long)
    right = F.cross_entropy(logits, target, reduction="none")
    wrong = F.cross_entropy(logits.softmax(dim=1), target, reduction="none")
    floor = float(wrong.detach()[-1])
    (slope,) = torch.autograd.grad(wrong.sum(), logits)
    chart = Chart(
        series=[
            Series(
                {"en": "of logits", "zh": "用 logits"},
                right.tolist(),
                lead.tolist(),
            ),
            Series(
                {"en": "of softmax", "zh": "先 softmax"},
                wrong.tolist(),
                lead.tolist(),
            ),
        ],
        x_label={"en": "lead of the right class", "zh": "正确类别的领先值"},
        y_label={"en": "cross-entropy", "zh": "交叉熵"},
    )
    note = {
        "en": f"With the second softmax the loss never falls below"
        f" {floor:.4f}, and the slope at the right edge is"
        f" {abs(float(slope[-1, 0])):.5f}.",
        "zh": f"多一次 softmax，损失不会低于 {floor:.4f}，"
        f"最右边的斜率是 {abs(float(slope[-1, 0])):.5f}。",
    }
    return [chart, Note(note)]


def sure(
    first: Annotated[
        float,
        Param(
            "accuracy of A", zh="模型甲的准确率", low=0, high=1, step=0.01
        ),
    ] = 0.92,
    second: Annotated[
        float,
        Param(
            "accuracy of B", zh="模型乙的准确率", low=0, high=1, step=0.01
        ),
    ] = 0.89,
    texts: Annotated[
        int,
        Param("test texts", zh="测试文本数", low=10, high=20_000, log=True),
    ] = 170,
) -> list[View]:
    """What two accuracies on so many texts can say of two models."""
    rows = []
    edges = []
    for name, share in (("A", first), ("B", second)):
        right = round(share * texts)
        low, high = interval(right, texts)
        edges.append((low, high))
        rows.append((name, f"{right}/{texts}", f"{low:.3f}", f"{high:.3f}"))
    apart = edges[0][0] > edges[1][1] or edges[1][0] > edges[0][1]
    columns = (
        {"en": "model", "zh": "模型"},
        {"en": "right", "zh": "答对"},
        {"en": "from", "zh": "下限"},
        {"en": "to", "zh": "上限"},
    )
    sizes = [50, 100, 170, 300, 600, 1200, 2500, 5000, 10_000]
    series = [
        Series(
            name,
            [interval(round(share * n), n)[side] for n in sizes],
            sizes,
        )
        for name, share in (("A", first), ("B", second))
        for side in (0, 1)
    ]
    chart = Chart(
        series=series,
        x_label={"en": "test texts", "zh": "测试文本数"},
        y_label={"en": "95 % interval", "zh": "95% 置信区间"},
    )
    note = {
        "en": "The intervals do not touch: more than luck."
        if apart
        else "The intervals overlap: they alone do not show that A and B"
        " differ.",
        "zh": "两个区间不相交：差别不只是运气。"
        if apart
        else "两个区间重叠：单凭它们，还不能说甲乙有差别。",
    }
    return [Table(columns=columns, rows=rows), chart, Note(note)]

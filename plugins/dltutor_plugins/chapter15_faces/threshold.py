"""Twelve pairs, a threshold to move, and both kinds of errors."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dltutor.chapter import Param
from dltutor.views import Chart, Note, Series, Table, View
from dltutor_plugins.chapter15_faces.roc import equal_error, roc

ONE_PERSON = (0.2, 0.4, 0.5, 0.9)
TWO_PEOPLE = (0.6, 0.8, 1.0, 1.1, 1.2, 1.2, 1.3, 1.4)


def show(
    threshold: Annotated[
        float,
        Param(
            "a pair is accepted up to here",
            zh="不超过它的一对被接受",
            low=0,
            high=1.6,
            step=0.05,
        ),
    ] = 0.7,
) -> list[View]:
    """Where both error rates are, and the counts behind them."""
    d = np.array(ONE_PERSON + TWO_PEOPLE)
    same = np.arange(len(d)) < len(ONE_PERSON)
    accepted = d <= threshold
    wrong_in, wrong_out = (accepted & ~same).sum(), (~accepted & same).sum()
    at = np.round(np.arange(0, 1.601, 0.05), 2)
    accept = [(d[~same] <= t).mean() for t in at]
    reject = [(d[same] > t).mean() for t in at]
    rate, crossing = equal_error(roc(d, same))
    chart = Chart(
        series=[
            Series(
                {"en": "false accepts", "zh": "误受"}, accept, at.tolist()
            ),
            Series(
                {"en": "false rejects", "zh": "误拒"}, reject, at.tolist()
            ),
            Series(
                {"en": "threshold", "zh": "阈值"}, [0, 1], [threshold] * 2
            ),
        ],
        title={"en": "Error rates", "zh": "错误率"},
        x_label={"en": "threshold", "zh": "阈值"},
        y_limits=(0.0, 1.0),
    )
    table = Table(
        columns=(
            {"en": "pairs", "zh": "样本对"},
            {"en": "accepted", "zh": "接受"},
            {"en": "rejected", "zh": "拒绝"},
        ),
        rows=[
            (
                "same = 1",
                int((accepted & same).sum()),
                int(wrong_out),
            ),
            (
                "same = 0",
                int(wrong_in),
                int((~accepted & ~same).sum()),
            ),
        ],
    )
    note = {
        "en": f"{wrong_in} of 8 are false accepts, {wrong_out} of 4 false "
        f"rejects. Equal error rate {rate:.3f} near {crossing:g}.",
        "zh": f"误受 8 对中的 {wrong_in} 对，误拒 4 对中的 {wrong_out} 对。"
        f"等错误率 {rate:.3f}，在 {crossing:g} 附近。",
    }
    return [chart, table, Note(note)]

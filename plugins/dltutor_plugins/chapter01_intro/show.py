"""What chapter 1's training shows and says of the two step times."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from dltutor.views import Chart, Series, Table

COMPILE_OPTION = {
    "en": "--compile: this chapter compiles one of its two models itself",
    "zh": "--compile：本章的两个模型中，有一个由本章自己编译",
}
COMPILE_HINT = {
    "en": "leave --compile away; the comparison is the training's result",
    "zh": "去掉 --compile；两者的比较就是训练的结果",
}

BEGAN_ALONE = {
    "en": "This run began without a compiler and goes on so.",
    "zh": "这次运行开始时没有编译器，现在照样继续。",
}


def no_compiler(reason: str) -> dict[str, str]:
    return {
        "en": "torch.compile does not work here, so only the eager model is "
        f"trained. {reason}",
        "zh": f"这里无法使用 torch.compile，因此只训练即时执行的模型。{reason}",
    }


def compiled_in(seconds: float) -> dict[str, str]:
    return {
        "en": f"compiled in {seconds:.1f} s, at the first pass; not part of "
        "the step times",
        "zh": f"第一次传播时编译用了 {seconds:.1f} s，不计入每步的时间",
    }


def chart(ms: Mapping[str, Sequence[float]]) -> Chart:
    """The median of each as a bar."""
    return Chart(
        kind="bar",
        title={"en": "Median time of a step", "zh": "每步时间的中位数"},
        y_label="ms",
        categories=list(ms),
        series=[Series("ms", [statistics.median(t) for t in ms.values()])],
    )


def table(ms: Mapping[str, Sequence[float]]) -> Table:
    """Median and spread, in milliseconds."""
    rows: list[tuple[str | int | float, ...]] = []
    for name, times in ms.items():
        low, middle, high = spread(times)
        rows.append(
            (
                name,
                len(times),
                f"{low:.2f}",
                f"{middle:.2f}",
                f"{high:.2f}",
                f"{max(times):.2f}",
            )
        )
    return Table(
        title={"en": "Time of a step in ms", "zh": "每步的时间（ms）"},
        columns=(
            "",
            {"en": "steps", "zh": "步数"},
            "10 %",
            {"en": "median", "zh": "中位数"},
            "90 %",
            {"en": "slowest", "zh": "最慢"},
        ),
        rows=rows,
    )


def spread(times: Sequence[float]) -> tuple[float, float, float]:
    """The times below which 10, 50 and 90 % of the steps lie."""
    if len(times) == 1:
        return (times[0],) * 3
    tenths = statistics.quantiles(times, n=10, method="inclusive")
    return tenths[0], statistics.median(times), tenths[8]


def verdict(
    eager: float, compiled: float, seconds: float
) -> dict[str, str]:
    """The ratio, and after how many steps compiling has paid for itself."""
    ratio = eager / compiled
    en = f"eager {eager:.2f} ms, compiled {compiled:.2f} ms: "
    en += f"{ratio:.2f} times as fast compiled"
    zh = f"即时执行 {eager:.2f} ms，编译后 {compiled:.2f} ms："
    zh += f"编译后的速度是 {ratio:.2f} 倍"
    if compiled < eager:
        steps = f"{1000 * seconds / (eager - compiled):,.0f}"
        en += f"; the {seconds:.1f} s of compiling pay after {steps} steps"
        zh += f"；编译的 {seconds:.1f} s 在 {steps} 步之后收回"
    else:
        en += "; here compiling never pays for itself"
        zh += "；在这里，编译的时间永远收不回来"
    return {"en": en, "zh": zh}


def agreement(difference: float) -> dict[str, str]:
    return {
        "en": "largest difference between the two losses of a step: "
        f"{difference:.2g}",
        "zh": f"同一步的两个损失之间，最大的差是 {difference:.2g}",
    }

"""The history of neural networks and of PyTorch, to browse."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from dltutor.chapter import Param
from dltutor.i18n import local
from dltutor.views import Chart, Note, Series, Table, View


class Entry(NamedTuple):
    """One step of the history."""

    year: int
    who: str
    what: dict[str, str]
    why: dict[str, str]
    """what was new, and what it could not do"""
    strand: Literal["networks", "software"] = "networks"


ENTRIES = (
    Entry(
        1943,
        "Warren McCulloch, Walter Pitts",
        {
            "en": "a neuron as a threshold of sums",
            "zh": "神经元：求和与阈值",
        },
        {
            "en": "Units that fire when enough inputs do can compute any "
            "formula of logic. Nothing learns: the wiring is designed.",
            "zh": "输入足够多就兴奋的单元，连起来能计算任何逻辑公式。"
            "但什么也不学：连接是设计好的。",
        },
    ),
    Entry(
        1949,
        "Donald Hebb",
        {"en": "a rule of learning", "zh": "一条学习规则"},
        {
            "en": "In The Organization of Behavior: a connection grows when "
            "the cells at both its ends are active together. A hypothesis "
            "about brains, not yet a program.",
            "zh": "《行为的组织》提出：两端的细胞同时活动，它们之间的连接"
            "就会增强。这是关于大脑的假说，还不是程序。",
        },
    ),
    Entry(
        1957,
        "Frank Rosenblatt",
        {"en": "the perceptron", "zh": "感知机"},
        {
            "en": "A report of 1957 and a paper of 1958: weights change "
            "after each mistake, and the rule finds a separating line "
            "whenever there is one. One layer of weights learns.",
            "zh": "1957 年的报告，1958 年的论文：每次出错后修改权重；只要"
            "存在能分开两类的直线，这条规则就能找到。只有一层权重在学习。",
        },
    ),
    Entry(
        1960,
        "Bernard Widrow, Marcian Hoff",
        {"en": "Adaline and the LMS rule", "zh": "Adaline 与 LMS 规则"},
        {
            "en": "Weights follow the gradient of the squared error of one "
            "example at a time: stochastic gradient descent, still used.",
            "zh": "权重每次沿一个样本的平方误差的梯度变化：这就是沿用"
            "至今的随机梯度下降。",
        },
    ),
    Entry(
        1969,
        "Marvin Minsky, Seymour Papert",
        {"en": "Perceptrons, the book", "zh": "《感知机》一书"},
        {
            "en": "Proves what one layer of weights can not compute, such "
            "as XOR and whether a figure hangs together. More layers could; "
            "how to train them was open.",
            "zh": "证明了单层权重不能计算什么，例如异或，以及图形是否"
            "连通。多层可以，但当时还不知道怎样训练。",
        },
    ),
    Entry(
        1982,
        "John Hopfield",
        {"en": "memory as minima of energy", "zh": "记忆：能量的极小点"},
        {
            "en": "A network of symmetric connections settles into stored "
            "patterns. Physicists join the field.",
            "zh": "连接对称的网络会稳定在存储的模式上。物理学家由此"
            "进入这个领域。",
        },
    ),
    Entry(
        1986,
        "David Rumelhart, Geoffrey Hinton, Ronald Williams",
        {
            "en": "backpropagation for hidden layers",
            "zh": "反向传播训练隐藏层",
        },
        {
            "en": "The chain rule, layer by layer, trains hidden units that "
            "come to stand for something. Linnainmaa (1970) and Werbos "
            "(1974) had the method earlier; this paper made it common.",
            "zh": "逐层使用链式法则，训练出有含义的隐藏单元。Linnainmaa"
            "（1970）和 Werbos（1974）更早提出这一方法，这篇论文使它普及。",
        },
    ),
    Entry(
        1989,
        "Yann LeCun and others",
        {
            "en": "a convolutional net reads digits",
            "zh": "卷积网络识别数字",
        },
        {
            "en": "Weights shared over the picture, trained by "
            "backpropagation on handwritten zip codes. LeNet-5 and MNIST "
            "follow in 1998.",
            "zh": "权重在整张图片上共享，用反向传播在手写邮政编码上训练。"
            "LeNet-5 和 MNIST 见于 1998 年。",
        },
    ),
    Entry(
        1997,
        "Sepp Hochreiter, Jürgen Schmidhuber",
        {"en": "long short-term memory", "zh": "长短期记忆（LSTM）"},
        {
            "en": "A recurrent network with a protected memory, so that "
            "gradients survive long sequences.",
            "zh": "带有受保护记忆的循环网络，使梯度能传过很长的序列。",
        },
    ),
    Entry(
        2002,
        "Ronan Collobert, Samy Bengio, Johnny Mariéthoz",
        {"en": "Torch", "zh": "Torch"},
        {
            "en": "A library for machine learning in C++. Torch7, scripted "
            "in Lua, follows in 2011.",
            "zh": "用 C++ 写成的机器学习库。2011 年有了以 Lua 为脚本语言的 "
            "Torch7。",
        },
        "software",
    ),
    Entry(
        2012,
        "Alex Krizhevsky, Ilya Sutskever, Geoffrey Hinton",
        {"en": "AlexNet", "zh": "AlexNet"},
        {
            "en": "A deep convolutional network, trained on two GPUs, wins "
            "ImageNet with a top-5 error of 15.3 % against 26.2 % of the "
            "second.",
            "zh": "在两块 GPU 上训练的深度卷积网络赢得 ImageNet 竞赛，"
            "top-5 错误率为 15.3%，第二名为 26.2%。",
        },
    ),
    Entry(
        2015,
        "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
        {"en": "ResNet", "zh": "ResNet"},
        {
            "en": "Shortcuts let gradients pass, and networks of 152 layers "
            "train better than shallow ones.",
            "zh": "捷径连接让梯度通过，152 层的网络也能训练，而且比浅的"
            "更好。",
        },
    ),
    Entry(
        2016,
        "Adam Paszke, Sam Gross, Soumith Chintala and others",
        {"en": "PyTorch begins", "zh": "PyTorch 起步"},
        {
            "en": "Torch's kernels behind Python, with gradients recorded "
            "while ordinary code runs. Public in January 2017; 1.0 in "
            "December 2018.",
            "zh": "在 Python 中使用 Torch 的内核，普通代码一边运行一边记录"
            "梯度。2017 年 1 月公开，2018 年 12 月发布 1.0。",
        },
        "software",
    ),
    Entry(
        2017,
        "Ashish Vaswani and seven others",
        {"en": "the Transformer", "zh": "Transformer"},
        {
            "en": "Attention alone, without recurrence: all positions of a "
            "sentence are computed at once.",
            "zh": "只用注意力，不用循环：句子的所有位置同时计算。",
        },
    ),
    Entry(
        2018,
        "Jacob Devlin, Ming-Wei Chang, Kenton Lee, Kristina Toutanova",
        {"en": "BERT", "zh": "BERT"},
        {
            "en": "Pretrained on text without labels by filling in masked "
            "words, then fine-tuned for a task.",
            "zh": "在没有标签的文本上以填补被遮住的词做预训练，再针对任务"
            "微调。",
        },
    ),
    Entry(
        2022,
        "Linux Foundation",
        {"en": "the PyTorch Foundation", "zh": "PyTorch 基金会"},
        {
            "en": "PyTorch moves from Meta to a foundation of its own.",
            "zh": "PyTorch 从 Meta 转到独立的基金会。",
        },
        "software",
    ),
    Entry(
        2023,
        "Jason Ansel and others",
        {"en": "PyTorch 2.0", "zh": "PyTorch 2.0"},
        {
            "en": "torch.compile: TorchDynamo, AOTAutograd, PrimTorch and "
            "TorchInductor. Released in March; eager code stays valid.",
            "zh": "torch.compile：TorchDynamo、AOTAutograd、PrimTorch 和 "
            "TorchInductor。3 月发布，原有的即时执行代码仍然有效。",
        },
        "software",
    ),
)


def timeline(
    year: Annotated[
        int,
        Param(
            "go to this year",
            zh="跳到这一年",
            low=1940,
            high=2025,
            step=1,
        ),
    ] = 1958,
    strand: Annotated[
        Literal["all", "networks", "software"],
        Param("which history", zh="哪条线索"),
    ] = "all",
) -> list[View]:
    """Where the year lies, what happened last by then, and its neighbours."""
    entries = [e for e in ENTRIES if strand in ("all", e.strand)]
    at = sum(entry.year <= year for entry in entries) - 1
    here = entries[max(at, 0)]
    lanes = [
        Series(label, [height] * len(years), years)
        for label, height, years in (
            (
                {"en": "networks", "zh": "网络"},
                2,
                [e.year for e in entries if e.strand == "networks"],
            ),
            (
                {"en": "software", "zh": "软件"},
                1,
                [e.year for e in entries if e.strand == "software"],
            ),
            ({"en": "you are here", "zh": "现在的位置"}, 0, [year]),
        )
        if years
    ]
    chart = Chart(
        series=lanes,
        kind="scatter",
        title={"en": f"The year {year}", "zh": f"{year} 年"},
        x_label={"en": "year", "zh": "年份"},
        x_limits=(1940, 2026),
        y_limits=(-1, 3),
    )
    first = max(0, at - 2)
    return [
        chart,
        story(here, year),
        nearby(entries[first : first + 5], here),
    ]


def story(entry: Entry, year: int) -> Note:
    """The last event up to the year, as a paragraph."""
    year_, who = entry.year, entry.who
    en = f"{year_} · {entry.what['en']}. {who}. {entry.why['en']}"
    zh = f"{year_} · {entry.what['zh']}。{who}。{entry.why['zh']}"
    if year < entry.year:
        en, zh = f"Still to come: {en}", f"即将发生：{zh}"
    return Note({"en": en, "zh": zh})


def nearby(entries: list[Entry], here: Entry) -> Table:
    """Five neighbours; the one that is told above is marked."""
    return Table(
        columns=(
            "",
            {"en": "year", "zh": "年份"},
            {"en": "what", "zh": "事件"},
            {"en": "who", "zh": "人物"},
        ),
        rows=[
            (
                "→" if entry is here else "",
                str(entry.year),  # a number would be written 1,986
                local(entry.what),
                surnames(entry.who),
            )
            for entry in entries
        ],
    )


def surnames(who: str) -> str:
    """``"Warren McCulloch, Walter Pitts"`` as ``"McCulloch, Pitts"``."""
    if who == "Linux Foundation":
        return who
    people, _, others = who.partition(" and ")
    names = ", ".join(name.split()[-1] for name in people.split(", "))
    return f"{names} …" if others else names

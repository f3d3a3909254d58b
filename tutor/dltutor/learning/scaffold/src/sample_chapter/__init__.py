"""The chapter as dltutor sees it. Loading this module must stay quick: no torch here."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl


@hookimpl
def dltutor_chapter() -> Chapter:
    here = __name__
    return Chapter(
        # Progress hangs on the id: never change it once learners have it.
        id="sample-chapter",
        slug="sample-chapter",
        title={"en": "Sample chapter", "zh": "示例章节"},
        summary={
            "en": "Two numbers, one slope: a line fitted by gradient descent.",
            "zh": "两个参数，一个梯度：用梯度下降拟合一条直线。",
        },
        content=here,
        requires=("torch", "lightning_fabric", "numpy", "safetensors"),
        install="dltutor[train]",
        training=Training(
            config=f"{here}.config:Config",
            routine=f"{here}.train:train",
            presets={"quick": {"epochs": 20}, "standard": {}, "full": {"points": 2000}},
            builtin={
                "en": "200 points around the line y = 2x + 1, made from the seed",
                "zh": "由随机种子生成的 200 个点，分布在直线 y = 2x + 1 附近",
            },
            best="-val_loss",
            predict=f"{here}.predict:predict",
            model=f"{here}.model:for_table",
        ),
        demos=(
            Demo(
                name="descent",
                title={"en": "The loss, step by step", "zh": "损失怎样一步步变化"},
                function=f"{here}.demo:descent",
            ),
        ),
    )

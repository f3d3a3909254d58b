"""A picture, and what a network says of it: the learner's run, or a small one."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import nn

from dltutor.chapter import Param, pick
from dltutor.events import Context, Trained
from dltutor.views import Chart, Note, Picture, Series, View
from dltutor_plugins.chapter07_resnet.data import prepare, resized
from dltutor_plugins.chapter07_resnet.demo import builtin
from dltutor_plugins.chapter07_resnet.fast import ResNet9, whiten
from dltutor_plugins.chapter07_resnet.predict import SEEN, load_model
from dltutor_plugins.chapter07_resnet.train import all_logits, some


def classify(
    context: Context,
    sample: Annotated[
        int,
        Param(
            "test patch of the builtin photographs",
            zh="内置照片的测试小块",
            low=0,
            high=517,
        ),
    ] = 160,
    file: Annotated[
        str,
        Param(
            "a picture file instead, of any size",
            zh="改用一个图片文件，大小不限",
        ),
    ] = "",
) -> list[View]:
    """The picture as the network gets it, and the likeliest classes."""
    if file:
        picture, truth = resized(Path(file).expanduser()), ""
    else:
        part = builtin().test
        picture = part.x[sample].permute(1, 2, 0).numpy()
        truth = builtin().classes[int(part.y[sample])]
    model, classes, device, source = model_to_ask(context.trained)
    x = torch.from_numpy(picture.copy()).to(device).permute(2, 0, 1)[None]
    p = all_logits(model, x, False).softmax(dim=1)[0].tolist()
    best = sorted(range(len(p)), key=lambda k: -p[k])[:10]
    bars = Chart(
        series=[
            Series(
                {"en": "probability", "zh": "概率"}, [p[k] for k in best]
            )
        ],
        kind="bar",
        categories=[classes[k] for k in best],
        y_limits=(0.0, 1.0),
        title={"en": "What the network says", "zh": "网络的判断"},
    )
    caption = (
        {"en": f"label {truth}", "zh": f"标签 {truth}"} if truth else SEEN
    )
    verdict = {
        "en": f"{classes[best[0]]} with probability {p[best[0]]:.3f}."
        f" {pick(source, 'en')}",
        "zh": f"{classes[best[0]]}，概率 {p[best[0]]:.3f}。{pick(source, 'zh')}",
    }
    return [Picture.of(picture, caption), bars, Note(verdict)]


Source = tuple[nn.Module, tuple[str, ...], Any, dict[str, str]]


def model_to_ask(trained: Trained | None) -> Source:
    """The learner's own run, else a small one that is trained here and now."""
    if trained is None:
        return small_model()
    source = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
    model, classes = run_model(trained)  # type: ignore[arg-type]
    return model, classes, trained.device, source


@lru_cache(maxsize=2)
def run_model(trained: Any) -> tuple[nn.Module, tuple[str, ...]]:
    return load_model(trained)


@lru_cache(maxsize=1)
def small_model() -> Source:
    """A narrow ResNet-9 after a few epochs on builtin patches, once a process."""
    torch.manual_seed(0)
    x, y = some(builtin().train, 1000)
    model = ResNet9(8)
    whiten(model, prepare(x[:500]))
    model.to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(
        [p for p in model.parameters() if p.requires_grad],
        lr=0.1,
        momentum=0.9,
        nesterov=True,
    )
    epochs = 4
    for epoch in range(epochs):
        optimiser.param_groups[0]["lr"] = 0.2 * (1 - epoch / epochs)
        for batch in torch.split(torch.randperm(len(y)), 50):
            loss = F.cross_entropy(model(prepare(x[batch])), y[batch])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    source = {
        "en": "There is no run yet, so a small network was trained just now"
        f" on {len(y):,} patches of the builtin photographs.",
        "zh": f"还没有训练过的运行，因此刚刚用内置照片的 {len(y):,} 个小块训练了一个小网络。",
    }
    return model.eval(), builtin().classes, torch.device("cpu"), source

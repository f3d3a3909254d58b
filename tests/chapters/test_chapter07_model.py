"""Chapter 7's networks: equal to torchvision's, twins without shortcuts, and their limit cases."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from dltutor_plugins.chapter07_resnet import demo
from dltutor_plugins.chapter07_resnet.config import Config
from dltutor_plugins.chapter07_resnet.fast import Around, ResNet9
from dltutor_plugins.chapter07_resnet.model import (
    DESIGNS,
    BasicBlock,
    Bottleneck,
    Pad,
    build,
    conv,
    count_parameters,
    make_shortcut,
)
from dltutor_plugins.chapter07_resnet.zoo import for_table, network

IMAGENET = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
PUBLISHED = {
    # K. He and others, 2015, table 6: 0.27, 0.46, 0.66, 0.85 million
    "resnet20": 0.27,
    "resnet32": 0.46,
    "resnet44": 0.66,
    "resnet56": 0.85,
}


@pytest.mark.parametrize("name", IMAGENET)
def test_outputs_equal_torchvisions_with_its_weights(name: str) -> None:
    torchvision = pytest.importorskip("torchvision")
    torch.manual_seed(0)
    theirs = getattr(torchvision.models, name)().eval()
    ours = build(name, 1000, large=True).eval()
    for module in theirs.modules():  # statistics and weights as after some training
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.2, 0.6)
            nn.init.normal_(module.bias, std=0.1)
            nn.init.normal_(module.running_mean, std=0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    values = list(theirs.state_dict().values())
    ours.load_state_dict(dict(zip(ours.state_dict(), values, strict=True)))
    assert count_parameters(ours) == count_parameters(theirs)
    side = 224 if name in ("resnet18", "resnet50") else 96
    x = torch.randn(1, 3, side, side)
    with torch.inference_mode():
        assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize(("name", "millions"), PUBLISHED.items())
def test_the_family_for_cifar_has_the_published_size(name: str, millions: float) -> None:
    model = build(name)
    assert round(count_parameters(model) / 1e6, 2) == millions
    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == int(name.removeprefix("resnet"))
    assert model(torch.randn(2, 3, 32, 32)).shape == (2, 10)
    assert model.stages(torch.randn(2, 16, 32, 32)).shape == (2, 64, 8, 8)


@pytest.mark.parametrize("name", ["resnet20", "resnet44", "resnet56"])
def test_a_plain_twin_has_the_same_weights(name: str) -> None:
    torch.manual_seed(0)
    residual = build(name, scale=0.5).state_dict()
    torch.manual_seed(0)
    plain = build(name, scale=0.5, shortcuts=False).state_dict()
    assert list(plain) == list(residual)
    assert all(torch.equal(plain[key], residual[key]) for key in plain)


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
def test_a_block_that_adds_nothing_hands_on_its_input(
    block: type[BasicBlock] | type[Bottleneck],
) -> None:
    torch.manual_seed(0)
    x = torch.rand(2, 8, 6, 6)
    one = block(8, 8 // block.expansion)
    last = one.bn2 if isinstance(one, BasicBlock) else one.bn3
    nn.init.zeros_(last.weight)
    assert torch.equal(one(x), x)
    plain = block(8, 8 // block.expansion, shortcut="none")
    nn.init.zeros_((plain.bn2 if isinstance(plain, BasicBlock) else plain.bn3).weight)
    assert not plain(x).any()


def test_a_block_can_lower_values_and_changes_no_input() -> None:
    torch.manual_seed(0)
    x = torch.rand(4, 8, 6, 6)
    kept = x.clone()
    out = BasicBlock(8, 8)(x)
    assert (out < x).any()
    assert torch.equal(x, kept)
    relus = [m for m in build("resnet20").modules() if isinstance(m, nn.ReLU)]
    assert not any(m.inplace for m in relus)


def test_padding_takes_every_second_place_and_adds_zeros() -> None:
    x = torch.randn(2, 4, 6, 6)
    out = Pad(4, 8, 2)(x)
    assert out.shape == (2, 8, 3, 3)
    assert torch.equal(out[:, 2:6], x[:, :, ::2, ::2])
    assert not out[:, :2].any()
    assert not out[:, 6:].any()
    assert count_parameters(Pad(4, 8, 2)) == 0


def test_shortcuts_change_the_shape_only_where_they_must() -> None:
    assert make_shortcut(8, 8, 1, "none") is None
    assert isinstance(make_shortcut(8, 8, 1, "projection"), nn.Identity)
    assert isinstance(make_shortcut(8, 16, 2, "padding"), Pad)
    projection = make_shortcut(8, 16, 2, "projection")
    assert projection is not None
    assert projection(torch.randn(1, 8, 32, 32)).shape == (1, 16, 16, 16)


@pytest.mark.parametrize(("kernel", "stride", "side"), [(1, 1, 32), (1, 2, 16), (3, 2, 16)])
def test_the_padding_follows_from_the_kernel(kernel: int, stride: int, side: int) -> None:
    assert conv(3, 5, kernel, stride)(torch.randn(1, 3, 32, 32)).shape == (1, 5, side, side)


# the two largest are equal to torchvision's above
@pytest.mark.parametrize("name", sorted(set(DESIGNS) - {"resnet101", "resnet152"}))
@pytest.mark.parametrize("shortcuts", [True, False])
def test_the_blocks_demo_counts_what_is_built(name: str, shortcuts: bool) -> None:
    for large, side in ((False, 32), (True, 64)):
        table, note = demo.blocks(name, side, large, shortcuts)  # type: ignore[arg-type]
        model = build(name, 1000 if large else 10, large=large, shortcuts=shortcuts)
        assert sum(row[3] for row in table.rows) == count_parameters(model)
        assert f"{count_parameters(model):,}" in str(note)
        x = model.pool(model.conv1(torch.randn(1, 3, side, side)))
        shapes = []
        for stage in model.eval().stages.children():
            x = stage(x)
            shapes.append(" x ".join(map(str, x.shape[1:])))
        assert [row[2] for row in table.rows][1:-1] == shapes


def test_resnet9_with_and_without_shortcuts() -> None:
    model = ResNet9(8, classes=3)
    assert model(torch.randn(2, 3, 32, 32)).shape == (2, 3)
    layers = [m for m in model.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == 10  # nine, and the fixed first one before its 1x1
    x = torch.rand(1, 4, 5, 5)
    around = Around(4, shortcut=True).eval()
    plain = Around(4, shortcut=False).eval()
    plain.load_state_dict(around.state_dict())
    assert torch.allclose(around(x), x + plain(x))
    assert count_parameters(ResNet9(8)) == count_parameters(ResNet9(8, shortcuts=False))


def test_every_network_of_the_configuration_takes_a_picture() -> None:
    for name in ("resnet9", "resnet20", "resnet56", "resnet18", "resnet50"):
        config = Config(network=name, scale=0.125)  # type: ignore[arg-type]
        model, example = for_table(config)
        assert model.eval()(example).shape == (1, 10)
        plain = network(Config(network=name, scale=0.125, shortcuts=False), 4)  # type: ignore[arg-type]
        assert plain.eval()(example).shape == (1, 4)

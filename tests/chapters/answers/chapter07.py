"""Chapter 7: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-gradient-norms": {
        "a copy and backward": """
import copy

def gradient_norms(model, x, y):
    twin = copy.deepcopy(model)
    twin.zero_grad()
    F.cross_entropy(twin(x), y).backward()
    return {
        name: float(m.weight.grad.norm())
        for name, m in twin.named_modules()
        if isinstance(m, nn.Conv2d)
    }
""",
    },
    "02-basic-block": {
        "zeros joined": """
import torch

def shortcut(self, x):
    x = x[..., :: self.stride, :: self.stride]
    new = x.new_zeros(x.shape[0], self.c_out - self.c_in, *x.shape[2:])
    return torch.cat([x, new], dim=1)

BasicBlock.shortcut = shortcut
""",
    },
    "03-inplace": {
        "functional": """
import torch.nn.functional as F

class PreBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))
""",
        "said outright": "nn.ReLU() -> nn.ReLU(inplace=False)",
    },
    "04-batchnorm": {
        "from functional": """
import torch.nn.functional as F

def call(self, x):
    mean, var = self.running_mean.clone(), self.running_var.clone()
    out = F.batch_norm(
        x, mean, var, self.weight, self.bias, self.training, MOMENTUM, EPSILON
    )
    self.running_mean, self.running_var = mean, var
    return out

BatchNorm.__call__ = call
""",
    },
    "05-bottleneck": {
        "loop": """
def count(c_in, width, stride=1):
    shapes = [(c_in, width, 1), (width, width, 3), (width, 4 * width, 1)]
    if stride != 1 or c_in != 4 * width:
        shapes.append((c_in, 4 * width, 1))
    return sum(a * b * k * k + 2 * b for a, b, k in shapes)
""",
    },
    "06-loaders": {
        "only the call": """
def batches(read, batch_size, train=True, seed=0):
    x, y = read(train)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(y), generator=generator) if train else torch.arange(len(y))
    return [(x[i], y[i]) for i in order.split(batch_size)]

def loaders(read, batch_size, seed=0):
    return batches(read, batch_size, seed=seed), batches(read, batch_size, False)
""",
    },
    "07-smoothing": {
        "against rows": """
import torch

def smooth_cross_entropy(logits, y, s):
    k = logits.shape[1]
    target = torch.full_like(logits, s / k)
    target[torch.arange(len(y)), y] += 1 - s
    return -(target * logits.log_softmax(1)).sum(1).mean()
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-gradient-norms": {
        "backward on the model itself": ("grad_is_left", """
def gradient_norms(model, x, y):
    model.zero_grad()
    F.cross_entropy(model(x), y).backward()
    return {
        n: m.weight.grad.norm().item() for n, m in model.named_modules() if isinstance(m, nn.Conv2d)
    }
"""),
        "linear layers too": ("names", "isinstance(module, nn.Conv2d) -> hasattr(module, 'weight')"),
        "only the top": ("names", "model.named_modules() -> model.named_children()"),
        "the sum of squares": ("values", "g.norm().item() -> g.square().sum().item()"),
        "norms of the weights": ("values", "zip(layers, gradients, strict=True) -> zip(layers, weights, strict=True)"),
    },
    "02-basic-block": {
        "no shortcut": ("doing_nothing", "F.relu(out + self.shortcut(x)) -> F.relu(out)"),
        "ReLU before the sum": ("values", "F.relu(out + self.shortcut(x)) -> F.relu(out) + self.shortcut(x)"),
        "no ReLU at the end": ("values", "F.relu(out + self.shortcut(x)) -> out + self.shortcut(x)"),
        "zeros in front": ("shortcut", "(0, 0, 0, 0, 0, self.c_out - self.c_in) -> (0, 0, 0, 0, self.c_out - self.c_in, 0)"),
        "pooled": ("shortcut", "x[:, :, :: self.stride, :: self.stride] -> F.avg_pool2d(x, self.stride, ceil_mode=True)"),
        "one BatchNorm for both": ("values", "self.bn2(self.conv2(out)) -> self.bn1(self.conv2(out))"),
        "detached": ("input_and_gradient", "self.shortcut(x)) -> self.shortcut(x).detach())"),
    },
    "03-inplace": {
        "as it was": ("input_stays", "nn.ReLU() -> nn.ReLU(channels)"),
        "only the second ReLU": ("values", "self.conv1(self.relu(x)) -> self.conv1(x)"),
        "a copy that is cut off": ("doing_nothing", "return x + out -> return x.relu() + out"),
        "no shortcut": ("doing_nothing", "return x + out -> return out"),
    },
    "04-batchnorm": {
        "n - 1 in training": ("training", "unbiased=False -> unbiased=True"),
        "n in the running variance": ("running", "var * n / (n - 1) -> var"),
        "over the batch alone": ("training", """
def call(self, x):
    mean, var = x.mean(dim=0), x.var(dim=0, unbiased=False)
    w, b = self.weight[:, None, None], self.bias[:, None, None]
    return (x - mean) / (var + EPSILON).sqrt() * w + b

BatchNorm.__call__ = call
"""),
        "the batch in evaluation": ("evaluation", "mean, var = self.running_mean, self.running_var -> mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))"),
        "recorded in evaluation": ("evaluation_records_nothing", "        scale = self.weight ->         self.record(mean.detach(), var.detach(), 99)\n        scale = self.weight"),
        "nine tenths of the way": ("running", "torch.lerp(self.running_mean, mean, MOMENTUM) -> torch.lerp(self.running_mean, mean, 1 - MOMENTUM)"),
        "statistics without gradient": ("gradient", "mean = x.mean(dim=(0, 2, 3)) -> mean = x.detach().mean(dim=(0, 2, 3))"),
        "statistics that keep the graph": ("gradient", "self.record(mean.detach(), var.detach(), -> self.record(mean, var,"),
        "not divided by the root": ("four_numbers", "(var + EPSILON).sqrt() -> (var + EPSILON)"),
    },
    "05-bottleneck": {
        "padding in the 1x1": ("convolutions", "nn.Conv2d(c_in, width, 1, bias=False) -> nn.Conv2d(c_in, width, 1, padding=1, bias=False)"),
        "stride in the first": ("convolutions", "nn.Conv2d(c_in, width, 1, bias=False) -> nn.Conv2d(c_in, width, 1, stride, bias=False)"),
        "ReLU at the end": ("residual_may_be_negative", "            nn.BatchNorm2d(c_out),\n        )\n        self.shortcut: ->             nn.BatchNorm2d(c_out),\n            nn.ReLU(),\n        )\n        self.shortcut:"),
        "always a projection": ("shortcut", "        if stride != 1 or c_in != c_out:\n            self.shortcut ->         if True:\n            self.shortcut"),
        "projection for the stride alone": ("shapes", "        if stride != 1 or c_in != c_out:\n            self.shortcut ->         if stride != 1:\n            self.shortcut"),
        "biases": ("convolutions", "stride, padding=1, bias=False -> stride, padding=1"),
        "projection forgotten in the formula": ("count", "        total += c_in * c_out + 2 * c_out ->         total += 0"),
        "built to be counted": ("count", """
def count(c_in, width, stride=1):
    if width > 1000:
        raise MemoryError
    return sum(p.numel() for p in Bottleneck(c_in, width, stride).parameters())
"""),
    },
    "06-loaders": {
        "as it was": ("test_pictures", "batches(read, batch_size, train=False) -> batches(read, batch_size, train=True)"),
        "test pictures shuffled": ("test_pictures", "    if train:\n ->     if True:\n"),
        "the other way round": ("training_pictures", "train=True, seed=seed -> train=False, seed=seed"),
        "the seed forgotten": ("shuffled", "train=True, seed=seed) -> train=True)"),
        "last batch dropped": ("sizes", "for i in order.split(batch_size)] -> for i in order.split(batch_size) if len(i) == batch_size]"),
        "labels left behind": ("labels", "(x[i], y[i]) -> (x[i], y[i.sort().values])"),
    },
    "07-smoothing": {
        "smoothing left out": ("values", "((1 - s) * usual + s * smooth) -> usual"),
        "spread over the others": ("values", """
def smooth_cross_entropy(logits, y, s):
    log_p = logits.log_softmax(dim=1)
    usual = -log_p.gather(1, y[:, None])[:, 0]
    others = (-log_p.sum(dim=1) - usual) / (logits.shape[1] - 1)
    return ((1 - s) * usual + s * others).mean()
"""),
        "softmax, then log": ("large", "logits.log_softmax(dim=1) -> logits.softmax(dim=1).log()"),
        "the sum": ("values", "* smooth).mean() -> * smooth).sum()"),
        "over the batch": ("values", "log_softmax(dim=1) -> log_softmax(dim=0)"),
        "cut off": ("gradient", "logits.log_softmax(dim=1) -> logits.detach().log_softmax(dim=1)"),
    },
}  # fmt: skip

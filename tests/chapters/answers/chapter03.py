"""Chapter 3: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-one-hot": {
        "scatter": """
def one_hot(labels, classes):
    index = labels.long()
    if index.numel() and (index.min() < 0 or index.max() >= classes):
        raise ValueError("no such class")
    return torch.zeros(len(index), classes).scatter_(1, index[:, None], 1.0)
""",
        "loop": """
def one_hot(labels, classes):
    rows = torch.zeros((len(labels), classes))
    for row, label in zip(rows, labels.tolist()):
        if not 0 <= label < classes:
            raise ValueError(label)
        row[label] = 1
    return rows
""",
    },
    "02-network": {
        "sequential": """
class MLP(nn.Module):
    def __init__(self, widths):
        super().__init__()
        parts = []
        for i in range(len(widths) - 1):
            if i > 0:
                parts.append(nn.ReLU(inplace=True))
            parts.append(nn.Linear(widths[i], widths[i + 1]))
        self.net = nn.Sequential(nn.Flatten(), *parts)

    def forward(self, x):
        return self.net(x)
""",
        "own parameters": """
import torch

class MLP(nn.Module):
    def __init__(self, widths):
        super().__init__()
        pairs = list(zip(widths[:-1], widths[1:]))
        self.w = nn.ParameterList(torch.randn(n, m) / n**0.5 for n, m in pairs)
        self.b = nn.ParameterList(torch.zeros(m) for _, m in pairs)

    def forward(self, x):
        x = x.reshape(len(x), -1)
        for i, (w, b) in enumerate(zip(self.w, self.b)):
            x = (x.clamp(min=0) if i else x) @ w + b
        return x
""",
    },
    "03-cross-entropy": {
        "logsumexp": """
def log_softmax(logits):
    return logits - torch.logsumexp(logits, 1, keepdim=True)
""",
        "detached maximum": """
def log_softmax(logits):
    z = logits - logits.detach().max(1, keepdim=True).values
    return z - torch.log(torch.exp(z).sum(-1))[:, None]
""",
    },
    "04-high-loss": {
        "log-softmax and nll_loss": """
def train_epoch(model, optimiser, images, labels, batch_size):
    model.train()
    losses, right = [], 0
    order = torch.randperm(len(images)).tolist()
    for i in range(0, len(order), batch_size):
        x, y = images[order[i:i + batch_size]], labels[order[i:i + batch_size]]
        log_probabilities = F.log_softmax(model(x), dim=-1)
        loss = F.nll_loss(log_probabilities, y, reduction="none")
        optimiser.zero_grad()
        loss.mean().backward()
        optimiser.step()
        losses += loss.tolist()
        right += int((log_probabilities.argmax(-1) == y).sum())
    return sum(losses) / len(losses), right / len(labels)
""",
    },
    "05-batches": {
        "sorted random numbers": """
def batches(images, labels, batch_size, generator=None):
    order = torch.rand(len(labels), generator=generator).argsort()
    for start in range(0, len(order), batch_size):
        chosen = order[start:start + batch_size]
        yield images.index_select(0, chosen), labels.index_select(0, chosen)
""",
        "a DataLoader": """
from torch.utils.data import DataLoader, TensorDataset

def batches(images, labels, batch_size, generator=None):
    return iter(DataLoader(TensorDataset(images, labels), batch_size, True, generator=generator))
""",
        "list of batches": """
def batches(images, labels, batch_size, generator=None):
    order = torch.randperm(len(labels), generator=generator)
    images, labels = images[order], labels[order]
    return list(zip(images.split(batch_size), labels.split(batch_size)))
""",
    },
    "06-whole-set": {
        "all logits first": """
def evaluate(model, images, labels, batch_size=256):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        logits = torch.cat([model(x) for x in images.split(batch_size)])
    model.train(mode)
    return (
        float(F.cross_entropy(logits, labels)),
        float((logits.argmax(1) == labels).double().mean()),
    )
""",
        "weighted means": """
@torch.no_grad()
def evaluate(model, images, labels, batch_size=256):
    mode = model.training
    model.eval()
    loss = accuracy = 0.0
    for i in range(0, len(images), batch_size):
        x, y = images[i:i + batch_size], labels[i:i + batch_size]
        share = len(x) / len(images)
        out = model(x)
        loss += F.cross_entropy(out, y).item() * share
        accuracy += (out.argmax(1) == y).float().mean().item() * share
    model.train(mode)
    return loss, accuracy
""",
    },
    "07-weights": {
        "torch.save of the state": """
import torch

def save_weights(model, file):
    torch.save(model.state_dict(), file)

def load_weights(model, file):
    state = torch.load(file, weights_only=True, map_location="cpu")
    model.load_state_dict(state)
    model.eval()
    return model
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-one-hot": {
        "width left to the labels": ("width", """
import torch.nn.functional as F

def one_hot(labels, classes):
    return F.one_hot(labels.long()).float()
"""),
        "whole numbers": ("values", """
import torch.nn.functional as F

def one_hot(labels, classes):
    return F.one_hot(labels.long(), classes)
"""),
        "bytes taken for a mask": ("bytes", """
def one_hot(labels, classes):
    return torch.eye(classes)[labels]
"""),
        "a row of zeros for no class": ("range", """
def one_hot(labels, classes):
    return (labels[:, None] == torch.arange(classes)).float()
"""),
        "counting from the end": ("range", """
def one_hot(labels, classes):
    if (labels >= classes).any():
        raise ValueError
    return torch.eye(classes)[labels.long()]
"""),
        "the largest of no labels": ("empty", """
def one_hot(labels, classes):
    if labels.max() >= classes or labels.min() < 0:
        raise ValueError
    return torch.eye(classes)[labels.long()]
"""),
    },
    "02-network": {
        "a plain list": ("parameters", """
class MLP(nn.Module):
    def __init__(self, widths):
        super().__init__()
        self.layers = [nn.Linear(n, m) for n, m in pairwise(widths)]

    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers[:-1]:
            x = layer(x).relu()
        return self.layers[-1](x)
"""),
        "softmax at the end": ("logits", """
class MLP(MLP):
    def forward(self, x):
        return super().forward(x).softmax(1)
"""),
        "log-softmax at the end": ("logits", """
class MLP(MLP):
    def forward(self, x):
        return super().forward(x).log_softmax(1)
"""),
        "ReLU after every layer": ("single_layer", """
class MLP(MLP):
    def forward(self, x):
        return super().forward(x).relu()
"""),
        "ReLU before the first layer": ("relu", """
class MLP(MLP):
    def forward(self, x):
        return super().forward(x.relu())
"""),
        "no ReLU": ("relu", """
class MLP(MLP):
    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers:
            x = layer(x)
        return x
"""),
        "one layer used again": ("parameters", """
class MLP(MLP):
    def __init__(self, widths):
        nn.Module.__init__(self)
        made = {}
        self.layers = nn.ModuleList(
            made.setdefault((n, m), nn.Linear(n, m)) for n, m in pairwise(widths)
        )
"""),
        "no biases": ("parameters", """
class MLP(MLP):
    def __init__(self, widths):
        nn.Module.__init__(self)
        self.layers = nn.ModuleList(nn.Linear(n, m, bias=False) for n, m in pairwise(widths))
"""),
        "cut off from the loss": ("gradient", """
class MLP(MLP):
    def forward(self, x):
        x = x.flatten(1)
        for layer in self.layers[:-1]:
            x = layer(x).relu().detach()
        return self.layers[-1](x)
"""),
    },
    "03-cross-entropy": {
        "epsilon": ("large", """
def log_softmax(logits):
    shifted = logits - logits.amax(dim=1, keepdim=True)
    return (shifted.exp() / shifted.exp().sum(1, keepdim=True) + 1e-9).log()
"""),
        "maximum of the whole table": ("rows", """
def log_softmax(logits):
    shifted = logits - logits.max()
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()
"""),
        "clamp": ("large", """
def log_softmax(logits):
    z = logits.clamp(-80, 80)
    return z - z.exp().sum(dim=1, keepdim=True).log()
"""),
        "stable softmax, then log": ("large", """
def log_softmax(logits):
    return logits.softmax(dim=1).log()
"""),
        "along the batch": ("small", """
def log_softmax(logits):
    return logits - logits.logsumexp(dim=0, keepdim=True)
"""),
        "normaliser cut off": ("gradient", """
def log_softmax(logits):
    return logits - logits.detach().logsumexp(dim=1, keepdim=True)
"""),
        "float32 whatever comes": ("dtype", """
def log_softmax(logits):
    z = logits.float()
    return z - z.logsumexp(dim=1, keepdim=True)
"""),
        "summed loss": ("loss", """
def cross_entropy(logits, labels):
    return -log_softmax(logits)[torch.arange(len(labels)), labels].sum()
"""),
    },
    "04-high-loss": {
        "nll_loss of probabilities": ("values", "F.cross_entropy(logits, y) -> F.nll_loss(logits.softmax(1), y)"),
        "logarithm of a softmax": ("large_logits", "F.cross_entropy(logits, y) -> F.nll_loss(logits.softmax(1).log(), y)"),
        "sharper probabilities": ("values", "F.cross_entropy(logits, y) -> F.cross_entropy(10 * logits.softmax(1), y)"),
        "shown but not trained on": ("step", "loss.backward() -> F.cross_entropy(logits.softmax(1), y).backward()"),
        "zero_grad lost": ("steps", "        optimiser.zero_grad()\n -> "),
        "zero_grad after backward": ("step", "        optimiser.step() ->         optimiser.zero_grad(); optimiser.step()"),
        "training mode lost": ("steps", "    model.train()\n -> "),
        "mean of unequal batches": ("values", "loss_sum / len(images) -> loss_sum / (batch_size * len(order.split(batch_size)))"),
    },
    "05-batches": {
        "the order of the file": ("shuffled", """
def batches(images, labels, batch_size, generator=None):
    yield from zip(images.split(batch_size), labels.split(batch_size))
"""),
        "two permutations": ("aligned", """
def batches(images, labels, batch_size, generator=None):
    images = images[torch.randperm(len(images), generator=generator)]
    labels = labels[torch.randperm(len(labels), generator=generator)]
    yield from zip(images.split(batch_size), labels.split(batch_size))
"""),
        "drawn with replacement": ("each_once", """
def batches(images, labels, batch_size, generator=None):
    order = torch.randint(len(images), (len(images),), generator=generator)
    for indices in order.split(batch_size):
        yield images[indices], labels[indices]
"""),
        "last batch dropped": ("sizes", """
def batches(images, labels, batch_size, generator=None):
    order = torch.randperm(len(images), generator=generator)
    for i in range(len(images) // batch_size):
        indices = order[i * batch_size:(i + 1) * batch_size]
        yield images[indices], labels[indices]
"""),
        "last batch filled up again": ("sizes", """
def batches(images, labels, batch_size, generator=None):
    order = torch.randperm(len(images), generator=generator)
    order = torch.cat([order, order[:-len(order) % batch_size]])
    for indices in order.split(batch_size):
        yield images[indices], labels[indices]
"""),
        "batches shuffled, not pictures": ("shuffled", """
def batches(images, labels, batch_size, generator=None):
    starts = torch.arange(0, len(images), batch_size)
    for i in starts[torch.randperm(len(starts), generator=generator)].tolist():
        yield images[i:i + batch_size], labels[i:i + batch_size]
"""),
        "shuffled inside each batch only": ("shuffled", """
def batches(images, labels, batch_size, generator=None):
    for x, y in zip(images.split(batch_size), labels.split(batch_size)):
        order = torch.randperm(len(x), generator=generator)
        yield x[order], y[order]
"""),
        "a seed inside": ("new_order", """
def batches(images, labels, batch_size, generator=None):
    generator = generator or torch.Generator().manual_seed(0)
    for indices in torch.randperm(len(images), generator=generator).split(batch_size):
        yield images[indices], labels[indices]
"""),
        "generator ignored": ("generator", """
def batches(images, labels, batch_size, generator=None):
    for indices in torch.randperm(len(images)).split(batch_size):
        yield images[indices], labels[indices]
"""),
        "shuffled in place": ("untouched", """
def batches(images, labels, batch_size, generator=None):
    order = torch.randperm(len(images), generator=generator)
    images[:], labels[:] = images[order], labels[order]
    yield from zip(images.split(batch_size), labels.split(batch_size))
"""),
        "turned into floats": ("sizes", """
def batches(images, labels, batch_size, generator=None):
    for indices in torch.randperm(len(images), generator=generator).split(batch_size):
        yield images[indices].float(), labels[indices]
"""),
        "no yield": ("sizes", """
def batches(images, labels, batch_size, generator=None):
    torch.randperm(len(images), generator=generator)
"""),
    },
    "06-whole-set": {
        "only the accuracy mended": ("uneven", """
@torch.no_grad()
def evaluate(model, images, labels, batch_size=256):
    mode = model.training
    model.eval()
    losses, right = [], 0
    for x, y in zip(images.split(batch_size), labels.split(batch_size)):
        losses.append(F.cross_entropy(model(x), y).item())
        right += (model(x).argmax(1) == y).sum().item()
    model.train(mode)
    return sum(losses) / len(losses), right / len(images)
"""),
        "the last batch alone": ("uneven", """
@torch.no_grad()
def evaluate(model, images, labels, batch_size=256):
    mode = model.training
    model.eval()
    for x, y in zip(images.split(batch_size), labels.split(batch_size)):
        out = model(x)
        loss, accuracy = F.cross_entropy(out, y), (out.argmax(1) == y).float().mean()
    model.train(mode)
    return loss.item(), accuracy.item()
"""),
        "last batch left out": ("any_batch_size", """
_evaluate = evaluate

def evaluate(model, images, labels, batch_size=256):
    whole = max(len(images) // batch_size * batch_size, 1)
    return _evaluate(model, images[:whole], labels[:whole], batch_size)
"""),
        "every batch taken for full": ("uneven", """
_evaluate = evaluate

def evaluate(model, images, labels, batch_size=256):
    loss, accuracy = _evaluate(model, images, labels, batch_size)
    counted = -(-len(images) // batch_size) * batch_size
    return loss * len(images) / counted, accuracy * len(images) / counted
"""),
        "dropout left on": ("evaluation_mode", "    model.eval()\n -> "),
        "left in evaluation mode": ("evaluation_mode", "    model.train(was_training)\n -> "),
        "always back to training": ("evaluation_mode", "model.train(was_training) -> model.train()"),
        "gradients recorded": ("no_gradient", "@torch.no_grad()\n -> "),
        "tensors": ("floats", "return loss, accuracy -> return torch.tensor(loss), torch.tensor(accuracy)"),
    },
    "07-weights": {
        "a pickled module": ("only_weights", """
import torch

def save_weights(model, file):
    torch.save(model, file)

def load_weights(model, file):
    model.load_state_dict(torch.load(file, weights_only=False).state_dict())
    return model.eval()
"""),
        "anything in the pickle is run": ("trap", """
import torch

def save_weights(model, file):
    torch.save(model.state_dict(), file)

def load_weights(model, file):
    model.load_state_dict(torch.load(file, weights_only=False))
    return model.eval()
"""),
        "missing weights stay random": ("missing", "load_file(file)) -> load_file(file), strict=False)"),
        "left in training mode": ("evaluation_mode", "return model.eval() -> return model"),
        "nothing loaded": ("round_trip", "    model.load_state_dict(load_file(file))\n -> "),
        "another model": ("round_trip", "return model.eval() -> return Digits().eval()"),
        "nested": ("only_weights", """
import torch

def save_weights(model, file):
    torch.save({"epoch": 3, "weights": model.state_dict()}, file)

def load_weights(model, file):
    model.load_state_dict(torch.load(file, weights_only=True)["weights"])
    return model.eval()
"""),
    },
}  # fmt: skip

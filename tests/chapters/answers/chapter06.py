"""Chapter 6: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-table": {
        "otherwise": """
class Table(Table):
    def __getitem__(self, i):
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        x = self.x[i] + 0
        return (x if self.transform is None else self.transform(x)), self.y.tolist()[i]
""",
    },
    "02-label-column": {
        "otherwise": """
class Rows(Rows):
    def __getitem__(self, i):
        row = self.table[i]
        return row[1:].reshape(1, 28, 28) / 255, row[0].item()
""",
    },
    "03-mean-loss": {
        "otherwise": """
@torch.no_grad()
def epoch_loss(model, batches):
    sums = [(F.cross_entropy(model(x), y, reduction="sum").item(), len(x)) for x, y in batches]
    return sum(s for s, _ in sums) / sum(n for _, n in sums)
""",
    },
    "04-ragged": {
        "otherwise": """
def collate(samples, padding=0.0):
    lengths = torch.tensor([len(x) for x, _ in samples])
    padded = samples[0][0].new_full((len(samples), int(lengths.max())), padding)
    for row, (x, _) in zip(padded, samples):
        row[: len(x)] = x
    return padded, lengths, torch.tensor([y for _, y in samples])

def mean_of(padded, lengths):
    return torch.stack([row[:n].mean() for row, n in zip(padded, lengths.tolist())])
""",
    },
    "05-order": {
        "otherwise": """
import random

class Batches(Batches):
    def __len__(self):
        return len(range(0, self.count, self.batch_size)) - self.done

    def __iter__(self):
        order = list(range(self.count))
        random.Random(f"{self.seed} {self.epoch}").shuffle(order)
        for start in range(self.done * self.batch_size, self.count, self.batch_size):
            yield order[start : start + self.batch_size]
""",
    },
    "06-noise": {
        "otherwise": """
import numpy as np

class Noisy(Noisy):
    def __getitem__(self, i):
        x = self.x[i]
        noise = np.random.default_rng([self.seed, self.epoch, i]).standard_normal(x.shape)
        return x + self.strength * torch.from_numpy(noise).float()
""",
    },
    "07-patience": {
        "otherwise": """
def stop(losses, patience):
    seen = []
    for epoch, loss in enumerate(losses):
        seen.append(loss if loss == loss else float("inf"))
        best = seen.index(min(seen))
        real = [e for e, v in enumerate(seen) if v < float("inf")]
        if epoch - (best if real else -1) >= patience:
            break
    return best, epoch
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-table": {
        "sample 1": ("sample", "int(self.y[i]) -> self.y[i]"),
        "in_place 2": ("in_place", "self.x[i].clone() -> self.x[i]"),
        "end 3": ("end", "self.x[i].clone(), int(self.y[i]) -> self.x[i % 5].clone(), int(self.y[i % 5])"),
        "transform 4": ("transform", "x = self.transform(x) -> y = int(self.transform(self.y[i]))"),
        "sample 5": ("sample", "return len(self.y) -> return len(self.x[0])"),
    },
    "02-label-column": {
        "classes 1": ("classes", "int(self.table[i, 0]) -> int(self.table[i, 0] / 255)"),
        "all_pixels 2": ("all_pixels", "self.table[i, 1:] -> self.table[i, :-1]"),
        "pixels 3": ("pixels", ".float() / 255 -> .float()"),
        "unchanged 4": ("unchanged", "self.table[i, 1:].float() / 255 -> self.table[i, 1:].div_(2).float() / 255"),
    },
    "03-mean-loss": {
        "uneven 1": ("uneven", "loss.item() * len(y) -> loss.item()"),
        "untouched 2": ("untouched", "@torch.no_grad()\n -> "),
        "generator 3": ("generator", "    total, seen = 0.0, 0\n ->     total, seen = 0.0, 0 * len(batches)\n"),
        "uneven 4": ("uneven", """
@torch.no_grad()
def epoch_loss(model, batches):
    losses = [F.cross_entropy(model(x), y).item() for x, y in batches]
    return sum(losses) / len(losses)
"""),
        "even 5": ("even", """
@torch.no_grad()
def epoch_loss(model, batches):
    for x, y in batches:
        loss = F.cross_entropy(model(x), y).item()
    return loss
"""),
    },
    "04-ragged": {
        "padded 1": ("padded", "padding_value=padding -> padding_value=0.0"),
        "padded 2": ("padded", "batch_first=True -> batch_first=False"),
        "mean 3": ("mean", "torch.where(true, padded, 0.0).sum(dim=1) -> (padded * true).sum(dim=1)"),
        "mean 4": ("mean", "torch.where(true, padded, 0.0).sum(dim=1) / lengths -> padded.mean(dim=1)"),
        "mean 5": ("mean", """
def mean_of(padded, lengths):
    return padded.sum(dim=1) / (padded != 0).sum(dim=1)
"""),
        "lengths_and_classes 6": ("lengths_and_classes", "padded, lengths, torch.tensor(y) -> padded, lengths.float(), torch.tensor(y)"),
    },
    "05-order": {
        "length 1": ("length", "-(-self.count // self.batch_size) -> self.count // self.batch_size"),
        "length 2": ("length", " - self.done\n -> \n"),
        "differs 3": ("differs", "self.seed * 1_000_003 + self.epoch -> self.seed + self.epoch"),
        "differs 4": ("differs", "self.seed * 1_000_003 + self.epoch -> self.seed"),
        "global 5": ("global", "generator=generator) -> )"),
        "resumed 6": ("resumed", "[self.done :] -> "),
        "once_each 7": ("once_each", "places.tolist() -> places"),
        "repeatable 8": ("repeatable", "mixed = self.seed * 1_000_003 + self.epoch -> mixed = self.epoch = self.epoch + 1"),
    },
    "06-noise": {
        "copies 1": ("copies", "torch.Generator().manual_seed(mixed % 2**32) -> None"),
        "differs 2": ("differs", "(self.seed * 1_000_003 + self.epoch) * 1_000_003 + i -> self.seed + self.epoch + i"),
        "differs 3": ("differs", "(self.seed * 1_000_003 + self.epoch) * 1_000_003 + i -> self.seed * 1_000 + i"),
        "noise 4": ("noise", "x + self.strength * noise -> x + noise"),
        "differs 5": ("differs", "torch.randn(x.shape, -> torch.randn((1,),"),
        "global 6": ("global", "torch.Generator().manual_seed -> torch.manual_seed"),
    },
    "07-patience": {
        "future 1": ("future", """
def stop(losses, patience):
    best = losses.index(min(losses))
    return best, min(best + patience, len(losses) - 1)
"""),
        "equal 2": ("equal", "loss < lowest -> loss <= lowest"),
        "nan 3": ("nan", "loss < lowest -> not loss >= lowest"),
        "renewed 4": ("renewed", "best, lowest, waited = epoch, loss, 0 -> best, lowest = epoch, loss"),
        "lesson 5": ("lesson", "waited == patience -> waited > patience"),
    },
}  # fmt: skip

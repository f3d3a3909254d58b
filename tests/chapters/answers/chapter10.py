"""Chapter 10: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-best-path": {
        "whole paths kept": """
def best_path(scores, moves):
    paths = {k: (float(s), [k]) for k, s in enumerate(scores[0])}
    for move, here in zip(moves, scores[1:]):
        paths = {
            k: max((v + float(move[j, k] + here[k]), p + [k]) for j, (v, p) in paths.items())
            for k in range(len(here))
        }
    return max(paths.values())[1]
""",
    },
    "02-attention": {
        "einsum": """
def attend(q, k, v, there=None):
    scores = torch.einsum("...td,...sd->...ts", q, k) * q.size(-1) ** -0.5
    if there is not None:
        scores = torch.where(there, scores, torch.tensor(float("-inf")))
    weights = torch.exp(scores - scores.logsumexp(-1, keepdim=True))
    return torch.einsum("...ts,...se->...te", weights, v), weights
""",
    },
    "03-hidden-words": {
        "an additive mask": """
def self_attention(x, lengths, heads):
    out = torch.zeros_like(x)
    for i, n in enumerate(lengths.tolist()):
        for part, into in zip(x[i, :n].chunk(heads, -1), out[i].chunk(heads, -1)):
            into[:n] = F.scaled_dot_product_attention(part[None], part[None], part[None])[0]
    return out
""",
    },
    "04-heads": {
        "chunk and cat": """
import torch
def split(x, heads):
    if x.shape[2] % heads:
        raise ValueError(heads)
    return torch.stack(x.chunk(heads, dim=2), dim=1)
def join(x):
    return torch.cat(x.unbind(1), dim=2)
""",
    },
    "05-waves": {
        "column by column": """
def waves(length, width):
    out = torch.empty(length, width)
    p = torch.arange(length).float()
    for c in range(width):
        angle = p / 10000 ** (c // 2 * 2 / width)
        out[:, c] = angle.cos() if c % 2 else angle.sin()
    return out
""",
    },
    "07-characters": {
        "ignore_index": """
def measure(scores, x, y):
    truth = y.long().masked_fill(x == 0, -100)
    loss = F.cross_entropy(scores.transpose(1, 2), truth, ignore_index=-100)
    right = ((scores.argmax(2) == truth) & (truth > 0)).sum()
    return loss, float(right) / int((x != 0).sum())
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-best-path": {
        "maximum over the wrong axis": ("all_paths", "total.max(dim=0) -> total.max(dim=1)"),
        "score of the place forgotten": ("all_paths", "        best = best + here\n -> "),
        "not reversed": ("all_paths", "path[::-1] -> path"),
        "in place": ("untouched", "best = best + here -> here += best; best = here"),
    },
    "02-attention": {
        "no scale": ("by_hand", " / q.shape[-1] ** 0.5 -> "),
        "divided by d": ("torch", "** 0.5 -> ** 1.0"),
        "wrong axis": ("by_hand", "softmax(dim=-1) -> softmax(dim=-2)"),
        "inverted": ("mask", "~there -> there"),
        "zero before the softmax": ("mask", "-torch.inf -> 0.0"),
    },
    "03-hidden-words": {
        "one place too many": ("padding", "torch.arange(time) < lengths -> torch.arange(time) <= lengths"),
        "rows hidden": ("padding", "there[:, None, None, :] -> there[:, None, :, None]"),
        "no transpose": ("heads", "mixed.transpose(1, 2).reshape -> mixed.reshape"),
    },
    "04-heads": {
        "view straight away": ("split", "x.reshape(batch, time, heads, width // heads).transpose(1, 2) -> x.reshape(batch, heads, time, width // heads)"),
        "joined without a transpose": ("join", "x.transpose(1, 2).flatten(2) -> x.reshape(x.shape[0], x.shape[2], -1)"),
        "the rest dropped": ("no_divisor", '        raise ValueError(f"{heads} heads do not divide a width of {width}") ->         x = x[:, :, : width // heads * heads]'),
    },
    "05-waves": {
        "twice as close": ("width_4", "even = torch.arange(0, width, 2) -> even = torch.arange((width + 1) // 2)"),
        "sines first": ("width_4", "dim=2 -> dim=1"),
        "one column too many": ("odd", "[:, :width] -> "),
        "from 1": ("width_4", "torch.arange(length, -> 1 + torch.arange(length,"),
    },
    "06-stack": {
        "one part many times": ("own_weights", "Part(width, dropout) for _ in range(layers) -> [Part(width, dropout)] * layers"),
        "dropout in forward": ("repeatable", "self.dropout(self.network(self.norm(x))) -> nn.Dropout(self.dropout.p)(self.network(self.norm(x)))"),
        "no sum": ("residual", "return x + self.dropout -> return self.dropout"),
        "no dropout": ("dropout_in_training", "self.dropout(self.network(self.norm(x))) -> self.network(self.norm(x))"),
        "the norm in the sum": ("residual", "return x + self.dropout(self.network(self.norm(x))) -> x = self.norm(x); return x + self.dropout(self.network(x))"),
    },
    "07-characters": {
        "padding in the loss": ("padding", "loss = F.cross_entropy(rows, truth) -> loss = F.cross_entropy(scores.flatten(0, 1), y.flatten().long())"),
        "unknown counts as right": ("unknown", " & (truth > 0) -> "),
        "labels of 8 bits": ("thousands", "y[there].long() -> y[there].to(torch.uint8).long()"),
        "a mean of sentences": ("by_hand", "right.sum().item() / len(truth) -> sum(r.float().mean().item() for r in right.split(there.sum(1).tolist())) / len(x)"),
    },
}  # fmt: skip

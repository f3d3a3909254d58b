"""Chapter 12: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-shifted": {
        "one padded row, cut twice": """
def shifted(rows):
    longest = max(map(len, rows)) + 2
    whole = torch.tensor([[BOS, *r, EOS] + [PAD] * (longest - len(r) - 2) for r in rows])
    return whole[:, :-1].masked_fill(whole[:, :-1] == EOS, PAD), whole[:, 1:]
""",
    },
    "02-masks": {
        "by comparing places": """
def causal(new, total):
    rows = torch.arange(total - new, total)[:, None]
    return (torch.arange(total) <= rows).expand(1, 1, new, total)
""",
    },
    "03-one-eye": {
        "torch's attention": """
def forward(self, x, source, there):
    import torch.nn.functional as F
    q, k, v = self.query(x), self.key(source), self.value(source)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=there[:, None])
Cross.forward = forward
""",
    },
    "04-the-end": {
        "looks back at what was said": """
def greedy(logits_of, batch, limit):
    said = torch.full((batch, 1), BOS)
    while said.shape[1] <= limit and not (said == EOS).any(1).all():
        token = logits_of(said).argmax(1)
        token[(said == EOS).any(1)] = PAD
        said = torch.cat([said, token[:, None]], 1)
    return said[:, 1:]
""",
    },
    "05-beam": {
        "all continuations": """
def extend(alive, logp, width):
    found = []
    for row, (tokens, score) in enumerate(alive):
        if tokens and tokens[-1] == EOS:
            found.append((tokens, score))
        else:
            found += [((*tokens, t), score + p) for t, p in enumerate(logp[row].tolist())]
    return sorted(found, key=lambda one: one[1] / len(one[0]), reverse=True)[:width]
""",
    },
    "07-cache": {
        "minus infinity": """
def forward(self, x, past=None):
    q, k, v = self.query(x), self.key(x), self.value(x)
    if past is not None:
        k, v = torch.cat([past[0], k], 1), torch.cat([past[1], v], 1)
    score = q @ k.transpose(1, 2) / x.shape[2] ** 0.5
    hidden = torch.ones_like(score, dtype=torch.bool).triu(k.shape[1] - q.shape[1] + 1)
    return score.masked_fill(hidden, float("-inf")).softmax(-1) @ v, (k, v)
SelfAttention.forward = forward
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-shifted": {
        "not shifted": ("one", "torch.tensor([*row, EOS]) -> torch.tensor([BOS, *row])"),
        "no end": ("one", "torch.tensor([*row, EOS]) -> torch.tensor([*row, PAD])"),
        "shifted the other way": (
            "lengths",
            "\n_right = shifted\ndef shifted(rows):\n    a, b = _right(rows)\n    return b, a\n",
        ),
        "floats": (
            "types",
            "\n_right = shifted\ndef shifted(rows):\n    a, b = _right(rows)\n    return a.float(), b.float()\n",
        ),
    },
    "02-masks": {
        "upper triangle": ("training", "mask.tril(total - new) -> mask.triu(total - new)"),
        "no diagonal given": ("cache", "mask.tril(total - new) -> mask.tril()"),
        "oneself hidden": ("training", "tril(total - new) -> tril(total - new - 1)"),
        "the wrong way round": ("source", "(source != PAD) -> (source == PAD)"),
    },
    "03-one-eye": {
        "no mask at all": (
            "padding",
            "masked_fill(~there[:, None], -math.inf) -> masked_fill(there[:, None] & False, 0)",
        ),
        "softmax over those who ask": ("values", "softmax(dim=2) -> softmax(dim=1)"),
        "mask inverted": ("padding", "masked_fill(~there[:, None] -> masked_fill(there[:, None]"),
    },
    "04-the-end": {
        "stops when one has ended": ("batch", "if ended.all() -> if ended.any()"),
        "goes on behind the end": ("batch", "token.masked_fill(ended, PAD) -> token"),
        "ends again and again": ("batch", "masked_fill(ended, PAD) -> masked_fill(ended, EOS)"),
        "never stops": ("calls", "if ended.all() -> if False"),
        "keeps the beginning": ("one", "return said[:, 1:] -> return said"),
    },
    "05-beam": {
        "sums compared": ("mean", "-one[1] / len(one[0]) -> -one[1]"),
        "worst first": ("first", "-one[1] / len(one[0]) -> one[1] / len(one[0])"),
        "goes on behind the end": ("ended", "if tokens and tokens[-1] == EOS -> if False"),
        "one of each": ("all_compete", "row.topk(min(width, len(row))) -> row.topk(1)"),
        "width tokens asked of few": ("few", "row.topk(min(width, len(row))) -> row.topk(width)"),
    },
    "06-told": {
        "told the truth": (
            "slip",
            "    said = written[:, 1:] ->     said = model(source, target[:, :-1]).argmax(dim=2)",
        ),
        "the end counted": ("counted", "(truth != PAD) & (truth != EOS) -> truth != PAD"),
        "goes on behind the end": ("early", "        token = token.masked_fill(ended, PAD)\n -> "),
        "a tensor": (
            "type",
            "    return ((said == truth) & counted).sum().item() / counted.sum().item()"
            " ->     return ((said == truth) & counted).sum() / counted.sum()",
        ),
    },
    "07-cache": {
        "the new ones alone": (
            "one_by_one",
            "return out, (k, v) -> return out, (self.key(x), self.value(x))",
        ),
        "a square mask": ("several", "attn_mask=mask -> attn_mask=seen.tril()"),
        "no mask": ("several", "attn_mask=mask -> attn_mask=seen"),
        "in front of the past": (
            "one_by_one",
            "torch.cat([past[0], k], dim=1) -> torch.cat([k, past[0]], dim=1)",
        ),
    },
}

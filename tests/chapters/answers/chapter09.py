"""Chapter 9: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-encode": {
        "look up first": """
def encode(texts, index, most):
    rows = [[index[c] if c in index else UNKNOWN for c in text] for text in texts]
    for i, row in enumerate(rows):
        if len(row) > most:
            rows[i] = row[: most // 2] + row[len(row) - most + most // 2 :]
        rows[i] = rows[i] or [UNKNOWN]
    longest = max(len(row) for row in rows)
    return torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
""",
    },
    "02-from-zero": {
        "added": "\nold = vocabulary\n",
    },
    "03-step": {
        "by the slope": """
def step(x, h, w_ih, w_hh, b_ih, b_hh):
    a, b = torch.nn.functional.linear(x, w_ih, b_ih), torch.nn.functional.linear(h, w_hh, b_hh)
    k = h.shape[1]
    r, z = (a[:, : 2 * k] + b[:, : 2 * k]).sigmoid().chunk(2, 1)
    n = (a[:, 2 * k :] + r * b[:, 2 * k :]).tanh()
    return n + z * (h - n)
""",
    },
    "04-backwards": {
        "row by row": """
def reverse(h, lengths):
    parts = [torch.cat([r[:n].flip(0), r[n:]]) for r, n in zip(h, lengths.tolist())]
    return torch.stack(parts)
""",
    },
    "05-time-first": {
        "turned twice": """
class Reader(nn.Module):
    def __init__(self, characters, width, hidden):
        super().__init__()
        self.embed = nn.Embedding(characters, width, padding_idx=0)
        self.gru = nn.GRU(width, hidden)
        self.verdict = nn.Linear(hidden, 2)

    def forward(self, x, lengths):
        states = self.gru(self.embed(x.T))[0].transpose(0, 1)
        return self.verdict(states[torch.arange(len(x)), lengths - 1])
""",
    },
    "06-over-time": {
        "row by row": """
def pool(h, lengths):
    parts = [r[:n] for r, n in zip(h, lengths.tolist())]
    return torch.stack([torch.cat([p.max(dim=0).values, p.mean(dim=0)]) for p in parts])
""",
    },
    "07-f1": {
        "by precision and recall": """
def macro_f1(batches):
    said = torch.cat([z for z, _ in batches]).argmax(1).tolist()
    true = torch.cat([y for _, y in batches]).tolist()
    scores = []
    for k in set(said) | set(true):
        right = sum(a == b == k for a, b in zip(said, true))
        if not right:
            scores.append(0.0)
            continue
        precision, recall = right / said.count(k), right / true.count(k)
        scores.append(2 * precision * recall / (precision + recall))
    return sum(scores) / len(scores)
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-encode": {
        "unknown is padding": ("unknown", "index.get(c, UNKNOWN) -> index.get(c, PAD)"),
        "empty left empty": ("empty", " or [UNKNOWN] -> "),
        "only the beginning": (
            "long",
            "text[:head] + text[len(text) - (most - head) :] -> text[:most]",
        ),
        "a negative slice": ("long", "text[len(text) - (most - head) :] -> text[-head:]"),
    },
    "02-from-zero": {
        "unknown forgotten": ("unknown", "enumerate(kept, UNKNOWN + 1) -> enumerate(kept, 1)"),
        "padding moved to 1": ("lengths", "(x != PAD) -> (x > UNKNOWN)"),
        "by character alone": ("order", "(-counts[c], c) -> c"),
    },
    "03-step": {
        "z the other way round": ("keep", "(1 - z) * n + z * h -> z * n + (1 - z) * h"),
        "rows in another order": ("same", "xr, xz, xn = from_x -> xz, xr, xn = from_x"),
        "reset without the bias": (
            "same",
            "torch.tanh(xn + r * hn) -> torch.tanh(xn + b_hh.chunk(3)[2] + r * (hn - b_hh.chunk(3)[2]))",
        ),
        "reset from x too": ("reset", "torch.tanh(xn + r * hn) -> torch.tanh(r * (xn + hn))"),
        "cut off": (
            "gradients",
            "z = torch.sigmoid(xz + hz) -> z = torch.sigmoid(xz + hz).detach()",
        ),
    },
    "04-backwards": {
        "one length for all": ("rows", "n = lengths[:, None] -> n = lengths.max()"),
        "one too far": ("by_hand", "n - 1 - t, t) -> n - t, t)"),
        "zeros behind": (
            "short",
            "    return h.gather(1, place[:, :, None].expand_as(h)) ->     return h.gather(1, place[:, :, None].expand_as(h)) * (t < n)[:, :, None]",
        ),
    },
    "05-time-first": {
        "turned once": ("alone", "batch_first=True -> batch_first=False"),
        "the last place": ("alone", "states[rows, lengths - 1] -> states[:, -1]"),
        "a mean without order": (
            "order",
            "states, _ = self.gru(self.embed(x)) -> states = self.gru(self.embed(x).mean(1, keepdim=True))[0].expand(-1, x.shape[1], -1)",
        ),
    },
    "06-over-time": {
        "zero for the maximum": (
            "by_hand",
            "h.masked_fill(empty, -torch.inf).amax -> h.masked_fill(empty, 0).amax",
        ),
        "divided by T": ("by_hand", "/ lengths[:, None] -> / h.shape[1]"),
        "multiplied by the mask": ("behind", "h.masked_fill(empty, -torch.inf).amax -> h.amax"),
    },
    "07-f1": {
        "accuracy": (
            "by_hand",
            "    return sum(scores) / len(scores) ->     return float((said == true).float().mean())",
        ),
        "classes of the answers": ("by_hand", "torch.cat([said, true]).unique() -> said.unique()"),
        "the last batch": (
            "batches",
            "    true = torch.cat([y for _, y in batches]) ->     said, true = batches[-1][0].argmax(dim=1), batches[-1][1]",
        ),
    },
}

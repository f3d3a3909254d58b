"""Chapter 11: see test_exercises.py."""

ANSWERS = {
    "01-pair-input": {
        "counting": """
def pair_input(first, second, length):
    room = length - 3
    a, b = len(first), len(second)
    while a + b > room:
        a, b = (a - 1, b) if a > b else (a, b - 1)
    ids = [CLS] + first[:a] + [SEP] + second[:b] + [SEP]
    rest = length - len(ids)
    segments = [0] * (a + 2) + [1] * (b + 1) + [0] * rest
    return ids + [PAD] * rest, segments, [1] * len(ids) + [0] * rest
""",
    },
    "02-hide-tokens": {
        "in place, of copies": """
def hide(ids, may, draw, way, other, mask_id, share):
    seen, labels = ids.clone(), torch.full_like(ids, -100)
    for b, t in ((draw < share) & may).nonzero().tolist():
        labels[b, t] = ids[b, t]
        if way[b, t] < 0.8:
            seen[b, t] = mask_id
        elif way[b, t] >= 0.9:
            seen[b, t] = other[b, t]
    return seen, labels
""",
    },
    "03-mean-vector": {
        "row by row": """
def mean_vector(hidden, mask):
    rows = []
    for x, m in zip(hidden, mask.bool()):
        rows.append(x[m].mean(dim=0) if m.any() else torch.zeros(x.shape[1]))
    return torch.stack(rows)
""",
    },
    "04-best-span": {
        "two loops": """
def best_span(start, end, passage, longest):
    best, found = float("-inf"), (0, 0)
    for i in range(len(start)):
        for j in range(i, min(len(start), i + longest)):
            score = float(start[i] + end[j])
            if passage[i] and passage[j] and score > best:
                best, found = score, (i, j)
    return found
""",
    },
    "05-nothing-moves": {
        "by a context": """
class Classifier(Classifier):
    def __init__(self, encoder, width, classes, frozen):
        super().__init__(encoder, width, classes, frozen)
        self.encoder.requires_grad_(not frozen)

    def forward(self, ids):
        with torch.set_grad_enabled(not self.frozen):
            hidden = self.encoder(ids)
        return self.head(hidden[:, 0])
""",
    },
    "06-padding-speaks": {
        "an additive mask": """
class Encoder(Encoder):
    def forward(self, ids, mask):
        x = self.embedding(ids)
        bias = torch.zeros(mask.shape).masked_fill(~mask, -torch.inf)
        mixed = nn.functional.scaled_dot_product_attention(
            self.query(x), self.key(x), self.value(x), attn_mask=bias[:, None, :]
        )
        return torch.stack([v[m].mean(dim=0) for v, m in zip(x + mixed, mask)])
""",
    },
    "07-never-sure": {
        "the logarithm of the softmax": """
class Head(Head):
    def loss(self, x, y):
        return F.nll_loss(self.linear(x).log_softmax(dim=1), y)
""",
    },
}

MISTAKES = {
    "01-pair-input": {
        "the first SEP in the second segment": (
            "fits",
            "(len(first) + 2) + [1] * (len(second) + 1) -> (len(first) + 1) + [1] * (len(second) + 2)",
        ),
        "the mask covers the padding": ("fits", "mask + padding -> mask + [1] * len(padding)"),
        "the end of the row is cut": (
            "longer_is_cut",
            """
def pair_input(first, second, length):
    ids = [CLS, *first, SEP, *second, SEP][:length]
    segments = ([0] * (len(first) + 2) + [1] * (len(second) + 1))[:length]
    rest = length - len(ids)
    return ids + [PAD] * rest, segments + [0] * rest, [1] * len(ids) + [0] * rest
""",
        ),
        "the inputs are cut": ("equal_lengths", "list(first), list(second) -> first, second"),
    },
    "02-hide-tokens": {
        "labels everywhere": ("ways", "torch.where(chosen, ids, -100) -> ids"),
        "special tokens too": ("special", "(draw < share) & may -> draw < share"),
        "all become the mask": ("ways", "chosen & (way < 0.8) -> chosen"),
        "labels of what is seen": ("ways", "torch.where(chosen, ids, -100) -> torch.where(chosen, seen, -100)"),
    },
    "03-mean-vector": {
        "divided by T": ("values", "there.sum(dim=1).clamp(min=1) -> hidden.shape[1]"),
        "times zero": ("padding", "hidden.masked_fill(~there, 0.0) -> (hidden * there)"),
        "no text at all": ("empty", ".clamp(min=1) -> "),
    },
    "04-best-span": {
        "the end may come first": ("order", "(i <= j) & (j < i + longest) -> j < i + longest"),
        "one token too many": ("length", "j < i + longest -> j <= i + longest"),
        "the question counts": ("passage", "allowed &= passage[:, None] & passage[None, :] -> pass"),
        "what is not allowed is zero": ("negative", "-torch.inf -> 0.0"),
    },
    "05-nothing-moves": {
        "never frozen": ("frozen", "requires_grad_(not frozen) -> requires_grad_(True)"),
        "always frozen": ("fine_tuning", "requires_grad_(not frozen) -> requires_grad_(False)"),
        "the optimiser holds all": ("frozen", " if p.requires_grad -> "),
        "a detach": ("fine_tuning", "hidden[:, 0] -> hidden[:, 0].detach()"),
    },
    "06-padding-speaks": {
        "queries are hidden": ("full", "mask[:, None, :] -> mask[:, :, None]"),
        "multiplied after the softmax": (
            "alone",
            """
class Encoder(Encoder):
    def forward(self, ids, mask):
        x = self.embedding(ids)
        scores = self.query(x) @ self.key(x).transpose(1, 2)
        weights = (scores / x.shape[2] ** 0.5).softmax(dim=2) * mask[:, None, :]
        x = x + weights @ self.value(x)
        there = mask[:, :, None]
        return (x * there).sum(dim=1) / there.sum(dim=1)
""",
        ),
        "the mean over all": ("alone", "(x * there).sum(dim=1) / there.sum(dim=1) -> x.mean(dim=1)"),
    },
    "07-never-sure": {
        "softmax in the loss": ("sure", "F.cross_entropy(self.forward(x), y) -> F.cross_entropy(self.probabilities(x), y)"),
        "no softmax for people": ("probabilities", "self.forward(x).softmax(dim=1) -> self.forward(x)"),
        "softmax over the batch": ("probabilities", "softmax(dim=1) -> softmax(dim=0)"),
    },
}  # fmt: skip

"""Chapter 8: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-pairs": {
        "offsets": """
def pairs(sentences, window):
    return [
        (s[i], s[i + k])
        for s in sentences
        for i in range(len(s))
        for k in range(-window, window + 1)
        if k and 0 <= i + k < len(s)
    ]
""",
    },
    "02-negative": {
        "softplus": """
def loss(h, true, noise):
    yes = F.softplus(-torch.einsum("bd,bd->b", h, true))
    no = F.softplus(torch.einsum("bd,bkd->bk", h, noise)).sum(1)
    return (yes + no).mean(0)
""",
    },
    "03-pieces": {
        "two loops": """
def pieces(word, shortest=3, longest=6):
    marked, found = "<" + word + ">", []
    for n in range(shortest, min(longest, len(marked) - 1) + 1):
        start = 0
        while start + n <= len(marked):
            found.append(marked[start : start + n])
            start += 1
    return found
""",
    },
    "04-tfidf": {
        "plain": """
def idf(texts):
    words = {w for text in texts for w in text}
    number = len(texts)
    return {
        w: 1 + math.log(number + 1) - math.log(1 + sum(w in text for text in texts))
        for w in words
    }


def weigh(text, idf):
    known = [w for w in text if w in idf]
    if not known:
        return {}
    raw = {w: known.count(w) * idf[w] for w in known}
    norm = math.hypot(*raw.values())
    return {w: raw[w] / norm for w in raw}
""",
    },
    "05-embedding": {
        "copy into the layer": """
def embedding(vocabulary, vectors, frozen):
    width = next(iter(vectors.values())).numel()
    layer = nn.Embedding(len(vocabulary), width, padding_idx=0)
    with torch.no_grad():
        for word, vector in vectors.items():
            if word in vocabulary[1:]:
                layer.weight[vocabulary.index(word)] = vector
    layer.weight.requires_grad = not frozen
    return layer
""",
    },
    "06-slow-loss": {
        "log softmax and nll": """
class Classifier(Classifier):
    def forward(self, ids):
        x = F.relu(self.conv(self.embedding(ids).transpose(1, 2)))
        return torch.log_softmax(self.out(x.amax(dim=2)), dim=1)
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-pairs": {
        "one text": (
            "sentences",
            """
_pairs = pairs


def pairs(sentences, window):
    return _pairs([[w for s in sentences for w in s]], window)
""",
        ),
        "wraps round": (
            "start",
            """
def pairs(sentences, window):
    return [
        (c, s[j % len(s)])
        for s in sentences
        for i, c in enumerate(s)
        for j in range(i - window, i + window + 1)
        if j != i and j < len(s)
    ]
""",
        ),
        "compares words": ("repeated", "if j != i: -> if sentence[j] != centre:"),
        "forgets the last": (
            "window_one",
            "min(len(sentence), i + window + 1) -> min(len(sentence), i + window)",
        ),
    },
    "02-negative": {
        "the true word stands still": ("words", "(h * true) -> (h * true.detach())"),
        "the noise stands still": ("words", "torch.bmm(noise -> torch.bmm(noise.detach()"),
        "log of sigmoid": (
            "large",
            """
def loss(h, true, noise):
    yes = torch.log(torch.sigmoid((h * true).sum(1)))
    no = torch.log(torch.sigmoid(-(noise * h[:, None]).sum(2))).sum(1)
    return -(yes + no).mean()
""",
        ),
        "mean over noise": ("zero", ".sum(dim=1)\n    return -> .mean(dim=1)\n    return"),
        "noise as true": ("gradient", "F.logsigmoid(-scores) -> F.logsigmoid(scores)"),
        "sum over the batch": ("batch", "(yes + no).mean() -> (yes + no).sum()"),
    },
    "03-pieces": {
        "a mean over a set": (
            "vector",
            "in pieces(word, shortest, longest) if -> in set(pieces(word, shortest, longest)) if",
        ),
        "no marks": ("where", 'f"<{word}>" -> word'),
        "the whole word too": ("short", "if n < len(marked) -> if True"),
        "a set": (
            "twice",
            """
_pieces = pieces


def pieces(word, shortest=3, longest=6):
    return list(dict.fromkeys(_pieces(word, shortest, longest)))
""",
        ),
        "divides by all": (
            "vector",
            "/ len(rows) -> / len(pieces(word, shortest, longest))",
        ),
        "zeros for nothing": ("nothing", "return None -> return [0.0]"),
    },
    "04-tfidf": {
        "counts occurrences": ("once_a_text", "set(text) -> text"),
        "no smoothing": ("idf", "(1 + len(texts)) / (1 + n) -> len(texts) / n"),
        "length by the sum": (
            "weights",
            "math.sqrt(sum(w * w for w in weights.values())) -> sum(weights.values())",
        ),
        "every word once": ("counts", "n * idf[word] -> idf[word]"),
    },
    "05-embedding": {
        "rows by number": (
            "rows",
            """
def embedding(vocabulary, vectors, frozen):
    table = torch.zeros(len(vocabulary), 2)
    known = torch.stack(list(vectors.values()))
    table[: len(known)] = known[: len(vocabulary)]
    table[0] = 0
    return nn.Embedding.from_pretrained(table, freeze=frozen, padding_idx=0)
""",
        ),
        "padding keeps its vector": ("padding", "table[0] = 0 -> pass"),
        "zero is no start": ("unknown", "torch.randn -> torch.zeros"),
        "no padding index": ("training", "padding_idx=0 -> padding_idx=None"),
        "frozen by default": ("training", "freeze=frozen -> freeze=True"),
        "never frozen": ("frozen", "freeze=frozen -> freeze=False"),
    },
    "06-slow-loss": {
        "log after softmax": (
            "sure",
            "F.cross_entropy(model(ids), y) -> F.nll_loss(torch.softmax(model(ids), 1).log(), y)",
        ),
        "softmax within the loss": (
            "loss",
            "F.cross_entropy(model(ids), y) -> F.cross_entropy(torch.softmax(model(ids), 1), y)",
        ),
        "no softmax at all": ("probabilities", "torch.softmax(model(ids), dim=1) -> model(ids)"),
        "log of the probabilities left out": (
            "loss",
            "F.cross_entropy(model(ids), y) -> F.nll_loss(torch.softmax(model(ids), 1), y)",
        ),
    },
}

"""Chapter 15: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-contrastive": {
        "otherwise": """
def contrastive(z, y, margin=1.0):
    pull, push = [z.sum() * 0], [z.sum() * 0]
    for i in range(len(y)):
        for j in range(i):
            d = ((z[i] - z[j]) ** 2).sum().add(1e-12).sqrt()
            (pull if y[i] == y[j] else push).append(
                d**2 if y[i] == y[j] else (margin - d).clamp(min=0) ** 2
            )
    one = sum(pull) / max(1, len(pull) - 1)
    return (one + sum(push) / max(1, len(push) - 1)) / 2
""",
    },
    "02-roc": {
        "otherwise": """
def error_rates(distance, same):
    at = np.unique(distance)
    one, two = np.sort(distance[same]), np.sort(distance[~same])
    accept = np.searchsorted(two, at, side="right") / len(two)
    reject = 1 - np.searchsorted(one, at, side="right") / len(one)
    first = np.array([-np.inf]), np.array([0.0]), np.array([1.0])
    return tuple(np.concatenate(p) for p in zip(first, (at, accept, reject)))
""",
    },
    "03-crop": {
        "otherwise": """
def cut(picture, box):
    left, top, right, bottom = box
    far = max(0, -left, -top, right - picture.shape[1], bottom - picture.shape[0])
    pads = [(far, far), (far, far)] + [(0, 0)] * (picture.ndim - 2)
    wide = np.pad(picture, pads, mode="edge")
    return wide[top + far : bottom + far, left + far : right + far].copy()
""",
    },
    "04-identities": {
        "otherwise": """
def split_pairs(y, share, generator):
    people = sorted(set(np.asarray(y).tolist()))
    count = max(1, min(len(people) - 1, round(share * len(people))))
    tested = set(generator.choice(people, count, replace=False).tolist())
    ours = [i for i, p in enumerate(y) if p not in tested]
    theirs = [i for i, p in enumerate(y) if p in tested]
    return all_pairs(ours, y), all_pairs(theirs, y)
""",
    },
    "05-reversed": {
        "otherwise": """
def make_pairs(y):
    pairs = [(i, j) for i in range(len(y)) for j in range(i + 1, len(y))]
    first, second = torch.tensor(pairs).T
    return first, second, y[first].eq(y[second]).to(torch.float32)
""",
    },
    "06-gallery": {
        "otherwise": """
class Gallery:
    def __init__(self):
        self.held = []

    def enrol(self, name, vectors):
        self.held += [(name, v.copy()) for v in vectors]

    def identify(self, vector, threshold):
        best = None
        for name in {n for n, _ in self.held}:
            centre = sum(v for n, v in self.held if n == name)
            d = np.linalg.norm(vector - centre / np.linalg.norm(centre))
            if d <= threshold:
                best, threshold = name, d
        return best

    def delete(self, name):
        left = [pair for pair in self.held if pair[0] != name]
        if len(left) == len(self.held):
            raise KeyError(name)
        self.held = left
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-contrastive": {
        "both 1": ("both", ".triu(diagonal=1) -> "),
        "both 2": ("both", "(mean(pull) + mean(push)) / 2 -> mean(torch.cat([pull, push]))"),
        "convention 3": ("convention", "== y[None] -> != y[None]"),
        "both 4": ("both", "d[same & upper].square() -> d[same & upper]"),
    },
    "02-roc": {
        "ties 1": ("ties", "np.append(d[1:] != d[:-1], True) -> np.ones(len(d), bool)"),
        "example 2": ("example", "1 - right / right[-1] -> right / right[-1]"),
        "example 3": ("example", "wrong / wrong[-1] -> wrong / len(d)"),
    },
    "03-crop": {
        "left_and_top 1": ("left_and_top", ".clip(0, height - 1) -> "),
        "original 2": ("original", "    return picture[rows ->     if min(box) >= 0:\n        return picture[top:bottom, left:right]\n    return picture[rows"),
    },
    "04-identities": {
        "generator 1": ("generator", "generator.permutation(np.unique(y)) -> np.unique(y)"),
        "counts 2": ("counts", "np.flatnonzero(~tested) -> np.flatnonzero(~tested)[1:]"),
    },
    "05-reversed": {
        "dtype 1": ("dtype", ".float() -> "),
        "loss 2": ("loss", "(1 - same) * -> "),
    },
    "06-gallery": {
        "centre 1": ("centre", "centre = centre / np.linalg.norm(centre) -> pass"),
        "nobody 2": ("nobody", "return name if far[name] <= threshold else None -> return name"),
        "more 3": ("more", "parts = [vectors] if before is None else [before, vectors] -> parts = [vectors]"),
        "delete 4": ("delete", "del self.people[name] -> self.people.pop(name, None)"),
    },
}  # fmt: skip

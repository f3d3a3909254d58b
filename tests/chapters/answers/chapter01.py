"""Chapter 1: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-perceptron": {
        "otherwise": """
def learn(inputs, targets, passes):
    both = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
    w, wrong = torch.zeros(both.shape[1]), 0
    for _ in range(passes):
        wrong = 0
        for x, t in zip(both, targets):
            y = bool(w @ x > 0)
            if y and t == 0:
                w, wrong = w - x, wrong + 1
            elif not y and t == 1:
                w, wrong = w + x, wrong + 1
        if not wrong:
            break
    return w[:-1].clone(), w[-1].item(), wrong
""",
    },
    "02-counts": {
        "otherwise": """
import torch

def shares(ink, labels, classes):
    rows = []
    for k in range(classes):
        mine = ink[labels == k]
        rows.append((mine.sum(dim=0) + 1) / (len(mine) + 2))
    return torch.stack(rows)

def scores(ink, shares):
    q = torch.where(ink[:, None, :] > 0.5, shares[None], 1 - shares[None])
    return q.log().sum(dim=2)
""",
    },
    "03-evaluator": {
        "otherwise": """
def value(node, names):
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise ValueError("constant")
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    operators = OPERATORS.get(type(getattr(node, "op", None)))
    if operators is None:
        raise ValueError(type(node).__name__)
    if isinstance(node, ast.UnaryOp):
        return operators(value(node.operand, names))
    if isinstance(node, ast.BinOp):
        return operators(value(node.left, names), value(node.right, names))
    raise ValueError(type(node).__name__)
""",
    },
    "04-no-branch": {
        "otherwise": """
def limit_norm(x, limit):
    norm = torch.linalg.vector_norm(x)
    return torch.where(norm > limit, x * (limit / torch.clamp(norm, min=limit)), x)

def masked_mean(x, mask):
    count = mask.sum()
    total = x.masked_fill(~mask, 0.0).sum()
    return torch.where(count > 0, total / count.clamp(min=1), torch.zeros_like(total))
""",
    },
    "05-step-times": {
        "otherwise": """
def step_times(step, wait, clock, steps, warm_up):
    times = []
    for i in range(warm_up + steps):
        wait()
        start = clock()
        step()
        wait()
        if i >= warm_up:
            times.append((clock() - start) * 1e3)
    return times
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-perceptron": {
        "or 1": ("or", "target - answer(w, b, x) -> answer(w, b, x) - target"),
        "one_pass 2": ("one_pass", "            b = b + error\n -> "),
        "no_pass 3": ("no_pass", "mistakes = torch.zeros(inputs.shape[1]), 0.0, 0 -> mistakes = torch.zeros(inputs.shape[1]), 0.0, 1"),
        "or 4": ("or", "        mistakes = 0\n -> "),
        "one_pass 5": ("one_pass", "answer(w, b, x)  # -> answer(torch.zeros_like(w), 0, x)  #"),
    },
    "02-counts": {
        "shares 1": ("shares", "+ 1) / (pictures -> ) / (pictures"),
        "shares 2": ("shares", "[:, None] + 2 -> [:, None] + 1"),
        "scores 3": ("scores", " + (1 - ink) @ (1 - shares).log().T -> "),
        "no_underflow 4": ("no_underflow", "(member.T @ ink + 1) / (pictures[:, None] + 2) -> (member.T @ ink) / pictures[:, None]"),
    },
    "03-evaluator": {
        "other_constants 1": ("other_constants", "type(node.value) in (int, float) -> isinstance(node.value, (int, float))"),
        "other_constants 2": ("other_constants", " if type(node.value) in (int, float) -> "),
        "everything_else 3": ("everything_else", '    raise ValueError(f"{ast.unparse(node)} is not allowed") ->     return 0.0'),
        "attributes_and_calls 4": ("attributes_and_calls", """
def value(node, names):
    return eval(ast.unparse(node), {}, dict(names))
"""),
        "operators_not_in_the_table 5": ("operators_not_in_the_table", """
OPERATORS[ast.Pow] = operator.pow
"""),
    },
    "04-no-branch": {
        "no_value_for_the_norm 1": ("no_value_for_the_norm", "    return x * (limit / norm).clamp(max=1.0) ->     return x * min(1.0, limit / float(norm.detach()))"),
        "values 2": ("values", ".clamp(max=1.0) -> "),
        "zeros 3": ("zeros", ".clamp(min=1e-24) -> "),
        "empty_mask 4": ("empty_mask", ".clamp(min=1) -> "),
        "outside 5": ("outside", "torch.where(mask, x, 0.0).sum() -> (x * mask).sum()"),
        "no_value_for_the_mean 6": ("no_value_for_the_mean", "torch.where(mask, x, 0.0).sum() -> x[mask].sum()"),
        "rows apart": ("values", "(x * x).sum() -> (x * x).sum(-1, keepdim=True)"),
        "a mean cut off": ("gradient_of_the_mean", "torch.where(mask, x, 0.0).sum() -> torch.where(mask, x, 0.0).sum().detach()"),
        "a mean in float": ("gradient_of_the_mean", "torch.where(mask, x, 0.0).sum() -> torch.where(mask, x, 0.0).sum().float()"),
    },
    "05-step-times": {
        "all_of_the_work 1": ("all_of_the_work", "        wait()  # the step's work is done, and only then the clock is read\n -> "),
        "warm_up 2": ("warm_up", "    wait()  # the warm-up's work is not the first step's\n -> "),
        "calls 3": ("calls", "range(warm_up) -> range(warm_up + 1)"),
        "all_of_the_work 4": ("all_of_the_work", "1000 * ( -> ("),
    },
}  # fmt: skip

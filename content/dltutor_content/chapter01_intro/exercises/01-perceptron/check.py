import torch

from dltutor.learning.checks import close, equal, that, untouched

CASES = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])


def learnt(work, targets, passes, inputs=CASES):
    targets = torch.tensor(targets, dtype=torch.float32)
    w, b, mistakes = untouched(
        work.learn, inputs, targets, passes, name="learn(inputs, targets, passes)",
        when={"targets": targets, "passes": passes},
    )  # fmt: skip
    return w, b, mistakes


def check_or(work):
    """it learns "or", step by step as in the lesson || 学会“或”，每一步都与课文相同"""
    w, b, mistakes = learnt(work, [0, 1, 1, 1], 10)
    equal(w, torch.tensor([1.0, 1.0]), "w", "or || “或”")
    close(b, 0.0, name="b", when="or || “或”")
    close(mistakes, 0, name="mistakes", when="or, 10 passes || “或”，10 遍")


def check_one_pass(work):
    """after one pass the weights are those of the lesson's table || 一遍之后，权重与课文的表相同"""
    w, b, mistakes = learnt(work, [0, 1, 1, 1], 1)
    equal(w, torch.tensor([0.0, 1.0]), "w", "or, one pass || “或”，一遍")
    close(b, 1.0, name="b", when="or, one pass || “或”，一遍")
    close(mistakes, 1, name="mistakes", when="or, one pass || “或”，一遍")


def check_and(work):
    """answers that are too high take the input away || 偏高时减去输入"""
    w, b, mistakes = learnt(work, [0, 0, 0, 1], 30)
    answers = [float(w @ x + b > 0) for x in CASES]
    equal(answers, [0.0, 0.0, 0.0, 1.0], "the answers || 回答", "and || “与”")
    close(mistakes, 0, name="mistakes", when="and, 30 passes || “与”，30 遍")


def check_stops(work):
    """after a pass without a mistake the weights stay, however many passes are allowed || 某一遍没有错误之后，不管允许多少遍，权重都不再变"""
    few, many = learnt(work, [0, 1, 1, 1], 5), learnt(work, [0, 1, 1, 1], 500)
    equal(many[0], few[0], "w after 500 passes || 500 遍之后的 w", "or || “或”")
    close(many[2], 0, name="mistakes", when="or, 500 passes || “或”，500 遍")


def check_xor(work):
    """on XOR every pass has mistakes || 在异或上，每一遍都有错误"""
    _, _, mistakes = learnt(work, [0, 1, 1, 0], 200)
    that(
        mistakes > 0,
        "No weights compute XOR, yet 0 mistakes are reported. || 没有权重能计算异或，却报告了 0 个错误。",
    )


def check_no_pass(work):
    """without a pass nothing is learnt || 一遍也不做，就什么也不学"""
    w, b, mistakes = learnt(work, [0, 1, 1, 1], 0)
    equal(w, torch.zeros(2), "w", "0 passes || 0 遍")
    close(mistakes, 0, name="mistakes", when="0 passes || 0 遍")


def check_wide(work):
    """any number of inputs, any numbers in them || 输入的个数和取值都不限"""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(60, 7, generator=generator)
    direction = torch.arange(-3.0, 4.0)
    scores = inputs @ direction
    inputs, scores = inputs[scores.abs() > 0.5], scores[scores.abs() > 0.5]
    w, b, mistakes = learnt(work, (scores > 0).float().tolist(), 500, inputs)
    close(mistakes, 0, name="mistakes", when="60 random points that a plane parts || 60 个可以用平面分开的随机点")
    equal((inputs @ w + b > 0).tolist(), (scores > 0).tolist(), "the answers || 回答", "the same points || 同样的点")

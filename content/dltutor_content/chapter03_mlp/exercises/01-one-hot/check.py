import torch
import torch.nn.functional as F

from dltutor.learning.checks import equal, raises, untouched


def check_values(work):
    """each row is 1 at its label and 0 elsewhere || 每一行在标签处为 1，其余为 0"""
    labels = torch.tensor([3, 0, 1])
    expected = torch.tensor([[0.0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 0, 0]])
    got = untouched(work.one_hot, labels, 4, name="one_hot(labels, 4)", when={"labels": labels})
    equal(got, expected, "one_hot(labels, 4)", {"labels": labels})


def check_width(work):
    """the width is that of all classes, whatever labels are in the batch || 宽度由类别总数决定，与批量里有哪些标签无关"""
    labels = torch.tensor([1, 0])
    equal(
        work.one_hot(labels, 10),
        torch.tensor([[0.0, 1] + [0] * 8, [1.0, 0] + [0] * 8]),
        "one_hot(labels, 10)",
        {"labels": labels},
    )


def check_bytes(work):
    """labels may be bytes, as in an idx file || 标签可以是字节，如 idx 文件中那样"""
    # ten labels on purpose: a uint8 index of length ten would pass as a mask over ten rows
    labels = torch.tensor([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], dtype=torch.uint8)
    expected = torch.zeros(10, 10)
    for row, label in enumerate(labels.tolist()):
        expected[row, label] = 1
    equal(work.one_hot(labels, 10), expected, "one_hot(labels, 10)", {"labels": labels})


def check_empty(work):
    """no labels give no rows, of the right width || 没有标签就没有行，但宽度仍然正确"""
    labels = torch.zeros(0, dtype=torch.int64)
    equal(
        work.one_hot(labels, 10), torch.zeros(0, 10), "one_hot(labels, 10)", "no labels || 没有标签"
    )


def check_range(work):
    """a label that is no class is an error || 不属于任何类别的标签是错误"""
    for labels in (torch.tensor([2, 4]), torch.tensor([0, -1])):
        raises(
            ValueError, work.one_hot, labels, 4, name="one_hot(labels, 4)", when={"labels": labels}
        )


def check_loss(work):
    """as targets the rows give the same loss as the indices || 用作目标时，损失与类别索引相同"""
    logits = torch.tensor([[2.0, -1, 0, 1], [0, 3, 1, -2]])
    labels = torch.tensor([3, 1])
    rows = work.one_hot(labels, 4)
    equal(rows, torch.eye(4)[labels], "one_hot(labels, 4)", {"labels": labels})
    equal(
        F.cross_entropy(logits, rows),
        F.cross_entropy(logits, labels),
        "F.cross_entropy(logits, one_hot(labels, 4))",
        {"labels": labels},
    )

import torch

from dltutor.learning.checks import equal

REVIEWS = ["好,好,", "不,"]


def coded(work, text):
    index = work.vocabulary(REVIEWS)
    return [index.get(c, work.UNKNOWN) for c in text]


def check_table(work):
    """the table of the statement || 题目里的表"""
    equal(work.vocabulary(REVIEWS), {",": 2, "好": 3, "不": 4}, name="vocabulary", when=REVIEWS)


def check_size(work):
    """rows of the embedding || 嵌入的行数"""
    equal(work.size(work.vocabulary(REVIEWS)), 5, name="size", when=REVIEWS)


def check_lengths(work):
    """every character counts, unknown ones too || 每个字都算数，未知字也算"""
    texts = ["好,好", "不", "好龘,"]
    x = work.pad([coded(work, text) for text in texts])
    equal(work.lengths(x), torch.tensor([3, 1, 3]), name="lengths", when=texts)


def check_unknown(work):
    """no known character is taken for an unknown one || 认识的字不会与未知字混淆"""
    index = work.vocabulary(REVIEWS)
    equal([c for c, i in index.items() if i in (work.PAD, work.UNKNOWN)], [], name="characters with index 0 or 1 || 编号为 0 或 1 的字")


def check_order(work):
    """frequent characters first, equal ones by themselves || 常见的在前，频率相同的按字排"""
    index = work.vocabulary(["bca", "cb", "c"])
    equal(list(index), ["c", "b", "a"], name="vocabulary", when=["bca", "cb", "c"])

import torch

from dltutor.learning.checks import equal

INDEX = {"不": 2, "错": 3, "好": 4, ",": 5}


def check_plain(work):
    """known characters, filled up at the end || 认识的字，末尾补齐"""
    texts = ["不错", "好", "错,不好"]
    equal(work.encode(texts, INDEX, 10), torch.tensor([[2, 3, 0, 0], [4, 0, 0, 0], [3, 5, 2, 4]]), name="encode", when=texts)


def check_unknown(work):
    """characters nobody knows || 没人认识的字"""
    texts = ["不😊错", "龘"]
    equal(work.encode(texts, INDEX, 10), torch.tensor([[2, 1, 3], [1, 0, 0]]), name="encode", when=texts)


def check_empty(work):
    """an empty text is one unknown, alone and in a batch || 空文本是一个未知字，单独或在批量里都是"""
    equal(work.encode([""], INDEX, 10), torch.tensor([[1]]), name="encode", when=[""])
    equal(work.encode(["", "好好"], INDEX, 10), torch.tensor([[1, 0], [4, 4]]), name="encode", when=["", "好好"])


def check_long(work):
    """beginning and end of a long text || 长文本的开头和结尾"""
    text = "不错好,不错好"
    equal(work.encode([text], INDEX, 5), torch.tensor([[2, 3, 2, 3, 4]]), name="encode, most=5", when=text)
    equal(work.encode([text], INDEX, 4), torch.tensor([[2, 3, 3, 4]]), name="encode, most=4", when=text)
    equal(work.encode([text], INDEX, 7), torch.tensor([[2, 3, 4, 5, 2, 3, 4]]), name="encode, most=7", when=text)
    equal(work.encode([text], INDEX, 1), torch.tensor([[4]]), name="encode, most=1", when=text)

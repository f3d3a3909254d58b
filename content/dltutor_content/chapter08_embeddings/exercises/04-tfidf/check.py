import math

from dltutor.learning.checks import close, equal

TEXTS = [x.split() for x in ("the cat sat", "the dog sat", "the cat ran")]


def check_idf(work):
    """the idf of the lesson's three texts || 课文里三条文本的 idf"""
    got = work.idf(TEXTS)
    equal(sorted(got), ["cat", "dog", "ran", "sat", "the"], "words || 词")
    close([got[w] for w in ("the", "cat", "dog")], [1.0, math.log(4 / 3) + 1, math.log(2) + 1], name="idf of the, cat, dog || the、cat、dog 的 idf")


def check_once_a_text(work):
    """a text counts once, however often the word stands in it || 一条文本只算一次"""
    got = work.idf([["a", "a", "a"], ["b"]])
    close(got["a"], math.log(3 / 2) + 1, name="idf(['a', 'a', 'a'], ['b'])['a']")


def check_weights(work):
    """the weights of the second text || 第二条文本的权重"""
    got = work.weigh(TEXTS[1], work.idf(TEXTS))
    close([got[w] for w in ("the", "dog", "sat")], [0.4254405, 0.7203334, 0.5478322], rtol=1e-5, name="weights of the, dog, sat || the、dog、sat 的权重")


def check_counts(work):
    """counts weigh, and the length is 1 || 次数起作用，长度为 1"""
    got = work.weigh(["x", "x", "y"], {"x": 1.0, "y": 1.0})
    close([got["x"], got["y"]], [2 / math.sqrt(5), 1 / math.sqrt(5)], name="weigh(['x', 'x', 'y'], ...)")


def check_unknown(work):
    """unknown words, and nothing known at all || 不认识的词，以及一个也不认识"""
    equal(sorted(work.weigh(["x", "q"], {"x": 2.0})), ["x"], "words || 词")
    equal(work.weigh(["q"], {"x": 2.0}), {}, "weigh(['q'], {'x': 2.0})")
    equal(work.weigh([], {}), {}, "weigh([], {})")

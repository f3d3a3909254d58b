from dltutor.learning.checks import equal


def check_window_one(work):
    """a window of one || 窗口为 1"""
    expected = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]
    equal(work.pairs([["a", "b", "c"]], 1), expected, "pairs([['a', 'b', 'c']], 1)")


def check_lesson(work):
    """the sentence of the lesson has 14 pairs || 课文里的句子有 14 个词对"""
    got = work.pairs(["we read books at night".split()], 2)
    equal(len(got), 14, "len(pairs(...))")
    equal([n for c, n in got if c == "books"], ["we", "read", "at", "night"], "neighbours of books || books 的邻居")


def check_sentences(work):
    """no pair crosses the end of a sentence || 词对不跨句子"""
    got = work.pairs([["a", "b"], ["c"], [], ["d", "e"]], 5)
    equal(got, [("a", "b"), ("b", "a"), ("d", "e"), ("e", "d")], "pairs([['a', 'b'], ['c'], [], ['d', 'e']], 5)")


def check_start(work):
    """nothing wraps round at the start || 句首不会绕到句尾"""
    got = [n for c, n in work.pairs([["a", "b", "c", "d", "e"]], 2) if c == "a"]
    equal(got, ["b", "c"], "neighbours of the first word || 第一个词的邻居")


def check_repeated(work):
    """a word that occurs twice is its own neighbour || 出现两次的词是自己的邻居"""
    expected = [("la", "la"), ("la", "la"), ("la", "land"), ("land", "la")]
    equal(work.pairs([["la", "la", "land"]], 1), expected, "pairs([['la', 'la', 'land']], 1)")

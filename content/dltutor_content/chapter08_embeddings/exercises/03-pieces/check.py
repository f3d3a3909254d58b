from dltutor.learning.checks import close, equal


def check_where(work):
    """the pieces of where || where 的片段"""
    equal(work.pieces("where", 3, 3), ["<wh", "whe", "her", "ere", "re>"], "pieces('where', 3, 3)")


def check_chinese(work):
    """characters, not bytes || 按字符，不按字节"""
    equal(work.pieces("北京", 2, 3), ["<北", "北京", "京>", "<北京", "北京>"], "pieces('北京', 2, 3)")


def check_short(work):
    """a short word, and the whole is no piece || 短词；整个词不算片段"""
    equal(work.pieces("a", 3, 6), [], "pieces('a', 3, 6)")
    equal(work.pieces("at", 3, 6), ["<at", "at>"], "pieces('at', 3, 6)")


def check_twice(work):
    """a piece that occurs twice || 出现两次的片段"""
    equal(work.pieces("banana", 3, 3).count("ana"), 2, "pieces('banana', 3, 3).count('ana')")


def check_vector(work):
    """the mean of the pieces that are known || 已知片段的平均"""
    table = {"<ca": [1.0, 0.0], "cat": [3.0, 6.0], "dog": [9.0, 9.0]}
    close(work.vector("cats", table, 3, 3), [2.0, 3.0], name="vector('cats', ...)")
    table = {"ana": [1.0], "nan": [4.0]}
    close(work.vector("banana", table, 3, 3), [2.0], name="vector('banana', ...)")


def check_nothing(work):
    """no piece known: None || 没有已知的片段：None"""
    equal(work.vector("xyz", {"<ca": [1.0]}, 3, 3), None, "vector('xyz', ...)")

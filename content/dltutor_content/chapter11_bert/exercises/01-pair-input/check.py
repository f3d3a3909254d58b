from dltutor.learning.checks import equal, untouched


def check_fits(work):
    """two short texts, padded || 两段短文本，带填充"""
    got = work.pair_input([11, 12], [21], 8)
    equal(
        got,
        ([2, 11, 12, 3, 21, 3, 0, 0], [0, 0, 0, 0, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1, 0, 0]),
        name="pair_input([11, 12], [21], 8)",
    )


def check_exact(work):
    """no padding where the row is full || 正好放满时没有填充"""
    got = work.pair_input([11], [21, 22], 6)
    equal(
        got,
        ([2, 11, 3, 21, 22, 3], [0, 0, 0, 1, 1, 1], [1] * 6),
        name="pair_input([11], [21, 22], 6)",
    )


def check_longer_is_cut(work):
    """the longer text is cut, the last SEP stays || 截断较长的一段，最后的 SEP 还在"""
    got = work.pair_input([11, 12], [21, 22, 23, 24, 25, 26], 8)
    equal(
        got[0], [2, 11, 12, 3, 21, 22, 23, 3],
        name="ids of pair_input([11, 12], [21, ..., 26], 8)",
    )
    got = work.pair_input([11, 12, 13, 14, 15], [21, 22], 7)
    equal(
        got,
        ([2, 11, 12, 3, 21, 22, 3], [0, 0, 0, 0, 1, 1, 1], [1] * 7),
        name="pair_input([11, ..., 15], [21, 22], 7)",
    )


def check_equal_lengths(work):
    """of two equal ones the second loses first || 一样长时先截第二段"""
    first, second = [11, 12, 13], [21, 22, 23]
    got = untouched(work.pair_input, first, second, 8, name="pair_input")
    equal(
        got[0], [2, 11, 12, 13, 3, 21, 22, 3],
        name="ids of pair_input([11, 12, 13], [21, 22, 23], 8)",
    )

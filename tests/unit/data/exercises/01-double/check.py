from dltutor.learning.checks import equal, untouched


def check_values(work):
    """each number is doubled || 每个数都翻倍"""
    equal(work.double([1, 2, -3]), [2, 4, -6], "double(numbers)", {"numbers": [1, 2, -3]})


def check_empty(work):
    """an empty list stays empty || 空列表仍是空的"""
    equal(work.double([]), [], "double([])")


def check_input(work):
    """the input stays as it was || 输入保持不变"""
    equal(untouched(work.double, [5, 7]), [10, 14], "double(numbers)", {"numbers": [5, 7]})

from dltutor.learning.checks import equal

LESSON = [0.90, 0.60, 0.50, 0.52, 0.49, 0.55, 0.53, 0.56]
NAN = float("nan")


def ask(work, losses, patience, expected):
    equal(work.stop(losses, patience), expected, f"stop({losses}, {patience})")


def check_lesson(work):
    """the lesson's example || 课文中的例子"""
    ask(work, LESSON, 3, (4, 7))
    ask(work, LESSON, 1, (2, 3))


def check_future(work):
    """what comes after the end does not count || 结束之后的内容不算数"""
    ask(work, [*LESSON, 0.4], 3, (4, 7))
    ask(work, [1.0, 1.1, 1.2, 0.1], 2, (0, 2))


def check_to_the_end(work):
    """patience that is never used up || 耐心没有用完"""
    ask(work, [0.9, 0.8, 0.7], 1, (2, 2))
    ask(work, LESSON, 100, (4, 7))
    ask(work, [0.9], 3, (0, 0))


def check_renewed(work):
    """each new lowest loss renews the patience || 每次出现新的最低损失，耐心重新计算"""
    ask(work, [5.0, 6.0, 4.0, 6.0, 3.0, 6.0, 6.0, 1.0], 2, (4, 6))


def check_equal(work):
    """of equal losses the first is the best || 损失相同时取最早的"""
    ask(work, [0.5, 0.5, 0.5], 2, (0, 2))


def check_nan(work):
    """nan is no new lowest || nan 不算新的最低"""
    ask(work, [0.9, NAN, 0.8, NAN, NAN], 2, (2, 4))
    ask(work, [NAN, 0.7, 0.9], 5, (1, 2))
    ask(work, [NAN, NAN, NAN], 2, (0, 1))

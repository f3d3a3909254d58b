import numpy as np

from dltutor.learning.checks import close, equal


def rates(work, distance, same):
    found = work.error_rates(np.array(distance, float), np.array(same, bool))
    return [np.asarray(part, float).tolist() for part in found]


def slow(distance, same):
    at = [-np.inf, *sorted(set(distance))]
    two = [d for d, s in zip(distance, same) if not s]
    one = [d for d, s in zip(distance, same) if s]
    return (
        at,
        [float(sum(d <= t for d in two) / len(two)) for t in at],
        [float(sum(d > t for d in one) / len(one)) for t in at],
    )


def check_example(work):
    """the example of the statement || 题目中的例子"""
    threshold, accept, reject = rates(work, [0.2, 0.8, 0.5, 0.8], [1, 1, 0, 0])
    equal(threshold, [-np.inf, 0.2, 0.5, 0.8], "threshold")
    close(accept, [0.0, 0.0, 0.5, 1.0], name="false_accept")
    close(reject, [1.0, 0.5, 0.5, 0.0], name="false_reject")


def check_ties(work):
    """equal distances are accepted together || 相等的距离一起接受"""
    threshold, accept, reject = rates(work, [0.5, 0.5, 0.5, 0.5], [1, 0, 1, 0])
    equal(threshold, [-np.inf, 0.5], "threshold, all distances 0.5 || 所有距离都是 0.5 时的 threshold")
    close(accept, [0.0, 1.0], name="false_accept")
    close(reject, [1.0, 0.0], name="false_reject")


def check_against_a_loop(work):
    """200 pairs in random order, against a loop || 200 对随机顺序，与循环对照"""
    generator = np.random.default_rng(0)
    distance = generator.integers(0, 40, 200) / 20
    same = generator.random(200) < 0.2
    expected = slow(distance.tolist(), same.tolist())
    found = rates(work, distance, same)
    for name, one, two in zip(("threshold", "false_accept", "false_reject"), found, expected):
        equal(len(one), len(two), f"len({name})")
        close(one[1:], two[1:], name=name)


def check_many(work):
    """a hundred thousand pairs || 十万对"""
    generator = np.random.default_rng(1)
    distance, same = generator.random(100_000), generator.random(100_000) < 0.5
    threshold, accept, reject = work.error_rates(distance, same)
    equal(len(threshold), 100_001, "len(threshold)")
    close(float(accept[50_000]), 0.5, 0.02, name="false_accept in the middle || 中间的 false_accept")
    close(float(reject[50_000]), 0.5, 0.02, name="false_reject in the middle || 中间的 false_reject")

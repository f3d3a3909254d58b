from dltutor.learning.checks import equal, that

PEOPLE = [f"p{k % 10}" for k in range(60)]


def check_disjoint(work):
    """no speaker is on both sides || 没有说话人两边都有"""
    train, test = work.split(PEOPLE, 0.2, 1)
    both = {PEOPLE[i] for i in train} & {PEOPLE[i] for i in test}
    that(
        not both,
        f"{len(both)} speakers are on both sides: {sorted(both)[:3]} || 有 {len(both)} 位说话人两边都有：{sorted(both)[:3]}",
    )
    equal(len({PEOPLE[i] for i in test}), 2, "speakers to test with, of 10 || 10 位中用于测试的说话人数")


def check_whole(work):
    """every clip is on one side, in rising order || 每段声音恰在一边，按升序"""
    train, test = work.split(PEOPLE, 0.3, 2)
    equal(sorted(train + test), list(range(60)), "all positions || 全部位置")
    equal((train, test), (sorted(train), sorted(test)), "(train, test)")


def check_few(work):
    """one speaker at least on each side || 每边至少一位说话人"""
    few = ["a", "b", "a", "b", "b"]
    for share in (0.01, 0.99):
        train, test = work.split(few, share, 0)
        equal((len({few[i] for i in train}), len({few[i] for i in test})), (1, 1),
              f"speakers on each side, share={share} || 两边的说话人数，share={share}")


def check_order(work):
    """the order of the clips does not choose the speakers || 声音的次序不影响选谁"""
    there = {PEOPLE[i] for i in work.split(PEOPLE, 0.3, 5)[1]}
    backwards = PEOPLE[::-1]
    equal({backwards[i] for i in work.split(backwards, 0.3, 5)[1]}, there,
          "the speakers to test with, clips in reverse order || 声音倒序时的测试说话人")

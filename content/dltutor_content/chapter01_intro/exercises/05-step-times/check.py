from dltutor.learning.checks import close, equal


class Device:
    """A device with a queue and a clock of its own: a call takes 0.1 ms, the work as long as is said."""

    def __init__(self, *work):
        self.work = list(work)  # ms of each step, the last again and again
        self.now = 0.0  # ms
        self.busy_until = 0.0
        self.calls = 0

    def step(self):
        ms = self.work[min(self.calls, len(self.work) - 1)]
        self.calls += 1
        self.now += 0.1
        self.busy_until = max(self.busy_until, self.now) + ms

    def wait(self):
        self.now = max(self.now, self.busy_until)

    def clock(self):
        return self.now / 1000

    def times(self, work, steps, warm_up):
        return work.step_times(self.step, self.wait, self.clock, steps, warm_up)


def check_all_of_the_work(work):
    """a time holds all the work of its step || 时间包含这一步的全部工作"""
    for ms in (5.0, 50.0):
        close(Device(ms).times(work, 3, 0), [ms + 0.1] * 3, 1e-4, name="step_times(...)", when={"ms of work || 工作的毫秒数": ms})


def check_nothing_of_others(work):
    """a time holds nothing of another step || 时间不包含其他步的工作"""
    close(
        Device(8.0, 2.0, 4.0).times(work, 3, 0), [8.1, 2.1, 4.1], 1e-4, name="step_times(...)",
        when="steps of 8, 2 and 4 ms || 8、2、4 ms 的三步",
    )  # fmt: skip


def check_warm_up(work):
    """the warm-up is not timed, and its work is not in the first time || 预热不计时，它的工作也不在第一个时间里"""
    close(
        Device(30_000.0, 900.0, 5.0).times(work, 2, 2), [5.1, 5.1], 1e-4, name="step_times(...)",
        when="two steps of warm-up, 30 s and 0.9 s || 两步预热，30 s 和 0.9 s",
    )  # fmt: skip


def check_calls(work):
    """the step is called as often as was said, and no work is left || 调用次数与要求相同，结束时没有未完成的工作"""
    device = Device(3.0)
    times = device.times(work, 4, 3)
    equal(device.calls, 7, "the number of calls of step || step 的调用次数", "4 steps, 3 of warm-up || 4 步，预热 3 步")
    equal(len(times), 4, "len(step_times(...))")
    equal(device.now >= device.busy_until, True, "all work is done at the end || 结束时全部工作已完成")


def check_ratio(work):
    """ten times the work is ten times the time || 十倍的工作，十倍的时间"""
    slow, fast = Device(20.0).times(work, 5, 1), Device(1.9).times(work, 5, 1)
    close(work.ratio(slow, fast), 20.1 / 2.0, 1e-4, name="ratio(slow, fast)", when="20 ms and 1.9 ms of work || 20 ms 和 1.9 ms 的工作")


def check_no_steps(work):
    """no steps give no times || 零步就没有时间"""
    equal(Device(1.0).times(work, 0, 2), [], "step_times(..., steps=0, warm_up=2)")

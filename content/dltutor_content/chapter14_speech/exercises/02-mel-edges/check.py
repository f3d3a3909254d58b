import torch

from dltutor.learning.checks import close, shape, that


def check_scale(work):
    """1,000 Hz is 1,000 mel || 1,000 Hz 是 1,000 梅尔"""
    f = torch.tensor([100.0, 1000.0, 8000.0])
    close(
        work.to_mel(f), torch.tensor([150.489, 999.986, 2840.023]),
        name="to_mel", when=f, rtol=1e-4,
    )


def check_back(work):
    """to_hertz undoes to_mel || to_hertz 还原 to_mel"""
    f = torch.tensor([[20.0, 440.0], [3000.0, 7999.0]])
    close(work.to_hertz(work.to_mel(f)), f, name="to_hertz(to_mel(f))", when=f, rtol=1e-3)


def check_edges(work):
    """the corners are evenly spaced in mel || 角点在梅尔刻度上等距"""
    got = work.edges(3, 0.0, 8000.0)
    shape(got, (5,), "edges(3, 0, 8000)")
    close(
        got.float(), torch.tensor([0.0, 614.4, 1768.0, 3933.9, 8000.0]),
        name="edges(3, 0, 8000)", rtol=1e-3, atol=0.5,
    )
    widths = work.edges(40, 20.0, 8000.0).diff()
    that(
        len(widths) == 41 and bool((widths[1:] > widths[:-1]).all()),
        "Each band should be wider in hertz than the one below it."
        " || 以赫兹计，每个频带都应当比下面的那个宽。",
    )

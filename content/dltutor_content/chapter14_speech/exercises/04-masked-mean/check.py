import torch

from dltutor.learning.checks import close, that


def clip(frames, seed):
    return torch.randn(1, frames, 4, generator=torch.Generator().manual_seed(seed)) * 10 - 30


def check_alone(work):
    """a clip gets the same features alone and padded || 单独算与补齐后算，特征相同"""
    x = clip(3, 0)
    alone = work.centred(x, torch.tensor([3]))
    close(alone, x - x.mean(dim=1, keepdim=True), name="centred", when="a clip of 3 frames || 3 帧的一段")
    padded = torch.cat([x, torch.zeros(1, 2, 4)], dim=1)
    got = work.centred(padded, torch.tensor([3]))
    close(got[:, :3], alone, name="centred", when="the clip padded from 3 to 5 frames || 同一段从 3 帧补到 5 帧")


def check_padding(work):
    """padding is 0 afterwards || 之后填充为 0"""
    x = torch.cat([clip(5, 1), clip(5, 2)])
    got = work.centred(x, torch.tensor([5, 2]))
    close(got[1, 2:], torch.zeros(3, 4), name="the padding of clip 1 || 第 1 段的填充")


def check_nonsense(work):
    """what stood in the padding has no influence || 填充里原来是什么没有影响"""
    x = clip(6, 3)
    lengths = torch.tensor([4])
    loud = x.clone()
    loud[:, 4:] = 1e6
    close(work.centred(loud, lengths), work.centred(x, lengths), name="centred",
          when="1,000,000 in the padding || 填充里是 1,000,000")


def check_empty(work):
    """no frames at all give no NaN || 一帧也没有时不出现 NaN"""
    got = work.centred(clip(4, 4), torch.tensor([0]))
    that(bool((got == 0).all()), "A clip of length 0 should be all 0. || 长度为 0 的声音应当全为 0。")

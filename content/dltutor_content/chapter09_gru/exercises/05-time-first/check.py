import torch

from dltutor.learning.checks import close, shape, that


def made(work):
    torch.manual_seed(0)
    return work.Reader(20, 6, 8).eval()


def batch():
    g = torch.Generator().manual_seed(1)
    x = torch.randint(1, 20, (4, 7), generator=g)
    lengths = torch.tensor([7, 3, 5, 7])
    return x * (torch.arange(7) < lengths[:, None]), lengths


def check_shape(work):
    """two logits a review || 每条评论两个 logits"""
    shape(made(work)(*batch()), (4, 2), "Reader(20, 6, 8)", when="(4, 7)")


def check_alone(work):
    """alone, without padding, and in a batch the same || 单独算（没有填充）与批量算相同"""
    model, (x, lengths) = made(work), batch()
    with torch.no_grad():
        together = model(x, lengths)
        for i in range(4):
            close(together[i : i + 1], model(x[i : i + 1, : lengths[i]], lengths[i : i + 1]), atol=1e-5, name="the logits in the batch || 批量里的 logits", when=f"review {i} || 第 {i} 条评论")


def check_neighbours(work):
    """another review changes nothing || 换掉另一条评论，结果不变"""
    model, (x, lengths) = made(work), batch()
    other = x.clone()
    other[0] = other[0].flip(0)
    with torch.no_grad():
        close(model(other, lengths)[1:], model(x, lengths)[1:], atol=1e-5, name="the logits of reviews 1 to 3 || 第 1 到 3 条的 logits", when="review 0 is another one || 换掉第 0 条")


def check_order(work):
    """the order of the characters matters || 字的次序会影响结果"""
    model, (x, lengths) = made(work), batch()
    with torch.no_grad():
        turned = model(x[:1].flip(1), lengths[:1])
        that(bool((turned - model(x[:1], lengths[:1])).abs().max() > 1e-4), "a review read backwards gives the same logits: does the network see the order? || 倒着读得到同样的 logits：网络看到次序了吗？")

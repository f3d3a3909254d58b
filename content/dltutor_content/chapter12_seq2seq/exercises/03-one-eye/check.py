import torch

from dltutor.learning.checks import close, shape, that


def made(work, places, long):
    torch.manual_seed(0)
    cross = work.Cross(8)
    x, source = torch.randn(2, places, 8), torch.randn(2, long, 8)
    return cross, x, source, torch.ones(2, long, dtype=torch.bool)


def check_shape(work):
    """one row for each place of the output || 输出的每个位置一行"""
    for places, long in ((3, 7), (7, 3), (1, 5)):
        cross, x, source, there = made(work, places, long)
        shape(cross(x, source, there), (2, places, 8), "Cross(8)", when=f"T = {places}, S = {long}")


def check_later(work):
    """the first place hears the end of the source || 第一个位置听得到源的结尾"""
    cross, x, source, there = made(work, 4, 4)
    changed = source.clone()
    changed[:, -1] += 1
    with torch.no_grad():
        moved = (cross(x, changed, there) - cross(x, source, there))[:, 0].abs().max()
    that(bool(moved > 1e-4), "The last source place was changed, and the first output stayed the same. || 改动了源的最后一个位置，第一个输出却没有变。")


def check_padding(work):
    """padding of the source has no influence || 源的填充没有影响"""
    cross, x, source, there = made(work, 5, 6)
    there[0, 4:] = False
    loud = source.clone()
    loud[0, 4:] = 1000.0
    with torch.no_grad():
        close(cross(x, loud, there), cross(x, source, there), atol=1e-5, name="Cross(8)", when="1,000 in the padding || 填充里是 1,000")


def check_values(work):
    """the values are those of attention || 结果就是注意力的结果"""
    cross, x, source, there = made(work, 3, 5)
    there[1, 3:] = False
    with torch.no_grad():
        expected = torch.nn.functional.scaled_dot_product_attention(
            cross.query(x), cross.key(source), cross.value(source), attn_mask=there[:, None])
        close(cross(x, source, there), expected, atol=1e-5, name="Cross(8)")

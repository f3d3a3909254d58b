import torch

from dltutor.learning.checks import close, equal, shape


def made(work, places=6):
    torch.manual_seed(0)
    return work.SelfAttention(8).eval(), torch.randn(2, places, 8)


def pieces(model, x, *cuts):
    past, found = None, []
    for part in x.split(list(cuts), dim=1):
        out, past = model(part, past)
        found.append(out)
    return torch.cat(found, dim=1), past


def check_whole(work):
    """all at once, without a past || 没有上文，一次算完"""
    model, x = made(work)
    with torch.no_grad():
        out, (k, v) = model(x)
        expected = torch.nn.functional.scaled_dot_product_attention(model.query(x), model.key(x), model.value(x), is_causal=True)
    close(out, expected, atol=1e-5, name="output || 输出")
    shape(k, (2, 6, 8), name="keys || 键")
    shape(v, (2, 6, 8), name="values || 值")


def check_one_by_one(work):
    """token by token gives the same || 一个一个算，结果相同"""
    model, x = made(work)
    with torch.no_grad():
        whole, kept = model(x)
        got, past = pieces(model, x, 1, 1, 1, 1, 1, 1)
    close(got, whole, atol=1e-5, name="output || 输出", when="1 + 1 + 1 + 1 + 1 + 1")
    close(past[0], kept[0], atol=1e-5, name="keys || 键", when="1 + 1 + 1 + 1 + 1 + 1")
    close(past[1], kept[1], atol=1e-5, name="values || 值", when="1 + 1 + 1 + 1 + 1 + 1")


def check_several(work):
    """several new tokens do not see each other's future || 几个新词元互相看不到后文"""
    model, x = made(work)
    with torch.no_grad():
        close(pieces(model, x, 2, 3, 1)[0], model(x)[0], atol=1e-5, name="output || 输出", when="2 + 3 + 1")


def check_past_stays(work):
    """a past can be gone on from twice || 同一个上文可以续两次"""
    model, x = made(work)
    with torch.no_grad():
        _, past = model(x[:, :3])
        before = [part.clone() for part in past]
        model(x[:, 3:5], past)
        for part, old in zip(past, before):
            equal(part, old, name="the past afterwards || 之后的上文")
        again, _ = model(x[:, 3:5], past)
        close(again, model(x)[0][:, 3:5], atol=1e-5, name="output, the second time || 第二次的输出")

import torch

from dltutor.learning.checks import close, shape, that

IDS = torch.tensor([[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]])
MASK = IDS != 0


def model_of(work):
    torch.manual_seed(1)
    model = work.Encoder(12, 6)
    return model.eval()


def check_alone(work):
    """a text alone and in a batch: one vector || 单独和成批：同一个向量"""
    model = model_of(work)
    got = model(IDS, MASK).detach()
    shape(got, (2, 6), "vectors")
    alone = model(IDS[:1, :3], MASK[:1, :3]).detach()
    close(
        got[:1], alone, rtol=1e-4, atol=1e-5,
        name="vector of [1, 2, 3] padded to 5, against alone",
    )


def check_padding(work):
    """other ids in the padding change nothing || 填充换成别的编号也不变"""
    model = model_of(work)
    other = IDS.clone()
    other[0, 3:] = 11
    close(
        model(other, MASK).detach(), model(IDS, MASK).detach(), rtol=1e-4, atol=1e-5,
        name="vectors with other ids in the padding", when=other,
    )


def check_full(work):
    """without padding nothing changes || 没有填充时不变"""
    model = model_of(work)
    ids = IDS[1:]
    x = model.embedding(ids)
    scores = model.query(x) @ model.key(x).transpose(1, 2) / 6**0.5
    right = (x + scores.softmax(dim=2) @ model.value(x)).mean(dim=1)
    close(
        model(ids, ids != 0).detach(), right.detach(), rtol=1e-4, atol=1e-5,
        name="vector without padding", when=ids,
    )
    that(
        bool(model(IDS, MASK).isfinite().all()),
        "No vector may be NaN. || 向量不能是 NaN。",
    )

import torch
import torch.nn.functional as F

from dltutor.learning.checks import close, equal, shape, that


def sentences():
    x = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(3))
    return x, torch.tensor([3, 5])


def check_alone(work):
    """a sentence alone and in a batch || 一个句子单独算和成批算"""
    x, lengths = sentences()
    got = work.self_attention(x, lengths, 2)
    shape(got, (2, 5, 8), name="self_attention")
    alone = work.self_attention(x[:1, :3], torch.tensor([3]), 2)
    close(got[:1, :3], alone, atol=1e-5, name="self_attention",
          when="3 words, alone and padded to 5 || 3 个词，单独与补到 5")


def check_by_hand(work):
    """one head over what is there || 一个头，只看真实的位置"""
    x, lengths = sentences()
    words = x[0, :3]
    weights = (words @ words.T / 8**0.5).softmax(1)
    got = work.self_attention(x, lengths, 1)[0, :3]
    close(got, weights @ words, atol=1e-5, name="self_attention")


def check_padding(work):
    """what stands in the padding has no influence || 填充里是什么没有影响"""
    x, lengths = sentences()
    loud = x.clone()
    loud[0, 3:] = 1e3
    a, b = (work.self_attention(v, lengths, 2)[0, :3] for v in (x, loud))
    equal(b, a, name="self_attention", when="1,000 in the padding || 填充里是 1,000")


def check_words(work):
    """words hear each other || 词与词能互相听见"""
    x, lengths = sentences()
    other = x.clone()
    other[0, 2] += 1
    a, b = (work.self_attention(v, lengths, 2)[0, 0] for v in (x, other))
    that(not torch.allclose(a, b), "Word 2 was changed, and word 0 did not notice. || 改动了词 2，词 0 却毫无反应。")


def check_heads(work):
    """two heads are two attentions || 两个头是两次注意力"""
    x, _ = sentences()
    full = torch.tensor([5, 5])
    got = work.self_attention(x, full, 2)
    for head in range(2):
        part = x[:, :, 4 * head : 4 * head + 4]
        close(got[:, :, 4 * head : 4 * head + 4], F.scaled_dot_product_attention(part, part, part),
              atol=1e-5, name="self_attention", when=f"head {head} || 第 {head} 个头")

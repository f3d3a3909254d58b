import torch

from dltutor.learning.checks import close, equal

T, F = True, False


def check_training(work):
    """all tokens at once || 所有词元同时计算"""
    equal(work.causal(3, 3), torch.tensor([[[[T, F, F], [T, T, F], [T, T, T]]]]), name="causal(3, 3)")


def check_cache(work):
    """new tokens behind old ones || 旧词元之后的新词元"""
    equal(work.causal(2, 5), torch.tensor([[[[T, T, T, T, F], [T, T, T, T, T]]]]), name="causal(2, 5)")
    equal(work.causal(1, 4), torch.tensor([[[[T, T, T, T]]]]), name="causal(1, 4)")


def check_source(work):
    """padding of the source alone is hidden || 只遮住源的填充"""
    source = torch.tensor([[5, 6, 2, 0, 0], [7, 8, 9, 5, 2]])
    equal(work.cross(source), torch.tensor([[[[T, T, T, F, F]]], [[[T, T, T, T, T]]]]), name="cross(source)", when=source)


def check_used(work):
    """both fit an attention with 4 heads || 两者都能用于 4 个头的注意力"""
    torch.manual_seed(0)
    attention = torch.nn.functional.scaled_dot_product_attention
    q, k = torch.randn(2, 4, 3, 8), torch.randn(2, 4, 5, 8)
    source = torch.tensor([[5, 6, 2, 0, 0], [7, 8, 9, 5, 2]])
    got = attention(q, k, k, attn_mask=work.cross(source))
    close(got[:1], attention(q[:1], k[:1, :, :3], k[:1, :, :3]), atol=1e-5,
          name="cross attention of sentence 0 || 第 0 句的交叉注意力", when="padded from 3 to 5 || 从 3 填充到 5")
    own = attention(q, q, q, attn_mask=work.causal(3, 3))
    close(own[:, :, 0], q[:, :, 0], atol=1e-5, name="the first token sees itself alone || 第一个词元只看到自己")

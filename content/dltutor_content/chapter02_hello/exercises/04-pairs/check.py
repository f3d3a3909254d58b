import torch

from dltutor.learning.checks import close, equal, shape, that, untouched

NAME = "pairs(clean, std)"


def grey(count=40, dtype=torch.float32):
    return torch.full((count, 1, 10, 10), 0.5, dtype=dtype)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def check_strength(work):
    """mean and standard deviation of the noise are as asked || 噪声的均值和标准差符合要求"""
    for std in (0.1, 0.5, 2.0):
        noisy, _ = work.pairs(grey(), std, seeded())
        noise = noisy - 0.5
        close(noise.std().item(), std, 0.1, name="the standard deviation of the noise || 噪声的标准差", when={"std": std})
        that(
            abs(noise.mean().item()) < 0.1 * std,
            f"With std = {std} the mean of the noise is {noise.mean().item():.3f}; near 0 was expected."
            f" || std = {std} 时，噪声的平均值是 {noise.mean().item():.3f}，应当接近 0。",
        )


def check_gaussian(work):
    """the noise is Gaussian and not cut off || 噪声服从高斯分布，没有截断"""
    noisy, _ = work.pairs(grey(), 0.5, seeded())
    outside = ((noisy < 0) | (noisy > 1)).double().mean().item()
    that(
        0.28 < outside < 0.36,
        f"With pixels of 0.5 and std = 0.5, 32 % of the noisy pixels lie below 0 or above 1; here it is {outside:.0%}."
        f" || 像素为 0.5、std = 0.5 时，有 32% 的含噪像素小于 0 或大于 1；这里是 {outside:.0%}。",
    )
    far = ((noisy - 0.5).abs() > 1).double().mean().item()
    that(
        0.035 < far < 0.056,
        f"4.6 % of Gaussian noise lies beyond two standard deviations; here it is {far:.1%}."
        f" || 高斯噪声有 4.6% 超出两个标准差；这里是 {far:.1%}。",
    )


def check_each_pixel(work):
    """each pixel of each picture has noise of its own || 每张图片的每个像素各有自己的噪声"""
    noisy, _ = work.pairs(grey(4), 0.5, seeded())
    equal(len(set((noisy - 0.5).flatten().tolist())) > 390, True,
          "nearly all of the 400 values of noise differ || 400 个噪声值几乎各不相同")


def check_target(work):
    """the target is the clean picture || 目标是干净的图片"""
    clean = torch.rand(3, 1, 4, 4, generator=seeded(1))
    noisy, target = untouched(lambda x: work.pairs(x, 0.5, seeded()), clean, name=NAME)
    equal(target, clean, "the target || 目标")
    shape(noisy, (3, 1, 4, 4), "noisy")


def check_generator(work):
    """equal generators, equal noise; PyTorch's own is left alone || 相同的生成器给出相同的噪声，且不动用 PyTorch 自己的"""
    before = torch.get_rng_state()
    first, second = (work.pairs(grey(), 0.5, seeded(7))[0] for _ in range(2))
    equal(second, first, "the noisy pictures || 含噪图片", "the seed 7 for both || 两次的种子都是 7")
    equal(torch.get_rng_state(), before, "the state of PyTorch's own generator || PyTorch 自己的生成器的状态")


def check_new_noise(work):
    """each call has new noise || 每次调用都有新的噪声"""
    generator = seeded()
    for source in (None, generator):
        first, second = (work.pairs(grey(), 0.5, source)[0] for _ in range(2))
        that(
            not torch.equal(first, second),
            "Two calls gave the same noise: is a seed set inside, or is the noise kept?"
            " || 两次调用的噪声相同：里面是不是设了种子，或者把噪声存了下来？",
        )


def check_double(work):
    """float64 stays float64 || float64 仍是 float64"""
    for made in work.pairs(grey(2, torch.float64), 0.5, seeded()):
        equal(str(made.dtype), "torch.float64", "the dtype || dtype")

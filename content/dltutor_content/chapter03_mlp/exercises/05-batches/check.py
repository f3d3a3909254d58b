import torch

from dltutor.learning.checks import dtype, equal, shape, that, untouched

NAME = "batches(images, labels, batch_size)"


def data(count):
    """Pictures whose every pixel is their number (below 250), and labels that follow from it."""
    numbers = torch.arange(count)
    images = numbers.to(torch.uint8)[:, None, None, None].expand(count, 1, 2, 2).contiguous()
    return images, (numbers * 7) % 10


def one_pass(work, count, batch_size, generator=None):
    images, labels = data(count)
    result = work.batches(images, labels, batch_size, generator)
    that(
        hasattr(result, "__iter__"),
        "batches(...) gives nothing to loop over: a generator needs a yield."
        " || batches(...) 没有给出可以遍历的东西：生成器里要有 yield。",
    )
    found = list(result)
    for item in found:
        that(
            type(item) in (tuple, list)
            and [type(part) for part in item] == [torch.Tensor, torch.Tensor],
            "Each batch should be a pair of tensors, (pictures, labels). || 每个批量应当是一对张量：（图片，标签）。",
        )
        shape(item[0], (len(item[1]), 1, 2, 2), "the pictures of a batch || 一个批量的图片")
    return found


def numbers(found):
    """The numbers of the pictures in the order in which they came."""
    return [int(n) for x, _ in found for n in x.reshape(len(x), -1)[:, 0]]


def check_sizes(work):
    """10 pictures in batches of 4 are 4, 4 and 2; their form and dtype stay || 10 张图片按每批 4 张，就是 4、4、2；形状和 dtype 不变"""
    found = one_pass(work, 10, 4)
    equal(
        [len(x) for x, _ in found],
        [4, 4, 2],
        "the sizes of the batches || 各批量的大小",
        {"N": 10, "batch_size": 4},
    )
    for x, y in found:
        dtype(x, torch.uint8, "the pictures of a batch || 一个批量的图片")
        shape(y, (len(x),), "the labels of a batch || 一个批量的标签")
        dtype(y, torch.int64, "the labels of a batch || 一个批量的标签")
    equal(
        [len(x) for x, _ in one_pass(work, 8, 4)],
        [4, 4],
        "the sizes of the batches || 各批量的大小",
        {"N": 8, "batch_size": 4},
    )
    equal(
        [len(x) for x, _ in one_pass(work, 3, 8)],
        [3],
        "the sizes of the batches || 各批量的大小",
        {"N": 3, "batch_size": 8},
    )


def check_each_once(work):
    """each picture comes exactly once || 每张图片恰好出现一次"""
    torch.manual_seed(0)
    found = numbers(one_pass(work, 50, 8))
    missing = sorted(set(range(50)) - set(found))
    again = sorted(n for n in set(found) if found.count(n) > 1)
    that(
        not missing and not again,
        f"In one pass over 50 pictures in batches of 8, {len(missing)} never came and {len(again)} came more than once."
        f" || 按每批 8 张遍历 50 张图片，有 {len(missing)} 张从未出现，有 {len(again)} 张出现了不止一次。",
    )


def check_aligned(work):
    """each picture keeps its own label || 每张图片都与自己的标签在一起"""
    torch.manual_seed(0)
    for x, y in one_pass(work, 50, 8):
        equal(
            y.tolist(),
            [(int(n) * 7) % 10 for n in x.reshape(len(x), -1)[:, 0]],
            "the labels of a batch || 一个批量的标签",
            f"the pictures {x.reshape(len(x), -1)[:, 0].tolist()}, of which number n has the label 7 n mod 10"
            f" || 编号为 {x.reshape(len(x), -1)[:, 0].tolist()} 的图片，其中第 n 张的标签是 7 n mod 10",
        )


def check_shuffled(work):
    """single pictures are shuffled, over the whole set || 在整个集合里逐张打乱"""
    torch.manual_seed(0)
    order = numbers(one_pass(work, 200, 10))
    that(
        order != sorted(order),
        "The pictures come in the order of the file. || 图片仍按文件中的顺序出现。",
    )
    neighbours = sum(b - a == 1 for a, b in zip(order, order[1:], strict=False))
    that(
        neighbours < 40,
        f"{neighbours} times picture n is followed by picture n + 1: whole batches are shuffled, not pictures."
        f" || 有 {neighbours} 次第 n 张之后紧跟第 n + 1 张：打乱的是整个批量，而不是单张图片。",
    )
    first = order[:10]
    that(
        max(first) - min(first) > 50,
        f"The first batch of ten holds only pictures {min(first)} to {max(first)} of 200: they must come from everywhere."
        f" || 第一批十张图片的编号只在 {min(first)} 到 {max(first)} 之间（共 200 张）：它们应当来自各处。",
    )


def check_new_order(work):
    """each pass has an order of its own || 每一遍都有新的顺序"""
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    for source in (None, generator):
        orders = {tuple(numbers(one_pass(work, 50, 8, source))) for _ in range(4)}
        that(
            len(orders) == 4,
            f"Four passes over the set had {len(orders)} different order(s): is a seed set inside?"
            f" || 遍历四遍只有 {len(orders)} 种顺序：函数里面是不是设了随机种子？",
        )


def check_generator(work):
    """equal generators give equal orders, and PyTorch's own is left alone || 相同的生成器给出相同的顺序，且不动用 PyTorch 自己的生成器"""
    before = torch.get_rng_state()
    first, second = (
        numbers(one_pass(work, 50, 8, torch.Generator().manual_seed(5))) for _ in range(2)
    )
    equal(second, first, "the order || 顺序", "the seed 5 for both passes || 两遍的种子都是 5")
    equal(
        torch.get_rng_state(),
        before,
        "the state of PyTorch's own generator || PyTorch 自己的生成器的状态",
    )


def check_untouched(work):
    """the tensors that were passed in stay as they were || 传入的张量保持原样"""
    images, labels = data(50)
    untouched(lambda x, y: list(work.batches(x, y, 8)), images, labels, name=NAME)

import torch
from torch import nn

from dltutor.learning.checks import close, equal, that, untouched


class Scaled(nn.Module):
    """Gives its input times a weight, and notes what it got."""

    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))
        self.inputs, self.modes = [], []

    def forward(self, x):
        self.inputs.append(x.detach().clone())
        self.modes.append(self.training)
        return self.weight * x


class Descent:
    """Plain SGD; the first step of torch.optim imports the compiler, which takes longer than all checks."""

    def __init__(self, parameters, lr):
        self.parameters, self.lr = list(parameters), lr

    def zero_grad(self, set_to_none=True):
        for parameter in self.parameters:
            parameter.grad = None

    def step(self):
        with torch.no_grad():
            for parameter in self.parameters:
                if parameter.grad is not None:
                    parameter -= self.lr * parameter.grad


def epoch(work, model, pictures, std=0.5, lr=0.0, batch_size=16):
    return work.train_epoch(model, Descent(model.parameters(), lr), pictures, std, batch_size)


def check_identity(work):
    """a model that gives back its input has the loss std ** 2 || 原样交回输入的模型，损失是 std ** 2"""
    torch.manual_seed(0)
    for std in (0.5, 0.1):
        loss = epoch(work, Scaled(), torch.rand(64, 1, 10, 10), std)
        close(loss, std**2, 0.1, name="the loss || 损失",
              when=f"a model that returns its input, std = {std} || 模型原样返回输入，std = {std}")


def check_perfect(work):
    """a model that knows the answer has the loss 0 || 知道答案的模型，损失是 0"""

    class Knows(Scaled):
        def forward(self, x):
            super().forward(x)
            return self.weight * torch.full_like(x, 0.25)

    close(epoch(work, Knows(), torch.full((20, 1, 4, 4), 0.25)), 0.0, name="the loss || 损失",
          when="all clean pixels are 0.25, and the model gives 0.25 || 干净的像素都是 0.25，模型的输出也是 0.25")


def check_gradient(work):
    """the step follows the gradient towards the clean pictures || 更新的一步朝着干净的图片"""
    torch.manual_seed(0)
    model = Scaled(1.0)
    for _ in range(60):
        epoch(work, model, torch.ones(64, 1, 4, 4), 1.0, 0.2, 64)
    weight = model.weight.item()
    that(
        0.4 < weight < 0.6,
        f"For clean pixels of 1 and noise of 1 the best weight for w * noisy is 0.5; it became {weight:.3f}."
        f" || 干净像素为 1、噪声为 1 时，w * noisy 的最佳权重是 0.5；这里学到的是 {weight:.3f}。",
    )


def check_noise(work):
    """the model gets noisy pictures, with new noise each time || 模型得到的是含噪图片，每次噪声都是新的"""
    torch.manual_seed(0)
    model, pictures = Scaled(), torch.full((8, 1, 10, 10), 0.5)
    for _ in range(2):
        epoch(work, model, pictures, 0.5, batch_size=8)
    first, second = model.inputs
    close((first - 0.5).std().item(), 0.5, 0.15, name="the standard deviation of the noise || 噪声的标准差")
    that(not torch.equal(first, second), "The noise was the same in two epochs. || 两个轮次的噪声相同。")
    equal(all(model.modes), True, "training mode || 训练模式")


def check_uneven(work):
    """the mean is over pictures, also with a smaller last batch || 对图片求平均，最后一批较小也一样"""
    torch.manual_seed(0)
    loss = epoch(work, Scaled(0.0), torch.ones(10, 1, 4, 4), batch_size=4)
    close(loss, 1.0, name="the loss || 损失", when="10 white pictures in batches of 4, the model gives 0 || 10 张白色图片，每批 4 张，模型的输出是 0")
    equal(type(loss).__name__, "float", "the type of the result || 结果的类型")


def check_untouched(work):
    """the clean pictures stay clean || 干净的图片保持干净"""
    model = Scaled()
    untouched(lambda x: epoch(work, model, x), torch.rand(10, 1, 4, 4), name="train_epoch(...)")

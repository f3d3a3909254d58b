import os
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file

from dltutor.learning.checks import close, equal, raises, that

SHAPES = {
    "hidden.weight": (32, 784),
    "hidden.bias": (32,),
    "output.weight": (10, 32),
    "output.bias": (10,),
}


def build(work, seed):
    torch.manual_seed(seed)
    return work.Digits()


def saved(work, folder, model):
    file = Path(folder) / "digits.weights"
    work.save_weights(model, file)
    that(
        file.is_file(),
        "save_weights wrote no file at the path it was given. || save_weights 没有在给定的路径写出文件。",
    )
    return file


def check_only_weights(work):
    """the file holds the four tensors under their names, and nothing else || 文件里只有四个张量及其名称"""
    with tempfile.TemporaryDirectory() as folder:
        model = build(work, 0)
        file = saved(work, folder, model)
        held = None
        try:
            held = load_file(file)
        except Exception:
            try:
                held = torch.load(file, weights_only=True)
            except Exception:
                pass
        that(
            held is not None,
            "The file can not be read as weights alone: it holds the pickled module. state_dict() gives the weights."
            " || 这个文件不能作为单纯的权重来读取：里面是整个模块的 pickle。state_dict() 给出权重。",
        )
        that(
            hasattr(held, "items") and all(isinstance(v, torch.Tensor) for v in held.values()),
            "The file should hold a dictionary from names to tensors, which is what state_dict() gives."
            " || 文件里应当是从名称到张量的字典，也就是 state_dict() 给出的内容。",
        )
        equal(
            {k: tuple(v.shape) for k, v in held.items()},
            SHAPES,
            "names and shapes in the file || 文件中的名称和形状",
        )
        equal(
            held["hidden.weight"].detach(),
            model.hidden.weight.detach(),
            "hidden.weight in the file || 文件中的 hidden.weight",
        )


def check_round_trip(work):
    """the loaded model computes the same logits || 加载后的模型算出同样的 logits"""
    with tempfile.TemporaryDirectory() as folder:
        first, second = build(work, 0), build(work, 1)
        file = saved(work, folder, first)
        loaded = work.load_weights(second, file)
        that(
            loaded is second,
            "load_weights should return the model it was given. || load_weights 应当返回传给它的那个模型。",
        )
        x = torch.rand(4, 1, 28, 28)
        with torch.no_grad():
            close(
                second.eval()(x),
                first.eval()(x),
                name="the logits after loading || 加载之后的 logits",
            )


def check_evaluation_mode(work):
    """the loaded model is in evaluation mode || 加载后的模型处于评估模式"""
    with tempfile.TemporaryDirectory() as folder:
        file = saved(work, folder, build(work, 0))
        model = build(work, 1).train()
        work.load_weights(model, file)
        equal(
            model.training,
            False,
            "model.training after load_weights || load_weights 之后的 model.training",
        )


def check_missing(work):
    """a file without some of the weights is refused || 缺少部分权重的文件会被拒绝"""
    with tempfile.TemporaryDirectory() as folder:
        part = torch.nn.Module()
        part.hidden = torch.nn.Linear(784, 32)
        file = saved(work, folder, part)
        raises(
            Exception,
            lambda: work.load_weights(build(work, 0), file),
            name="load_weights(Digits(), file)",
            when="a file that holds only hidden.weight and hidden.bias (the output layer would stay random)"
            " || 只含 hidden.weight 和 hidden.bias 的文件（输出层会保持随机值）",
        )


class Trap:
    """A pickle that makes a folder when it is opened."""

    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def check_trap(work):
    """the code in a pickle does not run || pickle 里的代码不会运行"""
    with tempfile.TemporaryDirectory() as folder:
        mark, file = Path(folder) / "opened", Path(folder) / "trap.pt"
        torch.save({"hidden.weight": Trap(str(mark))}, file)
        try:
            work.load_weights(build(work, 0), file)
            refused = False
        except Exception:
            refused = True
        that(
            not mark.exists(),
            "load_weights ran code from the file: this pickle could have deleted your files instead of making a folder."
            " || load_weights 运行了文件里的代码：这个 pickle 只是建了一个文件夹，也完全可以删掉你的文件。",
        )
        that(
            refused,
            "load_weights took a file that holds no weights for weights. || load_weights 把不含权重的文件当成了权重。",
        )

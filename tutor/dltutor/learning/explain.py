"""What an error in a learner's code means, in a sentence that says where to look."""

from __future__ import annotations

import re

from dltutor.i18n import t


def explain(kind: str, message: str) -> str:
    """Advice on an exception of type ``kind``, or the empty text when there is nothing better than the message.

    Knows the errors of PyTorch that beginners meet most, and a few of Python's.
    """
    for pattern, advise in _ADVICE:
        found = re.search(pattern, message, re.DOTALL)
        if found:
            return advise(*found.groups())
    by_kind = _KINDS.get(kind)
    return by_kind() if by_kind else ""


def _multiply(a: str, b: str, c: str, d: str) -> str:
    return t(
        "a matrix product needs the columns of the first ({b}) to equal the rows of the second "
        "({c}): "
        "a Linear layer's in_features must be the last axis of its input, and pictures must be "
        "flattened first",
        a=a,
        b=b,
        c=c,
        d=d,
    )


def _broadcast(a: str, b: str, axis: str) -> str:
    return t(
        "the two tensors do not line up: at axis {axis} one has {a}, the other {b}; axes are "
        "matched from the right, "
        "and only a 1 stretches",
        a=a,
        b=b,
        axis=axis,
    )


_ADVICE = (
    (r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)", _multiply),
    (
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton "
        r"dimension (\d+)",
        _broadcast,
    ),
    (
        r"shape '\[(.*?)\]' is invalid for input of size (\d+)",
        lambda a, n: t(
            "reshape and view keep every value: the sizes in [{a}] must multiply to {n}; -1 lets "
            "torch find one of them",
            a=a,
            n=n,
        ),
    ),
    (
        r"view size is not compatible with input tensor's size and stride",
        lambda: t(
            "after transpose or permute the values do not lie in a row: use reshape, or "
            ".contiguous() before view"
        ),
    ),
    (
        r"Target (-?\d+) is out of bounds",
        lambda n: t(
            "a class index is {n}, but there are fewer logits than that: indices go from 0 to "
            "classes - 1",
            n=n,
        ),
    ),
    (
        r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)",
        lambda i, d, n: t(
            "axis {d} has {n} entries, so its indices go from 0 to {n} - 1; {i} was asked for",
            i=i,
            d=d,
            n=n,
        ),
    ),
    (
        r"[Dd]imension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got "
        r"(-?\d+)\)",
        lambda _a, _b, c: t(
            "the tensor has fewer axes than you think: dim={c} does not exist, print its shape", c=c
        ),
    ),
    (
        r"element 0 of tensors does not require grad",
        lambda: t(
            "backward() found no graph: the loss was cut off by .item(), .detach(), "
            "torch.no_grad() or torch.tensor(...), "
            "or no parameter took part in it"
        ),
    ),
    (
        r"Trying to backward through the graph a second time",
        lambda: t(
            "one forward pass serves one backward(): compute the loss again in every step; a "
            "tensor kept from the last "
            "step needs .detach()"
        ),
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        lambda: t(
            "backward() starts from a single number: take .mean() or .sum() of the loss first"
        ),
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        lambda: t(
            "a parameter is changed in place while gradients are recorded: do it inside "
            "torch.no_grad()"
        ),
    ),
    (
        r"modified by an inplace operation",
        lambda: t(
            "a value that backward() needs was overwritten by +=, or by an operation whose name "
            "ends in _"
        ),
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        lambda: t("detach it from the graph first: .detach().numpy()"),
    ),
    (
        r"expected scalar type (\w+) but found (\w+)",
        lambda a, b: t(
            "two dtypes meet: {a} is needed, {b} came; .float() gives float32, .long() gives int64",
            a=a,
            b=b,
        ),
    ),
    (
        r"have the same dtype,? but got:? (\w+) (?:and|!=) (\w+)",
        lambda a, b: t(
            "two dtypes meet: {b} is needed, {a} came; .float() gives float32, .long() gives int64",
            a=a,
            b=b,
        ),
    ),
    (
        r"not implemented for '(Long|Int|Byte|Bool|Char|Short)'",
        lambda a: t(
            "this works on floating-point tensors only, and {a} came: convert with .float()", a=a
        ),
    ),
    (
        r"result type Float can't be cast to the desired output type (\w+)",
        lambda a: t(
            "the result has fractions but the tensor changed in place holds {a}: convert it with "
            ".float() first",
            a=a,
        ),
    ),
    (
        r"[Oo]nly Tensors of floating point",
        lambda: t("gradients need floating point: convert with .float() first"),
    ),
    (
        r"tensors used as indices must be",
        lambda: t("indices must be whole numbers or booleans: .long() converts"),
    ),
    (
        r"Expected all tensors to be on the same device",
        lambda: t("the model and its input are on different devices: move one with .to(device)"),
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        lambda: t(
            "if needs one truth value: say .all() or .any(), or use torch.where for a choice per "
            "element"
        ),
    ),
    (
        r"only (?:one element|integer) tensors|a Tensor with (\d+) elements cannot be converted to "
        r"Scalar",
        lambda *_: t(
            ".item(), float() and int() need a tensor with a single value: reduce it first"
        ),
    ),
    (
        r"[Ee]xpected 4D|[Ee]xpected 3D.*or 4D|Expected 2D or 3D",
        lambda: t(
            "the layer wants its axes in the order (batch, channels, height, width): is one of "
            "them missing?"
        ),
    ),
    (
        r"can't allocate memory: you tried to allocate (\d+) bytes",
        lambda n: t(
            "{gigabytes} GB were asked for, more than an exercise may use: is a shape much larger "
            "than meant?",
            gigabytes=f"{int(n) / 1e9:.1f}",
        ),
    ),
    (
        r"stack expects each tensor to be equal size",
        lambda: t("torch.stack needs equal shapes; torch.cat joins along an axis"),
    ),
    (
        r"cannot unpack non-iterable|not enough values to unpack|too many values to unpack",
        lambda: t("the number of names on the left differs from the number of values on the right"),
    ),
    (
        r"'NoneType' object",
        lambda: t("something is None here: does the function before it return its result?"),
    ),
    (
        r"missing (\d+) required positional arguments?: (.*)",
        lambda _, names: t(
            "the call leaves out {names}: compare the parameters with the statement's", names=names
        ),
    ),
    (
        r"takes (?:from )?(?:\d+ to )?(\d+|no) (?:positional )?arguments?.* but (\d+)|got an "
        r"unexpected keyword argument",
        lambda *_: t(
            "the call and the definition disagree: compare the parameters with the statement's"
        ),
    ),
    (
        r"torch\._dynamo",
        lambda: t(
            "torch.compile and torch.export need a compiler and other processes, which a check "
            "does not have"
        ),
    ),
    (
        r"super\(\).__init__|cannot assign module before Module.__init__\(\)",
        lambda: t("call super().__init__() first in the __init__ of a Module"),
    ),
    (
        r"optimizer got an empty parameter list",
        lambda: t(
            "the model has no parameters: layers must be attributes of the module, or stand in an "
            "nn.ModuleList"
        ),
    ),
)

_KINDS = {
    "NotImplementedError": lambda: t("this part is still to be written"),
    "RecursionError": lambda: t("the function calls itself without end: which case stops it?"),
    "MemoryError": lambda: t("more memory was asked for than an exercise may use"),
    "EOFError": lambda: t("input() finds nothing in a check: the values come as arguments"),
    "IndentationError": lambda: t("the lines of a block start in the same column"),
    "TabError": lambda: t("tabs and spaces are mixed: use spaces"),
    "ModuleNotFoundError": lambda: t(
        "a check can import what is installed, and no files beside yours"
    ),
}


def forbidden(message: str) -> str:
    """What a refusal of the sandbox says, wherever it stands in ``message``; else the empty text."""
    found = re.search(r"dltutor:(\w+):([^\n>]*)", message)
    if not found:
        if re.match(r"\[Errno (1|13)\]", message):
            return t(
                "an exercise has no network, starts no processes, and changes only files in its "
                "own temporary folder"
            )
        return ""
    what, detail = found.groups()
    texts = {
        "process": t("an exercise can not start other processes ({detail})", detail=detail),
        "signal": t(
            "an exercise can not send signals to other processes ({detail})", detail=detail
        ),
        "network": t("an exercise has no network ({detail})", detail=detail),
        "write": t(
            "an exercise can change files only in its own temporary folder, not {detail}",
            detail=detail,
        ),
        "read": t("an exercise can not read {detail}", detail=detail),
        "native": t("an exercise can not call machine code directly ({detail})", detail=detail),
        "limits": t("an exercise can not change its limits ({detail})", detail=detail),
        "inspect": t(
            "an exercise can not look into the check or change it ({detail})", detail=detail
        ),
        "debugger": t(
            "no debugger runs in a check: run your file by itself for that ({detail})",
            detail=detail,
        ),
    }
    return texts.get(what, t("an exercise can not do that ({detail})", detail=detail))

"""A model as a table of its layers, and as a file that Netron opens."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from dltutor.errors import TutorError, UsageError


def layer_rows(model: nn.Module, example: Tensor) -> dict[str, Any]:
    """One row for each module that holds no others: name, kind, shape that comes out, parameters."""
    rows: list[dict[str, Any]] = []

    def note(name: str, module: nn.Module) -> Any:
        def hook(_: nn.Module, __: Any, output: Any) -> None:
            shape = list(output.shape) if isinstance(output, Tensor) else None
            rows.append(
                {
                    "name": name,
                    "kind": type(module).__name__,
                    "shape": shape,
                    "parameters": sum(p.numel() for p in module.parameters(recurse=False)),
                }
            )

        return hook

    hooks = [
        module.register_forward_hook(note(name, module))
        for name, module in model.named_modules()
        if not any(True for _ in module.children())
    ]
    try:
        with torch.inference_mode():
            model.eval()(example)
    finally:
        for hook in hooks:
            hook.remove()
    return {
        "rows": rows,
        "input": list(example.shape),
        "parameters": sum(p.numel() for p in model.parameters()),
        "trainable": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "printed": str(model),
    }


def export(model: nn.Module, example: Tensor, to: Path) -> Path:
    """Writes ``.onnx`` (needs onnx and onnxscript) or ``.pt2`` by the ending; any batch size fits.

    Raises UsageError for another ending and TutorError when the format's package is missing.
    """
    if to.suffix not in (".onnx", ".pt2"):
        raise UsageError(f"{to}: the ending {to.suffix!r} is unknown", ".onnx or .pt2")
    model = model.eval()
    # a batch of one would be taken for a constant
    example = torch.cat([example, example])[:2] if len(example) < 2 else example
    batch = torch.export.Dim("batch", min=1, max=1 << 20)
    temporary = to.with_name(f".{to.name}.{os.getpid()}{to.suffix}")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        if to.suffix == ".pt2":
            program = torch.export.export(model, (example,), dynamic_shapes=({0: batch},))
            torch.export.save(program, temporary)
        else:
            with contextlib.redirect_stdout(io.StringIO()):
                torch.onnx.export(
                    model, (example,), temporary, dynamo=True, dynamic_shapes=({0: batch},),
                    input_names=["input"], output_names=["output"], external_data=False,
                )  # fmt: skip
        temporary.replace(to)
    except ImportError as error:
        raise TutorError(
            f"{error.name or 'a package'} is needed to write {to.suffix}",
            'pip install "dltutor[export]"',
        ) from None
    except OSError as error:
        raise TutorError(f"{to} can not be written: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return to

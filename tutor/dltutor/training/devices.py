"""Which device and which precision, and why."""

from __future__ import annotations

import torch

from dltutor.errors import UsageError


def choose_device(asked: str) -> tuple[str, str]:
    """The accelerator for Fabric (cuda, mps or cpu) and the reason in words."""
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if asked == "cuda" and not cuda:
        raise UsageError("--device cuda: torch sees no usable CUDA device", "see: dltutor doctor")
    if asked == "mps" and not mps:
        raise UsageError("--device mps: this machine has no Metal device", "see: dltutor doctor")
    if asked != "auto":
        return asked, "as asked"
    if cuda:
        return "cuda", torch.cuda.get_device_name()
    if mps:
        return "mps", "Apple Metal, and no CUDA device"
    why = "torch was built without CUDA" if torch.version.cuda is None else "no usable CUDA device"
    return "cpu", f"{why}; {torch.get_num_threads()} threads"


def has_bf16(device: str) -> bool:
    """Whether the device multiplies bfloat16 in hardware."""
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "cpu":
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return False


def choose_precision(asked: str, device: str, *, bf16_on_cpu: bool) -> tuple[str, str]:
    """Fabric's precision and the reason in words.

    ``bf16_on_cpu``: the chapter has measured that bfloat16 pays on a CPU that has it.
    """
    if asked == "32":
        return "32-true", "as asked"
    if asked == "16":
        if device != "cuda":
            raise UsageError(
                f"--precision 16 needs a CUDA device, not {device}", "use --precision bf16 or 32"
            )
        return "16-mixed", "as asked"
    if asked == "bf16":
        return "bf16-mixed", "as asked" if has_bf16(device) else "as asked; emulated here, so slow"
    if device == "cuda" and has_bf16(device):
        return "bf16-mixed", "the device multiplies bfloat16 in hardware"
    if device == "cpu" and bf16_on_cpu and has_bf16(device):
        return "bf16-mixed", "this processor multiplies bfloat16 in hardware"
    return "32-true", "the precision that every device has"

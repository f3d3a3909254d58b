"""``python -m dltutor.training.probe``: what torch says of this machine, as one line of JSON.

``dltutor doctor`` runs it as a child, since a torch that does not fit the machine may end
the process that imports it.
"""

from __future__ import annotations

import importlib
import json
from typing import Any


def probe() -> dict[str, Any]:
    """torch's version, its devices (each tried with one multiplication), its companions."""
    import torch

    found: dict[str, Any] = {
        "torch": torch.__version__,
        "built_for_cuda": torch.version.cuda or getattr(torch.version, "hip", None),
        "threads": torch.get_num_threads(),
        "bf16": ["cpu"]
        if _try(lambda: torch.ops.mkldnn._is_mkldnn_bf16_supported()) is True
        else [],
        "cuda": [],
        "mps": False,
        "problems": {},
    }
    if torch.cuda.is_available():  # ROCm answers here too
        for index in range(torch.cuda.device_count()):
            about = torch.cuda.get_device_properties(index)
            found["cuda"].append(
                {
                    "name": about.name,
                    "bytes": about.total_memory,
                    "capability": f"{about.major}.{about.minor}",
                    "works": _try(lambda index=index: _multiply(torch.device("cuda", index))),
                }
            )
        if _try(lambda: torch.cuda.is_bf16_supported(including_emulation=False)) is True:
            found["bf16"].append("cuda")
    if torch.backends.mps.is_available():
        found["mps"] = _try(lambda: _multiply(torch.device("mps")))
    for name in ("torchvision", "torchaudio"):
        try:
            found[name] = importlib.import_module(name).__version__
        except ModuleNotFoundError as error:
            if error.name != name:
                found["problems"][name] = _one_line(error)
        except Exception as error:  # a build for another torch fails in any way
            found["problems"][name] = _one_line(error)
    return found


def _multiply(device: Any) -> bool:
    import torch

    return (
        float((torch.ones(64, 64, device=device) @ torch.ones(64, 64, device=device))[0, 0]) == 64
    )


def _try(action: Any) -> bool | str:
    try:
        return bool(action())
    except Exception as error:  # drivers raise anything
        return _one_line(error)


def _one_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


if __name__ == "__main__":
    print(json.dumps(probe()))

"""Checkpoints: a folder, the cache, the hub, and what to do offline."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from dltutor.errors import DataError, TutorError
from dltutor.i18n import local

# the library reads these once, when it is imported
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

OWN = "mini"
MINI = Path(__file__).parent / OWN
"""the standard preset's folder ``pretrained``, in half precision: seed 0,
builtin data; nothing in it has seen a validation or test text"""
NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
WANTED = ["*.json", "*.safetensors", "vocab.txt", "merges.txt", "*.model"]


def checkpoint(name: str) -> Path:
    """The folder of a checkpoint that is named by a path or as on the hub.

    ``mini`` is the chapter's own. A name is looked for in the cache first;
    only what is not there is fetched. Errors say what is cached and how a
    model can be brought.
    """
    folder = MINI if name == OWN else Path(name).expanduser()
    if folder.is_dir():
        return whole(folder)
    if not NAME.fullmatch(name):
        raise DataError(
            local(
                {
                    "en": f"model={name}: there is no such folder, and it"
                    " is no name of the hub",
                    "zh": f"model={name}：没有这个文件夹，"
                    "也不是 hub 上的名字",
                }
            ),
            ways(),
        )
    return whole(cached(name) or fetch(name))


def cached(name: str) -> Path | None:
    """The folder in the cache, if all of the model is there."""
    from huggingface_hub import snapshot_download

    try:
        found = snapshot_download(
            name, allow_patterns=WANTED, local_files_only=True
        )
    except Exception:  # whatever the library raises for "not there"
        return None
    folder = Path(found)
    return folder if not missing(folder) else None


def fetch(name: str) -> Path:
    """Downloads a checkpoint into the cache, and no file with code."""
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                name, allow_patterns=WANTED, ignore_patterns=["*/*"]
            )
        )
    except Exception as error:  # whatever a network makes of the library
        why = " ".join(str(error).split())[:120]
        why = f"{type(error).__name__}: {why}"
        raise TutorError(
            local(
                {
                    "en": f"{name} is not in the cache and could not be"
                    f" downloaded ({why})",
                    "zh": f"{name} 不在缓存里，也没能下载（{why}）",
                }
            ),
            ways(),
        ) from None


def missing(folder: Path) -> str:
    """What a folder lacks to be a checkpoint that is safe to load."""
    if not (folder / "config.json").is_file():
        return "config.json"
    if not any(folder.glob("*.safetensors")):
        return "*.safetensors"
    readers = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
    if not any(any(folder.glob(pattern)) for pattern in readers):
        return "tokenizer.json"
    return ""


def whole(folder: Path) -> Path:
    lacks = missing(folder)
    if not lacks:
        return folder
    pickled = any(folder.glob("pytorch_model*.bin"))
    text = {
        "en": f"{folder} has no {lacks}"
        + ("; pytorch_model.bin is not read: it could run code" * pickled),
        "zh": f"{folder} 里没有 {lacks}"
        + ("；不读取 pytorch_model.bin，它可能执行代码" * pickled),
    }
    raise DataError(
        local(text),
        local(
            {
                "en": "a checkpoint is config.json, model.safetensors and"
                " tokenizer.json, as save_pretrained writes them",
                "zh": "检查点由 config.json、model.safetensors 和"
                " tokenizer.json 组成，即 save_pretrained 写出的文件",
            }
        ),
    )


def in_cache() -> list[str]:
    """Names of all models in the cache that can be loaded."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        found: Any = scan_cache_dir()
    except CacheNotFound:
        return []
    return sorted(
        repo.repo_id
        for repo in found.repos
        if repo.repo_type == "model" and cached(repo.repo_id)
    )


def ways() -> str:
    """One line: what is cached, and how a model can be brought here."""
    names = in_cache()
    have = ", ".join(names[:5]) or local({"en": "nothing", "zh": "无"})
    return local(
        {
            "en": f"in the cache: {have}; else: --set model=FOLDER with a"
            " copied checkpoint, HF_HOME=FOLDER with a copied cache, or"
            " HF_ENDPOINT=URL of a mirror",
            "zh": f"缓存里有：{have}；或者：--set model=文件夹"
            "（拷来的检查点），"
            "HF_HOME=文件夹（拷来的缓存），HF_ENDPOINT=镜像地址",
        }
    )


def open_tokenizer(folder: Path) -> Any:
    """The checkpoint's tokenizer; one without padding pads with its end."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if tokenizer.pad_token is None:  # GPT-style models
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    tokenizer.padding_side = "right"
    return tokenizer

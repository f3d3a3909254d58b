"""The clips of chapter 14: who says what, in which set, and their features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dltutor.data.roots import DataChoice
from dltutor.data.split import stratified
from dltutor.errors import DataError, UsageError
from dltutor.i18n import local
from dltutor_plugins.chapter14_speech import sound, voices
from dltutor_plugins.chapter14_speech.commands import SPEECH_COMMANDS
from dltutor_plugins.chapter14_speech.sound import Wave

LISTS = ("validation_list.txt", "testing_list.txt")


class Clip(NamedTuple):
    """A word that somebody said: the sound, or the file that holds it."""

    sound: Path | Wave
    word: str
    speaker: str

    def wave(self) -> Wave:
        """At most a second at 16 kHz: the loudest of a longer file."""
        if isinstance(self.sound, Path):
            return sound.loudest(sound.read(self.sound))
        return sound.loudest(self.sound)


Clips = list[Clip]


class Sets(NamedTuple):
    """Three lists that share no clip, and the words."""

    train: Clips
    val: Clips
    test: Clips
    words: tuple[str, ...]

    def shared_speakers(self) -> set[str]:
        """Who is tested and was heard in training; empty names apart."""
        heard = {clip.speaker for clip in self.train}
        return {clip.speaker for clip in self.test} & heard - {""}


class LabelledSet(NamedTuple):
    """Features of clips and the words in them."""

    x: Tensor
    """(N, 101, 40) half precision: centred decibels"""
    lengths: Tensor
    """(N,) int64, frames that are there"""
    y: Tensor
    """(N,) int64, class indices"""


def load(data: DataChoice, leave_out: str = "") -> Sets:
    """The chosen clips, by the official lists where there are any.

    ``leave_out`` names a speaker: all clips of that one are the test set,
    and nobody else's. DataError says which file is wrong.
    """
    if data.kind == "builtin":
        parts = [[Clip(*one) for one in part] for part in voices.builtin()]
    else:
        assert data.root is not None
        folder = data.root
        if data.kind == "full":
            folder = folder / SPEECH_COMMANDS.folder
        parts = split(folder, word_folders(folder))
    if leave_out:
        parts = without(leave_out, parts)
    words = {clip.word for part in parts for clip in part}
    order = voices.WORDS if data.kind == "builtin" else tuple(sorted(words))
    train, val, test = parts
    return Sets(train, val, test, order)


def word_folders(folder: Path) -> Clips:
    """All clips of ``<word>/<speaker>_nohash_<number>.wav``.

    Folders that begin with an underscore hold no words.
    """
    if not folder.is_dir():
        raise bad(folder, "is no folder", "不是文件夹")
    names = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_dir() and not entry.name.startswith(("_", "."))
    )
    clips = [
        Clip(file, name, speaker(file))
        for name in names
        for file in sorted((folder / name).iterdir())
        if sound.is_sound(file)
    ]
    counts = Counter(clip.word for clip in clips)
    if len(names) < 2:
        raise bad(
            folder, f"has {len(names)} words", f"有 {len(names)} 个词"
        )
    for name in names:
        if counts[name] < 3:
            n = counts[name]
            raise bad(folder / name, f"has {n} clips", f"有 {n} 段声音")
    return clips


def speaker(file: Path) -> str:
    """Who speaks, as Speech Commands names files; else the empty text."""
    name, mark, _ = file.stem.partition("_nohash_")
    return name if mark else ""


def split(folder: Path, clips: Clips) -> list[Clips]:
    """By the lists of the set; without lists, by chance, word by word."""
    if not all((folder / name).is_file() for name in LISTS):
        words = sorted({clip.word for clip in clips})
        y = np.array([words.index(clip.word) for clip in clips])
        return [[clips[i] for i in places] for places in stratified(y)]
    place = {
        f"{clip.word}/{Path(str(clip.sound)).name}": clip for clip in clips
    }
    chosen: list[Clips] = []
    for name in LISTS:
        lines = (folder / name).read_text(encoding="utf-8").split()
        missing = [line for line in lines if line not in place]
        if missing:
            raise bad(
                folder / name,
                f"names {missing[0]}, which is not there",
                f"列出了不存在的 {missing[0]}",
            )
        chosen.append([place.pop(line) for line in dict.fromkeys(lines)])
    parts = [list(place.values()), *chosen]
    if not all(parts):
        raise bad(folder, "has an empty set", "有一个集合是空的")
    return parts


def without(name: str, parts: Sequence[Clips]) -> list[Clips]:
    """Trains and validates without a speaker, tests with that one alone."""
    everybody = sorted({c.speaker for part in parts for c in part} - {""})
    if name not in everybody:
        raise UsageError(
            local(
                {
                    "en": f"leave_out={name!r}: nobody here has that name",
                    "zh": f"leave_out={name!r}：没有这位说话人",
                }
            ),
            ", ".join(everybody[:40]),
        )
    train, val = ([c for c in p if c.speaker != name] for p in parts[:2])
    test = [c for part in parts for c in part if c.speaker == name]
    if not train or not val:
        raise UsageError(
            local(
                {
                    "en": f"without {name!r} nothing is left to train with",
                    "zh": f"去掉 {name!r} 之后没有可训练的数据",
                }
            )
        )
    return [train, val, test]


def tensors(clips: Sequence[Clip]) -> tuple[Tensor, Tensor]:
    """Waves padded to a second (B, 16000), and how long each is (B,)."""
    from dltutor_plugins.chapter14_speech.features import window

    return window([torch.from_numpy(clip.wave()) for clip in clips])


def bad(path: Path, en: str, zh: str) -> DataError:
    return DataError(
        local({"en": f"{path} {en}", "zh": f"{path} {zh}"}),
        local(
            {
                "en": "a folder with 2 or more subfolders is needed, one for"
                " each word, with 3 or more sound files",
                "zh": "需要一个文件夹，其中至少有 2 个子文件夹，每个词一个，各含至少 3 个声音文件",
            }
        ),
    )

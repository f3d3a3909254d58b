"""What a run of chapter 14 says and shows beside its figures."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from dltutor.chapter import pick
from dltutor.events import Event, Say, Show, Warn
from dltutor.measure import confusion, interval, most_confused
from dltutor.views import Table
from dltutor_plugins.chapter14_speech.data import Clips, Sets
from dltutor_plugins.chapter14_speech.detect import (
    accepted,
    at_most,
    embed,
    missed,
    probabilities,
    quiet,
)
from dltutor_plugins.chapter14_speech.prepare import other_words

if TYPE_CHECKING:
    from dltutor.data.roots import DataChoice
    from dltutor_plugins.chapter14_speech.config import Config

MOST_SHOWN = 40
"""classes; a larger matrix fits no terminal"""
THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95)
ASKED = 200
"""words of the test set in the stream"""


def describe(choice: DataChoice, clips: Sets, lang: str) -> Iterator[Event]:
    """How many clips and speakers; a warning where speakers are shared."""
    n, val, test = (len(part) for part in clips[:3])
    text = {
        "en": f"{len(clips.words)} words: {n:,} clips to train,"
        f" {val:,} to validate, {test:,} to test",
        "zh": f"{len(clips.words)} 个词：训练 {n:,} 段，验证 {val:,} 段，"
        f"测试 {test:,} 段",
    }
    yield Say(pick(text, lang))
    known = {clip.speaker for clip in clips.test} - {""}
    shared = clips.shared_speakers()
    if shared:
        text = {
            "en": f"{len(shared)} of {len(known)} speakers of the test set"
            " are heard in training too: the accuracy says nothing of new"
            " speakers (see leave_out)",
            "zh": f"测试集的 {len(known)} 位说话人中有 {len(shared)} 位也出现"
            "在训练中：这个准确率说明不了对新说话人的效果（见 leave_out）",
        }
        yield Warn(pick(text, lang))
    elif known:
        text = {
            "en": f"{len(known)} speakers of the test set, none of them"
            " heard in training",
            "zh": f"测试集有 {len(known)} 位说话人，都没有在训练中出现过",
        }
        yield Say(pick(text, lang))
    elif choice.kind == "path":
        text = {
            "en": "the files do not name their speakers: the sets may share"
            " them",
            "zh": "文件名没有写明说话人：各集合可能有共同的说话人",
        }
        yield Warn(pick(text, lang))


def show(
    said: Tensor,
    truth: Tensor,
    clips: Sets,
    classes: tuple[str, ...],
    lang: str,
) -> Iterator[Event]:
    """The confusions, the accuracy of each speaker, and the interval."""
    if len(classes) <= MOST_SHOWN:
        yield Show("confusion", confusion(said, truth, classes))
    yield Show("most_confused", most_confused(said, truth, classes))
    good = (said == truth).tolist()
    rows = by_speaker(clips.test, good)
    if 1 < len(rows) <= MOST_SHOWN:
        columns = (
            {"en": "speaker", "zh": "说话人"},
            {"en": "clips", "zh": "片段"},
            {"en": "accuracy", "zh": "准确率"},
        )
        yield Show("speakers", Table(columns=columns, rows=rows))
    right, n = sum(good), len(good)
    low, high = interval(right, n)
    text = {
        "en": f"{right:,} of {n:,} test clips right: {right / n:.4f},"
        f" 95 % interval {low:.4f} to {high:.4f}",
        "zh": f"{n:,} 段测试声音听对 {right:,} 段：{right / n:.4f}，"
        f"95% 置信区间 {low:.4f} 到 {high:.4f}",
    }
    yield Say(pick(text, lang))


def by_speaker(test: Clips, good: list[bool]) -> list[tuple[str, int, str]]:
    """Speaker, clips and accuracy of each that has a name, worst first."""
    found: dict[str, list[bool]] = {}
    for clip, right in zip(test, good, strict=True):
        if clip.speaker:
            found.setdefault(clip.speaker, []).append(right)
    shares = sorted((sum(r) / len(r), name) for name, r in found.items())
    return [(name, len(found[name]), f"{p:.3f}") for p, name in shares]


def streams(
    model: nn.Module, clips: Sets, config: Config, lang: str
) -> Generator[Event, None, dict[str, float]]:
    """False accepts in sound without the words, and words not accepted."""
    words, seconds = len(clips.words), 60 * config.stream_minutes
    generator = torch.Generator().manual_seed(14)
    model.eval()
    noisy = probabilities(model, quiet(seconds, generator))
    others = other_words(min(seconds // 2, 400), testing=True)
    strange = [torch.from_numpy(clip.wave()) for clip in others]
    talk = probabilities(model, embed(strange, 2.0, generator)[0])
    order = torch.randperm(len(clips.test), generator=generator).tolist()
    chosen = [clips.test[i] for i in order[:ASKED]]
    waves = [torch.from_numpy(clip.wave()) for clip in chosen]
    sound, begins = embed(waves, 2.0, generator)
    spoken = probabilities(model, sound)
    truth = [clips.words.index(clip.word) for clip in chosen]

    def errors(threshold: float) -> tuple[int, int, int]:
        heard = accepted(spoken, threshold, words)
        return (
            len(accepted(noisy, threshold, words)),
            len(accepted(talk, threshold, words)),
            missed(heard, begins, truth),
        )

    rows = []
    for threshold in THRESHOLDS:
        false, mistaken, lost = errors(threshold)
        rows.append(
            (
                f"{threshold:g}",
                f"{false * 3600 / seconds:.1f}",
                f"{100 * mistaken / len(others):.1f} %",
                f"{100 * lost / len(chosen):.1f} %",
            )
        )
    columns = (
        {"en": "threshold", "zh": "阈值"},
        {"en": "false accepts an hour, noise", "zh": "每小时误受（噪声）"},
        {"en": "other words accepted", "zh": "其他词被接受"},
        {"en": "false rejects", "zh": "误拒"},
    )
    yield Show("thresholds", Table(columns=columns, rows=rows))
    false, mistaken, lost = errors(config.threshold)
    most = at_most(false) * 3600 / seconds
    minutes = config.stream_minutes
    text = {
        "en": f"threshold {config.threshold:g}: {false} false accepts in"
        f" {minutes} min of noise (at most {most:.1f} an hour, 95 %),"
        f" {mistaken} of {len(others)} other words accepted,"
        f" {lost} of {len(chosen)} words not accepted",
        "zh": f"阈值 {config.threshold:g}：{minutes} 分钟噪声中误受"
        f" {false} 次（95% 上限每小时 {most:.1f} 次），"
        f"{len(others)} 个其他词误受 {mistaken} 个，"
        f"{len(chosen)} 个词误拒 {lost} 个",
    }
    yield Say(pick(text, lang))
    return {
        "false_accepts_per_hour": false * 3600 / seconds,
        "false_accept_rate_other_words": mistaken / len(others),
        "false_reject_rate": lost / len(chosen),
    }

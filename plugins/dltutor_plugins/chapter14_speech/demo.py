"""A word and a stream of words: what they look like, and what is heard."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from dltutor.chapter import Param, pick
from dltutor.errors import UsageError
from dltutor.i18n import local
from dltutor.views import Chart, Note, Picture, Series, Table, View
from dltutor_plugins.chapter14_speech import sound, voices
from dltutor_plugins.chapter14_speech.augment import noise as noise_of
from dltutor_plugins.chapter14_speech.config import Config
from dltutor_plugins.chapter14_speech.data import Clip
from dltutor_plugins.chapter14_speech.detect import (
    accepted,
    embed,
    probabilities,
)
from dltutor_plugins.chapter14_speech.features import (
    HOP,
    frames,
    log_mel,
    mfcc,
    window,
)
from dltutor_plugins.chapter14_speech.microphone import record
from dltutor_plugins.chapter14_speech.model import Listener
from dltutor_plugins.chapter14_speech.predict import (
    course,
    load_model,
    one_word,
    sentence,
)
from dltutor_plugins.chapter14_speech.prepare import (
    BACKGROUND,
    for_training,
)
from dltutor_plugins.chapter14_speech.sound import RATE, Wave

if TYPE_CHECKING:
    from dltutor.events import Trained

Word = Literal[
    "yes",
    "no",
    "up",
    "down",
    "left",
    "right",
    "on",
    "off",
    "stop",
    "go",
    "happy",
    "tree",
]
Voice = Literal[
    "m7", "m8", "f5", "Andrea", "steph", "edward", "Mike", "Alicia"
]


class Context(Protocol):
    """What the host of demos offers."""

    @property
    def lang(self) -> str: ...

    @property
    def trained(self) -> Trained | None:
        """the run to ask, if the learner has one"""


def word(
    context: Context,
    word: Annotated[Word, Param("the word", zh="词")] = "left",
    voice: Annotated[
        Voice, Param("a voice not trained with", zh="未参与训练的声音")
    ] = "m7",
    pitch: Annotated[
        int, Param("pitch", zh="音高", low=0, high=99, step=5)
    ] = 50,
    speed: Annotated[
        int,
        Param("words a minute", zh="每分钟词数", low=80, high=350, step=10),
    ] = 175,
    noise: Annotated[
        float,
        Param(
            "white noise below the word by",
            zh="白噪声比词低",
            low=-10,
            high=60,
            step=5,
            unit="dB",
        ),
    ] = 60.0,
    coefficients: Annotated[
        int, Param("MFCC shown", zh="显示的 MFCC 个数", low=4, high=40)
    ] = 13,
    file: Annotated[
        str,
        Param(
            "a sound file instead; mic: the microphone",
            zh="改用声音文件；mic：麦克风",
        ),
    ] = "",
) -> list[View]:
    """The log-mel spectrogram, the MFCC, and a probability for each word."""
    wave = sound_of(file) or [
        voices.say(word, voice, "en-us", speed, pitch)
    ]
    clip = sound.loudest(noisy(wave[0], noise) if noise < 60 else wave[0])
    waves, samples = window([torch.from_numpy(clip)])
    count = int(frames(samples)[0])
    bands = log_mel(waves)[0, :count]  # (T, 40)
    cepstrum = mfcc(waves, coefficients)[0, :count, 1:]  # without loudness
    size = f"{count} x {bands.shape[1]}"
    views: list[View] = [
        picture(
            bands,
            {
                "en": f"log-mel, {size}: time to the right, low below",
                "zh": f"对数梅尔谱 {size}：向右是时间，下方是低频",
            },
        ),
        picture(
            cepstrum,
            {
                "en": f"MFCC 1 to {coefficients - 1}, low ones below",
                "zh": f"MFCC 1 到 {coefficients - 1}，下方序号小",
            },
        ),
    ]
    model, classes, _, source = model_to_ask(context.trained)
    p = one_word(model, clip).tolist()
    order = sorted(range(len(p)), key=lambda k: -p[k])[:11]
    shown = sorted(order)
    bars = Chart(
        series=[
            Series(
                {"en": "probability", "zh": "概率"}, [p[k] for k in shown]
            )
        ],
        kind="bar",
        categories=[classes[k] for k in shown],
        y_limits=(0.0, 1.0),
        title={"en": "What the model hears", "zh": "模型听到的"},
    )
    best = order[0]
    seconds = len(clip) / RATE
    verdict = {
        "en": f"{seconds:.2f} s, {count} frames of {1000 * HOP // RATE} ms."
        f" Heard: {classes[best]}, probability {p[best]:.3f}."
        f" {pick(source, 'en')}",
        "zh": f"{seconds:.2f} 秒，{count} 帧，每帧相隔 {1000 * HOP // RATE}"
        f" 毫秒。听到：{classes[best]}，概率 {p[best]:.3f}。"
        f"{pick(source, 'zh')}",
    }
    return [*views, bars, Note(verdict)]


def sound_of(file: str, seconds: float = 2.0) -> list[Wave]:
    """The file's wave, the microphone's for ``mic``; empty for no file."""
    if not file:
        return []
    if file == "mic":
        return [record(seconds)]
    return [sound.read(Path(file).expanduser())]


def noisy(wave: Wave, below: float) -> Wave:
    """White noise over a wave, always the same."""
    generator = torch.Generator().manual_seed(0)
    size = float((wave**2).mean()) ** 0.5 / 10 ** (below / 20)
    added = noise_of("white", 1, len(wave), generator)[0].numpy()
    mixed: Wave = wave + size * added
    return mixed


def picture(values: Tensor, caption: dict[str, str]) -> Picture:
    """(T, rows) as grey pixels, time to the right, row 0 below."""
    low, high = values.aminmax()
    grey = (values - low) / (high - low).clamp(min=1e-6)
    return Picture.of(grey.T.flip(0), caption)


def stream(
    context: Context,
    words: Annotated[
        str,
        Param("what is said, a word every 2 s", zh="说的词，每 2 秒一个"),
    ] = "yes happy stop tree go",
    voice: Annotated[
        Voice, Param("a voice not trained with", zh="未参与训练的声音")
    ] = "m7",
    threshold: Annotated[
        float,
        Param(
            "accept from this probability on",
            zh="概率达到多少才接受",
            low=0.05,
            high=0.99,
            step=0.05,
        ),
    ] = 0.7,
    file: Annotated[
        str,
        Param(
            "a sound file instead; mic: the microphone",
            zh="改用声音文件；mic：麦克风",
        ),
    ] = "",
) -> list[View]:
    """Probabilities over time, and the words that reach the threshold."""
    given = sound_of(file, 5.0)
    if given:
        wave = torch.from_numpy(given[0])
        said = Path(file).name
    else:
        wave, said = spoken_stream(words, voice)
    model, classes, count, source = model_to_ask(context.trained)
    p = course_of(model, wave)
    heard = accepted(p, threshold, count)
    rows = [
        (f"{h.second + 0.5:.1f}", classes[h.word], round(h.probability, 3))
        for h in heard
    ]
    table = Table(
        columns=(
            {"en": "second", "zh": "秒"},
            {"en": "accepted", "zh": "接受"},
            {"en": "probability", "zh": "概率"},
        ),
        rows=rows,
    )
    note = {
        "en": f"Said: {said}. Accepted: {sentence(heard, classes)}."
        f" {pick(source, 'en')}",
        "zh": f"说的是：{said}。接受：{sentence(heard, classes)}。"
        f"{pick(source, 'zh')}",
    }
    return [course(p[:, :count], heard, classes), table, Note(note)]


@lru_cache(maxsize=8)
def spoken_stream(words: str, voice: str) -> tuple[Tensor, str]:
    """Up to eight words in faint noise, 2 seconds each."""
    parts = words.split()[:8]
    if not parts or not all(part.isascii() for part in parts):
        raise UsageError(
            local(
                {
                    "en": f"words={words!r}: English words are needed",
                    "zh": f"words={words!r}：需要英文单词",
                }
            ),
            "words='yes happy stop'",
        )
    waves = [
        torch.from_numpy(sound.loudest(voices.say(w, voice))) for w in parts
    ]
    generator = torch.Generator().manual_seed(0)
    return embed(waves, 2.0, generator)[0], " ".join(parts)


_heard: list[tuple[Any, Tensor, Tensor]] = []


def course_of(model: Listener, wave: Tensor) -> Tensor:
    """Probabilities of a stream; kept, since a threshold changes nothing."""
    for known, sound_, p in _heard:
        if known is model and sound_ is wave:
            return p
    p = probabilities(model, wave)
    _heard[:] = [(model, wave, p), *_heard[:3]]
    return p


Source = tuple[Listener, tuple[str, ...], int, dict[str, str]]


def model_to_ask(trained: Trained | None) -> Source:
    """The learner's own run, else a small one that is trained here and now."""
    if trained is None:
        return small_model()
    source = {"en": "Asked: your own run.", "zh": "使用的是你自己的运行。"}
    return *run_model(trained), source  # type: ignore[arg-type]


@lru_cache(maxsize=2)
def run_model(trained: Any) -> tuple[Listener, tuple[str, ...], int]:
    return load_model(trained)


@lru_cache(maxsize=1)
def small_model() -> Source:
    """A narrow listener after a few epochs on builtin voices, once a process."""
    clips = [
        Clip(*one) for one in voices.spoken(voices.WORDS, voices.TRAIN, 1)
    ]
    classes = (*voices.WORDS, BACKGROUND)
    config = Config(copies=1, background=0.5)
    x, lengths, y = for_training(clips, classes, config, 0, "cpu")
    # the numbers of the training are drawn apart from everybody else's
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Listener(len(classes), width=32, layers=1)
        model.measure_spread(x, lengths)
        epochs = 12
        optimiser = torch.optim.AdamW(
            model.parameters(), lr=6e-3, fused=True
        )
        for epoch in range(epochs):
            optimiser.param_groups[0]["lr"] = 6e-3 * (1 - epoch / epochs)
            for part in torch.split(torch.randperm(len(y)), 32):
                logits = model(x[part].float(), lengths[part])
                loss = F.cross_entropy(logits, y[part])
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
    source = {
        "en": "There is no run yet, so a small model was trained just now on"
        f" {len(clips)} words of {len(voices.TRAIN)} voices.",
        "zh": f"还没有训练过的运行，因此刚刚用 {len(voices.TRAIN)} 个声音的"
        f" {len(clips)} 个词训练了一个小模型。",
    }
    return model.eval(), classes, len(voices.WORDS), source

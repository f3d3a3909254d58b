"""Chapter 14: Wake words with MFCC and attention."""

from dltutor.chapter import Chapter, Demo, Training
from dltutor.hookspecs import hookimpl
from dltutor_plugins.chapter14_speech.commands import SPEECH_COMMANDS

_HERE = "dltutor_plugins.chapter14_speech"


@hookimpl
def dltutor_chapter() -> Chapter:
    return Chapter(
        id="chapter14",
        number=14,
        slug="speech",
        title={
            "en": "Wake words with MFCC and attention",
            "zh": "用 MFCC 与注意力识别唤醒词",
        },
        summary={
            "en": "From pressure in the air to a spectrogram, and to the word"
            " that was said.",
            "zh": "从空气的振动到声谱图，再到说出的那个词。",
        },
        content="dltutor_content.chapter14_speech",
        requires=(
            "torch",
            "torchaudio",
            "lightning_fabric",
            "numpy",
            "safetensors",
            "soundfile",
            "espeakng_loader",
        ),
        install="dltutor[speech]",
        training=Training(
            config=f"{_HERE}.config:Config",
            routine=f"{_HERE}.train:train",
            presets={
                "quick": {
                    "epochs": 10,
                    "copies": 2,
                    "batch_size": 32,
                    "stream_minutes": 5,
                },
                "standard": {},
                "full": {
                    "epochs": 30,
                    "width": 128,
                    "layers": 4,
                    "batch_size": 256,
                    "stream_minutes": 60,
                },
            },
            builtin={
                "en": "ten words spoken by 36 voices of espeak-ng, 1,440 clips",
                "zh": "espeak-ng 的 36 个声音说的十个词，共 1,440 段",
            },
            full=SPEECH_COMMANDS,
            own_data={
                "en": "a folder with a subfolder of sound files for each word",
                "zh": "每个词一个子文件夹的声音文件夹",
            },
            best="val_accuracy",
            predict=f"{_HERE}.predict:predict",
            model=f"{_HERE}.model:for_table",
        ),
        demos=(
            Demo(
                name="word",
                title={
                    "en": "A word as spectrogram and MFCC, and what is heard",
                    "zh": "一个词的声谱图、MFCC 和模型听到的内容",
                },
                function=f"{_HERE}.demo:word",
            ),
            Demo(
                name="sampling",
                title={
                    "en": "A tone, its samples and its spectrum",
                    "zh": "一个纯音、它的采样和频谱",
                },
                function=f"{_HERE}.scale:sampling",
            ),
            Demo(
                name="mel",
                title={
                    "en": "The mel scale and its filter bank",
                    "zh": "梅尔刻度和滤波器组",
                },
                function=f"{_HERE}.scale:mel",
            ),
            Demo(
                name="dct",
                title={
                    "en": "From band energies to cepstral coefficients",
                    "zh": "从频带能量到倒谱系数",
                },
                function=f"{_HERE}.scale:cepstrum",
            ),
            Demo(
                name="stream",
                title={
                    "en": "A stream of sound, a threshold, what is accepted",
                    "zh": "一段声音流、一个阈值和被接受的词",
                },
                function=f"{_HERE}.demo:stream",
            ),
        ),
    )

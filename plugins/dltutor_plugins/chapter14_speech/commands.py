"""Speech Commands as a public data set. Needs no torch."""

from dltutor.chapter import Dataset, RemoteFile

SPEECH_COMMANDS = Dataset(
    name="speech-commands",
    title={
        "en": "Speech Commands v0.02, 105,829 words of one second",
        "zh": "Speech Commands v0.02，105,829 段一秒的单词录音",
    },
    folder="SpeechCommands/speech_commands_v0.02",
    files=(
        RemoteFile(
            name="speech_commands_v0.02.tar.gz",
            urls=(
                "http://download.tensorflow.org/data/"
                "speech_commands_v0.02.tar.gz",
            ),
            sha256="af14739ee7dc311471de98f5f9d2c919"
            "1b18aedfe957f4a6ff791c709868ff58",
            bytes=2_428_923_189,
            unpack=True,
        ),
    ),
    marks=(("testing_list.txt",), ("validation_list.txt",)),
    licence="CC BY 4.0",
    source="https://arxiv.org/abs/1804.03209",
)

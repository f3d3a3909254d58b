"""Chapter 14: its sound files, data, features, model, detection, training, predictions and demos."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from tests.chapters.runs import RunHome, ends_the_same_when_stopped, run_to_end

from dltutor import views
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, TutorError, UsageError
from dltutor.events import Say, Warn
from dltutor_plugins.chapter14_speech import (
    augment,
    data,
    demo,
    detect,
    dltutor_chapter,
    features,
    mel,
    microphone,
    prepare,
    show,
    sound,
    train,
    voices,
)
from dltutor_plugins.chapter14_speech.config import Config
from dltutor_plugins.chapter14_speech.model import Listener
from dltutor_plugins.chapter14_speech.predict import predict

BUILTIN = DataChoice("builtin", None, "builtin")


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def tone(hertz: float, seconds: float, rate: int) -> np.ndarray[Any, Any]:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


# --- files


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_of_any_rate_and_channels_is_one_wave(
    rate: int, channels: int, tmp_path: Path
) -> None:
    file = tmp_path / "tone.wav"
    soundfile.write(file, np.stack([tone(440, 0.5, rate)] * channels, axis=1), rate)
    wave = sound.read(file)
    assert wave.dtype == np.float32
    assert wave.shape == (8_000,)
    power = np.abs(np.fft.rfft(wave))
    assert power.argmax() * 2 == 440
    assert np.abs(wave[2000:6000]).max() == pytest.approx(0.5, abs=0.01)


def test_what_a_lower_rate_can_not_hold_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "high.flac"
    soundfile.write(file, tone(12_000, 0.5, 44_100), 44_100)
    assert np.abs(sound.read(file)[500:-500]).max() < 0.01


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p.mkdir(), "is a folder, not a sound file"),
        (lambda _: None, "does not exist"),
        (lambda p: p.write_text("RIFF but no more"), "is no sound that can be read"),
        (lambda p: soundfile.write(p, np.zeros(0), 16_000), "holds no samples"),
        (
            lambda p: soundfile.write(p, np.full(9, np.nan), 16_000, subtype="FLOAT"),
            "no numbers",
        ),
    ],
)
def test_what_is_no_sound_is_named(
    make: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "one.wav"
    make(file)
    with pytest.raises(DataError, match=said) as caught:
        sound.read(file)
    assert str(file) in caught.value.message


def test_the_loudest_second_of_a_long_file_is_taken() -> None:
    wave = np.full(50_000, 0.01, dtype=np.float32)
    wave[30_000:40_000] = 0.5
    part = sound.loudest(wave)
    assert len(part) == 16_000
    assert (part == 0.5).sum() == 10_000
    assert len(sound.loudest(wave[:700])) == 700


# --- builtin words


def test_builtin_words_are_spoken_by_voices_that_no_two_sets_share() -> None:
    sets = data.load(BUILTIN)
    assert [len(part) for part in sets[:3]] == [960, 160, 320]
    assert sets.words == voices.WORDS
    assert not sets.shared_speakers()
    assert not {c.speaker for c in sets.val} & {c.speaker for c in (*sets.train, *sets.test)}
    seconds = [len(clip.wave()) / sound.RATE for clip in sets.test]
    assert 0.1 < min(seconds) < max(seconds) < 1
    assert not set(voices.OTHERS[0]) & set(voices.OTHERS[1])
    assert not {*voices.OTHERS[0], *voices.OTHERS[1]} & set(voices.WORDS)


def test_a_voice_that_does_not_exist_is_an_error_and_not_the_voice_before() -> None:
    with pytest.raises(TutorError, match=r"en-gb\+nobody"):
        voices.say("yes", "nobody", "en-gb")


def test_pitch_and_speed_are_heard() -> None:
    slow, fast = (voices.say("seven", "m7", speed=speed) for speed in (100, 300))
    assert len(slow) > 1.5 * len(fast)


# --- folders of words


def speech_folder(root: Path, speakers: int = 4, rate: int = 8_000) -> Path:
    """Two "words", a low and a high tone, by speakers with other pitches; with official lists."""
    for k, word in enumerate(("low", "high")):
        (root / word).mkdir(parents=True)
        for who in range(speakers):
            for i in range(3):
                hertz = (300, 1200)[k] * (1 + 0.1 * who)
                name = f"s{who}_nohash_{i}.wav"
                soundfile.write(root / word / name, tone(hertz, 0.3 + 0.1 * i, rate), rate)
    (root / "_background_noise_").mkdir()
    lines = [f"{word}/s{{}}_nohash_{i}.wav\n" for word in ("low", "high") for i in range(3)]
    (root / "validation_list.txt").write_text("".join(line.format(2) for line in lines))
    (root / "testing_list.txt").write_text("".join(line.format(3) for line in lines))
    return root


def test_the_official_lists_divide_the_set(tmp_path: Path) -> None:
    speech_folder(tmp_path / "SpeechCommands" / "speech_commands_v0.02")
    sets = data.load(DataChoice("full", tmp_path, "full"))
    assert sets.words == ("high", "low")
    assert [{c.speaker for c in part} for part in sets[:3]] == [{"s0", "s1"}, {"s2"}, {"s3"}]
    assert not sets.shared_speakers()
    assert [type(e) for e in show.describe(DataChoice("full", tmp_path, ""), sets, "en")] == [
        Say,
        Say,
    ]


def test_a_speaker_is_left_out_of_training_and_is_all_of_the_test(tmp_path: Path) -> None:
    choice = DataChoice("path", speech_folder(tmp_path / "own"), "own")
    sets = data.load(choice, "s1")
    assert [{c.speaker for c in part} for part in sets[:3]] == [{"s0"}, {"s2"}, {"s1"}]
    assert len(sets.test) == 6
    with pytest.raises(UsageError, match="nobody here has that name") as caught:
        data.load(choice, "s9")
    assert caught.value.hint == "s0, s1, s2, s3"


def test_shared_speakers_are_a_warning(tmp_path: Path) -> None:
    folder = speech_folder(tmp_path / "own")
    (folder / "testing_list.txt").write_text("low/s0_nohash_0.wav\nhigh/s3_nohash_0.wav\n")
    choice = DataChoice("path", folder, "own")
    sets = data.load(choice)
    assert sets.shared_speakers() == {"s0", "s3"}
    events = list(show.describe(choice, sets, "en"))
    assert isinstance(events[-1], Warn)
    assert "2 of 2 speakers of the test set are heard in training too" in events[-1].text
    assert "2 位" in str(list(show.describe(choice, sets, "zh"))[-1])


def test_without_lists_a_folder_is_split_word_by_word(tmp_path: Path) -> None:
    for word in ("a", "b"):
        (tmp_path / word).mkdir()
        for i in range(20):
            soundfile.write(tmp_path / word / f"{i}.wav", tone(400 + i, 0.2, 8_000), 8_000)
    choice = DataChoice("path", tmp_path, "own")
    sets = data.load(choice)
    assert [len(part) for part in sets[:3]] == [26, 6, 8]
    assert len({str(c.sound) for part in sets[:3] for c in part}) == 40
    assert isinstance(list(show.describe(choice, sets, "en"))[-1], Warn)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda p: (p / "testing_list.txt").write_text("low/gone.wav\n"),
            "names low/gone.wav, which is not there",
        ),
        (lambda p: (p / "empty").mkdir(), "has 0 clips"),
        (lambda p: (p / "validation_list.txt").write_text(""), "has an empty set"),
    ],
)
def test_a_folder_that_can_not_be_used_is_named(
    spoil: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    folder = speech_folder(tmp_path / "own")
    spoil(folder)
    with pytest.raises(DataError, match=said) as caught:
        data.load(DataChoice("path", folder, "own"))
    assert str(folder) in caught.value.message


def test_the_public_set_is_pinned() -> None:
    training = dltutor_chapter().training
    assert training is not None
    assert training.full is not None
    (file,) = training.full.files
    assert file.bytes == 2_428_923_189
    assert len(file.sha256) == 64
    assert file.unpack


def test_all_six_speakers_of_the_subset_are_on_both_sides(data_root: Path) -> None:
    if not (data_root / "SpeechCommands").is_dir():
        pytest.skip("the data root holds no SpeechCommands")
    sets = data.load(DataChoice("full", data_root, "full"))
    if len(sets.test) != 300:
        pytest.skip("this is the whole set, not the subset")
    assert [len(part) for part in sets[:3]] == [2400, 300, 300]
    assert len(sets.shared_speakers()) == 6
    assert len(data.load(DataChoice("full", data_root, "full"), "theo").test) == 500


# --- features


def words_in_noise() -> torch.Tensor:
    waves, _ = features.window([torch.from_numpy(voices.say(w, "m7")) for w in voices.WORDS])
    return waves + 0.001 * torch.randn(waves.shape, generator=generator())


def test_batched_mfcc_are_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    waves = words_in_noise()
    ours = features.mfcc(waves, 40)
    assert ours.shape == (10, 101, 40)
    for wave, mine in zip(waves.numpy(), ours.numpy(), strict=True):
        power = librosa.feature.melspectrogram(
            y=wave, sr=16_000, n_fft=512, win_length=400, hop_length=160, n_mels=40,
            fmin=20, htk=True, norm=None, pad_mode="constant",
        )  # fmt: skip
        theirs = librosa.feature.mfcc(S=librosa.power_to_db(power), n_mfcc=40).T
        assert np.abs(mine - theirs).max() < 1e-3  # dB


def test_features_do_not_depend_on_the_batch() -> None:
    waves = words_in_noise()
    waves[0] *= 0.001
    assert torch.allclose(features.log_mel(waves)[:1], features.log_mel(waves[:1]), atol=1e-4)


def test_torchaudios_own_floor_is_the_batchs() -> None:
    from torchaudio.transforms import AmplitudeToDB, MelSpectrogram

    waves = words_in_noise()
    waves[0] *= 0.001
    transform = MelSpectrogram(
        n_fft=512, win_length=400, hop_length=160, f_min=20, n_mels=40, pad_mode="constant"
    )
    power = transform(waves)
    ours = features.log_mel(waves[1:2])[0].T
    theirs = AmplitudeToDB("power", 80.0)(power[1:2])[0]
    assert torch.allclose(ours, theirs, atol=1e-3), "the transform of torchaudio is ours"
    decibels = AmplitudeToDB("power", 80.0)
    apart = (decibels(power)[0] - decibels(power[:1])[0]).abs().max()
    assert f"{apart:.0f}" == "47"
    one_axis_more = decibels(power[:, None])[0, 0]
    assert torch.allclose(one_axis_more, decibels(power[:1, None])[0, 0])


def test_the_scale_by_hand_is_torchaudios() -> None:
    from torchaudio.functional import melscale_fbanks

    bank = melscale_fbanks(257, 20.0, 8000.0, 40, 16_000, mel_scale="htk")
    mine = torch.tensor(mel.filter_bank(40, 257, 16_000, 20)).T
    assert torch.allclose(mine, bank, atol=1e-4)
    values = torch.randn(40, generator=generator())
    ours = torch.tensor(mel.dct(values.tolist()))
    assert torch.allclose(ours, values @ features.dct_matrix(40), atol=1e-4)
    assert mel.to_hertz(mel.to_mel(440)) == pytest.approx(440)


def test_padding_counts_neither_in_the_mean_nor_afterwards() -> None:
    x = torch.randn(2, 10, 40, generator=generator()) - 30
    lengths = torch.tensor([10, 4])
    loud = x.clone()
    loud[1, 4:] = 1e6
    out = features.centred(loud, lengths)
    assert torch.allclose(out, features.centred(x, lengths))
    assert (out[1, 4:] == 0).all()
    assert out[1, :4].mean(dim=0).abs().max() < 1e-4


# --- disturbances


def test_disturbed_words_are_whole_and_in_noise() -> None:
    waves = torch.zeros(64, 16_000)
    waves[:, :4_000] = torch.from_numpy(tone(500, 0.25, 16_000)).float()
    samples = torch.full((64,), 4_000)
    out, kept = augment.disturb(waves, samples, Config(noise=20, speed=0), generator())
    assert out.shape == waves.shape
    assert (kept >= 4_000).all()
    assert (kept <= 16_000).all()
    assert len(kept.unique()) > 50
    for wave, end in zip(out, kept, strict=True):
        assert (wave[end:] == 0).all()
        loud = wave[: int(end)].abs() > 0.3
        assert loud.any()
        first, last = loud.nonzero()[0], loud.nonzero()[-1]
        assert 3_900 < last - first < 4_100  # the word is all there


@pytest.mark.parametrize("kind", augment.KINDS)
def test_noise_has_the_power_it_says(kind: str) -> None:
    made = augment.noise(kind, 3, 16_000, generator())
    assert torch.allclose(made.square().mean(dim=1), torch.ones(3), atol=1e-4)
    clean = torch.ones(3, 16_000)
    added = augment.add_noise(clean, torch.full((3,), 16_000), 40.0, generator()) - clean
    assert torch.allclose(added.square().mean(dim=1), torch.full((3,), 1e-4), rtol=1e-3)


def test_spec_augment_masks_one_run_of_each() -> None:
    torch.manual_seed(0)
    x = torch.ones(200, 101, 40)
    holes = augment.spec_augment(x, 10, 6) == 0
    frames = holes.all(dim=2).sum(dim=1)
    bands = holes.all(dim=1).sum(dim=1)
    assert frames.max() == 10
    assert bands.max() == 6
    assert frames.min() == bands.min() == 0
    assert torch.equal(augment.spec_augment(x, 0, 0), x)


def test_the_training_set_has_copies_and_background() -> None:
    clips = [data.Clip(*one) for one in voices.builtin()[0][:40]]
    classes = (*voices.WORDS, prepare.BACKGROUND)
    config = Config(copies=2, background=0.3)
    made = prepare.for_training(clips, classes, config, 3, "cpu")
    words = len({c.word for c in clips})
    counts = made.y.bincount(minlength=11)
    assert counts[:10].tolist() == [12] * words + [0] * (10 - words)
    assert counts[10] == 3 * 4 + 3 * 4 + 4  # other words, pieces, noise
    assert made.x.dtype == torch.float16
    assert made.x.shape == (len(made.y), 101, 40)
    for row, length in zip(made.x[:60], made.lengths[:60], strict=True):
        assert (row[length:] == 0).all()
        assert row[length - 1].abs().max() > 0
    again = prepare.for_training(clips, classes, config, 3, "cpu")
    assert torch.equal(again.x, made.x), "a resumed run needs the same copies"
    # the copies keep their clips' labels: originals of chunk 1 are followed by their copies
    assert made.y[:32].tolist() == made.y[32:64].tolist()


# --- model


def test_padding_has_no_say_in_the_logits() -> None:
    torch.manual_seed(0)
    model = Listener(width=16).eval()
    x = torch.randn(3, 101, 40, generator=generator())
    lengths = torch.tensor([101, 40, 17])
    logits = model(x, lengths)
    spoiled = x.clone()
    for k, n in enumerate(lengths):
        spoiled[k, n:] = 1000.0
    assert torch.allclose(model(spoiled, lengths), logits, atol=1e-4)
    for k, n in enumerate(lengths):  # alone and as short as it is
        alone = model(x[k : k + 1, :n], lengths[k : k + 1])
        assert torch.allclose(alone[0], logits[k], atol=1e-4)


def test_pooling_weights_are_a_share_of_time() -> None:
    torch.manual_seed(0)
    model = Listener(width=16).eval()
    x, lengths = torch.randn(2, 101, 40), torch.tensor([101, 31])
    places, there = model.places(x, lengths)
    assert places.shape == (2, 51, 16)
    assert there.sum(dim=1).tolist() == [51, 16]
    weights = model.pooling.weights(places, there)
    assert torch.allclose(weights.sum(dim=1), torch.ones(2))
    assert (weights[1, 16:] == 0).all()


def test_a_number_of_heads_that_does_not_fit_is_refused() -> None:
    with pytest.raises(UsageError, match="heads=5 does not divide width=64"):
        Listener(heads=5)


# --- detection


def test_a_word_is_accepted_once_where_it_is_strongest() -> None:
    p = torch.zeros(40, 3)
    p[:, 2] = 1.0  # the background is no word
    p[3:9, 0] = torch.tensor([0.5, 0.8, 0.95, 0.9, 0.85, 0.4])
    p[20, 1] = 0.75
    heard = detect.accepted(p, 0.75, 2)
    assert [(h.second, h.word) for h in heard] == [(0.5, 0), (2.0, 1)]
    assert [h.word for h in detect.accepted(p, 0.8, 2)] == [0]
    assert detect.accepted(p, 0.99, 2) == []


def test_words_not_accepted_are_counted() -> None:
    heard = [detect.Heard(0.2, 1, 0.9), detect.Heard(3.0, 0, 0.9), detect.Heard(9.0, 0, 0.8)]
    assert detect.missed(heard, [0.6, 2.8, 5.0], [1, 1, 0]) == 2


def test_words_stand_where_the_stream_says() -> None:
    waves = [torch.from_numpy(tone(400, 0.3, 16_000)).float()] * 4
    stream, begins = detect.embed(waves, 2.0, generator())
    assert len(stream) == 4 * 32_000
    for k, begin in enumerate(begins):
        assert 2 * k + 0.5 <= begin <= 2 * k + 1.2 + 1e-3
        at = round(begin * 16_000)
        inside, outside = stream[at : at + 4_800], stream[k * 32_000 : at]
        assert inside.square().mean() > 50 * outside.square().mean()


def test_an_upper_limit_is_the_poisson_one() -> None:
    assert detect.at_most(0) == pytest.approx(-math.log(0.05))
    mean = detect.at_most(2)
    assert math.exp(-mean) * (1 + mean + mean**2 / 2) == pytest.approx(0.05)


# --- a run


def test_a_run_that_was_stopped_ends_with_the_same_weights(tmp_path: Path) -> None:
    config = Config(
        width=16, layers=1, epochs=2, batch_size=8, copies=1, stream_minutes=1, background=0.5
    )
    own = DataChoice("path", speech_folder(tmp_path / "data"), "own")
    ends_the_same_when_stopped(train.train, config, own, tmp_path, stop=5)


@pytest.fixture(scope="module")
def run_home(tmp_path_factory: pytest.TempPathFactory) -> RunHome:
    """A home with a finished, shortened run of the quick preset, and its events by kind."""
    home = tmp_path_factory.mktemp("chapter14")
    return run_to_end(
        home, "chapter14", "--preset", "quick", "--data", "builtin",
        epochs=5, copies=1, width=32, stream_minutes=1, threshold=0.6,
    )  # fmt: skip


def test_a_short_run_hears_words_of_new_voices(run_home: RunHome) -> None:
    events = run_home[1]
    metrics = events["finished"][0]["metrics"]
    assert metrics["test_accuracy"] > 0.75
    assert {
        "test_loss",
        "baseline_nearest_mean",
        "false_accepts_per_hour",
        "false_accept_rate_other_words",
        "false_reject_rate",
    } <= set(metrics)
    shown = {e["name"]: e["view"] for e in events["picture"]}
    assert set(shown) == {"confusion", "most_confused", "speakers", "thresholds"}
    matrix = shown["confusion"]["values"]
    right = sum(matrix[k][k] for k in range(11))
    assert sum(map(sum, matrix)) == 320
    assert metrics["test_accuracy"] == pytest.approx(right / 320)
    assert [row[1] for row in shown["speakers"]["rows"]] == [40] * 8
    rates = [[float(cell.split()[0]) for cell in row[1:]] for row in shown["thresholds"]["rows"]]
    for before, after in itertools.pairwise(rates):
        assert after[0] <= before[0], "a higher threshold can not accept more"
        assert after[1] <= before[1]
    said = [e["text"] for e in events["text"]]
    assert said[1].startswith("8 speakers of the test set, none of them heard")
    assert any(f"{right} of 320 test clips right" in text for text in said)
    assert not events.get("warning")


def test_files_and_folders_are_heard(tmp_path: Path, trained: Any) -> None:
    right = 0
    for word in voices.WORDS:
        wave = voices.say(word, "m7")
        stereo = np.stack([wave, wave], axis=1)
        soundfile.write(tmp_path / f"{word}.wav", stereo, 16_000)
    (tmp_path / "notes.txt").write_text("no sound")
    said = list(predict(trained, [tmp_path]))
    assert [Path(one.input).stem for one in said] == sorted(voices.WORDS)
    for one in said:
        assert one.label == one.probabilities[0][0]
        assert sum(p for _, p in one.probabilities) == pytest.approx(1, abs=1e-4)
        right += one.label == Path(one.input).stem
    assert right >= 7
    with pytest.raises(DataError, match="holds no sound files"):
        list(predict(trained, [Path(__file__).parent / "__pycache__"]))


def test_a_long_file_is_listened_through(tmp_path: Path, trained: Any) -> None:
    waves = [torch.from_numpy(voices.say(word, "m7")) for word in ("stop", "left", "yes")]
    stream, _ = detect.embed(waves, 2.0, generator(1))
    soundfile.write(tmp_path / "long.wav", stream.numpy(), 16_000)
    (said,) = predict(trained, [tmp_path / "long.wav"])
    assert said.label == "-" or all(part.endswith(" s") for part in said.label.split(", "))
    assert isinstance(said.view, views.Chart)
    assert len(said.view.series[0].y) == (len(stream) - 16_000) // 1_600 + 1


# --- demos


class Asked:
    lang = "en"

    def __init__(self, trained: Any) -> None:
        self.trained = trained


def test_the_word_demo_shows_and_hears(trained: Any, tmp_path: Path) -> None:
    spectrum, cepstrum, bars, note = demo.word(Asked(trained), word="stop")
    assert isinstance(spectrum, views.Picture)
    assert isinstance(cepstrum, views.Picture)
    assert (spectrum.height, cepstrum.height) == (40, 12)
    assert spectrum.width == cepstrum.width
    assert isinstance(bars, views.Chart)
    assert sum(bars.series[0].y) == pytest.approx(1, abs=1e-4)
    assert isinstance(note, views.Note)
    soundfile.write(tmp_path / "own.wav", tone(300, 2.5, 22_050), 22_050)
    longer = demo.word(Asked(trained), file=str(tmp_path / "own.wav"))[0]
    assert isinstance(longer, views.Picture)
    assert longer.width == 101


def test_a_higher_threshold_accepts_fewer_words(trained: Any) -> None:
    first = demo.stream(Asked(trained), threshold=0.05)
    second = demo.stream(Asked(trained), threshold=0.99)
    tables = [v for views_ in (first, second) for v in views_ if isinstance(v, views.Table)]
    assert len(tables[0].rows) > len(tables[1].rows)


def test_words_that_can_not_be_spoken_are_refused(trained: Any) -> None:
    for words in ("", "好"):
        with pytest.raises(UsageError, match="English words are needed"):
            demo.stream(Asked(trained), words=words)


def test_a_missing_microphone_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(TutorError, match="sounddevice is not installed") as caught:
        microphone.record(1.0)
    assert caught.value.hint == "pip install sounddevice"


def test_every_voice_says_the_same_in_every_process() -> None:
    """Some voices have breath, which is noise; a run that is resumed needs the same clips."""
    code = (
        "import hashlib; from dltutor_plugins.chapter14_speech import voices;"
        "print([hashlib.sha256(clip.wave.tobytes()).hexdigest()[:16]"
        " for clip in voices.spoken(('yes', 'no'), voices.TRAIN + voices.TEST, 1)])"
    )
    first, second = (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    )
    assert first == second
    assert first.count("'") == 2 * 2 * len(voices.TRAIN + voices.TEST)

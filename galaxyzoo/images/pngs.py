"""PNGs checked: Pillow reads over the checksums of their pixels."""

import zlib

from galaxyzoo.images.sources import ImagesError


def refuse_damaged_png(content: bytes) -> None:
    """Raise ImagesError if a chunk of a PNG differs from its checksum, or if its end is missing."""
    place = 8
    while place + 12 <= len(content):
        end = place + 8 + int.from_bytes(content[place : place + 4])
        kind = content[place + 4 : place + 8]
        if zlib.crc32(content[place + 4 : end]) != int.from_bytes(content[end : end + 4]):
            raise ImagesError("is a damaged PNG: a checksum does not match")
        if kind == b"IEND":
            return
        place = end + 4
    raise ImagesError("is a damaged PNG: its end is missing")

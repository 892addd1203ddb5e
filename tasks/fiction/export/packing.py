"""Zip files whose bytes depend on what is in them and nothing else: EPUB and DOCX are such."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

_PACKED_ALREADY = (".png", ".jpg")


def pack(parts: Iterable[tuple[str, bytes]], day: date) -> bytes:
    """Pack files by name, in their order and all of one day; a file named `mimetype` can be read without unpacking."""
    out = io.BytesIO()
    year = min(max(day.year, 1980), 2107)  # which is all that the format can say
    with ZipFile(out, "w") as file:
        for name, content in parts:
            entry = ZipInfo(name, (year, day.month, day.day, 0, 0, 0))
            entry.create_system = 3  # Else it would say what machine made it.
            entry.external_attr = 0o644 << 16
            stored = name == "mimetype" or name.endswith(_PACKED_ALREADY)
            entry.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
            file.writestr(entry, content)
    return out.getvalue()


def unpack(archive: bytes) -> list[tuple[str, bytes]]:
    """Return the files of an archive in their order."""
    with ZipFile(io.BytesIO(archive)) as file:
        return [(name, file.read(name)) for name in file.namelist()]

"""Folders of notes for the tests, invented, and PDFs of any content."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks.podcast.episode import Topic

LAMP = """# The lamp at Marlow Point

The lighthouse at Marlow Point was lit for the first time in 1887. Its lens
came from Paris, and it took nine men to carry it up the stairs.

Keepers trimmed the wick every four hours. Their log records 214 storms.
"""
TIDES = """Tides

The harbour of Anselm falls dry twice a day. Boats wait for the water on their keels.
"""
THAI = "ประภาคารเก่าสร้างในปี 2430 โคมไฟส่องไกล 20 ไมล์ทะเล คนดูแลประภาคารอยู่ที่นั่นทุกคืน\n"
CHINESE = "灯塔建于1887年。它照亮了港口！渔民们每天晚上都看着它。\n"  # noqa: RUF001


def topic(title: str = "The lighthouse at Marlow Point", angle: str = "", *questions: str) -> Topic:
    return Topic(episode=7, title=title, angle=angle, questions=list(questions))


def folder_with(base: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write notes into the folder `notes` of a spec's folder, and return the latter."""
    for name, content in files.items():
        path = base / "notes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return base


def shown(*lines: str) -> bytes:
    """Return what draws lines on a page."""
    drawn = b" T* ".join(b"(" + line.encode("latin-1") + b") Tj" for line in lines)
    return b"BT /F1 12 Tf 14 TL 72 720 Td " + drawn + b" ET"


def pdf(pages: Sequence[bytes], title: str = "") -> bytes:
    """Make a PDF whose pages are drawn by these contents."""
    numbers = [5 + 2 * number for number in range(len(pages))]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(b"%d 0 R" % n for n in numbers), len(pages)),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (%s) >>" % title.encode(),
    ]
    for number, page in zip(numbers, pages, strict=True):
        packed = zlib.compress(page)
        box = b"/MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (box, number + 1))
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed))
    return _whole(objects)


def _whole(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", list[int]()
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + trailer

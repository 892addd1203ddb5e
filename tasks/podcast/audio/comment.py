"""The comment of an MP3, which ffmpeg would put where no player looks for it (`TXXX` in place of `COMM`).

It writes room at the end of the tag instead, and the frame is put there: nothing else of the file moves.
"""

from __future__ import annotations

from pathlib import Path

_HEADER = 10
_UTF16 = b"\x01"
_LANGUAGE = b"und"
_BOM, _END = b"\xff\xfe", b"\0\0"


def frame_of(comment: str) -> bytes:
    """Return a comment as a frame of ID3 2.3."""
    text = comment.encode("utf-16-le", errors="ignore")
    body = _UTF16 + _LANGUAGE + _BOM + _END + _BOM + text
    return b"COMM" + len(body).to_bytes(4, "big") + b"\0\0" + body


def room_for(comment: str) -> list[str]:
    """Return what ffmpeg has to be told, so that there is room for a comment."""
    return ["-metadata_header_padding", str(len(frame_of(comment)) + _HEADER)] if comment else []


def write_comment(path: Path, comment: str) -> None:
    """Put a comment into the room that was left for it. Blocks."""
    frame = frame_of(comment)
    with open(path, "r+b") as file:
        head = file.read(_HEADER)
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
        start = _end_of_frames(file.read(size))
        if head[:4] != b"ID3\x03" or start + len(frame) > size:
            raise ValueError(f"{str(path)!r} has no room for a comment")
        file.seek(_HEADER + start)
        file.write(frame)


def _end_of_frames(tag: bytes) -> int:
    """Return where what stands in a tag ends, and only zeros follow."""
    place = 0
    while tag[place : place + 1].strip(b"\0"):
        place += _HEADER + int.from_bytes(tag[place + 4 : place + 8], "big")
    return place

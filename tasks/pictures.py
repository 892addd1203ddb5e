"""A cover that was given: looked at before it goes into a book, so that no reader's program has to refuse it."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from dataclasses import dataclass

MOST_BYTES = 20_000_000
LEAST_SIDE, MOST_SIDE = 16, 10_000
MOST_PIXELS = 50_000_000
"""Of which Pillow needs up to 200 MB while it looks at them."""
MOST_STRETCH = 4
"""How often the shorter side goes into the longer."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


class PictureError(Exception):
    """A picture does not serve; its text says why, with no full stop."""


@dataclass(frozen=True)
class Picture:
    """A picture that serves as a cover."""

    content: bytes
    ending: str
    """`.png` or `.jpg`."""
    width: int
    height: int
    """In pixels."""

    @property
    def media_type(self) -> str:
        """As markup and EPUB name it."""
        return "image/png" if self.ending == ".png" else "image/jpeg"

    @property
    def address(self) -> str:
        """The picture itself as an address, for a file that holds all it needs."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.content).decode()}"


def look_at(content: bytes) -> Picture:
    """Check a picture, to its last row."""
    if len(content) > MOST_BYTES:
        raise PictureError(f"its cover has {len(content):,} bytes, and {MOST_BYTES:,} are the most")
    if not content.startswith((_PNG, _JPEG)):
        raise PictureError("its cover is neither a PNG nor a JPEG")
    ending = ".png" if content.startswith(_PNG) else ".jpg"
    try:
        width, height = _decode(content, ending)
    except (OSError, SyntaxError, ValueError, IndexError, TypeError, struct.error, zlib.error) as error:
        raise PictureError(f"its cover cannot be read: {str(error).rstrip('.') or type(error).__name__}") from error
    return Picture(content, ending, width, height)


def _decode(content: bytes, ending: str) -> tuple[int, int]:
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    # `Image.open` would try other kinds of pictures as well, and only warn of a size that no memory holds.
    read = PngImageFile if ending == ".png" else JpegImageFile
    with read(io.BytesIO(content)) as image:
        _check_size(*image.size)
        image.load()
        return image.size


def _check_size(width: int, height: int) -> None:
    shorter, longer = sorted((width, height))
    is_absurd = shorter < LEAST_SIDE or longer > MOST_SIDE or width * height > MOST_PIXELS
    if is_absurd or longer > shorter * MOST_STRETCH:
        raise PictureError(
            f"its cover is {width:,} by {height:,} pixels; a side has {LEAST_SIDE} to {MOST_SIDE:,}, the whole at most "
            f"{MOST_PIXELS:,}, and no side is longer than {MOST_STRETCH} times the other"
        )

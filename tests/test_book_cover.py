"""A book's cover: one that serves goes in as it is, one that does not is named, and for want of one it is drawn."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from bookmaking import book, picture, thai_book
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tasks.errors import PressroomError
from tasks.fiction.book import Book, Format
from tasks.fiction.export.cover import cover_of
from tasks.fiction.export.manuscript import manuscript_of
from tasks.pictures import MOST_BYTES, Picture


def cover(whole: Book) -> Picture:
    return cover_of(manuscript_of(whole), Format.EPUB)


def refused(content: bytes) -> str:
    with pytest.raises(PressroomError) as caught:
        cover(book(cover=content))
    assert caught.value.code == "EXPORT_FAILED"
    return caught.value.message.partition(": ")[2]


def image_of(one: Picture) -> Image.Image:
    return Image.open(io.BytesIO(one.content)).convert("RGB")


def png_of(width: int, height: int) -> bytes:
    """A PNG that says what size it has, and has no picture."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


@pytest.mark.parametrize(
    ("form", "mode", "ending"),
    [("PNG", "RGB", ".png"), ("PNG", "P", ".png"), ("JPEG", "L", ".jpg"), ("JPEG", "CMYK", ".jpg")],
)
def test_a_picture_that_serves_goes_in_untouched(form: str, mode: str, ending: str) -> None:
    given_cover = picture(form, mode=mode)
    assert cover(book(cover=given_cover)) == Picture(given_cover, ending, 600, 900)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"GIF89a", b"MZ", picture("GIF"), picture("WEBP")])
def test_what_is_no_png_or_jpeg_is_refused(content: bytes) -> None:
    assert refused(content).startswith("its cover is neither a PNG nor a JPEG")


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_picture_that_breaks_off_is_refused(form: str) -> None:
    whole = picture(form)
    for share in (0.02, 0.5, 0.9):
        assert refused(whole[: int(len(whole) * share)]).startswith("its cover cannot be read: ")


def test_a_picture_of_too_many_bytes_is_refused() -> None:
    assert refused(picture() + bytes(MOST_BYTES)).startswith("its cover has 20,0")


@pytest.mark.parametrize("size", [(60_000, 60_000), (1, 1), (20, 9_000), (9_000, 9_000), (12_000, 4_000)])
def test_a_picture_of_an_absurd_size_is_refused_before_it_fills_the_memory(size: tuple[int, int]) -> None:
    assert f"its cover is {size[0]:,} by {size[1]:,} pixels" in refused(png_of(*size))


@settings(max_examples=25, deadline=None)
@given(place=st.integers(min_value=8, max_value=2000), byte=st.integers(0, 255), form=st.sampled_from(["PNG", "JPEG"]))
def test_a_damaged_picture_is_taken_or_refused_and_nothing_else(place: int, byte: int, form: str) -> None:
    content = bytearray(SMALL[form])
    content[place % len(content)] = byte
    try:
        cover(book(cover=bytes(content)))
    except PressroomError as error:
        assert error.code == "EXPORT_FAILED"  # noqa: PT017  # it may as well be taken


SMALL = {form: picture(form, (32, 48)) for form in ("PNG", "JPEG")}


def test_a_drawn_cover_has_the_size_that_shops_ask_for() -> None:
    drawn = cover(book())
    assert image_of(drawn).size == (drawn.width, drawn.height) == (1600, 2400)


def test_a_title_has_its_own_cover_and_always_the_same() -> None:
    first, again, other = cover(book()), cover(book(author="")), cover(book(title="The Quay"))
    assert first == cover(book())
    sky = [image_of(one).getpixel((0, 0)) for one in (first, again, other)]
    assert sky[0] == sky[1] != sky[2]


@pytest.mark.parametrize(
    "title", ["The Harbour at Night", "ท่าเรือเก่ากับสมุดบันทึกที่หายไป", "W" * 300, "a " * 150, "😀", "الميناء"]
)
def test_a_title_stands_on_the_cover_and_keeps_within_it(title: str) -> None:
    image = image_of(cover(book(title=title)))
    sky = image.getpixel((0, 0))
    written = {x for x in range(1600) for y in range(200, 900, 4) if image.getpixel((x, y)) != sky}
    assert written
    assert min(written) >= 140
    assert max(written) <= 1460


def test_letters_that_no_font_has_leave_a_cover_without_letters() -> None:
    image = image_of(cover(book(title="\u0378", author="Ines Marlow")))
    assert {image.getpixel((x, 500)) for x in range(1600)} == {image.getpixel((0, 0))}


def test_a_thai_title_is_drawn_in_a_font_for_thai() -> None:
    assert len(cover(thai_book()).content) > len(cover(thai_book(title="—", author="")).content) * 1.2

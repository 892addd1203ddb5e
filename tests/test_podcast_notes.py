"""Research in a folder of notes: passages with their places, and whatever is wrong in it named and left out."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from noting import CHINESE, LAMP, THAI, TIDES, folder_with, pdf, shown, topic

from tasks.errors import PressroomError
from tasks.podcast.episode import Topic
from tasks.podcast.research import Found, find, find_apart
from tasks.podcast.research.blocks import Reading
from tasks.podcast.research.reader import Reader

NOTES = Path("notes")


def search(base: Path, about: Topic | None = None, *, most: int = 5, reader: Reader | None = None) -> Found:
    return find(NOTES, base, about or topic(), most=most, reader=reader)


def code(base: Path, about: Topic | None = None) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        search(base, about)
    return caught.value


def test_a_passage_has_its_file_its_lines_and_its_title(tmp_path: Path) -> None:
    found = search(folder_with(tmp_path, {"places/lamp.md": LAMP, "tides.txt": TIDES}))
    (passage,) = found.passages
    assert (passage.where, passage.place) == ("notes/places/lamp.md", "lines 3-6")
    assert passage.title == "The lamp at Marlow Point"
    assert passage.text.startswith(
        "The lighthouse at Marlow Point was lit for the first time in 1887. Its lens came from"
    )
    assert found.warnings == []


def test_a_pdf_has_pages_and_the_title_it_says(tmp_path: Path) -> None:
    pages = [shown("Cover"), shown("The light-", "house was lit in 1887.", "It was seen far out."), shown("Tides.")]
    found = search(folder_with(tmp_path, {"old.pdf": pdf(pages, "Lights of the Coast")}))
    (passage,) = found.passages
    assert (passage.where, passage.place, passage.title) == ("notes/old.pdf", "page 2", "Lights of the Coast")
    assert passage.text == "The lighthouse was lit in 1887. It was seen far out."


def test_a_page_of_html_gives_its_prose_with_its_lines(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Coast</title><style>lighthouse{}</style></head>\n<body><nav><a>lighthouse</a></nav>\n"
        "<h1>Lights</h1>\n<p>The <b>lighthouse</b> was\nlit in 1887 &amp; never failed.</p>\n<pre>lighthouse</pre>"
    )
    (passage,) = search(folder_with(tmp_path, {"coast.html": page})).passages
    assert (passage.place, passage.title) == ("lines 4-5", "Coast")
    assert passage.text == "The lighthouse was lit in 1887 & never failed."


def test_the_nearest_passage_is_first_and_no_more_than_asked_for_come(tmp_path: Path) -> None:
    far = "The harbour has a lighthouse, a mole, two cranes, an inn, a chapel and a market on every other Friday.\n"
    base = folder_with(tmp_path, {"a.txt": far, "b.md": LAMP, "c.txt": far.replace("harbour", "town"), "d.txt": TIDES})
    assert search(base).passages[0].where == "notes/b.md"
    assert len(search(base, most=2).passages) == 2


def test_long_texts_are_cut_into_passages_of_a_few_sentences(tmp_path: Path) -> None:
    text = "".join(f"In year {year} the lighthouse was painted again.\n" for year in range(1800, 1900))
    found = search(folder_with(tmp_path, {"years.txt": text}), most=100)
    assert len(found.passages) > 5
    assert all(len(one.text) < 1000 for one in found.passages)
    assert {one.place for one in found.passages} >= {"lines 1-16", "lines 17-32"}


@pytest.mark.parametrize("asked", ["lighthouses", "LIGHTHOUSE", "The lamp of the lighthouse?", "marlow", "Pàris"])
def test_words_are_found_in_their_other_forms(tmp_path: Path, asked: str) -> None:
    assert search(folder_with(tmp_path, {"lamp.md": LAMP}), topic(asked)).passages


@pytest.mark.parametrize(
    ("asked", "file"),
    [("ประวัติประภาคาร", "th.txt"), ("คนดูแล", "th.txt"), ("灯塔", "zh.txt"), ("灯", "zh.txt"), ("港口的历史", "zh.txt")],
)
def test_scripts_without_spaces_are_searched_by_runs_of_letters(tmp_path: Path, asked: str, file: str) -> None:
    base = folder_with(tmp_path, {"th.txt": THAI, "zh.txt": CHINESE, "en.md": LAMP})
    assert [one.where for one in search(base, topic(asked)).passages] == [f"notes/{file}"]


def test_questions_find_what_the_title_does_not_say(tmp_path: Path) -> None:
    base = folder_with(tmp_path, {"lamp.md": LAMP, "tides.txt": TIDES})
    about = topic("Anchorages", "", "Why does the harbour fall dry?")
    assert [one.where for one in search(base, about).passages] == ["notes/tides.txt"]


@pytest.mark.parametrize("asked", ["Quantum computers", "What does it do?", "", "😀", "ปลาวาฬ", '"" OR *', "NEAR("])
def test_a_topic_that_nothing_is_about_is_named(tmp_path: Path, asked: str) -> None:
    error = code(folder_with(tmp_path, {"tides.txt": TIDES}), topic(asked))
    assert error.code == "NOTHING_FOUND"
    assert repr(asked) in error.message


HOSTILE = (*"\"'*^:{-", "AND", "OR", "NOT", "NEAR(", "lighthouse", "ประภาคาร", "\x00", "👩\u200d🚀", "灯")
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(HOSTILE), max_size=12).map(" ".join))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=texts, angle=texts, question=texts)
def test_any_text_is_a_safe_question(tmp_path: Path, title: str, angle: str, question: str) -> None:
    base = folder_with(tmp_path, {"lamp.md": LAMP}) if not (tmp_path / "notes").exists() else tmp_path
    try:
        search(base, Topic(episode=1, title=title, angle=angle, questions=[question]))
    except PressroomError as error:
        assert error.code == "NOTHING_FOUND"  # noqa: PT017  # or something is found


def test_a_folder_that_is_not_there_is_a_file_or_is_empty_is_named(tmp_path: Path) -> None:
    assert "'notes': it is not there" in code(tmp_path).message
    (tmp_path / "notes").write_text("x")
    assert "it is a file" in code(tmp_path).message
    (tmp_path / "notes").unlink()
    (tmp_path / "notes").mkdir()
    assert code(tmp_path).code == "NOTES_MISSING"
    folder_with(tmp_path, {"a.docx": "x", "empty.md": "# Only a heading\n"})
    assert "1 file of other kinds not read (.docx)" in code(tmp_path).message


def test_a_folder_outside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match="PATH_OUTSIDE"):
        find(Path("../elsewhere"), tmp_path, topic(), most=3)


def test_files_that_cannot_be_read_are_named_and_the_others_are_searched(tmp_path: Path) -> None:
    huge = tmp_path / "notes" / "huge.pdf"
    base = folder_with(
        tmp_path,
        {
            "lamp.md": LAMP,
            "latin.txt": b"caf\xe9",
            "broken.pdf": b"%PDF-1.7\nnothing",
            "none.pdf": b"",
            "scan.pdf": pdf([b""]),
        },
    )
    with open(huge, "wb") as file:
        file.truncate(200_000_000)
    found = search(base)
    assert len(found.passages) == 1
    assert sorted(warning.partition(": ")[0] for warning in found.warnings) == [
        f"{name!r} was not read" for name in ("broken.pdf", "huge.pdf", "latin.txt", "none.pdf", "scan.pdf")
    ]
    assert "'huge.pdf' was not read: it has 200.0 MB, and 10.0 MB are the most." in found.warnings
    assert "'latin.txt' was not read: it is not UTF-8 text (byte 3)." in found.warnings


def test_an_encrypted_pdf_is_named(tmp_path: Path) -> None:
    import io

    from pypdf import PdfReader, PdfWriter

    writer, target = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([shown("The lighthouse was lit.")])))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(target)
    found = search(folder_with(tmp_path, {"lamp.md": LAMP, "locked.pdf": target.getvalue()}))
    assert found.warnings == ["'locked.pdf' was not read: it is encrypted."]


def test_a_pdf_that_does_not_end_is_left_out_and_the_next_file_is_read(tmp_path: Path) -> None:
    endless = pdf([b"BT /F1 12 Tf (a) Tj ET\n" * 2_000_000])
    base = folder_with(tmp_path, {"a.pdf": endless, "lamp.md": LAMP})
    found = search(base, reader=Reader(seconds=1.0))
    assert found.warnings == ["'a.pdf' was not read: reading it took 1 s and had to be ended."]
    assert [one.where for one in found.passages] == ["notes/lamp.md"]


def test_a_pdf_that_takes_all_memory_is_left_out_and_the_next_file_is_read(tmp_path: Path) -> None:
    large = pdf([b"%" + b" " * 60_000_000])
    base = folder_with(tmp_path, {"a.pdf": large, "lamp.md": LAMP})
    found = search(base, reader=Reader(memory=150 * 2**20))
    assert [one.partition(":")[0] for one in found.warnings] == ["'a.pdf' was not read"]
    assert [one.where for one in found.passages] == ["notes/lamp.md"]


def test_links_that_leave_the_folder_are_not_followed(tmp_path: Path) -> None:
    base = folder_with(tmp_path / "spec", {"tides.txt": TIDES})
    outside = folder_with(tmp_path / "other", {"lamp.md": LAMP}) / "notes"
    os.symlink(outside / "lamp.md", base / "notes" / "file.md")
    os.symlink(outside, base / "notes" / "folder")
    found = search(base, topic("The harbour of Anselm"))
    assert found.warnings == ["'file.md' was not read: it is a link that leaves the folder."]
    assert code(base).code == "NOTHING_FOUND"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are always text")
def test_a_file_whose_name_is_no_text_is_named(tmp_path: Path) -> None:
    base = folder_with(tmp_path, {"lamp.md": LAMP})
    with open(os.fsencode(base / "notes") + b"/\xff.md", "w") as file:
        file.write(LAMP)
    assert search(base).warnings == ["'\ufffd.md' was not read: its name is not UTF-8."]


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = folder_with(tmp_path, {"lamp.md": LAMP, "locked/tides.txt": TIDES})
    scan = os.scandir

    def refuse(path: str) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "locked":  # Whoever runs the tests may look everywhere.
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert search(base).warnings == ["'locked' was not read: Permission denied."]


class Counting(Reader):
    """Counts what it reads."""

    count = 0
    """Files, of all tests that count."""

    def read(self, path: Path) -> Reading:
        """Read it, and count."""
        type(self).count += 1
        return super().read(path)


def test_an_index_is_made_once_however_many_ask_and_again_only_of_files_that_change(tmp_path: Path) -> None:
    base, reader = folder_with(tmp_path, {"lamp.md": LAMP, "tides.txt": TIDES}), Counting()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: search(base, reader=reader), range(40)))
    assert all(one == found[0] for one in found)
    assert reader.count == 2
    folder_with(
        tmp_path, {"tides.txt": TIDES + "The lighthouse stands on the mole.\n", "new.txt": "A lighthouse again.\n"}
    )
    assert len(search(base, reader=reader).passages) == 3
    assert reader.count == 4
    (base / "notes" / "lamp.md").unlink()
    assert len(search(base, reader=reader).passages) == 2
    assert reader.count == 4


def test_a_search_leaves_the_event_loop_free(tmp_path: Path) -> None:
    base = folder_with(tmp_path, {"lamp.md": LAMP})
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async def search_beside() -> Found:
        turning = asyncio.create_task(turn())
        try:
            return await find_apart(NOTES, base, topic(), most=3)
        finally:
            turning.cancel()

    assert asyncio.run(search_beside()).passages[0].where == "notes/lamp.md"
    assert turns > 10


def test_headings_links_code_tables_and_front_matter_are_no_passages(tmp_path: Path) -> None:
    note = (
        "---\ntags: [lighthouse]\n---\n# Lighthouse\n\n- [The lighthouse](http://a.example)\n- [Another](http://b.example)\n"
        "\n```\nlighthouse = 1\n```\n\n    lighthouse = 2\n\n| lighthouse | height |\n| --- | --- |\n| Marlow | 3 |\n\n"
        "The [lighthouse](http://c.example) is *old*,\nand its `lamp` is new.\n"
    )
    (passage,) = search(folder_with(tmp_path, {"note.md": note})).passages
    assert (passage.text, passage.place) == ("The lighthouse is old, and its lamp is new.", "lines 19-20")

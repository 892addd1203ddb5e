"""Fiction in Thai: the language survives every step, from the project to each form of the book."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from novelist import Novelist
from stories import make, project

pytestmark = pytest.mark.usefixtures("prefect_server")
NAME, OTHER, TITLE = "มารา", "โทมัส", "จดหมายจากห้องใต้ดิน"


def test_a_thai_project_is_thai_in_every_step_and_in_every_form_of_its_book(tmp_path: Path, home: Path) -> None:
    summary = f"{NAME}พบจดหมายในห้องใต้ดิน และต้องตัดสินใจว่าจะบอกใครก่อนที่เรือจะออก"
    project(
        tmp_path,
        title="แสงจากท่าเรือ",
        language="th",
        chapters=1,
        characters=[{"name": NAME}, {"name": OTHER}],
        outline=[{"title": TITLE, "summary": summary, "characters": [NAME]}],
    )
    with Novelist(thai=True) as server:
        server.set_up(home)
        result = make(tmp_path, "harbour", formats=["epub", "docx", "html", "markdown"], gates="draft")
        asked = [call.body["messages"][-1]["content"] for call in server.calls]
    assert result.status == "succeeded"
    assert all("Every word of the story is in Thai." in text for text in asked)
    shelf = tmp_path / "output" / "books" / "harbour"
    chapter = (shelf / "chapters" / "chapter-01.md").read_text()
    assert chapter.startswith(f"# {TITLE}\n")
    sentence = chapter.split("\n\n")[1][:60]
    assert NAME in chapter
    record = json.loads((shelf / "chapters" / "chapter-01.json").read_text())
    assert record["quality"]["measured"]["language_share"] > 0.9
    assert record["quality"]["measured"]["names_used"] == [NAME]
    book = shelf / "book"
    for text in (_inside(book / "harbour.epub"), _inside(book / "harbour.docx"), (book / "harbour.html").read_text()):
        assert sentence in text
        assert "แสงจากท่าเรือ" in text
    assert sentence in (book / "harbour.md").read_text()


def _inside(path: Path) -> str:
    """Return all text files of an archive as one."""
    with ZipFile(BytesIO(path.read_bytes())) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xhtml", ".xml", ".opf"))]
        return "\n".join(archive.read(name).decode() for name in names)

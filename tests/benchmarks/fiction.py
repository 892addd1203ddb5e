"""Chapters of many projects side by side against the longest row of them, and a large batch of quality control.

What a model takes to answer is given: a vendor on loopback, in a process of its own. A short batch goes before the one
that is measured, since a process loads the vendors' clients with its first question.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import HERE, Row, answer, in_child, peak_megabytes

PROJECTS, CHAPTERS = 4, 5
LATENCIES = {"write": 12.0, "ending": 3.0, "judge": 6.0}
"""Seconds that the vendor takes to answer; real ones take several times as long for a chapter."""
FEW, MANY, BOOK = 100, 1_000, 100


def rows() -> list[Row]:
    """Write 20 chapters of four projects; then judge many chapters."""
    chapters = in_child("fiction.py", "chapters", CHAPTERS)
    # The chapters of a project follow each other, each once the one before has noted its ending; the last is judged.
    ideal = CHAPTERS * (LATENCIES["write"] + LATENCIES["ending"]) + LATENCIES["judge"]
    one_by_one = PROJECTS * CHAPTERS * sum(LATENCIES.values())
    few, many = in_child("fiction.py", "quality", FEW), in_child("fiction.py", "quality", MANY)
    made = f"{chapters['wall']:.1f} s, ideal {ideal:.0f} s, one by one {one_by_one:.0f} s"
    return [
        Row("20 chapters of 4 projects at 5: share of the critical path", ideal / chapters["wall"], ">= 0.95", made),
        Row(
            f"memory of a quality control of {MANY:,} chapters against {FEW}",
            many["peak"] / few["peak"],
            "<= 1.1",
            f"{many['peak']:.0f} MB, {1000 * many['wall'] / MANY:.0f} ms a chapter at 20",
        ),
    ]


def measure(mode: str, count: int) -> None:
    """Run one batch and say what it took."""
    sys.path.insert(0, str(HERE.parent))
    from tasks.settings import settings

    folder = Path.cwd()
    latencies = LATENCIES if mode == "chapters" else {"judge": 0.1}
    with vendor(latencies) as address:
        settings().home.mkdir(parents=True, exist_ok=True)
        (settings().home / "models.yaml").write_text(f"servers:\n  quill: {{address: '{address}/v1'}}\n")
        if mode == "chapters":
            names = [f"p{number}" for number in range(PROJECTS)]
            for name in names:
                write_project(folder, name, count)
            write_project(folder, "warm", 1)
            run(folder, ["warm"], job_type="chapter_writing", batch_id="warm")
            wall = run(folder, names, job_type="chapter_writing")
        else:
            names = [f"p{number}" for number in range(count // BOOK)]
            for name in names:
                write_project(folder, name, BOOK)
                shelve(folder, name, BOOK)
            wall = run(folder, names, job_type="quality_control")
    answer(wall=wall, peak=peak_megabytes())


def write_project(folder: Path, project_id: str, chapters: int) -> None:
    """Write a project whose characters and outline are given."""
    from stories import project

    summary = "{} finds a letter in the cellar and has to decide whom to tell before boat {} leaves."
    outline = [
        {"title": f"Day {number}", "summary": summary.format("Mara", number), "characters": ["Mara", "Tomas"]}
        for number in range(chapters)
    ]
    people = [{"name": "Mara"}, {"name": "Tomas"}]
    project(folder, project_id, chapters=chapters, characters=people, outline=outline)


def shelve(folder: Path, project_id: str, chapters: int) -> None:
    """Put chapters on the shelf as if they had been written before."""
    import hashlib

    from novelist import Novelist

    from tasks.fiction.library import ChapterRecord, Shelf, save, save_shape, titled
    from tasks.fiction.story import Ending

    shelf, writer = Shelf(folder / "output" / "books", project_id), Novelist()
    for number in range(1, chapters + 1):
        text = writer.story(f"In it: Mara, Tomas. {number}")
        content = titled(f"Day {number}", text)
        record = ChapterRecord(
            number=number,
            title=f"Day {number}",
            ending=Ending(state="Mara waits."),
            words=300,
            by_model="quill:large",
            text_sha256=hashlib.sha256(content).hexdigest(),
        )
        save(shelf.text(number), content)
        save_shape(shelf.record(number), record)


def run(folder: Path, projects: list[str], **options: Any) -> float:
    """Run one batch; return its wall clock, in seconds."""
    from kinds import quick
    from stories import batch_of

    from flows.fiction import fiction

    given = {
        "canary": 0,
        "reuse": "never",
        "models": {"use": ["quill:large"]},
        "model": None,
        "quality": {"revisions": 0},
    }
    batch = batch_of(folder, *projects, **{**given, **options})
    with quick():
        started = time.monotonic()
        result = fiction(batch)
        wall = time.monotonic() - started
    assert result.failed == 0, result.counts
    return wall


@contextmanager
def vendor(latencies: dict[str, float]) -> Iterator[str]:
    """Start the vendor in a process of its own and return its address."""
    command = [sys.executable, str(HERE.parent / "novelist.py"), json.dumps(latencies)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]))

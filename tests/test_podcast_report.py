"""What the reports of a batch of episodes tell: its dashboard, its gates, its episodes, and what was expected of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from episodes import TOPICS, batch_of, make

from tasks.ledger.glance import Execute
from tasks.ledger.owner import new_owner
from tasks.models import Output
from tasks.podcast.dashboard import HOUR, Dashboard
from tasks.podcast.episode import Dossier, GateName, GateReport, GateScore
from tasks.podcast.marks import Marks
from tasks.podcast.models import PodcastBatch
from tasks.podcast.reply import issues_of
from tasks.podcast.report_section import MOST, sections_about
from tasks.podcast.told import EpisodeLine, Told, told_of
from tasks.podcast.waiting import WAITS
from tasks.reports.sections import Section
from tasks.shape import Shape

BEGAN = 1_760_000_000.0
DAY = 24 * HOUR


def gates(each: float = 0.9, overall: float = 0.92, revised: int = 0, **more: Any) -> GateReport:
    """A report of all gates."""
    marks = Marks()
    scores = [
        GateScore(gate=gate, score=each, threshold=marks.of(gate).threshold, weight=marks.of(gate).weight)
        for gate in GateName
    ]
    return GateReport(gates=scores, overall=overall, revised=revised, **more)


def saved(folder: Path, item_id: str, name: str, shape: Shape) -> dict[str, Any]:
    """Put a file into an episode's folder, and return what the ledger says was made."""
    content, path = shape.model_dump_json().encode(), folder / item_id / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Output.of(str(path), content).model_dump()


def ledger(batch: PodcastBatch, items: Sequence[dict[str, Any]], **row: Any) -> Execute:
    """A ledger that knows one batch, at rest unless said otherwise, with how its episodes stand."""
    of_batch = {
        **{"spec": batch.model_dump_json(), "status": "partial", "owner": None, "lease_until": 0.0},
        **{"started_at": BEGAN, "finished_at": BEGAN + 2 * DAY, "wall_clock_seconds": 2 * DAY, **row},
    }
    rows = [
        {
            **{"error_code": None, "error_message": None, "outputs": "[]", "finished_at": BEGAN + HOUR},
            **{"warnings": None},
            **item,
        }
        for item in items
    ]

    def execute(query: str, _values: Sequence[object]) -> Any:
        if "model_call" in query:
            return [] if "GROUP BY" in query else [dict.fromkeys(_columns(query), 0)]
        if "stage_run" in query:
            return [{"first": None, "last": None}]
        return rows if "FROM item" in query else [of_batch]

    return cast(Execute, execute)


def _columns(query: str) -> list[str]:
    from tasks.ledger.uses import Use

    return [*Use._fields]


def at_work() -> dict[str, Any]:
    """A batch that somebody works on."""
    return {"status": "running", "owner": new_owner(), "lease_until": 1e12, "finished_at": None}


def told(execute: Execute, now: float = BEGAN + 2 * DAY) -> Section:
    (section,) = sections_about(execute, "b", now)
    return section


def facts(section: Section) -> dict[str, str]:
    return {fact.name: fact.value for fact in section.facts}


def rows_of(section: Section, title: str) -> list[dict[str, str]]:
    (table,) = (one for one in section.tables if one.title == title)
    return [dict(zip(table.head, row, strict=True)) for row in table.rows]


def board(statuses: Sequence[str], *, is_at_work: bool = True, elapsed: float = 2 * DAY, **more: Any) -> Dashboard:
    lines = [
        EpisodeLine(f"ep_{number:03d}", status, None, None, None, finished_at=BEGAN + HOUR)
        for number, status in enumerate(statuses, 1)
    ]
    costs = {"research": 1.0, "production": 2.0, "audio": 3.0}
    return Dashboard("b", Told(BEGAN, None, lines, costs, is_at_work=is_at_work, **more), BEGAN + elapsed)


@pytest.mark.usefixtures("prefect_server")
def test_the_reports_of_a_batch_tell_its_dashboard_gates_and_episodes(tmp_path: Path) -> None:
    make(tmp_path, topics=[*TOPICS, {"episode": 3, "title": ""}])
    folder = tmp_path / "output" / "b"
    text, page = (folder / "report.md").read_text(), (folder / "report.html").read_text()
    assert "- Preset: small (parallel research)" in text
    assert "- Gate profile: draft (audio and structure hold an episode up" in text
    assert "## Batch production dashboard" in text
    for said in ("- Episodes: 1-3", "■■■■■■■■■■□□□□□□ 2/3", "- Completed: 2", "- Failed: 1", "- ETA: done"):
        assert said in text
    assert "| `ep_003` | - | - | - | - | - |" in text
    assert "failed: `TOPIC_EMPTY`" in text
    (spoken,) = (line for line in text.splitlines() if line.startswith("| `ep_001` | 0.") or "| `ep_001` | 1." in line)
    assert "| 00:" in spoken
    assert "| -16." in spoken or "| -15." in spoken
    assert 'Made under the gate profile "draft"' in text
    for said in ("Gates by episode", "what would be needed", "ep_001, 4 technical:", "Expected and actual"):
        assert said in page
    assert json.loads((folder.parent / "coast-lights" / "ep_001" / "episode.json").read_text())["lufs"] < -14


def test_rate_and_eta_are_right_beyond_a_day() -> None:
    found = board(["succeeded"] * 96 + ["running"] * 2 + ["pending"] * 22 + ["failed"] * 5)
    assert (found.completed, found.in_progress, found.failed, found.total) == (96, 2, 5, 125)
    assert found.rate == 2.0
    assert found.left == 12 * HOUR
    said = {fact.name: (fact.value, fact.note) for fact in found.facts()}
    assert said["Rate"] == ("2.0 episodes an hour", "in 48h 00m")
    assert said["ETA"][1] == "in 12h 00m"
    assert said["Total cost"][0] == "$6.00"
    assert said["Cost per episode"][0] == "$0.062"


def test_a_rate_counts_what_the_last_run_has_made() -> None:
    lines = [
        EpisodeLine("ep_001", "succeeded", None, None, None, finished_at=BEGAN - DAY),
        EpisodeLine("ep_002", "needs_review", None, None, None, finished_at=BEGAN + HOUR),
        EpisodeLine("ep_003", "pending", None, None, None),
    ]
    found = Dashboard("b", Told(BEGAN, None, lines, {}, is_at_work=True), BEGAN + 2 * HOUR)
    assert (found.completed, found.rate, found.left) == (2, 0.5, 2 * HOUR)


@pytest.mark.parametrize(
    ("statuses", "is_at_work", "eta"),
    [
        (["pending", "running"], True, "not known yet"),
        (["succeeded", "failed"], False, "done"),
        (["succeeded", "running"], False, "unknown"),
        ([], False, "done"),
    ],
)
def test_when_it_will_be_done_is_said_only_where_it_is_known(statuses: list[str], is_at_work: bool, eta: str) -> None:
    found = board(statuses, is_at_work=is_at_work)
    assert {fact.name: fact.value for fact in found.facts()}["ETA"] == eta
    assert found.left is None


def test_each_episode_is_told_with_its_scores_and_why_it_waits(tmp_path: Path) -> None:
    batch = batch_of(tmp_path, gates="standard")
    weak = gates(0.8, 0.8, revised=3, blocking=["its brand has 0.80, and 0.90 are needed"])
    items = [
        {
            "item_id": "ep_007",
            "status": "succeeded",
            "outputs": json.dumps([saved(tmp_path, "ep_007", "gates.json", gates())]),
        },
        {
            "item_id": "ep_008",
            "status": "needs_review",
            "outputs": json.dumps([saved(tmp_path, "ep_008", "gates.json", weak)]),
            "warnings": json.dumps(["0.80 in all gates", f"{WAITS}its brand has 0.80", f"{WAITS}it lasts 9 s"]),
        },
        {
            "item_id": "ep_009",
            "status": "succeeded",
            "outputs": json.dumps([{"path": "/gone/gates.json", "size": 1, "sha256": ""}]),
        },
        {"item_id": "ep_010", "status": "failed", "error_code": "TIMEOUT"},
    ]
    section = told(ledger(batch, items))
    rows = rows_of(section, "Episodes")
    assert [(row["episode"], row["2"], row["overall"], row["revised"]) for row in rows] == [
        ("ep_007", "0.90", "0.92", "-"),
        ("ep_008", "0.80", "0.80", "3"),
        ("ep_009", "-", "-", "-"),
        ("ep_010", "-", "-", "-"),
    ]
    assert rows[1]["status"] == "needs review: its brand has 0.80; it lasts 9 s", "its audio may hold it up as well"
    assert rows[3]["status"] == "failed: `TIMEOUT`"
    assert "length" not in rows[0], "no episode has one"
    assert facts(section)["Episodes"] == "7-10"
    assert list(section.notes) == ["Of 1 episode no scores are told: the files have changed since."]
    (picture,) = section.pictures
    assert "ep_008, 2 brand: 0.80, 0.90 is needed" in picture.svg
    assert [key.words for key in picture.keys][-2:] == ["what is needed", "below it"]
    assert "1 reach all that is needed" in picture.caption
    assert list(section.drawn)[1].endswith("0.80 below: comprehension, brand, technical, overall")


def test_the_log_of_issues_says_why_an_episode_waits_and_once_what_notes_were_not_read(tmp_path: Path) -> None:
    def line(number: int, status: str, unread: Sequence[str], warnings: Sequence[str] = ()) -> dict[str, Any]:
        name, dossier = f"ep_{number:03d}", Dossier(sources=[], claims=[], unread=list(unread))
        outputs = json.dumps([saved(tmp_path, name, "dossier.json", dossier)])
        return {"item_id": name, "status": status, "outputs": outputs, "warnings": json.dumps(warnings)}

    items = [
        line(1, "succeeded", ["'a.pdf' was not read: it is encrypted."]),
        line(2, "needs_review", ["'a.pdf' was not read: it is encrypted.", "'b.md' was not read: it is no file."]),
        line(3, "needs_review", [], [f"{WAITS}loudness is -20.0 LUFS, not -16 +-1"]),
    ]
    assert issues_of(told_of(ledger(batch_of(tmp_path), items), "b")) == [
        {"episode": "ep_002", "code": "REVISION", "message": ""},
        {"episode": "ep_003", "code": "REVISION", "message": "loudness is -20.0 LUFS, not -16 +-1"},
        {"episode": "ep_001", "code": "NOTES_UNREAD", "message": "'a.pdf' was not read: it is encrypted."},
        {"episode": "ep_002", "code": "NOTES_UNREAD", "message": "'b.md' was not read: it is no file."},
    ]


def test_what_the_preset_expects_stands_beside_what_it_was(tmp_path: Path) -> None:
    items = [{"item_id": f"ep_{number:03d}", "status": "succeeded"} for number in range(1, 26)]
    execute = ledger(batch_of(tmp_path, preset="medium"), items, wall_clock_seconds=10 * HOUR)
    rows = {row[""]: (row["expected"], row["actual"]) for row in rows_of(told(execute), "Expected and actual")}
    assert rows == {
        "duration": ("6h 00m to 8h 00m", "10h 00m"),
        "cost": ("$100.00 to $125.00", "$0.00"),
        "episodes an hour": ("3.1 to 4.2", "2.5"),
    }
    running = ledger(batch_of(tmp_path, preset="medium"), items, **at_work())
    assert rows_of(told(running, BEGAN + 30 * HOUR), "Expected and actual")[0]["actual"] == "30h 00m so far"


def test_of_a_large_batch_so_much_is_told_as_can_be_read(tmp_path: Path) -> None:
    items = [
        {
            "item_id": f"ep_{number:03d}",
            "status": "succeeded",
            "outputs": json.dumps([saved(tmp_path, f"ep_{number:03d}", "gates.json", gates())]),
        }
        for number in range(1, 301)
    ]
    section = told(ledger(batch_of(tmp_path), items))
    assert len(rows_of(section, "Episodes")) == MOST
    assert section.tables[0].note.endswith("4 technical. 100 more episodes stand in their files.")
    assert section.pictures[0].caption.endswith("the first 125 are drawn.")
    assert section.pictures[0].svg.count("<rect") <= 125 * 5
    assert list(section.drawn)[-1] == "and 175 more episodes"


def test_a_batch_of_which_the_ledger_knows_no_episode_has_its_job_only(tmp_path: Path) -> None:
    section = told(ledger(batch_of(tmp_path), []))
    assert (section.title, list(section.tables), list(section.pictures)) == ("", [], [])
    assert [fact.name for fact in section.job] == ["Preset", "Gate profile"]

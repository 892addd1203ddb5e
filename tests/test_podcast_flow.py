"""Topics become episodes: an MP3, what lies beside it, and a feed; and nothing is made twice."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import kinds
import pytest
from episodes import TOPICS, WRITTEN, episode, make, peak, show
from mutagen.id3 import ID3
from presenter import GOOD, Presenter
from searcher import Searcher
from speaker import Speaker

from tasks.errors import BatchFailed
from tasks.podcast.episode import GateReport, Script
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("prefect_server")


def test_topics_become_episodes_and_a_feed_that_has_them(tmp_path: Path) -> None:
    result = make(tmp_path)
    assert (result.successful, result.total) == (2, 2), [one.warnings for one in result.results]
    names = {path.name for path in episode(tmp_path).iterdir()}
    assert names >= {"ep_001.mp3", "transcript.vtt", "show-notes.md", "script.json", "gates.json", "episode.json"}
    tags = ID3(episode(tmp_path, 2) / "ep_002.mp3")
    assert (str(tags["TALB"]), str(tags["TRCK"])) == ("Coast Lights", "2")
    items = ET.parse(tmp_path / "output" / "coast-lights" / "feed.xml").findall("channel/item")
    assert {item.findtext("title") for item in items} == {topic["title"] for topic in TOPICS}


def test_the_days_of_a_batchs_episodes_follow_their_numbers_whichever_ends_first_and_stay(tmp_path: Path) -> None:
    make(tmp_path, topics=TOPICS[::-1], at_once={"in_memory": 1})
    feed = tmp_path / "output" / "coast-lights" / "feed.xml"
    before = feed.read_bytes()
    items = ET.fromstring(before).findall("channel/item")
    assert [item.findtext("title") for item in items] == [topic["title"] for topic in TOPICS[::-1]], "the newest first"
    newest, older = (parsedate_to_datetime(item.findtext("pubDate", "")) for item in items)
    assert newest - older == timedelta(seconds=1)
    assert newest <= datetime.now(UTC)
    make(tmp_path, topics=TOPICS[:1], batch_id="later")
    assert feed.read_bytes() == before


def test_a_script_by_a_model_passes_all_gates_and_cites_only_its_dossier(tmp_path: Path, quay: Presenter) -> None:
    result = make(tmp_path, **WRITTEN)
    assert result.successful == 1, result.results[0].warnings
    report = GateReport.model_validate_json((episode(tmp_path) / "gates.json").read_text())
    assert report.passes
    assert report.judged_by == "quay:writer"
    assert all(score.passes for score in report.gates)
    script = Script.model_validate_json((episode(tmp_path) / "script.json").read_text())
    known = {one["source_id"] for one in json.loads((episode(tmp_path) / "dossier.json").read_text())["sources"]}
    assert {name for segment in script.segments for name in segment.cites} <= known


def test_what_a_gate_names_is_written_again_and_nothing_else(tmp_path: Path, quay: Presenter) -> None:
    quay.judgements = [{**GOOD, "unsupported": [{"line": 3, "why": "No source knows of a keeper."}]}]
    result = make(tmp_path, **WRITTEN)
    assert result.successful == 1, result.results[0].warnings
    assert quay.rewritten == [[3]]
    script = Script.model_validate_json((episode(tmp_path) / "script.json").read_text())
    assert script.revision == 1
    assert [number for number, one in enumerate(script.segments, 1) if one.text.startswith("Mended")] == [3]


def test_an_episode_that_never_passes_is_not_spoken_and_others_go_on(tmp_path: Path, quay: Presenter) -> None:
    bad = {**GOOD, "unsupported": [{"line": 2, "why": "No source says so."}]}
    quay.judgements = [bad] * 4
    result = make(tmp_path, **{**WRITTEN, "topics": TOPICS, "at_once": {"in_memory": 1}})
    assert [one.status.value for one in result.results] == ["needs_review", "succeeded"]
    assert quay.asked["repair"] == 3
    assert not (episode(tmp_path) / "ep_001.mp3").exists()
    assert "no source bears out 1 of its lines" in " ".join(result.results[0].warnings)


def test_a_batch_that_is_made_already_makes_nothing_again(tmp_path: Path, quay: Presenter) -> None:
    make(tmp_path, **WRITTEN)
    before, audio = dict(quay.asked), (episode(tmp_path) / "ep_001.mp3").read_bytes()
    again = make(tmp_path, **WRITTEN, batch_id="later")
    assert (again.successful, dict(quay.asked)) == (1, before)
    assert (episode(tmp_path) / "ep_001.mp3").read_bytes() == audio


def test_audio_that_is_gone_or_lies_elsewhere_is_there_again_and_no_model_is_asked(
    tmp_path: Path, quay: Presenter
) -> None:
    make(tmp_path, **WRITTEN)
    before = dict(quay.asked)
    (episode(tmp_path) / "ep_001.mp3").unlink()
    assert make(tmp_path, **WRITTEN, batch_id="later").successful == 1
    assert (episode(tmp_path) / "ep_001.mp3").stat().st_size > 100_000
    assert make(tmp_path, **WRITTEN, batch_id="elsewhere", output_dir=tmp_path / "other").successful == 1
    assert (tmp_path / "other" / "coast-lights" / "ep_001" / "ep_001.mp3").is_file()
    assert dict(quay.asked) == before


def test_a_faulty_episode_fails_by_its_code_and_the_others_are_made(tmp_path: Path) -> None:
    topics = [*TOPICS, {"episode": 3, "title": " "}, {"episode": 4, "title": "Xylophone zebra quartz"}, TOPICS[0]]
    result = make(tmp_path, topics=topics)
    codes = {one.item_id: one.error_code for one in result.results}
    assert codes == {
        **{"ep_001": None, "ep_002": None, "ep_003": "TOPIC_EMPTY"},
        **{"ep_004": "NOTHING_FOUND", "ep_001#2": "EPISODE_DUPLICATED"},
    }


def test_files_that_cannot_be_read_are_told_of_and_the_episode_is_made_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    (tmp_path / "notes" / "latin.txt").write_bytes("Brot geht auf, weil die Hefe g\u00e4rt.".encode("latin-1"))
    with (tmp_path / "notes" / "huge.md").open("wb") as file:
        file.truncate(200_000_000)
    result = make(tmp_path, topics=TOPICS[:1])
    assert result.successful == 1
    told = " ".join(result.results[0].warnings)
    assert all(name in told for name in ("broken.pdf", "latin.txt", "huge.md")), told
    issues = json.loads((tmp_path / "output" / "b" / "batch_result.json").read_text())["batch_result"]["issues_log"]
    assert {(issue["episode"], issue["code"]) for issue in issues} == {("ep_001", "NOTES_UNREAD")}
    assert len(issues) == 3


def test_a_voice_that_cannot_read_the_text_fails_the_episode_by_its_code(tmp_path: Path) -> None:
    with pytest.raises(BatchFailed) as refused:
        make(tmp_path, topics=TOPICS[:1], show={"title": "Coast 灯台", "hosts": [{"name": "Ada"}]})
    assert refused.value.result is not None
    assert [one.error_code for one in refused.value.result.failures] == ["TEXT_UNSPEAKABLE"]


def test_a_voice_that_does_not_exist_fails_the_episode_before_its_script_is_paid_for(
    tmp_path: Path, quay: Presenter
) -> None:
    hosts = [{"name": "Ada", "voice": "local:nowhere"}, {"name": "Ben"}]
    with pytest.raises(BatchFailed) as refused:
        make(tmp_path, **WRITTEN, show=show(hosts=hosts))
    assert refused.value.result is not None
    assert [one.error_code for one in refused.value.result.failures] == ["VOICE_UNKNOWN"]
    assert quay.requests == 0


def test_the_source_reads_its_own_fields(tmp_path: Path) -> None:
    make(tmp_path, topics=[*TOPICS, {"episode": 3, "title": ""}])
    folder = next(path.parent for path in (tmp_path / "output").rglob("batch_result.json"))
    told = json.loads((folder / "batch_result.json").read_text())["batch_result"]
    assert list(told) == [
        *("batch_id", "configuration", "execution_summary", "results", "cost_breakdown", "issues_log", "checkpoints"),
    ]
    assert told["configuration"] == {"size": 3, "episodes": [1, 2, 3], "strategy": "parallel_research"}
    assert list(told["execution_summary"]) == ["start_time", "end_time", "duration_hours", "episodes_per_hour"]
    assert (told["results"]["successful"], told["results"]["failed"], told["results"]["revised"]) == (2, 1, 0)
    assert 0 < told["results"]["quality_average"] <= 1
    assert set(told["cost_breakdown"].values()) == {0.0}
    assert [issue["code"] for issue in told["issues_log"]] == ["TOPIC_EMPTY"]
    summary = json.loads((folder / "b_summary.json").read_text())
    assert summary["expected"] == {
        **{"episodes": 3, "preset": "small"},
        **{"duration_hours": [0.9, 1.2], "cost_usd": [12.0, 15.0]},
    }


@pytest.mark.parametrize(
    ("preset", "alone"),
    [
        ("small", {"write_script", "pass_gates", "synthesize", "package_episode"}),
        ("medium", {"write_script", "pass_gates"}),
        ("large", set()),
    ],
)
def test_a_preset_gives_its_stages_in_turns(tmp_path: Path, preset: str, alone: set[str]) -> None:
    topics = [{"episode": number, "title": "How the tides come and go"} for number in range(1, 4)]
    make(tmp_path, topics=topics, preset=preset, minutes=0.5)
    with kinds.ledger() as ledger:
        rows = ledger.execute(
            "SELECT item_id, stage, started_at, run_seconds FROM stage_run WHERE batch_id = ?", ("b",)
        )
    turns = sorted((row["started_at"], row["item_id"]) for row in rows if row["stage"] in alone)
    order = [item_id for number, (_, item_id) in enumerate(turns) if not number or turns[number - 1][1] != item_id]
    assert len(order) == len(set(order)), "an item whose turn it is goes through before the next one begins"
    speaking = [(row["started_at"], row["run_seconds"]) for row in rows if row["stage"] == "synthesize"]
    assert peak(speaking) == (1 if preset == "small" else 2)


def test_an_episode_is_researched_in_the_web_and_no_search_is_paid_for_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Searcher() as server:
        monkeypatch.setenv("PERPLEXITY_API_KEY", "key-of-the-harbour-master")
        monkeypatch.setenv("PERPLEXITY_BASE_URL", server.address)
        make(tmp_path, topics=TOPICS[:1], search="perplexity:sonar", minutes=0.3)
        known = json.loads((episode(tmp_path) / "dossier.json").read_text())
        assert all(source["where"].startswith("https://") for source in known["sources"])
        (path,) = (tmp_path / "output").rglob("batch_result.json")
        assert json.loads(path.read_text())["batch_result"]["cost_breakdown"]["research_total"] > 0
        asked = server.requests
        make(tmp_path, topics=TOPICS[:1], search="perplexity:sonar", minutes=0.4, batch_id="later")
        assert server.requests == asked


@pytest.mark.local_model
def test_two_seeds_give_two_texts_and_both_cite_what_is_claimed(tmp_path: Path) -> None:
    said = []
    for seed in (1, 2):
        options = {"model": "local:smollm2-135m", "seed": seed, "batch_id": f"s{seed}", "minutes": 0.6}
        assert make(tmp_path, topics=TOPICS[:1], **options).total == 1
        script = Script.model_validate_json((episode(tmp_path) / "script.json").read_text())
        assert script.by_model == "local:smollm2-135m"
        assert all(one.cites or one.text.endswith("?") for one in script.segments if one.part == "body")
        said.append([one.text for one in script.segments if one.text.endswith("?")])
    assert said[0] != said[1]


def test_a_voice_of_which_nothing_is_heard_is_asked_so_often_and_then_fails_its_episode(
    tmp_path: Path, home: Path
) -> None:
    with Speaker(faults=1.0, kinds=("silent",)) as mute:
        home.mkdir(parents=True, exist_ok=True)
        (home / "models.yaml").write_text(f"servers:\n  quay: {{address: '{mute.address}/v1'}}\n")
        settings.cache_clear()
        hosts = [{"name": "Ada", "voice": "quay:alloy"}, {"name": "Ben"}]
        with pytest.raises(BatchFailed) as refused:
            make(tmp_path, topics=TOPICS[:1], show=show(hosts=hosts), mode="collect")
        asked = mute.requests
    assert refused.value.result is not None
    assert [one.error_code for one in refused.value.result.failures] == ["SPEECH_EMPTY"]
    assert 3 <= asked <= 3 * 4, "three times each segment that was asked for at once"
    assert not list(episode(tmp_path).rglob("*.mp3"))

"""Gates measure what they say, name what is to be mended, and hold up what their profile says."""

from __future__ import annotations

from typing import Any

import pytest
from airing import dossier, script
from hypothesis import given
from hypothesis import strategies as st
from presenter import QUESTION, SENTENCES

from tasks.podcast.episode import GateName, GateReport, GateScore, Part, Script, Segment
from tasks.podcast.gates.judgement import Judgement
from tasks.podcast.gates.report import blocking, report_on
from tasks.podcast.marks import Bar, GateProfile, Mark, Marks
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.pace import timed
from tasks.podcast.script.repairing import segments_to_mend
from tasks.podcast.show import Brand, Host, Show

SHOW = Show(title="Coast Lights", hosts=[Host(name="Ada"), Host(name="Ben")])


def item(show: Show = SHOW, profile: GateProfile = GateProfile.STANDARD, minutes: float = 1.0) -> PodcastItem:
    return PodcastItem.model_validate(
        {
            **{"item_id": "ep_007", "topic": {"episode": 7, "title": "The lamp"}, "show": show, "minutes": minutes},
            **{"notes": "notes", "bar": Bar(profile=profile)},
        }
    )


def talk(*texts: str, hosts: tuple[str, ...] = ("Ada", "Ben"), cites: tuple[str, ...] = ("S1",)) -> Script:
    """A script of hook, introduction, body and end that is about a minute long."""
    parts = [Part.HOOK, Part.INTRO, *[Part.BODY] * (len(texts) - 3), Part.OUTRO]
    segments = [
        Segment(
            part=part, speaker=hosts[number % len(hosts)], text=text, cites=list(cites) if part is Part.BODY else []
        )
        for number, (part, text) in enumerate(zip(parts, texts, strict=True))
    ]
    return Script(title="The lamp", segments=timed(segments, "en"))


WELL_SAID = talk(QUESTION, *SENTENCES[:3], QUESTION, SENTENCES[3], SENTENCES[4])


def scores(said: Script, show: Show = SHOW, judgement: Judgement | None = None, **more: Any) -> dict[str, GateScore]:
    report = report_on(item(show, **more), dossier(), said, judgement)
    return {score.gate.value: score for score in report.gates}


def test_a_well_said_minute_passes_every_gate() -> None:
    report = report_on(item(), dossier(), WELL_SAID, None)
    assert report.passes, report.blocking
    assert all(score.passes and not score.repairs for score in report.gates)
    assert report.overall >= 0.85


def test_long_words_in_long_sentences_are_hard_to_understand_and_named() -> None:
    hard = "Notwithstanding considerable administrative difficulties, the municipality reconsidered its regulations"
    said = talk(QUESTION, *SENTENCES[:3], f"{hard} {hard.lower()} {hard.lower()}.", SENTENCES[3])
    found = scores(said)["comprehension"]
    assert not found.passes
    assert 4 in found.segments
    assert found.repairs == ["Divide sentences of more than 25 words, and use shorter words."]


def test_short_sentences_are_to_be_joined() -> None:
    found = scores(talk(*["It rains. It stops. We wait."] * 8))["comprehension"]
    assert not found.passes
    assert found.repairs == ["Join short sentences, so that the mean one has 15 to 25 words."]


def test_what_a_show_never_says_is_found_as_a_whole_word_and_named() -> None:
    show = SHOW.model_copy(update={"brand": Brand(banned=["lens"], required=["Coast Lights"])})
    found = scores(WELL_SAID, show)["brand"]
    assert found.score == 0
    assert found.segments == [3, len(WELL_SAID.segments) - 1]
    assert found.findings == ["'lens' is said, which the show never says",
                              "'Coast Lights' is not said, which each episode says"]  # fmt: skip
    harmless = SHOW.model_copy(update={"brand": Brand(banned=["len"])})
    assert scores(WELL_SAID, harmless)["brand"].passes


def test_one_who_talks_on_without_a_question_does_not_engage() -> None:
    found = scores(talk(*[*SENTENCES, *SENTENCES[:3]], hosts=("Ada",)))["engagement"]
    assert not found.passes
    assert set(found.findings) >= {"it asks 0 questions a minute", "hosts change 0 times a minute"}
    assert found.segments


def test_structure_speakers_sources_and_length_are_told_apart() -> None:
    assert scores(WELL_SAID)["technical"].score == 1
    stranger = talk(*[segment.text for segment in WELL_SAID.segments], hosts=("Ada", "Zoe"))
    assert scores(stranger)["technical"].findings == ["'Zoe' is no host of the show"]
    unsourced = talk(*[segment.text for segment in WELL_SAID.segments], cites=())
    assert scores(unsourced)["technical"].findings == ["it cites no source"]
    elsewhere = talk(*[segment.text for segment in WELL_SAID.segments], cites=("S9",))
    assert scores(elsewhere)["technical"].findings == ["it cites 'S9', which the dossier does not have"]
    short = scores(WELL_SAID, minutes=2.0)["technical"]
    assert not short.passes
    assert short.repairs == ["Say more about the claims, in each line."]


def test_what_no_source_bears_out_never_passes_and_is_all_that_is_written_again() -> None:
    judged = Judgement(model="quay:j", voice=1, interest=1, hook=1, clarity=1, unsupported={3: "Nobody says so."})
    for profile in GateProfile:
        report = report_on(item(profile=profile), dossier(), WELL_SAID, judged)
        assert "no source bears out 1 of its lines" in report.blocking
        assert segments_to_mend(WELL_SAID, report) == [3]


def test_a_judges_word_counts_for_tone_and_for_who_goes_on_listening() -> None:
    low = Judgement(model="quay:j", voice=0.2, interest=0.2, hook=0.2, clarity=0.2, remarks=["Say why it matters."])
    found = scores(WELL_SAID, judgement=low)
    assert not found["brand"].passes
    assert not found["engagement"].passes
    assert "Say why it matters." in found["engagement"].repairs
    assert found["engagement"].score == pytest.approx(0.55 * 0.2 + 0.45 * 1, abs=0.02)


def test_a_gate_that_fails_by_a_judges_points_alone_names_a_repair_all_the_same() -> None:
    marks = Marks(brand=Mark(threshold=0.97, weight=0.3))
    wordless = Judgement(model="quay:j", voice=0.9, interest=0.3, hook=0.3, clarity=0.3)
    strict = item().model_copy(update={"bar": Bar(marks=marks)})
    report = report_on(strict, dossier(), WELL_SAID, wordless)
    failing = [one for one in report.gates if not one.passes]
    assert {one.gate.value for one in failing} >= {"brand", "engagement"}
    assert all(one.repairs for one in failing)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_under_the_profile_of_drafts_only_what_is_technical_holds_an_episode_up(values: list[float]) -> None:
    gates = [
        GateScore(gate=gate, score=value, threshold=0.85, weight=0.25)
        for gate, value in zip(GateName, values, strict=True)
    ]
    overall = sum(values) / 4
    draft = blocking(gates, overall, 0, Bar(profile=GateProfile.DRAFT))
    assert bool(draft) == (values[3] < 0.85)
    strict = blocking(gates, overall, 0, Bar())
    assert bool(strict) == (min(values) < 0.85)


def test_a_score_that_misses_never_reads_as_if_it_had_what_is_needed() -> None:
    gates = [GateScore(gate=GateName.BRAND, score=0.8999, threshold=0.9, weight=1)]
    assert blocking(gates, 0.8452, 0, Bar()) == [
        "brand has 0.89, and 0.90 are needed",
        "in all it has 0.84, and 0.85 are needed",
    ]
    marks = Marks(overall=0.865)
    assert blocking([], 0.8649, 0, Bar(marks=marks)) == ["in all it has 0.86, and 0.865 are needed"]


def test_bonuses_are_earned_by_sources_quotes_and_other_episodes() -> None:
    said = talk(
        *[
            QUESTION,
            SENTENCES[0],
            'They wrote: "It was lit in 1887" as I said in episode 3.',
            SENTENCES[1],
            SENTENCES[2],
        ],
        cites=("S1", "S2", "S3"),
    )
    report: GateReport = report_on(item(), dossier(), said, None)
    assert report.bonuses == {"cross_references": 0.02, "source_diversity": 0.03, "quotes": 0.02}
    assert report_on(item(), dossier(), script(), None).bonuses == {}

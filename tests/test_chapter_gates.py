"""A chapter is held up by what its profile says, and a book by the sum of its chapters."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from chapter_texts import ENGLISH
from chapters import findings
from hypothesis import given
from hypothesis import strategies as st

from tasks.fiction.checks.rules import RULES, Family, Rule, broken
from tasks.fiction.gates import GateProfile, Gates
from tasks.fiction.gating import gate, series_gate
from tasks.fiction.story import Issue, Measured, QualityReport, Scores, Severity

STANDARD, DRAFT = GateProfile.STANDARD, GateProfile.DRAFT
GATES = Gates()
ISSUES = st.lists(
    st.builds(broken, st.sampled_from(Rule), st.sampled_from(Severity), st.just(""), st.just("x")), max_size=9
)


class Report(NamedTuple):
    """What somebody says of a chapter."""

    total: float = 92
    issues: list[Issue] = []
    hook: float = 5


REPORTS = st.builds(Report, st.floats(0, 100), ISSUES, st.floats(0, 5))


def issue(rule: Rule, severity: Severity) -> Issue:
    return broken(rule, severity, "the whole", "it is so")


def by_a_model(severity: Severity) -> Issue:
    return Issue(severity=severity, location="paragraph 2", what="nobody would say that", found_by="fake:a")


def test_a_good_chapter_goes_on() -> None:
    assert [gate(findings(), GATES, profile) for profile in GateProfile] == [[], []]


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("severity", Severity)
def test_structure_length_and_language_hold_up_under_both_profiles_unless_minor(rule: Rule, severity: Severity) -> None:
    holds = RULES[rule].family is not Family.STYLE and severity is not Severity.MINOR
    report = Report(issues=[issue(rule, severity)])
    assert gate(report, GATES, DRAFT) == ([f"{rule}: it is so"] if holds else [])
    assert bool(gate(report, GATES, STANDARD)) is (holds or severity is Severity.CRITICAL)


@pytest.mark.parametrize(
    ("report", "says"),
    [
        (Report(85), []),
        (Report(84.9), ["it has 84.9 points, and 85 are needed"]),
        (Report(issues=[by_a_model(Severity.CRITICAL)]), ["it has 1 critical issue, and 0 may be"]),
        (Report(issues=[by_a_model(Severity.MAJOR)] * 5), []),
        (Report(issues=[by_a_model(Severity.MAJOR)] * 6), ["it has 6 major issues, and 5 may be"]),
        (Report(issues=[by_a_model(Severity.MINOR)] * 60), []),
        (Report(hook=0), []),
    ],
)
def test_under_standard_points_and_issues_count_and_under_draft_they_are_shown(report: Report, says: list[str]) -> None:
    assert gate(report, GATES, STANDARD) == says
    assert gate(report, GATES, DRAFT) == []


def test_the_numbers_can_be_set() -> None:
    poor = Report(40, [by_a_model(Severity.CRITICAL)] * 2 + [by_a_model(Severity.MAJOR)] * 9)
    lenient = Gates(pass_mark=40, most_critical=2, most_major=9, series_mark=40, opening_hook=0)
    assert gate(poor, lenient, STANDARD) == series_gate([poor], lenient, STANDARD) == []
    assert len(gate(poor, GATES, STANDARD)) == 3


def test_a_rule_that_a_model_makes_up_is_style() -> None:
    made_up = by_a_model(Severity.MAJOR).model_copy(update={"rule": "vibes"})
    assert gate(Report(issues=[made_up]), GATES, DRAFT) == []


def test_what_rules_find_holds_a_chapter_up() -> None:
    short = findings(words={"least": 1200, "most": 3500})
    assert gate(short, GATES, DRAFT) == ["length: 434 words where 1,200 to 3,500 are asked for"]
    talk = findings(f"Here is the chapter:\n\n{ENGLISH}")
    assert gate(talk, GATES, DRAFT) == ["meta_talk: it speaks of itself and not of the story"]
    assert gate(findings(f"# The last ferry\n\n{ENGLISH}"), GATES, STANDARD) == []


def test_a_report_that_a_model_has_judged_passes_through_the_same_gate() -> None:
    found = findings()
    scores = Scores(grammar=18, character_consistency=17, plot_coherence=18, emotional_impact=15, genre_fit=16)
    measured = Measured.model_validate(found.measured.model_dump())
    report = QualityReport(scores=scores, measured=measured, hook=4, judged_by="fake:a")
    assert gate(report, GATES, STANDARD) == ["it has 84 points, and 85 are needed"]
    assert series_gate([report], GATES, STANDARD) == ["it has 84 points, and 85 are needed"]


@pytest.mark.parametrize(
    ("reports", "says"),
    [
        ([Report(), Report()], []),
        ([Report(80), Report(90)], []),
        ([Report(80), Report(89)], ["it has 84.5 points, and 85 are needed"]),
        ([Report(hook=4), Report(hook=0)], []),
        ([Report(hook=3.5)], ["its opening has 3.5 of 5, and 4 are needed"]),
        ([Report(issues=[by_a_model(Severity.MAJOR)] * 3)] * 2, ["it has 6 major issues, and 5 may be"]),
        ([Report(), Report(issues=[by_a_model(Severity.CRITICAL)])], ["it has 1 critical issue, and 0 may be"]),
        ([], ["there is no chapter"]),
    ],
)
def test_a_book_is_its_chapters_together(reports: list[Report], says: list[str]) -> None:
    assert series_gate(reports, GATES, STANDARD) == says
    assert series_gate(reports, GATES, DRAFT) == []


@given(REPORTS, ISSUES)
def test_a_better_report_is_never_held_up_where_a_worse_one_is_not(report: Report, further: list[Issue]) -> None:
    worse = report._replace(issues=[*report.issues, *further], total=report.total / 2)
    for profile in GateProfile:
        assert len(gate(report, GATES, profile)) <= len(gate(worse, GATES, profile))
    assert set(gate(report, GATES, DRAFT)) <= set(gate(report, GATES, STANDARD))


@given(st.lists(REPORTS, min_size=1, max_size=5))
def test_a_book_of_chapters_with_nothing_wrong_is_only_held_up_by_its_points_and_opening(reports: list[Report]) -> None:
    clean = [report._replace(issues=[], total=max(85.0, report.total)) for report in reports]
    assert len(series_gate(clean, GATES, STANDARD)) == (clean[0].hook < GATES.opening_hook)

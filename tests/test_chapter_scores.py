"""Scores by rules are bounded, fall with every issue, and every point that is missing is told by an issue."""

from __future__ import annotations

import json

import pytest
from chapter_texts import BY_LANGUAGE, ENGLISH, THAI
from chapters import CAST, CAST_IN_THAI, asked, findings
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.fiction.checks.findings import Findings
from tasks.fiction.checks.rules import POINTS, RULES, Rule, broken
from tasks.fiction.checks.scoring import CEILINGS, FULL, score
from tasks.fiction.story import Issue, Scores, Severity

ISSUES = st.builds(
    broken, st.sampled_from([rule for rule in Rule if rule is not Rule.EMPTY]), st.sampled_from(Severity), st.text()
)
SPOILT = st.lists(
    st.sampled_from(
        [
            ("Tomas", "Thomas"),
            ("Alma Reyes", "Alma Reyess"),
            ("closer to the shore.", "closer to the"),
            ("\n\n“When", "\n\n# Heading\n\n“When"),
            ("The last ferry", "Here is the chapter:\n\nThe last ferry"),
            ("\n\n", " "),
        ]
    ),
    unique=True,
)
KEPT = {"state": "Alma sits at the table of Tomas.", "facts": ["A green light is in the bay."]}


def test_every_rule_is_about_something_and_takes_from_a_side_that_there_is() -> None:
    assert set(RULES) == set(Rule)
    assert {row.side for row in RULES.values()} == set(Scores.model_fields) == set(CEILINGS)


def test_a_chapter_in_which_rules_find_nothing_has_what_rules_can_give() -> None:
    for text, cast, language in ((ENGLISH, CAST, "en"), (THAI, CAST_IN_THAI, "th")):
        found = findings(text, cast, language=language, keeps=KEPT if language == "en" else None)
        assert found.issues == []
        assert (found.total, found.hook) == (92, 5)


@given(st.lists(ISSUES, max_size=30))
def test_scores_are_bounded_and_what_is_missing_is_told(issues: list[Issue]) -> None:
    scores = score(issues)
    for side, full in CEILINGS.items():
        taken = sum(issue.points for issue in issues if issue.side == side)
        assert 0 <= getattr(scores, side) == max(0, full - taken) <= FULL


@given(st.lists(ISSUES, max_size=20), ISSUES)
def test_a_further_issue_never_raises_a_score(issues: list[Issue], further: Issue) -> None:
    before, after = score(issues), score([*issues, further])
    assert all(getattr(after, side) <= getattr(before, side) for side in CEILINGS)
    assert score([further, *issues]) == after


def test_the_worse_an_issue_the_more_it_takes() -> None:
    assert POINTS[Severity.CRITICAL] > POINTS[Severity.MAJOR] > POINTS[Severity.MINOR] > 0


def test_an_empty_chapter_is_worth_nothing() -> None:
    assert score([broken(Rule.EMPTY, Severity.CRITICAL, "", "")]).total == 0


@settings(deadline=None, max_examples=40)
@given(SPOILT, st.integers(1, 3))
def test_a_spoilt_chapter_is_never_worth_more(changes: list[tuple[str, str]], times: int) -> None:
    text = ENGLISH
    for old, new in changes:
        text = text.replace(old, new)
    whole, spoilt = findings(), findings(f"{text}\n\n" * times)
    assert spoilt.total <= whole.total
    assert spoilt.total == pytest.approx(score(spoilt.issues).total)
    assert bool(spoilt.issues) or spoilt.total == whole.total


def test_the_worst_comes_first_and_each_says_where_and_what_to_do() -> None:
    text = f"# A heading\n\nHere is the chapter:\n\n{ENGLISH[:-20]}"
    issues = findings(text, (*CAST, "Captain Mora")).issues
    ranks = [list(Severity).index(issue.severity) for issue in issues]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3
    assert all(issue.location and issue.what and issue.suggestion and issue.found_by == "rules" for issue in issues)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=500), st.sampled_from([*BY_LANGUAGE, "mi"]), st.sampled_from(["drama", "children", "", "own"]))
def test_any_text_has_findings_that_can_be_kept(text: str, language: str, genre: str) -> None:
    found = findings(text, language=language, genre=genre)
    assert Findings.model_validate(json.loads(found.model_dump_json())) == found
    assert 0 <= found.hook <= 5
    assert found == findings(text, language=language, genre=genre)


def test_sentences_that_are_all_of_a_length_are_monotonous() -> None:
    same = "\n\n".join(f"Number {n} carried the {n}th crate over the wet stones." for n in range(40))
    assert "monotony" in {issue.rule for issue in findings(same, planned=[], words={"least": 5}).issues}


@pytest.mark.parametrize(
    ("genre", "is_missed"), [("comedy", True), ("children", True), ("mystery", False), ("", False)]
)
def test_a_genres_readers_miss_what_they_expect(genre: str, is_missed: bool) -> None:
    silent = ENGLISH.replace("“", "").replace("”", "")
    rules = {issue.rule for issue in findings(silent, genre=genre).issues}
    assert ("genre" in rules) is is_missed


def test_a_hook_loses_a_point_for_each_question_with_no_as_its_answer() -> None:
    dull = " ".join(["The harbour lay in the evening and the boats lay in the harbour,"] * 12) + " and so on."
    assert findings(f"{dull}\n\n{ENGLISH}").hook == 0
    assert findings(f"Nobody came. {dull}\n\n{ENGLISH}").hook == 2
    assert findings(f"“Alma!”\n\nNobody came. {dull}\n\n{ENGLISH}").hook == 5
    assert findings(dull + " I waited. I told myself that I had time.", planned=[]).hook == 1


def test_what_a_chapter_was_to_be_is_read_from_json() -> None:
    whole = asked(before=KEPT, keeps=KEPT)
    assert type(whole).model_validate_json(whole.model_dump_json()) == whole

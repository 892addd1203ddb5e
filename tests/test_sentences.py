"""Plain sentences stand for exactly one spec or command, or are refused; no name is ever made up or left out."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import ledger
from sites import HEAVY, config, loaded_by, notes, press, put

from tasks.creators import sentences as of_creators
from tasks.documents import sentences as of_documents
from tasks.errors import PressroomError
from tasks.ledger.roster import enroll
from tasks.ledger.tables import BatchRow
from tasks.models import Failure, ItemStatus, Outcome, Select
from tasks.sentences import FORMS, Command, read_sentence

Capture = pytest.CaptureFixture[str]
EVERY = [*of_documents.FORMS, *of_creators.FORMS, *FORMS]


def meaning(sentence: str) -> Any:
    return read_sentence(sentence, EVERY, ["resume", "status"])


def refusal(sentence: str) -> str:
    with pytest.raises(PressroomError) as caught:
        meaning(sentence)
    assert caught.value.code == "SENTENCE_UNCLEAR"
    return str(caught.value)


def meaning_or_none(sentence: str) -> Any:
    """The meaning; None of one that is refused, and any other fault is raised."""
    try:
        return meaning(sentence)
    except PressroomError as error:
        if error.code != "SENTENCE_UNCLEAR":
            raise
        return None


def creators(*names: str, batch_mode: bool = True, **more: Any) -> dict[str, Any]:
    return {"kind": "creators", "batch_mode": batch_mode, "creators": list(names), **more}


def ids(*names: str, **more: Any) -> dict[str, Any]:
    return {"kind": "documents", "content_config_ids": list(names), **more}


UNDERSTOOD: dict[str, Any] = {
    "Generate a schedule for quay": creators("quay", batch_mode=False),
    "generate SCHEDULES for quay.": creators("quay", batch_mode=False),
    "Generate schedules for quay, old_pier and orchard-3 in batch mode": creators("quay", "old_pier", "orchard-3"),
    "Make schedules for a, b, and c, in batch mode, with a parallelism of 3": creators("a", "b", "c", max_parallel=3),
    "Plan the schedule for quay for the week of 2026-12-07": creators(
        "quay", batch_mode=False, week_start="2026-12-07"
    ),
    "Generate schedules for quay for the weeks of 2026-12-07 and 2026-12-14 in batch mode": creators(
        "quay", week_start=["2026-12-07", "2026-12-14"]
    ),
    "Generate schedules for 'Harbour Light', \"all\" and «the» in batch mode": creators("Harbour Light", "all", "the"),
    "Generate content for house.style, api/page": ids("house.style", "api/page"),
    "generate content for these 2 configs in parallel:\n- tides\n- books\n": ids("tides", "books"),
    "Generate these ids: tides; books": ids("tides", "books"),
    "Batch generate:\n* tides\n* books-2": ids("tides", "books-2"),
    "Generate the configs tides and books with parallelism 2": ids("tides", "books", max_parallel=2),
    "Generate user-guide in English, Spanish, and fr": {
        "kind": "documents",
        "matrix": {"configs": ["user-guide"], "axes": {"language": ["en", "es", "fr"]}},
    },
    "Generate note for the Harbour and Library teams in German": {
        "kind": "documents",
        "matrix": {"configs": ["note"], "axes": {"team": ["Harbour", "Library"], "language": ["de"]}},
    },
    "Generate report for:\n- Harbour team, October 2026\n- 'Old Town' team": {
        "kind": "documents",
        "operations": [
            {
                "content_config_id": "report",
                "context": {"team": "Harbour", "month": "October", "year": 2026},
                "label": "Harbour-October-2026",
            },
            {"content_config_id": "report", "context": {"team": "Old Town"}, "label": "Old Town"},
        ],
    },
    "Batch generate these in priority order: - Low priority: tides - High priority: books, maps": {
        "kind": "documents",
        "operations": [
            {"content_config_id": "books", "priority": "high"},
            {"content_config_id": "maps", "priority": "high"},
            {"content_config_id": "tides", "priority": "low"},
        ],
    },
    "Find all configs using page.md.jinja and regenerate them": Command("regenerate", {"template": "page.md.jinja"}),
    "Regenerate all configs using page.md.jinja.": Command("regenerate", {"template": "page.md.jinja"}),
    "retry the failed": Command("retry", {}),
    "Retry just the failed items from the previous batch": Command("retry", {"is_last": True}),
    "Retry the failed documents of batch weekly.1": Command("retry", {"batch": "weekly.1"}),
}


@pytest.mark.parametrize(("sentence", "wanted"), UNDERSTOOD.items(), ids=list(UNDERSTOOD))
def test_a_sentence_stands_for_a_spec_or_a_command(sentence: str, wanted: Any) -> None:
    found = meaning(sentence)
    if isinstance(found, Command):
        assert (found.name, wanted.about | found.about) == (wanted.name, found.about)
    else:
        assert found == wanted


@pytest.mark.parametrize("form", EVERY, ids=lambda form: form.example)
def test_every_example_is_understood(form: Any) -> None:
    assert meaning(form.example)


@pytest.mark.parametrize("name", ["a", "x.y-z_1", "Größe", "港", "🌿", "o'hara", "v1.2", "über:alles", "@quay", "R&B"])
def test_names_are_taken_letter_for_letter(name: str) -> None:
    assert meaning(f"Generate schedules for {name}, quay in batch mode") == creators(name, "quay")


REFUSED = {
    "Generate schedules for a, b": 'Nearest: `pressroom run "Generate schedules for a, b in batch mode"`.',
    "Generate schedules for": "it ends too early",
    "Generate schedules for a b in batch mode": "'b' does not fit after 'a'",
    "Generate schedules for a, b in batch mode tomorrow": "'tomorrow' does not fit after 'mode'",
    "Generate schedules for all creators in batch mode": "'all' does not fit after 'for'",
    "Generate schedules for everyone": "'everyone' does not fit after 'for'",
    "Generate schedules for a, b except c in batch mode": "'except' does not fit after 'b'",
    "Generate schedules for quay! in batch mode": "'quay!' does not fit after 'for'",
    "Generate schedules for quay.. ": "'quay..' does not fit after 'for'",
    'Generate schedules for "quay, pier in batch mode': "'\"quay,' does not fit after 'for'",
    "Generate a schedule for quay for the week of 2026-02-30": "'2026-02-30' does not fit after 'of'",
    "Generate schedules for quay in batch mode in batch mode": "'in' does not fit after 'mode'",
    "Generate content for these 3 configs: tides, books": "it says 3 and names 2",
    "Generate content for all 20 configs. Show progress.": "'all' does not fit after 'for'",
    "Generate user-guide in English and Elvish": "'Elvish' does not fit after 'and'",
    "Generate documentation in English": "'in' does not fit after 'documentation'",
    "Batch generate in priority order": "it names nothing to generate",
    "Retry the failed of batch a of the last batch": "it names two batches",
    "Resume the batch weekly": "Nearest: the command `pressroom resume`",
    "  ": "it is empty",
}


@pytest.mark.parametrize(("sentence", "why"), REFUSED.items(), ids=list(REFUSED))
def test_what_is_not_clear_is_refused_with_the_place_and_the_nearest_form(sentence: str, why: str) -> None:
    assert why in refusal(sentence)


def test_the_nearest_form_is_named() -> None:
    assert 'Nearest: `pressroom run "Generate schedules for orchard_notes' in refusal(
        "Generate shedules for quay, pier"
    )
    assert 'Nearest: `pressroom run "Retry the failed items"`' in refusal("retry everything that failed")
    assert "using endpoint.md.jinja" in refusal("regenerate what uses page.jinja")


GRAMMAR = {
    *"generate make create plan a the schedule schedules for in batch mode with parallelism of week weeks and".split(),
    *"content documents documentation these config configs document id ids parallel team teams priority order".split(),
    *"regenerate all using find them retry just only failed item items one ones creator creators from last".split(),
    *"latest previous critical high medium normal low".split(),
    *"- * ,".split(),
}
"""Words that mean the same wherever they stand; every other word is a name or a value, and must not be lost."""
names = st.one_of(
    st.sampled_from(["quay", "old_pier", "orchard-3", "x.y", "Größe", "港", "English", "Harbour", "October", "7"]),
    st.text("abcxyz019._-äß", min_size=1, max_size=8).filter(lambda name: name.lower() not in of_documents.LANGUAGES),
)
lists = st.lists(names, min_size=1, max_size=4).map(", ".join)
beginnings = [
    "Generate a schedule for {}",
    "Generate schedules for {} in batch mode",
    "Generate content for {}",
    "Batch generate: {}",
    "Generate {} in English and French",
    "Generate {} for the teams {}",
    "Generate {} for Harbour team, October 2026 and Library team",
    "Batch generate in priority order: high priority: {}; low priority: {}",
    "Regenerate all configs using {}",
    "Retry the failed items of batch {}",
]
junk = st.one_of(names, st.sampled_from([*GRAMMAR, "not", "except", "or", '"', "2026-12-07", "team", "english", ":"]))


@st.composite
def nearly_right(draw: st.DrawFn) -> str:
    """A sentence of the grammar in which some words were added, dropped, repeated or moved."""
    form = draw(st.sampled_from(beginnings))
    said = re.sub(r"\{\}", lambda _: draw(lists), form).split(" ")
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(said)))
        what = draw(st.sampled_from(["add", "drop", "move"]))
        if what == "add":
            said.insert(place, draw(junk))
        elif said and what == "drop":
            said.pop(place % len(said))
        elif said:
            said.insert(place, said.pop(draw(st.integers(0, len(said) - 1))))
    return " ".join(said)


def texts_in(value: object) -> set[str]:
    """Every text and number in a meaning, but for the kind and what labels put together."""
    if isinstance(value, dict):
        return {text for field, inner in value.items() if field not in ("kind", "label") for text in texts_in(inner)}
    if isinstance(value, list | tuple):
        return {text for inner in value for text in texts_in(inner)}
    return set() if value is None or isinstance(value, bool) else {str(value)}


@settings(deadline=None, max_examples=300)
@given(nearly_right())
def test_every_word_of_what_is_understood_is_in_its_meaning_and_no_name_in_it_is_made_up(sentence: str) -> None:
    found = meaning_or_none(sentence)
    if found is None:
        return
    body = found.about if isinstance(found, Command) else found
    said = texts_in(body) - {"high", "low", "medium", "normal", "critical"}
    spoken = sentence.removesuffix(".")
    codes = {code for code in of_documents.LANGUAGES.values() if code not in re.split(r"[\s,;:]+", spoken)}
    assert all(text in spoken for text in said - codes), "a name that was not said"
    for name in said:
        spoken = spoken.replace(f'"{name}"', " ")
    words = {word.strip(":") for word in re.split(r"[\s,;]+", spoken)}
    left = {word for word in words if word and word.lower() not in GRAMMAR and word not in said}
    left -= {word for word in left if of_documents.LANGUAGES.get(word.lower()) in said or word == "2" or word == "7"}
    left -= {word for word in left if word.lower() == "october" or word.lower() in said}
    assert not left, "a word that means nothing"


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    meaning_or_none(text)


def test_a_sentence_of_ten_thousand_names_is_read_at_once() -> None:
    many = [f"n{number}" for number in range(10_000)]
    assert meaning(f"Generate content for {', '.join(many)}") == ids(*many)
    assert "does not fit" in refusal(f"Generate content for {', '.join(many)} and more words")


def at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def test_a_sentence_is_checked_and_planned_as_the_spec_that_is_shown(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(at(tmp_path, monkeypatch), "tides", "books")
    said = press(capsys, "validate", "Generate content for tides, boks", "--json")
    assert said.err == 'Read as: {"kind": "documents", "content_config_ids": ["tides", "boks"]}\n'
    assert (said.code, [one["code"] for one in said.document["problems"]]) == (2, ["CONFIG_NOT_FOUND"])
    planned = press(capsys, "plan", "Generate content for tides, books", "--json").document
    assert [one["item_id"] for one in planned["items"]] == ["tides", "books"]
    assert planned["output_dir"].startswith(str(tmp_path / "output"))


def test_a_file_goes_before_a_sentence_and_a_path_that_is_not_there_is_told_as_one(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(at(tmp_path, monkeypatch), "tides")
    put(tmp_path / "Batch generate tides.yaml", "kind: documents\ncontent_config_ids: [other]\n")
    said = press(capsys, "validate", "Batch generate tides.yaml", "--json")
    assert (said.err, [one["code"] for one in said.document["problems"]]) == ("", ["CONFIG_NOT_FOUND"])
    assert "error SPEC_NOT_FOUND" in press(capsys, "run", "my first spec.yaml").err
    assert "error SENTENCE_UNCLEAR" in press(capsys, "run", "my first batch").err


def test_what_a_sentence_says_is_bounded_like_any_spec(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(at(tmp_path, monkeypatch), "tides")
    said = press(capsys, "run", "Generate content for tides with parallelism 0")
    assert (said.code, "error SPEC_INVALID: 'the sentence', line 1, max_parallel" in said.err) == (2, True)


def test_a_sentence_that_stands_for_a_command_is_neither_planned_nor_checked(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(tmp_path, monkeypatch)
    said = press(capsys, "plan", "Regenerate all configs using 'my page.jinja'")
    assert (said.code, said.out) == (2, "")
    assert "`pressroom run` takes it, and reads it as `pressroom regenerate --template 'my page.jinja'`." in said.err


def ended(batch_id: str, started: float, **items: str) -> None:
    """Write down a batch that has ended, with items of these statuses."""
    row = BatchRow(
        batch_id=batch_id,
        kind="documents",
        status="partial",
        spec="{}",
        output_dir="/out",
        total=len(items),
        created_at=started,
        started_at=started,
    )
    with ledger() as opened:
        opened.record_batch(row)
        enroll(opened, batch_id, [(name, "x") for name in items], Select.UNFINISHED)
        why = Failure(code="TIMEOUT", message="slow")
        outcomes = [Outcome(item_id=name, status=ItemStatus(status)) for name, status in items.items()]
        for one in outcomes:
            one.failure = why if one.status is ItemStatus.FAILED else None
        opened.settle_items(batch_id, outcomes)


def test_retry_needs_one_batch_that_can_be_meant(capsys: Capture) -> None:
    now = time.time()
    assert "no batch has items that failed. `pressroom status`" in " ".join(
        press(capsys, "run", "Retry the failed items").err.split()
    )
    ended("one", now - 30, a="failed")
    ended("two", now - 20, a="failed", b="succeeded")
    ended("three", now - 10, a="succeeded")
    said = press(capsys, "run", "Retry the failed items")
    assert (said.code, "2 batches have items that failed" in said.err) == (2, True)
    assert "Say which: `pressroom retry two`, `pressroom retry one`." in said.err
    said = press(capsys, "run", "Retry the failed items of the last batch")
    assert (said.code, "the last batch is 'three', and nothing in it has failed" in said.err) == (2, True)
    assert "error UNKNOWN_BATCH" in press(capsys, "run", "Retry the failed items of batch four").err
    said = press(capsys, "run", "Retry the failed items of batch three", "--json")
    assert (said.code, said.document["batch_id"]) == (1, "three")
    assert said.err.startswith("Read as: pressroom retry three\nNothing has failed.")
    assert "error USAGE: Unrecognized arguments: --mode retry" in (
        press(capsys, "run", "Retry the failed items of batch two", "--mode", "retry").err
    )


def test_capabilities_list_the_forms_with_an_example_each(capsys: Capture) -> None:
    document = press(capsys, "capabilities").document
    listed = [one["example"] for one in document["kinds"]["documents"]["sentences"]]
    assert listed == [form.example for form in of_documents.FORMS]
    assert [one["example"] for one in document["sentences"]] == [form.example for form in FORMS]


def test_reading_a_sentence_loads_nothing_heavy(tmp_path: Path) -> None:
    config(tmp_path, "tides")
    assert not HEAVY & loaded_by(tmp_path, "plan", "Generate content for tides")


@pytest.mark.usefixtures("prefect_server")
def test_a_sentence_makes_its_batch_and_another_tries_it_again(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes(at(tmp_path, monkeypatch), "tides")
    made = press(capsys, "run", "Generate content for tides and later.", "--json", "--batch-id", "b")
    assert made.items == {"tides": "succeeded", "later": "CONFIG_NOT_FOUND"}
    config(tmp_path, "later")
    again = press(capsys, "run", "Retry the failed ones of the last batch", "--json")
    assert (again.code, again.items) == (0, {"tides": "succeeded", "later": "succeeded"})

"""A dossier without a model: whole sentences in their sources' words, each once, each with its source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from noting import CHINESE, LAMP, THAI, TIDES, folder_with, topic

from tasks.errors import PressroomError
from tasks.podcast.episode import Claim, Dossier
from tasks.podcast.research import Found, Passage, check_dossier, dossier_of, find


def passage(text: str, where: str = "notes/a.md", place: str = "lines 1-2") -> Passage:
    return Passage(text=text, where=where, place=place, title="A")


def found(*texts: str) -> Found:
    return Found(notes="notes", passages=[passage(text, f"notes/{n}.md") for n, text in enumerate(texts)])


def claims(*texts: str) -> list[str]:
    return [claim.text for claim in dossier_of(topic(), found(*texts)).claims]


def test_claims_are_sentences_of_the_notes_and_name_their_source(tmp_path: Path) -> None:
    base = folder_with(tmp_path, {"lamp.md": LAMP, "tides.txt": TIDES})
    what = find(Path("notes"), base, topic("The lighthouse and the harbour"), most=9)
    dossier = dossier_of(topic(), what)
    assert [one.source_id for one in dossier.sources] == ["S1", "S2"]
    assert [one.where for one in dossier.sources] == [one.where for one in what.passages]
    flat = " ".join((LAMP + TIDES).split())
    assert len(dossier.claims) == 6
    assert all(claim.text in flat and dossier.source(claim.source_id) for claim in dossier.claims)
    assert dossier.by_model == ""
    check_dossier(dossier, what)


def test_what_is_said_twice_or_nearly_is_claimed_once() -> None:
    said = "The lighthouse at Marlow Point was lit in 1887."
    other = "Nine men carried its lens up the stairs."
    assert claims(said, said.upper(), said.replace("lit in", "first lit in"), other) == [said, other]


@pytest.mark.parametrize(
    "junk",
    [
        "The Lamp At Marlow Point",
        "See https://lamp.example/marlow for all that is known of it.",
        "lamp = Lamp(height=30); lamp.light() returns nothing at all.",
        "12 34 56 78 90 12 34 56 78 90.",
        "Yes.",
        "Write to keeper@lamp.example about the lighthouse at the point.",
    ],
)
def test_what_is_no_sentence_of_prose_is_left_out(junk: str) -> None:
    assert claims(f"{junk}\n\n", "The lighthouse was lit in 1887.") == ["The lighthouse was lit in 1887."]


def test_of_many_sentences_those_that_speak_of_the_topic_are_kept_in_their_order() -> None:
    names = ("Ada", "Boris", "Carla", "Dmitri", "Emilia", "Farid", "Greta", "Hugo")
    others = [f"{one} went to the market and met {other}." for one, other in zip(names, names[::-1], strict=True)]
    text = " ".join([*others[:4], "The lighthouse was dark that night.", *others[4:], "Marlow Point lay in fog."])
    said = [claim.text for claim in dossier_of(topic(), found(text), most=2).claims]
    assert said == ["The lighthouse was dark that night.", "Marlow Point lay in fog."]


@pytest.mark.parametrize(("text", "least"), [(THAI, 1), (CHINESE, 2)])
def test_other_scripts_give_claims_too(text: str, least: int) -> None:
    said = claims(text)
    assert len(said) >= least
    assert all(one in " ".join(text.split()) for one in said)


def test_passages_without_a_whole_sentence_are_nothing_found() -> None:
    with pytest.raises(PressroomError, match="NOTHING_FOUND"):
        dossier_of(topic(), found("Only a heading"))


@pytest.mark.parametrize("source", ["S2", "S9"])
def test_a_claim_without_a_source_is_refused_and_named(source: str) -> None:
    what = found("The lighthouse was lit in 1887.")
    dossier = dossier_of(topic(), what)
    invented = dossier.sources[0].model_copy(update={"source_id": "S2", "where": "notes/never.md"})
    claim = Claim(text="The keeper was a ghost.", source_id=source)
    with pytest.raises(PressroomError, match=rf"DOSSIER_UNSOURCED: .*'The keeper was a ghost.'.*'{source}'"):
        check_dossier(Dossier(sources=[*dossier.sources, invented], claims=[*dossier.claims, claim]), what)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=300), min_size=1, max_size=4))
def test_any_text_gives_claims_that_stand_in_it_or_none(parts: list[str]) -> None:
    what = found(*parts)
    try:
        dossier = dossier_of(topic(), what)
    except PressroomError as error:
        assert error.code == "NOTHING_FOUND"  # noqa: PT017  # or there are claims
        return
    check_dossier(dossier, what)
    flat = [" ".join(one.text.split()) for one in what.passages]
    assert all(any(claim.text in one for one in flat) for claim in dossier.claims)

"""Transcripts: captions with speakers and times, the same as Markdown, and the chapters between them."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
import webvtt
from airing import dossier, recording, script
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.podcast.episode import Part, Recording, Script, Segment
from tasks.podcast.package.chapters import as_player_chapters, chapters_of, marks_of
from tasks.podcast.package.cues import LINE, cues_of
from tasks.podcast.package.transcript import as_vtt, transcript_of

HOSTILE = (
    "-->", "<b>", "</v>", "&lt;", "&", "WEBVTT", "NOTE", "STYLE", "\n\n", "00:00:01.000 --> 00:00:02.000", "\r", "\x00",
    "x" * 300, "ประภาคาร", "灯塔很高。", "Dr. Ada said so.", "😀",
)  # fmt: skip
"""Parts of texts that have meant something to a reader of captions."""
texts = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20)), max_size=12).map(" ".join)


def said(*texts: str, speaker: str = "Ada") -> Script:
    return Script(title="T", segments=[Segment(part=Part.BODY, speaker=speaker, text=text) for text in texts])


def read(vtt: str) -> webvtt.WebVTT:
    return webvtt.from_buffer(io.StringIO(vtt))


def test_captions_are_read_back_with_their_speakers_and_times() -> None:
    vtt = as_vtt(script(), recording())
    captions = read(vtt).captions
    assert captions[0].start == "00:00:00.500"
    assert [caption.voice for caption in captions] == ["Ada", "Ben", "Ada", "Ada", "Ben", "Ada"]
    assert " ".join(caption.text.replace("\n", " ") for caption in captions) == script().text.replace("\n\n", " ")
    assert vtt.startswith("WEBVTT\n\n00:00:00.500 --> ")


def test_a_cue_ends_with_its_sentence_where_it_can_and_fills_two_lines_at_most() -> None:
    text = "The lamp was lit at dusk, and its keeper slept. He woke when the wind rose over the sea. It was cold."
    lines = [cue.lines for cue in cues_of(said(text), recording(said=said(text)))]
    assert [" ".join(one) for one in lines] == [text[:47], text[48:]]
    assert all(len(one) <= 2 and all(len(line) <= LINE + 8 for line in one) for one in lines)


def test_time_is_shared_by_letters_and_each_segment_keeps_to_its_own() -> None:
    one = said("a" * 80 + ". " + "b" * 40 + ".", "Later.")
    times = recording(said=one)
    first, second, third = cues_of(one, times)
    assert first.ends == second.starts
    assert (first.ends - first.starts) / (second.ends - second.starts) == pytest.approx(81 / 41)
    assert second.ends == pytest.approx(times.spoken[0].starts + times.spoken[0].lasts)
    assert third.starts == times.spoken[1].starts


def test_what_would_be_markup_or_a_cue_is_shown_as_it_is() -> None:
    text = "If a --> b & c < d, then <v Ben> is no tag."
    vtt = as_vtt(said(text, speaker="A & <B>"), recording(said=said(text)))
    assert "<v A &amp; &lt;B&gt;>If a --&gt; b &amp; c &lt; d," in vtt.replace("\n", " ")
    assert vtt.count("-->") == 1


def test_chinese_takes_lines_half_as_long() -> None:
    text = "灯塔建于一八八七年的一个冬天里面它照亮了整个港口渔民们每天晚上都看着它然后回家。"
    lines = [line for cue in cues_of(said(text), recording(said=said(text)), "zh") for line in cue.lines]
    assert "".join(lines) == text
    assert all(len(line) <= LINE // 2 for line in lines)


@settings(max_examples=80, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), st.text(min_size=1, max_size=12))
def test_any_text_gives_captions_that_are_read_back(spoken: list[str], speaker: str) -> None:
    one = said(*spoken, speaker=speaker)
    times = recording(said=one)
    cues = cues_of(one, times)
    assert len(read(as_vtt(one, times)).captions) == len(cues)
    assert all(cue.ends > cue.starts and 1 <= len(cue.lines) <= 2 for cue in cues)
    assert all(a.ends <= b.starts for a, b in pairwise(cues))


def test_a_recording_of_another_script_is_a_fault() -> None:
    other = Recording.model_validate(recording().model_dump() | {"spoken": []})
    with pytest.raises(ValueError, match="zip"):
        cues_of(script(), other)


def test_the_transcript_names_speakers_and_times_and_nothing_in_it_is_markup() -> None:
    lines = transcript_of(script(), recording()).splitlines()
    assert lines[0] == "# The Lamp at Marlow Point"
    assert lines[4] == "**Ben** (00:15): Welcome to Coast Lights. I am Ben, and with me is Ada."
    odd = said("<b>*No*</b>")
    assert r"\<b>\*No\*\</b>" in transcript_of(odd, recording(said=odd))


def told(*cited: tuple[str, float]) -> Script:
    """A body of segments, each with what it cites and how long it takes."""
    segments = [
        Segment(part=Part.BODY, speaker="Ada", text="So it was.", cites=[name] if name else [], seconds=seconds)
        for name, seconds in cited
    ]
    return Script(title="T", segments=segments)


def test_a_chapter_begins_with_each_part_of_the_script() -> None:
    found = chapters_of(script(), recording(), dossier())
    assert [(chapter.starts, chapter.title) for chapter in found] == [
        (0.0, "Opening"),
        (15.65, "Welcome"),
        (29.55, "The lamp"),
        (82.1, "Closing"),
    ]
    assert '"startTime": 15.65,\n      "title": "Welcome"' in as_player_chapters(found)


def test_a_chapter_begins_with_each_source_that_is_cited_at_length() -> None:
    one = told(("S1", 15), ("", 15), ("S1", 5), ("S2", 10), ("S1", 5), ("S1", 10))
    assert [(mark.segment, mark.title) for mark in marks_of(one, dossier())] == [(0, "The lamp"), (3, "Tides")]


def test_a_body_that_cites_nothing_is_one_chapter() -> None:
    assert [mark.title for mark in marks_of(told(("", 60), ("", 60)), dossier())] == ["The story"]


def test_sources_in_quick_turns_make_no_chapters() -> None:
    one = told(("S1", 2), ("S2", 2), ("S1", 2), ("S2", 2))
    assert [chapter.title for chapter in chapters_of(one, recording(said=one), dossier())] == ["The lamp"]

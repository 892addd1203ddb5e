"""What is said, to be read: as captions (WebVTT) and as Markdown."""

from __future__ import annotations

from tasks.plain_text import one_line
from tasks.podcast.episode import Recording, Script
from tasks.podcast.package.cues import Cue, cues_of
from tasks.podcast.package.parts import clock
from tasks.reports.markup import prose

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def as_vtt(script: Script, recording: Recording, language: str = "en") -> str:
    """Write the captions, each with its speaker's name in a voice tag."""
    return "\n\n".join(["WEBVTT", *map(_cue, cues_of(script, recording, language))]) + "\n"


def transcript_of(script: Script, recording: Recording) -> str:
    """Write the transcript as Markdown, each segment with its time and speaker."""
    parts = [f"# {prose(one_line(script.title))}"]
    for segment, spoken in zip(script.segments, recording.spoken, strict=True):
        said, speaker = prose(one_line(segment.text)), prose(one_line(segment.speaker))
        parts.append(f"**{speaker}** ({clock(spoken.starts)}): {said}")
    return "\n\n".join(parts) + "\n"


def _cue(cue: Cue) -> str:
    speaker = one_line(cue.speaker).translate(_ESCAPED)
    said = "\n".join(line.translate(_ESCAPED) for line in cue.lines)
    return f"{_stamp(cue.starts)} --> {_stamp(cue.ends)}\n<v {speaker}>{said}"


def _stamp(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}.{thousandths:03}"

"""A script as people read and edit it: a line for each thing that is said, with who says it and by which source.

# Why bread rises

## hook

**Ada** [S1]: Who woke the yeast?
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tasks.errors import fault
from tasks.files import read_data, read_text
from tasks.podcast.episode import Script, Segment

_SAID = re.compile(r"\*\*(?P<speaker>.+?)\*\*(?:\s*\[(?P<cites>[^\]]*)\])?\s*:\s*(?P<text>.*)")


def as_text(script: Script) -> str:
    """Write a script as Markdown, each part below its name."""
    parts = [f"# {' '.join(script.title.split())}"]
    for part, segments in groupby(script.segments, key=lambda one: one.part):
        parts.append(f"## {part.value}")
        parts += [f"**{one.speaker}**{_cited(one)}: {' '.join(one.text.split())}" for one in segments]
    return "\n\n".join(parts) + "\n"


def read_script(path: Path, before: Script) -> Script:
    """Read a script as a person has edited it, JSON or Markdown; what that does not say stays as it was `before`.

    SCRIPT_INVALID names the place that is wrong.
    """
    try:
        # What was pasted into a form has no name that would tell.
        if path.suffix.casefold() == ".json" or read_text(path).lstrip().startswith("{"):
            return Script.model_validate(read_data(path))
        title, segments = _read(path)
        return Script.model_validate({**before.model_dump(), "title": title or before.title, "segments": segments})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise fault("SCRIPT_INVALID", path=str(path), place=place, why=first["msg"]) from None


def _read(path: Path) -> tuple[str, list[dict[str, Any]]]:
    title, part, segments = "", "", list[dict[str, Any]]()
    for number, line in _lines(read_text(path)):
        said = _SAID.fullmatch(line)
        if line.startswith("## "):
            part = line[3:].strip().casefold()
        elif line.startswith("# "):
            title = line[2:].strip()
        elif said is not None:
            cites = [name for name in re.split(r"[,\s]+", said["cites"] or "") if name]
            segments.append({"part": part, "speaker": said["speaker"], "text": said["text"], "cites": cites})
        elif segments:
            segments[-1]["text"] += f" {line}"
        else:
            why = "it is no line such as `**Ada** [S1]: Who woke the yeast?`"
            raise fault("SCRIPT_INVALID", path=str(path), place=f"line {number}", why=why)
    return title, segments


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that say something, each with its number."""
    stripped = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return ((number, line) for number, line in stripped if line)


def _cited(segment: Segment) -> str:
    return f" [{', '.join(segment.cites)}]" if segment.cites else ""

"""Episodes for the tests, invented: all that is known once their audio is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.podcast.episode import (
    Claim,
    Dossier,
    GateName,
    GateReport,
    GateScore,
    Loudness,
    Part,
    Recording,
    Script,
    Segment,
    Source,
    Spoken,
    Topic,
)
from tasks.podcast.package import EpisodeParts
from tasks.podcast.show import Show

PUBLISHED = datetime(2030, 3, 4, 6, tzinfo=UTC)
SAID = (
    (Part.HOOK, "Ada", "Nine men carried one lens up these stairs. Do you know why?", ()),
    (Part.INTRO, "Ben", "Welcome to Coast Lights. I am Ben, and with me is Ada.", ()),
    (Part.BODY, "Ada", "The lighthouse at Marlow Point was lit for the first time in 1887, and its lens came "
     "from Paris, in nine crates that nobody in the village was allowed to open.", ("S1",)),
    (Part.BODY, "Ben", "And the harbour of Anselm falls dry twice a day.", ("S2",)),
    (Part.OUTRO, "Ada", "That was Coast Lights. Good night.", ()),
)  # fmt: skip


def script(title: str = "The Lamp at Marlow Point", by_model: str = "") -> Script:
    segments = [Segment(part=part, speaker=who, text=text, cites=list(cites)) for part, who, text, cites in SAID]
    return Script(title=title, summary="How a lens came to the coast.", segments=segments, by_model=by_model)


def dossier() -> Dossier:
    sources = [
        Source(source_id="S1", title="The lamp", where="notes/lamp.md", place="lines 3-6"),
        Source(source_id="S2", title="Tides", where="notes/tides.pdf", place="page 2"),
        Source(source_id="S3", title="Unused", where="notes/unused.md"),
    ]
    claims = [("S1", "It was lit in 1887."), ("S1", "Its lens came from Paris."), ("S2", "The harbour falls dry.")]
    return Dossier(sources=sources, claims=[Claim(text=text, source_id=name) for name, text in claims])


def gates(**changes: object) -> GateReport:
    scores = [
        GateScore(gate=GateName.COMPREHENSION, score=0.9, threshold=0.85, weight=0.25),
        GateScore(gate=GateName.BRAND, score=0.7, threshold=0.9, weight=0.3, findings=["It never says `coast`."]),
    ]
    return GateReport.model_validate({"gates": scores, "overall": 0.87, **changes})


def recording(path: Path | str = "ep_007/episode.mp3", said: Script | None = None) -> Recording:
    spoken, starts = list[Spoken](), 0.5
    for segment in (said or script()).segments:
        lasts = len(segment.text) / 4
        spoken.append(Spoken(starts=starts, lasts=lasts))
        starts += lasts + 0.4
    loud = Loudness(seconds=starts, integrated_lufs=-16, true_peak_dbtp=-1.5, longest_silence=0.4, clipped=0)
    return Recording(path=str(path), size=123_456, sha256="0" * 64, loudness=loud, spoken=spoken)


def show(**changes: object) -> Show:
    said = {"title": "Coast Lights", "author": "Ines Marlow", "description": "Stories of lamps & tides."}
    return Show.model_validate(said | {"link": "https://coast.example/lights"} | changes)


def parts(number: int = 7, **changes: object) -> EpisodeParts:
    said: dict[str, object] = {
        "show": show(),
        "topic": Topic(episode=number, title="The lighthouse at Marlow Point"),
        "dossier": dossier(),
        "script": script(),
        "gates": gates(),
        "recording": recording(f"ep_{number:03}/episode.mp3"),
        "published": PUBLISHED + timedelta(days=number),
        "costs": {"research": 0.0, "script": 0.0123, "audio": 0.2},
    }
    return EpisodeParts.model_validate(said | changes)

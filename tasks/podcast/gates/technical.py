"""Whether a script can be made into an episode: its structure, its length, its sources."""

from __future__ import annotations

from tasks.podcast.episode import Dossier, GateName, GateScore, Part, Script
from tasks.podcast.gates.judgement import Judgement
from tasks.podcast.gates.scoring import closeness, mean
from tasks.podcast.marks import Marks
from tasks.podcast.show import Show

ORDER = (Part.HOOK, Part.INTRO, Part.BODY, Part.OUTRO)


def technical(
    script: Script, dossier: Dossier, show: Show, minutes: float, judgement: Judgement | None, marks: Marks
) -> GateScore:
    """Score whether a script can be made into an episode; one that is far from its length never passes."""
    leeway = marks.leeway_seconds(minutes)
    planned = 60 * minutes
    faults = _faults(script, dossier, show)
    length = closeness(script.seconds, (planned - leeway, planned + leeway), leeway)
    unsupported = dict(judgement.unsupported) if judgement is not None else {}
    scores = [length, *(0.0 if found else 1.0 for found in faults.values()), 0.0 if unsupported else 1.0]
    found = GateScore(
        gate=GateName.TECHNICAL,
        score=min(mean(scores), length),
        threshold=marks.technical.threshold,
        weight=marks.technical.weight,
        measured={"planned_seconds": planned, "script_seconds": round(script.seconds, 1), "leeway_seconds": leeway},
        findings=[text for text in faults.values() if text],
    )
    found.segments = sorted(unsupported)
    if length < 1:
        found.findings.append(f"it takes {script.seconds:.0f} s, and {planned:.0f} s are planned")
        found.segments = []
    found.findings += [f"line {number + 1}: {why}" for number, why in sorted(unsupported.items())]
    if not found.passes or unsupported:
        found.repairs = _repairs(faults, length, script.seconds < planned, unsupported)
    return found


def _faults(script: Script, dossier: Dossier, show: Show) -> dict[str, str]:
    """Say what is wrong with its structure, its speakers and its sources; an empty text where nothing is."""
    parts = [segment.part for segment in script.segments]
    firsts = [parts.index(part) if part in parts else -1 for part in ORDER]
    hosts = {host.name for host in show.hosts}
    strangers = sorted({segment.speaker for segment in script.segments} - hosts)
    known = {source.source_id for source in dossier.sources}
    cited = {name for segment in script.segments for name in segment.cites}
    is_ordered = firsts == sorted(firsts) and -1 not in firsts
    return {
        "structure": "" if is_ordered else "it is not hook, introduction, body and end, in this order",
        "speakers": f"{strangers[0]!r} is no host of the show" if strangers else "",
        "sources": _of_sources(cited, known),
    }


def _of_sources(cited: set[str], known: set[str]) -> str:
    if strange := sorted(cited - known):
        return f"it cites {strange[0]!r}, which the dossier does not have"
    return "" if cited else "it cites no source"


def _repairs(faults: dict[str, str], length: float, is_short: bool, unsupported: dict[int, str]) -> list[str]:
    repairs = [f"Mend this: {text}." for text in faults.values() if text]
    if length < 1:
        repairs.append("Say more about the claims, in each line." if is_short else "Shorten each line.")
    if unsupported:
        repairs.append("State only what a claim says, or say that it is not known.")
    return repairs

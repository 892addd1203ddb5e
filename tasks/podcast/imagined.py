"""What stands in for a script while it is only foreseen: as long as one may be, so that it costs no more once made."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.podcast.episode import Claim, Dossier, GateName, GateReport, GateScore, Part, Script, Segment, Source
from tasks.podcast.models import PodcastItem
from tasks.podcast.researching import claims_for
from tasks.podcast.script.pace import words_for
from tasks.podcast.script.plain import said
from tasks.podcast.script.writing import LEEWAY

SEGMENT_WORDS = 150
"""As many as a line has room for."""
WORD = "letters "
CLAIM_WORDS = 50
"""Of a long sentence."""


def longest_script(item: PodcastItem, dossier: Dossier) -> Script:
    """Return a script of as many words as one may have."""
    words = round(words_for(item.minutes) * (1 + LEEWAY))
    return Script(
        title=item.topic.title, segments=list(_segments(item, dossier, words)), revision=item.bar.marks.repairs
    )


def dossier_to_be(item: PodcastItem, text: str) -> Dossier:
    """Return a dossier of as many claims as an episode has room for, all of one text and source."""
    source = Source(source_id="S1", title=item.topic.title, where=item.search or str(item.notes))
    return Dossier(sources=[source], claims=[Claim(text=text, source_id="S1")] * claims_for(item.minutes))


def script_to_be(item: PodcastItem, dossier: Dossier, text: str) -> Script:
    """Return a script of one line for each part, for people to read what would be asked about it."""
    cites = [dossier.sources[0].source_id]
    segments = [said(part, item.show.hosts[0].name, text, cites) for part in Part]
    return Script(title=item.topic.title, segments=segments)


def worst_report(item: PodcastItem) -> GateReport:
    """Return a report by which all of a script has to be written again."""
    repairs = ["letters " * 35] * 6
    gates = [
        GateScore(gate=gate, score=0, threshold=item.bar.marks.of(gate).threshold, weight=0, repairs=repairs)
        for gate in GateName
    ]
    return GateReport(gates=gates, overall=0, blocking=["it does not pass"])


def _segments(item: PodcastItem, dossier: Dossier, words: int) -> Iterator[Segment]:
    hosts, sources = item.show.hosts, dossier.sources
    for number, left in enumerate(range(words, 0, -SEGMENT_WORDS)):
        text = (WORD * min(left, SEGMENT_WORDS)).strip()
        cites = [one.source_id for one in sources[:6]]
        yield said(Part.BODY, hosts[number % len(hosts)].name, text, cites)

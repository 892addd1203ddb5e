"""All gates together: the weighted score, what is added to it, and what keeps an episode from going on."""

from __future__ import annotations

import re

from anyio import to_thread

from tasks.podcast.episode import Dossier, GateName, GateReport, GateScore, Script
from tasks.podcast.gates.brand import brand
from tasks.podcast.gates.comprehension import comprehension
from tasks.podcast.gates.engagement import engagement
from tasks.podcast.gates.judgement import Judgement, judged
from tasks.podcast.gates.technical import technical
from tasks.podcast.marks import Bar, GateProfile
from tasks.podcast.models import PodcastItem
from tasks.words import cut, needed, score

BONUSES = {"cross_references": 0.02, "source_diversity": 0.03, "quotes": 0.02}
DIVERSE = 3
"""Sources that make a script diverse."""
MOST_LETTERS = 300
"""Of a reason."""
QUOTED_WORDS = 4
"""Words of a quotation, at least."""
_CROSS = re.compile(r"\bepisode\s+\d+", re.IGNORECASE)
_QUOTATION = re.compile(r"[\"“«„]([^\"”»“]{8,400})[\"”»“]")


async def pass_gates(item: PodcastItem, dossier: Dossier, script: Script) -> GateReport:
    """Measure and judge a script, and say whether it goes on."""
    judgement = await judged(item, dossier, script)
    return await to_thread.run_sync(report_on, item, dossier, script, judgement)


def report_on(item: PodcastItem, dossier: Dossier, script: Script, judgement: Judgement | None) -> GateReport:
    """Put the scores of all gates together."""
    show, marks = item.show, item.bar.marks
    gates = [
        comprehension(script, show.language, marks),
        brand(script, show.brand, judgement, marks),
        engagement(script, len(show.hosts), judgement, marks),
        technical(script, dossier, show, item.minutes, judgement, marks),
    ]
    bonuses = {name: BONUSES[name] for name in _earned(script, dossier)}
    overall = round(min(1.0, sum(one.weight * one.score for one in gates) + sum(bonuses.values())), 4)
    unsupported = len(judgement.unsupported) if judgement is not None else 0
    return GateReport(
        gates=gates,
        bonuses=bonuses,
        overall=overall,
        blocking=blocking(gates, overall, unsupported, item.bar),
        judged_by=judgement.model if judgement is not None else "",
        revised=script.revision,
    )


def blocking(gates: list[GateScore], overall: float, unsupported: int, bar: Bar) -> list[str]:
    """Say what keeps an episode from going on.

    Under both profiles its structure does, and what no source bears out. Under STANDARD all gates do, and the weighted
    score; under DRAFT these are shown and hold nothing up.
    """
    is_strict = bar.profile is GateProfile.STANDARD
    counting = [one for one in gates if is_strict or one.gate is GateName.TECHNICAL]
    found = [cut(_too_low(one), MOST_LETTERS) for one in counting if not one.passes]
    if unsupported:
        found.append(f"no source bears out {unsupported} of its lines")
    if is_strict and overall < bar.marks.overall:
        found.append(f"in all it has {score(overall)}, and {needed(bar.marks.overall)} are needed")
    return found


def _too_low(one: GateScore) -> str:
    why = f": {one.findings[0]}" if one.findings else ""
    return f"{one.gate.value} has {score(one.score)}, and {needed(one.threshold)} are needed{why}"


def _earned(script: Script, dossier: Dossier) -> list[str]:
    cited = {name for segment in script.segments for name in segment.cites}
    sources = " ".join(claim.text for claim in dossier.claims).casefold()
    quotations = [found for found in _QUOTATION.findall(script.text) if len(found.split()) >= QUOTED_WORDS]
    earned = {
        "cross_references": bool(_CROSS.search(script.text)),
        "source_diversity": len(cited) >= DIVERSE,
        "quotes": any(quotation.casefold().strip(" .,!?") in sources for quotation in quotations),
    }
    return [name for name, is_so in earned.items() if is_so]

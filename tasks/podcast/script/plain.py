"""A script without a model: the sources' own words, read by the hosts in turn.

It has no phrases of its own but the names of show and episode, so that it serves in every language.
"""

from __future__ import annotations

from collections.abc import Iterator

from tasks.podcast.episode import Claim, Dossier, Part, Script, Segment
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.pace import seconds_of, timed


def plain_script(item: PodcastItem, dossier: Dossier) -> Script:
    """Put a script together from what the dossier says, as much as there is time for."""
    hosts, language = [host.name for host in item.show.hosts], item.show.language
    hook, *rest = dossier.claims
    frame = [
        said(Part.HOOK, hosts[0], hook.text, [hook.source_id]),
        said(Part.INTRO, hosts[0], f"{item.show.title}. {item.topic.title}."),
        outro(item),
    ]
    left = 60 * item.minutes - sum(seconds_of(one.text, language) for one in frame)
    body = [
        said(Part.BODY, hosts[number % len(hosts)], claim.text, [claim.source_id])
        for number, claim in enumerate(fitting(rest, left, language), 1)
    ]
    segments = timed([*frame[:2], *body, frame[2]], language)
    return Script(title=item.topic.title, summary=hook.text, segments=segments)


def fitting(claims: list[Claim], seconds: float, language: str) -> Iterator[Claim]:
    """Yield claims in their order as long as there is time for them."""
    for claim in claims:
        seconds -= seconds_of(claim.text, language)
        if seconds < 0:
            return
        yield claim


def outro(item: PodcastItem) -> Segment:
    """Return what ends an episode: what its show always says, and its name."""
    title = item.show.title
    always = [phrase for phrase in item.show.brand.required if phrase.casefold() not in title.casefold()]
    return said(Part.OUTRO, item.show.hosts[0].name, " ".join(f"{phrase}." for phrase in [*always, title]))


def said(part: Part, speaker: str, text: str, cites: list[str] | None = None) -> Segment:
    """Return a segment whose time is not planned yet."""
    return Segment(part=part, speaker=speaker, text=text, cites=cites or [])

"""What was found for each episode of a batch and what would be asked about it: the hook `preview` of this kind.

Notes are read; nothing is asked, spoken or written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tasks.claims import Claims
from tasks.errors import as_fault
from tasks.llm.rehearsal import Foreseen, as_it_will_be, questions_of
from tasks.podcast.approved import read_approved
from tasks.podcast.episode import Dossier, Script
from tasks.podcast.gates.judgement import judged
from tasks.podcast.imagined import dossier_to_be, script_to_be
from tasks.podcast.models import PodcastBatch, PodcastItem
from tasks.podcast.planning import items_of, outputs_of, preparing
from tasks.podcast.readiness import check_voices, found_for
from tasks.podcast.research import Found
from tasks.podcast.researching import claims_from
from tasks.podcast.script import writing
from tasks.podcast.script.plain import plain_script
from tasks.podcast.script.text import as_text
from tasks.previews import Preview, chosen
from tasks.words import count

MOST_LETTERS = 300


def preview_podcast(batch: PodcastBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count a batch's episodes and show the first `most` of them, or the one of that id."""
    items = items_of(batch)
    prepare = preparing(batch, Claims())
    return len(items), (_preview(item, prepare) for item in chosen(items, item_id, most))


def _preview(item: PodcastItem, prepare: Callable[[PodcastItem], PodcastItem]) -> Preview:
    """Show an episode; what it would fail with stands in the preview."""
    shown = Preview(item.item_id, item.topic.title, next(outputs_of(item)))
    try:
        item = prepare(item)
        shown.facts = _facts(item)
        if item.approved:
            shown.warnings.append("a person has approved its script: no model is asked")
            shown.content = as_text(read_approved(item).script)
            return shown
        found = found_for(item)
        if found is None:
            shown.warnings.append(f"what {item.search} will find stands as {as_it_will_be(MOST_LETTERS)}")
            dossier = dossier_to_be(item, as_it_will_be(MOST_LETTERS))
        else:
            shown.warnings += found.warnings
            dossier = claims_from(item, found)
            shown.facts["claims"] = f"{len(dossier.claims)} of {count(len(dossier.sources), 'source')}"
        shown.content = "\n\n".join([*(_found(found) if found else ()), *_asked(item, dossier, shown)])
    except Exception as error:
        shown.error = as_fault(error, what=f"item {item.item_id!r}")
    return shown


def _found(found: Found) -> Iterator[str]:
    yield f"[find_sources: {count(len(found.passages), 'passage')} of {found.notes}]"
    for one in found.passages:
        place = f", {one.place}" if one.place else ""
        yield f"{one.title} ({one.where}{place})\n{one.text}"


def _asked(item: PodcastItem, dossier: Dossier, shown: Preview) -> Iterator[str]:
    if not item.models:
        shown.warnings.append("no model is asked")
        yield "[write_script: the sources' own words, in turn]"
        yield as_text(plain_script(item, dossier))
        return
    script: Script = script_to_be(item, dossier, as_it_will_be(MOST_LETTERS))
    yield from _told("write_script", questions_of(lambda: writing.write(item, dossier)))
    judge = questions_of(lambda: judged(item, dossier, script))
    yield from _told("pass_gates", judge)
    if judge and item.bar.marks.repairs:
        times = count(item.bar.marks.repairs, "time")
        shown.warnings.append(f"what a gate names is written again up to {times}, which is asked for as well")


def _told(stage: str, questions: list[Foreseen]) -> Iterator[str]:
    """Write a stage's questions out: what all of them begin with once, then what is each one's own."""
    if not questions:
        return
    first = questions[0].asking
    yield f"[{stage}: {next(iter(first.item.models), 'no model')} is asked {count(len(questions), 'time')}]"
    yield from (part for part in (first.question.prompt.system, first.question.prompt.shared) if part)
    for number, one in enumerate(questions, 1):
        own = one.asking.question.prompt.own
        yield own if len(questions) == 1 else f"[{stage}, question {number}]\n\n{own}"


def _facts(item: PodcastItem) -> dict[str, str]:
    show = item.show
    voices = check_voices(item)
    return {
        "show": f"{show.title}, {show.language}",
        "length": f"{item.minutes:g} min",
        "voices": ", ".join(f"{name}: {voice}" for name, voice in voices.items()),
        "models": ", ".join(item.models) or "none",
        "gates": f"{item.bar.profile.value}, {item.bar.marks.overall:g} in all",
    }

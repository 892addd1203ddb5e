"""Weeks as they would be asked for now, without one being planned: the hook `preview` of this kind."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.creators import analysis, audience, preflight
from tasks.creators.context import CreatorContext, rules_for
from tasks.creators.files import schedule_paths
from tasks.creators.foreseeing import context_of
from tasks.creators.known import Known, known_to
from tasks.creators.models import CreatorBatch, CreatorItem
from tasks.creators.planning import Laid, lay
from tasks.creators.slots import posts_per_day, shift
from tasks.creators.supply import supplies
from tasks.errors import InputError, as_fault
from tasks.ledger.looking import looking
from tasks.previews import Preview, unknown_item
from tasks.words import count as count_of


def preview_creators(batch: CreatorBatch, item_id: str | None, most: int) -> tuple[int, Iterator[Preview]]:
    """Count a batch's weeks and show the first `most` of them in the order of entry, or the one of that id."""
    with looking() as glance:
        execute = glance.execute if glance is not None else None
        known = known_to(batch, execute)
        laid = lay(batch, known.listing, execute)
    items = laid.items if item_id is None else [item for item in laid.items if item.item_id == item_id]
    if item_id is not None and not items:
        raise unknown_item(item_id, [item.item_id for item in laid.items])
    return len(laid.items), (_preview(item, laid, known) for item in items[:most])


def _preview(item: CreatorItem, laid: Laid, known: Known) -> Preview:
    path = schedule_paths(item.output_root, item.creator, item.week_start)[0]
    preview = Preview(item.item_id, item.creator, path, facts=_facts(item, laid))
    try:
        if item.fault is not None:
            raise InputError(*item.fault)
        if item.creator in known.brought:
            preview.warnings.append("its posts show once the roster is imported")
        else:
            _describe(preview, item, context_of(item, laid), known.names)
    except Exception as error:
        preview.error = as_fault(error, what=f"the week of {item.creator!r}")
    return preview


def _facts(item: CreatorItem, laid: Laid) -> dict[str, str]:
    chunk = next((number for number, one in enumerate(laid.chunks, start=1) if item.creator in one.names), None)
    facts = {
        "week": f"{item.week_start}, Monday to Sunday",
        "after": item.after,
        "group": item.group,
        "models": ", ".join(item.models) or "none",
        "chunk": f"{chunk} of {len(laid.chunks)}" if chunk else "",
    }
    return {name: fact for name, fact in facts.items() if fact}


def _describe(preview: Preview, item: CreatorItem, context: CreatorContext, names: list[str]) -> None:
    """Say of whom the ledger knows what his week will have; the phases may still find less copy or room."""
    found = preflight.check(item, context, names)
    profile, rules = context.known, rules_for(context.known, item.rules)
    move, because = shift(analysis.analyse(item, context), audience.assess(item, context))
    days = posts_per_day(item, context, rules, move)
    moved = f"; {move:+d} a day because {because}" if move else ""
    kinds = supplies(context, rules, item.week_start)
    usable = sum(each.usable for each in kinds.values())
    preview.facts |= {
        "creator": f"{profile.page_name}, {profile.audience_size:,} ({profile.tier}), {profile.time_zone}",
        "posts": f"about {sum(days)}: {' '.join(map(str, days))}, and follow-ups{moved}",
        "copy": f"{count_of(usable, 'text')} for {count_of(len(kinds), 'slot type')}",
    }
    preview.warnings += [f"{each.name}: {each.note}" for each in found.checks if not each.passed]

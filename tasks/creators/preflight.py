"""Phase 1: whether a week can be planned at all, and what is worth knowing before it is."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo, available_timezones

from pydantic import ValidationError

from tasks.complaints import nearest
from tasks.creators.clock import clock_of
from tasks.creators.context import CreatorContext, Profile, rules_for
from tasks.creators.contradictions import contradictions
from tasks.creators.copy_choice import rests
from tasks.creators.findings import Check, Preflight, Readiness
from tasks.creators.forewarnings import forewarnings
from tasks.creators.models import CreatorItem
from tasks.creators.rules import Rules
from tasks.creators.spacing import rooms_of
from tasks.creators.supply import rested
from tasks.errors import InputError, PressroomError, fault
from tasks.words import count as count_of


def check(item: CreatorItem, context: CreatorContext, names: Sequence[str] = ()) -> Preflight:
    """Look at everything that a week needs and list it; raise PREFLIGHT_BLOCK at the first that no week can do without.

    What only makes the week worse is a warning. An item that was at fault from the start fails with that. `names` are
    everybody's, and needed where the creator is not known.
    """
    if item.fault is not None:
        raise InputError(*item.fault)
    profile = accepted(item.creator, context.profile, names)
    rules = own_rules(profile, item.rules)
    if found := contradictions(rules, profile.tier, rooms_of(rules, clock_of(profile.time_zone, item.week_start))):
        raise contradictory(repr(profile.creator_id), found)
    checks = [
        Check(name="profile", passed=True, note=f"{profile.page_name}, {profile.audience_size:,} ({profile.tier})"),
        Check(name="active", passed=True),
        Check(name="time zone", passed=True, note=profile.time_zone),
        Check(name="rules", passed=True, note=", ".join(sorted(profile.rules)) or "those of the batch"),
        _usable_copy(item, context, rules),
        *forewarnings(context, rules, item.week_start),
    ]
    is_ready = all(each.passed for each in checks)
    return Preflight(status=Readiness.READY if is_ready else Readiness.WARN, checks=checks)


def accepted(name: str, profile: Profile | None, names: Sequence[str] = ()) -> Profile:
    """Return the profile of whoever was asked for by this name, or refuse one that cannot be planned for.

    Of a name that is nobody's it says whose of `names` may be meant.
    """
    if profile is None:
        raise _block(
            "CREATOR_UNKNOWN",
            f"Creator not found in active_creators: {name!r}",
            nearest(name, names) or "`pressroom creators list` shows those that are known.",
        )
    if not profile.is_active:
        raise _block(
            "CREATOR_INACTIVE",
            f"Creator is not active: {profile.creator_id!r}",
            "Set is_active in the roster, then retry.",
        )
    if not _is_time_zone(profile.time_zone):
        hint = nearest(profile.time_zone, sorted(available_timezones())) or "Use a name such as Europe/Lisbon."
        raise _block("TIMEZONE_UNKNOWN", f"{profile.creator_id!r} has the time zone {profile.time_zone!r}", hint)
    return profile


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # What is no zone may also look like a path, or be a folder of zones.
        return False
    return True


def own_rules(profile: Profile, given: Rules) -> Rules:
    """Return the rules that hold for a creator, or refuse his own where they are none."""
    try:
        return rules_for(profile, given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        what = f"The rules of {profile.creator_id!r}: {field}: {first['msg']}"
        raise _block("RULES_CONTRADICT", what, "Correct that rule in the roster, then retry.") from error


def contradictory(whose: str, found: Sequence[tuple[str, str]]) -> PressroomError:
    """Say of somebody's rules what contradicts what, and what to do."""
    what = "; ".join(each for each, _ in found)
    hints = " ".join(dict.fromkeys(hint for _, hint in found))
    return _block("RULES_CONTRADICT", f"The rules of {whose}: {what}", hints)


def _usable_copy(item: CreatorItem, context: CreatorContext, rules: Rules) -> Check:
    """Return how much copy may be used at all, with everything relaxed that can be."""
    allowed = [copy for copy in context.copies if copy.slot_type not in rules.excluded_slot_types]
    good = [copy for copy in allowed if copy.performance >= rules.min_copy_performance]
    usable = [copy for copy in good if rested(copy, item.week_start) >= rests(rules)[-1]]
    if not usable:
        what = f"{context.known.creator_id!r} has no copy to use: of {count_of(len(context.copies), 'text')} "
        what += f"{len(context.copies) - len(allowed)} are for slot types that are excluded, "
        what += f"{len(allowed) - len(good)} did worse than {rules.min_copy_performance:g}, "
        what += f"{len(good)} were used too lately"
        raise _block("COPY_NONE", what, _for_copy(len(allowed), len(good)))
    return Check(name="copy", passed=True, note=f"{len(usable)} of {count_of(len(context.copies), 'text')} may be used")


def _for_copy(allowed: int, good: int) -> str:
    """Say what helps who has no copy to use: the rule that the last of it fell to, or copy."""
    rule = "end `reuse_days` with fewer days" if good else "lower `min_copy_performance`" if allowed else ""
    bring = "import copy for this creator (`pressroom creators import`)"
    hint = f"{rule}, or {bring}" if rule else bring
    return f"{hint[0].upper()}{hint[1:]}, then retry."


def too_poor(creator_id: str, best: float, rules: Rules) -> PressroomError | None:
    """Return what a creator will fail with whose best copy the rules do not let through."""
    if best >= rules.min_copy_performance:
        return None
    least = rules.min_copy_performance
    what = f"{creator_id!r} has no copy to use: the best of it has done {best:g}, and min_copy_performance is {least:g}"
    return _block("COPY_NONE", what, _for_copy(1, 0))


def _block(code: str, what: str, hint: str) -> PressroomError:
    return fault("PREFLIGHT_BLOCK", why=f"{code}: {what}.", hint=hint)

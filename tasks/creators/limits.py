"""What keeps a week from being approved unseen, however well it scores."""

from __future__ import annotations

from tasks.creators.dimensions import Subject
from tasks.creators.expert import Opinion
from tasks.creators.findings import Critique, Risk
from tasks.creators.rules import GateProfile
from tasks.creators.week_plan import Relaxation
from tasks.words import score

_ORDINARY = {"reuse_days", "spacing_minutes"}
"""Rules whose relaxing, in their written order, is part of ordinary planning; it costs points, and nothing else."""


def reasons_for_review(subject: Subject, critique: Critique, asked: Opinion) -> list[str]:
    """Say why a person should look at a week; nothing where none needs to."""
    manual = sum(post.needs_manual_copy for post in subject.plan.posts)
    needed = "1 post needs" if manual == 1 else f"{manual} posts need"
    found = [f"{needed} copy that a person writes."] if manual else []
    found += dict.fromkeys(
        f"The rule {each.rule} holds only as {each.held}." for each in subject.plan.relaxed if _matters(each)
    )
    risk = subject.draft.risk
    if risk.risk is Risk.CRITICAL:
        found.append(f"The audience is tired of it (risk {risk.score:.0f}).")
    if subject.draft.forecast.confidence == 0 and subject.context.known.base_price == 0:
        found.append("What its posts bring is not known at all: there are no samples that say so, and no base_price.")
    if not critique.approves:
        found.append(f"The strategic critic does not approve ({score(critique.score, 0)}).")
    if not asked.was_heard and subject.item.gates is GateProfile.STANDARD:
        found.append("The model that was to be the second judge was not heard.")
    return found


def _matters(relaxed: Relaxation) -> bool:
    """Say whether a relaxed rule is more than ordinary: variety, or copy that may have gone out the day before."""
    return relaxed.rule not in _ORDINARY or (relaxed.rule == "reuse_days" and relaxed.bound == 0)

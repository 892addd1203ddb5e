"""Caps: how much an episode may cost, phase by phase and in all.

They are held where every call is let through, by the governor: what a call may cost at worst is counted before it is
made, so that a cap is never passed and an episode that would pass it ends with CAP_EXCEEDED while the others go on. At
80 % a person is told, once. Calls without a known price pass, because the caps hold for everybody, and who has asked
for no bound must not be refused for want of a price; who wants that names `budget.item_usd`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field

from tasks.bounds import MENDED_BY
from tasks.complaints import Remark
from tasks.model_options import Budget, Cap
from tasks.podcast.presets import CAPS_USD, PHASES
from tasks.shape import Shape

Dollars = Annotated[float, Field(gt=0)]
_STAGES = {"research": PHASES["research"], "script": PHASES["production"], "audio": PHASES["audio"]}
"""The stages that a cap is for; the others are of the total alone."""
HEADING = "Good to know"
"""Of what is told though nothing is wrong."""


class Caps(Shape):
    """US dollars that an episode may cost, earlier runs of its batch included."""

    model_config = ConfigDict(extra="forbid")

    research: Dollars = CAPS_USD["research"]
    """US dollars for searching and reading."""
    script: Dollars = CAPS_USD["script"]
    """US dollars for writing, judging and repairing."""
    audio: Dollars = CAPS_USD["audio"]
    """US dollars for speaking."""
    total: Dollars = CAPS_USD["total"]
    """US dollars for all of it."""


def stages_of(cap: str) -> tuple[str, ...]:
    """Name the stages that a cap is for; none where it is for all of them."""
    return _STAGES.get(cap, ())


MENDED_BY["CAP_EXCEEDED"] = tuple(f"caps.{name}" for name in Caps.model_fields)


def capped(budget: Budget, caps: Caps) -> Budget:
    """Return a budget that holds these caps as well; those of the same names that it held are theirs."""
    ours = [Cap(name=name, usd=usd, stages=list(stages_of(name))) for name, usd in caps]
    names = {cap.name for cap in ours}
    return budget.model_copy(update={"caps": [*(cap for cap in budget.caps if cap.name not in names), *ours]})


def remarks_on(caps: Caps, script: int, audio: int) -> Iterator[Remark]:
    """Say what does not fit together though nothing is wrong; `script` and `audio` are episodes at once."""
    parts = {name: usd for name, usd in caps if name != "total"}
    if sum(parts.values()) > caps.total:
        added = " + ".join(f"{usd:.2f}" for usd in parts.values())
        text = f"{added} = {sum(parts.values()):.2f} USD is more than the total of {caps.total:.2f}, which holds first."
        yield Remark("", "caps", (text,), HEADING)
    if script > audio:
        text = f"{script} scripts at once and {audio} episodes spoken at once: the smaller number sets the pace."
        yield Remark("", "at_once", (text,), HEADING)

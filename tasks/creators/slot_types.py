"""The kinds of posts that a week is made of: 22 slot types in six content types.

Which of them a creator uses follows from his copy and his rules; what each is worth, from his own samples. What stands
here is only what holds for everybody: how urgent a slot type is when places are few, and whether somebody may follow
up on it.
"""

from __future__ import annotations

from typing import NamedTuple


class SlotType(NamedTuple):
    """A kind of post."""

    name: str
    content_type: str
    priority: float
    """How much it matters when copy is chosen, from 0 to 1."""
    has_follow_up: bool = False
    """Whether a later post may come back to it."""
    needs: str = ""
    """Slot type of which a post must have gone before it in the week."""


_TABLE = (
    SlotType("newsletter", "text", 0.8, True),
    SlotType("tip", "text", 0.5),
    SlotType("story", "text", 0.6, True),
    SlotType("announcement", "text", 0.9, True),
    SlotType("photo", "picture", 0.5),
    SlotType("photo_set", "picture", 0.8, True),
    SlotType("behind_the_scenes", "picture", 0.6, True),
    SlotType("throwback", "picture", 0.3),
    SlotType("short_video", "video", 0.7, True),
    SlotType("long_video", "video", 1.0, True),
    SlotType("tutorial", "video", 0.9, True),
    SlotType("teaser", "video", 0.5),
    SlotType("live_session", "live", 1.0, True),
    SlotType("live_reminder", "live", 0.4),
    SlotType("live_recap", "live", 0.5, needs="live_session"),
    SlotType("question", "community", 0.5, True),
    SlotType("poll", "community", 0.5),
    SlotType("milestone", "community", 0.4),
    SlotType("thank_you", "community", 0.3),
    SlotType("offer", "offer", 1.0, True),
    SlotType("bundle", "offer", 0.9, True),
    SlotType("member_offer", "offer", 0.8, True),
)

SLOT_TYPES: dict[str, SlotType] = {slot.name: slot for slot in _TABLE}
"""By name."""

CONTENT_TYPES: tuple[str, ...] = tuple(dict.fromkeys(slot.content_type for slot in _TABLE))
"""What posts consist of."""

"""An invented roster to try things with: neutral people, plausible numbers, the same for the same seed.

What a post brings follows from a model that no phase knows: a creator's level times effects of slot type, weekday and
hour, which creators of a niche share in part; some effects hang together (an evening helps videos more than texts), a
few creators grow or shrink, one week is odd, and much is chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any

from tasks.creators.rules import Tier
from tasks.creators.sampling_model import Hidden
from tasks.creators.sampling_words import FIRST_NAMES, NICHES, TONES, Niche, text_of
from tasks.creators.slot_types import SLOT_TYPES

WEEKS = 16
MARK = " (sample)"
"""At the end of a page name: this creator is invented, and may be made anew."""
GROUPS = ("harbour", "orchard")
_ZONES = (
    *("Europe/Lisbon", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Africa/Nairobi", "America/Sao_Paulo"),
    *("Asia/Kolkata", "Europe/Helsinki", "America/Los_Angeles", "Pacific/Auckland", "Asia/Dubai", "America/St_Johns"),
)
"""Half of them change their clocks."""
_SIZES = {
    Tier.LOW: (150, 950),
    Tier.MID: (1_200, 4_800),
    Tier.HIGH: (5_500, 14_500),
    Tier.ULTRA: (16_000, 90_000),
}
_HOURS = (7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22)
_RARE = ("milestone", "throwback", "thank_you", "live_recap")

Rows = list[dict[str, Any]]


@dataclass
class Roster:
    """The rows of the four files, by file."""

    rows: dict[str, Rows] = field(
        default_factory=lambda: {"creators": [], "copy": [], "performance": [], "audience": []}
    )

    @property
    def creator_ids(self) -> list[str]:
        """Whose they are."""
        return [row["creator_id"] for row in self.rows["creators"]]


def sample_roster(creators: int = 12, seed: int = 7, *, until: date | None = None) -> Roster:
    """Return an invented roster whose sixteen weeks of posts end with the day before `until` (default: today)."""
    ends = until or date.today()
    roster = Roster()
    for number in range(creators):
        one = _Invented(seed, number)
        roster.rows["creators"].append(one.profile())
        copies = one.copies(ends)
        roster.rows["copy"] += copies
        roster.rows["performance"] += one.posts(copies, ends)
        roster.rows["audience"] += one.audience(ends)
    for group in sorted({row["group"] for row in roster.rows["creators"]} - {""}):
        roster.rows["copy"] += _shared_copies(seed, group, ends)
    return roster


class _Invented:
    """One creator, of whom everything follows from the seed and a number."""

    def __init__(self, seed: int, number: int) -> None:
        self._seed, self._number = seed, number
        self.niche: Niche = NICHES[(number + Random(f"{seed}:niches").randrange(len(NICHES))) % len(NICHES)]
        if number % 3 == 2:  # Every third shares the niche of the one before, so that there are peers.
            self.niche = _Invented(seed, number - 1).niche
        names = Random(f"{seed}:names").sample(FIRST_NAMES, len(FIRST_NAMES))
        again, place = divmod(number, len(names))
        self.creator_id = f"{names[place].lower()}-{self.niche.slug}{f'-{again + 1}' * bool(again)}"
        self.page_name = f"{names[place]}'s {self.niche.page}{f' {again + 1}' * bool(again)}{MARK}"
        self.tier = list(Tier)[number % len(Tier)]
        self.size = Random(f"{seed}:{number}:size").randint(*_SIZES[self.tier])

    def profile(self) -> dict[str, Any]:
        """A row of creators.csv."""
        return {
            "creator_id": self.creator_id,
            "page_name": self.page_name,
            "time_zone": _ZONES[self._number % len(_ZONES)],
            "is_active": True,
            "audience_size": self.size,
            "niche": self.niche.slug,
            "persona": self._persona,
            "group": dict(enumerate(GROUPS * 2, start=1)).get(self._number, ""),
            "base_price": Random(f"{self._seed}:{self._number}:price").randint(4, 25) + 0.5,
            "rules": "{}",
        }

    @cached_property
    def _persona(self) -> str:
        return Random(f"{self._seed}:{self._number}:persona").choice(TONES)

    @cached_property
    def _slot_types(self) -> list[str]:
        """What this creator does: most of the kinds there are, seldom all."""
        random = Random(f"{self._seed}:{self._number}:kinds")
        left_out = set(random.sample(_RARE, random.randint(0, 2)))
        return [name for name in SLOT_TYPES if name not in left_out]

    def copies(self, ends: date) -> Rows:
        """Rows of copy.csv: 60 to 150, each kind at least twice, and more of those that matter."""
        random = Random(f"{self._seed}:{self._number}:copies")
        wanted = random.randint(60, 150)
        kinds = 2 * self._slot_types
        weights = [0.3 + SLOT_TYPES[name].priority for name in self._slot_types]
        kinds += random.choices(self._slot_types, weights, k=wanted - len(kinds))
        numbers = dict.fromkeys(SLOT_TYPES, 0)
        made = []
        for slot_type in kinds:
            numbers[slot_type] += 1
            copy_id = f"{self.creator_id}-{slot_type}-{numbers[slot_type]}"
            made.append(_copy(random, copy_id, slot_type, self.niche, ends) | {"creator_id": self.creator_id})
            if random.random() < 0.5:
                made[-1]["tone"] = self._persona
        _tell_apart(made)
        return made

    def audience(self, ends: date) -> Rows:
        """Rows of audience.csv, week by week."""
        random = Random(f"{self._seed}:{self._number}:audience")
        size, wear = self.size * 0.94, random.uniform(-0.01, 0.03)
        lapsing = random.uniform(0.1, 0.25)
        made = []
        for start in _weeks(ends):
            size *= 1 + random.gauss(0.004, 0.01)
            lapsing = min(0.6, max(0.05, lapsing + wear / 2 + random.gauss(0, 0.01)))
            shares = {"new": random.uniform(0.05, 0.12), "lapsing": lapsing}
            shares["regular"] = 1 - sum(shares.values())
            made += [
                {"creator_id": self.creator_id, "week_start": str(start), "segment": name, "size": round(size * share)}
                for name, share in sorted(shares.items())
            ]
        return made

    def posts(self, copies: Rows, ends: date) -> Rows:
        """Rows of performance.csv: what each post of the last weeks brought."""
        random = Random(f"{self._seed}:{self._number}:posts")
        by_kind: dict[str, Rows] = {}
        for copy in copies:
            by_kind.setdefault(copy["slot_type"], []).append(copy)
        weeks = _weeks(ends)
        hidden = Hidden(self._seed, self._number, self.niche.slug, self.size, weeks=WEEKS)
        made = []
        for week, start in enumerate(weeks):
            for weekday in range(7):
                day = start + timedelta(days=weekday)
                posts = 2 + list(Tier).index(self.tier) + (weekday in (4, 5)) + random.choice((-1, 0, 0))
                for hour in sorted(random.sample(_HOURS, min(len(_HOURS), posts))) if day < ends else ():
                    slot_type = random.choice(self._slot_types)
                    copy = random.choice(by_kind[slot_type])
                    value = hidden.value(slot_type, weekday, hour, week, copy["performance"])
                    reach = round(self.size * random.uniform(0.15, 0.5))
                    made.append(
                        {
                            "creator_id": self.creator_id,
                            "posted_on": str(day),
                            "hour": hour,
                            "slot_type": slot_type,
                            "copy_id": copy["copy_id"],
                            "value": round(value, 2),
                            "reach": reach,
                            "responses": min(reach, round(reach * 0.03 * (0.4 + value / hidden.level))),
                        }
                    )
        return made


def _weeks(ends: date) -> list[date]:
    """The Mondays of the weeks that end before `ends`, and of the one that is under way."""
    this = ends - timedelta(days=ends.weekday())
    under_way = 1 if this < ends else 0
    return [this - timedelta(weeks=back) for back in range(WEEKS - under_way, -under_way, -1)]


def _copy(random: Random, copy_id: str, slot_type: str, niche: Niche, ends: date) -> dict[str, Any]:
    sells = SLOT_TYPES[slot_type].content_type == "offer"
    used = ends - timedelta(days=random.randint(3, 120)) if random.random() < 0.7 else None
    return {
        "copy_id": copy_id,
        "creator_id": "",
        "group": "",
        "text": text_of(random, slot_type, niche),
        "slot_type": slot_type,
        "tone": random.choice(TONES),
        "performance": round(min(99.0, max(5.0, random.gauss(62, 16))), 1),
        "price": random.randint(5, 40) + 0.5 if sells and random.random() < 0.4 else None,
        "last_used_on": str(used) if used else None,
        "is_active": True,
    }


def _tell_apart(copies: Rows) -> None:
    """Number texts that read alike, so that none goes out twice under two names."""
    seen: dict[str, int] = {}
    for copy in copies:
        count = seen[copy["text"]] = seen.get(copy["text"], 0) + 1
        if count > 1:
            copy["text"] += f" ({count})"


def _shared_copies(seed: int, group: str, ends: date) -> Rows:
    """What the members of a group may all post."""
    random = Random(f"{seed}:{group}:copies")
    kinds = [name for name in SLOT_TYPES if SLOT_TYPES[name].content_type in ("community", "offer", "text")]
    everybody = Niche("neighbours", "corner", "the neighbourhood", "neighbours", "the open day")
    return [_copy(random, f"{group}-{kind}-shared", kind, everybody, ends) | {"group": group} for kind in kinds]

"""A recap follows what it recaps: in the phases' weeks, in those of the search, and whoever looks at one."""

from __future__ import annotations

import creating
import pytest
import weeks
from hypothesis import given
from hypothesis import strategies as st

from tasks.creators.rules import Rules
from tasks.creators.slot_types import SLOT_TYPES
from tasks.creators.supply import supplies
from tasks.creators.turns import in_turn
from tasks.creators.violations import violations_of
from tasks.creators.week_plan import PlannedPost

KINDS = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["live_recap", "live_session", "photo", "tip"])))


def posts_of(kinds: list[tuple[int, str]]) -> list[PlannedPost]:
    return [
        PlannedPost(post_id=f"{day}-{number}", day=day, slot_type=name, content_type=SLOT_TYPES[name].content_type)
        for number, (day, name) in enumerate(sorted(kinds))
    ]


@given(kinds=KINDS)
def test_every_recap_has_a_session_on_a_day_before(kinds: list[tuple[int, str]]) -> None:
    kinds = [*kinds, (1, "photo"), (4, "tip"), (5, "photo")]
    given_posts = posts_of(kinds)
    posts, repairs = in_turn(given_posts)
    sessions = [post.day for post in posts if post.slot_type == "live_session"]
    recaps = [post.day for post in posts if post.slot_type == "live_recap"]
    assert all(min(sessions, default=9) < day for day in recaps)
    assert [(post.post_id, post.day) for post in posts] == [(post.post_id, post.day) for post in given_posts]
    assert bool(repairs) == (posts != given_posts)


def test_a_recap_for_which_no_later_day_is_left_becomes_a_session() -> None:
    kinds = [(1, "live_recap"), (1, "live_recap"), (1, "live_session"), (4, "live_recap"), (5, "photo")]
    posts, repairs = in_turn(posts_of(kinds))
    assert [post.slot_type for post in posts].count("live_recap") == 2
    assert [post.day for post in posts if post.slot_type == "live_session"] == [1, 1]
    assert len(repairs) == 3


def test_a_recap_before_its_session_breaks_a_rule() -> None:
    known = weeks.known()
    week = weeks.plan(known)
    turned = week.model_copy(
        update={
            "posts": [
                week.posts[0].model_copy(update={"slot_type": "live_recap", "content_type": "live"}),
                *(post for post in week.posts[1:]),
            ]
        }
    )
    broken = violations_of(turned, known, Rules(), creating.WEEK)
    assert [each.post_id for each in broken if each.rule == "turn"][:1] == [week.posts[0].post_id]


@pytest.mark.parametrize("rules", [{"excluded_slot_types": ["live_session"]}, {}])
def test_a_recap_is_not_used_where_no_session_can_be(rules: dict[str, list[str]]) -> None:
    has = [name for name in SLOT_TYPES if rules or name != "live_session"]
    known = creating.context(copies=creating.copies(slot_types=has))
    assert "live_recap" not in supplies(known, Rules.model_validate(rules), creating.WEEK)

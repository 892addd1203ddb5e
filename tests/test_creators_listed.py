"""Creators in a file of their own, and rules that say something of one tier only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from creating import profile
from sites import put

from tasks.creators.context import rules_for
from tasks.creators.models import CreatorBatch
from tasks.creators.request import Asked, asked
from tasks.creators.rules import Rules, Tier
from tasks.errors import PressroomError


def listed(path: Path) -> list[Asked]:
    return asked(CreatorBatch(batch_mode=True, items_file=Path(path.name), base_dir=path.parent))


def test_a_file_may_be_a_yaml_list_and_errors_name_its_lines(tmp_path: Path) -> None:
    text = "# who\n- alma\n- Bela's page\n- creator: cora\n  week_start: 2030-03-11\n"
    found = listed(put(tmp_path / "who.yaml", text))
    assert [(one.name, one.place) for one in found] == [("alma", (2,)), ("Bela's page", (3,)), ("cora", (4,))]
    assert found[2].weeks == date(2030, 3, 11)


def test_a_file_may_be_a_json_list(tmp_path: Path) -> None:
    found = listed(put(tmp_path / "who.json", '["alma", {"creator": "bela"}]'))
    assert [one.name for one in found] == ["alma", "bela"]


@pytest.mark.parametrize(("text", "why"), [("alma\n", "it holds no list"), ("- 5\n", "line 1, creator")])
def test_a_yaml_file_that_lists_no_creators_is_refused(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match=f"SPEC_INVALID: .*{why}"):
        listed(put(tmp_path / "who.yaml", text))


def test_posts_a_day_of_one_tier_leave_the_others_as_they_are() -> None:
    rules = Rules.model_validate({"posts_per_day": {"LOW": 4}})
    assert rules.posts_per_day == {Tier.LOW: 4, Tier.MID: 4, Tier.HIGH: 5, Tier.ULTRA: 6}
    own = rules_for(profile(rules={"posts_per_day": {"HIGH": 2}}), rules)
    assert own.posts_per_day == {Tier.LOW: 4, Tier.MID: 4, Tier.HIGH: 2, Tier.ULTRA: 6}

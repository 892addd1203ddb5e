"""Each failure has a code with its words, and the README tells a user of every one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tasks.prose
import tasks.speech  # noqa: F401  # bring their own codes into the table, as kinds do
from tasks.errors import FAULTS, add_faults, input_fault
from tasks.specs import kind_spec, kinds

for _kind in kinds():
    kind_spec(_kind)  # likewise
README = Path(__file__).parent.parent / "README.md"


def test_every_code_has_a_message_and_a_remedy() -> None:
    assert all(row.message and row.remedy for row in FAULTS.values())


def test_the_readme_tells_of_every_code_and_of_no_other() -> None:
    told = README.read_text(encoding="utf-8").partition("## When something is wrong")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`", told)) == set(FAULTS)


def test_a_kind_cannot_give_another_meaning_to_a_code_that_is_there() -> None:
    with pytest.raises(ValueError, match="USAGE"):
        add_faults({"USAGE": input_fault("It is something else.", "Do something else.")})

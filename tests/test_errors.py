"""Each failure has a code with its words, and the README tells a user of every one."""

from __future__ import annotations

import re
from pathlib import Path

from tasks.errors import FAULTS

README = Path(__file__).parent.parent / "README.md"


def test_every_code_has_a_message_and_a_remedy() -> None:
    assert all(row.message and row.remedy for row in FAULTS.values())


def test_the_readme_tells_of_every_code_and_of_no_other() -> None:
    told = README.read_text(encoding="utf-8").partition("## When something is wrong")[2].partition("\n## ")[0]
    assert set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`", told)) == set(FAULTS)

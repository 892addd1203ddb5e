"""The timeline of letters: every stage has a sign of its own, however many there are."""

from __future__ import annotations

from histories import attempt, history, item

from tasks.reports.clock import clock_of
from tasks.reports.text_bars import gantt_lines
from tasks.reports.timeline import timeline_of


def test_nineteen_stages_have_nineteen_signs_and_none_is_that_of_something_else() -> None:
    stages = [f"stage_{number}" for number in range(19)]
    given = history([attempt(stage=stage, asked=number) for number, stage in enumerate(stages)], [item()])
    timeline = timeline_of(given, clock_of(given))
    assert timeline is not None
    lines = list(gantt_lines(timeline))
    signs = {line.partition(" works on ")[2]: line[0] for line in lines if " works on " in line}
    assert list(signs) == stages
    assert len(set(signs.values())) == 19
    assert not set("".join(signs.values()).casefold()) & set("x/◆▒░~· ")
    row = lines[0].split()[1]
    assert list(dict.fromkeys(row)) == list(signs.values())

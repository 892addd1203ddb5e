"""Tokens and cost as pictures: bars by model, and what was spent over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from tasks import words
from tasks.ledger.uses import Moment, Spending, Use
from tasks.reports.clock import Clock
from tasks.reports.money import cost_of
from tasks.reports.pictures.bars import ROW
from tasks.reports.pictures.gantt import COLOURS
from tasks.reports.pictures.picture import Key, Picture
from tasks.reports.pictures.svg import Part, drawing, level, rect, text
from tasks.reports.pictures.time_axis import break_keys, time_axis, time_label

COLUMNS = 60
"""Parts into which the time is cut."""
MODELS = 12
"""Models drawn at most; the table has all."""
_STRIP, _HEAD, _FOOT = 44.0, 16.0, 14.0
_NUMBERED_FROM = 0.06
_TOKENS = (("s0", "input read anew"), ("reused", "input from a prompt cache"), ("s3", "output"))


def spending_pictures(spending: Spending, clock: Clock, stages: Sequence[str]) -> Iterator[Picture]:
    """Yield the pictures of tokens and cost, stages as other pictures number them; none of what was not used."""
    if any(_tokens(use) for use in spending.models):
        yield tokens_by_model(spending)
    if spending.total.cost > 0:
        yield cost_by_model(spending, stages)
    if any(moment.cost or moment.tokens for moment in spending.moments):
        yield over_time(spending, clock)


def tokens_by_model(spending: Spending) -> Picture:
    """Draw how many tokens each model read, how many of them its vendor had kept, and how many it wrote."""
    uses = [use for use in spending.models if _tokens(use)][:MODELS]
    parts: list[Part] = []
    most = max(map(_tokens, uses))
    for index, use in enumerate(uses):
        numbers = (use.input_tokens - use.cached_tokens, use.cached_tokens, use.output_tokens)
        tips = [f"{number:,} tokens, {name}" for number, (_, name) in zip(numbers, _TOKENS, strict=True)]
        segments = [(number / most, css, tip) for number, (css, _), tip in zip(numbers, _TOKENS, tips, strict=True)]
        parts += _row(index, use.name, f"{_tokens(use):,}", segments)
    total = spending.total
    caption = f"{total.input_tokens:,} tokens were read and {total.output_tokens:,} written"
    if total.cached_tokens:
        caption += f"; {words.share(total.cached_tokens, total.input_tokens)} of the input came from prompt caches"
    alt = "Bars. " + "; ".join(f"{use.name}: {use.input_tokens:,} in, {use.output_tokens:,} out" for use in uses)
    keys = [Key(css, name) for css, name in _TOKENS if css != "reused" or total.cached_tokens]
    svg = drawing(len(uses) * ROW, alt, parts)
    return Picture("Tokens by model", f"{caption}.", svg, "tokens", "model", keys, is_wide=False, is_open=True)


def cost_by_model(spending: Spending, order: Sequence[str]) -> Picture:
    """Draw what each model cost, by stage."""
    uses = spending.models[:MODELS]
    stages = list(dict.fromkeys([*order, *(use.name for use in spending.stages)]))
    most = max(use.cost for use in uses)
    parts: list[Part] = []
    for index, use in enumerate(uses):
        cells = {cell.keys[1]: cell.cost for cell in spending.cells if cell.name == use.name}
        segments = [
            (cells[stage] / most, f"s{number % COLOURS}", f"{stage}: {words.money(cells[stage])}")
            for number, stage in enumerate(stages)
            if cells.get(stage)
        ]
        numbers = [number for number, stage in enumerate(stages, 1) if cells.get(stage)]
        parts += _row(index, use.name, cost_of(use), segments, numbers)
    first = uses[0]
    caption = f"{first.name} took {words.share(first.cost, spending.total.cost)} of {words.money(spending.total.cost)}"
    if spending.total.unpriced:
        caption += f"; {words.count(spending.total.unpriced, 'call')} of unknown price are not in it"
    alt = "Bars. " + "; ".join(f"{use.name}: {cost_of(use)}" for use in uses)
    paid = {cell.keys[1] for cell in spending.cells if cell.cost}
    keys = [
        Key(f"s{number % COLOURS}", f"{number + 1} {stage}") for number, stage in enumerate(stages) if stage in paid
    ]
    svg = drawing(len(uses) * ROW, alt, parts)
    title = "Cost by model and stage"
    return Picture(title, f"{caption}.", svg, "US dollars", "model", keys, is_wide=False, is_open=True)


def over_time(spending: Spending, clock: Clock) -> Picture:
    """Draw a strip a model: what it cost in each part of the time; its tokens where nothing is known to have cost."""
    is_money = any(moment.cost for moment in spending.moments)
    names = [use.name for use in spending.models if (use.cost if is_money else _tokens(use))][:MODELS]
    columns = {name: _columns(spending.moments, name, clock, is_money=is_money) for name in names}
    most = max(max(column) for column in columns.values()) or 1.0
    height = len(names) * (_HEAD + _STRIP + _FOOT) - _FOOT
    parts = list(time_axis(clock, _HEAD, height))
    for index, name in enumerate(names):
        parts += _strip(index, name, columns[name], most, _written(sum(columns[name]), is_money))
    width = words.seconds(clock.length / COLUMNS)
    whole = [sum(column) for column in zip(*columns.values(), strict=True)]
    caption = f"In the busiest {width}, {_written(max(whole), is_money)} of {_written(sum(whole), is_money)}"
    sums = "; ".join(f"{name}: {_written(sum(columns[name]), is_money)}" for name in names)
    alt = f"Columns of {width} each. {sums}"
    label = f"{'US dollars' if is_money else 'tokens'} in {width}, by model; all strips have one scale"
    title = "Cost over time" if is_money else "Tokens over time"
    svg = drawing(height + 18, alt, parts)
    return Picture(title, f"{caption}.", svg, time_label(clock), label, list(break_keys(clock)), is_open=True)


def _row(
    index: int, name: str, total: str, segments: Sequence[tuple[float, str, str]], numbers: Sequence[int] = ()
) -> Iterator[Part]:
    """Draw a bar of segments, each a share of the width; those that are wide enough bear their number."""
    top = index * ROW
    yield text(0, top + 12, words.cut(name, 34), "name")
    yield text(1, top + 12, total, "name strong", "end")
    ends = list(accumulate(share for share, _, _ in segments))
    for place, ((share, css, tip), end) in enumerate(zip(segments, ends, strict=True)):
        if share <= 0:
            continue
        yield rect(end - share, end, top + 17, 10, css, tip)
        if numbers and share > _NUMBERED_FROM:
            yield text(end - share / 2, top + 25.5, str(numbers[place]), "in", "middle")


def _strip(index: int, name: str, column: Sequence[float], most: float, total: str) -> Iterator[Part]:
    top = index * (_HEAD + _STRIP + _FOOT)
    floor = top + _HEAD + _STRIP
    yield text(0, top + 10, words.cut(name, 34), "name")
    yield text(1, top + 10, total, "name strong", "end")
    for place, amount in enumerate(column):
        if amount:
            height = max(1.0, _STRIP * amount / most)
            yield rect(place / COLUMNS, (place + 0.85) / COLUMNS, floor - height, height, f"s{index % COLOURS}")
    yield level(floor, "axis")


def _columns(moments: Sequence[Moment], name: str, clock: Clock, *, is_money: bool) -> list[float]:
    found = [0.0] * COLUMNS
    for moment in moments:
        if moment.model == name:
            place = min(int(COLUMNS * clock.place(moment.at) / clock.length), COLUMNS - 1)
            found[place] += moment.cost if is_money else moment.tokens
    return found


def _tokens(use: Use) -> int:
    return use.input_tokens + use.output_tokens


def _written(amount: float, is_money: bool) -> str:
    return words.money(amount) if is_money else words.count(round(amount), "token")

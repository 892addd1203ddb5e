"""What a report says of models and money: whole, never $0 for what is not known, and nothing where none was called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from histories import BEGAN, attempt, history, item
from hypothesis import given, settings
from hypothesis import strategies as st
from spendings import spent_history, summed, use
from test_report_files import Page

from tasks import words
from tasks.governor.charges import Charge
from tasks.ledger.history import History, ItemLine
from tasks.ledger.uses import Budgets, Moment, Use
from tasks.reports.html import as_html
from tasks.reports.markdown import as_markdown
from tasks.reports.report import report_of
from tasks.reports.savings import saved_by_caches
from tasks.reports.tables import Table

OUT = Path("/out/b1")


def facts(whole: History) -> dict[str, str]:
    return {fact.name: f"{fact.value} ({fact.note})" for fact in report_of(whole).facts if fact.about == "money"}


def table(whole: History, title: str) -> Table:
    return next(one for one in report_of(whole).usage if one.title == title)


def texts(whole: History) -> tuple[str, str]:
    report = report_of(whole)
    return as_markdown(report), as_html(report, OUT)


def test_a_batch_that_called_no_model_is_told_nothing_of_models() -> None:
    whole = history([attempt()], [item()])
    assert (report_of(whole).usage, facts(whole)) == ([], {})
    for text in texts(whole):
        body = text.partition("</style>")[2] or text
        assert not re.search(r"\$|model|token|cost", body, re.I)


def test_the_parts_of_a_report_come_in_their_order() -> None:
    whole = spent_history(use("acme:large", "draft"), attempts=[attempt()], items=[item(), item("b", "failed")])
    markdown, html = texts(whole)
    parts = ["Job information", "Performance", "Recommendations", "What did not come out", "Models and money", "How it"]
    assert re.findall("|".join(parts), "".join(re.findall("^## (.*)$", markdown, re.M))) == parts
    assert re.findall("|".join(parts), "".join(re.findall("<h2>(.*?)</h2>", html))) == parts


def test_results_are_told_in_percent_even_where_there_are_none() -> None:
    whole = history([], [item("a"), item("b"), item("c", "failed"), item("d", reused=True)])
    assert [tuple(one) for one in report_of(whole).results] == [
        ("succeeded", 2, "50 %"),
        ("reused", 1, "25 %"),
        ("failed", 1, "25 %"),
        ("skipped", 0, "0 %"),
    ]


def test_cost_tokens_and_the_share_of_prompt_caches_are_told() -> None:
    whole = spent_history(use("acme:large", "draft", cost=1.0, cached_tokens=500), use("acme:small", "draft", cost=0.2))
    assert facts(whole) == {
        "Cost": "$1.20 ()",
        "Cost per item": "$0.60 (all that was spent, by the 2 that were made)",
        "Calls": "4 ()",
        "Tokens": "4,000 in, 400 out (1,000 in and 100 out for each item asked about)",
        "From prompt caches": "12.5 % (of the input tokens: 500 were not read anew)",
    }


@pytest.mark.parametrize("items", [[item("a", "failed")], [item("a", reused=True)], [item("a", "pending")]])
def test_an_average_survives_a_batch_in_which_nothing_was_made(items: list[ItemLine]) -> None:
    whole = spent_history(use("acme:large", "draft"), items=items)
    assert facts(whole)["Cost per item"] == "- (no item came out)"


def test_a_batch_of_no_items_at_all_can_be_told() -> None:
    whole = spent_history(use("acme:large", "draft", items=0))
    whole.items.clear()
    assert all(texts(whole))


def test_what_is_not_known_is_called_unknown_and_never_nothing() -> None:
    whole = spent_history(use("own:house", "draft", cost=0.0, unpriced=2, unknown=1, unknown_unpriced=1))
    found = facts(whole)
    assert found["Cost"] == "unknown (without 2 calls of unknown price)"
    assert found["Cost per item"].startswith("unknown")
    assert found["Unknown outcomes"] == "1 call (may have been paid for; what that costs is unknown too)"
    assert table(whole, "Model usage").rows[0][-1] == "unknown"
    assert not [text for text in texts(whole) if "$0" in text]


def test_a_sum_that_lacks_something_says_at_least() -> None:
    whole = spent_history(use("acme:large", "draft"), use("own:house", "draft", cost=0.0, unpriced=2))
    assert facts(whole)["Cost"] == "at least $0.50 (without 2 calls of unknown price)"
    assert [row[-1] for row in table(whole, "Model usage").rows] == ["$0.50", "unknown", "at least $0.50"]
    assert table(whole, "Cost by stage").rows[0][-1] == "at least $0.50"


def test_unknown_outcomes_are_named_and_counted_at_their_worst() -> None:
    whole = spent_history(use("acme:large", "draft", unknown=1, unknown_usd=0.3))
    assert facts(whole)["Unknown outcomes"] == "1 call (may have been paid for; counted at their worst, $0.30)"
    assert "unknown outcome" in table(whole, "Model usage").head
    assert "unknown outcome" not in table(spent_history(use("acme:large", "draft")), "Model usage").head


def test_calls_in_flight_are_told_apart() -> None:
    whole = spent_history(use("acme:large", "draft", held=1, held_usd=0.2), as_of=5.0)
    assert facts(whole)["In flight"] == "1 call (at worst: $0.20; not counted yet)"


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (1.0, "$4.00 (25 % used, $3.00 left)"),
        (4.0, "$4.00 (100 % used, $0.00 left)"),
        (5.0, "$4.00 (125 % used, $1.00 over it)"),
    ],
)
def test_what_remains_of_the_budget_is_told(cost: float, told: str) -> None:
    dearest = [use("a", cost=0.4)]
    budgets = Budgets(batch_usd=4.0, item_usd=0.5)
    whole = spent_history(use("acme:large", "draft", cost=cost), budgets=budgets, dearest=dearest)
    assert facts(whole)["Budget"] == told
    assert facts(whole)["Budget of an item"] == "$0.50 (the dearest, a, used 80 %)"


def test_items_beyond_the_dearest_are_summed() -> None:
    whole = spent_history(use("acme:large", "draft", items=7, calls=9, cost=2.0), dearest=[use("x", items=1, cost=1.5)])
    found = table(whole, "Cost of the 1 dearest items")
    assert (found.rows[-1], found.has_sum) == (("the other 6 items", "7", "7,000", "700", "$0.50"), True)
    small = spent_history(use("acme:large", "draft", items=1), dearest=[use("x", items=1)])
    assert not table(small, "Cost by item").has_sum


def test_the_choice_of_models_is_told_with_its_reasons() -> None:
    rows = table(spent_history(use("acme:large", "draft", items=2, calls=3)), "Choice of models").rows
    assert list(rows) == [("acme:large", "round robin", "2", "3")]


def test_speech_and_searches_have_columns_of_their_own() -> None:
    whole = spent_history(use("voice:reader", "speak", characters=12_000, searches=3, input_tokens=0, output_tokens=0))
    head = table(whole, "Model usage").head
    assert {"characters", "searches"} <= set(head)
    assert not {"tokens in", "tokens out", "cached"} & set(head)
    assert (facts(whole)["Speech"], facts(whole)["Searches"]) == ("12,000 characters ()", "3 ()")


def test_waiting_for_a_place_for_limits_and_working_are_told_by_half_and_most() -> None:
    attempts = [attempt(f"i{n}", asked=0.0, started=n, ended=2 * n + 1.0, limited=n / 2) for n in range(1, 21)]
    (_, found) = report_of(history(attempts)).stages
    assert found.head == ("stage", "waited for a place", "waited for limits", "worked")
    assert list(found.rows) == [("draft", "10.0s / 19.0s", "5.0s / 9.5s", "6.0s / 10.5s")]
    plain = report_of(history([attempt(), attempt(stage="polish")])).stages[1]
    assert "waited for limits" not in plain.head
    assert [row[0] for row in plain.rows] == ["draft", "polish", "all"]


def by_list(model: str, charge: Charge) -> float | None:
    """Ten US dollars a million tokens, one for those kept; of house models nobody knows."""
    if model.startswith("own"):
        return None
    return ((charge.input_tokens - charge.cached_tokens) * 10 + charge.cached_tokens) / 1_000_000


def test_what_prompt_caches_saved_is_measured_by_the_difference_of_prices() -> None:
    whole = spent_history(use("acme:large", "draft", cached_tokens=1000))
    told = next(fact.note for fact in report_of(whole, by_list).facts if fact.name == "From prompt caches")
    assert told.endswith("asked one by one, with nothing kept, they would have cost $0.0090 more")
    unknown = spent_history(use("own:house", "draft", cached_tokens=1000))
    told = next(fact.note for fact in report_of(unknown, by_list).facts if fact.name == "From prompt caches")
    assert told.endswith("what that saved is not known, as not all prices are")


counts, few = st.integers(0, 10**9), st.integers(0, 3)


@given(st.lists(counts, max_size=5))
def test_nothing_kept_is_nothing_saved_and_more_kept_saves_more(kept: list[int]) -> None:
    uses = [use(f"acme:{n}", "draft", cached_tokens=tokens) for n, tokens in enumerate(kept)]
    assert saved_by_caches(uses, by_list) == pytest.approx(sum(kept) * 9 / 1_000_000)


@settings(deadline=None)  # the first one reads the templates
@given(st.lists(st.tuples(counts, counts, st.floats(0, 1e6), few, few), min_size=1, max_size=5))
def test_any_numbers_make_a_report_that_is_whole(found: list[tuple[int, int, float, int, int]]) -> None:
    cells = [
        use(f"m:{n % 2}", f"s{n}", input_tokens=read, output_tokens=wrote, cost=usd, unpriced=lacking, unknown=lost)
        for n, (read, wrote, usd, lacking, lost) in enumerate(found)
    ]
    whole = spent_history(*cells, attempts=[attempt(ended=5.0)], dearest=[use("a", items=1)])
    markdown, html = texts(whole)
    assert Page(html).all("figure")
    for rows in re.findall(r"(?:^\|.*\n)+", markdown, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows.splitlines()}) == 1


def test_pictures_show_tokens_and_cost_by_words_too() -> None:
    cells = [use("acme:large", "draft", cached_tokens=400), use("acme:small", "polish", cost=0.1)]
    attempts = [attempt(ended=5.0), attempt(stage="polish")]
    html = texts(spent_history(*cells, attempts=attempts))[1]
    figures = re.findall("<figure>.*?</figure>", html, re.S)
    titles = [re.findall("<h3>(.*?)</h3>", figure)[0] for figure in figures]
    assert titles[:3] == ["Tokens by model", "Cost by model and stage", "Cost over time"]
    for figure in figures[:3]:
        assert re.search(r"<figcaption>.*?\.</figcaption>", figure)
        assert "acme:large" in figure
        assert re.search('role="img" aria-label="[^"]{30,}"', figure)
    assert "1 draft" in figures[1]
    assert "2 polish" in figures[1]
    assert "10 % of the input came from prompt caches." in figures[0]


def test_without_a_cost_tokens_are_drawn_over_time_and_without_tokens_nothing_is() -> None:
    free = texts(spent_history(use("local:tiny", "draft", cost=0.0)))[1]
    assert "Tokens over time" in free
    assert "Cost by model and stage" not in free
    refunded = texts(spent_history(use("acme:large", "draft", cost=0.0, input_tokens=0, output_tokens=0)))[1]
    assert "over time" not in refunded


def test_a_page_of_many_thousand_calls_is_about_as_large_as_one_of_some_hundred() -> None:
    def size(count: int) -> int:
        whole = spent_history(*[use(f"m:{n % 3}", f"s{n % 4}") for n in range(12)], attempts=[attempt(ended=60.0)])
        whole.spending.moments = [Moment(BEGAN + 60 * n / count, f"m:{n % 3}", 1, 0.1) for n in range(count)]
        return len(texts(whole)[1])

    assert size(20_000) < 1.1 * size(500)


@given(st.floats(0, 1e9))
def test_money_is_written_with_two_digits_that_say_something(usd: float) -> None:
    written = words.money(usd)
    if written.startswith("$"):
        value = float(written[1:].replace(",", ""))
        assert value == pytest.approx(usd, rel=0.06, abs=0.0051)
        assert (value == 0) == (usd == 0)


@pytest.mark.parametrize(
    ("usd", "written"),
    [(0, "$0.00"), (1234.5, "$1,234.50"), (0.5, "$0.50"), (0.0123, "$0.012"), (0.00042, "$0.00042"), (-2, "-$2.00")],
)
def test_money_is_written_as_people_read_it(usd: float, written: str) -> None:
    assert words.money(usd) == written


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_is_nothing_only_for_nothing_and_all_only_for_all(part: int, whole: int) -> None:
    part = min(part, whole)
    written = words.share(part, whole)
    assert (written == "0 %") == (part == 0)
    assert (written == "100 %") == (part == whole)


def test_uses_add_up() -> None:
    assert summed(use("a", cost=1.0), use("b", cost=2.0)) == Use((), 4, 4, 0, 4000, 400, cost=3.0, worked=8.0)

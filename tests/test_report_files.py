"""The report as files: it loads nothing, runs nothing, says what it shows, and stays small however large the batch."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from histories import attempt, bound, history, item
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.ledger.attempts import Attempt
from tasks.ledger.history import SHOWN, History, ItemLine, Made, Missing, Pile
from tasks.reports.html import as_html
from tasks.reports.markdown import as_markdown
from tasks.reports.markup import code, prose
from tasks.reports.pictures.svg import drawing, rect
from tasks.reports.report import report_of
from tasks.reports.text_bars import gantt_lines, spark, strip

OUT = Path("/out/b1")
EVIL = '<script>alert("x")</script>&\'`|*_[a](javascript:alert)'
_EMPTY = {"meta", "br", "line", "path", "rect", "circle"}


class Page(HTMLParser):
    """What stands in an HTML file: its elements, their attributes, and the texts between."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that is open until its end."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that ends where it begins."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """See that it ends the element that was opened last."""
        if tag not in _EMPTY:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is to be read."""
        if self._open and self._open[-1] not in ("style", "script"):
            self.words += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element of a name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def having(self, css: str) -> list[dict[str, str]]:
        """Return the attributes of each element of a class."""
        return [attributes for _, attributes in self.elements if css in attributes.get("class", "").split()]


def lively() -> History:
    """A resumed batch with everything in it: retries, failures, cancelled and reused items, names that are markup."""
    attempts = [
        attempt("a", asked=0.0, started=0.5, ended=1.0),
        attempt("a", "polish", asked=1.0, ended=2.0, status="failed", run="r"),
        attempt("a", "polish", asked=2.5, ended=3.0, number=2, run="r"),
        attempt(EVIL, asked=0.0, started=1.0, ended=3.0),
        attempt("c", asked=3.0, ended=4.0, status="cancelled"),
        attempt("c", asked=500.0, ended=501.0, status="reused"),
        attempt("d", asked=500.0, ended=503.0, status="failed"),
    ]
    items = [
        item("a", finished=3.0),
        item(EVIL, finished=3.0, seconds=9.0),
        item("c", reused=True, finished=501.0),
        item("d", "failed", finished=503.0),
        item("e", "cancelled", finished=None, code="CANCELLED"),
    ]
    whole = history(attempts, items, last_run=499.0, bounds=[bound(2, "draft", "polish")], batch_id="b1")
    whole.missing.extend(
        [Missing("d", "failed", "TIMEOUT", EVIL, "Try `again`."), Missing("e", "cancelled", "CANCELLED", "C.", "R.")]
    )
    output = {"path": f"/out/b1/{EVIL.replace('/', '')}.md", "size": 2048, "sha256": "x"}
    whole.made.append(Made(EVIL, True, 9.0, [output], 1))  # type: ignore[list-item]  # a dict of that shape
    whole.outputs.add(2048)
    return whole


def page(whole: History) -> Page:
    return Page(as_html(report_of(whole), OUT))


def test_it_loads_nothing_and_runs_nothing() -> None:
    found = page(lively())
    loading = {"script", "iframe", "object", "embed", "link", "base", "img", "image", "use", "form"}
    assert not loading & {tag for tag, _ in found.elements}
    for _, attributes in found.elements:
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "action", "xlink:href"):
            assert attributes.get(name, "./").startswith(("./", "#"))
    text = as_html(report_of(lively()), OUT)
    assert not re.search(r"https?:|@import|url\((?!#)", text)
    policy = next(one["content"] for one in found.all("meta") if "http-equiv" in one)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_names_and_messages_are_shown_as_they_are() -> None:
    found = page(lively())
    assert found.words.count(EVIL) >= 2, "its row, its item, the message"
    assert "Try again." in found.words
    assert {"code"} <= {tag for tag, _ in found.elements}


@settings(deadline=None)  # the first one reads the templates
@given(st.text(min_size=1))
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    whole = history([attempt(name, status="failed")], [item(name, "failed")], batch_id="b1")
    whole.missing.append(Missing(name, "failed", "TIMEOUT", name, name))
    named, plain = page(whole), page(replace(whole, missing=[]))
    tags = Counter(tag for tag, _ in named.elements)
    assert set(tags) <= {tag for tag, _ in plain.elements} | {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert tags["figure"] == 5


def test_what_stands_in_an_attribute_stays_there() -> None:
    assert Page(drawing(9, EVIL, [rect(0, 1, 0, 9, EVIL, EVIL)])).elements == [
        ("svg", {"class": "chart", "width": "100%", "height": "9", "role": "img", "aria-label": EVIL}),
        ("rect", {"class": EVIL, "x": "0.00%", "width": "100.00%", "y": "0", "height": "9"}),
        ("title", {}),
    ]


def test_links_lead_to_the_outputs_from_where_the_report_lies() -> None:
    for folder, begin in ((OUT, "./"), (Path("/out/b1/deep/er"), "./../../")):
        (link,) = Page(as_html(report_of(lively()), folder)).all("a")
        assert link["href"].startswith(begin)
        assert unquote(link["href"].removeprefix(begin)) == f"{EVIL.replace('/', '')}.md"
        assert not set(link["href"]) & set("<>\"'`: ")


def test_every_picture_has_a_title_a_sentence_axes_with_units_and_words_for_those_who_do_not_see_it() -> None:
    text = as_html(report_of(lively()), OUT)
    figures = re.findall("<figure>.*?</figure>", text, re.S)
    titles = [re.search("<h3>(.*?)</h3>", figure) for figure in figures]
    assert [title and title[1] for title in titles] == [
        "Why items did not come out",
        "Timeline",
        "At work at once",
        "Throughput",
        "Durations",
    ]
    for figure in figures:
        caption = re.search("<figcaption>(.*?)</figcaption>", figure)
        assert caption is not None
        assert caption[1].endswith(".")
        assert len(re.findall('class="axis-name', figure)) == 2
        assert re.search('role="img" aria-label="[^"]{30,}"', figure)
    assert text.count("time at work (s)") == 3
    assert "left out, nothing at work: 8m 15s" in text


def test_no_picture_speaks_by_colour_alone() -> None:
    found = page(lively())
    for css in ("w0", "bad", "idle", "reused"):
        assert found.having(css)
        assert f".{css} {{ fill: url(#{css})" in as_html(report_of(lively()), OUT)
    assert len(found.having("cross")) == 2
    assert found.having("diamond")
    assert {"1 draft", "2 polish"} <= set(re.findall(r"\d (?:draft|polish)\b", found.words))


def test_long_words_break_anywhere_so_that_no_cell_widens_the_page() -> None:
    found = page(lively())
    rules = dict(re.findall(r"^([^{}\n]+) \{([^}]*)\}", as_html(report_of(lively()), OUT), re.M))
    assert "overflow-wrap: anywhere" in rules["body"]
    assert {name for name, rule in rules.items() if "overflow-wrap" in rule} == {"body", "th"}
    assert {one["data-name"] for one in found.having("words")} >= {"what happened", "remedy"}


def test_an_empty_course_is_told_in_words() -> None:
    whole = history([], [item(status="failed", seconds=0.0)])
    assert "No stage was begun" in page(whole).words
    assert "### Timeline" not in as_markdown(report_of(whole))
    assert "No stage was begun" not in page(lively()).words


def test_a_report_of_a_batch_at_work_says_so() -> None:
    whole = history([attempt()], [item("b", "running", finished=None)], as_of=5.0)
    assert "the batch is at work" in page(whole).words
    assert "the batch is at work" in as_markdown(report_of(whole))


def large(attempts: list[Attempt], items: list[ItemLine], made: int = 0, missing: int = 0) -> History:
    whole = history(attempts, items, bounds=[bound(20, "draft", "polish", "publish")])
    folders = {f"/out/b1/{n % 500}": Pile(20, 1000) for n in range(500)}
    long = "long-" * 30
    output = [{"path": f"/out/b1/{long}.md", "size": 9, "sha256": ""}]
    whole.made.extend(Made(f"{long}{n}", False, 1.0, output, 1) for n in range(made))  # type: ignore[arg-type]
    whole.missing.extend(Missing(f"{long}{n}", "failed", "TIMEOUT", f"{n} " * 300, "R" * 900) for n in range(missing))
    return replace(whole, folders=folders, outputs=Pile(10_000, 10_000))


def slow(count: int) -> History:
    stages = ("draft", "polish", "publish")
    attempts = [
        attempt(f"i{n}", name, asked=n / 20 + place, started=n / 20 + place + 0.1, ended=n / 20 + place + 1 + n % 7 / 7)
        for n in range(count)
        for place, name in enumerate(stages)
    ]
    return large(attempts, [item(f"i{n}", finished=n / 20 + 4) for n in range(count)], made=SHOWN)


def chunked(count: int) -> History:
    attempts = [attempt(f"i{n}+499", asked=n / 500, items=500) for n in range(0, count, 500)]
    return large(attempts, [item(f"i{n}", finished=n / 500 + 1) for n in range(count)], made=SHOWN)


def failing(count: int) -> History:
    attempts = [attempt(f"i{n}", asked=n, status="failed") for n in range(count)]
    return large(attempts, [item(f"i{n}", "failed", finished=n + 1) for n in range(count)], missing=SHOWN)


@pytest.mark.parametrize("whole", [slow(10_000), chunked(10_000), failing(10_000)], ids=["slow", "chunked", "failing"])
def test_ten_thousand_items_make_a_small_report(whole: History) -> None:
    report = report_of(whole)
    html, markdown = as_html(report, OUT), as_markdown(report)
    assert len(html.encode()) < 4_000_000
    assert len(markdown.encode()) < 400_000
    assert len(Page(html).elements) < 40_000


def test_a_page_of_ten_thousand_items_is_about_as_large_as_one_of_two_thousand() -> None:
    small, big = (len(as_html(report_of(slow(count)), OUT)) for count in (2_000, 10_000))
    assert big < 1.1 * small


@given(st.text())
def test_code_holds_any_text_on_one_line(text: str) -> None:
    found = code(text)
    assert "\n" not in found
    if text.strip():
        fence = re.match("`+", found)
        assert fence is not None
        inside = found[len(fence[0]) : -len(fence[0])]
        assert found.endswith(fence[0])
        assert fence[0] not in re.findall("`+", inside)


def test_nothing_in_a_message_is_markup() -> None:
    assert prose("a <b> | *c* [d](e)\nf") == r"a \<b> \| \*c\* \[d](e) f"
    assert prose("'__init__' of my_site, ~x~ &amp; & `") == r"'\_\_init\_\_' of my_site, \~x\~ \&amp; & \`"
    assert prose("`a*b` and `<c>` or *d*") == r"`a*b` and `<c>` or \*d\*"
    text = as_markdown(report_of(lively()))
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.S)
    assert "script" in outside
    assert not re.search(r"(?<!\\)<", outside)


def test_a_table_of_markdown_has_as_many_cells_in_each_row() -> None:
    rows = [line for line in as_markdown(report_of(lively())).splitlines() if line.startswith("|")]
    assert len(rows) > 15
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {4, 5, 10}


def test_letters_draw_a_timeline() -> None:
    timeline = report_of(lively()).timeline
    assert timeline is not None
    lines = list(gantt_lines(timeline))
    assert lines[0].startswith("a ")
    assert re.fullmatch(r"a +░+1+x+·+2+", lines[0])
    assert "1 works on draft" in lines
    assert all(len(line) <= 100 for line in lines)


def test_letters_draw_bars_that_are_empty_for_nothing_only() -> None:
    assert (strip(0, 10, 20), strip(1, 1000, 20), strip(10, 10, 20)) == ("", "█", "█" * 20)
    assert spark([0, 1, 50, 100]) == " ▁▄█"

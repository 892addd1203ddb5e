"""What people see: progress lines, the live view, the summary, and how numbers are written."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from flows.command import live
from flows.command.lines import PlainLines, describe_work
from flows.command.live import LiveView
from flows.command.summary import summary
from flows.command.watch import Watch
from tasks import words
from tasks.events import Progress, RunningItem
from tasks.ledger.glance import BatchDocument, ItemDocument
from tasks.models import ItemStatus, Outcome


def snapshot(sequence: int = 1, total: int = 20, **more: Any) -> Progress:
    counts = dict.fromkeys(ItemStatus, 0) | {
        ItemStatus.SUCCEEDED: 8,
        ItemStatus.RUNNING: 3,
        ItemStatus.PENDING: total - 11,
    }
    running = [RunningItem(item_id=f"item-with-a-rather-long-name-{n}", seconds=n + 1.0) for n in range(3)]
    given: dict[str, Any] = {"counts": counts, "running": running, "elapsed_seconds": 4.2} | more
    return Progress(batch_id="b1", kind="documents", sequence=sequence, total=total, **given)


def seen(watch: Watch, width: int = 100) -> list[str]:
    """Lines of the live view on a terminal of that width, in the moment of its last snapshot."""
    file = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(live, "time", SimpleNamespace(monotonic=lambda: watch.heard_at))
        Console(file=file, width=width, highlight=False).print(LiveView(watch, "Starting Prefect ...").draw())
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_before_the_first_snapshot_the_view_says_what_is_waited_for() -> None:
    (line,) = seen(Watch())
    assert line.startswith("Starting Prefect ... ")


def test_the_live_view_shows_bar_counts_and_what_is_at_work() -> None:
    watch = Watch()
    watch.hear(snapshot(), [Outcome(item_id=str(number)) for number in range(8)])
    head, counts, *running = seen(watch)
    assert " 40% (8/20)  4.2s · 1.9/s · about 6.3s left" in head
    assert counts == "8 ok · 0 failed · 3 running · 9 waiting"
    assert [line.split() for line in running] == [
        [f"item-with-a-rather-long-name-{n}", f"{n + 1}.0s"] for n in range(3)
    ]


def at_work() -> list[RunningItem]:
    models = ["acme:quill", "", "other:a-pen-with-a-long-name", "acme:quill", "acme:quill"]
    return [RunningItem(item_id=f"ch{n}", seconds=10.0 * n, model=model) for n, model in enumerate(models, start=1)]


def test_the_live_view_shows_the_model_beside_each_item_that_one_works_on() -> None:
    watch = Watch()
    watch.hear(snapshot(running=at_work()[:3]), [])
    assert [line.split() for line in seen(watch)[2:]] == [
        ["ch1", "→", "acme:quill", "10.0s"],
        ["ch2", "20.0s"],
        ["ch3", "→", "other:a-pen-with-a-long-name", "30.0s"],
    ]


@pytest.mark.parametrize("width", [20, 40, 60, 200])
@pytest.mark.parametrize("running", [[], at_work()])
def test_the_live_view_never_breaks_a_line(width: int, running: list[RunningItem]) -> None:
    watch = Watch()
    watch.hear(snapshot(running=running) if running else snapshot(), [])
    lines = seen(watch, width)
    assert len(lines) == 2 + (len(running) or 3)
    assert all(len(line) <= width for line in lines)


def test_a_batch_that_has_paused_by_itself_says_why_and_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch()
    asked = snapshot(paused=True, question="5 of 5 finished items failed.")
    with PlainLines(watch):
        watch.hear(asked, [])
    _, counts, why, how, *_ = seen(watch)
    assert counts.startswith("paused · ")
    assert (why, how) == (
        "  5 of 5 finished items failed.",
        "  `pressroom continue b1` goes on, `pressroom cancel b1` ends it.",
    )
    first, second = capsys.readouterr().err.splitlines()
    assert first == "5 of 5 finished items failed. `pressroom continue b1` goes on, `cancel` ends it."
    assert " (paused) - " in second


def test_plain_lines_name_the_models_at_work() -> None:
    assert describe_work(snapshot(running=at_work())) == (
        " - ch1 → acme:quill (10.0s), ch3 → other:a-pen-with-a-long-name (30.0s), ch4 → acme:quill (40.0s), 1 more"
    )
    assert describe_work(snapshot()) == ""


def test_a_pause_and_a_stop_are_shown() -> None:
    watch = Watch()
    watch.hear(snapshot(paused=True), [])
    assert seen(watch)[1].startswith("paused · ")
    watch.stopping = True
    assert seen(watch)[1].startswith("stopping, Ctrl-C again leaves at once · ")


def test_an_old_snapshot_does_not_replace_a_newer_one() -> None:
    watch = Watch()
    watch.hear(snapshot(2), [])
    watch.hear(snapshot(1, total=30), [])
    assert watch.progress is not None
    assert watch.progress.total == 20


def test_cancelled_items_are_not_counted_as_done() -> None:
    watch = Watch()
    watch.hear(snapshot(counts={ItemStatus.SUCCEEDED: 2, ItemStatus.CANCELLED: 18}), [])
    assert watch.done == 2


def test_plain_lines_come_only_when_something_has_changed(capsys: pytest.CaptureFixture[str]) -> None:
    watch = Watch()
    with PlainLines(watch):
        for sequence in range(1, 50):
            watch.hear(snapshot(sequence), [])
    assert capsys.readouterr().err == "[████░░░░░░] 40% (8/20) 8 ok, 0 failed - 4.2s elapsed\n"


def item(number: int, status: str = "succeeded") -> ItemDocument:
    good = status == "succeeded"
    return {
        "item_id": f"item-{number}",
        "status": status,
        "error_code": None if good else "TEMPLATE_MISSING",
        "error_message": None if good else "Template file not found: 'x'.",
        "remedy": None if good else "Add the file there.",
        "duration_seconds": 2.0,
        "cost": 0.0,
        "cost_is_complete": True,
        "outputs": [{"path": f"/out/b1/{number}.md", "size": 3200, "sha256": ""}] if good else [],
        "reused": False,
        "warnings": [],
    }


def result(*items: ItemDocument, status: str = "partial", wall: float = 10.0) -> BatchDocument:
    failed = sum(one["status"] == "failed" for one in items)
    return {
        "batch_id": "b1",
        "kind": "documents",
        "status": status,
        "reason": None,
        "total": len(items),
        "successful": len(items) - failed,
        "failed": failed,
        "skipped": 0,
        "cancelled": 0,
        "pending": 0,
        "needs_review": 0,
        "reused": 0,
        "wall_clock_seconds": wall,
        "sum_item_seconds": 2.0 * len(items),
        "cost": 0.0,
        "cost_is_complete": True,
        "unknown_outcomes": 0,
        "unknown_outcome_usd": 0.0,
        "budget_usd": None,
        "part_of": None,
        "model_calls": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "cached_tokens": 0,
        "parallelism": [{"lane": "render", "value": 4, "bound": "cores", "stages": []}],
        "output_dir": "/out/b1",
        "results": list(items),
    }


def test_the_summary_names_failures_sizes_and_what_to_do() -> None:
    lines = summary(result(item(1), item(2, "failed")), None, "my.yaml")
    assert "❌ item-2: TEMPLATE_MISSING" in lines
    assert "   Error: Template file not found: 'x'." in lines
    assert "   Remedy: Add the file there." in lines
    assert "✅ 1.md (3.2 KB)" in lines
    assert any("pressroom retry b1" in line for line in lines)
    assert any("pressroom run my.yaml --batch-id b1" in line for line in lines)


def test_the_summary_shortens_a_long_name_and_long_words_of_why_it_failed() -> None:
    name = f"note:{'x' * 300}:end"
    one = item(2, "failed") | {"item_id": name, "error_message": f"{name!r} is too long."}
    head = next(line for line in summary(result(item(1), one)) if line.startswith("❌ note:x"))
    why = next(line for line in summary(result(item(1), one)) if line.startswith("   Error: "))
    assert (len(head) < 90, head.endswith("x:end: TEMPLATE_MISSING")) == (True, True)
    assert (len(why) < 200, why.endswith("x:end' is too long.")) == (True, True)


def test_the_summary_lists_at_most_twenty_of_each() -> None:
    lines = summary(result(*[item(n) for n in range(50)], *[item(n, "failed") for n in range(50, 100)]))
    assert sum(line.startswith("✅") for line in lines) == 20
    assert sum(line.startswith("❌ item") for line in lines) == 20
    assert "   and 30 more, see batch_summary.json" in lines
    assert "   and 30 more, see batch_summary.json (160.0 KB in all)" in lines


def test_the_speedup_is_measured_by_what_this_run_has_made() -> None:
    watch = Watch()
    watch.hear(snapshot(), [Outcome(item_id=str(n), seconds=2.0) for n in range(20)])
    lines = summary(result(*[item(n) for n in range(20)], status="succeeded"), watch)
    assert "- Speedup: 4.0x (one after another: 40.0s)" in lines
    assert "- Average per item: 0.5s" in lines
    assert "- At once at most, bound by: render 4 (cores)" in lines


def spent(**more: Any) -> BatchDocument:
    """A result of two calls of a model that cost 0.3 US dollars, unless said otherwise."""
    given: Any = {"cost": 0.3, "model_calls": 2, "input_tokens": 4000, "output_tokens": 500}
    whole: BatchDocument = result(item(1)) | given | more
    return whole


def money_in(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("- Cost", "- Budget", "- Tokens", "- Unknown"))]


def test_the_summary_tells_cost_tokens_and_budget_where_a_model_was_called() -> None:
    assert money_in(summary(spent())) == ["- Cost: $0.30", "- Tokens: 4,000 in, 500 out, in 2 calls"]
    assert money_in(summary(result(item(1)))) == []
    assert money_in(summary(spent(budget_usd=1.0, cached_tokens=1000)))[1:] == [
        "- Budget: $0.70 of $1.00 left",
        "- Tokens: 4,000 in (25 % of it from prompt caches), 500 out, in 2 calls",
    ]
    assert "- Budget: $0.20 over $0.10" in summary(spent(budget_usd=0.1))


def test_the_summary_never_shows_nothing_for_what_is_not_known() -> None:
    free = money_in(summary(spent(cost=0.0, cost_is_complete=False, unknown_outcomes=1)))
    assert free[0] == "- Cost: unknown (there are calls of unknown price)"
    assert free[-1] == "- Unknown outcome: 1 call, what they cost is not known either"
    some = money_in(summary(spent(cost_is_complete=False, unknown_outcomes=2, unknown_outcome_usd=0.1)))
    assert some[0] == "- Cost: at least $0.30 (there are calls of unknown price)"
    assert some[-1] == "- Unknown outcome: 2 calls, counted at their worst, at least $0.10"


def test_no_speedup_is_claimed_where_there_was_none() -> None:
    watch = Watch()
    watch.hear(snapshot(), [Outcome(item_id=str(n), seconds=0.001) for n in range(20)])
    assert not any("Speedup" in line for line in summary(result(*[item(n) for n in range(20)]), watch))


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0.0, "0ms"),
        (0.0004, "0.4ms"),
        (0.03, "30ms"),
        (4.2, "4.2s"),
        (59.96, "1m 00s"),
        (185, "3m 05s"),
        (7800, "2h 10m"),
    ],
)
def test_durations_are_written_as_people_read_them(amount: float, written: str) -> None:
    assert words.seconds(amount) == written


@pytest.mark.parametrize(("size", "written"), [(0, "0 B"), (999, "999 B"), (3200, "3.2 KB"), (5_000_000, "5.0 MB")])
def test_sizes_are_written_as_people_read_them(size: int, written: str) -> None:
    assert words.size(size) == written


@pytest.mark.parametrize(("part", "whole", "written"), [(0, 20, 0), (8, 20, 40), (9_999, 10_000, 99), (20, 20, 100)])
def test_a_hundred_percent_means_all(part: int, whole: int, written: int) -> None:
    assert words.percent(part, whole) == written


def test_a_long_name_is_cut_in_its_middle() -> None:
    assert words.cut("a-rather-long-name-7", 11) == "a-rat…ame-7"

"""Batches that ask a vendor: what is retried and by whom, what is paid for, and that the batch goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asking import AskItem, ask_batch, askers, settle_models
from model_server import ModelServer
from prefect.task_engine import TaskRunTimeoutError

from flows.waiting import Clock
from tasks.errors import BatchFailed
from tasks.governor.governor import governor
from tasks.ledger.store import Ledger
from tasks.llm.ask import ask, surely
from tasks.llm.prompts import Prompt
from tasks.llm.vendors import _Switchboard, _switchboards
from tasks.results import BatchResult
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("prefect_server")
PRICES = {"fake:a": {"input": 1, "output": 10}, "fake:b": {"input": 1, "output": 10}}


class Call(NamedTuple):
    """What the ledger says of a call."""

    item_id: str
    stage: str
    model: str
    reason: str
    status: str
    error_code: str | None
    input_tokens: int
    output_tokens: int
    cost_usd: float | None


@pytest.fixture
def vendor() -> Iterator[ModelServer]:
    """A vendor on loopback, known as `fake`, whose tokens have a price."""
    with ModelServer(input_tokens=100, output_tokens=10, retry_after=0.2) as server:
        settle(server)
        yield server


def settle(server: ModelServer, **more: Any) -> None:
    settle_models(servers={"fake": {"address": f"{server.address}/v1"}}, **{"prices": PRICES} | more)


def calls() -> list[Call]:
    """Read the calls from the ledger, in the order in which they were made."""
    ledger = Ledger(settings())
    rows = ledger.execute(f"SELECT {', '.join(Call._fields)} FROM model_call ORDER BY reserved_at", ())
    ledger.close()
    return [Call(**row) for row in rows]


def run(folder: Path, items: list[AskItem], batch_id: str = "b", **options: Any) -> BatchResult:
    """Run a batch whose end may be a failure."""
    try:
        return ask_batch(batch_id, items, folder, **{"model": "fake:a"} | options)
    except BatchFailed as failed:
        result = failed.result
        if result is None:
            raise
        return result


def codes(result: BatchResult) -> dict[str, str]:
    return {one.item_id: one.error_code or one.status.value for one in result.results}


def spent(*statuses: str) -> tuple[int, int]:
    """Add up the tokens of calls that ended so."""
    chosen = [call for call in calls() if call.status in statuses]
    return sum(call.input_tokens for call in chosen), sum(call.output_tokens for call in chosen)


def test_every_call_is_in_the_ledger_with_its_model_and_what_it_cost(tmp_path: Path, vendor: ModelServer) -> None:
    result = run(tmp_path, askers(4), model=None, models={"use": ["fake:a", "fake:b"]})
    assert set(codes(result).values()) == {"succeeded"}
    made = calls()
    assert {call.item_id: call.model for call in made} == {f"i{n}": f"fake:{'ab'[n % 2]}" for n in range(4)}
    assert {call.reason for call in made} == {"by turns"}
    assert {call.status for call in made} == {"settled"}
    counted = vendor.counts()
    assert (len(made), *spent("settled")) == (8, counted["input_tokens"], counted["output_tokens"])
    assert result.cost == pytest.approx(8 * (100 * 1e-6 + 10 * 10e-6))


def test_what_is_shared_stands_in_front_of_what_is_not(tmp_path: Path, vendor: ModelServer) -> None:
    run(tmp_path, askers(2))
    asked = [call.body["messages"][-1]["content"] for call in vendor.calls]
    assert all(text.startswith("The harbour of Wellmouth") for text in asked)


@pytest.mark.parametrize("behaviour", ["429", "429_quiet", "500", "529", "error_inside"])
def test_what_passes_in_a_moment_is_retried_in_the_call_and_not_by_the_stage(
    tmp_path: Path, vendor: ModelServer, behaviour: str
) -> None:
    vendor.script(behaviour)
    result = run(tmp_path, askers(1))
    assert codes(result) == {"i0": "succeeded"}
    assert [call.status for call in calls()].count("settled") >= 2
    assert vendor.requests == 3
    ledger = Ledger(settings())
    assert [row.attempt for row in ledger.stages("b")] == [1, 1, 1]
    ledger.close()
    assert spent("settled", "refunded") == (vendor.counts()["input_tokens"], vendor.counts()["output_tokens"])


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("500", "TEMPORARY_ERROR"),
        ("429", "API_RATE_LIMIT"),
        ("quota", "QUOTA_EXCEEDED"),
        ("401", "AUTH_ERROR"),
        ("400", "MODEL_REFUSED_REQUEST"),
        ("404", "MODEL_UNKNOWN"),
        ("truncated", "ANSWER_TRUNCATED"),
        ("filtered", "ANSWER_REFUSED"),
        ("refusal", "ANSWER_REFUSED"),
        ("huge", "ANSWER_TOO_LARGE"),
    ],
)
def test_a_call_that_cannot_succeed_ends_with_its_code_and_the_others_come_out(
    tmp_path: Path, vendor: ModelServer, behaviour: str, code: str
) -> None:
    items = askers(3)
    items[1].text += f" [behave={behaviour}]"
    result = run(tmp_path, items, canary=0, limit=1)
    assert codes(result) == {"i0": "succeeded", "i1": code, "i2": "succeeded"}
    assert vendor.requests <= 2 * 2 + 4


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [("empty", "ANSWER_EMPTY"), ("not_json", "ANSWER_BROKEN"), ("half", "ANSWER_BROKEN"), ("hang_headers", "TIMEOUT")],
)
def test_an_answer_that_another_attempt_may_mend_is_the_stages_to_retry(
    tmp_path: Path, vendor: ModelServer, behaviour: str, code: str
) -> None:
    vendor.script(behaviour)
    result = run(tmp_path, askers(1, timeout_seconds=2))
    assert codes(result) == {"i0": "succeeded"}
    ledger = Ledger(settings())
    attempts = [(row.stage, row.attempt, row.error_code) for row in ledger.stages("b")]
    ledger.close()
    assert attempts[:2] == [("outline_piece", 1, code), ("outline_piece", 2, None)]
    # Whether the vendor bills what never arrived whole is not known, so it is held at its worst.
    known, held = spent("settled"), spent("unknown")
    billed = vendor.counts()
    assert known[0] <= billed["input_tokens"] <= known[0] + held[0]
    assert known[1] <= billed["output_tokens"] <= known[1] + held[1]


def test_an_item_goes_to_the_next_model_while_its_own_is_failing(tmp_path: Path, vendor: ModelServer) -> None:
    with ModelServer(script=["500"] * 100) as broken:
        servers = {"fake": {"address": f"{vendor.address}/v1"}, "down": {"address": f"{broken.address}/v1"}}
        settle_models(servers=servers, prices=PRICES)
        result = run(tmp_path, askers(6), model=None, models={"use": ["down:a", "fake:b"], "rotation": False})
        assert set(codes(result).values()) == {"succeeded"}
        good = [call for call in calls() if call.model == "fake:b"]
        assert len(good) == 12
        assert all(call.reason.startswith("instead of down:a") for call in good)
        # The breaker opens after five failures in a row, and from then on nobody tries.
        assert broken.requests < 20


def test_a_lane_that_is_shut_stands_in_for_none(tmp_path: Path, vendor: ModelServer) -> None:
    with ModelServer(script=["500"] * 100) as broken:
        servers = {"fake": {"address": f"{vendor.address}/v1"}, "down": {"address": f"{broken.address}/v1"}}
        settle_models(servers=servers, prices=PRICES)
        keeper = governor(settings())
        asyncio.run(keeper.penalise(["down:a"], 60.0, "it asks to wait"))
        vendor.script("500", "500", "500")
        result = run(tmp_path, askers(1), model=None, models={"use": ["fake:b", "down:a"], "rotation": False})
        assert codes(result) == {"i0": "succeeded"}
        assert broken.requests == 0


def test_by_load_those_who_choose_at_once_are_spread(tmp_path: Path, vendor: ModelServer) -> None:
    vendor.options.seconds = 0.1
    models = {"use": ["fake:a", "fake:b"], "distribution": "by_load"}
    assert set(codes(run(tmp_path, askers(8), model=None, models=models)).values()) == {"succeeded"}
    outlines = [call for call in calls() if call.stage == "outline_piece"]
    assert sorted(call.model for call in outlines) == ["fake:a"] * 4 + ["fake:b"] * 4
    assert all(call.reason.endswith("tokens in flight") for call in outlines)


def test_without_fallback_an_item_waits_for_its_own_model(tmp_path: Path, vendor: ModelServer) -> None:
    vendor.script("429")
    models = {"use": ["fake:a", "fake:b"], "rotation": False, "fallback": False}
    assert codes(run(tmp_path, askers(2), model=None, models=models)) == {"i0": "succeeded", "i1": "succeeded"}
    assert {call.model for call in calls()} == {"fake:a"}


def test_a_batch_that_does_without_models_says_so_where_one_is_needed(tmp_path: Path, vendor: ModelServer) -> None:
    assert codes(run(tmp_path, askers(1), model="none")) == {"i0": "MODEL_NONE"}
    assert vendor.requests == 0


def test_a_budget_that_is_used_up_stops_the_batch_and_a_raised_one_goes_on(tmp_path: Path, vendor: ModelServer) -> None:
    # A call may cost about 0.0009 at worst and costs 0.0002.
    stopped = run(tmp_path, askers(6), limit=1, canary=0, budget={"batch_usd": 0.0015})
    assert stopped.status.value == "stopped"
    assert "BUDGET_EXCEEDED" in set(codes(stopped).values()) <= {"succeeded", "BUDGET_EXCEEDED"}
    assert stopped.cost <= 0.0015
    before = vendor.requests
    again = run(tmp_path, askers(6), limit=1, canary=0, budget={"batch_usd": 1.0})
    assert set(codes(again).values()) == {"succeeded"}
    assert vendor.requests == 12, f"nothing that was made is asked for again ({before} before)"


def test_a_budget_of_an_item_ends_that_item_alone(tmp_path: Path, vendor: ModelServer) -> None:
    items = askers(3)
    items[0].text += " [use=5000,60]"
    result = run(tmp_path, items, budget={"item_usd": 0.006})
    assert codes(result) == {"i0": "BUDGET_EXCEEDED", "i1": "succeeded", "i2": "succeeded"}


def test_a_budget_needs_a_known_price(tmp_path: Path, vendor: ModelServer) -> None:
    settle(vendor, prices={})
    result = run(tmp_path, askers(2), budget={"batch_usd": 1.0})
    assert set(codes(result).values()) == {"PRICE_UNKNOWN"}
    assert vendor.requests == 0


def test_a_cost_that_is_not_known_is_not_nothing(tmp_path: Path, vendor: ModelServer) -> None:
    settle(vendor, prices={})
    result = run(tmp_path, askers(1))
    assert {call.cost_usd for call in calls()} == {None}
    assert not result.cost_is_complete


@pytest.mark.parametrize(("limit", "code"), [({"input_tokens": 10}, "LIMIT_TOO_SMALL"), ({"requests": 1}, None)])
def test_a_call_that_no_limit_will_ever_fit_is_refused_at_once(
    tmp_path: Path, vendor: ModelServer, limit: dict[str, int], code: str | None
) -> None:
    settle(vendor, lanes={"fake:a": {"limits": [{"seconds": 0.3} | limit]}})
    assert codes(run(tmp_path, askers(1))) == {"i0": code or "succeeded"}


def test_a_key_is_in_nothing_that_a_batch_leaves_behind(
    tmp_path: Path, vendor: ModelServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FAKE_KEY", "quay-secret-4711")
    settle_models(servers={"fake": {"address": f"{vendor.address}/v1", "key": "FAKE_KEY"}}, prices=PRICES)
    vendor.script("401")
    assert codes(run(tmp_path, askers(2), limit=1, canary=0)) == {"i0": "AUTH_ERROR", "i1": "succeeded"}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if b"quay-secret-4711" in path.read_bytes()]
    assert "quay-secret-4711" not in caplog.text


def test_one_that_has_waited_as_long_as_it_may_does_not_wait_as_long_again(tmp_path: Path, vendor: ModelServer) -> None:
    settle(vendor, lanes={"fake:a": {"limits": [{"seconds": 60, "requests": 1}]}})
    result = run(tmp_path, askers(1), models={"use": ["fake:a"], "wait_seconds": 0.3}, model=None)
    assert codes(result) == {"i0": "LIMIT_WAIT"}
    ledger = Ledger(settings())
    attempts = [(row.stage, row.attempt) for row in ledger.stages("b")]
    ledger.close()
    assert attempts[:2] == [("outline_piece", 1), ("write_piece", 1)]
    assert ("write_piece", 2) not in attempts


@pytest.mark.parametrize("ends", ["by a timeout", "by two cancels"])
def test_what_a_request_used_is_settled_however_often_the_work_is_cancelled(ends: str) -> None:
    settled = list[str]()

    async def settle_slowly() -> None:
        await asyncio.sleep(0.05)
        settled.append("settled")

    async def request() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await surely(settle_slowly())

    async def work() -> None:
        if ends == "by a timeout":
            with Clock(0.01).limit():
                await request()
        asking = asyncio.ensure_future(request())
        for _ in range(2):
            await asyncio.sleep(0.01)
            asking.cancel()
        await asking

    with pytest.raises((asyncio.CancelledError, TaskRunTimeoutError)):
        asyncio.run(work())
    assert settled == ["settled"]


def test_what_a_model_is_at_work_on_when_the_budget_is_used_up_still_comes_out(
    tmp_path: Path, vendor: ModelServer
) -> None:
    vendor.options.seconds, vendor.options.slow_seconds = 0.5, 2.0
    items = askers(2)
    items[0].text += " [behave=slow]"
    items[1].text += " [use=5000,60]"
    stopped = run(tmp_path, items, budget={"batch_usd": 0.006})
    assert codes(stopped) == {"i0": "BUDGET_EXCEEDED", "i1": "BUDGET_EXCEEDED"}
    assert sorted((call.item_id, call.status) for call in calls()) == [("i0", "settled"), ("i1", "settled")]
    assert stopped.status.value == "stopped"
    again = run(tmp_path, items, budget={"batch_usd": 1.0})
    assert set(codes(again).values()) == {"succeeded"}
    assert vendor.requests == 4


def shut_checkpoints(stage_name: str) -> Path:
    """Let no checkpoint of a stage be written, whoever writes it."""
    folder = settings().home / "checkpoints" / "shared" / stage_name
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    return folder


def test_the_first_answer_that_cannot_be_kept_stops_the_batch_and_resume_makes_all(
    tmp_path: Path, vendor: ModelServer
) -> None:
    shut = shut_checkpoints("outline_piece")
    stopped = run(tmp_path, askers(30), limit=2)
    assert (stopped.status.value, stopped.failed) == ("stopped", 0)
    assert set(codes(stopped).values()) == {"CHECKPOINT_UNWRITABLE"}
    assert stopped.results[0].remedy == "Check PRESSROOM_HOME, then `pressroom resume`."
    assert vendor.requests <= 4
    shut.unlink()
    assert set(codes(run(tmp_path, askers(30), limit=2)).values()) == {"succeeded"}


def test_whom_a_model_answers_once_nothing_can_be_kept_asks_nothing_more(tmp_path: Path, vendor: ModelServer) -> None:
    shut_checkpoints("write_piece")
    vendor.options.slow_seconds = 2.0
    items = askers(2)
    items[0].text += " [behave=slow]"
    stopped = run(tmp_path, items)
    assert codes(stopped) == {"i0": "CHECKPOINT_UNWRITABLE", "i1": "CHECKPOINT_UNWRITABLE"}
    assert sorted((call.item_id, call.stage, call.status) for call in calls()) == [
        ("i0", "outline_piece", "settled"),
        ("i1", "outline_piece", "settled"),
        ("i1", "write_piece", "settled"),
    ]


def test_who_is_cancelled_before_his_model_is_connected_holds_no_money(vendor: ModelServer) -> None:
    async def work() -> None:
        board = _switchboards.setdefault(asyncio.get_running_loop(), _Switchboard())
        async with board.lock:  # as long as the vendors' libraries are loaded
            asking = asyncio.ensure_future(ask(AskItem(item_id="i", models=["fake:a"]), Prompt(own="A tide table.")))
            await asyncio.sleep(0.2)
            asking.cancel()
            await asyncio.wait([asking])

    asyncio.run(work())
    Ledger(settings()).close()
    assert calls() == []

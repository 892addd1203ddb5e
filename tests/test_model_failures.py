"""Whatever a vendor does, a request ends in time with a code, and says what it may have used."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_server import ModelServer
from vendors import ALL, OPENAI, ask, code_of, fake_vendor

from tasks.errors import FAULTS
from tasks.governor.charges import Charge
from tasks.llm.failures import NOT_SENT, REFUSED
from tasks.llm.refusals import refusal
from tasks.llm.retry_after import MOST_SECONDS, retry_after


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with fake_vendor(monkeypatch, retry_after=7) as server:
        yield server


@pytest.mark.parametrize("model", ALL)
@pytest.mark.parametrize(
    ("behaviour", "code", "used"),
    [
        ("429", "API_RATE_LIMIT", REFUSED),
        ("quota", "QUOTA_EXCEEDED", REFUSED),
        ("401", "AUTH_ERROR", REFUSED),
        ("403", "AUTH_ERROR", REFUSED),
        ("400", "MODEL_REFUSED_REQUEST", REFUSED),
        ("422", "MODEL_REFUSED_REQUEST", REFUSED),
        ("404", "MODEL_UNKNOWN", REFUSED),
        ("500", "TEMPORARY_ERROR", REFUSED),
        ("529", "TEMPORARY_ERROR", REFUSED),
        ("error_inside", "API_RATE_LIMIT", REFUSED),
        ("broken_inside", "TEMPORARY_ERROR", None),
        ("redirect", "MODEL_REFUSED_REQUEST", REFUSED),
        ("cut", "ANSWER_BROKEN", None),
        ("half", "ANSWER_BROKEN", None),
        ("not_json", "ANSWER_BROKEN", None),
        ("huge", "ANSWER_TOO_LARGE", None),
    ],
)
def test_each_failure_has_its_code_and_says_what_it_may_have_used(
    vendor: ModelServer, model: str, behaviour: str, code: str, used: Charge | None
) -> None:
    vendor.script(behaviour)
    exchange = ask(model)
    assert code_of(exchange) == code
    assert exchange.used == used
    assert model in str(exchange.error)


@pytest.mark.parametrize(
    ("model", "behaviour"), [*((model, "hang") for model in ALL), (OPENAI, "hang_headers"), (OPENAI, "drip")]
)
def test_a_server_that_hangs_at_any_place_is_left_in_time_with_an_unknown_outcome(
    vendor: ModelServer, model: str, behaviour: str
) -> None:
    ask(model)  # so that loading the vendor's library takes nothing of the time
    vendor.script(behaviour)
    exchange = ask(model, timeout_seconds=1)
    assert code_of(exchange) == "TIMEOUT"
    assert exchange.used is None


@pytest.mark.parametrize("model", ALL)
def test_a_vendor_that_cannot_be_reached_was_asked_nothing(
    vendor: ModelServer, monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed.getsockname()[1]}")
        exchange = ask(model)
    assert code_of(exchange) == "TEMPORARY_ERROR"
    assert exchange.used == NOT_SENT
    assert vendor.requests == 0


@pytest.mark.parametrize(
    ("behaviour", "seconds"), [("429", 7.0), ("429_date", 7.0), ("429_quiet", None), ("500", None)]
)
def test_what_a_vendor_asks_to_wait_is_passed_on(vendor: ModelServer, behaviour: str, seconds: float | None) -> None:
    vendor.script(behaviour)
    assert ask(OPENAI).retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "12"}, b"", 12.0),
        ({"retry-after": "1.5"}, b"", 1.5),
        ({"retry-after-ms": "250", "retry-after": "12"}, b"", 0.25),
        ({"retry-after": "-3"}, b"", 0.0),
        ({"retry-after": "999999999"}, b"", MOST_SECONDS),
        ({"retry-after": "inf"}, b"", None),
        ({"retry-after": "soon"}, b"", None),
        ({"retry-after": "Wed, 04 Mar 2026 10:00:30 GMT", "date": "Wed, 04 Mar 2026 10:00:00 GMT"}, b"", 30.0),
        ({"retry-after": "Wed, 04 Mar 2026 10:00:00 GMT"}, b"", 0.0),
        ({}, b'{"error": {"details": [{"retryDelay": "34s"}]}}', 34.0),
        ({}, b"", None),
    ],
)
def test_waiting_times_are_read_in_every_form(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert retry_after(headers, body) == seconds


@given(st.text(max_size=40), st.text(max_size=40), st.binary(max_size=60))
def test_no_header_and_no_body_can_ask_for_an_absurd_wait(first: str, second: str, body: bytes) -> None:
    found = retry_after({"retry-after": first, "date": second}, body)
    assert found is None or 0 <= found <= MOST_SECONDS


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, '{"error": {"message": "Your credit balance is too low"}}', "QUOTA_EXCEEDED"),
        (400, '{"error": {"message": "bad key", "details": [{"reason": "API_KEY_INVALID"}]}}', "AUTH_ERROR"),
        (400, '{"error": {"code": "content_filter", "message": "no"}}', "ANSWER_REFUSED"),
        (400, '{"object": "error", "message": "model_not_found"}', "MODEL_UNKNOWN"),
        (402, "pay first", "QUOTA_EXCEEDED"),
        (408, "", "TEMPORARY_ERROR"),
        (413, "<html>too long</html>", "MODEL_REFUSED_REQUEST"),
        (429, '[{"error": {"status": "RESOURCE_EXHAUSTED", "message": "exceeded your quota"}}]', "API_RATE_LIMIT"),
        (503, '{"error": "loading"}', "TEMPORARY_ERROR"),
        (200, '{"error": {"type": "authentication_error"}}', "AUTH_ERROR"),
        (200, '{"error": {"code": 503}}', "TEMPORARY_ERROR"),
        (200, '{"error": "no such thing"}', "MODEL_REFUSED_REQUEST"),
    ],
)
def test_vendors_say_the_same_in_many_ways(status: int, body: str, code: str) -> None:
    assert refusal("openai:gpt-4o", status, body.encode()).code == code


@given(st.integers(200, 599), st.binary(max_size=200))
def test_any_refusal_has_a_code_and_a_short_message(status: int, body: bytes) -> None:
    error = refusal("openai:gpt-4o", status, body)
    assert error.code in FAULTS
    assert len(str(error)) < 600
    assert "\n" not in error.message

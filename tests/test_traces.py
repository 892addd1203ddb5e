"""Traces: what somebody sees of a batch who watches with OpenTelemetry, and that nobody has to."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from asking import SHARED, ask_batch, askers, settle_models
from kinds import items, run_batch
from model_server import ModelServer
from trace_receiver import TraceReceiver

from tasks.traces import ENDPOINTS, NOWHERE, is_installed, traces, tracing

PRICES = {"fake:a": {"input": 1, "output": 10}}


@pytest.mark.usefixtures("prefect_server")
def test_each_call_lies_in_its_stage_each_stage_in_its_item_each_item_in_its_batch(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TraceReceiver() as receiver, ModelServer(input_tokens=100, output_tokens=10) as vendor:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address)
        settle_models(servers={"fake": {"address": f"{vendor.address}/v1"}}, prices=PRICES)
        ask_batch("b", askers(2), tmp_path, model="fake:a")
    assert receiver.services == {"pressroom"}
    [batch] = receiver.named("batch")
    assert not batch.above
    assert {one.trace for one in receiver.spans} == {batch.trace}
    assert batch.facts["pressroom.batch_id"] == "b"
    assert batch.facts["pressroom.kind"] == "asking"
    assert batch.facts["pressroom.status"] == "succeeded"
    assert batch.facts["pressroom.successful"] == 2
    found = receiver.below(batch)
    assert {one.facts["pressroom.item_id"] for one in found} == {"i0", "i1"}
    for item in found:
        stages = {one.name: one for one in receiver.below(item)}
        assert set(stages) == {"outline_piece", "write_piece", "keep_piece"}
        assert stages["outline_piece"].facts["pressroom.attempt"] == 1
        [call] = receiver.below(stages["write_piece"])
        assert call.name == "model call"
        assert call.facts["gen_ai.request.model"] == "fake:a"
        assert call.facts["gen_ai.usage.input_tokens"] == 100
        assert call.facts["gen_ai.usage.output_tokens"] == 10
        assert call.facts["pressroom.cost_usd"] == pytest.approx(0.0002)
    told = "".join(one.raw for one in receiver.spans)
    assert SHARED[:20] not in told
    assert "harbour" not in told


@pytest.mark.usefixtures("prefect_server")
def test_failed_attempts_are_spans_of_their_own_with_the_code_and_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = items(2)
    given[0] = given[0].model_copy(update={"ends": {"polish": ["transient"]}})
    given[1] = given[1].model_copy(update={"ends": {"draft": ["permanent"]}})
    with TraceReceiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{receiver.address}/v1/traces")
        run_batch("b", given, tmp_path)
    [batch] = receiver.named("batch")
    assert batch.facts["pressroom.status"] == "partial"
    by_id = {one.facts["pressroom.item_id"]: one for one in receiver.named("item")}
    assert not by_id["i0"].is_error
    assert by_id["i1"].is_error
    assert by_id["i1"].facts["pressroom.error_code"] == "INVALID_INPUT"
    again = [one for one in receiver.below(by_id["i0"]) if one.name == "polish"]
    said = [(one.facts["pressroom.attempt"], one.facts["pressroom.status"]) for one in again]
    assert said == [(1, "failed"), (2, "succeeded")]
    assert again[0].facts["pressroom.error_code"] == "TEMPORARY_ERROR"
    assert "It is wrong" not in "".join(one.raw for one in receiver.spans)


def test_an_endpoint_that_never_answers_is_left_alone_after_a_few_seconds(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://key:secret@127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "600")
        with tracing("b", "fake"):
            traces().enter(["i0"])
    [record] = caplog.records
    assert record.getMessage() == "Traces of batch 'b' could not be sent, or not all."


def test_without_an_endpoint_nothing_is_made_and_nothing_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    with tracing("b", "fake"):
        assert traces() is NOWHERE
    code = (
        "import sys; from tasks.traces import tracing\n"
        "with tracing('b', 'k'): pass\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules), sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_the_packages_a_batch_says_so_and_runs(tmp_path: Path) -> None:
    assert is_installed()
    code = (
        "import sys, logging; logging.basicConfig(); sys.modules['opentelemetry.sdk'] = None\n"
        "from tasks.traces import NOWHERE, is_installed, tracing, traces\n"
        "assert not is_installed()\n"
        "with tracing('b', 'k'): assert traces() is NOWHERE\n"
    )
    environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "pressroom[traces]" in done.stderr

"""The worker of a machine is kept alive, and waits where its server is away for long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hearing import answering_always

from flows.command.hosts import LOOPBACK, free_port
from flows.command.worker import SHORT_LIVES, Worker

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def port() -> int:
    return free_port(LOOPBACK)


@pytest.fixture
def worker(home: object, port: int) -> Iterator[Worker]:
    started = Worker("pressroom", 1, f"http://{LOOPBACK}:{port}/api")
    yield started
    started._child.kill()


def test_a_worker_that_ends_where_no_server_answers_is_started_again_once_one_does(
    worker: Worker, port: int, capsys: Capture
) -> None:
    for _ in range(SHORT_LIVES + 1):
        worker._child.kill()
        assert worker.look()
    assert capsys.readouterr().err.count("it is started again once somebody does") == 1
    with answering_always(200, port):
        assert worker.look()
        assert worker._child.code is None


def test_a_worker_that_ends_each_time_beside_its_server_is_not_started_for_ever(
    worker: Worker, port: int, capsys: Capture
) -> None:
    with answering_always(200, port):
        for _ in range(SHORT_LIVES - 1):
            worker._child.kill()
            assert worker.look()
        worker._child.kill()
        assert not worker.look()
    assert "so it is not started again" in capsys.readouterr().err

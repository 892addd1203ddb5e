"""Prefect's server that is away, refuses or fails: every command that needs it says so, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hearing import answering_always
from prefect.settings import PREFECT_API_URL, temporary_settings
from sites import notes, press

Capture = pytest.CaptureFixture[str]


@pytest.mark.usefixtures("prefect_server")
def test_a_worker_without_a_server_or_a_pool_says_what_to_do(capsys: Capture) -> None:
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        said = press(capsys, "worker")
    assert (said.code, "NO_SERVER" in said.err) == (2, True)


@pytest.mark.usefixtures("prefect_server")
def test_whoever_is_set_to_a_server_that_is_away_is_told_so_by_every_command(tmp_path: Path, capsys: Capture) -> None:
    spec = notes(tmp_path, "tide")
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        for given in (("run", spec), ("submit", spec), ("deploy", "--check")):
            said = press(capsys, *given)
            assert "NO_SERVER: No Prefect server is up at 'http://127.0.0.1:9/api'" in said.err
            assert said.code == 2


@pytest.mark.parametrize(
    ("status", "exit_code", "says"),
    [
        (500, 70, "SERVER_ERROR: The Prefect server at '{url}' answered 500."),
        (401, 2, "SERVER_UNAUTHORIZED: The Prefect server at '{url}' does not take"),
    ],
)
def test_a_server_that_fails_or_refuses_is_told_of_as_such(
    status: int, exit_code: int, says: str, tmp_path: Path, capsys: Capture
) -> None:
    spec = notes(tmp_path, "tide")
    with answering_always(status) as url, temporary_settings({PREFECT_API_URL: url}):
        for command in ("run", "submit"):
            said = press(capsys, command, spec)
            assert (said.code, says.format(url=url) in said.err) == (exit_code, True), said.err

"""`pressroom doctor`: that it finds what is open, missing or of the wrong version, also where much is broken."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from asking import settle_models
from sites import largest_file, press

from tasks.checkup.finding import Finding, hidden, looked
from tasks.checkup.packages import look as look_at_packages
from tasks.errors import fault
from tasks.ledger.store import Ledger
from tasks.settings import settings

pytestmark = pytest.mark.usefixtures("alone")
Capture = pytest.CaptureFixture[str]
Found = dict[str, tuple[str, str]]


def found(capsys: Capture) -> tuple[int, Found]:
    """Ask the doctor; return the exit code and, by name, verdict and words."""
    said = press(capsys, "doctor", "--json")
    return said.code, read(said.document)


def read(document: dict[str, Any]) -> Found:
    return {one["name"]: (one["verdict"], f"{one['says']} {one['remedy']}") for one in document["checks"]}


def test_where_all_is_well_it_says_so_line_by_line_and_makes_nothing(capsys: Capture, home: Path) -> None:
    said = press(capsys, "doctor")
    assert said.code == 0, said.out
    assert "No faults" in said.out
    assert "❌" not in said.out
    for theme in ("Packages", "State", "Ledger", "Server", "Models", "Voices", "Surroundings"):
        assert theme in said.out
    assert not home.exists()


def test_a_version_that_is_not_asked_for_is_a_fault_that_says_what_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sqlalchemy-2.1.9.dist-info").mkdir()
    (tmp_path / "sqlalchemy-2.1.9.dist-info/METADATA").write_text("Name: sqlalchemy\nVersion: 2.1.9\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    [wrong] = [one for one in look_at_packages() if one.verdict == "fault"]
    assert wrong.name == "sqlalchemy"
    assert wrong.says.startswith("it is 2.1.9, and <2.1,>=2.0.40 is asked for")
    assert "schedule" in wrong.says


def test_a_damaged_ledger_and_faulty_settings_are_faults_and_keep_no_other_look_from_looking(
    capsys: Capture, home: Path
) -> None:
    home.mkdir()
    (home / "ledger.db").write_bytes(b"This is no database at all. " * 200)
    (home / "models.yaml").write_text("servers: [")
    code, checks = found(capsys)
    assert code == 1
    assert checks["ledger"][0] == "fault"
    assert checks["models"][0] == "fault"
    assert checks["packages"][0] == "ok"
    assert checks["time zones"][0] == "ok"


def test_a_fault_that_keeps_several_from_being_looked_at_is_told_once(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_LEDGER_PATIENCE", "abc")
    settings.cache_clear()
    said = press(capsys, "doctor")
    assert (said.code, said.out.count("PRESSROOM_LEDGER_PATIENCE")) == (1, 1)
    assert "1 fault, " in said.out


def test_the_ledger_is_told_with_its_version_and_a_newer_one_is_a_fault(capsys: Capture) -> None:
    Ledger(settings()).close()
    assert "version 0006" in found(capsys)[1]["ledger"][1]
    with closing(sqlite3.connect(settings().ledger_path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, checks = found(capsys)
    assert (code, checks["ledger"][0]) == (1, "fault")


def test_a_ledger_that_somebody_keeps_locked_is_a_warning(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(settings()).close()
    monkeypatch.setattr("tasks.checkup.ledger.PATIENCE_SECONDS", 0.05)
    with closing(sqlite3.connect(settings().ledger_path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        code, checks = found(capsys)
    assert (code, checks["ledger"][0]) == (0, "warning")


def test_a_state_folder_that_others_may_change_is_a_warning(capsys: Capture, home: Path) -> None:
    home.mkdir()
    home.chmod(0o777)
    assert found(capsys)[1]["state folder"][0] == "warning"
    home.rmdir()
    home.write_text("a file")
    assert found(capsys)[1]["state folder"][0] == "fault"


@pytest.mark.parametrize("name", ["items", "checkpoints", "checkpoints/shared", "checkpoints/of-b/draft"])
def test_a_folder_in_which_nothing_can_be_kept_is_a_fault(capsys: Capture, home: Path, name: str) -> None:
    (home / name).parent.mkdir(parents=True)
    (home / name).write_text("a file where the folder should be")
    code, checks = found(capsys)
    assert (code, checks["state folder"][0]) == (1, "fault")
    assert f"{str(home / name)!r} cannot be written to: Not a directory" in checks["state folder"][1]


def test_a_state_folder_on_a_full_disk_is_a_fault_and_keeps_nothing_of_the_trial(capsys: Capture, home: Path) -> None:
    (home / "checkpoints/shared/draft").mkdir(parents=True)
    assert found(capsys)[1]["state folder"][0] == "ok"
    with largest_file(100):
        assert found(capsys)[1]["state folder"][0] == "fault"
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can make anything")
def test_a_state_folder_that_cannot_be_made_is_the_fault_and_not_the_disk(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSROOM_HOME", "/proc/nohome")
    settings.cache_clear()
    code, checks = found(capsys)
    assert (code, checks["state folder"][0], checks["ledger"][0]) == (1, "fault", "fault")
    assert "'/proc/nohome' cannot be used" in checks["state folder"][1]
    assert "/proc" not in checks["disk"][1]


def test_a_folder_for_specs_that_is_not_there_is_a_warning(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PRESSROOM_FOLDERS", f"{tmp_path}{os.pathsep}{tmp_path / 'gone'}")
    settings.cache_clear()
    code, checks = found(capsys)
    assert (code, checks["folders of specs"][0]) == (0, "warning")
    assert "gone" in checks["folders of specs"][1]


@pytest.mark.parametrize("text", [None, "#!/bin/sh\necho something else\n", "no program"])
def test_an_ffmpeg_that_cannot_be_run_is_a_fault(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    assert found(capsys)[1]["ffmpeg"][0] == "ok"
    program = tmp_path / "ffmpeg"
    if text is not None:
        program.write_text(text)
        program.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    code, checks = found(capsys)
    assert (code, checks["ffmpeg"][0]) == (1, "fault")
    assert f"{str(program)!r}" in checks["ffmpeg"][1]
    assert "IMAGEIO_FFMPEG_EXE" in checks["ffmpeg"][1]


@pytest.mark.parametrize(
    ("zone", "verdict"),
    [
        ("Nowhere/City", "fault"),
        ("../etc", "fault"),
        ("Europe", "fault"),
        ("America/New_York", "ok"),
        (":UTC", "ok"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "ok"),
        ("", "ok"),
    ],
)
def test_a_time_zone_that_there_is_not_is_a_fault(tmp_path: Path, zone: str, verdict: str) -> None:
    # A process of its own, since C reads the zone as it starts.
    command = [sys.executable, "-m", "flows.cli", "doctor", "--json"]
    environment = {**os.environ, "TZ": zone}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    [said] = [one for one in json.loads(done.stdout)["checks"] if one["name"] == "time zones"]
    assert (said["verdict"], repr(zone) in said["says"]) == (verdict, verdict == "fault")


def test_keys_that_models_yaml_needs_are_looked_for_and_never_shown(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-1234")
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.delenv("VLLM_KEY", raising=False)
    settle_models(
        default="openai:gpt-4o",
        servers={"vllm": {"address": "http://models.example.org/v1", "key": "VLLM_KEY"}},
        lanes={"anthropic": {"parallel": {"most": 2}}},
    )
    said = press(capsys, "doctor", "--json")
    checks = read(said.document)
    assert checks["key of openai"][0] == "ok"
    assert checks["key of anthropic"][0] == "warning"
    assert "VLLM_KEY" in checks["key of vllm"][1]
    assert checks["server vllm"][0] == "warning"
    assert "very-secret" not in said.out + said.err


def test_a_postgres_that_is_not_there_is_a_fault_and_its_password_is_not_told(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql+psycopg://press:pw-of-the-press@127.0.0.1:9/ledger?password=another-one"
    monkeypatch.setenv("PRESSROOM_LEDGER_URL", url)
    settings.cache_clear()
    said = press(capsys, "doctor", "--json")
    assert read(said.document)["ledger"][0] == "fault"
    assert "pw-of-the-press" not in said.out + said.err
    assert "another-one" not in said.out + said.err


def test_a_server_that_does_not_answer_is_a_fault(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    code, checks = found(capsys)
    assert (code, checks["server"][0]) == (1, "fault")
    assert "pressroom up" in checks["server"][1]


class _Open(BaseHTTPRequestHandler):
    """What a server of another version says that lets everybody in."""

    def do_GET(self) -> None:
        body = b'"3.0.0"' if self.path == "/api/admin/version" else b"{}"
        self.send_response(200 if self.path.startswith("/api/admin") else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_a_server_that_others_can_reach_without_a_word_is_a_fault(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Open)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # To who looks, an address that is not loopback; here it leads to this machine all the same.
    monkeypatch.setenv("PREFECT_API_URL", f"http://0.0.0.0:{server.server_port}/api")
    monkeypatch.setenv("PRESSROOM_NOTIFY", "slack-webhook/editors")
    settings.cache_clear()
    try:
        code, checks = found(capsys)
    finally:
        server.shutdown()
        server.server_close()
    assert code == 1
    assert checks["access"][0] == "fault"
    assert checks["server"][0] == "warning"
    assert version("prefect") in checks["server"][1]
    assert checks["notifications"][0] == "fault"


@pytest.mark.usefixtures("prefect_server")
def test_what_lacks_on_a_real_server_is_told(home: Path, tmp_path: Path) -> None:
    # A name of its own: other tests make deployments on the same server.
    nowhere = "{name: nowhere, entrypoint: flows.documents.documents, work_pool: {name: pressroom}}"
    (tmp_path / "prefect.yaml").write_text(f"deployments: [{nowhere}]\n")
    environment = {**os.environ, "PREFECT_API_URL": _url()}
    command = [sys.executable, "-m", "flows.cli", "doctor", "--json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    checks = read(json.loads(done.stdout))
    assert checks["access"] == ("ok", "from this machine only ")
    assert checks["server"][0] == "ok"
    assert checks["deployments of prefect.yaml"] == ("warning", "nowhere is not there Run `pressroom deploy`.")
    assert checks["workers"][0] == "warning"
    assert done.returncode == 0, done.stdout


def _url() -> str:
    from prefect.settings import PREFECT_API_URL

    return str(PREFECT_API_URL.value())


def test_a_folder_that_sets_prefect_is_named(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "prefect.toml").write_text("[logging]\n")
    verdict, said = found(capsys)[1]["current folder"]
    assert verdict == "warning"
    assert "prefect.toml" in said


def test_what_a_look_raises_is_a_fault_of_that_look_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_API_KEY", "a-long-secret")

    def broken() -> Any:
        yield Finding("first", "ok", "it is a-long-secret")
        raise ImportError("no such thing as a-long-secret")

    first, second = looked("things", broken)
    assert first.says == "it is (hidden)"
    assert (second.name, second.verdict) == ("things", "fault")
    assert "ImportError" in second.says
    assert "a-long-secret" not in second.says

    def refused() -> Any:
        raise fault("MODEL_NONE", what="It")
        yield

    assert [one.verdict for one in looked("things", refused)] == ["fault"]
    assert hidden("see https://me:pw@example.org/x") == "see https://(hidden)@example.org/x"

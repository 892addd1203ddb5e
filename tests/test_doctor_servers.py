"""`pressroom doctor` on what a server or a ledger elsewhere is set to: a wrong address is told with its variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers import new_database
from sites import press

from flows.command.server import LocalServer
from tasks.errors import PressroomError
from tasks.settings import SERVER_DATABASE, settings

pytestmark = pytest.mark.usefixtures("alone")
Capture = pytest.CaptureFixture[str]
Checks = dict[str, tuple[str, str]]


def found(capsys: Capture) -> Checks:
    """Ask the doctor; return by name verdict and words, and see that no password is among them."""
    said = press(capsys, "doctor", "--json")
    assert "pw-of-the-press" not in said.out + said.err
    return {one["name"]: (one["verdict"], f"{one['says']} {one['remedy']}") for one in said.document["checks"]}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql+asyncpg://press:pw-of-the-press@127.0.0.1:9/prefect", "cannot be reached"),
        ("postgresql://press:pw-of-the-press@127.0.0.1:9/prefect", "no database that a Prefect server takes"),
        ("nonsense", "no database that a Prefect server takes"),
    ],
)
def test_a_servers_database_that_leads_nowhere_is_a_fault(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, url: str, why: str
) -> None:
    monkeypatch.setenv(SERVER_DATABASE, url)
    verdict, said = found(capsys)["server's database"]
    assert (verdict, why in said, SERVER_DATABASE in said) == ("fault", True, True)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert "server's database" not in found(capsys), "who goes to a server elsewhere starts none"


def test_a_servers_database_is_reached_and_one_that_is_not_there_is_a_fault(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, postgres: str
) -> None:
    url = new_database(postgres).replace("+psycopg", "+asyncpg")
    monkeypatch.setenv(SERVER_DATABASE, url)
    assert found(capsys)["server's database"][0] == "ok"
    monkeypatch.setenv(SERVER_DATABASE, url.replace("?", "_gone?"))
    verdict, said = found(capsys)["server's database"]
    assert (verdict, "does not exist" in said, SERVER_DATABASE in said) == ("fault", True, True)


def test_a_server_that_did_not_start_on_a_database_of_its_own_names_where_that_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(SERVER_DATABASE, "postgresql+asyncpg://press:pw-of-the-press@127.0.0.1:9/prefect")
    server = LocalServer(tmp_path / "server.log")
    try:
        with pytest.raises(PressroomError, match=f"SERVER_FAILED.*{SERVER_DATABASE}"):
            server.wait()
    finally:
        server.kill()


def test_a_ledger_in_another_database_is_told_where_one_lies(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSROOM_LEDGER_URL", "mysql://press:pw-of-the-press@127.0.0.1/x")
    settings.cache_clear()
    verdict, said = found(capsys)["ledger"]
    assert (verdict, "a ledger lies in SQLite or Postgres" in said) == ("fault", True)


def test_auth_strings_without_a_colon_or_unlike_each_other_are_named(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not {"auth string", "auth strings"} & found(capsys).keys()
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "pw-of-the-press")
    verdict, said = found(capsys)["auth string"]
    assert (verdict, said.startswith("PREFECT_API_AUTH_STRING: without a colon")) == ("warning", True)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "me:pw-of-the-press")
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "you:pw-of-the-press")
    checks = found(capsys)
    assert ("auth string" in checks, checks["auth strings"][0]) == (False, "fault")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert found(capsys)["auth strings"][0] == "warning"


def test_settings_of_models_that_cannot_be_read_are_corrected_in_their_file(capsys: Capture, home: Path) -> None:
    home.mkdir()
    (home / "models.yaml").write_text("servers: [")
    assert found(capsys)["models"][1].endswith("Correct the file there.")

"""The environment, read once, and nothing else read from it elsewhere.

Imported before Prefect by everything that imports Prefect, because two of Prefect's own switches
must be set before its first import: its server and its SDK report usage unless told not to, and
Pressroom promises that no call leaves the machine.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

OFFLINE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
}
for _name, _value in OFFLINE.items():
    os.environ.setdefault(_name, _value)


class Settings(BaseModel):
    """Where state lives and how patient the store is."""

    model_config = ConfigDict(frozen=True)

    home: Path = Path(".pressroom")
    """Folder of the ledger, the checkpoints and the kept item files."""
    ledger_url: str = ""
    """Database of the ledger; empty means SQLite in `home`."""
    ledger_patience_seconds: float = Field(default=20.0, gt=0)
    """How long a write waits for a locked ledger."""
    lease_seconds: float = Field(default=15.0, gt=0)
    """How long a silent run keeps its batch before another may take it over."""

    @property
    def ledger_path(self) -> Path:
        """The SQLite file, when the ledger is one."""
        return self.home / "ledger.db"

    @property
    def url(self) -> str:
        """The ledger's SQLAlchemy address."""
        return self.ledger_url or f"sqlite:///{self.ledger_path}"


@cache
def settings() -> Settings:
    """Return the settings of this process; `home` is made absolute, so a later `chdir` cannot split the state."""
    names = {
        "home": "PRESSROOM_HOME",
        "ledger_url": "PRESSROOM_LEDGER_URL",
        "ledger_patience_seconds": "PRESSROOM_LEDGER_PATIENCE",
        "lease_seconds": "PRESSROOM_LEASE",
    }
    given = {field: os.environ[name] for field, name in names.items() if os.environ.get(name)}
    read = Settings.model_validate(given)
    return read.model_copy(update={"home": read.home.expanduser().resolve()})

"""The environment, read once, and nothing else read from it elsewhere.

Imported before Prefect by everything that imports Prefect, because two of Prefect's own switches
must be set before its first import: its server and its SDK report usage unless told not to, and
Pressroom promises that no call leaves the machine.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tasks.errors import fault

OFFLINE = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
}
NOTIFY_ADDRESS = "PRESSROOM_NOTIFY_URL"
"""Secret address at which persons are told, which `pressroom deploy` puts into a block on the server."""
AUTH_STRINGS = ("PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING")
"""What Prefect's clients say to a server, and what a server wants to hear, as `user:password`."""
SERVER_DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
"""Names the database of a Prefect server that is started here; without it, that is a file."""
_DRIVER = re.compile(r"^postgres(ql)?(\+\w+)?://")
"""How addresses of a Postgres begin, whichever driver they name: all mean the same database."""
for _name, _value in OFFLINE.items():
    os.environ.setdefault(_name, _value)
# Whichever is set is meant for both: a server that is started here, and all that talk to it from here.
for _value in [os.environ[_name] for _name in AUTH_STRINGS if os.environ.get(_name)][:1]:
    os.environ.update({_name: _value for _name in AUTH_STRINGS if not os.environ.get(_name)})


@dataclass(frozen=True)
class Settings:
    """Where state lives and how patient the store is. (No model: `status` reads it before loading pydantic.)"""

    home: Path = Path(".pressroom")
    """Folder of the ledger, the checkpoints and the kept item files."""
    ledger_url: str = ""
    """Database of the ledger; empty means SQLite in `home`."""
    ledger_patience_seconds: float = 20.0
    """How long a write waits for a locked ledger."""
    lease_seconds: float = 60.0
    """How long a silent run keeps its batch before another may take it over: well above the ledger's patience."""
    connections: int = 10
    """How many connections to the ledger's database are shared by creators whose weeks are planned at once."""
    models_named: Path | None = None
    """The file of models that the environment names; it must be there, while the one in `home` may be missing."""
    folders: tuple[Path, ...] = ()
    """Folders beside its own that every spec may read and write in."""
    notify: str = ""
    """Prefect block that is told what a person should know, as `type/name`; empty means the log."""

    @property
    def models_path(self) -> Path:
        """The file that says which models there are, their limits and their prices."""
        return self.models_named or self.home / "models.yaml"

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
    return Settings(
        home=Path(os.environ.get("PRESSROOM_HOME") or ".pressroom").expanduser().resolve(),
        ledger_url=_DRIVER.sub("postgresql+psycopg://", os.environ.get("PRESSROOM_LEDGER_URL", "")),
        ledger_patience_seconds=_seconds("PRESSROOM_LEDGER_PATIENCE", 20.0),
        lease_seconds=_seconds("PRESSROOM_LEASE", 60.0),
        connections=_count("PRESSROOM_CONNECTIONS", 10),
        models_named=_path("PRESSROOM_MODELS"),
        folders=_folders("PRESSROOM_FOLDERS"),
        notify=_block("PRESSROOM_NOTIFY"),
    )


def _path(name: str) -> Path | None:
    text = os.environ.get(name)
    return Path(text).expanduser().resolve() if text else None


def _folders(name: str) -> tuple[Path, ...]:
    parts = os.environ.get(name, "").split(os.pathsep)
    return tuple(Path(part).expanduser().resolve() for part in parts if part.strip())


def _block(name: str) -> str:
    text = os.environ.get(name, "").strip()
    if text and not all(text.partition("/")):
        raise fault("INVALID_INPUT", what=f"The environment's {name} is {text!r}, not a block as `slack-webhook/name`.")
    return text


def _seconds(name: str, default: float) -> float:
    text = os.environ.get(name)
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1.0
    if not value > 0:
        raise fault("INVALID_INPUT", what=f"The environment's {name} is {text!r}, not a number of seconds above 0.")
    return value


def _count(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 1000:
        raise fault("INVALID_INPUT", what=f"The environment's {name} is {text!r}, not a number from 1 to 1000.")
    return int(text)

"""What was found of one thing: whether it is well, what that means, and how to mend it. No secret stands in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from tasks.errors import PressroomError

Verdict = Literal["ok", "warning", "fault"]
_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|PASSWD|AUTH_STRING|NOTIFY_URL|CREDENTIAL|OTLP_HEADERS")
"""Names of the environment whose values nobody is to read."""
_LEAST = 4
_USER = re.compile(r"://[^/\s@]+@")
_PASSWORD = re.compile(r"((?:ssl)?password=)[^&\s'\"]+", re.IGNORECASE)


class Finding(NamedTuple):
    """One line of what was found."""

    name: str
    verdict: Verdict
    says: str
    """What was found, and what it means where it is not well."""
    remedy: str = ""


Look = Callable[[], Iterator[Finding]]


def ok(name: str, says: str) -> Finding:
    """Say that a thing is well."""
    return Finding(name, "ok", says)


def warning(name: str, says: str, remedy: str) -> Finding:
    """Say that a thing works, but not as one may think."""
    return Finding(name, "warning", says, remedy)


def defect(name: str, says: str, remedy: str) -> Finding:
    """Say that something will not work, or is open."""
    return Finding(name, "fault", says, remedy)


def looked(theme: str, look: Look) -> Iterator[Finding]:
    """Yield what a look finds, without secrets; one that itself fails says with what, and keeps no other from looking.

    A doctor is called when things are broken, so anything may be raised: what is not installed whole, for example.
    """
    try:
        for found in look():
            yield Finding(found.name, found.verdict, hidden(found.says), hidden(found.remedy))
    except PressroomError as error:
        yield defect(theme, hidden(error.message), hidden(error.remedy))
    except Exception as error:
        why = f"it could not be looked at: {type(error).__name__}: {error}"
        yield defect(theme, hidden(" ".join(why.split())[:500]), "Mend that first, then ask again.")


def hidden(text: str) -> str:
    """Take out of a text what the environment holds as secret, and who an address is for."""
    secrets = [value for name, value in os.environ.items() if _SECRET.search(name.upper()) and len(value) >= _LEAST]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "(hidden)")
    return _PASSWORD.sub(r"\1(hidden)", _USER.sub("://(hidden)@", text))

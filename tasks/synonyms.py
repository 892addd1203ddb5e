"""Options that a kind's source calls otherwise: what is said twice must be the same, and is refused where it is not."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint
from tasks.models import Mode

_HINT = "Give one of the two."


def unlike(field: str, value: int | None, twin: str, other: int | None) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Complain of a field whose twin says another number."""
    if value is not None and other is not None and value != other:
        yield (field,), complaint(f"it is {value}, but `{twin}` is {other}", _HINT)


def unlike_mode(
    field: str, value: bool | None, mode: Mode, *, ends_when: bool
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Complain of a field that says otherwise than `mode` whether a failure ends the batch: it does at `ends_when`.

    The default, `collect`, contradicts nothing: a form sends it along.
    """
    opposite = Mode.RETRY if value is ends_when else Mode.FAIL_FAST
    if value is not None and mode is opposite:
        yield (field,), complaint(f"it is {str(value).lower()}, but `mode` is {mode.value}", _HINT)

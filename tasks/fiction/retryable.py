"""Which failures are tried again. The table of errors decides that, and a job's own list can only say the same."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic_core import PydanticCustomError

from tasks.complaints import Place, complaint
from tasks.errors import FAULTS
from tasks.fiction.jobs import RetryConfig


def unlike_ours(config: RetryConfig) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Complain of codes that a job would try again and Pressroom does not, or the other way round."""
    for field, passes in (("retryable_errors", True), ("non_retryable_errors", False)):
        for number, code in enumerate(getattr(config, field)):
            place: Place = ("retry_config", field, number)
            if code not in FAULTS:
                yield place, complaint(f"there is no error {code!r}", "The README lists the codes.")
            elif FAULTS[code].kind.transient is not passes:
                word = "passes" if FAULTS[code].kind.transient else "never passes"
                yield (
                    place,
                    complaint(f"the error {code} {word} by itself, and is treated so", "Take it off that list."),
                )

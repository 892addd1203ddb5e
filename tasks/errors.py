"""Every failure Pressroom can name, in one tree and one table.

    PressroomError
    ├── TransientError        may pass on its own: retried by the stage
    └── PermanentError        stays until a person changes something: never retried
        ├── InputError        what the user gave is at fault
        ├── StoppedError      the work was ended and can be resumed: cancel, deadline, fail-fast, a full disk
        └── BatchFailed       a whole batch came to nothing; carries `.result`

The split that matters is transient against permanent, because it alone decides about retries.
Each code stands in `FAULTS` with its class, message and remedy, so that the command line, the
reports and the tests speak of a failure in the same words. `INVALID_INPUT` is the last resort. The codes are added by
`faults.py` here, and in the folder of each kind by one of its own.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tasks.results import BatchResult


class PressroomError(Exception):
    """A failure with a code, a message that names the thing, and a remedy."""

    transient = False

    def __init__(self, code: str, message: str, remedy: str = "") -> None:
        super().__init__(code, message, remedy)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.tried_out = False
        """Whether it has been retried where it happened, so that its stage does not retry it once more."""
        self.details: dict[str, object] = {}
        """What the message was filled with, for those who show the parts apart."""

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" {self.remedy}" if self.remedy else "")


class TransientError(PressroomError):
    """A failure that may pass on its own."""

    transient = True


class PermanentError(PressroomError):
    """A failure that stays until somebody changes something."""


class InputError(PermanentError):
    """What the user gave is at fault: a spec, a config, a template, a path."""


class StoppedError(PermanentError):
    """The work was ended, on purpose or because nothing more could be kept, and can be resumed."""


class BatchFailed(PermanentError):
    """Nothing succeeded, or the batch was stopped; `.result` says what happened to each item."""

    def __init__(self, code: str, message: str, remedy: str = "", result: BatchResult | None = None) -> None:
        super().__init__(code, message, remedy)
        self.result = result


class Fault(NamedTuple):
    """A row of the table: the class to raise, and what to say."""

    kind: type[PressroomError]
    message: str
    remedy: str


def input_fault(message: str, remedy: str) -> Fault:
    """Build a row for what is at fault in what the user gave."""
    return Fault(InputError, message, remedy)


FAULTS: dict[str, Fault] = {}
"""The table. What can be wrong with any batch comes from `tasks/faults.py`."""


def add_faults(rows: dict[str, Fault]) -> None:
    """Add a package's codes to the table, when it is imported; none may be there already."""
    if twice := FAULTS.keys() & rows.keys():
        raise ValueError(f"these codes stand in the table already: {sorted(twice)}")
    FAULTS.update(rows)


def fault(code: str, /, **details: object) -> PressroomError:
    """Build the error for a code of `FAULTS`, its message filled with `details`."""
    row = FAULTS[code]
    error = row.kind(code, row.message.format(**details), row.remedy.format(**details))
    error.details = details
    return error


def rebuilt(code: str, message: str, remedy: str) -> PressroomError:
    """Build again an error that was told by its code and words, as where it happened in another process."""
    return FAULTS[code].kind(code, message, remedy)


def _from_os_error(error: OSError, what: str) -> PressroomError:
    path = str(error.filename or what)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return fault("DISK_FULL", path=path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG):
        hint = "Shorten it." if error.errno == errno.ENAMETOOLONG else "Check the folder and its permissions."
        return fault("OUTPUT_UNWRITABLE", path=path, why=error.strerror or type(error).__name__, hint=hint)
    return fault("TEMPORARY_ERROR", what=f"{what}: {error!r}.")


def as_fault(error: BaseException, *, what: str, seconds: float = 0.0) -> PressroomError:
    """Return `error` as one of ours; what nobody foresaw becomes INTERNAL, so that it is never retried by guess."""
    if isinstance(error, PressroomError):
        return error
    if isinstance(error, TimeoutError):
        return fault("TIMEOUT", what=what, seconds=seconds)
    if isinstance(error, OSError):
        return _from_os_error(error, what)
    return fault("INTERNAL", what=f"{what}: {type(error).__name__}: {error}.")


def is_transient(error: BaseException) -> bool:
    """Say whether `error` may pass on its own."""
    return as_fault(error, what="").transient

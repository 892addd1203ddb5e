"""What can be wrong with a text that a model writes, whatever it is for."""

from __future__ import annotations

from tasks.errors import Fault, TransientError, add_faults

ROWS = {
    "ANSWER_LANGUAGE": Fault(
        TransientError,
        "{model!r} answered in another language than {language!r}: {why}.",
        "Another attempt may bring it, or another model.",
    ),
    "ANSWER_LENGTH": Fault(
        TransientError, "{model!r} wrote {words} words where {least} to {most} were asked for.", "Another attempt may."
    ),
}
add_faults(ROWS)

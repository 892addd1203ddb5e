"""What can be wrong with creators and their data, beside what can be wrong with any batch."""

from __future__ import annotations

from tasks.errors import Fault, PermanentError, add_faults, input_fault

ROWS = {
    "PREFLIGHT_BLOCK": input_fault("{why}", "{hint}"),
    "CREATOR_DUPLICATED": input_fault(
        "Creator {creator!r} is asked for twice for the week of {week}.", "Name it once."
    ),
    "CREATOR_EXISTS": input_fault(
        "Creator {creator!r} is in the roster already, and is from no sample.",
        "`--replace` overwrites it, `--csv DIR` writes files, another `--seed` invents others.",
    ),
    "WEEK_INVALID": input_fault("The week of {creator!r} ({week}): {why}.", "{hint}"),
    "EDIT_INVALID": input_fault(
        "The edited schedule {path!r}, {field}: {why}.", "Of a post may be changed: {may}. Posts may be taken out."
    ),
    "CSV_INVALID": input_fault("{path!r}: {errors}, and nothing was imported.{first}", "{hint}"),
    "SOLVER_FAILED": Fault(
        PermanentError, "No week was found for {creator!r}: {why}.", "Loosen the creator's rules, then retry."
    ),
    "QUALITY_REJECTED": Fault(
        PermanentError,
        "The schedule of {creator!r} scored {score} of 100 and was rejected: {why}.",
        "{hint}Mend what is named, or loosen the rules, then retry.",
    ),
}
add_faults(ROWS)

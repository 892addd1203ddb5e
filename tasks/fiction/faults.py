"""What can be wrong with fiction projects, beside what can be wrong with any batch."""

from __future__ import annotations

from tasks.errors import Fault, PermanentError, TransientError, add_faults, input_fault

ROWS = {
    "PROJECT_NOT_FOUND": input_fault(
        "There is no project {project!r}: {looked} is not there.", "Write that file, or give the project in the spec."
    ),
    "PROJECT_INVALID": input_fault("Project {project!r}, {field}: {why}.", "{hint}"),
    "GENRE_UNKNOWN": input_fault(
        "Project {project!r} has the unknown genre {genre!r}.", "{hint}A genre of your own goes into `genres`."
    ),
    "DEADLINE_PASSED": input_fault(
        "The deadline of {what} has passed: {deadline}.", "Give a later one, or leave it out."
    ),
    "CHARACTERS_MISSING": input_fault(
        "Project {project!r} has no characters yet: {path!r} is not there.",
        "Run `job_type: character_generation` for it, or write them into the project.",
    ),
    "OUTLINE_MISSING": input_fault(
        "Project {project!r} has no outline yet: {path!r} is not there.",
        "Run `job_type: plot_outlining` for it, or write it into the project.",
    ),
    "OUTLINE_SHORT": input_fault(
        "Project {project!r} has {chapters} chapters, and its outline {path!r} has {planned}.", "{hint}"
    ),
    "CHAPTER_MISSING": input_fault(
        "Project {project!r} has no chapter {number} yet: {path!r} is not there.",
        "Write it first: `job_type: chapter_writing`.",
    ),
    "CHAPTER_OUTSIDE": input_fault(
        "Project {project!r} has {chapters} chapters, and chapter {number} is asked for.",
        "Ask for one of them, or raise `chapters` in the project.",
    ),
    "WORK_INVALID": input_fault("{path!r} cannot be read: {why}.", "Restore it, or remove it and make it again."),
    "CAST_UNLIKE": Fault(
        TransientError, "The answer of {model!r} does not keep to the characters: {why}.", "Another attempt may."
    ),
    "EXPORT_FAILED": Fault(
        PermanentError, "The book of project {project!r} cannot be made as {form}: {why}.", "Mend what is named."
    ),
}
add_faults(ROWS)

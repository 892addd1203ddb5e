"""What can be wrong with shows and their episodes, beside what can be wrong with any batch."""

from __future__ import annotations

from tasks.errors import Fault, TransientError, add_faults, input_fault

ROWS = {
    "SHOW_NOT_FOUND": input_fault("There is no show {path!r}.", "Write that file, or give the show in the spec."),
    "SHOW_INVALID": input_fault("The show {path!r}, {field}: {why}.", "{hint}"),
    "TOPICS_INVALID": input_fault("The list of topics {path!r}, {place}: {why}.", "Correct it there."),
    "TOPIC_EMPTY": input_fault("Episode {number} has an empty topic.", "Say in its `title` what it is about."),
    "EPISODE_UNKNOWN": input_fault(
        "The list of topics has no episode {number}: it has {known}.", "Add it there, or ask for another one."
    ),
    "EPISODE_DUPLICATED": input_fault("Episode {number} is asked for twice.", "Name it once."),
    "SCRIPT_UNLIKE": Fault(
        TransientError, "The script of {model!r} does not keep to what was asked: {why}.", "Another attempt may."
    ),
}
add_faults(ROWS)

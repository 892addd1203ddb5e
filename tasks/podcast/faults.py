"""What can be wrong with shows and their episodes, beside what can be wrong with any batch."""

from __future__ import annotations

from tasks.errors import Fault, PermanentError, TransientError, add_faults, input_fault

ROWS = {
    "SHOW_NOT_FOUND": input_fault("There is no show {path!r}.", "Write that file, or give the show in the spec."),
    "SHOW_INVALID": input_fault("The show {path!r}, {field}: {why}.", "{hint}"),
    "TOPICS_INVALID": input_fault("The list of topics {path!r}, {place}: {why}.", "Correct it there."),
    "TOPIC_EMPTY": input_fault("Episode {number} has an empty topic.", "Say in its `title` what it is about."),
    "EPISODE_UNKNOWN": input_fault(
        "The list of topics has no episode {number}: it has {known}.", "Add it there, or ask for another one."
    ),
    "SHOW_FOLDER_TAKEN": input_fault(
        "{path!r} is the folder of the show {other!r}, and not of {title!r}.",
        "Give this show another `output_dir`; where it is the same one under a new title, write that into its `.show`.",
    ),
    "NOTHING_UPCOMING": input_fault(
        "Each episode of the topics of {show!r} is published or waits for a person.", "Add topics to the list."
    ),
    "EPISODE_DUPLICATED": input_fault("Episode {number} is asked for twice.", "Name it once."),
    "SCRIPT_UNLIKE": Fault(
        TransientError, "The script of {model!r} does not keep to what was asked: {why}.", "Another attempt may."
    ),
    "SCRIPT_INVALID": input_fault(
        "The edited script {path!r}, {place}: {why}.",
        "Correct it there; `script.json` and `script.md` beside the episode show both forms.",
    ),
    "NOTES_MISSING": input_fault(
        "There is no folder of notes {path!r}: {why}.", "Make it and put notes or PDFs there, or name another folder."
    ),
    "NOTHING_FOUND": input_fault(
        "Nothing in {notes!r} is about {topic!r}.",
        "Add notes about it, or use words in its title, angle or questions that stand in the notes.",
    ),
    "SEARCH_UNKNOWN": input_fault("There is no web search {engine!r}: {why}.", "{hint}"),
    "DOSSIER_UNSOURCED": Fault(
        PermanentError,
        "The dossier claims {claim!r} by the source {source!r}, which {why}.",
        "Make the dossier again; every claim has to name a source that was found.",
    ),
    "COVER_INVALID": input_fault(
        "The cover {path!r} cannot be used: {why}.",
        "Give a square PNG or JPEG of 1,400 to 3,000 pixels a side, or none: then one is drawn.",
    ),
    "FEED_BUSY": Fault(
        PermanentError,
        "The feed {path!r} was locked by another process for {seconds:g} s.",
        "End what holds it, then resume the batch.",
    ),
}
add_faults(ROWS)

"""Review: a person's decision on an item that waits for it, asked for in a form of Prefect's UI.

A run of its own and no pause of the batch's, which would be held open for as long as people take to decide.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import Field

from flows.deciding import decide_on, in_words
from flows.run_notices import tell_failure
from tasks.errors import fault
from tasks.reviews import Decision

Name = Annotated[str, Field(min_length=1)]


@flow(name="review", flow_run_name="{decision}-{batch}-{item}", on_failure=[tell_failure])
def review(
    batch: Name,
    item: Name,
    decision: Decision,
    note: str = "",
    by: str = "",
    file: str = "",
    text: str = "",
    despite_rules: bool = False,
) -> State[Any]:
    """Decide on an item that waits for review, as `pressroom review` does.

    Args:
        batch: Name of the batch, as its report has it.
        item: Name of an item that waits for review in it.
        decision: approve: it counts as made. reject: it counts as failed, and `pressroom retry` makes it again.
            edit: the edited file takes the place of what was made, once it has been checked, and is approved.
        note: Why. Kept with the decision; who makes it again is told it.
        by: Who decides. Kept with the decision.
        file: For an edit: path of the edited file, on the machine of the worker.
        text: For an edit, in place of a file: the whole edited text.
        despite_rules: For an edit: take it although it breaks rules, which are kept with the decision.
    """
    given = [one for one in (file, text) if one]
    if len(given) != (decision is Decision.EDIT):
        raise fault("INVALID_INPUT", what="An edit needs either a file or a text, and no other decision takes one.")
    if file and not Path(file).is_file():
        raise fault("INVALID_INPUT", what=f"There is no file {file!r} on the machine of the worker.")
    with tempfile.TemporaryDirectory(prefix="pressroom-review-") as folder:
        if text:
            file = str(Path(folder) / "edited")
            Path(file).write_text(text, encoding="utf-8")
        decided = decide_on(
            batch,
            item,
            decision,
            by=by or "someone in the pages",
            note=note,
            edited=Path(file) if file else None,
            despite_rules=despite_rules,
        )
    return Completed(message="\n".join(in_words(decided)))

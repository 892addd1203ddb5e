"""What can be done next with a batch, told to an assistant: by a tool of its own, or by a person.

There is deliberately no tool for what people decide: whether something is good enough, and whether a batch that asks
is to go on.
"""

from __future__ import annotations

from typing import Any, cast

from flows.command.onward import ways
from tasks.ledger.batch_rows import AT_WORK
from tasks.ledger.glance import BatchDocument

NOTE = "note"
"""The field for it; a reply has none where nothing is to be done."""
_TOOLS = {
    "`pressroom status`": "`batch_status`",
    "`pressroom plan`": "`plan`",
    "`pressroom resume`": "`resume_batch`",
    "`pressroom retry`": "`retry_failed`",
}
"""Commands that remedies name as a whole, and the tools that say or do the same."""
_WAYS = {"resume": "`resume_batch`", "retry": "`retry_failed`", "run": "`run_batch` with the same `batch_id`"}
"""Commands by which a batch goes on, and the tools for it; a person has the others."""


def in_tools(text: str | None) -> str | None:
    """Write a remedy in the names of the tools."""
    for command, tool in _TOOLS.items():
        text = text and text.replace(command, tool)
    return text


def advice(document: dict[str, Any]) -> dict[str, str]:
    """Say what can be done next with a batch, as a field of its reply; `document` has all its items."""
    batch_id, is_at_work = document["batch_id"], document["status"] in AT_WORK
    found = []
    if document["status"] == "paused":
        asks = f" and asks: {document['reason']}" if document["reason"] else "."
        goes_on = f"`pressroom continue {batch_id}` (with `--retry-failed` what has failed is tried again)"
        found.append(f"It is paused{asks} A person answers: {goes_on}, or `pressroom cancel {batch_id}`.")
    for about, command in ways(cast(BatchDocument, document)):
        name = command.split()[1]
        if name in _WAYS and not is_at_work:
            found.append(f"{about}: {_WAYS[name]}.")
        elif name not in _WAYS:
            where = " or in the pages" if name == "review" else ""
            found.append(f"{about}: a person, with `{command}`{where}; there is no tool for it.")
    return {NOTE: " ".join(found)} if found else {}

"""A batch's result on its page in Prefect's UI: the report as Markdown, and a table of what did not come out."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from tasks.reports.markdown import SHOWN, as_markdown
from tasks.results import BatchResult


def artifact_key(what: str, batch_id: str) -> str:
    """Name an artifact of a batch; Prefect takes small letters, digits and dashes only."""
    return f"{what}-" + "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in batch_id.lower())


def publish(result: BatchResult) -> None:
    """Create the artifacts of a batch that has ended; two calls to the server, whatever the batch's size."""
    create_markdown_artifact(as_markdown(result), key=artifact_key("report", result.batch_id))
    rows = [
        {
            "item": item.item_id,
            "status": item.status.value,
            "reason": item.error_message or "",
            "remedy": item.remedy or "",
        }
        for item in result.results
        if not item.success
    ]
    counted = {"item": f"{result.total:,} items", "status": result.status.value, "reason": result.counts, "remedy": ""}
    create_table_artifact(
        [counted, *rows[:SHOWN]],
        key=artifact_key("items", result.batch_id),
        description=f"Batch {result.batch_id}: what did not come out, at most {SHOWN} items.",
    )

"""A batch's result on its page in Prefect's UI: the report as Markdown, and tables of failures and of models."""

from __future__ import annotations

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from tasks import words
from tasks.reports.markdown import SHOWN, as_markdown
from tasks.reports.report import Report


def artifact_key(what: str, batch_id: str) -> str:
    """Name an artifact of a batch; Prefect takes small letters, digits and dashes only."""
    return f"{what}-" + "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in batch_id.lower())


def publish(report: Report) -> None:
    """Create the artifacts of a batch that has ended; a few calls to the server, whatever the batch's size."""
    history = report.history
    create_markdown_artifact(as_markdown(report), key=artifact_key("report", history.batch_id))
    rows = [
        {"item": one.item_id, "status": one.status, "reason": one.message, "remedy": one.remedy}
        for one in history.missing[:SHOWN]
    ]
    whole = words.count(len(history.items), "item")
    create_table_artifact(
        [{"item": whole, "status": history.status, "reason": report.headline, "remedy": ""}, *rows],
        key=artifact_key("items", history.batch_id),
        description=f"Batch {history.batch_id}: what did not come out, at most {SHOWN} items.",
    )
    if report.usage:
        usage = report.usage[0]
        create_table_artifact(
            [dict(zip(usage.head, row, strict=True)) for row in usage.rows],
            key=artifact_key("models", history.batch_id),
            description=f"Batch {history.batch_id}: which models it used, and what they cost.",
        )

"""A batch's result on its page in Prefect's UI: the report as Markdown, and tables of failures and of models."""

from __future__ import annotations

import json
from urllib.parse import quote

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.utilities.urls import url_for

from tasks import words
from tasks.ledger.history import Missing
from tasks.reports.markdown import SHOWN, as_markdown
from tasks.reports.markup import code, prose
from tasks.reports.report import Report

REVIEW = "review/review"
"""The deployment whose form takes a person's decision on an item."""


def artifact_key(what: str, batch_id: str) -> str:
    """Name an artifact of a batch; Prefect takes small letters, digits and dashes only."""
    return f"{what}-" + "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in batch_id.lower())


def publish(report: Report) -> None:
    """Create the artifacts of a batch that has ended; a few calls to the server, whatever the batch's size."""
    _ask_for_decisions(report)
    history = report.history
    whole = f"Batch {history.batch_id}: its report."
    create_markdown_artifact(as_markdown(report), key=artifact_key("report", history.batch_id), description=whole)
    rows = [_row(one) for one in history.missing[:SHOWN]]
    total = words.count(len(history.items), "item")
    create_table_artifact(
        [{"item": total, "status": history.status, "reason": report.headline, "remedy": ""}, *rows],
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


def _row(one: Missing) -> dict[str, str]:
    """Tell of an item in cells that leave each other room; a remedy may be a command, and stays whole."""
    item, reason = words.cut(one.item_id, words.NAME), words.cut_words(one.message, words.NAME)
    return {"item": item, "status": one.status, "reason": reason, "remedy": one.remedy}


def _ask_for_decisions(report: Report) -> None:
    """List what waits for a person, each with a link to its form, where the server has that."""
    batch_id = report.history.batch_id
    waiting = [one for one in report.history.missing if one.status == "needs_review"]
    form = _form() if waiting else ""
    if not form:
        return
    lines = [f"Of batch {code(batch_id)} these wait for a person's decision (at most {SHOWN} are shown):", ""]
    for one in waiting:
        given = quote(json.dumps({"batch": batch_id, "item": one.item_id}), safe="")
        # The form decodes what it is given once more than a browser does.
        lines.append(f"- {code(one.item_id)}: {prose(one.message)} [Decide]({form}?parameters={quote(given, safe='')})")
    lines += ["", f"From a terminal: `pressroom review {batch_id} ITEM approve|edit|reject`"]
    about = f"Batch {batch_id}: what waits for a person's decision, with links to its form."
    create_markdown_artifact("\n".join(lines), key=artifact_key("review", batch_id), description=about)


def _form() -> str:
    """Where the pages have the form for a decision; empty where there are no pages, or no such form."""
    with get_client(sync_client=True) as client:
        try:
            page = url_for("deployment", obj_id=client.read_deployment_by_name(REVIEW).id)
        except ObjectNotFound:
            return ""
    return f"{page}/run" if page else ""

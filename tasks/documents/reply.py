"""A batch's result in the words of those who asked for documents: `batch_reply.json`.

Names and values are a contract. `item_id`, `output_path` and `warnings` are ours: one config may make several
documents, a text that is too long for the reply is read from its file, and a document may lack something.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Literal

from tasks.documents.models import DocumentBatch
from tasks.documents.request import named_operations
from tasks.results import BatchResult, ItemResult
from tasks.reuse import read_reusable
from tasks.shape import Shape

TEXTS = 1000
"""Most items of a batch whose reply holds their texts."""
TEXT_BYTES = 4_000_000
"""Most bytes of text that a reply holds, unless who asks for it says otherwise: the longest are left out."""

ReplyCode = Literal["config_not_found", "generation_failed", "invalid_context", "invalid_input"]
ReplyStatus = Literal["generated", "skipped", "failed"]

CODES: dict[str, ReplyCode] = {
    "CONFIG_NOT_FOUND": "config_not_found",
    # The values it is filled with.
    "CONTEXT_INVALID": "invalid_context",
    "UNDEFINED_VARIABLE": "invalid_context",
    "VALUE_MISSING": "invalid_context",
    "VALUE_REFUSED": "invalid_context",
    # What was handed in cannot be read, or may not be asked for.
    "CONDITION_INVALID": "invalid_input",
    "CONFIG_CYCLE": "invalid_input",
    "CONFIG_INVALID": "invalid_input",
    "CONFIG_UNSUPPORTED": "invalid_input",
    "FILE_TOO_LARGE": "invalid_input",
    "GENERATOR_UNKNOWN": "invalid_input",
    "INVALID_INPUT": "invalid_input",
    "LIMIT_TOO_SMALL": "invalid_input",
    "MODEL_NONE": "invalid_input",
    "MODEL_SETTINGS_INVALID": "invalid_input",
    "MODEL_UNKNOWN": "invalid_input",
    "NOT_UTF8": "invalid_input",
    "OUTPUT_CONFLICT": "invalid_input",
    "PATH_OUTSIDE": "invalid_input",
    "PRICE_UNKNOWN": "invalid_input",
    "SELECTOR_INVALID": "invalid_input",
    "SPEC_INVALID": "invalid_input",
    "SPEC_MALFORMED": "invalid_input",
    "SPEC_NOT_FOUND": "invalid_input",
    "YAML_BOMB": "invalid_input",
    # It was begun, or would have been, and did not come out.
    "ANSWER_BROKEN": "generation_failed",
    "ANSWER_EMPTY": "generation_failed",
    "ANSWER_REFUSED": "generation_failed",
    "ANSWER_TOO_LARGE": "generation_failed",
    "ANSWER_TRUNCATED": "generation_failed",
    "ANSWER_UNPARSABLE": "generation_failed",
    "API_RATE_LIMIT": "generation_failed",
    "AUTH_ERROR": "generation_failed",
    "BATCH_DEADLINE": "generation_failed",
    "BUDGET_EXCEEDED": "generation_failed",
    "CANARY_FAILED": "generation_failed",
    "CAP_EXCEEDED": "generation_failed",
    "CANCELLED": "generation_failed",
    "CHECKPOINT_UNWRITABLE": "generation_failed",
    "DISK_FULL": "generation_failed",
    "FAIL_FAST": "generation_failed",
    "INPUT_MISSING": "generation_failed",
    "INTERNAL": "generation_failed",
    "ITEM_DEADLINE": "generation_failed",
    "LEASE_LOST": "generation_failed",
    "LEDGER_AWAY": "generation_failed",
    "LEDGER_LOCKED": "generation_failed",
    "LIMIT_WAIT": "generation_failed",
    "LOCAL_MODEL_MISSING": "generation_failed",
    "MODEL_KEY_MISSING": "generation_failed",
    "MODEL_REFUSED_REQUEST": "generation_failed",
    "OUTPUT_OBEYED": "generation_failed",
    "OUTPUT_UNWRITABLE": "generation_failed",
    "QUOTA_EXCEEDED": "generation_failed",
    "REVIEW_REJECTED": "generation_failed",
    "RUNNER_UNFIT": "generation_failed",
    "SCENARIO_INVALID": "generation_failed",
    "SELECTOR_EMPTY": "generation_failed",
    "TEMPLATE_INVALID": "generation_failed",
    "TEMPLATE_MISSING": "generation_failed",
    "TEMPLATE_RUNAWAY": "generation_failed",
    "TEMPLATE_UNSAFE": "generation_failed",
    "TEMPORARY_ERROR": "generation_failed",
    "TIMEOUT": "generation_failed",
    "TOKENS_EXCEEDED": "generation_failed",
    "TOO_MANY_FAILURES": "generation_failed",
    "UPSTREAM_FAILED": "generation_failed",
    "VARIABLE_UNRESOLVED": "generation_failed",
    "WORK_BUSY": "generation_failed",
}
"""Our code of an item's failure, and the reply's. A test goes over all codes there are."""


class ReplyError(Shape):
    """Why a document did not come out."""

    code: ReplyCode
    message: str


class ReplyFailure(ReplyError):
    """The same, with the config it was to be made from."""

    content_id: str


class ReplyResult(Shape):
    """One document. `content` is its text, or null when the reply would grow too long with it."""

    content_id: str
    success: bool
    status: ReplyStatus
    content: str | None = None
    error: ReplyError | None = None
    duration_ms: float = 0.0
    item_id: str
    output_path: str | None = None
    warnings: list[str] = []


class BatchReply(Shape):
    """The whole batch, its results in the order of the request.

    `skipped` counts what was not made again, because a finished document served; with what was
    generated and what failed it adds up to `total`. `parallel_efficiency` is the work of all items
    per time that passed.
    """

    success: bool
    status: Literal["batch_complete", "batch_partial", "batch_failed"]
    total: int
    generated: int
    skipped: int
    failed: int
    results: list[ReplyResult]
    errors: list[ReplyFailure]
    duration_ms: float
    parallel_efficiency: float


def batch_reply(result: BatchResult, batch: DocumentBatch, *, text_bytes: int | None = None) -> BatchReply:
    """Put what became of a batch in the form of the source.

    Of the texts the shortest are in it, as many as `text_bytes` (`TEXT_BYTES`) hold, and with more than `TEXTS` items
    none; each result names its file all the same. A file that was changed since it was made has no text here either.
    """
    configs = {name: operation.content_config_id for name, operation in named_operations(batch)}
    short = _short(result, TEXT_BYTES if text_bytes is None else text_bytes)
    results = [_result(item, configs.get(item.item_id, item.item_id), item.item_id in short) for item in result.results]
    good = sum(one.success for one in results)
    skipped = sum(one.status == "skipped" for one in results)
    return BatchReply(
        success=good > 0,
        status="batch_failed" if good == 0 else "batch_complete" if good == result.total else "batch_partial",
        total=result.total,
        generated=good - skipped,
        skipped=skipped,
        failed=result.total - good,
        results=results,
        errors=[
            ReplyFailure(content_id=one.content_id, code=one.error.code, message=one.error.message)
            for one in results
            if one.error is not None
        ],
        duration_ms=_milliseconds(result.wall_clock_seconds),
        parallel_efficiency=round(result.speed_up, 3),
    )


def _short(result: BatchResult, room: int) -> set[str]:
    """Return the ids of the items whose texts fit into a reply: the shortest, of equal ones the first."""
    if result.total > TEXTS:
        return set()
    sizes = [(item.outputs[0].size, item.item_id) for item in result.results if item.outputs]
    short = set[str]()
    for size, item_id in sorted(sizes, key=itemgetter(0)):
        room -= size
        if room < 0:
            break
        short.add(item_id)
    return short


def _result(item: ItemResult, content_id: str, with_text: bool) -> ReplyResult:
    made = item.outputs[0] if item.outputs and item.success else None
    content = read_reusable(made) if made is not None and with_text else None
    status: ReplyStatus = "failed" if not item.success else "skipped" if item.reused else "generated"
    return ReplyResult(
        content_id=content_id,
        success=item.success,
        status=status,
        content=content.decode() if content is not None else None,
        error=None if item.success else _error(item),
        duration_ms=_milliseconds(item.duration_seconds),
        item_id=item.item_id,
        output_path=made.path if made is not None else None,
        warnings=item.warnings,
    )


def _error(item: ItemResult) -> ReplyError:
    code = CODES.get(item.error_code or "", "generation_failed")
    return ReplyError(code=code, message=item.error_message or f"It is {item.status.value}.")


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 3)

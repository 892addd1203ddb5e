"""What would happen to a document that a language model writes: whether its texts are kept, else what they may cost."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import TypeAdapter

from tasks.documents.code_generation import model_for, models_of, writing_of
from tasks.documents.config_models import ContentConfig
from tasks.documents.drafts import Draft
from tasks.documents.models import DocumentText, LoadedDocument
from tasks.foresight import Foresight
from tasks.llm.readiness import unready
from tasks.llm.worst_case import worst_case
from tasks.model_options import Budget
from tasks.plans import MADE, StagePlan

STAGE, VERSION = "generate_document", 1


def foresee_writing(
    drafted: Draft, foresight: Foresight, try_out: Callable[[Draft], None], budget: Budget
) -> StagePlan:
    """Say whether a text is kept that serves, and if not, what making it needs at most.

    What stands in the way of its model is raised.
    """
    item = drafted.item
    loaded = LoadedDocument(item=item, fingerprint=drafted.fingerprint)
    returns: TypeAdapter[DocumentText] = TypeAdapter(DocumentText)
    plan, _ = foresight.checkpoint(
        item.item_id, STAGE, item.lane, inputs={"loaded": loaded}, returns=returns, version=VERSION, force=item.force
    )
    if plan.verdict in MADE:
        for error in unready(models_of(item, drafted.loaded.config), "documents", budget):
            raise error
        try_out(drafted)
        plan.is_sure = False
        _estimate(plan, drafted)
    return plan


def _estimate(plan: StagePlan, drafted: Draft) -> None:
    """Say what the call may take; what a document made of several texts takes shows only while it is made."""
    config = drafted.loaded.config
    if isinstance(config, ContentConfig) and not drafted.inputs:
        writing = writing_of(config, drafted.item.context)
        models, _ = model_for(drafted.item, writing)
        charge = worst_case(models[0], writing.prompt, writing.tuning(models[0]), str)
        plan.tokens, plan.cost = charge.input_tokens + charge.output_tokens, charge.cost_usd

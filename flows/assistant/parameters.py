"""The parameters that several tools take, with what an assistant must know of them.

Those that are fields of a spec are described by the spec's own model.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from tasks.documents.models import DocumentBatch
from tasks.models import JsonObject
from tasks.shape import texts_of
from tasks.specs import kinds

MOST_ITEMS = 1000
"""Most items that one call of `batch_generate` takes."""
WAIT_SECONDS = 50.0
"""Many clients give a call up after a minute without news."""


def of_spec(name: str, **bounds: Any) -> Any:
    """Describe a parameter as the field of a spec of documents is described."""
    return Field(description=_TEXTS[name], **bounds)


_TEXTS = texts_of(DocumentBatch)
_SPEC = Field(
    description=f"What to make: the path of a spec file (YAML or JSON) in the server's folder, or the spec itself "
    f"as an object with `kind` ({', '.join(kinds())}) and that kind's fields. The resource capabilities://server "
    f"lists the fields of each kind. Relative paths begin at the file's folder, or at the server's."
)
_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"

SpecParameter = Annotated[str | JsonObject, _SPEC]
MaybeSpec = Annotated[str | JsonObject | None, _SPEC]
BatchId = Annotated[str, Field(pattern=_ID, description="Id of a batch, as replies and `batch_status` say it.")]
NewBatchId = Annotated[str | None, of_spec("batch_id", pattern=_ID)]
MaybeBatchId = Annotated[str | None, Field(pattern=_ID, description="Id of a batch. Default: all of them.")]
WaitSeconds = Annotated[
    float,
    Field(
        ge=0,
        le=3600,
        description="How long to wait for the end. A batch that takes longer goes on in the background: the reply has "
        "`status: running`, and `batch_status` says how far it is.",
    ),
]
Most = Annotated[int, Field(ge=1, le=MOST_ITEMS, description="How many entries to list at most.")]

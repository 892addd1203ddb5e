"""The parts of this machine's settings of models."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tasks.complaints import complaint

Above0 = Annotated[int, Field(gt=0)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]

_MOST = 8
"""Calls at once from one process where nothing is said."""


class Part(BaseModel):
    """What the parts of the file have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Server(Part):
    """An address that speaks OpenAI's protocol, such as vLLM's, llama.cpp's or Ollama's."""

    address: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/\S*)?$")]
    """With its path, which usually is `/v1`."""
    key: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """Name of the variable of the environment that holds its key; none for a server without."""


class Window(Part):
    """How much may be asked for in any window of so many seconds."""

    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 60.0
    requests: Above0 | None = None
    input_tokens: Above0 | None = None
    output_tokens: Above0 | None = None


class Parallel(Part):
    """Between what bounds the number of calls at once of one process is adapted to how the vendor copes.

    Each process learns its own number and holds it against its own calls: held against the calls of all, one that has
    learnt a low number would get no turn while another makes more. `shared` is what bounds all of them.
    """

    least: Above0 = 1
    most: Above0 = _MOST

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.least > self.most:
            raise complaint(f"`least` is {self.least}, and may be at most `most`, which is {self.most}")
        return self


class LaneSettings(Part):
    """What bounds the calls of a vendor, or of one of its models."""

    limits: list[Window] = []
    parallel: Parallel | None = None
    shared: Above0 | None = None
    """Calls at once from all processes together."""
    context_tokens: Above0 | None = None
    """Longest prompt and answer together."""


class Prices(Part):
    """What a model costs in US dollars; what is not said is not known."""

    input: Price | None = None
    """A million tokens of input."""
    cached_input: Price | None = None
    """A million tokens of input that came from the vendor's prompt cache; default: as `input`."""
    output: Price | None = None
    """A million tokens of output."""
    characters: Price | None = None
    """A million characters that are spoken."""
    searches: Price | None = None
    """A thousand searches."""


class KindBudget(Part):
    """How much all batches of a kind may spend."""

    usd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    days: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Over how many days back; all there is, if not said."""

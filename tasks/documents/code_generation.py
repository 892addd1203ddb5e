"""Generator `code_generation`: what a language model is asked for, and what of its answer counts.

The form of the prompt and the reading of the answer are those of the tool the configs were written for. Code is
parsed before it counts, and never run.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.config_models import ContentConfig
from tasks.documents.generators import WRITTEN
from tasks.documents.models import DocumentItem
from tasks.errors import fault
from tasks.llm.names import LOCAL
from tasks.llm.prompts import Prompt, Tuning
from tasks.llm.routing import is_default
from tasks.models import JsonObject
from tasks.shape import Shape

CODE = ("python", "javascript", "typescript")
"""Formats that are code even where the config names no language."""
DEFAULTS, DEFAULTS_OF_LOCAL = (4096, 30.0), (1024, 300.0)
"""Tokens of an answer and seconds for it. The local model is slow, and easily writes more than anybody reads."""
OWN_VENDORS = {"claude": "anthropic", "gpt": "openai", "chatgpt": "openai", "gemini": "google"}
"""Vendors by the beginning of a model's name, for configs that name the model alone."""

_EXACT = re.compile(r"\{\{([^{}\s.]+)\}\}")
_FENCE = re.compile(r"^[ \t]*```([^\n`]*)\n(.*?)^[ \t]*```[ \t]*$", re.DOTALL | re.MULTILINE)
_REASONING = re.compile(r"o\d")


class Settings(BaseModel):
    """The `generation_config` of such a pattern."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    prompt: Annotated[str, Field(min_length=1)]
    model: str | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    language: str | None = None
    style_hints: list[str] = []
    system_prompt: str | None = None
    retry_count: Annotated[int, Field(ge=0, le=20)] = 3
    retry_delay: Annotated[float, Field(ge=0)] = 1.0
    timeout: Annotated[float, Field(gt=0)] | None = None
    fallback_template: str | None = None
    context: JsonObject | None = None


class Writing(Shape):
    """A text that a model is to write: what it is asked, how, and what its answer has to be."""

    config_id: str
    model: str | None = None
    """The config's own model, for batches that name none."""
    prompt: Prompt
    temperature: float = 0.0
    max_tokens: int | None = None
    timeout_seconds: float | None = None
    language: str = ""
    """What the answer is parsed as."""
    retries: int = 3
    retry_delay: float = 1.0
    fallback: str | None = None
    """What stands in when no answer serves."""

    def tuning(self, model: str, *, seed: int = 0) -> Tuning:
        """Say how a model is to answer; what the config leaves out is as in the source, or as the local model can."""
        tokens, seconds = DEFAULTS_OF_LOCAL if model.startswith(f"{LOCAL}:") else DEFAULTS
        return Tuning(
            max_tokens=self.max_tokens or tokens,
            temperature=self.temperature,
            seed=seed,
            timeout_seconds=self.timeout_seconds or seconds,
        )


class Written(Shape):
    """A text, and why it is the config's fallback, if it is."""

    text: str
    instead_of: str | None = None

    @property
    def is_provisional(self) -> bool:
        """Whether the next run may bring an answer that serves."""
        return self.instead_of is not None


def writing_of(config: ContentConfig, context: JsonObject) -> Writing:
    """Read what a config asks a model for, filled with the values given; CONFIG_INVALID names the field at fault."""
    pattern = config.pattern(WRITTEN)
    try:
        settings = Settings.model_validate(pattern.generation_config)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise config.pattern_invalid(pattern, f"generation_config.{field}", _lower(first["msg"])) from None
    values = config.merged_context(pattern, context)
    form = config.metadata.output_format
    language = settings.language or (form if form in CODE else None)
    return Writing(
        config_id=config.id,
        model=qualified(settings.model) if settings.model else None,
        prompt=Prompt(system=settings.system_prompt or "", own=_prompt(settings, language, config.makes, values)),
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        timeout_seconds=settings.timeout,
        language=(language or config.makes).lower(),
        retries=settings.retry_count,
        retry_delay=settings.retry_delay,
        fallback=None if settings.fallback_template is None else _filled(settings.fallback_template, values),
    )


def qualified(model: str) -> str:
    """Return a model as `vendor:model`, where a config names it alone."""
    if ":" in model:
        return model
    start = model.lower().partition("-")[0]
    vendor = OWN_VENDORS.get(start) or ("openai" if _REASONING.fullmatch(start) else None)
    if vendor is None:
        why = "a config that names a model alone has to name one whose vendor is known"
        raise fault("MODEL_UNKNOWN", model=model, why=why, hint="Write it as `vendor:model`.")
    return f"{vendor}:{model}"


def model_for(item: DocumentItem, writing: Writing) -> tuple[list[str], str]:
    """Return the models that may write it and why: a config's own counts where the batch names none."""
    if writing.model is not None and is_default(item):
        return [writing.model], "named by the config"
    return item.models, item.model_reason


def models_of(item: DocumentItem, config: ContentConfig | ArtifactConfig) -> list[str]:
    """Name the models that an item may need; those of the configs inside it only where it is one itself."""
    if isinstance(config, ContentConfig) and config.generator == WRITTEN and is_default(item):
        model = config.pattern(WRITTEN).generation_config.get("model")
        if isinstance(model, str) and model:
            return [qualified(model)]
    return item.models


def text_in(answer: str, language: str) -> str:
    """Return what counts of an answer: the first fence of its language, else any fence, else the text itself."""
    fences = [(name.strip().lower(), inside) for name, inside in _FENCE.findall(answer)]
    for name, inside in fences:
        if name == language:
            return str(inside).rstrip("\n") + "\n"
    return str(fences[0][1]).rstrip("\n") + "\n" if fences else answer.strip()


def fault_in(text: str, language: str) -> str | None:
    """Say why a text is not what its language asks for, or None; code is parsed only, and never run."""
    if not text.strip():
        return "there is nothing in it"
    try:
        if language == "python":
            ast.parse(text)
        elif language == "json":
            json.loads(text)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__
    return None


def _prompt(settings: Settings, language: str | None, makes: str, values: JsonObject) -> str:
    asked = _filled(settings.prompt, values)
    lines = [f"Generate {language} code for:\n\n{asked}" if language else asked]
    if settings.style_hints:
        lines.append("Style requirements:\n" + "\n".join(f"- {hint}" for hint in settings.style_hints))
    lines.append(f"Provide only the {'code' if language else makes}, no explanations.")
    return "\n\n".join(lines)


def _filled(text: str, values: JsonObject) -> str:
    """Fill in `{{key}}`, exactly so; a name that has no value stays."""

    def value_of(match: re.Match[str]) -> str:
        value: Any = values.get(match[1])
        return match[0] if value is None else str(value)

    return _EXACT.sub(value_of, text)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]

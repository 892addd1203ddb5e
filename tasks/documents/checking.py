"""What is wrong with the documents of a batch, found without writing any.

Configs are loaded, output paths claimed, and the text generators tried, which take microseconds;
templates for Jinja are looked for, but not rendered: they could loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from tasks.claims import Claims
from tasks.complaints import Problem, complaints
from tasks.documents.config_models import ContentConfig, Pattern
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.documents.generators import filler
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.places import Places, Where
from tasks.documents.plan import DocumentPlan, library_of
from tasks.documents.request import items_of
from tasks.errors import PressroomError, fault
from tasks.files import parse_data, read_text, resolve_inside
from tasks.models import JsonObject
from tasks.yaml_lines import line_of


def check_documents(batch: DocumentBatch, file: str, text: str) -> Iterator[Problem]:
    """Yield every problem, in the order of the spec."""
    named = batch.model_copy(update={"output_dir": batch.base_dir / (batch.output_dir or f"output/{batch.batch_id}")})
    plan = DocumentPlan(named, Claims().claim)
    library = library_of(str(batch.base_dir))
    places = Places(batch, file, text)
    told: set[tuple[object, ...]] = set()
    for number, item in enumerate(items_of(named)):
        for problem in _check(plan, library, item, Where(places, number)):
            # A config that is wrong is wrong for each item that uses it. (Only the first get a suggestion.)
            what = (problem.message, problem.file, problem.line, problem.field)
            if what not in told:
                told.add(what)
                yield problem


def _check(plan: DocumentPlan, library: ConfigLibrary, item: DocumentItem, where: Where) -> Iterator[Problem]:
    try:
        loaded = library.load(item.content_config_id)
    except PressroomError as error:
        yield from _config_problems(error, where)
        return
    try:
        plan.prepare(item.model_copy())
    except PressroomError as error:
        yield where.problem(error, "output_path" if item.output_path else "content_config_id")
    try:
        _try(loaded.config, item.context, library.base_dir)
    except PressroomError as error:
        # Values that the spec itself gives are completed there, not in the config.
        of_the_spec = error.code == "UNDEFINED_VARIABLE" and item.context
        yield where.problem(error, "context") if of_the_spec else _in_config(error, loaded, where)


def _try(config: ContentConfig, context: JsonObject, base_dir: Path) -> None:
    """Do what is quick of making a document."""
    if config.generator == "jinja2":
        _find_template(config, context, base_dir)
        return
    generate = filler(config.generator)
    if generate is not None:
        generate(config, context)


def _find_template(config: ContentConfig, context: JsonObject, base_dir: Path) -> None:
    pattern = config.pattern("jinja2")
    template, folder = config.template(pattern), _template_dir(config, pattern, base_dir)
    values = config.merged_context(pattern, context)
    if not resolve_inside(base_dir, folder / template).is_file():
        raise fault("TEMPLATE_MISSING", template=template, folder=str(folder))
    for value in values.values():
        if isinstance(value, dict) and value.get("source") == "file":
            read_text(resolve_inside(base_dir, str(value.get("path"))))


def _template_dir(config: ContentConfig, pattern: Pattern, base_dir: Path) -> Path:
    folder = pattern.generation_config.get("template_dir")
    if folder is not None and not isinstance(folder, str):
        raise config.pattern_invalid(pattern, "generation_config.template_dir", "it is not a text")
    return resolve_inside(base_dir, folder or "")


def _config_problems(error: PressroomError, where: Where) -> Iterator[Problem]:
    """Describe a config that can't be read: in its own file, where that is known."""
    path = str(getattr(error, "details", {}).get("path") or "")
    if error.code != "CONFIG_INVALID" or not path:
        yield Problem.of(error, path) if path else where.problem(error, "content_config_id")
        return
    text = _text(path)
    try:
        ContentConfig.model_validate(parse_data(text, Path(path)))
    except ValidationError as found:
        yield from complaints(found, ContentConfig, path, text, code="CONFIG_INVALID")
    else:
        field = str(error.details["field"])
        yield Problem.of(error, path, line_of(text, field.split(".")), field)


def _in_config(error: PressroomError, loaded: LoadedConfig, where: Where) -> Problem:
    """Place an error of a generator: at the values the spec gives, or in the config."""
    if error.code == "CONTEXT_INVALID":
        return where.problem(error, "context")
    path = str(loaded.path)
    said = str(getattr(error, "details", {}).get("field") or "")
    if error.code == "SCENARIO_INVALID":
        said = f"generation.patterns.0.generation_config.{said}"
    field = said if said.startswith("generation") else "generation.patterns.0.template"
    return Problem.of(error, path, line_of(_text(path), field.split(".")), field)


@lru_cache(maxsize=32)
def _text(path: str) -> str:
    return read_text(Path(path))

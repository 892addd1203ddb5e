"""What is wrong with the documents of a batch, found without writing any.

Configs are loaded, output paths claimed, and the text generators tried, which take microseconds;
templates for Jinja are read, but not rendered: they could loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

from pydantic import ValidationError

from tasks.claims import Claims
from tasks.complaints import Problem, Remark, complaints
from tasks.documents.config_models import ContentConfig
from tasks.documents.configs import ConfigLibrary, LoadedConfig
from tasks.documents.dialects.reading import place_written
from tasks.documents.generators import WRITTEN, filler
from tasks.documents.models import DocumentBatch, DocumentItem
from tasks.documents.places import Places, Where
from tasks.documents.plan import DocumentPlan, library_of
from tasks.documents.request import items_of
from tasks.errors import PressroomError, fault
from tasks.files import read_text
from tasks.models import JsonObject
from tasks.yaml_lines import line_of

_PLACED = ("generation.", "placeholders.")
"""What the fields begin with that errors of a generator name."""
_OF_PATHS = {"OUTPUT_CONFLICT", "OUTPUT_UNWRITABLE", "PATH_OUTSIDE"}
_OF_VALUES = {"UNDEFINED_VARIABLE", "VALUE_MISSING", "VALUE_REFUSED"}


def check_documents(batch: DocumentBatch, file: str, text: str) -> Iterator[Problem]:
    """Yield every problem, in the order of the spec."""
    named = batch.model_copy(update={"output_dir": batch.base_dir / (batch.output_dir or f"output/{batch.batch_id}")})
    plan = DocumentPlan(named, Claims().claim)
    library = library_of(str(batch.base_dir))
    places = Places(batch, file, text)
    told: set[tuple[object, ...]] = set()
    items = items_of(named)
    for number, item in enumerate(items):
        for problem in _check(plan, library, item, Where(places, number)):
            # A config that is wrong is wrong for each item that uses it. (Only the first get a suggestion.)
            is_of_a_model = problem.code in ("MODEL_UNKNOWN", "MODEL_KEY_MISSING", "PRICE_UNKNOWN")
            place = () if is_of_a_model else (problem.file, problem.line, problem.field)
            what = (problem.message, *place)
            if what not in told:
                told.add(what)
                yield problem


def remarks_on(base_dir: Path) -> Iterator[Remark]:
    """Yield how the configs that have been loaded from a folder were read, where that takes saying."""
    for loaded in library_of(str(base_dir)).loaded():
        if loaded.notes:
            yield Remark(str(loaded.path), f"dialect {loaded.dialect}", loaded.notes)


def _check(plan: DocumentPlan, library: ConfigLibrary, item: DocumentItem, where: Where) -> Iterator[Problem]:
    try:
        loaded = library.load(item.content_config_id)
    except PressroomError as error:
        yield from _config_problems(error, where)
        return
    refused: PressroomError | None = None
    try:
        if plan.prepare(item.model_copy()).lane == "write":
            yield from _unready(item, loaded, where)
    except PressroomError as error:
        refused = error
    found = list(_in_making(library, loaded, item, where))
    # What a document is made of may have been found faulty on entering as well; below, each fault has its own place.
    if refused is not None and (refused.code in _OF_PATHS or not found):
        yield where.problem(refused, "output_path" if item.output_path else "content_config_id")
    yield from found


def _in_making(library: ConfigLibrary, loaded: LoadedConfig, item: DocumentItem, where: Where) -> Iterator[Problem]:
    config = loaded.config
    if not isinstance(config, ContentConfig) or config.inputs is not None:
        from tasks.documents.composed_checking import complaints_about

        for error, at, field in complaints_about(item, loaded, library, _try):
            if at is None:
                yield from _config_problems(error, where)
            elif field is not None:
                field = at.config.written(field)
                yield Problem.of(error, str(at.path), line_of(_text(str(at.path)), field.split(".")), field)
            else:
                yield _of_a_generator(error, at, item, where)
        return
    try:
        _try(config, item.context, library.base_dir)
    except PressroomError as error:
        yield _of_a_generator(error, loaded, item, where)


def _unready(item: DocumentItem, loaded: LoadedConfig, where: Where) -> Iterator[Problem]:
    """Yield what stands in the way of the models that are to write a document."""
    from tasks.documents.code_generation import models_of
    from tasks.llm.readiness import unready

    if not item.models:
        yield where.problem(fault("MODEL_NONE", what=f"Config {item.content_config_id!r}"), "content_config_id")
    for error in unready(models_of(item, loaded.config), "documents", where.places.batch.budget):
        yield where.problem(error, "content_config_id")


def _of_a_generator(error: PressroomError, loaded: LoadedConfig, item: DocumentItem, where: Where) -> Problem:
    """Place an error of a generator: values that the spec itself gives are completed there, not in the config."""
    if error.code in _OF_VALUES and item.context:
        return where.problem(error, "context")
    return _in_config(error, loaded, where)


def _try(config: ContentConfig, context: JsonObject, base_dir: Path) -> None:
    """Do what is quick of making a document."""
    if config.generator == "jinja2":
        _read_template(config, context, base_dir)
        return
    if config.generator == WRITTEN:
        from tasks.documents.code_generation import writing_of

        writing_of(config, context)
        return
    generate = filler(config.generator)
    if generate is not None:
        generate(config, context)


def _read_template(config: ContentConfig, context: JsonObject, base_dir: Path) -> None:
    """Read the template, those it needs, and the files among its values."""
    from tasks.documents.jinja import prepare  # Jinja takes a while to load, and most documents need none.
    from tasks.documents.jinja_reading import refuse_unrenderable
    from tasks.documents.jinja_templates import file_values

    request = prepare(config, context, base_dir)
    refuse_unrenderable(request)
    for path in file_values(request).values():
        read_text(path)


def _config_problems(error: PressroomError, where: Where) -> Iterator[Problem]:
    """Describe a config that can't be read: in its own file, where that is known."""
    told = error.details
    path, field = str(told.get("config_path") or told.get("path") or ""), str(told.get("field") or "")
    found, model, fields = told.get("complaints"), told.get("model"), told.get("fields")
    if not path:
        yield where.problem(error, "content_config_id")
    elif isinstance(found, ValidationError) and isinstance(model, type) and isinstance(fields, dict):
        written = partial(place_written, fields=fields)
        yield from complaints(found, model, path, _text(path), code="CONFIG_INVALID", written=written)
    elif field:
        yield Problem.of(error, path, line_of(_text(path), field.split(".")), field)
    else:
        yield Problem.of(error, path)


def _in_config(error: PressroomError, loaded: LoadedConfig, where: Where) -> Problem:
    """Place an error of a generator: at the values the spec gives, or in the config."""
    if error.code == "CONTEXT_INVALID":
        return where.problem(error, "context")
    path = str(loaded.path)
    field = str(error.details.get("field") or "")
    if error.code == "SCENARIO_INVALID":
        field = f"generation.patterns.0.generation_config.{field}"
    if error.code != "CONFIG_INVALID":  # That one names the field as it is written already.
        field = loaded.config.written(field if field.startswith(_PLACED) else "generation.patterns.0.template")
    return Problem.of(error, path, line_of(_text(path), field.split(".")), field)


@lru_cache(maxsize=32)
def _text(path: str) -> str:
    return read_text(Path(path))

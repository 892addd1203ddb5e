"""From a draft to its text: each part of it is made once, the whole is put together, all in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pydantic import JsonValue

from tasks.documents.artifact_models import ArtifactConfig
from tasks.documents.assembly import Piece, Whole, assembled
from tasks.documents.config_models import EXTENSIONS, ContentConfig
from tasks.documents.config_parts import InputSource
from tasks.documents.drafts import Draft, changed
from tasks.documents.generators import WRITTEN, filler
from tasks.documents.inputs import MISSING
from tasks.documents.placeholders import awaits
from tasks.documents.selectors import select
from tasks.documents.trails import inside, note
from tasks.errors import InputError
from tasks.models import JsonObject

if TYPE_CHECKING:
    from tasks.documents.code_generation import Writing, Written
    from tasks.documents.jinja_templates import JinjaRequest
    from tasks.documents.jinja_worker import Rendered

Render = Callable[["JinjaRequest"], "Rendered"]
"""Renders a template, in a process that can be killed."""
Write = Callable[["Writing"], "Written"]
"""Has a language model write a text."""


class Made(NamedTuple):
    """What goes into each file of a document, and which optional parts it had to be made without."""

    contents: list[bytes]
    left_out: tuple[str, ...] = ()
    stands_in: tuple[str, ...] = ()
    """Texts that a model was to write and that are their config's fallback instead, each with why."""
    left_empty: tuple[str, ...] = ()
    """Variables that its templates ask for and nobody gives."""


def fill(drafted: Draft) -> str:
    """Make the text of a content that has no inputs, with one of the generators that cannot hang."""
    config = drafted.loaded.config
    assert isinstance(config, ContentConfig), "artifacts are made of their children"
    generate = filler(config.generator)
    if generate is None:
        raise changed(config.id)
    return generate(config, drafted.item.context)


def contents_of(drafted: Draft, render: Render | None = None, write: Write | None = None) -> Made:
    """Make all that a document's files hold, in the order of its outputs.

    `render` is for templates that are part of it, `write` for texts that a model writes.
    """
    config = drafted.loaded.config
    if isinstance(config, ContentConfig) and drafted.request is None and config.inputs is None and write is None:
        return Made([fill(drafted).encode()])
    making = _Making(render, write)
    whole = making.whole(drafted)
    forms = [output.format for output in config.metadata.outputs] if isinstance(config, ArtifactConfig) else [""]
    left_out = dict.fromkeys([*drafted.left_out, *making.left_out])
    contents = [whole.written_as(form).encode() for form in forms]
    empty = dict.fromkeys(name if of == config.id else f"{name} (in {of!r})" for of, name in making.left_empty)
    return Made(contents, tuple(left_out), tuple(making.stands_in), tuple(empty))


def text_of(drafted: Draft, render: Render | None = None, write: Write | None = None) -> str:
    """Make a document's text: what its first file holds."""
    return _Making(render, write).text(drafted)


def selected(text: str, source: InputSource, config: ContentConfig | ArtifactConfig) -> JsonValue:
    """Return the part that an input asks for of the text a config has made, read in the format that config makes."""
    return select(text, source.data_selector, f"{config.id}.{EXTENSIONS.get(config.makes, 'txt')}")


class _Making:
    """Walks a draft once; a part that is needed at several places is made at the first."""

    def __init__(self, render: Render | None, write: Write | None) -> None:
        self._render = render
        self._write = write
        self._texts: dict[int, str | InputError] = {}
        self.left_out: list[str] = []
        self.stands_in: list[str] = []
        self.left_empty: list[tuple[str, str]] = []
        """Ids of configs, each with a variable that its template asks for and nobody gives."""

    def text(self, drafted: Draft) -> str:
        """Make the text of a draft, or fail as it did before."""
        text = self._texts.get(id(drafted))
        if text is None:
            try:
                text = self.whole(drafted).written_as(drafted.loaded.config.makes)
            except InputError as error:
                text = error  # A template that is ended after ten seconds is not tried again at each place.
            self._texts[id(drafted)] = text
        if isinstance(text, InputError):
            raise text
        return text

    def whole(self, drafted: Draft) -> Whole:
        """Make what a draft comes to, before it is written in the format of any file."""
        config = drafted.loaded.config
        if isinstance(config, ContentConfig):
            return Whole(self._content(drafted, config))
        pieces = self._pieces(drafted, config)
        if drafted.request is None:
            return assembled(config, pieces)
        named: JsonObject = {piece.name: piece.text for piece in pieces}
        # Jinja reads `a-b` as a subtraction.
        also: JsonObject = {piece.name.replace("-", "_"): piece.text for piece in pieces}
        children: list[JsonValue] = [{"id": piece.name, "text": piece.text} for piece in pieces]
        return Whole(self._rendered(drafted.request, {**also, **named, "children": children}, config))

    def _content(self, drafted: Draft, config: ContentConfig) -> str:
        given = self._given(drafted, config)
        if drafted.request is not None:
            return self._rendered(drafted.request, _with_awaited(config, drafted.item.context, given), config)
        if config.generator == WRITTEN:
            return self._written(config, {**drafted.item.context, **given})
        generate = filler(config.generator)
        if generate is None:
            raise changed(config.id)
        return generate(config, {**drafted.item.context, **given})

    def _given(self, drafted: Draft, config: ContentConfig) -> JsonObject:
        """Return the inputs by their names; they win over the values given at run time."""
        given: JsonObject = {}
        for one in drafted.inputs:
            if one.draft is None:
                given[one.source.id] = one.value
                continue
            try:
                given[one.source.id] = selected(self.text(one.draft), one.source, one.draft.loaded.config)
            except InputError as error:
                if one.source.required or error.code not in MISSING:
                    raise inside(error, one.source.id, config.id) from error
                self.left_out.append(note(one.source.id, config.id, error))
        return given

    def _pieces(self, drafted: Draft, config: ArtifactConfig) -> list[Piece]:
        pieces: list[Piece] = []
        for one in drafted.children:
            try:
                text = self.text(one.draft)
            except InputError as error:
                if one.child.required:
                    raise inside(error, one.child.id, config.id) from error
                self.left_out.append(note(one.child.id, config.id, error))
            else:
                pieces.append(Piece(one.child.id, one.draft.loaded.config.makes, text))
        return pieces

    def _written(self, config: ContentConfig, values: JsonObject) -> str:
        from tasks.documents.code_generation import writing_of

        writing = writing_of(config, values)
        if self._write is None:
            raise changed(config.id)
        written = self._write(writing)
        if written.instead_of is not None:
            self.stands_in.append(f"{config.id!r} ({written.instead_of})")
        return written.text

    def _rendered(self, request: JinjaRequest, given: JsonObject, config: ContentConfig | ArtifactConfig) -> str:
        if self._render is None:
            raise changed(request.config_id)
        rendered = self._render(request.model_copy(update={"given": given}) if given else request)
        known = _told_otherwise(config)
        self.left_empty += [(config.id, name) for name in rendered.left_empty if name not in known]
        return rendered.text


def _told_otherwise(config: ContentConfig | ArtifactConfig) -> set[str]:
    """Return names of which the config says itself whether they may be missing, and of which a failure is told."""
    if isinstance(config, ArtifactConfig):
        names = {child.id for child in config.content.children}
        return names | {name.replace("-", "_") for name in names}
    inputs = config.inputs.sources if config.inputs is not None else ()
    return {*config.pattern("jinja2").placeholders, *(source.id for source in inputs)}


def _with_awaited(config: ContentConfig, context: JsonObject, given: JsonObject) -> JsonObject:
    """Add to the inputs the values that a template takes from them under other names, or only while they are so."""
    pattern = config.pattern("jinja2")
    awaited = [name.partition(".")[0] for name, one in pattern.placeholders.items() if awaits(one, given)]
    if not awaited:
        return given
    values = config.merged_context(pattern, {**context, **given})
    return {**given, **{name: values[name] for name in awaited if name in values}}

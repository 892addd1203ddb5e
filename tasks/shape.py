"""What all shapes have in common: they stay cheap until they are used.

A model is built when first used, and the texts below its fields are read when a form asks for them: a command
that answers at once uses few models, and shows no form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, PrivateAttr

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema


class Shape(BaseModel):
    """A model whose fields are described by the text that stands below each of them.

    pydantic's own `use_attribute_docstrings` does the same, but reads the source again at every start.
    """

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /) -> JsonSchemaValue:
        """Add the descriptions to what pydantic says of the fields."""
        schema = handler(core_schema)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        texts = texts_of(cls)
        for name in fields.keys() & texts.keys():
            fields[name].setdefault("description", texts[name])
        return schema


ShapeT = TypeVar("ShapeT", bound=BaseModel)


def slim(one: ShapeT) -> ShapeT:
    """Let a shape that was given every field share the set of their names with all others of its kind.

    pydantic makes such a set for each: for a row of six fields that is two thirds of its memory.
    """
    object.__setattr__(one, "__pydantic_fields_set__", _names_of(type(one)))
    return one


@cache
def _names_of(shape: type[BaseModel]) -> set[str]:
    return set(shape.model_fields)


class Sealed(Shape):
    """A large shape that many stages are given as it is: in a fingerprint it stands by a hash of each field.

    Hashed once and not once a stage, since writing half a megabyte as JSON takes longer than most of what uses it.
    What is in it must not be changed afterwards.
    """

    _marks: dict[str, str] | None = PrivateAttr(default=None)

    @property
    def marks(self) -> dict[str, str]:
        """The hash of each field, by name."""
        if self._marks is None:
            texts = {name: self.model_dump_json(include={name}) for name in type(self).model_fields}
            self._marks = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        return self._marks

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy it; what the copy differs in, its hashes must tell."""
        copy = super().model_copy(update=update, deep=deep)
        copy._marks = None
        return copy


def texts_of(model: type) -> dict[str, str]:
    """Return what stands below each field of a model, those of the models that it is built on included."""
    return {name: text for base in reversed(model.__mro__) for name, text in field_texts(base).items()}


@cache
def field_texts(cls: type) -> dict[str, str]:
    """Return the texts below the fields that a class itself declares."""
    import ast
    import inspect
    import textwrap
    from itertools import pairwise

    texts: dict[str, str] = {}
    if not issubclass(cls, Shape):
        return texts
    try:
        source = textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):  # It was made by a call, as the forms of a generic one are, or typed in.
        return texts
    for definition in ast.parse(source).body:
        for pair in pairwise(definition.body if isinstance(definition, ast.ClassDef) else ()):
            match pair:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    texts[name] = inspect.cleandoc(text)
    return texts

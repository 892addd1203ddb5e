"""Rules for values as other dialects write them: words of JSON Schema, of which some are checked here."""

from __future__ import annotations

from pydantic import JsonValue

from tasks.documents.conditions import read_condition
from tasks.documents.constraints import Constraints, can_be_matched
from tasks.errors import PressroomError
from tasks.models import JsonObject

_DESCRIPTIVE = {
    "$comment",
    "$id",
    "$schema",
    "default",
    "description",
    "error_message",
    "examples",
    "note",
    "preferredLength",
    "title",
}
"""Words that check nothing."""
_OF_ITEMS = {"itemMinLength": "minLength", "itemMaxLength": "maxLength"}


def known_rules(written: JsonObject, place: str, notes: list[str]) -> JsonObject:
    """Return the rules that can be checked; `notes` are told of the others."""
    rules: JsonObject = {}
    for word, value in written.items():
        if word in _OF_ITEMS:
            items = rules.setdefault("items", {})
            if isinstance(items, dict):
                items[_OF_ITEMS[word]] = value
        elif word == "items" and isinstance(value, dict):
            rules["items"] = known_rules(value, f"{place}.items", notes)
        elif word == "properties" and isinstance(value, dict):
            rules["properties"] = _properties(value, f"{place}.properties", notes)
        elif word == "pattern" and isinstance(value, str) and not can_be_matched(value):
            notes.append(f"`{place}.pattern` is not checked: look-around and references back are not known here")
        elif word in Constraints.model_fields:
            rules[word] = value
        elif word not in _DESCRIPTIVE:
            notes.append(f"`{place}.{word}` is not checked: it is not known here")
    return rules


def _properties(written: JsonObject, place: str, notes: list[str]) -> JsonObject:
    found: JsonObject = {}
    for name, rules in written.items():
        found[name] = known_rules(rules, f"{place}.{name}", notes) if isinstance(rules, dict) else rules
    return found


def merged_rules(*written: JsonObject) -> JsonObject:
    """Return the rules of several places as one; the first to say something counts."""
    merged: JsonObject = {}
    for rules in written:
        merged = {**rules, **merged}
    return merged


def readable(text: str | None, place: str, notes: list[str]) -> str | None:
    """Return a condition that can be read; of prose the notes are told, and it holds always."""
    if text is not None:
        try:
            read_condition(text)
        except PressroomError as error:
            notes.append(f"`{place}` is not used: {error.message}")
            return None
    return text


def words_for(written: JsonObject) -> JsonValue:
    """Return the config's own words for a value that breaks its rules."""
    message = written.get("error_message")
    return message if isinstance(message, str) else None

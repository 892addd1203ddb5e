"""Keys of models: from the environment only, and in no text that anybody reads."""

from __future__ import annotations

import os
import re

from tasks.errors import fault
from tasks.llm.names import LOCAL
from tasks.llm.setup import model_setup

_VARIABLES = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "elevenlabs": ("ELEVENLABS_API_KEY",),
    "perplexity": ("PERPLEXITY_API_KEY",),
    "brave": ("BRAVE_API_KEY",),
}
_HIDDEN = "(key)"
_KEY_LIKE = re.compile(r"\b(?:sk-[\w*-]{6,}|AIza[\w-]{10,}|Bearer\s+\S+)")
_LEAST = 4
"""A shorter key is a placeholder, such as `x`, and taking it out would garble every word that has it."""


def variables_of(model: str) -> tuple[str, ...]:
    """Return the variables of the environment that may hold a model's key; none where it needs no key."""
    setup = model_setup()
    vendor = setup.vendor_of(model)
    if vendor in setup.servers:
        key = setup.servers[vendor].key
        return (key,) if key else ()
    return () if vendor == LOCAL else _VARIABLES[vendor]


def key_missing(model: str) -> str | None:
    """Return the variable that should hold a model's key and doesn't, if so. Light: `validate` asks."""
    variables = variables_of(model)
    return variables[0] if variables and not any(os.environ.get(name) for name in variables) else None


def key_of(model: str) -> str | None:
    """Return a model's key, None where it needs none, or raise MODEL_KEY_MISSING."""
    if missing := key_missing(model):
        raise fault("MODEL_KEY_MISSING", model=model, variable=missing)
    return next((os.environ[name] for name in variables_of(model) if os.environ.get(name)), None)


def without_keys(text: str) -> str:
    """Take every key out of a text that came from a vendor, who may repeat what it was sent."""
    names = [name for group in _VARIABLES.values() for name in group]
    names += [server.key for server in model_setup().servers.values() if server.key]
    for key in (os.environ.get(name, "") for name in names):
        if len(key) >= _LEAST:
            text = text.replace(key, _HIDDEN)
    return _KEY_LIKE.sub(_HIDDEN, text)

"""What can be wrong with configs and templates, beside what can be wrong with any batch."""

from __future__ import annotations

from tasks.errors import add_faults, input_fault

add_faults(
    {
        "CONFIG_NOT_FOUND": input_fault("There is no content config {config_id!r} under {folder!r}.", "{hint}"),
        "CONFIG_INVALID": input_fault("Config {config_id!r} ({path!r}), {field}: {why}.", "Correct that field."),
        "CONFIG_UNSUPPORTED": input_fault(
            "Config {config_id!r} ({path!r}) is not in a format known here: {why}.",
            "Mend that difference, or write it with `schemaRef.id` and a version such as `3.1`.",
        ),
        "CONFIG_CYCLE": input_fault(
            "Configs that need themselves: {cycle}.",
            "Take one of them out of the children, inputs or dependencies of the one before it.",
        ),
        "INPUT_MISSING": input_fault("Config {config_id!r}, input {input_id!r}: {why}.", "{hint}"),
        "CONDITION_INVALID": input_fault(
            "The condition {condition!r} cannot be read, character {place}: {why}.",
            "Write comparisons such as `kind == 'note' AND deadline is defined`.",
        ),
        "GENERATOR_UNKNOWN": input_fault(
            "Config {config_id!r} asks for the generator {generator!r}.", "Known: {known}."
        ),
        "TEMPLATE_MISSING": input_fault(
            "Template file not found: {template!r} (looked in {folder!r}).", "Add the file there."
        ),
        "TEMPLATE_UNUSED": input_fault("No config below {folder!r} uses the template {template!r}.", "{hint}"),
        "TEMPLATE_INVALID": input_fault("Template {template!r}, line {line}: {why}.", "Correct the template."),
        "TEMPLATE_RUNAWAY": input_fault(
            "Template {template!r} was ended after {limit}.",
            "Look for a loop that does not end or grows without bound.",
        ),
        "TEMPLATE_UNSAFE": input_fault(
            "Template {template!r} may not do this: {why}.", "Use plain template features only."
        ),
        "UNDEFINED_VARIABLE": input_fault(
            "Undefined variable: {name!r}. Available variables: {available}.",
            "Give it in the context, or set `undefined_behavior` to `keep` or `empty`.",
        ),
        "VALUE_MISSING": input_fault(
            "Config {config_id!r} needs a value for {name!r}.", "Give {wanted} in the context."
        ),
        "VALUE_REFUSED": input_fault(
            "The value of {name!r} in config {config_id!r}: {why}.", "Correct it in the context."
        ),
        "VARIABLE_UNRESOLVED": input_fault(
            "Cannot resolve variable {name!r} from {source!r}.", "Point `source` at an element, or give a `default`."
        ),
        "SELECTOR_INVALID": input_fault("{selector!r} is not a data selector: {why}.", "Correct the `data_selector`."),
        "SELECTOR_EMPTY": input_fault(
            "{selector!r} finds nothing in {source!r}.", "Correct the `data_selector`, or the source."
        ),
        "CONTEXT_INVALID": input_fault("The context of {item_id!r}: {why}.", "Give an object of names and values."),
        "SCENARIO_INVALID": input_fault("Config {config_id!r}, {field}: {why}.", "Correct the feature description."),
    }
)

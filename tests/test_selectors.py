"""Data selectors take the part a config asks for, and say so when there is none."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import JsonValue

from tasks.documents.json_path import Step, find, parse_path
from tasks.documents.selectors import select
from tasks.errors import PressroomError

TEAMS = json.dumps(
    {
        "teams": [{"name": "Harbour", "size": 4}, {"name": "Library", "size": 6}],
        "lead": {"name": "Ines", "first day": "Monday", "a.b": 1},
        "empty": [],
        "nothing": None,
    }
)
GUIDE = """Before all.

# Guide
Welcome.

## Usage
Use it.

```sh
# not a heading
```

### Options ###
None.

## usage notes
Notes.

# Licence
Free.
"""
CODE = '''\
import os

CACHE = {}


@cached
@retry(
    times=3,
)
def load(
    path: str,
) -> str:
    """Read it.

    def load: a word in a text
    """
    with open(path) as file:

        return file.read()


class Store(Base):
    def load(self) -> str:
        return "method"

    def save(self) -> None: ...


async def later(): return 1
'''
SCRIPT = """\
export async function load(path)
{
  if (path) {
    return 1;
  }
}

class Store {
  close() { return 2; }
};
const x = 1;
"""


def refusal(text: str, selector: str) -> str:
    with pytest.raises(PressroomError) as caught:
        select(text, selector, "guide.md")
    assert repr(selector.strip()) in caught.value.message
    return caught.value.code


@pytest.mark.parametrize("selector", [None, "", "whole_content", " whole_content "])
def test_no_selector_and_whole_content_return_all(selector: str | None) -> None:
    assert select(GUIDE, selector, "guide.md") == GUIDE


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", json.loads(TEAMS)),
        ("$.lead.name", "Ines"),
        ("$['lead']['first day']", "Monday"),
        ('$.lead["a.b"]', 1),
        ("$.teams[0].name", "Harbour"),
        ("$.teams[-1].size", 6),
        ("$.teams[*].name", ["Harbour", "Library"]),
        ("$.teams.*.size", [4, 6]),
        ("$..name", ["Harbour", "Library", "Ines"]),
        ("$..[0].name", "Harbour"),
        ("$.lead", {"name": "Ines", "first day": "Monday", "a.b": 1}),
        ("$.empty", []),
        ("$.nothing", None),
    ],
)
def test_a_json_path_gives_one_match_as_it_is_and_several_as_a_list(path: str, value: JsonValue) -> None:
    assert select(TEAMS, path, "teams.json") == value


def test_a_json_path_reads_yaml_where_the_source_is_yaml() -> None:
    assert select("teams:\n- name: Harbour\n", "$.teams[0].name", "teams.yaml") == "Harbour"


@pytest.mark.parametrize("path", ["$.absent", "$.teams[2]", "$.teams.name", "$.empty[*]", "$.lead[0]", "$..absent"])
def test_a_json_path_without_a_match_is_an_error(path: str) -> None:
    assert refusal(TEAMS, path) == "SELECTOR_EMPTY"


@pytest.mark.parametrize(
    "path", ["$lead", "$.", "$.teams[0:1]", "$[?(@.a)]", "$.a b", "$.teams[x]", "$.teams[]", "$*", "$[1"]
)
def test_a_json_path_of_another_kind_is_refused(path: str) -> None:
    assert refusal(TEAMS, path) == "SELECTOR_INVALID"


def test_a_json_path_that_multiplies_is_ended() -> None:
    assert refusal(json.dumps([[[[[1] * 9] * 9] * 9] * 9] * 9), "$" + "..*" * 9) == "SELECTOR_INVALID"


def test_a_json_path_into_what_is_no_json_names_the_place() -> None:
    with pytest.raises(PressroomError, match="line 1"):
        select(GUIDE, "$.a", "guide.md")


def test_a_section_reaches_to_the_next_heading_of_its_level_or_a_higher_one() -> None:
    usage = select(GUIDE, "## Usage", "guide.md")
    assert isinstance(usage, str)
    assert usage.startswith("## Usage\nUse it.")
    assert usage.endswith("### Options ###\nNone.")
    assert select(GUIDE, "# GUIDE", "guide.md") == GUIDE[GUIDE.index("# Guide") : GUIDE.index("\n\n# Licence")]
    assert select(GUIDE, "### options", "guide.md") == "### Options ###\nNone."
    assert select(GUIDE, "# licence", "guide.md") == "# Licence\nFree."


@pytest.mark.parametrize("selector", ["# Usage", "## Guide", "# not a heading", "#### Options", "# Welcome"])
def test_a_heading_of_another_level_or_inside_code_is_not_found(selector: str) -> None:
    assert refusal(GUIDE, selector) == "SELECTOR_EMPTY"


def test_a_function_is_taken_with_its_decorators_and_a_class_with_its_methods() -> None:
    load = select(CODE, "function:load", "store.py")
    assert isinstance(load, str)
    assert load.startswith("@cached\n@retry(\n    times=3,\n)\ndef load(\n")
    assert load.endswith("        return file.read()")
    store = select(CODE, "class:Store", "store.py")
    assert isinstance(store, str)
    assert store == CODE[CODE.index("class Store") : CODE.index("\n\n\nasync")]
    assert select(CODE, "function:save", "store.py") == "    def save(self) -> None: ..."
    assert select(CODE, "function:later", "store.py") == "async def later(): return 1"


def test_blocks_in_braces_keep_their_last_brace() -> None:
    assert select(SCRIPT, "function:load", "store.js") == SCRIPT[: SCRIPT.index("\n\nclass")]
    assert select(SCRIPT, "class:Store", "store.js") == "class Store {\n  close() { return 2; }\n};"


@pytest.mark.parametrize("selector", ["function:Store", "class:load", "function:loa", "class:Base", "function:read"])
def test_a_block_that_is_not_there_is_an_error(selector: str) -> None:
    assert refusal(CODE, selector) == "SELECTOR_EMPTY"


@pytest.mark.parametrize(
    ("selector", "lines"),
    [("2-3", "b\nc"), ("2:3", "b\nc"), (":2", "a\nb"), ("4:", "d\ne"), ("3", "c"), ("5-99", "e"), (" 1 - 1 ", "a")],
)
def test_lines_count_from_one_with_both_ends(selector: str, lines: str) -> None:
    assert select("a\r\nb\nc\nd\ne\n", selector, "list.txt") == lines


@pytest.mark.parametrize(
    "selector", ["0-3", "3-2", "-3", "3-", ":", "-", "1 2", "1-2-3", "lines", "#tag", "function:", "x:1"]
)
def test_what_is_no_selector_is_refused(selector: str) -> None:
    assert refusal("a\nb", selector) == "SELECTOR_INVALID"


def test_lines_behind_the_end_are_an_error() -> None:
    assert refusal("a\nb\n", "3-4") == "SELECTOR_EMPTY"


# The same, against slow and obvious references.

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)
STEPS = st.builds(Step, st.none() | st.sampled_from("abc") | st.integers(-2, 2), st.booleans())


def everything(value: JsonValue, place: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], JsonValue]]:
    """Every value inside a value with the way to it, the outer before the inner."""
    inner: list[tuple[Any, JsonValue]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = [((number, number - len(value)), one) for number, one in enumerate(value)]
    return [(place, value), *(found for key, one in inner for found in everything(one, (*place, key)))]


def expected(value: JsonValue, steps: list[Step]) -> list[JsonValue]:
    if not steps:
        return [value]
    first, *rest = steps
    found = []
    for place, _ in everything(value):
        if place and (first.deep or len(place) == 1):
            key, hit = place[-1], dict(everything(value))[place]
            matches = first.key is None or (first.key in key if isinstance(key, tuple) else first.key == key)
            found += [(place, expected(hit, rest))] if matches else []
    # A deep step lists what stands directly inside a value before what lies deeper.
    order = {place: number for number, (place, _) in enumerate(everything(value))}
    found.sort(key=lambda pair: (order[pair[0][:-1]], order[pair[0]]))
    return [one for _, hits in found for one in hits]


def written(step: Step) -> str:
    key = "*" if step.key is None else step.key
    if isinstance(step.key, str):
        key = "'" + step.key.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return f"{'..' if step.deep else ''}[{key}]"


@given(JSON, st.lists(STEPS, max_size=3))
def test_json_paths_find_what_a_search_of_every_place_finds(value: JsonValue, steps: list[Step]) -> None:
    assert find(value, "$" + "".join(map(written, steps))) == expected(value, steps)


@given(st.lists(st.builds(Step, st.none() | st.text(max_size=5) | st.integers(-99, 99), st.booleans()), max_size=4))
def test_a_written_path_is_read_back(steps: list[Step]) -> None:
    assert parse_path("$" + "".join(map(written, steps))) == steps


LINES = st.lists(
    st.sampled_from(
        ["# A", "# a #", "## b", "### B", "#", "#no", "####### x", "```", "````", "~~~", "``` py", "```x`", "w", ""]
    )
)


@given(LINES, st.sampled_from(["# a", "## B", "### b", "#"]))
def test_sections_are_those_that_a_markdown_parser_sees(lines: list[str], selector: str) -> None:
    text = "\n".join(lines)
    tokens = MarkdownIt("commonmark").disable("lheading").parse(text)
    heads = [
        (token.map[0], int(token.tag[1]), tokens[number + 1].content)
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.map
    ]
    level, _, title = selector.partition(" ")
    found = [head for head in heads if head[1:] == (len(level), head[2]) and head[2].lower() == title.lower()]
    if not found:
        assert refusal(text, selector) == "SELECTOR_EMPTY"
        return
    start = found[0][0]
    end = min([line for line, deep, _ in heads if line > start and deep <= len(level)], default=len(lines))
    assert select(text, selector, "x.md") == "\n".join(lines[start:end]).rstrip("\n")


@given(st.lists(st.text("ab ", max_size=3), min_size=1, max_size=8), st.integers(1, 10), st.integers(1, 10))
def test_line_ranges_are_the_lines_counted_by_hand(lines: list[str], first: int, last: int) -> None:
    text = "".join(f"{line}\n" for line in lines)
    wanted = [line for number, line in enumerate(lines, 1) if first <= number <= last]
    if last < first:
        assert refusal(text, f"{first}-{last}") == "SELECTOR_INVALID"
    elif first > len(lines):
        assert refusal(text, f"{first}:{last}") == "SELECTOR_EMPTY"
    else:
        assert select(text, f"{first}-{last}", "x.txt") == "\n".join(wanted).rstrip("\n")


@given(
    st.lists(
        st.sampled_from(["x = 1", "if x:\n    y = 2", "for a in b:\n\n    pass", "'text'"]), min_size=1, max_size=5
    )
)
def test_a_function_is_found_whatever_its_body_and_depth(parts: list[str]) -> None:
    function = "def wanted(a):\n" + textwrap.indent("\n".join(parts), "    ")
    module = f"x = 1\n\n{function}\n\ny = 2\n"
    assert select(module, "function:wanted", "m.py") == function
    method = textwrap.indent(function, "    ")
    inside = f"class Outer:\n    z = 1\n\n{method}\n\n    def other(self): ...\nx = 1\n"
    assert select(inside, "function:wanted", "m.py") == method


@given(st.text(), st.text())
def test_any_selector_on_any_text_gives_a_part_or_an_error(text: str, selector: str) -> None:
    found: object = None
    try:
        found = select(text, selector, "x.md")
    except PressroomError as error:
        found = error.code
    refused = found in {"SELECTOR_INVALID", "SELECTOR_EMPTY", "SPEC_MALFORMED"}
    assert refused or selector.strip().startswith("$") or str(found) in text.replace("\r\n", "\n")


@pytest.mark.parametrize("selector", ["1" + " " * 100_000 + "x", "# q", "function:q", "class:q"])
def test_long_runs_of_spaces_take_no_longer_than_other_texts(selector: str) -> None:
    spaces = " " * 200_000
    text = f"# a{spaces}b\nfunction{spaces}b\npublic{spaces}b\nclass{spaces}b\n"
    with pytest.raises(PressroomError) as caught:
        select(text, selector, "text")
    assert caught.value.code == ("SELECTOR_INVALID" if selector[0] == "1" else "SELECTOR_EMPTY")


@pytest.mark.parametrize("line", ["# a #", "# a ##  ", "# a \t #", "# a", "#  a   "])
def test_signs_that_close_a_heading_are_not_of_its_words(line: str) -> None:
    assert select(f"{line}\nx", "# a", "text") == f"{line}\nx"


@pytest.mark.parametrize(("line", "words"), [("# a#", "a#"), ("# a # #", "a #"), ("# #a#", "#a#"), ("# ##", "")])
def test_signs_that_are_part_of_a_headings_words_stay(line: str, words: str) -> None:
    assert select(f"{line}\nx", f"# {words} #", "text") == f"{line}\nx"

"""Files are read within bounds, named precisely when they are at fault, and written whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from tasks.errors import PressroomError
from tasks.files import line_of, read_data, read_text, resolve_inside, write_atomically
from tasks.yaml_lines import Lines

ANY_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def failure_of(path: Path) -> PressroomError:
    with pytest.raises(PressroomError) as caught:
        read_data(path)
    return caught.value


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    error = failure_of(tmp_path / "none.yaml")
    assert error.code == "SPEC_NOT_FOUND"
    assert "none.yaml" in error.message
    assert error.remedy == "Check the path."
    assert failure_of(Path("none.yaml")).remedy == "Check the path; it is read from the current folder."


@pytest.mark.parametrize("name", ["", "nul\0byte", "file/below"], ids=["folder", "nul", "below a file"])
def test_what_is_no_regular_file_counts_as_missing(tmp_path: Path, name: str) -> None:
    put(tmp_path, "file", "x")
    assert failure_of(tmp_path / name).code == "SPEC_NOT_FOUND"


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert failure_of(tmp_path / "pipe.json").code == "SPEC_NOT_FOUND"


def test_a_large_file_is_refused_with_its_size(tmp_path: Path) -> None:
    path = put(tmp_path, "large.json", " " * 10_000_001)
    assert failure_of(path).message == f"{str(path)!r} has 10,000,001 bytes; the limit is 10,000,000."


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    assert read_text(put(tmp_path, "a.txt", "12345"), limit=5) == "12345"


def test_bytes_that_are_not_utf8_are_located(tmp_path: Path) -> None:
    error = failure_of(put(tmp_path, "a.json", b'{"a": "\xff"}'))
    assert (error.code, "(byte 7)" in error.message) == ("NOT_UTF8", True)


def test_a_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    assert read_data(put(tmp_path, "a.json", b"\xef\xbb\xbf[1]")) == [1]
    assert read_data(put(tmp_path, "a.yaml", b"\xef\xbb\xbf- 1")) == [1]


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("a.json", '{\n  "a": 1,\n}', "JSON: line 3, column 1: "),
        ("a.yaml", "a: 1\nb: [1, 2\nc: 3\n", "YAML: line 3, column "),
        ("a.yaml", "a: &x 1\nb: *y\n", "YAML: line 2, column 4: no value is called 'y'"),
        ("a.yaml", "a: 1\n---\nb: 2\n", "YAML: line 2, column 1: a second document begins"),
        ("a.yaml", "a: [1]\nb: {a: 1}\na: [2]\n", "YAML: line 3, column 1: 'a' is given twice"),
        ("a.yaml", "1: a\n'1': b\n", "YAML: line 2, column 1: '1' is given twice"),
        ("a.json", '{"b": {"a": 1, "c": 2, "a": 1}}', "JSON: 'a' is given twice in one object"),
    ],
)
def test_a_fault_of_syntax_has_line_and_column(tmp_path: Path, name: str, text: str, where: str) -> None:
    error = failure_of(put(tmp_path, name, text))
    assert error.code == "SPEC_MALFORMED"
    assert where in error.message


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "NaN"),
        ("a.json", "[-Infinity]"),
        ("a.json", "1e999"),
        ("a.json", "1" * 5000),
        ("a.json", r'"\ud800"'),
        ("a.json", ""),
        ("a.yaml", "a: .nan"),
        ("a.yaml", "a: -.inf"),
        ("a.yaml", "a: !!set {x}"),
        ("a.yaml", "a: !!binary aGk="),
        ("a.yaml", "a: !!int many"),
        ("a.yaml", "!!python/object:os.system {}"),
        ("a.yaml", "? [a, b]\n: 1"),
        ("a.yaml", "<<: 1"),
        ("a.yaml", "1" * 5000),
        ("a.yaml", "a: 0x" + "f" * 5000),
    ],
)
def test_what_json_cannot_hold_is_refused(tmp_path: Path, name: str, text: str) -> None:
    assert failure_of(put(tmp_path, name, text)).code == "SPEC_MALFORMED"


def test_yaml_becomes_plain_json_values(tmp_path: Path) -> None:
    text = """
    when: 2031-05-01
    at: 2031-05-01T10:00:00Z
    1: one
    true: yes
    null: ~
    1.5: '007'
    same: &same {a: 1, b: 2}
    more: {<<: *same, b: 3}
    hex: 0x1f
    """
    assert read_data(put(tmp_path, "a.yml", text)) == {
        "when": "2031-05-01",
        "at": "2031-05-01T10:00:00Z",
        "1": "one",
        "true": True,
        "null": None,
        "1.5": "007",
        "same": {"a": 1, "b": 2},
        "more": {"a": 1, "b": 3},
        "hex": 31,
    }


def test_an_empty_yaml_file_is_none(tmp_path: Path) -> None:
    assert read_data(put(tmp_path, "a.yaml", "# nothing\n")) is None


def bomb(line: str) -> str:
    rows = ["a0: &a0 {k: v, l: w}"]
    rows += [line.format(n=n, each=", ".join([f"*a{n - 1}"] * 10)) for n in range(1, 12)]
    return "\n".join(rows)


@pytest.mark.parametrize(
    "text",
    [bomb("a{n}: &a{n} [{each}]"), bomb("a{n}: &a{n} {{<<: [{each}]}}"), "&a [*a]", "&a {b: {c: *a}}"],
    ids=["lists", "merges", "a list in itself", "a mapping in itself"],
)
def test_a_yaml_bomb_is_refused_before_it_goes_off(tmp_path: Path, text: str) -> None:
    assert failure_of(put(tmp_path, "a.yaml", text)).code == "YAML_BOMB"


def test_many_values_without_aliases_are_no_bomb(tmp_path: Path) -> None:
    assert len(str(read_data(put(tmp_path, "a.yaml", "[" + "1," * 50_000 + "]")))) == 150_000


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 500 + "]" * 500], ids=["[", "{", "closed"])
def test_deep_nesting_is_refused_without_ending_the_interpreter(tmp_path: Path, name: str, text: str) -> None:
    assert failure_of(put(tmp_path, name, text)).code == "SPEC_MALFORMED"


def test_depth_that_comes_from_aliases_is_counted_too(tmp_path: Path) -> None:
    rows = ["- &a0 []", *(f"- &a{n} [*a{n - 1}]" for n in range(1, 300))]
    assert "nested more than 100 deep" in failure_of(put(tmp_path, "a.yaml", "\n".join(rows))).message


@ANY_FOLDER
@given(content=st.binary() | st.text(alphabet="[]{}:&*-<!?|>%@`'\"# \n\t.,ab01~=").map(str.encode))
@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_any_bytes_give_a_value_or_an_error_of_ours(tmp_path: Path, name: str, content: bytes) -> None:
    try:
        value = read_data(put(tmp_path, name, content))
    except PressroomError:
        return
    assert json.loads(json.dumps(value, allow_nan=False)) == value


@ANY_FOLDER
@given(value=JSON_VALUES)
def test_what_json_writes_is_read_back_equal(tmp_path: Path, value: object) -> None:
    assert read_data(put(tmp_path, "a.json", json.dumps(value))) == value


@ANY_FOLDER
@given(value=JSON_VALUES)
def test_what_yaml_writes_is_read_as_its_own_loader_reads_it(tmp_path: Path, value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)
    assert read_data(put(tmp_path, "a.yaml", text)) == yaml.safe_load(text)


YAML_TEXT = "kind: documents\noperations:\n  - content_config_id: a\n    context:\n      x: 1\n  - priority: soon\n"
JSON_TEXT = '{\n\t"kind": "documents",\n\t"operations": [\n\t\t{"a": 1},\n\t\t{\n\t\t\t"priority": 2}\n\t]\n}'


@pytest.mark.parametrize(
    ("text", "location", "line"),
    [
        (YAML_TEXT, ["kind"], 1),
        (YAML_TEXT, ["operations", 0, "context", "x"], 5),
        (YAML_TEXT, ["operations", 1, "priority"], 6),
        (YAML_TEXT, ["operations", 1, "missing"], 6),
        (YAML_TEXT, ["operations", 0, "context", "missing", 3], 4),
        (YAML_TEXT, ["operations", 7], 2),
        (YAML_TEXT, ["x"], 1),
        (YAML_TEXT, [], 1),
        (JSON_TEXT, ["operations", 1, "priority"], 6),
        (JSON_TEXT, ["operations"], 3),
        ("a: [\n", ["a"], 1),
        ("", ["a"], 1),
    ],
)
def test_a_field_is_found_by_line_or_its_nearest_parent_is(text: str, location: list[str | int], line: int) -> None:
    assert line_of(text, location) == line
    assert Lines(text).of(location) == line


def walk(data: st.DataObject, value: JsonValue) -> list[str | int]:
    """A place in a value, or one that is not there."""
    place: list[str | int] = []
    while isinstance(value, dict | list) and value and data.draw(st.booleans()):
        part: Any = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        place.append(part)
        value = value[part]
    absent: list[list[str | int]] = [[], ["absent"], [7, 1]]
    return place + data.draw(st.sampled_from(absent))


@ANY_FOLDER
@given(JSON_VALUES, st.data(), st.sampled_from([None, 0, 1]))
def test_lines_read_in_one_pass_are_those_that_are_looked_for_one_by_one(
    value: JsonValue, data: st.DataObject, indent: int | None
) -> None:
    text = json.dumps(value, indent=indent)
    lines = Lines(text, depth=100)
    for _ in range(3):
        location = walk(data, value)
        assert lines.of(location) == line_of(text, location)


def test_what_stands_deeper_than_lines_were_read_has_the_line_of_its_parent() -> None:
    assert Lines(YAML_TEXT, depth=2).of(["operations", 1, "priority"]) == 6
    assert Lines(YAML_TEXT, depth=2).of(["operations", 0, "context", "x"]) == 3


def test_paths_inside_are_made_absolute(tmp_path: Path) -> None:
    assert resolve_inside(tmp_path, "a/../b.md") == tmp_path.resolve() / "b.md"
    assert resolve_inside(tmp_path, tmp_path / "a") == tmp_path.resolve() / "a"
    assert resolve_inside(Path("/"), "etc") == Path("/etc")


@pytest.mark.parametrize(
    "path", ["..", "../x", "a/../../x", "/etc/passwd", "out/x", "in\0side", "\ud800/..", "loop/../.."]
)
def test_paths_that_lead_outside_are_refused(tmp_path: Path, path: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "out").symlink_to(tmp_path)
    (root / "loop").symlink_to("loop")
    with pytest.raises(PressroomError) as caught:
        resolve_inside(root, path)
    assert caught.value.code == "PATH_OUTSIDE"


def test_a_sibling_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    with pytest.raises(PressroomError):
        resolve_inside(tmp_path / "out", tmp_path / "outside")


def test_writing_makes_the_folder_and_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "text.md"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert [child.name for child in path.parent.iterdir()] == ["text.md"]


@pytest.mark.parametrize("name", ["n" * 255, "😀" * 63 + "nnn"])
def test_the_longest_file_name_can_be_written(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"x")
    assert (tmp_path / name).read_bytes() == b"x"


def test_a_failed_write_names_the_file_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken") as caught:
        write_atomically(tmp_path / "taken", b"x")
    assert caught.value.filename == str(tmp_path / "taken")
    assert [child.name for child in tmp_path.iterdir()] == ["taken"]


def test_a_disk_that_fills_up_leaves_the_old_file(tmp_path: Path) -> None:
    path = put(tmp_path, "a.md", "old")
    code = (
        "import resource, signal, sys, pathlib; from tasks.files import write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_atomically(pathlib.Path(sys.argv[1]), b'x' * 5000)\n"
        "except OSError as error: print(error.filename, end='')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert (done.stdout, path.read_text()) == (str(path), "old")
    assert list(tmp_path.iterdir()) == [path]


def test_reading_files_needs_neither_prefect_nor_pydantic() -> None:
    code = "import sys, tasks.files; print({'prefect', 'pydantic', 'sqlmodel'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

"""Jinja templates render in a jail and within bounds, and what they depend on has a fingerprint."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.documents import jinja_pool
from tasks.documents.configs import ContentConfig
from tasks.documents.jinja import JinjaRequest, fingerprint_of_templates, prepare, render
from tasks.errors import PressroomError, fault
from tasks.models import JsonObject

BASE = "base"


def config(template: str | None = "page.j2", **generation_config: Any) -> ContentConfig:
    pattern = {"id": "page", "type": "jinja2", "template": template, "generation_config": generation_config}
    return ContentConfig.model_validate(
        {
            "type": "content",
            "id": "island-page",
            "schemaRef": {"id": "content-schema", "version": "3.1"},
            "metadata": {"description": "A page", "version": "1.0.0"},
            "elements": [{"name": "body", "format": "markdown"}],
            "generation": {"patterns": [pattern]},
        }
    )


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / BASE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def request(folder: Path, text: str, context: JsonObject | None = None, **generation_config: Any) -> JinjaRequest:
    put(folder, "page.j2", text)
    return prepare(config(**generation_config), context or {}, folder / BASE)


def rendered(folder: Path, text: str, context: JsonObject | None = None, **generation_config: Any) -> str:
    return asyncio.run(render(request(folder, text, context, **generation_config))).text


def failure_of(folder: Path, text: str, context: JsonObject | None = None, **more: Any) -> PressroomError:
    bounds = {name: more.pop(name) for name in ("seconds", "memory", "limit") if name in more}
    with pytest.raises(PressroomError) as caught:
        asyncio.run(render(request(folder, text, context, **more), **bounds))
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi {{ name }}!\n", "Hi Ada!"),
        ("{{ name }}\n\n", "Ada\n"),
        ("<{{ unknown }}>", "<>"),
        ("{{ '<b>' }}{{ day }}", "<b>May"),
        ("{% for n in numbers if n > 1 %}{{ loop.index }}{{ n }} {% endfor %}", "12 23 "),
        ("{{ other }}", "{'source': 'web', 'path': 'x'}"),
    ],
)
def test_rendering_keeps_jinjas_defaults(tmp_path: Path, text: str, expected: str) -> None:
    context: JsonObject = {"name": "Ada", "numbers": [1, 2, 3], "other": {"source": "web", "path": "x"}}
    put(tmp_path, "page.j2", text)
    made = prepare(config(context={"day": "May", "name": "own"}), context, tmp_path / BASE)
    assert asyncio.run(render(made)).text == expected


def test_includes_and_parents_are_found_inside_the_base_folder(tmp_path: Path) -> None:
    put(tmp_path, "shared/frame.j2", "[{% block body %}{% endblock %}]")
    put(tmp_path, "pages/part.j2", "part {{ n }}")
    put(
        tmp_path,
        "pages/page.j2",
        "{% extends '../shared/frame.j2' %}{% block body %}{% include 'part.j2' %}{% endblock %}",
    )
    made = prepare(config(template_dir="pages"), {"n": 1}, tmp_path / BASE)
    assert asyncio.run(render(made)).text == "[part 1]"


def test_values_can_come_from_files(tmp_path: Path) -> None:
    put(tmp_path, "data/team.json", '{"lead": "Bo"}')
    put(tmp_path, "data/words.txt", "two words\n")
    context: JsonObject = {
        "team": {"source": "file", "path": "data/team.json"},
        "words": {"source": "file", "path": "data/words.txt"},
    }
    assert rendered(tmp_path, "{{ team.lead }}: {{ words }}.", context) == "Bo: two words\n."


def test_values_from_another_config_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match=r"CONFIG_INVALID.*generation_config\.context\.a.*not yet implemented"):
        prepare(config(), {"a": {"source": "config", "id": "x"}}, tmp_path)


def test_a_pattern_without_a_template_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match=r"CONFIG_INVALID.*generation\.patterns\.0\.template"):
        prepare(config(None), {}, tmp_path)


def test_a_context_that_is_not_json_is_an_error(tmp_path: Path) -> None:
    context: Any = {"a": {"b": object()}}
    with pytest.raises(PressroomError, match="CONTEXT_INVALID"):
        prepare(config(), context, tmp_path)


@pytest.mark.parametrize("name", ["../out.j2", "/etc/passwd", "link.j2"])
def test_templates_outside_the_base_folder_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "out.j2").write_text("secret")
    put(tmp_path, "inside.j2", "")
    (tmp_path / BASE / "link.j2").symlink_to(tmp_path / "out.j2")
    assert failure_of(tmp_path, "{% include '" + name + "' ignore missing %}").code == "PATH_OUTSIDE"
    with pytest.raises(PressroomError, match="PATH_OUTSIDE"):
        asyncio.run(render(prepare(config(name), {}, tmp_path / BASE)))


def test_folders_and_values_outside_the_base_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PressroomError, match="PATH_OUTSIDE"):
        prepare(config(template_dir=".."), {}, tmp_path / BASE)
    context: JsonObject = {"a": {"source": "file", "path": "../../etc/passwd"}}
    assert failure_of(tmp_path, "{{ a }}", context).code == "PATH_OUTSIDE"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n\n{% if %}", "Template 'page.j2', line 3: Expected an expression, got 'end of statement block'."),
        ("\n{{ 1 | shout }}", "Template 'page.j2', line 2: No filter named 'shout'."),
        ("a\n{{ 1 / 0 }}", "Template 'page.j2', line 2: ZeroDivisionError: division by zero."),
        ("{{ '\\ud800' }}", "Template 'page.j2', line 1: the result holds half a surrogate pair, which is not text."),
    ],
)
def test_a_faulty_template_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    error = failure_of(tmp_path, text)
    assert (error.code, error.message) == ("TEMPLATE_INVALID", message)


def test_a_missing_template_is_named_with_its_folder(tmp_path: Path) -> None:
    error = failure_of(tmp_path, "{% include 'none.j2' %}")
    assert error.code == "TEMPLATE_MISSING"
    assert error.message == f"Template file not found: 'none.j2' (looked in {str(tmp_path / BASE)!r})."
    with pytest.raises(PressroomError, match="TEMPLATE_MISSING"):
        fingerprint_of_templates(prepare(config("gone.j2"), {}, tmp_path / BASE))


@pytest.mark.parametrize("text", ["{{ ''.__class__.__mro__ }}", "{{ [].append(1) }}", "{{ ''.format.__globals__.x }}"])
def test_the_sandbox_holds(tmp_path: Path, text: str) -> None:
    assert failure_of(tmp_path, text).code == "TEMPLATE_UNSAFE"


@pytest.mark.parametrize("behaviour", ["error", "strict"])
def test_undefined_variables_can_be_errors(tmp_path: Path, behaviour: str) -> None:
    error = failure_of(tmp_path, "{{ x }}", {"b": 1, "a": 2}, undefined_behavior=behaviour)
    assert (error.code, error.message) == (
        "UNDEFINED_VARIABLE",
        "Undefined variable: 'x'. Available variables: a, b.",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello {{ name }}{{ name|upper }} {{ b }}", ("name",)),
        ("{% for one in names %}{{ one }}{% endfor %}{{ a ~ '!' }}", ("names", "a")),
        ("{{ place.town }} {{ place['post code'] }} {{ place[3] }}", (".town", "['post code']", "[...]")),
        ("{{ name | default('x') }}{{ name or 'y' }}{{ (name or {}) | length }}", ()),
        ("{% if name %}{{ name }}{% elif name is defined %}{% elif 'x' in name %}{% endif %}", ()),
        (
            "{% for one in names or [] %}{% endfor %}{{ [] | first }}{{ b['\\ud800'] }}",
            ("['\\ud800']",),
        ),
        ("{% for n in range(30) %}{{ b['k' ~ n] }}{% endfor %}", (*(f".k{n}" for n in range(20)), "...")),
    ],
)
def test_what_a_render_leaves_empty_is_named_unless_the_template_has_thought_of_it(
    tmp_path: Path, text: str, expected: tuple[str, ...]
) -> None:
    made = asyncio.run(render(request(tmp_path, text, {"b": 1, "place": {"street": "Quay"}})))
    assert made.left_empty == expected
    later = asyncio.run(render(request(tmp_path, "{{ b }}", {"b": 1})))
    assert (later.text, later.left_empty) == ("1", ())


@pytest.mark.parametrize(("text", "name"), [("{{ place.town }}", "place"), ("{{ count + 1 }}", "count")])
@pytest.mark.parametrize("behaviour", ["empty", "keep"])
def test_who_has_undefined_variables_left_empty_is_not_told_to_have_them_left_empty(
    tmp_path: Path, text: str, name: str, behaviour: str
) -> None:
    error = failure_of(tmp_path, text, undefined_behavior=behaviour)
    assert (error.code, repr(name) in error.message) == ("UNDEFINED_VARIABLE", True)
    assert "undefined_behavior" not in error.remedy
    assert "`(place or {}).town`" in error.remedy


def test_undefined_variables_can_be_kept(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{{ x }}", undefined_behavior="keep") == "{{ x }}"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "after 0.5 s"),
        ("{{ 10 ** (10 ** 8) }}", "after 0.5 s"),
    ],
)
def test_a_template_that_does_not_end_is_ended(tmp_path: Path, text: str, limit: str) -> None:
    error = failure_of(tmp_path, text, seconds=0.5)
    assert error.code == "TEMPLATE_RUNAWAY"
    assert limit in error.message


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{{ 'x' * 10 ** 9 }}", "512 MiB of memory"),
        ("{{ [1] * 10 ** 10 }}", "512 MiB of memory"),
        ("{{ 'x'.center(10 ** 12) }}", "512 MiB of memory"),
        ("{% for a in range(9999) %}{{ 'x' * 100000 }}{% endfor %}", "50 MB of text"),
        ("{% for i in range(10 ** 9) %}x{% endfor %}", "a range of more than 100,000"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "1,000 calls within each other"),
    ],
)
def test_a_template_that_grows_without_bound_is_ended(tmp_path: Path, text: str, limit: str) -> None:
    error = failure_of(tmp_path, text, seconds=60)
    assert error.code == "TEMPLATE_RUNAWAY"
    assert limit in error.message


def test_bounds_can_be_set(tmp_path: Path) -> None:
    assert "after 10 characters of text" in failure_of(tmp_path, "{{ 'x' * 11 }}", limit=10).message
    text = "{{ ('x' * n) | length }}"
    n: JsonObject = {"n": 200 * 2**20}
    assert rendered(tmp_path, text, n) == str(200 * 2**20)
    assert "after 200 MiB of memory" in failure_of(tmp_path, text, n, memory=200 * 2**20).message


def test_others_go_on_after_a_runaway(tmp_path: Path) -> None:
    ends_not = request(tmp_path, "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    put(tmp_path, "good.j2", "good {{ n }}")

    async def attempt(number: int) -> str:
        made = prepare(config("good.j2"), {"n": number}, tmp_path / BASE) if number % 3 else ends_not
        try:
            return (await render(made, seconds=30 if number % 3 else 0.2)).text
        except PressroomError as error:
            return error.code

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(attempt(number) for number in range(9)))

    expected = [f"good {number}" if number % 3 else "TEMPLATE_RUNAWAY" for number in range(9)]
    assert asyncio.run(all_of_them()) == expected


def test_cancelling_kills_the_worker(tmp_path: Path) -> None:
    slow = request(tmp_path, "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
    quick = JinjaRequest(
        config_id="q", template="quick.j2", base_dir=slow.base_dir, template_dir=slow.base_dir, context={}
    )
    put(tmp_path, "quick.j2", "quick")

    async def cancel_one() -> list[int]:
        jinja_pool.end_idle_workers()
        await render(quick)
        before = jinja_pool.idle_process_ids()
        task = asyncio.create_task(render(slow, seconds=60))
        while jinja_pool.idle_process_ids():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return before

    (worker,) = asyncio.run(cancel_one())
    assert jinja_pool.idle_process_ids() == []
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_a_worker_is_used_again_after_an_ordinary_error(tmp_path: Path) -> None:
    jinja_pool.end_idle_workers()
    assert rendered(tmp_path, "fine") == "fine"
    before = jinja_pool.idle_process_ids()
    assert failure_of(tmp_path, "{{ 1 / 0 }}").code == "TEMPLATE_INVALID"
    assert rendered(tmp_path, "fine again") == "fine again"
    assert jinja_pool.idle_process_ids() == before


def test_a_worker_that_was_killed_while_idle_is_replaced(tmp_path: Path) -> None:
    assert rendered(tmp_path, "one") == "one"
    for worker in jinja_pool.idle_process_ids():
        os.kill(worker, 9)
    assert rendered(tmp_path, "two") == "two"


def test_a_worker_does_not_run_the_callers_script_again_nor_see_its_secrets(tmp_path: Path) -> None:
    put(tmp_path, "page.j2", "made")
    script = tmp_path / "script.py"
    script.write_text(
        "import asyncio, pathlib, sys\n"
        "from tasks.documents import jinja_pool\n"
        "from tasks.documents.jinja import JinjaRequest, render\n"
        "base = pathlib.Path(sys.argv[1])\n"
        "print(asyncio.run(render(JinjaRequest(config_id='a', template='page.j2', base_dir=base,"
        " template_dir=base, context={}))).text)\n"
        "(worker,) = jinja_pool.idle_process_ids()\n"
        "print(b'hush' in pathlib.Path(f'/proc/{worker}/environ').read_bytes())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.getcwd(), "SOME_API_KEY": "hush"}
    command = [sys.executable, str(script), str(tmp_path / BASE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "made\nFalse\n"


def test_workers_stay_light() -> None:
    code = "import sys, tasks.documents.jinja_worker; print({'prefect', 'sqlmodel', 'anyio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_errors_can_be_pickled() -> None:
    error = fault("TEMPLATE_MISSING", template="a", folder="b")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, str(again)) == (type(error), error.code, str(error))


def touch(path: Path, text: str, at: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(at, at))


@pytest.mark.parametrize("changed", ["page.j2", "part.j2", "deep/part.j2", "data.json", "macros.j2", "frame.j2"])
def test_every_file_a_page_is_made_of_changes_its_fingerprint(tmp_path: Path, changed: str) -> None:
    text = "{% extends 'frame.j2' %}{% from 'macros.j2' import m %}{% include ['none.j2', 'part.j2'] ignore missing %}"
    files = {name: put(tmp_path, name, name) for name in ("frame.j2", "macros.j2", "deep/part.j2", "other.j2")}
    files["data.json"] = put(tmp_path, "data.json", '"data"')
    files["part.j2"] = put(tmp_path, "part.j2", "{% include 'deep/part.j2' %}")
    made = request(tmp_path, text, {"data": {"source": "file", "path": "data.json"}})
    files["page.j2"] = tmp_path / BASE / "page.j2"
    before = fingerprint_of_templates(made)
    touch(files["other.j2"], "not part of it", 1)
    assert fingerprint_of_templates(made) == before
    touch(files[changed], files[changed].read_text() + " changed", 2)
    assert fingerprint_of_templates(made) != before


def test_a_name_only_known_while_rendering_counts_every_template(tmp_path: Path) -> None:
    other = put(tmp_path, "deep/other.j2", "one")
    put(tmp_path, ".hidden/other.j2", "one")
    made = request(tmp_path, "{% include name %}", {"name": "deep/other.j2"})
    before = fingerprint_of_templates(made)
    touch(other, "two", 1)
    assert fingerprint_of_templates(made) != before


@pytest.mark.parametrize(
    "text", ["{% include 'page.j2' %}", "{% if %}", "{{ " + "(" * 5000, "{{ " + "9" * 5000 + " }}"]
)
def test_templates_that_cannot_be_rendered_have_a_fingerprint_all_the_same(tmp_path: Path, text: str) -> None:
    assert len(fingerprint_of_templates(request(tmp_path, text))) == 64


def test_a_template_that_changes_is_rendered_anew(tmp_path: Path) -> None:
    assert rendered(tmp_path, "{% include 'part.j2' ignore missing %}one") == "one"
    touch(tmp_path / BASE / "page.j2", "two", 3)
    assert rendered(tmp_path, "two") == "two"


def inline(folder: Path, text: str, context: JsonObject | None = None) -> JinjaRequest:
    whole = config().model_dump(by_alias=True, exclude_unset=True)
    whole["generation"]["patterns"][0] |= {"template": text, "inline": True}
    return prepare(ContentConfig.model_validate(whole), context or {}, folder / BASE)


def test_a_template_may_stand_in_the_config_itself_and_include_files(tmp_path: Path) -> None:
    put(tmp_path, "part.j2", "[{{ name }}]")
    subject = inline(tmp_path, "{% include 'part.j2' %}{{ name|upper }}", {"name": "Ada"})
    assert asyncio.run(render(subject)).text == "[Ada]ADA"
    before = fingerprint_of_templates(subject)
    put(tmp_path, "part.j2", "<{{ name }}>")
    assert fingerprint_of_templates(subject) != before


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{% if %}", "TEMPLATE_INVALID", "'island-page', line 1"),
        ("\n{{ 1 / 0 }}", "TEMPLATE_INVALID", "'island-page', line 2"),
        ("{% include 'none.j2' %}", "TEMPLATE_MISSING", "none.j2"),
        ("{{ ''.__class__.mro() }}", "TEMPLATE_UNSAFE", "'island-page'"),
        ("{% include '../../secret' %}", "PATH_OUTSIDE", "secret"),
    ],
)
def test_a_template_in_the_config_is_jailed_and_its_faults_are_told(
    tmp_path: Path, text: str, code: str, words: str
) -> None:
    with pytest.raises(PressroomError) as caught:
        asyncio.run(render(inline(tmp_path, text)))
    assert (caught.value.code, words in caught.value.message) == (code, True), caught.value.message

"""How far a stranger's spec reaches: it reads and writes in its own folder, and elsewhere only by a person's word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Any

import pytest
from sites import press, put

from tasks.documents.git_files import NotInGit, read_at
from tasks.documents.plan import OutputFolder
from tasks.errors import PressroomError
from tasks.fiction.models import FictionBatch
from tasks.settings import settings
from tasks.specs import load_spec

Capture = pytest.CaptureFixture[str]
SPECS: dict[str, dict[str, Any]] = {
    "documents": {"kind": "documents", "content_config_ids": ["a"]},
    "creators": {"kind": "creators", "creators": ["alma"]},
    "fiction": {"kind": "fiction", "projects": ["harbour"]},
    "podcast": {"kind": "podcast", "show": "show.yaml", "topics_file": "topics.csv"},
}
FILES = (
    ("documents", "items_file"),
    ("creators", "items_file"),
    ("fiction", "items_file"),
    ("fiction", "projects_dir"),
    ("podcast", "show"),
    ("podcast", "topics_file"),
    ("podcast", "notes"),
)
OUTSIDE = ("..", "../elsewhere", "sub/../../elsewhere", "/etc", "~/.ssh", "leads-out", "leads-out/further")


def stranger(folder: Path, kind: str, **fields: Any) -> Path:
    """A spec that came from somebody, in a folder with a link that leads out of it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "leads-out").is_symlink():
        (folder / "leads-out").symlink_to("/usr")
    given = {name: value for name, value in SPECS[kind].items() if fields.get("items_file") is None or name == "kind"}
    return put(folder / "spec.json", json.dumps(given | fields))


def code_of(path: Path, given: dict[str, Any] | None = None) -> str:
    """What a spec is refused with; nothing where it is not."""
    try:
        load_spec(path, given)
    except PressroomError as error:
        return error.code
    return ""


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("field", ["base_dir", "output_dir"])
def test_a_specs_folders_lie_inside_its_own(kind: str, field: str, tmp_path: Path) -> None:
    for place in OUTSIDE:
        assert code_of(stranger(tmp_path / "site", kind, **{field: place})) == "FOLDER_OUTSIDE", place
    for place in (".", "inside", "sub/../inside", str(tmp_path / "site/inside")):
        assert not code_of(stranger(tmp_path / "site", kind, **{field: place})), place


@pytest.mark.parametrize(("kind", "field"), FILES)
def test_files_that_a_spec_names_lie_inside_its_folder(kind: str, field: str, tmp_path: Path) -> None:
    for place in ("/etc/passwd", "../other.jsonl", "leads-out/share/x.yaml"):
        assert code_of(stranger(tmp_path / "site", kind, **{field: place})) == "FOLDER_OUTSIDE", place


def test_the_usual_output_folder_may_be_no_link_that_leads_out(tmp_path: Path) -> None:
    path = stranger(tmp_path / "site", "documents", batch_id="b")
    (tmp_path / "site/output").symlink_to(tmp_path)
    assert code_of(path) == "FOLDER_OUTSIDE"


def test_a_spec_of_a_project_reaches_all_of_it_and_no_further(tmp_path: Path) -> None:
    put(tmp_path / "work/prefect.yaml", "deployments: []\n")
    inside = stranger(tmp_path / "work/specs", "documents", base_dir="..", output_dir="../output")
    assert not code_of(inside)
    assert code_of(stranger(tmp_path / "work/specs", "documents", output_dir="../..")) == "FOLDER_OUTSIDE"


@pytest.mark.parametrize("place", [".git/hooks", "sub/.venv", "flows", "../flows/command", "../.git"])
def test_no_outputs_lie_among_what_programs_obey(place: str, tmp_path: Path) -> None:
    put(tmp_path / "work/prefect.yaml", "deployments: []\n")
    for program in ("work/flows", "work/specs/flows"):
        put(tmp_path / program / "__init__.py", "")
    for kind in SPECS:
        path = stranger(tmp_path / "work/specs", kind, output_dir=place)
        assert code_of(path) == "OUTPUT_OBEYED"
        assert not code_of(path, {"output_dir": str(tmp_path / "work/specs" / place)})


@pytest.mark.usefixtures("prefect_server")
def test_no_document_is_a_file_that_programs_obey(tmp_path: Path, capsys: Capture) -> None:
    put(tmp_path / "press/__init__.py", "")
    put(tmp_path / "configs/content/a.json", json.dumps(_config("a")))
    names = [".env", "prefect.toml", "PyProject.toml", "lib/x.pth", "sitecustomize.py", ".git/hooks/x", "press/new.py"]
    names += ["setup.py", "setup.cfg", "sub/conftest.py", "tox.ini", "noxfile.py", "new/__init__.py", "__init__.pyc"]
    names += ["makefile", "sub/Makefile", "GNUmakefile", "Justfile", "sub/CLAUDE.md", "AGENTS.md"]
    operations = [{"content_config_id": "a", "output_path": name, "label": str(n)} for n, name in enumerate(names)]
    fine = ["notes/press.py", "random.py", "Dockerfile", "package.json", "__init__.md"]
    operations += [{"content_config_id": "a", "output_path": name, "label": name.replace("/", "-")} for name in fine]
    path = put(tmp_path / "spec.json", json.dumps({"kind": "documents", "operations": operations}))
    said = press(capsys, "run", path, "--json")
    assert list(said.items.values()) == ["OUTPUT_OBEYED"] * len(names) + ["succeeded"] * len(fine)
    assert press(capsys, "validate", path).out.count("OUTPUT_OBEYED") == len(names)
    assert not any((tmp_path / name).exists() for name in names)


@pytest.mark.parametrize("start", ["pyproject.toml", "prefect.yaml", "setup.py", "setup.cfg"])
def test_no_document_is_a_module_that_programs_started_in_its_folder_would_import(start: str, tmp_path: Path) -> None:
    put(tmp_path / "app" / start, "")
    (tmp_path / "leads-in").symlink_to(tmp_path / "app")
    output = OutputFolder(tmp_path)
    ending = EXTENSION_SUFFIXES[0]
    for name in ("random.py", "Random.PY", "new.pyc", f"new{ending}", "opentelemetry/trace.py", "google/a/b.py"):
        for path in (f"app/{name}", f"leads-in/{name}", str(tmp_path / "app" / name)):
            with pytest.raises(PressroomError, match="OUTPUT_OBEYED"):
                output.resolve(path)
    with pytest.raises(PressroomError, match="OUTPUT_OBEYED"):
        OutputFolder(tmp_path / "app").resolve("random.py")
    for name in ("random.py", "app/src/x.py", "app/out/tool.py", "app/random.md", "opentelemetry/trace.py"):
        assert output.resolve(name) == str(tmp_path / name)


@pytest.mark.usefixtures("prefect_server")
def test_a_spec_that_says_falsely_that_its_output_folder_was_not_given_gains_nothing(
    tmp_path: Path, capsys: Capture
) -> None:
    put(tmp_path / ".git/configs/content/a.json", json.dumps(_config("a")))
    given = {"base_dir": ".git", "output_dir_given": False, "batch_id": "b"}
    operations = [{"content_config_id": "a", "output_path": "hooks/x"}]
    for place, code in (("out", ""), (".git/output/b", "OUTPUT_OBEYED")):
        whole = {"kind": "documents", "operations": operations, "output_dir": place, **given}
        path = put(tmp_path / "spec.json", json.dumps(whole))
        assert code_of(path) == code
        press(capsys, "run", path)
    assert (tmp_path / "out/hooks/x").exists()
    assert not (tmp_path / ".git/hooks").exists()


def test_a_persons_own_word_goes_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    path = stranger(tmp_path / "site", "documents", output_dir="../elsewhere")
    assert not code_of(path, {"output_dir": str(elsewhere)})
    monkeypatch.setenv("PRESSROOM_FOLDERS", f"{tmp_path / 'other'}{os.pathsep}{elsewhere}")
    settings.cache_clear()
    assert not code_of(path)


def test_a_scheduled_spec_reaches_no_further_than_one_that_is_run_by_hand(tmp_path: Path) -> None:
    spec = put(tmp_path / "specs/week.yaml", "kind: fiction\nprojects: [harbour]\noutput_dir: ../../out\n")
    with pytest.raises(PressroomError, match="FOLDER_OUTSIDE"):
        FictionBatch(items_file=spec)
    spec.write_text("kind: fiction\nprojects: [harbour]\noutput_dir: out\n")
    assert FictionBatch(items_file=spec).output_dir == tmp_path / "specs/out"


def test_the_command_names_the_line_and_says_what_a_person_may_do(tmp_path: Path, capsys: Capture) -> None:
    path = put(tmp_path / "spec.yaml", "kind: documents\ncontent_config_ids: [a]\noutput_dir: ~/.ssh\n")
    said = press(capsys, "run", path)
    assert said.code == 2
    assert "FOLDER_OUTSIDE" in said.err
    assert "PRESSROOM_FOLDERS" in said.err
    assert "spec.yaml:3:output_dir: FOLDER_OUTSIDE" in press(capsys, "validate", path).out


@pytest.mark.parametrize("place", ["site", "."])
def test_an_items_file_elsewhere_is_named_as_such_and_not_read_wherever_the_command_runs(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    put(tmp_path / "outside.yaml", "kind: documents\ncontent_config_ids: [a]\n")
    put(tmp_path / "secret.yaml", "kind: [a secret")
    (tmp_path / "site").mkdir()
    monkeypatch.chdir(tmp_path / place)
    for name in ("outside", "secret"):
        path = put(tmp_path / "site/spec.yaml", f"kind: documents\nitems_file: ../{name}.yaml\n")
        (problem,) = press(capsys, "validate", path, "--json").document["problems"]
        assert (problem["code"], problem["field"], problem["line"]) == ("FOLDER_OUTSIDE", "items_file", 2)


@pytest.mark.usefixtures("prefect_server")
def test_no_pickle_is_loaded_while_documents_are_made_and_made_again(tmp_path: Path) -> None:
    put(tmp_path / "configs/content/a.json", json.dumps(_config("a")))
    put(tmp_path / "spec.yaml", "kind: documents\ncontent_config_ids: [a]\nbatch_id: b\n")
    code = (
        "import sys\n"
        "found = []\n"
        "sys.addaudithook(lambda name, args: found.append(args) if name == 'pickle.find_class' else None)\n"
        "from flows.cli import main\n"
        "assert main(['run', 'spec.yaml', '--reuse', 'always']) == 0\n"
        "assert main(['run', 'spec.yaml', '--batch-id', 'c', '--json']) == 0\n"
        "import pickle; pickle.loads(pickle.dumps(print))\n"
        "assert found == [('builtins', 'print')], found\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def _environment() -> dict[str, str]:
    return dict(os.environ)


def _config(name: str) -> dict[str, Any]:
    pattern = {"id": "fill", "type": "template_fill", "template": "# A note\n"}
    return {
        "type": "content",
        "id": name,
        "schemaRef": {"id": "content-schema", "version": "3.1"},
        "metadata": {"description": "A note", "version": "1.0.0", "output_format": "markdown"},
        "elements": [{"name": "note", "format": "markdown"}],
        "generation": {"patterns": [pattern]},
    }


def test_a_folder_cannot_pass_itself_off_as_part_of_another_git_repository(tmp_path: Path) -> None:
    put(tmp_path / "private/secret.md", "mine\n")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["commit", "-qm", "All"],
        ["worktree", "add", "-q", str(tmp_path / "own")],
    ):
        who = ["-c", "user.name=Ines", "-c", "user.email=ines@example.org"]
        subprocess.run(["git", *who, *command], cwd=tmp_path / "private", check=True, capture_output=True)
    put(tmp_path / "site/.git", f"gitdir: {tmp_path / 'private/.git'}\n")
    with pytest.raises(NotInGit, match="elsewhere"):
        read_at(tmp_path / "site", "HEAD:secret.md")
    assert read_at(tmp_path / "own", "HEAD:secret.md") == b"mine\n"
    assert read_at(tmp_path / "private", "HEAD:secret.md") == b"mine\n"

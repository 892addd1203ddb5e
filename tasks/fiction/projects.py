"""From a project's name to the project: the file that its author has written."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from tasks.complaints import complaints, nearest
from tasks.errors import PressroomError, fault
from tasks.fiction.project import Project
from tasks.files import read_data, read_text, resolve_inside

ENDINGS = (".yaml", ".yml", ".json")
MOST_HINTS = 20
"""Projects that are not found and of which it is said which may have been meant: all others would take minutes."""
Lookup = Callable[[str], "Project | PressroomError"]


def lookup(folder: Path) -> Lookup:
    """Return what finds a project by its id below a folder, each file read once; what is wrong with one is returned."""
    hints = iter(range(MOST_HINTS))
    ids = cache(lambda: ids_in(folder))

    @cache
    def find(project_id: str) -> Project | PressroomError:
        try:
            return read_project(folder, project_id)
        except PressroomError as error:
            if error.code == "PROJECT_NOT_FOUND" and next(hints, None) is not None:
                error.remedy = f"{nearest(project_id, ids())} {error.remedy}".strip()
            return error

    return find


def ids_in(folder: Path) -> list[str]:
    """Return the ids of the projects in a folder."""
    found = {path.stem for ending in ENDINGS for path in folder.glob(f"*{ending}")}
    return sorted(found | {path.parent.name for ending in ENDINGS for path in folder.glob(f"*/project{ending}")})


def project_file(folder: Path, project_id: str) -> Path:
    """Return where a project's file lies; PROJECT_NOT_FOUND where none of its forms does."""
    places = [folder / f"{project_id}{ending}" for ending in ENDINGS]
    places += [folder / project_id / f"project{ending}" for ending in ENDINGS]
    for place in places:
        if resolve_inside(folder, place).is_file():
            return place
    raise fault("PROJECT_NOT_FOUND", project=project_id, looked=repr(str(places[0])))


def read_project(folder: Path, project_id: str) -> Project:
    """Read a project; PROJECT_INVALID names the field that is at fault."""
    path = project_file(folder, project_id)
    data = read_data(path)
    if not isinstance(data, dict):
        hint = "Write names and values, such as `title: The Ferry`."
        raise fault("PROJECT_INVALID", project=project_id, field="the whole", why="it is no object", hint=hint)
    try:
        project = Project.model_validate({"project_id": project_id} | data)
    except ValidationError as error:
        first = complaints(error, Project, str(path), read_text(path))[0]
        why = first.message.partition(f"{first.field}: ")[2].rstrip(".") or first.message
        line = f"line {first.line} of {path}, {first.field}"
        raise fault("PROJECT_INVALID", project=project_id, field=line, why=why, hint=first.remedy) from None
    if project.project_id != project_id:
        why = f"it is {project.project_id!r}, and the file is looked up as {project_id!r}"
        raise fault("PROJECT_INVALID", project=project_id, field="project_id", why=why, hint="Leave it out.")
    return project

"""What a stage has to know, read from the project and from its folder in the library.

What lies in the library goes before what the project says, since its author may have edited it there.
"""

from __future__ import annotations

from tasks.errors import PressroomError, fault
from tasks.fiction.briefs import Bible, CastBrief, ChapterBrief, OutlineBrief
from tasks.fiction.library import Shelf
from tasks.fiction.models import FictionItem
from tasks.fiction.story import ChapterPlan, Character, Characters, Ending, Outline
from tasks.files import read_bytes, resolve_inside


def shelf_of(item: FictionItem) -> Shelf:
    """Return the project's folder."""
    return Shelf(item.output_root, item.project_id)


def cast_brief(item: FictionItem) -> CastBrief:
    """Read what characters are made from."""
    shelf, project = shelf_of(item), item.project
    edited = shelf.read_characters() if shelf.is_edited(shelf.characters) else None
    given = Characters(characters=project.characters) if project.characters else None
    return CastBrief(bible=_bible(item, []), count=project.cast, given=edited or given)


def outline_brief(item: FictionItem, characters: list[Character] | None = None) -> OutlineBrief:
    """Read what an outline is made from; CHARACTERS_MISSING where nobody has made or written any characters.

    Whoever foresees it says which characters there will be.
    """
    shelf, project = shelf_of(item), item.project
    edited = edited_outline(item)
    given = Outline(chapters=project.outline) if project.outline else None
    bible = _bible(item, characters if characters is not None else characters_of(item))
    planned = _planned(shelf, bible, project.chapters) if edited is None and given is None else []
    return OutlineBrief(bible=bible, chapters=project.chapters, given=edited or given, planned=planned)


def edited_outline(item: FictionItem) -> Outline | None:
    """Read a project's outline where its author has written or changed it; OUTLINE_SHORT where chapters lack in it."""
    shelf = shelf_of(item)
    if not shelf.is_edited(shelf.outline):
        return None
    outline = shelf.read_outline()
    if len(outline.chapters) < item.project.chapters:
        raise _short(item, outline)
    return outline


def _planned(shelf: Shelf, bible: Bible, chapters: int) -> list[ChapterPlan]:
    """Return the chapters of the outline that is there, where it was planned from the same and has fewer."""
    if not shelf.outline.is_file():
        return []
    outline = shelf.read_outline()
    return outline.chapters if outline.made_of == bible.mark and len(outline.chapters) < chapters else []


def chapter_brief(
    item: FictionItem,
    before: Ending | None,
    characters: list[Character] | None = None,
    outline: Outline | None = None,
) -> ChapterBrief:
    """Read what a chapter is made from; `before` is how the one before it ends, where that is being written now.

    Whoever foresees it says which characters and which outline there will be.
    """
    shelf = shelf_of(item)
    outline = outline if outline is not None else outline_of(item)
    if len(outline.chapters) < item.chapter:
        raise _short(item, outline)
    if before is None and item.chapter > 1:
        before = shelf.read_record(item.chapter - 1).ending
    given = shelf.edited_text(item.chapter)
    has_record = given is not None and shelf.record(item.chapter).is_file()
    return ChapterBrief(
        bible=_bible(item, characters if characters is not None else characters_of(item)),
        number=item.chapter,
        of=item.project.chapters,
        plan=outline.plan_of(item.chapter),
        words=item.project.words,
        before=before,
        given=given,
        given_ending=shelf.read_record(item.chapter).ending if has_record else None,
    )


def _short(item: FictionItem, outline: Outline) -> PressroomError:
    shelf, planned = shelf_of(item), len(outline.chapters)
    hint = "Run `job_type: plot_outlining` for it: that plans the others."
    if shelf.is_edited(shelf.outline):
        # No model adds to what its author has written.
        hint = f"Write the others into it, set `chapters: {planned}` in the project, or remove it to have all planned."
    return fault(
        "OUTLINE_SHORT",
        project=item.project_id,
        chapters=item.project.chapters,
        path=str(shelf.outline),
        planned=planned,
        hint=hint,
    )


def characters_of(item: FictionItem) -> list[Character]:
    """Return a project's characters."""
    shelf = shelf_of(item)
    if item.project.characters and not shelf.characters.is_file():
        return item.project.characters
    return shelf.read_characters().characters


def outline_of(item: FictionItem) -> Outline:
    """Return a project's outline."""
    shelf = shelf_of(item)
    if item.project.outline and not shelf.outline.is_file():
        return Outline(chapters=item.project.outline)
    return shelf.read_outline()


def cover_of(item: FictionItem) -> bytes | None:
    """Read the picture for a book's cover; None where the project names none."""
    path = item.project.cover
    if path is None:
        return None
    found = resolve_inside(item.base_dir, path)
    if not found.is_file():
        why, hint = f"there is no file {str(path)!r}", "It is looked up from the spec's folder."
        raise fault("PROJECT_INVALID", project=item.project_id, field="cover", why=why, hint=hint)
    return read_bytes(found, limit=20_000_000)


def _bible(item: FictionItem, characters: list[Character]) -> Bible:
    project = item.project
    return Bible(
        title=project.title,
        genre=item.genre,
        language=project.language,
        premise=project.premise,
        style=project.style,
        characters=characters,
    )

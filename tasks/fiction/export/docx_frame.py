"""What a DOCX has around its text: styles, language, page, properties."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from tasks.fiction.export.languages import Language
from tasks.fiction.export.manuscript import Manuscript
from tasks.fiction.export.markup import template_environment

if TYPE_CHECKING:
    from docx.document import Document

_FONT = "Times New Roman"
_INDIC = dict.fromkeys(("bn", "gu", "hi", "kn", "ml", "mr", "ne", "or", "pa", "si", "ta", "te"), "Nirmala UI")
_FONTS_OF_COMPLEX = _INDIC | {"th": "Tahoma", "lo": "Leelawadee UI", "km": "Leelawadee UI", "my": "Myanmar Text"}
"""Fonts that come with Word for scripts whose letters it counts as complex; it takes another where one is missing."""
_FONTS_OF_EAST = {"ja": "Yu Mincho", "ko": "Batang", "zh": "SimSun"}
_REGIONS = {"ar": "SA", "en": "US", "he": "IL", "hi": "IN", "ja": "JP", "ko": "KR", "th": "TH", "zh": "CN"}
"""Word knows languages by region: the one that is mostly meant where none is said."""
_LONGEST_PROPERTY = 255


def dress(document: Document, manuscript: Manuscript) -> None:
    """Give a new document the styles, the language and the properties of a book, on A4."""
    _set_styles(document, manuscript.language)
    _set_compatibility(document)
    _set_page(document, manuscript.language)
    _set_properties(document, manuscript)


def _tags(language: Language) -> dict[str, str]:
    """Say the languages of the three sorts of letters that Word knows; Latin ones in a Thai book are mostly English."""
    region = language.region or _REGIONS.get(language.name, "")
    tag = f"{language.name}-{region}" if region else language.tag
    tags = {"latin": "en-US", "east": "en-US", "complex": "ar-SA"}
    if language.is_leftward or language.name in _FONTS_OF_COMPLEX:
        return tags | {"complex": tag}
    return tags | ({"east": tag} if language.name in _FONTS_OF_EAST else {"latin": tag})


def _set_styles(document: Document, language: Language) -> None:
    from docx.oxml import parse_xml

    template = template_environment().get_template("styles.xml.jinja")
    text = template.render(
        font=_FONT,
        font_of_east=_FONTS_OF_EAST.get(language.name, _FONT),
        font_of_complex=_FONTS_OF_COMPLEX.get(language.name, _FONT),
        **_tags(language),
        leftward=language.is_leftward,
        justified="thaiDistribute" if language.name == "th" else "both",
    )
    styles = document.styles.element
    for old in list(styles):
        styles.remove(old)
    styles.extend(list(parse_xml(text)))


def _set_compatibility(document: Document) -> None:
    """Say that it is of Word 2013 or later, else its window says that it is of an older one; drop an empty preview."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn

    relations = document.part.package.rels
    for name, relation in list(relations.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del relations[name]

    for setting in document.settings.element.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_page(document: Document, language: Language) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
    section.different_first_page_header_footer = True
    if language.is_leftward:
        section._sectPr.find(qn("w:docGrid")).addprevious(OxmlElement("w:bidi"))
    footer = section.footer.paragraphs[0]
    footer.style = document.styles["footer"]
    number = OxmlElement("w:fldSimple", {qn("w:instr"): "PAGE"})
    footer._p.append(number)


def _set_properties(document: Document, manuscript: Manuscript) -> None:
    at = datetime.combine(manuscript.published, time(), UTC)
    properties = document.core_properties
    texts = {
        "title": manuscript.title,
        "author": manuscript.author,
        "last_modified_by": manuscript.author,
        "language": manuscript.language.tag,
        "identifier": manuscript.identifier,
        "category": manuscript.genre,
        "subject": manuscript.genre,
        "comments": " ".join(manuscript.description),
    }
    for name, text in texts.items():
        setattr(properties, name, text[:_LONGEST_PROPERTY])
    properties.created = properties.modified = at
    properties.revision = 1

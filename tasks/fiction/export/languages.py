"""What a book's language asks of its file: its tag, its direction, and the few words that are not its author's."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?(?![A-Za-z0-9])")
_LEFTWARD = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
_LEFTWARD_SCRIPTS = frozenset({"Arab", "Hebr", "Nkoo", "Syrc", "Thaa"})

_WORDS = {
    "ar": ("المحتويات", "الغلاف", "صفحة العنوان"),
    "bg": ("Съдържание", "Корица", "Заглавна страница"),
    "cs": ("Obsah", "Obálka", "Titulní strana"),
    "da": ("Indhold", "Omslag", "Titelblad"),
    "de": ("Inhalt", "Umschlag", "Titelseite"),
    "el": ("Περιεχόμενα", "Εξώφυλλο", "Σελίδα τίτλου"),
    "en": ("Contents", "Cover", "Title page"),
    "es": ("Índice", "Cubierta", "Portada"),
    "fa": ("فهرست", "جلد", "صفحهٔ عنوان"),
    "fi": ("Sisällys", "Kansi", "Nimiösivu"),
    "fr": ("Table des matières", "Couverture", "Page de titre"),
    "he": ("תוכן העניינים", "כריכה", "שער"),
    "hi": ("विषय-सूची", "आवरण", "शीर्षक पृष्ठ"),
    "hu": ("Tartalom", "Borító", "Címoldal"),
    "id": ("Daftar Isi", "Sampul", "Halaman judul"),
    "it": ("Indice", "Copertina", "Frontespizio"),
    "ja": ("目次", "表紙", "扉"),
    "ko": ("차례", "표지", "속표지"),
    "ms": ("Kandungan", "Kulit buku", "Halaman judul"),
    "nb": ("Innhold", "Omslag", "Tittelside"),
    "nl": ("Inhoud", "Omslag", "Titelpagina"),
    "pl": ("Spis treści", "Okładka", "Strona tytułowa"),
    "pt": ("Índice", "Capa", "Folha de rosto"),
    "ro": ("Cuprins", "Copertă", "Pagina de titlu"),
    "ru": ("Содержание", "Обложка", "Титульный лист"),
    "sv": ("Innehåll", "Omslag", "Titelsida"),
    "th": ("สารบัญ", "ปก", "หน้าชื่อเรื่อง"),
    "tr": ("İçindekiler", "Kapak", "Başlık sayfası"),  # noqa: RUF001
    "uk": ("Зміст", "Обкладинка", "Титульна сторінка"),
    "vi": ("Mục lục", "Bìa", "Trang tên sách"),
    "zh": ("目录", "封面", "书名页"),
}


@dataclass(frozen=True)
class Words:
    """What a file says of itself to its readers."""

    contents: str
    cover: str
    title_page: str


@dataclass(frozen=True)
class Language:
    """A book's language."""

    tag: str
    """As the standards write it: `th`, `zh-Hant`, `pt-BR`; `und` where it is none of them."""
    name: str
    """The language alone: `pt`."""
    region: str
    """`BR`; empty where none is said."""
    is_leftward: bool
    """Whether it is written from right to left."""
    words: Words

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, as markup says it."""
        return "rtl" if self.is_leftward else "ltr"


def language_of(said: str) -> Language:
    """Read a language's tag; of what follows its region, as dialects, nothing is kept, since few readers know any."""
    found = _TAG.match(said.strip())
    name, script, region = (part or "" for part in found.groups()) if found else ("und", "", "")
    name, script, region = name.lower(), script.title(), region.upper()
    leftward = script in _LEFTWARD_SCRIPTS if script else name in _LEFTWARD
    words = Words(*_WORDS.get({"no": "nb", "nn": "nb", "iw": "he"}.get(name, name), _WORDS["en"]))
    return Language("-".join(filter(None, (name, script, region))), name, region, leftward, words)

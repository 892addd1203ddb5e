"""What the checks know of the words of a language. A language that is not here is checked by less."""

from __future__ import annotations

from typing import NamedTuple


class Tongue(NamedTuple):
    """Words of a language, all without capitals."""

    first_person: frozenset[str] = frozenset()
    """How a narrator speaks of themself."""
    says: frozenset[str] = frozenset()
    """Verbs of speech, which stand beside the name of who speaks."""
    turns: frozenset[str] = frozenset()
    """Words that turn a sentence or deny something: an opening with one of them leaves a question open."""
    dangling: frozenset[str] = frozenset()
    """Words that no sentence ends with, nor any other word, for languages that mark no end of a sentence."""


def _tongue(first_person: str, says: str, turns: str, dangling: str = "") -> Tongue:
    return Tongue(*(frozenset(words.split()) for words in (first_person, says, turns, dangling)))


TONGUES = {
    "en": _tongue(
        "i me my mine myself",
        "said says asked asks replied answered whispered shouted cried called murmured muttered added laughed sighed",
        "but yet never no not nobody nothing none without until though although only instead except wrong missing last",
    ),
    "th": _tongue(
        "ฉัน ผม ดิฉัน ข้าพเจ้า",
        "พูด ถาม ตอบ บอก กล่าว กระซิบ ตะโกน ร้อง พึมพำ",
        "แต่ ไม่ ไม่มี ไม่เคย จนกระทั่ง ทั้งที่ แม้ เพียง สุดท้าย หาย",
        "และ แต่ ซึ่ง เมื่อ ถ้า โดย เพื่อ จะ",
    ),
    "de": _tongue(
        "ich mir mich mein meine meinen meiner",
        "sagte fragte antwortete rief flüsterte murmelte erwiderte meinte schrie",
        "aber doch nie niemals nicht kein keine niemand nichts ohne bis obwohl nur letzte letzten",
    ),
    "es": _tongue(
        "yo me mi mis mí conmigo",
        "dijo preguntó respondió contestó murmuró susurró gritó exclamó añadió",
        "pero no nunca jamás nadie nada sin hasta aunque sólo solo último última",
    ),
    "fr": _tongue(
        "je j me moi mon ma mes",
        "dit demanda répondit murmura cria chuchota ajouta s'écria",
        "mais ne pas jamais personne rien sans jusqu quoique seulement dernier dernière",
    ),
    "it": _tongue(
        "io mi me mio mia miei mie",
        "disse chiese rispose mormorò sussurrò gridò esclamò aggiunse",
        "ma non mai nessuno niente nulla senza finché sebbene solo ultimo ultima",
    ),
    "pt": _tongue(
        "eu me mim meu minha meus minhas",
        "disse perguntou respondeu murmurou sussurrou gritou exclamou acrescentou",
        "mas não nunca jamais ninguém nada sem até embora só último última",
    ),
    "nl": _tongue(
        "ik me mij mijn",
        "zei vroeg antwoordde riep fluisterde mompelde",
        "maar nooit niet geen niemand niets zonder tot hoewel alleen laatste",
    ),
    "sv": _tongue(
        "jag mig min mitt mina",
        "sa sade frågade svarade ropade viskade mumlade",
        "men aldrig inte ingen inget utan tills fastän bara sista",
    ),
    "ru": _tongue(
        "я мне меня мной мой моя моё мои",
        "сказал сказала спросил спросила ответил ответила крикнул крикнула прошептал прошептала",
        "но а не никогда никто ничего без пока хотя только последний последняя последнее",
    ),
    "ja": _tongue("私 僕 俺", "", "しかし だが ない なかった けれど のに だけ 最後"),
    "zh": _tongue("我", "", "但 却 不 没 没有 从不 直到 虽然 只 最后"),
}


def tongue_of(language: str) -> Tongue:
    """Return the words of a language; empty ones for a language that is not known here."""
    return TONGUES.get(language, Tongue())

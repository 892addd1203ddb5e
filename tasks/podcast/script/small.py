"""A script by the small model that comes along: it asks, and what answers stands in the sources' own words.

It has 135 million parameters and knows nothing: whatever it says of a fact may be wrong, and often is. So it is asked
for questions alone, which claim nothing, and each fact is read as it stands, with its source.
"""

from __future__ import annotations

from tasks.errors import fault
from tasks.llm.prompts import Prompt
from tasks.llm.questions import Question, put_question
from tasks.podcast.episode import Claim, Dossier, Part, Script, Segment
from tasks.podcast.models import PodcastItem
from tasks.podcast.script.answers import small_question_form
from tasks.podcast.script.pace import seconds_of, timed
from tasks.podcast.script.plain import outro, said
from tasks.prose.language_share import fault_in_language

SYSTEM = "You are a radio host."
TOKENS = 60
QUESTION_SECONDS = 8.0
"""What a question takes at most, with room to breathe."""


async def small_script(item: PodcastItem, dossier: Dossier) -> Script:
    """Have a script written around what the dossier says, until its time is full."""
    hosts, language = [host.name for host in item.show.hosts], item.show.language
    asked, model = await _ask(item, f"The topic is: {item.topic.title}.", [], 0)
    segments = [
        said(Part.HOOK, hosts[0], asked),
        said(Part.INTRO, hosts[-1], f"{item.show.title}. {item.topic.title}."),
    ]
    ending = outro(item)
    left = 60 * item.minutes - sum(seconds_of(one.text, language) for one in [*segments, ending])
    for number, claim in enumerate(dossier.claims, 1):
        takes = seconds_of(claim.text, language)
        if takes > left:
            continue
        pair = await _answered(item, claim, segments, number, is_asked=takes + QUESTION_SECONDS <= left)
        left -= sum(seconds_of(one.text, language) for one in pair)
        segments += pair
    summary = dossier.claims[0].text
    script = timed([*segments, ending], language)
    return Script(title=item.topic.title, summary=summary, segments=script, by_model=model)


async def _answered(
    item: PodcastItem, claim: Claim, before: list[Segment], number: int, *, is_asked: bool
) -> list[Segment]:
    """Have one host ask for what another one then says, if there is time for that."""
    hosts = [host.name for host in item.show.hosts]
    answer = said(Part.BODY, hosts[number % len(hosts)], claim.text, [claim.source_id])
    if not is_asked:
        return [answer]
    asked, _ = await _ask(item, claim.text, [one.text for one in before], number)
    return [said(Part.BODY, hosts[(number + 1) % len(hosts)], asked), answer]


async def _ask(item: PodcastItem, about: str, known: list[str], number: int) -> tuple[str, str]:
    """Ask for a question that was not asked before."""
    language = item.show.language

    def check(answer: object, model: str) -> None:
        question = str(getattr(answer, "question", ""))
        if question in known:
            raise fault("SCRIPT_UNLIKE", model=model, why=f"it asks {question!r} twice")
        if why := fault_in_language(question, language):
            raise fault("ANSWER_LANGUAGE", model=model, language=language, why=why)

    prompt = Prompt(system=SYSTEM, own=f"{about}\nWrite one short question that a curious listener asks about this.")
    form = small_question_form()
    answer, model = await put_question(
        item, Question(prompt, tokens=TOKENS, form=form, temperature=0.7, number=number, check=check)
    )
    return str(answer.question), model

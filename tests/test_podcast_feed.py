"""The feed of a show: whole and valid, in the eyes of RSS 2.0, of Apple and of a reader of feeds."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import feedparser
import pytest
from airing import PUBLISHED, parts, show
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import PressroomError
from tasks.podcast.package.feed import PLACEHOLDER, feed_of, read_records, rebuild_feed
from tasks.podcast.package.parts import EpisodeRecord
from tasks.podcast.package.record import record_of
from tasks.podcast.show import Show

NAMES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
}
ADDRESS = re.compile(r"https?://[^\s/]+/\S+")


def is_text(element: Element) -> bool:
    return bool((element.text or "").strip())


def is_address(attribute: str) -> Callable[[Element], bool]:
    return lambda element: ADDRESS.fullmatch(element.get(attribute, "")) is not None


OF_CHANNEL: dict[str, Callable[[Element], bool]] = {
    # RSS 2.0
    "title": is_text,
    "link": lambda element: urlsplit(element.text or "").scheme in ("http", "https"),
    "description": is_text,
    # Apple
    "language": lambda element: re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]+)*", element.text or "") is not None,
    "itunes:image": is_address("href"),
    "itunes:category": lambda element: bool(element.get("text")),
    "itunes:explicit": lambda element: element.text in ("true", "false"),
    "itunes:author": is_text,
    # Podcasting 2.0
    "podcast:guid": lambda element: re.fullmatch(r"[0-9a-f-]{36}", element.text or "") is not None,
}
OF_ITEM: dict[str, Callable[[Element], bool]] = {
    "title": is_text,
    "description": is_text,
    "content:encoded": is_text,
    "guid": is_text,
    "pubDate": lambda element: parsedate_to_datetime(element.text or "").tzinfo is not None,
    "enclosure": lambda element: (
        is_address("url")(element) and int(element.get("length", "")) > 0 and element.get("type") == "audio/mpeg"
    ),
    "itunes:duration": lambda element: (element.text or "").isdigit(),
    "itunes:episode": lambda element: int(element.text or "") > 0,
    "itunes:explicit": lambda element: element.text in ("true", "false"),
    "podcast:transcript": lambda element: is_address("url")(element) and element.get("type") == "text/vtt",
    "podcast:chapters": is_address("url"),
}


def missing(feed: str) -> list[str]:
    """Say what a feed lacks of what it must have, or has wrong or twice."""
    root = ElementTree.fromstring(feed.encode())
    (channel,) = root.findall("channel")
    wrong = [] if root.tag == "rss" and root.get("version") == "2.0" else ["rss"]
    for element, rules in [(channel, OF_CHANNEL), *((item, OF_ITEM) for item in channel.findall("item"))]:
        for name, holds in rules.items():
            found = element.findall(name, NAMES)
            if len(found) != 1 or not holds(found[0]):
                wrong.append(name)
    guids = [item.findtext("guid") for item in channel.findall("item")]
    return wrong + (["guid"] if len(set(guids)) < len(guids) else [])


def records(*numbers: int) -> list[EpisodeRecord]:
    folder = Path("/show")
    return [record_of(parts(number), folder / f"ep_{number:03}", folder) for number in numbers]


def feed(*numbers: int, **changes: object) -> str:
    return feed_of(show(**changes), records(*(numbers or (8, 7))), "cover.png")


WHOLE = feed(email="ines@coast.example")


def test_a_feed_has_all_that_rss_apple_and_podcasting_ask_for() -> None:
    assert missing(WHOLE) == []


@pytest.mark.parametrize("name", [*OF_CHANNEL, *OF_ITEM])
def test_what_is_missing_is_noticed(name: str) -> None:
    without = re.sub(rf"\n *<{name}\b(?:[^>]*/>|.*?</{name}>)", "", WHOLE, flags=re.DOTALL)
    assert without != WHOLE
    assert name in missing(without)


def test_a_reader_of_feeds_finds_the_episodes_the_newest_first() -> None:
    read = feedparser.parse(WHOLE)
    assert not read.bozo
    assert read.version == "rss20"
    assert (read.feed.title, read.feed.author) == ("Coast Lights", "Ines Marlow")
    assert read.feed.subtitle == "Stories of lamps & tides."
    assert [entry.itunes_episode for entry in read.entries] == ["8", "7"]
    first = read.entries[1]
    (enclosure,) = first.enclosures
    assert enclosure.href == "https://coast.example/lights/ep_007/episode.mp3"
    assert (enclosure.length, enclosure.type) == ("123456", "audio/mpeg")
    assert first.published == "Mon, 11 Mar 2030 06:00:00 +0000"
    assert first.content[0].value.startswith("<p>How a lens came to the coast.</p>")
    assert not first.guidislink


def test_the_feed_says_where_it_lies_and_its_guid_is_of_that_address() -> None:
    import uuid

    root = ElementTree.fromstring(WHOLE.encode())
    self = root.find("channel/atom:link", NAMES)
    assert self is not None
    assert self.get("href") == "https://coast.example/lights/feed.xml"
    guid = uuid.uuid5(uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6"), "coast.example/lights/feed.xml")
    assert root.findtext("channel/podcast:guid", namespaces=NAMES) == str(guid)


def test_a_show_without_an_address_has_a_valid_feed_that_says_so() -> None:
    text = feed(link="")
    assert missing(text) == []
    assert not feedparser.parse(text).bozo
    assert "<!-- The show has no link yet" in text
    assert "atom:link href" not in text
    assert f'url="{PLACEHOLDER}ep_007/episode.mp3"' in text


@pytest.mark.parametrize("link", ["coast.example/lights", "https://coast.example/", "https://coast.example/li ghts/ü"])
def test_an_address_may_be_written_as_people_do(link: str) -> None:
    assert missing(feed(link=link)) == []


def test_how_an_episode_was_made_is_said_in_its_feed() -> None:
    draft = record_of(parts(7, profile="draft"), Path("/show/ep_007"), Path("/show"))
    item = ElementTree.fromstring(feed_of(show(), [draft], "cover.png")).find("channel/item")
    assert item is not None
    for name in ("description", "content:encoded"):
        said = item.findtext(name, namespaces=NAMES)
        assert "style scores were measured, and held nothing up" in (said or "")


def test_an_empty_show_has_a_feed_without_episodes() -> None:
    assert missing(feed_of(show(), [], "cover.png")) == []


def test_a_category_may_have_one_below_it() -> None:
    text = feed(category="Society & Culture > Documentary")
    (category,) = ElementTree.fromstring(text).findall("channel/itunes:category", NAMES)
    assert [category.get("text"), *(one.get("text") for one in category)] == ["Society & Culture", "Documentary"]


HOSTILE = ("</channel>", "]]>", "<!--", "&amp;", "\x00\x0b", "{{ 7*7 }}", "\ud800", "😀", "ประภาคาร", '"', "\ufffe")
hostile = st.one_of(st.text(max_size=40), st.sampled_from(HOSTILE))


@settings(max_examples=60, deadline=None)
@given(show_text=hostile, author=hostile, episode_text=hostile, note=hostile)
def test_any_text_gives_a_feed_that_is_whole(show_text: str, author: str, episode_text: str, note: str) -> None:
    said = {"title": f"T{show_text}", "author": author, "description": show_text}
    one = Show.model_construct(**show().__dict__ | said)
    (record,) = records(7)
    odd = record.model_copy(update={"summary": episode_text, "note": note, "title": episode_text})
    text = feed_of(one, [odd], "cover.png")
    assert missing(text) == []
    assert text.count("<item>") == 1


def write(folder: Path, number: int) -> None:
    path = folder / f"ep_{number:03}" / "episode.json"
    path.parent.mkdir(parents=True)
    (record,) = [record_of(parts(number), path.parent, folder)]
    path.write_text(record.model_dump_json())


def test_no_episode_is_missing_when_many_are_packaged_at_once(tmp_path: Path) -> None:
    def add(number: int) -> None:
        write(tmp_path, number)
        rebuild_feed(show(), tmp_path, "cover.png")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(1, 33)))
    text = (tmp_path / "feed.xml").read_text()
    assert text.count("<item>") == 32
    assert missing(text) == []


def test_no_episode_is_missing_when_processes_package_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from airing import show\n"
        "from test_podcast_feed import write\n"
        "from tasks.podcast.package import rebuild_feed\n"
        "for number in map(int, sys.argv[3:]):\n"
        "    write(Path(sys.argv[2]), number)\n"
        "    rebuild_feed(show(), Path(sys.argv[2]), 'cover.png')\n"
    )
    given_to = (range(1, 9), range(9, 17))
    command = [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)]
    running = [subprocess.Popen([*command, *map(str, numbers)]) for numbers in given_to]
    assert [one.wait(60) for one in running] == [0, 0]
    assert (tmp_path / "feed.xml").read_text().count("<item>") == 16


def test_a_record_that_cannot_be_read_is_named_and_the_others_are_there(tmp_path: Path) -> None:
    write(tmp_path, 1)
    for name, content in (("ep_002", b"{}"), ("ep_003", b"\xff")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "episode.json").write_bytes(content)
    warnings = rebuild_feed(show(), tmp_path, "cover.png")
    names = [warning.partition(" is not in the feed: ")[0] for warning in warnings]
    assert names == ["The episode 'ep_002'", "The episode 'ep_003'"]
    assert (tmp_path / "feed.xml").read_text().count("<item>") == 1


def test_an_episode_made_again_replaces_itself(tmp_path: Path) -> None:
    write(tmp_path, 1)
    (first,) = read_records(tmp_path)[0]
    later = first.model_copy(update={"published": PUBLISHED.replace(year=2031), "title": "Again"})
    (tmp_path / "a_retry").mkdir()
    (tmp_path / "a_retry" / "episode.json").write_text(later.model_dump_json())
    assert [one.title for one in read_records(tmp_path)[0]] == ["Again"]


def test_a_feed_that_somebody_else_keeps_locked_is_named(tmp_path: Path) -> None:
    with FileLock(tmp_path / ".feed.lock"), pytest.raises(PressroomError, match="FEED_BUSY") as caught:
        rebuild_feed(show(), tmp_path, "cover.png", patience=0.05)
    assert "feed.xml" in caught.value.message
    assert not (tmp_path / "feed.xml").exists()

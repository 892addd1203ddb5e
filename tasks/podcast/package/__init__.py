"""What lies in an episode's folder and in its show's: transcripts, notes, records, cover and feed.

    package_episode, package_apart  write all of it, once the audio is there
    cover_of                        the show's cover, looked at, or drawn
    marks_of                        the chapters of a script, for its audio's tags too

The feed is built from the records in the show's folder, whoever has written them.
"""

from tasks.podcast.package.chapters import chapters_of as chapters_of
from tasks.podcast.package.chapters import marks_of as marks_of
from tasks.podcast.package.cover import cover_of as cover_of
from tasks.podcast.package.feed import rebuild_feed as rebuild_feed
from tasks.podcast.package.making import package_apart as package_apart
from tasks.podcast.package.making import package_episode as package_episode
from tasks.podcast.package.parts import Chapter as Chapter
from tasks.podcast.package.parts import EpisodeParts as EpisodeParts
from tasks.podcast.package.parts import EpisodeRecord as EpisodeRecord
from tasks.podcast.package.parts import Packaged as Packaged

"""Research: what the user's own notes say of a topic, each passage with its place, and the dossier made of it.

find        search a folder of notes for a topic
dossier_of  put the best sentences of what was found into a dossier
"""

from tasks.podcast.research.dossier import check_dossier as check_dossier
from tasks.podcast.research.dossier import dossier_of as dossier_of
from tasks.podcast.research.found import Found as Found
from tasks.podcast.research.found import Passage as Passage
from tasks.podcast.research.notes import find as find
from tasks.podcast.research.notes import find_apart as find_apart

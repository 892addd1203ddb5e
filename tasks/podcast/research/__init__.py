"""Research: what the user's own notes, or the web, say of a topic, and the dossier made of it.

    find, find_apart  search a folder of notes
    web.search_web    ask a search of the web; loads what talks to vendors, so it is imported by itself
    dossier_of        put the best sentences of what was found into a dossier

What is found has the same form wherever it is from; `check_dossier` holds what a model makes of a dossier to it.
"""

from tasks.podcast.research.dossier import check_dossier as check_dossier
from tasks.podcast.research.dossier import dossier_of as dossier_of
from tasks.podcast.research.engines import check_engine as check_engine
from tasks.podcast.research.found import Found as Found
from tasks.podcast.research.found import Passage as Passage
from tasks.podcast.research.notes import find as find
from tasks.podcast.research.notes import find_apart as find_apart

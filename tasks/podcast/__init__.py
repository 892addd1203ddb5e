"""The work of podcasts: research, a script, its gates, the audio, and all that lies in an episode's folder."""

from tasks.podcast import faults as faults

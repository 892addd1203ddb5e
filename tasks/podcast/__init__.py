"""The work of podcasts: research, script, gates, audio, and what lies beside them."""

from tasks.podcast import faults as faults

"""Voices: a text becomes speech on this machine or at a vendor. Shared by kinds, and knows none."""

from tasks.speech import faults as faults

"""The work of fiction: characters, an outline, chapters, their quality, and the book they make."""

from tasks.fiction import faults as faults

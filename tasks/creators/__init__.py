"""The work of creator schedules: a week's plan for each creator, in fourteen phases."""

from tasks.creators import faults as faults

"""The work of the documents kind: configs, generators, requests."""

from tasks.documents import faults as faults

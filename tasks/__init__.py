"""Work: everything a flow calls. Nothing here imports `flows`."""

from tasks import faults as faults

"""Order: what runs after what. One flow a file; the work lies in `tasks`."""

import os

# A program that calls a flow without a server gets one from Prefect, which gives up on it after 20 seconds. On a
# machine that is busy it takes longer to start. Here, because Prefect reads its settings when it is first loaded.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

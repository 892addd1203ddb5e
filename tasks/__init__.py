"""Work: everything a flow calls. Nothing here imports `flows`."""

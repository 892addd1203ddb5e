"""The ledger: the one truth about batches, items and stage runs, and the only SQL."""

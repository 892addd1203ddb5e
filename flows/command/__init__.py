"""The `pressroom` command: one file a command or a part of what it shows.

Nothing here loads Prefect, pydantic or rich before it is needed, so that `status` and `--help` are quick.
"""

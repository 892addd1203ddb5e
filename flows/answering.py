"""Prefect's server, where it does not answer or does not let us in: told as faults of ours, and not as its client's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tasks.errors import fault


@contextmanager
def answering() -> Iterator[None]:
    """Raise NO_SERVER where none answers at the address that Prefect is set to, SERVER_UNAUTHORIZED where it refuses.

    Whoever only loads this does not load Prefect.
    """
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise fault("NO_SERVER", at=f" at {_address()!r}") from error
    except httpx.HTTPStatusError as error:
        if error.response.status_code != httpx.codes.UNAUTHORIZED:
            raise
        raise fault("SERVER_UNAUTHORIZED", url=_address()) from error


def _address() -> str:
    from prefect.settings import get_current_settings

    return get_current_settings().api.url or ""

"""Prefect's server, where it does not answer, refuses or fails: told as faults of ours, and not as its client's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tasks.errors import fault


@contextmanager
def answering() -> Iterator[None]:
    """Raise NO_SERVER where none answers at the address that Prefect is set to, SERVER_UNAUTHORIZED where it refuses.

    SERVER_ERROR where it answers that it fails, as without its database. Whoever only loads this does not load Prefect.
    """
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise fault("NO_SERVER", at=f" at {_address()!r}") from error
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        if status == httpx.codes.UNAUTHORIZED:
            raise fault("SERVER_UNAUTHORIZED", url=_address()) from error
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise fault("SERVER_ERROR", url=_address(), status=status) from error
        raise


def _address() -> str:
    from prefect.settings import get_current_settings

    return get_current_settings().api.url or ""

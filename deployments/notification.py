"""The block that holds where persons are told: Slack, e-mail, a webhook, whatever Apprise knows an address for.

The address is a secret. It is read from the environment once, when it is put on the server, and is never shown;
runs know the block by its name only.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from prefect.blocks.notifications import SlackWebhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.exceptions import ObjectNotFound
from pydantic import SecretStr

from tasks.settings import NOTIFY_ADDRESS

NAME = "pressroom"
SLUG = "slack-webhook"
"""Prefect's block for Slack hands its address to Apprise as it is, and so serves for all that Apprise knows. Another
class of ours would not be known to the server, which sends the automations' notifications."""
SORT: Literal["failure"] = "failure"
"""What the server tells by it, which is of crashes only; runs say of each notification what it is of."""


@dataclass(frozen=True)
class Address:
    """Where persons are told, as a block on the server."""

    url: str

    @property
    def name(self) -> str:
        """What it is called where changes are told."""
        return f"block '{SLUG}/{NAME}'"

    def difference(self, client: SyncPrefectClient) -> str:
        """Say how it differs, without its words."""
        if self.block_id(client) is None:
            return "is not there"
        document = client.read_block_document_by_name(NAME, SLUG, include_secrets=True)
        if document.data.get("url") != self.url:
            return "holds another address"
        sort = document.data.get("notify_type")
        return "" if sort == SORT else f"tells of crashes as {sort!r}, not {SORT!r}"

    def make(self, client: SyncPrefectClient) -> None:
        """Save it."""
        SlackWebhook(url=SecretStr(self.url), notify_type=SORT).save(NAME, overwrite=True)

    def block_id(self, client: SyncPrefectClient) -> UUID | None:
        """Its id on the server; None where it is not there."""
        try:
            return client.read_block_document_by_name(NAME, SLUG).id
        except ObjectNotFound:
            return None


def address() -> Address | None:
    """Return where the environment says that persons are told; None where it says nothing."""
    url = os.environ.get(NOTIFY_ADDRESS, "").strip()
    return Address(url) if url else None

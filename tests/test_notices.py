"""Who is told what: one event and one notification for each reason, and none that fails or hangs harms a batch."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from apprise.plugins.slack import NotifySlack
from hearing import receiving
from kinds import FakeItem, run_batch
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.notifications import SlackWebhook
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.events.filters import EventFilter, EventNameFilter, EventResourceFilter
from pydantic import SecretStr

from deployments import notification
from deployments.notification import NAME, SLUG, Address
from flows.command.hosts import free_port
from tasks import notices as module
from tasks.errors import BatchFailed, PressroomError
from tasks.notices import Notices, notices, noticing
from tasks.settings import settings

SECRET = "https://hooks.example/very-secret"
KIND = f"notefile-{uuid4().hex[:8]}"
"""Kind of the blocks of this process, which shares its server with others."""


class NoteFile(NotificationBlock):
    """Writes down whom it tells what; `how` says whether it comes to that."""

    _block_type_name = _block_type_slug = KIND
    path: Path
    how: str = "well"

    async def notify(self, body: str, subject: str | None = None) -> None:
        """Tell it."""
        if self.how == "breaks":
            raise ConnectionError(f"no answer from {SECRET}")
        if self.how == "hangs":
            await asyncio.sleep(60)
        with self.path.open("a") as file:
            file.write(f"{subject} | {body}\n")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: None) -> Path:
    """A file in which notifications end up."""
    path = tmp_path / "told.txt"
    for how in ("well", "breaks", "hangs"):
        NoteFile(path=path, how=how).save(how, overwrite=True)
    monkeypatch.setenv("PRESSROOM_NOTIFY", f"{KIND}/well")
    settings.cache_clear()
    return path


def use(monkeypatch: pytest.MonkeyPatch, block: str) -> None:
    monkeypatch.setenv("PRESSROOM_NOTIFY", block)
    settings.cache_clear()


def seen(event: str, batch_id: str) -> int:
    """How many events of a name the server has of a batch, once it has any."""
    resource = EventResourceFilter(id=[f"pressroom.batch.{batch_id}"])
    wanted = EventFilter(event=EventNameFilter(name=[event]), resource=resource)
    until = time.monotonic() + 60
    found = 0
    while not found and time.monotonic() < until:
        with get_client(sync_client=True) as client:
            found = len(client.read_events(wanted, limit=10).events)
        time.sleep(0.1)
    return found


def test_each_reason_is_told_once_from_whatever_thread(told: Path) -> None:
    with noticing("b", "fake") as opened:
        threads = [threading.Thread(target=opened.warn, args=("budget", "80 % of it is spent.")) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        opened.escalate("failures", "5 of 5 failed.")
        assert notices() is opened
    assert sorted(told.read_text().splitlines()) == [
        "Batch b: budget | 80 % of it is spent.",
        "Batch b: failures | 5 of 5 failed.",
    ]
    assert notices() is not opened


def test_a_batch_in_trouble_sends_one_event_and_one_notification(recorded: None, told: Path, tmp_path: Path) -> None:
    given = [FakeItem(item_id=f"i{number}", ends={"draft": ["tried_out"]}) for number in range(12)]
    with pytest.raises(BatchFailed):
        run_batch("trouble", given, tmp_path, max_parallel=1, window=1, on_failures="stop")
    assert seen("batch.escalated", "trouble") == 1
    text = "5 of 5 finished items failed, most of them with TEMPORARY_ERROR."
    trouble, end = told.read_text().splitlines()
    assert trouble == f"Batch trouble: too many failures of the batch | {text}"
    assert end.startswith("Batch trouble: stopped | ")


def test_a_webhook_is_sent_subject_and_text(prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as (port, heard):
        url = f"http://127.0.0.1:{port}/hook"
        Webhook(url=SecretStr(url), allow_private_urls=True).save("quay", overwrite=True)
        use(monkeypatch, "webhook/quay")
        with noticing("b", "fake") as opened:
            opened.warn("budget", "80 % of it is spent.")
    assert heard == [{"subject": "Batch b: budget", "text": "80 % of it is spent."}]


def test_one_that_breaks_or_is_not_there_is_logged_without_its_own_words(
    told: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "pressroom")
    for block, error in ((f"{KIND}/breaks", "ConnectionError"), (f"{KIND}/nobody", "ValueError")):
        use(monkeypatch, block)
        with noticing("b", "fake") as opened:
            opened.escalate("failures", "5 of 5 failed.")
        assert caplog.messages[-1] == f"Batch b: failures: 5 of 5 failed. ('{block}' could not be notified: {error})"
    assert not any(SECRET in message for message in caplog.messages)
    assert not told.exists()


def test_one_that_hangs_holds_nothing_up(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, f"{KIND}/hangs")
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.5)
    opened = Notices("b", "fake")
    opened.escalate("failures", "5 of 5 failed.")
    opened.close()
    assert not told.exists()


def test_without_a_block_it_goes_to_the_log(caplog: pytest.LogCaptureFixture, prefect_server: None) -> None:
    caplog.set_level(logging.WARNING, "pressroom")
    Notices("b", "fake").warn("budget", "80 % of it is spent.")
    # A notification of another test may end in between.
    assert [text for text in caplog.messages if "budget" in text] == ["Batch b: budget: 80 % of it is spent."]


def test_a_name_that_is_no_blocks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "slack")
    with pytest.raises(PressroomError, match="PRESSROOM_NOTIFY is 'slack', not a block"):
        settings()


def through(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell something by the block that `pressroom deploy` makes of an address."""
    with get_client(sync_client=True) as client:
        Address(address).make(client)
    use(monkeypatch, f"{SLUG}/{NAME}")
    with noticing("spring", "fake") as opened:
        opened.escalate("too many failures", "5 of 5 finished items failed.")


class Postbox:
    """Takes e-mails."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        """Take one."""
        parsed = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(parsed, EmailMessage)
        self.taken.append((envelope.rcpt_tos, parsed))
        return "250 taken"


def test_an_address_of_a_webhook_is_sent_title_and_text(prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as (port, heard):
        through(f"json://127.0.0.1:{port}/hook", monkeypatch)
    (document,) = heard
    assert document["title"] == "Batch spring: too many failures"
    assert document["message"] == "5 of 5 finished items failed."


@pytest.fixture
def own(prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a block for an address that no other process changes."""
    name = f"told-{uuid4().hex[:8]}"
    monkeypatch.setattr(notification, "NAME", name)
    return name


def test_an_address_is_told_what_each_notification_is_of_and_by_the_server_of_failures(
    own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"{SLUG}/{own}")
    with receiving() as (port, heard):
        with get_client(sync_client=True) as client:
            Address(f"json://127.0.0.1:{port}/hook").make(client)
        opened = Notices("spring", "fake")
        opened.escalate("escalated", "5 of 5 failed.")
        opened.warn("warned", "80 % of it is spent.")
        opened.complete("succeeded", "2 of 2", "success")
        opened.close()
        block = SlackWebhook.load(own)
        assert isinstance(block, SlackWebhook)
        block.notify("Its process is gone.", "crashed")
    told = {document["title"].removeprefix("Batch spring: "): document["type"] for document in heard}
    assert told == {"escalated": "failure", "warned": "warning", "succeeded": "success", "crashed": "failure"}


@pytest.mark.parametrize(
    ("ends", "sorts"), [([], ["success"]), (["tried_out"], ["failure"])], ids=["succeeded", "failed"]
)
def test_the_end_of_a_batch_is_told_as_what_it_is(
    own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: list[str], sorts: list[str]
) -> None:
    use(monkeypatch, f"{SLUG}/{own}")
    with receiving() as (port, heard), suppress(BatchFailed):
        with get_client(sync_client=True) as client:
            Address(f"json://127.0.0.1:{port}/hook").make(client)
        run_batch("ending", [FakeItem(item_id="one", ends={"draft": ends})], tmp_path)
    assert [document["type"] for document in heard] == sorts


def test_a_block_that_tells_crashes_as_something_else_is_made_as_it_is_wanted(own: str) -> None:
    address = Address("json://127.0.0.1:9/hook")
    SlackWebhook(url=SecretStr(address.url)).save(own)
    with get_client(sync_client=True) as client:
        assert address.difference(client) == "tells of crashes as 'info', not 'failure'"
        address.make(client)
        assert address.difference(client) == ""


def test_an_address_of_slack_is_sent_what_slack_reads(prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as (port, heard):
        # Only where it is sent to differs from Slack's own.
        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{port}/services")
        through("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7", monkeypatch)
    (document,) = heard
    (attachment,) = document["attachments"]
    assert attachment["title"] == "Batch spring: too many failures"
    assert attachment["text"] == "5 of 5 finished items failed."


def test_an_address_of_a_mailbox_is_sent_an_e_mail(prefect_server: None, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Postbox()
    port = free_port("127.0.0.1")
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        through(f"mailto://127.0.0.1:{port}?from=press@quay.example&to=ines@quay.example", monkeypatch)
    finally:
        server.stop()
    ((receivers, message),) = box.taken
    assert receivers == ["ines@quay.example"]
    assert message["Subject"] == "Batch spring: too many failures"
    assert "5 of 5 finished items failed." in message.as_string()

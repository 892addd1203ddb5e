"""A certificate says what a schedule was found to be, and whether it was changed since."""

from __future__ import annotations

import json
from typing import Any

import weeks
from hypothesis import given
from hypothesis import strategies as st

from tasks.creators.certificate import Certificate, certify, is_genuine, signed_bytes
from tasks.creators.findings import Anomalies, Anomaly, Consensus, Dimensions, Judged, Quality, Verdict
from tasks.creators.week_plan import Relaxation

SCHEDULE: dict[str, Any] = {
    "schedule_id": "sched-1",
    "generated_at": "2030-03-01T10:00:00Z",
    "creator_id": "alma",
    "posts": [{"post_id": "0-01", "copy_text": "Which bowl — this or that?", "value": 12.5, "price": None}],
    "quality": {"score": 91.0, "violations": []},
    "certificate": None,
}


def judged(**fields: Any) -> Judged:
    """A verdict on a good week."""
    quality = Quality(
        status=Verdict.APPROVED,
        score=91.0,
        primary=92.0,
        expert=90.0,
        consensus=Consensus.FULL_CONSENSUS,
        confidence=0.95,
        dimensions=Dimensions(compliance=90, value=90, authenticity=90, engagement=90, retention=90),
        thresholds=(85, 70),
    )
    return Judged(plan=weeks.plan(weeks.known()), quality=quality.model_copy(update=fields))


def certified(schedule: dict[str, Any] = SCHEDULE, odd: Anomalies | None = None, **fields: Any) -> Certificate:
    odd = odd or Anomalies()
    return certify(signed_bytes(schedule), judged(**fields), odd, subject="alma, week of 2030-03-04", items=1)


def changed(place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The schedule with another value at one place."""
    copied: dict[str, Any] = json.loads(json.dumps(SCHEDULE))
    inner: Any = copied
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    return copied


def test_a_schedule_is_genuine_as_it_was_made_whatever_the_order_of_its_fields() -> None:
    certificate = certified()
    assert certificate.signature.startswith("sha256:")
    assert len(certificate.signature) == len("sha256:") + 64
    assert is_genuine(certificate, signed_bytes(SCHEDULE))
    assert is_genuine(certificate, signed_bytes(dict(reversed(SCHEDULE.items()))))
    read_again = json.loads(json.dumps(SCHEDULE | {"certificate": certificate.model_dump(mode="json")}))
    assert is_genuine(Certificate.model_validate(read_again["certificate"]), signed_bytes(read_again))


@given(
    st.sampled_from(
        [("creator_id",), ("posts", 0, "value"), ("posts", 0, "copy_text"), ("quality", "score"), ("posts",), ("new",)]
    ),
    st.one_of(st.integers(), st.text(), st.floats(allow_nan=False, allow_infinity=False), st.lists(st.integers())),
)
def test_whatever_is_changed_is_noticed(place: tuple[Any, ...], value: Any) -> None:
    other = changed(place, value)
    assert is_genuine(certified(), signed_bytes(other)) is (other == SCHEDULE and _same_types(other))


def _same_types(other: dict[str, Any]) -> bool:
    return json.dumps(other) == json.dumps(SCHEDULE)


def test_the_certificate_itself_cannot_be_changed_but_for_when_it_was_made() -> None:
    certificate = certified()
    for name, value in (("status", "REJECTED"), ("score", 99.0), ("items_validated", 2), ("subject", "bruno")):
        assert not is_genuine(certificate.model_copy(update={name: value}), signed_bytes(SCHEDULE)), name
    assert is_genuine(certificate.model_copy(update={"timestamp": "2031-01-01"}), signed_bytes(SCHEDULE))


def test_two_makings_of_the_same_schedule_have_the_same_signature() -> None:
    again = SCHEDULE | {"schedule_id": "sched-2", "generated_at": "2030-03-02T10:00:00Z", "certificate": {"old": 1}}
    assert certified(again).signature == certified().signature


def test_it_says_what_was_checked_and_what_was_broken() -> None:
    good = certified()
    assert (good.status, good.score, good.items_validated, good.violations) == ("APPROVED", 91.0, 1, {})
    assert all(good.checks.values())
    broken = certified(
        status=Verdict.REJECTED,
        consensus=Consensus.REJECTED,
        violations=["quarter: 0-01 Monday 10:15", "quarter: 1-01 Tuesday 10:15", "copy: 2-01 is not known"],
    )
    assert broken.violations == {"quarter": 2, "copy": 1}
    assert not broken.checks["rules_hold"]
    assert not broken.checks["judges_agree"]


def test_it_says_what_holds_in_the_end_and_not_only_what_the_judges_said() -> None:
    odd = Anomalies(found=[Anomaly(severity="HIGH", what="A post is to bring 300 USD, and 20 were usual.")])
    found = certified(odd=odd)
    assert (found.status, found.checks["nothing_odd"]) == ("NEEDS_REVIEW", False)


def test_relaxed_rules_and_missing_copy_are_checks_that_did_not_pass() -> None:
    given_up = judged()
    given_up.plan.relaxed = [Relaxation(phase="timing", rule="spacing_minutes", wanted="45", held="30")]
    given_up.plan.posts[0].needs_manual_copy = True
    checks = certify(b"{}", given_up, Anomalies(), subject="alma", items=1).checks
    assert (checks["no_rule_relaxed"], checks["copy_complete"], checks["rules_hold"]) == (False, False, True)

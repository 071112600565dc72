"""submission_created in the Canvas form (canvas-live-events.md 1.2 to 1.7, 2.2 to 2.4)."""
import re
from urllib.parse import urlsplit

import pytest

from support.checks import data_of, is_uuid
from support.edlink import Caller, file, link, local, text

SHARD = 10**13

# canvas-live-events.md 1.2: a request with a token, by a student in a course
METADATA = {
    "event_name", "event_time", "producer", "root_account_id", "root_account_uuid",
    "root_account_lti_guid", "user_id", "user_login", "user_account_id", "user_sis_id", "time_zone",
    "developer_key_id", "context_type", "context_id", "context_account_id",
    "context_sis_source_id", "context_role", "request_id", "session_id", "hostname", "http_method",
    "url", "referrer", "user_agent", "client_ip"}

# canvas-live-events.md 2.4
BODY = {
    "submission_id", "assignment_id", "user_id", "lti_user_id", "lti_assignment_id", "group_id",
    "attempt", "submission_type", "body", "url", "grade", "score", "submitted_at", "graded_at",
    "updated_at", "posted_at", "late", "missing", "workflow_state"}


def only(admin, student):
    [event] = admin.events_of(student)
    return event


def test_complete(server, student, admin):
    reply = student.submit(headers={"User-Agent": "essay-app/1.0"})
    event = only(admin, student)
    assert set(event) == {"metadata", "body"}  # 1.1
    meta, body = event["metadata"], event["body"]
    assert set(meta) == METADATA
    assert set(body) == BODY

    assert meta["event_name"] == "submission_created"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", meta["event_time"])  # 1.6
    assert meta["producer"] == "canvas"
    assert meta["context_type"] == "Course"
    assert meta["context_role"] == "StudentEnrollment"
    assert meta["request_id"] == reply.json()["$request"]
    assert is_uuid(meta["request_id"])
    assert re.fullmatch(r"[0-9a-f]+", meta["session_id"])
    assert meta["hostname"] == "127.0.0.1"
    assert meta["http_method"] == "POST"
    assert meta["url"] == f"{server.base_url}{student.place()}/submit"
    assert meta["referrer"] is None
    assert meta["user_agent"] == "essay-app/1.0"
    assert meta["client_ip"] == "127.0.0.1"
    for name in ("root_account_uuid", "root_account_lti_guid", "user_login", "user_sis_id",
                 "time_zone", "context_sis_source_id"):
        assert isinstance(meta[name], str) and meta[name], name

    assert body["attempt"] == 1
    assert body["workflow_state"] == "submitted"
    assert body["submission_type"] == "online_upload"
    assert body["late"] is False and body["missing"] is False
    for name in ("grade", "score", "graded_at", "group_id", "body", "url", "posted_at"):
        assert body[name] is None, name  # 1.5: emit null
    for name in ("submitted_at", "updated_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body[name])  # 1.6


def test_ids(server, student, admin):
    # 1.4: strings of digits, global = shard x 10^13 + local; DESIGN 5.3: a submission's number
    data_of(student.submit())
    event = only(admin, student)
    meta, body = event["metadata"], event["body"]
    canvas = server.demo["canvas"]
    globals_ = [meta[name] for name in ("root_account_id", "user_id", "user_account_id",
                                        "developer_key_id", "context_id", "context_account_id")]
    globals_ += [body[name] for name in ("submission_id", "assignment_id", "user_id")]
    assert all(re.fullmatch(r"[1-9]\d{13,17}", value) for value in globals_), globals_
    assert len({int(value) // SHARD for value in globals_}) == 1

    assert local(body["user_id"]) == local(meta["user_id"]) == student.user_id
    assert local(body["assignment_id"]) == int(canvas["assignment_id"])
    assert local(meta["context_id"]) == int(canvas["course_id"])
    assert local(body["submission_id"]) == int(canvas["assignment_id"]) * 10**6 + student.user_id
    assert type(body["attempt"]) is int


def test_request_as_it_was(student, admin):
    data_of(student.submit(key="k 1", headers={"Referer": "https://app.example/essay?x=1"}))
    meta = only(admin, student)["metadata"]
    assert meta["referrer"] == "https://app.example/essay?x=1"
    assert urlsplit(meta["url"]).query in ("%24idempotency=k+1", "$idempotency=k+1")
    assert student.token not in str(meta)


@pytest.mark.parametrize("attachments, kind", [
    ([file("a", b"a")], "online_upload"), ([text("<b>My</b> essay")], "online_text_entry"),
    ([link("https://example.org/work")], "online_url")])
def test_submission_type(student, admin, attachments, kind):
    # 2.9 by way of 2.4
    data_of(student.submit(*attachments))
    body = only(admin, student)["body"]
    assert body["submission_type"] == kind
    assert body["body"] == ("<b>My</b> essay" if kind == "online_text_entry" else None)
    assert body["url"] == ("https://example.org/work" if kind == "online_url" else None)


def truncated(words, limit=8192):
    """1.7, in code points."""
    if len(words) <= limit:
        return words
    space = words.rfind(" ", 0, limit - 3 + 1)
    return words[:space if space >= 0 else limit - 3] + "..."


@pytest.mark.parametrize("words", [
    "x" * 8192, "x" * 8193, "word " * 2000, "😀" * 8192, "😀" * 8193, "é中 😀 " * 3000,
    " " + "x" * 9000, "x" * 8189 + " " + "y" * 100, "x" * 8190 + " " + "y" * 100,
    "line\n" * 2000])
def test_long_body_is_cut(student, admin, words):
    data_of(student.submit(text(words)))
    assert only(admin, student)["body"]["body"] == truncated(words)


def test_one_for_each_attempt_in_order(student, admin):
    # 2.2: submits or re-submits; Canvas has no event for a reclaim
    for number in range(1, 4):
        data_of(student.submit(file("a", b"%d" % number)))
        assert [event["body"]["attempt"] for event in admin.events_of(student)] == list(
            range(1, number + 1))
        data_of(student.reclaim())
        assert len(admin.events_of(student)) == number
    assert len({event["body"]["submission_id"] for event in admin.events_of(student)}) == 1
    assert {event["metadata"]["event_name"] for event in admin.events_of(student)} == {
        "submission_created"}


def test_late(student, admin, others):
    data_of(student.submit(to=others["late"]))
    body = only(admin, student)["body"]
    assert (body["late"], body["missing"]) == (True, False)


def test_refusals_emit_nothing(student, admin):
    student.submit({"type": "text"})
    student.reclaim()
    assert admin.events_of(student) == []


def test_reading_in_pages(new_student, admin):
    # DESIGN 7
    for _ in range(5):
        data_of(new_student().submit())
    everything = admin.events(limit=1000)
    numbers = [event["sequence"] for event in everything]
    assert numbers == sorted(set(numbers))
    assert admin.events(limit=2) == everything
    middle = everything[-4]["sequence"]
    page = admin.read_events(after=middle, limit=2).json()
    assert page["events"] == everything[-3:-1]
    assert page["next"] == page["events"][-1]["sequence"]
    last = admin.read_events(after=numbers[-1]).json()
    assert last == {"events": [], "next": numbers[-1]}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": -1}, {"limit": "x"}, {"after": "x"},
                                   {"after": -1}, {"after": "99999999999999999999"}])
def test_wrong_parameters(admin, query):
    reply = admin.read_events(**query)
    assert reply.status_code == 400
    assert "events" not in reply.json()


def test_large_limit_is_bounded(admin):
    reply = admin.read_events(limit=10**9)
    assert reply.status_code in (200, 400)


def test_only_for_the_admin(server, student, teacher):
    integration = server.demo["edlink"]["integration_token"]
    for token, statuses in [(None, {401}), ("wrong", {401}), (student.token, {401, 403}),
                            (teacher.token, {401, 403}), (integration, {401, 403}),
                            (student.refresh_token, {401, 403})]:
        reply = Caller(server, token).get("/api/handin/v1/events")
        assert reply.status_code in statuses
        assert "payload" not in reply.text

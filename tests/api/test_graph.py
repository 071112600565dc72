"""The Graph API: a program that stands for the school (edlink.md 4.2)."""
import json
import sqlite3
import uuid
from datetime import datetime, timedelta, timezone

import pytest

from support.access import Desk
from support.checks import data_of, envelope, refusal_of
from support.deadlines import due_in, is_late, wait_until
from support.edlink import HELLO, Caller, Person, file, link, text
from support.edlink import local
from support.receipts import HEADER


class Program(Caller):
    """Holder of the demo school's integration token."""

    def __init__(self, server):
        super().__init__(server, server.demo["edlink"]["integration_token"])
        self.school = f"/api/v2/graph/classes/{self.demo['edlink']['class_id']}"

    def place(self, assignment=None, klass=None):
        return super().place(assignment, klass).replace("/my/", "/graph/")

    def of(self, student, to=None):
        """Somebody's submission, as their path."""
        return f"{self.place(to)}/submissions/{student.person_id}"


@pytest.fixture(scope="module")
def program(server):
    return Program(server)


def names_of(events):
    return [event["metadata"]["event_name"] for event in events]


def test_each_tree_has_its_token(program, student):
    # edlink.md 1.1, 2.4
    for caller, path in ((student, "/api/v2/graph/classes"), (program, "/api/v2/my/classes"),
                         (program, "/api/v2/my/profile")):
        message = refusal_of(caller.get(path), "INVALID_TOKEN", 401)["message"]
        assert message.startswith("You must supply a valid access token to access this endpoint.")
    data_of(program.get("/api/v2/graph/classes"))
    unknown = str(uuid.uuid4())
    message = refusal_of(program.get(f"/api/v2/graph/schools/{unknown}"), "NOT_FOUND")["message"]
    assert message == f"School with id {unknown} not found for this integration."
    message = refusal_of(student.get(f"/api/v2/my/schools/{unknown}"), "NOT_FOUND")["message"]
    assert message == f"School with id {unknown} not found for this person."


def test_classes_and_coursework_read_as_for_people(program, teacher, new_student):
    worker = new_student()
    handed_in = data_of(worker.submit(text("Mine"), HELLO))
    own = data_of(teacher.get(teacher.place().rsplit("/", 2)[0]))
    assert own in program.listed("/api/v2/graph/classes")
    assert data_of(program.get(program.school)) == own
    assert program.listed(program.school + "/assignments") == teacher.listed(
        teacher.place().rsplit("/", 1)[0])
    assert data_of(program.get(program.place())) == data_of(teacher.get(teacher.place()))
    seen = data_of(program.get(f"{program.place()}/submissions/{handed_in['id']}"))
    # edlink.md 3.1, 8: in Graph the latest attachments, and the attempts too
    assert seen["attachments"] == seen["attempts"][-1]["attachments"]
    assert seen["person_id"] == worker.person_id
    assert seen in program.listed(program.place() + "/submissions")
    [words, bytes_] = seen["attachments"]
    assert words["text"] == "Mine"
    assert "/api/v2/graph/" in bytes_["url"]
    assert program.get(bytes_["url"]).content == b"hello\n"
    refusal_of(worker.get(bytes_["url"]), "INVALID_TOKEN", 401)


def test_assignments(program, student):
    body = {"title": "By a program", "description": "d", "due_date": "2099-01-01T00:00:00Z",
            "grading_type": "points", "submission_types": ["text"]}
    made = data_of(program.post(program.school + "/assignments", json=body))
    assert data_of(student.get(student.place(made["id"]))) == made
    path = program.place(made["id"])
    assert data_of(program.patch(path, json={"title": "Other"}))["title"] == "Other"
    assert set(envelope(program.delete(path))) == {"$request"}
    refusal_of(program.get(path), "NOT_FOUND")


def test_a_patch_does_everything(program, student, admin):
    key = str(uuid.uuid4())
    body = {"attachments": [file("a.txt", b"abc"), link()], "state": "submitted"}
    for warnings in ([], ["IDEMPOTENCY_KEY_REPEATED"]):  # by the student's id
        reply = program.patch(program.of(student), json=body, headers={"Idempotency-Key": key})
        handed_in = data_of(reply, warnings)
        assert handed_in["state"] == "submitted"
        assert len(handed_in["attempts"]) == 1
    assert student.submission()["attempts"][0]["created_date"]
    assert student.get(student.submission()["attempts"][0]["attachments"][0]["url"]).content == b"abc"
    by_id = f"{program.place()}/submissions/{handed_in['id']}"  # by the submission's
    graded = data_of(program.patch(by_id, json={"grade_points": 7, "grade_comment": "Good"}))
    assert (graded["grade_points"], graded["grade_comment"]) == (7, "Good")
    assert "grader_id" not in graded
    returned = data_of(program.patch(by_id, json={"state": "returned"}))
    assert returned["state"] == "returned"
    told = [event for event in admin.events_of(student)]
    assert names_of(told)[:3] == ["submission_created", "submission_updated", "grade_change"]
    assert "user_id" not in told[0]["metadata"]  # canvas-live-events.md 1.3: no person did it
    assert told[0]["metadata"]["developer_key_id"]
    assert local(told[0]["body"]["user_id"]) == student.user_id


def test_taking_back(program, student):
    data_of(student.submit(text()))
    taken = data_of(program.patch(program.of(student), json={"state": "reclaimed"}))
    assert taken["state"] == "reclaimed"
    refusal_of(program.patch(program.of(student), json={"state": "reclaimed"}), "UNSUPPORTED_OPERATION")
    both = {"attachments": [text("Again")], "state": "submitted", "grade_points": 3}
    again = data_of(program.patch(program.of(student), json=both))
    assert (again["state"], len(again["attempts"]), again["grade_points"]) == ("submitted", 2, 3)
    # edlink.md 3.6: the rules of a submit are the student's
    refusal_of(program.patch(program.of(student), json=both), "UNSUPPORTED_OPERATION")


@pytest.mark.parametrize("body, code", [
    ([], "INVALID_REQUEST_BODY"),
    ({"state": "created"}, "INVALID_REQUEST_BODY"),
    ({"state": 1}, "INVALID_REQUEST_BODY"),
    ({"state": "submitted"}, "MISSING_REQUIRED_FIELD"),
    ({"attachments": [text()]}, "MISSING_REQUIRED_FIELD"),
    ({"attachments": [], "state": "submitted"}, "MISSING_REQUIRED_FIELD"),
    ({"attachments": "x", "state": "submitted"}, "INVALID_REQUEST_BODY"),
    ({"attachments": [{"type": "lti"}], "state": "submitted"}, "INVALID_SUBMISSION_TYPE"),
    ({"rubric_grade": {}}, "UNSUPPORTED_OPERATION"),
    ({"grade_points": "many"}, "INVALID_REQUEST_BODY"),
    ({"state": "returned"}, "UNSUPPORTED_OPERATION"),  # nothing there to give back
])
def test_a_patch_that_is_refused(program, student, body, code):
    refusal_of(program.patch(program.of(student), json=body), code)
    assert student.submission()["attempts"] == []


def test_a_patch_of_nobody(program, student, others):
    refusal_of(program.patch(f"{program.place()}/submissions/{uuid.uuid4()}", json={}), "NOT_FOUND")
    refusal_of(program.patch(f"{program.place()}/submissions/x", json={}), "INVALID_UUID")
    refusal_of(program.patch(program.of(student), data="x" * (5 << 20)), "INVALID_REQUEST_BODY", 413)
    refusal_of(program.patch(program.of(student, str(uuid.uuid4())), json={}), "NOT_FOUND")
    closed = program.patch(program.of(student, others["closed"]), json={
        "attachments": [text()], "state": "submitted"})
    refusal_of(closed, "UNSUPPORTED_OPERATION")


def test_files(program, student):
    path = program.school + "/files"
    sent = data_of(program.post(path, json={"title": "big.bin", "data": [1, 2, 255], "size": 3}))
    assert (sent["type"], sent["title"], sent["size"]) == ("file", "big.bin", 3)
    assert program.get(sent["url"]).content == b"\x01\x02\xff"
    handed_in = data_of(program.patch(program.of(student), json={
        "state": "submitted", "attachments": [{"type": "file", "upload_id": sent["id"]}]}))
    assert handed_in["attachments"][0]["title"] == "big.bin"
    assert program.get(handed_in["attachments"][0]["url"]).content == b"\x01\x02\xff"
    large = bytes(range(256)) * 400
    sent = data_of(program.post(path, json={"title": "l", "data": list(large), "size": 1}),
                   ["FILE_SIZE_IGNORED"])
    assert program.get(sent["url"]).content == large
    refusal_of(student.get(sent["url"]), "INVALID_TOKEN", 401)
    refusal_of(program.get(f"{path}/{uuid.uuid4()}/download"), "NOT_FOUND")
    for body, code in (({"title": "x"}, "MISSING_REQUIRED_FIELD"), ({"data": [1]}, "MISSING_REQUIRED_FIELD"),
                       ({"title": "x", "data": [256]}, "INVALID_REQUEST_BODY"), ([], "INVALID_REQUEST_BODY")):
        refusal_of(program.post(path, json=body), code)
    refusal_of(program.post(path, data='{"title":"x","data":[1]},{"title":"y","data":[1]}'),
               "INVALID_REQUEST_BODY")
    refusal_of(program.post(f"/api/v2/graph/classes/{uuid.uuid4()}/files", json={}), "NOT_FOUND")


# edlink.md 1.1: good while active or paused
def test_a_disabled_integration(new_server):
    from support.edlink import Admin
    server = new_server("--students", 2).start()
    program, admin = Program(server), Admin(server)
    [app] = admin.get("/api/handin/v1/integrations").json()["integrations"]
    for state in ("disabled", "active"):
        reply = admin.patch(f"/api/handin/v1/integrations/{app['id']}", json={"state": state})
        assert reply.status_code == 200, reply.text
        answer = program.get("/api/v2/graph/classes")
        if state == "disabled":
            refusal_of(answer, "INVALID_INTEGRATION_STATE")
        else:
            data_of(answer)


HANDS_IN = {"state": "submitted", "attachments": [text("Mine")]}


# What is wrong with the marks is said before anything is done (docs/edlink.md)
@pytest.mark.parametrize("marks, code", [
    ({"extra_attempts": -5}, "INVALID_REQUEST_BODY"), ({"grade": "no such grade"}, "INVALID_REQUEST_BODY"),
    ({"grade_comment": "x" * (70 << 10)}, "INVALID_REQUEST_BODY"),
    ({"override_due_date": "1990-01-01T00:00:00Z", "grade": "x"}, "INVALID_REQUEST_BODY")])
def test_marks_that_are_refused_leave_no_work(program, student, admin, marks, code):
    reply = program.patch(program.of(student), json=HANDS_IN | marks)
    assert reply.status_code == 400 and reply.json()["$errors"], reply.text
    assert student.submission()["attempts"] == []
    assert admin.events_of(student) == []
    data_of(student.submit())
    reply = program.patch(program.of(student), json={"state": "reclaimed"} | marks)
    assert reply.status_code == 400 and reply.json()["$errors"], reply.text
    assert student.submission()["state"] == "submitted"
    assert names_of(admin.events_of(student)) == ["submission_created"]


def test_who_may_not_mark_hands_in_nothing_with_marks(program, student):
    desk = Desk(program)
    ours = program.demo["edlink"]["client_id"]
    [app] = [each for each in desk.listed("integrations") if each["client_id"] == ours]
    grant = desk.ask("POST", "/grants", 201, holder="integration", owner=app["id"],
                     permission="Feedback.Manage", scope="account", effect="deny")
    try:
        refusal_of(program.patch(program.of(student), json=HANDS_IN | {"grade_points": 1}), "NO_PERMISSION")
        assert student.submission()["attempts"] == []
        data_of(program.patch(program.of(student), json=HANDS_IN))
    finally:
        desk.ask("DELETE", f"/grants/{grant['id']}", 204)


def test_a_patch_that_hands_in_has_a_receipt(program, student):
    for extra in ({}, {"grade_points": 1}):
        reply = program.patch(program.of(student), json=HANDS_IN | extra)
        data_of(reply)
        receipt = student.get(reply.headers[HEADER]).json()
        assert receipt["statement"]["attempt_id"] in reply.headers[HEADER]
        assert HEADER not in program.patch(program.of(student), json={"state": "reclaimed"}).headers


def many_values(megabytes):
    """A body that is far larger once it is parsed."""
    return '{"state":"submitted","attachments":[1' + ",1" * (megabytes << 19) + "]}"


def test_parsed_bodies_are_counted_and_who_is_turned_away_is_not_late(new_server):
    server = new_server("--max-body-memory", 24 << 20)
    due = due_in(server, 4)
    program, prompt, dawdler = Program(server), Person(server, 0), Person(server, 1)
    reply = program.patch(program.of(prompt), data=many_values(2))
    assert reply.status_code == 503, reply.text
    assert datetime.now(timezone.utc) < due, "the machine is too slow for this test"
    wait_until(due + timedelta(seconds=1))
    for student in (prompt, dawdler):
        long = {"state": "submitted", "attachments": [text("x" * (500 << 10))]}
        data_of(program.patch(program.of(student), json=long))
    assert not is_late(prompt)
    assert is_late(dawdler)


def test_work_that_is_marked_without_names(new_server):
    server = new_server("--students", 3).start()
    assert server.stop() == 0
    with sqlite3.connect(server.data / "handin.db") as database:
        rules = {"v": 1, "grading": 0, "posting": 0, "grade_individually": False, "marking": 2,
                 "late_allowed": True, "again_only_on_time": False}
        assignment = server.demo["edlink"]["assignment_id"].replace("-", "")
        changed = database.execute("UPDATE assignment SET rules = ? WHERE hex(id) = upper(?)",
                                   [json.dumps(rules), assignment])
        assert changed.rowcount == 1
    server.start()
    program, student = Program(server), Person(server, 0)
    data_of(student.submit(text("First")))
    [listed] = [item for item in program.listed(program.place() + "/submissions") if item["attempts"]]
    assert "person_id" not in listed
    name = listed["id"]
    for body in ({}, {"grade_points": 3}, {"state": "returned"}, HANDS_IN | {"grade_points": 3}):
        refusal_of(program.patch(program.of(student), json=body), "NOT_FOUND")
    assert len(student.submission()["attempts"]) == 1
    by_name = f"{program.place()}/submissions/{name}"
    data_of(program.patch(by_name, json={"grade_points": 3, "grade_comment": "Fine"}))
    # What a student's id still does tells nothing of the rest
    taken = data_of(program.patch(program.of(student), json={"state": "reclaimed"}))
    again = data_of(program.patch(program.of(student), json=HANDS_IN))
    for seen in (taken, again):
        assert seen["id"] != name
        assert not {"grade", "grade_points", "grade_comment"} & {key for key in seen if seen[key]}
    assert taken["attempts"] == [] and len(again["attempts"]) == 1
    shown = data_of(program.patch(by_name, json={}))
    assert (shown["id"], len(shown["attempts"]), shown["grade_comment"]) == (name, 2, "Fine")

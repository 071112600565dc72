"""Which action tells of which events, row by row of canvas-live-events.md 2.3, as far as Edlink's
User API can do it: to the pull API and to a subscription, which must not differ."""
from collections import namedtuple

import pytest

from support.certificates import Certificate
from support.checks import data_of
from support.edlink import Admin, Person, file, link, text
from support.receiver import Receiver
from support.server import Server

SC, SU, GC, CC = ("submission_created", "submission_updated", "grade_change",
                  "submission_comment_created")


class Desk:
    """One student and a teacher of the demo school."""

    def __init__(self, student, teacher, others):
        self.student, self.teacher, self.others = student, teacher, others

    def submit(self, *parts, to=None):
        data_of(self.student.submit(*parts, to=to))

    def reclaim(self):
        data_of(self.student.reclaim())

    def mark(self, to=None, **body):
        path = f"{self.student.place(to)}/submissions/{self.student.submission(to)['id']}"
        data_of(self.teacher.request("PATCH", path, json=body))

    def give_back(self, to=None):
        path = f"{self.student.place(to)}/submissions/{self.student.submission(to)['id']}"
        data_of(self.teacher.post(path + "/return"))


def graded(desk):
    desk.submit()
    desk.mark(grade_points=5)


def resubmitted(desk):
    graded(desk)
    desk.reclaim()


def graded_by_hand(desk):
    desk.submit(to=desk.others["manual"])
    desk.mark(to=desk.others["manual"], grade_points=5)


def nothing(desk):
    """Before anything."""


def submitted(desk):
    desk.submit()


Row = namedtuple("Row", "row given action events body", defaults=[{}])

# body: of the last event
ROWS = [
    Row("enrolment creates placeholder row", nothing, lambda desk: desk.student.submission(), []),
    Row("first submission, text", nothing, lambda desk: desk.submit(text("a")), [SC],
        {"attempt": 1, "submission_type": "online_text_entry", "workflow_state": "submitted"}),
    Row("first submission, file", nothing, lambda desk: desk.submit(file("a.txt", b"a")), [SC],
        {"attempt": 1, "submission_type": "online_upload"}),
    Row("first submission, link", nothing, lambda desk: desk.submit(link("https://a.example/")), [SC],
        {"attempt": 1, "submission_type": "online_url", "url": "https://a.example/"}),
    Row("resubmission, state submitted", submitted, lambda desk: (desk.reclaim(), desk.submit()), [SC],
        {"attempt": 2, "score": None}),
    Row("resubmission after grading", resubmitted, lambda desk: desk.submit(), [SC],
        {"attempt": 2, "workflow_state": "submitted", "score": 5, "grade": "5"}),
    Row("teacher grades a submitted work", submitted, lambda desk: desk.mark(grade_points=8), [SU, GC],
        {"score": 8, "old_score": None, "grading_complete": True, "muted": False}),
    Row("teacher grades a student who never submitted", nothing, lambda desk: desk.mark(grade_points=8),
        [SU, GC], {"score": 8, "grading_complete": True}),
    Row("teacher enters the same grade again", graded, lambda desk: desk.mark(grade_points=5), [SU],
        {"score": 5, "workflow_state": "graded"}),
    Row("another grade", graded, lambda desk: desk.mark(grade_points=6), [SU, GC],
        {"score": 6, "old_score": 5, "grade": "6", "old_grade": "5"}),
    Row("grade cleared", graded, lambda desk: desk.mark(grade_points=None), [SU, GC],
        {"score": None, "old_score": 5, "grade": None, "grading_complete": False}),
    Row("excuse", submitted, lambda desk: desk.mark(flags=["excused"]), [SU, GC],
        {"score": None, "grade": None, "grading_complete": True}),
    Row("excuse, even if never submitted", nothing, lambda desk: desk.mark(flags=["excused"]), [SU, GC],
        {"score": None, "grading_complete": True}),
    Row("late_policy_status set on existing work", submitted, lambda desk: desk.mark(flags=["late"]), [SU],
        {"late": True}),
    Row("late_policy_status set on an unsubmitted row", nothing, lambda desk: desk.mark(flags=["late"]), []),
    Row("due date or override changes", submitted,
        lambda desk: desk.mark(override_due_date="2099-01-01T00:00:00Z"), []),
    Row("grade with automatic posting", submitted, lambda desk: desk.mark(grade_points=1), [SU, GC],
        {"muted": False}),
    Row("post grades", graded_by_hand, lambda desk: desk.give_back(desk.others["manual"]), [GC],
        {"muted": False, "score": 5, "old_score": 5}),
    Row("any comment saved", graded, lambda desk: desk.mark(grade_comment="Hm"), [CC], {"body": "Hm"}),
    Row("instructor's first comment on an unposted submission, automatic posting", submitted,
        lambda desk: desk.mark(grade_comment="Hm"), [SU, GC, CC], {"body": "Hm"}),
    Row("grade with a comment", submitted, lambda desk: desk.mark(grade_points=2, grade_comment="Hm"),
        [SU, GC, CC], {"body": "Hm"}),
    Row("nothing changes", graded, lambda desk: desk.mark(), []),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("receiver"))


@pytest.fixture(scope="module")
def place(tmp_path_factory, certificate, new_database):
    """One server for all rows, and who is told."""
    school = Server(tmp_path_factory.mktemp("triggers") / "data", "--students", len(ROWS),
                    "--delivery-networks", "127.0.0.0/8", "--delivery-ca", certificate.file,
                    *new_database())
    receiver = Receiver(certificate)
    try:
        school.start()
        made = Admin(school).post("/api/handin/v1/subscriptions",
                                  json={"name": "it", "target": receiver.url, "sign": False})
        assert made.status_code == 201
        yield school, receiver
    finally:
        school.close()
        receiver.close()


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[row.row for row in ROWS])
def test_row(place, number):
    school, receiver = place
    row = ROWS[number]
    admin = Admin(school)
    desk = Desk(Person(school, number), Person(school, teacher=True),
                school.demo["edlink"]["assignments"])
    row.given(desk)
    before = len(admin.events())
    row.action(desk)
    events = [event["payload"] for event in admin.events()][before:]
    assert [event["metadata"]["event_name"] for event in events] == row.events
    if events:
        body = events[-1]["body"]
        assert {name: body[name] for name in row.body} == row.body
    total = before + len(events)
    assert receiver.wait(lambda it: len(it.accepted) == total)
    assert [each.payload() for each in receiver.accepted][before:] == events


"""Marks (tabula.md 3.10, 4.9), and what originality providers and records say (3.5, 3.12, 4.5)."""
import datetime
import uuid

import pytest

from support.access import Desk
from support.edlink import local
from support.tabula import Tabula, codes_of, failure_of, faults_of, ok_of


@pytest.fixture(scope="module")
def desk(server):
    return Desk(server)


@pytest.fixture(scope="module")
def tabula(server, desk):
    """The demo's user, who may also mark and give times."""
    user = Tabula(server)
    for permission in ("Feedback.Manage", "Submission.Update"):
        desk.ask("POST", "/grants", 201, holder="api_user", owner=user.demo["username"],
                 permission=permission, scope="account", scope_id="")
    return user


@pytest.fixture
def someone(numbers):
    return next(numbers)


def submission_of(reply):
    return ok_of(reply, 201)["submission"]


def mark(tabula, *students, to=None):
    return tabula.post(tabula.place(to) + "/marks", json={"students": list(students)})


def id_of(tabula, index):
    return tabula.demo["university_ids"][index]


def feedback_of(tabula, index, to=None):
    [mine] = [each for each in ok_of(tabula.get(tabula.place(to)))["students"]
              if each["universityId"] == id_of(tabula, index)]
    return mine["feedback"]


def test_marks(tabula, student, numbers, admin):
    other = next(numbers)
    submission_of(tabula.create(student.index))
    reply = mark(tabula, {"id": id_of(tabula, student.index), "mark": 65, "grade": "2:1",
                          "feedback": "Well done"},
                 {"id": id_of(tabula, other), "mark": "70", "grade": None, "feedback": None})
    assert ok_of(reply) == {"success": True, "status": "ok"}
    feedback = feedback_of(tabula, student.index)
    assert (feedback["mark"], feedback["grade"], feedback["comments"]) == (65, "2:1", "Well done")
    assert feedback_of(tabula, other)["mark"] == 70
    # read through Edlink, in points of ten
    mine = student.submission()
    assert (mine["grade_points"], mine["grade_comment"]) == (6.5, "Well done")
    names = [event["payload"]["metadata"]["event_name"] for event in admin.events()
             if local(event["payload"]["body"].get("user_id") or 0) == student.user_id]
    assert "grade_change" in names


def test_usercodes_will_do(tabula, someone):
    ok_of(mark(tabula, {"id": f"student{someone + 1}", "mark": 1}))
    assert feedback_of(tabula, someone)["mark"] == 1


def test_a_line_without_anything_is_ignored(tabula, someone):
    ok_of(mark(tabula, {"id": id_of(tabula, someone), "mark": None, "grade": "", "feedback": None}))
    assert feedback_of(tabula, someone) is None


@pytest.mark.parametrize("line, code, field", [
    ({"mark": 5}, "NotEmpty", "id"),
    ({"id": "", "mark": 5}, "NotEmpty", "id"),
    ({"id": "9999999", "mark": 5}, "id.userNotFound", "id"),
    ({"mark": "5.5"}, "actualMark.format", "mark"),
    ({"mark": 5.5}, "actualMark.format", "mark"),
    ({"mark": "five"}, "actualMark.format", "mark"),
    ({"mark": 101}, "mark.range", "mark"),
    ({"mark": -1}, "mark.range", "mark"),
])
def test_faults(tabula, someone, numbers, line, code, field):
    """4.9; any of them rejects the whole call."""
    good = next(numbers)
    if code not in ("NotEmpty", "id.userNotFound"):
        line = {"id": id_of(tabula, someone), **line}
    reply = mark(tabula, {"id": id_of(tabula, good), "mark": 50}, line)
    assert faults_of(reply) == [(code, f"students[1].{field}")]
    assert feedback_of(tabula, good) is None


def test_twice(tabula, someone):
    reply = mark(tabula, {"id": id_of(tabula, someone), "mark": 50},
                 {"id": f"student{someone + 1}", "mark": 51})
    assert faults_of(reply) == [("id.duplicate.mark", "students[1].id")]


@pytest.mark.parametrize("body", ["", "[]", '{"students": 1}', '{"students": [{"id": "x",}]}',
                                  '{"students": [{"id": "x", "foo": 1}]}', '{"foo": []}'])
def test_bodies_that_make_no_sense(tabula, body):
    reply = tabula.post(tabula.place() + "/marks", data=body,
                        headers={"Content-Type": "application/json"})
    failure_of(reply, 400, "bad_request")


def test_a_bound_on_lines_and_on_what_is_told(tabula):
    reply = mark(tabula, *[{}] * 1000)
    assert reply.status_code == 400 and len(reply.json()["errors"]) == 100
    reply = mark(tabula, *[{}] * 1001)
    assert reply.status_code == 400 and "1000" in reply.json()["errors"][0]["message"]


def test_not_without_leave(server, desk, tabula):
    desk.ask("POST", "/api-users", 201, username="no-marker", password="correct horse battery")
    other = Tabula(server, "no-marker", "correct horse battery")
    assert "Feedback.Manage" in failure_of(mark(other, {"id": "x", "mark": 1}), 403, "forbidden")
    failure_of(mark(tabula, {"id": "x", "mark": 1}, to=str(uuid.uuid4())), 404, "not_found")


def test_a_denial_for_one_student_counts(server, desk, tabula, numbers):
    """docs/access.md: neither is the work read, nor is it marked; and nobody else of the call is."""
    seen, hidden = next(numbers), next(numbers)
    desk.ask("POST", "/api-users", 201, username="half-blind", password="correct horse battery")
    for permission in ("Feedback.Manage", "Submission.Read"):
        grant = {"holder": "api_user", "owner": "half-blind", "permission": permission}
        desk.ask("POST", "/grants", 201, **grant, scope="department", scope_id="cs")
        desk.ask("POST", "/grants", 201, **grant, scope="person", scope_id=id_of(tabula, hidden),
                 effect="deny")
    blind = Tabula(server, "half-blind", "correct horse battery")
    work = {index: submission_of(tabula.create(index)) for index in (seen, hidden)}
    listed = ok_of(blind.get(blind.place() + "/submissions"))["submissions"]
    assert listed[id_of(tabula, seen)] == work[seen] and id_of(tabula, hidden) not in listed
    where = f"{blind.place()}/submissions/{work[hidden]['id']}"
    for path in (where, where + "/essay.txt"):
        failure_of(blind.get(path), 404, "not_found")
    lines = [{"id": id_of(tabula, index), "mark": 50} for index in (seen, hidden)]
    failure_of(mark(blind, *lines), 403, "forbidden")
    assert feedback_of(tabula, seen) is None
    ok_of(mark(blind, lines[0]))


# --- originality and plagiarism (issue 7, 8) --------------------------------------------------------------

def test_originality(tabula, desk, someone):
    """3.5: overlap 38 is in the second band."""
    made = submission_of(tabula.create(someone))
    where = f"{tabula.place()}/submissions/{made['id']}"
    attachment = made["attachments"][0]["id"]
    path = f"/attachments/{attachment}/originality-report"
    desk.ask("PUT", path, 204, overlap=38, web_overlap=30, student_overlap=8, publication_overlap=0)
    desk.ask("PUT", f"/attempts/{made['id']}/plagiarism", 204, state="suspected")
    shown = ok_of(tabula.get(where))["submission"]
    assert shown["suspectPlagiarised"] is True
    report = shown["attachments"][0]["originalityReport"]
    assert report["reportUrl"].endswith(f"/turnitin/report/{attachment}")
    del report["reportUrl"]
    assert report == {"similarity": 2, "overlap": 38, "webOverlap": 30, "studentOverlap": 8,
                      "publicationOverlap": 0}
    desk.ask("PUT", path, 204, report_url="https://originality.example/1")
    report = ok_of(tabula.get(where))["submission"]["attachments"][0]["originalityReport"]
    assert (report["similarity"], report["reportUrl"]) == (None, "https://originality.example/1")
    desk.ask("PUT", f"/attempts/{made['id']}/plagiarism", 204, state="investigated")
    desk.ask("DELETE", path, 204)
    assert ok_of(tabula.get(where))["submission"] == made  # a completed investigation is false
    # of a new attempt nothing is said, and of the old one nothing more
    submission_of(tabula.create(someone))
    desk.refused("PUT", f"/attempts/{made['id']}/plagiarism", 400, "bad_request", state="suspected")


@pytest.mark.parametrize("path, body", [
    ("/attempts/{id}/plagiarism", {"state": "perhaps"}), ("/attempts/{id}/plagiarism", {}),
    ("/attachments/{file}/originality-report", {"overlap": 101}),
    ("/attachments/{file}/originality-report", {"overlap": "much"}),
    ("/attachments/{file}/originality-report", {"report_url": "javascript:alert(1)"}),
])
def test_what_makes_no_sense_is_refused(tabula, desk, someone, path, body):
    made = submission_of(tabula.create(someone))
    path = path.format(id=made["id"], file=made["attachments"][0]["id"])
    desk.refused("PUT", path, 400, "bad_request", **body)


def test_nobody_else_says_so(server, tabula, desk, student):
    made = submission_of(tabula.create(student.index))
    reply = student.request("PUT", f"/api/handin/v1/attempts/{made['id']}/plagiarism",
                            json={"state": "suspected"})
    assert reply.status_code == 403
    for path, body in ((f"/attempts/{uuid.uuid4()}/plagiarism", {"state": "none"}),
                       (f"/attachments/{uuid.uuid4()}/originality-report", {"overlap": 1}),
                       ("/people/nobody/disability", {"state": "none"})):
        desk.refused("PUT", path, 404, "not_found", **body)


def test_an_originality_provider_needs_only_its_permission(server, desk, tabula, someone):
    desk.ask("POST", "/api-users", 201, username="originality", password="correct horse battery")
    token = desk.ask("POST", "/tokens", 201, kind="application", owner="originality")["token"]
    provider = Desk(server, token)
    made = submission_of(tabula.create(someone))
    path = f"/attempts/{made['id']}/plagiarism"
    provider.refused("PUT", path, 403, "not_permitted", state="suspected")
    desk.ask("POST", "/grants", 201, holder="api_user", owner="originality",
             permission="Submission.Update", scope="account", scope_id="")
    provider.ask("PUT", path, 204, state="suspected")


# --- disability and extensions -------------------------------------------------------------------------------

def test_a_disability(tabula, desk, someone):
    """R10: reportable unless the school says otherwise."""
    path = f"/people/{id_of(tabula, someone)}/disability"
    for state, faults in (("reportable", ["assignment.submit.chooseDisability"]),
                          ("not_reportable", None), ("none", None)):
        desk.ask("PUT", path, 204, state=state)
        reply = tabula.create(someone)
        assert (codes_of(reply) if faults else reply.status_code) == (faults or 201)


def in_days(days):
    time = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("to, state, days, outcome", [
    ("late", "approved", 1, "authorised"),  # L3, S6
    ("punctual", "approved", 1, "authorised"),
    ("late", "approved", -0.5, "late"),  # L4
    ("late", "rejected", 1, "late"), ("late", "revoked", 1, "late"),  # L12
    ("late", "unreviewed", 1, "late"),
    ("punctual", "rejected", 1, "refused"),
])
def test_extensions(tabula, desk, someone, to, state, days, outcome):
    path = f"/assignments/{tabula.others[to]}/extensions/{id_of(tabula, someone)}"
    desk.ask("PUT", path, 204, state=state, until=in_days(days))
    reply = tabula.create(someone, to=to)
    if outcome == "refused":
        assert codes_of(reply) == ["assignment.submit.closed"]
        return
    made = submission_of(reply)
    assert (made["late"], made["authorisedLate"]) == (outcome == "late", outcome == "authorised")
    if state == "approved":
        assert set(made["extension"]) == {"id", "state", "expired", "expiryDate", "requestedExpiryDate"}
        assert made["extension"]["expired"] is (days < 0)
    else:
        assert made["extension"] is None  # 3.5: only an approved one
    if outcome == "authorised":  # matrix: within the extension it is replaced
        assert submission_of(tabula.create(someone, to=to))["id"] != made["id"]


# --- the private endpoint (3.12) -------------------------------------------------------------------------------

def timed(tabula, index, to=None, **params):
    assignment = tabula.others.get(to) or tabula.demo["assignment_id"]
    return tabula.post(f"/private/assignments/{assignment}",
                       params={**tabula.of(index), **params}, json={"attachments": [tabula.sent()]})


@pytest.mark.parametrize("submitted, deadline, late", [
    ("15-Jan-2020 14:59:00", "15-Jan-2020 15:00:00", False),  # L6
    ("15-Jan-2020 15:02:00", "15-Jan-2020 15:00:00", True),
    ("2020-07-15T14:02:00.000Z", "15-Jul-2020 15:02:00", False),  # summer time
])
def test_times_of_ones_choice(tabula, someone, submitted, deadline, late):
    made = submission_of(timed(tabula, someone, submittedDate=submitted, submissionDeadline=deadline))
    assert made["late"] is late
    assert made["submittedDate"].startswith("2020-")
    assert made["explicitSubmissionDeadline"].startswith("2020-")
    shown = ok_of(tabula.get(f"{tabula.place()}/submissions/{made['id']}"))["submission"]
    assert shown == made


def test_lateness_by_given_times(tabula, someone):
    """L2: after the due date, without an extension."""
    made = submission_of(timed(tabula, someone, submittedDate=in_days(15).replace("Z", ".000Z")))
    assert (made["late"], made["authorisedLate"]) == (True, False)
    assert "explicitSubmissionDeadline" not in made


@pytest.mark.parametrize("params", [{}, {"submittedDate": "yesterday"},
                                    {"submittedDate": "15-Jan-2020 15:02:00", "submissionDeadline": "x"}])
def test_times_that_make_no_sense(tabula, someone, params):
    failure_of(timed(tabula, someone, **params), 400, "bad_request")


def test_only_who_may_everywhere(server, desk, tabula, someone):
    desk.ask("POST", "/api-users", 201, username="half", password="correct horse battery")
    desk.ask("POST", "/grants", 201, holder="api_user", owner="half", permission="Submission.Update",
             scope="department", scope_id="cs")
    half = Tabula(server, "half", "correct horse battery")
    reply = timed(half, someone, submittedDate="15-Jan-2020 15:02:00")
    assert "Submission.Update" in failure_of(reply, 403, "forbidden")

"""Assignments are set, changed and taken away (tabula.md 3.9, 4.8, 5.2 "Assignments")."""
import itertools
import uuid

import pytest

from support.access import Desk
from support.checks import data_of
from support.tabula import Tabula, codes_of, failure_of, faults_of, ok_of

MODULE = "/module/cs101/assignments"


@pytest.fixture(scope="module")
def tabula(server):
    """The demo's user, who may also set assignments."""
    desk, user = Desk(server), Tabula(server)
    for permission in ("Assignment.Create", "Assignment.Update", "Assignment.Delete",
                       "Feedback.Manage"):
        desk.ask("POST", "/grants", 201, holder="api_user", owner=user.demo["username"],
                 permission=permission, scope="class", scope_id="sis-cs101")
    return user


numbers_of_names = itertools.count()


def body_of(**more):
    return {"name": f"Set here {next(numbers_of_names)}", "openDate": "2026-01-05",
            "closeDate": "2099-01-05", **more}


def created(tabula, **more):
    reply = tabula.post(MODULE, json=body_of(**more))
    assignment = ok_of(reply, 201)["assignment"]
    assert reply.headers["Location"] == f"{tabula.base_url}/api/v1{MODULE}/{assignment['id']}"
    return assignment


def where(assignment):
    return f"{MODULE}/{assignment['id']}"


def test_create_with_defaults(tabula, teacher):
    made = created(tabula)
    shown = ok_of(tabula.get(where(made)))["assignment"]
    assert shown == made
    defaults = {
        "collectSubmissions": True, "restrictSubmissions": True, "allowLateSubmissions": True,
        "allowResubmission": True, "displayPlagiarismNotice": True, "allowExtensions": True,
        "extensionAttachmentMandatory": False, "allowExtensionsAfterCloseDate": False,
        "fileAttachmentLimit": 1, "fileAttachmentTypes": [], "individualFileSizeLimit": None,
        "wordCountMin": None, "wordCountMax": None, "collectMarks": True, "summative": True,
        "publishFeedback": True, "dissertation": False, "resitAssessment": False,
        "openEnded": False, "opened": True, "closed": False, "archived": False,
        "openDate": "2026-01-05T09:00:00Z", "closeDate": "2099-01-05T12:00:00Z"}
    assert {key: made[key] for key in defaults} == defaults
    # seen through Edlink
    place = f"/api/v2/my/classes/{teacher.demo['edlink']['class_id']}/assignments/{made['id']}"
    assert data_of(teacher.get(place))["title"] == made["name"]


def test_create_with_everything(tabula, numbers):
    made = created(
        tabula, academicYear="25/26", closeTime="15:30", allowLateSubmissions=False,
        allowResubmission=False, displayPlagiarismNotice=False, fileAttachmentLimit=3,
        fileAttachmentTypes=["pdf", "tar.gz"], individualFileSizeLimit=5, maxWordCount=2000,
        wordCountConventions="No footnotes", collectMarks=False, summative=False,
        dissertation=True, allowExtensions=False, resitAssessment=True, anonymity="IDOnly",
        turnitinStoreInRepository=False, markingWorkflow="x", useMarkPoints=True)
    assert (made["academicYear"], made["closeDate"]) == ("25/26", "2099-01-05T15:30:00Z")
    assert (made["fileAttachmentLimit"], made["individualFileSizeLimit"]) == (3, 5)
    assert made["fileAttachmentTypes"] == ["pdf", "tar.gz"]
    assert (made["wordCountMin"], made["wordCountMax"]) == (0, 2000)  # 3.9: min 0
    assert made["wordCountConventions"] == "No footnotes"
    assert (made["collectMarks"], made["summative"], made["dissertation"]) == (False, False, True)
    assert made["feedbackDeadline"] is None  # 4.5: of a dissertation
    # and its rules count
    someone = next(numbers)
    place = where(made)
    parts = [("submission", (None, "{}", "application/json")), ("attachments", ("a.exe", b"x"))]
    reply = tabula.post(place, params=tabula.of(someone), files=parts)
    assert codes_of(reply) == ["file.wrongtype.one", "assignment.submit.wordCount.missing"]
    body = {"attachments": [tabula.sent("a.pdf")], "wordCount": 2000}
    ok_of(tabula.post(place, params=tabula.of(someone), json=body), 201)
    again = {"attachments": [tabula.sent("b.pdf")], "wordCount": 1}
    assert codes_of(tabula.post(place, params=tabula.of(someone), json=again)) == [
        "assignment.submit.already"]


@pytest.mark.parametrize("dates, opens, closes", [
    # 3.9: what follows from what is given
    ({"openDate": None, "closeDate": "2099-01-19"}, "2099-01-05", "2099-01-19"),
    ({"openDate": "2098-01-06", "closeDate": None}, "2098-01-06", "2098-01-20"),
    ({"openDate": "2098-01-06", "closeDate": None, "openEnded": True}, "2098-01-06", None),
    ({"openDate": "06-Jan-2098", "closeDate": "07-Jan-2098"}, "2098-01-06", "2098-01-07"),
])
def test_dates_that_follow(tabula, dates, opens, closes):
    made = created(tabula, **dates)
    assert made["openDate"].startswith(opens)
    assert made["openEnded"] is (closes is None)
    assert made.get("closeDate", "").startswith(closes or "")


@pytest.mark.parametrize("change, code, field", [
    ({"name": ""}, "NotEmpty", "name"),
    ({"name": None}, "NotEmpty", "name"),
    ({"name": "x" * 201}, "Length", "name"),
    ({"fileAttachmentLimit": 0}, "Min", "fileAttachmentLimit"),
    ({"fileAttachmentLimit": 51}, "Max", "fileAttachmentLimit"),
    ({"individualFileSizeLimit": -1}, "Min", "individualFileSizeLimit"),
    ({"openDate": "2020-01-08", "closeDate": "2020-01-07"}, "closeDate.early", "closeDate"),
    ({"openDate": "2020-01-08", "closeDate": "2020-01-07", "createdByAEP": True},
     "closeDate.early", "closeDate"),
    ({"openDate": "2098-01-04"}, "openDate.notWorkingDay", "openDate"),  # a Saturday
    ({"closeDate": "2099-01-04"}, "closeDate.notWorkingDay", "closeDate"),  # a Sunday
    ({"closeTime": "07:00"}, "closeDate.invalidTime", "closeDate"),
    ({"closeTime": "16:00:01"}, "closeDate.invalidTime", "closeDate"),
    ({"fileAttachmentTypes": ["txt;"]}, "attachment.invalidChars", "fileAttachmentTypes"),
    ({"fileAttachmentTypes": ["DOCX;"]}, "attachment.invalidChars", "fileAttachmentTypes"),
    ({"minWordCount": 10, "maxWordCount": 9}, "assignment.wordCount.outOfRange", "wordCountMax"),
    ({"minWordCount": 10, "maxWordCount": 10}, "assignment.wordCount.outOfRange", "wordCountMax"),
    ({"sitsLinks": [{"moduleCode": "CS101-15", "occurrence": "A", "sequence": "A01"}]},
     "assignment.api.sitsLinks.invalidData", None),
])
def test_rules(tabula, change, code, field):
    """4.8."""
    assert faults_of(tabula.post(MODULE, json=body_of(**change))) == [(code, field)]


@pytest.mark.parametrize("change", [
    {"openDate": "2098-01-04", "createdByAEP": True}, {"closeTime": "07:00", "createdByAEP": True},
    {"closeTime": "10:00"}, {"closeTime": "16:00:00"}, {"sitsLinks": []},
    {"fileAttachmentTypes": ["txt", "docx", "c", "x_t", "m4a", "", "mp4", "tar.gz"]},
    {"minWordCount": 0, "maxWordCount": 0}, {"includeUsers": ["nobody"]},
])
def test_taken(tabula, change):
    created(tabula, **change)


def test_a_name_once_a_year(tabula):
    made = created(tabula, academicYear="25/26")
    again = body_of(academicYear="25/26") | {"name": made["name"]}
    assert faults_of(tabula.post(MODULE, json=again)) == [("name.duplicate.assignment", "name")]
    ok_of(tabula.post(MODULE, json=again | {"academicYear": "24/25"}), 201)
    ok_of(tabula.request("DELETE", where(made)))
    ok_of(tabula.post(MODULE, json=again), 201)  # among live ones only


@pytest.mark.parametrize("data", ["", "[]", '{"name": "x",}', '{"foo": 1}', '{"openEnded": "maybe"}',
                                  '{"fileAttachmentLimit": "many"}', '{"anonymity": "None"}',
                                  '{"closeTime": "noon"}', '{"academicYear": "13/15"}',
                                  '{"fileAttachmentTypes": 7}'])
def test_bodies_that_make_no_sense(tabula, data):
    reply = tabula.post(MODULE, data=data, headers={"Content-Type": "application/json"})
    failure_of(reply, 400, "bad_request")
    failure_of(tabula.post(MODULE, data=data), 415, "unsupported_media_type")


def test_a_repeat_makes_nothing_new(tabula):
    body, headers = body_of(), {"Idempotency-Key": str(uuid.uuid4())}
    first = ok_of(tabula.post(MODULE, json=body, headers=headers), 201)
    assert ok_of(tabula.post(MODULE, json=body, headers=headers), 201) == first


def test_change(tabula):
    """PUT: what is not said stays; the answer is that of GET."""
    made = created(tabula, fileAttachmentLimit=2, maxWordCount=100, summative=False)
    reply = tabula.request("PUT", where(made), json={"name": made["name"] + " again",
                                                     "allowLateSubmissions": False})
    body = ok_of(reply)
    assert set(body) == {"success", "status", "assignment", "genericFeedback", "students"}
    assert body["assignment"] == made | {"name": made["name"] + " again", "allowLateSubmissions": False}
    assert ok_of(tabula.get(where(made))) == body
    later = ok_of(tabula.request("PUT", where(made), json={"closeDate": "2099-01-06"}))["assignment"]
    assert (later["openDate"], later["closeDate"]) == (made["openDate"], "2099-01-06T12:00:00Z")
    ended = ok_of(tabula.request("PUT", where(made), json={"openEnded": True}))["assignment"]
    assert ended["openEnded"] is True and "closeDate" not in ended
    for wrong, code in (({"closeTime": "07:00", "openEnded": False, "closeDate": "2099-01-06"},
                         "closeDate.invalidTime"), ({"name": ""}, "NotEmpty")):
        assert codes_of(tabula.request("PUT", where(made), json=wrong)) == [code]
    failure_of(tabula.request("PUT", where(made), json={"academicYear": "13/14"}), 400, "bad_request")


def test_hidden_stays_hidden(tabula, student):
    made = created(tabula, hiddenFromStudents=True)
    place = student.place(made["id"])
    assert student.get(place).json()["$errors"][0]["code"] == "NOT_FOUND"
    ok_of(tabula.request("PUT", where(made), json={"hiddenFromStudents": False}))
    assert student.get(place).json()["$errors"][0]["code"] == "NOT_FOUND"


def test_whom_it_is_for(tabula, numbers):
    first, second = (tabula.demo["university_ids"][next(numbers)] for _ in range(2))
    made = created(tabula, includeUsers=[first, second, "9999999"])
    students = ok_of(tabula.get(where(made)))["students"]
    assert {each["universityId"] for each in students} == {first, second}
    fewer = ok_of(tabula.request("PUT", where(made), json={"includeUsers": [first, second],
                                                           "excludeUsers": [second]}))
    assert {each["universityId"] for each in fewer["students"]} == {first}


def test_open_ended_not_with_running_extensions(server, tabula, numbers):
    made = created(tabula)
    someone = tabula.demo["university_ids"][next(numbers)]
    Desk(server).ask("PUT", f"/assignments/{made['id']}/extensions/{someone}", 204, state="approved",
                     until="2099-02-01T12:00:00Z")
    reply = tabula.request("PUT", where(made), json={"openEnded": True})
    assert faults_of(reply) == [("assignment.openEnded.hasExtensions", "openEnded")]


def test_exams_are_taken_late(tabula, numbers):
    """R4: not of those that are made by the exam portal."""
    for by_aep, status in ((True, 201), (False, 400)):
        made = created(tabula, openDate="2020-01-06", closeDate="2020-01-07", createdByAEP=by_aep,
                       allowLateSubmissions=False)
        reply = tabula.post(where(made), params=tabula.of(next(numbers)),
                            json={"attachments": [tabula.sent()]})
        assert reply.status_code == status, reply.text


def test_delete(tabula, numbers):
    made = created(tabula)
    ok_of(tabula.request("DELETE", where(made)))
    for path in (where(made), where(made) + "/submissions"):
        failure_of(tabula.get(path), 404, "not_found")
    failure_of(tabula.request("DELETE", where(made)), 404, "not_found")
    listed = ok_of(tabula.get(MODULE))["assignments"]
    assert made["id"] not in {each["id"] for each in listed}
    someone = next(numbers)
    reply = tabula.post(where(made), params=tabula.of(someone), json={"attachments": [tabula.sent()]})
    failure_of(reply, 404, "not_found")  # 6, conflict 9


def test_delete_not_what_is_in_use(tabula, numbers):
    used, marked = created(tabula), created(tabula)
    someone = next(numbers)
    ok_of(tabula.post(where(used), params=tabula.of(someone), json={"attachments": [tabula.sent()]}), 201)
    assert codes_of(tabula.request("DELETE", where(used))) == ["assignment.delete.hasSubmissions"]
    mark = {"students": [{"id": tabula.demo["university_ids"][someone], "mark": 50}]}
    ok_of(tabula.post(where(marked) + "/marks", json=mark))
    assert codes_of(tabula.request("DELETE", where(marked))) == ["assignment.delete.hasFeedback"]


def test_not_without_leave(server, tabula):
    made = created(tabula)
    Desk(server).ask("POST", "/api-users", 201, username="no-setter", password="correct horse battery")
    other = Tabula(server, "no-setter", "correct horse battery")
    for method, path, permission in (("POST", MODULE, "Create"), ("PUT", where(made), "Update"),
                                     ("DELETE", where(made), "Delete")):
        message = failure_of(other.request(method, path, json=body_of()), 403, "forbidden")
        assert f"Assignment.{permission}" in message
    for method, path in (("POST", "/module/xy999/assignments"), ("PUT", f"{MODULE}/{uuid.uuid4()}"),
                         ("PUT", f"/module/cs102/assignments/{made['id']}")):
        failure_of(tabula.request(method, path, json=body_of()), 404, "not_found")


def test_the_events_tell_of_it(tabula, admin):
    before = admin.events()[-1]["sequence"] if admin.events() else 0
    made = created(tabula)
    ok_of(tabula.request("PUT", where(made), json={"name": made["name"] + " anew"}))
    names = [event["payload"]["metadata"]["event_name"] for event in admin.events(after=before)
             if event["payload"]["body"].get("title", "").startswith(made["name"])]
    assert names == ["assignment_created", "assignment_updated"]

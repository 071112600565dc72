"""Submissions, modules and assignments as Tabula shows them (tabula.md 3.4 to 3.9, 3.11), and what one
API hands in read through the other."""
import datetime
import hashlib
import uuid

import pytest
import requests

from support.access import Desk
from support.checks import data_of
from support.edlink import file, link, text
from support.tabula import Tabula, failure_of, faults_of, ok_of, sha1


@pytest.fixture(scope="module")
def tabula(server):
    return Tabula(server)


@pytest.fixture
def someone(numbers):
    return next(numbers)


@pytest.fixture(scope="module")
def stranger(server):
    """An API user to whom nothing was granted."""
    Desk(server).ask("POST", "/api-users", 201, username="stranger", password="correct horse battery")
    return Tabula(server, "stranger", "correct horse battery")


def submission_of(reply):
    return ok_of(reply, 201)["submission"]


def university_id(tabula, index):
    return tabula.demo["university_ids"][index]


# --- lists and single ones --------------------------------------------------------------------------

def test_list(tabula, someone, numbers):
    """S13: everybody enrolled, null where nothing is handed in."""
    made = submission_of(tabula.create(someone))
    nobody = university_id(tabula, next(numbers))
    listed = ok_of(tabula.get(tabula.place() + "/submissions"))["submissions"]
    assert listed[university_id(tabula, someone)] == made
    assert listed[nobody] is None
    assert len(listed) == len(tabula.demo["university_ids"])


def test_only_those_it_is_for(tabula):
    """An assignment for one student lists that one."""
    listed = ok_of(tabula.get(tabula.place("individuals") + "/submissions"))["submissions"]
    assert list(listed) == [university_id(tabula, 1)]


def test_of_another_assignment(tabula, someone):
    """S14."""
    made = submission_of(tabula.create(someone))
    for place in (tabula.place("late"), tabula.place(module="cs102"), tabula.place(str(uuid.uuid4()))):
        failure_of(tabula.get(f"{place}/submissions/{made['id']}"), 404, "not_found")
    failure_of(tabula.get(f"{tabula.place()}/submissions/{uuid.uuid4()}"), 404, "not_found")
    failure_of(tabula.get(f"{tabula.place()}/submissions/nonsense"), 404, "not_found")


def test_nothing_is_read_without_leave(tabula, stranger, someone):
    made = submission_of(tabula.create(someone))
    where = f"{tabula.place()}/submissions"
    for path in (where, f"{where}/{made['id']}", f"{where}/{made['id']}/essay.txt", tabula.place(),
                 f"/module/{tabula.demo['module_code']}/assignments", "/department/cs/assignments",
                 f"/submissions/member/{university_id(tabula, someone)}",
                 f"/member/{university_id(tabula, someone)}/assignments"):
        message = failure_of(stranger.get(path), 403, "forbidden")
        assert message.startswith("stranger can't perform "), message


# --- files ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("size", [100, 300_000])
def test_download(tabula, someone, size):
    """3.6; S15: it was not downloaded before, and is after."""
    data = hashlib.sha256(str(size).encode()).digest() * (size // 32 + 1)
    made = submission_of(tabula.create_form(someone, ("my essay.txt", data)))
    where = f"{tabula.place()}/submissions/{made['id']}"
    head = tabula.request("HEAD", f"{where}/my essay.txt")
    assert head.status_code == 200 and int(head.headers["Content-Length"]) == len(data)
    assert ok_of(tabula.get(where))["submission"]["downloaded"] is False  # asking is no download
    reply = tabula.get(f"{where}/my essay.txt")
    assert reply.status_code == 200 and reply.content == data
    assert reply.headers["Accept-Ranges"] == "bytes"
    assert reply.headers["Cache-Control"] == "private"
    name = f"{university_id(tabula, someone)} - my essay.txt"
    assert reply.headers["Content-Disposition"].startswith("attachment; filename=\"cs101 - ")
    assert name in reply.headers["Content-Disposition"]
    assert ok_of(tabula.get(where))["submission"]["downloaded"] is True
    # a new one is not
    assert submission_of(tabula.create(someone))["downloaded"] is False


@pytest.mark.parametrize("size", [100, 300_000])
@pytest.mark.parametrize("header, status, first, last", [
    ("bytes=0-9", 206, 0, 10), ("bytes=10-", 206, 10, None), ("bytes=-7", 206, -7, None),
    ("bytes=5-999999999", 206, 5, None),
    ("bytes=999999999-", 416, None, None), ("bytes=-0", 416, None, None),
    ("bytes=0-1,5-6", 200, 0, None), ("bytes=9-5", 200, 0, None), ("lines=1-2", 200, 0, None),
])
def test_ranges(tabula, ranged, size, header, status, first, last):
    where, data = ranged[size]
    reply = tabula.get(where, headers={"Range": header})
    assert reply.status_code == status
    if status == 416:
        assert reply.headers["Content-Range"] == f"bytes */{size}"
        return
    assert reply.content == data[first:last]
    if status == 206:
        start = first % size
        assert reply.headers["Content-Range"] == f"bytes {start}-{start + len(reply.content) - 1}/{size}"


@pytest.fixture(scope="module")
def ranged(tabula, numbers):
    files = {}
    for size in (100, 300_000):
        data = bytes(i % 251 for i in range(size))
        made = submission_of(tabula.create_form(next(numbers), ("data.bin", data)))
        files[size] = (f"{tabula.place()}/submissions/{made['id']}/data.bin", data)
    return files


def test_a_file_of_another_name(tabula, someone):
    made = submission_of(tabula.create(someone))
    failure_of(tabula.get(f"{tabula.place()}/submissions/{made['id']}/other.txt"), 404, "not_found")


# --- a student's (3.7, 3.11) -----------------------------------------------------------------------------

ITEM = {"id", "submittedDate", "late", "authorisedLate", "wordCount", "suspectPlagiarised",
        "extension", "attachments", "student", "assignment"}


def test_submissions_of_a_member(tabula, someone):
    made = submission_of(tabula.create(someone))
    where = f"/submissions/member/{university_id(tabula, someone)}"
    today = datetime.datetime.now(datetime.UTC)
    around = {"fromDate": (today - datetime.timedelta(days=1)).strftime("%d-%b-%Y"),
              "toDate": (today + datetime.timedelta(days=1)).strftime("%Y-%m-%d")}
    body = ok_of(tabula.get(where, params=around))
    [item] = body["submissions"]
    assert set(item) == ITEM
    assert item["id"] == made["id"]
    assert item["student"] == {"totalExtensionRequestsEver": 0, "totalSubmissionsEver": 1}
    assert item["assignment"]["id"] == tabula.demo["assignment_id"]
    assert item["assignment"]["module"] == {
        "code": tabula.demo["module_code"].upper(), "name": "Programming for Everybody",
        "adminDepartment": {"code": "CS", "name": "Computer Science"}}
    [attachment] = item["attachments"]
    assert tabula.get(attachment["attachmentUrl"]).content == b"words words\n"
    # 3.7: without dates today's are left out
    assert ok_of(tabula.get(where))["submissions"] == []
    # the whole of the last day
    day = today.astimezone().strftime("%Y-%m-%d")
    assert ok_of(tabula.get(where, params={"fromDate": day, "toDate": day})) is not None


@pytest.mark.parametrize("params, code", [
    ({"fromDate": "01-Jan-2020"}, "listSubmissions.api.noToDate"),
    ({"toDate": "01-Jan-2020"}, "listSubmissions.api.noFromDate"),
    ({"fromDate": "02-Jan-2020", "toDate": "01-Jan-2020"}, "listSubmissions.api.fromDateAfterToDate"),
    ({"fromDate": "nonsense", "toDate": "01-Jan-2020"}, "listSubmissions.api.noFromDate"),
])
def test_dates_that_make_no_sense(tabula, params, code):
    reply = tabula.get(f"/submissions/member/{university_id(tabula, 3)}", params=params)
    assert faults_of(reply) == [(code, None)]


def test_nobody(tabula):
    for path in ("/submissions/member/9999999", "/member/9999999/assignments", "/member/me/assignments"):
        failure_of(tabula.get(path), 404, "not_found")


def test_assignments_of_a_member(tabula, someone):
    where = f"/member/{university_id(tabula, someone)}/assignments"
    before = ok_of(tabula.get(where))
    ids = {item["id"]: item for item in before["enrolledAssignments"]}
    mine = ids[tabula.demo["assignment_id"]]
    assert (mine["hasSubmission"], mine["submittable"], mine["late"]) == (False, True, False)
    assert mine["allowsLateSubmissions"] is True  # 6, conflict 13
    assert ids[tabula.others["late"]]["late"] is True
    assert ids[tabula.others["closed"]]["submittable"] is False
    assert tabula.others["individuals"] not in ids
    made = submission_of(tabula.create(someone))
    after = ok_of(tabula.get(where))
    [mine] = [item for item in after["historicAssignments"] if item["id"] == mine["id"]]
    assert mine["submission"]["id"] == made["id"] and mine["resubmittable"] is True
    upcoming = ok_of(tabula.get(where + "/upcoming"))["enrolledAssignments"]
    assert tabula.others["files"] in {item["id"] for item in upcoming}
    assert tabula.others["late"] not in {item["id"] for item in upcoming}


# --- modules and assignments (3.8, 3.9) -------------------------------------------------------------------

def test_modules(tabula):
    modules = ok_of(tabula.get("/module"))["modules"]
    mine = {"code": "CS101", "name": "Programming for Everybody", "active": True,
            "adminDepartment": {"code": "CS", "name": "Computer Science"}}
    assert mine in modules
    assert ok_of(tabula.get("/module/cs101"))["module"] == mine
    assert ok_of(tabula.get("/module/CS101"))["module"] == mine
    failure_of(tabula.get("/module/xy999"), 404, "not_found")


def test_departments(tabula):
    [department] = ok_of(tabula.get("/department"))["departments"]
    assert (department["code"], department["name"]) == ("CS", "Computer Science")
    assert {"code": "CS101", "name": "Programming for Everybody", "active": True} in department["modules"]
    assert ok_of(tabula.get("/department/cs"))["department"] == department
    failure_of(tabula.get("/department/xy"), 404, "not_found")


ASSIGNMENT = {
    "id", "module", "archived", "academicYear", "resitAssessment", "name", "studentUrl", "summaryUrl",
    "collectMarks", "useMarkPoints", "markingWorkflow", "feedbackTemplate", "summative",
    "dissertation", "publishFeedback", "collectSubmissions", "allowExtensions",
    "extensionAttachmentMandatory", "allowExtensionsAfterCloseDate", "unapprovedExtensions",
    "studentMembership", "sitsLinks", "openEnded", "opened", "closed", "openDate", "feedback",
    "unpublishedFeedback"}
COLLECTING = {
    "displayPlagiarismNotice", "restrictSubmissions", "allowLateSubmissions", "allowResubmission",
    "fileAttachmentLimit", "fileAttachmentTypes", "individualFileSizeLimit", "submissionFormText",
    "wordCountMin", "wordCountMax", "wordCountConventions", "submissions"}
CLOSING = {"closeDate", "feedbackDeadline"}


def test_assignments_of_a_module(tabula):
    body = ok_of(tabula.get(f"/module/{tabula.demo['module_code']}/assignments"))
    assert body["academicYear"] is None
    by_id = {item["id"]: item for item in body["assignments"]}
    main = by_id[tabula.demo["assignment_id"]]
    assert set(main) == ASSIGNMENT | COLLECTING | CLOSING
    assert (main["opened"], main["closed"], main["openEnded"]) == (True, False, False)
    files = by_id[tabula.others["files"]]  # 6, conflict 6: real limits
    assert (files["fileAttachmentLimit"], files["individualFileSizeLimit"]) == (2, 1)
    assert files["fileAttachmentTypes"] == ["pdf", "doc", "docx", "txt"]
    words = by_id[tabula.others["words"]]
    assert (words["wordCountMin"], words["wordCountMax"]) == (100, 5000)
    assert by_id[tabula.others["once"]]["allowResubmission"] is False
    assert by_id[tabula.others["punctual"]]["allowLateSubmissions"] is False
    nothing = by_id[tabula.others["nothing"]]
    assert nothing["collectSubmissions"] is False and not COLLECTING & set(nothing)
    same = ok_of(tabula.get("/department/cs/assignments"))["assignments"]
    assert main["id"] in {item["id"] for item in same}
    failure_of(tabula.get("/module/xy999/assignments"), 404, "not_found")
    failure_of(tabula.get("/department/xy/assignments"), 404, "not_found")


def test_academic_years(tabula):
    where = f"/module/{tabula.demo['module_code']}/assignments"
    main = ok_of(tabula.get(tabula.place()))["assignment"]
    year = main["academicYear"]
    listed = ok_of(tabula.get(where, params={"academicYear": year}))
    assert listed["academicYear"] == year
    assert main["id"] in {item["id"] for item in listed["assignments"]}
    assert ok_of(tabula.get(where, params={"academicYear": "13/14"}))["assignments"] == []


def test_one_assignment_with_its_students(tabula, someone):
    made = submission_of(tabula.create(someone))
    body = ok_of(tabula.get(tabula.place()))
    assert set(body) == {"success", "status", "assignment", "genericFeedback", "students"}
    [mine] = [each for each in body["students"]
              if each["universityId"] == university_id(tabula, someone)]
    assert set(mine) == {"universityId", "state", "submission", "extension", "feedback"}
    assert mine["submission"] == made and mine["feedback"] is None
    membership = body["assignment"]["studentMembership"]
    assert membership["total"] == len(tabula.demo["university_ids"]) == len(membership["users"])
    assert body["assignment"]["submissions"] >= 1
    failure_of(tabula.get(tabula.place(module="cs102")), 404, "not_found")


# --- across APIs --------------------------------------------------------------------------------------------

def test_handed_in_here_read_through_edlink(tabula, student, teacher):
    made = submission_of(tabula.create_form(student.index, ("essay.txt", b"through tabula")))
    mine = student.submission()
    assert mine["state"] == "submitted"
    [attempt] = mine["attempts"]
    [attachment] = attempt["attachments"]
    assert attachment["title"] == "essay.txt" and attachment["id"] == made["attachments"][0]["id"]
    download = requests.get(attachment["url"], headers=student.http.headers, timeout=60)
    assert download.content == b"through tabula"
    assert data_of(teacher.get(f"{student.place()}/submissions/{mine['id']}")) == mine


def test_handed_in_through_edlink_read_here(tabula, student):
    data_of(student.submit(file("My essay.txt", b"through edlink"), link(), text("words", "A text")))
    listed = ok_of(tabula.get(tabula.place() + "/submissions"))["submissions"]
    mine = listed[university_id(tabula, student.index)]
    assert [each["filename"] for each in mine["attachments"]] == ["My essay.txt", "A text.txt"]
    assert (mine["late"], mine["wordCount"]) == (False, None)
    where = f"{tabula.place()}/submissions/{mine['id']}/"
    assert tabula.get(where + "My essay.txt").content == b"through edlink"
    assert tabula.get(where + "A text.txt").content == b"words"
    shown = ok_of(tabula.get(f"/attachments/{mine['attachments'][0]['id']}"))["attachment"]
    assert shown["hash"] == sha1(b"through edlink") and shown["temporary"] is False
    # taken back: there is nothing any more; and handing in here needs no reclaim
    data_of(student.reclaim())
    failure_of(tabula.get(f"{tabula.place()}/submissions/{mine['id']}"), 404, "not_found")
    again = submission_of(tabula.create(student.index))
    assert len(student.submission()["attempts"]) == 2
    assert student.submission()["state"] == "submitted" and again["id"] != mine["id"]

"""Grading, giving back, more time and attempts (edlink.md 3.1, 3.6, 4.1 rows 16 and 17)."""
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.checks import data_of, refusal_of, warnings_of
from support.edlink import Caller, Person, file, local, text
from support.raw import Raw


def path_of(student, submission, to=None):
    return f"{student.place(to)}/submissions/{submission['id']}"


def change(caller, student, body, to=None, **options):
    mine = student.submission(to)
    return caller.request("PATCH", path_of(student, mine, to), json=body, **options)


def give_back(caller, student, to=None, **options):
    return caller.post(path_of(student, student.submission(to), to) + "/return", **options)


def names_of(events):
    return [event["metadata"]["event_name"] for event in events]


def test_a_grade_is_echoed_and_seen(student, teacher, admin):
    data_of(student.submit(text("My essay"), file("a.txt", b"a")))
    # edlink.md 7.3.8: PATCH must echo the new grade_points as a number
    graded = data_of(change(teacher, student, {"grade_points": 8.5, "grade_comment": "Well done"}))
    assert graded["grade_points"] == 8.5
    assert graded["grade"] == "8.5"
    assert graded["grade_comment"] == "Well done"
    assert graded["grader_id"] == teacher.person_id
    assert graded["state"] == "submitted"
    # edlink.md 7.3.8: list and fetch are the same for everybody who may see it
    assert student.submission() == graded
    assert data_of(teacher.get(path_of(student, graded))) == graded
    [listed] = [item for item in teacher.listed(student.place() + "/submissions")
                if item["id"] == graded["id"]]
    assert listed == graded

    # canvas-live-events.md 2.3: SC, then SU, GC, CC
    events = events_of(admin, student)
    assert names_of(events) == ["submission_created", "submission_updated", "grade_change",
                                "submission_comment_created"]
    updated, changed, comment = (event["body"] for event in events[1:])
    assert updated["workflow_state"] == "graded"
    assert (updated["score"], updated["grade"]) == (8.5, "8.5")
    assert updated["submission_type"] == "online_upload"
    assert updated["body"] == "My essay"
    assert updated["attempt"] == 1
    assert (changed["score"], changed["old_score"]) == (8.5, None)
    assert changed["grading_complete"] is True and changed["muted"] is False
    assert changed["points_possible"] == 10
    assert comment["body"] == "Well done"
    assert events[3]["metadata"]["context_role"] == "TeacherEnrollment"


def number_of(student):
    """Of the main submission (DESIGN 5.3), as events name it, some globally and some locally."""
    return int(student.demo["canvas"]["assignment_id"]) * 10**6 + student.user_id


def events_of(admin, student):
    return [event["payload"] for event in admin.events()
            if local(event["payload"]["body"].get("submission_id", 0)) == number_of(student)]


@pytest.mark.parametrize("body, shown", [
    ({"grade_points": "7"}, (7, "7")),  # edlink.md 2.3: numeric strings
    ({"grade_points": 10.0}, (10, "10")),
    ({"grade": "75%"}, (7.5, "7.5")),
    ({"grade_points": 3, "grade": "75%"}, (3, "3")),
    ({"grade_points": None}, (None, None)),
    ({"grade": ""}, (None, None)),
])
def test_ways_to_say_a_grade(student, teacher, body, shown):
    data_of(change(teacher, student, {"grade_points": 1}))
    graded = data_of(change(teacher, student, body))
    assert (graded.get("grade_points"), graded.get("grade")) == shown
    assert student.submission() == graded


@pytest.mark.parametrize("body", [
    {"grade_points": "many"}, {"grade_points": True}, {"grade_points": 1e300}, {"grade": 5},
    {"grade": "splendid"}, {"grade_comment": 1}, {"grade_comment": " "}, {"extra_attempts": 1.5},
    {"extra_attempts": -1}, {"extra_attempts": 10**6}, {"override_due_date": "soon"},
    {"override_due_date": "2025-02-30T00:00:00Z"}, {"flags": "late"}, {"flags": ["tardy"]}, [], "x",
])
def test_what_is_wrong_changes_nothing(student, teacher, body):
    before = student.submission()
    refusal_of(change(teacher, student, body), "INVALID_REQUEST_BODY")
    if isinstance(body, dict):  # nor does anything beside it
        refusal_of(change(teacher, student, {"extra_attempts": 1, "grade_comment": "x"} | body),
                   "INVALID_REQUEST_BODY")
    assert student.submission() == before


def test_no_json_at_all(student, teacher):
    reply = teacher.request("PATCH", path_of(student, student.submission()), data=b"{")
    refusal_of(reply, "INVALID_REQUEST_BODY")
    reply = teacher.request("PATCH", path_of(student, student.submission()), data=b" " * (600 << 10))
    refusal_of(reply, "INVALID_REQUEST_BODY", 413)


def test_what_is_ignored_is_told(student, teacher):
    # edlink.md 8: state is not among what can be changed here
    reply = change(teacher, student, {"state": "returned", "grader_id": str(uuid.uuid4()),
                                      "grade_comment": None, "grade_points": 1})
    assert sorted(warnings_of(reply)) == ["FOUND_UNEXPECTED_FIELD", "INVALID_PATCH_PROPERTY",
                                          "INVALID_PATCH_PROPERTY"]
    assert reply.json()["$data"]["state"] == "created"
    assert reply.json()["$data"]["grader_id"] == teacher.person_id


def test_nothing_asked_nothing_changed(student, teacher, admin):
    data_of(student.submit())
    before = data_of(change(teacher, student, {"grade_points": 4, "grade_comment": "Hm"}))
    count = len(admin.events())
    assert data_of(change(teacher, student, {})) == before
    assert data_of(change(teacher, student, {"grade_comment": "Hm", "flags": []})) == before
    assert len(admin.events()) == count


def test_only_teachers_grade(student, new_student, teacher):
    other = new_student()
    data_of(student.submit())
    for caller in (student, other):
        refusal_of(change(caller, student, {"grade_points": 10}), "NO_PERMISSION")
        refusal_of(give_back(caller, student), "NO_PERMISSION")
    assert "grade_points" not in student.submission()
    stranger = f"{student.place()}/submissions/{uuid.uuid4()}"
    refusal_of(teacher.request("PATCH", stranger, json={"grade_points": 1}), "NOT_FOUND")
    refusal_of(teacher.post(stranger + "/return"), "NOT_FOUND")
    refusal_of(teacher.post(student.place() + "/submissions/x/return"), "INVALID_UUID")
    nobody = Caller(teacher, "no such token")
    refusal_of(nobody.post(path_of(student, student.submission()) + "/return"), "INVALID_TOKEN", 401)


def test_return(student, teacher):
    refusal_of(give_back(teacher, student), "UNSUPPORTED_OPERATION")  # nothing there
    data_of(student.submit())
    returned = data_of(give_back(teacher, student))
    assert returned["state"] == "returned"
    assert student.submission() == returned
    # edlink.md 3.6: reclaim only from submitted, submit only from created or reclaimed
    refusal_of(student.reclaim(), "UNSUPPORTED_OPERATION")
    refusal_of(student.submit(), "UNSUPPORTED_OPERATION")
    assert data_of(give_back(teacher, student)) == returned  # already


def test_reclaimed_work_is_not_returned(student, teacher):
    data_of(student.submit())
    data_of(student.reclaim())
    refusal_of(give_back(teacher, student), "UNSUPPORTED_OPERATION")


def test_hidden_until_returned(student, teacher, others):
    # canvas-live-events.md 4.6 "unless manual posting"; edlink.md 6.2 "a separate return step"
    to = others["manual"]
    data_of(student.submit(to=to))
    graded = data_of(change(teacher, student, {"grade_points": 9, "grade_comment": "Fine"}, to))
    assert graded["grade_points"] == 9 and graded["grade_comment"] == "Fine"
    hidden = student.submission(to)
    for name in ("grade_points", "grade", "grade_comment", "grader_id"):
        assert name not in hidden
    data_of(change(teacher, student, {"flags": ["excused"]}, to))
    assert student.submission(to)["flags"] == []
    data_of(change(teacher, student, {"grade_points": 9}, to))
    shown = data_of(give_back(teacher, student, to))
    assert shown["grade_points"] == 9
    assert student.submission(to) == shown


def test_flags(student, teacher, others):
    to = others["late"]
    assert student.submission(to)["flags"] == ["missing"]
    data_of(student.submit(to=to))
    assert student.submission(to)["flags"] == ["late"]
    for wanted in (["excused"], ["late"], [], ["missing"], ["late"]):
        assert data_of(change(teacher, student, {"flags": wanted}, to))["flags"] == wanted
        assert student.submission(to)["flags"] == wanted


def test_more_attempts(student, teacher, others):
    to = others["one_attempt"]
    data_of(student.submit(to=to))
    refusal_of(student.reclaim(to), "UNSUPPORTED_OPERATION")
    assert data_of(change(teacher, student, {"extra_attempts": 1}, to))["extra_attempts"] == 1
    data_of(student.reclaim(to))
    assert len(data_of(student.submit(to=to))["attempts"]) == 2
    refusal_of(student.reclaim(to), "UNSUPPORTED_OPERATION")


def test_more_time(student, new_student, teacher, others):
    to = others["closed"]
    refusal_of(student.submit(to=to), "UNSUPPORTED_OPERATION")
    given = data_of(change(teacher, student, {"override_due_date": "2099-01-02T03:04:05+01:00"}, to))
    assert given["override_due_date"] == "2099-01-02T02:04:05Z"
    assert given["flags"] == []
    handed_in = data_of(student.submit(to=to))
    assert handed_in["flags"] == []
    assert handed_in["override_due_date"] == given["override_due_date"]
    refusal_of(new_student().submit(to=to), "UNSUPPORTED_OPERATION")
    taken = data_of(change(teacher, student, {"override_due_date": None}, to))
    assert "override_due_date" not in taken
    assert taken["flags"] == ["late"]
    data_of(change(teacher, student, {"override_due_date": "2099-01-02"}, to),
            ["DATETIME_MISSING_TIMEZONE"])


def test_a_grade_survives_a_new_attempt(student, teacher):
    # edlink.md 3.6: grade fields survive a new attempt
    data_of(student.submit())
    data_of(change(teacher, student, {"grade_points": 6}))
    data_of(student.reclaim())
    again = data_of(student.submit())
    assert again["grade_points"] == 6 and again["state"] == "submitted"


def test_repeats(student, teacher, admin):
    # DESIGN 10.2: on every write; edlink.md 2.2: its own parameter on POST only
    data_of(student.submit())
    first = data_of(change(teacher, student, {"grade_points": 5},
                           headers={"Idempotency-Key": "grade"}))
    data_of(change(teacher, student, {"grade_points": 6, "grade_comment": "Better"}))
    count = len(admin.events())
    again = change(teacher, student, {"grade_points": 1}, headers={"Idempotency-Key": "grade"})
    assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"]) == first
    returned = data_of(give_back(teacher, student, params={"$idempotency": "back"}))
    again = give_back(teacher, student, params={"$idempotency": "back"})
    assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"]) == returned
    assert student.submission()["grade_points"] == 6
    assert len(admin.events()) == count  # giving back showed nothing new to Canvas
    ignored = change(teacher, student, {"grade_points": 7}, params={"$idempotency": "grade"})
    assert data_of(ignored, ["IDEMPOTENCY_KEY_IGNORED"])["grade_points"] == 7


def test_a_repeated_submit_shows_what_was_then(student, teacher):
    first = data_of(student.submit(key="k"))
    data_of(change(teacher, student, {"grade_points": 5}))
    assert data_of(student.submit(key="k"), ["IDEMPOTENCY_KEY_REPEATED"]) == first


def test_it_is_all_there_after_a_crash(new_server):
    server = new_server("--students", "3").start()
    student, teacher = Person(server, 0), Person(server, teacher=True)
    data_of(student.submit())
    data_of(change(teacher, student, {"grade_points": 5, "grade_comment": "Hm",
                                      "extra_attempts": 2}))
    returned = data_of(give_back(teacher, student))
    server.kill()
    server.start()
    assert Person(server, 0).submission() == returned


def test_ids_of_comments_are_local(student, teacher, admin):
    # canvas-live-events.md 1.4
    data_of(change(teacher, student, {"grade_comment": "One"}))
    data_of(change(teacher, student, {"grade_comment": "Two"}))
    number = str(number_of(student))
    comments = [event["body"] for event in events_of(admin, student)
                if event["metadata"]["event_name"] == "submission_comment_created"]
    assert [comment["submission_comment_id"] for comment in comments] == [number + "001",
                                                                          number + "002"]
    assert {comment["submission_id"] for comment in comments} == {number}


def test_nothing_is_read_of_who_may_not(server, student, teacher):
    """Whoever has a token could fill the memory: permission is asked before the body is read."""
    submission = student.submission()

    def patch_of(caller, body):
        raw = Raw(server)
        raw.send_head(f"PATCH {path_of(student, submission)} HTTP/1.1", "Host: a",
                      f"Authorization: Bearer {caller.token}", f"Content-Length: {len(body)}")
        return raw

    body = b'{"grade_points": 1, "x": "' + b"x" * 500_000 + b'"}'
    with patch_of(student, body) as raw:
        refusal_of(raw.reply(), "NO_PERMISSION")  # though it has sent no body
    with patch_of(teacher, body) as raw:
        raw.send(body)
        assert raw.reply().status_code == 200


def test_fields_that_are_none_are_told_of_a_few_times(student, teacher):
    body = {f"field {n}": n for n in range(1000)}
    assert len(warnings_of(change(teacher, student, {"grade_points": 2, **body}))) == 20


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00",
                                  "0000-06-01T00:00:00Z"])
def test_dates_that_could_not_be_read_back(student, teacher, date):
    refused = refusal_of(change(teacher, student, {"override_due_date": date}), "INVALID_REQUEST_BODY")
    assert "0001 to 9999" in refused["message"]


def test_the_same_comment_at_once_is_one(server, student, teacher, admin):
    data_of(student.submit(text("x")))
    mine = student.submission()
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: Caller(server, teacher.token).request(
            "PATCH", path_of(student, mine), json={"grade_comment": "Once"}), range(8)))
    assert [data_of(reply)["grade_comment"] for reply in replies] == ["Once"] * 8
    assert names_of(events_of(admin, student)).count("submission_comment_created") == 1

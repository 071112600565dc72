"""Setting, changing and taking away assignments (edlink.md 2.4, 3.4, 4.1 rows 9 to 11)."""
import json
import uuid

import pytest

from support.checks import data_of, envelope, refusal_of, warnings_of
from support.edlink import link, text



@pytest.fixture(scope="module", autouse=True)
def as_before(teacher):
    """Other tests know the assignments of the demo school."""
    every = teacher.place().rsplit("/", 1)[0]
    before = {item["id"] for item in teacher.listed(every)}
    yield
    for item in teacher.listed(every):
        if item["id"] not in before:
            assert teacher.delete(f"{every}/{item['id']}").status_code == 200


# All that a new one must say (row 9).
LEAST = {"title": "Essay", "description": "<p>Write <b>it</b> &amp; hand in.</p>",
         "due_date": "2099-05-01T12:00:00Z", "grading_type": "points"}
TYPES = {"submission_types": ["text", "link"]}
FULL = {**LEAST, **TYPES, "description_plaintext": "Write it", "state": "open",
        "attachments": [{"type": "link", "url": "https://example.org", "title": "Look"},
                        {"type": "text", "text": "Read", "description": "d"}],
        "display_date": "2025-01-01T00:00:00Z", "start_date": "2025-01-02T00:00:00Z",
        "end_date": "2099-06-01T00:00:00Z", "assignee_mode": "all", "points_possible": 20,
        "max_attempts": 3, "section_ids": [str(uuid.uuid4())], "properties": {"canvas": {"x": [1]}},
        **{name: str(uuid.uuid4()) for name in
           ("session_id", "module_id", "rubric_id", "parent_id")}}


def path_of(caller, assignment=None):
    whole = caller.place(assignment and assignment["id"])
    return whole if assignment else whole.rsplit("/", 1)[0]


def create(teacher, body=None, **options):
    return teacher.post(path_of(teacher), json={**LEAST, **TYPES, **(body or {})}, **options)


def names_of(events):
    return [event["metadata"]["event_name"] for event in events]


def events_of(admin, assignment):
    return [event["payload"] for event in admin.events()
            if event["payload"]["body"].get("lti_assignment_id") == assignment["id"]]


def test_a_new_one_is_there_for_everybody(student, teacher, admin):
    made = data_of(teacher.post(path_of(teacher), json=FULL))
    for name, value in FULL.items():
        if name not in ("submission_types",):
            assert made[name] == value, name
    assert sorted(made["submission_types"]) == ["link", "text"]
    # edlink.md 7.3.8: list and fetch are the same
    for caller in (student, teacher):
        assert data_of(caller.get(path_of(caller, made))) == made
        assert made in caller.listed(path_of(caller))
    handed_in = data_of(student.submit(text(), link(), to=made["id"]))
    assert handed_in["assignment_id"] == made["id"]
    # canvas-live-events.md 2.3, 2.8, before what it makes possible
    told = events_of(admin, made)
    assert names_of(told) == ["assignment_created", "submission_created"]
    body = told[0]["body"]
    assert (body["title"], body["points_possible"], body["workflow_state"]) == ("Essay", 20, "published")
    assert (body["unlock_at"], body["due_at"], body["lock_at"]) == (
        FULL["start_date"], FULL["due_date"], FULL["end_date"])
    assert body["submission_types"] == "online_text_entry,online_url"
    assert told[0]["metadata"]["context_role"] == "TeacherEnrollment"
    assert told[0]["metadata"]["http_method"] == "POST"
    assert body["assignment_id"] == told[1]["body"]["assignment_id"]


def test_what_is_left_out_is_as_usual(teacher):
    made = data_of(teacher.post(path_of(teacher), json=LEAST), ["AUTOFILLED_DEFAULT"])
    assert made["submission_types"] == ["link", "file", "text"]
    assert made["state"] == "open" and made["assignee_mode"] == "all"
    assert made["description_plaintext"] == "Write it & hand in."
    for name in ("points_possible", "max_attempts", "start_date", "category_id"):
        assert name not in made
    nothing = data_of(create(teacher, {"submission_types": []}))
    assert nothing["submission_types"] == []


def test_a_change_is_of_what_it_names(student, teacher, admin):
    made = data_of(create(teacher, {"points_possible": 5}))
    changed = data_of(teacher.patch(path_of(teacher, made), json={
        "title": "Other", "points_possible": "12", "end_date": "2099-07-01", "max_attempts": 2,
    }), ["DATETIME_MISSING_TIMEZONE"])
    expected = {**made, "title": "Other", "points_possible": 12, "max_attempts": 2,
                "end_date": "2099-07-01T00:00:00Z", "updated_date": changed["updated_date"]}
    assert changed == expected
    assert data_of(student.get(path_of(student, made))) == expected
    cleared = data_of(teacher.patch(path_of(teacher, made), json={
        "points_possible": None, "end_date": None, "max_attempts": None, "due_date": None}))
    assert not {"points_possible", "end_date", "max_attempts", "due_date"} & set(cleared)
    # canvas-live-events.md 2.1: a save without real changes tells nothing
    assert data_of(teacher.patch(path_of(teacher, made), json={"title": "Other"})) == cleared
    assert names_of(events_of(admin, made)) == ["assignment_created"] + ["assignment_updated"] * 2
    ignored = teacher.patch(path_of(teacher, made), json={"id": str(uuid.uuid4()), "attachments": []})
    assert data_of(ignored, ["INVALID_PATCH_PROPERTY"] * 2) == cleared


@pytest.mark.parametrize("state", ["draft", "scheduled", "open", "locked"])
def test_states(student, teacher, state):
    dates = {"display_date": "2098-01-01T00:00:00Z"} if state == "scheduled" else {}
    made = data_of(create(teacher, {"state": state, **dates}))
    assert made["state"] == state
    seen = student.get(path_of(student, made))
    if state in ("draft", "scheduled"):
        refusal_of(seen, "NOT_FOUND")
        refusal_of(student.submit(text(), to=made["id"]), "NOT_FOUND")
    elif state == "locked":
        assert data_of(seen)["state"] == "locked"
        refusal_of(student.submit(text(), to=made["id"]), "UNSUPPORTED_OPERATION")
    else:
        data_of(student.submit(text(), to=made["id"]))
    opened = data_of(teacher.patch(path_of(teacher, made), json={"state": "open", "display_date": None}))
    assert opened["state"] == "open"


def test_gone_for_everybody_but_kept(student, teacher, admin):
    made = data_of(create(teacher))
    data_of(student.submit(text(), to=made["id"]))
    reply = teacher.delete(path_of(teacher, made))
    assert reply.status_code == 200 and set(envelope(reply)) == {"$request"}  # edlink.md 2.1
    for caller in (student, teacher):
        refusal_of(caller.get(path_of(caller, made)), "NOT_FOUND")
        refusal_of(caller.get(path_of(caller, made) + "/submissions"), "NOT_FOUND")
        assert made["id"] not in [item["id"] for item in caller.listed(path_of(caller))]
    refusal_of(student.submit(text(), to=made["id"]), "NOT_FOUND")
    refusal_of(student.reclaim(to=made["id"]), "NOT_FOUND")
    refusal_of(teacher.patch(path_of(teacher, made), json={"title": "x"}), "NOT_FOUND")
    refusal_of(teacher.delete(path_of(teacher, made)), "NOT_FOUND")
    told = events_of(admin, made)
    assert told[-1]["metadata"]["event_name"] == "assignment_updated"
    assert told[-1]["body"]["workflow_state"] == "deleted"


# edlink.md 2.2: the body is not compared
def test_a_key_makes_one(teacher, admin):
    key = str(uuid.uuid4())
    for options in ({"params": {"$idempotency": key}}, {"headers": {"Idempotency-Key": key + "h"}}):
        made = data_of(create(teacher, {"title": "First"}, **options))
        again = create(teacher, {"title": "Second"}, **options)
        assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"]) == made
        assert names_of(events_of(admin, made)) == ["assignment_created"]
        header = {"Idempotency-Key": key}
        path = path_of(teacher, made)
        data_of(teacher.patch(path, json={"title": "A"}, headers=header))
        data_of(teacher.patch(path, json={"title": "B"}))
        late = teacher.patch(path, json={"title": "A"}, headers=header)
        assert data_of(late, ["IDEMPOTENCY_KEY_REPEATED"])["title"] == "B"
        assert warnings_of(teacher.delete(path, headers=header)) == []
        assert warnings_of(teacher.delete(path, headers=header)) == ["IDEMPOTENCY_KEY_REPEATED"]
    assert warnings_of(teacher.patch(path_of(teacher), params={"$idempotency": "x"})) == []  # 405


# The key beats what else the request says: another id, or what could not be read
def test_a_key_beats_the_rest_of_the_body(teacher):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    before = len(teacher.listed(path_of(teacher)))
    ids = [str(uuid.uuid4()) for _ in range(2)]
    made = data_of(create(teacher, {"id": ids[0]}, headers=key))
    assert made["id"] == ids[0]
    for again in (create(teacher, {"id": ids[1]}, headers=key), create(teacher, headers=key),
                  teacher.post(path_of(teacher), data="{", headers=key)):
        assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"]) == made
    changed = {"Idempotency-Key": str(uuid.uuid4())}
    data_of(teacher.patch(path_of(teacher, made), json={"title": "A"}, headers=changed))
    again = teacher.patch(path_of(teacher, made), data="{", headers=changed)
    assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"])["title"] == "A"
    assert len(teacher.listed(path_of(teacher))) == before + 1


def test_an_id_of_zeros_is_none(teacher):
    made = data_of(create(teacher, {"id": str(uuid.UUID(int=0))}))
    assert uuid.UUID(made["id"]).int != 0
    assert made["id"] in [item["id"] for item in teacher.listed(path_of(teacher))]


def test_a_body_full_of_what_is_unknown(teacher):
    reply = create(teacher, {f"unknown{i}": 1 for i in range(2000)})
    assert warnings_of(reply).count("FOUND_UNEXPECTED_FIELD") == 20


def test_parsed_bodies_are_counted(teacher):
    reply = create(teacher, {"assignee_ids": [1] * 1_000_000})
    assert reply.status_code == 503 and "Retry-After" in reply.headers


def test_who_may(student, teacher, new_student):
    made = data_of(create(teacher))
    refusal_of(create(student), "NO_PERMISSION")
    refusal_of(student.patch(path_of(student, made), json={"title": "x"}), "NO_PERMISSION")
    refusal_of(student.delete(path_of(student, made)), "NO_PERMISSION")
    elsewhere = f"/api/v2/my/classes/{uuid.uuid4()}/assignments"
    refusal_of(teacher.post(elsewhere, json=LEAST), "NOT_FOUND")
    refusal_of(teacher.post("/api/v2/my/classes/x/assignments", json=LEAST), "INVALID_UUID")
    refusal_of(teacher.patch(path_of(teacher) + "/x", json={}), "INVALID_UUID")
    refusal_of(teacher.delete(f"{path_of(teacher)}/{uuid.uuid4()}"), "NOT_FOUND")


def test_for_some(student, new_student, teacher):
    other = new_student()
    made = data_of(create(teacher, {"assignee_mode": "individuals", "assignee_ids": [student.person_id]}))
    assert (made["assignee_mode"], made["assignee_ids"]) == ("individuals", [student.person_id])
    data_of(student.get(path_of(student, made)))
    refusal_of(other.get(path_of(other, made)), "NOT_FOUND")
    reply = teacher.patch(path_of(teacher, made), json={"assignee_mode": "all", "assignee_ids": [student.person_id]})
    assert data_of(reply, ["ASSIGNEES_IGNORED"])["assignee_ids"] == []
    data_of(other.get(path_of(other, made)))
    reply = create(teacher, {"assignee_ids": [student.person_id]})
    assert data_of(reply, ["ASSIGNEES_IGNORED"])["assignee_mode"] == "all"


INDIVIDUALS = {"assignee_mode": "individuals"}


# However many are named: a reply is held in memory as a whole
def test_so_many_assignees_are_shown_beside_their_ids(teacher):
    students = [each["id"] for each in teacher.listed(path_of(teacher).rsplit("/", 1)[0] + "/students")][:400]
    assert len(students) == 400
    mine = [data_of(create(teacher, {**INDIVIDUALS, "assignee_ids": students}))["id"] for _ in range(3)]
    reply = teacher.get(path_of(teacher), params={
        "$expand": "assignees", "$first": 1000,
        "$filter": json.dumps({"id": [{"operator": "in", "value": ",".join(mine)}]})})
    listed = data_of(reply, ["INVALID_EXPANSION"])
    assert [len(item["assignee_ids"]) for item in listed] == [400] * 3
    assert [len(item.get("assignees", [])) for item in listed] == [400, 400, 0]
    one = data_of(teacher.get(path_of(teacher, {"id": mine[0]}), params={"$expand": "assignees"}))
    assert sorted(each["id"] for each in one["assignees"]) == sorted(students)


@pytest.mark.parametrize("body, code", [
    ({"title": None}, "MISSING_REQUIRED_FIELD"),
    ({"description": None}, "MISSING_REQUIRED_FIELD"),
    ({"due_date": None}, "MISSING_REQUIRED_FIELD"),
    ({"grading_type": None}, "MISSING_REQUIRED_FIELD"),
    ({"title": ""}, "INVALID_REQUEST_BODY"),
    ({"title": 5}, "INVALID_REQUEST_BODY"),
    ({"title": "x" * 1001}, "INVALID_REQUEST_BODY"),
    ({"due_date": "tomorrow"}, "INVALID_REQUEST_BODY"),
    ({"start_date": "2099-05-02T00:00:00Z"}, "INVALID_REQUEST_BODY"),  # after it is due
    ({"end_date": "2099-04-01T00:00:00Z"}, "INVALID_REQUEST_BODY"),  # before it is due
    ({"state": "published"}, "INVALID_REQUEST_BODY"),
    ({"grading_type": "stars"}, "INVALID_REQUEST_BODY"),
    ({"grading_type": "rubric"}, "UNSUPPORTED_OPERATION"),
    ({"points_possible": 0}, "ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS"),
    ({"points_possible": "0"}, "ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS"),
    ({"points_possible": -1}, "INVALID_REQUEST_BODY"),
    ({"points_possible": "ten"}, "INVALID_REQUEST_BODY"),
    ({"points_possible": True}, "INVALID_REQUEST_BODY"),
    ({"max_attempts": 0}, "INVALID_REQUEST_BODY"),
    ({"max_attempts": 1.5}, "INVALID_REQUEST_BODY"),
    ({"submission_types": ["fax"]}, "INVALID_SUBMISSION_TYPE"),
    ({"submission_types": ["discussion"]}, "INVALID_SUBMISSION_TYPE"),
    ({"submission_types": "text"}, "INVALID_REQUEST_BODY"),
    ({"attachments": [{"type": "file"}]}, "INVALID_SUBMISSION_TYPE"),
    ({"attachments": [{"type": "link"}]}, "MISSING_REQUIRED_FIELD"),
    ({"attachments": [{"type": "link", "url": "javascript:x"}]}, "INVALID_REQUEST_BODY"),
    ({"attachments": {}}, "INVALID_REQUEST_BODY"),
    (INDIVIDUALS, "INVALID_ASSIGNEES"),
    ({**INDIVIDUALS, "assignee_ids": []}, "INVALID_ASSIGNEES"),
    ({**INDIVIDUALS, "assignee_ids": ["x"]}, "INVALID_ASSIGNEES"),
    ({**INDIVIDUALS, "assignee_ids": [str(uuid.uuid4())]}, "INVALID_ASSIGNEES"),
    ({"assignee_mode": "some"}, "INVALID_REQUEST_BODY"),
    ({"category_id": "x"}, "INVALID_UUID"),
    ({"section_ids": ["x"]}, "INVALID_UUID"),
    ({"id": "x"}, "INVALID_UUID"),
    ({"properties": []}, "INVALID_REQUEST_BODY"),
])
def test_what_cannot_be(teacher, body, code):
    refusal_of(create(teacher, body), code)


@pytest.mark.parametrize("body", ["", "[]", "{", "null", "x" * (5 << 20)])
def test_no_object(teacher, body):
    status = 413 if len(body) > 100 else 400
    refusal_of(teacher.post(path_of(teacher), data=body), "INVALID_REQUEST_BODY", status)


def test_everything_wrong_is_told_at_once(teacher):
    reply = teacher.post(path_of(teacher), json={"points_possible": 0, "colour": "red"})
    codes = [error["code"] for error in envelope(reply)["$errors"]]
    assert codes == ["MISSING_REQUIRED_FIELD"] * 3 + ["ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS",
                                                      "MISSING_REQUIRED_FIELD"]
    reply = create(teacher, {"colour": "red"})
    data_of(reply, ["FOUND_UNEXPECTED_FIELD"])


def test_the_id_may_be_given(teacher):
    mine = str(uuid.uuid4())
    assert data_of(create(teacher, {"id": mine}))["id"] == mine
    refusal_of(create(teacher, {"id": mine}), "INVALID_REQUEST_BODY")


def test_it_survives_a_restart(new_server):
    from support.edlink import Admin, Person
    server = new_server("--students", 2).start()
    teacher = Person(server, teacher=True)
    made = data_of(create(teacher))
    gone = data_of(create(teacher))
    envelope(teacher.delete(path_of(teacher, gone)))
    server.kill()
    server.start()
    teacher, admin = Person(server, teacher=True), Admin(server)
    assert data_of(teacher.get(path_of(teacher, made))) == made
    refusal_of(teacher.get(path_of(teacher, gone)), "NOT_FOUND")
    assert names_of(events_of(admin, made)) == ["assignment_created"]
    assert names_of(events_of(admin, gone)) == ["assignment_created", "assignment_updated"]


def another(teacher):
    """Some student that no test hands in as."""
    return teacher.demo["edlink"]["students"][-1]["person_id"]


@pytest.mark.parametrize("change", [
    lambda teacher, made: teacher.delete(path_of(teacher, made)),
    lambda teacher, made: teacher.patch(path_of(teacher, made), json={
        "assignee_mode": "individuals", "assignee_ids": [another(teacher)]})])
def test_what_was_handed_in_for_it_stays_acknowledged(student, teacher, admin, change):
    made = data_of(create(teacher))
    first = student.submit(text("mine"), to=made["id"], key="once")
    before = data_of(first)
    receipt = first.headers["Handin-Receipt"]
    assert change(teacher, made).status_code == 200
    again = student.submit(text("mine"), to=made["id"], key="once")
    assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"]) == before
    for person in (student, admin):
        assert person.get(receipt).status_code == 200, person
    # A new one is no longer taken.
    assert refusal_of(student.submit(text("more"), to=made["id"], key="twice"), "NOT_FOUND")


def test_who_has_handed_in_sees_it_though_it_is_no_longer_theirs(student, teacher):
    made = data_of(create(teacher))
    handed_in = data_of(student.submit(text("mine"), to=made["id"]))
    data_of(teacher.patch(path_of(teacher, made), json={"assignee_mode": "individuals",
                                                        "assignee_ids": [another(teacher)]}))
    mine = data_of(student.get(f"{path_of(student, made)}/submissions/{handed_in['id']}"))
    assert len(mine["attempts"]) == 1

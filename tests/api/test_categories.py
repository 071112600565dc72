"""Categories of assignments (edlink.md 4.1 row 20)."""
import uuid

import pytest

from support.checks import data_of, envelope, refusal_of
from support.edlink import Caller

ESSAY = {"title": "Essay", "description": "d", "due_date": "2099-01-01T00:00:00Z",
         "grading_type": "points", "submission_types": ["text"]}


@pytest.fixture(scope="module")
def every(server):
    return f"/api/v2/my/classes/{server.demo['edlink']['class_id']}/categories"


def test_a_life(student, teacher, server, every):
    made = data_of(teacher.post(every, json={"title": "Labs", "weight": 0.25, "drop_lowest": "1"}))
    assert (made["title"], made["weight"], made["drop_lowest"], made["position"]) == ("Labs", 0.25, 1, None)
    path = f"{every}/{made['id']}"
    program = Caller(server, server.demo["edlink"]["integration_token"])
    for caller, its in ((student, path), (teacher, path), (program, path.replace("/my/", "/graph/"))):
        assert data_of(caller.get(its)) == made
        assert made in caller.listed(its.rsplit("/", 1)[0])
    changed = data_of(teacher.patch(path, json={"position": 3, "weight": None}))
    assert changed == {**made, "position": 3, "weight": None, "updated_date": changed["updated_date"]}

    # An assignment in it, which is in none when it is gone.
    assignments = every.rsplit("/", 1)[0] + "/assignments"
    essay = data_of(teacher.post(assignments, json={**ESSAY, "category_id": made["id"]}))
    its = f"{assignments}/{essay['id']}"
    assert data_of(student.get(its, params={"$expand": "category"}))["category"] == changed
    refusal_of(teacher.patch(its, json={"category_id": str(uuid.uuid4())}), "INVALID_REQUEST_BODY")
    assert set(envelope(teacher.delete(path))) == {"$request"}
    assert "category_id" not in data_of(student.get(its))
    refusal_of(teacher.get(path), "NOT_FOUND")
    refusal_of(teacher.patch(path, json={"title": "x"}), "NOT_FOUND")
    refusal_of(teacher.delete(path), "NOT_FOUND")
    envelope(teacher.delete(its))


def test_a_key_makes_one(teacher, every):
    key = {"$idempotency": str(uuid.uuid4())}
    made = data_of(teacher.post(every, json={"title": "One"}, params=key))
    again = teacher.post(every, json={"title": "Two"}, params=key)
    assert data_of(again, ["IDEMPOTENCY_KEY_REPEATED"]) == made
    envelope(teacher.delete(f"{every}/{made['id']}"))


def test_who_may(student, teacher, every):
    refusal_of(student.post(every, json={"title": "x"}), "NO_PERMISSION")
    elsewhere = f"/api/v2/my/classes/{uuid.uuid4()}/categories"
    refusal_of(teacher.post(elsewhere, json={"title": "x"}), "NOT_FOUND")
    refusal_of(teacher.get(elsewhere), "NOT_FOUND")
    refusal_of(teacher.get(every + "/x"), "INVALID_UUID")


@pytest.mark.parametrize("body, code", [
    ({}, "MISSING_REQUIRED_FIELD"), ([], "INVALID_REQUEST_BODY"), ({"title": ""}, "INVALID_REQUEST_BODY"),
    ({"title": None}, "INVALID_REQUEST_BODY"), ({"title": "x" * 1001}, "INVALID_REQUEST_BODY"),
    ({"title": "x", "weight": -1}, "INVALID_REQUEST_BODY"),
    ({"title": "x", "weight": "much"}, "INVALID_REQUEST_BODY"),
    ({"title": "x", "position": 1.5}, "INVALID_REQUEST_BODY"),
    ({"title": "x", "drop_lowest": -1}, "INVALID_REQUEST_BODY"),
])
def test_what_cannot_be(teacher, every, body, code):
    refusal_of(teacher.post(every, json=body), code)


# edlink.md 2.2: $properties trims what is sent
def test_properties(teacher, student, every):
    reply = teacher.post(every, json={"title": "P", "weight": 3, "colour": "red"},
                         params={"$properties": "title,size"})
    made = data_of(reply, ["INVALID_PATCH_PROPERTY"])
    assert made["weight"] is None
    envelope(teacher.delete(f"{every}/{made['id']}"))
    data_of(student.submit())
    path = f"{student.place()}/submissions/{student.submission()['id']}"
    graded = data_of(teacher.patch(path, json={"grade_points": 4, "extra_attempts": 2},
                                   params={"$properties": "grade_points"}))
    assert (graded["grade_points"], graded["extra_attempts"]) == (4, 0)

"""Ids in paths: malformed, unknown, of another thing (edlink.md 2.3, 2.4)."""
import uuid

import pytest

from support.checks import data_of, refusal_of
from support.edlink import HELLO

UNKNOWN = "3f0c2d8e-9a51-4a53-8a0e-6c1c7a3c9b11"  # a proper v4 of nothing
MALFORMED = ["x", "123", UNKNOWN[:-1], UNKNOWN + "0", "0" * 32, "%27%20OR%201%3D1", "%00", "%FF",
             "-" * 36, UNKNOWN.replace("-", "_"), "g" + UNKNOWN[1:]]
WORDS = "A valid v4 or v5 UUID"  # edlink.md 2.3


def paths(student, klass=None, assignment=None, submission=None, file=None):
    """Every path with an id in it that has the one given."""
    ids = student.demo["edlink"]
    of_class = f"/api/v2/my/classes/{klass or ids['class_id']}"
    place = f"{of_class}/assignments/{assignment or ids['assignment_id']}"
    if file:
        mine = student.submission()["id"]
        return [f"{place}/submissions/{mine}/files/{file}/download",
                f"{of_class}/files/{file}/download"]
    if submission:
        return [f"{place}/submissions/{submission}"]
    if assignment:
        return [place, place + "/submissions"]
    return [of_class, of_class + "/assignments", place]


@pytest.mark.parametrize("name", ["class_id", "assignment_id", "submission_id", "file_id"])
def test_malformed(student, name):
    part = {"class_id": "klass"}.get(name, name.removesuffix("_id"))
    for bad in MALFORMED:
        for path in paths(student, **{part: bad}):
            message = refusal_of(student.get(path), "INVALID_UUID")["message"]
            assert message.startswith(WORDS), message
            assert f"parameter '{name}'" in message


@pytest.mark.parametrize("part, noun", [("klass", "Class"), ("assignment", "Assignment"),
                                        ("submission", "Submission"), ("file", "File")])
def test_unknown(student, part, noun):
    for path in paths(student, **{part: UNKNOWN}):
        message = refusal_of(student.get(path), "NOT_FOUND")["message"]
        assert message.startswith(f"{noun} with id {UNKNOWN} not found for this "), message


def test_submit_and_reclaim(student):
    ids = student.demo["edlink"]
    for klass, assignment, code in [("x", ids["assignment_id"], "INVALID_UUID"),
                                    (ids["class_id"], "x", "INVALID_UUID"),
                                    (UNKNOWN, ids["assignment_id"], "NOT_FOUND"),
                                    (ids["class_id"], UNKNOWN, "NOT_FOUND")]:
        path = student.place(assignment, klass)
        refusal_of(student.post(path + "/submit", json={"attachments": [HELLO]}), code)
        refusal_of(student.post(path + "/reclaim"), code)
    assert student.submission()["attempts"] == []


def test_upper_case(student):
    # RFC 9562 4: input is case-insensitive
    ids = student.demo["edlink"]
    path = student.place(ids["assignment_id"].upper(), ids["class_id"].upper())
    assert data_of(student.get(path))["id"] == ids["assignment_id"]


def test_of_another_thing(student, others):
    # an id of one kind where another is due, or below another parent
    ids = student.demo["edlink"]
    mine = data_of(student.submit())
    file_id = mine["attempts"][0]["attachments"][0]["id"]
    for path in (f"/api/v2/my/classes/{ids['assignment_id']}", student.place(ids["class_id"]),
                 student.place(others["late"]) + f"/submissions/{mine['id']}",
                 student.place(others["late"]) + f"/submissions/{mine['id']}/files/{file_id}/download",
                 student.place() + f"/submissions/{uuid.uuid4()}/files/{file_id}/download",
                 student.place() + f"/submissions/{mine['id']}/files/{mine['id']}/download"):
        refusal_of(student.get(path), "NOT_FOUND")

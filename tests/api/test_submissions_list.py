"""Lists of submissions: everybody's to a teacher, one's own to a student (edlink.md 1.3, 3.1)."""
from support.checks import DATE, data_of, shape
from support.edlink import HELLO
from support.school import STUDENTS

PHANTOM = {"id": "", "person_id": "", "assignment_id": "", "state": "created", "flags": [],
           "created_date": "", "updated_date": "", "extra_attempts": 0, "attempts": [],
           "properties": {}, "identifiers": [], "rule_ids": [], "references": {}}


def of(teacher, student):
    everybody = teacher.listed(teacher.place() + "/submissions")
    [one] = [item for item in everybody if item["person_id"] == student.person_id]
    return one


def test_one_for_each_student(teacher, server):
    # edlink.md 3.1: for every student enrolment, the teacher has none
    everybody = teacher.listed(teacher.place() + "/submissions")
    people = {student["person_id"] for student in server.demo["edlink"]["students"]}
    assert len(people) == STUDENTS
    assert sorted(item["person_id"] for item in everybody) == sorted(people)


def test_phantom(student, teacher, others):
    phantom = student.submission()
    assert shape(phantom) == shape(PHANTOM)
    assert (phantom["state"], phantom["flags"], phantom["attempts"]) == ("created", [], [])
    assert DATE.fullmatch(phantom["created_date"]) and DATE.fullmatch(phantom["updated_date"])
    assert of(teacher, student) == phantom
    assert student.submission() == phantom
    # one for each assignment, each with an id of its own
    assert student.submission(to=others["late"])["id"] != phantom["id"]


def test_teacher_sees_what_was_handed_in(student, teacher):
    data = data_of(student.submit())
    seen = of(teacher, student)
    assert seen["id"] == data["id"]
    assert shape(seen) == shape(data)
    assert data_of(teacher.get(teacher.place() + f"/submissions/{data['id']}")) == seen
    [attachment] = seen["attempts"][0]["attachments"]
    assert teacher.get(attachment["url"]).content == b"hello\n"


def test_assigned_to_one(server, teacher, others):
    # edlink.md 3.4: only the assignees of an assignment for individuals
    listed = teacher.listed(teacher.place(others["individuals"]) + "/submissions")
    assert [item["person_id"] for item in listed] == [
        server.demo["edlink"]["students"][1]["person_id"]]


def test_the_list_follows_every_change(student, teacher):
    for expected, act in [("submitted", lambda: student.submit(HELLO)),
                          ("reclaimed", student.reclaim),
                          ("submitted", lambda: student.submit(HELLO))]:
        data_of(act())
        assert of(teacher, student)["state"] == expected
        assert student.submission()["state"] == expected

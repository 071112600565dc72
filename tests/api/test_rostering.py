"""Who belongs to what, through both trees (edlink.md 3.5, 4.1 rows 2, 5, 6, 21 and 4.2)."""
import uuid

import pytest

from support.checks import DATE, data_of, refusal_of
from support.edlink import Caller

ROOTS = ("/api/v2/my", "/api/v2/graph")


@pytest.fixture(scope="module")
def program(server):
    return Caller(server, server.demo["edlink"]["integration_token"])


@pytest.fixture(scope="module")
def klass(server):
    return f"/classes/{server.demo['edlink']['class_id']}"


def callers(teacher, program):
    return zip((teacher, program), ROOTS)


def test_people_of_a_class(server, teacher, program, klass):
    ids = server.demo["edlink"]
    students = {entry["person_id"] for entry in ids["students"]}
    for caller, root in callers(teacher, program):
        people = caller.listed(root + klass + "/people")
        listed = [person["id"] for person in people]
        assert listed == sorted(set(listed))
        assert students | {teacher.person_id} <= set(listed)
        assert {person["id"] for person in caller.listed(root + klass + "/students")} == students
        teachers = caller.listed(root + klass + "/teachers")
        assert teacher.person_id in [person["id"] for person in teachers]
        assert all("teacher" in person["roles"] or "ta" in person["roles"] for person in teachers)
        assert all(person["email"] and person["identifiers"] for person in people)
        refusal_of(caller.get(f"{root}/classes/{uuid.uuid4()}/people"), "NOT_FOUND")
    whole = program.listed("/api/v2/graph/people")
    assert all(person in whole for person in people)
    assert data_of(program.get(f"/api/v2/graph/people/{teacher.person_id}")) in whole
    refusal_of(program.get(f"/api/v2/graph/people/{uuid.uuid4()}"), "NOT_FOUND")
    assert data_of(teacher.my("/profile")) in whole


# Names are no secret among those who learn together; the rest is.
def test_what_students_see_of_others(student, teacher, klass):
    people = student.listed("/api/v2/my" + klass + "/people")
    for person in people:
        private = person["email"] or person["identifiers"]
        assert bool(private) == (person["id"] == student.person_id)
        assert person["display_name"] and person["roles"]
    refusal_of(student.get("/api/v2/my/classes/x/people"), "INVALID_UUID")


def test_enrollments(server, student, teacher, program, klass):
    for caller, root in callers(teacher, program):
        of_class = caller.listed(root + klass + "/enrollments")
        assert {item["class_id"] for item in of_class} == {server.demo["edlink"]["class_id"]}
        ids = [item["id"] for item in of_class]
        assert ids == sorted(set(ids))
        [own] = [item for item in of_class if item["person_id"] == teacher.person_id]
        assert (own["role"], own["state"]) == ("teacher", "active")
        assert DATE.fullmatch(own["created_date"])
        assert data_of(caller.get(f"{root}/enrollments/{own['id']}")) == own
        refusal_of(caller.get(f"{root}/enrollments/{uuid.uuid4()}"), "NOT_FOUND")
    mine = student.listed("/api/v2/my/enrollments")
    assert {item["person_id"] for item in mine} == {student.person_id}
    refusal_of(student.get(f"/api/v2/my/enrollments/{own['id']}"), "NOT_FOUND")
    whole = program.listed("/api/v2/graph/enrollments", **{"$first": 150})
    assert all(item in whole for item in of_class + mine)
    path = f"/api/v2/graph/people/{student.person_id}"
    assert program.listed(path + "/enrollments") == mine
    assert program.listed(path + "/classes") == student.listed("/api/v2/my/classes")
    for rest in ("/enrollments", "/classes"):
        refusal_of(program.get(f"/api/v2/graph/people/{uuid.uuid4()}{rest}"), "NOT_FOUND")


def test_schools_and_districts(student, program):
    profile = data_of(student.my("/profile"))
    for caller, root in zip((student, program), ROOTS):
        schools = caller.listed(root + "/schools")
        assert set(profile["school_ids"]) <= {school["id"] for school in schools}
        for school in schools:
            assert data_of(caller.get(f"{root}/schools/{school['id']}")) == school
            assert school["district_id"] == profile["district_id"]
        [district] = caller.listed(root + "/districts")
        assert district["id"] == profile["district_id"] and district["name"]
        assert data_of(caller.get(f"{root}/districts/{district['id']}")) == district
        refusal_of(caller.get(f"{root}/districts/{uuid.uuid4()}"), "NOT_FOUND")


def test_integration_and_source(student, program):
    for caller, root in zip((student, program), ROOTS):
        integration = data_of(caller.get(root + "/integration"))
        assert (integration["state"], integration["scope"]) == ("active", "all")
        source = data_of(caller.get(root + "/source"))
        assert source["id"] == integration["source_id"]
        assert source["state"] == "active" and source["provider"]["application"] == "handin"


# What this model does not have is there as lists of nothing.
@pytest.mark.parametrize("name", ["section", "session", "course", "agent", "license"])
def test_what_there_is_none_of(student, program, klass, name):
    for caller, root in zip((student, program), ROOTS):
        assert data_of(caller.get(f"{root}/{name}s")) == []
        unknown = str(uuid.uuid4())
        message = refusal_of(caller.get(f"{root}/{name}s/{unknown}"), "NOT_FOUND")["message"]
        assert message.startswith(f"{name.capitalize()} with id {unknown} not found for this ")
        refusal_of(caller.get(f"{root}/{name}s/x"), "INVALID_UUID")
        assert data_of(caller.get(root + klass + "/sections")) == []
        refusal_of(caller.get(f"{root}/classes/{uuid.uuid4()}/sections"), "NOT_FOUND")


def test_what_belongs_to_a_school(student, teacher, program):
    profile = data_of(student.my("/profile"))
    whole = program.listed("/api/v2/graph/people")
    for school in profile["school_ids"]:
        path = f"/api/v2/graph/schools/{school}"
        classes = program.listed(path + "/classes")
        assert classes == [item for item in program.listed("/api/v2/graph/classes") if item["school_id"] == school]
        assert student.listed(f"/api/v2/my/schools/{school}/classes") == [
            item for item in student.listed("/api/v2/my/classes") if item["school_id"] == school]
        members = [person for person in whole if school in person["school_ids"]]
        assert program.listed(path + "/people", **{"$first": 150}) == members
        for rest, roles in (("students", {"student"}), ("teachers", {"teacher", "ta"}),
                            ("administrators", {"administrator", "district-administrator"})):
            assert program.listed(f"{path}/{rest}") == [
                person for person in members if roles & set(person["roles"])]
        refusal_of(teacher.get(f"/api/v2/my/schools/{school}/people"), "NO_PERMISSION")
        for rest in ("courses", "sessions"):
            assert program.listed(f"{path}/{rest}") == []
    person = f"/api/v2/graph/people/{student.person_id}"
    assert [school["id"] for school in program.listed(person + "/schools")] == profile["school_ids"]
    assert [item["id"] for item in program.listed(person + "/districts")] == [profile["district_id"]]
    for rest in ("sections", "agents"):
        assert program.listed(f"{person}/{rest}") == []
    for path in (f"schools/{uuid.uuid4()}/classes", f"schools/{uuid.uuid4()}/people",
                 f"people/{uuid.uuid4()}/schools", f"people/{uuid.uuid4()}/agents"):
        refusal_of(program.get("/api/v2/graph/" + path), "NOT_FOUND")
    refusal_of(student.get(f"/api/v2/my/schools/{uuid.uuid4()}/classes"), "NOT_FOUND")

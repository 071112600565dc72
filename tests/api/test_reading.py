"""Profile, classes and assignments (edlink.md 3.4, 3.5, 4.1 rows 1, 3, 4, 7, 8)."""
import pytest

from support.checks import DATE, data_of, is_uuid, refusal_of
from support.edlink import Person

CLASSES = "/api/v2/my/classes"

# edlink.md 3.5: rostering objects print explicit nulls, so every key is there
PERSON = {"id", "created_date", "updated_date", "first_name", "middle_name", "last_name",
          "display_name", "picture_url", "roles", "email", "phone", "locale", "time_zone",
          "graduation_year", "grade_levels", "demographics", "properties", "identifiers",
          "district_id", "school_ids", "product_ids"}
CLASS = {"id", "created_date", "updated_date", "name", "description", "picture_url", "locale",
         "time_zone", "subjects", "grade_levels", "periods", "state", "properties", "identifiers",
         "session_ids", "course_id", "school_id", "product_ids"}
ASSIGNMENT = {"id", "created_date", "updated_date", "title", "description", "state", "attachments",
              "assignee_mode", "due_date", "grading_type", "submission_types"}


def assert_identifiers(thing):
    # edlink.md 3.5: {type, value}, both strings
    for item in thing["identifiers"]:
        assert set(item) == {"type", "value"}
        assert isinstance(item["type"], str) and isinstance(item["value"], str)


def test_profile(student):
    person = data_of(student.my("/profile"))
    assert PERSON <= set(person)
    assert person["roles"] == ["student"]
    assert person["first_name"] and person["last_name"] and person["display_name"]
    assert is_uuid(person["district_id"]) and all(map(is_uuid, person["school_ids"]))
    assert_identifiers(person)


def test_profile_of_the_teacher(teacher):
    assert "teacher" in data_of(teacher.my("/profile"))["roles"]


def test_classes(server):
    classes = Person(server, 0).listed(CLASSES)
    ids = [item["id"] for item in classes]
    assert server.demo["edlink"]["class_id"] in ids
    assert server.demo["edlink"]["other_class_id"] not in ids
    for item in classes:
        assert CLASS <= set(item)
        assert item["state"] == "active" and item["name"]
        assert is_uuid(item["school_id"])
        assert_identifiers(item)


def test_assignments(student, server):
    # edlink.md 3.4
    listed = student.listed(student.place().rsplit("/", 1)[0])
    main = [item for item in listed if item["id"] == server.demo["edlink"]["assignment_id"]]
    assert len(main) == 1
    ours = {server.demo["edlink"]["assignment_id"], *server.demo["edlink"]["assignments"].values()}
    for item in (item for item in listed if item["id"] in ours):  # others are what tests have made of them
        assert ASSIGNMENT <= set(item), item["title"]
        assert item["title"]
        assert item["state"] in ("scheduled", "open", "locked")
        assert DATE.fullmatch(item["due_date"])


def test_list_and_fetch_are_the_same(student, teacher):
    # edlink.md 7.3.8: deep-equal
    for person in (student, teacher):
        for path in (CLASSES, person.place().rsplit("/", 1)[0], person.place() + "/submissions"):
            for item in person.listed(path)[:20]:
                assert data_of(person.get(f"{path}/{item['id']}")) == item


def test_the_same_for_teacher_and_student(student, teacher):
    assert data_of(student.get(student.place())) == data_of(teacher.get(teacher.place()))


@pytest.mark.parametrize("query", [
    "", "?", "?&", "?limit=3", "?%24fields=", "?$first=5", "?%24first=5", "?%24expand=category",
    "?%24properties=id%2Ctitle", "?unknown=1&unknown=2"])
def test_queries_that_an_sdk_may_send(student, query):
    # edlink.md 2.2, 7.2, 7.3.1
    for path in ("/api/v2/my/profile", CLASSES, student.place()):
        reply = student.get(student.base_url + path + query)
        assert reply.status_code == 200, reply.text
        assert "$data" in reply.json()


def test_json_content_type_on_a_get(student):
    # edlink.md 7.2: SDK2
    reply = student.get("/api/v2/my/profile", headers={"Content-Type": "application/json",
                                                       "Accept-Encoding": "gzip, deflate"})
    assert data_of(reply)["id"] == student.person_id


def test_unknown_paths(student):
    for path in ("/api/v2", "/api/v2/", "/api/v2/my", "/api/v2/my/nothing", "/api/v2/other/classes",
                 student.place() + "/submit/x", "/api/v2/my/classes//assignments"):
        refusal_of(student.get(path), "NOT_FOUND", 404)


def test_wrong_methods(student):
    for method, path, allowed in [("DELETE", "/api/v2/my/profile", "GET"),
                                  ("GET", student.place() + "/submit", "POST"),
                                  ("PUT", student.place() + "/reclaim", "POST")]:
        reply = student.request(method, path)
        assert reply.status_code == 405
        assert allowed in reply.headers["Allow"]  # RFC 9110 15.5.6
        assert reply.json()["$errors"]

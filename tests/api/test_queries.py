"""$filter, $fields, $expand and paging in both directions (edlink.md 2.2)."""
import json
import uuid

import pytest

from support.checks import data_of, refusal_of, warnings_of
from support.edlink import Caller

PEOPLE = "/api/v2/graph/people"


@pytest.fixture(scope="module")
def program(server):
    return Caller(server, server.demo["edlink"]["integration_token"])


@pytest.fixture(scope="module")
def people(program):
    return program.listed(PEOPLE)


def filtered(caller, path, **conditions):
    """By field: (operator, value)."""
    minified = {field: [{"operator": op, "value": value}] for field, (op, value) in conditions.items()}
    return caller.listed(path, **{"$filter": json.dumps(minified)})


@pytest.mark.parametrize("op, value, keeps", [
    ("equals", "{0}", lambda name, first: name == first),
    ("equals", "{lower}", lambda name, first: name == first.lower()),  # it is case-sensitive
    ("starts with", "{start}", lambda name, first: name.startswith(first[:2])),
    ("contains", "{upper}", lambda name, first: first[1:3].lower() in name.lower()),
    ("in", "x,{0}", lambda name, first: name == first),
    ("not in", "x,{0}", lambda name, first: name != first),
    ("is known", "", lambda name, first: True),
    ("is unknown", "", lambda name, first: False),
    ("gt", "{0}", lambda name, first: name > first),
    ("gte", "{0}", lambda name, first: name >= first),
    ("lt", "{0}", lambda name, first: name < first),
    ("lte", "{0}", lambda name, first: name <= first),
])
def test_operators(program, people, op, value, keeps):
    first = people[0]["first_name"]
    value = value.format(first, lower=first.lower(), start=first[:2], upper=first[1:3].upper())
    found = filtered(program, PEOPLE, first_name=(op, value))
    assert found == [person for person in people if keeps(person["first_name"], first)]


def test_conditions_are_all_asked(program, people):
    one = people[3]
    found = filtered(program, PEOPLE, id=("equals", one["id"]), last_name=("equals", one["last_name"]))
    assert found == [one]
    assert filtered(program, PEOPLE, id=("equals", one["id"]), last_name=("equals", "Nobody")) == []
    assert filtered(program, PEOPLE, phone=("is known", "")) == []
    students = filtered(program, PEOPLE, roles=("equals", "student"))
    assert students == [person for person in people if "student" in person["roles"]]


# edlink.md 2.2: a cursor remembers the filter
def test_a_filter_goes_on_with_the_cursor(program, people):
    given = json.dumps({"roles": [{"operator": "equals", "value": "student"}]})
    first = program.get(PEOPLE, params={"$filter": given, "$first": 90, "$fields": "id,roles"})
    pages, reply = [], first
    while True:
        pages.append(data_of(reply))
        if "$next" not in reply.json():
            break
        assert reply.json()["$next"].startswith("http")
        reply = program.get(reply.json()["$next"])
    assert len(pages) > 1 and all(len(page) <= 90 for page in pages)
    assert [item for page in pages for item in page] == [
        {"id": person["id"], "roles": person["roles"]} for person in people if "student" in person["roles"]]


@pytest.mark.parametrize("text", ["x", "[]", '{"a":1}', '{"a":[1]}', '{"a":[{"operator":"is"}]}',
                                  '{"a":[{}]}', "{}" + " " * 5000])
def test_no_filter(program, text):
    refusal_of(program.get(PEOPLE, params={"$filter": text}), "INVALID_FILTER")


def test_fields(program, student, people):
    reply = program.get(PEOPLE, params={"$fields": "id, email", "$first": 2})
    assert data_of(reply) == [{"id": person["id"], "email": person["email"]} for person in people[:2]]
    reply = student.my("/profile", **{"$fields": "id,shoe_size"})
    assert data_of(reply, ["INVALID_FIELD_REQUESTED"]) == {"id": student.person_id}
    reply = student.get(student.place(), params={"$fields": "title,max_attempts"})
    assert set(data_of(reply)) <= {"title", "max_attempts"}


def test_expansions(program, student, teacher, people):
    klass = program.demo["edlink"]["class_id"]
    by_id = {person["id"]: person for person in people}
    reply = program.get(f"/api/v2/graph/classes/{klass}/enrollments",
                        params={"$expand": "person,class", "$first": 5})
    for item in data_of(reply):
        assert item["person"] == by_id[item["person_id"]]
        assert item["class"]["id"] == klass
    whole = data_of(student.my("/profile", **{"$expand": "schools,district"}))
    assert [school["id"] for school in whole["schools"]] == whole["school_ids"]
    assert whole["district"]["id"] == whole["district_id"]
    # What one may not see stays hidden.
    seen = data_of(student.my(f"/classes/{klass}/enrollments", **{"$expand": "person"}))
    for item in seen:
        assert bool(item["person"]["email"]) == (item["person_id"] == student.person_id)
    own = data_of(student.get(student.place() + "/submissions", params={"$expand": "assignment,person"}))
    assert own[0]["assignment"]["id"] == own[0]["assignment_id"]
    assert own[0]["person"]["id"] == student.person_id
    for names in ("shoes", "shoes,shoes, shoes"):
        assert warnings_of(student.my("/profile", **{"$expand": names})) == ["INVALID_EXPANSION"]
    # with $fields, what was asked for beside them stays
    small = data_of(student.my("/profile", **{"$expand": "district", "$fields": "id"}))
    assert set(small) == {"id", "district"}


def test_forwards_and_backwards(program, people):
    ids = [person["id"] for person in people]

    def pages(**params):
        reply = program.get(PEOPLE, params=params)
        found = [[item["id"] for item in data_of(reply)]]
        while "$next" in reply.json():
            reply = program.get(reply.json()["$next"])
            found.append([item["id"] for item in data_of(reply)])
        return found

    def joined(found):
        return [item for page in found for item in page]

    assert joined(pages(**{"$first": 150})) == ids
    assert joined(pages(**{"$after": ids[2], "$first": 150})) == ids[3:]
    back = pages(**{"$last": 150})
    assert back[0] == ids[-150:]  # in the order of the list
    assert joined(reversed(back)) == ids
    assert pages(**{"$last": 3, "$before": ids[5]})[0] == ids[2:5]
    assert joined(reversed(pages(**{"$before": ids[5]}))) == ids[:5]
    assert pages(**{"$last": 2, "$before": ids[0]}) == [[]]
    for more in ({"$before": ids[5]}, {"$last": 2}):
        reply = program.get(PEOPLE, params={"$first": 3} | more)
        assert [item["id"] for item in data_of(reply, ["PAGING_IGNORED"])] == ids[:3]
    for name in ("$after", "$before"):
        refusal_of(program.get(PEOPLE, params={name: "x"}), "INVALID_UUID")
    for name in ("$first", "$last"):
        for size in ("0", "10001", "x", "-1"):
            refusal_of(program.get(PEOPLE, params={name: size}), "INVALID_PAGE_SIZE")


def test_a_cursor_is_of_one_list_and_caller(program, student, server):
    reply = program.get(PEOPLE, params={"$first": 1})
    cursor = reply.json()["$next"].split("$cursor=")[1]
    refusal_of(program.get("/api/v2/graph/enrollments", params={"$cursor": cursor}), "INVALID_CURSOR")
    refusal_of(student.get("/api/v2/my/classes", params={"$cursor": cursor}), "INVALID_CURSOR")
    refusal_of(program.get(PEOPLE, params={"$cursor": cursor[:-2] + "AA"}), "INVALID_CURSOR")
    reply = program.get(PEOPLE, params={"$cursor": cursor, "$last": 3})
    data_of(reply, ["PAGING_IGNORED"])


# edlink.md 7.2: what the SDK sends besides is no trouble
def test_what_is_not_known_is_ignored(student):
    for params in ({"limit": 3}, {"$filter": "{}"}, {"": ""}, {"x": "y"}):
        data_of(student.my("/classes", **params))
    assert data_of(student.get("/api/v2/my/classes?"))
    assert uuid.UUID(data_of(student.my("/classes?%24first=1&limit=1"))[0]["id"])

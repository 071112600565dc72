"""Pages of lists (edlink.md 2.1, 2.2, 7.3.2)."""
from urllib.parse import parse_qs, urlsplit

import pytest

from support.checks import data_of, refusal_of
from support.school import STUDENTS


@pytest.fixture(scope="module")
def path(teacher):
    """The longest list that there is."""
    return teacher.place() + "/submissions"


def pages(person, path, **params):
    reply = person.get(path, params=params)
    while True:
        yield reply.json()
        following = reply.json().get("$next")
        if following is None:
            return
        reply = person.get(following)


@pytest.mark.parametrize("first", [1, 7, STUDENTS - 1, STUDENTS, STUDENTS + 1, 10000])
def test_each_once(teacher, path, first):
    if first == 1:  # a page each: one list of few
        path = path.rsplit("/", 2)[0]
    found = list(pages(teacher, path, **{"$first": first}))
    ids = [item["id"] for page in found for item in page["$data"]]
    assert len(set(ids)) == len(ids)
    assert set(ids) == {item["id"] for item in teacher.listed(path)}
    assert all(len(page["$data"]) == first for page in found[:-1])
    assert 0 < len(found[-1]["$data"]) <= first  # no empty page at the end
    assert "$next" not in found[-1]  # edlink.md 2.1: the key is absent on the last page


def test_all_of_the_class(teacher, path):
    assert len(teacher.listed(path)) == STUDENTS


def test_order_stays(teacher, path):
    once, twice = ([item["id"] for page in pages(teacher, path, **{"$first": size})
                    for item in page["$data"]] for size in (50, 33))
    assert once == twice


def test_next_is_absolute(server, teacher, path):
    # edlink.md 7.3.2: a relative one breaks both SDKs
    following = teacher.get(path, params={"$first": 5}).json()["$next"]
    assert following.startswith(server.demo["base_url"] + path + "?")
    assert parse_qs(urlsplit(following).query)["$cursor"][0]


def test_options_appended_to_next(teacher, path):
    # edlink.md 7.3.2: SDK2 sends the original options again
    following = teacher.get(path, params={"$first": 5, "limit": 3}).json()["$next"]
    plain = data_of(teacher.get(following))
    assert data_of(teacher.get(following + "&limit=3")) == plain
    # edlink.md 2.2: $cursor overrides all other paging parameters, with a warning
    for more in ("&$first=2", "&%24first=2", "&limit=3&%24first=2"):
        assert data_of(teacher.get(following + more), ["PAGING_IGNORED"]) == plain


@pytest.mark.parametrize("name", ["$first", "%24first"])
def test_both_ways_to_write_it(teacher, path, name):
    assert len(data_of(teacher.get(f"{teacher.base_url}{path}?{name}=4"))) == 4


@pytest.mark.parametrize("size", ["0", "10001", "abc", "-1", "1.5", "", "99999999999999999999",
                                  "1e2", "%201", "0x10"])
def test_wrong_page_size(teacher, path, size):
    # edlink.md 2.2: 1..10000
    refusal_of(teacher.get(f"{teacher.base_url}{path}?$first={size}"), "INVALID_PAGE_SIZE")


@pytest.mark.parametrize("cursor", ["x", "", "AAAA", "%00", "a" * 3000, "-1",
                                    "3f0c2d8e-9a51-4a53-8a0e-6c1c7a3c9b11"])
def test_wrong_cursor(teacher, path, cursor):
    refusal_of(teacher.get(f"{teacher.base_url}{path}?$cursor={cursor}"), "INVALID_CURSOR")


def test_cursor_cut_or_changed(teacher, path):
    following = teacher.get(path, params={"$first": 5}).json()["$next"]
    cursor = parse_qs(urlsplit(following).query)["$cursor"][0]
    middle = len(cursor) // 2
    changed = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1:]
    for bad in (cursor[:-2], changed, cursor + "AAAA"):
        refusal_of(teacher.get(path, params={"$cursor": bad}), "INVALID_CURSOR")


def test_cursor_of_another_list(student, teacher, path, others):
    following = teacher.get(path, params={"$first": 5}).json()["$next"]
    params = {"$cursor": parse_qs(urlsplit(following).query)["$cursor"][0]}
    refusal_of(teacher.get("/api/v2/my/classes", params=params), "INVALID_CURSOR")
    refusal_of(teacher.get(teacher.place(others["late"]) + "/submissions", params=params),
               "INVALID_CURSOR")
    refusal_of(student.get(path, params=params), "INVALID_CURSOR")


def test_limit_is_ignored(teacher, path):
    # edlink.md 2.2: sent by the SDK, which cuts the list itself
    assert data_of(teacher.get(path, params={"limit": 3})) == data_of(teacher.get(path))


def test_short_lists_have_no_next(student):
    for path in ("/api/v2/my/classes", student.place() + "/submissions"):
        assert "$next" not in student.get(path).json()

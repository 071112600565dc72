"""Which token opens what (edlink.md 1.1, 1.3)."""
import pytest

from support.checks import data_of, refusal_of
from support.edlink import HELLO, Caller, Person

WORDS = "You must supply a valid access token to access this endpoint."  # edlink.md 1.1


def routes(person):
    place, classes = person.place(), "/api/v2/my/classes"
    a_class = place.rsplit("/", 2)[0]
    submission = place + "/submissions/" + "00000000-0000-4000-8000-000000000000"
    return [("GET", "/api/v2/my/profile"), ("GET", classes), ("GET", a_class),
            ("GET", a_class + "/assignments"), ("GET", place), ("GET", place + "/submissions"),
            ("GET", submission), ("POST", place + "/submit"), ("POST", place + "/reclaim"),
            ("GET", submission + "/files/00000000-0000-4000-8000-000000000000/download")]


def assert_closed_to(server, student, header):
    caller = Caller(server)
    for method, path in routes(student):
        reply = caller.request(method, path, headers=header,
                               json={"attachments": [HELLO]} if method == "POST" else None)
        assert refusal_of(reply, "INVALID_TOKEN", 401)["message"].startswith(WORDS)
        assert "Bearer" in reply.headers["WWW-Authenticate"]  # RFC 9110 11.6.1
    assert student.submission()["attempts"] == []


@pytest.mark.parametrize("value", [
    None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "Bearer " + "x" * 4000,
    "Bearer a b", "Bearer ' OR 1=1 --"])
def test_no_valid_token(server, student, value):
    assert_closed_to(server, student, None if value is None else {"Authorization": value})


def test_token_without_its_scheme(server, student):
    assert_closed_to(server, student, {"Authorization": student.token})


def test_tokens_of_another_kind(server, student):
    # edlink.md 1.1: wrong kind of token for the tree; 7.2: expect integration tokens on /my
    demo = server.demo
    for token in (demo["edlink"]["integration_token"], demo["admin_token"], student.refresh_token,
                  demo["edlink"]["client_secret"]):
        assert_closed_to(server, student, {"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_scheme_in_any_case(server, student, scheme):
    # RFC 9110 11.1: the scheme is case-insensitive
    reply = Caller(server).get("/api/v2/my/profile", headers={"Authorization": f"{scheme} {student.token}"})
    assert data_of(reply)["id"] == student.person_id


def test_header_name_in_any_case(server, student):
    # edlink.md 1.1: docs write authorization, the SDK Authorization
    for name in ("authorization", "AUTHORIZATION"):
        reply = Caller(server).get("/api/v2/my/profile", headers={name: f"Bearer {student.token}"})
        assert data_of(reply)["id"] == student.person_id


def test_up_needs_no_token(server):
    # edlink.md 1.2, 7.4
    reply = Caller(server).get("/api/up")
    assert reply.status_code == 200
    assert "ok" in reply.text.lower()


def test_students_see_only_their_own_work(new_student):
    # edlink.md 1.3: other student's -> NO_PERMISSION or NOT_FOUND
    one, two = new_student(), new_student()
    data = data_of(one.submit())
    [attachment] = data["attempts"][0]["attachments"]
    for path in (one.place() + f"/submissions/{data['id']}", attachment["url"],
                 one.place().rsplit("/", 2)[0] + f"/files/{attachment['id']}/download"):
        assert one.get(path).status_code == 200
        reply = two.get(path)
        assert reply.json()["$errors"][0]["code"] in ("NO_PERMISSION", "NOT_FOUND")
        assert reply.status_code in (400, 403, 404)
        assert "hello" not in reply.text
    assert [item["person_id"] for item in two.listed(two.place() + "/submissions")] == [two.person_id]


def test_profile_is_the_callers(server, teacher):
    for person in (Person(server, 0), Person(server, 1), teacher):
        assert data_of(person.my("/profile"))["id"] == person.person_id


# edlink.md 2.4: its table says 400 of everything, other places 401
def test_the_status_of_a_bad_token(new_server):
    server = new_server("--students", 1, "--edlink-token-status", 400).start()
    reply = Caller(server, "wrong").get("/api/v2/my/profile")
    refusal_of(reply, "INVALID_TOKEN", 400)
    assert "WWW-Authenticate" not in reply.headers

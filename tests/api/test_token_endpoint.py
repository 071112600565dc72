"""POST /api/authentication/token (edlink.md 1.1, 1.2, 7.3.6)."""
import pytest

from support.checks import data_of, is_uuid, refusal_of
from support.edlink import Caller, Person

PATH = "/api/authentication/token"


@pytest.fixture(scope="module")
def anyone(server):
    return Caller(server)


@pytest.fixture
def request_of(server):
    def make(person, **changes):
        ids = server.demo["edlink"]
        return {"grant_type": "refresh_token", "refresh_token": person.refresh_token,
                "client_id": ids["client_id"], "client_secret": ids["client_secret"], **changes}
    return make


@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_refresh(server, anyone, student, request_of, form):
    body = request_of(student)
    reply = anyone.post(PATH, data=body) if form else anyone.post(PATH, json=body)
    data = data_of(reply)
    assert data["refresh_token"] == student.refresh_token  # edlink.md 1.1: stays the same value
    assert data["expires_in"] == 3600
    assert data["token_type"] == "Bearer"
    # edlink.md 1.2: SDK1 reads $data, plain OAuth clients the top level
    assert {key: reply.json()[key] for key in data} == data
    fresh = Caller(server, data["access_token"])
    assert data_of(fresh.my("/profile"))["id"] == student.person_id


def test_is_not_to_be_cached(anyone, student, request_of):
    # RFC 6749 5.1
    reply = anyone.post(PATH, json=request_of(student))
    assert "no-store" in reply.headers["Cache-Control"]


def test_earlier_tokens_go_on_working(server, anyone, student, request_of):
    # edlink.md 7.3.6: refresh repeatedly; the previous access token must not be revoked
    tokens = [student.token]
    for _ in range(3):
        tokens.append(data_of(anyone.post(PATH, json=request_of(student)))["access_token"])
    assert len(set(tokens)) == 4
    for token in tokens:
        assert data_of(Caller(server, token).my("/profile"))["id"] == student.person_id


def test_teacher_refreshes_too(anyone, teacher, request_of):
    assert data_of(anyone.post(PATH, json=request_of(teacher)))["access_token"]


WRONG = {
    "secret": {"client_secret": "wrong"},
    "no secret": {"client_secret": None},
    "client": {"client_id": "wrong"},
    "refresh token": {"refresh_token": "x" * 32},
    "no refresh token": {"refresh_token": None},
    "grant type": {"grant_type": "password"},
    "no grant type": {"grant_type": None},
    "code": {"grant_type": "authorization_code", "code": "x", "redirect_uri": "https://a.example"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("form", [False, True], ids=["json", "form"])
def test_refused(anyone, student, request_of, changes, form):
    # edlink.md 1.2: any non-2xx with $errors makes both SDKs say "Failed to refresh token."
    body = {key: value for key, value in request_of(student, **changes).items() if value}
    reply = anyone.post(PATH, data=body) if form else anyone.post(PATH, json=body)
    assert reply.status_code == 400
    body = reply.json()
    assert body["$errors"] and "$data" not in body and "access_token" not in body
    assert is_uuid(body["$request"])


def test_access_token_is_no_refresh_token(anyone, student, request_of):
    reply = anyone.post(PATH, json=request_of(student, refresh_token=student.token))
    assert reply.status_code == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"{" * 4_000])
def test_not_a_body(anyone, body):
    reply = anyone.post(PATH, data=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["$errors"]


def test_large_body_is_refused(anyone):
    reply = anyone.post(PATH, data=b" " * 2_000_000, headers={"Content-Type": "application/json"})
    assert reply.status_code == 413
    refusal_of(reply, "INVALID_REQUEST_BODY", 413)


def test_tokens_outlive_the_process(new_server):
    server = new_server().start()
    student = Person(server, 0)
    ids = server.demo["edlink"]
    token = data_of(Caller(server).post(PATH, json={
        "grant_type": "refresh_token", "refresh_token": student.refresh_token,
        "client_id": ids["client_id"], "client_secret": ids["client_secret"]}))["access_token"]
    server.kill()
    server.start()
    assert data_of(Caller(server, token).my("/profile"))["id"] == student.person_id

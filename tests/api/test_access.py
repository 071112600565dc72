"""Tokens, integrations, API users and grants: by the admin API and on the command line
(docs/access.md); what is taken back is good for nothing at once, and everything is in the audit."""
import json
import re
import time
from pathlib import Path

import pytest
import yaml

from support.access import API, Bare, Desk, bearer
from support.edlink import Caller, Person
from support.server import run

@pytest.fixture
def desk(server):
    return Desk(server)


def command(*arguments, **options):
    done = run(*arguments, **options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def profile(server, token):
    return Caller(server).get("/api/v2/my/profile", headers=bearer(token)).status_code


def events(server, token):
    return Caller(server).get(f"{API}/events", headers=bearer(token)).status_code


def test_a_persons_token(server, desk, student):
    made = desk.ask("POST", "/tokens", 201, kind="person", owner=student.person_id, name="laptop")
    assert made["kind"] == "person" and made["owner"] == student.person_id
    assert profile(server, made["token"]) == 200
    [shown] = [t for t in desk.listed("tokens", f"&owner={student.person_id}") if t["id"] == made["id"]]
    assert shown["name"] == "laptop"
    assert "token" not in shown and made["token"] not in json.dumps(desk.listed("tokens"))
    desk.ask("DELETE", f"/tokens/{made['id']}", 204)
    assert profile(server, made["token"]) == 401
    desk.refused("DELETE", f"/tokens/{made['id']}", 404, "not_found")


@pytest.mark.parametrize("name", ["login", "sis_id", "university_id"])
def test_owners_have_several_names(desk, server, name):
    # docs/access.md: id, login, SIS id or university id
    owner = {"login": "student3", "sis_id": "sis-student3",
             "university_id": server.demo["tabula"]["university_ids"][2]}[name]
    made = desk.ask("POST", "/tokens", 201, kind="person", owner=owner)
    assert made["owner"] == server.demo["edlink"]["students"][2]["person_id"]


def test_a_refresh_token_goes_with_what_came_from_it(server, desk, student):
    edlink = server.demo["edlink"]
    refresh = {"grant_type": "refresh_token", "client_id": edlink["client_id"],
               "client_secret": edlink["client_secret"], "refresh_token": student.refresh_token}
    reply = Caller(server).request("POST", "/api/authentication/token", json=refresh)
    access = reply.json()["access_token"]
    assert profile(server, access) == 200
    [token] = desk.listed("tokens", f"&owner={student.person_id}&kind=refresh")
    desk.ask("DELETE", f"/tokens/{token['id']}", 204)
    assert profile(server, access) == profile(server, student.token) == 401
    assert Caller(server).request("POST", "/api/authentication/token", json=refresh).status_code == 400


def test_admin_tokens(server, desk):
    made = desk.ask("POST", "/tokens", 201, kind="admin", name="second")
    assert events(server, made["token"]) == 200
    Desk(server, made["token"]).ask("DELETE", f"/tokens/{made['id']}", 204)
    assert events(server, made["token"]) == 401


def test_tokens_expire(desk, server, student):
    made = desk.ask("POST", "/tokens", 201, kind="person", owner=student.person_id, expires_in=1)
    end = time.monotonic() + 30
    while profile(server, made["token"]) != 401:
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("body, code", [
    ({"kind": "king"}, "bad_request"), ({}, "bad_request"), ({"kind": "person"}, "bad_request"),
    ({"kind": "admin", "owner": "somebody"}, "bad_request"),
    ({"kind": "person", "owner": "nobody at all"}, "not_found"),
    ({"kind": "integration", "owner": "none"}, "not_found"),
    ({"kind": "application", "owner": "none"}, "not_found"),
    ({"kind": "admin", "expires_in": 0}, "bad_request"),
    ({"kind": "admin", "expires_in": "soon"}, "bad_request"),
    ({"kind": "admin", "name": "x" * 201}, "bad_request"),
    ({"kind": "admin", "surprise": 1}, "bad_request"),
    ({"kind": "person", "owner": "student1", "account": "no id"}, "not_found")])
def test_what_tokens_cannot_be(desk, body, code):
    desk.refused("POST", "/tokens", 404 if code == "not_found" else 400, code, **body)


@pytest.mark.parametrize("method, path", [
    ("GET", "/tokens"), ("POST", "/tokens"), ("DELETE", "/tokens/x"), ("GET", "/integrations"),
    ("POST", "/integrations"), ("PATCH", "/integrations/x"), ("POST", "/integrations/x/secret"),
    ("GET", "/api-users"), ("POST", "/api-users"), ("DELETE", "/api-users/x"), ("GET", "/grants"),
    ("POST", "/grants"), ("DELETE", "/grants/x"), ("GET", "/audit"), ("GET", "/events"),
    ("GET", "/subscriptions"), ("POST", "/subscriptions"), ("GET", "/subscriptions/x"),
    ("PATCH", "/subscriptions/x"), ("DELETE", "/subscriptions/x"), ("POST", "/subscriptions/x/secret"),
    ("POST", "/subscriptions/x/test"), ("POST", "/subscriptions/x/replay"),
    ("GET", "/subscriptions/x/deliveries"), ("POST", "/subscriptions/x/deliveries/retry"),
    ("POST", "/subscriptions/x/deliveries/1/retry"), ("POST", "/event-keys/rotate")])
def test_for_admin_tokens_only(server, desk, teacher, method, path):
    edlink = server.demo["edlink"]
    user = desk.ask("POST", "/api-users", 201, username=f"user {method} {path}")
    application = desk.ask("POST", "/tokens", 201, kind="application", owner=user["username"])
    desk.ask("POST", "/grants", 201, holder="api_user", owner=user["id"],
             permission="Submission.Read", scope="account")
    for token, status in ((teacher.token, 403), (edlink["integration_token"], 403),
                          (application["token"], 403), (teacher.refresh_token, 401),
                          (edlink["client_secret"], 401), ("", 401), ("wrong", 401)):
        reply = Caller(server).request(method, API + path, headers=bearer(token))
        assert reply.status_code in (status, 401), reply.text
        assert "error" in reply.json()


def test_integrations(server, desk):
    made = desk.ask("POST", "/integrations", 201, name="Gradebook")
    token = desk.ask("POST", "/tokens", 201, kind="integration", owner=made["client_id"])
    assert token["owner"] == made["id"]
    assert "client_secret" not in json.dumps(desk.listed("integrations"))
    rotated = desk.ask("POST", f"/integrations/{made['id']}/secret", 201)
    assert rotated["client_secret"] not in ("", made["client_secret"])
    assert rotated["client_id"] == made["client_id"]
    for state in ("disabled", "active", "paused"):
        assert desk.ask("PATCH", f"/integrations/{made['id']}", 200, state=state)["state"] == state
    desk.refused("PATCH", f"/integrations/{made['id']}", 400, "bad_request", state="gone")
    desk.refused("PATCH", "/integrations/none", 404, "not_found", state="active")
    desk.refused("POST", "/integrations", 400, "bad_request", name="")


def test_a_disabled_integration_and_a_new_secret(new_server):
    server = new_server("--students", "2").start()
    desk, edlink = Desk(server), server.demo["edlink"]
    student = Person(server, 0)
    refresh = {"grant_type": "refresh_token", "client_id": edlink["client_id"],
               "client_secret": edlink["client_secret"], "refresh_token": student.refresh_token}
    exchange = lambda: Caller(server).request("POST", "/api/authentication/token", json=refresh).status_code
    assert (profile(server, student.token), exchange()) == (200, 200)
    desk.ask("PATCH", f"/integrations/{edlink['client_id']}", 200, state="disabled")
    assert (profile(server, student.token), exchange()) == (400, 400)
    desk.ask("PATCH", f"/integrations/{edlink['client_id']}", 200, state="active")
    assert (profile(server, student.token), exchange()) == (200, 200)
    new = desk.ask("POST", f"/integrations/{edlink['client_id']}/secret", 201)["client_secret"]
    assert exchange() == 400
    refresh["client_secret"] = new
    assert exchange() == 200


def test_api_users(desk):
    made = desk.ask("POST", "/api-users", 201, username="marks export")
    assert len(made["password"]) == 43
    given = desk.ask("POST", "/api-users", 201, username="with a password", password="correct horse battery")
    assert "password" not in given
    desk.refused("POST", "/api-users", 409, "conflict", username="marks export")
    for wrong in ({"username": "a:b"}, {"username": "short", "password": "short"}, {}):
        desk.refused("POST", "/api-users", 400, "bad_request", **wrong)
    token = desk.ask("POST", "/tokens", 201, kind="application", owner="marks export")
    grant = desk.ask("POST", "/grants", 201, holder="api_user", owner="marks export",
                     permission="Submission.Read", scope="department", scope_id="cs")
    desk.ask("DELETE", f"/api-users/{made['id']}", 204)
    assert made["id"] not in [user["id"] for user in desk.listed("api-users")]
    assert token["id"] not in [t["id"] for t in desk.listed("tokens")]
    assert grant["id"] not in [g["id"] for g in desk.listed("grants")]


def test_grants(server, desk, student):
    demo = server.demo
    grants = [("account", None), ("department", "cs"), ("class", demo["edlink"]["class_id"]),
              ("assignment", demo["edlink"]["assignment_id"]), ("person", "student2")]
    made = []
    for scope, scope_id in grants:
        body = {"holder": "person", "owner": student.person_id, "scope": scope,
                "permission": "Submission.Read", **({"scope_id": scope_id} if scope_id else {})}
        made.append(desk.ask("POST", "/grants", 201, **body))
        assert made[-1]["effect"] == "allow" and made[-1]["scope"] == scope
        desk.refused("POST", "/grants", 409, "conflict", **body, effect="deny")
    assert desk.listed("grants", f"&owner={student.person_id}", limit=2) == made
    for grant in made:
        desk.ask("DELETE", f"/grants/{grant['id']}", 204)
        desk.refused("DELETE", f"/grants/{grant['id']}", 404, "not_found")
    assert desk.listed("grants", f"&owner={student.person_id}") == []


def test_denials_count_at_once(desk, new_student, teacher):
    student = new_student()
    submission = student.submit()
    assert submission.status_code == 200
    place = student.place()
    uploads = lambda: student.post(API + "/uploads", params={"filename": "a"}, data=b"x").status_code
    asked = {"Profile.Read": lambda: student.my("/profile").status_code,
             "Upload.Create": uploads,
             "Module.Read": lambda: student.get(place).status_code,
             "Submission.ReadOwn": lambda: student.get(
                 place + "/submissions/" + submission.json()["$data"]["id"]).status_code,
             "Submission.Create": lambda: student.reclaim().status_code}
    for permission, ask in asked.items():
        before = ask() if permission != "Submission.Create" else 200
        assert before in (200, 201), permission
        grant = desk.ask("POST", "/grants", 201, holder="person", owner=student.person_id,
                         permission=permission, scope="account", effect="deny")
        assert ask() in (400, 403), permission
        desk.ask("DELETE", f"/grants/{grant['id']}", 204)
        assert ask() == before, permission
    # and what is granted to somebody who teaches nobody
    other = new_student()
    theirs = place + "/submissions/" + submission.json()["$data"]["id"]
    assert other.get(theirs).status_code == 400
    grant = desk.ask("POST", "/grants", 201, holder="person", owner=other.person_id,
                     permission="Submission.Read", scope="class", scope_id="sis-cs101")
    assert other.get(theirs).status_code == 200
    desk.ask("DELETE", f"/grants/{grant['id']}", 204)
    assert other.get(theirs).status_code == 400


@pytest.mark.parametrize("change, status", [
    ({"permission": "Everything"}, 400), ({"permission": "Access.Manage"}, 400),
    ({"scope": "galaxy"}, 400), ({"scope": "class"}, 400), ({"owner": "nobody"}, 404),
    ({"scope": "class", "scope_id": "none"}, 404), ({"scope": "department", "scope_id": "none"}, 404),
    ({"scope": "assignment", "scope_id": "none"}, 404), ({"scope": "person", "scope_id": "none"}, 404),
    ({"effect": "maybe"}, 400), ({"holder": "cat"}, 400)])
def test_what_grants_cannot_be(desk, change, status):
    body = {"holder": "person", "owner": "student1", "permission": "Submission.Read",
            "scope": "account", **change}
    desk.refused("POST", "/grants", status, "not_found" if status == 404 else "bad_request", **body)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "after=x"])
@pytest.mark.parametrize("name", ["tokens", "integrations", "api-users", "grants", "audit"])
def test_pages_out_of_bounds(desk, name, query):
    desk.refused("GET", f"/{name}?{query}", 400, "bad_request")


def test_lists_go_on_where_they_stopped(desk, student):
    made = {desk.ask("POST", "/tokens", 201, kind="person", owner=student.person_id)["id"]
            for _ in range(5)}
    for limit in (1, 2, 5, 6):
        ids = [token["id"] for token in desk.listed("tokens", f"&owner={student.person_id}", limit)]
        assert len(ids) == len(set(ids)) and made <= set(ids)


def test_the_audit(desk, server, student):
    before = desk.listed("audit")[-1:]
    made = desk.ask("POST", "/tokens", 201, kind="person", owner=student.person_id, name="audited")
    desk.ask("DELETE", f"/tokens/{made['id']}", 204)
    created, revoked = desk.listed("audit", f"&target={made['id']}")
    assert [created["action"], revoked["action"]] == ["token.create", "token.revoke"]
    assert created["client_ip"] == "127.0.0.1" and created["request_id"]
    assert created["actor"]["token"] and created["at"] <= revoked["at"]
    assert created["detail"]["name"] == "audited" and created["detail"]["person"] == student.person_id
    assert made["token"] not in json.dumps([created, revoked])
    assert [e["action"] for e in desk.listed("audit", f"&action=token.revoke&target={made['id']}")] == [
        "token.revoke"]
    # what was refused is not in it
    count = len(desk.listed("audit"))
    desk.refused("DELETE", f"/tokens/{made['id']}", 404, "not_found")
    assert len(desk.listed("audit")) == count
    assert before == [] or before[0] in desk.listed("audit")


def test_secrets_are_in_no_log(new_server):
    server = new_server("--students", "2", "--log-level", "debug").start()
    desk = Desk(server)
    secrets = [desk.ask("POST", "/tokens", 201, kind="admin")["token"],
               desk.ask("POST", "/integrations", 201, name="x")["client_secret"],
               desk.ask("POST", "/api-users", 201, username="x")["password"]]
    server.stop()
    text = server.log.read_text()
    assert not [secret for secret in secrets if secret in text]


def test_the_command_line_beside_a_server(new_server):
    server = new_server("--students", "2").start()
    where = ("--data", server.data, "--json")
    [made] = command("token", "create", "--kind", "person", "--owner", "student1", "--name", "cli",
                     "--expires-in", "90d", *where)
    assert profile(server, made["token"]) == 200 and made["expires_at"]
    assert made["id"] in [t["id"] for t in command("token", "list", "--kind", "person", *where)]
    command("token", "revoke", made["id"], "--data", server.data)
    assert profile(server, made["token"]) == 401
    [app] = command("integration", "create", "App", *where)
    command("integration", "disable", app["id"], *where)
    states = {i["id"]: i["state"] for i in command("integration", "list", *where)}
    assert states[app["id"]] == "disabled"
    command("integration", "enable", app["client_id"], *where)
    [rotated] = command("integration", "rotate-secret", app["id"], *where)
    assert rotated["client_secret"] != app["client_secret"]
    [user] = command("api-user", "create", "robot", "--password-stdin", *where,
                     stdin="a long enough one\n")
    [grant] = command("grant", "add", "--api-user", "robot", "--permission", "Submission.Read",
                      "--on", "department:cs", "--deny", *where)
    assert (grant["owner"], grant["effect"], grant["scope"]) == (user["id"], "deny", "department")
    assert grant in command("grant", "list", "--owner", user["id"], *where)
    command("grant", "remove", grant["id"], "--data", server.data)
    assert command("grant", "list", "--owner", user["id"], *where) == []
    command("api-user", "remove", "robot", "--data", server.data)
    audit = command("audit", *where)
    assert [e["action"] for e in audit] == [
        "token.create", "token.revoke", "integration.create", "integration.state",
        "integration.state", "integration.rotate_secret", "api_user.create", "grant.add",
        "grant.remove", "api_user.remove"]
    assert all(e["client_ip"] == "127.0.0.1" for e in audit)


def test_the_command_line_without_a_server(new_server):
    server = new_server("--students", "2").start()
    demo = server.demo
    where = ("--data", server.data)
    server.stop()
    options = server.options
    database = options[options.index("--database"):] if "--database" in options else []
    [made] = command("token", "create", "--kind", "admin", "--name", "spare", "--json", *where, *database)
    [demo_token] = [t for t in command("token", "list", "--kind", "admin", "--json", *where, *database)
                    if t["id"] != made["id"]]
    command("token", "revoke", demo_token["id"], *where, *database)
    server.start()
    assert events(server, made["token"]) == 200
    assert events(server, demo["admin_token"]) == 401
    created, revoked = Desk(server, made["token"]).listed("audit")
    assert created["actor"]["name"].startswith("command line (")
    assert (created["client_ip"], created["actor"]["token"]) == (None, None)
    # its token does not work any more, so the command needs one that does
    refused = run("token", "list", *where)
    assert refused.returncode == 1 and "admin token" in refused.stderr
    assert run("token", "list", "--token", made["token"], *where).returncode == 0


def test_the_first_admin_token_of_a_new_installation(tmp_path):
    data = tmp_path / "data"
    [first] = command("token", "create", "--kind", "admin", "--json", "--data", data)
    server = Bare(data)
    try:
        server.start()
        assert events(server, first["token"]) == 200
        assert not (data / "admin-token").exists()  # there is one already
    finally:
        server.close()


def test_without_any_token_the_server_makes_one(tmp_path):
    server = Bare(tmp_path / "data")
    try:
        server.start()
        assert events(server, (server.data / "admin-token").read_text().strip()) == 200
    finally:
        server.close()


def test_another_database_is_not_taken_for_a_new_one(tmp_path):
    server = Bare(tmp_path / "data", "--database", f"sqlite:{tmp_path}/elsewhere.db")
    try:
        server.start()
        server.stop()
        refused = run("token", "list", "--data", server.data)
        assert refused.returncode == 1 and "--database" in refused.stderr
        assert not (server.data / "handin.db").exists()
        assert run("token", "list", "--data", server.data, "--database",
                   f"sqlite:{tmp_path}/elsewhere.db").returncode == 0
    finally:
        server.close()


@pytest.mark.parametrize("arguments, words", [
    (("token", "create"), "--kind"), (("token", "create", "--kind", "person"), "owner"),
    (("token", "revoke", "no-such"), "no token"), (("integration", "disable", "x"), "no integration"),
    (("grant", "add", "--permission", "x", "--on", "account"), "--api-user"),
    (("grant", "remove", "x"), "no grant")])
def test_what_commands_cannot_do(server, arguments, words):
    refused = run(*arguments, "--data", server.data)
    assert refused.returncode != 0 and words in (refused.stderr + refused.stdout).lower()


ROOT = Path(__file__).parents[2]


def routes():
    """Every path that src/api gives to the router."""
    text = "".join(path.read_text() for path in sorted((ROOT / "src/api").rglob("*.cpp")))
    return {path for path in re.findall(r'"(/(?:api|healthz|readyz|metrics)[^"]*)"', text)}


def documented():
    for document in ("edlink", "handin", "tabula"):
        described = yaml.safe_load((ROOT / "docs/openapi" / f"{document}.yaml").read_text())
        for path, item in described["paths"].items():
            for method, operation in item.items():
                if method in ("get", "post", "put", "patch", "delete", "head"):
                    open_to_all = operation.get("security", described.get("security")) == []
                    yield method.upper(), path, open_to_all


# What needs no token, and why: the token endpoint has client_id and client_secret, public keys are
# public, and the others are asked by machines that have no token.
OPEN = {"/api/up", "/api/authentication/token", "/api/handin/v1/receipts/keys",
        "/api/handin/v1/event-keys", "/healthz",
        "/readyz", "/metrics"}


def test_every_operation_asks(server):
    caller = Caller(server)
    for method, path, open_to_all in documented():
        assert open_to_all == (path in OPEN), path
        url = re.sub(r"\{[^}]*\}", "00000000-0000-4000-8000-000000000000", path)
        tus = {"Tus-Resumable": "1.0.0"} if "uploads" in path else {}
        for header in ({}, bearer("wrong")):
            reply = caller.request(method, url, headers={**header, **tus})
            if not open_to_all:
                assert reply.status_code == 401, f"{method} {path}: {reply.status_code}"


def test_every_route_is_documented():
    # so that the test above knows of it
    known = {re.sub(r"\{[^}]*\}", "*", path) for _, path, _ in documented()}
    for path in routes():
        wanted = re.sub(r":[a-z_]+", "*", path).rstrip("/")
        assert any(one == wanted or one.startswith(wanted + "/") for one in known), path

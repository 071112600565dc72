"""HTTP Basic of API users, and what is told to everybody else (tabula.md 1.2, 1.3, P11)."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from support.access import Desk, bearer
from support.tabula import API, SECONDS, Tabula, failure_of, ok_of


@pytest.fixture(scope="module")
def tabula(server):
    return Tabula(server)


def ask(server, path="/module", method="GET", **options):
    session = requests.Session()
    session.trust_env = False
    return session.request(method, server.base_url + API + path, timeout=SECONDS, **options)


def test_the_password_of_the_demo_works(tabula):
    ok_of(tabula.get("/module"))


@pytest.mark.parametrize("headers", [
    {},  # P11: no credentials
    {"Cookie": "SSO=1"},  # P11: cookie only
    {"Authorization": "Basic !!!"},
    {"Authorization": "Basic bm9jb2xvbg=="},
    {"Authorization": "OAuth oauth_token=1"},  # 1.2: offered upstream, not here
    {"X-Trusted-App-Cert": "x"},
    {"X-Requested-With": "XMLHttpRequest"},
])
def test_without_credentials(server, headers):
    reply = ask(server, headers=headers)
    assert "Basic" in failure_of(reply, 401, "unauthorized")
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert reply.headers["Cache-Control"] == "no-cache, no-store"


def test_a_token_of_another_api_is_none(server):
    token = server.demo["edlink"]["students"][0]["access_token"]
    failure_of(ask(server, headers=bearer(token)), 401, "unauthorized")


@pytest.mark.parametrize("method, path", [
    ("DELETE", "/module"),
    ("PUT", "/attachments"),
])
def test_who_it_is_comes_before_what_is_there(server, tabula, method, path):
    # tabula.md 1.4: 401 → 405
    failure_of(ask(server, path, method), 401, "unauthorized")
    reply = tabula.request(method, path)
    failure_of(reply, 405, "method_not_allowed")
    assert reply.headers["Allow"]


def test_an_unknown_path(server, tabula):
    failure_of(tabula.get("/nothing/here"), 404, "not_found")
    failure_of(ask(server, "/nothing/here"), 401, "unauthorized")


@pytest.fixture
def alone(new_server):
    """A server of its own, whose throttle nobody else is under."""
    return new_server().start()


def test_wrong_passwords_are_throttled_and_right_ones_go_on(alone):
    tabula = Tabula(alone)
    ok_of(tabula.get("/module"))  # remembered from here on
    name = tabula.demo["username"]
    replies = [ask(alone, auth=(name, f"wrong {i}")) for i in range(12)]
    assert [reply.status_code for reply in replies[:10]] == [401] * 10
    for reply in replies[10:]:
        failure_of(reply, 429, "too_many_requests")
        assert 0 < int(reply.headers["Retry-After"]) <= 60
    # the right one, remembered, is answered all the same; so is a name that nobody tried
    ok_of(tabula.get("/module"))
    failure_of(ask(alone, auth=("somebody", "else")), 401, "unauthorized")


def test_a_password_costs_its_hash_once(alone):
    """Argon2id takes some 20 ms: many requests at once, and many in turn, pay it once."""
    tabula = Tabula(alone)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: Tabula(alone).get("/module").status_code, range(64)))
    assert replies == [200] * 64
    begun = time.monotonic()
    for _ in range(100):
        ok_of(tabula.get("/module"))
    assert time.monotonic() - begun < 2.0  # 100 hashes of 20 ms would take longer


def test_a_user_who_is_removed_is_nobody_at_once(alone):
    desk = Desk(alone)
    desk.ask("POST", "/api-users", 201, username="other-api", password="correct horse battery")
    other = Tabula(alone, "other-api", "correct horse battery")
    ok_of(other.get("/module"))
    desk.ask("DELETE", "/api-users/other-api", 204)
    failure_of(other.get("/module"), 401, "unauthorized")


def test_a_time_zone_that_is_none(new_server):
    server = new_server("--tabula-time-zone", "Nowhere/Else")
    with pytest.raises(RuntimeError):
        server.start()
    assert "time zone" in server.log.read_text(encoding="utf-8")


def test_times_are_shown_in_the_school_s_zone(new_server):
    """tabula.md 1.1: with the offset of the zone."""
    server = new_server("--tabula-time-zone", "Asia/Kolkata").start()
    tabula = Tabula(server)
    shown = ok_of(tabula.get(f"/attachments/{tabula.sent()}"))["attachment"]
    assert shown["dateUploaded"].endswith("+05:30")

"""GET /events/stream (docs/events.md): server-sent events, to npm's EventSource and to raw requests."""
import json
import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests

from support.checks import data_of
from support.edlink import Admin, Person

HERE = Path(__file__).parent
PATH = "/api/handin/v1/events/stream"
PATIENCE = 60


class Listener:
    """The client in a process of its own."""

    def __init__(self, server, **params):
        assert shutil.which("node"), "node is missing: make deps"
        assert (HERE / "node_modules/eventsource").is_dir(), "make deps installs the client"
        url = requests.Request("GET", server.base_url + PATH, params=params).prepare().url
        job = json.dumps({"url": url, "token": server.demo["admin_token"]})
        self.process = subprocess.Popen(["node", "events/listen.js", job], cwd=HERE, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def opened(self):
        while "open" not in self.lines.get(timeout=PATIENCE):
            pass

    def events(self, count):
        found = []
        while len(found) < count:
            line = self.lines.get(timeout=PATIENCE)
            if "open" not in line:
                found.append(line)
        return found

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


@pytest.fixture
def listen():
    made = []

    def make(*options, **named):
        made.append(Listener(*options, **named))
        return made[-1]

    yield make
    for one in made:
        one.close()


def raw(server, headers=None, **params):
    return Admin(server).get(PATH, params=params, headers=headers or {}, stream=True)


def ids_in(reply, count):
    """The sequences of the first so many events, and the comments before the last of them."""
    found, comments = [], 0
    for line in reply.iter_lines(chunk_size=1):
        if line.startswith(b"id: "):
            found.append(int(line[4:]))
        comments += line.startswith(b":")
        if len(found) == count:
            break
    reply.close()
    return found, comments


def hand_in(school, *indexes):
    for index in indexes:
        data_of(Person(school, index).submit())


def test_as_they_happen_and_on_over_a_restart(new_server, listen):
    school = new_server().start()
    hand_in(school, 0, 1)
    everything, new = listen(school, after=0), listen(school)
    everything.opened()
    new.opened()
    hand_in(school, 2)
    assert everything.events(3) == Admin(school).events()
    assert new.events(1) == Admin(school).events()[2:]
    begun = time.monotonic()
    assert school.stop() == 0
    assert time.monotonic() - begun < 10, "who listens holds up nobody's end"
    school.start()
    hand_in(school, 3)
    school.kill()
    school.start()
    hand_in(school, 4)
    # each once, in order, nothing missing
    assert everything.events(2) == new.events(2) == Admin(school).events()[3:]


def test_where_to_begin(new_server):
    school = new_server().start()
    hand_in(school, *range(4))
    # what has no Canvas form is passed over, as when it is pulled
    data_of(Person(school, 0).reclaim())
    hand_in(school, 0)
    sequences = [event["sequence"] for event in Admin(school).events()]
    assert sequences == [1, 2, 3, 4, 6]
    assert ids_in(raw(school, after=0), 5)[0] == sequences
    assert ids_in(raw(school, after=3), 2)[0] == [4, 6]
    assert ids_in(raw(school, {"Last-Event-ID": "4"}, after=0), 1)[0] == [6]
    reply = raw(school, after=2)
    assert reply.headers["Content-Type"] == "text/event-stream"
    assert reply.headers["Cache-Control"] == "no-store"
    reply.close()


def test_many_pages(new_server):
    school = new_server("--students", 130).start()
    hand_in(school, *range(130))
    assert ids_in(raw(school, after=0), 130)[0] == list(range(1, 131))


def test_heartbeat_and_revoked_token(new_server):
    school = new_server().start()
    made = Admin(school).post("/api/handin/v1/tokens", json={"kind": "admin", "name": "listener"})
    assert made.status_code == 201, made.text
    reply = requests.get(school.base_url + PATH, stream=True, timeout=PATIENCE,
                         headers={"Authorization": "Bearer " + made.json()["token"]})
    lines = reply.iter_lines(chunk_size=1)
    begun = time.monotonic()
    while not next(lines).startswith(b":"):
        pass
    assert 5 < time.monotonic() - begun < 40
    gone = Admin(school).delete(f"/api/handin/v1/tokens/{made.json()['id']}")
    assert gone.status_code in (200, 204), gone.text
    assert not any(line.startswith(b"id") for line in lines)  # it ends, at the next heartbeat
    assert time.monotonic() - begun < 60


def test_nothing_more_once_revoked(new_server):
    school = new_server().start()
    made = Admin(school).post("/api/handin/v1/tokens", json={"kind": "admin", "name": "listener"}).json()
    reply = requests.get(school.base_url + PATH, stream=True, timeout=PATIENCE,
                         headers={"Authorization": "Bearer " + made["token"]})
    lines = reply.iter_lines(chunk_size=1)
    hand_in(school, 0)
    while not next(lines).startswith(b"id"):
        pass
    assert Admin(school).delete(f"/api/handin/v1/tokens/{made['id']}").status_code in (200, 204)
    hand_in(school, 1)
    assert not any(line.startswith(b"id") for line in lines)


def test_who_and_how_many(new_server):
    school = new_server().start()
    assert requests.get(school.base_url + PATH, timeout=PATIENCE).status_code == 401
    assert Person(school, 0).get(PATH).status_code == 403
    for bad in ({"after": "x"}, {"after": -1}):
        assert raw(school, **bad).status_code == 400
    assert raw(school, {"Last-Event-ID": "x"}).status_code == 400
    listening = [raw(school) for _ in range(32)]
    assert [reply.status_code for reply in listening] == [200] * 32
    assert "handin_event_listeners 32" in Admin(school).get("/metrics").text
    refused = raw(school)
    assert refused.status_code == 503 and "Retry-After" in refused.headers
    for reply in listening:
        reply.close()
    end = time.monotonic() + PATIENCE  # noticed when it is written to
    while raw(school, after=0).status_code != 200:
        hand_in(school, 0)
        data_of(Person(school, 0).reclaim())
        assert time.monotonic() < end

"""The ceiling of memory that docs/operating.md adds up: clients want a multiple of each bound, and
the server stays below it, and goes on serving (DESIGN 6, 10.7)."""
import resource
import socket
import time

import pytest

from support.checks import data_of
from support.edlink import Caller, Person, text
from support.raw import Raw
from support.server import sanitized
from support.uploads import UPLOADS, create

KIB, MIB = 1 << 10, 1 << 20
CONNECTION = 16 * KIB  # docs/operating.md: 11 KiB; and half as much again for what allocators add
SLACK = 12 * MIB       # what a server that is warm may still come to need: page caches, rows, threads


@pytest.fixture(autouse=True)
def descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Watched:
    """A server that has done a little of everything, and how its memory grows from there."""

    def __init__(self, server):
        self.server = server.start()
        for index in range(3):
            data_of(Person(server, index).submit(text("x" * 8000)))
        self.before = server.peak_memory()

    def check(self, most):
        grown = self.server.peak_memory() - self.before
        assert sanitized() or grown < most + SLACK, f"{grown >> 20} MiB, of {most >> 20}"
        data_of(Person(self.server, 5).submit())  # and it goes on
        assert self.server.errors() == []


def close(raws):
    for raw in raws:
        raw.input.close()
        raw.socket.close()


def head(person, method, path, *more):
    return (f"{method} {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {person.token}", *more)


def settle(raws, seconds=60):
    """Until everything that can be sent or answered is."""
    end = time.monotonic() + seconds
    answered = -1
    while time.monotonic() < end:
        now = sum(raw.answered() for raw in raws)
        if now == answered:
            return now
        answered = now
        time.sleep(1)
    return answered


def test_submits(new_server):
    # each with all the parts that memory holds
    budget = 32 * MIB
    watched = Watched(new_server("--max-body-memory", budget, "--students", 60))
    server = watched.server
    part = b'{"type":"text","text":"' + b"x" * 8000 + b'"}'
    body = b'{"attachments":[' + b",".join([part] * 60) + b"]}"
    seated = []
    for index in range(10, 60):
        raw = Raw(server)
        student = Person(server, index)
        raw.send_head(*head(student, "POST", student.place() + "/submit",
                            f"Content-Length: {len(body)}"))
        try:
            raw.send(body[:-2])
        except OSError:
            pass  # refused meanwhile
        seated.append((student, raw))
    settle([raw for _, raw in seated])
    refused = [student for student, raw in seated if raw.answered()]
    assert refused and len(refused) < 50
    for student, raw in seated:
        if student not in refused:
            raw.send(body[-2:])
            data_of(raw.reply())
        close([raw])
    for student in refused[:5]:
        data_of(student.submit(data=body))
    watched.check(budget * 3 // 2)


def test_uploads(new_server):
    most = 30
    watched = Watched(new_server("--max-uploads-at-once", most, "--max-uploads-per-person", 1000))
    server = watched.server
    student = Person(server, 6)
    size = MIB
    raws = []
    for number in range(5 * most):
        if number == most:  # the places are taken, before more come
            end = time.monotonic() + 30
            while f"handin_uploads_receiving {most}\n" not in Caller(server).get("/metrics").text:
                assert time.monotonic() < end
        raw = Raw(server)
        if number % 2:
            path = create(student, size) if number < most else f"{UPLOADS}/{student.person_id}"
            lines = head(student, "PATCH", path, "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
                         "Content-Type: application/offset+octet-stream")
        else:
            lines = head(student, "POST", UPLOADS)
        raw.send_head(*lines, f"Content-Length: {size}")
        try:
            raw.send(b"x" * (size - 1))
        except OSError:
            pass  # refused meanwhile
        raws.append(raw)
    assert settle(raws) == 4 * most
    assert f"handin_uploads_receiving {most}\n" in Caller(server).get("/metrics").text
    refusals = [raw.reply() for raw in raws if raw.answered()]
    assert {reply.status_code for reply in refusals} == {503}
    assert all(int(reply.headers["Retry-After"]) > 0 for reply in refusals)
    with Raw(server) as raw:  # refused before the body: nothing of it was sent
        raw.send_head(*head(student, "POST", UPLOADS, "Expect: 100-continue", f"Content-Length: {size}"))
        assert raw.reply().status_code == 503
    watched.check(most * 480 * KIB + len(raws) * CONNECTION)
    close(raws)
    for _ in range(200):
        if "handin_uploads_memory_bytes 0\n" in Caller(server).get("/metrics").text:
            break
        time.sleep(0.05)
    assert student.post(UPLOADS, data=b"x").status_code == 201


def test_replies(new_server):
    # downloads that nobody reads: each holds a piece of its file
    most = 8 * MIB
    watched = Watched(new_server("--max-reply-memory", most))
    server = watched.server
    student = Person(server, 6)
    upload = student.post(UPLOADS, params={"filename": "a"}, data=b"x" * (16 * MIB)).json()["id"]
    reply = data_of(student.submit({"type": "file", "upload_id": upload}))
    path = reply["attempts"][0]["attachments"][0]["url"].removeprefix(server.base_url)
    raws = []
    for _ in range(150):
        raw = Raw(server)
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.send_head(*head(student, "GET", path))
        raws.append(raw)
    assert settle(raws) == len(raws)
    statuses = [int(raw.socket.recv(12, socket.MSG_PEEK).split()[1]) for raw in raws]
    assert statuses.count(200) == most // (272 * KIB) and statuses.count(503) == 150 - statuses.count(200)
    refused = raws[statuses.index(503)].reply()
    assert int(refused.headers["Retry-After"]) > 0 and refused.json()["$errors"]
    watched.check(most + len(raws) * CONNECTION)
    close(raws)
    for _ in range(200):
        if "handin_http_reply_bytes 0\n" in Caller(server).get("/metrics").text:
            break
        time.sleep(0.05)
    assert len(student.get(path).content) == 16 * MIB


def test_bodies_that_are_let_by(new_server):
    # of repeats, which need no place: their bodies are read for nothing
    count = 3000
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < count + 500:
        pytest.skip("too few descriptors are allowed here")
    watched = Watched(new_server("--max-bodies", 1, "--body-idle-timeout", 600))
    student = Person(watched.server, 6)
    first = data_of(student.submit(key="k"))
    body = b"{" + b" " * 199_999
    raws = []
    for _ in range(count):
        raw = Raw(watched.server)
        raw.send_head(*head(student, "POST", student.place() + "/submit?$idempotency=k",
                            f"Content-Length: {len(body)}"))
        raws.append(raw)
    for raw in raws:
        raw.send(body[:120_000])
    settle(raws)
    watched.check(64 * MIB + count * (CONNECTION + 8 * KIB))
    raws[-1].send(body[120_000:])
    again = data_of(raws[-1].reply(), ["IDEMPOTENCY_KEY_REPEATED"])  # with links to another host
    assert [item["id"] for item in again["attempts"][0]["attachments"]] == \
           [item["id"] for item in first["attempts"][0]["attachments"]]
    close(raws)

"""The bounds that can be set: what is beyond them is turned away, nobody else suffers (DESIGN 6)."""
import threading
import time

import pytest

from support.checks import data_of
from support.edlink import Caller, Person
from support.raw import Raw


def seconds_until_closed(raw):
    start = time.monotonic()
    raw.reply()  # None, or 408
    assert raw.input.read() == b""
    return time.monotonic() - start


def test_too_many_writes_at_once(new_server):
    # DESIGN 6: 503 with Retry-After; what is acknowledged is there all the same
    server = new_server("--max-waiting", 1).start()
    replies = {}

    def hand_in(student):
        replies[student] = student.submit(key="k")

    students = [Person(server, index) for index in range(30)]
    threads = [threading.Thread(target=hand_in, args=[student]) for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {reply.status_code for reply in replies.values()} <= {200, 503}
    for student, reply in replies.items():
        if reply.status_code == 503:
            assert int(reply.headers["Retry-After"]) >= 0
            assert reply.json()["$errors"] and "$data" not in reply.json()
            assert student.submission()["attempts"] == []
            reply = student.submit(key="k")  # the promptest repeat of a well-behaved client
        assert data_of(reply) == student.submission()


def test_too_many_connections(new_server):
    server = new_server("--max-connections", 4).start()
    idle = [Raw(server) for _ in range(4)]
    for raw in idle:
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        assert raw.reply().status_code == 200
    with Raw(server, seconds=5) as extra:
        try:
            extra.send_head("GET /healthz HTTP/1.1", "Host: a")
            reply = extra.reply()
        except OSError:
            reply = None
        assert reply is None or reply.status_code == 503
    for raw in idle:  # those who were first go on
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        assert raw.reply().status_code == 200
        raw.socket.close()


@pytest.mark.parametrize("option, sent", [
    ("--head-timeout", b"GET / HTTP/1.1\r\nHost: a"),
    ("--body-idle-timeout", b"POST /api/authentication/token HTTP/1.1\r\nHost: a\r\n"
                            b"Content-Length: 100\r\n\r\n{"),
    ("--keep-alive-timeout", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")])
def test_waits_no_longer_than_told(new_server, option, sent):
    server = new_server(option, 1).start()
    with Raw(server) as raw:
        raw.send(sent)
        if option == "--keep-alive-timeout":
            assert raw.reply().status_code == 200
        assert 0.5 < seconds_until_closed(raw) < 10
    assert Caller(server).get("/healthz").status_code == 200


def test_smaller_bodies(new_server):
    server = new_server("--max-body-bytes", 2048).start()
    student = Person(server, 0)
    assert student.submit(data=b" " * 2049).status_code == 413
    data_of(student.submit())


def test_a_reader_who_takes_nothing(new_server):
    # a download that is not read must not keep its file and memory for ever
    server = new_server("--write-timeout", 1).start()
    student = Person(server, 0)
    body = b'{"attachments":[{"type":"file","title":"a","data":[' + b"1," * 9_000_000 + b"1]}]}"
    [attachment] = data_of(student.submit(data=body))["attempts"][0]["attachments"]
    with Raw(server) as raw:
        raw.send_head(f"GET {attachment['url'].removeprefix(server.base_url)} HTTP/1.1", "Host: a",
                      f"Authorization: Bearer {student.token}")
        time.sleep(3)  # the point of the test: nothing is read for longer than the timeout
        got = 0
        try:
            while piece := raw.socket.recv(1 << 20):
                got += len(piece)
        except OSError:
            pass
    assert got < 9_000_000
    assert len(student.get(attachment["url"]).content) == 9_000_001

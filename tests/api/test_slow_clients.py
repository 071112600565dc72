"""Clients that hold on to what they take (slow-loris and its kin): bounded, told so where there is an
answer to give, and nobody else notices (DESIGN 6)."""
import resource
import time

import pytest

from support.checks import data_of
from support.edlink import Admin, Caller, Person
from support.raw import Raw
from support.server import sanitized

IDLE = 3000


def open_connections(server):
    for line in Caller(server).get("/metrics").text.splitlines():
        if line.startswith("handin_http_connections "):
            return float(line.split()[1])
    raise AssertionError("no handin_http_connections")


def eventually(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def submit_head(student, length):
    return (f"POST {student.place()}/submit HTTP/1.1", "Host: a",
            f"Authorization: Bearer {student.token}", f"Content-Length: {length}")


def test_thousands_of_idle_connections(new_server):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < IDLE + 500:
        pytest.skip(f"only {hard} descriptors are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        server = new_server("--keep-alive-timeout", 10, "--head-timeout", 10).start()
        before = server.peak_memory()
        student = Person(server, 0)
        idle = [Raw(server) for _ in range(IDLE)]
        for number, raw in enumerate(idle):
            raw.send((b"", b"G", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: ")[number % 3])
        start = time.monotonic()
        data_of(student.submit())
        data_of(student.my("/profile"))
        assert time.monotonic() - start < 5
        # docs/operating.md: 11 KiB each; and half as much again for what the allocator adds
        most = IDLE * 16 * 1024 + 8 * 1024 * 1024
        assert sanitized() or server.peak_memory() - before < most
        eventually(lambda: open_connections(server) < 10, 40)  # nobody stays for ever
        for raw in idle:
            raw.socket.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_trickling_body(new_server):
    # 6 KiB at ten bytes a second would hold its place for ten minutes
    server = new_server("--body-idle-timeout", 2).start()
    student = Person(server, 0)
    with Raw(server) as raw:
        raw.send_head(*submit_head(student, 6000))
        start = time.monotonic()
        while not raw.answered() and time.monotonic() - start < 15:
            raw.send(b" ")
            time.sleep(0.1)
        reply = raw.reply()
        assert reply.status_code == 408
        assert reply.json()["$errors"][0]["message"]
        assert time.monotonic() - start < 6
        assert raw.input.read() == b""  # and hung up on
    assert student.submission()["attempts"] == []
    data_of(student.submit())


def test_a_slow_line_is_served(new_server):
    # slow, but no slower than a modem: it may take as long as it takes
    server = new_server("--body-idle-timeout", 1).start()
    student = Person(server, 0)
    body = b'{"attachments":[{"type":"text","text":"' + b"x" * 6000 + b'"}]}'
    with Raw(server) as raw:
        raw.send_head(*submit_head(student, len(body)))
        for at in range(0, len(body), 200):
            raw.send(body[at:at + 200])
            time.sleep(0.1)
        data_of(raw.reply())


def test_clients_that_vanish_free_their_places(new_server):
    server = new_server("--max-bodies", 4).start()
    length = 1_000_000
    for index in range(12):
        student = Person(server, index % 4)
        raw = Raw(server)
        raw.send_head(*submit_head(student, length))
        raw.send(b'{"attachments":[{"type":"file","title":"a","data":[1,2')
        if index % 2:
            raw.send(b",1" * 50_000)
        raw.input.close()
        raw.socket.close()
        # Each is gone before long, so that there is a place again.
        eventually(lambda: "handin_submits_receiving 0\n" in Caller(server).get("/metrics").text)
    assert "handin_submits_memory_bytes 0\n" in Caller(server).get("/metrics").text
    assert Admin(server).events() == []
    data_of(Person(server, 0).submit())


def test_one_address_cannot_take_everything(new_server):
    server = new_server("--max-connections-per-address", 5, "--trusted-proxies",
                        "127.0.0.2").start()
    mine = [Raw(server) for _ in range(5)]
    for raw in mine:
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        assert raw.reply().status_code == 200
    with Raw(server) as extra:
        reply = extra.reply()
        assert reply.status_code == 503 and int(reply.headers["Retry-After"]) > 0
    for raw in mine:
        raw.send_head("GET /healthz HTTP/1.1", "Host: a")
        assert raw.reply().status_code == 200
        raw.input.close()
        raw.socket.close()
    eventually(lambda: _answers(server))


def _answers(server):
    with Raw(server) as raw:
        raw.send_head("GET /healthz HTTP/1.1", "Host: a", "Connection: close")
        return raw.reply().status_code == 200

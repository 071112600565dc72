"""Clients that hold on to what they take (slow-loris and its kin): bounded, told so where there is an
answer to give, and nobody else notices (DESIGN 6)."""
import os
import resource
import socket
import time

import pytest

from support.certificates import Certificate
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


class Reader:
    """Somebody who downloads, on a socket that takes little at a time."""

    def __init__(self, server, student, path, certificate):
        self.raw = Raw(server)
        self.raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        if certificate:
            self.raw.socket = certificate.context().wrap_socket(self.raw.socket,
                                                                server_hostname="127.0.0.1")
        self.raw.send_head(f"GET {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {student.token}",
                           "Connection: close")
        self.got = b""

    def read(self, most=1 << 20):
        try:
            piece = self.raw.socket.recv(most)
        except OSError:
            piece = b""
        self.got += piece
        return piece

    def close(self):
        self.raw.input.close()
        self.raw.socket.close()


@pytest.mark.parametrize("tls", [False, True])
def test_slow_readers(new_server, tmp_path, tls):
    # Who takes a byte now and then is hung up on; who is slow, but no slower than a modem, is not,
    # although the socket holds more than that client takes in many times --write-timeout.
    certificate = Certificate(tmp_path) if tls else None
    server = new_server("--write-timeout", 2, *(certificate.options if tls else [])).start()
    student = Person(server, 0)
    student.http.verify = str(certificate.file) if tls else True
    data = os.urandom(12 << 20)
    upload = student.post("/api/handin/v1/uploads", params={"filename": "a"}, data=data).json()["id"]
    [attempt] = data_of(student.submit({"type": "file", "upload_id": upload}))["attempts"]
    path = attempt["attachments"][0]["url"].removeprefix(server.base_url)
    teasing, slow = (Reader(server, student, path, certificate) for _ in range(2))

    def log_of_downloads():
        return [line for line in server.log_lines() if path in line]

    begin = time.monotonic()
    while not log_of_downloads() and time.monotonic() - begin < 20:
        teasing.read(1)
        for _ in range(3):
            assert slow.read(2_000)
            time.sleep(0.02)
    assert len(log_of_downloads()) == 1  # of the one who teased
    assert time.monotonic() - begin < 15
    assert any("reply not taken" in line for line in server.log_lines())
    until = time.monotonic() + 5  # longer than any wait that the socket's buffer could hide
    while time.monotonic() < until:
        assert slow.read(2_000)
        time.sleep(0.02)
    assert len(log_of_downloads()) == 1
    head, _, body = slow.got.partition(b"\r\n\r\n")
    assert b" 200 " in head and data.startswith(body)
    slow.close()
    teasing.close()


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

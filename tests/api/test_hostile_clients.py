"""Clients that are slow, go away or speak badly; the parser itself has its tests in C++."""
import threading
import time

from support.checks import data_of
from support.edlink import HELLO, Admin, Caller, Person, file
from support.raw import Raw


def head(student, *more):
    return (f"POST {student.place()}/submit HTTP/1.1", "Host: localhost",
            f"Authorization: Bearer {student.token}", *more)


def test_slow_clients_do_not_hold_up_others(server, student):
    slow = [Raw(server) for _ in range(100)]
    try:
        for number, raw in enumerate(slow):
            raw.send(b"GET /api/v2/my/profile HTTP/1.1\r\nHost: lo" if number % 2 else b"P")
        start = time.monotonic()
        for _ in range(10):
            data_of(student.my("/profile"))
        data_of(student.submit())
        assert time.monotonic() - start < 5
        slow[1].send(b"calhost\r\n\r\n")
        assert slow[1].reply().status_code == 401  # and the slow one is heard out
    finally:
        for raw in slow:
            raw.socket.close()


def test_slow_bodies_do_not_hold_up_others(server, student, new_student):
    body = b'{"attachments":[{"type":"file","title":"a","data":[' + b"1," * 50_000 + b"2]}]}"
    slow = [(Raw(server), new_student()) for _ in range(20)]
    for raw, who in slow:
        raw.send_head(*head(who, f"Content-Length: {len(body)}"))
        raw.send(body[:60_000])
    start = time.monotonic()
    data_of(student.submit())
    assert time.monotonic() - start < 5
    for raw, _ in slow:
        raw.send(body[60_000:])
        data_of(raw.reply())
        raw.socket.close()


def test_half_a_body_leaves_nothing(new_server):
    # DESIGN 10.8
    server = new_server().start()
    student = Person(server, 0)
    whole = Caller(server)  # one complete submission beside it, so that folders and all exist
    data_of(Person(server, 1).submit(file("a", bytes(50_000))))
    before = server.files()
    body = b'{"attachments":[{"type":"file","title":"a","data":[' + b"1," * 200_000 + b"2]}]}"
    for length in (f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"):
        for cut in (0, 1, 40, 70_000, len(body) - 1):
            with Raw(server) as raw:
                raw.send_head(*head(student, length))
                raw.send(body[:cut] if "Content" in length or not cut
                         else b"%x\r\n" % len(body) + body[:cut])
    assert whole.get("/readyz").status_code == 200
    eventually(lambda: server.files() == before)
    submission = student.submission()
    assert (submission["state"], submission["attempts"]) == ("created", [])
    assert len(Admin(server).events()) == 1
    data_of(student.submit())


def eventually(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_client_gone_before_the_reply(server, student):
    # the submit may count or not, but there is one answer to which
    body = b'{"attachments":[{"type":"text","text":"a"}]}'
    with Raw(server) as raw:
        raw.send_head(*head(student, f"Content-Length: {len(body)}", "Idempotency-Key: gone"))
        raw.send(body)
    reply = student.submit(json={"attachments": [HELLO]}, key="gone")
    assert len(reply.json()["$data"]["attempts"]) == 1
    assert len(student.submission()["attempts"]) == 1


def test_requests_one_after_the_other_without_waiting(server, student):
    # RFC 9112 9.3.2
    request = (f"GET /api/v2/my/profile HTTP/1.1\r\nHost: localhost\r\n"
               f"Authorization: Bearer {student.token}\r\n\r\n").encode()
    with Raw(server) as raw:
        raw.send(request * 5)
        for _ in range(5):
            assert data_of(raw.reply())["id"] == student.person_id


def test_connection_survives_a_refusal(server, student):
    body = b'{"attachments":[]}'
    with Raw(server) as raw:
        for _ in range(3):
            raw.send_head(*head(student, f"Content-Length: {len(body)}"))
            raw.send(body)
            assert raw.reply().status_code == 400


def test_rubbish(server):
    for rubbish in (b"\x16\x03\x01\x02\0\x01\0", b"\r\n\r\n\r\n", b"GET\r\n\r\n", b"\0" * 1000,
                    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"):
        with Raw(server, seconds=60) as raw:
            raw.send(rubbish)
            raw.socket.shutdown(1)
            reply = raw.reply()
            assert reply is None or reply.status_code == 400
    assert Caller(server).get("/readyz").status_code == 200


def test_large_head(server):
    for head_line in ("X-Long: " + "a" * 100_000, "\r\n".join(["X-Many: a"] * 20_000)):
        with Raw(server) as raw:
            try:
                raw.send_head("GET /api/up HTTP/1.1", "Host: a", head_line)
                reply = raw.reply()
            except OSError:
                continue  # hung up on while still sending
            assert reply is None or reply.status_code == 431  # RFC 6585 5


def test_many_connections(server, student):
    def look():
        mine = Person(server, student.index)
        for _ in range(5):
            data_of(mine.my("/profile"))
            done.append(1)

    done = []
    threads = [threading.Thread(target=look) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 250

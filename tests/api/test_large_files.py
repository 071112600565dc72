"""Large bodies: streamed in constant memory, refused early (edlink.md 2.1, 5; DESIGN 10.7)."""
import hashlib
import os
import random
import threading

import pytest

from support.checks import data_of, refusal_of
from support.edlink import Person
from support.raw import Raw

MIB = 1 << 20
LIMIT = 32 * MIB         # edlink.md 2.1
FILE_BYTES = 9_000_000   # edlink.md 5: about what fits into the limit
# The whole server, with four such requests under way; a sanitizer keeps what was freed.
MEMORY = (300 if "HANDIN_SANITIZED" in os.environ else 100) * MIB

NUMBERS = [b"%d," % byte for byte in range(256)]


def body_of(data):
    numbers = b"".join(map(NUMBERS.__getitem__, data))
    return b'{"attachments":[{"type":"file","title":"big.bin","data":[' + numbers[:-1] + b"]}]}"


@pytest.fixture(scope="module")
def big():
    data = random.Random(9).randbytes(FILE_BYTES)
    return hashlib.sha256(data).digest(), body_of(data)


def download_hash(person, url):
    digest = hashlib.sha256()
    with person.get(url, stream=True) as reply:
        assert reply.headers["Content-Length"] == str(FILE_BYTES)
        for piece in reply.iter_content(1 << 18):
            digest.update(piece)
    return digest.digest()


def test_four_large_files_at_once(new_server, big):
    server = new_server().start()
    expected, body = big
    assert 30 * MIB < len(body) < LIMIT
    students = [Person(server, index) for index in range(4)]
    got = {}

    def hand_in(student):
        data = data_of(student.submit(data=body))
        got[student.index] = download_hash(student, data["attempts"][0]["attachments"][0]["url"])

    threads = [threading.Thread(target=hand_in, args=[student]) for student in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {index: expected for index in range(4)}
    assert server.peak_memory() < MEMORY


def test_large_text_is_bounded(student):
    # a text comes back inside JSON, so it has a bound of its own, below that of the body
    words = "x" * (8 * MIB)
    reply = student.submit({"type": "text", "text": words})
    refusal_of(reply, "INVALID_REQUEST_BODY")
    assert student.submission()["attempts"] == []


def test_just_below_the_limit(student):
    body = b'{"attachments":[{"type":"file","title":"a","data":[104,105]}]'
    reply = student.submit(data=body + b" " * (32_000_000 - len(body) - 1) + b"}")
    assert data_of(reply)["state"] == "submitted"


def headers(student, *more):
    return (f"POST {student.place()}/submit HTTP/1.1", "Host: localhost",
            f"Authorization: Bearer {student.token}", "Content-Type: application/json", *more)


def test_over_the_limit_is_refused_at_the_headers(server, student):
    # edlink.md 5: 413; nothing of the body is awaited
    with Raw(server) as raw:
        raw.send_head(*headers(student, f"Content-Length: {LIMIT + 1}"))
        refusal_of(raw.reply(), "INVALID_REQUEST_BODY", 413)
    assert student.submission()["attempts"] == []


def test_over_the_limit_in_chunks_is_refused_on_the_way(server, student):
    piece = b" " * MIB
    with Raw(server) as raw:
        raw.send_head(*headers(student, "Transfer-Encoding: chunked"))
        sent = 0
        try:
            while sent < 4 * LIMIT and not raw.answered():
                raw.send(b"%x\r\n" % len(piece) + piece + b"\r\n")
                sent += len(piece)
        except OSError:
            pass  # it hung up on us, which is fine once it has answered
        assert LIMIT - MIB <= sent < 2 * LIMIT
        refusal_of(raw.reply(), "INVALID_REQUEST_BODY", 413)
    assert student.submission()["attempts"] == []


def test_wrong_token_is_refused_before_the_body(server, student):
    # DESIGN 5.5: authorise first
    student.token = "x" * 32
    with Raw(server) as raw:
        raw.send_head(*headers(student, "Content-Length: 30000000"))
        refusal_of(raw.reply(), "INVALID_TOKEN", 401)


def test_expect_continue(server, student):
    # RFC 9110 10.1.1: curl asks so for every body above 1 MiB
    body = b'{"attachments":[{"type":"text","text":"a"}]}'
    with Raw(server) as raw:
        raw.send_head(*headers(student, f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert raw.reply().status_code == 100
        raw.send(body)
        data_of(raw.reply())

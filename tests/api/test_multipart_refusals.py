"""Forms that are refused, too large or cut short: a clear reason, and nothing left behind."""
import hashlib
import random
import threading
import time

import pytest

from support.checks import data_of, refusal_of
from support.edlink import Admin, Person, file, link
from support.forms import a_file, attachments_of, form, json_part, send, submit
from support.raw import Raw
from support.server import Server

MIB = 1 << 20
MEMORY = 100 * MIB  # the whole server, as in test_large_files.py

FIELD = (["Content-Disposition: form-data; name=f"], b"x")

WRONG = {
    # case: (body, code, what the message tells)
    "nothing": (b"", "INVALID_REQUEST_BODY", "boundary"),
    "JSON under a form's name": (b'{"attachments":[]}', "INVALID_REQUEST_BODY", "boundary"),
    "another boundary": (form(a_file(), boundary="c"), "INVALID_REQUEST_BODY", "boundary"),
    "no closing boundary": (form(a_file(), end=False), "INVALID_REQUEST_BODY", "closing boundary"),
    "line feeds": (form(a_file()).replace(b"\r", b""), "INVALID_REQUEST_BODY", "CRLF"),
    "no disposition": (form(([], b"x")), "INVALID_REQUEST_BODY", "Content-Disposition"),
    "no name": (form((["Content-Disposition: form-data"], b"x")), "INVALID_REQUEST_BODY", "name"),
    "base64": (form(a_file("f", "a", b"YQ==", "Content-Transfer-Encoding: base64")),
               "INVALID_REQUEST_BODY", "Content-Transfer-Encoding"),
    "nested": (form(a_file("f", "a", b"", "Content-Type: multipart/mixed; boundary=c")),
               "INVALID_REQUEST_BODY", "multipart/mixed"),
    "a long head": (form(a_file("f", "a" * 9000)), "INVALID_REQUEST_BODY", "part 1"),
    "a long preamble": (b"x" * 5000 + b"\r\n" + form(a_file()), "INVALID_REQUEST_BODY", "4096"),
    "a long epilogue": (form(a_file()) + b"x" * 5000, "INVALID_REQUEST_BODY", "4096"),
    "no parts": (form(), "MISSING_REQUIRED_FIELD", "attachments"),
    "an empty list": (form(json_part([])), "MISSING_REQUIRED_FIELD", "attachments"),
    "too many files": (form(*[a_file()] * 101), "INVALID_REQUEST_BODY", "at most 100"),
    "too many long names": (form(*[a_file("f", "a" * 7900)] * 13), "INVALID_REQUEST_BODY", "98304"),
    "too many with the JSON": (form(*[a_file()] * 100, json_part([link()])),
                               "INVALID_REQUEST_BODY", "at most 100"),
    "too many parts": (form(*[FIELD] * 251), "INVALID_REQUEST_BODY", "250 parts"),
    "bytes without a file name": (
        form((["Content-Disposition: form-data; name=essay", "Content-Type: image/png"], b"x")),
        "MISSING_REQUIRED_FIELD", "essay"),
    "bytes with an empty file name": (form(a_file("essay", "")), "MISSING_REQUIRED_FIELD", "essay"),
    "a file name with NUL": (
        form((["Content-Disposition: form-data; name=f; filename*=UTF-8''a%00"], b"x")),
        "INVALID_REQUEST_BODY", "attachments[1].title"),  # the first is the large file
    "two JSON parts": (form(json_part([link()]), json_part([link()], "body")),
                       "INVALID_REQUEST_BODY", "body"),
    "broken JSON": (form((["Content-Disposition: form-data; name=json"], b'[{"type":')),
                    "INVALID_REQUEST_BODY", "json"),
    "JSON of another shape": (form(json_part("x")), "INVALID_REQUEST_BODY", "json"),
    "a wrong byte in the JSON": (form(json_part([{"type": "file", "title": "a", "data": [256]}])),
                                 "INVALID_REQUEST_BODY", "attachments[0].data[0]"),
    "a link without url": (form(a_file(), json_part([{"type": "link", "title": "a"}])),
                           "MISSING_REQUIRED_FIELD", "attachments[0].url"),
    "a part that is not there": (form(a_file(), json_part([{"type": "file", "part": "g"}])),
                                 "INVALID_REQUEST_BODY", "attachments[0].part"),
    "a part named twice": (form(a_file(), json_part([{"type": "file", "part": "f"}] * 2)),
                           "INVALID_REQUEST_BODY", "attachments[1].part"),
    "data and part": (form(a_file(), json_part([{**file("a", b"x"), "part": "f"}])),
                      "INVALID_REQUEST_BODY", "attachments[0].part"),
    "a part of the wrong type": (form(a_file(), json_part([{"type": "file", "part": 1}])),
                                 "INVALID_REQUEST_BODY", "attachments[0].part"),
    "neither data nor part": (form(json_part([{"type": "file", "title": "a"}])),
                              "MISSING_REQUIRED_FIELD", "attachments[0].data"),
}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server whose files nobody else changes."""
    one = Server(tmp_path_factory.mktemp("own") / "data", "--students", 80).start()
    data_of(Person(one, 1).submit(file("a", bytes(50_000))))  # so that folders and all exist
    try:
        yield one
        assert one.errors() == []
    finally:
        one.close()


def eventually(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("case", WRONG)
def test_refusals_leave_nothing(own, case):
    # a large file comes first, so that there is something to leave
    body, code, told = WRONG[case]
    student, before = Person(own, 10 + list(WRONG).index(case)), own.files()
    if body.startswith(b"--b\r\n") and "many" not in case and case != "an empty list":
        body = form(a_file("big", "big", bytes(200_000)), end=False) + body
        told = told.replace("part 1", "part 2")
    error = refusal_of(send(student, body), code)
    assert told in error["message"], error
    eventually(lambda: own.files() == before)
    assert student.submission()["attempts"] == []


@pytest.mark.parametrize("content_type", [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a*b",
    "multipart/form-data; boundary=" + "b" * 71, "multipart/form-data; boundary=b; boundary=b"])
def test_boundary_refused(student, content_type):
    error = refusal_of(send(student, form(a_file()), content_type), "INVALID_REQUEST_BODY")
    assert "Content-Type" in error["message"]


def test_several_problems_are_told_at_once(student):
    reply = send(student, form(json_part([{"type": "file", "part": "x"}, {"type": "link"},
                                          {"title": "?"}])))
    messages = [error["message"].split(":")[0] for error in reply.json()["$errors"]]
    assert messages == ["attachments[0].part", "attachments[0].title", "attachments[1].url",
                        "attachments[2].type"]


def test_assignments_that_do_not_take_it(student, others):
    reply = submit(student, [("f", ("a", b"a"))], to=others["link_only"])
    assert refusal_of(reply, "INVALID_SUBMISSION_TYPE")["message"].startswith("attachments[0].type")
    refusal_of(submit(student, [("f", ("a", b"a"))], to=others["closed"]), "UNSUPPORTED_OPERATION")


def test_large_files_in_constant_memory(own):
    """Four of 60 MB at once; the server never holds one."""
    size = 60_000_000
    block = random.Random(1).randbytes(MIB)
    head, _ = a_file("f", "big.bin")
    start = b"--b\r\n" + "".join(line + "\r\n" for line in head).encode() + b"\r\n"

    def pieces():
        yield start
        for at in range(0, size, MIB):
            yield block[:min(MIB, size - at)]
        yield b"\r\n--b--\r\n"

    expected = hashlib.sha256(b"".join(block[:min(MIB, size - at)]
                                       for at in range(0, size, MIB))).digest()
    got = {}

    def hand_in(index):
        person = Person(own, index)
        [found] = attachments_of(send(person, pieces()))
        digest = hashlib.sha256()
        with person.get(found["url"], stream=True) as reply:
            for piece in reply.iter_content(MIB):
                digest.update(piece)
        got[index] = digest.digest()

    threads = [threading.Thread(target=hand_in, args=[index]) for index in range(2, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {index: expected for index in range(2, 6)}
    assert own.peak_memory() < MEMORY


def test_limit_of_the_body(new_server):
    server = new_server("--max-form-bytes", 100_000).start()
    data_of(submit(Person(server, 0), [("f", ("a", bytes(99_000)))]))
    student, before = Person(server, 1), server.files()
    refusal_of(submit(student, [("f", ("a", bytes(100_000)))]), "INVALID_REQUEST_BODY", 413)
    assert server.files() == before
    assert student.submission()["attempts"] == []


def head(student, *more):
    return (f"POST {student.place()}/submit HTTP/1.1", "Host: localhost",
            f"Authorization: Bearer {student.token}",
            "Content-Type: multipart/form-data; boundary=b", *more)


def test_client_gone_in_the_middle(own):
    student, before = Person(own, 6), own.files()
    body = form(a_file(content=bytes(200_000)), json_part([link()]))
    for cut in (0, 3, 60, 90, 70_000, 200_100, len(body) - 3):
        with Raw(own) as raw:
            raw.send_head(*head(student, f"Content-Length: {len(body)}"))
            raw.send(body[:cut])
        with Raw(own) as raw:
            raw.send_head(*head(student, "Transfer-Encoding: chunked"))
            raw.send(b"%x\r\n" % len(body) + body[:cut])
    eventually(lambda: own.files() == before)
    assert student.submission()["attempts"] == []
    assert not [event for event in Admin(own).events_of(student)]
    data_of(submit(student, [("f", ("a", b"a"))]))


def test_wrong_token_is_refused_before_the_body(own):
    student = Person(own, 7)
    student.token = "x" * 32
    with Raw(own) as raw:
        raw.send_head(*head(student, "Content-Length: 300000000"))
        refusal_of(raw.reply(), "INVALID_TOKEN", 401)

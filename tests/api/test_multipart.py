"""Handing in as multipart/form-data: browsers, curl -F and scripts (docs/edlink.md, "As a form")."""
import hashlib
import json
import random
import subprocess
import threading
import time

import pytest

from support.checks import data_of, refusal_of
from support.edlink import Admin, Person, file, link, text
from support.raw import Raw
from support.server import Server

MIB = 1 << 20
MEMORY = 100 * MIB  # the whole server, as in test_large_files.py
REPEATED = ["IDEMPOTENCY_KEY_REPEATED"]
IGNORED = ["FOUND_UNEXPECTED_FIELD"]


def attachments_of(reply, warnings=()):
    return data_of(reply, warnings)["attempts"][-1]["attachments"]


def summary(person, reply, warnings=()):
    """(title, bytes) of each attachment, in order; of a link its URL, of a text its words."""
    def content(item):
        if item["type"] == "file":
            return person.get(item["url"]).content
        return item.get("url") or item.get("text")
    return [(item["title"], content(item)) for item in attachments_of(reply, warnings)]


def submit(person, files, **options):
    return person.submit(files=files, data={}, **options)


def form(*parts, boundary="b", end=True):
    """A body written by hand: each part its header lines and its content."""
    body = b""
    for lines, content in parts:
        body += b"--" + boundary.encode() + b"\r\n"
        body += "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + content + b"\r\n"
    return body + (b"--" + boundary.encode() + b"--\r\n" if end else b"")


def send(person, body, content_type="multipart/form-data; boundary=b", **options):
    return person.submit(data=body, headers={"Content-Type": content_type}, **options)


def a_file(name="f", filename="a.txt", content=b"a", *lines):
    return [f'Content-Disposition: form-data; name="{name}"; filename="{filename}"', *lines], content


def json_part(value, name="json"):
    return [f'Content-Disposition: form-data; name="{name}"',
            "Content-Type: application/json"], json.dumps(value).encode()


# --- what can be handed in -----------------------------------------------------------------------

def test_files_as_requests_sends_them(student):
    reply = submit(student, [("essay", ("essay.txt", b"words")), ("data", ("d.bin", bytes(70_000)))])
    assert summary(student, reply) == [("essay.txt", b"words"), ("d.bin", bytes(70_000))]
    assert student.submission()["attempts"] == data_of(reply)["attempts"]


def test_curl(student, tmp_path):
    (tmp_path / 'Käse "1".txt').write_bytes(b"cheese")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)) * 400)
    done = subprocess.run(
        ["curl", "-sS", student.base_url + student.place() + "/submit",
         "-H", f"Authorization: Bearer {student.token}",
         "-F", 'file=@"{}"'.format(str(tmp_path / 'Käse "1".txt').replace('"', '\\"')),
         "-F", f"file=@{tmp_path / 'b.bin'}",
         "-F", 'json={"attachments":[{"type":"link","title":"l","url":"https://example.org"}]}'],
        capture_output=True, text=True, timeout=60, check=True)
    found = json.loads(done.stdout)["$data"]["attempts"][0]["attachments"]
    assert [item["title"] for item in found] == ["l", 'Käse "1".txt', "b.bin"]
    assert student.get(found[1]["url"]).content == b"cheese"
    assert student.get(found[2]["url"]).content == bytes(range(256)) * 400


@pytest.mark.parametrize("name", ["json", "body", "attachments"])
@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize("last", [True, False])
def test_json_beside_files(student, name, as_list, last):
    listed = [link(), text("words", "t"), file("inline.txt", b"in json")]
    described = json_part(listed if as_list else {"attachments": listed}, name)
    files = [a_file(filename="1.txt", content=b"1"), a_file(filename="2.txt", content=b"2")]
    reply = send(student, form(*(files + [described] if last else [described] + files)))
    assert summary(student, reply) == [
        ("My work", "https://example.org/work"), ("t", "words"), ("inline.txt", b"in json"),
        ("1.txt", b"1"), ("2.txt", b"2")]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]])
def test_json_names_the_parts(student, order):
    listed = [{"type": "file", "part": "b", "title": "Second", "description": "the b part"},
              {"type": "file", "part": "a"}]
    parts = [json_part(listed), a_file("a", "a.txt", b"aaa"), a_file("b", "b.txt", b"bb" * 9000),
             a_file("c", "c.txt", b"c")]
    reply = send(student, form(*(parts[i] for i in order)))
    assert summary(student, reply) == [("Second", b"bb" * 9000), ("a.txt", b"aaa"), ("c.txt", b"c")]
    assert attachments_of(reply)[0]["description"] == "the b part"


def test_several_files_of_one_field(student):
    # <input type="file" name="f" multiple>: the n-th that names it gets the n-th
    listed = [{"type": "file", "part": "f", "title": "one"}, {"type": "file", "part": "f"}]
    reply = send(student, form(*(a_file("f", f"{i}.txt", b"%d" % i) for i in (1, 2, 3)),
                               json_part(listed)))
    assert summary(student, reply) == [("one", b"1"), ("2.txt", b"2"), ("3.txt", b"3")]


def test_json_as_a_browser_script_sends_it(student):
    # FormData.append("json", new Blob([...], {type: "application/json"}))
    blob = (['Content-Disposition: form-data; name="json"; filename="blob"',
             "Content-Type: application/json"], b'[{"type":"text","text":"hi","title":"t"}]')
    assert summary(student, send(student, form(blob))) == [("t", "hi")]


def test_json_file_is_a_file(student):
    # a student's own file, in a field that has the name of ours
    reply = submit(student, [("attachments", ("work.json", b"[]", "application/json"))])
    assert summary(student, reply) == [("work.json", b"[]")]


NAMES = {
    "a plain one": ("essay.pdf", "essay.pdf"),
    "umlauts": ("Übung größer.txt", "Übung größer.txt"),
    "emoji": ("🎓 done ✅.txt", "🎓 done ✅.txt"),
    "another script": ("論文.txt", "論文.txt"),
    "quotes": ('the "end".txt', 'the "end".txt'),
    "spaces and signs": ("a b;c=d, 100%.txt", "a b;c=d, 100%.txt"),
    "the folder above": ("../../etc/passwd", "passwd"),
    "Windows": ("C:\\Users\\me\\x.txt", "x.txt"),
    "a leading dot": (".profile", ".profile"),
}


@pytest.mark.parametrize("case", NAMES)
def test_file_names(student, case):
    sent, kept = NAMES[case]
    assert summary(student, submit(student, [("f", (sent, b"x"))])) == [(kept, b"x")]


def test_file_name_in_percent_escapes(student):
    part = (["Content-Disposition: form-data; name=f; filename=\"M_ller.txt\"; "
             "filename*=UTF-8''M%C3%BCller%20%F0%9F%8E%93.txt"], b"x")
    assert summary(student, send(student, form(part))) == [("Müller 🎓.txt", b"x")]


def test_empty_file_and_field_left_empty(student):
    empty_field = (['Content-Disposition: form-data; name="g"; filename=""',
                    "Content-Type: application/octet-stream"], b"")
    reply = send(student, form(a_file(content=b""), empty_field))
    assert summary(student, reply) == [("a.txt", b"")]


@pytest.mark.parametrize("size", [8191, 8192, 8193, 65535, 65536, 65537, 1_000_003])
def test_sizes(student, size):
    # DESIGN 5.5: up to 8 KiB in the database, above in a file
    data = random.Random(size).randbytes(size)
    assert summary(student, submit(student, [("f", ("a", data))])) == [("a", data)]


def test_content_full_of_boundaries(student):
    data = b"\r\n--b" * 3000 + b"-\r\n--\r\n\r--bb--b--"
    reply = send(student, form(a_file(content=data), boundary="bbb"),
                 "multipart/form-data; boundary=bbb")
    assert summary(student, reply) == [("a.txt", data)]


def test_chunked(student):
    data = random.Random(5).randbytes(300_000)
    body = form(a_file(content=data), json_part([link()]))

    def pieces():
        for at in range(0, len(body), 7001):
            yield body[at:at + 7001]

    reply = send(student, pieces())
    assert summary(student, reply) == [("My work", "https://example.org/work"), ("a.txt", data)]


def test_other_fields_are_ignored(student):
    reply = student.submit(files=[("f", ("a.txt", b"a"))], data={"send": "Hand in"})
    assert summary(student, reply, IGNORED) == [("a.txt", b"a")]


def test_a_hundred_files(student):
    reply = submit(student, [("f", (f"{i}.txt", b"%d" % i)) for i in range(100)])
    found = summary(student, reply)
    assert found == [(f"{i}.txt", b"%d" % i) for i in range(100)]


def test_preamble_and_epilogue(student):
    body = b"This is a form.\r\n" + form(a_file()) + b"That was it.\r\n"
    assert summary(student, send(student, body)) == [("a.txt", b"a")]


def test_size_that_differs_is_ignored(student):
    listed = [{"type": "file", "part": "f", "size": 7}]
    reply = send(student, form(a_file(), json_part(listed)))
    assert summary(student, reply, ["FILE_SIZE_IGNORED"]) == [("a.txt", b"a")]


def test_event_and_repeat(student, admin):
    files = [("f", ("a.txt", b"first"))]
    first = data_of(submit(student, files, key="k"))
    again = submit(student, [("f", ("b.txt", b"second"))], key="k")
    assert data_of(again, REPEATED) == first
    assert len(student.submission()["attempts"]) == 1
    [event] = admin.events_of(student)
    assert event["metadata"]["event_name"] == "submission_created"


# --- what is refused -----------------------------------------------------------------------------

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


def test_json_goes_on_as_before_under_any_other_type(student):
    # `part` means something in a form only
    body = json.dumps({"attachments": [{**text("a", "t"), "part": "x"}]})
    reply = student.submit(data=body, headers={"Content-Type": "text/plain"})
    assert summary(student, reply, IGNORED) == [("t", "a")]


def eventually(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


# --- size, and clients that go -------------------------------------------------------------------

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

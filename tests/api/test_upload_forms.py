"""Files as parts of a form at the uploads endpoint (docs/uploads.md): all of them are kept or none."""
import hashlib
import json
import os
import random
import time

import pytest

from support.checks import data_of
from support.edlink import Person
from support.forms import a_file, form, json_part
from support.raw import Raw
from support.uploads import TUS, UPLOADS, handed_in, uploaded

MIB = 1 << 20
FORM = {"Content-Type": "multipart/form-data; boundary=b"}


def send(person, *parts, end=True):
    return person.post(UPLOADS, data=form(*parts, end=end), headers=FORM)


def field(name, value):
    return [f'Content-Disposition: form-data; name="{name}"'], value.encode()


def uploads_of(reply):
    assert reply.status_code == 201, reply.text
    return reply.json()["uploads"]


def named(reply):
    """(filename, content_type, sha256) of each."""
    return [(each["filename"], each["content_type"], each["sha256"]) for each in uploads_of(reply)]


def sha(data):
    return hashlib.sha256(data).hexdigest()


def test_files_become_uploads(student):
    chance = random.Random(3)
    contents = [chance.randbytes(size) for size in (0, 1, 8192, 8193, 3 * MIB)]
    reply = student.post(UPLOADS, files=[("f", (f"ö{len(data)}.bin", data, "text/x-work"))
                                         for data in contents])
    uploads = uploads_of(reply)
    assert "ignored" not in reply.json()
    assert named(reply) == [(f"ö{len(data)}.bin", "text/x-work", sha(data)) for data in contents]
    for each, data in zip(uploads, contents):
        assert (each["state"], each["size"], each["received"]) == ("finished", len(data), len(data))
        assert student.get(f"{UPLOADS}/{each['id']}").json() == each
    shown = data_of(student.submit(*({"type": "file", "upload_id": each["id"]} for each in uploads)))
    assert handed_in(student, shown) == contents


def test_one_file_chunked(student):
    body = form(a_file("f", "a.txt", b"x" * 100_000))
    reply = student.post(UPLOADS, data=iter([body[:7], body[7:50_000], body[50_000:]]), headers=FORM)
    assert named(reply) == [("a.txt", "", sha(b"x" * 100_000))]


METADATA = {"files": [{"part": "f", "filename": "first.txt"},
                      {"part": "g", "content_type": "text/x-g"},
                      {"part": "f", "filename": "second.txt", "content_type": "text/x-f"}]}


@pytest.mark.parametrize("place", range(4))
def test_metadata_in_any_order(student, place):
    parts = [a_file("f", "1"), a_file("g", "2"), a_file("f", "3", b"a", "Content-Type: text/plain")]
    parts.insert(place, json_part(METADATA, "metadata"))
    assert named(send(student, *parts)) == [("first.txt", "", sha(b"a")), ("2", "text/x-g", sha(b"a")),
                                            ("second.txt", "text/x-f", sha(b"a"))]


def test_metadata_as_a_browser_sends_it(student):
    blob = a_file("metadata", "blob", json.dumps({"files": [{"part": "f", "filename": "b"}]}).encode(),
                  "Content-Type: application/json")
    assert named(send(student, blob, a_file("f"))) == [("b", "", sha(b"a"))]
    assert named(send(student, a_file("metadata", "a.json", b"{}"))) == [("a.json", "", sha(b"{}"))]


@pytest.mark.parametrize("first", [True, False])
def test_filename_as_a_field(student, first):
    parts = [a_file("f", "a.txt"), field("filename", "ö essay.pdf")]
    assert named(send(student, *(parts[::-1] if first else parts))) == [("ö essay.pdf", "", sha(b"a"))]


def test_other_fields_are_told(student):
    reply = send(student, field("csrf", "x"), a_file(), field("submit", "Send"))
    assert len(uploads_of(reply)) == 1
    assert reply.json()["ignored"] == ["csrf", "submit"]


def test_fields_that_were_left_empty_are_no_files(student):
    assert len(uploads_of(send(student, a_file("f", "", b""), a_file()))) == 1
    # But what has bytes is one, named when it is handed in.
    [nameless] = uploads_of(send(student, a_file("f", "", b"bytes")))
    assert nameless["filename"] == ""


def test_refusals_keep_nothing(server, student):
    good = a_file("f", "big", b"g" * 20_000)
    before = server.files()

    def refused(*parts, status=400, **options):
        reply = send(student, *parts, **options)
        assert reply.status_code == status, reply.text
        error = reply.json()["error"]
        assert error["code"] == "bad_request" and error["message"]
        return error["message"]

    assert refused() == "The form has no file."
    assert refused(a_file("f", "", b""), field("x", "y")) == "The form has no file."
    assert "ends before" in refused(good, end=False)
    assert "no JSON" in refused(good, field("metadata", "{"))
    assert "expected" in refused(good, json_part([], "metadata"))
    assert "metadata.files[1].part" in refused(
        good, json_part({"files": [{"part": "f"}, {"part": "f"}]}, "metadata"))
    assert "only one part" in refused(good, *[json_part({"files": []}, "metadata")] * 2)
    assert "only one part" in refused(good, *[field("filename", "x")] * 2)
    assert "one file" in refused(good, good, field("filename", "x"))
    assert "one file" in refused(good, field("filename", "x"), json_part({"files": []}, "metadata"))
    assert "UTF-8" in refused(good, field("filename", "a\0b"))
    assert "1024" in refused(good, a_file("f", "n" * 1025))
    assert "media type" in refused(
        good, json_part({"files": [{"part": "f", "content_type": "a\nb"}]}, "metadata"))
    assert "65536" in refused(good, field("filename", "x" * 65_537))
    assert "250 parts" in refused(*[a_file("f", "a", b"x" * 9_000)] * 99, *[field("x", "y")] * 152)
    assert refused(good, (["Content-Disposition: attachment"], b""))
    reply = student.post(UPLOADS, data=form(good), headers={"Content-Type": "multipart/form-data"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "bad_request")
    reply = student.post(UPLOADS, data=form(good), headers={"Content-Type": "multipart/mixed; boundary=b"})
    assert reply.status_code == 415
    assert student.post(UPLOADS, data=form(good),
                        headers={**FORM, "Authorization": "Bearer x"}).status_code == 401
    eventually_the_same(server, before)


def eventually_the_same(server, before):
    """Bytes are removed on another thread."""
    end = time.monotonic() + 10
    while server.files() != before and time.monotonic() < end:
        time.sleep(0.02)
    assert server.files() == before


def test_a_client_that_goes_away_leaves_nothing(server, student):
    before = server.files()
    body = form(a_file("f", "whole", b"w" * 50_000), a_file("f", "half", b"h" * 500_000))
    raw = Raw(server)
    raw.send_head(f"POST {UPLOADS} HTTP/1.1", "Host: x", f"Authorization: Bearer {student.token}",
                  f"Content-Length: {len(body)}", "Content-Type: multipart/form-data; boundary=b")
    raw.send(body[:400_000])
    time.sleep(0.2)
    assert len(server.files()) == len(before) + 1  # the first file is durable, and nobody's yet
    raw.__exit__()
    eventually_the_same(server, before)


def test_quotas_count_for_all_files_together(new_server):
    server = new_server("--max-upload-bytes", 50_000, "--max-upload-bytes-per-person", 100_000,
                        "--max-uploads-per-person", 4).start()
    student = Person(server, 0)
    before = server.files()

    def code(*sizes):
        reply = send(student, *[a_file("f", f"{number}.bin", b"x" * size)
                                for number, size in enumerate(sizes)])
        assert reply.status_code == 413, reply.text
        error = reply.json()["error"]
        if len(sizes) > 1:
            assert f"{len(sizes) - 1}.bin" in error["message"]  # the one that did not fit
        return error["code"]

    assert code(10, 50_001) == "too_large"
    assert code(50_000, 50_000, 1) == "quota_exceeded"
    assert code(1, 1, 1, 1, 1) == "quota_exceeded"
    eventually_the_same(server, before)
    assert len(uploads_of(send(student, a_file("f", "a", b"x" * 50_000), a_file("f", "b", b"y" * 50_000)))) == 2
    assert code(1) == "quota_exceeded"
    assert len(uploads_of(send(student, a_file("f", "a", b""), a_file("f", "b", b"")))) == 2
    assert code(0) == "quota_exceeded"
    assert server.errors() == []


def test_more_than_anybody_may_have_is_not_read(new_server):
    server = new_server("--max-upload-bytes-per-person", 100_000).start()
    student = Person(server, 0)
    with Raw(server) as raw:
        raw.send_head(f"POST {UPLOADS} HTTP/1.1", "Host: x", f"Authorization: Bearer {student.token}",
                      f"Content-Length: {1 << 40}", "Content-Type: multipart/form-data; boundary=b")
        assert raw.reply().status_code == 413


def test_kept_over_a_restart_and_forgotten_on_request(new_server):
    server = new_server().start()
    student = Person(server, 0)
    uploads = uploads_of(send(student, a_file("f", "a", b"a" * 9_000), a_file("f", "b", b"b")))
    server.kill()
    server.start()
    for each in uploads:
        assert student.get(f"{UPLOADS}/{each['id']}").json() == each
    assert student.request("DELETE", f"{UPLOADS}/{uploads[0]['id']}", headers=TUS).status_code == 204
    shown = data_of(student.submit(uploaded(f"{UPLOADS}/{uploads[1]['id']}")))
    assert handed_in(student, shown) == [b"b"]


def test_memory_does_not_grow_with_files(new_server):
    server = new_server().start()
    student = Person(server, 0)
    assert send(student, a_file()).status_code == 201
    before = server.peak_memory()
    piece = os.urandom(MIB)
    head = form(a_file("f", "a", b""), end=False)[:-2]

    def pieces():
        for number in range(3):
            yield (b"\r\n" if number else b"") + head
            for _ in range(80):
                yield piece
        yield b"\r\n--b--\r\n"

    uploads = uploads_of(student.post(UPLOADS, data=pieces(), headers=FORM))
    assert [each["size"] for each in uploads] == [80 * MIB] * 3
    assert {each["sha256"] for each in uploads} == {sha(piece * 80)}
    assert server.peak_memory() - before < 16 * MIB

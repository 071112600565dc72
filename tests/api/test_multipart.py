"""Handing in as multipart/form-data: browsers, curl -F and scripts (docs/edlink.md, "As a form")."""
import json
import random
import subprocess

import pytest

from support.checks import data_of
from support.edlink import file, link, text
from support.forms import a_file, attachments_of, form, json_part, send, submit, summary

REPEATED = ["IDEMPOTENCY_KEY_REPEATED"]
IGNORED = ["FOUND_UNEXPECTED_FIELD"]


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


def test_json_goes_on_as_before_under_any_other_type(student):
    # `part` means something in a form only
    body = json.dumps({"attachments": [{**text("a", "t"), "part": "x"}]})
    reply = student.submit(data=body, headers={"Content-Type": "text/plain"})
    assert summary(student, reply, IGNORED) == [("t", "a")]

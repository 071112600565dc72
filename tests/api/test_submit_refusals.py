"""Wrong bodies of submit: each gets its code, and leaves nothing (edlink.md 2.4, 2.5, 5)."""
import json

import pytest

from support.checks import data_of, refusal_of
from support.edlink import HELLO, file, link, text

WRONG_JSON = {
    "nothing": "",
    "not JSON": "attachments=1",
    "a broken end": '{"attachments":[{"type":"text","text":"a"}]',
    "more after the end": '{"attachments":[{"type":"text","text":"a"}]} x',
    "a trailing comma": '{"attachments":[{"type":"text","text":"a"},]}',
    "a list": "[]",
    "a string": '"attachments"',
    "null": "null",
    "attachments an object": '{"attachments":{}}',
    "attachments a string": '{"attachments":"file"}',
    "attachments null": '{"attachments":null}',
    "an attachment a number": '{"attachments":[1]}',
    "an attachment null": '{"attachments":[null]}',
    "not UTF-8": b'{"attachments":[{"type":"text","text":"\xff\xfe"}]}',
    "half a surrogate pair": '{"attachments":[{"type":"text","text":"\\ud800"}]}',
    "a control character": '{"attachments":[{"type":"text","text":"a\x01b"}]}',
    "title a number": '{"attachments":[{"type":"file","title":1,"data":[1]}]}',
    "type a list": '{"attachments":[{"type":["file"],"title":"a","data":[1]}]}',
    "text an object": '{"attachments":[{"type":"text","text":{}}]}',
    "deep nesting": "[" * 100_000,
    "deep nesting in an unknown field": '{"x":' + "[" * 100_000,
}

# edlink.md 5: "bad byte values"
WRONG_DATA = ["[256]", "[-1]", "[1.5]", "[1e2]", '["1"]', "[null]", "[true]", "[[1]]", "[1,,2]",
              "[1,]", "[01]", "[0x1]", "[99999999999999999999]", '"aGVsbG8="', "7", "true", "null",
              '{"1":104}', '{"0":104,"2":105}', '{"0":256}', '{"0":"a"}', '{"type":"Buffer"}',
              '{"type":"Buffer","data":[256]}', '{"type":"Buffer","data":"aGk="}',
              '{"type":"Blob","data":[1]}']

# edlink.md 2.4, 5: MISSING_REQUIRED_FIELD
INCOMPLETE = {
    "no attachments": {},
    "empty attachments": {"attachments": []},
    "file without title": {"attachments": [{"type": "file", "data": [1]}]},
    "file with an empty title": {"attachments": [file("", b"a")]},
    "file without data": {"attachments": [{"type": "file", "title": "a", "size": 1}]},
    "link without url": {"attachments": [{"type": "link", "title": "a"}]},
    "text without text": {"attachments": [{"type": "text", "title": "a"}]},
    "text with nothing in it": {"attachments": [text("")]},
    "no type": {"attachments": [{"title": "a", "data": [1]}]},
    "the second one": {"attachments": [HELLO, {"type": "text"}]},
}

# edlink.md 3.3, 5: unknown, read-only, or not for this kind of school
NOT_TAKEN = ["video", "FILE", "", "drive", "discussion", "assessment", "lti"]


@pytest.fixture
def nothing_stored(student, admin):
    yield
    submission = student.submission()
    assert (submission["state"], submission["attempts"]) == ("created", [])
    assert admin.events_of(student) == []
    data_of(student.submit())  # and the student is not locked out


def submit_raw(student, body):
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    return student.submit(data=body, headers={"Content-Type": "application/json"})


@pytest.mark.usefixtures("nothing_stored")
def test_not_the_shape(student):
    for name, body in WRONG_JSON.items():
        refusal_of(submit_raw(student, body), "INVALID_REQUEST_BODY"), name


@pytest.mark.usefixtures("nothing_stored")
def test_wrong_bytes(student):
    for data in WRONG_DATA:
        body = '{"attachments":[{"type":"file","title":"a","data":' + data + "}]}"
        refusal_of(submit_raw(student, body), "INVALID_REQUEST_BODY")


@pytest.mark.usefixtures("nothing_stored")
def test_wrong_byte_is_named(student):
    body = {"attachments": [HELLO, {"type": "file", "title": "a", "data": [1, 2, 300]}]}
    message = refusal_of(student.submit(json=body), "INVALID_REQUEST_BODY")["message"]
    assert "attachments[1].data" in message


@pytest.mark.usefixtures("nothing_stored")
def test_incomplete(student):
    for name, body in INCOMPLETE.items():
        refusal_of(student.submit(json=body), "MISSING_REQUIRED_FIELD"), name


@pytest.mark.usefixtures("nothing_stored")
def test_types_that_are_not_taken(student):
    for kind in NOT_TAKEN:
        body = {"attachments": [{"type": kind, "title": "a", "url": "https://example.org"}]}
        refusal_of(student.submit(json=body), "INVALID_SUBMISSION_TYPE")


@pytest.mark.usefixtures("nothing_stored")
def test_several_problems_are_all_told(student):
    # edlink.md 2.1: $errors holds one or more
    reply = student.submit({"type": "link"}, {"type": "video"})
    codes = {error["code"] for error in reply.json()["$errors"]}
    assert reply.status_code == 400
    assert codes & {"MISSING_REQUIRED_FIELD", "INVALID_SUBMISSION_TYPE"}


@pytest.mark.usefixtures("nothing_stored")
def test_call_of_the_published_sample_as_printed(student):
    # edlink.md 5: axios.post(url, {headers, data}) sends all of it as the body
    body = {"headers": {"authorization": "Bearer x"}, "data": {"attachments": [HELLO]}}
    message = refusal_of(student.submit(json=body), "INVALID_REQUEST_BODY")["message"]
    assert "headers" in message and "data" in message  # says what went wrong


@pytest.mark.usefixtures("nothing_stored")
def test_links_that_are_not_links(student):
    # a URL that a browser would run as a script must never be shown to a teacher
    for url in ("javascript:alert(1)", "data:text/html,hi", "not a url", "//example.org", "http://",
                "https:///path", "https://a b.example/", "https://a.example/\nb", "ftp://a.example/"):
        reply = student.submit(link(url))
        assert reply.status_code == 400, url
        assert "$data" not in reply.json()


@pytest.mark.usefixtures("nothing_stored")
def test_fields_given_twice(student):
    # RFC 8259 4: which one counts is anybody's guess, so neither does
    for body in ('{"attachments":[{"type":"text","text":"a"}],"attachments":[]}',
                 '{"attachments":[{"type":"text","text":"a","text":"b"}]}',
                 '{"attachments":[{"type":"file","title":"a","data":[1],"data":[2]}]}'):
        refusal_of(submit_raw(student, body), "INVALID_REQUEST_BODY")


@pytest.mark.usefixtures("nothing_stored")
def test_too_many_attachments(student):
    refusal_of(student.submit(*[text()] * 1000), "INVALID_REQUEST_BODY")


@pytest.mark.usefixtures("nothing_stored")
def test_refused_after_a_large_file(server, student):
    # DESIGN 10.8: a request that fails leaves nothing behind
    before = server.files()
    for last in ({"type": "file", "title": "b", "data": [256]}, {"type": "text"}):
        reply = student.submit(file("a.bin", bytes(300_000)), last)
        assert reply.status_code == 400
    assert server.files() == before


def test_unknown_fields_are_told_and_ignored(student):
    # edlink.md 2.5, 5
    body = {"attachments": [{**HELLO, "colour": {"deep": [1, {"x": None}]}}], "note": "hi"}
    reply = student.submit(json=body)
    assert len(data_of(reply, ["FOUND_UNEXPECTED_FIELD"] * 2)["attempts"]) == 1
    told = " ".join(item["message"] for item in reply.json()["$warnings"])
    assert "note" in told and "attachments[0].colour" in told


def test_fields_of_another_type_are_told_and_ignored(student):
    reply = student.submit({**text(), "data": [104, 105], "url": "https://example.org"})
    [attachment] = data_of(reply, ["FOUND_UNEXPECTED_FIELD"] * 2)["attempts"][0]["attachments"]
    assert attachment["type"] == "text" and "url" not in attachment


def test_wrong_size_is_told_and_ignored(student):
    # edlink.md 2.5, 5: a warning, and size is ignored
    reply = student.submit({**HELLO, "size": 7})
    [attachment] = data_of(reply, ["FILE_SIZE_IGNORED"])["attempts"][0]["attachments"]
    assert student.get(attachment["url"]).content == b"hello\n"


def test_fields_that_are_null_count_as_left_out(student):
    body = json.dumps({"attachments": [{**text(), "title": None, "url": None, "description": None}]})
    data = data_of(submit_raw(student, body))
    assert data["attempts"][0]["attachments"][0]["text"] == "Some words."

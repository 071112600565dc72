"""What clients put into attachments (edlink.md 3.3, 5)."""
import json
import random

import pytest

from support.checks import data_of
from support.edlink import file, link, text

ALL_BYTES = bytes(range(256))

# edlink.md 5: what JSON.stringify makes of an array, a Uint8Array and a Node Buffer
FORMS = {
    "numbers": lambda data: list(data),
    "uint8array": lambda data: {str(i): byte for i, byte in enumerate(data)},
    "buffer": lambda data: {"type": "Buffer", "data": list(data)},
}


def only_attachment(reply):
    [attachment] = data_of(reply)["attempts"][-1]["attachments"]
    return attachment


def round_trip(student, data, form="numbers"):
    sent = {"type": "file", "title": "a.bin", "data": FORMS[form](data)}
    return student.get(only_attachment(student.submit(sent))["url"])


@pytest.mark.parametrize("form", FORMS)
def test_every_byte(student, form):
    assert round_trip(student, ALL_BYTES * 3, form).content == ALL_BYTES * 3


@pytest.mark.parametrize("form", FORMS)
def test_empty_file(student, form):
    reply = round_trip(student, b"", form)
    assert reply.status_code == 200
    assert reply.content == b""
    assert reply.headers["Content-Length"] == "0"


@pytest.mark.parametrize("size", [1, 8191, 8192, 8193, 65536, 65537, 1_000_003])
def test_sizes(student, size):
    # DESIGN 5.5: up to 8 KiB in the database, above in a file
    data = random.Random(size).randbytes(size)
    assert round_trip(student, data).content == data


@pytest.mark.parametrize("form", ["uint8array", "buffer"])
def test_large_in_the_other_forms(student, form):
    data = random.Random(form).randbytes(200_000)
    assert round_trip(student, data, form).content == data


def test_white_space_between_numbers(student):
    body = ' { "attachments" : [ { "type" : "file" , "title" : "a" ,\n "data" : [ 1 ,\t2\r\n, 3 ] } ] } '
    attachment = only_attachment(student.submit(data=body))
    assert student.get(attachment["url"]).content == b"\1\2\3"


@pytest.mark.parametrize("title", [
    "Zusammenfassung – Überblick.pdf", "作业.docx", "📄 final (2).txt", "e\u0301.txt",
    "../../etc/passwd", "C:\\work\\essay.doc", 'quo"te;a=b.txt', "line\nbreak.txt", ".hidden",
    "-rf", "a" * 255, "CON"])
def test_titles_come_back_as_given(student, title):
    # DESIGN 5.5: sanitised for storage, preserved for display
    attachment = only_attachment(student.submit(file(title, b"x")))
    assert attachment["title"] == title
    assert student.get(attachment["url"]).content == b"x"


def test_escapes_in_strings(student):
    body = json.dumps({"attachments": [text('"\\/\b\f\n\r\t\u2028 \U0001f600 é', "\u00fc")]},
                      ensure_ascii=True)
    attachment = only_attachment(student.submit(data=body))
    assert attachment["text"] == '"\\/\b\f\n\r\t\u2028 \U0001f600 é'
    assert attachment["title"] == "ü"


@pytest.mark.parametrize("length", [1, 8192, 8193, 100_000])
def test_long_texts(student, length):
    # more bytes than code points, so that cuts in a buffer fall inside of characters
    words = "".join(random.Random(length).choices("aé中😀 \n", k=length))
    assert only_attachment(student.submit(text(words)))["text"] == words
    assert student.submission()["attempts"][0]["attachments"][0]["text"] == words


def test_title_is_optional_for_links_and_texts(student):
    # edlink.md 3.3
    data = data_of(student.submit({"type": "link", "url": "https://example.org"},
                                  {"type": "text", "text": "words"}))
    assert [item["type"] for item in data["attempts"][0]["attachments"]] == ["link", "text"]


@pytest.mark.parametrize("url", [
    "https://example.org", "HTTP://Example.ORG:8080/a", "https://example.org/ü?q=中#x", "http://[::1]/",
    "https://example.org/" + "long/" * 500])
def test_urls_that_are_taken(student, url):
    # as given, letter by letter
    assert only_attachment(student.submit(link(url)))["url"] == url


def test_descriptions_are_taken(student):
    # edlink.md 3.3: optional on file and link
    data_of(student.submit(file("a", b"a", description="my file"), link(description="my link")))


@pytest.mark.parametrize("order", [["type", "title", "data", "text"], ["text", "data", "title", "type"]])
@pytest.mark.parametrize("kind, content", [("file", b"bytes"), ("text", b"words")])
def test_only_the_bytes_of_its_type_are_handed_in(student, order, kind, content):
    # what another type has is ignored with a warning, and must not become part of the file
    both = {"type": kind, "title": "both", "data": list(b"bytes"), "text": "words"}
    reply = student.submit({key: both[key] for key in order})
    [attachment] = data_of(reply, ["FOUND_UNEXPECTED_FIELD"])["attempts"][-1]["attachments"]
    if kind == "text":
        assert attachment["text"] == content.decode()
    else:
        assert student.get(attachment["url"]).content == content


def test_many_attachments(student):
    sent = [file(f"{i}", bytes([i])) for i in range(50)]
    got = data_of(student.submit(*sent))["attempts"][0]["attachments"]
    assert [item["title"] for item in got] == [f"{i}" for i in range(50)]
    assert len({item["id"] for item in got}) == 50
    assert student.get(got[49]["url"]).content == bytes([49])

"""Rows 18 and 19 of edlink.md 4.1: the bytes of a file, safe to open (DESIGN 5.5)."""
import pytest

from support.checks import data_of
from support.edlink import file

SCRIPT = b"<!doctype html><script>alert(document.cookie)</script>"


def hand_in(student, title, data):
    [attachment] = data_of(student.submit(file(title, data)))["attempts"][0]["attachments"]
    below_class = student.place().rsplit("/", 2)[0] + f"/files/{attachment['id']}/download"
    return attachment["url"], below_class


def test_both_ways(student, teacher):
    data = bytes(range(256)) * 100
    for url in hand_in(student, "a.bin", data):
        for person in (student, teacher):
            reply = person.get(url)
            assert reply.status_code == 200
            assert reply.content == data
            assert reply.headers["Content-Length"] == str(len(data))


@pytest.mark.parametrize("title, data, kind", [
    ("a.html", SCRIPT, None), ("a.png", SCRIPT, None), ("a.svg", b"<svg onload='alert(1)'/>", None),
    ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "application/pdf"),
    ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", "image/png"),
    ("a.txt", b"plain words\n", "text/plain")])
def test_nothing_runs_in_a_browser(student, title, data, kind):
    for url in hand_in(student, title, data)[:1]:
        headers = student.get(url).headers
        assert headers["Content-Disposition"].startswith("attachment;")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
        if kind:  # edlink.md 2.1: the file's MIME type
            assert headers["Content-Type"].split(";")[0] == kind


@pytest.mark.parametrize("title, plain, encoded", [
    ("essay.txt", "essay.txt", None),
    ("Überblick 作业.pdf", None, "UTF-8''%C3%9Cberblick%20%E4%BD%9C%E4%B8%9A.pdf"),
    ('a"b\\c.txt', None, None), ("a\r\nSet-Cookie: x=1.txt", None, None),
    ("../../etc/passwd", None, None)])
def test_name_of_the_download(student, title, plain, encoded):
    # RFC 6266: filename, and filename* for what is not ASCII
    url, _ = hand_in(student, title, b"x")
    reply = student.get(url)
    disposition = reply.headers["Content-Disposition"]
    assert "Set-Cookie" not in reply.headers
    assert "/" not in disposition and "\n" not in disposition
    if plain:
        assert f'filename="{plain}"' in disposition
    if encoded:
        assert f"filename*={encoded}" in disposition


def test_head(student):
    # RFC 9110 9.3.2
    url, _ = hand_in(student, "a.txt", b"words")
    reply = student.request("HEAD", url)
    if reply.status_code != 405:
        assert reply.status_code == 200
        assert reply.headers["Content-Length"] == "5"
        assert reply.content == b""


def test_same_name_and_bytes_twice(student):
    # no de-duplication: two files are two
    reply = student.submit(file("a", b"same"), file("a", b"same"))
    one, two = data_of(reply)["attempts"][0]["attachments"]
    assert one["id"] != two["id"]
    assert student.get(one["url"]).content == student.get(two["url"]).content == b"same"

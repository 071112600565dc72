"""The core: POST …/submit (edlink.md 5)."""
import json
from datetime import datetime, timedelta, timezone

from support.checks import DATE, data_of, is_uuid, shape
from support.edlink import file, link, text

# The published request, with the published bytes (edlink.md 5; "overwritten.txt" is the sample's).
PUBLISHED = ('{"attachments":[{"type":"file","title":"overwritten.txt","size":6,'
             '"data":[104,101,108,108,111,10]}]}')

# edlink.md 5: the reply, key by key.
REPLY = {
    "id": "", "person_id": "", "assignment_id": "", "state": "submitted", "flags": [],
    "created_date": "", "updated_date": "", "extra_attempts": 0,
    "attempts": [{
        "created_date": "",
        "attachments": [{"type": "file", "id": "", "title": "", "share_mode": "view", "url": "",
                         "identifiers": [], "rule_ids": [], "references": {}}],
        "rule_ids": [], "references": {}}],
    "properties": {}, "identifiers": [], "rule_ids": [], "references": {}}


def submit_published(student):
    return student.submit(data=PUBLISHED, headers={"Content-Type": "application/json"})


def test_published_example(student, server):
    reply = submit_published(student)
    data = data_of(reply)
    assert shape(data) == shape(REPLY)
    assert set(reply.json()) == {"$request", "$data"}

    assert data["state"] == "submitted"
    assert data["flags"] == []
    assert data["extra_attempts"] == 0
    assert data["person_id"] == student.person_id
    assert data["assignment_id"] == server.demo["edlink"]["assignment_id"]
    assert is_uuid(data["id"])

    [attempt] = data["attempts"]
    [attachment] = attempt["attachments"]
    assert attachment["type"] == "file"
    assert attachment["title"] == "overwritten.txt"
    assert attachment["share_mode"] == "view"
    # edlink.md 5: the download URL, letter by letter; 2.1: absolute
    assert attachment["url"] == (server.base_url + student.place() +
                                 f"/submissions/{data['id']}/files/{attachment['id']}/download")
    assert student.get(attachment["url"]).content == b"hello\n"


def test_dates_are_whole_seconds_of_now(student):
    # edlink.md 2.3: ISO 8601 UTC; the newest sample has no fraction
    before = datetime.now(timezone.utc).replace(microsecond=0)
    data = data_of(submit_published(student))
    after = datetime.now(timezone.utc) + timedelta(seconds=1)
    for date in (data["created_date"], data["updated_date"], data["attempts"][0]["created_date"]):
        assert DATE.fullmatch(date), date
    for date in (data["updated_date"], data["attempts"][0]["created_date"]):
        assert before <= datetime.fromisoformat(date) <= after


def test_file_never_comes_back_as_data_or_size(student):
    # edlink.md 3.3: "data never comes back; SEED's reply also has no size"
    [attachment] = data_of(student.submit(file("a.bin", b"\0\xff")))["attempts"][0]["attachments"]
    assert not {"data", "size"} & set(attachment)


def test_link_and_text_come_back(student):
    # edlink.md 3.3
    data = data_of(student.submit(link("https://example.org/a?b=c#d", "The site"),
                                  text("<p>An &amp; essay</p>", "The essay")))
    site, essay = data["attempts"][0]["attachments"]
    assert site["type"] == "link"
    assert site["url"] == "https://example.org/a?b=c#d"
    assert site["title"] == "The site"
    assert essay["type"] == "text"
    assert essay["text"] == "<p>An &amp; essay</p>"
    assert essay["title"] == "The essay"


def test_several_attachments_keep_their_order(student):
    sent = [text("one", "1"), file("2", b"two"), link("https://example.org/3", "3"),
            file("4", b"four"), text("five", "5")]
    data = data_of(student.submit(*sent))
    got = data["attempts"][0]["attachments"]
    assert [(a["type"], a["title"]) for a in got] == [(a["type"], a["title"]) for a in sent]
    assert [student.get(a["url"]).content for a in got if a["type"] == "file"] == [b"two", b"four"]


def test_keys_of_an_attachment_in_any_order(student):
    # DESIGN 5.5: JSON bodies may name data before type and title
    body = '{"attachments":[{"data":[104,105],"title":"late.txt","size":2,"type":"file"}]}'
    data = data_of(student.submit(data=body, headers={"Content-Type": "application/json"}))
    [attachment] = data["attempts"][0]["attachments"]
    assert attachment["title"] == "late.txt"
    assert student.get(attachment["url"]).content == b"hi"


def test_json_without_or_with_another_content_type(student, new_student):
    # the body is what counts; nothing documents a refusal by its declared type
    data_of(student.submit(data=PUBLISHED))
    data_of(new_student().submit(data=PUBLISHED,
                                 headers={"Content-Type": "application/json; charset=utf-8"}))


def test_phantom_becomes_real_under_the_same_id(student):
    # edlink.md 3.1, 5: exists before, in state created; its id never changes
    phantom = student.submission()
    assert (phantom["state"], phantom["attempts"]) == ("created", [])
    data = data_of(submit_published(student))
    assert data["id"] == phantom["id"]
    assert data["created_date"] == phantom["created_date"]


def test_reply_equals_what_is_read_later(student):
    # edlink.md 7.3.8
    data = data_of(student.submit(file("a", b"a"), link(), text()))
    assert student.submission() == data
    assert data_of(student.get(student.place() + f"/submissions/{data['id']}")) == data


def test_request_id_is_new_each_time(student):
    replies = [student.my("/profile").json() for _ in range(3)]
    assert len({reply["$request"] for reply in replies}) == 3


def test_pretty_printed_body(student):
    # white space anywhere that JSON allows it
    body = json.dumps(json.loads(PUBLISHED), indent="\t\r\n ")
    [attachment] = data_of(student.submit(data=body))["attempts"][0]["attachments"]
    assert student.get(attachment["url"]).content == b"hello\n"

"""Files that are sent before they are handed in (tabula.md 3.1, 3.2, 4.6, 5.2 "File names", "Hash")."""
import re

import pytest

from support.access import Desk
from support.edlink import Caller
from support.tabula import Tabula, failure_of, faults_of, ok_of, sha1

# tabula.md 1.1: with offset, without milliseconds
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@pytest.fixture(scope="module")
def tabula(server):
    return Tabula(server)


@pytest.mark.parametrize("data", [
    b"This is the best file ever", b"Doe, a deer, a female deer", b"", b"x" * 300_000,
], ids=len)
def test_bytes_are_stored(tabula, data):
    """5.2 "Hash"; 6, conflict 5: the file that is stored is the one that was sent."""
    reply = tabula.upload("file.bin", data)
    attachment = ok_of(reply, 201)["attachment"]
    assert set(attachment) == {"id", "name", "temporary", "hash", "uploadedBy", "dateUploaded",
                               "uploadStarted"}  # the last: 6, conflict 14
    assert attachment["name"] == "file.bin" and attachment["temporary"] is True
    assert attachment["hash"] == sha1(data)
    assert attachment["uploadedBy"] == tabula.demo["username"]
    assert DATE.fullmatch(attachment["dateUploaded"]) and DATE.fullmatch(attachment["uploadStarted"])
    assert reply.headers["Location"] == f"{tabula.base_url}/api/v1/attachments/{attachment['id']}"
    shown = ok_of(tabula.get(reply.headers["Location"]))["attachment"]
    assert shown == attachment


@pytest.mark.parametrize("params, headers, name", [
    ({"filename": "a.txt"}, {}, "a.txt"),
    ({}, {"X-Filename": "b.txt"}, "b.txt"),
    ({"filename": "a.txt"}, {"X-Filename": "b.txt"}, "a.txt"),  # 3.1: the query wins
    ({"filename": "a.b"}, {}, "a.b"),  # 6, conflict 15: short ones are taken
    ({"filename": "x"}, {}, "x.unknowntype"),
    ({"filename": "../../etc/passwd.txt"}, {}, "passwd.txt"),
    ({"filename": " 0123456.docx"}, {}, "0123456.docx"),
    ({"filename": "Aperçu.pdf"}, {}, "Aperu.pdf"),
    ({"filename": "a;b.xlsx"}, {}, "ab.xlsx"),
    ({"filename": ".docx"}, {}, "download.docx"),
    ({"filename": "."}, {}, "download.unknowntype"),
    ({"filename": ".hidden.unix.file.txt"}, {}, "hidden.unix.file.txt"),
])
def test_names(tabula, params, headers, name):
    reply = tabula.upload(data=b"x", params=params, headers=headers)
    assert ok_of(reply, 201)["attachment"]["name"] == name


@pytest.mark.parametrize("params, headers", [
    ({}, {}), ({"filename": ""}, {}), ({"filename": " "}, {"X-Filename": ""}),
])
def test_no_name(tabula, params, headers):
    reply = tabula.upload(data=b"x", params=params, headers=headers)
    assert faults_of(reply) == [("fileattachment.api.nofilename", None)]
    assert reply.json()["result"] == {}


def test_chunked_and_without_type(tabula):
    """1.3: neither Content-Length nor Content-Type is needed."""
    reply = tabula.upload("c.txt", iter([b"ab", b"cd"]), headers={})
    assert ok_of(reply, 201)["attachment"]["hash"] == sha1(b"abcd")


@pytest.mark.parametrize("unknown", ["3f0c2d8e-9a51-4a53-8a0e-6c1c7a3c9b11", "nonsense"])
def test_unknown(tabula, unknown):
    failure_of(tabula.get(f"/attachments/{unknown}"), 404, "not_found")


def test_whose_it_is(server, tabula):
    """Another API user neither sees nor uses it, unless they may hand in for others themselves."""
    desk = Desk(server)
    password = "correct horse battery"
    desk.ask("POST", "/api-users", 201, username="onlooker-api", password=password)
    onlooker = Tabula(server, "onlooker-api", password)
    sent = tabula.sent()
    failure_of(onlooker.get(f"/attachments/{sent}"), 404, "not_found")
    own = onlooker.sent("own.txt")
    ok_of(onlooker.get(f"/attachments/{own}"))
    # who may hand in for others uses what others have sent
    shown = ok_of(tabula.get(f"/attachments/{own}"))["attachment"]
    assert shown["uploadedBy"] == "onlooker-api"


def test_a_student_knows_nothing_of_it(server, student, tabula):
    sent = tabula.sent()
    reply = student.get(f"/api/handin/v1/uploads/{sent}")
    assert reply.status_code == 404
    assert Caller(server).get(f"/api/v1/attachments/{sent}").status_code == 401


def test_one_that_is_not_handed_in_expires(new_server):
    """3.2, 6 conflict 2: configurable; a program that waits too long sends it again."""
    server = new_server("--attachment-lifetime", 60).start()
    tabula = Tabula(server)
    ok_of(tabula.get(f"/attachments/{tabula.sent()}"))
    too_short = new_server("--attachment-lifetime", 1)
    with pytest.raises(RuntimeError):
        too_short.start()

"""Files that are sent first and handed in later: plain bodies, attaching, quotas, expiry, restarts."""
import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from support.checks import data_of, refusal_of
from support.edlink import Admin, HELLO, Person, file, link
from support.raw import Raw
from support.uploads import (TUS, UPLOADS, create, handed_in, id_in, offset_of, patch, send,
                             uploaded)

HERE = Path(__file__).parent
MIB = 1 << 20
NOTHING = "01a20b8c-7a5d-7632-a44e-b1f218b8dc04"


def keep(person, data, name="work.txt", **headers):
    return person.post(UPLOADS, params={"filename": name}, data=data,
                       headers={"Content-Type": "text/plain", **headers})


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return result


# --- plain bodies

@pytest.mark.parametrize("size", [0, 1, 8192, 8193, 3_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_plain_body(student, size, chunked):
    data = random.Random(size).randbytes(size)
    reply = keep(student, iter([data[:10], data[10:]]) if chunked and size > 10 else data, "ö.bin")
    assert reply.status_code == 201, reply.text
    facts = reply.json()
    assert facts.keys() >= {"id", "size", "sha256", "filename", "expires_at"}
    assert facts["size"] == size and facts["filename"] == "ö.bin"
    assert facts["sha256"] == hashlib.sha256(data).hexdigest()
    assert reply.headers["Location"] == f"{UPLOADS}/{facts['id']}"
    assert student.get(reply.headers["Location"]).json() == facts
    shown = data_of(student.submit(uploaded(reply.headers["Location"])))
    assert handed_in(student, shown) == [data]
    assert student.get(reply.headers["Location"]).json()["state"] == "handed_in"


def test_plain_refusals(student):
    for type_ in ("multipart/related; boundary=x", "Multipart/mixed"):
        reply = student.post(UPLOADS, data=b"x", headers={"Content-Type": type_})
        assert reply.status_code == 415, reply.text
    assert keep(student, b"x", "a\0b").status_code == 400
    assert keep(student, b"x", "n" * 1025).status_code == 400
    assert keep(student, b"x", Authorization="Bearer x").status_code == 401
    with Raw(student_server(student)) as raw:  # refused before anything is read
        raw.send_head(f"POST {UPLOADS} HTTP/1.1", "Host: x",
                      f"Authorization: Bearer {student.token}", f"Content-Length: {(2 << 30) + 1}")
        assert raw.reply().status_code == 413


def student_server(person):
    class Place:
        port = int(person.base_url.rsplit(":", 1)[1])
    return Place


def test_broken_plain_body_leaves_nothing(server, student):
    before = server.files()
    raw = Raw(server)
    raw.send_head(f"POST {UPLOADS} HTTP/1.1", "Host: x", f"Authorization: Bearer {student.token}",
                  "Content-Length: 1000000")
    raw.send(b"x" * 600_000)
    raw.__exit__()
    time.sleep(0.2)
    assert server.files() == before


# --- attaching

def test_attach_several_beside_data(student, admin):
    one = send(student, b"one" * 5000, Upload_Metadata="filename b25lLnR4dA==")
    two = keep(student, b"two").headers["Location"]
    shown = data_of(student.submit(uploaded(one), file("data.txt", b"data"),
                                   uploaded(two, title="2.txt"), link()))
    titles = [each["title"] for each in shown["attempts"][0]["attachments"]]
    assert titles == ["one.txt", "data.txt", "2.txt", "My work"]
    urls = [each["url"] for each in shown["attempts"][0]["attachments"][:3]]
    assert [student.get(url).content for url in urls] == [b"one" * 5000, b"data", b"two"]
    [event] = admin.events_of(student)
    assert event["body"]["submission_type"] == "online_upload"


def test_refused_attachments(new_student):
    student, other = new_student(), new_student()
    foreign = send(other, b"x")
    unfinished = create(student, 3)
    part = send(student, b"p", Upload_Concat="partial")
    nameless = send(student, b"n")
    good = send(student, b"good", Upload_Metadata="filename Zw==")
    for attachment, code in [
            ({"type": "file", "upload_id": NOTHING}, "NOT_FOUND"),
            ({"type": "file", "upload_id": "x"}, "INVALID_REQUEST_BODY"),
            ({"type": "file", "upload_id": 5}, "INVALID_REQUEST_BODY"),
            (uploaded(foreign), "NOT_FOUND"),
            (uploaded(unfinished, title="t"), "UNSUPPORTED_OPERATION"),
            (uploaded(part, title="t"), "UNSUPPORTED_OPERATION"),
            (uploaded(nameless), "MISSING_REQUIRED_FIELD"),
            (uploaded(good, data=[1]), "INVALID_REQUEST_BODY")]:
        # A refused submit leaves the good upload beside it as it was.
        reply = student.submit(*(uploaded(good), attachment) if "data" not in attachment
                               else (attachment,))
        refusal_of(reply, code)
        assert student.get(good).json()["state"] == "finished"
    refusal_of(student.submit(uploaded(good), uploaded(good)), "UNSUPPORTED_OPERATION")
    assert data_of(student.submit(uploaded(good)))["state"] == "submitted"


def test_an_upload_is_attached_once(student, others):
    path = send(student, b"once", Upload_Metadata="filename Zg==")
    first = data_of(student.submit(uploaded(path), key="k"))
    # a repeat answers the same
    assert data_of(student.submit(uploaded(path), key="k"), ["IDEMPOTENCY_KEY_REPEATED"]) == first
    data_of(student.reclaim())
    refusal_of(student.submit(uploaded(path)), "UNSUPPORTED_OPERATION")
    assert student.request("DELETE", path, headers=TUS).status_code == 403
    assert handed_in(student, first) == [b"once"]


def test_one_upload_in_many_submits_at_once(student):
    path = send(student, b"race" * 9999, Upload_Metadata="filename Zg==")
    replies = []

    def hand_in():
        mine = Person(student_of(student), student.index)
        replies.append(mine.submit(uploaded(path)).status_code)

    threads = [threading.Thread(target=hand_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replies) == [200] + [400] * 7


def student_of(person):
    class Place:
        base_url, demo = person.base_url, person.demo
    return Place


# --- quotas

def test_quotas(new_server):
    server = new_server("--max-upload-bytes", 50_000, "--max-upload-bytes-per-person", 100_000,
                        "--max-upload-bytes-per-account", 150_000,
                        "--max-uploads-per-person", 4).start()
    one, two, three = (Person(server, index) for index in range(3))

    def announce(person, length):
        return person.post(UPLOADS, headers={**TUS, "Upload-Length": str(length)})

    def code(reply):
        assert reply.status_code == 413, reply.text
        return reply.json()["error"]["code"]

    assert code(announce(one, 50_001)) == "too_large"
    assert code(keep(one, b"x" * 50_001)) == "too_large"
    assert code(keep(one, iter([b"x" * 40_000, b"x" * 10_001]))) == "too_large"
    first = announce(one, 50_000).headers["Location"]       # room that is promised is taken
    assert keep(one, b"x" * 40_000).status_code == 201
    assert code(announce(one, 10_001)) == "quota_exceeded"
    assert code(keep(one, b"x" * 10_001)) == "quota_exceeded"
    assert code(keep(one, iter([b"x" * 5_000, b"x" * 5_001]))) == "quota_exceeded"

    # of the account: 90,000 are taken
    assert keep(two, b"x" * 50_000).status_code == 201
    assert code(keep(three, b"x" * 10_001)) == "quota_exceeded"
    # a length that is not told counts as it comes
    path = three.post(UPLOADS, headers={**TUS, "Upload-Defer-Length": "1"}).headers["Location"]
    assert patch(three, path, 0, b"x" * 10_000).status_code == 204
    assert code(patch(three, path, 10_000, b"x")) == "quota_exceeded"
    assert offset_of(three, path) == 10_000

    # what is given up or handed in makes room
    assert one.request("DELETE", first).status_code == 204
    assert patch(three, path, 10_000, b"x").status_code == 204
    assert patch(three, path, 10_001, b"", Upload_Length="10001").status_code == 204
    data_of(three.submit(uploaded(path, title="t")))
    assert keep(one, b"x" * 50_000).status_code == 201

    # number
    for _ in range(4):
        assert announce(three, 0).status_code == 201
    assert code(announce(three, 0)) == "quota_exceeded"
    assert code(keep(three, b"")) == "quota_exceeded"
    assert server.errors() == []


# --- expiry

def test_expiry(new_server):
    server = new_server("--upload-lifetime", 2).start()
    student = Person(server, 0)
    attached = send(student, b"a" * 20_000, Upload_Metadata="filename YQ==")
    shown = data_of(student.submit(uploaded(attached), HELLO))
    files = server.files()  # of the attempt only
    begun = create(student, 20)
    assert patch(student, begun, 0, b"half").status_code == 204
    paths = [begun, send(student, b"f" * 20_000), keep(student, b"small").headers["Location"]]
    assert len(server.files()) == len(files) + 2

    statuses = set()

    def gone():
        now = [student.request("HEAD", path, headers=TUS).status_code for path in paths]
        statuses.update(now)
        return set(now) == {404}

    until(gone)
    assert statuses <= {200, 410, 404}
    until(lambda: server.files() == files)
    until(lambda: student.get(attached).status_code == 404)  # the row of it goes, too
    assert handed_in(student, shown)[0] == b"a" * 20_000
    # the room is free again
    assert keep(student, b"x").status_code == 201
    assert server.errors() == []


def test_expired_but_not_swept(new_server):
    server = new_server("--upload-lifetime", 1).start()
    student = Person(server, 0)
    seen = set()
    for _ in range(5):
        path = create(student, 3)
        while (status := student.request("HEAD", path, headers=TUS).status_code) == 200:
            time.sleep(0.01)
        seen.add(status)
        if status == 410:
            assert patch(student, path, 0, b"abc").status_code in (410, 404)
            return
    assert seen == {410}, "the sweeper was always faster"


# --- restarts

def test_kill_in_the_middle(new_server):
    server = new_server().start()
    student = Person(server, 0)
    data = random.Random(1).randbytes(40 * MIB)
    path = create(student, len(data))
    assert patch(student, path, 0, data[:MIB]).status_code == 204
    with Raw(server) as raw:
        raw.send_head(f"PATCH {path} HTTP/1.1", "Host: x",
                      f"Authorization: Bearer {student.token}", "Tus-Resumable: 1.0.0",
                      "Content-Type: application/offset+octet-stream", f"Upload-Offset: {MIB}",
                      f"Content-Length: {len(data) - MIB}")
        raw.send(data[MIB:30 * MIB])
        until(lambda: offset_of(student, path) > MIB)  # a long request is committed on its way
        server.kill()
    server.start()
    offset = offset_of(student, path)
    assert MIB < offset <= 30 * MIB
    assert patch(student, path, offset, data[offset:]).status_code == 204
    assert student.get(path).json()["sha256"] == hashlib.sha256(data).hexdigest()
    shown = data_of(student.submit(uploaded(path, title="big.bin")))
    assert handed_in(student, shown) == [data]
    assert server.peak_memory() < 100 * MIB


def test_memory_does_not_grow_with_files(new_server):
    server = new_server().start()
    before = server.peak_memory()
    student = Person(server, 0)
    piece = os.urandom(MIB)
    size = 256

    def pieces():
        for _ in range(size):
            yield piece

    assert keep(student, pieces()).status_code == 201
    path = create(student, size * MIB)
    assert patch(student, path, 0, pieces()).status_code == 204
    part = create(student, size * MIB, Upload_Concat="partial")
    assert patch(student, part, 0, pieces()).status_code == 204
    reply = student.post(UPLOADS, headers={**TUS, "Upload-Concat": f"final;{part} {part}"})
    assert reply.status_code == 201
    assert server.peak_memory() - before < 16 * MIB


# --- the official client

class Trouble:
    """A proxy on the way to the server. When so many bytes have passed it breaks a connection, and
    later kills the server and starts it again."""

    def __init__(self, server, cut_at, kill_at):
        self.server = server
        self.troubles = [(cut_at, lambda: None), (kill_at, self.restart)]
        self.passed = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.run, daemon=True).start()

    def restart(self):
        self.server.kill()
        self.server.start()

    def run(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        except OSError:  # it is down just now
            client.close()
            return
        back = threading.Thread(target=self.copy, args=(server, client, lambda count: False))
        back.start()
        self.copy(client, server, self.count)
        back.join()
        client.close()
        server.close()

    def count(self, count):
        """Whether it is time for trouble."""
        with self.lock:
            self.passed += count
            if not self.troubles or self.passed < self.troubles[0][0]:
                return False
            self.troubles.pop(0)[1]()
            return True

    @staticmethod
    def copy(source, target, seen):
        try:
            while data := source.recv(65536):
                target.sendall(data)
                if seen(len(data)):
                    break
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def tus_js(job):
    assert shutil.which("node"), "node is missing: make deps"
    return subprocess.Popen(["node", "./tus/upload.js", json.dumps(job)], cwd=HERE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"})


@pytest.mark.parametrize("options", [{}, {"chunkSize": 3 * MIB}, {"parallelUploads": 3},
                                     {"uploadLengthDeferred": True, "chunkSize": 5 * MIB},
                                     {"uploadDataDuringCreation": True, "chunkSize": 4 * MIB}])
def test_tus_js_client(new_server, tmp_path, options):
    server = new_server().start()
    student = Person(server, 0)
    data = random.Random(7).randbytes(24 * MIB)
    (tmp_path / "essay.bin").write_bytes(data)
    trouble = Trouble(server, cut_at=5 * MIB, kill_at=14 * MIB)
    client = tus_js({"endpoint": trouble.url + UPLOADS, "token": student.token,
                     "file": str(tmp_path / "essay.bin"), "options": options})
    try:
        output, errors = client.communicate(timeout=100)
    finally:
        client.kill()
    assert client.returncode == 0, errors
    assert not trouble.troubles
    result = json.loads(output)
    path = UPLOADS + "/" + id_in(result["url"])
    facts = student.get(path).json()
    assert facts["filename"] == "essay.bin" and facts["state"] == "finished"
    assert facts["sha256"] == hashlib.sha256(data).hexdigest()
    shown = data_of(student.submit(uploaded(path)))
    assert handed_in(student, shown) == [data]
    assert shown["attempts"][0]["attachments"][0]["title"] == "essay.bin"
    assert len(Admin(server).events()) == 1
    assert server.errors() == []


def test_tus_js_client_gives_up_an_upload(new_server, tmp_path):
    server = new_server().start()
    student = Person(server, 0)
    (tmp_path / "essay.bin").write_bytes(b"x" * MIB)
    client = tus_js({"endpoint": server.base_url + UPLOADS, "token": student.token,
                     "file": str(tmp_path / "essay.bin"), "options": {}, "terminate": True})
    output, errors = client.communicate(timeout=60)
    assert client.returncode == 0, errors
    url = json.loads(output.splitlines()[-1])["url"]
    assert student.request("HEAD", UPLOADS + "/" + id_in(url), headers=TUS).status_code == 404

"""`handin backup` while serving, and `handin restore` (issue 3, point 5)."""
import json
import os
import random
import stat
import subprocess
import threading
import time

import pytest

from crash.load import Writer, attachments_of
from support.checks import data_of
from support.edlink import Admin, Person, file
from support.maintenance import backup, check, restore, stored_files
from support.server import Server, binary, environment, run

STUDENTS = 24
THREADS = 4
CONTENT = {"handin.db", "deliveries.db", "files", "demo.json", "keys", "receipt-key.pem", "receipt-keys.json", "handin-backup.json"}
LARGE = random.Random(1).randbytes(40_000)


class Load:
    """Students who hand in and take back until told to stop."""

    def __init__(self, server):
        self.writers = [Writer(server, index) for index in range(STUDENTS)]
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(self.writers[n::THREADS],))
                        for n in range(THREADS)]

    def work(self, writers):
        while not self.ended.is_set():
            for writer in writers:
                assert writer.advance(), writer.problems

    def acknowledged(self):
        return [list(writer.answers) for writer in self.writers]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()


def serve(data, like):
    """A server on a restored folder. demo.json goes on to name the address of the first one."""
    server = Server(data, *like.options)
    server.start()
    assert server.demo == like.demo
    return server


def check_student(server, index, answers):
    """Each acknowledged step is there: content, event, replay (DESIGN 10.1 to 10.5)."""
    writer = Writer(server, index)
    person = writer.person
    submits = (len(answers) + 1) // 2
    attempts = person.submission()["attempts"]
    assert len(attempts) >= submits
    numbers = [event["body"]["attempt"] for event in Admin(server).events_of(person)]
    assert numbers == list(range(1, len(attempts) + 1))
    for number in range(1, submits + 1):
        got = attempts[number - 1]["attachments"]
        for mine, theirs in zip(attachments_of(writer.key_of_attempt(number)), got, strict=True):
            assert (mine["type"], mine["title"]) == (theirs["type"], theirs["title"])
            if mine["type"] == "file":
                reply = person.get(f"/api/v2/my/attachments/{theirs['id']}") \
                    if "url" not in theirs else person.get(local(server, theirs["url"]))
                assert reply.content == bytes(mine["data"])
    for step, answer in enumerate(answers):
        reply = writer.send(step).json()
        assert writer.answer(reply["$data"]) == answer
        assert [item["code"] for item in reply["$warnings"]] == ["IDEMPOTENCY_KEY_REPEATED"]
    assert len(person.submission()["attempts"]) == len(attempts)


def local(server, url):
    return server.base_url + "/" + url.split("/", 3)[3]


@pytest.mark.parametrize("options", [[], ["--copy"]])
def test_under_load(new_server, tmp_path, options):
    server = new_server("--students", STUDENTS).start()
    with Load(server) as load:
        while sum(map(len, load.acknowledged())) < 3 * STUDENTS:
            load.ended.wait(0.02)
        before = load.acknowledged()
        made = backup(server, tmp_path / "backup", *options)
        after = sum(map(len, load.acknowledged()))
    assert after > sum(map(len, before))  # it went on
    assert not any(writer.problems or writer.asked for writer in load.writers)
    assert made["complete"] and made["files"] > 0
    assert check(tmp_path / "backup")[-1]["sound"]

    restore(tmp_path / "backup", tmp_path / "again")
    assert check(tmp_path / "again")[-1]["sound"]
    again = serve(tmp_path / "again", server)
    try:
        for index, answers in enumerate(before):
            check_student(again, index, answers)
        data_of(Person(again, STUDENTS - 1).get(f"{again.base_url}/api/v2/my/profile"))
        assert again.errors() == []
        assert again.stop() == 0
    finally:
        again.close()
    assert server.errors() == []


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A running server with three students' work, and a backup of it with copied files."""
    folder = tmp_path_factory.mktemp("school")
    server = Server(folder / "data", "--students", 6)
    try:
        server.start()
        for index in range(3):
            data_of(Person(server, index).submit(file("large", LARGE), file("small", b"small")))
        (server.data / "keys").mkdir(mode=0o700)
        (server.data / "keys" / "one.pem").write_text("key")
        (server.data / "keys" / "one.pem").chmod(0o400)
        backup(server, folder / "backup", "--copy")
        yield server
    finally:
        server.close()


@pytest.fixture
def copy(school, tmp_path):
    """A backup of the test's own."""
    backup(school, tmp_path / "copy", "--copy")
    return tmp_path / "copy"


def test_what_is_in_it(school):
    folder = school.data.parent / "backup"
    names = {path.name for path in folder.iterdir()}
    assert names == CONTENT
    assert (folder / "demo.json").read_bytes() == (school.data / "demo.json").read_bytes()
    for path in [folder, *folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert stat.S_IMODE((folder / "keys" / "one.pem").stat().st_mode) == 0o400
    manifest = json.loads((folder / "handin-backup.json").read_text())
    assert (manifest["files"], manifest["file_bytes"]) == (3, 3 * len(LARGE))


def test_links_share_the_disk_and_copies_do_not(school, tmp_path, copy):
    backup(school, tmp_path / "linked")
    originals = {path.stat().st_ino for path in stored_files(school.data)}
    assert {path.stat().st_ino for path in stored_files(tmp_path / "linked")} == originals
    assert not {path.stat().st_ino for path in stored_files(copy)} & originals
    restore(tmp_path / "linked", tmp_path / "again")  # which is independent of it
    assert not {path.stat().st_ino for path in stored_files(tmp_path / "again")} & originals


def test_of_a_stopped_or_killed_server(new_server, tmp_path):
    server = new_server("--students", 3).start()
    data_of(Person(server, 0).submit(file("large", LARGE)))
    server.kill()
    backup(server, tmp_path / "one")
    assert check(tmp_path / "one")[-1]["attempts"] == 1
    server.start()
    assert server.stop() == 0
    backup(server, tmp_path / "two")
    assert check(tmp_path / "two")[-1]["attempts"] == 1


def test_can_be_read_from_a_read_only_folder(copy):
    (copy / "handin.db").chmod(0o400)
    copy.chmod(0o500)
    try:
        assert check(copy)[-1]["sound"]
        assert {path.name for path in copy.iterdir()} == CONTENT
    finally:
        copy.chmod(0o700)


def test_refuses_a_folder_in_use(school, tmp_path):
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").write_text("keep")
    assert "is not empty" in backup(school, target, code=2)
    assert [path.name for path in target.iterdir()] == ["mine"]
    assert "is no folder" in backup(school, target / "mine", code=2)
    assert "is inside" in backup(school, school.data / "backup", code=2)
    assert "is inside" in backup(school, tmp_path / ".." / school.data / "files" / "b", code=2)
    assert not (school.data / "backup").exists()


def test_damage_makes_it_incomplete(new_server, tmp_path):
    server = new_server("--students", 3).start()
    for index in range(2):
        data_of(Person(server, index).submit(file("large", LARGE)))
    missing = sorted(stored_files(server.data))[0]
    missing.unlink()
    done = run("backup", tmp_path / "backup", "--data", server.data)
    assert done.returncode == 1
    assert str(missing) in done.stdout and "not complete" in done.stdout
    assert len(stored_files(tmp_path / "backup")) == 1  # the rest is there
    assert "no complete backup" in restore(tmp_path / "backup", tmp_path / "again", code=2)
    assert not (tmp_path / "again").exists()


def test_a_kill_leaves_a_backup_or_none(school, tmp_path):
    """At random moments: what has a manifest is whole, and nothing else is restored."""
    chance = random.Random()
    begun = time.monotonic()
    backup(school, tmp_path / "whole", "--copy")
    usual = time.monotonic() - begun
    complete = 0
    for number in range(12):
        target = tmp_path / str(number)
        process = subprocess.Popen([binary(), "backup", target, "--data", school.data, "--copy"],
                                   env=environment(), stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.0, 1.2 * usual))
        process.kill()
        process.wait()
        if (target / "handin-backup.json").exists():
            complete += 1
            restore(target, tmp_path / f"again{number}")
            assert check(tmp_path / f"again{number}")[-1]["files"] == 3
        else:
            assert "no complete backup" in restore(target, tmp_path / f"again{number}", code=2)
    print(f"{complete} of 12 were complete")


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


DAMAGE = {
    "no manifest": lambda folder: (folder / "handin-backup.json").unlink(),
    "manifest cut": lambda folder: os.truncate(folder / "handin-backup.json", 40),
    "database": lambda folder: flip(folder / "handin.db"),
    "database cut": lambda folder: os.truncate(folder / "handin.db", 20_000),
    "file": lambda folder: flip(min(stored_files(folder))),
    "file gone": lambda folder: min(stored_files(folder)).unlink(),
    "demo.json": lambda folder: flip(folder / "demo.json"),
    "key": lambda folder: flip(folder / "keys" / "one.pem"),
    "key gone": lambda folder: (folder / "keys" / "one.pem").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_restore_refuses_what_is_damaged(copy, tmp_path, damage):
    damage(copy)
    told = restore(copy, tmp_path / "again", code=2)
    assert "backup" in told
    assert not (tmp_path / "again").exists() or not list((tmp_path / "again").iterdir())


def test_restore_refuses_a_folder_in_use(school, copy, tmp_path):
    assert "another handin process" in restore(copy, school.data, code=2)
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").write_text("keep")
    assert "is not empty" in restore(copy, target, code=2)
    assert [path.name for path in target.iterdir()] == ["mine"]
    (target / "mine").unlink()
    restore(copy, target)
    assert check(target)[-1]["sound"]


def test_a_restore_that_was_interrupted_is_not_served(tmp_path):
    (tmp_path / "data" / ".restoring").mkdir(parents=True)
    done = run("serve", "--data", tmp_path / "data", "--listen", "127.0.0.1:0", timeout=20)
    assert done.returncode == 1
    assert "restore" in done.stderr and "interrupted" in done.stderr


def test_uploads_are_not_part_of_it(new_server, tmp_path):
    # docs/uploads.md: what is not handed in may go at any time
    server = new_server().start()
    student = Person(server, 0)
    uploads = "/api/handin/v1/uploads"
    sent = [student.post(uploads, params={"filename": "a"}, data=LARGE).json()["id"] for _ in range(2)]
    answer = data_of(student.submit({"type": "file", "upload_id": sent[0]}))
    backup(server, tmp_path / "copy")
    server.stop()
    restore(tmp_path / "copy", tmp_path / "new")
    assert check(tmp_path / "new")[-1]["sound"]
    again = serve(tmp_path / "new", server)
    student = Person(again, 0)
    assert student.get(f"{uploads}/{sent[1]}").status_code == 404
    assert student.get(f"{uploads}/{sent[0]}").json()["state"] == "handed_in"
    url = answer["attempts"][0]["attachments"][0]["url"]
    assert student.get(local(again, url)).content == LARGE
    again.close()

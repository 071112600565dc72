"""`handin check` finds what is damaged, names it, and leaves alone what is not (issue 3, point 1)."""
import hashlib
import random
import re
import shutil
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.checks import data_of
from support.edlink import Person, file, link, text
from support.maintenance import check, problems, stored_files
from support.server import Server, run

LARGE = random.Random(1).randbytes(40_000)   # a file of its own (DESIGN 5.5)
SMALL = random.Random(2).randbytes(2_000)    # a row


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    """A stopped server's folder: three students, one of them with two attempts."""
    server = Server(tmp_path_factory.mktemp("check") / "data", "--students", 6)
    try:
        server.start()
        for index in range(3):
            student = Person(server, index)
            data_of(student.submit(file("large", LARGE), file("small", SMALL), link(), text()))
        data_of(student.reclaim())
        data_of(student.submit(file("again", SMALL)))
        assert server.stop() == 0
    finally:
        server.close()
    return server.data


@pytest.fixture
def data(school, tmp_path):
    return shutil.copytree(school, tmp_path / "data")


def edit(data, sql, *values):
    with sqlite3.connect(data / "handin.db") as db:
        assert db.execute(sql, values).rowcount != 0
    db.close()


def ask(data, sql, *values):
    db = sqlite3.connect(data / "handin.db")
    try:
        return db.execute(sql, values).fetchone()
    finally:
        db.close()


def name(id_bytes):
    return str(uuid.UUID(bytes=id_bytes))


def large_file(data):
    return sorted(stored_files(data))[0]


def owner_of(data, path):
    """Attachment and submission, as check names them."""
    row = ask(data, "SELECT a.id, t.submission_id FROM attachment a JOIN attempt t"
                    " ON t.id = a.attempt_id WHERE a.storage_id = ?", uuid.UUID(path.name).bytes)
    return {"attachment": name(row[0]), "submission": name(row[1])}


def test_sound(data):
    [summary] = check(data)
    assert summary == {"sound": True, "problems": 0, "submissions": 3, "attempts": 4,
                       "attachments": 13, "events": 5, "receipts": 4, "files": 3, "file_bytes": 3 * len(LARGE),
                       "unnamed_files": 0, "quick": False}
    assert check(data, "--quick")[0]["sound"]


def test_plain_words(data):
    done = run("check", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("sound\n") and "4 attempts" in done.stdout
    path = large_file(data)
    path.unlink()
    owner = owner_of(data, path)
    done = run("check", "--data", data)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == (
        f"submission {owner['submission']}, attachment {owner['attachment']}: "
        f"attempt 1: file {path.name} is not there")
    assert done.stdout.splitlines()[-1].endswith(": 1 problem")


def test_flipped_byte_in_a_file(data):
    path = large_file(data)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    [found] = problems(data)
    assert found == {"problem": f"attempt 1: file {path.name} has been altered",
                     **owner_of(data, path)}
    assert check(data, "--quick")[0]["sound"]  # which is what quick means


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_file_of_another_length(data, options):
    path = large_file(data)
    path.write_bytes(LARGE[:-1])
    [found] = problems(data, *options)
    assert found["problem"].endswith(f"has {len(LARGE) - 1} bytes instead of {len(LARGE)}")


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_missing_file(data, options):
    path = large_file(data)
    path.unlink()
    [found] = problems(data, *options)
    assert found == {"problem": f"attempt 1: file {path.name} is not there",
                     **owner_of(data, path)}


def test_flipped_byte_in_a_row(data):
    storage, content = ask(data, "SELECT storage_id, bytes FROM row_bytes WHERE bytes = ?", SMALL)
    edit(data, "UPDATE row_bytes SET bytes = ? WHERE storage_id = ?",
         bytes([content[0] ^ 1]) + content[1:], storage)
    [found] = problems(data)
    assert found["problem"] == "attempt 1: the bytes have been altered"
    attachment, = ask(data, "SELECT id FROM attachment WHERE storage_id = ?", storage)
    assert found["attachment"] == name(attachment)


# SQL that breaks something, and what check then says of it, among other things.
BROKEN = {
    "removed event": ("DELETE FROM outbox WHERE sequence = 2", "attempt 1 has no event"),
    "gap in the events": ("DELETE FROM outbox WHERE sequence = 2",
                          "1 event between 1 and 3 not there"),
    "last event removed": ("DELETE FROM outbox WHERE sequence = (SELECT max(sequence) FROM outbox)",
                           "attempt 2 has no event"),
    "event twice": ("INSERT INTO outbox SELECT 6, submission_id, event FROM outbox"
                    " WHERE sequence = 1", "attempt 1 has 2 events"),
    "event unreadable": ("UPDATE outbox SET event = 'x' || event WHERE sequence = 1",
                         r"event 1 cannot be read: .+"),
    "event of another": ("UPDATE outbox SET submission_id = (SELECT submission_id FROM outbox"
                         " WHERE sequence = 2) WHERE sequence = 1", "event 1 is of submission .+"),
    "attempt removed": ("DELETE FROM attempt WHERE number = 2", "attempt 2 is not there"),
    "attempt renumbered": ("UPDATE attempt SET number = 3 WHERE number = 2",
                           "attempt 2 has the number 3"),
    "attempt forgotten": ("UPDATE submission SET attempts = substr(attempts, 1, 16)"
                          " WHERE length(attempts) > 16",
                          "attempt 2 is not in the submission's list"),
    "list of attempts cut": ("UPDATE submission SET attempts = substr(attempts, 1, 20)"
                             " WHERE length(attempts) > 16", "the row cannot be read: .+"),
    "attachment removed": ("DELETE FROM attachment WHERE title = 'again'",
                           "attempt 2: the attachment is not there"),
    "attachment moved": ("UPDATE attachment SET attempt_id = zeroblob(16) WHERE title = 'again'",
                         "no attempt has the attachment in its list"),
    "bytes removed": (f"DELETE FROM row_bytes WHERE length(bytes) = {len(SMALL)}",
                      "attempt 1: the bytes are not there"),
    "submission removed": ("DELETE FROM submission WHERE length(attempts) > 16",
                           r"event \d is of a submission that is not there"),
    "submission of another": ("UPDATE submission SET person_id = (SELECT id FROM person"
                              " WHERE login LIKE '%') WHERE length(attempts) > 16", None),
    "assignment removed": ("DELETE FROM assignment", "the assignment is not there"),
    "person removed": ("DELETE FROM person", "the person is not there"),
    "marking unreadable": ("UPDATE submission SET marking = '{}'",
                           r"the marking cannot be read: .+"),
    "comment not there": ('UPDATE submission SET marking = \'{"v":1,"comments":'
                          '["01000000-0000-7000-8000-000000000001"]}\'',
                          "comment 01000000-0000-7000-8000-000000000001 is not there"),
    "attempt not there": ('UPDATE submission SET marking = \'{"v":1,"grade":{"entered":{},'
                          '"counted":{},"attempt":9,"graded_at":0}}\'',
                          "a grade judges attempt 9, which is not there"),
    "class removed": ("DELETE FROM class", "assignment [0-9a-f]{32} has no class"),
}


@pytest.mark.parametrize("sql, told", BROKEN.values(), ids=BROKEN)
def test_broken_rows(data, sql, told):
    edit(data, sql)
    found = [line["problem"] for line in problems(data, "--quick")]
    expected = told or "the id is not that of its assignment and person"
    assert any(re.fullmatch(expected, line) for line in found), found


def flip(data, table, column, where="1"):
    """A bit in the middle of one value."""
    key, value = ask(data, f"SELECT id, {column} FROM {table} WHERE {where}")
    value = bytearray(value)
    value[len(value) // 2] ^= 1
    edit(data, f"UPDATE {table} SET {column} = ? WHERE id = ?", bytes(value), key)
    return name(key)


OF_BATCH = {
    "signature": ["the signature is wrong"],
    "root": ["the root is not that of its leaves", "the signature is wrong"],
    "key": ["the signature is wrong", r"the key \S{43} is not one of the server's"],
}


@pytest.mark.parametrize("column", OF_BATCH)
def test_altered_batch_of_receipts(data, column):
    batch = flip(data, "receipt_batch", column)
    found = [line["problem"] for line in problems(data)]
    expected = [f"batch of receipts {batch}: {told}" for told in OF_BATCH[column]]
    assert len(found) == len(expected) and all(map(re.fullmatch, expected, found)), found
    assert check(data, "--quick")[0]["sound"]


def test_altered_leaf(data):
    batch = flip(data, "receipt_batch", "leaves")
    found = [line["problem"] for line in problems(data)]
    assert found == [f"batch of receipts {batch}: the root is not that of its leaves",
                     "attempt 1: its receipt says something else than its rows"]


# What a receipt states, and a change of it that nothing else in the database contradicts.
STATED = {
    "when it came": "UPDATE attempt SET received_at = received_at - 1 WHERE number = 2",
    "when it counts": "UPDATE attempt SET submitted_at = submitted_at - 1 WHERE number = 2",
    "who": "UPDATE attempt SET actor_id = zeroblob(16) WHERE number = 2",
    "title": "UPDATE attachment SET title = 'Again' WHERE title = 'again'",
    "salt": "UPDATE attempt SET receipt_salt = zeroblob(16) WHERE number = 2",
}


@pytest.mark.parametrize("sql", STATED.values(), ids=STATED)
def test_receipt_that_says_something_else(data, sql):
    edit(data, sql)
    [found] = problems(data)
    submission, = ask(data, "SELECT submission_id FROM attempt WHERE number = 2")
    assert found == {"problem": "attempt 2: its receipt says something else than its rows",
                     "submission": name(submission)}


def test_both_altered(data):
    # A file and its hash in the database: only the receipt still knows.
    path = large_file(data)
    content = b"!" + LARGE[1:]
    path.write_bytes(content)
    edit(data, "UPDATE attachment SET sha256 = ? WHERE storage_id = ?",
         hashlib.sha256(content).digest(), uuid.UUID(path.name).bytes)
    [found] = problems(data)
    assert found == {"problem": "attempt 1: its receipt says something else than its rows",
                     "submission": owner_of(data, path)["submission"]}


NAMES = {
    "batch removed": ("DELETE FROM receipt_batch WHERE id = (SELECT receipt_batch FROM attempt"
                      " WHERE number = 2)",
                      ["attempt 2: its receipt names the batch {batch}, which is not there"]),
    "another batch": ("UPDATE attempt SET receipt_batch = zeroblob(16) WHERE number = 2",
                      ["attempt 2: its receipt names the batch 00000000-0000-0000-0000-000000000000,"
                       " which is not there", "batch of receipts {batch}: leaf 0 is of no attempt"]),
    "receipt forgotten": ("UPDATE attempt SET receipt_batch = NULL, receipt_index = NULL,"
                          " receipt_salt = NULL WHERE number = 2",
                          ["batch of receipts {batch}: leaf 0 is of no attempt"]),
    "another leaf": ("UPDATE attempt SET receipt_index = 7 WHERE number = 2",
                     ["attempt 2: its receipt is leaf 7 of a batch of 1",
                      "batch of receipts {batch}: leaf 0 is of no attempt"]),
    "salt cut": ("UPDATE attempt SET receipt_salt = x'00' WHERE number = 2",
                 ["attempt 2: its receipt cannot be made: a fixed-size column is damaged"]),
    "leaves cut": ("UPDATE receipt_batch SET leaves = x'00' WHERE id = (SELECT receipt_batch FROM"
                   " attempt WHERE number = 2)",
                   ["batch of receipts {batch}: the row cannot be read: a packed column is damaged"]),
    "same leaf twice": ("UPDATE attempt SET receipt_batch = (SELECT receipt_batch FROM attempt WHERE"
                        " number = 2) WHERE id = (SELECT min(id) FROM attempt)", None),
}


@pytest.mark.parametrize("sql, told", NAMES.values(), ids=NAMES)
def test_receipts_that_name_what_is_not_there(data, sql, told):
    batch, = ask(data, "SELECT receipt_batch FROM attempt WHERE number = 2")
    edit(data, sql)
    found = [line["problem"] for line in problems(data, "--quick")]
    if told:
        assert found == [line.format(batch=name(batch)) for line in told]
    else:
        assert any("its receipt is leaf 0, as is another's" in line for line in found), found


def test_receipts_of_a_full_batch(new_server):
    # many students at once, so that batches have several leaves; each of them can be found
    server = new_server("--students", 40).start()
    with ThreadPoolExecutor(20) as pool:
        for reply in pool.map(lambda index: Person(server, index).submit(), range(40)):
            data_of(reply)
    assert server.stop() == 0
    [summary] = check(server.data)
    assert summary["receipts"] == 40
    batch, leaves = ask(server.data, "SELECT id, leaves FROM receipt_batch ORDER BY length(leaves) DESC")
    assert len(leaves) > 32, "there was no batch of several"
    edit(server.data, "UPDATE attempt SET receipt_index = receipt_index - 1"
                      " WHERE receipt_batch = ? AND receipt_index = 1", batch)
    found = [line["problem"] for line in problems(server.data)]
    assert f"batch of receipts {name(batch)}: leaf 1 is of no attempt" in found
    assert "attempt 1: its receipt is leaf 0, as is another's" in found
    assert "attempt 1: its receipt says something else than its rows" in found


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_truncated_database(data, part):
    database = data / "handin.db"
    with database.open("r+b") as stream:
        stream.truncate(int(database.stat().st_size * part))
    assert any("handin.db" in line["problem"] or "malformed" in line["problem"]
               or "database" in line["problem"] for line in problems(data))


def test_overwritten_database(data):
    (data / "handin.db").write_bytes(b"x" * 100_000)
    [found] = problems(data)
    assert found["problem"].endswith("file is not a database")


def test_unnamed_file_is_no_error(data):
    stray = data / "files" / "0a" / "01890000-0000-7000-8000-00000000000a"
    stray.write_bytes(b"stray")
    (data / "files" / "0a" / "notes.txt").write_text("no storage id, so nobody's business")
    first, summary = check(data)
    assert first == {"unnamed_file": str(stray)}
    assert summary["sound"] and summary["unnamed_files"] == 1


def test_cannot_run(tmp_path, data):
    for folder in (tmp_path / "nowhere", tmp_path):
        done = run("check", "--data", folder)
        assert done.returncode == 2 and "there is no database" in done.stderr
    done = run("check", "--data", data, "--database", "oracle:x")
    assert done.returncode == 2 and "sqlite:PATH" in done.stderr
    edit(data, "PRAGMA user_version = 999")
    done = run("check", "--data", data)
    assert done.returncode == 2 and "start a newer handin" in done.stderr


def test_changes_nothing(data):
    def content():
        return {path: path.read_bytes() for path in data.rglob("*")
                if path.is_file() and not path.name.endswith(("-wal", "-shm"))}

    before = content()
    check(data)
    assert content() == before


def test_places_of_their_own(data, tmp_path):
    (data / "handin.db").rename(tmp_path / "other.db")
    (data / "files").rename(tmp_path / "other")
    [summary] = check(data, "--database", f"sqlite:{tmp_path}/other.db",
                      "--blobs", f"file:{tmp_path}/other")
    assert summary["files"] == 3


def test_beside_a_server(new_server):
    server = new_server("--students", 6).start()
    for index in range(6):
        data_of(Person(server, index).submit(file("large", LARGE), file("small", SMALL)))
        [summary] = check(server.data)
        assert summary["attempts"] == summary["events"] == summary["files"] == index + 1
    server.kill()
    [summary] = check(server.data)  # what is in the log counts
    assert summary["attempts"] == 6


@pytest.mark.parametrize("command", ["check", "backup", "restore"])
def test_help(command):
    done = run(command, "--help")
    assert done.returncode == 0
    assert "--data" in done.stdout and "--json" in done.stdout and "Exit code" in done.stdout

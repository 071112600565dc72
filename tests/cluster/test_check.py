"""`handin check` and `backup` on PostgreSQL: what tests/api/test_check.py and test_backup.py ask of SQLite, and
what only this engine has."""
import random
import re

import pytest

from support.edlink import Admin, Person, file, link, text
from support.maintenance import backup, check, problems, restore, stored_files
from support.postgres import Postgres
from support.server import Server, run

LARGE = random.Random(1).randbytes(40_000)   # a file of its own
SMALL = random.Random(2).randbytes(2_000)    # a row


class School:
    """Three students, one of them with two attempts; nobody serves it any more."""

    def __init__(self, folder):
        self.database = Postgres().start().create()
        self.data = folder / "data"
        self.copies = 0
        server = Server(self.data, "--students", 6, "--database", self.database.url()).start()
        try:
            for index in range(3):
                student = Person(server, index)
                assert student.submit(file("large", LARGE), file("small", SMALL), link(),
                                      text()).status_code == 200
            assert student.reclaim().status_code == 200
            assert student.submit(file("again", SMALL)).status_code == 200
            self.seen = [Person(server, index).submission() for index in range(3)]
            self.events = Admin(server).events()
            assert server.stop() == 0
        finally:
            server.close()

    def copy(self):
        """Of the database; its name."""
        self.copies += 1
        name = f"copy{self.copies}"
        self.database.sql(f"CREATE DATABASE {name} TEMPLATE handin", database="postgres")
        return name

    def options(self, database="handin"):
        return "--database", self.database.url(database)


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    made = School(tmp_path_factory.mktemp("check"))
    yield made
    made.database.close()


def found_in(school, database, *options):
    return [line["problem"] for line in problems(school.data, *school.options(database), *options)]


def test_sound(school):
    [summary] = check(school.data, *school.options())
    assert summary == {"sound": True, "problems": 0, "submissions": 3, "attempts": 4,
                       "attachments": 13, "events": 5, "receipts": 4, "files": 3,
                       "file_bytes": 3 * len(LARGE), "unnamed_files": 0, "quick": False}
    assert check(school.data, "--quick", *school.options())[0]["sound"]


SECOND = "(SELECT id FROM batch WHERE first_sequence = 2)"
BROKEN = {
    "removed event": (f"DELETE FROM outbox WHERE batch_id = {SECOND}",
                      ["attempt 1 has no event", "1 event between 1 and 3 not there",
                       "batch .+ has 0 events instead of 1"]),
    "batch removed": (f"DELETE FROM batch WHERE id = {SECOND}",
                      ["an event of batch .+, which is not there or has none",
                       "attempt 1 has no event"]),
    "sequence twice": (f"UPDATE batch SET first_sequence = 1 WHERE id = {SECOND}",
                       ["event 1 is there twice"]),
    "end of the sequence": ("UPDATE sequence_end SET next = 99",
                            ["the sequence of events ends at 98, but its last event is 5"]),
    "event unreadable": ("UPDATE outbox SET event = 'x' || event",
                         ["event 1 cannot be read: .+", "attempt 1 has no event"]),
    "event of another": ("UPDATE outbox SET submission_id = gen_random_uuid()",
                         ["event 1 is of submission .+",
                          r"event \d is of a submission that is not there"]),
    "attempt removed": ("DELETE FROM attempt WHERE number = 2", ["attempt 2 is not there"]),
    "attempt renumbered": ("UPDATE attempt SET number = 3 WHERE number = 2",
                           ["attempt 2 has the number 3"]),
    "attempt with a bad number": ("UPDATE attempt SET number = -1 WHERE number = 2",
                                  ["attempt -1 is not in the submission's list"]),
    "attempt forgotten": ("UPDATE submission SET attempts = substr(attempts, 1, 16)",
                          ["attempt 2 is not in the submission's list"]),
    "list of attempts cut": ("UPDATE submission SET attempts = substr(attempts, 1, 15)",
                             ["the row cannot be read: .+"]),
    "attachment removed": ("DELETE FROM attachment WHERE title = 'again'",
                           ["attempt 2: the attachment is not there"]),
    "attachment moved": ("UPDATE attachment SET attempt_id = gen_random_uuid() WHERE title = 'again'",
                         ["no attempt has the attachment in its list",
                          "attempt 2: the attachment is of another attempt"]),
    "bytes removed": ("DELETE FROM row_bytes", ["attempt 1: the bytes are not there"]),
    "bytes cut": ("UPDATE row_bytes SET bytes = substr(bytes, 2)",
                  ["attempt 1: has 1999 bytes instead of 2000"]),
    "submission removed": ("DELETE FROM submission WHERE length(attempts) > 16",
                           [r"event \d is of a submission that is not there"]),
    "submission of another": ("UPDATE submission SET person_id = (SELECT id FROM person LIMIT 1)",
                              ["the id is not that of its assignment and person"]),
    "assignment removed": ("DELETE FROM assignment", ["the assignment is not there"]),
    "person removed": ("DELETE FROM person", ["the person is not there",
                                              "enrollment .+ has no class or no person"]),
    "class removed": ("DELETE FROM class", ["assignment .+ has no class"]),
    "account removed": ("DELETE FROM account", ["person .+ has no account",
                                                "class .+ has no account or no department"]),
    "batch of receipts removed": ("DELETE FROM receipt_batch",
                                  ["attempt 2: its receipt names the batch .+, which is not there"]),
    "receipt forgotten": ("UPDATE attempt SET receipt_batch = NULL WHERE number = 2",
                          ["batch of receipts .+: leaf 0 is of no attempt"]),
}


@pytest.mark.parametrize("sql, expected", BROKEN.values(), ids=BROKEN)
def test_broken_rows(school, sql, expected):
    name = school.copy()
    school.database.sql(sql, database=name)
    found = found_in(school, name, "--quick")
    for told in expected:
        assert any(re.fullmatch(told, line) for line in found), (told, found)


def test_altered_bytes(school):
    name = school.copy()
    school.database.sql("UPDATE row_bytes SET bytes = set_byte(bytes, 0, 255 - get_byte(bytes, 0))"
                        " WHERE length(bytes) = 2000", database=name)
    assert sorted(found_in(school, name)) == 3 * ["attempt 1: the bytes have been altered"] + [
        "attempt 2: the bytes have been altered"]
    assert check(school.data, "--quick", *school.options(name))[0]["sound"]


def test_receipt_that_says_something_else(school):
    name = school.copy()
    school.database.sql("UPDATE attempt SET received_at = received_at - 1 WHERE number = 2",
                        database=name)
    assert found_in(school, name) == ["attempt 2: its receipt says something else than its rows"]


def test_missing_and_unnamed_files(school):
    path = sorted(stored_files(school.data))[0]
    content = path.read_bytes()
    stranger = path.parents[1] / "00/0190a5b0-0000-7000-8000-000000000000"
    stranger.parent.mkdir(exist_ok=True)
    path.unlink()
    stranger.write_bytes(b"?")
    try:
        lines = check(school.data, *school.options(), code=1)
        assert [line["problem"] for line in lines if "problem" in line] == [
            f"attempt 1: file {path.name} is not there"]
        assert [line["unnamed_file"] for line in lines if "unnamed_file" in line] == [str(stranger)]
    finally:
        path.write_bytes(content)
        stranger.unlink()


def test_what_has_no_sequence_yet_is_no_fault(school):
    """Nodes that were killed at once: the next one appends it."""
    name = school.copy()
    school.database.sql("UPDATE batch SET first_sequence = NULL WHERE first_sequence > 3", name)
    school.database.sql("UPDATE sequence_end SET next = 4", name)
    [summary] = check(school.data, *school.options(name))
    assert summary["sound"] and summary["events"] == 5


def test_what_cannot_be_checked_is_said(school, tmp_path):
    def refused(database):
        done = run("check", "--data", tmp_path, "--database", database)
        assert done.returncode == 2 and not done.stdout
        return done.stderr

    assert "--database: " in refused("postgresql://handin@127.0.0.1:1/handin")
    school.database.sql("CREATE DATABASE nothing", database="postgres")
    assert "migration" in refused(school.database.url("nothing"))


def test_backup_is_a_data_folder_that_can_be_moved_back(school, tmp_path):
    """Of one moment, in the form of SQLite, whatever the engine: it needs no server to be looked at."""
    live = Server(school.data, "--students", 6, *school.options()).start()
    try:
        made = backup(live, tmp_path / "backup", *school.options())
        assert made["complete"] and made["files"] == 3
    finally:
        live.close()
    assert check(tmp_path / "backup")[0] | {"unnamed_files": 0} == check(
        school.data, *school.options())[0]
    data = tmp_path / "restored"
    restore(tmp_path / "backup", data)
    school.database.sql("CREATE DATABASE again", database="postgres")
    done = run("migrate-store", "--from", f"sqlite:{data / 'handin.db'}", "--to",
               school.database.url("again"))
    assert done.returncode == 0, done.stderr
    there = Server(data, "--students", 6, *school.options("again")).start()
    try:
        # The address differs.
        def plain(shown):
            return re.sub(r"127\.0\.0\.1:\d+", "", str(shown))
        assert plain([Person(there, index).submission() for index in range(3)]) == plain(school.seen)
        assert plain(Admin(there).events()) == plain(school.events)
    finally:
        there.close()

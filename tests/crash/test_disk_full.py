"""The disk fills up under load: a clear answer, reading goes on, nothing is lost, and it recovers
by itself once there is room (issue 3, point 4). On a small file system of its own where mounting is
allowed; and always with a preloaded library that refuses growth (unsynced.cpp)."""
import errno
import subprocess
import time

import pytest

from crash.check import Check
from crash.load import Writer
from crash.told import Told
from support.checks import data_of
from support.edlink import Caller, Person, file, text
from support.server import Server, built

STUDENTS = 12
SMALL_DISK = 24 * 1024 * 1024


class SmallDisk:
    """A tmpfs, filled by a file of ours."""

    def __init__(self, folder, *options):
        self.folder = folder / "disk"
        self.folder.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "none", self.folder],
            capture_output=True, text=True, check=False)
        if mounted.returncode:
            pytest.skip(f"mounting is not allowed here: {mounted.stderr.strip()}")
        self.ballast = self.folder / "ballast"
        self.server = Server(self.folder / "data", "--students", STUDENTS, *options)
        self.server.log = folder / "server.log"  # which is not to fill it
        self.server.output = folder / "server.out"

    def fill(self):
        with open(self.ballast, "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(4096))
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def empty(self):
        self.ballast.unlink()

    def close(self):
        self.server.close()
        subprocess.run(["umount", self.folder], check=True)


class RefusingDisk:
    """Files that cannot grow, with an errno of our choice."""

    def __init__(self, folder, code):
        self.code = code
        self.switch = folder / "full"
        data = folder / "disk"
        data.mkdir()
        self.server = Server(data / "data", "--students", STUDENTS,
                             LD_PRELOAD=str(built("libunsynced.so")),
                             HANDIN_UNSYNCED_FOLDER=str(data), HANDIN_UNSYNCED_FULL=self.switch)

    def fill(self):
        self.switch.write_text(str(int(self.code)), encoding="ascii")

    def empty(self):
        self.switch.unlink()

    def close(self):
        self.server.close()


@pytest.fixture(params=["small disk", "small disk, all of it", "ENOSPC", "EDQUOT"])
def disk(request, tmp_path):
    if request.param.startswith("small"):
        least = 0 if "all" in request.param else 1024 * 1024
        one = SmallDisk(tmp_path, "--min-free-space", least)
    else:
        one = RefusingDisk(tmp_path, getattr(errno, request.param))
    yield one
    one.close()


def eventually(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_disk_full(disk):
    server = disk.server.start()
    writers = [Writer(server, index) for index in range(10)]
    for writer in writers:
        assert writer.advance() and writer.advance() and writer.advance(), writer.problems
    small, large = Person(server, 10), Person(server, 11)
    anybody = Caller(server)

    disk.fill()
    time.sleep(1.2)  # the server looks once a second
    refused = 0
    for number in range(12):  # a little may still fit where the log is written again
        for student, what in ((small, text("x" * 8000)),
                              (large, file("large", bytes([number]) * 300_000))):
            reply = student.submit(what, key=f"{number}")
            if reply.status_code == 200:
                assert student.reclaim(key=f"back {number}").status_code in (200, 503)
                continue
            assert reply.status_code == 503, reply.text
            assert int(reply.headers["Retry-After"]) > 0
            assert reply.json()["$errors"][0]["message"]
            refused += 1
    assert refused > 6
    ready = anybody.get("/readyz")
    assert (ready.status_code, ready.text) == (503, "not ready: the disk is full\n")
    assert anybody.get("/healthz").status_code == 200
    for writer in writers:  # reading goes on
        assert len(writer.person.submission()["attempts"]) == 2

    disk.empty()
    eventually(lambda: anybody.get("/readyz").status_code == 200)
    for student in (small, large):  # without a restart
        if student.submission()["state"] == "submitted":
            data_of(student.reclaim())
        data_of(student.submit(file("after", b"y" * 100_000), text("after")))
    for writer in writers:
        assert writer.advance(), writer.problems

    server.kill()
    server.start()
    check = Check()
    told = Told()
    told.read_on(server)
    for writer in writers:
        check.after_crash(writer, told.of(writer.person.user_id), 0)
    assert check.problems == []
    for student in (small, large):
        latest = student.submission()["attempts"][0]["attachments"]
        assert student.get(latest[0]["url"]).content == b"y" * 100_000

"""What two processes, or two databases, must not share: a data folder, a database, files."""
import subprocess

import pytest

from support.checks import data_of
from support.edlink import Caller, Person
from support.server import binary, environment, run


def refused(*options):
    done = run("serve", "--listen", "127.0.0.1:0", *options, timeout=20)
    assert done.returncode == 1
    assert "another handin process uses" in done.stderr
    return done.stderr


def test_each_part_by_itself(new_server, tmp_path):
    server = new_server().start()
    other = tmp_path / "other"
    assert f"({server.data} is locked)" in refused(
        "--data", server.data, "--database", f"sqlite:{tmp_path}/other.db",
        "--blobs", f"file:{tmp_path}/blobs")
    assert f"({server.data}/handin.db.lock is locked)" in refused(
        "--data", other, "--database", f"sqlite:{server.data}/handin.db")
    assert f"this folder of files ({server.data}/files is locked)" in refused(
        "--data", other, "--blobs", f"file:{server.data}/files")
    data_of(Person(server, 0).submit())
    assert server.stop() == 0


def test_files_belong_to_one_database(new_server):
    """Else a lost database, made anew, would have the collector remove what it does not know."""
    server = new_server("--students", 3).start()
    data_of(Person(server, 0).submit())
    assert server.stop() == 0
    database = server.data / "handin.db"
    database.rename(server.data / "lost.db")
    done = run("serve", "--data", server.data, "--listen", "127.0.0.1:0", timeout=20)
    assert done.returncode == 1
    assert f"the files in {server.data}/files belong to another database" in done.stderr
    database.unlink()
    (server.data / "lost.db").rename(database)
    server.start()
    assert Person(server, 0).submission()["state"] == "submitted"
    (server.data / "files" / ".database").unlink()  # as after a restore
    assert server.stop() == 0
    server.start()
    assert (server.data / "files" / ".database").is_file()


def test_reading_commands_need_no_lock(new_server, tmp_path):
    server = new_server().start()
    for command in (["check", "--data", server.data], ["events", "tail", "--data", server.data],
                    ["backup", tmp_path / "backup", "--data", server.data]):
        done = run(*command)
        assert done.returncode == 0, done.stderr
    assert Caller(server).get("/readyz").status_code == 200


@pytest.mark.parametrize("round_", range(3))
def test_two_at_once_on_a_new_folder(tmp_path, round_):
    """One of them makes and migrates the database, the other is told."""
    processes = [
        subprocess.Popen([binary(), "serve", "--data", tmp_path / "data", "--listen",
                          "127.0.0.1:0"], env=environment(), stdin=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        lost, won = [], []
        while not lost:
            lost = [process for process in processes if process.poll() is not None]
        won = [process for process in processes if process not in lost]
        assert len(won) == 1 and lost[0].returncode == 1
        assert "another handin process uses this data folder" in lost[0].stderr.read()
        for line in won[0].stderr:
            if '"serving"' in line:
                break
        won[0].terminate()
        assert won[0].wait(30) == 0
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stderr.close()

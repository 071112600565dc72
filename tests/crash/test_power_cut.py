"""The power goes at random moments under load: what was not synced is forgotten, by a preloaded
library (unsynced.cpp). kill -9 finds wrong order, this finds missing syncs; and that it does is
tested with syncs that count as not done."""
import signal

import pytest

from crash.rounds import KILLS, STUDENTS, run_rounds
from crash.uploads import UploadWriter
from support.server import Server, built

CUTS = max(6, KILLS // 5)     # each of the two variants; one takes longer than a kill
MISTAKE_ROUNDS = 25           # rounds within which each planted mistake must be found


def cut(server):
    server.process.send_signal(signal.SIGUSR2)
    server.process.wait()


@pytest.fixture
def forgetful(tmp_path):
    """Makes servers whose disk forgets; the folder above theirs is part of it."""
    made = []

    def make(**variables):
        folder = tmp_path / f"disk{len(made)}"
        folder.mkdir()
        made.append(Server(folder / "data", "--students", STUDENTS,
                           LD_PRELOAD=str(built("libunsynced.so")),
                           HANDIN_UNSYNCED_FOLDER=str(folder), **variables))
        return made[-1]

    yield make
    for one in made:
        one.close()


def forgotten(server):
    """Blocks and names, over all cuts."""
    report = server.data.parent.with_name(server.data.parent.name + ".report")
    lines = [line.split() for line in report.read_text(encoding="utf-8").splitlines()]
    return sum(int(line[0]) for line in lines), sum(int(line[1]) for line in lines)


@pytest.mark.parametrize("keep", ["nothing", "some"])
def test_power_cut(forgetful, keep, capsys):
    server = forgetful(HANDIN_UNSYNCED_KEEP=keep)
    result = run_rounds(server, cut, CUTS, f"power cut, {keep} unsynced survives")
    blocks, names = forgotten(server)
    with capsys.disabled():
        print(f"\n{result.summary}; {blocks} blocks and {names} names forgotten")
    assert result.check.problems == []
    assert result.attempts >= CUTS
    assert blocks > 0


@pytest.mark.parametrize("keep", ["nothing", "some"])
def test_power_cut_of_uploads(forgetful, keep, capsys):
    server = forgetful(HANDIN_UNSYNCED_KEEP=keep)
    result = run_rounds(server, cut, CUTS, f"uploads, power cut, {keep} unsynced survives",
                        kind=UploadWriter)
    blocks, names = forgotten(server)
    with capsys.disabled():
        print(f"\n{result.summary}, {result.check.count['uploads checked']} uploads checked; "
              f"{blocks} blocks and {names} names forgotten")
    assert result.check.problems == []
    assert result.attempts >= CUTS and result.check.count["uploads checked"] >= CUTS
    assert blocks > 0


@pytest.mark.parametrize("mistake", ["-wal$", "handin.db$", "/files/", "/data$"])
def test_finds_missing_syncs(forgetful, mistake, capsys):
    # of the log, of the database below it, of handed-in files and their folders, of names
    server = forgetful(HANDIN_UNSYNCED_IGNORE=mistake)
    result = run_rounds(server, cut, MISTAKE_ROUNDS, f"without syncs of {mistake}")
    assert result.check.problems, "a missing sync was not noticed"
    with capsys.disabled():
        print(f"\nwithout syncs of {mistake}: {result.check.problems[0][:100]}")


@pytest.mark.parametrize("mistake", ["/.partial/", "/.partial$", "/files/[0-9a-f]{2}$"])
def test_finds_missing_syncs_of_uploads(forgetful, mistake, capsys):
    # of their bytes, of their names while they are sent, of those that they are given at the end
    server = forgetful(HANDIN_UNSYNCED_IGNORE=mistake)
    result = run_rounds(server, cut, MISTAKE_ROUNDS, f"uploads without syncs of {mistake}",
                        kind=UploadWriter)
    assert any(problem.startswith(("upload", "content", "no answer", "not as"))
               for problem in result.check.problems), result.check.problems
    with capsys.disabled():
        print(f"\nuploads without syncs of {mistake}: {result.check.problems[0][:100]}")

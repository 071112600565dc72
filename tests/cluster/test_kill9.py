"""kill -9 of a node, of PostgreSQL, of everything, under load: what was acknowledged is there once
(DESIGN 10.1 to 10.5). HANDIN_KILLS says how often; `make crash-cluster` does more."""
import os

from cluster.rounds import run_rounds

KILLS = int(os.environ.get("HANDIN_KILLS", "9"))
STUDENTS = 30


def test_kill9(new_cluster, capsys):
    cluster = new_cluster(students=STUDENTS)
    check, attempts, summary = run_rounds(cluster, KILLS, STUDENTS)
    with capsys.disabled():
        print("\n" + summary + f"; {check.count['receipts']} receipts checked")
    assert check.problems == []
    assert attempts >= KILLS

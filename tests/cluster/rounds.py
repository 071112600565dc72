"""Load on all nodes, an end of a node, of the database or of everything, and the checks of
tests/crash, again and again."""
import random
import threading
import time

import requests

from crash.check import Check
from crash.load import Writer, work_until_gone
from crash.rounds import SEED, THREADS
from crash.told import Told

LOAD_SECONDS = (0.3, 1.2)


class ClusterWriter(Writer):
    """Goes to any node. A 503 is no answer: the same step is sent again."""

    def __init__(self, cluster, index):
        super().__init__(cluster.nodes[0], index)
        self.nodes = cluster.nodes
        self.chance = random.Random(index)
        self.turned_away = 0

    def send(self, step):
        self.person.base_url = self.chance.choice(self.nodes).base_url
        return super().send(step)

    def advance(self):
        self.asked = True
        try:
            reply = self.send(len(self.answers))
            if reply.status_code == 503:
                self.turned_away += 1
                if "Retry-After" not in reply.headers:
                    self.problems.append("503 without Retry-After")
                time.sleep(0.05)
                return True
            body = reply.json()
        except requests.RequestException:
            time.sleep(0.05)  # that node may be gone, others are not
            return True
        if reply.status_code != 200:
            self.problems.append(f"{self.key(len(self.answers))}: {reply.status_code} {body}")
            return False
        self.acknowledge(reply)
        self.asked = False
        return True

    def comparable(self, answer):
        for node in self.nodes:
            answer = answer.replace(node.base_url, "")
        return answer

    def repeat(self):
        return True  # after the crash


def end_node(cluster, chance):
    chance.choice(cluster.nodes).kill()


def end_database(cluster, _chance):
    cluster.database.kill()


def end_everything(cluster, chance):
    victims = [cluster.database, *cluster.nodes]
    chance.shuffle(victims)
    for each in victims:
        each.kill()


ENDS = {"a node": end_node, "the database": end_database, "everything": end_everything}


def restart(cluster):
    if cluster.database.process.poll() is not None:
        cluster.database.start()
    cluster.start()


def run_rounds(cluster, count, students):
    """Every kind of end, `count` times in all. A Check, and a line of counts."""
    chance = random.Random(SEED)
    writers = [ClusterWriter(cluster, index) for index in range(students)]
    check = Check()
    told = Told()
    kinds = list(ENDS)
    for number in range(count):
        since = [len(writer.answers) for writer in writers]
        ended = threading.Event()
        threads = [threading.Thread(target=work_until_gone, args=(
            writers[start::THREADS], random.Random(chance.random()), ended))
            for start in range(THREADS)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(*LOAD_SECONDS))
        kind = kinds[number % len(kinds)]
        ENDS[kind](cluster, chance)
        check.count[kind] += 1
        time.sleep(chance.uniform(0.0, 0.5))  # those that are left meet it
        ended.set()
        for thread in threads:
            thread.join()
        restart(cluster)
        told.read_on(chance.choice(cluster.nodes))
        for writer, checked in zip(writers, since):
            if len(writer.answers) > checked or writer.asked:
                with check.answering(writer):
                    check.after_crash(writer, told.of(writer.person.user_id), checked)
                    check.settle(writer)
        check.same_events(told, chance.choice(cluster.nodes))
        if check.problems:
            break
    attempts = sum(writer.submits for writer in writers)
    turned_away = sum(writer.turned_away for writer in writers)
    counts = ", ".join(f"{check.count[kind]} {kind}" for kind in (
        "lost", "doubled", "late", "unanswered that took effect", "unanswered that did not"))
    ends = ", ".join(f"{check.count[kind]} of {kind}" for kind in kinds)
    return check, attempts, (f"kill -9: {ends}; {attempts} attempts acknowledged, {counts}, "
                             f"{turned_away} times 503; HANDIN_SEED={SEED}")

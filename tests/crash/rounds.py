"""Load, a sudden end, a restart and the checks, again and again (DESIGN 10.1 to 10.5)."""
import os
import random
import threading
import time
from collections import namedtuple

import requests

from crash.check import Check
from crash.load import Writer, work_until_gone
from crash.told import Told

KILLS = int(os.environ.get("HANDIN_KILLS", "25"))
SEED = int(os.environ.get("HANDIN_SEED", random.randrange(10**6)))
PER_SCHOOL = 50               # each answer shows all attempts of a student: longer would be reading only
READ_AGAIN = 20               # after so many rounds all events are read from the start, and at the end
STUDENTS = 60 + min(KILLS, PER_SCHOOL) // 4    # nobody comes near the bound on attempts (500)
THREADS = 8
LOAD_SECONDS = (0.05, 0.9)    # how long a load lasts until the end
LONG_SECONDS = (5.0, 9.0)     # enough for the log to be checkpointed (16 MiB)
LONG = 0.04                   # of the rounds
START_SECONDS = (0.0, 0.06)   # sometimes the end comes while it still starts
ENDED_AT_START = 0.15         # of the rounds

Result = namedtuple("Result", "check acknowledged attempts summary")


def load_and_end(server, end, writers, chance):
    threads = []
    ended = threading.Event()
    for number in range(THREADS):
        arguments = writers[number::THREADS], random.Random(chance.random()), ended
        threads.append(threading.Thread(target=work_until_gone, args=arguments))
    for thread in threads:
        thread.start()
    time.sleep(chance.uniform(*(LONG_SECONDS if chance.random() < LONG else LOAD_SECONDS)))
    end(server)
    ended.set()
    for thread in threads:
        thread.join()


def check_all(check, server, writers, since, told):
    told.read_on(server)
    for writer, checked in zip(writers, since):
        with check.answering(writer):
            writer.after_restart(check)
        if len(writer.answers) > checked or writer.asked:
            with check.answering(writer):
                check.after_crash(writer, told.of(writer.person.user_id), checked)
                check.settle(writer)


def run_rounds(server, end, count, name, seed=SEED, kind=Writer):
    """`end` makes an end of the server's process. Stops at the first round that finds a fault."""
    chance = random.Random(seed)
    server.start()
    writers = [kind(server, index) for index in range(STUDENTS)]
    check = Check()
    told = Told()
    done = 0
    try:
        for _ in range(count):
            since = [len(writer.answers) for writer in writers]
            load_and_end(server, end, writers, chance)
            done += 1
            while chance.random() < ENDED_AT_START:
                server.start(wait=False)
                time.sleep(chance.uniform(*START_SECONDS))
                end(server)
            server.start()
            check_all(check, server, writers, since, told)
            if done % READ_AGAIN == 0:
                check.same_events(told, server)
            if check.problems:
                break
        else:  # once more, from the very beginning
            end(server)
            server.start()
            check_all(check, server, writers, [0] * STUDENTS, told)
            check.same_events(told, server)
    except (RuntimeError, KeyError, ValueError, OSError, requests.RequestException) as failure:
        check.problems.append(f"not as it was: {failure!r}")
    acknowledged = sum(len(writer.answers) for writer in writers)
    attempts = sum(writer.submits for writer in writers)
    counts = ", ".join(f"{check.count[kind]} {kind}" for kind in (
        "lost", "doubled", "late", "unanswered that took effect", "unanswered that did not"))
    return Result(check, acknowledged, attempts,
                  f"{name}: {done} ends, {acknowledged} acknowledged ({attempts} attempts), "
                  f"{counts}; HANDIN_SEED={seed}")

"""A real PostgreSQL of the test's own: on a loopback port, in a folder of its own, with sync on."""
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from support.server import free_port

READY_SECONDS = 60


def program(name):
    """Debian has them beside the version's other files; others have them in the PATH."""
    path = Path("/usr/lib/postgresql/15/bin") / name
    return str(path) if path.is_file() else name


def account():
    """PostgreSQL does not run as root."""
    if os.getuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise RuntimeError("there is no account to run PostgreSQL as")


class Postgres:
    def __init__(self, folder=None):
        """folder: where to make its own; the system's for temporary files unless told."""
        self.folder = Path(tempfile.mkdtemp(prefix="handin-pg-", dir=folder))
        self.account = account()
        if self.account:
            os.chown(self.folder, self.account["user"], self.account["group"])
        self.port = free_port()
        self.process = None
        self._run("initdb", "--pgdata", self.folder / "data", "--username", "handin",
                  "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-instructions")

    def url(self, database="handin", *ports):
        """With the hosts of other servers before this one, if they are given."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in (*ports, self.port))
        return f"postgresql://handin@{hosts}/{database}"

    def start(self):
        end = time.monotonic() + READY_SECONDS
        while True:
            with open(self.folder / "log", "ab") as log:
                self.process = subprocess.Popen(
                    [program("postgres"), "-D", self.folder / "data", "-k", self.folder,
                     "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                     "-c", "max_connections=100", "-c", "shared_buffers=128MB"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                    **self.account)
            while self.process.poll() is None:
                if self._answers():
                    return self
                if time.monotonic() > end:
                    raise RuntimeError(f"PostgreSQL does not start:\n{self.tail()}")
                time.sleep(0.02)
            # What is left of one that was killed ends by itself, and until then is in the way.
            if time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL ends at once:\n{self.tail()}")
            time.sleep(0.1)

    def _answers(self):
        done = subprocess.run([program("psql"), "-qAtc", "SELECT 1", self.url("postgres")],
                              capture_output=True, timeout=30, check=False)
        return done.returncode == 0

    def create(self, database="handin"):
        self.sql(f"CREATE DATABASE {database}", database="postgres")
        return self

    def sql(self, statement, database="handin"):
        """The rows of its answer, as psql shows them unaligned."""
        done = subprocess.run([program("psql"), "-qAtc", statement, self.url(database)],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self):
        return "\n".join((self.folder / "log").read_text(encoding="utf-8").splitlines()[-20:])

    def _run(self, name, *arguments):
        done = subprocess.run([program(name), *map(str, arguments)], capture_output=True, text=True,
                              cwd=self.folder, timeout=120, check=False, **self.account)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

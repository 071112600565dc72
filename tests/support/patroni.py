"""Two PostgreSQL nodes under Patroni with a synchronous standby, and the etcd that elects the primary: real ones, on
loopback, in a folder."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from support.postgres import account, program
from support.server import free_port

READY_SECONDS = 120
TTL = 20  # seconds: the least that Patroni takes; so long a primary that is gone stays one


class Patroni:
    def __init__(self):
        self.account = account()
        self.folder = Path(tempfile.mkdtemp(prefix="handin-patroni-"))
        if self.account:
            os.chown(self.folder, self.account["user"], self.account["group"])
        self.etcd_port = free_port()
        self.etcd = None
        self.nodes = [PatroniNode(self, number) for number in (1, 2)]

    def url(self, database="handin"):
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://postgres@{hosts}/{database}?target_session_attrs=read-write"

    def start(self):
        peer, client = (f"http://127.0.0.1:{port}" for port in (free_port(), self.etcd_port))
        self.etcd = self.spawn("etcd", "etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", client,
                               "--advertise-client-urls", client, "--listen-peer-urls", peer,
                               "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}")
        for node in self.nodes:  # the first makes the database, the second copies it
            node.start()
            self.wait(lambda: self.primary() is not None)
        self.wait_synchronous()
        return self

    def create(self, database="handin"):
        self.primary().sql(f"CREATE DATABASE {database}", "postgres")
        return self

    def primary(self):
        """The node that takes writes; None: there is none just now."""
        return next((node for node in self.nodes if node.role() in ("master", "primary")), None)

    def wait_synchronous(self):
        """Until there is a standby without which nothing is acknowledged."""
        self.wait(lambda: (node := self.primary()) and "sync_standby" in [
            member["role"] for member in node.cluster()])

    def wait(self, condition):
        end = time.monotonic() + READY_SECONDS
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError("Patroni does not come up:\n" + "\n".join(
                    (self.folder / name).read_text()[-2000:] for name in ("node1.log", "node2.log", "etcd.log")
                    if (self.folder / name).exists()))
            time.sleep(0.1)

    def spawn(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            return subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    cwd=self.folder, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                                    **self.account)

    def close(self):
        for node in self.nodes:
            node.kill()
        if self.etcd:
            self.etcd.kill()
            self.etcd.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class PatroniNode:
    def __init__(self, site, number):
        self.site = site
        self.name = f"node{number}"
        self.port, self.api = free_port(), free_port()
        self.data = site.folder / self.name
        self.process = None
        user = {"username": "postgres", "password": "none"}
        (site.folder / f"{self.name}.json").write_text(json.dumps({
            "scope": "handin", "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.api}", "connect_address": f"127.0.0.1:{self.api}"},
            "etcd3": {"host": f"127.0.0.1:{site.etcd_port}"},
            "bootstrap": {
                "dcs": {"ttl": TTL, "loop_wait": 1, "retry_timeout": 3, "synchronous_mode": True,
                        "master_start_timeout": 0,
                        "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100}}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"]},
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}", "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": str(self.data), "bin_dir": str(Path(program("postgres")).parent),
                "pgpass": str(site.folder / f"{self.name}.pgpass"),
                "authentication": {"superuser": user, "replication": user, "rewind": user},
                "parameters": {"unix_socket_directories": str(site.folder)},
                "remove_data_directory_on_rewind_failure": True,
                "remove_data_directory_on_diverged_timelines": True,
                "pg_hba": ["local all all trust", "host all all 127.0.0.1/32 trust",
                           "host replication all 127.0.0.1/32 trust"]}}))

    def start(self):
        self.process = self.site.spawn(self.name, "patroni", self.site.folder / f"{self.name}.json")

    def ask(self, path):
        with contextlib.suppress(OSError, ValueError):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.api}{path}", timeout=5) as reply:
                return json.load(reply)
        return {}

    def role(self):
        if self.process is None:
            return None
        state = self.ask("/patroni")
        return state.get("role") if state.get("state") == "running" else None

    def cluster(self):
        return self.ask("/cluster").get("members", [])

    def sql(self, statement, database="handin"):
        done = subprocess.run([program("psql"), "-qAtc", statement,
                               f"postgresql://postgres@127.0.0.1:{self.port}/{database}"],
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def kill(self):
        """All of it at once, as when a machine goes."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None
        with contextlib.suppress(OSError, ValueError, IndexError):
            postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
            if f"{self.data}" in Path(f"/proc/{postmaster}/cmdline").read_text():
                os.kill(postmaster, signal.SIGKILL)

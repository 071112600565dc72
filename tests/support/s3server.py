"""A real S3 server that verifies signatures: OpenStack Swift with its S3 API, on loopback, in a folder.

    s3server.py FOLDER      runs one until standard input ends; its first line says where: a JSON object

The program needs Debian's Python, which has Swift; everybody else starts it as class S3Server does.
"""
import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

START_SECONDS = 90
ACCESS_KEY, SECRET_KEY, REGION = "test:tester", "testing", "us-east-1"
BUCKET = "coursework"

SWIFT_CONF = """
[swift-hash]
swift_hash_path_prefix = handin
swift_hash_path_suffix = handin
[storage-policy:0]
name = only
default = yes
"""

# What is in every server's file. The log goes to standard error.
DEFAULT = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = {workers}
user = {user}
swift_dir = {folder}
devices = {folder}/disks
mount_check = false
disable_fallocate = true
log_level = ERROR
log_address = {folder}/no-syslog
eventlet_debug = false
"""

STORAGE = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""

PROXY = """
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# One disk only: an error on it must not take it out of service.
error_suppression_limit = 1000000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = {region}
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


def free_port():
    """Below the ephemeral range: a client's own end of a connection can never take it."""
    while True:
        port = random.randrange(10240, 32768)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def make_rings(folder, ports):
    from swift.common.ring import RingBuilder
    for kind in ("account", "container", "object"):
        builder = RingBuilder(4, 1, 1)
        builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "ip": "127.0.0.1", "device": "disk",
                         "port": ports[kind], "replication_ip": "127.0.0.1", "replication_port": ports[kind]})
        builder.rebalance()
        builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def wait_until_up(port, process, log):
    end = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"Swift does not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)


def make_bucket(port):
    """By way of Swift's own API."""
    peer = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
    peer.request("GET", "/auth/v1.0", headers={"X-Auth-User": ACCESS_KEY, "X-Auth-Key": SECRET_KEY})
    reply = peer.getresponse()
    reply.read()
    if reply.status != 200:
        raise RuntimeError(f"no token: {reply.status} {reply.getheaders()}")
    account = reply.getheader("X-Storage-Url").partition("/v1/")[2]
    peer.request("PUT", f"/v1/{account}/{BUCKET}", headers={"X-Auth-Token": reply.getheader("X-Auth-Token")})
    reply = peer.getresponse()
    if reply.status != 201:
        raise RuntimeError(f"no bucket: {reply.status} {reply.read()}")


def serve(folder, workers):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "disks" / "disk").mkdir(parents=True, exist_ok=True)
    kinds = ("account", "container", "object", "proxy")
    ports = {kind: free_port() for kind in (*kinds, "memcached")}
    (folder / "swift.conf").write_text(SWIFT_CONF)
    make_rings(folder, ports)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    account, name = ACCESS_KEY.split(":")
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin"}
    started = []
    try:
        log = folder / "log"
        with open(log, "ab") as out:
            def start(*command):
                started.append(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                                stderr=out, start_new_session=True))
                return started[-1]

            waiting = [(ports["memcached"], start("memcached", "-l", "127.0.0.1", "-p", str(ports["memcached"]),
                                                  "-u", user, "-m", "16"))]
            for kind in kinds:
                text = DEFAULT + (PROXY if kind == "proxy" else STORAGE)
                file = folder / f"{kind}-server.conf"
                file.write_text(text.format(kind=kind, port=ports[kind], folder=folder, user=user, workers=workers,
                                            memcached=ports["memcached"], region=REGION, account=account, name=name,
                                            secret=SECRET_KEY))
                waiting.append((ports[kind], start("/usr/bin/python3", f"/usr/bin/swift-{kind}-server", str(file))))
        for port, process in waiting:
            wait_until_up(port, process, log)
        make_bucket(ports["proxy"])
        yield {"endpoint": f"http://127.0.0.1:{ports['proxy']}", "bucket": BUCKET, "access_key": ACCESS_KEY,
               "secret_key": SECRET_KEY}
    finally:
        for process in started:  # each with the workers that it has started
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with contextlib.contextmanager(serve)(Path(sys.argv[1]).resolve(), *(sys.argv[2:] or ["0"])) as where:
        print(json.dumps(where), flush=True)
        sys.stdin.read()


class S3Server:
    """Runs one; a context manager. `endpoint` is its address."""

    def __init__(self, folder, workers=0):
        self.folder = Path(folder)
        self.process = subprocess.Popen(["/usr/bin/python3", __file__, self.folder, str(workers)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"no S3 server; exit code {self.process.wait()}")
        self.endpoint = json.loads(line)["endpoint"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


if __name__ == "__main__":
    main()

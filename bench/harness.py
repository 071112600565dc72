"""The server under test, the programs it is compared with, and the lines that are printed."""
import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

READY_SECONDS = 120  # creating a large demo school takes a while
STOP_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_200(port, path, process, poll=0.001, tls=False):
    """Polls by hand: urllib would take longer than the server does to start."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as plain:
            peer = ssl._create_unverified_context().wrap_socket(plain) if tls else plain
            peer.sendall(request)
            if peer.recv(64).startswith(b"HTTP/1.1 200"):
                return
        if process.poll() is not None:
            break
        time.sleep(poll)
    raise RuntimeError(f"nothing answers on port {port}; exit status {process.poll()}")


class Server:
    """handin serve --demo on a data folder; a context manager."""

    def __init__(self, bench, data, students=30, options=(), tls=None):
        self.bench, self.data, self.students, self.options, self.tls = bench, data, students, options, tls
        self.port = bench.port
        self.seconds_to_ready = None

    def command(self):
        return [self.bench.binary, "serve", "--demo", "--students", str(self.students),
                "--listen", f"127.0.0.1:{self.port}", "--data", self.data,
                "--log-level", "warn",  # as nginx runs without its access log
                *self.options]

    def __enter__(self):
        command = self.command()
        if self.tls:
            command += ["--tls-certificate", self.tls[0], "--tls-key", self.tls[1]]
        self.log = open(f"{self.data}.log", "ab")
        begun = time.monotonic()
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.bench.children.append(self.process)
        try:
            wait_for_200(self.port, "/readyz", self.process, tls=self.tls is not None)
        except RuntimeError as error:
            self.__exit__()
            end = Path(self.log.name).read_text(errors="replace")[-1000:]
            raise RuntimeError(f"{error}\n{end}") from None
        self.seconds_to_ready = time.monotonic() - begun
        self.settle()
        return self

    def __exit__(self, *_):
        stop(self.process)
        self.bench.children.remove(self.process)
        self.log.close()

    @property
    def database(self):
        return Path(self.data) / "handin.db"

    def demo(self):
        return json.loads((Path(self.data) / "demo.json").read_text())

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def get(self, path, token):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request) as reply:
            return reply.headers["Content-Type"], reply.read()

    def submit(self, **options):
        """A run of the load driver; students each hand in once, so a data folder is for one run."""
        if self.tls:
            options |= {"base_url": f"https://127.0.0.1:{self.port}", "insecure": "true"}
        return self.bench.drive(self, "submit", demo=Path(self.data) / "demo.json", **options)

    def upload(self, **options):
        """The same with large files that are not handed in."""
        return self.bench.drive(self, "upload", demo=Path(self.data) / "demo.json", **options)

    def settle(self):
        """Waits until start-up is over: with a large school the guide for people is made after it."""
        seen = None
        while seen != (now := cpu_seconds(self.process.pid)):
            seen = now
            time.sleep(0.3)

    def memory_mib(self, field):
        """VmRSS: now. VmHWM: the peak, since forget_peak()."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        raise KeyError(field)

    def settled_mib(self):
        """Resident memory a second after the last request."""
        time.sleep(1)
        return self.memory_mib("VmRSS")

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


def cpu_seconds(pid):
    """Of a process with all its threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_cpu_seconds():
    """Of all children that have ended."""
    times = os.times()
    return times.children_user + times.children_system


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Nginx:
    """A context manager. The subclasses say what it does."""

    # With `user`, root's workers may write below the folder; others cannot have another user anyway.
    CONFIG = """
user root; daemon off; worker_processes 2; pid nginx.pid; error_log stderr error;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 1000000000;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    geo $dollar { default "$"; }
    server { listen 127.0.0.1:%(port)d reuseport; location = /ready { return 200; } %(location)s }
}
"""

    def __init__(self, bench, location):
        self.bench, self.port = bench, free_port()
        self.folder = bench.new_file("nginx")
        self.folder.mkdir()
        (self.folder / "nginx.conf").write_text(self.CONFIG % {"port": self.port, "location": location})

    def __enter__(self):
        program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([program, "-p", self.folder, "-c", self.folder / "nginx.conf"],
                                        stdout=self.log, stderr=self.log)
        self.bench.children.append(self.process)
        wait_for_200(self.port, "/ready", self.process)
        return self

    def __exit__(self, *_):
        stop(self.process)
        self.bench.children.remove(self.process)
        self.log.close()

    def cpu_seconds(self):
        master = self.process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return sum(cpu_seconds(pid) for pid in workers)


class FixedReply(Nginx):
    """Answers every request with the same bytes."""

    def __init__(self, bench, content_type, body):
        text = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}")
        super().__init__(bench, f"""location / {{ default_type "{content_type}"; return 200 '{text}'; }}""")


class WebDav(Nginx):
    """Keeps what is PUT. The body goes to its place in pieces as large as ours, and is not copied
    from there: both folders are on one file system."""

    SYNCS_AT_ONCE = 16  # as many as handin's sync threads

    def __init__(self, bench):
        super().__init__(bench, "location / { root files; dav_methods PUT; client_max_body_size 0;"
                                " client_body_buffer_size 256k; }")
        self.files = self.folder / "files"
        self.files.mkdir()

    def upload(self, **options):
        """A run of the load driver, and then the syncs that nginx does not make: until these are
        done, nothing is durable."""
        result = self.bench.drive(self, "upload", base_url=f"http://127.0.0.1:{self.port}", put="/", **options)
        begun = time.monotonic()
        with ThreadPoolExecutor(self.SYNCS_AT_ONCE) as pool:
            list(pool.map(sync_file, self.files.iterdir()))
        sync_file(self.files)
        synced = time.monotonic() - begun
        megabytes = result["ok"] * result["file_bytes"] / 1e6
        seconds = result["seconds"] + synced
        return result | {"seconds": seconds, "sync_seconds": synced, "mb_per_s": megabytes / seconds}


def sync_file(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Bench:
    def __init__(self, binary, programs, folder):
        self.binary, self.programs, self.folder = binary, programs, folder
        self.port = free_port()
        self.children = []
        self.missed = []
        self.copies = 0
        self.seeds = {}

    def close(self):
        for child in self.children:
            stop(child)

    # --- what is printed

    @staticmethod
    def say(text):
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def emit(self, bench, at_least=None, at_most=None, **fields):
        """One line. `at_least`, `at_most`: (name of a field, target)."""
        line = {"bench": bench, **fields}
        for bound, good in ((at_least, lambda v, t: v >= t), (at_most, lambda v, t: v <= t)):
            if bound:
                name, target = bound
                line |= {"target": target, "met": good(fields[name], target)}
                if not line["met"]:
                    self.missed.append(f"{bench}({fields.get('clients') or fields.get('what') or name})")
        print(json.dumps(line), flush=True)

    def emit_machine(self):
        with open("/proc/cpuinfo") as info:
            model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "?")
        self.emit("machine", cpu=model, cores=os.cpu_count(), load_before=os.getloadavg()[0])

    # --- data folders

    def school(self, students):
        """A new data folder with a demo school in which nobody has handed in anything."""
        if students not in self.seeds:
            self.say(f"creating a demo school of {students}")
            seed = self.folder / f"seed-{students}"
            with Server(self, seed, students) as server:
                self.seeds[students] = (seed, server.seconds_to_ready)
        self.copies += 1
        copy = self.folder / f"data-{self.copies}"
        shutil.copytree(self.seeds[students][0], copy)
        os.sync()  # so that nobody's measurement pays for this copy
        return copy

    def server(self, students, *options, tls=None):
        return Server(self, self.school(students), students, options, tls)

    def certificate(self):
        """(certificate, key) files, P-256, trusted by nobody."""
        files = self.folder / "tls.pem", self.folder / "tls.key"
        if not files[0].exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-days", "2", "-subj", "/CN=bench", "-addext",
                            "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
                           check=True, capture_output=True)
        return files

    def server_on(self, data, students):
        return Server(self, data, students)

    def new_file(self, name):
        self.copies += 1
        return self.folder / f"{name}-{self.copies}"

    def delete(self, folder):
        """Of a few large files: without it a run would need the space of all its rounds."""
        shutil.rmtree(folder)
        os.sync()

    # --- the load driver

    def drive(self, server, mode, **options):
        """Its result, and what the server needed of the processor for each request."""
        before = server.cpu_seconds()
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        done = subprocess.run([self.binary, "bench", mode, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"handin bench: {done.stderr or done.stdout}")
        result = json.loads(done.stdout)
        if result["errors"]:
            raise RuntimeError(f"the server did not take everything: {done.stdout}{done.stderr}")
        used = server.cpu_seconds() - before
        return result | {"cpu_us": round(1e6 * used / max(1, result["requests"]), 1)}

    # --- the programs of bench/

    def bare_loop(self, **options):
        file = self.new_file("bare")
        before = children_cpu_seconds()
        arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
        done = subprocess.run([self.programs / "bench_bare_loop", "--file", file, *arguments],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        result = json.loads(done.stdout)
        used = children_cpu_seconds() - before
        return result | {"file": file, "cpu_us": round(1e6 * used / result["submissions"], 1)}

    def program(self, name, *arguments):
        """The JSON lines of a program of bench/; none if it has not been built."""
        path = self.programs / f"bench_{name}"
        if not path.exists():
            self.say(f"{path} is not there")
            return []
        done = subprocess.run([path, *map(str, arguments)], check=True, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


def wrk(server, path, token, seconds):
    """Requests a second of 64 connections, every answer a 2xx; processor time of the server for each, in us."""
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "-H", f"Authorization: Bearer {token}",
               f"http://127.0.0.1:{server.port}{path}"]
    before = server.cpu_seconds()
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"wrk {path}: {text}")
    count = int(next(line.split()[0] for line in text.splitlines() if " requests in " in line))
    rate = float(next(line.split()[1] for line in text.splitlines() if line.startswith("Requests/sec")))
    return rate, 1e6 * (server.cpu_seconds() - before) / count

"""Events that go out: how fast a backlog drains, and how long after its commit an event arrives."""
import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from statistics import median

from claims import FILE_BYTES, ratio
from harness import Nginx, free_port, stop

SIGNED_RATIO = 0.5
UNSIGNED_PER_SECOND = 5_000
KAFKA_RATIO = 0.5
TAIL_MS = 50
EVENTS_PER_SECOND = 1_000
PATIENCE = 300
JARS = Path("build/kafka/lib")


class Sink(Nginx):
    """Takes every POST over TLS, and notes when, if asked to."""

    def __init__(self, bench, note=False):
        certificate, key = bench.certificate()
        self.tls_port = free_port()
        self.arrivals = None
        super().__init__(bench, "location / { return 204; }")
        noted = f"access_log {self.folder}/arrivals noted buffer=64k flush=1s;" if note else ""
        config = (self.folder / "nginx.conf").read_text()
        config = config.replace("geo $dollar", "log_format noted '$msec $http_webhook_id'; geo $dollar")
        config = config.replace("location = /ready", f"""listen 127.0.0.1:{self.tls_port} ssl reuseport;
            ssl_certificate {certificate}; ssl_certificate_key {key}; {noted} location = /ready""")
        (self.folder / "nginx.conf").write_text(config)

    @property
    def url(self):
        return f"https://127.0.0.1:{self.tls_port}/"

    def lags_ms(self):
        """Between the time in an event's id (UUIDv7: milliseconds, when it was decided) and its arrival."""
        for line in (self.folder / "arrivals").read_text().splitlines():
            at, _, event = line.partition(" ")
            if len(event) == 36:
                yield float(at) * 1000 - int(event.replace("-", "")[:12], 16)


def ask(server, method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/handin/v1{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + server.demo()["admin_token"]})
    with urllib.request.urlopen(request) as reply:
        return json.loads(reply.read() or b"null")


def drained(server, made, last):
    """Waits until all up to that sequence has been taken and delivered."""
    end = time.monotonic() + PATIENCE
    while True:
        now = ask(server, "GET", f"/subscriptions/{made['id']}")
        if now["cursor"] >= last and not ask(
                server, "GET", f"/subscriptions/{made['id']}/deliveries?limit=1")["deliveries"]:
            return
        if time.monotonic() > end:
            raise RuntimeError("events do not drain")
        time.sleep(0.02)


def drain(server, last, **wish):
    """Events a second, from the subscription to the last one recorded as delivered; processor time of
    the server for each, in us."""
    begun, used = time.monotonic(), server.cpu_seconds()
    made = ask(server, "POST", "/subscriptions", {"name": "bench", "after": 0, **wish})
    drained(server, made, last)
    seconds = time.monotonic() - begun
    ask(server, "DELETE", f"/subscriptions/{made['id']}")
    return last / seconds, 1e6 * (server.cpu_seconds() - used) / last


def signatures_per_second():
    """RSA-2048 on one core, by OpenSSL."""
    done = subprocess.run(["openssl", "speed", "-mr", "-seconds", "2", "rsa2048"], check=True,
                          capture_output=True, text=True)
    fields = next(line for line in done.stdout.splitlines() if line.startswith("+F2:")).split(":")
    figure = float(fields[3])  # seconds for one, or how many a second, as the version has it
    return figure if figure > 1 else 1 / figure


def options(bench):
    return ["--delivery-networks", "127.0.0.0/8", "--delivery-ca", bench.certificate()[0]]


def https(bench, plan):
    """(w)"""
    plain, signed, rsa = [], [], []
    with Sink(bench) as sink, bench.server(plan.events, *options(bench)) as server:
        server.submit(requests=plan.events, clients=64, file_bytes=64)
        for _ in range(plan.rounds):
            rsa.append(signatures_per_second())
            plain.append(drain(server, plan.events, target=sink.url, sign=False))
            signed.append(drain(server, plan.events, target=sink.url))
    (plain, plain_cpu), (signed, signed_cpu) = zip(*plain), zip(*signed)
    bench.emit("w", what="drain, unsigned", events=plan.events, per_second=round(median(plain)),
               rounds=[round(each) for each in plain], cpu_us=round(median(plain_cpu)),
               at_least=("per_second", UNSIGNED_PER_SECOND))
    bench.emit("w", what="drain, signed", events=plan.events, per_second=round(median(signed)),
               rsa_per_second=round(median(rsa)), ratio=ratio(signed, rsa), cpu_us=round(median(signed_cpu)),
               at_least=("ratio", SIGNED_RATIO))
    tail(bench, plan)


def tail(bench, plan):
    for sign in (False, True):
        with Sink(bench, note=True) as sink:
            with bench.server(plan.students, *options(bench)) as server:
                made = ask(server, "POST", "/subscriptions",
                           {"name": "bench", "target": sink.url, "sign": sign})
                done = server.submit(rate=EVENTS_PER_SECOND, clients=64, seconds=plan.open_seconds,
                                     file_bytes=FILE_BYTES)
                drained(server, made, done["ok"])
                time.sleep(1.5)  # nginx writes its log once a second
            lags = sorted(sink.lags_ms())
        bench.emit("w", what=f"commit to receiver, {'signed' if sign else 'unsigned'}",
                   rate=EVENTS_PER_SECOND, events=len(lags), p50_ms=lags[len(lags) // 2],
                   p99_ms=round(lags[len(lags) * 99 // 100], 1), at_most=("p99_ms", TAIL_MS))


@contextlib.contextmanager
def broker(bench):
    """A Kafka broker as in the tests; its address."""
    folder = bench.new_file("kafka")
    folder.mkdir()
    port, controller = free_port(), free_port()
    config = folder / "server.properties"
    config.write_text(f"""process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
controller.listener.names=CONTROLLER
log.dirs={folder}/log
num.partitions=3
offsets.topic.replication.factor=1
log.cleaner.enable=false
""")
    java = ["java", "-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{JARS}/*"]
    with open(folder / "log.txt", "wb") as log:
        subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c",
                        config], check=True, stdout=log, stderr=log)
        process = subprocess.Popen([*java, "kafka.Kafka", config], stdout=log, stderr=log)
    bench.children.append(process)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        stop(process)
        bench.children.remove(process)


def kafka(bench, plan):
    """(k)"""
    if not JARS.is_dir() or shutil.which("java") is None:
        bench.say("k: there is no Kafka broker: make deps fetches one")
        return
    ours, bare = [], []
    with broker(bench) as brokers, bench.server(plan.events, "--kafka-brokers", brokers) as server:
        server.submit(requests=plan.events, clients=64, file_bytes=64)
        [event] = ask(server, "GET", "/events?limit=1")["events"]
        size = len(json.dumps(event["payload"], separators=(",", ":")))
        drain(server, plan.events, transport="kafka", target="bench")  # makes the topic; warms the JVM
        for _ in range(plan.rounds):
            [line] = bench.program("bare_kafka", brokers, "bench", plan.events, size)
            bare.append(line["per_second"])
            ours.append(drain(server, plan.events, transport="kafka", target="bench"))
    ours, cpu = zip(*ours)
    bench.emit("k", what="drain", events=plan.events, bytes=size, handin=round(median(ours)),
               bare=round(median(bare)), ratio=ratio(ours, bare),
               cpu_us=round(median(cpu)), at_least=("ratio", KAFKA_RATIO))

"""The topology of deploy/compose.yaml without containers: three nodes on one PostgreSQL and one S3 server, and
deploy/nginx.conf in front of them, with nothing changed but its addresses."""
import shutil

from support import s3server
from support.nginx import Nginx
from support.postgres import Postgres
from support.s3server import BUCKET, S3Server
from support.server import ROOT, Server, free_port

KEYS = {"AWS_ACCESS_KEY_ID": s3server.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": s3server.SECRET_KEY,
        "AWS_REGION": s3server.REGION}
RECEIPT_KEYS = ("receipt-key.pem", "receipt-keys.json")


class BalancedNode(Server):
    first = None

    def arguments(self):
        return [] if self.first else ["--demo"]

    @property
    def demo(self):
        return self.first.demo if self.first else super().demo


class Site:
    """`base_url` and `demo` are what a client needs: this is the server that it sees."""

    def __init__(self, folder, students=30):
        self.folder = folder
        self.s3 = S3Server(folder / "swift")
        self.database = Postgres().start().create()
        self.blobs = f"s3://{BUCKET}/site?endpoint={self.s3.endpoint}"
        options = ("--database", self.database.url(), "--blobs", self.blobs, "--trusted-proxies", "127.0.0.1")
        self.nodes = []
        for number in range(3):
            more = () if number else ("--students", students)
            self.nodes.append(BalancedNode(folder / f"node{number + 1}", *options, *more, **KEYS))
            self.nodes[number].first = self.nodes[0] if number else None
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.nginx = Nginx(folder / "nginx", self.port, self.balancer())

    @property
    def demo(self):
        return self.nodes[0].demo

    def balancer(self):
        text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
        places = [(f"node{number + 1}:8080", f"127.0.0.1:{node.port}", 2)
                  for number, node in enumerate(self.nodes)]
        for theirs, ours, times in (*places, ("listen 80;", f"listen 127.0.0.1:{self.port};", 1)):
            assert text.count(theirs) == times
            text = text.replace(theirs, ours)
        return text

    def start(self):
        self.nodes[0].start()
        for node in self.nodes[1:]:
            node.data.mkdir()
            for key in RECEIPT_KEYS:
                shutil.copy2(self.nodes[0].data / key, node.data / key)
            node.start()
        self.nginx.__enter__()
        return self

    def restart(self, node):
        if node.process.poll() is not None:
            node.start()

    def close(self):
        if hasattr(self.nginx, "process"):
            self.nginx.__exit__()
        for node in self.nodes:
            node.close()
        self.database.close()
        self.s3.__exit__()

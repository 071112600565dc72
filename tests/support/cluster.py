"""Several handin processes on one database."""
from support.postgres import Postgres
from support.server import Server


class Node(Server):
    """One of them. The first makes the demo school; all have its tokens from there."""

    def __init__(self, data, database, blobs, first=None, *options):
        self.first = first
        super().__init__(data, "--database", database, "--blobs", f"file:{blobs}", *options)

    def arguments(self):
        return [] if self.first else ["--demo"]

    @property
    def demo(self):
        return self.first.demo if self.first else super().demo


class Cluster:
    def __init__(self, folder, nodes=2, students=60, options=(), database=None):
        """database: one that runs; a PostgreSQL of its own unless told."""
        self.database = database or Postgres().start().create()
        self.nodes = []
        for number in range(nodes):
            more = ("--students", students) if not number else ()
            self.nodes.append(Node(folder / f"node{number}", self.database.url(),
                                   folder / "files", self.nodes[0] if number else None,
                                   *more, *options))

    def start(self):
        for node in self.nodes:  # one after the other: the first makes the school
            if node.process is None or node.process.poll() is not None:
                node.start()
        for node in self.nodes:
            node.wait_ready()
        return self

    def close(self):
        for node in self.nodes:
            node.close()
        self.database.close()

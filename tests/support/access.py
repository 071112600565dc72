"""The admin API, and servers without a demo school."""
from support.edlink import Caller
from support.server import Server

API = "/api/handin/v1"


class Bare(Server):
    """Without a demo school."""

    demo = {}

    def arguments(self):
        return []


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Desk:
    """The admin API of a server."""

    def __init__(self, server, token=None):
        self.caller = Caller(server)
        self.token = token or server.demo["admin_token"]

    def ask(self, method, path, status, **body):
        reply = self.caller.request(method, API + path, headers=bearer(self.token),
                                    json=body or None)
        assert reply.status_code == status, reply.text
        return reply.json() if reply.content else None

    def refused(self, method, path, status, code, **body):
        error = self.ask(method, path, status, **body)["error"]
        assert error["code"] == code and error["message"]
        return error["message"]

    def listed(self, name, query="", limit=1000):
        items, after = [], ""
        while True:
            page = self.ask("GET", f"/{name}?limit={limit}{after}{query}", 200)
            items += page[name.replace("-", "_")]
            if page["next"] is None:
                return items
            after = f"&after={page['next']}"

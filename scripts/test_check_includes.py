#!/usr/bin/env python3
"""Tests of check_includes.py: each row is one small tree of sources and what must be said of it."""
import tempfile
import unittest
from pathlib import Path

from check_includes import Source, breaches

ALLOWED = {
    "downwards": {"service/a.cpp": '#include "store/store.hpp"', "store/store.hpp": '#include "domain/x.hpp"',
                  "domain/x.hpp": "#include <vector>"},
    "beside itself": {"http/a.cpp": '#include "b.hpp"', "http/b.hpp": ""},
    "Beast in http": {"http/session.hpp": "#include <boost/beast/http.hpp>",
                      "http/session.cpp": '#include "http/session.hpp"'},
    "the schema from an engine": {"store/sqlite/a.cpp": '#include "store/schema/schema.hpp"',
                                  "store/schema/schema.hpp": ""},
    "the port of the store": {"outbox/a.cpp": '#include "store/store.hpp"', "store/store.hpp": ""},
    "an engine from the wiring": {"app/wiring.cpp": '#include "store/sqlite/engine.hpp"',
                                  "store/sqlite/engine.hpp": "#include <sqlite3.h>"},
    "what dialects share": {"api/edlink/a.cpp": '#include "api/json.hpp"', "api/json.hpp": ""},
    "within a dialect": {"api/edlink/a.cpp": '#include "api/edlink/body/b.hpp"',
                         "api/edlink/body/b.hpp": ""},
    "outbox in the admin API": {"api/admin/a.cpp": '#include "outbox/o.hpp"', "outbox/o.hpp": ""},
    "the client in a sink": {"events/sinks/https/a.cpp": '#include "http/client.hpp"',
                             "http/client.hpp": "", "http/client_loop.cpp": "#include <curl/curl.h>"},
    "the port of the sinks": {"outbox/a.cpp": '#include "events/sinks/sink.hpp"',
                              "events/sinks/sink.hpp": ""},
}

REFUSED = {
    "upwards": ({"domain/a.cpp": '#include "store/store.hpp"', "store/store.hpp": ""}, "domain"),
    "sideways": ({"blob/a.cpp": '#include "store/store.hpp"', "store/store.hpp": ""}, "blob may"),
    "base is lowest": ({"base/a.cpp": '#include "http/r.hpp"', "http/r.hpp": ""}, "base may"),
    "by a relative path": ({"store/a.cpp": '#include "../service/s.hpp"', "service/s.hpp": ""},
                           "store may"),
    "store from a dialect": ({"api/edlink/a.cpp": '#include "store/store.hpp"', "store/store.hpp": ""},
                             "api may"),
    "outbox from a dialect": ({"api/canvas/a.cpp": '#include "outbox/o.hpp"', "outbox/o.hpp": ""},
                              "api may"),
    "the server from a sink": ({"events/sinks/https/a.cpp": '#include "http/server.hpp"',
                                "http/server.hpp": ""}, "events/sinks may"),
    "another dialect": ({"api/edlink/a.cpp": '#include "api/canvas/b.hpp"', "api/canvas/b.hpp": ""},
                        "another dialect"),
    "a dialect from what they share": ({"api/x.cpp": '#include "api/canvas/b.hpp"',
                                        "api/canvas/b.hpp": ""}, "another dialect"),
    "an engine from outside": ({"service/a.cpp": '#include "store/sqlite/e.hpp"',
                                "store/sqlite/e.hpp": ""}, "the port store/"),
    "another engine": ({"store/postgres/a.cpp": '#include "store/sqlite/e.hpp"',
                        "store/sqlite/e.hpp": ""}, "the port store/"),
    "Beast outside": ({"api/a.cpp": "  #  include <boost/beast/http.hpp>"}, "only in http/"),
    "Beast by way of a header": ({"api/a.cpp": '#include "http/s.hpp"', "http/s.hpp": '#include "t.hpp"',
                                  "http/t.hpp": "#include <boost/beast/core.hpp>"}, "brings in"),
    "SQLite outside": ({"store/a.cpp": "#include <sqlite3.h>"}, "only in store/sqlite/"),
    "SQLiteCpp outside": ({"service/a.cpp": "#include <SQLiteCpp/Database.h>"}, "only in store/sqlite/"),
    "libpq outside": ({"store/sqlite/a.cpp": "#include <libpq-fe.h>"}, "only in store/postgres/"),
    "curl outside": ({"http/server.cpp": "#include <curl/curl.h>"}, "only in http/client"),
    "spdlog outside": ({"base/log.hpp": "#include <spdlog/spdlog.h>"}, "only in base/log.cpp"),
    "prometheus outside": ({"http/a.cpp": "#include <prometheus/counter.h>"}, "only in base/metrics"),
    "JSON in the domain": ({"domain/a.cpp": "#include <boost/json.hpp>"}, "pure"),
    "I/O in the domain": ({"domain/a.cpp": "#include <fstream>"}, "pure"),
    "POSIX in the domain": ({"domain/a.cpp": "#include <unistd.h>"}, "pure"),
    "logging in the domain": ({"domain/a.cpp": '#include "base/log.hpp"', "base/log.hpp": ""}, "pure"),
    "an unknown folder": ({"misc/a.cpp": '#include "base/a.hpp"', "base/a.hpp": ""}, "not in the table"),
}


def judge(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("// first line\n" + text + "\n", encoding="utf-8")
        return [line.removeprefix(folder + "/") for line in breaches(Source(folder))]


class IncludeRule(unittest.TestCase):
    def test_allowed(self):
        for name, files in ALLOWED.items():
            with self.subTest(name):
                self.assertEqual(judge(files), [])

    def test_refused(self):
        for name, (files, reason) in REFUSED.items():
            with self.subTest(name):
                said = judge(files)
                self.assertEqual(len(said), 1, said)
                self.assertIn(reason, said[0])
                self.assertTrue(said[0].startswith(next(iter(files)) + ":2: "), said[0])


if __name__ == "__main__":
    unittest.main()

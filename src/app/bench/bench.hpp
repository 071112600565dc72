// `handin bench submit|upload|get`: a load driver that knows the demo school. It shares the machine
// with the server it measures, so it does as little as it can: prepared bytes out, status lines in.
#pragma once

namespace CLI {
class App;
}

namespace handin::bench {

// Adds the command. It runs while CLI11 parses, prints one JSON line on stdout, and throws
// CLI::RuntimeError for an exit status other than 0: 1 could not run, 3 no student was left who has
// not handed in yet.
void add_bench_command(CLI::App& app);

}  // namespace handin::bench

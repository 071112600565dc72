#include "app/bench/bench.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include "app/bench/demo_file.hpp"
#include "app/bench/driver.hpp"
#include "app/bench/options.hpp"
#include "app/bench/source.hpp"

namespace handin::bench {
namespace {

constexpr int kFailed = 1;
constexpr int kRanOut = 3;

struct Settings {
    std::string demo_file;
    std::string base_url;  // empty: that of the demo file
    Load load;
    SubmitOptions submit;
    GetOptions get;
    UploadOptions upload;
};

// Without the closing brace: more may follow.
std::string report(const char* mode, const Load& load, const Tally& tally) {
    std::string errors;
    for (const auto& [status, count] : tally.errors)
        errors += fmt::format(R"({}"{}":{})", errors.empty() ? "" : ",", status, count);
    const auto rate = load.rate > 0 ? fmt::format(R"("rate":{:.0f},)", load.rate) : std::string();
    const auto ok = static_cast<double>(tally.ok);
    const auto& latency = tally.latency;
    return fmt::format(
        R"({{"mode":"{}","clients":{},{}"seconds":{:.3f},"requests":{},"ok":{},"errors":{{{}}},)"
        R"("per_second":{:.1f},"p50_ms":{:.3f},"p90_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},)"
        R"("max_ms":{:.3f})",
        mode, load.clients, rate, tally.seconds, tally.requests, tally.ok, errors,
        tally.seconds > 0 ? ok / tally.seconds : 0, latency.quantile(0.5), latency.quantile(0.9),
        latency.quantile(0.99), latency.quantile(0.999), latency.max());
}

void print(const std::string& line, const Tally& tally) {
    std::cout << line << '}' << std::endl;
    if (!tally.first_error.empty())
        std::cerr << "handin bench: the first answer that was an error: " << tally.first_error
                  << '\n';
}

void run_submit(const Settings& settings) {
    auto demo = Demo::read(settings.demo_file);
    const auto address =
        Address::parse(settings.base_url.empty() ? demo.base_url : settings.base_url);
    SubmitSource source(address, std::move(demo), settings.submit);
    const auto tally = drive(address, source, settings.load);
    auto line = report("submit", settings.load, tally);
    line += fmt::format(R"(,"file_bytes":{},"next_student":{})", settings.submit.file_bytes,
                        source.next_student());
    print(line, tally);
    if (tally.ran_out) {
        std::cerr << "handin bench: all " << source.used()
                  << " students have handed in before the time was up, and each can only once."
                     " Start the demo school with more (handin serve --demo --students N in an"
                     " empty data folder), or ask for fewer --seconds.\n";
        throw CLI::RuntimeError(kRanOut);
    }
}

void run_get(const Settings& settings) {
    auto url = settings.base_url;
    if (url.empty()) url = Demo::read(settings.demo_file).base_url;
    const auto address = Address::parse(url);
    GetSource source(address, settings.get);
    const auto tally = drive(address, source, settings.load);
    print(report("get", settings.load, tally), tally);
}

double cpu_seconds() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

void run_upload(const Settings& settings) {
    const auto& options = settings.upload;
    Demo demo;
    if (options.put_path.empty()) demo = Demo::read(settings.demo_file);
    const auto address =
        Address::parse(settings.base_url.empty() ? demo.base_url : settings.base_url);
    UploadSource source(address, std::move(demo.student_tokens), options);
    const auto before = cpu_seconds();
    const auto tally = drive(address, source, settings.load);
    const auto used = cpu_seconds() - before;
    const auto megabytes = static_cast<double>(tally.ok * options.file_bytes) / 1e6;
    auto line = report("upload", settings.load, tally);
    line +=
        fmt::format(R"(,"file_bytes":{},"mb_per_s":{:.1f},"driver_cpu_seconds":{:.3f})",
                    options.file_bytes, tally.seconds > 0 ? megabytes / tally.seconds : 0, used);
    print(line, tally);
}

template <class Work>
void guarded(Work work) {
    std::signal(SIGPIPE, SIG_IGN);  // a server that goes away is an answer of its own
    try {
        work();
    } catch (const CLI::Error&) {
        throw;
    } catch (const std::exception& error) {
        std::cerr << "handin bench: " << error.what() << '\n';
        throw CLI::RuntimeError(kFailed);
    }
}

void add_common(CLI::App& command, Settings& settings) {
    auto& load = settings.load;
    command.add_option("--demo", settings.demo_file, "demo.json of the server's data folder");
    command.add_option("--base-url", settings.base_url, "instead of the one in demo.json");
    command.add_option("--clients", load.clients, "connections, one request at a time on each")
        ->check(CLI::Range(1U, 60'000U))
        ->capture_default_str();
    command.add_option("--seconds", load.seconds, "how long")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command.add_option("--requests", load.requests, "so many, instead of --seconds");
    command
        .add_option("--rate", load.rate,
                    "open loop: requests a second, at random moments, latency from the moment a"
                    " request was due")
        ->check(CLI::NonNegativeNumber);
    command.add_flag("--insecure", load.insecure, "over https, take any certificate");
    command.add_option("--threads", load.threads, "of the driver")
        ->check(CLI::Range(1U, 64U))
        ->capture_default_str();
}

}  // namespace

void add_bench_command(CLI::App& app) {
    auto* bench = app.add_subcommand(
        "bench", "Put load on a running demo server and print what it took as a line of JSON");
    bench->require_subcommand(1);
    const auto settings = std::make_shared<Settings>();

    auto* submit = bench->add_subcommand("submit", "Hand in a file, each student once");
    add_common(*submit, *settings);
    submit->get_option("--demo")->required();
    auto& options = settings->submit;
    submit->add_option("--file-bytes", options.file_bytes, "size of the file")
        ->capture_default_str();
    submit->add_option(
        "--first-student", options.first_student,
        "index in demo.json of the first who hands in (next_student of a run before)");
    submit->add_option("--students", options.students, "at most so many of them");
    submit->add_flag("--idempotency", options.idempotency, "send an $idempotency key");
    submit->callback([settings] { guarded([&] { run_submit(*settings); }); });

    auto* upload = bench->add_subcommand(
        "upload", "Send large files before they are handed in, the students in turn");
    add_common(*upload, *settings);
    upload->add_option("--file-bytes", settings->upload.file_bytes, "size of each file")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    auto* put =
        upload->add_option("--put", settings->upload.put_path,
                           "with --base-url: PUT them below this path of any WebDAV server");
    put->needs(upload->get_option("--base-url"));
    upload->callback([settings] {
        if (settings->upload.put_path.empty() && settings->demo_file.empty())
            throw CLI::RequiredError("--demo or --put");
        guarded([&] { run_upload(*settings); });
    });

    auto* get = bench->add_subcommand("get", "Fetch the same path again and again");
    add_common(*get, *settings);
    get->add_option("--path", settings->get.path, "path and query")->required();
    get->add_option("--token", settings->get.token, "bearer token");
    get->callback([settings] { guarded([&] { run_get(*settings); }); });
}

}  // namespace handin::bench

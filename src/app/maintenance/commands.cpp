#include "app/maintenance/commands.hpp"

#include <sys/stat.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "app/maintenance/backup.hpp"
#include "app/maintenance/check.hpp"
#include "app/maintenance/migrate_store.hpp"
#include "base/encoding.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

enum Exit : int { sound = 0, damaged = 1, cannot_run = 2 };

struct Options {
    std::filesystem::path data = "handin-data";
    std::string database;
    std::string blobs;
    S3Settings s3;
    std::filesystem::path folder;  // of the backup
    std::string from;              // databases
    std::string to;
    bool quick = false;
    bool copy = false;
    bool json = false;
};

void print(const std::string& line) {
    std::puts(line.c_str());
}

void print(const json::object& object) {
    print(json::serialize(object));
}

std::string mebibytes(std::uint64_t bytes) {
    return std::to_string((bytes + (1U << 19U)) >> 20U) + " MiB";
}

std::string count_of(std::uint64_t count, const std::string& noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

void print_problem(const Options& options, const Problem& problem) {
    if (!options.json) return print(line_of(problem));
    json::object object{{"problem", problem.what}};
    if (!problem.submission.empty()) object["submission"] = problem.submission;
    if (!problem.attachment.empty()) object["attachment"] = problem.attachment;
    print(object);
}

void print_result(const Options& options, const CheckResult& result) {
    if (options.json)
        return print({{"sound", result.problems == 0},
                      {"problems", result.problems},
                      {"submissions", result.submissions},
                      {"attempts", result.attempts},
                      {"attachments", result.attachments},
                      {"events", result.events},
                      {"receipts", result.receipts},
                      {"files", result.files},
                      {"file_bytes", result.file_bytes},
                      {"unnamed_files", result.unnamed},
                      {"quick", options.quick}});
    print(count_of(result.submissions, "submission") + ", " + count_of(result.attempts, "attempt") +
          ", " + count_of(result.attachments, "attachment") + ", " +
          count_of(result.events, "event") + ", " + count_of(result.receipts, "receipt") + ", " +
          count_of(result.files, "file") + " of " + mebibytes(result.file_bytes) + ": " +
          (result.problems == 0 ? "sound" : count_of(result.problems, "problem")));
}

Exit run_check(const Options& options) {
    Progress progress;
    const auto result =
        check(places(options.data, options.database, options.blobs), options.quick,
              {.problem = [&](const Problem& problem) { print_problem(options, problem); },
               .unnamed =
                   [&](const std::string& path) {
                       options.json ? print({{"unnamed_file", path}})
                                    : print("nothing names " + path + " (no error)");
                   },
               .progress = &progress},
              options.s3);
    progress.clear();
    print_result(options, result);
    return result.problems == 0 ? Exit::sound : Exit::damaged;
}

void print_copied(const Options& options, const char* what, const std::filesystem::path& folder,
                  const Manifest& manifest) {
    if (options.json)
        return print({{what, folder.string()},
                      {"complete", true},
                      {"made_at", manifest.made_at},
                      {"schema", manifest.schema},
                      {"database_bytes", manifest.database.size},
                      {"files", manifest.files},
                      {"file_bytes", manifest.file_bytes}});
    print(folder.string() + ": database of " + mebibytes(manifest.database.size) + ", " +
          count_of(manifest.files, "file") + " of " + mebibytes(manifest.file_bytes) + ", as of " +
          manifest.made_at);
}

Exit run_backup(const Options& options) {
    Progress progress;
    const auto problem = [&](const std::string& what) {
        options.json ? print({{"problem", what}}) : print(what);
    };
    const auto manifest = backup(places(options.data, options.database, options.blobs),
                                 options.folder, !options.copy, problem, progress, options.s3);
    progress.clear();
    if (manifest) {
        print_copied(options, "backup", options.folder, *manifest);
        return Exit::sound;
    }
    if (options.json)
        print({{"backup", options.folder.string()}, {"complete", false}});
    else
        print("the backup is not complete; what could be read is in " + options.folder.string());
    return Exit::damaged;
}

Exit run_restore(const Options& options) {
    Progress progress;
    const auto manifest = restore(options.folder, options.data, progress);
    progress.clear();
    print_copied(options, "restored", options.data, manifest);
    return Exit::sound;
}

Exit run_migrate_store(const Options& options) {
    Progress progress;
    const auto move = migrate_store(options.from, options.to, progress);
    progress.clear();
    std::uint64_t rows = 0;
    for (const auto& table : move.tables) {
        rows += table.rows;
        if (options.json)
            print({{"table", table.name}, {"rows", table.rows}, {"digest", hex(table.digest)}});
        else
            print(table.name + ": " + count_of(table.rows, "row") + ", the same there");
    }
    if (options.json)
        print({{"moved", true}, {"before", move.was_done}, {"rows", rows}});
    else if (move.was_done)
        print("nothing was done: the site was moved there before");
    else
        print("moved " + count_of(rows, "row") + "; now: handin check --database, then serve it");
    return Exit::sound;
}

// The exit code of the process is that of `run`.
CLI::App* add(CLI::App& app, const std::string& name, const std::string& help,
              const std::shared_ptr<Options>& options, Exit (*run)(const Options&)) {
    auto* command = app.add_subcommand(name, help);
    command->add_flag("--json", options->json, "One JSON object a line, for scripts");
    command->callback([options, run, name] {
        umask(077);  // students' work is nobody else's on this machine
        Exit code = Exit::cannot_run;
        try {
            code = run(*options);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "handin %s: %s\n", name.c_str(), error.what());
        }
        std::fflush(stdout);
        if (code != Exit::sound) throw CLI::RuntimeError(code);
    });
    return command;
}

// Where a server keeps things, as `handin serve` is told.
void add_places(CLI::App& command, Options& options) {
    command.add_option("--data", options.data, "Data folder of the server")
        ->envname("HANDIN_DATA")
        ->capture_default_str();
    command.add_option("--database", options.database, "As given to the server, if it was")
        ->envname("HANDIN_DATABASE");
    command.add_option("--blobs", options.blobs, "As given to the server, if it was")
        ->envname("HANDIN_BLOBS");
    command
        .add_option("--s3-credentials", options.s3.credentials, "As given to the server, if it was")
        ->envname("HANDIN_S3_CREDENTIALS");
    command.add_option("--s3-ca", options.s3.ca, "As given to the server, if it was")
        ->envname("HANDIN_S3_CA");
}

}  // namespace

void add_maintenance_commands(CLI::App& app) {
    const auto options = std::make_shared<Options>();

    auto* check = add(app, "check", "Verify everything that is kept, also while a server runs",
                      options, run_check);
    add_places(*check, *options);
    check->add_flag("--quick", options->quick,
                    "Compare the sizes of files instead of reading them, and verify no signatures");
    check->footer(
        "Looks at the database, at what rows say of each other, at every receipt, and at the "
        "bytes\n"
        "of every file (SHA-256). Each problem is a line. Also checks a backup: --data its "
        "folder.\n"
        "Exit code: 0 sound, 1 damaged, 2 could not be checked.");

    auto* backup = add(app, "backup", "Copy everything to a new folder, also while a server runs",
                       options, run_backup);
    backup->add_option("DIR", options->folder, "The new folder; empty or not there yet")
        ->required();
    add_places(*backup, *options);
    backup->add_flag(
        "--copy", options->copy,
        "Copy every file and verify its hash, even where a second name (hard link) on\n"
        "the same file system would do");
    backup->footer(
        "The copy is that of one moment: whatever was acknowledged before the backup began is in\n"
        "it. It holds keys, tokens and students' work: keep it where nobody else can read it.\n"
        "Exit code: 0 complete, 1 something was damaged and is missing, 2 could not be made.");

    auto* restore = add(app, "restore", "Make a data folder from a backup", options, run_restore);
    restore->add_option("DIR", options->folder, "Folder of the backup")->required();
    restore->add_option("--data", options->data, "The new data folder; empty or not there yet")
        ->required();
    restore->footer(
        "Everything is copied and verified before the folder can be served. Nothing is left if\n"
        "that fails. Exit code: 0 restored, 2 not.");

    auto* migrate =
        add(app, "migrate-store", "Move a site to another database", options, run_migrate_store);
    for (const auto& [name, value] :
         {std::pair("--from", &options->from), std::pair("--to", &options->to)})
        migrate->add_option(name, *value, "sqlite:PATH or postgresql://…")->required();
    migrate->footer(
        "Stop all servers first. --to must be empty; files stay where they are. If it is\n"
        "interrupted, run it again: it goes on. At the end every table is read from both and\n"
        "compared. --from is left as it is. Exit code: 0 moved, 2 not.");
}

}  // namespace handin::app

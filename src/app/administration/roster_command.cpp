#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "app/administration/commands.hpp"
#include "app/administration/output.hpp"
#include "app/administration/session.hpp"
#include "app/administration/zipped.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

struct Options {
    SessionOptions session;
    bool as_json = false;
    std::filesystem::path path;
    bool dry_run = false;
    bool remove_many = false;
    std::string account;
    std::string school;
};

std::string bytes_of(const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path)) return zipped_csv_files(path);
    std::ifstream file(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return bytes;
}

void show(const json::object& report) {
    if (report.at("dry_run").as_bool()) std::puts("Dry run: nothing was changed.");
    std::printf("%-18s %9s %9s %9s %9s %9s %9s\n", "", "rows", "added", "changed", "unchanged",
                "removed", "problems");
    for (const auto& [name, counts] : report.at("files").as_object()) {
        std::printf("%-18s", std::string(name).c_str());
        for (const auto* column : {"rows", "added", "changed", "unchanged", "removed", "problems"})
            std::printf(" %9s", json::serialize(counts.at(column)).c_str());
        std::puts("");
    }
    for (const auto& problem : report.at("problems").as_array()) {
        const auto line = problem.at("line").to_number<std::uint64_t>();
        const auto& field = problem.at("field").as_string();
        std::printf("%s%s: %s%s%s\n", problem.at("file").as_string().c_str(),
                    line == 0 ? "" : (":" + std::to_string(line)).c_str(), field.c_str(),
                    field.empty() ? "" : ": ", problem.at("message").as_string().c_str());
    }
    if (const auto* note = report.at("note").if_string()) std::puts(note->c_str());
}

void import(const Options& options) {
    std::string path = "/api/handin/v1/roster-imports?dry_run=";
    path += options.dry_run ? "true" : "false";
    if (options.remove_many) path += "&remove_many=true";
    if (!options.account.empty()) path += "&account=" + url_encoded(options.account);
    if (!options.school.empty()) path += "&school=" + url_encoded(options.school);
    const auto report = Session(options.session).send(path, bytes_of(options.path));
    if (options.as_json)
        print(report, true);
    else
        show(report);
    const auto problems = report.at("problem_count").to_number<std::uint64_t>();
    if (problems > 0)
        throw std::runtime_error(std::to_string(problems) + " problems: those rows were left out");
}

}  // namespace

void add_roster_command(CLI::App& app) {
    auto* command = app.add_subcommand("roster", "People, classes, and who is in which");
    command->require_subcommand(1);
    auto* importing = command->add_subcommand(
        "import",
        "Take a OneRoster 1.1 or 1.2 CSV export in, full or of changes. It can be "
        "repeated: what is there already stays as it is");
    const auto options = std::make_shared<Options>();
    add_session_options(*importing, options->session);
    add_json_flag(*importing, options->as_json);
    importing->add_option("path", options->path, "Zip archive, or folder of CSV files")
        ->required()
        ->check(CLI::ExistingPath);
    importing->add_flag("--dry-run", options->dry_run, "Tell what would be done, and do nothing");
    importing->add_flag("--remove-many", options->remove_many,
                        "Also if a full export takes more people out of their classes than it "
                        "leaves in them");
    importing->add_option("--account", options->account, "Id of the school, if there are several");
    importing->add_option("--school", options->school,
                          "Name of the school, for the first import of all");
    importing->callback([options] { import(*options); });
}

}  // namespace handin::app

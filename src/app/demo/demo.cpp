#include "app/demo/demo.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "app/secret_file.hpp"
#include "base/log.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr std::string_view kMarker = "demo_school";

}  // namespace

// The tokens in demo.json cannot be had again, so the file is complete on disk, under another name,
// before the transaction that makes the school, and gets its name after it.
void ensure_demo_school(store::Store& store, const std::filesystem::path& data,
                        const DemoSize& size, const std::string& base_url, Time now) {
    const auto file = data / "demo.json";
    const auto draft = data / "demo.json.draft";
    bool any_school = false;
    bool demo_school = false;
    store.read_now([&](store::Reader& reader) {
        any_school = reader.has_account();
        demo_school = reader.setting(kMarker).has_value();
    });
    if (any_school && !demo_school)
        throw std::runtime_error("--demo: the data folder already has a school of its own");
    if (demo_school) {
        if (std::filesystem::exists(file)) return;
        if (!std::filesystem::exists(draft))
            throw std::runtime_error(
                "--demo: demo.json is gone from the data folder, and its tokens cannot be had "
                "again: start with an empty folder, or without --demo");
        std::filesystem::rename(draft, file);
        return;
    }
    auto school = make_demo_school(size, base_url, now);
    write_secret(draft, json::serialize(school.summary));
    school.rows.settings.push_back({.name = std::string(kMarker), .value = "1"});
    const domain::Changes* const changes[] = {&school.rows};
    store.writer()->commit(changes);
    std::filesystem::rename(draft, file);
    log::info("made a demo school", {{"students", size.students}, {"classes", size.classes}});
}

std::string demo_guide(const std::filesystem::path& data, const std::string& base_url) {
    const auto text = read_text(data / "demo.json");
    if (!text) return "";
    const auto demo = json::parse(*text).as_object();
    const auto& edlink = demo.at("edlink").as_object();
    const auto assignment = fmt::format("{}/api/v2/my/classes/{}/assignments/{}", base_url,
                                        std::string_view(edlink.at("class_id").as_string()),
                                        std::string_view(edlink.at("assignment_id").as_string()));
    const auto& student = edlink.at("students").as_array().front().as_object();
    const auto token_of = [](const json::object& person) {
        return std::string_view(person.at("access_token").as_string());
    };
    const auto& tabula = demo.at("tabula").as_object();
    const auto text_of = [&](std::string_view name) {
        return std::string_view(tabula.at(name).as_string());
    };
    return fmt::format(
        "\n"
        "The demo school is open at {}. Its people and tokens are in {}.\n\n"
        "# 1. hand a file in as a student\n"
        "curl -sS '{}/submit' -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' "
        "-d '{{\"attachments\":[{{\"type\":\"file\",\"title\":\"hello.txt\",\"size\":6,"
        "\"data\":[104,101,108,108,111,10]}}]}}'\n\n"
        "# 2. read it back as the teacher\n"
        "curl -sS '{}/submissions?$first=5' -H 'Authorization: Bearer {}'\n\n"
        "# 3. hand a file in for a student, as a system of the school's own (Tabula)\n"
        "curl -sS '{}/api/v1/module/{}/assignments/{}?universityId={}' -u '{}:{}' "
        "-F 'submission={{}};type=application/json' "
        "-F 'attachments=@-;filename=hello.txt' <<<hello\n\n"
        "# 4. see the events\n"
        "curl -sS '{}/api/handin/v1/events?after=0&limit=10' -H 'Authorization: Bearer {}'\n\n"
        "Ctrl-C stops the server; what was handed in stays.\n",
        base_url, (data / "demo.json").string(), assignment, token_of(student), assignment,
        token_of(edlink.at("teacher").as_object()), base_url, text_of("module_code"),
        text_of("assignment_id"),
        std::string_view(tabula.at("university_ids").as_array().at(0).as_string()),
        text_of("username"), text_of("password"), base_url,
        std::string_view(demo.at("admin_token").as_string()));
}

}  // namespace handin::app

#include "api/tabula/assignments/body.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <functional>

#include "api/tabula/parameters.hpp"
#include "base/zone.hpp"

namespace handin::tabula {
namespace {

using Problem = std::optional<BodyProblem>;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class Reading {
 public:
    Reading(Settings& settings, std::string zone, Time now)
        : settings_(settings), zone_(std::move(zone)), now_(now) {}

    Problem take(std::string_view name, const json::value& value) {
        const auto found = table().find(name);
        if (found != table().end()) return (this->*found->second)(name, value);
        if (settings_.flags.contains(std::string(name)))
            return flag(settings_.flags.at(std::string(name)), name, value);
        return "There is no property '" + std::string(name) + "'.";
    }

 private:
    using Take = Problem (Reading::*)(std::string_view, const json::value&);

    static const std::map<std::string, Take, std::less<>>& table() {
        static const std::map<std::string, Take, std::less<>> takers{
            {"name", &Reading::name},
            {"academicYear", &Reading::academic_year},
            {"openDate", &Reading::open_date},
            {"closeDate", &Reading::close_date},
            {"closeTime", &Reading::close_time},
            {"openEnded", &Reading::any_flag<&Settings::open_ended>},
            {"collectSubmissions", &Reading::any_flag<&Settings::collects>},
            {"allowLateSubmissions", &Reading::any_flag<&Settings::late_allowed>},
            {"allowResubmission", &Reading::any_flag<&Settings::again_allowed>},
            {"collectMarks", &Reading::any_flag<&Settings::collects_marks>},
            {"createdByAEP", &Reading::any_flag<&Settings::by_aep>},
            {"hiddenFromStudents", &Reading::hidden},
            {"unlimitedAttachments", &Reading::any_flag<&Settings::unlimited>},
            {"fileAttachmentLimit", &Reading::file_limit},
            {"fileAttachmentTypes", &Reading::file_types},
            {"individualFileSizeLimit", &Reading::number<&Settings::file_mebibytes>},
            {"minWordCount", &Reading::number<&Settings::least_words>},
            {"maxWordCount", &Reading::number<&Settings::most_words>},
            {"wordCountConventions", &Reading::conventions},
            {"includeUsers", &Reading::include},
            {"excludeUsers", &Reading::exclude},
            {"sitsLinks", &Reading::sits_links},
            {"anonymity", &Reading::anonymity},
            // tabula.md 3.9: read and not applied
            {"feedbackTemplate", &Reading::ignored},
            {"markingWorkflow", &Reading::ignored},
            {"upstreamGroups", &Reading::ignored},
            {"useMarkPoints", &Reading::ignored}};
        return takers;
    }

    static Problem flag(bool& field, std::string_view name, const json::value& value) {
        const auto read = flag_in(name, value);
        if (!read) return read.error();
        if (*read) field = **read;
        return std::nullopt;
    }
    template <bool Settings::* field>
    Problem any_flag(std::string_view name, const json::value& value) {
        return flag(settings_.*field, name, value);
    }
    template <std::optional<std::int64_t> Settings::* field>
    Problem number(std::string_view name, const json::value& value) {
        const auto read = integer_in(name, value);
        if (!read) return read.error();
        settings_.*field = *read;
        return std::nullopt;
    }
    Problem ignored(std::string_view /*name*/, const json::value& /*value*/) { return {}; }

    // It can be set, and never unset.
    Problem hidden(std::string_view name, const json::value& value) {
        bool hidden = settings_.hidden;
        auto problem = flag(hidden, name, value);
        settings_.hidden = settings_.hidden || hidden;
        return problem;
    }

    Problem name(std::string_view name, const json::value& value) {
        const auto read = text_in(name, value);
        if (!read) return read.error();
        if (*read) settings_.name = **read;
        return std::nullopt;
    }

    Problem academic_year(std::string_view name, const json::value& value) {
        const auto read = text_in(name, value);
        if (!read) return read.error();
        if (!*read) return std::nullopt;
        const auto year = parse_academic_year(**read, now_, zone_);
        if (!year) return "academicYear: a year like 13/14 is expected.";
        settings_.academic_year = year;
        return std::nullopt;
    }

    // What is no date is none, silently (tabula.md 1.1); that stays what it was.
    Problem date(std::optional<std::chrono::local_days>& field, std::string_view name,
                 const json::value& value) const {
        const auto read = text_in(name, value);
        if (!read) return read.error();
        const auto at = *read ? parse_date(**read, zone_) : std::nullopt;
        if (at) field = std::chrono::floor<std::chrono::days>(local_in_zone(*at, zone_));
        return std::nullopt;
    }
    Problem open_date(std::string_view name, const json::value& value) {
        return date(settings_.open, name, value);
    }
    Problem close_date(std::string_view name, const json::value& value) {
        return date(settings_.close, name, value);
    }

    // HH:mm[:ss]
    Problem close_time(std::string_view name, const json::value& value) {
        const auto read = text_in(name, value);
        if (!read) return read.error();
        if (!*read) return std::nullopt;
        const auto text = (*read)->size() == 5 ? **read + ":00" : **read;
        const auto time = parse_date_time("01-Jan-2000 " + text, "UTC");
        if (!time) return "closeTime: a time like 12:00 is expected.";
        settings_.close_time =
            std::chrono::floor<seconds>(*time - std::chrono::floor<std::chrono::days>(*time));
        return std::nullopt;
    }

    Problem file_limit(std::string_view name, const json::value& value) {
        const auto read = integer_in(name, value);
        if (!read) return read.error();
        if (*read) settings_.file_limit = **read;
        return std::nullopt;
    }

    static std::expected<std::vector<std::string>, BodyProblem> texts(std::string_view name,
                                                                      const json::value& value) {
        std::vector<std::string> list;
        if (value.is_null()) return list;
        if (!value.is_array()) return std::unexpected(std::string(name) + ": a list is expected.");
        for (const auto& each : value.get_array()) {
            auto text = text_in(name, each);
            if (!text) return std::unexpected(text.error());
            list.push_back(text->value_or(""));
        }
        return list;
    }
    Problem file_types(std::string_view name, const json::value& value) {
        auto list = texts(name, value);
        if (!list) return list.error();
        settings_.file_types = std::move(*list);
        return std::nullopt;
    }
    Problem include(std::string_view name, const json::value& value) {
        auto list = texts(name, value);
        if (!list) return list.error();
        if (!list->empty()) settings_.include = std::move(*list);
        return std::nullopt;
    }
    Problem exclude(std::string_view name, const json::value& value) {
        auto list = texts(name, value);
        if (!list) return list.error();
        if (!list->empty()) settings_.exclude = std::move(*list);
        return std::nullopt;
    }

    Problem conventions(std::string_view name, const json::value& value) {
        const auto read = text_in(name, value);
        if (!read) return read.error();
        settings_.word_conventions = read->value_or("");
        return std::nullopt;
    }

    Problem sits_links(std::string_view /*name*/, const json::value& value) {
        if (value.is_null()) return std::nullopt;
        if (!value.is_array()) return "sitsLinks: a list is expected.";
        settings_.has_sits_links = !value.get_array().empty();
        return std::nullopt;
    }

    Problem anonymity(std::string_view name, const json::value& value) {
        const auto read = text_in(name, value);
        if (!read) return read.error();
        if (!*read) return std::nullopt;
        if (**read != "NameAndID" && **read != "IDOnly")
            return "anonymity: NameAndID or IDOnly is expected.";
        settings_.only_ids = **read == "IDOnly";
        return std::nullopt;
    }

    Settings& settings_;
    std::string zone_;
    Time now_;
};

}  // namespace

std::optional<BodyProblem> read_assignment(std::string_view text, const std::string& zone, Time now,
                                           Settings& settings) {
    const auto object = parse_object(text);
    if (!object) return object.error();
    Reading reading(settings, zone, now);
    for (const auto& [name, value] : *object)
        if (auto problem = reading.take({name.data(), name.size()}, value)) return problem;
    return std::nullopt;
}

}  // namespace handin::tabula

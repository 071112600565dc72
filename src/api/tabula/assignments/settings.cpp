#include "api/tabula/assignments/settings.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/zone.hpp"
#include "domain/file_rules.hpp"
#include "domain/working_days.hpp"

namespace handin::tabula {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::local_days;

constexpr auto kOpens = hours(9);           // a day's opening (tabula.md 3.9)
constexpr auto kEarliestClose = hours(10);  // inclusive, both
constexpr auto kLatestClose = hours(16);
constexpr days kUsualLength{14};
constexpr std::size_t kLongestName = 200;
constexpr std::int64_t kMostFilesAllowed = 50;
constexpr std::int64_t kMebibyte = 1'048'576;

bool works(local_days day) {
    return domain::WorkingCalendar{}.works(day);
}

local_days day_of(Time time, const std::string& zone) {
    return std::chrono::floor<days>(local_in_zone(time, zone));
}

// Of the name, in characters.
std::size_t length_of(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

json::object extras_of(const domain::Assignment& assignment) {
    const auto found = assignment.details.extras.find("tabula");
    if (found == assignment.details.extras.end()) return {};
    return json::parse(found->second).as_object();
}

class Check {
 public:
    Check(const Settings& settings, const Settings* before)
        : settings_(settings), before_(before) {}

    std::vector<Fault> all(bool taken) {
        name(taken);
        if (before_ == nullptr || settings_.open != before_->open ||
            settings_.close != before_->close || settings_.close_time != before_->close_time ||
            settings_.open_ended != before_->open_ended)
            dates();
        files();
        words();
        if (settings_.has_sits_links)
            add("assignment.api.sitsLinks.invalidData", "There are no such assessment groups.", "");
        return std::move(faults_);
    }

 private:
    void add(std::string code, std::string message, std::string field) {
        faults_.push_back({std::move(code), std::move(message), std::move(field)});
    }

    void name(bool taken) {
        if (settings_.name.find_first_not_of(" \t\r\n") == std::string::npos)
            add("NotEmpty", "An assignment has a name.", "name");
        else if (length_of(settings_.name) > kLongestName)
            add("Length", "A name has at most 200 characters.", "name");
        else if (taken)
            add("name.duplicate.assignment",
                "Another assignment of that module and year has that name.", "name");
    }

    void dates() {
        const auto& close = settings_.close;
        if (!settings_.open) add("openDate.missing", "An assignment opens some day.", "openDate");
        if (!settings_.open_ended && !close)
            add("closeDate.missing", "An assignment closes, unless it is open-ended.", "closeDate");
        const bool closes = !settings_.open_ended && close;
        const bool early = closes && settings_.open && *settings_.open > *close;
        if (early) return add("closeDate.early", "It closes before it opens.", "closeDate");
        if (settings_.by_aep) return;
        if (settings_.open && !works(*settings_.open))
            add("openDate.notWorkingDay", "It opens on a working day.", "openDate");
        if (!closes) return;
        if (!works(*close))
            add("closeDate.notWorkingDay", "It closes on a working day.", "closeDate");
        if (settings_.close_time < kEarliestClose || settings_.close_time > kLatestClose)
            add("closeDate.invalidTime", "It closes between 10:00 and 16:00.", "closeDate");
    }

    void files() {
        if (settings_.file_limit < 1)
            add("Min", "At least one file can be handed in.", "fileAttachmentLimit");
        else if (settings_.file_limit > kMostFilesAllowed)
            add("Max", "At most 50 files can be handed in.", "fileAttachmentLimit");
        const bool types = std::ranges::all_of(settings_.file_types, [](const auto& type) {
            return type.empty() || domain::is_file_type(type);
        });
        if (!types)
            add("attachment.invalidChars",
                "A type is a small letter, then small letters, digits, _ and dots.",
                "fileAttachmentTypes");
        if (settings_.file_mebibytes.value_or(0) < 0)
            add("Min", "A size is not negative.", "individualFileSizeLimit");
    }

    void words() {
        const auto least = settings_.least_words.value_or(0);
        const auto& most = settings_.most_words;
        if (least < 0) add("Min", "A number of words is not negative.", "wordCountMin");
        if (most && *most < 0) add("Min", "A number of words is not negative.", "wordCountMax");
        if (least >= 0 && most && *most >= 0 && (*most < least || (*most == least && *most != 0)))
            add("assignment.wordCount.outOfRange", "The most words are more than the least.",
                "wordCountMax");
        if (length_of(settings_.word_conventions) > domain::kWordCountConventionsLimit)
            add("Length", "Conventions have at most 600 characters.", "wordCountConventions");
    }

    const Settings& settings_;
    const Settings* before_;
    std::vector<Fault> faults_;
};

}  // namespace

const Flags& usual_flags() {
    static const Flags usual{{"restrictSubmissions", true},
                             {"displayPlagiarismNotice", true},
                             {"allowExtensions", true},
                             {"extensionAttachmentMandatory", false},
                             {"allowExtensionsAfterCloseDate", false},
                             {"summative", true},
                             {"publishFeedback", true},
                             {"dissertation", false},
                             {"includeInFeedbackReportWithoutSubmissions", false},
                             {"automaticallyReleaseToMarkers", false},
                             {"automaticallySubmitToTurnitin", false},
                             {"turnitinExcludeBibliography", false},
                             {"turnitinExcludeQuoted", false},
                             {"turnitinStoreInRepository", true},
                             {"resitAssessment", false}};
    return usual;
}

Settings settings_of(const domain::Assignment& assignment, const std::string& zone) {
    Settings settings;
    const auto& rules = assignment.rules;
    settings.name = assignment.title;
    settings.open = day_of(assignment.open_at.value_or(assignment.created_at), zone);
    if (const auto at = assignment.due_at ? assignment.due_at : assignment.close_at) {
        settings.close = day_of(*at, zone);
        settings.close_time = local_in_zone(*at, zone) - *settings.close;
    } else {
        settings.open_ended = true;
    }
    settings.collects = assignment.kinds.has(domain::AttachmentKind::file);
    settings.late_allowed = rules.late_allowed;
    settings.again_allowed = assignment.resubmission != domain::Resubmission::none;
    settings.hidden = !assignment.published;
    settings.collects_marks = rules.grading != domain::GradingType::not_graded;
    settings.only_ids = rules.marking == domain::Anonymity::id_only;
    settings.unlimited = !rules.files.most;
    settings.file_limit = rules.files.most.value_or(1);
    settings.file_types = rules.files.types;
    if (rules.files.bytes)
        settings.file_mebibytes = static_cast<std::int64_t>(*rules.files.bytes) / kMebibyte;
    settings.least_words = rules.word_count.minimum;
    settings.most_words = rules.word_count.maximum;
    settings.word_conventions = rules.word_count.conventions;
    for (const auto& [name, value] : extras_of(assignment)) {
        if (name == "academicYear" && value.is_int64())
            settings.academic_year = static_cast<int>(value.as_int64());
        else if (name == "createdByAEP" && value.is_bool())
            settings.by_aep = value.as_bool();
        else if (value.is_bool())
            settings.flags.insert_or_assign(std::string(name), value.as_bool());
    }
    return settings;
}

void fill_dates(Settings& settings, Time now, const std::string& zone) {
    const auto today = day_of(now, zone);
    if (!settings.open) {
        if (settings.close) {
            settings.open = settings.open_ended ? today : *settings.close - kUsualLength;
        } else {
            settings.open = today;
            while (!works(*settings.open))
                *settings.open -= days(1);
        }
    }
    if (!settings.close && !settings.open_ended) {
        settings.close = *settings.open + kUsualLength;
        while (!works(*settings.close))
            *settings.close += days(1);
    }
}

std::vector<Fault> faults_of(const Settings& settings, const Settings* before, bool taken) {
    return Check(settings, before).all(taken);
}

domain::AssignmentFields fields_of(const Settings& settings, const std::string& zone) {
    domain::AssignmentFields fields;
    fields.title = settings.name;
    fields.published = !settings.hidden;
    fields.open_at = from_local(*settings.open + kOpens, zone);
    fields.due_at = std::optional<Time>();
    fields.close_at = std::optional<Time>();
    if (!settings.open_ended)
        fields.due_at = from_local(*settings.close + settings.close_time, zone);
    fields.kinds = settings.collects ? domain::AttachmentKinds::of({domain::AttachmentKind::file})
                                     : domain::AttachmentKinds{};
    fields.resubmission =
        settings.again_allowed ? domain::Resubmission::open : domain::Resubmission::none;
    fields.late_allowed = settings.late_allowed;
    fields.marking = settings.only_ids ? domain::Anonymity::id_only : domain::Anonymity::named;
    domain::FileRules files{.minimum = 1};
    if (!settings.unlimited) files.most = static_cast<std::uint32_t>(settings.file_limit);
    std::ranges::copy_if(settings.file_types, std::back_inserter(files.types),
                         [](const auto& type) { return !type.empty(); });
    if (settings.file_mebibytes)
        files.bytes = static_cast<std::uint64_t>(*settings.file_mebibytes) * kMebibyte;
    fields.files = std::move(files);
    domain::WordCountRule words{.minimum = settings.least_words,
                                .maximum = settings.most_words,
                                .conventions = settings.word_conventions};
    if (words.maximum && !words.minimum) words.minimum = 0;
    fields.word_count = std::move(words);
    json::object extras;
    if (settings.academic_year) extras["academicYear"] = *settings.academic_year;
    if (settings.by_aep) extras["createdByAEP"] = true;
    for (const auto& [name, value] : settings.flags)
        if (usual_flags().at(name) != value) extras[name] = value;
    fields.extras["tabula"] = json::serialize(extras);
    return fields;
}

}  // namespace handin::tabula

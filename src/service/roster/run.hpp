// One import while it runs. For the files of this folder.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "service/administration/changer.hpp"
#include "service/roster/import.hpp"
#include "service/roster/table.hpp"

namespace handin::service {

// What a chunk would change, found again whenever its plan is made.
struct ChunkPlan {
    domain::Changes changes = {};
    RosterCounts counts = {};
    std::vector<RosterProblem> problems = {};
    std::vector<Uuid> seen = {};  // ids of rows of the kind that the file is about
};

class RosterRun {
 public:
    static constexpr std::size_t kChunk = 2000;  // rows of a transaction

    RosterRun(store::Store& store, Changer& changer, const Clock& clock, Operator by,
              const std::filesystem::path& zip, RosterOptions options);

    task<Administered<RosterReport>> run();

 private:
    enum class Mode : std::uint8_t { absent, bulk, delta };
    // Plans the rows of a chunk. Only adds to the plan.
    using PlanRows = std::function<void(store::Reader&, const std::vector<RosterRow>&, ChunkPlan&)>;
    using Columns = std::vector<std::string_view>;

    bool read_manifest();
    Mode mode_of(const std::string& file) const;
    task<Administered<void>> find_account();
    task<Administered<void>> import(std::string file, Columns required, PlanRows plan,
                                    std::vector<Uuid>* seen = nullptr);
    task<Administered<void>> commit(std::string file,
                                    std::function<void(store::Reader&, ChunkPlan&)> plan,
                                    std::vector<Uuid>* seen);
    void read_courses();
    // Who is in a page of classes but not in the files.
    struct Others {
        std::vector<domain::Enrollment> enrollments;
        std::optional<Uuid> last;  // class of the page; nothing: it was the last page
    };
    Others others(store::Reader& reader, const store::Page& page) const;
    task<std::size_t> count_others();
    task<Administered<void>> remove_others();

    void plan_orgs(store::Reader& reader, const std::vector<RosterRow>& rows, ChunkPlan& plan);
    void plan_classes(store::Reader& reader, const std::vector<RosterRow>& rows, ChunkPlan& plan);
    void plan_people(store::Reader& reader, const std::vector<RosterRow>& rows, ChunkPlan& plan);
    void plan_enrollments(store::Reader& reader, const std::vector<RosterRow>& rows,
                          ChunkPlan& plan);

    // Ids of what is new: the same names are the same ids in every import.
    Uuid derived(std::string_view kind, const std::string& sourced_id) const;

    struct Course {
        std::string code, org;
    };

    store::Store& store_;
    Changer& changer_;
    const Clock& clock_;
    Operator by_;
    RosterArchive archive_;
    RosterOptions options_;
    RosterReport report_;
    std::map<std::string, Mode> modes_;
    domain::Account account_;
    std::unordered_map<std::string, Course> courses_;
    std::unordered_map<std::string, Uuid> orgs_;   // by sourcedId; of these files
    std::unordered_set<std::string> departments_;  // of these, what is smaller than a school
    std::vector<Uuid> classes_;                    // of the files; sorted
    std::vector<Uuid> people_;                     // the same
    std::vector<Uuid> enrollments_;                // of a full file; sorted when they are all there
};

void complain(ChunkPlan& plan, const RosterRow& row, std::string_view field, std::string message);
// Whether a row is to be looked at any further: these fields are not empty, its status is a word.
bool is_sound(ChunkPlan& plan, const RosterRow& row,
              std::initializer_list<std::string_view> required);

// By which an enrollment of the files is known again, however it came in: who, where, as what.
Uuid enrollment_id(const domain::Enrollment& enrollment);

// Nothing: it is no word that the standard has.
std::optional<RowStatus> status_of(const RosterRow& row);

}  // namespace handin::service

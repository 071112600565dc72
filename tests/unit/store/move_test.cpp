// A site moves from engine to engine without loss, wherever it is interrupted.
#include "store/move.hpp"

#include <gmock/gmock.h>

#include <set>

#include "store/postgres/site_tables.hpp"
#include "store/postgres_place.hpp"
#include "store/sqlite/site_tables.hpp"
#include "store/sqlite_place.hpp"
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

using namespace std::string_literals;
using store::Row;
using store::Table;
using store::Tables;
using testing::HasSubstr;
using testing::ThrowsMessage;
using testing::UnorderedElementsAre;
using Postgres = store::postgres::SiteTables;
using Sqlite = store::sqlite::SiteTables;

void say_nothing(const std::string&) {}

// The tables of a place, which no store may have open.
std::unique_ptr<Tables> tables_of(StorePlace& place, bool source) {
    if (auto* sqlite = dynamic_cast<SqlitePlace*>(&place)) {
        sqlite->close();
        return std::make_unique<Sqlite>(sqlite->file(),
                                        source ? Sqlite::Use::source : Sqlite::Use::target);
    }
    auto& postgres = dynamic_cast<PostgresPlace&>(place);
    postgres.close();
    return std::make_unique<Postgres>(postgres.url(),
                                      source ? Postgres::Use::source : Postgres::Use::target);
}

// Ends after so many writes, as a process that is killed: before the write, or after it.
class Ending final : public Tables {
 public:
    Ending(Tables& tables, int writes, bool after)
        : tables_(tables), writes_(writes), after_(after) {}

    std::vector<Table> tables() override { return tables_.tables(); }
    std::vector<Row> read(const Table& table, const Row& after, std::size_t limit) override {
        return tables_.read(table, after, limit);
    }
    void write(const Table& table, std::span<const Row> rows, const std::string& note) override {
        const bool ends = writes_-- == 0;
        if (ends && !after_) throw std::runtime_error("killed");
        tables_.write(table, rows, note);
        if (ends) throw std::runtime_error("killed");
    }
    std::optional<std::string> note() override { return tables_.note(); }

 private:
    Tables& tables_;
    int writes_;
    bool after_;
};

// Its parameter is where a site is moved from; the target is the other engine.
class MoveSuite : public StoreSuite {
 protected:
    MoveSuite() {
        if (dynamic_cast<SqlitePlace*>(place_.get()) != nullptr)
            target_ = std::make_unique<PostgresPlace>();
        else
            target_ = std::make_unique<SqlitePlace>();
    }

    // A school with more events than a page has rows, odd texts, every kind of attachment.
    void fill() {
        auto& person = school_.rows.people.front();
        person.first_name = "\0\xff\x01hex:"s;
        person.last_name = "";
        school_.rows.assignments.front().points_possible = 0.1;
        school_.rows.settings.push_back({.name = "cursor_key", .value = "drawn for this site"});
        school_.assignment().rules.posting = domain::PostPolicy::manual;
        school_.klass().late_policy.late_enabled = true;
        school_.rows.groups.push_back({.id = id_of("group"),
                                       .set_id = id_of("set"),
                                       .number = 1,
                                       .name = "\0é"s,
                                       .members = {school_.student}});
        commit(school_.rows);
        for (int i = 0; i < 3; ++i)
            commit(next_attempt(school_.student, list(a_file(), a_text(), a_link())));
        auto many = next_attempt(school_.other);
        for (int i = 0; i < 700; ++i)
            many.events.push_back(many.events.front());
        commit(many);
        commit(next_attempt(school_.student));
        auto mark = mark_of(school_, school_.student);
        mark.grade = domain::NewGrade{.text = "8.1"};
        mark.comment = domain::NewComment{.id = uuid_v7(kNow), .text = "\0a 'comment'"s};
        commit(decide(mark));
    }

    store::Move move() {
        writer_.reset();
        const auto from = tables_of(*place_, true);
        const auto to = tables_of(*target_, false);
        return store::move_site(*from, *to, say_nothing);
    }

    // Goes on with the target.
    void follow() {
        writer_.reset();
        place_->reopen();  // so that it can be looked at again
        std::swap(place_, target_);
        reopen();
    }

    std::unique_ptr<StorePlace> target_;
};

std::string engine_name(const testing::TestParamInfo<StoreEngine>& info) {
    return "from" + info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Engines, MoveSuite,
    testing::Values(StoreEngine{"Sqlite", [] { return std::make_unique<SqlitePlace>(); }},
                    StoreEngine{"Postgres", [] { return std::make_unique<PostgresPlace>(); }}),
    engine_name);

TEST_P(MoveSuite, NothingIsLostAndTheSequenceGoesOn) {
    fill();
    const auto before = events();
    const auto submission = row(school_.student);
    const auto moved = move();
    EXPECT_FALSE(moved.was_done);
    const auto rows = [&](std::string_view name) {
        return std::ranges::find(moved.tables, name, &store::MovedTable::name)->rows;
    };
    EXPECT_EQ(rows("outbox"), before.size());
    EXPECT_EQ(rows("attempt"), 5U);
    EXPECT_EQ(rows("comment"), 1U);
    EXPECT_EQ(rows("group_member"), 1U);
    EXPECT_EQ(rows("person"), school_.rows.people.size());

    follow();
    EXPECT_TRUE(same(events(), before));
    EXPECT_TRUE(same(row(school_.student), submission));
    const auto person = school_.rows.people.front();
    EXPECT_TRUE(same(ask([&](store::Reader& reader) { return reader.person(person.id); }),
                     std::optional(person)));
    commit(next_attempt(school_.student));
    const auto next = events(before.back().sequence);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next.front().sequence, before.back().sequence + 1);
}

TEST_P(MoveSuite, GoesOnWhereverItWasInterrupted) {
    fill();
    writer_.reset();
    int interruptions = 0;
    for (bool done = false; !done; ++interruptions) {
        const auto from = tables_of(*place_, true);
        const auto to = tables_of(*target_, false);
        // Each run comes a step further, for what is noted is not written again.
        Ending ending(*to, 1, interruptions % 2 == 0);
        try {
            store::move_site(*from, ending, say_nothing);
            done = true;
        } catch (const std::runtime_error& error) {
            ASSERT_STREQ(error.what(), "killed");
        }
        ASSERT_LT(interruptions, 100);
    }
    EXPECT_GT(interruptions, 5);
    EXPECT_TRUE(move().was_done);
    place_->reopen();
    const auto before = events();
    follow();
    EXPECT_TRUE(same(events(), before));
}

TEST_P(MoveSuite, RefusesATargetThatHasAnotherSite) {
    fill();
    std::swap(place_, target_);
    reopen();
    commit(school_.rows);
    writer_.reset();
    std::swap(place_, target_);
    EXPECT_THAT([&] { move(); }, ThrowsMessage<std::runtime_error>(HasSubstr("has data already")));
}

TEST_P(MoveSuite, RefusesToGoOnWithAnotherSite) {
    fill();
    writer_.reset();
    {
        const auto from = tables_of(*place_, true);
        const auto to = tables_of(*target_, false);
        Ending ending(*to, 3, true);
        EXPECT_ANY_THROW(store::move_site(*from, ending, say_nothing));
    }
    place_ = GetParam().make();
    domain::Changes other;
    other.settings.push_back({.name = "cursor_key", .value = "drawn for another"});
    commit(other);
    EXPECT_THAT([&] { move(); }, ThrowsMessage<std::runtime_error>(HasSubstr("another site")));
}

// What it would find if a server went on in the source, or a disk lied.
TEST_P(MoveSuite, FindsARowThatDiffers) {
    fill();
    writer_.reset();
    const auto from = tables_of(*place_, true);
    const auto to = tables_of(*target_, false);
    class Losing final : public Tables {
     public:
        explicit Losing(Tables& tables) : tables_(tables) {}
        std::vector<Table> tables() override { return tables_.tables(); }
        std::vector<Row> read(const Table& table, const Row& after, std::size_t limit) override {
            return tables_.read(table, after, limit);
        }
        void write(const Table& table, std::span<const Row> rows,
                   const std::string& note) override {
            const bool loses = table.name == "attempt" && !rows.empty();
            tables_.write(table, loses ? rows.subspan(1) : rows, note);
        }
        std::optional<std::string> note() override { return tables_.note(); }

     private:
        Tables& tables_;
    } losing(*to);
    EXPECT_THAT([&] { store::move_site(*from, losing, say_nothing); },
                ThrowsMessage<std::runtime_error>(HasSubstr("the table attempt has not become")));
    EXPECT_TRUE(store::is_move_under_way(*to->note()));
}

// A table or column that a migration adds to one engine only, and nobody has said what becomes of
// it, makes these differ.
TEST(MoveTest, BothSchemasAreMovedWhole) {
    SqlitePlace sqlite;
    PostgresPlace postgres;
    const auto one = tables_of(sqlite, true)->tables();
    EXPECT_EQ(one, tables_of(postgres, true)->tables());
    std::set<std::string> names;
    for (const auto& table : one)
        names.insert(table.name);
    store::sqlite::Connection db(sqlite.file(), store::sqlite::Access::read_only);
    auto all = db.query("SELECT name FROM sqlite_master WHERE type = 'table'");
    std::set<std::string> in_schema;
    while (all.next())
        in_schema.insert(all.text());
    EXPECT_EQ(names, in_schema);
    for (const auto& table : one)
        EXPECT_FALSE(table.key.empty()) << table.name;
}

TEST(MoveTest, RefusesADatabaseInUse) {
    const SqlitePlace sqlite;
    EXPECT_THAT(
        [&] { Sqlite(sqlite.file(), Sqlite::Use::source); },
        ThrowsMessage<std::runtime_error>(HasSubstr("another handin process uses this database")));
    PostgresPlace postgres;
    // Its thread takes the lease for appending as it starts.
    const auto has_lease = [&] {
        try {
            Postgres(postgres.url(), Postgres::Use::source);
            return false;
        } catch (const std::runtime_error& error) {
            EXPECT_THAT(error.what(), HasSubstr("a handin server uses the database"));
            return true;
        }
    };
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!has_lease() && std::chrono::steady_clock::now() < end) {
    }
    EXPECT_TRUE(has_lease());
    postgres.close();
    EXPECT_FALSE(has_lease());
}

}  // namespace
}  // namespace handin::test

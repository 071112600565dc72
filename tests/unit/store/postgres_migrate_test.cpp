// Schemas of earlier versions keep what is in them.
#include <gtest/gtest.h>

#include "store/postgres/connector.hpp"
#include "store/postgres/migrate.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/postgres_server.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace {

namespace schema = store::schema;

TEST(PostgresMigrate, KeepsASchoolOfTheFirstSchema) {
    const auto url = PostgresServer::shared().new_database();
    const auto id = domain::submission_id(id_of("assignment"), id_of("person"));
    {
        store::postgres::Connection db(url);
        store::postgres::migrate(db, schema::postgres_migrations().first(1));
        const auto quoted = [](const Uuid& each) { return "'" + each.str() + "'"; };
        const auto assignment = quoted(id_of("assignment"));
        const auto sql = "INSERT INTO class VALUES (" + quoted(id_of("class")) + ", " +
                         quoted(id_of("account")) + ", " + quoted(id_of("department")) +
                         ", 1, 'Class', '', '', '', 'Europe/London', 0, 0);"
                         "INSERT INTO assignment VALUES (" +
                         assignment + ", " + quoted(id_of("class")) +
                         ", 1, 'Essay', '', true, false, NULL, NULL, NULL, NULL, 10, 7, NULL, 0, "
                         "true, '', 0, 0);"
                         "INSERT INTO submission VALUES (" +
                         quoted(id) + ", " + assignment + ", " + quoted(id_of("person")) +
                         ", '', false, NULL, 1, 2, 3, '', 4)";
        db.script(sql.c_str());
    }
    store::postgres::PostgresStore store(url);
    store.read_now([&](store::Reader& reader) {
        const auto submission = reader.submission(id);
        ASSERT_TRUE(submission);
        EXPECT_EQ(submission->version, 3);
        EXPECT_EQ(submission->marking, domain::Marking{});
        EXPECT_EQ(reader.assignment(id_of("assignment"))->title, "Essay");
        EXPECT_EQ(reader.assignment(id_of("assignment"))->rules, domain::AssignmentRules{});
        EXPECT_EQ(reader.klass(id_of("class"))->late_policy, domain::LatePolicy{});
    });
}

}  // namespace
}  // namespace handin::test

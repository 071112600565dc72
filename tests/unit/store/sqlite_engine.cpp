// The embedded engine in the suite of all engines.
#include "store/sqlite_place.hpp"
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreSuite,
                         testing::Values(StoreEngine{
                             "Wal", [] { return std::make_unique<SqlitePlace>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace handin::test

// The engine for several nodes in the suite of all engines.
#include "store/postgres_place.hpp"
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Postgres, StoreSuite,
                         testing::Values(StoreEngine{
                             "Server", [] { return std::make_unique<PostgresPlace>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace handin::test

// The folder engine in the suite of all engines.
#include "blob/blob_suite.hpp"
#include "blob/local_place.hpp"

namespace handin::test {
namespace {

Engine engine(std::string name, blob::LocalOptions options) {
    return {std::move(name), [options] { return std::make_unique<LocalPlace>(options); }};
}

INSTANTIATE_TEST_SUITE_P(Local, BlobSuite,
                         testing::Values(engine("Unnamed", {.unnamed_files = true}),
                                         engine("Named", {.unnamed_files = false})),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace handin::test

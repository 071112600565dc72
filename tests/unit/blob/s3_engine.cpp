// The S3 engine in the suite of all engines.
#include "blob/blob_suite.hpp"
#include "blob/s3_place.hpp"

namespace handin::test {
namespace {

INSTANTIATE_TEST_SUITE_P(S3, BlobSuite,
                         testing::Values(Engine{"Swift",
                                                [] { return std::make_unique<S3Place>(); }}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace handin::test

// What every engine must do. An engine joins with one INSTANTIATE_TEST_SUITE_P of its own
// (local_engine.cpp shows it).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "blob/blob.hpp"

namespace handin::test {

// An empty place for bytes, and what the suite must be able to do behind the store's back.
class Place {
 public:
    virtual ~Place() = default;
    virtual blob::BlobStore& store() = 0;
    // Forgets the store object and opens what is durable again.
    virtual void reopen() = 0;
    // Things in the place, findable by an id or not, once the store's own threads are idle.
    virtual std::size_t things() = 0;
};

struct Engine {
    std::string name;
    std::function<std::unique_ptr<Place>()> make;
};

class BlobSuite : public testing::TestWithParam<Engine> {
 protected:
    blob::BlobStore& store() { return place_->store(); }

    std::unique_ptr<Place> place_ = GetParam().make();
};

}  // namespace handin::test

// Something that an answer needs cannot be reached now, and may be soon: a request that ends with
// this is answered 503.
#pragma once

#include <stdexcept>

namespace handin {

struct NotNow : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace handin

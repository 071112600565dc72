// The JSON of a submission (tabula.md 3.3).
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/tabula/scalars.hpp"
#include "base/uuid.hpp"
#include "domain/declarations.hpp"

namespace handin::tabula {

struct SubmissionBody {
    std::vector<Uuid> attachments;  // one that is no id is the nil id, which nobody has
    domain::Declarations declared;
};

std::expected<SubmissionBody, BodyProblem> parse_submission(std::string_view text);

// Ids and three small values: far above any real one.
inline constexpr std::size_t kLongestSubmissionBody = std::size_t{64} * 1024;

}  // namespace handin::tabula

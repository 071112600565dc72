// $filter, $fields and $expand (edlink.md 2.2), on objects as they are rendered.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <string>
#include <vector>

#include "api/edlink/reply.hpp"

namespace handin::edlink {

// The names of a list with commas, each once, a hundred at most.
std::vector<std::string> names_in(std::string_view list);

class Query {
 public:
    // What the call asks for; a $cursor brings the $filter, $fields and $expand of the list's first
    // page along in `remembered`, which text() has made.
    static std::expected<Query, Failure> of(const Call& call);
    static std::expected<Query, Failure> from(std::string_view remembered);
    std::string text() const;

    bool filters() const { return !conditions_.empty(); }
    bool keeps(const json::object& object) const;
    // Leaves the wanted fields, and adds those that it had to `met`.
    void trim(json::object& object, std::vector<std::string>& met) const;
    const std::vector<std::string>& fields() const { return fields_; }
    const std::vector<std::string>& expansions() const { return expansions_; }

 private:
    struct Condition {
        std::string field;
        std::string op;
        std::string value;
    };
    static bool holds(const Condition& condition, const json::value* field);
    static std::expected<Query, Failure> made(std::string filter, std::string_view fields,
                                              std::string_view expand);

    std::string filter_;
    std::vector<Condition> conditions_;
    std::vector<std::string> fields_;
    std::vector<std::string> expansions_;
};

}  // namespace handin::edlink

// The fields of a JSON body, and what is wrong with them.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "http/request.hpp"

namespace handin::admin {

class Fields {
 public:
    // Reads the body: an object, or nothing. Only the fields in `known` may be there.
    static task<Fields> read(http::Request request, std::initializer_list<std::string_view> known);

    // Not there or null: nothing. What is there and is no text is a problem.
    std::optional<std::string> text(std::string_view name);
    // The same, and it must be there and not empty.
    std::string required(std::string_view name);
    std::optional<std::int64_t> number(std::string_view name);
    // A text that must be one of them: its place.
    std::size_t choice(std::string_view name, std::initializer_list<std::string_view> choices,
                       std::optional<std::size_t> fallback = std::nullopt);
    // The first thing that is wrong; empty: nothing.
    const std::string& problem() const { return problem_; }
    void complain(std::string problem);

 private:
    const boost::json::value* find(std::string_view name) const;

    boost::json::object object_;
    std::string problem_;
};

}  // namespace handin::admin

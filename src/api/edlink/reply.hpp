// The envelope of every Edlink reply (edlink.md 2.1), and what a call gathers on its way to it.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access.hpp"
#include "domain/refusal.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace handin::edlink {

namespace json = boost::json;

// One entry of $errors or $warnings.
struct Notice {
    std::string code;
    std::string message;
};

// Why a call failed. 400 for nearly everything (edlink.md 2.4).
struct Failure {
    int status = 400;
    std::vector<Notice> errors;  // never empty
};

// Below which paths a call is (edlink.md 0): of a person, or of a program that stands for the
// school.
enum class Tree : std::uint8_t { my, graph };

// A request on its way through the dialect.
struct Call {
    http::Request request;
    domain::Actor actor;
    std::vector<Notice> warnings;
    Tree tree = Tree::my;
};

// Where the parts of one reply live: given back all at once with the value that uses it.
json::storage_ptr json_memory();

http::Response success(const Call& call, json::value data,
                       const std::optional<std::string>& next = std::nullopt);
// Of something that leaves nothing to show: SDK 2.x cannot bear an empty body (edlink.md 2.1).
http::Response success(const Call& call);
http::Response failure(const Call& call, const Failure& failure);

// A failure with one error.
Failure fail(std::string_view code, std::string message, int status = 400);

// The warning beside an answer that was given before.
Notice repeated_key();

// The refusals of the service in Edlink's words: the table is in refusals.cpp.
Failure fail(const http::Request& request, const domain::Refusals& refusals);

}  // namespace handin::edlink

// What Handler says about a body that it refuses: where, and what was expected there.
#include <boost/system/errc.hpp>
#include <string>
#include <utility>

#include "api/edlink/body/handler.hpp"

namespace handin::edlink::detail {

std::string Handler::data_path() const {
    std::string path = "attachments[" + std::to_string(current()) + "].data";
    return in_buffer_ && !buffer_is_list_ ? path + ".data" : path;
}

std::string Handler::path() const {
    switch (at_) {
        case At::start:
            return {};
        case At::body:
            return name_;
        case At::list:
            return "attachments[" + std::to_string(attachments_.size()) + "]";
        case At::attachment:
            return "attachments[" + std::to_string(current()) + "]." + name_;
        case At::buffer:
            return "attachments[" + std::to_string(current()) + "].data." + name_;
        case At::data:
            break;
    }
    return data_path();
}

bool Handler::refuse_buffer(error_code& ec) {
    return fail(ec,
                {Problem::Kind::invalid_body, "attachments[" + std::to_string(current()) + "].data",
                 "an object must be {\"0\":...,\"1\":...} or {\"type\":\"Buffer\",\"data\":[...]}"},
                true);
}

bool Handler::wrong_type(error_code& ec) {
    const char* message = "expected a string";
    if (at_ == At::start) message = "expected an object with the key attachments";
    if (at_ == At::start && options_.in_form)
        message = "expected a list of attachments, or an object with the key attachments";
    if (at_ == At::body) message = "expected an array";
    if (at_ == At::list) message = "expected an object";
    if (key_ == Key::size && at_ == At::attachment) message = "expected an integer";
    if (key_ == Key::data && (at_ == At::attachment || at_ == At::buffer)) {
        message = "expected an array of integers from 0 to 255";
    }
    return fail(ec, {Problem::Kind::invalid_body, path(), message}, true);
}

// Without a place: when it is noticed depends on how the body was cut into chunks.
bool Handler::too_long(error_code& ec, std::string field, std::uint64_t most) {
    return fail(ec,
                {Problem::Kind::too_long, std::move(field),
                 "may have at most " + std::to_string(most) + " bytes"},
                false);
}

bool Handler::fail(error_code& ec, Problem problem, bool has_place) {
    problem_ = std::move(problem);
    problem_has_place_ = has_place;
    ec = boost::system::errc::make_error_code(boost::system::errc::operation_canceled);
    return false;
}

}  // namespace handin::edlink::detail

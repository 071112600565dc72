// Which reader a body gets.
#include "api/edlink/submit/form_content.hpp"
#include "http/multipart.hpp"

namespace handin::edlink {
namespace {

Failure invalid(std::string message) {
    return fail("INVALID_REQUEST_BODY", std::move(message));
}

// Whatever its Content-Type says: many scripts send JSON under another name.
task<std::expected<SubmitContent, Failure>> read_json(http::Body* body, service::Intake* intake) {
    JsonContent json(*intake);
    while (!json.problem()) {
        const auto chunk = co_await body->read();
        if (chunk.empty()) {
            json.finish();
            break;
        }
        co_await json.feed(chunk);
    }
    if (const auto& problem = json.problem())
        co_return std::unexpected(invalid(
            problem->field.empty() ? problem->message : problem->field + ": " + problem->message));
    co_return json.take();
}

}  // namespace

task<std::expected<SubmitContent, Failure>> read_submit(http::Request request,
                                                        service::Intake* intake) {
    if (!http::is_form_data(request.header("Content-Type")))
        co_return co_await read_json(&request.body(), intake);
    auto reader = http::MultipartReader::open(request);
    if (!reader) co_return std::unexpected(invalid(reader.error().message + "."));
    FormContent form(std::move(*reader), *intake);
    co_return co_await form.read();
}

}  // namespace handin::edlink

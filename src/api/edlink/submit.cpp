// Handing in and taking back (edlink.md 5): the body is parsed as it arrives, every file and text
// is staged as it is met, and what came is classified at the end.
#include <algorithm>

#include "api/edlink/body/submit_body.hpp"
#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"

namespace handin::edlink {
namespace {

using domain::AttachmentKind;
// Of all texts of an attempt together: what Canvas allows for one.
constexpr std::uint64_t kMostTextBytes = 512 * 1024;

using Incoming = std::deque<service::IncomingAttachment>;

Failure body_failure(const Problem& problem) {
    auto message = problem.field.empty() ? problem.message : problem.field + ": " + problem.message;
    return fail("INVALID_REQUEST_BODY", std::move(message));
}

// Others will click on it, so nothing but the web. Not RFC 3986: people paste letters of every
// script, and browsers take them.
bool is_web_url(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return false;
    std::string scheme(url.substr(0, colon));
    std::ranges::transform(scheme, scheme.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    if (scheme != "http" && scheme != "https") return false;
    const auto rest = url.substr(colon + 3);
    const bool printable = std::ranges::all_of(
        rest, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
    return printable && !rest.empty() &&
           std::string_view("/?#@:").find(rest.front()) == std::string_view::npos;
}

// Adds what is wrong with one attachment, or fills `incoming` in.
class Classifier {
 public:
    Classifier(std::vector<Notice>& errors, std::vector<Notice>& warnings)
        : errors_(errors), warnings_(warnings) {}

    void classify(std::size_t index, const AttachmentFields& fields,
                  service::IncomingAttachment& incoming) {
        path_ = "attachments[" + std::to_string(index) + "].";
        if (!fields.type) return missing("type");
        if (*fields.type == "file") {
            file(fields, incoming);
        } else if (*fields.type == "link") {
            link(fields, incoming);
        } else if (*fields.type == "text") {
            text(fields, incoming);
        } else {
            error("INVALID_SUBMISSION_TYPE", "type",
                  "'" + *fields.type + "' cannot be handed in; expected file, link or text.");
            return;
        }
        incoming.title = fields.title.value_or("");
        incoming.description = fields.description.value_or("");
    }

 private:
    void file(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.kind = AttachmentKind::file;
        if (!fields.title || fields.title->empty()) missing("title");
        if (!fields.has_data) missing("data");
        if (fields.title && fields.title->find('\0') != std::string::npos)
            error("INVALID_REQUEST_BODY", "title", "a file name cannot hold a NUL character.");
        if (fields.size && fields.has_data &&
            *fields.size != static_cast<std::int64_t>(fields.data_bytes))
            warnings_.push_back(
                {"FILE_SIZE_IGNORED", path_ + "size is " + std::to_string(*fields.size) +
                                          ", but data has " + std::to_string(fields.data_bytes) +
                                          " bytes; size is ignored."});
        unused(fields.has_text, "text");
        unused(fields.url.has_value(), "url");
    }

    void link(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.kind = AttachmentKind::link;
        if (!fields.url || fields.url->empty()) return missing("url");
        if (!is_web_url(*fields.url))
            error("INVALID_REQUEST_BODY", "url", "expected an http:// or https:// URL.");
        incoming.url = *fields.url;
        unused(fields.has_data, "data");
        unused(fields.has_text, "text");
    }

    void text(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.kind = AttachmentKind::text;
        if (!fields.has_text || fields.text_bytes == 0) missing("text");
        unused(fields.has_data, "data");
        unused(fields.url.has_value(), "url");
    }

    void error(std::string_view code, std::string_view field, const std::string& message) {
        errors_.push_back({std::string(code), path_ + std::string(field) + ": " + message});
    }
    void missing(std::string_view field) {
        error("MISSING_REQUIRED_FIELD", field, "this field is required.");
    }
    void unused(bool present, std::string_view field) {
        if (present)
            warnings_.push_back({"FOUND_UNEXPECTED_FIELD",
                                 path_ + std::string(field) + " is ignored for this type."});
    }

    std::vector<Notice>& errors_;
    std::vector<Notice>& warnings_;
    std::string path_;
};

// Reads the body to its end, or to the first problem with it.
task<void> read_body(http::Request request, service::Intake* intake, SubmitBodyParser* parser,
                     Incoming* incoming) {
    auto& body = request.body();
    while (!parser->problem()) {
        const auto chunk = co_await body.read();
        if (chunk.empty()) {
            parser->finish();
            co_return;
        }
        for (const auto& piece : parser->feed(chunk)) {
            while (incoming->size() <= piece.attachment)
                incoming->push_back(intake->incoming());
            co_await (*incoming)[piece.attachment].write(piece.bytes);
        }
    }
}

// Everything that is wrong with the attachments; fills `incoming` and the warnings in.
std::vector<Notice> classify(const SubmitBodyParser& parser, Incoming& incoming,
                             service::Intake& intake, std::vector<Notice>& warnings) {
    std::vector<Notice> errors;
    if (parser.attachments().empty())
        errors.push_back({"MISSING_REQUIRED_FIELD", parser.has_attachments_key()
                                                        ? "attachments: at least one is required."
                                                        : "attachments: this field is required."});
    std::uint64_t text_bytes = 0;
    for (const auto& fields : parser.attachments())
        text_bytes += fields.text_bytes;
    if (text_bytes > kMostTextBytes)
        errors.push_back({"INVALID_REQUEST_BODY",
                          "attachments: the texts of an attempt have at most 524288 bytes."});
    while (incoming.size() < parser.attachments().size())
        incoming.push_back(intake.incoming());
    Classifier classifier(errors, warnings);
    for (std::size_t i = 0; i < parser.attachments().size(); ++i)
        classifier.classify(i, parser.attachments()[i], incoming[i]);
    for (const auto& field : parser.unexpected_fields())
        warnings.push_back(
            {"FOUND_UNEXPECTED_FIELD", field + " is not a field of a submit; it is ignored."});
    return errors;
}

http::Response reply(Call& call, const std::expected<service::Accepted, domain::Refusals>& outcome,
                     const Uuid& class_id) {
    if (!outcome) return failure(call, fail(call.request, outcome.error()));
    if (outcome->repeated)
        call.warnings.push_back({"IDEMPOTENCY_KEY_REPEATED",
                                 "This key was used before: this is the answer of that time."});
    return success(call,
                   render(outcome->submission, call.request.base_url(), class_id, json_memory()));
}

}  // namespace

task<http::Response> Edlink::submit(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto key = replay_key_of(*call, "submit");
    if (!key) co_return failure(*call, key.error());
    auto admitted =
        co_await services_.intake.admit(call->actor, path->class_id, path->assignment_id, *key);
    if (!admitted) co_return failure(*call, fail(call->request, {admitted.error()}));
    if (*admitted) co_return reply(*call, std::move(**admitted), path->class_id);

    service::Handin handin{.origin = domain::Origin::edlink,
                           .class_id = path->class_id,
                           .assignment_id = path->assignment_id,
                           .attachments = {},
                           .received_at = {},
                           .replay_key = *key,
                           .request = facts_of(call->request)};
    auto& body = call->request.body();
    auto& seat = handin.seat.emplace(services_.intake.seat(
        call->actor, path->assignment_id, call->request.started_at, body.length()));
    SubmitBodyParser parser;
    try {
        co_await read_body(call->request, &services_.intake, &parser, &handin.attachments);
    } catch (const service::TryLater& why) {
        services_.intake.turned_away(seat, why);
        throw;
    }
    if (const auto& problem = parser.problem()) co_return failure(*call, body_failure(*problem));
    auto errors = classify(parser, handin.attachments, services_.intake, call->warnings);
    if (!errors.empty()) co_return failure(*call, {.status = 400, .errors = std::move(errors)});
    handin.received_at = body.received_at();

    const auto outcome = co_await services_.intake.submit(call->actor, std::move(handin));
    co_return reply(*call, outcome, path->class_id);
}

task<http::Response> Edlink::reclaim(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto key = replay_key_of(*call, "reclaim");
    if (!key) co_return failure(*call, key.error());
    const auto outcome =
        co_await services_.intake.reclaim(call->actor, {.origin = domain::Origin::edlink,
                                                        .class_id = path->class_id,
                                                        .assignment_id = path->assignment_id,
                                                        .received_at = call->request.started_at,
                                                        .replay_key = *key,
                                                        .request = facts_of(call->request)});
    co_return reply(*call, outcome, path->class_id);
}

}  // namespace handin::edlink

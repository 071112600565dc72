#include "domain/decide.hpp"

#include "domain/assignment_changes.hpp"
#include "domain/marking_rules.hpp"
#include "domain/note_rules.hpp"
#include "domain/submit_rules.hpp"
#include "domain/upload_rules.hpp"

namespace handin::domain {
namespace {

constexpr auto kAccessTokenLife = std::chrono::seconds(3600);  // edlink.md 1.1

std::expected<Accepted, Refusals> refresh(const State& state, const RefreshAccess& command,
                                          Time now) {
    const auto refused = [](Reason reason, std::string field, std::string detail) {
        return std::unexpected(Refusals{{reason, std::move(field), std::move(detail)}});
    };
    const auto& client = state.clients.at(command.client_id);
    if (!client || client->client_secret_hash != command.client_secret_hash)
        return refused(Reason::invalid_client, "client_id",
                       "There is no application with that client_id and client_secret.");
    if (!client->usable())
        return refused(Reason::integration_disabled, "client_id", "The integration is disabled.");
    const auto& token = state.tokens.at(command.refresh_hash);
    if (!token || token->kind != Token::Kind::refresh || token->expired(now) ||
        token->integration_id != client->id)
        return refused(Reason::invalid_token, "refresh_token",
                       "The refresh token is unknown, or was given to another application.");
    Accepted accepted;
    // The previous access tokens stay valid: SDK 2.x still uses the old one for the call that made
    // it refresh (edlink.md 7.3, 6).
    accepted.token = Token{.hash = command.access_hash,
                           .account_id = token->account_id,
                           .kind = Token::Kind::access,
                           .person_id = token->person_id,
                           .integration_id = token->integration_id,
                           .refresh_hash = token->hash,
                           .created_at = now,
                           .expires_at = now + kAccessTokenLife};
    accepted.changes.tokens.push_back(*accepted.token);
    return accepted;
}

std::expected<Accepted, Refusals> administer(const State& state, const Administer& command) {
    if (state.roster_generation != command.roster_generation)
        return std::unexpected(
            Refusals{{Reason::outdated, "", "The roster has changed meanwhile."}});
    Accepted accepted;
    accepted.changes = *command.changes;
    return accepted;
}

struct Decide {
    const State& state;
    Time now;

    std::expected<Accepted, Refusals> operator()(Submit& command) const {
        return decide_submit(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(Reclaim& command) const {
        return decide_reclaim(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(NoteAttempt& command) const {
        return decide_note(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(MarkSubmission& command) const {
        return decide_mark(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(MarkSubmissions& command) const {
        return decide_marks(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(CommentOnSubmission& command) const {
        return decide_comment(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(RefreshAccess& command) const {
        return refresh(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(CreateUpload& command) const {
        return decide_create(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(CreateUploads& command) const {
        return decide_create_all(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(GrowUpload& command) const {
        return decide_grow(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(DiscardUpload& command) const {
        return decide_discard(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(ExpireUploads& command) const {
        return decide_expire(state, command, now);
    }
    std::expected<Accepted, Refusals> operator()(Administer& command) const {
        return administer(state, command);
    }
    std::expected<Accepted, Refusals> operator()(ChangeAssignment& command) const {
        return decide_assignment(state, command, now);
    }
};

}  // namespace

std::expected<Accepted, Refusals> decide(const State& state, Command& command, Time now) {
    return std::visit(Decide{state, now}, command);
}

}  // namespace handin::domain

#include "service/password_sign_in.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "service/committer.hpp"
#include "service/password.hpp"

namespace handin::service {

struct PasswordSignIn::Attempt {
    std::string username, password, address;
    std::optional<domain::ApiUser> user;
    Key key;
};

namespace {

// Long enough that a busy program pays next to nothing, short enough that little is remembered.
constexpr std::chrono::minutes kRemembered{5};
constexpr std::size_t kMostRemembered = 1024;  // an installation has a handful of API users

// One core at a time looks at passwords, 25 ms each: the last of so many is answered in seconds.
constexpr std::size_t kMostWaiting = 256;

// One program with an old password must be told so, and a guesser must not get far: 32 random bytes
// are not guessed anyway, but passwords may be chosen. A user whose name is tried from everywhere
// is throttled as well; whose password is remembered goes on.
constexpr Throttle::Limit kOfBoth{.failures = 10, .window = std::chrono::seconds(60)};
constexpr Throttle::Limit kFromAddress{.failures = 50, .window = std::chrono::seconds(60)};
constexpr Throttle::Limit kOfUser{.failures = 200, .window = std::chrono::seconds(60)};

// More than any real one; what is longer is not worth a hash, nor a place in the throttles.
constexpr std::size_t kLongestPassword = 1024;
constexpr std::size_t kLongestName = 200;

std::optional<domain::ApiUser> find_user(store::Reader& reader, const std::string& username) {
    for (const auto& account : reader.administration().accounts())
        if (auto user = reader.administration().api_user_named(account.id, username)) return user;
    return std::nullopt;
}

struct Waiting {
    std::atomic<std::size_t>& count;
    ~Waiting() { --count; }
};

}  // namespace

PasswordSignIn::PasswordSignIn(store::Store& store, const Clock& clock)
    : store_(store),
      clock_(clock),
      nobodys_hash_(hash_password(random_token())),
      from_address_(kFromAddress),
      of_user_(kOfUser),
      of_both_(kOfBoth),
      verifier_(1) {
    fill_random(secret_);
}

// Anew from each use, so that whoever is at work cannot be locked out by others' wrong passwords.
bool PasswordSignIn::remembers(const Attempt& attempt) {
    if (!attempt.user) return false;
    const auto now = clock_.now();
    const std::lock_guard lock(mutex_);
    const auto found = right_.find(attempt.key);
    if (found == right_.end() || found->second.until <= now ||
        found->second.password_hash != attempt.user->password_hash)
        return false;
    found->second.until = now + kRemembered;
    return true;
}

void PasswordSignIn::remember(const Attempt& attempt) {
    const auto now = clock_.now();
    const std::lock_guard lock(mutex_);
    if (right_.size() >= kMostRemembered)
        std::erase_if(right_, [&](const auto& each) { return each.second.until <= now; });
    if (right_.size() >= kMostRemembered) right_.erase(right_.begin());
    right_.insert_or_assign(attempt.key, Right{attempt.user->password_hash, now + kRemembered});
}

std::chrono::seconds PasswordSignIn::wait_of(const Attempt& attempt) const {
    const auto now = clock_.now();
    std::chrono::seconds longest{0};
    for (const auto& wait :
         {of_both_.wait(attempt.address + ' ' + attempt.username, now),
          from_address_.wait(attempt.address, now), of_user_.wait(attempt.username, now)})
        longest = std::max(longest, wait.value_or(std::chrono::seconds(0)));
    return longest;
}

// Blocks. On the one thread for it, so that many requests which come at once with a password that
// nobody remembers yet cost one look, and wrong ones are counted before the next is looked at.
std::expected<void, WrongPassword> PasswordSignIn::verify(const Attempt& attempt) {
    if (remembers(attempt)) return {};
    if (const auto wait = wait_of(attempt); wait.count() > 0)
        return std::unexpected(WrongPassword{wait});
    ++verified_;
    const auto& hash = attempt.user ? attempt.user->password_hash : nobodys_hash_;
    if (is_password(hash, attempt.password) && attempt.user) {
        remember(attempt);
        of_both_.forget(attempt.address + ' ' + attempt.username);
        return {};
    }
    const auto now = clock_.now();
    of_both_.failed(attempt.address + ' ' + attempt.username, now);
    from_address_.failed(attempt.address, now);
    of_user_.failed(attempt.username, now);
    return std::unexpected(WrongPassword{});
}

task<std::expected<domain::Actor, WrongPassword>> PasswordSignIn::sign_in(std::string username,
                                                                          std::string password,
                                                                          std::string address) {
    if (username.size() > kLongestName || password.size() > kLongestPassword)
        co_return std::unexpected(WrongPassword{});
    Attempt attempt{.username = std::move(username),
                    .password = std::move(password),
                    .address = std::move(address),
                    .user = {},
                    .key = {}};
    const std::string_view secret(reinterpret_cast<const char*>(secret_.data()), secret_.size());
    const auto key = hmac_sha256(secret, attempt.username + '\0' + attempt.password);
    attempt.key.assign(reinterpret_cast<const char*>(key.data()), key.size());
    attempt.user = co_await store::read(
        &store_, [&](store::Reader& reader) { return find_user(reader, attempt.username); });
    if (!remembers(attempt)) {
        if (++waiting_ > kMostWaiting) {
            --waiting_;
            throw Overloaded("too many passwords wait to be looked at");
        }
        const Waiting waiting{waiting_};
        const auto verdict = co_await verifier_.run([&] { return verify(attempt); });
        if (!verdict) co_return std::unexpected(verdict.error());
    }
    co_return domain::Actor{.kind = domain::Token::Kind::application,
                            .account_id = attempt.user->account_id,
                            .person_id = std::nullopt,
                            .integration_id = std::nullopt,
                            .integration_number = std::nullopt,
                            .api_user_id = attempt.user->id,
                            .token_id = attempt.user->id};
}

}  // namespace handin::service

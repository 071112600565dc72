#include "base/aws_credentials.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/log.hpp"

namespace handin {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr auto spaces = " \t\r";
    const auto begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

std::string variable(const char* name) {
    const auto* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

AwsCredentials from_environment(const std::string& option) {
    AwsCredentials found{.access_key_id = variable("AWS_ACCESS_KEY_ID"),
                         .secret_access_key = variable("AWS_SECRET_ACCESS_KEY"),
                         .session_token = variable("AWS_SESSION_TOKEN")};
    if (found.access_key_id.empty() || found.secret_access_key.empty())
        throw std::runtime_error(
            "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or " +
            option + " FILE");
    return found;
}

AwsCredentials from_file(const std::filesystem::path& file, const std::string& option) {
    std::ifstream in(file);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        throw std::runtime_error(option + ": cannot read " + file.string());
    try {
        return parse_aws_credentials(text.str());
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(option + ": " + file.string() + ' ' + error.what());
    }
}

}  // namespace

AwsCredentials parse_aws_credentials(std::string_view text) {
    AwsCredentials found;
    bool ours = true;  // the profile "default", or before any
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (line.front() == '[') ours = line == "[default]";
        const auto equals = line.find('=');
        if (!ours || equals == std::string_view::npos) continue;
        const auto name = trimmed(line.substr(0, equals));
        const std::string value(trimmed(line.substr(equals + 1)));
        if (name == "aws_access_key_id") found.access_key_id = value;
        if (name == "aws_secret_access_key") found.secret_access_key = value;
        if (name == "aws_session_token") found.session_token = value;
    }
    if (found.access_key_id.empty() || found.secret_access_key.empty())
        throw std::runtime_error("names no aws_access_key_id or no aws_secret_access_key");
    return found;
}

AwsCredentialSource::AwsCredentialSource(std::filesystem::path file, std::string option)
    : file_(std::move(file)), option_(std::move(option)) {
    if (file_.empty()) {
        credentials_ = from_environment(option_);
        return;
    }
    credentials_ = from_file(file_, option_);
    read_at_ = std::filesystem::last_write_time(file_);
}

AwsCredentials AwsCredentialSource::now() {
    std::lock_guard lock(mutex_);
    std::error_code error;
    if (file_.empty()) return credentials_;
    const auto written = std::filesystem::last_write_time(file_, error);
    if (error || written == read_at_) return credentials_;
    read_at_ = written;
    try {
        credentials_ = from_file(file_, option_);
        log::info("credentials read again", {{"option", std::string_view(option_)}});
    } catch (const std::runtime_error& unusable) {
        log::error("credentials not usable; going on with those before",
                   {{"reason", unusable.what()}});
    }
    return credentials_;
}

}  // namespace handin

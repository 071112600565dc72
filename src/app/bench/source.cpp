#include "app/bench/source.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <stdexcept>

namespace handin::bench {
namespace {

constexpr std::size_t kBodies = 16;                    // so that no two in a row are the same
constexpr std::size_t kAllBodiesBytes = 64'000'000;    // fewer if they are large
constexpr std::size_t kUploadPiece = 256 * 1024;       // stays in the processor's cache
constexpr std::uint64_t kSeed = 20241107;              // every run sends the same bytes
constexpr std::string_view kAgent = "handin-bench/1";  // kept in every event

std::string numbers(std::size_t count, std::mt19937_64& random) {
    std::string text;
    text.reserve(count * 4);
    std::array<char, 4> digits{};
    for (std::size_t i = 0; i < count; ++i) {
        const auto end = std::to_chars(digits.begin(), digits.end(), random() & 255U).ptr;
        if (i > 0) text += ',';
        text.append(digits.begin(), end);
    }
    return text;
}

std::string submit_body(std::size_t file_bytes, std::mt19937_64& random) {
    return R"({"attachments":[{"type":"file","title":"essay.bin","size":)" +
           std::to_string(file_bytes) + R"(,"data":[)" + numbers(file_bytes, random) + "]}]}";
}

std::string common_headers(const Address& address) {
    return " HTTP/1.1\r\nHost: " + address.authority() + "\r\nUser-Agent: " + std::string(kAgent) +
           "\r\nAccept: */*\r\n";
}

}  // namespace

GetSource::GetSource(const Address& address, const GetOptions& options) {
    head_ = "GET " + address.prefix + options.path + common_headers(address);
    if (!options.token.empty()) head_ += "Authorization: Bearer " + options.token + "\r\n";
    head_ += "\r\n";
}

bool GetSource::next(Message& message) {
    message.head = head_;
    message.body_bytes = 0;
    return true;
}

SubmitSource::SubmitSource(const Address& address, Demo demo, const SubmitOptions& options)
    : path_(address.prefix + "/api/v2/my/classes/" + demo.class_id + "/assignments/" +
            demo.assignment_id + "/submit"),
      head_start_(common_headers(address) + "Authorization: Bearer "),
      tokens_(std::move(demo.student_tokens)),
      options_(options) {
    if (options_.first_student >= tokens_.size())
        throw std::runtime_error("the demo school has only " + std::to_string(tokens_.size()) +
                                 " students");
    limit_ = tokens_.size() - options_.first_student;
    if (options_.students > 0) limit_ = std::min(limit_, options_.students);

    std::mt19937_64 random(kSeed);
    do {
        auto text = submit_body(options_.file_bytes, random);
        bodies_.push_back({"\r\nContent-Type: application/json\r\nContent-Length: " +
                               std::to_string(text.size()) + "\r\n\r\n",
                           std::move(text)});
    } while (bodies_.size() < kBodies &&
             (bodies_.size() + 1) * bodies_.front().text.size() <= kAllBodiesBytes);
}

bool SubmitSource::next(Message& message) {
    const auto index = taken_.fetch_add(1, std::memory_order_relaxed);
    if (index >= limit_) return false;
    const auto& body = bodies_[index % bodies_.size()];
    message.head.assign("POST ").append(path_);
    if (options_.idempotency) message.head.append("?$idempotency=bench-" + std::to_string(index));
    message.head.append(head_start_)
        .append(tokens_[options_.first_student + index])
        .append(body.head_end);
    message.body = body.text;
    message.body_bytes = body.text.size();
    return true;
}

std::size_t SubmitSource::used() const {
    return std::min(taken_.load(std::memory_order_relaxed), limit_);
}

UploadSource::UploadSource(const Address& address, std::vector<std::string> tokens,
                           const UploadOptions& options)
    : start_(options.put_path.empty()
                 ? "POST " + address.prefix + "/api/handin/v1/uploads?filename=bench-"
                 : "PUT " + address.prefix + options.put_path + "bench-"),
      head_end_(common_headers(address) + "Content-Type: application/octet-stream\r\n" +
                "Content-Length: " + std::to_string(options.file_bytes) + "\r\n"),
      file_bytes_(options.file_bytes) {
    if (options.put_path.empty()) tokens_ = std::move(tokens);
    std::mt19937_64 random(kSeed);
    piece_.resize(std::min<std::uint64_t>(kUploadPiece, file_bytes_));
    for (auto& byte : piece_)
        byte = static_cast<char>(random() & 255U);
}

bool UploadSource::next(Message& message) {
    const auto index = taken_.fetch_add(1, std::memory_order_relaxed);
    message.head.assign(start_).append(std::to_string(index)).append(head_end_);
    if (!tokens_.empty())
        message.head.append("Authorization: Bearer ")
            .append(tokens_[index % tokens_.size()])
            .append("\r\n");
    message.head.append("\r\n");
    message.body = piece_;
    message.body_bytes = file_bytes_;
    return true;
}

}  // namespace handin::bench

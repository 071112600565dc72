// The requests to send, made beforehand as far as possible.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/bench/demo_file.hpp"
#include "app/bench/options.hpp"

namespace handin::bench {

class Source {
 public:
    struct Message {
        std::string head;              // reused from request to request
        std::string_view body;         // of the source, which lives longer
        std::uint64_t body_bytes = 0;  // to send: `body` again and again until they are reached
    };

    virtual ~Source() = default;

    // Writes the next request. False: there are no more. Called by every thread.
    virtual bool next(Message& message) = 0;
};

// The same GET again and again.
class GetSource final : public Source {
 public:
    GetSource(const Address& address, const GetOptions& options);
    bool next(Message& message) override;

 private:
    std::string head_;
};

// One file handed in by one student after the other, nobody twice: through Edlink a second time
// would need a reclaim in between, and would measure that too.
class SubmitSource final : public Source {
 public:
    SubmitSource(const Address& address, Demo demo, const SubmitOptions& options);
    bool next(Message& message) override;

    // How many students have handed in, or were about to.
    std::size_t used() const;
    std::size_t next_student() const { return options_.first_student + used(); }

 private:
    struct Body {
        std::string head_end;  // after the token
        std::string text;
    };

    std::string path_;
    std::string head_start_;  // after the path, before the token
    std::vector<std::string> tokens_;
    std::vector<Body> bodies_;
    SubmitOptions options_;
    std::size_t limit_;
    std::atomic<std::size_t> taken_ = 0;
};

// One large file after the other, all with the same bytes, each from another student until it is
// the first one's turn again; or to a WebDAV server.
class UploadSource final : public Source {
 public:
    // `tokens`: of the students; not looked at if options.put_path is set.
    UploadSource(const Address& address, std::vector<std::string> tokens,
                 const UploadOptions& options);
    bool next(Message& message) override;

 private:
    std::string start_;     // up to the number
    std::string head_end_;  // after the number, before the token
    std::vector<std::string> tokens_;
    std::string piece_;
    std::uint64_t file_bytes_;
    std::atomic<std::size_t> taken_ = 0;
};

}  // namespace handin::bench

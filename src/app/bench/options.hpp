// What is asked of the load driver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace handin::bench {

struct Load {
    unsigned clients = 1;  // connections, each with one request at a time
    unsigned threads = 1;  // the connections are shared out among them
    double seconds = 10;   // then no new request begins
    double rate = 0;       // > 0: requests arrive at this rate (Poisson), clients or no clients
    std::uint64_t requests = 0;  // > 0: so many, however long they take
    bool insecure = false;       // over https, take any certificate
};

struct SubmitOptions {
    std::size_t file_bytes = 6144;
    std::size_t first_student = 0;  // index in demo.json: those before have handed in
    std::size_t students = 0;       // how many of them; 0: all
    bool idempotency = false;       // add $idempotency
};

struct UploadOptions {
    std::uint64_t file_bytes = 100ULL * 1024 * 1024;
    std::string put_path;  // not empty: PUT below it, to a server that is not handin
};

struct GetOptions {
    std::string path;
    std::string token;
};

}  // namespace handin::bench

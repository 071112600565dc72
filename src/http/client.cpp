#include "http/client.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/encoding.hpp"
#include "http/client_transfer.hpp"

namespace handin::http {
namespace {

std::size_t take_body(char* data, std::size_t, std::size_t size, void* body) {
    static_cast<std::string*>(body)->append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* headers) {
    take_header_line({data, size}, *static_cast<ClientHeaders*>(headers));
    return size;
}

}  // namespace

std::string_view ClientResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (std::ranges::equal(key, name, {}, lower, lower)) return value;
    }
    return {};
}

ClientResponse fetch(const std::string& method, const std::string& url,
                     const ClientHeaders& headers, const std::string& body,
                     std::chrono::milliseconds timeout, const ClientTrust& trust) {
    set_up_curl();
    const CurlHandle handle(curl_easy_init(), curl_easy_cleanup);
    if (!handle) throw std::bad_alloc();
    auto* curl = handle.get();
    ClientResponse response;
    std::array<char, CURL_ERROR_SIZE> message{};
    const auto list = curl_headers(headers);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message.data());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    trust_as_told(curl, trust);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &response.headers);
    if (method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (!body.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
    }
    const auto code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        throw std::runtime_error(message[0] ? message.data() : curl_easy_strerror(code));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
}

}  // namespace handin::http

#include "app/bench/demo_file.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace handin::bench {

namespace json = boost::json;

Address Address::parse(const std::string& url) {
    const bool tls = url.starts_with("https://");
    if (!tls && !url.starts_with("http://"))
        throw std::runtime_error("neither http:// nor https://: " + url);
    const auto rest = url.substr(url.find("://") + 3);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    const bool has_port =
        colon != std::string::npos && authority.find(']', colon) == std::string::npos;
    Address address;
    address.tls = tls;
    address.host = authority.substr(0, has_port ? colon : std::string::npos);
    address.port = has_port ? authority.substr(colon + 1) : tls ? "443" : "80";
    address.prefix = rest.substr(slash);
    while (address.prefix.ends_with('/'))
        address.prefix.pop_back();
    if (address.host.empty()) throw std::runtime_error("no host in " + url);
    return address;
}

Demo Demo::read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    try {
        json::monotonic_resource memory;
        const auto value = json::parse(json::string_view(text.data(), text.size()), &memory);
        const auto& edlink = value.at("edlink").as_object();
        const auto string = [](const json::value& v) { return std::string(v.as_string()); };
        Demo demo{.base_url = string(value.at("base_url")),
                  .class_id = string(edlink.at("class_id")),
                  .assignment_id = string(edlink.at("assignment_id")),
                  .student_tokens = {}};
        for (const auto& student : edlink.at("students").as_array())
            demo.student_tokens.push_back(string(student.at("access_token")));
        return demo;
    } catch (const std::exception& error) {
        throw std::runtime_error(file + " is not a demo.json: " + error.what());
    }
}

}  // namespace handin::bench

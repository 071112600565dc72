// What /metrics shows. Wraps prometheus-cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handin {

class Metrics {
 public:
    Metrics();
    ~Metrics();

    // A request was answered. `route` is its pattern and must stay where it is (routers keep
    // theirs); it is the label, so paths with ids in them do not multiply series.
    void request(std::string_view route, std::string_view method, int status, double seconds,
                 std::uint64_t bytes_in, std::uint64_t bytes_out);

    // A batch of commands was committed.
    void batch(std::size_t commands, double seconds);

    // A file was scanned for viruses. `result` is one of few words.
    void scan(std::string_view result, double seconds);

    // An event was sent to a subscription, or not. `result` is one of few words.
    void delivery(std::string_view subscription, std::string_view result, double seconds);

    // A value for each of some things, asked for when somebody looks; those of things that are gone
    // are not shown.
    using Labelled = std::vector<std::pair<std::string, double>>;
    void gauges(const std::string& name, const std::string& help, const std::string& label,
                std::function<Labelled()> values);

    // A value that is asked for when somebody looks.
    void gauge(const std::string& name, const std::string& help, std::function<double()> value);

    // The Prometheus text format.
    std::string text() const;

 private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace handin

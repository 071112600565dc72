#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <tuple>
#include <vector>

namespace handin {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
const prometheus::Histogram::BucketBoundaries kBatch{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

struct Series {
    prometheus::Counter* requests = nullptr;
    prometheus::Histogram* seconds = nullptr;
};

}  // namespace

struct Metrics::Impl {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter()
            .Name("handin_http_requests_total")
            .Help("Requests answered, by route and status")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds =
        prometheus::BuildHistogram()
            .Name("handin_http_request_seconds")
            .Help("From the end of the head to the end of the reply")
            .Register(registry);
    prometheus::Counter& bytes_in = prometheus::BuildCounter()
                                        .Name("handin_http_received_bytes_total")
                                        .Help("Bytes received, heads included")
                                        .Register(registry)
                                        .Add({});
    prometheus::Counter& bytes_out = prometheus::BuildCounter()
                                         .Name("handin_http_sent_bytes_total")
                                         .Help("Bytes sent, heads included")
                                         .Register(registry)
                                         .Add({});
    prometheus::Histogram& batch_commands = prometheus::BuildHistogram()
                                                .Name("handin_commit_batch_commands")
                                                .Help("Commands that shared one commit")
                                                .Register(registry)
                                                .Add({}, kBatch);
    prometheus::Histogram& batch_seconds = prometheus::BuildHistogram()
                                               .Name("handin_commit_seconds")
                                               .Help("Load, decide and commit one batch")
                                               .Register(registry)
                                               .Add({}, kSeconds);
    prometheus::Family<prometheus::Counter>& scans =
        prometheus::BuildCounter()
            .Name("handin_scans_total")
            .Help("Files and texts scanned for viruses, by result")
            .Register(registry);
    prometheus::Histogram& scan_seconds = prometheus::BuildHistogram()
                                              .Name("handin_scan_seconds")
                                              .Help("A virus scan, with the wait for its turn")
                                              .Register(registry)
                                              .Add({}, kSeconds);
    prometheus::Family<prometheus::Counter>& deliveries =
        prometheus::BuildCounter()
            .Name("handin_deliveries_total")
            .Help("Tries to deliver an event, by subscription and result")
            .Register(registry);
    prometheus::Family<prometheus::Histogram>& delivery_seconds =
        prometheus::BuildHistogram()
            .Name("handin_delivery_seconds")
            .Help("A try to deliver an event, by subscription")
            .Register(registry);
    std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> gauges;

    struct LabelledGauges {
        prometheus::Family<prometheus::Gauge>* family;
        std::string label;
        std::function<Labelled()> values;
        std::vector<prometheus::Gauge*> shown;
    };
    std::mutex labelled_mutex;
    std::vector<LabelledGauges> labelled;

    void show_labelled() {
        std::lock_guard lock(labelled_mutex);
        for (auto& each : labelled) {
            for (auto* gauge : std::exchange(each.shown, {}))
                each.family->Remove(gauge);
            for (const auto& [of, value] : each.values()) {
                auto& gauge = each.family->Add({{each.label, of}});
                gauge.Set(value);
                each.shown.push_back(&gauge);
            }
        }
    }

    std::mutex mutex;
    // A route's pattern stays where it is, so its address names it.
    std::map<std::tuple<const char*, std::string_view, int>, Series> series;

    // Each thread remembers the series that it has used: no lock on the way of a request.
    Series find(std::string_view route, std::string_view method, int status) {
        thread_local std::map<std::tuple<const Impl*, const char*, std::string_view, int>, Series>
            known;
        auto& mine = known[{this, route.data(), method, status}];
        if (mine.requests == nullptr) mine = find_shared(route, method, status);
        return mine;
    }

    Series find_shared(std::string_view route, std::string_view method, int status) {
        std::lock_guard lock(mutex);
        const auto found = series.find({route.data(), method, status});
        if (found != series.end()) return found->second;
        auto& counter = requests.Add({{"route", std::string(route)},
                                      {"method", std::string(method)},
                                      {"status", std::to_string(status)}});
        auto& histogram = seconds.Add({{"route", std::string(route)}}, kSeconds);
        const Series made{&counter, &histogram};
        series.emplace(std::tuple(route.data(), known_method(method), status), made);
        return made;
    }

    // Keys outlive the request, so only literals are kept.
    static std::string_view known_method(std::string_view method) {
        for (std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
            if (method == known) return known;
        return "other";
    }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::request(std::string_view route, std::string_view method, int status, double seconds,
                      std::uint64_t bytes_in, std::uint64_t bytes_out) {
    const auto series = impl_->find(route, Impl::known_method(method), status);
    series.requests->Increment();
    series.seconds->Observe(seconds);
    impl_->bytes_in.Increment(static_cast<double>(bytes_in));
    impl_->bytes_out.Increment(static_cast<double>(bytes_out));
}

void Metrics::batch(std::size_t commands, double seconds) {
    impl_->batch_commands.Observe(static_cast<double>(commands));
    impl_->batch_seconds.Observe(seconds);
}

void Metrics::scan(std::string_view result, double seconds) {
    impl_->scans.Add({{"result", std::string(result)}}).Increment();
    impl_->scan_seconds.Observe(seconds);
}

void Metrics::delivery(std::string_view subscription, std::string_view result, double seconds) {
    const std::string of(subscription);
    impl_->deliveries.Add({{"subscription", of}, {"result", std::string(result)}}).Increment();
    impl_->delivery_seconds.Add({{"subscription", of}}, kSeconds).Observe(seconds);
}

void Metrics::gauges(const std::string& name, const std::string& help, const std::string& label,
                     std::function<Labelled()> values) {
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry);
    std::lock_guard lock(impl_->labelled_mutex);
    impl_->labelled.push_back({&family, label, std::move(values), {}});
}

void Metrics::gauge(const std::string& name, const std::string& help,
                    std::function<double()> value) {
    auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add({});
    impl_->gauges.emplace_back(&gauge, std::move(value));
}

std::string Metrics::text() const {
    impl_->show_labelled();
    for (const auto& [gauge, value] : impl_->gauges)
        gauge->Set(value());
    return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace handin

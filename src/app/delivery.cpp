#include "app/delivery.hpp"

#include <mutex>

#include "base/aws_credentials.hpp"
#include "events/form.hpp"
#include "events/sinks/https/https_sink.hpp"
#include "events/sinks/https/webhook_secret.hpp"
#include "events/sinks/kafka/kafka_sink.hpp"
#include "events/sinks/sqs/sqs_sink.hpp"

namespace handin::app {
namespace {

// Each subscription has a bound of its own, so that hosts need none.
constexpr std::size_t kConnections = 4096;

http::ClientLoopOptions loop_options(const Config& config) {
    return {.connections_per_host = kConnections,
            .trust = {.authorities = config.delivery_ca, .anybody = false},
            .guard = std::make_shared<const http::ClientGuard>(config.delivery_networks)};
}

std::string content_type(const store::Subscription& subscription) {
    const auto* form = events::find_form(subscription.form);
    return std::string(form && !subscription.sign ? form->content_type() : "application/json");
}

outbox::Transport https(const Config& config, http::ClientLoop& loop, const Clock& clock) {
    const std::chrono::seconds timeout(config.delivery_timeout);
    return {.trouble = events::trouble_with_url,
            .make =
                [&loop, &clock, timeout](const store::Subscription& subscription) {
                    return std::make_unique<events::HttpsSink>(
                        loop,
                        events::HttpsTarget{.url = subscription.target,
                                            .secret = subscription.secret,
                                            .content_type = content_type(subscription),
                                            .timeout = timeout,
                                            .as_edlink = subscription.form == "edlink"},
                        clock);
                },
            .new_secret = events::new_webhook_secret};
}

outbox::Transport sqs(const Config& config, http::ClientLoop& loop, const Clock& clock) {
    // Opened when somebody subscribes: most sites have no such credentials.
    auto source = std::make_shared<std::unique_ptr<AwsCredentialSource>>();
    auto mutex = std::make_shared<std::mutex>();
    events::SqsSettings settings;
    settings.endpoint = config.sqs_endpoint;
    settings.region = config.sqs_region;
    settings.timeout = std::chrono::seconds(config.delivery_timeout);
    settings.credentials = [source, mutex, file = config.sqs_credentials] {
        std::lock_guard lock(*mutex);
        if (!*source) *source = std::make_unique<AwsCredentialSource>(file, "--sqs-credentials");
        return (*source)->now();
    };
    return {
        .trouble = [settings](const std::string& url) { return trouble_with_queue(settings, url); },
        .make =
            [settings, &loop, &clock](const store::Subscription& subscription) {
                return std::make_unique<events::SqsSink>(loop, settings, subscription.target,
                                                         clock);
            },
        .new_secret = {},
        .signs = false};
}

outbox::Transport kafka(events::KafkaProducer& producer) {
    return {
        .trouble =
            [&producer](const std::string& topic) { return trouble_with_topic(producer, topic); },
        .make =
            [&producer](const store::Subscription& subscription) {
                return std::make_unique<events::KafkaSink>(producer, subscription.target,
                                                           content_type(subscription));
            },
        .new_secret = {},
        .signs = false};
}

outbox::Transports transports(const Config& config, http::ClientLoop& loop,
                              events::KafkaProducer& producer, const Clock& clock) {
    return {{"https", https(config, loop, clock)},
            {"sqs", sqs(config, loop, clock)},
            {"kafka", kafka(producer)}};
}

outbox::RelayOptions relay_options(const Config& config, outbox::News& news,
                                   std::function<bool()> busy) {
    outbox::RelayOptions options;
    options.news = &news;
    options.retry.tries = config.delivery_tries;
    options.retry.pause = std::chrono::seconds(config.delivery_pause);
    options.concurrency = config.delivery_concurrency;
    options.dead_age = std::chrono::days(config.delivery_dead_days);
    options.busy = std::move(busy);
    return options;
}

}  // namespace

Delivery::Delivery(const Config& config, const std::string& base_url, store::Store& store,
                   std::unique_ptr<store::Deliveries> deliveries, service::Access& access,
                   service::Administration& administration, Pool& pool, const Clock& clock,
                   Metrics& metrics, outbox::News& news, std::function<bool()> busy)
    : deliveries_(std::move(deliveries)),
      loop_(loop_options(config)),
      producer_({.brokers = config.kafka_brokers,
                 .properties = config.kafka_properties,
                 .timeout = std::chrono::seconds(config.delivery_timeout)}),
      transports_(transports(config, loop_, producer_, clock)),
      keys_(*deliveries_, clock),
      wording_{keys_, config.event_issuer.empty() ? base_url : config.event_issuer},
      relay_(
          store, *deliveries_, keys_, wording_,
          [this](const store::Subscription& subscription) {
              return transports_.at(subscription.transport).make(subscription);
          },
          clock, relay_options(config, news, std::move(busy)),
          [&metrics](const outbox::DeliverySeen& seen) {
              metrics.delivery(seen.subscription, seen.result, seen.seconds);
          }),
      subscriptions_(store, *deliveries_, wording_, transports_, pool, clock,
                     [this] { relay_.refresh(); }),
      routes_(access, administration, subscriptions_, pool),
      lti_routes_(access, administration, subscriptions_, pool) {
    add_gauges(metrics);
}

void Delivery::stop() {
    relay_.begin_stop();
    loop_.stop();
    producer_.stop();
    relay_.stop();
}

void Delivery::add_gauges(Metrics& metrics) {
    const auto each = [this](auto value) {
        return [this, value] {
            Metrics::Labelled values;
            for (const auto& seen : relay_.seen())
                values.emplace_back(seen.subscription, value(seen));
            return values;
        };
    };
    using Seen = outbox::ChannelSeen;
    metrics.gauges("handin_delivery_backlog", "Events that a subscription is still to be told",
                   "subscription",
                   each([](const Seen& seen) { return static_cast<double>(seen.backlog); }));
    metrics.gauges("handin_delivery_oldest_seconds", "Age of the oldest of them", "subscription",
                   each([](const Seen& seen) { return seen.oldest_seconds; }));
    metrics.gauge("handin_kafka_outstanding",
                  "Messages to Kafka that wait in memory or for their acknowledgement",
                  [this] { return static_cast<double>(producer_.outstanding()); });
    metrics.gauges("handin_delivery_outstanding",
                   "Of these, on their way, waiting for another try or behind one that does",
                   "subscription",
                   each([](const Seen& seen) { return static_cast<double>(seen.outstanding); }));
}

}  // namespace handin::app

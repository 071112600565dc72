// The one idempotent producer of a process (librdkafka), which all Kafka subscriptions share.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/task.hpp"
#include "events/sink.hpp"

namespace handin::events {

// Whom to ask and how. Not from a subscription: credentials are shown to these brokers only.
struct KafkaSettings {
    std::string brokers;     // "host:port,host:port"; empty: there is no Kafka
    std::string properties;  // file of librdkafka's own settings, "name=value" a line; or empty
    std::chrono::milliseconds timeout = std::chrono::seconds(15);
};

class KafkaProducer {
 public:
    // Connects when it is first used. Throws std::runtime_error with a sentence for the operator.
    explicit KafkaProducer(KafkaSettings settings);
    ~KafkaProducer();  // stop()

    bool configured() const { return !settings_.brokers.empty(); }
    // Delivered is what all in-sync replicas have. At most so many wait, others are refused
    // (retry).
    task<Outcome> send(std::string topic, std::string content_type, Message message);
    // Ends what is under way as failed, and what comes later. Blocks.
    void stop();
    // Messages that wait or are on their way.
    std::size_t outstanding() const;

 private:
    class Instance;
    std::shared_ptr<Instance> instance();

    KafkaSettings settings_;
    std::map<std::string, std::string> properties_;
    mutable std::mutex mutex_;
    std::shared_ptr<Instance> instance_;  // null: not used yet, or it has failed for good
    bool stopped_ = false;
};

}  // namespace handin::events

// Messages into a topic of Kafka, keyed by submission, so that their order holds there, too.
#pragma once

#include <string>

#include "events/sink.hpp"
#include "events/sinks/kafka/producer.hpp"

namespace handin::events {

// Why it is no topic to deliver to; empty if it is one.
std::string trouble_with_topic(const KafkaProducer& producer, const std::string& topic);

class KafkaSink final : public Sink {
 public:
    // The producer outlives it.
    KafkaSink(KafkaProducer& producer, std::string topic, std::string content_type)
        : producer_(producer), topic_(std::move(topic)), content_type_(std::move(content_type)) {}

    task<Outcome> deliver(Message message) override;
    // They go in batches: a few at a time would wait for each other.
    std::size_t concurrency(std::size_t usual) const override;

 private:
    KafkaProducer& producer_;
    std::string topic_, content_type_;
};

}  // namespace handin::events

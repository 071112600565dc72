#include "events/sinks/kafka/kafka_sink.hpp"

#include <algorithm>

namespace handin::events {
namespace {

constexpr std::size_t kTopicBytes = 249;  // Kafka's own bound
constexpr std::size_t kUnderWay = 1'000;  // of one subscription; a hundred fill the queue

bool is_topic_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

}  // namespace

std::string trouble_with_topic(const KafkaProducer& producer, const std::string& topic) {
    if (!producer.configured()) return "there is no Kafka here: --kafka-brokers names it";
    const bool fits = !topic.empty() && topic.size() <= kTopicBytes && topic != "." &&
                      topic != ".." && std::ranges::all_of(topic, is_topic_character);
    return fits ? "" : "expected a topic: 1 to 249 of a-z A-Z 0-9 . _ -";
}

task<Outcome> KafkaSink::deliver(Message message) {
    return producer_.send(topic_, content_type_, std::move(message));
}

std::size_t KafkaSink::concurrency(std::size_t usual) const {
    return std::max(usual, kUnderWay);
}

}  // namespace handin::events

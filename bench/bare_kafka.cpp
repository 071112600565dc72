// What librdkafka does alone: bench_bare_kafka BROKERS TOPIC MESSAGES BYTES sends so many messages
// of that size, each with a key of its own, with an idempotent producer, and prints how many a
// second were acknowledged.
#include <librdkafka/rdkafka.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace {

std::size_t acknowledged = 0;

void on_report(rd_kafka_t* /*kafka*/, const rd_kafka_message_t* message, void* /*opaque*/) {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        throw std::runtime_error(rd_kafka_err2str(message->err));
    ++acknowledged;
}

void set(rd_kafka_conf_t* config, const char* name, const char* value) {
    char error[512];
    if (rd_kafka_conf_set(config, name, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        throw std::runtime_error(error);
}

double run(const char* brokers, const char* topic, std::size_t messages, std::size_t bytes) {
    auto* config = rd_kafka_conf_new();
    set(config, "bootstrap.servers", brokers);
    set(config, "enable.idempotence", "true");
    set(config, "queue.buffering.max.messages", "20000");
    rd_kafka_conf_set_dr_msg_cb(config, on_report);
    char error[512];
    auto* kafka = rd_kafka_new(RD_KAFKA_PRODUCER, config, error, sizeof error);
    if (kafka == nullptr) throw std::runtime_error(error);
    const std::string body(bytes, 'x');
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t sent = 0; sent < messages;) {
        const auto key = std::to_string(sent) + "-00000000-0000-0000-0000-000000";
        const auto failed = rd_kafka_producev(
            kafka, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key.data(), key.size()),
            RD_KAFKA_V_VALUE(const_cast<char*>(body.data()), body.size()),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (failed == RD_KAFKA_RESP_ERR_NO_ERROR)
            ++sent;
        else if (failed != RD_KAFKA_RESP_ERR__QUEUE_FULL)
            throw std::runtime_error(rd_kafka_err2str(failed));
        rd_kafka_poll(kafka, failed == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : 10);
    }
    while (acknowledged < messages)
        rd_kafka_poll(kafka, 100);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    rd_kafka_destroy(kafka);
    return static_cast<double>(messages) / seconds.count();
}

}  // namespace

int main(int count, char** arguments) try {
    if (count != 5) throw std::runtime_error("BROKERS TOPIC MESSAGES BYTES");
    const auto rate = run(arguments[1], arguments[2], std::strtoull(arguments[3], nullptr, 10),
                          std::strtoull(arguments[4], nullptr, 10));
    std::printf("{\"per_second\":%.0f}\n", rate);
} catch (const std::exception& error) {
    std::fprintf(stderr, "bare_kafka: %s\n", error.what());
    return 1;
}

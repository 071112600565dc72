#include "events/sinks/kafka/producer.hpp"

#include <librdkafka/rdkafka.h>
#include <pthread.h>

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"

namespace handin::events {
namespace {

using Config = std::unique_ptr<rd_kafka_conf_t,
                               decltype([](rd_kafka_conf_t* c) { rd_kafka_conf_destroy(c); })>;

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr auto kGoodbye = std::chrono::seconds(5);
constexpr std::size_t kErrorBytes = 512;

// What is not left to the file: an acknowledged message is on all replicas, once, in order; and
// what waits in memory is bounded.
const std::map<std::string, std::string> kOurs{{"enable.idempotence", "true"},
                                               {"acks", "all"},
                                               {"queue.buffering.max.messages", "20000"},
                                               {"queue.buffering.max.kbytes", "65536"}};

std::map<std::string, std::string> read_properties(const std::string& file) {
    std::map<std::string, std::string> found;
    if (file.empty()) return found;
    std::ifstream in(file);
    if (!in) throw std::runtime_error("--kafka-properties: cannot read " + file);
    for (std::string line; std::getline(in, line);) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || line.front() == '#') continue;
        const auto equals = line.find('=');
        if (equals == std::string::npos)
            throw std::runtime_error("--kafka-properties: expected name=value in " + file);
        found[line.substr(0, equals)] = line.substr(equals + 1);
    }
    return found;
}

// Somebody who waits for a message to be acknowledged, in a coroutine's frame.
struct Pending {
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    std::move_only_function<void()> resume;

    void finish(rd_kafka_resp_err_t what) {
        error = what;
        auto go_on = std::move(resume);  // after which this may be gone
        go_on();
    }
};

void on_report(rd_kafka_t* /*kafka*/, const rd_kafka_message_t* message, void* /*opaque*/) {
    static_cast<Pending*>(message->_private)->finish(message->err);
}

void on_log(const rd_kafka_t* /*kafka*/, int level, const char* /*facility*/, const char* text) {
    constexpr int warning = 4;  // syslog(3)
    if (level <= warning) log::warn("Kafka", {{"reason", std::string_view(text)}});
}

Outcome outcome_of(rd_kafka_resp_err_t error) {
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return {.kind = Outcome::Kind::retry,
            .after = {},
            .reason = rd_kafka_err2str(error),
            .status = 0,
            .timed_out = error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT};
}

Config config_of(const KafkaSettings& settings,
                 const std::map<std::string, std::string>& properties) {
    Config config(rd_kafka_conf_new());
    auto all = properties;
    all["bootstrap.servers"] = settings.brokers;
    all["message.timeout.ms"] = std::to_string(settings.timeout.count());
    for (const auto& [name, value] : kOurs)
        all[name] = value;
    std::array<char, kErrorBytes> error{};
    for (const auto& [name, value] : all)
        if (rd_kafka_conf_set(config.get(), name.c_str(), value.c_str(), error.data(),
                              error.size()) != RD_KAFKA_CONF_OK)
            throw std::runtime_error(std::string("Kafka: ") + error.data());
    rd_kafka_conf_set_dr_msg_cb(config.get(), on_report);
    rd_kafka_conf_set_log_cb(config.get(), on_log);
    return config;
}

}  // namespace

// librdkafka's own threads, and one that is told what has become of messages.
class KafkaProducer::Instance {
 public:
    explicit Instance(Config config) {
        std::array<char, kErrorBytes> error{};
        kafka_ = rd_kafka_new(RD_KAFKA_PRODUCER, config.get(), error.data(), error.size());
        if (kafka_ == nullptr) throw std::runtime_error(std::string("Kafka: ") + error.data());
        static_cast<void>(config.release());  // it is the producer's now
        thread_ = std::thread([this] {
            while (!stopping_)
                rd_kafka_poll(kafka_, static_cast<int>(kPoll.count()));
        });
        pthread_setname_np(thread_.native_handle(), "kafka");
    }
    ~Instance() {
        rd_kafka_purge(kafka_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        stopping_ = true;
        thread_.join();
        constexpr auto patience = std::chrono::milliseconds(kGoodbye).count();
        rd_kafka_flush(kafka_, static_cast<int>(patience));  // reports what was purged
        rd_kafka_destroy(kafka_);
    }
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    // Later `pending` is told; unless this gives an error.
    rd_kafka_resp_err_t produce(const std::string& topic, const std::string& content_type,
                                const Message& message, Pending* pending) {
        const auto key = message.order_by.str();
        const auto id = message.id.str();
        // NOLINTBEGIN: the library's own way to name arguments
        return rd_kafka_producev(
            kafka_, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
            RD_KAFKA_V_VALUE(const_cast<char*>(message.body.data()), message.body.size()),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_HEADER("webhook-id", id.data(), static_cast<ssize_t>(id.size())),
            RD_KAFKA_V_HEADER("content-type", content_type.data(),
                              static_cast<ssize_t>(content_type.size())),
            RD_KAFKA_V_OPAQUE(pending), RD_KAFKA_V_END);
        // NOLINTEND
    }
    // It takes nothing any more: its order could not be kept.
    bool broken() const {
        return rd_kafka_fatal_error(kafka_, nullptr, 0) != RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    std::size_t outstanding() const { return static_cast<std::size_t>(rd_kafka_outq_len(kafka_)); }

 private:
    rd_kafka_t* kafka_ = nullptr;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

KafkaProducer::KafkaProducer(KafkaSettings settings)
    : settings_(std::move(settings)), properties_(read_properties(settings_.properties)) {
    if (configured()) config_of(settings_, properties_);  // so that mistakes are told at once
}

KafkaProducer::~KafkaProducer() {
    stop();
}

void KafkaProducer::stop() {
    std::shared_ptr<Instance> last;
    std::lock_guard lock(mutex_);
    stopped_ = true;
    last.swap(instance_);
}

std::size_t KafkaProducer::outstanding() const {
    std::lock_guard lock(mutex_);
    return instance_ ? instance_->outstanding() : 0;
}

std::shared_ptr<KafkaProducer::Instance> KafkaProducer::instance() {
    std::lock_guard lock(mutex_);
    if (stopped_) return nullptr;
    if (instance_ && instance_->broken()) {
        log::error("Kafka's producer has failed for good; beginning with a new one");
        instance_.reset();
    }
    if (!instance_) instance_ = std::make_shared<Instance>(config_of(settings_, properties_));
    return instance_;
}

task<Outcome> KafkaProducer::send(std::string topic, std::string content_type, Message message) {
    auto home = co_await asio::this_coro::executor;
    Pending pending;
    std::string trouble;
    auto start = [&, home](auto resume) {
        pending.resume = [home, resume = std::move(resume)]() mutable {
            asio::post(home, std::move(resume));
        };
        auto error = RD_KAFKA_RESP_ERR__DESTROY;
        try {
            if (!configured()) trouble = "there is no Kafka here any more: --kafka-brokers";
            if (const auto producer = configured() ? instance() : nullptr)
                error = producer->produce(topic, content_type, message, &pending);
        } catch (const std::exception& failure) {
            trouble = failure.what();
        }
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) pending.finish(error);
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
    auto outcome = outcome_of(pending.error);
    if (!trouble.empty()) outcome.reason = std::move(trouble);
    co_return outcome;
}

}  // namespace handin::events

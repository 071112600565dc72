#include "blob/s3/background.hpp"

#include <pthread.h>

namespace handin::blob::s3 {

Background::Background() : thread_([this] { io_.run(); }) {
    pthread_setname_np(thread_.native_handle(), "s3");
}

Background::~Background() {
    guard_.reset();
    io_.stop();
    thread_.join();
}

void Background::start(task<void> work) {
    {
        std::lock_guard lock(mutex_);
        ++running_;
    }
    asio::co_spawn(io_, std::move(work), [this](const std::exception_ptr& error) {
        {
            std::lock_guard lock(mutex_);
            if (--running_ == 0) idle_.notify_all();
        }
        if (error) std::rethrow_exception(error);
    });
}

bool Background::drain(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return idle_.wait_for(lock, patience, [this] { return running_ == 0; });
}

}  // namespace handin::blob::s3

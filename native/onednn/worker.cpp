#include "worker.h"

#include <utility>

namespace cnnviz {

worker::worker() : thread_([this] { serve(); }) {}

worker::~worker() {
    {
        const std::lock_guard lock(gate_);
        ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void worker::hand_over(function job, const void* context) {
    std::unique_lock lock(gate_);
    job_ = job;
    context_ = context;
    changed_.notify_all();
    changed_.wait(lock, [this] { return job_ == nullptr; });
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void worker::serve() {
    std::unique_lock lock(gate_);
    while (true) {
        changed_.wait(lock, [this] { return job_ != nullptr || ended_; });
        if (!job_) return;
        lock.unlock();
        std::exception_ptr error;
        try {
            job_(context_);
        } catch (...) {
            error = std::current_exception();
        }
        lock.lock();
        error_ = error;
        job_ = nullptr;
        changed_.notify_all();
    }
}

}  // namespace cnnviz

// A thread that runs one call at a time for whoever asks, and waits in between.
#pragma once
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace cnnviz {

class worker {
public:
    worker();
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    // Runs body on the thread and waits for it; what it throws is thrown here. Allocates nothing.
    template <class Body>
    void run(const Body& body) {
        hand_over([](const void* context) { (*static_cast<const Body*>(context))(); }, &body);
    }

private:
    using function = void (*)(const void*);
    void hand_over(function, const void* context);
    void serve();

    std::mutex gate_;
    std::condition_variable changed_;
    function job_ = nullptr;
    const void* context_ = nullptr;
    std::exception_ptr error_;
    bool ended_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace cnnviz

// Steps over one arena, and the lanes that run them.
#pragma once
#include <memory>
#include <vector>

#include "cache.h"
#include "step.h"
#include "worker.h"

namespace cnnviz {

struct program {
    std::weak_ptr<weight_cache> cache;
    int threads;
    std::vector<std::shared_ptr<const step>> steps;

    int32_t add(step&&);
};

class lane {
public:
    lane(const program&, int64_t arena_bytes);
    ~lane();
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    uint8_t* arena() const { return memory_; }
    int64_t bytes() const { return static_cast<int64_t>(bytes_); }
    void run(int first, int count);
    void profile(int first, int count, int64_t* nanoseconds);
    void to_planar(int c, int h, int w, int64_t buffer, float* planar) const;

private:
    struct call;  // a part with its pointers
    void bind(const step&, uint8_t* scratch);
    void run_step(size_t index);
    void run_steps(int first, int count, int64_t* nanoseconds);  // times them unless null
    void check(int first, int count) const;

    int threads_;
    // A thread that has used matrix tiles gets signal frames of 11 KiB from then on, more than the alternate stacks that .NET
    // gives its threads can bear: the next null reference caught there would end the process. So tiles are used on a thread of
    // our own.
    std::unique_ptr<worker> worker_;
    uint8_t* memory_ = nullptr;
    size_t bytes_ = 0;
    dnnl::stream stream_;
    std::vector<std::shared_ptr<const step>> steps_;  // keeps what the calls point to
    std::vector<call> calls_;
    std::vector<size_t> first_call_;  // of each step, and one past the last
};

}  // namespace cnnviz

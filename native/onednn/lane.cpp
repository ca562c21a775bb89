#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "processor.h"
#include "program.h"
#include "threads.h"

namespace cnnviz {
namespace {

constexpr int64_t huge_page = int64_t{2} << 20;

uint8_t* pointer(place at, uint8_t* arena, uint8_t* scratch) {
    switch (at.where) {
    case place::kind::arena: return arena + at.offset;
    case place::kind::temporary: return scratch + at.offset;
    default: return nullptr;
    }
}

void require(dnnl_status_t status, const char* what) {
    if (status != dnnl_success) throw dnnl::error(status, what);
}

}  // namespace

struct lane::call {
    const_dnnl_primitive_t primitive = nullptr;  // or a kernel
    std::vector<dnnl_exec_arg_t> arguments;
    std::vector<dnnl::memory> memories;  // what the arguments point to
    kernel run = nullptr;
    kernel_arguments operands{};
};

lane::lane(const program& program, int64_t arena_bytes) : threads_(program.threads), stream_(cpu()), steps_(program.steps) {
    int64_t arena = 0, scratch = 0;
    for (const auto& s : steps_) {
        arena = std::max(arena, s->arena);
        scratch = std::max(scratch, s->scratch());
    }
    if (arena_bytes < arena)
        throw std::invalid_argument("the steps need an arena of " + std::to_string(arena) + " bytes, not " +
                                    std::to_string(arena_bytes));
    // The scratchpad lies behind the arena; large lanes ask for huge pages, which spare the processor most address look-ups.
    const int64_t wanted = aligned(arena_bytes) + scratch;
    bytes_ = static_cast<size_t>(std::max<int64_t>(64, wanted));
    void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<uint8_t*>(memory);
    if (wanted >= huge_page) madvise(memory_, bytes_, MADV_HUGEPAGE);
    try {
        for (const auto& s : steps_) bind(*s, memory_ + aligned(arena_bytes));
        first_call_.push_back(calls_.size());
        if (std::any_of(steps_.begin(), steps_.end(), [](const auto& s) { return s->tiles; }))
            worker_ = std::make_unique<worker>();
    } catch (...) {
        munmap(memory_, bytes_);
        throw;
    }
}

lane::~lane() { munmap(memory_, bytes_); }

void lane::bind(const step& s, uint8_t* scratch) {
    first_call_.push_back(calls_.size());
    uint8_t* const scratchpad = scratch + aligned(s.temporary);
    for (const auto& part : s.parts) {
        call& c = calls_.emplace_back();
        if (const auto* k = std::get_if<kernel_part>(&part)) {
            c.run = k->run;
            c.operands = k->arguments;
            c.operands.a = pointer(k->a, memory_, scratch);
            c.operands.b = pointer(k->b, memory_, scratch);
            c.operands.dst = pointer(k->dst, memory_, scratch);
            c.operands.scratch = scratchpad;
            continue;
        }
        const auto& p = std::get<primitive_part>(part);
        c.primitive = p.primitive.get();
        const auto attach = [&](int argument, const dnnl::memory& memory) {
            c.memories.push_back(memory);
            c.arguments.push_back({argument, memory.get()});
        };
        for (const auto& b : p.buffers) attach(b.argument, dnnl::memory(b.desc, cpu(), pointer(b.at, memory_, scratch)));
        for (const auto& b : p.constants) attach(b.argument, *b.memory);
        attach(DNNL_ARG_SCRATCHPAD, dnnl::memory(p.scratchpad, cpu(), scratchpad));
    }
}

void lane::check(int first, int count) const {
    if (first < 0 || count < 0 || static_cast<size_t>(first) + static_cast<size_t>(count) > steps_.size())
        throw std::out_of_range("steps " + std::to_string(first) + " to " + std::to_string(first + count) + " of " +
                                std::to_string(steps_.size()));
}

void lane::run_step(size_t index) {
    for (size_t i = first_call_[index]; i < first_call_[index + 1]; i++) {
        const call& c = calls_[i];
        if (c.run) c.run(c.operands);
        else
            require(dnnl_primitive_execute(c.primitive, stream_.get(), static_cast<int>(c.arguments.size()), c.arguments.data()),
                    "a oneDNN primitive failed");
    }
}

void lane::run_steps(int first, int count, int64_t* nanoseconds) {
    const thread_count threads(threads_);
    const flushed_denormals flushed(threads_);
    using clock = std::chrono::steady_clock;
    for (int i = 0; i < count; i++) {
        const auto start = nanoseconds ? clock::now() : clock::time_point{};
        run_step(static_cast<size_t>(first + i));
        if (nanoseconds) nanoseconds[i] = std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - start).count();
    }
}

void lane::run(int first, int count) { profile(first, count, nullptr); }

void lane::to_planar(int c, int h, int w, int64_t buffer, float* planar) const {
    if (c <= 0 || h <= 0 || w <= 0 || buffer < 0 ||
        buffer + blocked_bytes(c, h, w, CNNVIZ_F32) > static_cast<int64_t>(bytes_))
        throw std::out_of_range("the map does not lie in the arena");
    const kernel run = processor::get().find(CNNVIZ_OP_TO_PLANAR, CNNVIZ_F32, CNNVIZ_F32, CNNVIZ_F32);
    const thread_count threads(threads_);
    run({c, h, w, 0, 0, 0, 0.0f, 0.0f, {}, memory_ + buffer, nullptr, planar, nullptr, nullptr, nullptr, threads_});
}

void lane::profile(int first, int count, int64_t* nanoseconds) {
    check(first, count);
    if (worker_) worker_->run([&] { run_steps(first, count, nanoseconds); });
    else run_steps(first, count, nanoseconds);
}

}  // namespace cnnviz

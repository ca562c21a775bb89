// The C interface: handles, exceptions turned into messages, steps appended.
#include <exception>
#include <stdexcept>
#include <string>

#include "cnnviz_onednn.h"
#include "conv.h"
#include "processor.h"
#include "program.h"

struct cnnviz_cache {
    std::shared_ptr<cnnviz::weight_cache> weights = std::make_shared<cnnviz::weight_cache>();
};

struct cnnviz_program {
    cnnviz::program value;
};

struct cnnviz_lane {
    cnnviz::lane value;
};

namespace {

thread_local std::string last_error;

// What body returns, or failed with the exception's message kept for the calling thread.
template <class Result, class Body>
Result guarded(Result failed, Body body) {
    try {
        return body();
    } catch (const dnnl::error& e) {
        last_error = std::string("oneDNN: ") + e.what();
    } catch (const std::bad_alloc&) {
        last_error = "out of memory";
    } catch (const std::exception& e) {
        last_error = e.what();
    }
    return failed;
}

template <class Handle>
Handle* present(Handle* handle) {
    if (!handle) throw std::invalid_argument("a handle is null");
    return handle;
}

int32_t add_convolution(cnnviz_program* p, const cnnviz_conv* conv, const char* key, cnnviz_fill fill, void* context,
                        const float* bias, bool backward) {
    return guarded<int32_t>(-1, [&] {
        cnnviz::program& program = present(p)->value;
        if (!conv || !key || !fill) throw std::invalid_argument("a convolution needs a description, a key and its weights");
        const auto cache = program.cache.lock();
        if (!cache) throw std::logic_error("the cache of the program was freed");
        const cnnviz::convolution_weights weights{cache, key, fill, context, bias};
        return program.add(backward ? cnnviz::convolution_backward_step(*conv, weights, program.threads)
                                    : cnnviz::convolution_step(*conv, weights, program.threads));
    });
}

}  // namespace

int32_t cnnviz::program::add(step&& s) {
    steps.push_back(std::make_shared<const step>(std::move(s)));
    return static_cast<int32_t>(steps.size()) - 1;
}

extern "C" {

const char* cnnviz_error(void) { return last_error.c_str(); }

const char* cnnviz_version(void) {
    return guarded<const char*>("", [] {
        static const std::string text = [] {
            const dnnl_version_t* v = dnnl_version();
            return std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch);
        }();
        return text.c_str();
    });
}

const char* cnnviz_isa(void) {
    return guarded<const char*>(nullptr, [] { return cnnviz::processor::get().isa; });
}

int32_t cnnviz_block(void) {
    return guarded<int32_t>(-1, [] { return cnnviz::processor::get().block; });
}

int32_t cnnviz_bf16(void) {
    return guarded<int32_t>(-1, [] { return cnnviz::processor::get().bf16 ? 1 : 0; });
}

cnnviz_cache* cnnviz_cache_create(void) {
    return guarded<cnnviz_cache*>(nullptr, [] {
        cnnviz::processor::get();
        return new cnnviz_cache;
    });
}

void cnnviz_cache_free(cnnviz_cache* cache) { delete cache; }

int64_t cnnviz_cache_bytes(cnnviz_cache* cache) {
    return guarded<int64_t>(-1, [&] { return present(cache)->weights->bytes(); });
}

cnnviz_program* cnnviz_program_create(cnnviz_cache* cache, int32_t threads) {
    return guarded<cnnviz_program*>(nullptr, [&] {
        if (threads < 1) throw std::invalid_argument("a program needs at least one thread");
        return new cnnviz_program{{present(cache)->weights, threads, {}}};
    });
}

void cnnviz_program_free(cnnviz_program* program) { delete program; }

int32_t cnnviz_add_conv(cnnviz_program* program, const cnnviz_conv* conv, const char* key, cnnviz_fill fill, void* context,
                        const float* bias) {
    return add_convolution(program, conv, key, fill, context, bias, false);
}

int32_t cnnviz_add_conv_backward(cnnviz_program* program, const cnnviz_conv* conv, const char* key, cnnviz_fill fill,
                                 void* context) {
    return add_convolution(program, conv, key, fill, context, nullptr, true);
}

int32_t cnnviz_add_op(cnnviz_program* p, const cnnviz_op* op) {
    return guarded<int32_t>(-1, [&] {
        cnnviz::program& program = present(p)->value;
        return program.add(cnnviz::operation_step(*present(op), program.threads));
    });
}

int32_t cnnviz_steps(cnnviz_program* program) {
    return guarded<int32_t>(-1, [&] { return static_cast<int32_t>(present(program)->value.steps.size()); });
}

const char* cnnviz_step_name(cnnviz_program* program, int32_t step) {
    return guarded<const char*>(nullptr,
                                [&] { return present(program)->value.steps.at(static_cast<size_t>(step))->name.c_str(); });
}

double cnnviz_step_flops(cnnviz_program* program, int32_t step) {
    return guarded<double>(-1, [&] { return present(program)->value.steps.at(static_cast<size_t>(step))->flops; });
}

cnnviz_lane* cnnviz_lane_create(cnnviz_program* program, int64_t arena_bytes) {
    return guarded<cnnviz_lane*>(nullptr, [&] { return new cnnviz_lane{{present(program)->value, arena_bytes}}; });
}

void cnnviz_lane_free(cnnviz_lane* lane) { delete lane; }

uint8_t* cnnviz_lane_arena(cnnviz_lane* lane) {
    return guarded<uint8_t*>(nullptr, [&] { return present(lane)->value.arena(); });
}

int64_t cnnviz_lane_bytes(cnnviz_lane* lane) {
    return guarded<int64_t>(-1, [&] { return present(lane)->value.bytes(); });
}

int32_t cnnviz_lane_run(cnnviz_lane* lane, int32_t first, int32_t count) {
    return guarded<int32_t>(-1, [&] {
        present(lane)->value.run(first, count);
        return 0;
    });
}

int32_t cnnviz_lane_export(cnnviz_lane* lane, int32_t c, int32_t h, int32_t w, int64_t buffer, float* planar) {
    return guarded<int32_t>(-1, [&] {
        present(lane)->value.to_planar(c, h, w, buffer, present(planar));
        return 0;
    });
}

int32_t cnnviz_lane_profile(cnnviz_lane* lane, int32_t first, int32_t count, int64_t* nanoseconds) {
    return guarded<int32_t>(-1, [&] {
        present(lane)->value.profile(first, count, present(nanoseconds));
        return 0;
    });
}

}  // extern "C"

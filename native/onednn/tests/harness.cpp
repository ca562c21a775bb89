#include "harness.h"

#include <algorithm>

namespace tests {
namespace {
constexpr uint8_t guard = 0x5a;
constexpr int64_t guard_bytes = 128;
}  // namespace

counters& counts() {
    static counters all;
    return all;
}

void expect(bool fine, const std::string& what) {
    fine ? counts().passed++ : counts().failed++;
    if (!fine) std::printf("FAILED %s\n", what.c_str());
}

values noise(size_t count, uint32_t seed) {
    values result(count);
    uint32_t state = seed * 2654435761u + 12345u;
    for (double& x : result) {
        state = state * 1664525u + 1013904223u;
        x = static_cast<float>(static_cast<int>(state >> 8) - (1 << 23)) / static_cast<float>(1 << 23);
    }
    return result;
}

float widened(uint16_t bf16) {
    const uint32_t bits = static_cast<uint32_t>(bf16) << 16;
    float x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

uint16_t rounded(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

double as(int type, double x) {
    return type == CNNVIZ_BF16 ? static_cast<double>(widened(rounded(static_cast<float>(x))))
                               : static_cast<double>(static_cast<float>(x));
}

bench::bench(int threads) : cache(cnnviz_cache_create()), program(cnnviz_program_create(cache, threads)) {
    if (!program) throw std::runtime_error(cnnviz_error());
}

bench::~bench() {
    cnnviz_lane_free(lane);
    cnnviz_program_free(program);
    cnnviz_cache_free(cache);
}

size_t bench::buffer::elements() const {
    if (!blocked) return e.count();
    const int block = cnnviz_block();
    return static_cast<size_t>((e.c + block - 1) / block) * block * e.h * e.w;
}

size_t bench::buffer::index(int c, int y, int x) const {
    if (!blocked) return (static_cast<size_t>(c) * e.h + y) * e.w + x;
    const int block = cnnviz_block();
    return ((static_cast<size_t>(c / block) * e.h + y) * e.w + x) * block + c % block;
}

int64_t bench::blocked(extents e, int type, const values& content) { return add({0, e, type, true, content}); }
int64_t bench::planar(extents e, int type, const values& content) { return add({0, e, type, false, content}); }

int64_t bench::add(buffer b) {
    b.offset = size_;
    const int64_t size = b.type == CNNVIZ_F32 ? 4 : b.type == CNNVIZ_BF16 ? 2 : 1;
    size_ += (static_cast<int64_t>(b.elements()) * size + guard_bytes + 63) / 64 * 64;
    buffers_.push_back(std::move(b));
    return buffers_.back().offset;
}

int32_t bench::conv(cnnviz_conv c, const values& weights, const std::vector<float>& bias, bool backward) {
    const cnnviz_fill fill = [](void* context, float* to) {
        for (const double w : *static_cast<const values*>(context)) *to++ = static_cast<float>(w);
    };
    void* context = const_cast<values*>(&weights);
    const std::string key = "w" + std::to_string(steps_++);
    const int32_t step = backward
                             ? cnnviz_add_conv_backward(program, &c, key.c_str(), fill, context)
                             : cnnviz_add_conv(program, &c, key.c_str(), fill, context, bias.empty() ? nullptr : bias.data());
    if (step < 0) error_ = cnnviz_error();
    return step;
}

int32_t bench::op(cnnviz_op o) {
    const int32_t step = cnnviz_add_op(program, &o);
    if (step < 0) error_ = cnnviz_error();
    return step;
}

void bench::write(const buffer& b) {
    uint8_t* at = cnnviz_lane_arena(lane) + b.offset;
    const auto put = [&](size_t i, double x) {
        const float f = static_cast<float>(x);
        const uint16_t half = rounded(f);
        if (b.type == CNNVIZ_F32) std::memcpy(at + 4 * i, &f, 4);
        else if (b.type == CNNVIZ_BF16) std::memcpy(at + 2 * i, &half, 2);
        else at[i] = static_cast<uint8_t>(x);
    };
    for (size_t i = 0; i < b.elements(); i++) put(i, b.type == CNNVIZ_U8 ? 1 : 3.25);  // padding holds anything finite
    if (b.content.empty()) return;
    size_t i = 0;
    for (int c = 0; c < b.e.c; c++)
        for (int y = 0; y < b.e.h; y++)
            for (int x = 0; x < b.e.w; x++) put(b.index(c, y, x), b.content[i++]);
}

bool bench::run(const std::string& what, bool finite) {
    if (error_.empty()) {
        lane = cnnviz_lane_create(program, size_);
        if (!lane) error_ = cnnviz_error();
    }
    if (error_.empty()) {
        std::memset(cnnviz_lane_arena(lane), guard, static_cast<size_t>(size_));
        for (const buffer& b : buffers_) write(b);
        if (cnnviz_lane_run(lane, 0, cnnviz_steps(program)) < 0) error_ = cnnviz_error();
    }
    if (!error_.empty()) {
        expect(false, what + ": " + error_);
        return false;
    }
    expect(intact(finite), what + ": writes outside its buffers, or infinite or NaN values");
    return true;
}

double bench::element(const buffer& b, size_t i) const {
    const uint8_t* at = cnnviz_lane_arena(lane) + b.offset;
    if (b.type == CNNVIZ_U8) return at[i];
    if (b.type == CNNVIZ_BF16) {
        uint16_t half;
        std::memcpy(&half, at + 2 * i, 2);
        return widened(half);
    }
    float f;
    std::memcpy(&f, at + 4 * i, 4);
    return f;
}

values bench::read(int64_t offset) const {
    const auto b = std::find_if(buffers_.begin(), buffers_.end(), [&](const buffer& x) { return x.offset == offset; });
    values result;
    for (int c = 0; c < b->e.c; c++)
        for (int y = 0; y < b->e.h; y++)
            for (int x = 0; x < b->e.w; x++) result.push_back(element(*b, b->index(c, y, x)));
    return result;
}

bool bench::intact(bool finite) const {
    const uint8_t* arena = cnnviz_lane_arena(lane);
    int64_t free_from = 0;
    for (const buffer& b : buffers_) {
        for (int64_t i = free_from; i < b.offset; i++)
            if (arena[i] != guard) return false;
        for (size_t i = 0; i < b.elements(); i++)
            if (finite && !std::isfinite(element(b, i))) return false;
        free_from = b.offset + static_cast<int64_t>(b.elements()) * (b.type == CNNVIZ_F32 ? 4 : b.type == CNNVIZ_BF16 ? 2 : 1);
    }
    for (int64_t i = free_from; i < size_; i++)
        if (arena[i] != guard) return false;
    return true;
}

std::string bench::name(int32_t step) const { return cnnviz_step_name(program, step); }

double relative_error(const values& actual, const values& expected) {
    if (actual.size() != expected.size()) return INFINITY;
    double difference = 0, norm = 0;
    for (size_t i = 0; i < actual.size(); i++) {
        difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        norm += expected[i] * expected[i];
    }
    return norm == 0 ? std::sqrt(difference) : std::sqrt(difference / norm);
}

void expect_close(const values& actual, const values& expected, double tolerance, const std::string& what) {
    const double error = relative_error(actual, expected);
    expect(error <= tolerance, what + ": relative L2 " + std::to_string(error) + " > " + std::to_string(tolerance));
}

cnnviz_op operation(int op, extents e, int64_t a, int64_t b, int64_t dst) {
    cnnviz_op result{};
    result.op = op;
    result.c = e.c;
    result.h = e.h;
    result.w = e.w;
    result.a = a;
    result.b = b;
    result.dst = dst;
    return result;
}

}  // namespace tests

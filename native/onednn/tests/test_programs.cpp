// What holds for programs, lanes and caches as such: lifetimes, sharing, refusals, floating-point modes, repeatability.
#include <omp.h>
#include <xmmintrin.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "reference.h"

namespace tests {
namespace {

void refused(bench& b, cnnviz_op op, const char* what, const char* reason) {
    expect(cnnviz_add_op(b.program, &op) < 0 && std::strstr(cnnviz_error(), reason),
           std::string("refused: ") + what + ", said: " + cnnviz_error());
}

void refusals() {
    bench b(1);
    const extents e{16, 8, 8};
    cnnviz_op op = operation(CNNVIZ_OP_AFFINE, e, 0, -1, 4096);
    refused(b, operation(99, e, 0, 0, 0), "an unknown operation", "unknown operation");
    refused(b, operation(CNNVIZ_OP_AFFINE, {0, 8, 8}, 0, -1, 0), "no channels", "positive");
    refused(b, operation(CNNVIZ_OP_AFFINE, e, 32, -1, 0), "an odd offset", "multiple of 64");
    refused(b, operation(CNNVIZ_OP_ADD, e, 0, -1, 0), "an operand missing", "buffer of b");
    cnnviz_op bad = op;
    bad.a_type = 7;
    refused(b, bad, "an unknown type", "unknown type");
    const float table[2] = {1, 2};
    bad = op;
    bad.t0 = table;
    bad.n0 = 2;
    refused(b, bad, "a short table", "per-channel");
    bad = operation(CNNVIZ_OP_MAX_POOL, e, 0, -1, 4096);
    const int window[] = {1, 1, 16, 16, 1, 1, 1, 1, 8, 8};
    std::copy(window, window + 10, bad.n);
    refused(b, bad, "a window of 256 cells", "254");
    bad = operation(CNNVIZ_OP_RESIZE, e, 0, -1, 4096);
    bad.n[0] = bad.n[1] = 1;
    const float taps[] = {1, 8, 1, 1, 0, 1};
    bad.t0 = taps;
    bad.n0 = 6;
    refused(b, bad, "a tap outside", "outside");
    bad.n0 = 4;
    refused(b, bad, "a cut table", "outside");
    bad = operation(CNNVIZ_OP_COPY, e, 0, -1, 4096);
    const int region[] = {16, 8, 8, 0, 1, 0, 16, 9, 9, 0, 0, 0, 1, 1, 1, 1};
    std::copy(region, region + 16, bad.n);
    refused(b, bad, "a region that leaves the source", "leaves the source");

    cnnviz_conv conv = geometry(1, 16, 16, 8, 8, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    conv.oh = 9;
    const cnnviz_fill fill = [](void*, float*) {};
    expect(cnnviz_add_conv(b.program, &conv, "k", fill, nullptr, nullptr) < 0 && std::strstr(cnnviz_error(), "extents"),
           "refused: extents that do not follow");
    expect(cnnviz_add_conv(b.program, nullptr, "k", fill, nullptr, nullptr) < 0, "refused: no description");
    expect(cnnviz_add_op(nullptr, &op) < 0 && std::strstr(cnnviz_error(), "null"), "refused: no program");
    expect(cnnviz_program_create(b.cache, 0) == nullptr, "refused: no threads");
    expect(cnnviz_steps(b.program) == 0, "refused steps are not added");
    expect(cnnviz_add_op(b.program, &op) == 0, "a good step is");
    expect(cnnviz_lane_create(b.program, 4096) == nullptr && std::strstr(cnnviz_error(), "arena"), "refused: a small arena");
    cnnviz_lane* lane = cnnviz_lane_create(b.program, 8192);
    expect(lane && cnnviz_lane_run(lane, 0, 2) < 0 && cnnviz_lane_run(lane, 1, 1) < 0 && cnnviz_lane_run(lane, 0, 1) == 0,
           "refused: steps there are not");
    expect(cnnviz_lane_bytes(lane) >= 8192, "a lane's bytes");
    cnnviz_lane_free(lane);
    expect(cnnviz_step_name(b.program, 5) == nullptr, "refused: the name of no step");
}

int fills = 0;

// Weights are packed once per form; programs and lanes outlive what they were made from.
void sharing() {
    fills = 0;
    const cnnviz_fill fill = [](void*, float* w) {
        fills++;
        for (int i = 0; i < 64 * 64 * 9; i++) w[i] = static_cast<float>(i % 7) - 3;
    };
    cnnviz_conv conv = geometry(1, 64, 64, 16, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    conv.winograd = 1;
    const int64_t bytes = 64 * 16 * 16 * 4;
    conv.dst = bytes;
    cnnviz_cache* cache = cnnviz_cache_create();
    cnnviz_program* first = cnnviz_program_create(cache, 1);
    cnnviz_program* second = cnnviz_program_create(cache, 1);
    expect(cnnviz_add_conv(first, &conv, "w", fill, nullptr, nullptr) == 0 && fills == 1, "the first use packs");
    const int64_t once = cnnviz_cache_bytes(cache);
    expect(cnnviz_add_conv(second, &conv, "w", fill, nullptr, nullptr) == 0 && fills == 1 && cnnviz_cache_bytes(cache) == once,
           "the second does not");
    expect(
        cnnviz_add_conv(second, &conv, "v", fill, nullptr, nullptr) == 1 && fills == 2 && cnnviz_cache_bytes(cache) == 2 * once,
        "another name does");
    cnnviz_cache_free(cache);
    expect(cnnviz_add_conv(second, &conv, "w", fill, nullptr, nullptr) < 0, "no step after the cache is gone");
    cnnviz_lane* lane = cnnviz_lane_create(first, 2 * bytes);
    cnnviz_program_free(first);
    cnnviz_program_free(second);
    expect(lane && cnnviz_lane_run(lane, 0, 1) == 0, "a lane outlives its program and cache");
    cnnviz_lane_free(lane);
}

void modes() {
    for (int threads = 1; threads <= 2; threads++) {
        bench b(threads);
        const extents e{16, 1, 1};
        const int64_t a = b.blocked(e, CNNVIZ_F32, values(16, 1e-40));
        cnnviz_op op = operation(CNNVIZ_OP_ADD, e, a, a, b.blocked(e, CNNVIZ_F32, {}));
        b.op(op);
        omp_set_num_threads(2);
        const unsigned before = _mm_getcsr();
        if (!b.run("denormals")) return;
        expect(b.read(op.dst)[0] == 0, "denormals are flushed");
        expect((_mm_getcsr() & 0xffc0) == (before & 0xffc0), "the caller's floating-point mode is restored");
        expect(omp_get_max_threads() == 2, "the caller's number of threads is restored");
        unsigned modes[2] = {0, 0};
#pragma omp parallel num_threads(2)
        modes[omp_get_thread_num()] = _mm_getcsr() & 0x8040;
        expect(modes[0] == 0 && modes[1] == 0, "so is the workers'");
        int64_t nanoseconds = -1;
        expect(cnnviz_lane_profile(b.lane, 0, 1, &nanoseconds) == 0 && nanoseconds >= 0, "a profile");
    }
}

// The same bits every time, and from lanes that run at once.
void repeatability() {
    for (int threads = 1; threads <= 2; threads++) {
        cnnviz_conv conv = geometry(1, 64, 48, 20, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
        conv.winograd = 1;
        const values weights = noise(weight_count(conv), 1), src = noise(64 * 400, 2);
        bench b(threads);
        conv.src = b.blocked({64, 20, 20}, CNNVIZ_F32, src);
        conv.dst = b.blocked({48, 20, 20}, CNNVIZ_F32, {});
        b.conv(conv, weights, {});
        if (!b.run("repeatability")) return;
        const size_t bytes = 48 * 400 * sizeof(float);
        const uint8_t* arena = cnnviz_lane_arena(b.lane);
        const std::vector<uint8_t> first(arena + conv.dst, arena + conv.dst + bytes);
        bool same = true;
        const auto again = [&](bool& fine) {
            cnnviz_lane* lane = cnnviz_lane_create(b.program, conv.dst + static_cast<int64_t>(bytes));
            std::memcpy(cnnviz_lane_arena(lane), arena, static_cast<size_t>(conv.dst));
            for (int i = 0; i < 5; i++)
                fine = fine && cnnviz_lane_run(lane, 0, 1) == 0 &&
                       std::memcmp(cnnviz_lane_arena(lane) + conv.dst, first.data(), bytes) == 0;
            cnnviz_lane_free(lane);
        };
        again(same);
        expect(same, "the same bits again");
        bool fine[4] = {true, true, true, true};
        std::vector<std::thread> callers;
        for (bool& f : fine) callers.emplace_back([&again, &f] { again(f); });
        for (std::thread& t : callers) t.join();
        expect(fine[0] && fine[1] && fine[2] && fine[3], "the same bits from lanes at once");
    }
}

}  // namespace

void test_programs() {
    refusals();
    sharing();
    modes();
    repeatability();
}

}  // namespace tests

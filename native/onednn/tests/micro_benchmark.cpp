// Times the steps of ResNet50V2-like shapes in interleaved repetitions: each pass runs all steps once, medians are printed.
// Arguments: threads (default 1), seconds (default 5), instruction set (default all).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <tuple>
#include <vector>

#include "cnnviz_onednn.h"

namespace {

// Bytes between the buffers: not a power of two, or stores would seem to alias the loads that follow them.
constexpr int64_t slot = (int64_t{16} << 20) + 64 * 21;
cnnviz_program* program;
std::vector<std::string> labels;

void check(bool fine) {
    if (fine) return;
    std::fprintf(stderr, "%s\n", cnnviz_error());
    std::exit(1);
}

void fill(void*, float* w) { *w = 0; }

void conv(const char* label, int ic, int oc, int size, int k, int stride, int type, bool winograd, std::vector<cnnviz_post> posts,
          bool backward = false, bool planar = false) {
    cnnviz_conv c{};
    c.groups = c.dh = c.dw = 1;
    c.ic = ic;
    c.oc = oc;
    c.ih = c.iw = size;
    c.oh = c.ow = (size + stride - 1) / stride;
    c.kh = c.kw = k;
    c.sh = c.sw = stride;
    const int pad = std::max(0, (c.oh - 1) * stride + k - size);
    c.pt = c.pl = pad / 2;
    c.pb = c.pr = pad - pad / 2;
    c.src_planar = planar;
    c.src_type = c.dst_type = type;
    c.winograd = winograd;
    c.posts = static_cast<int32_t>(posts.size());
    c.dst = slot;
    std::copy(posts.begin(), posts.end(), c.post);
    const std::string key = std::to_string(ic) + " " + std::to_string(oc) + " " + std::to_string(k) + std::to_string(planar);
    check((backward ? cnnviz_add_conv_backward(program, &c, key.c_str(), fill, nullptr)
                    : cnnviz_add_conv(program, &c, key.c_str(), fill, nullptr, nullptr)) >= 0);
    labels.push_back(label);
}

cnnviz_op operation(int op, int c, int size) {
    cnnviz_op o{};
    o.op = op;
    o.c = c;
    o.h = o.w = size;
    o.a = 0;
    o.b = -1;
    o.dst = slot;
    return o;
}

void add(const char* label, const cnnviz_op& o) {
    check(cnnviz_add_op(program, &o) >= 0);
    labels.push_back(label);
}

void passes(int type) {
    static const std::vector<float> table(512, 0.5f);
    for (const auto& [c, size] : {std::pair{256, 45}, std::pair{512, 23}, std::pair{64, 45}}) {
        cnnviz_op o = operation(CNNVIZ_OP_AFFINE, c, size);
        o.act = CNNVIZ_ACT_RELU;
        o.t0 = o.t1 = table.data();
        o.n0 = o.n1 = c;
        o.b = 3 * slot;
        add("norm+relu+mask", o);
        cnnviz_op back = operation(CNNVIZ_OP_AFFINE_BACKWARD, c, size);
        back.b = 3 * slot;
        back.accumulate = 1;
        back.a_type = back.dst_type = type;
        add("masked +=", back);
        cnnviz_op mask = operation(CNNVIZ_OP_MASK, c, size);
        mask.act = CNNVIZ_ACT_RELU;
        add("mask", mask);
    }
    cnnviz_op pool = operation(CNNVIZ_OP_MAX_POOL, 64, 90);
    const int n[] = {45, 45, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1};
    std::copy(n, n + 13, pool.n);
    pool.b = 3 * slot;
    add("max pool", pool);
    cnnviz_op back = pool;
    back.op = CNNVIZ_OP_MAX_POOL_BACKWARD;
    back.a_type = back.dst_type = type;
    add("max pool backward", back);
    cnnviz_op pad = operation(CNNVIZ_OP_COPY, 64, 45);
    const int region[] = {64, 45, 45, 0, 0, 0, 64, 47, 47, 0, 1, 1, 1, 1, 1, 1};
    std::copy(region, region + 16, pad.n);
    pad.fill = 1;
    add("pad", pad);
    cnnviz_op stem = operation(CNNVIZ_OP_SUBPIXEL, 3, 180);
    stem.n[0] = stem.n[1] = 2;
    stem.n[2] = stem.n[3] = 90;
    stem.a_type = type;
    add("subpixel", stem);
    add("identity", operation(CNNVIZ_OP_AFFINE, 256, 45));
    add("to planar", operation(CNNVIZ_OP_TO_PLANAR, 256, 45));
    add("to blocked", operation(CNNVIZ_OP_TO_BLOCKED, 256, 45));
}

}  // namespace

int main(int argc, char** argv) {
    const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
    const double seconds = argc > 2 ? std::atof(argv[2]) : 5;
    if (argc > 3) setenv("CNNVIZ_ONEDNN_ISA", argv[3], 1);
    cnnviz_cache* cache = cnnviz_cache_create();
    check(cache != nullptr);
    program = cnnviz_program_create(cache, threads);
    const cnnviz_post relu{CNNVIZ_POST_ACT, CNNVIZ_ACT_RELU, 0, 0, -1}, sum{CNNVIZ_POST_SUM, 0, 0, 0, -1};
    const cnnviz_post mask{CNNVIZ_POST_MASK, 0, 0, 0, 3 * slot}, other{CNNVIZ_POST_ADD, 0, 0, 0, 2 * slot};
    const cnnviz_post same{CNNVIZ_POST_ADD, 0, 0, 0, slot};
    const int gradient = cnnviz_bf16() ? CNNVIZ_BF16 : CNNVIZ_F32;
    conv("stem", 3, 64, 180, 7, 2, CNNVIZ_F32, false, {}, false, true);
    conv("stem gradient", 3, 64, 180, 7, 2, CNNVIZ_F32, false, {}, true);
    conv("stem gradient, sub-pixel", 64, 12, 90, 4, 1, CNNVIZ_F32, false, {});
    for (const auto& [narrow, wide, size] : {std::tuple{64, 256, 45}, std::tuple{128, 512, 23}}) {
        conv("reduce+relu", wide, narrow, size, 1, 1, CNNVIZ_F32, false, {relu});
        conv("expand+sum", narrow, wide, size, 1, 1, CNNVIZ_F32, false, {sum});
        conv("expand+mask+add", narrow, wide, size, 1, 1, CNNVIZ_F32, false, {mask, other});
        conv("expand+mask+add in place", narrow, wide, size, 1, 1, CNNVIZ_F32, false, {mask, same});
        conv("reduce+mask", wide, narrow, size, 1, 1, CNNVIZ_F32, false, {mask});
        conv("3x3+relu direct", narrow, narrow, size, 3, 1, CNNVIZ_F32, false, {relu});
        conv("3x3+relu Winograd", narrow, narrow, size, 3, 1, CNNVIZ_F32, true, {relu});
        conv("3x3+mask direct", narrow, narrow, size, 3, 1, CNNVIZ_F32, false, {mask});
        conv("3x3+mask Winograd", narrow, narrow, size, 3, 1, CNNVIZ_F32, true, {mask});
        conv("3x3 stride 2", narrow, narrow, size, 3, 2, CNNVIZ_F32, false, {relu});
        conv("3x3 stride 2 gradient", narrow, narrow, size, 3, 2, CNNVIZ_F32, false, {}, true);
        conv("3x3+mask", narrow, narrow, size, 3, 1, gradient, false, {mask});
        conv("expand+mask+add", narrow, wide, size, 1, 1, gradient, false, {mask, other});
    }
    for (const int channels : {32, 64, 128, 256, 512})
        for (const int size : {14, 20, 28})
            for (const bool winograd : {false, true})
                conv("3x3 small", channels, channels, size, 3, 1, CNNVIZ_F32, winograd, {relu});
    passes(gradient);

    cnnviz_lane* lane = cnnviz_lane_create(program, 5 * slot);
    check(lane != nullptr);
    const int steps = cnnviz_steps(program);
    std::vector<std::vector<int64_t>> times(static_cast<size_t>(steps));
    std::vector<int64_t> once(static_cast<size_t>(steps));
    const auto start = std::chrono::steady_clock::now();
    while (times[0].size() < 7 || std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < seconds) {
        check(cnnviz_lane_profile(lane, 0, steps, once.data()) == 0);
        for (size_t i = 0; i < once.size(); i++) times[i].push_back(once[i]);
    }
    std::printf("oneDNN %s on %s, %d threads, medians of %zu\n", cnnviz_version(), cnnviz_isa(), threads, times[0].size());
    for (int i = 0; i < steps; i++) {
        auto& t = times[static_cast<size_t>(i)];
        std::sort(t.begin(), t.end());
        const double ns = static_cast<double>(t[t.size() / 2]), flops = cnnviz_step_flops(program, i);
        std::printf("%-26s %8.1f us %7.1f GF/s  %s\n", labels[static_cast<size_t>(i)].c_str(), ns / 1e3, flops / ns,
                    cnnviz_step_name(program, i));
    }
    cnnviz_lane_free(lane);
    cnnviz_program_free(program);
    cnnviz_cache_free(cache);
}

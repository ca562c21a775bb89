// Convolutions of many geometries, forward and backward, in all types.
#include "reference.h"

namespace tests {
namespace {

struct named {
    const char* name;
    cnnviz_conv conv;
    bool planar = false;
};

std::vector<named> geometries() {
    return {
        {"1x1", geometry(1, 64, 96, 13, 11, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"1x1 deep", geometry(1, 1024, 64, 5, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"1x1 odd channels", geometry(1, 58, 37, 9, 10, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"1x1 stride 2", geometry(1, 48, 32, 11, 12, 1, 1, 2, 2, 1, 1, 0, 0, 0, 0)},
        {"1x1 stride 3, odd channels", geometry(1, 20, 30, 11, 12, 1, 1, 3, 3, 1, 1, 0, 0, 0, 0)},
        {"3x3", geometry(1, 32, 48, 13, 15, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"3x3 large", geometry(1, 64, 64, 23, 23, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"3x3 valid", geometry(1, 32, 32, 10, 9, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"3x3 one channel out", geometry(1, 32, 1, 10, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"3x3 one channel in", geometry(1, 1, 24, 10, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"3x3 three channels in", geometry(1, 3, 24, 10, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"3x3 odd channels", geometry(1, 33, 41, 12, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"3x3 pad 2", geometry(1, 32, 32, 8, 9, 3, 3, 1, 1, 1, 1, 2, 2, 2, 2)},
        {"3x3 asymmetric", geometry(1, 32, 32, 11, 9, 3, 3, 1, 1, 1, 1, 0, 2, 1, 0)},
        {"3x3 stride 2", geometry(1, 32, 64, 15, 16, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1)},
        {"3x3 stride 2 asymmetric", geometry(1, 32, 48, 16, 16, 3, 3, 2, 2, 1, 1, 0, 1, 0, 1)},
        {"3x3 dilation 2", geometry(1, 32, 32, 14, 15, 3, 3, 1, 1, 2, 2, 2, 2, 2, 2)},
        {"3x3 dilation 2x3, stride 2", geometry(1, 32, 16, 17, 19, 3, 3, 2, 2, 2, 3, 2, 2, 3, 3)},
        {"5x5", geometry(1, 32, 32, 12, 12, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2)},
        {"7x7 stride 2", geometry(1, 16, 32, 21, 21, 7, 7, 2, 2, 1, 1, 3, 2, 3, 2)},
        {"1x7", geometry(1, 32, 32, 9, 17, 1, 7, 1, 1, 1, 1, 0, 0, 3, 3)},
        {"7x1", geometry(1, 32, 32, 17, 9, 7, 1, 1, 1, 1, 1, 3, 3, 0, 0)},
        {"2x2 stride 2", geometry(1, 32, 32, 12, 14, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0)},
        {"2x2 stride 3", geometry(1, 32, 32, 13, 14, 2, 2, 3, 3, 1, 1, 0, 0, 0, 0)},
        {"3x3 stride 1x2", geometry(1, 16, 16, 9, 13, 3, 3, 1, 2, 1, 1, 1, 1, 1, 1)},
        {"4x4 to one cell", geometry(1, 32, 40, 4, 4, 4, 4, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"1x1 on one cell", geometry(1, 512, 10, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"depthwise", geometry(32, 32, 32, 12, 13, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"depthwise 24", geometry(24, 24, 24, 12, 13, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"depthwise 58", geometry(58, 58, 58, 11, 12, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1)},
        {"depthwise 5x5 dilated", geometry(16, 16, 16, 15, 15, 5, 5, 1, 1, 2, 2, 4, 4, 4, 4)},
        {"depthwise asymmetric", geometry(32, 32, 32, 12, 12, 3, 3, 2, 2, 1, 1, 0, 1, 0, 1)},
        {"depthwise multiplier 2", geometry(16, 16, 32, 9, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"groups 2", geometry(2, 64, 32, 10, 11, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"groups 4 of 3", geometry(4, 12, 20, 10, 11, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1)},
        {"groups 3 of 8", geometry(3, 24, 24, 10, 11, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1)},
        {"groups 2 of 1x1, 24", geometry(2, 48, 48, 7, 7, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)},
        {"planar 3, 7x7 stride 2", geometry(1, 3, 64, 31, 30, 7, 7, 2, 2, 1, 1, 2, 3, 2, 3), true},
        {"planar 3, 3x3 stride 2", geometry(1, 3, 24, 16, 17, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1), true},
        {"planar 3, 3x3", geometry(1, 3, 32, 14, 13, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), true},
        {"planar 1, 5x5", geometry(1, 1, 20, 14, 13, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2), true},
        {"planar 4, 3x3", geometry(1, 4, 16, 14, 13, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), true},
        {"planar 2, 3x3", geometry(1, 2, 16, 14, 13, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), true},
        {"planar 6, 3x3", geometry(1, 6, 18, 14, 13, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1), true},
        {"planar 20, 1x1", geometry(1, 20, 18, 14, 13, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), true},
        {"planar 3, 1x1", geometry(1, 3, 18, 14, 13, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), true},
        {"planar 3 in 3 groups", geometry(3, 3, 6, 14, 13, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), true},
    };
}

double tolerance(int type) { return type == CNNVIZ_BF16 ? 4e-3 : 2e-5; }

void expect_no_reference_loops(const std::string& name) {
    expect(name.find("ref") == std::string::npos, name + " runs on reference loops");
}

void forward(const named& g, int src_type, int dst_type, bool winograd, int threads) {
    cnnviz_conv c = g.conv;
    c.src_type = src_type;
    c.dst_type = dst_type;
    c.winograd = winograd;
    c.src_planar = g.planar;
    const extents in{c.ic, c.ih, c.iw}, out{c.oc, c.oh, c.ow};
    const values src = in_type(src_type, noise(in.count(), 1)), weights = in_type(src_type, noise(weight_count(c), 2));
    std::vector<float> bias;
    for (const double b : noise(static_cast<size_t>(c.oc), 3)) bias.push_back(static_cast<float>(b));
    bench b(threads);
    c.src = g.planar ? b.planar(in, src_type, src) : b.blocked(in, src_type, src);
    c.dst = b.blocked(out, dst_type, {});
    const int32_t step = b.conv(c, weights, bias);
    const std::string what = std::string("conv ") + g.name + " types " + std::to_string(src_type) + std::to_string(dst_type) +
                             (winograd ? " winograd" : "") + " threads " + std::to_string(threads);
    if (!b.run(what)) return;
    if (threads == 1) std::printf("  %-28s %s\n", g.name, b.name(step).c_str());
    expect_no_reference_loops(b.name(step));
    if (winograd && std::string(g.name) == "3x3 large" && cnnviz_block() == 16 && cnnviz_version()[0] == '2')
        expect(b.name(step).find("wino") != std::string::npos, what + " takes Winograd");
    expect(cnnviz_step_flops(b.program, step) == 2.0 * static_cast<double>(out.count() * weight_count(c) / c.oc),
           what + " flops");
    expect_close(b.read(c.dst), convolve(c, src, weights, bias), tolerance(dst_type), what);
}

void backward(const named& g, int src_type, int dst_type, int threads) {
    cnnviz_conv c = g.conv;
    c.src_type = src_type;
    c.dst_type = dst_type;
    const extents in{c.ic, c.ih, c.iw}, out{c.oc, c.oh, c.ow};
    const values gradient = in_type(src_type, noise(out.count(), 4)), weights = in_type(src_type, noise(weight_count(c), 5));
    bench b(threads);
    c.src = b.blocked(out, src_type, gradient);
    c.dst = b.blocked(in, dst_type, {});
    const int32_t step = b.conv(c, weights, {}, true);
    const std::string what = std::string("conv_backward ") + g.name + " types " + std::to_string(src_type) +
                             std::to_string(dst_type) + " threads " + std::to_string(threads);
    if (!b.run(what)) return;
    if (threads == 1) std::printf("  %-28s %s\n", g.name, b.name(step).c_str());
    expect_no_reference_loops(b.name(step));
    expect_close(b.read(c.dst), convolve_backward(c, gradient, weights), tolerance(dst_type), what);
}

}  // namespace

void test_convolutions() {
    for (const named& g : geometries())
        for (int threads = 1; threads <= 2; threads++) {
            forward(g, CNNVIZ_F32, CNNVIZ_F32, false, threads);
            if (g.conv.kh == 3 && !g.planar) forward(g, CNNVIZ_F32, CNNVIZ_F32, true, threads);
            if (!g.planar) backward(g, CNNVIZ_F32, CNNVIZ_F32, threads);
            if (!cnnviz_bf16()) continue;
            for (const int dst : {CNNVIZ_BF16, CNNVIZ_F32}) {
                forward(g, CNNVIZ_BF16, dst, false, threads);
                if (!g.planar) backward(g, CNNVIZ_BF16, dst, threads);
            }
            forward(g, CNNVIZ_F32, CNNVIZ_BF16, true, threads);
            if (!g.planar) backward(g, CNNVIZ_F32, CNNVIZ_BF16, threads);
        }
    if (!cnnviz_bf16()) std::printf("skipped: convolutions in bf16, which this processor or limit does not multiply\n");
}

}  // namespace tests

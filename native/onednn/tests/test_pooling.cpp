// Max and average pooling with their gradients.
#include "harness.h"

namespace tests {
namespace {

double tolerance(int type) { return type == CNNVIZ_BF16 ? 4e-3 : 1e-6; }

struct window {
    const char* name;
    extents in;
    int kh, kw, sh, sw, dh, dw, pt, pb, pl, pr;
    int zeros;  // padding counts as zeros
    int oh() const { return (in.h + pt + pb - (kh - 1) * dh - 1) / sh + 1; }
    int ow() const { return (in.w + pl + pr - (kw - 1) * dw - 1) / sw + 1; }
};

const window windows[] = {
    {"2x2", {20, 8, 9}, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0, 0},
    {"3x3 stride 2, zero padding", {37, 14, 13}, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1},
    {"3x3 stride 2, padding", {37, 14, 13}, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 0},
    {"3x3 stride 1", {16, 7, 150}, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 0},
    {"3x2 dilated", {16, 12, 12}, 3, 2, 1, 2, 2, 3, 2, 1, 3, 0, 1},
    {"1x3 stride 3x1", {5, 10, 9}, 1, 3, 3, 1, 1, 1, 0, 0, 2, 2, 0},
    {"5x5 stride 7", {24, 16, 15}, 5, 5, 7, 7, 1, 1, 2, 2, 2, 2, 0},
    {"13x13", {8, 13, 13}, 13, 13, 1, 1, 1, 1, 6, 6, 6, 6, 0},
};

cnnviz_op pooling(int kind, const window& p) {
    cnnviz_op op = operation(kind, p.in, -1, -1, -1);
    const int n[] = {p.oh(), p.ow(), p.kh, p.kw, p.sh, p.sw, p.dh, p.dw, p.pt, p.pl, p.zeros, p.pb, p.pr};
    std::copy(n, n + 13, op.n);
    return op;
}

// body(output, window cell, input or -1 where the cell is padding).
template <class Body>
void each_cell(const window& p, const Body& body) {
    for (int c = 0; c < p.in.c; c++)
        for (int y = 0; y < p.oh(); y++)
            for (int x = 0; x < p.ow(); x++)
                for (int k = 0; k < p.kh * p.kw; k++) {
                    const int iy = y * p.sh - p.pt + k / p.kw * p.dh, ix = x * p.sw - p.pl + k % p.kw * p.dw;
                    const bool inside = iy >= 0 && ix >= 0 && iy < p.in.h && ix < p.in.w;
                    body((static_cast<size_t>(c) * p.oh() + y) * p.ow() + x, k,
                         inside ? (static_cast<int64_t>(c) * p.in.h + iy) * p.in.w + ix : -1);
                }
}

void max_pool(const window& p, int a_type, int d_type, bool accumulate, int threads) {
    const extents out{p.in.c, p.oh(), p.ow()};
    values a = noise(p.in.count(), 1), gradient = noise(out.count(), 2), old = noise(p.in.count(), 3);
    for (double& x : a) x = as(a_type, std::floor(8 * x) / 8 - (p.zeros ? 0.5 : 0));  // ties, and padded zeros that win
    for (double& x : gradient) x = as(a_type, x);
    for (double& x : old) x = as(d_type, x);
    values best(out.count(), -INFINITY), winner(out.count(), -1);
    std::vector<int64_t> from(out.count(), -1);
    each_cell(p, [&](size_t o, int k, int64_t i) {
        if (i < 0 && !p.zeros) return;
        const double v = i < 0 ? 0 : a[static_cast<size_t>(i)];
        if (v <= best[o]) return;
        best[o] = v;
        winner[o] = i < 0 ? 255 : k;
        from[o] = i;
    });
    values back = accumulate ? old : values(p.in.count());
    for (size_t o = 0; o < out.count(); o++)
        if (from[o] >= 0) back[static_cast<size_t>(from[o])] += gradient[o];
    bench b(threads);
    cnnviz_op forward = pooling(CNNVIZ_OP_MAX_POOL, p), backward = pooling(CNNVIZ_OP_MAX_POOL_BACKWARD, p);
    forward.a = b.blocked(p.in, a_type, a);
    forward.b = backward.b = b.blocked(out, CNNVIZ_U8, {});
    forward.dst = b.blocked(out, d_type, {});
    backward.a = b.blocked(out, a_type, gradient);
    backward.dst = b.blocked(p.in, d_type, old);
    backward.accumulate = accumulate;
    forward.a_type = backward.a_type = a_type;
    forward.dst_type = backward.dst_type = d_type;
    cnnviz_op bare = forward;
    bare.b = -1;
    bare.dst = b.blocked(out, d_type, {});
    b.op(forward);
    b.op(backward);
    b.op(bare);
    const std::string what = std::string("max_pool ") + p.name + " types " + std::to_string(a_type) + std::to_string(d_type);
    if (!b.run(what)) return;
    expect_close(b.read(forward.dst), best, tolerance(d_type), what);
    expect_close(b.read(bare.dst), best, tolerance(d_type), what + " without indices");
    expect(b.read(forward.b) == winner, what + " winners");
    expect_close(b.read(backward.dst), back, tolerance(d_type), what + " backward");
}

void average_pool(const window& p, int a_type, int d_type, bool accumulate, int threads) {
    const extents out{p.in.c, p.oh(), p.ow()};
    values a = noise(p.in.count(), 4), gradient = noise(out.count(), 5), old = noise(p.in.count(), 6);
    for (double& x : a) x = as(a_type, x);
    for (double& x : gradient) x = as(a_type, x);
    for (double& x : old) x = as(d_type, x);
    std::vector<float> factors;
    for (int i = 0; i < p.oh() + p.ow(); i++) factors.push_back(1.0f / static_cast<float>(1 + i % 3));
    const auto factor = [&](size_t o) {
        const size_t cell = o % (static_cast<size_t>(p.oh()) * p.ow());
        return static_cast<double>(factors[cell / p.ow()]) * factors[p.oh() + cell % p.ow()];
    };
    values mean(out.count()), back = accumulate ? old : values(p.in.count());
    each_cell(p, [&](size_t o, int, int64_t i) {
        if (i < 0) return;
        mean[o] += a[static_cast<size_t>(i)] * factor(o);
        back[static_cast<size_t>(i)] += gradient[o] * factor(o);
    });
    bench b(threads);
    cnnviz_op forward = pooling(CNNVIZ_OP_AVERAGE_POOL, p), backward = pooling(CNNVIZ_OP_AVERAGE_POOL_BACKWARD, p);
    forward.a = b.blocked(p.in, a_type, a);
    forward.dst = b.blocked(out, d_type, {});
    backward.a = b.blocked(out, a_type, gradient);
    backward.dst = b.blocked(p.in, d_type, old);
    backward.accumulate = accumulate;
    forward.a_type = backward.a_type = a_type;
    forward.dst_type = backward.dst_type = d_type;
    forward.t0 = backward.t0 = factors.data();
    forward.n0 = backward.n0 = static_cast<int32_t>(factors.size());
    b.op(forward);
    b.op(backward);
    const std::string what = std::string("average_pool ") + p.name + " types " + std::to_string(a_type) + std::to_string(d_type);
    if (!b.run(what)) return;
    expect_close(b.read(forward.dst), mean, tolerance(d_type), what);
    expect_close(b.read(backward.dst), back, tolerance(d_type), what + " backward");
}

}  // namespace

void test_pooling() {
    for (const window& p : windows)
        for (const int a : {CNNVIZ_F32, CNNVIZ_BF16})
            for (const int d : {CNNVIZ_F32, CNNVIZ_BF16})
                for (int threads = 1; threads <= 2; threads++) {
                    max_pool(p, a, d, threads == 2, threads);
                    average_pool(p, a, d, threads == 1, threads);
                }
}

}  // namespace tests

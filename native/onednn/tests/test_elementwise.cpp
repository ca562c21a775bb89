// Affine maps, activations, masks, sums, products, and operations between maps and one value per channel.
#include "harness.h"

namespace tests {
namespace {

const extents small{37, 7, 9};

std::string types(int a, int d) { return " types " + std::to_string(a) + std::to_string(d); }
double tolerance(int type) { return type == CNNVIZ_BF16 ? 4e-3 : 1e-6; }

template <class Body>
void each_type(const Body& body) {
    for (const int a : {CNNVIZ_F32, CNNVIZ_BF16})
        for (const int d : {CNNVIZ_F32, CNNVIZ_BF16})
            for (int threads = 1; threads <= 2; threads++) body(a, d, threads);
}

values input(int type, size_t count, uint32_t seed) {
    values x = noise(count, seed);
    for (double& v : x) v = as(type, 2 * v);
    return x;
}

std::vector<float> floats(const values& v) { return {v.begin(), v.end()}; }

struct activation {
    int act;
    float alpha, beta;
    double operator()(double x) const {
        if (act == CNNVIZ_ACT_RELU) return x > 0 ? x : static_cast<double>(alpha) * x;
        if (act == CNNVIZ_ACT_CLIP) return std::fmin(std::fmax(x, alpha), beta);
        return x;
    }
    double active(double x) const {
        if (act == CNNVIZ_ACT_RELU) return x > 0;
        if (act == CNNVIZ_ACT_CLIP) return alpha < x && x < beta;
        return 1;
    }
};
const activation activations[] = {
    {CNNVIZ_ACT_NONE, 0, 0}, {CNNVIZ_ACT_RELU, 0, 0}, {CNNVIZ_ACT_RELU, 0.25f, 0}, {CNNVIZ_ACT_CLIP, -0.5f, 0.75f}};

void affine(const activation& f, bool tables, bool masked, int a_type, int d_type, int threads) {
    const values a = input(a_type, small.count(), 1);
    const std::vector<float> scale = floats(noise(37, 2)), shift = floats(noise(37, 3));
    values expected, mask;
    for (size_t i = 0; i < a.size(); i++) {
        const size_t c = i / 63;
        const double x = tables ? a[i] * scale[c] + shift[c] : a[i];
        expected.push_back(f(x));
        mask.push_back(f.active(x));
    }
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_AFFINE, small, b.blocked(small, a_type, a), -1, b.blocked(small, d_type, {}));
    if (masked) op.b = b.blocked(small, CNNVIZ_U8, {});
    op.act = f.act;
    op.alpha = f.alpha;
    op.beta = f.beta;
    op.a_type = a_type;
    op.dst_type = d_type;
    if (tables) {
        op.t0 = scale.data();
        op.t1 = shift.data();
        op.n0 = op.n1 = 37;
    }
    b.op(op);
    cnnviz_op mask_only = operation(CNNVIZ_OP_MASK, small, op.a, -1, b.blocked(small, CNNVIZ_U8, {}));
    mask_only.act = f.act;
    mask_only.alpha = f.alpha;
    mask_only.beta = f.beta;
    mask_only.a_type = a_type;
    mask_only.dst_type = CNNVIZ_U8;
    b.op(mask_only);
    const std::string what =
        "affine act " + std::to_string(f.act) + types(a_type, d_type) + " threads " + std::to_string(threads);
    if (!b.run(what)) return;
    expect_close(b.read(op.dst), expected, tolerance(d_type), what);
    if (masked) expect(b.read(op.b) == mask, what + " mask");
    if (!tables) expect(b.read(mask_only.dst) == mask, what + " mask alone");
}

void affine_backward(bool tables, bool masked, bool accumulate, float alpha, bool aliased, int a_type, int d_type, int threads) {
    const values a = input(a_type, small.count(), 4), old = input(d_type, small.count(), 5);
    const std::vector<float> scale = floats(noise(37, 6));
    values mask, expected;
    for (const double x : noise(small.count(), 7)) mask.push_back(x > 0);
    for (size_t i = 0; i < a.size(); i++) {
        const double x = a[i] * (tables ? scale[i / 63] : 1.0f) * (!masked || mask[i] ? 1 : alpha);
        expected.push_back(accumulate ? x + old[i] : x);
    }
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_AFFINE_BACKWARD, small, b.blocked(small, a_type, a), -1, -1);
    op.b = masked ? b.blocked(small, CNNVIZ_U8, mask) : -1;
    op.dst = aliased ? op.a : b.blocked(small, d_type, old);
    op.a_type = a_type;
    op.dst_type = d_type;
    op.alpha = alpha;
    op.accumulate = accumulate;
    if (tables) {
        op.t0 = scale.data();
        op.n0 = 37;
    }
    b.op(op);
    const std::string what = "affine_backward" + types(a_type, d_type) + (masked ? " masked" : "") + (accumulate ? " +=" : "");
    if (b.run(what)) expect_close(b.read(op.dst), expected, tolerance(d_type), what);
}

void activation_backward(const activation& f, bool accumulate, int a_type, int d_type, int threads) {
    const values a = input(a_type, small.count(), 21), x = input(CNNVIZ_F32, small.count(), 22),
                 old = input(d_type, small.count(), 23);
    values result, expected;
    for (size_t i = 0; i < a.size(); i++) {
        result.push_back(as(CNNVIZ_F32, f(x[i])));
        const double outside = f.act == CNNVIZ_ACT_RELU ? static_cast<double>(f.alpha) : 0.0;
        expected.push_back(a[i] * (f.active(x[i]) > 0 ? 1 : outside) + (accumulate ? old[i] : 0));
    }
    bench b(threads);
    cnnviz_op op =
        operation(CNNVIZ_OP_ACT_BACKWARD, small, b.blocked(small, a_type, a), b.blocked(small, CNNVIZ_F32, result), -1);
    op.dst = b.blocked(small, d_type, old);
    op.act = f.act;
    op.alpha = f.alpha;
    op.beta = f.beta;
    op.a_type = a_type;
    op.dst_type = d_type;
    op.accumulate = accumulate;
    b.op(op);
    const std::string what = "act_backward " + std::to_string(f.act) + types(a_type, d_type) + (accumulate ? " +=" : "");
    if (b.run(what)) expect_close(b.read(op.dst), expected, tolerance(d_type), what);
}

void combinations(int a_type, int d_type, int threads) {
    for (const int b_type : {CNNVIZ_F32, CNNVIZ_BF16})
        for (const int kind : {CNNVIZ_OP_ADD, CNNVIZ_OP_SUBTRACT, CNNVIZ_OP_MULTIPLY}) {
            const values x = input(a_type, small.count(), 8), y = input(b_type, small.count(), 9);
            values expected;
            for (size_t i = 0; i < x.size(); i++)
                expected.push_back(kind == CNNVIZ_OP_ADD ? x[i] + y[i] : kind == CNNVIZ_OP_SUBTRACT ? x[i] - y[i] : x[i] * y[i]);
            bench b(threads);
            cnnviz_op op = operation(kind, small, b.blocked(small, a_type, x), b.blocked(small, b_type, y), -1);
            op.dst = a_type == d_type && threads == 2 ? op.a : b.blocked(small, d_type, {});
            op.a_type = a_type;
            op.b_type = b_type;
            op.dst_type = d_type;
            b.op(op);
            const std::string what = "combination " + std::to_string(kind) + types(a_type, d_type);
            if (b.run(what)) expect_close(b.read(op.dst), expected, tolerance(d_type), what);
        }
}

}  // namespace

void test_elementwise() {
    each_type([](int a, int d, int threads) {
        for (const activation& f : activations)
            for (const bool tables : {false, true}) affine(f, tables, threads == 1 || tables, a, d, threads);
        for (const activation& f : activations)
            for (const bool accumulate : {false, true}) activation_backward(f, accumulate, a, d, threads);
        for (int bits = 0; bits < 8; bits++)
            affine_backward(bits & 1, bits & 2, bits & 4, threads == 2 ? 0.125f : 0.0f, false, a, d, threads);
        if (a == d) affine_backward(true, true, false, 0, true, a, d, threads);
        combinations(a, d, threads);
    });
}

void test_channels() {
    each_type([](int a_type, int d_type, int threads) {
        const extents e = small, one{e.c, 1, 1};
        const size_t cells = 63;
        const values map = input(a_type, e.count(), 10), other = input(a_type, e.count(), 11), vector = input(a_type, 37, 12);
        const values old_map = input(d_type, e.count(), 13), old_vector = input(d_type, 37, 14);
        for (const bool accumulate : {false, true}) {
            values mean(37), sum(37), spread, scaled;
            for (size_t i = 0; i < e.count(); i++) {
                mean[i / cells] += map[i] / cells;
                sum[i / cells] += map[i] * other[i];
                spread.push_back(vector[i / cells] / cells + (accumulate ? old_map[i] : 0));
                scaled.push_back(map[i] * vector[i / cells]);
            }
            if (accumulate)
                for (size_t c = 0; c < 37; c++) sum[c] += old_vector[c];
            bench b(threads);
            const int64_t at_map = b.blocked(e, a_type, map), at_other = b.blocked(e, a_type, other);
            const int64_t at_vector = b.blocked(one, a_type, vector);
            const auto add = [&](int kind, int64_t a, int64_t second, extents out, const values& old) {
                cnnviz_op op = operation(kind, e, a, second, b.blocked(out, d_type, old));
                op.a_type = op.b_type = a_type;
                op.dst_type = d_type;
                op.accumulate = accumulate;
                b.op(op);
                return op.dst;
            };
            const int64_t averaged = add(CNNVIZ_OP_GLOBAL_AVERAGE, at_map, -1, one, {});
            const int64_t back = add(CNNVIZ_OP_GLOBAL_AVERAGE_BACKWARD, at_vector, -1, e, old_map);
            const int64_t products = add(CNNVIZ_OP_SCALE_CHANNELS, at_map, at_vector, e, {});
            const int64_t sums = add(CNNVIZ_OP_SUM_CELLS, at_map, at_other, one, old_vector);
            const std::string what = "channel operations" + types(a_type, d_type) + (accumulate ? " +=" : "");
            if (!b.run(what)) continue;
            expect_close(b.read(averaged), mean, tolerance(d_type) * 4, what + ": global_average");
            expect_close(b.read(back), spread, tolerance(d_type), what + ": global_average_backward");
            expect_close(b.read(products), scaled, tolerance(d_type), what + ": scale_channels");
            expect_close(b.read(sums), sum, tolerance(d_type) * 4, what + ": sum_cells");
        }
    });
}

}  // namespace tests

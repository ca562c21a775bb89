// Copies of regions, linear resizes, and changes of layout.
#include "harness.h"

namespace tests {
namespace {

double tolerance(int type) { return type == CNNVIZ_BF16 ? 4e-3 : 1e-6; }

struct region {
    const char* name;
    extents from, to;
    int n[16];  // as cnnviz_op.n
    int fill;
};

std::vector<region> regions() {
    return {
        {"crop", {32, 9, 8}, {32, 5, 4}, {32, 5, 4, 0, 2, 3, 32, 5, 4, 0, 0, 0, 1, 1, 1, 1}, 0},
        {"pad", {20, 5, 4}, {20, 9, 7}, {20, 5, 4, 0, 0, 0, 20, 9, 7, 0, 2, 1, 1, 1, 1, 1}, 1},
        {"channel slice, aligned", {48, 4, 5}, {16, 4, 5}, {16, 4, 5, 16, 0, 0, 16, 4, 5, 0, 0, 0, 1, 1, 1, 1}, 0},
        {"channel slice, odd", {45, 4, 5}, {29, 4, 5}, {29, 4, 5, 13, 0, 0, 29, 4, 5, 0, 0, 0, 1, 1, 1, 1}, 0},
        {"channel slice, one", {45, 4, 5}, {1, 4, 5}, {1, 4, 5, 31, 0, 0, 1, 4, 5, 0, 0, 0, 1, 1, 1, 1}, 0},
        {"concatenate, odd", {21, 4, 5}, {58, 4, 5}, {21, 4, 5, 0, 0, 0, 58, 4, 5, 37, 0, 0, 1, 1, 1, 1}, 0},
        {"concatenate, within a block", {3, 4, 5}, {12, 4, 5}, {3, 4, 5, 0, 0, 0, 12, 4, 5, 6, 0, 0, 1, 1, 1, 1}, 0},
        {"channels shifted both ways", {40, 3, 3}, {50, 3, 3}, {30, 3, 3, 7, 0, 0, 50, 3, 3, 18, 0, 0, 1, 1, 1, 1}, 0},
        {"shifted and filled", {40, 3, 3}, {70, 5, 4}, {30, 3, 3, 7, 0, 0, 70, 5, 4, 18, 1, 1, 1, 1, 1, 1}, 1},
        {"every second cell", {16, 9, 8}, {16, 5, 4}, {16, 5, 4, 0, 0, 1, 16, 5, 4, 0, 0, 0, 2, 2, 1, 1}, 0},
        {"onto every second cell", {24, 4, 3}, {24, 9, 8}, {24, 4, 3, 0, 0, 0, 24, 9, 8, 0, 1, 2, 1, 1, 2, 2}, 0},
        {"onto every third cell, filled", {24, 3, 3}, {24, 9, 8}, {24, 3, 3, 0, 0, 0, 24, 9, 8, 0, 1, 0, 1, 1, 3, 3}, 1},
    };
}

void copy(const region& r, bool accumulate, int a_type, int d_type, int threads) {
    values a = noise(r.from.count(), 1), old = noise(r.to.count(), 2);
    for (double& x : a) x = as(a_type, x);
    for (double& x : old) x = as(d_type, x);
    const float fill = 0.5f;
    values expected = old;
    if (r.fill) expected.assign(old.size(), fill);
    for (int c = 0; c < r.n[0]; c++)
        for (int y = 0; y < r.n[1]; y++)
            for (int x = 0; x < r.n[2]; x++) {
                const int fy = r.n[4] + y * r.n[12], fx = r.n[5] + x * r.n[13], ty = r.n[10] + y * r.n[14],
                          tx = r.n[11] + x * r.n[15];
                const double v = a[(static_cast<size_t>(r.n[3] + c) * r.from.h + fy) * r.from.w + fx];
                double& to = expected[(static_cast<size_t>(r.n[9] + c) * r.to.h + ty) * r.to.w + tx];
                to = accumulate ? to + v : v;
            }
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_COPY, r.from, b.blocked(r.from, a_type, a), -1, b.blocked(r.to, d_type, old));
    std::copy(r.n, r.n + 16, op.n);
    op.fill = r.fill;
    op.alpha = fill;
    op.accumulate = accumulate;
    op.a_type = a_type;
    op.dst_type = d_type;
    b.op(op);
    const std::string what =
        std::string("copy: ") + r.name + (accumulate ? " +=" : "") + " types " + std::to_string(a_type) + std::to_string(d_type);
    if (b.run(what)) expect_close(b.read(op.dst), expected, tolerance(d_type), what);
}

struct tap {
    int index;
    float weight;
};

void resize(bool accumulate, int a_type, int d_type, int threads) {
    const extents from{21, 5, 7}, to{21, 9, 4};
    values a = noise(from.count(), 3), old = noise(to.count(), 4);
    for (double& x : a) x = as(a_type, x);
    for (double& x : old) x = as(d_type, x);
    std::vector<std::vector<tap>> lines;  // any linear map: rows without taps and with many
    const values weights = noise(64, 5);
    for (int i = 0; i < to.h + to.w; i++) {
        lines.emplace_back();
        const int size = i < to.h ? from.h : from.w;
        for (int j = 0; j < i % 4; j++)
            lines.back().push_back({(i * 3 + j) % size, static_cast<float>(weights[static_cast<size_t>(i + j)])});
    }
    std::vector<float> table;
    for (const auto& line : lines) {
        table.push_back(static_cast<float>(line.size()));
        for (const tap& t : line) {
            table.push_back(static_cast<float>(t.index));
            table.push_back(t.weight);
        }
    }
    values expected;
    for (int c = 0; c < to.c; c++)
        for (int y = 0; y < to.h; y++)
            for (int x = 0; x < to.w; x++) {
                double sum = accumulate ? old[expected.size()] : 0;
                for (const tap& r : lines[static_cast<size_t>(y)])
                    for (const tap& k : lines[static_cast<size_t>(to.h + x)])
                        sum += static_cast<double>(r.weight) * k.weight *
                               a[(static_cast<size_t>(c) * from.h + r.index) * from.w + k.index];
                expected.push_back(sum);
            }
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_RESIZE, from, b.blocked(from, a_type, a), -1, b.blocked(to, d_type, old));
    op.n[0] = to.h;
    op.n[1] = to.w;
    op.accumulate = accumulate;
    op.a_type = a_type;
    op.dst_type = d_type;
    op.t0 = table.data();
    op.n0 = static_cast<int32_t>(table.size());
    b.op(op);
    const std::string what =
        std::string("resize") + (accumulate ? " +=" : "") + " types " + std::to_string(a_type) + std::to_string(d_type);
    if (b.run(what)) expect_close(b.read(op.dst), expected, tolerance(d_type), what);
}

void layouts(extents e, bool accumulate, int a_type, int d_type, int threads) {
    values a = noise(e.count(), 6), old = noise(e.count(), 7);
    for (double& x : a) x = as(a_type, x);
    for (double& x : old) x = as(d_type, x);
    values expected = a;
    if (accumulate)
        for (size_t i = 0; i < a.size(); i++) expected[i] += old[i];
    bench b(threads);
    cnnviz_op to = operation(CNNVIZ_OP_TO_BLOCKED, e, b.planar(e, a_type, a), -1, b.blocked(e, d_type, old));
    cnnviz_op from = operation(CNNVIZ_OP_TO_PLANAR, e, b.blocked(e, a_type, a), -1, b.planar(e, d_type, old));
    to.a_type = from.a_type = a_type;
    to.dst_type = from.dst_type = d_type;
    to.accumulate = from.accumulate = accumulate;
    b.op(to);
    b.op(from);
    const std::string what =
        "layouts of " + std::to_string(e.c) + " channels types " + std::to_string(a_type) + std::to_string(d_type);
    if (!b.run(what)) return;
    expect_close(b.read(to.dst), expected, tolerance(d_type), what + ": to_blocked");
    expect_close(b.read(from.dst), expected, tolerance(d_type), what + ": to_planar");
}

void subpixel(int c, int rows, int columns, bool accumulate, int a_type, int d_type, int threads) {
    const extents to{c, 11, 13}, from{c * rows * columns, (11 + rows - 1) / rows, (13 + columns - 1) / columns};
    values a = noise(from.count(), 8), old = noise(to.count(), 9), expected;
    for (double& x : a) x = as(a_type, x);
    for (double& x : old) x = as(d_type, x);
    for (int k = 0; k < c; k++)
        for (int y = 0; y < to.h; y++)
            for (int x = 0; x < to.w; x++) {
                const size_t channel = static_cast<size_t>((y % rows * columns + x % columns) * c + k);
                const double v = a[(channel * from.h + y / rows) * from.w + x / columns];
                expected.push_back(accumulate ? v + old[expected.size()] : v);
            }
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_SUBPIXEL, to, b.blocked(from, a_type, a), -1, b.planar(to, d_type, old));
    op.n[0] = rows;
    op.n[1] = columns;
    op.n[2] = from.h;
    op.n[3] = from.w;
    op.accumulate = accumulate;
    op.a_type = a_type;
    op.dst_type = d_type;
    b.op(op);
    const std::string what = "subpixel " + std::to_string(rows) + "x" + std::to_string(columns);
    if (b.run(what)) expect_close(b.read(op.dst), expected, tolerance(d_type), what);
}

template <class Body>
void each_type(const Body& body) {
    for (const int a : {CNNVIZ_F32, CNNVIZ_BF16})
        for (const int d : {CNNVIZ_F32, CNNVIZ_BF16})
            for (int threads = 1; threads <= 2; threads++) body(a, d, threads);
}

}  // namespace

void test_copies() {
    each_type([](int a, int d, int threads) {
        for (const region& r : regions()) {
            copy(r, false, a, d, threads);
            if (!r.fill) copy(r, true, a, d, threads);
        }
        resize(false, a, d, threads);
        resize(true, a, d, threads);
    });
}

void test_planar() {
    each_type([](int a, int d, int threads) {
        for (const bool accumulate : {false, true}) {
            for (const extents e :
                 {extents{3, 13, 11}, extents{16, 4, 8}, extents{37, 5, 5}, extents{32, 40, 41}, extents{1, 1, 1}})
                layouts(e, accumulate, a, d, threads);
            subpixel(3, 2, 2, accumulate, a, d, threads);
            subpixel(1, 4, 4, accumulate, a, d, threads);
            subpixel(3, 3, 2, accumulate, a, d, threads);
        }
    });
}

}  // namespace tests

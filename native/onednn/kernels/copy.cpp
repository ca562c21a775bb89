// Copies of regions (crop, pad, strided take and put, channel slice and concatenation) and linear resizes.
#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

// The channels of one block of dst that a copy writes, and where they come from: lanes of two neighbouring blocks of a.
struct source_lanes {
    mask written;   // lanes of dst's block in the copied range
    mask channels;  // lanes that are channels of dst at all; the others are padding
    bool partial;   // whether some lane is not written
    int low, high;  // blocks of a
    ivec lanes;     // of (low, high)
    bool aligned;   // lanes = those of low
};

inline source_lanes lanes_of(const kernel_arguments& k, int dst_block) {
    const int first = k.n[9] - dst_block * block, last = first + k.n[0];
    const int channel = k.n[3] - first;  // a's channel that would be lane 0
    const int low = channel >= 0 ? channel / block : -((-channel + block - 1) / block);
    const int shift = channel - low * block, top = blocks_of(k.c) - 1;
    return {lanes_in(first, last),
            lanes_in(0, k.n[6] - dst_block * block),
            first > 0 || last < block,
            most(0, least(low, top)),
            most(0, least(low + 1, top)),
            window_lanes(shift),
            shift == 0};
}

template <class A, class D, bool accumulate>
void copy_row(const kernel_arguments& k, const source_lanes& s, const A* low, const A* high, D* d) {
    const int from = k.n[13] * block, to = k.n[15] * block;
    for (int x = 0; x < k.n[2]; x++, low += from, high += from, d += to) {
        vec v = load(low);
        if (!s.aligned) v = window(v, load(high), s.lanes);
        if constexpr (accumulate) v = s.partial ? select(s.written, add(v, load(d)), load(d)) : add(v, load(d));
        else if (s.partial) v = select(s.written, v, select(s.channels, load(d), zero()));
        store(d, v);
    }
}

template <class A, class D>
struct copy {
    static void run(const kernel_arguments& k) {
        const int first = k.fill ? 0 : k.n[9] / block;
        const int last = k.fill ? blocks_of(k.n[6]) : blocks_of(k.n[9] + k.n[0]);
        const int rows = k.fill ? k.n[7] : k.n[1];
        each(k.threads, static_cast<int64_t>(last - first) * rows, [&](int64_t i) {
            const int db = first + static_cast<int>(i / rows);
            const int row = static_cast<int>(i % rows);
            const int y = k.fill ? row : k.n[10] + row * k.n[14];
            D* d = static_cast<D*>(k.dst) + (static_cast<int64_t>(db) * k.n[7] + y) * k.n[8] * block;
            const source_lanes s = lanes_of(k, db);
            int taken = row;
            if (k.fill) {
                const vec value = select(s.channels, set1(k.alpha), zero());
                for (int x = 0; x < k.n[8]; x++) store(d + x * block, value);
                const int below = y - k.n[10];
                if (below < 0 || below % k.n[14] != 0 || below / k.n[14] >= k.n[1]) return;
                if (db * block + block <= k.n[9] || db * block >= k.n[9] + k.n[0]) return;
                taken = below / k.n[14];
            }
            const int64_t cell = static_cast<int64_t>(k.n[4] + taken * k.n[12]) * k.w + k.n[5];
            const int64_t plane = static_cast<int64_t>(k.h) * k.w;
            const A* low = static_cast<const A*>(k.a) + (s.low * plane + cell) * block;
            const A* high = static_cast<const A*>(k.a) + (s.high * plane + cell) * block;
            d += k.n[11] * block;
            if (k.accumulate) copy_row<A, D, true>(k, s, low, high, d);
            else copy_row<A, D, false>(k, s, low, high, d);
        });
    }
};

// The taps of one output row or column: count, then pairs (index, weight).
struct taps {
    int count;
    const float* pairs;
    int index(int i) const { return static_cast<int>(pairs[2 * i]); }
    float weight(int i) const { return pairs[2 * i + 1]; }
};

inline taps taps_at(const float* table, float offset) {
    const float* t = table + static_cast<int64_t>(offset);
    return {static_cast<int>(*t), t + 1};
}

// Rows are combined into a line of a's width first, then columns. t1: where the taps of each output row and column begin in t0.
template <class A, class D>
struct resize {
    static void run(const kernel_arguments& k) {
        const int out_h = k.n[0], out_w = k.n[1], parts = most(1, k.threads);
        const int64_t lines = static_cast<int64_t>(blocks_of(k.c)) * out_h;
        each(k.threads, parts, [&](int64_t part) {
            float* line = static_cast<float*>(k.scratch) + part * k.w * block;
            for (int64_t i = lines * part / parts; i < lines * (part + 1) / parts; i++) {
                const A* a = static_cast<const A*>(k.a) + i / out_h * k.h * k.w * block;
                const taps rows = taps_at(k.t0, k.t1[i % out_h]);
                combine_rows(a, k.w, rows, line);
                D* d = static_cast<D*>(k.dst) + i * out_w * block;
                for (int x = 0; x < out_w; x++, d += block) {
                    const taps columns = taps_at(k.t0, k.t1[out_h + x]);
                    vec v = k.accumulate ? load(d) : zero();
                    for (int j = 0; j < columns.count; j++)
                        v = fma(load(line + columns.index(j) * block), set1(columns.weight(j)), v);
                    store(d, v);
                }
            }
        });
    }

    static void combine_rows(const A* a, int w, const taps& rows, float* line) {
        for (int x = 0; x < w; x++) {
            vec v = zero();
            for (int j = 0; j < rows.count; j++)
                v = fma(load(a + (static_cast<int64_t>(rows.index(j)) * w + x) * block), set1(rows.weight(j)), v);
            store(line + x * block, v);
        }
    }
};

}  // namespace

kernel find_copy(int op, int a, int, int d) {
    switch (op) {
    case CNNVIZ_OP_COPY: return pick<copy>(a, d);
    case CNNVIZ_OP_RESIZE: return pick<resize>(a, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

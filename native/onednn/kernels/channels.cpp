// Passes between a map and one value per channel: means, sums over cells, scales.
#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

// Rows are summed by themselves first, in four partial sums: fewer rounding errors, no chain of dependent additions.
template <class Term>
inline vec sum_rows(int h, int w, const Term& term) {
    vec total = zero();
    for (int y = 0; y < h; y++) {
        vec part[4] = {zero(), zero(), zero(), zero()};
        const int64_t row = static_cast<int64_t>(y) * w;
        int x = 0;
        for (; x + 4 <= w; x += 4)
            for (int j = 0; j < 4; j++) part[j] = add(part[j], term(row + x + j));
        for (; x < w; x++) part[0] = add(part[0], term(row + x));
        total = add(total, add(add(part[0], part[1]), add(part[2], part[3])));
    }
    return total;
}

template <class A, class D>
struct global_average {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each(k.threads, blocks_of(k.c), [&](int64_t cb) {
            const A* a = static_cast<const A*>(k.a) + cb * cells * block;
            const vec total = sum_rows(k.h, k.w, [&](int64_t i) { return load(a + i * block); });
            store(static_cast<D*>(k.dst) + cb * block, mul(total, set1(1.0f / static_cast<float>(cells))));
        });
    }
};

template <class A, class D>
struct global_average_backward {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each(k.threads, blocks_of(k.c), [&](int64_t cb) {
            const vec share = mul(load(static_cast<const A*>(k.a) + cb * block), set1(1.0f / static_cast<float>(cells)));
            D* d = static_cast<D*>(k.dst) + cb * cells * block;
            if (k.accumulate)
                for (int64_t i = 0; i < cells * block; i += block) store(d + i, add(load(d + i), share));
            else
                for (int64_t i = 0; i < cells * block; i += block) store(d + i, share);
        });
    }
};

template <class A, class B, class D>
struct scale_channels {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each_range(k.threads, blocks_of(k.c), cells, [&](int cb, int64_t first, int64_t last) {
            const vec scale = load(static_cast<const B*>(k.b) + cb * block);
            const A* a = static_cast<const A*>(k.a) + cb * cells * block;
            D* d = static_cast<D*>(k.dst) + cb * cells * block;
            for (int64_t i = first * block; i < last * block; i += block) store(d + i, mul(load(a + i), scale));
        });
    }
};

template <class A, class B, class D>
struct sum_cells {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each(k.threads, blocks_of(k.c), [&](int64_t cb) {
            const A* a = static_cast<const A*>(k.a) + cb * cells * block;
            const B* b = static_cast<const B*>(k.b) + cb * cells * block;
            vec total = sum_rows(k.h, k.w, [&](int64_t i) { return mul(load(a + i * block), load(b + i * block)); });
            D* d = static_cast<D*>(k.dst) + cb * block;
            if (k.accumulate) total = add(total, load(d));
            store(d, total);
        });
    }
};

}  // namespace

kernel find_channels(int op, int a, int b, int d) {
    switch (op) {
    case CNNVIZ_OP_GLOBAL_AVERAGE: return pick<global_average>(a, d);
    case CNNVIZ_OP_GLOBAL_AVERAGE_BACKWARD: return pick<global_average_backward>(a, d);
    case CNNVIZ_OP_SCALE_CHANNELS: return pick<scale_channels>(a, b, d);
    case CNNVIZ_OP_SUM_CELLS: return pick<sum_cells>(a, b, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

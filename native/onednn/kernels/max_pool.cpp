// Max pooling and its gradient.
#include "window.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

constexpr int padded_zero = 255;

struct best_of {
    vec value;
    ivec winner;
    bool any;

    inline void offer(vec v, int cell) {
        if (!any) {
            value = v;
            winner = iset1(cell);
            any = true;
            return;
        }
        const mask m = greater(v, value);
        value = select(m, v, value);
        winner = iselect(m, iset1(cell), winner);
    }
};

template <class A, class D>
struct max_pool {
    static void run(const kernel_arguments& k) {
        const window_geometry g(k);
        each(k.threads, static_cast<int64_t>(blocks_of(k.c)) * g.oh, [&](int64_t i) {
            const A* a = static_cast<const A*>(k.a) + i / g.oh * g.h * g.w * block;
            D* d = static_cast<D*>(k.dst) + i * g.ow * block;
            uint8_t* winners = k.b ? static_cast<uint8_t*>(const_cast<void*>(k.b)) + i * g.ow * block : nullptr;
            const int top = static_cast<int>(i % g.oh) * g.sh - g.pt;
            for (int ox = 0; ox < g.ow; ox++) {
                const int left = ox * g.sw - g.pl;
                const bool inside = top >= 0 && left >= 0 && top + (g.kh - 1) * g.dh < g.h && left + (g.kw - 1) * g.dw < g.w;
                const best_of best = inside ? full_window(g, a, top, left) : edge_window(k, g, a, top, left);
                store(d + ox * block, best.value);
                if (winners) store_bytes(winners + ox * block, best.winner);
            }
        });
    }

    static inline best_of full_window(const window_geometry& g, const A* a, int top, int left) {
        best_of best{load(a + (static_cast<int64_t>(top) * g.w + left) * block), iset1(0), true};
        for (int ky = 0, cell = 0; ky < g.kh; ky++) {
            const A* row = a + (static_cast<int64_t>(top + ky * g.dh) * g.w + left) * block;
            for (int kx = 0; kx < g.kw; kx++, cell++) best.offer(load(row + kx * g.dw * block), cell);
        }
        return best;
    }

    // Nothing takes part where the window lies beyond everything: zero, so that no infinity spreads.
    static best_of edge_window(const kernel_arguments& k, const window_geometry& g, const A* a, int top, int left) {
        best_of best{zero(), iset1(padded_zero), false};
        for (int ky = 0, cell = 0; ky < g.kh; ky++)
            for (int kx = 0; kx < g.kw; kx++, cell++) {
                const int y = top + ky * g.dh, x = left + kx * g.dw;
                if (y >= 0 && x >= 0 && y < g.h && x < g.w)
                    best.offer(load(a + (static_cast<int64_t>(y) * g.w + x) * block), cell);
                else if (k.n[10] && y < g.h + k.n[11] && x < g.w + k.n[12]) best.offer(zero(), padded_zero);
            }
        return best;
    }
};

template <class A, class D>
struct max_pool_backward {
    static void run(const kernel_arguments& k) {
        const window_geometry g(k);
        gather_gradient<D>(k, [&](int64_t cb, int y, int x0, int x1, float* sums) {
            const int64_t plane = cb * g.oh * g.ow;
            const A* a = static_cast<const A*>(k.a) + plane * block;
            const uint8_t* winners = static_cast<const uint8_t*>(k.b) + plane * block;
            each_cover(g, y, x0, x1, [&](int cell, int oy, int ox, int x) {
                const int64_t at = (static_cast<int64_t>(oy) * g.ow + ox) * block;
                const mask m = iequal(load_bytes(winners + at), iset1(cell));
                store(sums + x * block, add(load(sums + x * block), select(m, load(a + at), zero())));
            });
        });
    }
};

}  // namespace

kernel find_max_pool(int op, int a, int, int d) {
    switch (op) {
    case CNNVIZ_OP_MAX_POOL: return pick<max_pool>(a, d);
    case CNNVIZ_OP_MAX_POOL_BACKWARD: return pick<max_pool_backward>(a, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

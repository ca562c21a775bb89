// Average pooling and its gradient. The factors of rows and columns come from the caller, who knows what counts as a cell.
#include "window.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

template <class A, class D>
struct average_pool {
    static void run(const kernel_arguments& k) {
        const window_geometry g(k);
        each(k.threads, static_cast<int64_t>(blocks_of(k.c)) * g.oh, [&](int64_t i) {
            const A* a = static_cast<const A*>(k.a) + i / g.oh * g.h * g.w * block;
            D* d = static_cast<D*>(k.dst) + i * g.ow * block;
            const int oy = static_cast<int>(i % g.oh), top = oy * g.sh - g.pt;
            const int ky0 = top >= 0 ? 0 : ceil_div(-top, g.dh), ky1 = least(g.kh, ceil_div(g.h - top, g.dh));
            for (int ox = 0; ox < g.ow; ox++) {
                const int left = ox * g.sw - g.pl;
                const int kx0 = left >= 0 ? 0 : ceil_div(-left, g.dw), kx1 = least(g.kw, ceil_div(g.w - left, g.dw));
                vec total = zero();
                for (int ky = ky0; ky < ky1; ky++) {
                    const A* row = a + (static_cast<int64_t>(top + ky * g.dh) * g.w + left) * block;
                    for (int kx = kx0; kx < kx1; kx++) total = add(total, load(row + kx * g.dw * block));
                }
                store(d + ox * block, mul(total, set1(k.t0[oy] * k.t0[g.oh + ox])));
            }
        });
    }
};

template <class A, class D>
struct average_pool_backward {
    static void run(const kernel_arguments& k) {
        const window_geometry g(k);
        gather_gradient<D>(k, [&](int64_t cb, int y, int x0, int x1, float* sums) {
            const A* a = static_cast<const A*>(k.a) + cb * g.oh * g.ow * block;
            each_cover(g, y, x0, x1, [&](int, int oy, int ox, int x) {
                const vec v = load(a + (static_cast<int64_t>(oy) * g.ow + ox) * block);
                store(sums + x * block, fma(v, set1(k.t0[oy] * k.t0[g.oh + ox]), load(sums + x * block)));
            });
        });
    }
};

}  // namespace

kernel find_average_pool(int op, int a, int, int d) {
    switch (op) {
    case CNNVIZ_OP_AVERAGE_POOL: return pick<average_pool>(a, d);
    case CNNVIZ_OP_AVERAGE_POOL_BACKWARD: return pick<average_pool_backward>(a, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

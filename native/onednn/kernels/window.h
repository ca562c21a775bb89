// The geometry of a pooling window, and walks over what it covers.
#pragma once
#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {

struct window_geometry {
    int h, w, oh, ow, kh, kw, sh, sw, dh, dw, pt, pl;

    explicit window_geometry(const kernel_arguments& k)
        : h(k.h),
          w(k.w),
          oh(k.n[0]),
          ow(k.n[1]),
          kh(k.n[2]),
          kw(k.n[3]),
          sh(k.n[4]),
          sw(k.n[5]),
          dh(k.n[6]),
          dw(k.n[7]),
          pt(k.n[8]),
          pl(k.n[9]) {}
};

inline int floor_div(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
inline int ceil_div(int a, int b) { return -floor_div(-a, b); }

// Columns of the input that a gradient pass gathers at once: their sums stay in the first-level cache as floats.
constexpr int gathered = 64;

// For the input columns x0 .. x1 - 1 of row y: body(window cell, oy, ox, x - x0) for each window position that covers (y, x).
template <class Body>
inline void each_cover(const window_geometry& g, int y, int x0, int x1, const Body& body) {
    for (int ky = 0; ky < g.kh; ky++) {
        const int up = y + g.pt - ky * g.dh;
        if (up < 0 || up % g.sh != 0 || up / g.sh >= g.oh) continue;
        const int oy = up / g.sh;
        for (int kx = 0; kx < g.kw; kx++) {
            const int shift = kx * g.dw - g.pl;  // x = ox sw + shift
            const int first = most(0, ceil_div(x0 - shift, g.sw)), last = least(g.ow, ceil_div(x1 - shift, g.sw));
            for (int ox = first; ox < last; ox++) body(ky * g.kw + kx, oy, ox, ox * g.sw + shift - x0);
        }
    }
}

// The gradient pass of a pooling: gather(cb, y, x0, x1, sums) adds into sums; then sums go to dst (+)=.
template <class D, class Gather>
inline void gather_gradient(const kernel_arguments& k, const Gather& gather) {
    each(k.threads, static_cast<int64_t>(blocks_of(k.c)) * k.h, [&](int64_t i) {
        alignas(64) float sums[gathered * block];
        D* d = static_cast<D*>(k.dst) + i * k.w * block;
        for (int x0 = 0; x0 < k.w; x0 += gathered) {
            const int x1 = least(k.w, x0 + gathered);
            for (int x = 0; x < x1 - x0; x++) store(sums + x * block, zero());
            gather(i / k.h, static_cast<int>(i % k.h), x0, x1, sums);
            for (int x = x0; x < x1; x++) {
                const vec v = load(sums + (x - x0) * block);
                store(d + x * block, k.accumulate ? add(load(d + x * block), v) : v);
            }
        }
    });
}

}  // namespace cnnviz::CNNVIZ_TARGET

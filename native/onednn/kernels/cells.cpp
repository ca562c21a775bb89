// Between blocked maps and channels-last ones (all channels of a cell side by side), which matrix-tile convolutions want.
// Channels are whole blocks here.
#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

inline void move(float* d, const float* a) { store(d, load(a)); }
inline void move(bf16* d, const bf16* a) { __builtin_memcpy(d, a, block * sizeof(bf16)); }
template <class A, class D>
inline void move(D* d, const A* a) {
    store(d, load(a));
}

template <class A, class D>
struct to_cells {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each(k.threads, k.h, [&](int64_t y) {
            for (int cb = 0; cb < k.c / block; cb++) {
                const A* a = static_cast<const A*>(k.a) + (cb * cells + y * k.w) * block;
                D* d = static_cast<D*>(k.dst) + y * k.w * k.c + cb * block;
                for (int x = 0; x < k.w; x++, a += block, d += k.c) move(d, a);
            }
        });
    }
};

// dst (+)= a where the mask b, if any, is set; 0 elsewhere.
template <class A, class D>
struct from_cells {
    static void run(const kernel_arguments& k) {
        if (k.b && k.accumulate) rows(k, [](D* d, const A* a, const uint8_t* m) { store(d, add(masked(a, m), load(d))); });
        else if (k.b) rows(k, [](D* d, const A* a, const uint8_t* m) { store(d, masked(a, m)); });
        else if (k.accumulate) rows(k, [](D* d, const A* a, const uint8_t*) { store(d, add(load(a), load(d))); });
        else rows(k, [](D* d, const A* a, const uint8_t*) { move(d, a); });
    }

    static inline vec masked(const A* a, const uint8_t* m) { return select(load_mask(m), load(a), zero()); }

    template <class Body>
    static void rows(const kernel_arguments& k, const Body& body) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each(k.threads, k.h, [&](int64_t y) {
            for (int cb = 0; cb < k.c / block; cb++) {
                const int64_t offset = (cb * cells + y * k.w) * block;
                const A* a = static_cast<const A*>(k.a) + y * k.w * k.c + cb * block;
                const uint8_t* m = static_cast<const uint8_t*>(k.b) + (k.b ? offset : 0);
                D* d = static_cast<D*>(k.dst) + offset;
                for (int x = 0; x < k.w * block; x += block, a += k.c) body(d + x, a, k.b ? m + x : nullptr);
            }
        });
    }
};

}  // namespace

kernel find_cells(int op, int a, int, int d) {
    switch (op) {
    case op_to_cells: return pick<to_cells>(a, d);
    case op_from_cells: return pick<from_cells>(a, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

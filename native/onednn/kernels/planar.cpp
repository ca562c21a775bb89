// Between planar and blocked layouts: squares of block x block elements are transposed in registers.
#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

// How many cells one task moves: a piece of a block's plane, so that threads share a map of few blocks.
constexpr int64_t piece = 1024;

template <class Body>
void each_piece(const kernel_arguments& k, const Body& body) {
    const int64_t cells = static_cast<int64_t>(k.h) * k.w, pieces = (cells + piece - 1) / piece;
    each(k.threads, blocks_of(k.c) * pieces, [&](int64_t i) {
        const int64_t first = i % pieces * piece, last = first + piece < cells ? first + piece : cells;
        body(i / pieces, first, last);
    });
}

template <class A, class D>
struct to_blocked {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each_piece(k, [&](int64_t cb, int64_t first, int64_t last) {
            const int channels = least(block, k.c - static_cast<int>(cb) * block);
            const A* a = static_cast<const A*>(k.a) + cb * block * cells;
            D* d = static_cast<D*>(k.dst) + cb * block * cells;
            int64_t i = first;
            for (; i + block <= last; i += block) {
                vec r[block];
                for (int c = 0; c < block; c++) r[c] = c < channels ? load(a + c * cells + i) : zero();
                transpose(r);
                for (int j = 0; j < block; j++) put(d + (i + j) * block, r[j], k.accumulate);
            }
            for (; i < last; i++) {
                float cell[block] = {};
                for (int c = 0; c < channels; c++) cell[c] = value(a[c * cells + i]);
                put(d + i * block, load(cell), k.accumulate);
            }
        });
    }

    static inline void put(D* d, vec v, int accumulate) { store(d, accumulate ? add(load(d), v) : v); }
};

template <class A, class D>
struct to_planar {
    static void run(const kernel_arguments& k) {
        const int64_t cells = static_cast<int64_t>(k.h) * k.w;
        each_piece(k, [&](int64_t cb, int64_t first, int64_t last) {
            const int channels = least(block, k.c - static_cast<int>(cb) * block);
            const A* a = static_cast<const A*>(k.a) + cb * block * cells;
            D* d = static_cast<D*>(k.dst) + cb * block * cells;
            int64_t i = first;
            for (; i + block <= last; i += block) {
                vec r[block];
                for (int j = 0; j < block; j++) r[j] = load(a + (i + j) * block);
                transpose(r);
                for (int c = 0; c < channels; c++) {
                    D* to = d + c * cells + i;
                    store(to, k.accumulate ? add(load(to), r[c]) : r[c]);
                }
            }
            for (; i < last; i++)
                for (int c = 0; c < channels; c++) {
                    D& to = d[c * cells + i];
                    const float v = value(a[i * block + c]);
                    assign(to, k.accumulate ? value(to) + v : v);
                }
        });
    }
};

template <class A, class D>
struct subpixel {
    static void run(const kernel_arguments& k) {
        const int rows = k.n[0], columns = k.n[1], ah = k.n[2], aw = k.n[3];
        each(k.threads, k.h, [&](int64_t y) {
            for (int c = 0; c < k.c; c++) {
                D* d = static_cast<D*>(k.dst) + (static_cast<int64_t>(c) * k.h + y) * k.w;
                for (int phase = 0; phase < columns; phase++) {
                    const int channel = (static_cast<int>(y % rows) * columns + phase) * k.c + c;
                    const A* a = static_cast<const A*>(k.a) + channel % block;
                    a += (static_cast<int64_t>(channel / block) * ah + y / rows) * aw * block;
                    if (k.accumulate)
                        for (int x = phase; x < k.w; x += columns, a += block) assign(d[x], value(d[x]) + value(*a));
                    else
                        for (int x = phase; x < k.w; x += columns, a += block) assign(d[x], value(*a));
                }
            }
        });
    }
};

}  // namespace

kernel find_planar(int op, int a, int, int d) {
    switch (op) {
    case CNNVIZ_OP_TO_BLOCKED: return pick<to_blocked>(a, d);
    case CNNVIZ_OP_TO_PLANAR: return pick<to_planar>(a, d);
    case CNNVIZ_OP_SUBPIXEL: return pick<subpixel>(a, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

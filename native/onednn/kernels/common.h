// What all kernel files share.
#pragma once
#include "../cnnviz_onednn.h"
#include "kernels.h"
#include "vector.h"

namespace cnnviz::CNNVIZ_TARGET {

inline int blocks_of(int channels) { return (channels + block - 1) / block; }
inline int least(int a, int b) { return a < b ? a : b; }
inline int most(int a, int b) { return a > b ? a : b; }

// body(i) for i in 0 .. n - 1. Plain calls with one thread: no parallel region, so no barrier either.
template <class Body>
inline void each(int threads, int64_t n, const Body& body) {
    if (threads <= 1 || n <= 1) {
        for (int64_t i = 0; i < n; i++) body(i);
        return;
    }
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < n; i++) body(i);
}

// body(block, first cell, last cell) over all cells of all blocks, in enough parts for the threads.
template <class Body>
inline void each_range(int threads, int blocks, int64_t cells, const Body& body) {
    const int64_t parts = threads <= 1 || blocks >= 8 * threads ? 1 : threads;
    each(threads, blocks * parts, [&](int64_t i) {
        const int64_t part = i % parts;
        body(static_cast<int>(i / parts), cells * part / parts, cells * (part + 1) / parts);
    });
}

// Picks the instance for two or three element types.
template <template <class, class> class Kernel>
kernel pick(int a, int d) {
    if (a == CNNVIZ_F32) return d == CNNVIZ_F32 ? &Kernel<float, float>::run : &Kernel<float, bf16>::run;
    return d == CNNVIZ_F32 ? &Kernel<bf16, float>::run : &Kernel<bf16, bf16>::run;
}

template <template <class, class, class> class Kernel, class A>
kernel pick_rest(int b, int d) {
    if (b == CNNVIZ_F32) return d == CNNVIZ_F32 ? &Kernel<A, float, float>::run : &Kernel<A, float, bf16>::run;
    return d == CNNVIZ_F32 ? &Kernel<A, bf16, float>::run : &Kernel<A, bf16, bf16>::run;
}

template <template <class, class, class> class Kernel>
kernel pick(int a, int b, int d) {
    return a == CNNVIZ_F32 ? pick_rest<Kernel, float>(b, d) : pick_rest<Kernel, bf16>(b, d);
}

kernel find_activation(int op, int a, int b, int d);
kernel find_elementwise(int op, int a, int b, int d);
kernel find_channels(int op, int a, int b, int d);
kernel find_copy(int op, int a, int b, int d);
kernel find_max_pool(int op, int a, int b, int d);
kernel find_average_pool(int op, int a, int b, int d);
kernel find_planar(int op, int a, int b, int d);
kernel find_cells(int op, int a, int b, int d);

}  // namespace cnnviz::CNNVIZ_TARGET

// Passes in which an element depends on the elements at its place: affine maps with activations and their masks, sums, products.
#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

// act(x), and where its derivative is 1. The choice of function is outside the loop over cells.
struct identity {
    vec operator()(vec x) const { return x; }
    mask active(vec) const { return all_lanes(); }
};
struct relu {
    vec slope;
    vec operator()(vec x) const { return select(greater(x, zero()), x, mul(x, slope)); }
    mask active(vec x) const { return greater(x, zero()); }
};
struct plain_relu {
    vec operator()(vec x) const { return larger(x, zero()); }
    mask active(vec x) const { return greater(x, zero()); }
};
struct clip {
    vec low, high;
    vec operator()(vec x) const { return smaller(larger(x, low), high); }
    mask active(vec x) const { return both(greater(x, low), greater(high, x)); }
};

template <class Body>
void with_activation(const kernel_arguments& k, const Body& body) {
    if (k.act == CNNVIZ_ACT_RELU && k.alpha == 0) body(plain_relu{});
    else if (k.act == CNNVIZ_ACT_RELU) body(relu{set1(k.alpha)});
    else if (k.act == CNNVIZ_ACT_CLIP) body(clip{set1(k.alpha), set1(k.beta)});
    else body(identity{});
}

template <class A, class D>
struct affine {
    static void run(const kernel_arguments& k) {
        with_activation(k, [&](auto act) {
            const int64_t cells = static_cast<int64_t>(k.h) * k.w;
            each_range(k.threads, blocks_of(k.c), cells, [&](int cb, int64_t first, int64_t last) {
                const vec scale = k.t0 ? load(k.t0 + cb * block) : set1(1), shift = k.t1 ? load(k.t1 + cb * block) : zero();
                const A* a = static_cast<const A*>(k.a) + cb * cells * block;
                D* d = static_cast<D*>(k.dst) + cb * cells * block;
                uint8_t* m = static_cast<uint8_t*>(const_cast<void*>(k.b));
                if (m) {
                    m += cb * cells * block;
                    for (int64_t i = first * block; i < last * block; i += block) {
                        const vec x = fma(load(a + i), scale, shift);
                        store_mask(m + i, act.active(x));
                        store(d + i, act(x));
                    }
                } else {
                    for (int64_t i = first * block; i < last * block; i += block)
                        store(d + i, act(fma(load(a + i), scale, shift)));
                }
            });
        });
    }
};

template <class A, class D>
struct affine_backward {
    template <bool masked, bool accumulate>
    static void cells(const A* a, const uint8_t* m, D* d, vec scale, vec outside, int64_t first, int64_t last) {
        for (int64_t i = first * block; i < last * block; i += block) {
            vec x = load(a + i);
            if constexpr (masked) x = mul(x, select(load_mask(m + i), scale, outside));
            else x = mul(x, scale);
            if constexpr (accumulate) x = add(x, load(d + i));
            store(d + i, x);
        }
    }

    static void run(const kernel_arguments& k) {
        const int64_t count = static_cast<int64_t>(k.h) * k.w;
        each_range(k.threads, blocks_of(k.c), count, [&](int cb, int64_t first, int64_t last) {
            const vec scale = k.t0 ? load(k.t0 + cb * block) : set1(1), outside = mul(scale, set1(k.alpha));
            const int64_t offset = cb * count * block;
            const A* a = static_cast<const A*>(k.a) + offset;
            const uint8_t* m = k.b ? static_cast<const uint8_t*>(k.b) + offset : nullptr;
            D* d = static_cast<D*>(k.dst) + offset;
            if (m && k.accumulate) cells<true, true>(a, m, d, scale, outside, first, last);
            else if (m) cells<true, false>(a, m, d, scale, outside, first, last);
            else if (k.accumulate) cells<false, true>(a, m, d, scale, outside, first, last);
            else cells<false, false>(a, m, d, scale, outside, first, last);
        });
    }
};

template <class A, class D>
struct activation_mask {
    static void run(const kernel_arguments& k) {
        with_activation(k, [&](auto act) {
            const int64_t cells = static_cast<int64_t>(k.h) * k.w;
            each_range(k.threads, blocks_of(k.c), cells, [&](int cb, int64_t first, int64_t last) {
                const A* a = static_cast<const A*>(k.a) + cb * cells * block;
                uint8_t* m = static_cast<uint8_t*>(k.dst) + cb * cells * block;
                for (int64_t i = first * block; i < last * block; i += block) store_mask(m + i, act.active(load(a + i)));
            });
        });
    }
};

template <class A, class B, class D>
struct activation_backward {
    static void run(const kernel_arguments& k) {
        with_activation(k, [&](auto act) {
            // Outside, a ReLU's derivative is its slope, a clip's zero.
            const vec outside = set1(k.act == CNNVIZ_ACT_RELU ? k.alpha : 0);
            const int64_t cells = static_cast<int64_t>(k.h) * k.w;
            each_range(k.threads, blocks_of(k.c), cells, [&](int cb, int64_t first, int64_t last) {
                const A* a = static_cast<const A*>(k.a) + cb * cells * block;
                const B* b = static_cast<const B*>(k.b) + cb * cells * block;
                D* d = static_cast<D*>(k.dst) + cb * cells * block;
                for (int64_t i = first * block; i < last * block; i += block) {
                    vec x = mul(load(a + i), select(act.active(load(b + i)), set1(1), outside));
                    if (k.accumulate) x = add(x, load(d + i));
                    store(d + i, x);
                }
            });
        });
    }
};

template <class A, class B, class D, class Function>
void combine(const kernel_arguments& k, Function f) {
    const int64_t cells = static_cast<int64_t>(k.h) * k.w;
    each_range(k.threads, blocks_of(k.c), cells, [&](int cb, int64_t first, int64_t last) {
        const A* a = static_cast<const A*>(k.a) + cb * cells * block;
        const B* b = static_cast<const B*>(k.b) + cb * cells * block;
        D* d = static_cast<D*>(k.dst) + cb * cells * block;
        for (int64_t i = first * block; i < last * block; i += block) store(d + i, f(load(a + i), load(b + i)));
    });
}

template <class A, class B, class D>
struct sum {
    static void run(const kernel_arguments& k) {
        combine<A, B, D>(k, [](vec a, vec b) { return add(a, b); });
    }
};
template <class A, class B, class D>
struct difference {
    static void run(const kernel_arguments& k) {
        combine<A, B, D>(k, [](vec a, vec b) { return sub(a, b); });
    }
};
template <class A, class B, class D>
struct product {
    static void run(const kernel_arguments& k) {
        combine<A, B, D>(k, [](vec a, vec b) { return mul(a, b); });
    }
};

}  // namespace

kernel find_elementwise(int op, int a, int b, int d) {
    switch (op) {
    case CNNVIZ_OP_AFFINE: return pick<affine>(a, d);
    case CNNVIZ_OP_AFFINE_BACKWARD: return pick<affine_backward>(a, d);
    case CNNVIZ_OP_MASK: return pick<activation_mask>(a, CNNVIZ_F32);
    case CNNVIZ_OP_ACT_BACKWARD: return pick<activation_backward>(a, b, d);
    case CNNVIZ_OP_ADD: return pick<sum>(a, b, d);
    case CNNVIZ_OP_SUBTRACT: return pick<difference>(a, b, d);
    case CNNVIZ_OP_MULTIPLY: return pick<product>(a, b, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

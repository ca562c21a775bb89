// Activations with slopes of their own, and the way back through them; CnnViz.Models.ActivationKind has the same formulas.
#include "common.h"
#include "functions.h"

namespace cnnviz::CNNVIZ_TARGET {
namespace {

vec square(vec x) { return mul(x, x); }
vec negated(vec x) { return sub(zero(), x); }
vec normal_density(vec x) { return mul(set1(0.39894228f), exponential(mul(square(x), set1(-0.5f)))); }
vec normal_distribution(vec x) {
    const vec tail = mul(complementary_error_function(mul(magnitude(x), set1(0.70710678f))), set1(0.5f));
    return select(greater(zero(), x), tail, sub(set1(1), tail));
}

struct sigmoid {
    vec value(vec x) const { return logistic(x); }
    vec slope(vec x) const {  // e / (1 + e)^2, e = exp(-|x|)
        const vec e = exponential(negated(magnitude(x)));
        return divide(e, square(add(e, set1(1))));
    }
};
struct tangent {
    vec value(vec x) const { return hyperbolic_tangent(x); }
    vec slope(vec x) const { return mul(set1(4), sigmoid{}.slope(add(x, x))); }
};
struct silu {
    vec value(vec x) const { return mul(x, logistic(x)); }
    vec slope(vec x) const {
        const vec s = logistic(x);
        return mul(s, fma(x, sub(set1(1), s), set1(1)));
    }
};
struct hard_sigmoid {
    vec a, b;
    vec value(vec x) const { return smaller(set1(1), larger(zero(), fma(x, a, b))); }
    vec slope(vec x) const {
        const vec y = fma(x, a, b);
        return select(both(greater(y, zero()), greater(set1(1), y)), a, zero());
    }
};
struct hard_swish {
    vec value(vec x) const { return mul(x, smaller(set1(1), larger(zero(), fma(x, set1(1.0f / 6), set1(0.5f))))); }
    vec slope(vec x) const {
        const vec inside = select(greater(x, set1(-3)), fma(x, set1(1.0f / 3), set1(0.5f)), zero());
        return select(greater(set1(3), x), inside, set1(1));
    }
};
// scale (x > 0 ? x : a (exp(x / width) - 1)): ELU, SELU and CELU.
struct exponential_unit {
    vec a, scale, width;
    vec value(vec x) const {
        const vec below = mul(a, exponential_minus_1(divide(smaller(zero(), x), width)));
        return mul(scale, select(greater(x, zero()), x, below));
    }
    vec slope(vec x) const {
        const vec below = mul(divide(a, width), exponential(divide(smaller(zero(), x), width)));
        return mul(scale, select(greater(x, zero()), set1(1), below));
    }
};
struct gelu {
    vec value(vec x) const { return mul(x, normal_distribution(x)); }
    vec slope(vec x) const { return fma(x, normal_density(x), normal_distribution(x)); }
};
struct gelu_tanh {  // (1 + tanh(u)) / 2 = sigmoid(2 u)
    static vec argument(vec x) { return mul(mul(x, set1(1.59576912f)), fma(square(x), set1(0.044715f), set1(1))); }
    vec value(vec x) const { return mul(x, logistic(argument(x))); }
    vec slope(vec x) const {
        const vec inner = mul(set1(1.59576912f), fma(square(x), set1(0.134145f), set1(1)));
        return fma(mul(x, inner), sigmoid{}.slope(argument(x)), logistic(argument(x)));
    }
};
struct softplus {
    vec value(vec x) const { return soft_plus(x); }
    vec slope(vec x) const { return logistic(x); }
};
struct softsign {
    vec value(vec x) const { return divide(x, add(magnitude(x), set1(1))); }
    vec slope(vec x) const { return divide(set1(1), square(add(magnitude(x), set1(1)))); }
};
struct mish {
    vec value(vec x) const { return mul(x, hyperbolic_tangent(soft_plus(x))); }
    vec slope(vec x) const {
        const vec inner = soft_plus(x);
        return fma(mul(x, tangent{}.slope(inner)), logistic(x), hyperbolic_tangent(inner));
    }
};
struct thresholded_relu {
    vec threshold;
    vec value(vec x) const { return select(greater(x, threshold), x, zero()); }
    vec slope(vec x) const { return select(greater(x, threshold), set1(1), zero()); }
};
struct exponent {
    vec value(vec x) const { return exponential(x); }
    vec slope(vec x) const { return exponential(x); }
};
struct absolute {
    vec value(vec x) const { return magnitude(x); }
    vec slope(vec x) const { return select(greater(magnitude(x), zero()), with_sign(set1(1), x), zero()); }
};
struct erf {
    vec value(vec x) const { return error_function(x); }
    vec slope(vec x) const { return mul(set1(1.12837917f), exponential(negated(square(x)))); }
};

template <class Body>
void with_function(const kernel_arguments& k, const Body& body) {
    const vec a = set1(k.alpha), b = set1(k.beta);
    switch (k.act) {
    case CNNVIZ_FN_SIGMOID: return body(sigmoid{});
    case CNNVIZ_FN_TANH: return body(tangent{});
    case CNNVIZ_FN_SILU: return body(silu{});
    case CNNVIZ_FN_HARD_SIGMOID: return body(hard_sigmoid{a, b});
    case CNNVIZ_FN_HARD_SWISH: return body(hard_swish{});
    case CNNVIZ_FN_ELU: return body(exponential_unit{a, set1(1), set1(1)});
    case CNNVIZ_FN_SELU: return body(exponential_unit{a, b, set1(1)});
    case CNNVIZ_FN_CELU: return body(exponential_unit{a, set1(1), a});
    case CNNVIZ_FN_GELU: return body(gelu{});
    case CNNVIZ_FN_GELU_TANH: return body(gelu_tanh{});
    case CNNVIZ_FN_SOFTPLUS: return body(softplus{});
    case CNNVIZ_FN_SOFTSIGN: return body(softsign{});
    case CNNVIZ_FN_MISH: return body(mish{});
    case CNNVIZ_FN_THRESHOLDED_RELU: return body(thresholded_relu{a});
    case CNNVIZ_FN_EXP: return body(exponent{});
    case CNNVIZ_FN_ABS: return body(absolute{});
    default: return body(erf{});
    }
}

// The cells of all blocks in one row: no table depends on the channel.
template <class Body>
void each_cell(const kernel_arguments& k, const Body& body) {
    const int64_t cells = static_cast<int64_t>(blocks_of(k.c)) * k.h * k.w, parts = most(1, k.threads);
    each(k.threads, parts, [&](int64_t part) {
        const int64_t last = cells * (part + 1) / parts * block;
        for (int64_t i = cells * part / parts * block; i < last; i += block) body(i);
    });
}

template <class A, class D>
struct function {
    static void run(const kernel_arguments& k) {
        with_function(k, [&](auto f) {
            const A* a = static_cast<const A*>(k.a);
            D* d = static_cast<D*>(k.dst);
            each_cell(k, [&](int64_t i) { store(d + i, f.value(load(a + i))); });
        });
    }
};

template <class A, class B, class D>
struct function_backward {
    static void run(const kernel_arguments& k) {
        with_function(k, [&](auto f) {
            const A* a = static_cast<const A*>(k.a);
            const B* b = static_cast<const B*>(k.b);
            D* d = static_cast<D*>(k.dst);
            const bool accumulate = k.accumulate != 0;
            each_cell(k, [&](int64_t i) {
                // No gradient stays none where the slope is not finite.
                const vec g = load(a + i), some = select(greater(magnitude(g), zero()), mul(g, f.slope(load(b + i))), zero());
                store(d + i, accumulate ? add(some, load(d + i)) : some);
            });
        });
    }
};

}  // namespace

kernel find_activation(int op, int a, int b, int d) {
    switch (op) {
    case CNNVIZ_OP_FUNCTION: return pick<function>(a, d);
    case CNNVIZ_OP_FUNCTION_BACKWARD: return pick<function_backward>(a, b, d);
    default: return nullptr;
    }
}

}  // namespace cnnviz::CNNVIZ_TARGET

// Elementary functions of vectors, within about two units in the last place. NaN stays NaN.
#pragma once
#include "vector.h"

namespace cnnviz::CNNVIZ_TARGET {

// The polynomial with the given coefficients, the highest power's first.
template <int count>
inline vec polynomial(vec x, const float (&coefficients)[count]) {
    vec p = set1(coefficients[0]);
    for (int i = 1; i < count; i++) p = fma(p, x, set1(coefficients[i]));
    return p;
}

struct reduced {
    vec half, rest;  // 2^half 2^rest = 2^n: two factors, for n may lie beyond what one float's exponent holds
    vec fraction;    // exp(r) - 1, |r| <= ln(2) / 2
};

// exp(x) = 2^n exp(r) with r = x - n ln 2 (Cody and Waite, Software Manual for the Elementary Functions, 1980); exp(r) by its
// Taylor series, whose eighth term is below 6e-9.
inline reduced reduce(vec x) {
    x = smaller(set1(90.0f), larger(set1(-104.0f), x));  // in this order NaN passes
    const vec n = nearest(mul(x, set1(1.44269504f)));
    vec r = fma(n, set1(-0.693359375f), x);
    r = fma(n, set1(2.12194440e-4f), r);
    const vec p = polynomial(r, {1.0f / 5040, 1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f});
    const vec half = nearest(mul(n, set1(0.5f)));
    return {power_of_two(half), power_of_two(sub(n, half)), mul(p, r)};
}

inline vec exponential(vec x) {
    const reduced e = reduce(x);
    return mul(mul(add(e.fraction, set1(1)), e.half), e.rest);
}

// exp(x) - 1 without cancellation near 0.
inline vec exponential_minus_1(vec x) {
    const reduced e = reduce(x);
    const vec power = mul(e.half, e.rest);
    return fma(e.fraction, power, sub(power, set1(1)));
}

// log(1 + u) for 0 <= u <= 1: 2 artanh(u / (2 + u)) by its series.
inline vec log_1_plus(vec u) {
    const vec s = divide(u, add(u, set1(2))), square = mul(s, s);
    const vec p = polynomial(
        square, {1.0f / 17, 1.0f / 15, 1.0f / 13, 1.0f / 11, 1.0f / 9, 1.0f / 7, 1.0f / 5, 1.0f / 3, 1.0f});
    return mul(mul(p, s), set1(2));
}

inline vec logistic(vec x) { return divide(set1(1), add(set1(1), exponential(sub(zero(), x)))); }

inline vec hyperbolic_tangent(vec x) {
    const vec e = exponential_minus_1(mul(magnitude(x), set1(-2)));
    return with_sign(divide(e, add(e, set1(2))), x);
}

// log(1 + exp(x)).
inline vec soft_plus(vec x) { return add(larger(zero(), x), log_1_plus(exponential(sub(zero(), magnitude(x))))); }

// 1 - erf(a) for a >= 0, to a relative 1.2e-7: the Chebyshev fit of Press et al., Numerical Recipes in C, 1992, section 6.2.
inline vec complementary_error_function(vec a) {
    const vec t = divide(set1(1), fma(a, set1(0.5f), set1(1)));
    const vec fit = polynomial(t, {0.17087277f, -0.82215223f, 1.48851587f, -1.13520398f, 0.27886807f, -0.18628806f, 0.09678418f,
                                   0.37409196f, 1.00002368f, -1.26551223f});
    return mul(t, exponential(sub(fit, mul(a, a))));
}

// Gauss' error function; near 0 by its Maclaurin series.
inline vec error_function(vec x) {
    const vec a = magnitude(x), square = mul(x, x);
    const vec series = polynomial(square, {1.0f / 9360, -1.0f / 1320, 1.0f / 216, -1.0f / 42, 1.0f / 10, -1.0f / 3, 1.0f});
    const vec far = with_sign(sub(set1(1), complementary_error_function(a)), x);
    return select(greater(a, set1(0.5f)), far, mul(mul(series, x), set1(1.12837917f)));
}

}  // namespace cnnviz::CNNVIZ_TARGET

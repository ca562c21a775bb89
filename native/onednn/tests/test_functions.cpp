// Activations with slopes of their own, against the standard library's functions of doubles and central differences of them.
#include <limits>

#include "harness.h"

namespace tests {
namespace {

using real = long double;

struct function {
    const char* name;
    int id;
    float alpha, beta;
    real (*value)(real x, real a, real b);
};

real logistic(real x) { return 1 / (1 + std::exp(-x)); }
real softplus(real x) { return std::log1p(std::exp(x)); }

const function functions[] = {
    {"sigmoid", CNNVIZ_FN_SIGMOID, 0, 0, [](real x, real, real) { return logistic(x); }},
    {"tanh", CNNVIZ_FN_TANH, 0, 0, [](real x, real, real) { return std::tanh(x); }},
    {"silu", CNNVIZ_FN_SILU, 0, 0, [](real x, real, real) { return x * logistic(x); }},
    {"hard sigmoid", CNNVIZ_FN_HARD_SIGMOID, 0.2f, 0.5f,
     [](real x, real a, real b) { return std::fmin(std::fmax(a * x + b, real{0}), real{1}); }},
    {"hard swish", CNNVIZ_FN_HARD_SWISH, 0, 0,
     [](real x, real, real) { return x * std::fmin(std::fmax(x / 6 + 0.5L, real{0}), real{1}); }},
    {"elu", CNNVIZ_FN_ELU, 0.7f, 0, [](real x, real a, real) { return x > 0 ? x : a * std::expm1(x); }},
    {"selu", CNNVIZ_FN_SELU, 1.67326324f, 1.05070098f,
     [](real x, real a, real b) { return b * (x > 0 ? x : a * std::expm1(x)); }},
    {"celu", CNNVIZ_FN_CELU, 1.3f, 0, [](real x, real a, real) { return x > 0 ? x : a * std::expm1(x / a); }},
    {"gelu", CNNVIZ_FN_GELU, 0, 0, [](real x, real, real) { return x * 0.5L * (1 + std::erf(x / std::sqrt(real{2}))); }},
    {"gelu tanh", CNNVIZ_FN_GELU_TANH, 0, 0,
     [](real x, real, real) {
         return 0.5L * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846L) * (x + 0.044715L * x * x * x)));
     }},
    {"softplus", CNNVIZ_FN_SOFTPLUS, 0, 0, [](real x, real, real) { return softplus(x); }},
    {"softsign", CNNVIZ_FN_SOFTSIGN, 0, 0, [](real x, real, real) { return x / (1 + std::fabs(x)); }},
    {"mish", CNNVIZ_FN_MISH, 0, 0, [](real x, real, real) { return x * std::tanh(softplus(x)); }},
    {"thresholded relu", CNNVIZ_FN_THRESHOLDED_RELU, 0.4f, 0, [](real x, real a, real) { return x > a ? x : 0; }},
    {"exp", CNNVIZ_FN_EXP, 0, 0, [](real x, real, real) { return std::exp(x); }},
    {"abs", CNNVIZ_FN_ABS, 0, 0, [](real x, real, real) { return std::fabs(x); }},
    {"erf", CNNVIZ_FN_ERF, 0, 0, [](real x, real, real) { return std::erf(x); }},
};

// Around 0 at many scales, and out to where each function is flat; off the corners of those that have some.
values arguments(size_t count) {
    values x = noise(count, 5);
    for (size_t i = 0; i < count; i++) {
        x[i] = static_cast<float>(x[i] * std::pow(10.0, static_cast<double>(i % 7) - 5));
        if (i % 7 == 6) x[i] = std::fmod(x[i], 30.0);
    }
    return x;
}

double slope(const function& f, double at) {
    const real h = std::fmax(1e-6L, std::fabs(static_cast<real>(at)) * 1e-6L);
    const real a = f.alpha, b = f.beta;
    return static_cast<double>((f.value(at + h, a, b) - f.value(at - h, a, b)) / (2 * h));
}

bool smooth(const function& f, double x) {
    switch (f.id) {
    case CNNVIZ_FN_HARD_SIGMOID: return std::fabs(std::fabs(x) - 2.5) > 1e-3;
    case CNNVIZ_FN_HARD_SWISH: return std::fabs(std::fabs(x) - 3) > 1e-3;
    case CNNVIZ_FN_THRESHOLDED_RELU: return std::fabs(x - static_cast<double>(f.alpha)) > 1e-3;
    case CNNVIZ_FN_ELU:
    case CNNVIZ_FN_SELU:
    case CNNVIZ_FN_CELU:
    case CNNVIZ_FN_ABS: return std::fabs(x) > 1e-5;
    default: return true;
    }
}

void forward(const function& f, int threads) {
    const extents map{37, 7, 9};
    const values x = arguments(map.count());
    values expected;
    for (const double v : x) expected.push_back(static_cast<double>(f.value(v, f.alpha, f.beta)));
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_FUNCTION, map, b.blocked(map, CNNVIZ_F32, x), -1, b.blocked(map, CNNVIZ_F32, {}));
    op.act = f.id;
    op.alpha = f.alpha;
    op.beta = f.beta;
    b.op(op);
    const std::string what = std::string(f.name) + " threads " + std::to_string(threads);
    if (!b.run(what)) return;
    const values made = b.read(op.dst);
    double worst = 0;
    for (size_t i = 0; i < made.size(); i++)
        worst = std::fmax(worst, std::fabs(made[i] - expected[i]) / std::fmax(1e-4, std::fabs(expected[i])));
    expect(worst < 3e-6, what + ": relative error " + std::to_string(worst * 1e6) + "e-6");
}

void backward(const function& f, bool accumulate, bool aliased, int type, int threads) {
    const extents map{21, 5, 6};
    values x = arguments(map.count()), g = noise(map.count(), 8), old = noise(map.count(), 9), expected;
    for (size_t i = 0; i < x.size(); i++) {
        g[i] = as(type, g[i]);
        old[i] = as(type, old[i]);
        if (!smooth(f, x[i])) x[i] = 0.125;
        expected.push_back(g[i] * slope(f, x[i]) + (accumulate ? old[i] : 0));
    }
    bench b(threads);
    cnnviz_op op = operation(CNNVIZ_OP_FUNCTION_BACKWARD, map, b.blocked(map, type, g), b.blocked(map, CNNVIZ_F32, x), -1);
    op.dst = aliased ? op.a : b.blocked(map, type, old);
    op.act = f.id;
    op.alpha = f.alpha;
    op.beta = f.beta;
    op.a_type = op.dst_type = type;
    op.accumulate = accumulate;
    b.op(op);
    const std::string what = std::string(f.name) + " back, type " + std::to_string(type) + (accumulate ? " +=" : "");
    if (!b.run(what)) return;
    expect_close(b.read(op.dst), expected, type == CNNVIZ_BF16 ? 4e-3 : 3e-6, what);
}

// Far out, and what is not a number.
void limits(const function& f) {
    const extents map{16, 1, 5};
    values x(map.count(), 0.0);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (size_t i = 0; i < 16; i++) {
        x[i * 5] = 80;
        x[i * 5 + 1] = -80;
        x[i * 5 + 2] = nan;
        x[i * 5 + 3] = -300;
    }
    bench b(1);
    cnnviz_op op = operation(CNNVIZ_OP_FUNCTION, map, b.blocked(map, CNNVIZ_F32, x), -1, b.blocked(map, CNNVIZ_F32, {}));
    op.act = f.id;
    op.alpha = f.alpha;
    op.beta = f.beta;
    b.op(op);
    if (!b.run(f.name, false)) return;
    const values made = b.read(op.dst);
    for (const size_t i : {0, 1, 3, 4}) {
        const double expected = static_cast<double>(f.value(x[i], f.alpha, f.beta));
        expect(std::fabs(made[i] - expected) <= 1e-5 * std::fmax(1.0, std::fabs(expected)),
               std::string(f.name) + " of " + std::to_string(x[i]) + " is " + std::to_string(made[i]));
    }
    const bool keeps = f.id != CNNVIZ_FN_THRESHOLDED_RELU;  // NaN is not above its threshold
    expect(std::isnan(made[2]) == keeps, std::string(f.name) + " of NaN");
}

}  // namespace

void test_functions() {
    for (const function& f : functions) {
        for (int threads = 1; threads <= 2; threads++) {
            forward(f, threads);
            for (const int type : {CNNVIZ_F32, CNNVIZ_BF16})
                for (const bool accumulate : {false, true}) backward(f, accumulate, !accumulate, type, threads);
        }
        limits(f);
    }
}

}  // namespace tests

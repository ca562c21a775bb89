// What the tests share: an arena with guarded buffers, a program to run on it, and comparisons.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cnnviz_onednn.h"

namespace tests {

using values = std::vector<double>;

struct counters {
    int passed = 0, failed = 0;
};
counters& counts();
void expect(bool fine, const std::string& what);

// Pseudo-random numbers in [-1, 1), the same for the same seed.
values noise(size_t count, uint32_t seed);

float widened(uint16_t bf16);
uint16_t rounded(float x);  // to bf16, nearest even
double as(int type, double x);

struct extents {
    int c, h, w;
    size_t count() const { return static_cast<size_t>(c) * h * w; }
};

// One program and the buffers its steps use. Values are planar doubles outside and blocked or planar inside.
class bench {
public:
    explicit bench(int threads);
    ~bench();
    bench(const bench&) = delete;
    bench& operator=(const bench&) = delete;

    // A buffer for a map; content is written before the run. Returns its offset.
    int64_t blocked(extents e, int type, const values& content);
    int64_t planar(extents e, int type, const values& content);

    int32_t conv(cnnviz_conv conv, const values& weights, const std::vector<float>& bias, bool backward = false);
    int32_t op(cnnviz_op op);

    // Runs all steps; false with the error printed where something failed. finite: expects no infinite or NaN values.
    bool run(const std::string& what, bool finite = true);

    values read(int64_t offset) const;
    std::string name(int32_t step) const;

    // Whether everything between the buffers is untouched, and, if asked, nothing in the buffers became infinite or NaN.
    bool intact(bool finite) const;

    cnnviz_cache* cache;
    cnnviz_program* program;
    cnnviz_lane* lane = nullptr;

private:
    struct buffer {
        int64_t offset;
        extents e;
        int type;
        bool blocked;
        values content;
        size_t elements() const;
        size_t index(int c, int y, int x) const;
    };
    int64_t add(buffer b);
    void write(const buffer& b);
    double element(const buffer& b, size_t i) const;

    int64_t size_ = 64;
    std::vector<buffer> buffers_;
    std::string error_;
    int steps_ = 0;
};

double relative_error(const values& actual, const values& expected);  // L2
void expect_close(const values& actual, const values& expected, double tolerance, const std::string& what);

cnnviz_op operation(int op, extents e, int64_t a, int64_t b, int64_t dst);

void test_elementwise();
void test_functions();
void test_channels();
void test_copies();
void test_pooling();
void test_planar();
void test_convolutions();
void test_posts();
void test_programs();

}  // namespace tests

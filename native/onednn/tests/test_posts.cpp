// What convolutions do with their results: every sequence of up to three posts, on implementations that take them and on those
// that need passes behind them.
#include "reference.h"

namespace tests {
namespace {

enum choice { sum, relu, leaky, clip, mask, add, add_in_place, choices };
const char* const names[] = {"sum", "relu", "leaky", "clip", "mask", "add", "add-in-place"};

struct subject {
    const char* name;
    cnnviz_conv conv;
    values src, weights, plain;  // plain: the convolution alone
    values mask, other, old;
    std::vector<float> bias;

    subject(const char* n, cnnviz_conv c) : name(n), conv(c) {
        const size_t out = static_cast<size_t>(c.oc) * c.oh * c.ow;
        src = in_type(c.src_type, noise(static_cast<size_t>(c.ic) * c.ih * c.iw, 1));
        weights = in_type(c.src_type, noise(weight_count(c), 2));
        for (const double x : noise(static_cast<size_t>(c.oc), 3)) bias.push_back(static_cast<float>(x));
        plain = convolve(c, src, weights, bias);
        for (const double x : noise(out, 4)) mask.push_back(x > 0);
        other = in_type(c.dst_type, noise(out, 5));
        old = in_type(c.dst_type, noise(out, 6));
    }
};

double applied(const subject& s, choice c, double x, size_t i) {
    switch (c) {
    case sum:
    case add_in_place: return x + s.old[i];
    case relu: return x > 0 ? x : 0;
    case leaky: return x > 0 ? x : 0.25 * x;
    case clip: return std::fmin(std::fmax(x, -0.5), 1.5);
    case mask: return x * s.mask[i];
    default: return x + s.other[i];
    }
}

void apply(const subject& s, const std::vector<choice>& sequence, int threads) {
    bench b(threads);
    cnnviz_conv c = s.conv;
    const extents in{c.ic, c.ih, c.iw}, out{c.oc, c.oh, c.ow};
    c.src = b.blocked(in, c.src_type, s.src);
    c.dst = b.blocked(out, c.dst_type, s.old);
    const int64_t at_mask = b.blocked(out, CNNVIZ_U8, s.mask), at_other = b.blocked(out, c.dst_type, s.other);
    c.posts = static_cast<int32_t>(sequence.size());
    std::string what = std::string("posts on ") + s.name + ":";
    for (size_t i = 0; i < sequence.size(); i++) {
        what += std::string(" ") + names[sequence[i]];
        switch (sequence[i]) {
        case sum: c.post[i] = {CNNVIZ_POST_SUM, 0, 0, 0, -1}; break;
        case relu: c.post[i] = {CNNVIZ_POST_ACT, CNNVIZ_ACT_RELU, 0, 0, -1}; break;
        case leaky: c.post[i] = {CNNVIZ_POST_ACT, CNNVIZ_ACT_RELU, 0.25f, 0, -1}; break;
        case clip: c.post[i] = {CNNVIZ_POST_ACT, CNNVIZ_ACT_CLIP, -0.5f, 1.5f, -1}; break;
        case mask: c.post[i] = {CNNVIZ_POST_MASK, 0, 0, 0, at_mask}; break;
        case add: c.post[i] = {CNNVIZ_POST_ADD, 0, 0, 0, at_other}; break;
        default: c.post[i] = {CNNVIZ_POST_ADD, 0, 0, 0, c.dst}; break;
        }
    }
    const int32_t step = b.conv(c, s.weights, s.bias);
    if (!b.run(what)) return;
    expect(b.name(step).find("ref") == std::string::npos, what + ": " + b.name(step));
    values expected = s.plain;
    for (size_t i = 0; i < expected.size(); i++)
        for (const choice post : sequence) expected[i] = applied(s, post, expected[i], i);
    expect_close(b.read(c.dst), expected, c.dst_type == CNNVIZ_BF16 ? 8e-3 : 2e-5, what + " (" + b.name(step) + ")");
}

cnnviz_conv typed(cnnviz_conv c, int src, int dst, bool winograd) {
    c.src_type = src;
    c.dst_type = dst;
    c.winograd = winograd;
    return c;
}

}  // namespace

void test_posts() {
    const cnnviz_conv plain = geometry(1, 32, 48, 7, 9, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    std::vector<subject> subjects;
    subjects.emplace_back("direct", typed(plain, CNNVIZ_F32, CNNVIZ_F32, false));
    subjects.emplace_back("winograd",
                          typed(geometry(1, 64, 64, 14, 14, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), CNNVIZ_F32, CNNVIZ_F32, true));
    subjects.emplace_back("1x1 odd",
                          typed(geometry(1, 40, 37, 5, 6, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), CNNVIZ_F32, CNNVIZ_F32, false));
    subjects.emplace_back("1x1 deep",
                          typed(geometry(1, 2048, 32, 5, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), CNNVIZ_F32, CNNVIZ_F32, false));
    subjects.emplace_back("depthwise",
                          typed(geometry(24, 24, 24, 7, 6, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), CNNVIZ_F32, CNNVIZ_F32, false));
    subjects.emplace_back("planes",
                          typed(geometry(4, 12, 20, 6, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), CNNVIZ_F32, CNNVIZ_F32, false));
    if (cnnviz_bf16()) {
        subjects.emplace_back("bf16", typed(plain, CNNVIZ_BF16, CNNVIZ_BF16, false));
        subjects.emplace_back("bf16 to f32", typed(plain, CNNVIZ_BF16, CNNVIZ_F32, false));
        subjects.emplace_back("f32 to bf16", typed(plain, CNNVIZ_F32, CNNVIZ_BF16, false));
        subjects.emplace_back("bf16 planes",
                              typed(geometry(4, 12, 20, 6, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1), CNNVIZ_BF16, CNNVIZ_BF16, false));
    }
    for (const subject& s : subjects)
        for (int a = 0; a < choices; a++) {
            apply(s, {static_cast<choice>(a)}, 1 + a % 2);
            for (int b = 0; b < choices; b++) {
                apply(s, {static_cast<choice>(a), static_cast<choice>(b)}, 1 + b % 2);
                for (int c = (a + b) % 2; c < choices; c += 2)
                    apply(s, {static_cast<choice>(a), static_cast<choice>(b), static_cast<choice>(c)}, 1 + c % 2);
            }
        }
    for (const subject& s : subjects) {
        apply(s, {sum, mask, add, relu}, 1);
        apply(s, {mask, add, clip, mask}, 2);
        apply(s, {relu, mask, add, add_in_place}, 1);
    }
}

}  // namespace tests

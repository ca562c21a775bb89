// Convolutions as loops over doubles, straight from their definition.
#pragma once
#include "harness.h"

namespace tests {

inline cnnviz_conv geometry(int groups, int ic, int oc, int ih, int iw, int kh, int kw, int sh, int sw, int dh, int dw, int pt,
                            int pb, int pl, int pr) {
    cnnviz_conv c{};
    c.groups = groups;
    c.ic = ic;
    c.oc = oc;
    c.ih = ih;
    c.iw = iw;
    c.kh = kh;
    c.kw = kw;
    c.sh = sh;
    c.sw = sw;
    c.dh = dh;
    c.dw = dw;
    c.pt = pt;
    c.pb = pb;
    c.pl = pl;
    c.pr = pr;
    c.oh = (ih + pt + pb - (kh - 1) * dh - 1) / sh + 1;
    c.ow = (iw + pl + pr - (kw - 1) * dw - 1) / sw + 1;
    return c;
}

// body(index in src, index in weights, index in dst) for every product of the convolution.
template <class Body>
void each_product(const cnnviz_conv& c, const Body& body) {
    const int icg = c.ic / c.groups, ocg = c.oc / c.groups;
    for (int o = 0; o < c.oc; o++)
        for (int y = 0; y < c.oh; y++)
            for (int x = 0; x < c.ow; x++)
                for (int i = 0; i < icg; i++)
                    for (int ky = 0; ky < c.kh; ky++)
                        for (int kx = 0; kx < c.kw; kx++) {
                            const int sy = y * c.sh - c.pt + ky * c.dh, sx = x * c.sw - c.pl + kx * c.dw;
                            if (sy < 0 || sx < 0 || sy >= c.ih || sx >= c.iw) continue;
                            body((static_cast<size_t>(o / ocg * icg + i) * c.ih + sy) * c.iw + sx,
                                 ((static_cast<size_t>(o) * icg + i) * c.kh + ky) * c.kw + kx,
                                 (static_cast<size_t>(o) * c.oh + y) * c.ow + x);
                        }
}

inline values convolve(const cnnviz_conv& c, const values& src, const values& weights, const std::vector<float>& bias) {
    const size_t plane = static_cast<size_t>(c.oh) * c.ow;
    values dst(plane * c.oc);
    for (size_t i = 0; i < dst.size(); i++) dst[i] = bias.empty() ? 0 : bias[i / plane];
    each_product(c, [&](size_t s, size_t w, size_t d) { dst[d] += src[s] * weights[w]; });
    return dst;
}

inline values convolve_backward(const cnnviz_conv& c, const values& gradient, const values& weights) {
    values src(static_cast<size_t>(c.ic) * c.ih * c.iw);
    each_product(c, [&](size_t s, size_t w, size_t d) { src[s] += gradient[d] * weights[w]; });
    return src;
}

inline size_t weight_count(const cnnviz_conv& c) { return static_cast<size_t>(c.oc) * (c.ic / c.groups) * c.kh * c.kw; }

inline values in_type(int type, values x) {
    for (double& v : x) v = as(type, v);
    return x;
}

}  // namespace tests

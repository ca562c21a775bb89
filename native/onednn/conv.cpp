#include "conv.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "implementations.h"
#include "posts.h"
#include "processor.h"
#include "threads.h"

namespace cnnviz {
namespace {

using dnnl::memory;
using tag = memory::format_tag;

memory::data_type type_of(int type) { return type == CNNVIZ_BF16 ? memory::data_type::bf16 : memory::data_type::f32; }
tag blocked() { return processor::get().block == 16 ? tag::nChw16c : tag::nChw8c; }

struct map {
    int c, h, w;
};

std::string extents_of(const map& m) { return std::to_string(m.c) + "x" + std::to_string(m.h) + "x" + std::to_string(m.w); }

int64_t planar_bytes(const map& m, int type) { return aligned(int64_t{m.c} * m.h * m.w * element_size(type)); }

// Collects a convolution's step: the primitive, and what its operands need before and after.
class assembly {
public:
    assembly(const cnnviz_conv& conv, const convolution_weights& weights, int threads, bool backward)
        : conv_(conv),
          weights_(weights),
          threads_(threads),
          backward_(backward),
          from_(backward ? map{conv.oc, conv.oh, conv.ow} : map{conv.ic, conv.ih, conv.iw}),
          to_(backward ? map{conv.ic, conv.ih, conv.iw} : map{conv.oc, conv.oh, conv.ow}),
          computed_(conv.src_type == CNNVIZ_F32 ? CNNVIZ_F32 : conv.dst_type) {
        check();
        step_.tiles = processor::get().tiles && conv.src_type == CNNVIZ_BF16;
        step_.flops = 2.0 * conv.oc * conv.oh * conv.ow * (conv.ic / conv.groups) * conv.kh * conv.kw;
    }

    step build() {
        const place src = place::in_arena(conv_.src);
        if (conv_.src_planar && on_blocks(src, tag::nchw)) return std::move(step_);
        if (tiles_apply() && on_tiles(src)) return std::move(step_);
        place on = src;
        if (conv_.src_planar) on = reordered(CNNVIZ_OP_TO_BLOCKED, src);
        if (on_blocks(on, blocked())) return std::move(step_);
        step_.parts.clear();
        step_.temporary = 0;
        on = conv_.src_planar ? src : reordered(CNNVIZ_OP_TO_PLANAR, src);
        if (!conv_.src_planar && !backward_ && on_blocks(on, tag::nchw)) return std::move(step_);  // few channels
        if (on_planes(on)) return std::move(step_);
        throw std::runtime_error(step_.name + ": oneDNN offers no implementation but its reference loops");
    }

private:
    void check() {
        const cnnviz_conv& c = conv_;
        step_.name = (backward_ ? "conv_backward " : "conv ") + extents_of(from_) + ">" + extents_of(to_);
        const auto require = [&](bool fine, const char* what) {
            if (!fine) throw std::invalid_argument(step_.name + ": " + what);
        };
        require(std::min({c.groups, c.ic, c.oc, c.ih, c.iw, c.oh, c.ow, c.kh, c.kw, c.sh, c.sw, c.dh, c.dw}) > 0,
                "extents, strides and dilations must be positive");
        require(c.ic % c.groups == 0 && c.oc % c.groups == 0, "channels must divide into the groups");
        require(c.pt >= 0 && c.pl >= 0, "padding must not be negative");
        const auto out = [](int in, int pads, int k, int d, int s) { return (in + pads - (k - 1) * d - 1) / s + 1; };
        require(c.oh == out(c.ih, c.pt + c.pb, c.kh, c.dh, c.sh) && c.ow == out(c.iw, c.pl + c.pr, c.kw, c.dw, c.sw),
                "the output extents do not follow from input, kernel, strides and padding");
        const auto known = [](int type) { return type == CNNVIZ_F32 || type == CNNVIZ_BF16; };
        require(known(c.src_type) && known(c.dst_type), "types must be f32 or bf16");
        require(c.posts >= 0 && c.posts <= (backward_ ? 0 : 4), "too many posts");
        require(!(backward_ && (c.src_planar || weights_.bias)), "the gradient takes a blocked source and no bias");
        const int64_t elements = int64_t{from_.c} * from_.h * from_.w;
        const int64_t blocked = blocked_bytes(from_.c, from_.h, from_.w, c.src_type);
        claim(step_, c.src, c.src_planar ? elements * element_size(c.src_type) : blocked, "src");
        claim(step_, c.dst, blocked_bytes(to_.c, to_.h, to_.w, c.dst_type), "dst");
        for (int i = 0; i < c.posts; i++) {
            const cnnviz_post& post = c.post[i];
            require(post.kind >= CNNVIZ_POST_SUM && post.kind <= CNNVIZ_POST_ADD, "unknown post");
            require(post.act >= CNNVIZ_ACT_NONE && post.act <= CNNVIZ_ACT_CLIP, "unknown activation");
            const int type = post.kind == CNNVIZ_POST_MASK ? static_cast<int>(CNNVIZ_U8) : c.dst_type;
            if (post.kind >= CNNVIZ_POST_MASK) claim(step_, post.buffer, blocked_bytes(to_.c, to_.h, to_.w, type), "a post");
        }
    }

    place temporary(int64_t bytes) {
        const place result = place::in_temporary(step_.temporary);
        step_.temporary += aligned(bytes);
        return result;
    }

    // Where the primitive's blocked result goes: dst, or a temporary that passes read.
    place destination(bool elsewhere) {
        if (!elsewhere) return place::in_arena(conv_.dst);
        return temporary(blocked_bytes(to_.c, to_.h, to_.w, computed_));
    }

    memory::dims dims_of(const map& m) const { return {1, m.c, m.h, m.w}; }

    memory::dims weight_dims() const {
        const int oc = conv_.oc / conv_.groups, ic = conv_.ic / conv_.groups;
        if (conv_.groups == 1) return {oc, ic, conv_.kh, conv_.kw};
        return {conv_.groups, oc, ic, conv_.kh, conv_.kw};
    }

    // The primitive's layout with the given forms of what it reads and writes.
    convolution_layout layout(tag from, tag to) const {
        memory::desc read(dims_of(from_), type_of(conv_.src_type), from), written(dims_of(to_), type_of(computed_), to);
        convolution_layout l;
        l.src = backward_ ? written : read;
        l.dst = backward_ ? read : written;
        l.hint_src = memory::desc(dims_of(to_), type_of(conv_.src_type), to);
        l.weights = memory::desc(weight_dims(), type_of(conv_.src_type), tag::any);
        if (weights_.bias) l.bias = memory::desc({conv_.oc}, memory::data_type::f32, tag::x);
        l.strides = {conv_.sh, conv_.sw};
        l.dilations = {conv_.dh - 1, conv_.dw - 1};
        l.pad_begin = {conv_.pt, conv_.pl};
        // What the last window needs, not what there is: oneDNN checks the former against the extents.
        l.pad_end = {(conv_.oh - 1) * conv_.sh + (conv_.kh - 1) * conv_.dh + 1 - conv_.ih - conv_.pt,
                     (conv_.ow - 1) * conv_.sw + (conv_.kw - 1) * conv_.dw + 1 - conv_.iw - conv_.pl};
        return l;
    }

    // A rule, not a measurement: the same machine must always choose the same. Measured with one thread: on 8x8 cells the
    // transforms cost more than they save, with 16 channels too; from 20x20 cells with 32 channels or 14x14 with 64 on Winograd
    // is faster, up to 2.4 times.
    bool winograd_pays() const {
        const cnnviz_conv& c = conv_;
        const int channels = std::min(c.ic, c.oc), cells = c.oh * c.ow;
        return c.winograd && !backward_ && c.kh == 3 && c.kw == 3 && c.sh == 1 && c.sw == 1 && c.dh == 1 && c.dw == 1 &&
               c.groups == 1 && c.pt <= 1 && c.pl <= 1 && c.pb <= 1 && c.pr <= 1 && c.src_type == CNNVIZ_F32 &&
               cells >= (channels >= 64 ? 196 : 400) && channels >= 32;
    }

    // Matrix tiles multiply bf16 several times faster than vectors do, but only channels-last: worth two more passes.
    bool tiles_apply() const {
        const int block = processor::get().block;
        return processor::get().tiles && conv_.src_type == CNNVIZ_BF16 && conv_.groups == 1 && !conv_.src_planar &&
               from_.c % block == 0 && to_.c % block == 0;
    }

    bool on_tiles(place src) {
        const convolution_layout l = layout(tag::nhwc, tag::nhwc);
        const auto found = find(l, algorithm::tiles, as_post_operations(conv_, 0)->attributes);
        if (!found) return false;
        const place cells = reordered(op_to_cells, src);
        const place result = temporary(blocked_bytes(to_.c, to_.h, to_.w, computed_));
        append(*found, l, cells, result, {});
        const moved_posts moved = posts_while_moving(conv_, 0);
        const bool elsewhere = needs_old_dst(conv_, moved.count);
        const place dst = destination(elsewhere);
        cnnviz_op op = reorder(op_from_cells, to_, computed_);
        op.accumulate = moved.accumulate;
        step_.parts.emplace_back(make_kernel(op, result, moved.mask, dst, threads_));
        finish(moved.count, dst);
        return true;
    }

    std::optional<implementation> find(const convolution_layout& l, algorithm wanted, const dnnl::primitive_attr& attr) const {
        return backward_ ? find_backward(l, wanted, attr) : find_forward(l, wanted, attr);
    }

    // Tries the blocked result, with as many posts inside the primitive as it takes.
    bool on_blocks(place src, tag from) {
        const convolution_layout l = layout(from, blocked());
        for (const algorithm wanted : {algorithm::winograd, algorithm::direct}) {
            if (wanted == algorithm::winograd && !(winograd_pays() && from == blocked())) continue;
            for (int inside = conv_.posts; inside >= 0; inside--) {
                const bool elsewhere = computed_ != conv_.dst_type || needs_old_dst(conv_, inside);
                if (elsewhere && inside > 0 && conv_.post[0].kind == CNNVIZ_POST_SUM) continue;  // would add what is not there
                const auto posts = as_post_operations(conv_, inside);
                if (!posts) continue;
                const auto found = find(l, wanted, posts->attributes);
                if (!found) continue;
                const place dst = destination(elsewhere);
                append(*found, l, src, dst, posts->buffers);
                finish(inside, dst);
                return true;
            }
        }
        return false;
    }

    // The way for whatever the blocked implementations refuse: matrix products on planar copies.
    bool on_planes(place src) {
        const convolution_layout l = layout(tag::nchw, tag::nchw);
        const auto posts = as_post_operations(conv_, 0);
        const auto found = find(l, algorithm::direct, posts->attributes);
        if (!found) return false;
        const place planes = temporary(planar_bytes(to_, computed_));
        append(*found, l, src, planes, {});
        const bool elsewhere = computed_ != conv_.dst_type || needs_old_dst(conv_, 0);
        const place dst = destination(elsewhere);
        step_.parts.emplace_back(make_kernel(reorder(CNNVIZ_OP_TO_BLOCKED, to_, computed_), planes, {}, dst, threads_));
        finish(0, dst);
        return true;
    }

    void finish(int inside, place dst) {
        // A gradient has no posts; its extents are not those that passes take from the convolution.
        if (!backward_) append_passes(step_, conv_, inside, dst, computed_, threads_);
        else if (dst != place::in_arena(conv_.dst)) {
            cnnviz_op convert = reorder(CNNVIZ_OP_AFFINE, to_, computed_);
            convert.dst_type = conv_.dst_type;
            step_.parts.emplace_back(make_kernel(convert, dst, {}, place::in_arena(conv_.dst), threads_));
        }
    }

    static cnnviz_op reorder(int op, const map& m, int type) {
        cnnviz_op result{};
        result.op = op;
        result.c = m.c;
        result.h = m.h;
        result.w = m.w;
        result.a_type = result.dst_type = type;
        return result;
    }

    place reordered(int op, place src) {
        const int64_t bytes = op == CNNVIZ_OP_TO_PLANAR ? planar_bytes(from_, conv_.src_type)
                                                        : blocked_bytes(from_.c, from_.h, from_.w, conv_.src_type);
        const place result = temporary(bytes);
        step_.parts.emplace_back(make_kernel(reorder(op, from_, conv_.src_type), src, {}, result, threads_));
        return result;
    }

    void append(const implementation& found, const convolution_layout& l, place src, place dst,
                const std::vector<primitive_part::buffer>& posts) {
        primitive_part part{found.primitive, posts, {}, found.scratchpad};
        part.buffers.push_back({backward_ ? DNNL_ARG_DIFF_DST : DNNL_ARG_SRC, backward_ ? l.dst : l.src, src});
        part.buffers.push_back({backward_ ? DNNL_ARG_DIFF_SRC : DNNL_ARG_DST, backward_ ? l.src : l.dst, dst});
        const auto packed = weights_.cache->get(weights_.key, weight_dims(), found.weights, weights_.fill, weights_.context);
        part.constants.push_back({DNNL_ARG_WEIGHTS, packed});
        if (weights_.bias) {
            auto bias = std::make_shared<memory>(l.bias, cpu());
            std::memcpy(bias->get_data_handle(), weights_.bias, sizeof(float) * static_cast<size_t>(conv_.oc));
            part.constants.push_back({DNNL_ARG_BIAS, bias});
        }
        step_.parts.emplace_back(std::move(part));
        rename(found.name);
    }

    void rename(const std::string& implementation) {
        const auto text = [](int a, int b) { return std::to_string(a) + "x" + std::to_string(b); };
        const cnnviz_conv& c = conv_;
        step_.name = (backward_ ? "conv_backward " : "conv ") + implementation + " " + extents_of(from_) + ">" + extents_of(to_) +
                     " " + text(c.kh, c.kw);
        if (c.sh > 1 || c.sw > 1) step_.name += " stride " + text(c.sh, c.sw);
        if (c.dh > 1 || c.dw > 1) step_.name += " dilation " + text(c.dh, c.dw);
        if (c.groups > 1) step_.name += " groups " + std::to_string(c.groups);
        if (c.src_type == CNNVIZ_BF16) step_.name += " bf16";
    }

    const cnnviz_conv& conv_;
    const convolution_weights& weights_;
    int threads_;
    bool backward_;
    map from_, to_;  // what the primitive reads and writes
    int computed_;   // the type it writes
    step step_;
};

step assemble(const cnnviz_conv& conv, const convolution_weights& weights, int threads, bool backward) {
    const thread_count count(threads);
    return assembly(conv, weights, threads, backward).build();
}

}  // namespace

step convolution_step(const cnnviz_conv& conv, const convolution_weights& weights, int threads) {
    return assemble(conv, weights, threads, false);
}

step convolution_backward_step(const cnnviz_conv& conv, const convolution_weights& weights, int threads) {
    return assemble(conv, weights, threads, true);
}

}  // namespace cnnviz

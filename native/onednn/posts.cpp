#include "posts.h"

#include "processor.h"

namespace cnnviz {
namespace {

using dnnl::memory;

bool adds_to_dst(const cnnviz_conv& conv, const cnnviz_post& post) {
    return post.kind == CNNVIZ_POST_SUM || (post.kind == CNNVIZ_POST_ADD && post.buffer == conv.dst);
}

void append_eltwise(dnnl::post_ops& posts, dnnl::algorithm kind, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
    posts.append_eltwise(kind, alpha, beta);
#else
    posts.append_eltwise(1.0f, kind, alpha, beta);
#endif
}

void append_activation(dnnl::post_ops& posts, const cnnviz_post& post) {
    if (post.act == CNNVIZ_ACT_RELU) append_eltwise(posts, dnnl::algorithm::eltwise_relu, post.alpha, 0);
    else if (post.act == CNNVIZ_ACT_CLIP) append_eltwise(posts, dnnl::algorithm::eltwise_clip, post.alpha, post.beta);
}

cnnviz_op operation_on(const cnnviz_conv& conv, int op, int a_type, int dst_type) {
    cnnviz_op result{};
    result.op = op;
    result.c = conv.oc;
    result.h = conv.oh;
    result.w = conv.ow;
    result.a_type = a_type;
    result.b_type = result.dst_type = dst_type;
    return result;
}

}  // namespace

bool needs_old_dst(const cnnviz_conv& conv, int first) {
    for (int i = first; i < conv.posts; i++)
        if (adds_to_dst(conv, conv.post[i])) return true;
    return false;
}

std::optional<native_posts> as_post_operations(const cnnviz_conv& conv, int count) {
    native_posts result;
    dnnl::post_ops posts;
    bool activated = false;
    for (int i = 0; i < count; i++) {
        const cnnviz_post& post = conv.post[i];
        const auto append_binary = [&](dnnl::algorithm kind, memory::data_type type) {
            const auto tag = processor::get().block == 16 ? memory::format_tag::nChw16c : memory::format_tag::nChw8c;
            const memory::desc desc({1, conv.oc, conv.oh, conv.ow}, type, tag);
            const int argument = DNNL_ARG_ATTR_MULTIPLE_POST_OP(posts.len()) | DNNL_ARG_SRC_1;
            result.buffers.push_back({argument, desc, place::in_arena(post.buffer)});
            posts.append_binary(kind, desc);
        };
        switch (post.kind) {
        case CNNVIZ_POST_SUM:
            if (i > 0) return std::nullopt;  // oneDNN's own kernels sum first or not at all
            posts.append_sum(1.0f);
            break;
        case CNNVIZ_POST_ACT:
            if (activated) return std::nullopt;  // two of them disturb each other in oneDNN 2.6's kernels: wrong results
            activated = true;
            append_activation(posts, post);
            break;
        case CNNVIZ_POST_MASK: append_binary(dnnl::algorithm::binary_mul, memory::data_type::u8); break;
        default:
            // Not from dst itself: an implementation may keep partial sums there before post-operations run.
            if (post.buffer == conv.dst) return std::nullopt;
            append_binary(dnnl::algorithm::binary_add,
                          conv.dst_type == CNNVIZ_BF16 ? memory::data_type::bf16 : memory::data_type::f32);
        }
    }
    result.attributes.set_post_ops(posts);
    result.attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return result;
}

moved_posts posts_while_moving(const cnnviz_conv& conv, int first) {
    moved_posts result;
    int i = first;
    if (i < conv.posts && conv.post[i].kind == CNNVIZ_POST_MASK) {
        result.mask = place::in_arena(conv.post[i++].buffer);
    }
    if (i < conv.posts && adds_to_dst(conv, conv.post[i]) && !needs_old_dst(conv, i + 1)) {
        result.accumulate = true;
        i++;
    }
    result.count = i - first;
    return result;
}

void append_passes(step& s, const cnnviz_conv& conv, int first, place from, int type, int threads) {
    const place dst = place::in_arena(conv.dst);
    for (int i = first; i < conv.posts; i++) {
        const cnnviz_post& post = conv.post[i];
        const bool to_dst = !needs_old_dst(conv, i + 1);
        const place to = to_dst ? dst : from;
        const int to_type = to_dst ? conv.dst_type : type;
        const place other = place::in_arena(post.kind == CNNVIZ_POST_SUM ? conv.dst : post.buffer);
        cnnviz_op op = operation_on(conv, CNNVIZ_OP_ADD, type, to_type);
        op.b_type = conv.dst_type;
        if (post.kind == CNNVIZ_POST_ACT) {
            op.op = CNNVIZ_OP_AFFINE;
            op.act = post.act;
            op.alpha = post.alpha;
            op.beta = post.beta;
        } else if (post.kind == CNNVIZ_POST_MASK) {
            op.op = CNNVIZ_OP_AFFINE_BACKWARD;
            if (i + 1 < conv.posts && adds_to_dst(conv, conv.post[i + 1]) && !needs_old_dst(conv, i + 2)) {
                op.accumulate = 1;  // the addition that follows, in the same pass
                op.dst_type = conv.dst_type;
                s.parts.emplace_back(make_kernel(op, from, other, dst, threads));
                from = dst;
                type = conv.dst_type;
                i++;
                continue;
            }
        }
        s.parts.emplace_back(make_kernel(op, from, post.kind == CNNVIZ_POST_ACT ? place{} : other, to, threads));
        from = to;
        type = to_type;
    }
    if (from != dst)
        s.parts.emplace_back(make_kernel(operation_on(conv, CNNVIZ_OP_AFFINE, type, conv.dst_type), from, {}, dst, threads));
}

}  // namespace cnnviz

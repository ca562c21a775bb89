// Operations of our own: their checks, sizes and tables.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "processor.h"
#include "step.h"

namespace cnnviz {
namespace {

struct extents {
    int64_t c = 0, h = 0, w = 0;
    bool planar = false;
    int64_t bytes(int type) const { return planar ? c * h * w * element_size(type) : blocked_bytes(c, h, w, type); }
};

struct shape {
    const char* name;
    extents a, b, dst;
    bool b_required = false, b_bytes = false;  // b_bytes: b holds one u8 per element
};

void check(bool fine, const cnnviz_op& op, const char* what) {
    if (!fine) throw std::invalid_argument("operation " + std::to_string(op.op) + ": " + what);
}

shape pooling(const char* name, const cnnviz_op& op, bool backward, bool winners) {
    const int32_t* n = op.n;
    check(n[0] > 0 && n[1] > 0 && n[2] > 0 && n[3] > 0, op, "output and window extents must be positive");
    check(n[4] > 0 && n[5] > 0 && n[6] > 0 && n[7] > 0, op, "strides and dilations must be positive");
    check(n[8] >= 0 && n[9] >= 0 && n[11] >= 0 && n[12] >= 0, op, "padding must not be negative");
    const extents in{op.c, op.h, op.w}, out{op.c, n[0], n[1]};
    if (winners) check(static_cast<int64_t>(n[2]) * n[3] <= 254, op, "a window of more than 254 cells");
    else check(op.t0 && op.n0 == n[0] + n[1], op, "t0 must have a factor per output row and column");
    return {name, backward ? out : in, winners ? out : extents{}, backward ? in : out, winners && backward, winners};
}

shape copy(const cnnviz_op& op) {
    const int32_t* n = op.n;
    check(*std::min_element(n, n + 12) >= 0 && n[0] > 0 && n[1] > 0 && n[2] > 0, op, "extents and offsets of a copy");
    check(n[12] > 0 && n[13] > 0 && n[14] > 0 && n[15] > 0, op, "steps must be at least 1");
    const auto last = [](int64_t first, int64_t count, int64_t step) { return first + (count - 1) * step; };
    check(last(n[3], n[0], 1) < op.c && last(n[4], n[1], n[12]) < op.h && last(n[5], n[2], n[13]) < op.w, op,
          "the copied region leaves the source");
    check(last(n[9], n[0], 1) < n[6] && last(n[10], n[1], n[14]) < n[7] && last(n[11], n[2], n[15]) < n[8], op,
          "the copied region leaves the destination");
    check(!(op.fill && op.accumulate), op, "fill and accumulate exclude each other");
    return {"copy", {op.c, op.h, op.w}, {}, {n[6], n[7], n[8]}};
}

shape shape_of(const cnnviz_op& op) {
    check(op.c > 0 && op.h > 0 && op.w > 0, op, "extents must be positive");
    const extents map{op.c, op.h, op.w}, vector{op.c, 1, 1}, plane{op.c, op.h, op.w, true};
    const int32_t* n = op.n;
    switch (op.op) {
    case CNNVIZ_OP_AFFINE: return {"affine", map, map, map, false, true};
    case CNNVIZ_OP_AFFINE_BACKWARD: return {"affine_backward", map, map, map, false, true};
    case CNNVIZ_OP_MASK: return {"mask", map, {}, map};
    case CNNVIZ_OP_ACT_BACKWARD: return {"act_backward", map, map, map, true};
    case CNNVIZ_OP_FUNCTION: return {"function", map, {}, map};
    case CNNVIZ_OP_FUNCTION_BACKWARD: return {"function_backward", map, map, map, true};
    case CNNVIZ_OP_ADD: return {"add", map, map, map, true};
    case CNNVIZ_OP_SUBTRACT: return {"subtract", map, map, map, true};
    case CNNVIZ_OP_MULTIPLY: return {"multiply", map, map, map, true};
    case CNNVIZ_OP_COPY: return copy(op);
    case CNNVIZ_OP_RESIZE:
        check(n[0] > 0 && n[1] > 0, op, "output extents must be positive");
        return {"resize", map, {}, {op.c, n[0], n[1]}};
    case CNNVIZ_OP_MAX_POOL: return pooling("max_pool", op, false, true);
    case CNNVIZ_OP_MAX_POOL_BACKWARD: return pooling("max_pool_backward", op, true, true);
    case CNNVIZ_OP_AVERAGE_POOL: return pooling("average_pool", op, false, false);
    case CNNVIZ_OP_AVERAGE_POOL_BACKWARD: return pooling("average_pool_backward", op, true, false);
    case CNNVIZ_OP_GLOBAL_AVERAGE: return {"global_average", map, {}, vector};
    case CNNVIZ_OP_GLOBAL_AVERAGE_BACKWARD: return {"global_average_backward", vector, {}, map};
    case CNNVIZ_OP_SCALE_CHANNELS: return {"scale_channels", map, vector, map, true};
    case CNNVIZ_OP_SUM_CELLS: return {"sum_cells", map, map, vector, true};
    case CNNVIZ_OP_TO_BLOCKED: return {"to_blocked", plane, {}, map};
    case CNNVIZ_OP_TO_PLANAR: return {"to_planar", map, {}, plane};
    case CNNVIZ_OP_SUBPIXEL:
        check(n[0] > 0 && n[1] > 0, op, "factors must be positive");
        check(int64_t{n[0]} * n[2] >= op.h && int64_t{n[1]} * n[3] >= op.w, op, "the source does not cover the destination");
        return {"subpixel", {int64_t{op.c} * n[0] * n[1], n[2], n[3]}, {}, plane};
    default: throw std::invalid_argument("unknown operation " + std::to_string(op.op));
    }
}

// Where the taps of each output row and column begin in the table; checks the table.
std::vector<float> tap_offsets(const cnnviz_op& op) {
    check(op.t0 != nullptr && op.n0 > 0, op, "the table of taps is missing");
    check(op.n0 < 1 << 24, op, "the table of taps is too long");
    std::vector<float> offsets;
    int64_t at = 0;
    for (int i = 0; i < op.n[0] + op.n[1]; i++) {
        check(at < op.n0, op, "the table of taps is too short");
        const float count = op.t0[at];
        check(count >= 0 && count == std::floor(count) && at + 1 + 2 * static_cast<int64_t>(count) <= op.n0, op,
              "the table of taps is too short");
        for (int64_t j = 0; j < static_cast<int64_t>(count); j++) {
            const float index = op.t0[at + 1 + 2 * j];
            check(index >= 0 && index < static_cast<float>(i < op.n[0] ? op.h : op.w) && index == std::floor(index), op,
                  "a tap outside the source");
        }
        offsets.push_back(static_cast<float>(at));
        at += 1 + 2 * static_cast<int64_t>(count);
    }
    return offsets;
}

std::shared_ptr<const std::vector<float>> per_channel(const cnnviz_op& op, const float* table, int32_t length) {
    if (!table) return nullptr;
    check(length == op.c, op, "a per-channel table must have c floats");
    auto padded = std::make_shared<std::vector<float>>(table, table + length);
    padded->resize(static_cast<size_t>(blocks_of(op.c) * processor::get().block), 0.0f);
    return padded;
}

void attach_tables(const cnnviz_op& op, kernel_part& part) {
    if (op.op == CNNVIZ_OP_AFFINE || op.op == CNNVIZ_OP_AFFINE_BACKWARD) {
        part.t0 = per_channel(op, op.t0, op.n0);
        part.t1 = per_channel(op, op.t1, op.n1);
    } else if (op.op == CNNVIZ_OP_RESIZE) {
        part.t1 = std::make_shared<std::vector<float>>(tap_offsets(op));
        part.t0 = std::make_shared<std::vector<float>>(op.t0, op.t0 + op.n0);
        part.scratch = int64_t{std::max(1, part.arguments.threads)} * op.w * processor::get().block * 4;
    } else if (op.t0) {
        part.t0 = std::make_shared<std::vector<float>>(op.t0, op.t0 + op.n0);
    }
    part.arguments.t0 = part.t0 ? part.t0->data() : nullptr;
    part.arguments.t1 = part.t1 ? part.t1->data() : nullptr;
}

}  // namespace

kernel_part make_kernel(const cnnviz_op& op, place a, place b, place dst, int threads) {
    const auto known = [](int type) { return type == CNNVIZ_F32 || type == CNNVIZ_BF16; };
    check(known(op.a_type) && known(op.b_type) && (known(op.dst_type) || op.op == CNNVIZ_OP_MASK), op, "unknown type");
    const bool function = op.op == CNNVIZ_OP_FUNCTION || op.op == CNNVIZ_OP_FUNCTION_BACKWARD;
    check(function ? op.act >= CNNVIZ_FN_SIGMOID && op.act <= CNNVIZ_FN_ERF : op.act >= CNNVIZ_ACT_NONE && op.act <= CNNVIZ_ACT_CLIP,
          op, "unknown activation");
    kernel_part part{};
    part.run = processor::get().find(op.op, op.a_type, op.b_type, op.dst_type);
    if (!part.run) throw std::invalid_argument("unknown operation " + std::to_string(op.op));
    part.arguments = {op.c, op.h, op.w, op.act, op.accumulate, op.fill, op.alpha, op.beta, {}, {}, {}, {}, {}, {}, {}, threads};
    std::copy(op.n, op.n + 16, part.arguments.n);
    part.a = a;
    part.b = b;
    part.dst = dst;
    return part;
}

void claim(step& s, int64_t offset, int64_t bytes, const char* what) {
    if (offset < 0 || offset % 64 != 0)
        throw std::invalid_argument(s.name + ": the buffer of " + what + " must lie at a multiple of 64");
    s.arena = std::max(s.arena, offset + bytes);
}

step operation_step(const cnnviz_op& op, int threads) {
    const shape shape = shape_of(op);
    const auto text = [](int64_t number) { return std::to_string(number); };
    step result;
    result.name = std::string(shape.name) + " " + text(op.c) + "x" + text(op.h) + "x" + text(op.w);
    if (shape.dst.h != op.h || shape.dst.w != op.w)
        result.name += ">" + text(shape.dst.c) + "x" + text(shape.dst.h) + "x" + text(shape.dst.w);
    kernel_part part = make_kernel(op, place::in_arena(op.a), place::in_arena(op.b), place::in_arena(op.dst), threads);
    attach_tables(op, part);
    claim(result, op.a, shape.a.bytes(op.a_type), "a");
    if (shape.b.c == 0) part.b = {};
    else if (shape.b_required || op.b >= 0) claim(result, op.b, shape.b.bytes(shape.b_bytes ? CNNVIZ_U8 : op.b_type), "b");
    claim(result, op.dst, shape.dst.bytes(op.op == CNNVIZ_OP_MASK ? CNNVIZ_U8 : op.dst_type), "dst");
    result.parts.emplace_back(std::move(part));
    return result;
}

int64_t step::scratch() const {
    int64_t most = 0;
    for (const auto& part : parts) {
        if (const auto* k = std::get_if<kernel_part>(&part)) most = std::max(most, k->scratch);
        else most = std::max(most, static_cast<int64_t>(std::get<primitive_part>(part).scratchpad.get_size()));
    }
    return aligned(temporary) + aligned(most);
}

}  // namespace cnnviz

// The C interface between CnnViz.Engine's OneDnn planner and oneDNN.
//
// A program is a list of steps over one arena of bytes: convolutions (oneDNN primitives) and the passes between them (kernels of
// our own). It is built once for a number of threads and never changes; a lane is an arena with a scratchpad that runs it.
// Different lanes of one program may run at the same time on different threads; one lane belongs to one thread at a time.
//
// Feature maps of one image lie "blocked": (ceil(C / B), H, W, B) with B = cnnviz_block() channels side by side, 16 with AVX-512
// and 8 without; channels from C on are padding that no step may make infinite or NaN. "Planar" is (C, H, W). Buffers are
// given as byte offsets into the arena, multiples of 64; -1 is none.
//
// The environment variable CNNVIZ_ONEDNN_ISA (avx2, avx512_core, avx512_core_bf16) keeps everything below what the processor
// could do.
//
// Functions that can fail return a negative number or null; cnnviz_error() then says why, for the calling thread.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CNNVIZ_API __attribute__((visibility("default")))

typedef struct cnnviz_cache cnnviz_cache;     // packed weights, shared by all programs of a model
typedef struct cnnviz_program cnnviz_program;
typedef struct cnnviz_lane cnnviz_lane;

enum { CNNVIZ_F32 = 0, CNNVIZ_BF16 = 1, CNNVIZ_U8 = 2 };

// Element-wise functions that kernels and convolutions apply by themselves.
enum {
    CNNVIZ_ACT_NONE = 0,
    CNNVIZ_ACT_RELU = 1,    // x > 0 ? x : alpha x
    CNNVIZ_ACT_CLIP = 2,    // min(max(x, alpha), beta)
};

// What a convolution does with its result before it is stored, in order.
enum {
    CNNVIZ_POST_SUM = 1,    // add what dst holds
    CNNVIZ_POST_ACT = 2,    // an element-wise function
    CNNVIZ_POST_MASK = 3,   // multiply by a u8 tensor of dst's shape, 0 or 1
    CNNVIZ_POST_ADD = 4,    // add a tensor of dst's shape and type (not through POST_SUM: after a mask that falls to a slow path)
    // Every sequence is right. Fastest, inside the primitive: at most one ACT, SUM only in front, ADD from a buffer that is not
    // dst; whatever else there is runs as passes behind it, MASK and then SUM (or ADD from dst) as a single one.
};

typedef struct {
    int32_t kind;
    int32_t act;
    float alpha, beta;
    int64_t buffer;
} cnnviz_post;

typedef struct {
    int32_t groups, ic, oc;             // channels in total, not per group
    int32_t ih, iw, oh, ow;
    int32_t kh, kw, sh, sw, dh, dw;     // dilation 1 = none
    int32_t pt, pb, pl, pr;             // pb, pr as in oh = floor((ih + pt + pb - dh (kh - 1) - 1) / sh) + 1; may be negative
    int32_t src_planar;                 // forward only: src is planar (the picture)
    int32_t src_type, dst_type;         // CNNVIZ_F32 or CNNVIZ_BF16; weights follow src_type, biases are f32
    int32_t winograd;                   // whether Winograd may be used (3x3, stride 1, groups 1, padding at most 1)
    int32_t posts;
    int64_t src, dst;
    cnnviz_post post[4];
} cnnviz_conv;

// Writes the plain weights (groups, oc / groups, ic / groups, kh, kw); called only when no packed form is in the cache.
typedef void (*cnnviz_fill)(void* context, float* weights);

enum {
    // dst = act(a * t0[c] + t1[c]); b: u8 mask of "result > 0" (RELU) or "alpha < result < beta" (CLIP), or -1. t0/t1 null: 1 and 0.
    CNNVIZ_OP_AFFINE = 1,
    // dst (+)= a * t0[c] * (b ? 1 : alpha): back through AFFINE, b its mask or -1 (1 everywhere). May alias a.
    CNNVIZ_OP_AFFINE_BACKWARD = 2,
    // dst = u8 mask of a as in AFFINE (act, alpha, beta), for an activation that a convolution applied.
    CNNVIZ_OP_MASK = 3,
    // dst = a + b, a - b, a * b element by element; dst may alias either.
    CNNVIZ_OP_ADD = 4,
    CNNVIZ_OP_SUBTRACT = 5,
    CNNVIZ_OP_MULTIPLY = 6,
    // Copies (channels n[0], rows n[1], columns n[2]) of a (extents c, h, w) from (n[3], n[4], n[5]) to dst (extents n[6], n[7], n[8])
    // at (n[9], n[10], n[11]). fill: first sets all of dst to alpha (padding channels to 0). accumulate: adds instead of setting.
    // n[12], n[13]: steps of rows and columns in a (at least 1); n[14], n[15]: the same in dst. Any channel offsets.
    CNNVIZ_OP_COPY = 7,
    // dst (+)= the separable map of a (c, h, w) to (c, n[0], n[1]): row y is the sum of its taps. Tables (t0 of n0 floats): for each
    // of n[0] output rows, then each of n[1] output columns: number of taps, then that many pairs (index, weight).
    // Any linear resize and, with the transposed tables, its gradient.
    CNNVIZ_OP_RESIZE = 8,
    // Max pooling: a (c, h, w) to dst (c, n[0], n[1]); window n[2] x n[3], strides n[4], n[5], dilation n[6], n[7], padding top n[8],
    // left n[9]. Cells outside do not take part (n[10] = 0) or count as zero (n[10] = 1, for a zero padding folded in, whose
    // bottom and right extents n[11], n[12] bound it). b: u8 index of the winner in the window (first of equals; 255 = a padded
    // zero), or -1. Windows of more than 254 cells are refused.
    CNNVIZ_OP_MAX_POOL = 9,
    // dst (c, h, w) (+)= the gradient of MAX_POOL, a: (c, n[0], n[1]), b: its indices; same n.
    CNNVIZ_OP_MAX_POOL_BACKWARD = 10,
    // Average pooling, geometry as MAX_POOL; t0: n[0] + n[1] floats 1/rows and 1/columns: the factor of output (y, x) is t0[y] * t0[n[0] + x].
    CNNVIZ_OP_AVERAGE_POOL = 11,
    CNNVIZ_OP_AVERAGE_POOL_BACKWARD = 12,
    // dst (c, 1, 1) = mean of a (c, h, w); and dst (c, h, w) (+)= a (c, 1, 1) / (h w).
    CNNVIZ_OP_GLOBAL_AVERAGE = 13,
    CNNVIZ_OP_GLOBAL_AVERAGE_BACKWARD = 14,
    // dst (c, h, w) = a (c, h, w) * b (c, 1, 1); and dst (c, 1, 1) (+)= sum over cells of a * b, both (c, h, w).
    CNNVIZ_OP_SCALE_CHANNELS = 15,
    CNNVIZ_OP_SUM_CELLS = 16,
    // Planar (c, h, w) to blocked, and back; types may differ (f32, bf16). accumulate holds for the planar dst too.
    CNNVIZ_OP_TO_BLOCKED = 17,
    CNNVIZ_OP_TO_PLANAR = 18,
    // Planar dst (c, h, w) from a blocked (c n[0] n[1], n[2], n[3]): dst[k][y][x] = a[((y % n[0]) n[1] + x % n[1]) c + k][y / n[0]][x / n[1]],
    // cells beyond h, w dropped: the end of a strided stem's gradient computed as a sub-pixel convolution.
    CNNVIZ_OP_SUBPIXEL = 19,
    // dst (+)= a * act'(.), b: the activation's result (f32), from which the derivative follows: RELU result > 0 ? 1 : alpha;
    // CLIP alpha < result < beta; NONE everywhere. May alias a.
    CNNVIZ_OP_ACT_BACKWARD = 20,
    // dst = f(a), f = CNNVIZ_FN_... in act with its parameters alpha and beta; dst may alias a. And dst (+)= a * f'(b), b: what f took;
    // dst may alias a, and is unchanged (or 0) where a is 0.
    CNNVIZ_OP_FUNCTION = 21,
    CNNVIZ_OP_FUNCTION_BACKWARD = 22,
};

// Functions of CNNVIZ_OP_FUNCTION, numbered on from CNNVIZ_ACT_...
enum {
    CNNVIZ_FN_SIGMOID = 16,
    CNNVIZ_FN_TANH = 17,
    CNNVIZ_FN_SILU = 18,              // x sigmoid(x)
    CNNVIZ_FN_HARD_SIGMOID = 19,      // min(max(alpha x + beta, 0), 1)
    CNNVIZ_FN_HARD_SWISH = 20,        // x min(max(x / 6 + 1 / 2, 0), 1)
    CNNVIZ_FN_ELU = 21,               // x > 0 ? x : alpha (exp(x) - 1)
    CNNVIZ_FN_SELU = 22,              // beta (x > 0 ? x : alpha (exp(x) - 1))
    CNNVIZ_FN_CELU = 23,              // x > 0 ? x : alpha (exp(x / alpha) - 1)
    CNNVIZ_FN_GELU = 24,              // x Phi(x), Phi the normal distribution
    CNNVIZ_FN_GELU_TANH = 25,        // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
    CNNVIZ_FN_SOFTPLUS = 26,         // log(1 + exp(x))
    CNNVIZ_FN_SOFTSIGN = 27,         // x / (1 + |x|)
    CNNVIZ_FN_MISH = 28,             // x tanh(softplus(x))
    CNNVIZ_FN_THRESHOLDED_RELU = 29, // x > alpha ? x : 0
    CNNVIZ_FN_EXP = 30,
    CNNVIZ_FN_ABS = 31,
    CNNVIZ_FN_ERF = 32,
};

typedef struct {
    int32_t op;
    int32_t c, h, w;
    int32_t act;
    int32_t accumulate, fill;
    int32_t a_type, b_type, dst_type;   // b_type only where b is no mask
    float alpha, beta;
    int64_t a, b, dst;
    int32_t n[16];
    const float* t0;                    // copied
    const float* t1;
    int32_t n0, n1;
} cnnviz_op;

CNNVIZ_API const char* cnnviz_error(void);
CNNVIZ_API const char* cnnviz_version(void);          // oneDNN's, e.g. "2.6.3"
CNNVIZ_API const char* cnnviz_isa(void);              // e.g. "avx512_core_bf16"
CNNVIZ_API int32_t cnnviz_block(void);
CNNVIZ_API int32_t cnnviz_bf16(void);                 // 1 when the processor multiplies bf16 natively; else convolutions may refuse it

CNNVIZ_API cnnviz_cache* cnnviz_cache_create(void);
CNNVIZ_API void cnnviz_cache_free(cnnviz_cache*);     // programs keep what they use
CNNVIZ_API int64_t cnnviz_cache_bytes(cnnviz_cache*);

CNNVIZ_API cnnviz_program* cnnviz_program_create(cnnviz_cache*, int32_t threads);
CNNVIZ_API void cnnviz_program_free(cnnviz_program*); // lanes keep what they use

// Each appends a step and returns its index. key names the weights: equal keys of one cache have equal plain weights.
CNNVIZ_API int32_t cnnviz_add_conv(cnnviz_program*, const cnnviz_conv*, const char* key, cnnviz_fill, void* context, const float* bias);

// dst (ic, ih, iw) = gradient to the convolution's input, from src (oc, oh, ow); weights are the forward ones. Geometry names
// keep their forward meaning; posts must be 0. Also a transposed convolution's forward.
CNNVIZ_API int32_t cnnviz_add_conv_backward(cnnviz_program*, const cnnviz_conv*, const char* key, cnnviz_fill, void* context);

CNNVIZ_API int32_t cnnviz_add_op(cnnviz_program*, const cnnviz_op*);

CNNVIZ_API int32_t cnnviz_steps(cnnviz_program*);
CNNVIZ_API const char* cnnviz_step_name(cnnviz_program*, int32_t step);   // "conv jit:avx512_core 256x45x45>64 1x1", "max_pool ..."
CNNVIZ_API double cnnviz_step_flops(cnnviz_program*, int32_t step);

// The arena holds arena_bytes, zeroed, in huge pages where the system gives them.
CNNVIZ_API cnnviz_lane* cnnviz_lane_create(cnnviz_program*, int64_t arena_bytes);
CNNVIZ_API void cnnviz_lane_free(cnnviz_lane*);
CNNVIZ_API uint8_t* cnnviz_lane_arena(cnnviz_lane*);
CNNVIZ_API int64_t cnnviz_lane_bytes(cnnviz_lane*);   // arena and scratchpad

// Copies a blocked f32 map (c, h, w) of the arena to planar memory of the caller's, with the program's threads.
CNNVIZ_API int32_t cnnviz_lane_export(cnnviz_lane*, int32_t c, int32_t h, int32_t w, int64_t buffer, float* planar);

// Runs count steps from first with the program's threads and denormals flushed; the calling thread's own number of OpenMP threads
// and floating-point mode are as before afterwards. A lane with steps on matrix tiles runs on a thread of its own; the call waits.
CNNVIZ_API int32_t cnnviz_lane_run(cnnviz_lane*, int32_t first, int32_t count);

// Nanoseconds per step of one run of all given steps, for tuning.
CNNVIZ_API int32_t cnnviz_lane_profile(cnnviz_lane*, int32_t first, int32_t count, int64_t* nanoseconds);

#ifdef __cplusplus
}
#endif

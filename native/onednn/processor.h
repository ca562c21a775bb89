// What the processor can do, decided once per process.
#pragma once
#include <cstdint>
#include <dnnl.hpp>

#include "kernels/kernels.h"

namespace cnnviz {

struct processor {
    int block;           // channels of a block
    bool bf16;           // multiplies bf16 natively
    bool tiles;          // multiplies bf16 on matrix tiles (AMX)
    const char* isa;     // oneDNN's name for what it uses
    kernel_finder find;  // kernels for it

    // Throws where the processor has no AVX2. The environment variable CNNVIZ_ONEDNN_ISA (avx2, avx512_core, avx512_core_bf16)
    // keeps oneDNN and the kernels below what the processor could do.
    static const processor& get();
};

dnnl::engine& cpu();

int64_t element_size(int type);

inline int64_t blocks_of(int64_t channels) { return (channels + processor::get().block - 1) / processor::get().block; }

// Bytes of a blocked map.
inline int64_t blocked_bytes(int64_t c, int64_t h, int64_t w, int type) {
    return blocks_of(c) * processor::get().block * h * w * element_size(type);
}

}  // namespace cnnviz

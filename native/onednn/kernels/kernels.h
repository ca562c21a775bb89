// The passes between convolutions. Each .cpp of this folder is compiled once per instruction set (see CMakeLists.txt), in a
// namespace of its own; find() of the namespace that fits the processor picks a kernel for an operation and its types.
//
// Kernel files use no templates or inline functions of the standard library: the linker would merge those of all instruction
// sets into one, and might keep one that the processor cannot run.
#pragma once
#include <cstddef>
#include <cstdint>

namespace cnnviz {

// Operations that convolutions use inside their steps, beside those of the C interface.
enum { op_to_cells = 1000, op_from_cells = 1001 };

// A cnnviz_op whose buffers are pointers. tables: those of the operation, per-channel ones padded to whole blocks.
struct kernel_arguments {
    int32_t c, h, w;
    int32_t act;
    int32_t accumulate, fill;
    float alpha, beta;
    int32_t n[16];
    const void* a;
    const void* b;
    void* dst;
    const float* t0;
    const float* t1;
    void* scratch;  // kernel_scratch() bytes
    int32_t threads;
};

using kernel = void (*)(const kernel_arguments&);

// Null where there is no such operation, or not for these types.
using kernel_finder = kernel (*)(int op, int a_type, int b_type, int dst_type);

namespace avx2 {
kernel find(int op, int a_type, int b_type, int dst_type);
}
namespace avx512 {
kernel find(int op, int a_type, int b_type, int dst_type);
}
namespace avx512_bf16 {
kernel find(int op, int a_type, int b_type, int dst_type);
}

}  // namespace cnnviz

// A step of a program, as data: parts that run one after another, each a oneDNN primitive or a kernel, and where their
// buffers lie. A lane turns places into pointers once.
#pragma once
#include <dnnl.hpp>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "cnnviz_onednn.h"
#include "kernels/kernels.h"

namespace cnnviz {

struct place {
    enum class kind { none, arena, temporary };  // temporary: in the lane's scratchpad, valid within the step
    kind where = kind::none;
    int64_t offset = 0;

    static place in_arena(int64_t offset) { return offset < 0 ? place{} : place{kind::arena, offset}; }
    static place in_temporary(int64_t offset) { return {kind::temporary, offset}; }
    explicit operator bool() const { return where != kind::none; }
    bool operator==(const place&) const = default;
};

struct primitive_part {
    struct buffer {
        int argument;  // DNNL_ARG_...
        dnnl::memory::desc desc;
        place at;
    };
    struct constant {
        int argument;
        std::shared_ptr<const dnnl::memory> memory;
    };
    dnnl::primitive primitive;
    std::vector<buffer> buffers;
    std::vector<constant> constants;
    dnnl::memory::desc scratchpad;
};

struct kernel_part {
    kernel run;
    kernel_arguments arguments;  // pointers are null here, but for the tables
    place a, b, dst;
    std::shared_ptr<const std::vector<float>> t0, t1;
    int64_t scratch = 0;  // bytes
};

struct step {
    std::string name;
    double flops = 0;
    std::vector<std::variant<primitive_part, kernel_part>> parts;
    int64_t temporary = 0;  // bytes of its temporaries
    int64_t arena = 0;      // bytes that the arena must have
    bool tiles = false;     // whether it may use the processor's matrix tiles

    // Bytes of temporaries and of the largest scratchpad of a part, behind each other.
    int64_t scratch() const;
};

inline int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

// The checked step of an operation, its tables copied.
step operation_step(const cnnviz_op&, int threads);

// A kernel part of an operation on other places than the arena's; the operation's buffers and tables are not looked at.
kernel_part make_kernel(const cnnviz_op&, place a, place b, place dst, int threads);

// Checks that a buffer is there and aligned; grows step.arena to hold it.
void claim(step&, int64_t offset, int64_t bytes, const char* what);

}  // namespace cnnviz

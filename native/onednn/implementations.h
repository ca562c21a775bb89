// oneDNN's convolution primitives, the same for its versions 2 and 3.
#pragma once
#include <dnnl.hpp>
#include <optional>
#include <string>

namespace cnnviz {

struct convolution_layout {
    dnnl::memory::desc src, weights, bias, dst;  // bias may be empty
    dnnl::memory::dims strides, dilations, pad_begin, pad_end;
    dnnl::memory::desc hint_src;  // backward: a source of the forward convolution, in dst's type
};

enum class algorithm { direct, winograd, tiles };  // tiles: direct, on the processor's matrix tiles (AMX)

// What was found: a primitive, the forms of its weights and scratchpad, and its implementation's name.
struct implementation {
    dnnl::primitive primitive;
    dnnl::memory::desc weights, scratchpad;
    std::string name;
};

// The first implementation that oneDNN offers and that is fit to use; none where only reference loops are left. The calling
// thread's number of OpenMP threads becomes the primitive's.
std::optional<implementation> find_forward(const convolution_layout&, algorithm, dnnl::primitive_attr);
std::optional<implementation> find_backward(const convolution_layout&, algorithm, dnnl::primitive_attr);

}  // namespace cnnviz

#include "implementations.h"

#include "processor.h"

namespace cnnviz {
namespace {

using dnnl::convolution_backward_data;
using dnnl::convolution_forward;
using dnnl::prop_kind;
using kinds = dnnl::algorithm;

bool fit(const std::string& name, algorithm wanted) {
    if (name.find("ref") != std::string::npos) return false;  // plain loops, a hundred times slower
    if (wanted == algorithm::direct) return true;
    if (wanted == algorithm::tiles) return name.find("amx") != std::string::npos;
    // Winograd on tiles of 2x2 is slower than on tiles of 4x4, yet offered first for small maps.
    return name.find("wino") != std::string::npos && name.find("2x3") == std::string::npos;
}

template <class Description>
std::optional<implementation> first_fit(Description& offered, algorithm wanted) {
    do {
        const std::string name = offered.impl_info_str();
        if (fit(name, wanted))
            return implementation{dnnl::primitive(offered), offered.weights_desc(), offered.scratchpad_desc(), name};
    } while (offered.next_impl());
    return std::nullopt;
}

dnnl::algorithm kind(algorithm wanted) {
    return wanted == algorithm::winograd ? kinds::convolution_winograd : kinds::convolution_direct;
}

}  // namespace

#if DNNL_VERSION_MAJOR >= 3

std::optional<implementation> find_forward(const convolution_layout& l, algorithm wanted, dnnl::primitive_attr attributes) {
    try {
        convolution_forward::primitive_desc offered(cpu(), prop_kind::forward_inference, kind(wanted), l.src, l.weights, l.bias,
                                                    l.dst, l.strides, l.dilations, l.pad_begin, l.pad_end, attributes);
        return first_fit(offered, wanted);
    } catch (const dnnl::error&) {
        return std::nullopt;  // nothing is offered
    }
}

std::optional<implementation> find_backward(const convolution_layout& l, algorithm wanted, dnnl::primitive_attr attributes) {
    try {
        const convolution_forward::primitive_desc hint(cpu(), prop_kind::forward_training, kinds::convolution_direct, l.hint_src,
                                                       l.weights, l.dst, l.strides, l.dilations, l.pad_begin, l.pad_end);
        convolution_backward_data::primitive_desc offered(cpu(), kinds::convolution_direct, l.src, l.weights, l.dst, l.strides,
                                                          l.dilations, l.pad_begin, l.pad_end, hint, attributes);
        return first_fit(offered, wanted);
    } catch (const dnnl::error&) {
        return std::nullopt;
    }
}

#else

// next_impl() reads the operation's description, which therefore lives as long as the search.
std::optional<implementation> find_forward(const convolution_layout& l, algorithm wanted, dnnl::primitive_attr attributes) {
    try {
        const convolution_forward::desc operation(prop_kind::forward_inference, kind(wanted), l.src, l.weights, l.bias, l.dst,
                                                  l.strides, l.dilations, l.pad_begin, l.pad_end);
        convolution_forward::primitive_desc offered(operation, attributes, cpu());
        return first_fit(offered, wanted);
    } catch (const dnnl::error&) {
        return std::nullopt;  // nothing is offered
    }
}

std::optional<implementation> find_backward(const convolution_layout& l, algorithm wanted, dnnl::primitive_attr attributes) {
    try {
        const convolution_forward::desc forward(prop_kind::forward_training, kinds::convolution_direct, l.hint_src, l.weights,
                                                l.dst, l.strides, l.dilations, l.pad_begin, l.pad_end);
        const convolution_forward::primitive_desc hint(forward, cpu());
        const convolution_backward_data::desc operation(kinds::convolution_direct, l.src, l.weights, l.dst, l.strides,
                                                        l.dilations, l.pad_begin, l.pad_end);
        convolution_backward_data::primitive_desc offered(operation, attributes, cpu(), hint);
        return first_fit(offered, wanted);
    } catch (const dnnl::error&) {
        return std::nullopt;
    }
}

#endif

}  // namespace cnnviz

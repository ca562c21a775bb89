// The operators. Each takes handles and plain values and returns a new handle.
#include "shim.h"

#include <ATen/ops/_upsample_nearest_exact2d.h>
#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/celu.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/div.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/erf.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/hardsigmoid.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/narrow.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pad.h>
#include <ATen/ops/permute.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/prelu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/relu6.h>
#include <ATen/ops/reshape.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/threshold.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include <cmath>
#include <vector>

namespace {

at::Tensor optional_tensor(at::Tensor* tensor) { return tensor == nullptr ? at::Tensor() : *tensor; }

// libtorch convolves one small image through the system's BLAS instead of oneDNN. Debian's default is the reference BLAS, which
// makes that 5 to 10 times slower than convolving the image twice.
bool goes_through_blas(const at::Tensor& x, const at::Tensor& weight, int64_t groups) {
  constexpr int64_t largest = 20480;  // elements; from libtorch's own rule
  return x.dim() == 4 && weight.dim() == 4 && x.device().is_cpu() && x.scalar_type() == at::kFloat && x.size(0) == 1 && groups == 1 &&
         weight.size(1) == x.size(1) && !(weight.size(2) > 3 && weight.size(3) > 3) && x.numel() <= largest;
}

}  // namespace

// Kind: 0 add, 1 subtract, 2 multiply, 3 divide, 4 power, 5 maximum, 6 minimum.
TS_API at::Tensor* ts_binary(int32_t kind, at::Tensor* left, at::Tensor* right) {
  return shim::tensor([&] {
    switch (kind) {
      case 0: return at::add(*left, *right);
      case 1: return at::sub(*left, *right);
      case 2: return at::mul(*left, *right);
      case 3: return at::div(*left, *right);
      case 4: return at::pow(*left, *right);
      case 5: return at::maximum(*left, *right);
      case 6: return at::minimum(*left, *right);
      default: TORCH_CHECK(false, "no binary operator ", kind);
    }
  });
}

// Kind: 0 add, 2 multiply.
TS_API at::Tensor* ts_binary_scalar(int32_t kind, at::Tensor* left, double right) {
  return shim::tensor([&] {
    switch (kind) {
      case 0: return at::add(*left, right);
      case 2: return at::mul(*left, right);
      default: TORCH_CHECK(false, "no binary operator ", kind, " with a scalar");
    }
  });
}

// Kind: 0 exp, 1 log, 2 sqrt, 3 abs, 4 negative, 5 erf.
TS_API at::Tensor* ts_unary(int32_t kind, at::Tensor* x) {
  return shim::tensor([&] {
    switch (kind) {
      case 0: return at::exp(*x);
      case 1: return at::log(*x);
      case 2: return at::sqrt(*x);
      case 3: return at::abs(*x);
      case 4: return at::neg(*x);
      case 5: return at::erf(*x);
      default: TORCH_CHECK(false, "no function ", kind);
    }
  });
}

// Bounds that are absent do not bound.
TS_API at::Tensor* ts_clamp(at::Tensor* x, uint8_t has_min, double min, uint8_t has_max, double max) {
  return shim::tensor([&] {
    using Bound = c10::optional<at::Scalar>;
    return at::clamp(*x, has_min != 0 ? Bound(min) : Bound(), has_max != 0 ? Bound(max) : Bound());
  });
}

TS_API at::Tensor* ts_softplus(at::Tensor* x, double beta, double threshold) {
  return shim::tensor([&] { return at::softplus(*x, beta, threshold); });
}

TS_API at::Tensor* ts_threshold(at::Tensor* x, double threshold, double value, uint8_t inplace) {
  return shim::tensor([&]() -> at::Tensor {
    return inplace != 0 ? at::threshold_(*x, threshold, value) : at::threshold(*x, threshold, value);
  });
}

TS_API at::Tensor* ts_prelu(at::Tensor* x, at::Tensor* weight) {
  return shim::tensor([&] { return at::prelu(*x, *weight); });
}

// Kind: 0 relu, 1 relu6, 2 leaky_relu (parameter: slope), 3 elu (parameter: alpha), 4 sigmoid, 5 tanh, 6 hardsigmoid,
// 7 hardswish, 8 silu, 9 celu (parameter: alpha), 10 gelu.
TS_API at::Tensor* ts_activation(int32_t kind, at::Tensor* x, double parameter, uint8_t inplace) {
  return shim::tensor([&]() -> at::Tensor {
    auto in = inplace != 0;
    switch (kind) {
      case 0: return in ? at::relu_(*x) : at::relu(*x);
      case 1: return in ? at::relu6_(*x) : at::relu6(*x);
      case 2: return in ? at::leaky_relu_(*x, parameter) : at::leaky_relu(*x, parameter);
      case 3: return in ? at::elu_(*x, parameter) : at::elu(*x, parameter);
      case 4: return in ? at::sigmoid_(*x) : at::sigmoid(*x);
      case 5: return in ? at::tanh_(*x) : at::tanh(*x);
      case 6: return in ? at::hardsigmoid_(*x) : at::hardsigmoid(*x);
      case 7: return in ? at::hardswish_(*x) : at::hardswish(*x);
      case 8: return in ? at::silu_(*x) : at::silu(*x);
      case 9: return in ? at::celu_(*x, parameter) : at::celu(*x, parameter);
      case 10: return in ? at::gelu_(*x) : at::gelu(*x);
      default: TORCH_CHECK(false, "no activation ", kind);
    }
  });
}

TS_API at::Tensor* ts_softmax(at::Tensor* x, int64_t dim) {
  return shim::tensor([&] { return at::softmax(*x, dim); });
}

TS_API at::Tensor* ts_conv2d(at::Tensor* x, at::Tensor* weight, at::Tensor* bias, const int64_t* stride, int32_t stride_length,
                             const int64_t* padding, int32_t padding_length, const int64_t* dilation, int32_t dilation_length,
                             int64_t groups) {
  return shim::tensor([&] {
    auto convolve = [&](const at::Tensor& images) {
      return at::conv2d(images, *weight, optional_tensor(bias), shim::span(stride, stride_length),
                        shim::span(padding, padding_length), shim::span(dilation, dilation_length), groups);
    };
    return goes_through_blas(*x, *weight, groups) ? at::narrow(convolve(at::cat({*x, *x})), 0, 0, 1) : convolve(*x);
  });
}

TS_API at::Tensor* ts_conv_transpose2d(at::Tensor* x, at::Tensor* weight, at::Tensor* bias, const int64_t* stride,
                                       int32_t stride_length, const int64_t* padding, int32_t padding_length,
                                       const int64_t* output_padding, int32_t output_padding_length, const int64_t* dilation,
                                       int32_t dilation_length, int64_t groups) {
  return shim::tensor([&] {
    return at::conv_transpose2d(*x, *weight, optional_tensor(bias), shim::span(stride, stride_length),
                                shim::span(padding, padding_length), shim::span(output_padding, output_padding_length), groups,
                                shim::span(dilation, dilation_length));
  });
}

TS_API at::Tensor* ts_linear(at::Tensor* x, at::Tensor* weight, at::Tensor* bias) {
  return shim::tensor([&] { return at::linear(*x, *weight, optional_tensor(bias)); });
}

TS_API at::Tensor* ts_batch_norm(at::Tensor* x, at::Tensor* mean, at::Tensor* variance, at::Tensor* weight, at::Tensor* bias,
                                 uint8_t training, double momentum, double epsilon) {
  return shim::tensor([&] {
    return at::batch_norm(*x, optional_tensor(weight), optional_tensor(bias), optional_tensor(mean), optional_tensor(variance),
                          training != 0, momentum, epsilon, /*cudnn_enabled=*/true);
  });
}

TS_API at::Tensor* ts_max_pool2d(at::Tensor* x, const int64_t* kernel, int32_t kernel_length, const int64_t* stride,
                                 int32_t stride_length, const int64_t* padding, int32_t padding_length, const int64_t* dilation,
                                 int32_t dilation_length, uint8_t ceil_mode) {
  return shim::tensor([&] {
    return at::max_pool2d(*x, shim::span(kernel, kernel_length), shim::span(stride, stride_length),
                          shim::span(padding, padding_length), shim::span(dilation, dilation_length), ceil_mode != 0);
  });
}

// A divisor of 0 means the default: the window's extent, or the cells inside.
TS_API at::Tensor* ts_avg_pool2d(at::Tensor* x, const int64_t* kernel, int32_t kernel_length, const int64_t* stride,
                                 int32_t stride_length, const int64_t* padding, int32_t padding_length, uint8_t ceil_mode,
                                 uint8_t count_include_pad, int64_t divisor) {
  return shim::tensor([&] {
    auto k = shim::span(kernel, kernel_length);
    auto s = shim::span(stride, stride_length);
    auto p = shim::span(padding, padding_length);
    return divisor == 0 ? at::avg_pool2d(*x, k, s, p, ceil_mode != 0, count_include_pad != 0)
                        : at::avg_pool2d(*x, k, s, p, ceil_mode != 0, count_include_pad != 0, divisor);
  });
}

TS_API at::Tensor* ts_pad(at::Tensor* x, const int64_t* pad, int32_t pad_length, const char* mode, double value) {
  return shim::tensor([&] {
    // Only the constant mode takes a value.
    return std::string(mode) == "constant" ? at::pad(*x, shim::span(pad, pad_length), mode, value)
                                           : at::pad(*x, shim::span(pad, pad_length), mode);
  });
}

// As torch.nn.functional.interpolate for (N, C, H, W): either size or scale has two values, the other none. Given scales enter
// the coordinates as they are. Mode: 0 nearest, 2 bilinear, 6 nearest-exact.
TS_API at::Tensor* ts_interpolate(at::Tensor* x, const int64_t* size, int32_t size_length, const double* scale,
                                  int32_t scale_length, int32_t mode, uint8_t align_corners) {
  return shim::tensor([&]() -> at::Tensor {
    TORCH_CHECK(x->dim() == 4, "interpolate takes (N, C, H, W), got ", x->dim(), " dimensions");
    TORCH_CHECK((size_length == 2) != (scale_length == 2), "interpolate takes two sizes or two scale factors");
    if (size_length == 2) {
      auto output = shim::span(size, size_length);
      switch (mode) {
        case 0: return at::upsample_nearest2d(*x, output);
        case 2: return at::upsample_bilinear2d(*x, output, align_corners != 0);
        case 6: return at::_upsample_nearest_exact2d(*x, output);
      }
    } else {
      std::vector<int64_t> output(2);
      for (int i = 0; i < 2; i++) {
        output[i] = static_cast<int64_t>(std::floor(static_cast<double>(x->size(i + 2)) * scale[i]));
      }
      switch (mode) {
        case 0: return at::upsample_nearest2d(*x, output, scale[0], scale[1]);
        case 2: return at::upsample_bilinear2d(*x, output, align_corners != 0, scale[0], scale[1]);
        case 6: return at::_upsample_nearest_exact2d(*x, output, scale[0], scale[1]);
      }
    }
    TORCH_CHECK(false, "no interpolation mode ", mode, " in this build");
  });
}

TS_API at::Tensor* ts_permute(at::Tensor* x, const int64_t* dims, int32_t length) {
  return shim::tensor([&] { return at::permute(*x, shim::span(dims, length)); });
}

TS_API at::Tensor* ts_reshape(at::Tensor* x, const int64_t* shape, int32_t length) {
  return shim::tensor([&] { return at::reshape(*x, shim::span(shape, length)); });
}

TS_API at::Tensor* ts_narrow(at::Tensor* x, int64_t dim, int64_t start, int64_t length) {
  return shim::tensor([&] { return at::narrow(*x, dim, start, length); });
}

TS_API at::Tensor* ts_index_select(at::Tensor* x, int64_t dim, at::Tensor* index) {
  return shim::tensor([&] { return at::index_select(*x, dim, *index); });
}

TS_API at::Tensor* ts_cat(at::Tensor** tensors, int32_t count, int64_t dim) {
  return shim::tensor([&] {
    std::vector<at::Tensor> list;
    for (int32_t i = 0; i < count; i++) list.push_back(*tensors[i]);
    return at::cat(list, dim);
  });
}

TS_API at::Tensor* ts_mean(at::Tensor* x, const int64_t* dims, int32_t length, uint8_t keepdim) {
  return shim::tensor([&] { return at::mean(*x, shim::span(dims, length), keepdim != 0); });
}

TS_API at::Tensor* ts_amax(at::Tensor* x, const int64_t* dims, int32_t length, uint8_t keepdim) {
  return shim::tensor([&] { return at::amax(*x, shim::span(dims, length), keepdim != 0); });
}

// Tensors' life, data, shape and device; threads, gradient mode and autograd.
#include "shim.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/contiguous.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cstring>

std::string& shim::last_error() {
  thread_local std::string text;
  return text;
}

namespace {

at::TensorOptions options(int8_t type, int32_t device_type, int32_t device_index) {
  return at::TensorOptions()
      .dtype(static_cast<at::ScalarType>(type))
      .device(at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index)));
}

}  // namespace

TS_API const char* ts_last_error() { return shim::last_error().c_str(); }

TS_API void ts_free(at::Tensor* tensor) { delete tensor; }

TS_API at::Tensor* ts_empty(const int64_t* size, int32_t rank, int8_t type, int32_t device_type, int32_t device_index) {
  return shim::tensor([&] { return at::empty(shim::span(size, rank), options(type, device_type, device_index)); });
}

TS_API at::Tensor* ts_ones(const int64_t* size, int32_t rank, int8_t type, int32_t device_type, int32_t device_index) {
  return shim::tensor([&] { return at::ones(shim::span(size, rank), options(type, device_type, device_index)); });
}

TS_API at::Tensor* ts_from_data(const void* data, int64_t bytes, const int64_t* size, int32_t rank, int8_t type) {
  return shim::tensor([&] {
    auto result = at::empty(shim::span(size, rank), options(type, 0, -1));
    TORCH_CHECK(static_cast<int64_t>(result.nbytes()) == bytes, "the data has ", bytes, " bytes, the tensor ", result.nbytes());
    if (bytes > 0) std::memcpy(result.data_ptr(), data, static_cast<size_t>(bytes));
    return result;
  });
}

TS_API at::Tensor* ts_alias(at::Tensor* tensor) {
  return shim::tensor([&] { return *tensor; });
}

TS_API at::Tensor* ts_detach(at::Tensor* tensor) {
  return shim::tensor([&] { return tensor->detach(); });
}

TS_API at::Tensor* ts_contiguous(at::Tensor* tensor) {
  return shim::tensor([&] { return tensor->contiguous(); });
}

TS_API at::Tensor* ts_to_device(at::Tensor* tensor, int32_t device_type, int32_t device_index, uint8_t copy, uint8_t non_blocking) {
  return shim::tensor([&] {
    auto device = at::Device(static_cast<at::DeviceType>(device_type), static_cast<at::DeviceIndex>(device_index));
    return tensor->to(device, tensor->scalar_type(), non_blocking != 0, copy != 0);
  });
}

TS_API int64_t ts_rank(at::Tensor* tensor) {
  return shim::guarded<int64_t>(-1, [&] { return tensor->dim(); });
}

// One value per dimension.
TS_API int32_t ts_sizes(at::Tensor* tensor, int64_t* destination) {
  return shim::guarded<int32_t>(-1, [&] {
    auto sizes = tensor->sizes();
    std::copy(sizes.begin(), sizes.end(), destination);
    return 0;
  });
}

TS_API void* ts_data(at::Tensor* tensor) {
  return shim::guarded<void*>(nullptr, [&] { return tensor->data_ptr(); });
}

TS_API int32_t ts_is_contiguous(at::Tensor* tensor) {
  return shim::guarded<int32_t>(-1, [&] { return tensor->is_contiguous() ? 1 : 0; });
}

TS_API int32_t ts_type(at::Tensor* tensor) {
  return shim::guarded<int32_t>(-1, [&] { return static_cast<int32_t>(tensor->scalar_type()); });
}

TS_API int64_t ts_element_size(at::Tensor* tensor) {
  return shim::guarded<int64_t>(-1, [&] { return static_cast<int64_t>(tensor->element_size()); });
}

TS_API int32_t ts_device_type(at::Tensor* tensor) {
  return shim::guarded<int32_t>(-1, [&] { return static_cast<int32_t>(tensor->device().type()); });
}

TS_API int32_t ts_device_index(at::Tensor* tensor) {
  return shim::guarded<int32_t>(-2, [&] { return static_cast<int32_t>(tensor->device().index()); });
}

TS_API int32_t ts_requires_grad(at::Tensor* tensor) {
  return shim::guarded<int32_t>(-1, [&] { return tensor->requires_grad() ? 1 : 0; });
}

TS_API int32_t ts_set_requires_grad(at::Tensor* tensor, uint8_t requires_grad) {
  return shim::guarded<int32_t>(-1, [&] {
    tensor->set_requires_grad(requires_grad != 0);
    return 0;
  });
}

TS_API int32_t ts_get_num_threads() {
  return shim::guarded<int32_t>(-1, [] { return at::get_num_threads(); });
}

TS_API int32_t ts_set_num_threads(int32_t threads) {
  return shim::guarded<int32_t>(-1, [&] {
    at::set_num_threads(threads);
    return 0;
  });
}

TS_API int32_t ts_grad_enabled() { return c10::GradMode::is_enabled() ? 1 : 0; }

TS_API void ts_set_grad_enabled(uint8_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

TS_API int32_t ts_cuda_is_available() {
  return shim::guarded<int32_t>(0, [] { return at::globalContext().hasCUDA() ? 1 : 0; });
}

// Library: 0 = cuBLAS, 1 = cuDNN.
TS_API int32_t ts_get_allow_tf32(int32_t library) {
  return shim::guarded<int32_t>(-1, [&] {
    auto& context = at::globalContext();
    return (library == 0 ? context.allowTF32CuBLAS() : context.allowTF32CuDNN()) ? 1 : 0;
  });
}

TS_API int32_t ts_set_allow_tf32(int32_t library, uint8_t allow) {
  return shim::guarded<int32_t>(-1, [&] {
    auto& context = at::globalContext();
    library == 0 ? context.setAllowTF32CuBLAS(allow != 0) : context.setAllowTF32CuDNN(allow != 0);
    return 0;
  });
}

// Results: one slot per input, null where an allowed unused input got no gradient. An empty grad_outputs means ones.
TS_API int32_t ts_grad(at::Tensor** outputs, int32_t output_count, at::Tensor** inputs, int32_t input_count,
                       at::Tensor** grad_outputs, int32_t grad_count, uint8_t retain_graph, uint8_t create_graph,
                       uint8_t allow_unused, at::Tensor** results) {
  return shim::guarded<int32_t>(-1, [&] {
    auto list = [](at::Tensor** tensors, int32_t count) {
      torch::autograd::variable_list values;
      for (int32_t i = 0; i < count; i++) values.push_back(tensors[i] == nullptr ? at::Tensor() : *tensors[i]);
      return values;
    };
    auto gradients = torch::autograd::grad(list(outputs, output_count), list(inputs, input_count), list(grad_outputs, grad_count),
                                           retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (int32_t i = 0; i < input_count; i++) {
      results[i] = gradients[i].defined() ? new at::Tensor(gradients[i]) : nullptr;
    }
    return 0;
  });
}

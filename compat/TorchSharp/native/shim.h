// A C ABI over the part of libtorch that the TorchSharp stand-in exposes. A function returns a new tensor handle, which the
// caller frees with ts_free, or null after an error, whose text ts_last_error then gives for the calling thread.
// Compiles with libtorch 1.13 and 2.x.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <cstdint>
#include <exception>
#include <string>

#define TS_API extern "C" __attribute__((visibility("default")))

namespace shim {

// The text of the calling thread's last error; empty when there is none.
std::string& last_error();

// Runs body, so that no exception crosses the C boundary; on one, keeps its text and returns fallback.
template <typename Result, typename Body>
Result guarded(Result fallback, Body&& body) noexcept {
  last_error().clear();
  try {
    return body();
  } catch (const c10::Error& error) {
    last_error() = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "an unknown native error";
  }
  if (last_error().empty()) last_error() = "a native error without text";
  return fallback;
}

template <typename Body>
at::Tensor* tensor(Body&& body) noexcept {
  return guarded<at::Tensor*>(nullptr, [&] { return new at::Tensor(body()); });
}

inline at::IntArrayRef span(const int64_t* values, int32_t length) {
  return at::IntArrayRef(values, static_cast<size_t>(length));
}

}  // namespace shim

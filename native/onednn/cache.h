// Weights in the forms that oneDNN's implementations want, shared by all programs of a model.
#pragma once
#include <atomic>
#include <dnnl.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cnnviz_onednn.h"

namespace cnnviz {

class weight_cache {
public:
    using packed = std::shared_ptr<const dnnl::memory>;

    // The weights named key in the form wanted; dims are the plain ones, (oc, ic, kh, kw) or with groups in front.
    // fill is called when the cache has no such form. Thread-safe.
    packed get(const std::string& key, const dnnl::memory::dims& dims, const dnnl::memory::desc& wanted, cnnviz_fill fill,
               void* context);

    int64_t bytes() const { return bytes_.load(); }

private:
    std::mutex gate_;
    std::map<std::string, std::vector<packed>> forms_;
    std::atomic<int64_t> bytes_{0};
};

}  // namespace cnnviz

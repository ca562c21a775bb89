// Steps of convolutions and of their gradients.
#pragma once
#include "cache.h"
#include "step.h"

namespace cnnviz {

struct convolution_weights {
    std::shared_ptr<weight_cache> cache;
    std::string key;
    cnnviz_fill fill;
    void* context;
    const float* bias;  // or null
};

step convolution_step(const cnnviz_conv&, const convolution_weights&, int threads);
step convolution_backward_step(const cnnviz_conv&, const convolution_weights&, int threads);

}  // namespace cnnviz

#include "cache.h"

#include "processor.h"

namespace cnnviz {
namespace {

weight_cache::packed pack(const dnnl::memory::dims& dims, const dnnl::memory::desc& wanted, cnnviz_fill fill, void* context) {
    using dnnl::memory;
    const auto tag = dims.size() == 5 ? memory::format_tag::goihw : memory::format_tag::oihw;
    const memory plain(memory::desc(dims, memory::data_type::f32, tag), cpu());
    fill(context, static_cast<float*>(plain.get_data_handle()));
    auto result = std::make_shared<memory>(wanted, cpu());
    dnnl::stream stream(cpu());
    memory source = plain;
    dnnl::reorder(source, *result).execute(stream, source, *result);
    stream.wait();
    return result;
}

}  // namespace

weight_cache::packed weight_cache::get(const std::string& key, const dnnl::memory::dims& dims, const dnnl::memory::desc& wanted,
                                       cnnviz_fill fill, void* context) {
    const std::lock_guard lock(gate_);
    auto& forms = forms_[key];
    for (const packed& form : forms)
        if (form->get_desc() == wanted) return form;
    forms.push_back(pack(dims, wanted, fill, context));
    bytes_ += static_cast<int64_t>(wanted.get_size());
    return forms.back();
}

}  // namespace cnnviz

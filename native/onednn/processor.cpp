#include "processor.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "cnnviz_onednn.h"

namespace cnnviz {
namespace {

// oneDNN numbers instruction sets so that a superset has all bits of its subsets.
bool includes(int isa, int other) { return (isa & other) == other; }

// The largest set that oneDNN's headers name and the processor has; a newer library may know of more.
const char* name_of(int isa) {
    static const std::pair<int, const char*> names[] = {
#if DNNL_VERSION_MAJOR >= 3
        {dnnl_cpu_isa_avx512_core_amx_fp16, "avx512_core_amx_fp16"},
#endif
        {dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"},
#if DNNL_VERSION_MAJOR >= 3
        {dnnl_cpu_isa_avx512_core_fp16, "avx512_core_fp16"},
#endif
        {dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"},
        {dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"},
        {dnnl_cpu_isa_avx512_core, "avx512_core"},
        {dnnl_cpu_isa_avx2_vnni, "avx2_vnni"},
        {dnnl_cpu_isa_avx2, "avx2"},
    };
    for (const auto& [set, name] : names)
        if (includes(isa, set)) return name;
    return "unnamed";
}

void limit_isa() {
    const char* wanted = std::getenv("CNNVIZ_ONEDNN_ISA");
    if (!wanted || !*wanted) return;
    const std::string name = wanted;
    dnnl_cpu_isa_t limit;
    if (name == "avx2") limit = dnnl_cpu_isa_avx2;
    else if (name == "avx512_core") limit = dnnl_cpu_isa_avx512_core;
    else if (name == "avx512_core_bf16") limit = dnnl_cpu_isa_avx512_core_bf16;
    else throw std::invalid_argument("CNNVIZ_ONEDNN_ISA is '" + name + "'; it may be avx2, avx512_core or avx512_core_bf16");
    if (dnnl_set_max_cpu_isa(limit) != dnnl_success)
        throw std::runtime_error("oneDNN refused the limit CNNVIZ_ONEDNN_ISA=" + name + ": it was in use already");
}

processor detect() {
    limit_isa();
    const int isa = dnnl_get_effective_cpu_isa();
    if (!includes(isa, dnnl_cpu_isa_avx2) || !__builtin_cpu_supports("fma"))
        throw std::runtime_error("the engine needs a processor with AVX2 and FMA");
    if (!includes(isa, dnnl_cpu_isa_avx512_core)) return {8, false, false, name_of(isa), &avx2::find};
    if (!includes(isa, dnnl_cpu_isa_avx512_core_bf16)) return {16, false, false, name_of(isa), &avx512::find};
    return {16, true, includes(isa, dnnl_cpu_isa_avx512_core_amx), name_of(isa), &avx512_bf16::find};
}

}  // namespace

const processor& processor::get() {
    static const processor found = detect();
    return found;
}

dnnl::engine& cpu() {
    static dnnl::engine engine = (processor::get(), dnnl::engine(dnnl::engine::kind::cpu, 0));
    return engine;
}

int64_t element_size(int type) {
    switch (type) {
    case CNNVIZ_F32: return 4;
    case CNNVIZ_BF16: return 2;
    case CNNVIZ_U8: return 1;
    default: throw std::invalid_argument("unknown element type " + std::to_string(type));
    }
}

}  // namespace cnnviz

#include "common.h"

namespace cnnviz::CNNVIZ_TARGET {

kernel find(int op, int a, int b, int d) {
    const kernel_finder finders[] = {&find_elementwise, &find_activation,   &find_channels, &find_copy,
                                     &find_max_pool,    &find_average_pool, &find_planar,   &find_cells};
    for (const kernel_finder finder : finders)
        if (const kernel found = finder(op, a, b, d)) return found;
    return nullptr;
}

}  // namespace cnnviz::CNNVIZ_TARGET

// What a convolution does with its result: as oneDNN post-operations where those are safe and fast, else as kernels behind it.
#pragma once
#include <optional>

#include "step.h"

namespace cnnviz {

struct native_posts {
    dnnl::primitive_attr attributes;
    std::vector<primitive_part::buffer> buffers;
};

// The first count posts as post-operations of a primitive; none if one of them cannot be. A sum adds to what the primitive
// writes, which must then be dst itself.
std::optional<native_posts> as_post_operations(const cnnviz_conv&, int count);

// Whether the posts from the given one on read what dst held before, so that the primitive must write elsewhere.
bool needs_old_dst(const cnnviz_conv&, int first);

// Appends kernels that apply the posts from first on to a blocked result at from, of the given type, and leave it in dst.
void append_passes(step&, const cnnviz_conv&, int first, place from, int type, int threads);

// What of the posts from first on a pass can do that moves the result into dst: a mask, then an addition to what dst holds.
struct moved_posts {
    place mask;  // or none
    bool accumulate = false;
    int count = 0;
};
moved_posts posts_while_moving(const cnnviz_conv&, int first);

}  // namespace cnnviz

// Runs all tests against naive loops over doubles. An argument limits the instruction set as CNNVIZ_ONEDNN_ISA does: avx2,
// avx512_core, avx512_core_bf16.
#include <cstdlib>

#include "harness.h"

int main(int argc, char** argv) {
    if (argc > 1) setenv("CNNVIZ_ONEDNN_ISA", argv[1], 1);
    if (cnnviz_block() < 0) {
        std::printf("%s\n0 passed, 1 failed\n", cnnviz_error());
        return 1;
    }
    std::printf("oneDNN %s on %s, blocks of %d, bf16 %d\n", cnnviz_version(), cnnviz_isa(), cnnviz_block(), cnnviz_bf16());
    tests::test_elementwise();
    tests::test_functions();
    tests::test_channels();
    tests::test_copies();
    tests::test_pooling();
    tests::test_planar();
    tests::test_posts();
    tests::test_programs();
    tests::test_convolutions();
    std::printf("%d passed, %d failed\n", tests::counts().passed, tests::counts().failed);
    return tests::counts().failed ? 1 : 0;
}

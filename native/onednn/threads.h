// The calling thread's floating-point mode and number of OpenMP threads, restored at the end of a scope.
#pragma once
#include <omp.h>
#include <xmmintrin.h>

namespace cnnviz {

class thread_count {
public:
    explicit thread_count(int threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
    ~thread_count() { omp_set_num_threads(before_); }
    thread_count(const thread_count&) = delete;
    thread_count& operator=(const thread_count&) = delete;

private:
    int before_;
};

// Denormals are flushed and read as zero, on the calling thread and its workers.
class flushed_denormals {
public:
    explicit flushed_denormals(int threads) : threads_(threads), before_(_mm_getcsr()) {
        constexpr unsigned flush_to_zero = 0x8000, denormals_are_zero = 0x0040;
        set(before_ | flush_to_zero | denormals_are_zero);
    }
    ~flushed_denormals() { set(before_); }
    flushed_denormals(const flushed_denormals&) = delete;
    flushed_denormals& operator=(const flushed_denormals&) = delete;

private:
    void set(unsigned mode) const {
        _mm_setcsr(mode);
        if (threads_ <= 1) return;
#pragma omp parallel num_threads(threads_)
        _mm_setcsr(mode);
    }

    int threads_;
    unsigned before_;
};

}  // namespace cnnviz

// The processor's multiply-add peak: loops that touch registers alone, with enough independent sums to hide the latency.
// Compiled once per kind: -DKIND=0 (AVX2, float32), 1 (AVX-512, float32), 2 (AVX-512, bfloat16 into float32) and 3 (AMX tiles,
// bfloat16 into float32).
//
//   peak THREADS REPETITIONS    prints the best billions of floating-point operations per second of all threads together
//
// The best and not the median: a peak is what the machine can do, and anything beside it only takes away.

#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

namespace {

constexpr long kRounds = 6'000'000;

#if KIND == 3
// Four tiles of sums, each 16 x 16, from two by two tiles of 16 x 32 factors.
constexpr int kSums = 4;
constexpr double kOperations = 16 * 16 * 32 * 2;

struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t reserved[14] = {};
  std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
  std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// Tiles have to be asked for once per process.
bool Prepare() {
  constexpr long kRequestPermission = 0x1023;
  constexpr long kTileData = 18;
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

float Loop(long rounds) {
  const TileShapes shapes;
  _tile_loadconfig(&shapes);
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  _tile_zero(4);
  _tile_zero(5);
  _tile_zero(6);
  _tile_zero(7);
  for (long i = 0; i < rounds; ++i) {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  float sums[16 * 16];
  _tile_stored(0, sums, 64);
  _tile_release();
  return sums[0];
}
#else
constexpr int kSums = 12;

#if KIND == 0
using Vector = __m256;
using Factor = __m256;
constexpr double kOperations = 8 * 2;
Vector Zero() { return _mm256_setzero_ps(); }
Factor Small(float x) { return _mm256_set1_ps(x); }
Vector MultiplyAdd(Vector sum, Factor a, Factor b) { return _mm256_fmadd_ps(a, b, sum); }
float First(Vector v) { return _mm256_cvtss_f32(v); }
#elif KIND == 1
using Vector = __m512;
using Factor = __m512;
constexpr double kOperations = 16 * 2;
Vector Zero() { return _mm512_setzero_ps(); }
Factor Small(float x) { return _mm512_set1_ps(x); }
Vector MultiplyAdd(Vector sum, Factor a, Factor b) { return _mm512_fmadd_ps(a, b, sum); }
float First(Vector v) { return _mm512_cvtss_f32(v); }
#else
using Vector = __m512;
using Factor = __m512bh;
constexpr double kOperations = 32 * 2;
Vector Zero() { return _mm512_setzero_ps(); }
Factor Small(float x) { return _mm512_cvtne2ps_pbh(_mm512_set1_ps(x), _mm512_set1_ps(x)); }
Vector MultiplyAdd(Vector sum, Factor a, Factor b) { return _mm512_dpbf16_ps(sum, a, b); }
float First(Vector v) { return _mm512_cvtss_f32(v); }
#endif

// Keeps a value in a register and tells the compiler that it may have changed.
template <typename T>
void Touch(T& value) {
  asm volatile("" : "+v"(value));
}

float Loop(long rounds) {
  Factor a = Small(1e-3f);
  Factor b = Small(1e-3f);
  Vector sums[kSums];
  for (auto& sum : sums) sum = Zero();
  for (long i = 0; i < rounds; ++i) {
    Touch(a);
    Touch(b);
#pragma GCC unroll 12
    for (int k = 0; k < kSums; ++k) sums[k] = MultiplyAdd(sums[k], a, b);
  }
  float total = 0;
  for (auto& sum : sums) {
    Touch(sum);
    total += First(sum);
  }
  return total;
}

bool Prepare() { return true; }
#endif

double Seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: peak THREADS REPETITIONS\n");
    return 2;
  }
  if (!Prepare()) {
    std::fprintf(stderr, "the system does not lend tiles\n");
    return 3;
  }
  const int threads = std::max(1, std::atoi(argv[1]));
  const int repetitions = std::max(1, std::atoi(argv[2]));
  std::vector<float> results(threads);
  double best = 0;
  for (int i = 0; i < repetitions; ++i) {
    const double start = Seconds();
    std::vector<std::thread> team;
    for (int t = 0; t < threads; ++t) team.emplace_back([&results, t] { results[t] = Loop(kRounds); });
    for (auto& thread : team) thread.join();
    best = std::max(best, kOperations * kSums * kRounds * threads / (Seconds() - start) / 1e9);
  }
  std::printf("%.1f\n", best);
  return results[0] < 0;  // never so; the sums are looked at
}

// One block of channels of one cell as a vector: 16 floats with AVX-512, 8 with AVX2. bf16 is widened on load and rounded to
// nearest even on store.
#pragma once
#include <immintrin.h>

#include <cstdint>

namespace cnnviz::CNNVIZ_TARGET {

struct bf16 {
    uint16_t bits;
};

#if defined(__AVX512F__)

constexpr int block = 16;
using vec = __m512;
using ivec = __m512i;  // one 32-bit integer per channel
using mask = __mmask16;

inline vec set1(float x) { return _mm512_set1_ps(x); }
inline vec zero() { return _mm512_setzero_ps(); }
inline vec load(const float* p) { return _mm512_loadu_ps(p); }
inline vec load(const bf16* p) {
    const __m256i half = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(half), 16));
}
inline void store(float* p, vec v) { _mm512_storeu_ps(p, v); }
inline void store(bf16* p, vec v) {
#if defined(__AVX512BF16__)
    const __m256i half = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(v));
#else
    const __m512i bits = _mm512_castps_si512(v);
    const __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
    const __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
    const __mmask16 nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
    const __m512i quiet = _mm512_or_si512(bits, _mm512_set1_epi32(0x400000));
    const __m256i half = _mm512_cvtepi32_epi16(_mm512_srli_epi32(_mm512_mask_mov_epi32(rounded, nan, quiet), 16));
#endif
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), half);
}
inline vec add(vec a, vec b) { return _mm512_add_ps(a, b); }
inline vec sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
inline vec mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
inline vec divide(vec a, vec b) { return _mm512_div_ps(a, b); }
inline vec magnitude(vec a) { return _mm512_abs_ps(a); }
inline vec with_sign(vec a, vec sign) {  // |a| with the sign of the other
    return _mm512_or_ps(_mm512_abs_ps(a), _mm512_and_ps(sign, _mm512_set1_ps(-0.0f)));
}
inline vec nearest(vec a) { return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline vec power_of_two(vec whole) {  // of a whole number from -126 to 127
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(whole), _mm512_set1_epi32(127)), 23));
}
inline vec fma(vec a, vec b, vec c) { return _mm512_fmadd_ps(a, b, c); }
inline vec smaller(vec a, vec b) { return _mm512_min_ps(a, b); }
inline vec larger(vec a, vec b) { return _mm512_max_ps(a, b); }
inline mask greater(vec a, vec b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
inline mask both(mask a, mask b) { return static_cast<mask>(a & b); }
inline mask all_lanes() { return 0xffff; }
inline mask lanes_in(int first, int last) {  // first <= lane < last
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return both(_mm512_cmpge_epi32_mask(lane, _mm512_set1_epi32(first)), _mm512_cmplt_epi32_mask(lane, _mm512_set1_epi32(last)));
}
inline vec select(mask m, vec yes, vec no) { return _mm512_mask_mov_ps(no, m, yes); }
inline void store_mask(uint8_t* p, mask m) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_maskz_set1_epi8(m, 1)); }
inline mask load_mask(const uint8_t* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm_test_epi8_mask(bytes, bytes);
}
inline ivec iset1(int x) { return _mm512_set1_epi32(x); }
inline ivec iselect(mask m, ivec yes, ivec no) { return _mm512_mask_mov_epi32(no, m, yes); }
inline mask iequal(ivec a, ivec b) { return _mm512_cmpeq_epi32_mask(a, b); }
inline void store_bytes(uint8_t* p, ivec v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(v)); }
inline ivec load_bytes(const uint8_t* p) { return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))); }

// Lanes shift .. shift + block - 1 of (low, high).
inline ivec window_lanes(int shift) {
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm512_add_epi32(lane, _mm512_set1_epi32(shift));
}
inline vec window(vec low, vec high, ivec lanes) { return _mm512_permutex2var_ps(low, lanes, high); }

// Transposes a square of block x block floats.
inline void transpose(vec* r) {
    const auto pair = [](vec& a, vec& b, __m512i low, __m512i high) {
        const vec x = _mm512_permutex2var_ps(a, low, b), y = _mm512_permutex2var_ps(a, high, b);
        a = x;
        b = y;
    };
    const __m512i l8 = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    const __m512i h8 = _mm512_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    const __m512i l4 = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    const __m512i h4 = _mm512_setr_epi32(4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    const __m512i l2 = _mm512_setr_epi32(0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
    const __m512i h2 = _mm512_setr_epi32(2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    const __m512i l1 = _mm512_setr_epi32(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    const __m512i h1 = _mm512_setr_epi32(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
    for (int i = 0; i < 8; i++) pair(r[i], r[i + 8], l8, h8);
    for (int i = 0; i < 16; i += 8)
        for (int j = 0; j < 4; j++) pair(r[i + j], r[i + j + 4], l4, h4);
    for (int i = 0; i < 16; i += 4)
        for (int j = 0; j < 2; j++) pair(r[i + j], r[i + j + 2], l2, h2);
    for (int i = 0; i < 16; i += 2) pair(r[i], r[i + 1], l1, h1);
}

#else

constexpr int block = 8;
using vec = __m256;
using ivec = __m256i;
using mask = __m256;  // all bits of a lane

inline vec set1(float x) { return _mm256_set1_ps(x); }
inline vec zero() { return _mm256_setzero_ps(); }
inline vec load(const float* p) { return _mm256_loadu_ps(p); }
inline vec load(const bf16* p) {
    const __m128i half = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(half), 16));
}
inline void store(float* p, vec v) { _mm256_storeu_ps(p, v); }
inline void store(bf16* p, vec v) {
    const __m256i bits = _mm256_castps_si256(v);
    const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    const __m256i rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    const __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(v, v, _CMP_UNORD_Q));
    const __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    const __m256i words = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, nan), 16);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p),
                     _mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}
inline vec add(vec a, vec b) { return _mm256_add_ps(a, b); }
inline vec sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
inline vec mul(vec a, vec b) { return _mm256_mul_ps(a, b); }
inline vec divide(vec a, vec b) { return _mm256_div_ps(a, b); }
inline vec magnitude(vec a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
inline vec with_sign(vec a, vec sign) { return _mm256_or_ps(magnitude(a), _mm256_and_ps(sign, _mm256_set1_ps(-0.0f))); }
inline vec nearest(vec a) { return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline vec power_of_two(vec whole) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(127)), 23));
}
inline vec fma(vec a, vec b, vec c) { return _mm256_fmadd_ps(a, b, c); }
inline vec smaller(vec a, vec b) { return _mm256_min_ps(a, b); }
inline vec larger(vec a, vec b) { return _mm256_max_ps(a, b); }
inline mask greater(vec a, vec b) { return _mm256_cmp_ps(a, b, _CMP_GT_OQ); }
inline mask both(mask a, mask b) { return _mm256_and_ps(a, b); }
inline mask all_lanes() { return _mm256_castsi256_ps(_mm256_set1_epi32(-1)); }
inline mask lanes_in(int first, int last) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i from = _mm256_cmpgt_epi32(lane, _mm256_set1_epi32(first - 1));
    return _mm256_castsi256_ps(_mm256_and_si256(from, _mm256_cmpgt_epi32(_mm256_set1_epi32(last), lane)));
}
inline vec select(mask m, vec yes, vec no) { return _mm256_blendv_ps(no, yes, m); }
inline void store_bytes(uint8_t* p, ivec v) {
    const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packus_epi16(words, words));
}
inline ivec load_bytes(const uint8_t* p) { return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))); }
inline void store_mask(uint8_t* p, mask m) { store_bytes(p, _mm256_srli_epi32(_mm256_castps_si256(m), 31)); }
inline mask load_mask(const uint8_t* p) { return _mm256_castsi256_ps(_mm256_cmpgt_epi32(load_bytes(p), _mm256_setzero_si256())); }
inline ivec iset1(int x) { return _mm256_set1_epi32(x); }
inline ivec iselect(mask m, ivec yes, ivec no) { return _mm256_blendv_epi8(no, yes, _mm256_castps_si256(m)); }
inline mask iequal(ivec a, ivec b) { return _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b)); }

inline ivec window_lanes(int shift) {
    return _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(shift));
}
inline vec window(vec low, vec high, ivec lanes) {  // the permutation looks at an index's low three bits only
    const __m256 second = _mm256_castsi256_ps(_mm256_cmpgt_epi32(lanes, _mm256_set1_epi32(7)));
    return select(second, _mm256_permutevar8x32_ps(high, lanes), _mm256_permutevar8x32_ps(low, lanes));
}

inline void transpose(vec* r) {
    vec t[8];
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
    }
    vec u[8];
    for (int i = 0; i < 8; i += 4) {
        u[i] = _mm256_shuffle_ps(t[i], t[i + 2], 0x44);
        u[i + 1] = _mm256_shuffle_ps(t[i], t[i + 2], 0xee);
        u[i + 2] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0x44);
        u[i + 3] = _mm256_shuffle_ps(t[i + 1], t[i + 3], 0xee);
    }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x20);
        r[i + 4] = _mm256_permute2f128_ps(u[i], u[i + 4], 0x31);
    }
}

#endif

inline float value(float x) { return x; }
inline float value(bf16 x) {
    const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
    float f;
    __builtin_memcpy(&f, &bits, sizeof f);
    return f;
}
inline void assign(float& d, float x) { d = x; }
inline void assign(bf16& d, float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    d.bits = static_cast<uint16_t>(x != x ? (bits | 0x400000) >> 16 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

}  // namespace cnnviz::CNNVIZ_TARGET

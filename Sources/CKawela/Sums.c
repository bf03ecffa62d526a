/* SPDX-License-Identifier: Apache-2.0 */
#include "CKawela.h"

#include <string.h>

// Chosen when the program is loaded: before a thread sanitizer is ready, which the code that chooses would call.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IS_THREAD_SANITIZED 1
#endif
#endif
#if defined(__x86_64__) && !defined(IS_THREAD_SANITIZED)
#define FOR_SEVERAL_PROCESSORS __attribute__((target_clones("avx2", "default")))
#else
#define FOR_SEVERAL_PROCESSORS
#endif

enum { words_per_block = 16 };

FOR_SEVERAL_PROCESSORS
static uint64_t sum_blocks(const unsigned char *bytes, size_t blocks) {
    uint64_t sum = 0;
    for (size_t word = 0; word < blocks * words_per_block; word++) {
        uint32_t value;
        memcpy(&value, bytes + 4 * word, 4);
        sum += value;
    }
    return sum;
}

static uint64_t word_at(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

// The last 0 to 7 of `count` bytes as one number, the first of them lowest in memory.
static uint64_t tail(const unsigned char *bytes, size_t count) {
    size_t rest = count & 7;
    if (rest == 0) return 0;
    if (count >= 8) return word_at(bytes + count - 8) >> (64 - 8 * rest);
    uint64_t word = 0;
    for (size_t byte = 0; byte < rest; byte++) word |= (uint64_t)bytes[byte] << (8 * byte);
    return word;
}

uint64_t kw_sum(const void *start, size_t count) {
    const unsigned char *bytes = start;
    // Its two halves are added at the end: 2^64 - 1 is a multiple of 2^16 - 1.
    unsigned __int128 sum = tail(bytes, count);
    size_t offset = 0;
    if (count >= 256) {
        sum += sum_blocks(bytes, count / 64);
        offset = count & ~(size_t)63;
    }
    for (; offset + 8 <= count; offset += 8) sum += word_at(bytes + offset);
    sum = (uint64_t)sum + (sum >> 64);
    return (uint64_t)sum + (uint64_t)(sum >> 64);
}

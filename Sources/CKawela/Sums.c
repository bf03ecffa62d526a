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
uint64_t kw_sum_blocks(const void *start, size_t blocks) {
    const unsigned char *bytes = start;
    uint64_t sum = 0;
    for (size_t word = 0; word < blocks * words_per_block; word++) {
        uint32_t value;
        memcpy(&value, bytes + 4 * word, 4);
        sum += value;
    }
    return sum;
}

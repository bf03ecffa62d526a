/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CBench.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

bool cb_wait_for_bits(const void *word, uint32_t bits, uint64_t nanoseconds) {
    const uint64_t deadline = cb_now() + nanoseconds;
    static long processors;  // Looked up once: that takes microseconds.
    if (processors == 0) processors = sysconf(_SC_NPROCESSORS_ONLN);
    for (;;) {
        for (int i = 0; i < 4096; i++) {
            if ((__atomic_load_n((const uint32_t *)word, __ATOMIC_ACQUIRE) & bits) == bits) return true;
            relax();
        }
        if (processors < 2) sched_yield();
        if (cb_now() > deadline) return false;
    }
}

void cb_write_lines(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

void cb_set_send_buffer(int fd, int bytes) {
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
}

// The processors that this program was started with.
static cpu_set_t all;

void cb_use_all_processors(void) {
    if (CPU_COUNT(&all) > 0) sched_setaffinity(0, sizeof all, &all);
    setpriority(PRIO_PROCESS, 0, 0);
}

void cb_use_last_processor(bool last) {
    if (CPU_COUNT(&all) == 0) sched_getaffinity(0, sizeof all, &all);
    setpriority(PRIO_PROCESS, 0, last ? -20 : 0);
    int highest = -1;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &all)) highest = cpu;
    if (CPU_COUNT(&all) < 2) return;
    cpu_set_t set = all;
    CPU_CLR(highest, &set);
    if (last) {
        CPU_ZERO(&set);
        CPU_SET(highest, &set);
    }
    sched_setaffinity(0, sizeof set, &set);
}

int cb_enter_namespace(const char *path) {
    int back = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    int to = open(path, O_RDONLY | O_CLOEXEC);
    if (back >= 0 && to >= 0 && setns(to, CLONE_NEWNET) == 0) {
        close(to);
        return back;
    }
    int error = errno;
    if (to >= 0) close(to);
    if (back >= 0) close(back);
    errno = error;
    return -1;
}

void cb_leave_namespace(int back) {
    setns(back, CLONE_NEWNET);
    close(back);
}

// Allocations. These definitions take the place of the C library's own; what they call are its names for the same.

static atomic_uint_fast64_t allocations;

uint64_t cb_allocation_count(void) { return atomic_load(&allocations); }

#if defined(__GLIBC__)
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static inline void count(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count();
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    count();
    void *memory = __libc_memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}
#endif

// Client requests: a sequence of rotations that changes nothing on a processor and that Valgrind knows (its manual,
// "The client request mechanism"; the numbers are those of callgrind.h).

#if defined(__x86_64__)
enum { tool = 'C' << 24 | 'T' << 16, dumpStatsAt = tool + 3, startInstrumentation = tool + 4, stopInstrumentation = tool + 5 };

static void request(uint64_t code, uint64_t argument) {
    volatile uint64_t arguments[6] = {code, argument, 0, 0, 0, 0};
    uint64_t result = 0;
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                     : "=d"(result)
                     : "a"(arguments), "0"(result)
                     : "cc", "memory");
}

void cb_callgrind_start(void) { request(startInstrumentation, 0); }
void cb_callgrind_stop(void) { request(stopInstrumentation, 0); }
void cb_callgrind_dump(const char *name) { request(dumpStatsAt, (uint64_t)(uintptr_t)name); }
#else
void cb_callgrind_start(void) {}
void cb_callgrind_stop(void) {}
void cb_callgrind_dump(const char *name) { (void)name; }
#endif

/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CRawCalls.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

long raw_call(long number, long first, long second, long third, long fourth, long fifth) {
    long result = syscall(number, first, second, third, fourth, fifth, 0L);
    return result < 0 ? -errno : result;
}

long raw_call_path(long number, const char *path, long second, long third) {
    return raw_call(number, (long)path, second, third, 0, 0);
}

long raw_process(void) {
    long child = raw_call(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child > 0) waitpid((pid_t)child, NULL, 0);
    return child;
}

long raw_foreign_call(void) {
#if defined(__x86_64__)
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
    return result;
#else
    return -ENOSYS;
#endif
}

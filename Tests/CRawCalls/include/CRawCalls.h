/* SPDX-License-Identifier: Apache-2.0 */
// System calls as an attacker's code would make them, without a C library around them.
#ifndef CRAWCALLS_H
#define CRAWCALLS_H

/// syscall(2): what the call returned, or the negative errno.
long raw_call(long number, long first, long second, long third, long fourth, long fifth);

/// The same with a string as the first argument.
long raw_call_path(long number, const char *path, long second, long third);

/// A process made by clone(2), which ends at once. Its number, or the negative errno.
long raw_process(void);

/// getpid(2) by the numbers of 32-bit programs, where there are such.
long raw_foreign_call(void);

#endif

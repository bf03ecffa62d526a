/* SPDX-License-Identifier: Apache-2.0 */
// What a benchmark needs that Swift does not offer: a spin on guest memory, a count of allocations, callgrind's
// client requests, round trips and floods without a runtime in between.
#ifndef CBENCH_H
#define CBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/// Nanoseconds of the monotonic clock.
static inline uint64_t cb_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/// Has standard output written line by line, to files and pipes too.
void cb_write_lines(void);

/// Spins until all of `bits` are set in *word; false when that takes longer than `nanoseconds`. Looks at the clock
/// seldom, so that the wait ends as soon as the bits come.
bool cb_wait_for_bits(const void *word, uint32_t bits, uint64_t nanoseconds);

/// Allocations of this process so far: malloc, calloc, realloc, and the aligned ones.
uint64_t cb_allocation_count(void);

/// Under callgrind: starts or stops counting instructions; writes the counts so far to a file of their own, with `name`
/// in it, and starts from zero. Nothing at all otherwise.
void cb_callgrind_start(void);
void cb_callgrind_stop(void);
void cb_callgrind_dump(const char *name);

/// Gives the socket a send buffer of `bytes`, or as much as this user may have.
void cb_set_send_buffer(int fd, int bytes);

/// Lets the calling thread, and what it starts from now on, run on the machine's last processor only, or on all but that
/// one. On a machine with one processor it stays there. A thread that spins is then in nobody's way; on the last processor
/// it goes before others, if this user may ask for that.
void cb_use_last_processor(bool last);

/// Undoes cb_use_last_processor.
void cb_use_all_processors(void);

/// Moves the calling thread, and what it starts from now on, to the network namespace at `path`, and returns a descriptor
/// of the one it was in; -1 with errno. With a descriptor for `back` it goes back there and closes it.
int cb_enter_namespace(const char *path);
void cb_leave_namespace(int back);

/// Sends `count` requests of one byte to the echo program at `address`, each after the answer to the one before it, and
/// stores the nanoseconds of each round trip. How many were answered, each within a second, until 20 were not; -1 with
/// errno when nobody accepts a connection.
int cb_round_trips(bool tcp, const char *address, int port, int count, uint64_t *nanoseconds);

/// Sends copies of a frame to a network interface, `rate` a second, in bursts of 32, until `cb_stop_flood` is called for
/// `stop`. How many; -1 with errno when there is no packet socket.
int64_t cb_flood(const char *interface, const uint8_t *frame, size_t length, int rate, const bool *stop);
void cb_stop_flood(bool *stop);

#endif

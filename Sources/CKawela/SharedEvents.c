/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CKawela.h"
#include "Interruption.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

// Whether a call on a descriptor sleeps is decided by flags of the open file, which everybody has who holds it: nothing
// that is asked or set before the call is still so in it. So a timer of the calling thread sends it a signal, whose
// handler does nothing but keep the kernel from sleeping on. It is armed by a call that finds it disarmed and fires once,
// so that a busy thread pays for it every few milliseconds and an idle one not at all.

enum { first_timeout = 4000000, next_timeout = 1000000 };  // Nanoseconds.

static _Thread_local struct interrupter {
    timer_t timer;
    bool exists;
    volatile sig_atomic_t is_calling;
    volatile sig_atomic_t is_armed;
} own;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void arm(struct interrupter *interrupter, long nanoseconds) {
    struct itimerspec time = {.it_value = {.tv_nsec = nanoseconds}};
    timer_settime(interrupter->timer, 0, &time, NULL);
}

// The signal may come when the thread has begun a call and is not yet in the kernel: so the timer is armed again until the
// call has ended.
static void on_timeout(int number, siginfo_t *information, void *context) {
    (void)number;
    (void)context;
    if (information->si_code != SI_TIMER) return;
    int saved = errno;
    struct interrupter *interrupter = information->si_value.sival_ptr;
    if (interrupter->is_calling) {
        arm(interrupter, next_timeout);
    } else {
        interrupter->is_armed = 0;
    }
    errno = saved;
}

static void delete_timer(void *interrupter) { timer_delete(((struct interrupter *)interrupter)->timer); }

static void prepare_process(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_timeout;
    action.sa_flags = SA_SIGINFO;  // Without SA_RESTART.
    sigaction(SIGRTMIN, &action, NULL);
    pthread_key_create(&key, delete_timer);
}

static int prepare_thread(void) {
    pthread_once(&once, prepare_process);
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMIN;
    event.sigev_value.sival_ptr = &own;
    event.sigev_notify_thread_id = gettid();
    if (timer_create(CLOCK_MONOTONIC, &event, &own.timer) < 0) return -1;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    pthread_setspecific(key, &own);
    own.exists = true;
    return 0;
}

int kw_begin_interruptible(void) {
    if (!own.exists && prepare_thread() < 0) return -1;
    own.is_calling = 1;
    if (!own.is_armed) {
        own.is_armed = 1;
        arm(&own, first_timeout);
    }
    return 0;
}

void kw_end_interruptible(void) { own.is_calling = 0; }

int kw_event_signal(int fd) {
    uint64_t one = 1;
    if (kw_begin_interruptible() < 0) return -1;
    ssize_t written = write(fd, &one, sizeof one);
    kw_end_interruptible();
    return written == sizeof one || errno == EAGAIN ? 0 : -1;
}

int kw_event_take(int fd) {
    uint64_t count = 0;
    if (kw_begin_interruptible() < 0) return -1;
    ssize_t size = read(fd, &count, sizeof count);
    kw_end_interruptible();
    if (size == sizeof count) return 1;
    return errno == EAGAIN ? 0 : -1;
}

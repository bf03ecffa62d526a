/* SPDX-License-Identifier: Apache-2.0 */
// A timer per thread that interrupts system calls which sleep.
#ifndef KW_INTERRUPTION_H
#define KW_INTERRUPTION_H

// Until kw_end_interruptible, a system call of this thread that sleeps is interrupted (EINTR) after some 4 milliseconds.
// Calls do not nest. -1 with errno when the thread can have no timer.
int kw_begin_interruptible(void);
void kw_end_interruptible(void);

#endif

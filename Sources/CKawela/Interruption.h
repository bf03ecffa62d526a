// Between the two, a call of this thread that sleeps is interrupted (EINTR) after some 4 milliseconds. Not nested.
// -1 with errno when the thread can have no timer.
#ifndef KW_INTERRUPTION_H
#define KW_INTERRUPTION_H

int kw_begin_interruptible(void);
void kw_end_interruptible(void);

#endif

/* SPDX-License-Identifier: MIT
 * One run of the core over one text, with everything it hands out looked at:
 * shared by the hostile texts and by the fuzzer.
 */
#ifndef MM_CHECK_H
#define MM_CHECK_H

#include "engine.h"

struct run {
    struct view text;
    struct view request;
    u32 piece;  /* bytes fed at a time; 0: all at once */
    u32 second; /* where a second source begins; 0: nowhere */
    u32 memory; /* bytes lent to the engine */
    u8 fill;    /* what they hold before */
};

/* Ends the program when anything handed out lies outside the memory, the text
 * or its range. Returns a digest of all that was answered, offsets left out;
 * 0 when the memory was too small to answer. */
u64 check_run(const struct run *r);

/* What is being read, for the message of a failure. */
extern const char *check_name;
extern u32 check_number;

#endif

/* SPDX-License-Identifier: MIT
 * Targets: what an answer is written as. A row of targets.def names two writers:
 * one for the text, one for what the target cannot say (a line each). Both only
 * read the answer. A target without a text says in the other why.
 */
#ifndef MM_EMIT_H
#define MM_EMIT_H

#include "../answer.h"

typedef void target_writer(struct text *t, struct answer *a);

#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, WRITE, LIMITS, ...) \
    target_writer WRITE, LIMITS;
#include "../know/targets.def"
#undef TARGET

/* Bits the custom mask hides; none of an MSR, which is no leaf of CPUID. */
u32 hidden_bits(const struct compared *c);
/* Is anything hidden at all? */
int hides_any(const struct answer *a);

#endif

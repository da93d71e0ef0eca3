/* SPDX-License-Identifier: MIT
 * Whole registers under a key: what the families of such formats share.
 */
#ifndef MM_READ_WORDS_H
#define MM_READ_WORDS_H

#include "read.h"

/* A place in 16 bits: the leaf's top bit, 11 more of it, subleaf, register.
 * The last leaf but one is none, the last is IA32_ARCH_CAPABILITIES. */
#define SKIP 0x7feu
#define MSR 0x7ffu
#define PACKED(LEAF, SUB, REG) \
    (u16)((LEAF) >> 31 << 15 | ((LEAF) & 0x7ffu) << 4 | (SUB) << 2 | (REG))

struct place {
    u32 leaf, sub, reg;
};
struct place unpacked(u32 packed);

/* The n-th word of a Xen featureset; 0 where it has no more. */
int featureset_word(u32 n, struct place *p);

/* Goes on with a block of this format, or begins one. */
void words_begin(struct reader *r, enum format_id format);
/* A word of the block; what stood there before does not count. */
void words_put(struct reader *r, struct place p, u32 value, u32 known);

/* What cpuid says in words: one line of it. */
enum line_use read_decoded(struct reader *r, struct view line);

#endif

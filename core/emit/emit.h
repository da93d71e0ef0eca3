/* SPDX-License-Identifier: MIT
 * Targets: what an answer is written as. A row of targets.def names two
 * writers: one for the text, one for what the target cannot say (a line each).
 * Both only read the answer. A target without a text says in the other why.
 */
#ifndef MM_EMIT_H
#define MM_EMIT_H

#include "../answer.h"

typedef void target_writer(struct text *t, struct answer *a);

#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, WRITE, LIMITS, ...) \
    target_writer WRITE, LIMITS;
#include "../know/targets.def"
#undef TARGET

/* Platforms whose targets take bits. */
enum masks_of { VMWARE_MASK, XEN_MASK, KVM_MASK };

/* Is the profile one of VMware's, so that the custom mask is for it? */
int is_vmware(u32 profile);
/* Bits that a target of the platform hides in a register. */
u32 bits_for(const struct answer *a, const struct compared *c,
    enum masks_of platform);
/* Bits that the platform may show to guests at all. */
u32 bits_shown(const struct answer *a, const struct compared *c,
    enum masks_of platform);
/* The word with Intel's SYSCALL, which a 32-bit program does not see. */
u32 seen_in_64_bit(const struct answer *a, const struct compared *c, u32 word);
/* Some kind of host does not have the leaf at all: the first of them + 1. */
u32 kind_without(const struct answer *a, const struct compared *c);

/* The bits picked from every register by name and place, between two pieces of
 * a sentence; nothing where none is. Returns how many. */
typedef u32 bit_picker(const struct answer *a, const struct compared *c,
    u32 with);
u32 bits_say(struct text *t, const struct answer *a, bit_picker *pick, u32 with,
    const char *before, const char *after);
/* That hosts of different vendors (answer.mixed) have no setting in common. */
void mixed_say(struct text *t);
/* What no mask of the platform reaches; that there is nothing to hide. */
void limits_say(struct text *t, const struct answer *a,
    enum masks_of platform);

/* Bits the custom mask hides; none of an MSR, which is no leaf of CPUID. */
u32 hidden_bits(const struct compared *c);
/* Is anything hidden at all? */
int hides_any(const struct answer *a);

#endif

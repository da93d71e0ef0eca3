/* SPDX-License-Identifier: MIT
 * What is known about CPUID: the .def tables beside this file, and looking
 * things up in them by place (leaf, subleaf, register, bit).
 */
#ifndef MM_KNOW_H
#define MM_KNOW_H

#include "../arena.h"

enum reg { EAX, EBX, ECX, EDX };

/* How a bit is compared between hosts (DESIGN: merge). */
enum merge {
    AND,      /* a feature: the guest may have it where every host has it */
    AND_WARN, /* the same, and hiding it takes a mitigation away */
    ALIAS,    /* AMD's copy of a bit of 1.EDX */
    OR,       /* a 1 means that something is absent or weak */
    OR_SAFE,  /* may be shown where patched or immune; needs care */
    OR_INFO,  /* hardware behaviour that cannot be hidden */
    COND,     /* goes with another bit */
    HINT,     /* about speed only */
    MIRROR,   /* copy of a switch the running system sets */
    SET,      /* the hypervisor's own */
    TOPO,     /* belongs to the virtual machine's topology */
    IGNORE,
    DERIVED,  /* follows from other features */
    EQ,       /* must be equal, cannot be hidden */
    EQ_TSC,   /* wants equal clocks */
    MIN,      /* a number, the smallest counts */
    FIXED,    /* family, model, vendor: never masked */
    PER_CPU,  /* differs between the CPUs of one host */
    UNTOLD    /* no table speaks of it */
};

enum vendor_set {
    INTEL = 1, AMD = 2, INTEL_AMD = 3, CENTAUR = 4, TRANSMETA = 8,
    HYPERVISOR = 16, ANY = 255
};

enum level { USER, KERNEL, NO_LEVEL };
enum check { EQUAL, SUBSET };

#define MSR_10A 0xffff010au /* no leaf is so high */
#define SUB_MSR 255

struct bit {
    u32 leaf;
    u8 sub, reg, bit, merge;
    u8 vendor, level;
};

struct profile {
    const char *id, *name, *about;
    u32 check;
};

struct format {
    const char *id, *name, *command, *about;
    u32 profile;
};

enum format_id {
#define FORMAT(ID, ...) FORMAT_##ID,
#include "formats.def"
#undef FORMAT
    FORMATS
};

enum profile_id {
#define PROFILE(ID, ...) PROFILE_##ID,
#define MASK(...)
#define OVERLAY(...)
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
    PROFILES
};

struct target {
    const char *id, *name, *file;
};

enum target_id {
#define TARGET(ID, ...) TARGET_##ID,
#include "targets.def"
#undef TARGET
    TARGETS
};

extern const struct target targets[TARGETS];
extern const struct profile profiles[PROFILES];
extern const struct format formats[FORMATS];
extern const struct bit bits[];
extern const u32 bits_count;

/* The words of the bits lie in one text of zero-ended strings, two a bit; this
 * finds them without a table of pointers. Made once in the caller's arena. */
struct know {
    u32 *name_at;
};

int know_open(struct know *k, struct arena *a); /* 0: arena full */
struct view bit_name(const struct know *k, u32 index);
struct view bit_meaning(const struct know *k, u32 index);

/* The rows of one register lie together, and registers in rising order of leaf,
 * subleaf and register: first index and count (0: none). */
u32 bits_of(u32 leaf, u32 sub, u32 reg, u32 *count);
/* Row of one bit, or bits_count. */
u32 bit_find(u32 leaf, u32 sub, u32 reg, u32 bit);

/* How a bit is compared that bits.def does not name, and how any bit is. */
enum merge unnamed_merge(u32 leaf, u32 sub, u32 reg, u32 bit);
enum merge bit_merge(u32 leaf, u32 sub, u32 reg, u32 bit);
/* All bits of a register whose rule is in the set (1 << merge | ...). */
u32 merge_mask(u32 leaf, u32 sub, u32 reg, u32 merges);
/* The field's name where fields.def has the bit, else an empty view. */
struct view field_name(u32 leaf, u32 sub, u32 reg, u32 bit);
/* Is every bit of this word a feature, named or not? */
int is_feature_word(u32 leaf, u32 sub, u32 reg);
/* Leaves whose answer depends on ECX. */
int is_indexed(u32 leaf);

/* The default mask letters a profile has for a register, 32 of them and more
 * with group separators, or an empty view: x throughout. */
struct view profile_mask(u32 profile, u32 vendor, u32 leaf, u32 sub, u32 reg);
struct view profile_overlay(u32 profile, u32 leaf, u32 sub, u32 reg);
/* Walks the registers a profile has masks for: 1 while there is one at i. */
int profile_register(u32 i, u32 profile, u32 *leaf, u32 *sub, u32 *reg);

/* Bits of a register that an x86-64 level (1 to 4) asks for. */
struct level_need {
    u32 level, leaf, sub, reg, bits;
};
extern const struct level_need level_needs[];
extern const u32 level_needs_count;

struct view reg_name(u32 reg); /* "eax" */

#endif

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

/* The rows of bits.def by their places: what another table speaks of must be
 * there. They lie column by column: what is alike lies together, which halves
 * what they take when core.wasm is compressed. */
enum {
#define BIT(LEAF, SUB, REG, BIT, ...) ROW_##LEAF##_##SUB##_##REG##_##BIT,
#include "bits.def"
#undef BIT
    BITS
};

struct bit_columns {
    u32 leaf[BITS];
    u8 sub[BITS], reg[BITS], bit[BITS], merge[BITS], vendor[BITS], level[BITS];
};

/* What a format carries, and what one block of it is (see formats.def). */
enum carries { REGISTERS, NAMES };
enum block { CPUS, ONE };

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

enum target_id {
#define TARGET(ID, ...) TARGET_##ID,
#include "targets.def"
#undef TARGET
    TARGETS
};

/* Tables of words as they are listed: one row a line, words between tabs.
 * profiles: id, name, check, about. formats: id, name, command, about.
 * targets: id, name, file, platform. */
extern const char profiles[], targets[];
extern const char *const formats;
struct view table_word(const char *table, u32 row, u32 word);
enum check profile_check(u32 profile);
enum profile_id format_profile(u32 format);
enum carries format_carries(u32 format);
enum block format_block(u32 format);

extern const struct bit_columns bits;

/* The names of the bits lie in one text of zero-ended strings, their meanings
 * in another; this finds them without tables of pointers. Made once in the
 * caller's arena. */
struct know {
    const char **name, **meaning;
    /* Every name a bit has anywhere, in a hash table; and the names of the
     * dialects that are written, spelled out. */
    struct called *called;
    u16 *called_slot, *spelled;
    const u8 *letters;
    u32 called_n;
};

enum { CALLED = 2048, CALLED_SLOTS = 2048 };
struct called {
    const u8 *s;
    u32 len;
    u16 row, next;
    u8 set; /* who uses it: see names.c */
};

int know_open(struct know *k, struct arena *a); /* 0: arena full */
struct view bit_name(const struct know *k, u32 index);
struct view bit_meaning(const struct know *k, u32 index);

/* The rows of one register lie together, and registers in rising order of leaf,
 * subleaf and register: first index and count (0: none). */
u32 bits_of(u32 leaf, u32 sub, u32 reg, u32 *count);
/* Row of one bit, or BITS. */
u32 bit_find(u32 leaf, u32 sub, u32 reg, u32 bit);

/* Names in the spelling of each project (names.def). */
enum dialect {
    LINUX, QEMU, LIBVIRT, XEN, VMWARE,
    WRITTEN, /* those after it are only read */
    FREEBSD = WRITTEN, COREINFO, MACOS, ILLUMOS, NFD,
    DIALECTS
};
int know_names(struct know *k, struct arena *a);
/* The row of the bit that a dialect calls so (letter case ignored; '_', '.' and
 * '-' are the same), or BITS. vendor_set: of the CPU, where known, else 0; the
 * same name can stand for different bits of Intel and AMD. */
u32 bit_named(const struct know *k, enum dialect dialect, struct view name,
    u32 vendor_set);
/* How the dialect spells it, or an empty view where it has no name for it. */
struct view bit_spelled(const struct know *k, enum dialect dialect, u32 row);
/* A word of Linux that is no bit; the kernel that prints it prints all names up
 * to the age. Returns 0 for others. */
int word_of_linux(const struct know *k, struct view word, u32 *age);
/* Since which version a program has a name for the bit, major << 4 | minor, 0
 * for ever; of QEMU and libvirt only. */
u32 bit_since(enum dialect dialect, u32 row);
/* Which libvirt knew which bits (libvirt.def); since is the release there. */
struct knew {
    u32 leaf, bits;
    u8 since, sub, reg;
};
enum {
    KNEW_ROWS = 0
#define KNEW(...) +1
#include "libvirt.def"
#undef KNEW
};
extern const struct knew knew[KNEW_ROWS];
/* Since which Linux it stands in flags: the age of names.def. */
u32 bit_age(u32 row);

/* CPU models (models.def), as libvirt and as QEMU has them: the dialect says
 * which. A row, or MODELS where the dialect does not know the name. */
enum { MODEL_BITS = 192 };
enum {
    MODELS = 0
#define HAS(...)
#define SET(...)
#define MODEL(...) +1
#include "models.def"
#undef HAS
#undef SET
#undef MODEL
};
enum { HYGON = AMD | 32 };
struct cpu_model {
    struct view name;
    u32 vendor, family, model, stepping;
    u32 qemu, libvirt; /* since which, major << 4 | minor; 255: none */
    u32 proxmox;       /* does Proxmox take the name? */
};
u32 model_named(enum dialect dialect, struct view name);
struct cpu_model model_at(u32 row);
/* Which of the bits that models are made of it has; 0: the dialect does not
 * know it. model_bit is such a bit's row in bits.def. */
int model_bits(enum dialect dialect, u32 row, u8 there[MODEL_BITS]);
u32 model_bit(u32 index);

/* The first generation of a vendor's CPUs (INTEL or AMD) that has the bit, or an
 * empty view: all 64-bit ones have it, none has it, or microcode brings it. */
struct view bit_first(u32 row, u32 vendor);

/* Why one host may have a bit and another not, for all we know of the bit:
 * there are more causes, but this one is looked for first. */
enum cause {
    CAUSE_GENERATION, /* a real difference */
    CAUSE_BIOS,       /* a switch in the BIOS */
    CAUSE_MICROCODE,
    CAUSE_WITHDRAWN,  /* an update took it away */
    CAUSE_SOFTWARE,   /* the version of hypervisor or kernel */
    CAUSE_MODEL,      /* how the machine's CPU is defined, here or there */
    CAUSE_VENDOR      /* of no single bit: Intel here, AMD there */
};
enum cause bit_cause(u32 row);
struct view cause_called(enum cause cause); /* "a BIOS setting" */
/* What to look at: "AES-NI" in the BIOS, or "TSX"; empty where nothing is. */
struct view cause_where(u32 row);

/* How every bit of a register is compared, named or not: enum merge. */
void bit_merges(u32 leaf, u32 sub, u32 reg, u8 merge[32]);
/* The bits of such a register whose rule is in the set (1 << merge | ...). */
u32 merge_mask(const u8 merge[32], u32 merges);
/* The field's name where fields.def has the bit, else an empty view. */
struct view field_name(u32 leaf, u32 sub, u32 reg, u32 bit);
/* Is every bit of this word a feature, named or not? */
int is_feature_word(u32 leaf, u32 sub, u32 reg);
/* Leaves whose answer depends on ECX. */
int is_indexed(u32 leaf);

/* The default mask letters a profile has for a register, 32 of them and more
 * with group separators, or an empty view: x throughout. */
struct view profile_mask(u32 profile, u32 vendor, u32 leaf, u32 sub, u32 reg);
/* For a hardware version of VMware: its number, else 0; and the bits it shows,
 * those of them that are compared, and whether the register is listed. */
u32 profile_hardware(u32 profile);
int hardware_bits(u32 version, u32 leaf, u32 sub, u32 reg, u32 *shown,
    u32 *compared);
struct view profile_overlay(u32 profile, u32 leaf, u32 sub, u32 reg);
/* Does the profile tell Intel and AMD apart? */
int profile_has_vendors(u32 profile);

/* Ladders of features (levels.def): their rungs count from 1. */
enum ladder { PSABI, EVC_INTEL, EVC_AMD, LADDERS };

/* Bits of a register that the rungs from one to another ask for. */
struct rung_need {
    u32 leaf, bits;
    u8 ladder, from, to, sub, reg;
};
#define RUNG(...)
enum {
    RUNG_NEEDS = 0
#define NEED(...) +1
#include "levels.def"
#undef NEED
};
#undef RUNG
extern const struct rung_need rung_needs[RUNG_NEEDS];
u32 ladder_height(enum ladder ladder);
/* A rung's key (word 0) or name (word 1). */
struct view rung_word(enum ladder ladder, u32 rung, u32 word);
extern const char rungs[]; /* a line each: key, name */

struct view reg_name(u32 reg); /* "eax" */

#endif

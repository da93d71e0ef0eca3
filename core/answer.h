/* SPDX-License-Identifier: MIT
 * From hosts to the answer: registers compared, masks, one decision and one
 * sentence for each bit, and the verdict.
 */
#ifndef MM_ANSWER_H
#define MM_ANSWER_H

#include "host.h"
#include "mask.h"

enum decision { HIDE, HIDDEN, IGNORED, KEEP, CONFLICT, UNKNOWN, CLOSURE, WARN };

enum { OWN_DEFAULTS = 64, PINS = 256 };

/* What the person chose; PROFILES and NO_CHECK stand for no choice. */
enum { NO_CHECK = 2 };

struct own_default {
    u32 leaf, sub, reg;
    struct mask mask;
};

/* A bit the person wants hidden, or else kept. */
struct pin {
    u32 leaf, sub, reg, bit, hide;
};

struct request {
    u32 profile, check;
    u32 qemu, libvirt; /* the version they run: major << 8 | minor; 0: unsaid */
    u32 defaults_n, pins_n;
    struct own_default defaults[OWN_DEFAULTS];
    struct pin pins[PINS];
    struct fleet *setting; /* read from a setting, or NULL; its words */
    u32 setting_words;
};

/* Reads the lines "profile=ID", "check=equal", "default=1.ecx=RRRR ...",
 * "hide=7.0.ebx.5", "keep=avx2", "qemu=8.2" and "libvirt=9.0". What is wrong is
 * noted. A name can mean different bits of Intel and AMD: the hosts decide. */
struct request request_read(struct view text, struct fleet *f);

/* A register of all hosts together. */
struct compared {
    u32 leaf, sub, reg;
    u32 ones, zeros; /* known 1, known 0 on some host */
    u32 unknown;     /* not known on some host */
    u32 hide;        /* zeros of the custom mask */
    u32 pin_hide, pin_keep; /* what the person asked for */
    u32 withdrawn;   /* an erratum takes it from some host that shows it */
    u32 bare;        /* what to hide where no default mask hides anything */
    struct mask standard, custom, effective; /* standard: the default mask */
    u32 row[32];      /* index in bits, or BITS where nobody named it */
    u8 merge[32];     /* enum merge */
    u8 decision[32];  /* enum decision */
    u8 unpinned[32];  /* the same, had the person asked for nothing */
    u16 needs[32];    /* CLOSURE, or kept in vain: the row of what it needs */
};

/* The answer while it is made, and after it for questions about single bits. */
struct match;
struct answer {
    struct fleet *fleet;
    struct arena *arena;
    u32 profile, check, vendor; /* in force; PROFILES: the person's own */
    struct view profile_reason;
    struct compared *registers;
    u32 registers_n;
    int suggested;
    int mixed; /* hosts of different vendors */
    struct maxima *maxima; /* of every kind */
    /* The words of one register, kind by kind: bits are asked for in turn. */
    const struct compared *words_of;
    struct word *words;
    u8 *marks; /* of kinds, for a sentence about some of them */
    struct request request;
    struct match *match; /* named models */
    u32 phys_bits;       /* of physical addresses, the fewest; 0: unknown */
    int phys_bits_differ;
};

/* Says a text and keeps it in the record *one*, as WHAT. */
#define KEPT(WHAT, SAY) \
    do { \
        struct text t = text_open(a->arena); \
        SAY; \
        one->WHAT##_at_ = text_keep(a->arena, &t, &one->WHAT##_len_); \
    } while (0)

/* Makes the answer; everything lies in the arena. NULL when it is too small. */
struct answer_record *answer_make(struct answer *a, struct fleet *f,
    const struct request *request, struct arena *arena);

/* One bit of a register of the answer made last. */
void answer_bit(struct answer *a, const struct compared *c, u32 bit,
    struct bit_record *record);
const struct compared *answer_register(const struct answer *a, u32 leaf,
    u32 sub, u32 reg);
/* The register that a row of bits.def is a bit of. */
SMALL const struct compared *row_register(const struct answer *a, u32 row)
{
    return answer_register(a, bits.leaf[row], bits.sub[row], bits.reg[row]);
}
/* A register of a kind. Above the kind's own maxima it is known to be 0. */
struct word answer_word(const struct answer *a, u32 kind, u32 leaf, u32 sub,
    u32 reg);

/* merge.c: which registers there are to compare, and what hosts say. */
int compare_hosts(struct answer *a);
/* masks.c: default, custom and effective mask of every register. */
/* Of which vendor all hosts are; 0: none says, or they differ. */
u32 fleet_vendor(const struct fleet *f);
void choose_profile(struct answer *a);
void make_masks(struct answer *a);
/* Is the bit no feature of its own, so that no mask rules it? */
int cannot_pin(const struct compared *c, u32 bit);
/* safe.c: may a guest that saw the bit (OR_SAFE) elsewhere trust it on this kind
 * of host, which lacks it? UNSURE: its text does not tell. */
enum safety { IS_SAFE, UNSURE, IS_EXPOSED };
enum safety safety_of(const struct answer *a, const struct compared *c, u32 bit,
    u32 kind);
/* Of all hosts that lack it: the worst. */
enum safety safety_of_all(const struct answer *a, const struct compared *c,
    u32 bit);
/* closure.c: hides what would be seen without what it needs. */
void close_masks(struct answer *a);
/* Finds what is to be hidden on a platform without default masks: compared.bare
 * of every register. */
void bare_masks(struct answer *a);
/* The n-th feature that the one of this row needs, or BITS. */
u32 need_of(u32 row, u32 n);
/* Is it something that hosts guard themselves with? */
int is_mitigation(u32 merge);
/* The n-th feature that the masks hide although others that guests see go with
 * it on all these hosts; 0 for none. */
int soft_needs_say(struct text *t, const struct answer *a, u32 nth);
/* Is it that no guest may see both? */
int excludes(u32 row, u32 other);
/* Does a host list PKRU state without PKU (Zen 2), and another has PKU? */
int has_pkru_trap(const struct answer *a, u32 *kind);
/* Zen 1 and Zen 2, whose XSAVES an erratum withdraws. */
int loses_xsaves(const struct answer *a, u32 kind);
/* Bits that count under the profile: a difference there breaks a migration. */
int letter_counts(u8 letter, u32 check);
/* Intel's SYSCALL bit, 0 only because the text is of a 32-bit program? */
int hidden_by_mode(const struct answer *a, const struct compared *c, u32 bit);
/* reason.c: the one sentence. */
void reason_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit);
/* Why a pin on it is refused. */
void refused_pin_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit);
/* The same without the word it begins with: "kept: ", "take care: ". */
void reason_rest_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit);
/* Writes a sentence about a bit. Its places: %n the bit's name (or that it has
 * none), %b the same (or nothing), %f the field's name, %p where it is, %l its
 * default letter, %d how hosts differ in it, %w the command that tells more of
 * it, %0 %1 %2 the hosts where it is 0, 1 or unknown. */
void bit_say(struct text *t, struct answer *a, const struct compared *c,
    u32 bit, const char *sentence);
/* Names the first hosts of the kinds marked in the answer, and how many more
 * there are; returns how many in all. */
u32 marked_say(struct text *t, const struct answer *a);
/* Can microcode give an older CPU this mitigation, or did it come with a new
 * generation? */
int update_may_bring(const struct answer *a, u32 row);
/* A register as every kind has it. */
const struct word *kind_words(struct answer *a, const struct compared *c);
SMALL u32 word_bit(struct word w, u32 bit) /* 0, 1, 2: unknown */
{
    return w.known >> bit & 1 ? w.value >> bit & 1 : 2;
}
/* ladder.c: the bits a guest sees on every host. */
u32 seen_by_all(const struct compared *c);
/* xsave.c: the components (XCR0) and the size in bytes of the area that follows
 * from what guests see; 0 where there is none, or a text does not say. */
u32 xsave_components(const struct answer *a);
u32 xsave_size(const struct answer *a);
/* Does the guest lack the feature of component n, so that it goes, too? */
int state_is_hidden(const struct answer *a, u32 n);
/* The components of features that are to be hidden (compared.bare). */
u32 xsave_lost(const struct answer *a);
/* The n-th component that hosts keep in different places; 0 for none. */
int xsave_conflict_say(struct text *t, const struct answer *a, u32 nth);
/* ladder.c: the highest rung reached, 0 for none; what keeps from the next. */
u32 rung_reached(const struct answer *a, enum ladder ladder);
void next_rung_say(struct text *t, const struct answer *a, enum ladder ladder,
    u32 reached);
/* cost.c: guests that no longer start, and what others lose. */
void make_costs(struct answer *a, struct answer_record *record);
/* drift.c: hosts with the same CPU that differ all the same. */
void make_drift(struct answer *a, struct answer_record *record);
/* grade.c: the verdict. */
struct view first_host_name(const struct answer *a, u32 kind);
int make_verdict(struct answer *a, struct answer_record *record);
/* setting.c: what a mask that is there already does to these hosts. */
void make_setting(struct answer *a, struct answer_record *record);
/* answer.c: the registers as they are handed out; 0: no room. */
int make_registers(struct answer *a, u32 *at);
/* refusals.c: what was refused. */
void make_refusals(struct answer *a, struct answer_record *record);
void refusal_say(struct text *t, const struct answer *a,
    const struct refusal *r);
void refusal_step(struct text *t, const struct refusal *r);
/* Does it say that the hosts are of different vendors? */
int refusal_of_vendors(const struct refusal *r);
/* emit/: one text for each target. */
int make_targets(struct answer *a, struct answer_record *record);
/* Writes one target; 0 when there is none of this number. */
int emit_target(struct text *t, struct answer *a, u32 target);

#endif

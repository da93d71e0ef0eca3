/* SPDX-License-Identifier: MIT */
#include "know.h"

#include "../text.h"

#define EVERY 0xffffffffu

const struct bit_columns bits = {
    .leaf = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) LEAF,
#include "bits.def"
#undef BIT
    },
    .sub = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) SUB,
#include "bits.def"
#undef BIT
    },
    .reg = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) REG,
#include "bits.def"
#undef BIT
    },
    .bit = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) BIT,
#include "bits.def"
#undef BIT
    },
    .merge = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) MERGE,
#include "bits.def"
#undef BIT
    },
    .vendor = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) VENDOR,
#include "bits.def"
#undef BIT
    },
    .level = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, ...) LEVEL,
#include "bits.def"
#undef BIT
    },
};

/* A bit above 31 or one named twice does not compile. */
enum {
#define BIT(LEAF, SUB, REG, BIT, ...) \
    bit_##LEAF##_##SUB##_##REG##_##BIT = 1 / ((BIT) < 32),
#include "bits.def"
#undef BIT
};

/* Structs instead of long literals: C promises only 4095 characters. */
static const struct {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) \
    char name_##LEAF##_##SUB##_##REG##_##BIT[sizeof(NAME)];
#include "bits.def"
#undef BIT
} names = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) NAME,
#include "bits.def"
#undef BIT
};

static const struct {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) \
    char meaning_##LEAF##_##SUB##_##REG##_##BIT[sizeof(MEANING)];
#include "bits.def"
#undef BIT
} meanings = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) MEANING,
#include "bits.def"
#undef BIT
};

#define EQUAL_WORD "equal"
#define SUBSET_WORD "subset"

const char profiles[] =
#define PROFILE(ID, TEXT, CHECK, NAME, ABOUT) \
    TEXT "\t" NAME "\t" CHECK##_WORD "\t" ABOUT "\n"
#define MASK(...)
#define OVERLAY(...)
#include "masks.def"
#undef PROFILE
    ;

static const u8 checks[PROFILES] = {
#define PROFILE(ID, TEXT, CHECK, ...) CHECK,
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
};

#define FORMAT_LINE(TEXT, NAME, COMMAND, ABOUT) \
    TEXT "\t" NAME "\t" COMMAND "\t" ABOUT "\n"

/* One text; too long for one literal. */
static const struct {
#define FORMAT(ID, TEXT, NAME, PROFILE, CARRIES, BLOCK, COMMAND, ABOUT) \
    char line_##ID[sizeof(FORMAT_LINE(TEXT, NAME, COMMAND, ABOUT)) - 1];
#include "formats.def"
#undef FORMAT
    char end;
} format_lines = {
#define FORMAT(ID, TEXT, NAME, PROFILE, CARRIES, BLOCK, COMMAND, ABOUT) \
    FORMAT_LINE(TEXT, NAME, COMMAND, ABOUT),
#include "formats.def"
#undef FORMAT
    0,
};

const char *const formats = (const char *)&format_lines;

static const struct {
    u8 profile, carries, block;
} format_rows[FORMATS] = {
#define FORMAT(ID, TEXT, NAME, PROFILE, CARRIES, BLOCK, ...) \
    {PROFILE_##PROFILE, CARRIES, BLOCK},
#include "formats.def"
#undef FORMAT
};

const char targets[] =
#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, ...) \
    TEXT "\t" NAME "\t" FILE "\t" PLATFORM "\n"
#include "targets.def"
#undef TARGET
    ;

/* sub and reg are ALL for every one of them. */
enum { ALL = (u8)EVERY };

static const struct field {
    u32 leaf;
    u8 sub, reg, high, low, merge;
} fields[] = {
#define FIELD(LEAF, SUB, REG, HIGH, LOW, MERGE, NAME) \
    {LEAF, (u8)SUB, (u8)REG, HIGH, LOW, MERGE},
#define FEATURES(...)
#include "fields.def"
#undef FIELD
};

static const char field_names[] =
#define FIELD(LEAF, SUB, REG, HIGH, LOW, MERGE, NAME) NAME "\0"
#include "fields.def"
#undef FIELD
#undef FEATURES
    ;

enum { FIELDS = sizeof(fields) / sizeof(fields[0]) };

static const struct place {
    u32 leaf;
    u8 sub, reg;
} feature_words[] = {
#define FIELD(...)
#define FEATURES(LEAF, SUB, REG) {LEAF, SUB, REG},
#include "fields.def"
#undef FIELD
#undef FEATURES
};

#define IN(ID) (1u << PROFILE_##ID)

/* Whom a row is for besides vendors: rows for ANY have the first bit, too. */
enum { ANYONE = 128, LAID_OVER = 256 };

static const struct default_mask {
    u32 profiles, leaf;
    u16 vendor;
    u8 sub, reg;
    char letters[40];
} masks[] = {
#define PROFILE(...)
#define MASK(IN_PROFILES, VENDOR, LEAF, SUB, REG, LETTERS) \
    {IN_PROFILES, LEAF, VENDOR, SUB, REG, LETTERS},
#define OVERLAY(IN_PROFILES, LEAF, SUB, REG, LETTERS) \
    {IN_PROFILES, LEAF, LAID_OVER, SUB, REG, LETTERS},
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
};

enum { MASKS = sizeof(masks) / sizeof(masks[0]) };

/* Default masks are 32 letters in groups of four. */
#define PROFILE(...)
#define MASK(P, V, L, S, R, LETTERS) \
    _Static_assert(sizeof(LETTERS) == 40, "39 characters a mask");
#define OVERLAY(P, L, S, R, LETTERS) \
    _Static_assert(sizeof(LETTERS) == 40, "39 characters a mask");
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
_Static_assert(PROFILES <= 32, "a set of profiles is one word");

#define SINCE(...)
#define LOOSE(...)
static const u8 versions[][2] = {
#define HARDWARE(ID, VERSION) {PROFILE_##ID, VERSION},
#include "hardware.def"
#undef HARDWARE
};
#undef SINCE
#undef LOOSE

#define HARDWARE(...)
static const struct {
    u32 leaf, bits;
    u8 version, sub, reg, loose;
} shown_since[] = {
#define SINCE(VERSION, LEAF, SUB, REG, BITS) {LEAF, BITS, VERSION, SUB, REG, 0},
#define LOOSE(VERSION, LEAF, SUB, REG, BITS) {LEAF, BITS, VERSION, SUB, REG, 1},
#include "hardware.def"
#undef SINCE
#undef LOOSE
};
#undef HARDWARE

u32 profile_hardware(u32 profile)
{
    for (u32 i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        if (versions[i][0] == profile) {
            return versions[i][1];
        }
    }
    return 0;
}

int hardware_bits(u32 version, u32 leaf, u32 sub, u32 reg, u32 *shown,
    u32 *compared)
{
    int listed = 0;
    *shown = *compared = 0;
    for (u32 i = 0; i < sizeof(shown_since) / sizeof(shown_since[0]); i++) {
        if (shown_since[i].leaf == leaf && shown_since[i].sub == sub &&
            shown_since[i].reg == reg) {
            listed = 1;
            if (shown_since[i].version <= version) {
                *shown |= shown_since[i].bits;
                *compared |= shown_since[i].loose ? 0 : shown_since[i].bits;
            }
        }
    }
    return listed;
}

#define RUNG(...)
const struct rung_need rung_needs[RUNG_NEEDS] = {
#define NEED(LADDER, FROM, TO, LEAF, SUB, REG, BITS) \
    {LEAF, BITS, LADDER, FROM, TO, SUB, REG},
#include "levels.def"
#undef NEED
};
#undef RUNG

#define NEED(...)
const char rungs[] =
#define RUNG(LADDER, NUMBER, KEY, NAME) KEY "\t" NAME "\n"
#include "levels.def"
#undef RUNG
    ;

static const u8 rung_ladders[] = {
#define RUNG(LADDER, ...) LADDER,
#include "levels.def"
#undef RUNG
};
#undef NEED

/* The row of the rung that comes before a ladder's first, plus one. */
static u32 ladder_start(enum ladder ladder)
{
    u32 row = 0;
    while (row < sizeof(rung_ladders) && rung_ladders[row] < ladder) {
        row++;
    }
    return row;
}

u32 ladder_height(enum ladder ladder)
{
    return ladder_start(ladder + 1) - ladder_start(ladder);
}

struct view rung_word(enum ladder ladder, u32 rung, u32 word)
{
    return table_word(rungs, ladder_start(ladder) + rung - 1, word);
}

struct view table_word(const char *table, u32 row, u32 word)
{
    struct view v = {(const u8 *)table, 0};
    while (row || word) {
        row -= *v.s == '\n';
        word -= !row && *v.s == '\t';
        v.s++;
    }
    while (v.s[v.len] >= ' ') {
        v.len++;
    }
    return v;
}

/* Where each of the zero-ended strings begins. */
static const char **find_strings(struct arena *a, const void *text, u32 n)
{
    const char *p = text, **at = TAKE(a, const char *, n);
    for (u32 i = 0; at && i < n; i++) {
        at[i] = p;
        while (*p++) {
        }
    }
    return at;
}

int know_open(struct know *k, struct arena *a)
{
    k->name = find_strings(a, &names, BITS);
    k->meaning = find_strings(a, &meanings, BITS);
    return k->meaning != NULL && know_names(k, a);
}

struct view bit_name(const struct know *k, u32 index)
{
    return view_of(k->name[index]);
}

struct view bit_meaning(const struct know *k, u32 index)
{
    return view_of(k->meaning[index]);
}

static int is_row(u32 i, u32 leaf, u32 sub, u32 reg)
{
    return i < BITS && bits.leaf[i] == leaf && bits.sub[i] == sub &&
           bits.reg[i] == reg;
}

static int is_before(u32 i, u32 leaf, u32 sub, u32 reg)
{
    return i < BITS &&
           (bits.leaf[i] != leaf  ? bits.leaf[i] < leaf
            : bits.sub[i] != sub ? bits.sub[i] < sub
                                  : bits.reg[i] < reg);
}

u32 bits_of(u32 leaf, u32 sub, u32 reg, u32 *count)
{
    u32 first = 0, n = 0;
    /* Subleaf 2 of leaf 0xD speaks for all components. */
    if (leaf == 0xd && sub > 2) {
        sub = 2;
    }
    /* The row before the register's first. */
    for (u32 half = 512; half; half /= 2) {
        first += is_before(first + half - 1, leaf, sub, reg) ? half : 0;
    }
    while (is_row(first + n, leaf, sub, reg)) {
        n++;
    }
    *count = n;
    return first;
}

u32 bit_find(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    u32 count, i = bits_of(leaf, sub, reg, &count);
    for (; count; count--, i++) {
        if (bits.bit[i] == bit) {
            return i;
        }
    }
    return BITS;
}

static int is_field_of(const struct field *f, u32 leaf, u32 sub, u32 reg)
{
    return f->leaf == leaf && (f->sub == ALL || f->sub == sub) &&
           (f->reg == ALL || f->reg == reg);
}

/* The first field with the bit, or FIELDS. */
static u32 field_find(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    u32 i = 0;
    for (; i < FIELDS; i++) {
        const struct field *f = &fields[i];
        if (is_field_of(f, leaf, sub, reg) && f->high >= bit && f->low <= bit) {
            break;
        }
    }
    return i;
}

void bit_merges(u32 leaf, u32 sub, u32 reg, u8 merge[32])
{
    u32 count, first = bits_of(leaf, sub, reg, &count);
    u8 rest = is_feature_word(leaf, sub, reg) ? AND : UNTOLD;
    for (u32 b = 0; b < 32; b++) {
        merge[b] = rest;
    }
    for (u32 i = FIELDS; i--;) { /* backwards, as the first that fits wins */
        const struct field *f = &fields[i];
        if (is_field_of(f, leaf, sub, reg)) {
            for (u32 b = f->low; b <= f->high; b++) {
                merge[b] = f->merge;
            }
        }
    }
    for (u32 i = first; i < first + count; i++) {
        merge[bits.bit[i]] = bits.merge[i];
    }
}

u32 merge_mask(const u8 merge[32], u32 merges)
{
    u32 mask = 0;
    for (u32 b = 0; b < 32; b++) {
        mask |= (merges >> merge[b] & 1u) << b;
    }
    return mask;
}

struct view field_name(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    return view_of(
        string_at(field_names, field_find(leaf, sub, reg, bit)));
}

int is_feature_word(u32 leaf, u32 sub, u32 reg)
{
    for (u32 i = 0; i < sizeof(feature_words) / sizeof(feature_words[0]); i++) {
        const struct place *p = &feature_words[i];
        if (p->leaf == leaf && p->sub == sub && p->reg == reg) {
            return 1;
        }
    }
    return 0;
}

int is_indexed(u32 leaf)
{
    /* 4, 7, b, d, f, 10, 12, 14, 17, 18, 1b, 1d, 1e, 1f, 20, 23, 24, 29 */
    static const u64 basic = 0x219e995a890ull;
    if (leaf < 64) {
        return (int)(basic >> leaf & 1);
    }
    return leaf == 0x8000001d || leaf == 0x80000020 || leaf == 0x80000026;
}

enum check profile_check(u32 profile)
{
    return (enum check)checks[profile];
}

enum profile_id format_profile(u32 format)
{
    return (enum profile_id)format_rows[format].profile;
}

enum carries format_carries(u32 format)
{
    return (enum carries)format_rows[format].carries;
}

enum block format_block(u32 format)
{
    return (enum block)format_rows[format].block;
}

static struct view find_mask(u32 profile, u32 vendor, u32 leaf, u32 sub,
    u32 reg)
{
    for (u32 i = 0; i < MASKS; i++) {
        const struct default_mask *m = &masks[i];
        if (m->profiles >> profile & 1 && m->vendor & vendor &&
            m->leaf == leaf && m->sub == sub && m->reg == reg) {
            return view_of(m->letters);
        }
    }
    return VIEW("");
}

struct view profile_mask(u32 profile, u32 vendor, u32 leaf, u32 sub, u32 reg)
{
    return find_mask(profile, vendor | ANYONE, leaf, sub, reg);
}

struct view profile_overlay(u32 profile, u32 leaf, u32 sub, u32 reg)
{
    return find_mask(profile, LAID_OVER, leaf, sub, reg);
}

int profile_has_vendors(u32 profile)
{
    for (u32 i = 0; i < MASKS; i++) {
        if (masks[i].profiles >> profile & 1 && masks[i].vendor < ANYONE) {
            return 1;
        }
    }
    return 0;
}

struct view reg_name(u32 reg)
{
    static const char names[4][4] = {"eax", "ebx", "ecx", "edx"};
    return (struct view){(const u8 *)names[reg & 3], 3};
}

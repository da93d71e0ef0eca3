/* SPDX-License-Identifier: MIT */
#include "know.h"

#include "../text.h"

#define EVERY 0xffffffffu

const struct bit bits[] = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) \
    {LEAF, SUB, REG, BIT, MERGE, VENDOR, LEVEL},
#include "bits.def"
#undef BIT
};
const u32 bits_count = sizeof(bits) / sizeof(bits[0]);

/* A bit above 31 or one named twice does not compile. */
enum {
#define BIT(LEAF, SUB, REG, BIT, ...) \
    bit_##LEAF##_##SUB##_##REG##_##BIT = 1 / ((BIT) < 32),
#include "bits.def"
#undef BIT
};

/* One struct instead of one long literal: C promises only 4095 characters. */
static const struct {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) \
    char words_##LEAF##_##SUB##_##REG##_##BIT[sizeof(NAME "\0" MEANING)];
#include "bits.def"
#undef BIT
} words = {
#define BIT(LEAF, SUB, REG, BIT, VENDOR, MERGE, LEVEL, NAME, MEANING) \
    NAME "\0" MEANING,
#include "bits.def"
#undef BIT
};

const struct profile profiles[PROFILES] = {
#define PROFILE(ID, TEXT, CHECK, NAME, ABOUT) {TEXT, NAME, ABOUT, CHECK},
#define MASK(...)
#define OVERLAY(...)
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
};

const struct format formats[FORMATS] = {
#define FORMAT(ID, TEXT, NAME, PROFILE, COMMAND, ABOUT) \
    {TEXT, NAME, COMMAND, ABOUT, PROFILE_##PROFILE},
#include "formats.def"
#undef FORMAT
};

const struct target targets[TARGETS] = {
#define TARGET(ID, TEXT, NAME, FILE) {TEXT, NAME, FILE},
#include "targets.def"
#undef TARGET
};

struct field {
    u32 leaf, sub, reg;
    u8 high, low, merge;
    const char *name;
};

static const struct field fields[] = {
#define FIELD(LEAF, SUB, REG, HIGH, LOW, MERGE, NAME) \
    {LEAF, SUB, REG, HIGH, LOW, MERGE, NAME},
#define FEATURES(...)
#include "fields.def"
#undef FIELD
#undef FEATURES
};

struct place {
    u32 leaf, sub, reg;
};

static const struct place feature_words[] = {
#define FIELD(...)
#define FEATURES(LEAF, SUB, REG) {LEAF, SUB, REG},
#include "fields.def"
#undef FIELD
#undef FEATURES
};

struct default_mask {
    u32 profiles, vendor;
    struct place place;
    const char *letters;
};

#define IN(ID) (1u << PROFILE_##ID)

static const struct default_mask masks[] = {
#define PROFILE(...)
#define MASK(IN_PROFILES, VENDOR, LEAF, SUB, REG, LETTERS) \
    {IN_PROFILES, VENDOR, {LEAF, SUB, REG}, LETTERS},
#define OVERLAY(...)
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
};

static const struct default_mask overlays[] = {
#define PROFILE(...)
#define MASK(...)
#define OVERLAY(IN_PROFILES, LEAF, SUB, REG, LETTERS) \
    {IN_PROFILES, ANY, {LEAF, SUB, REG}, LETTERS},
#include "masks.def"
#undef PROFILE
#undef MASK
#undef OVERLAY
};

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

const struct level_need level_needs[] = {
#define LEVEL(LEVEL, LEAF, SUB, REG, BITS) {LEVEL, LEAF, SUB, REG, BITS},
#include "levels.def"
#undef LEVEL
};
const u32 level_needs_count = sizeof(level_needs) / sizeof(level_needs[0]);

int know_open(struct know *k, struct arena *a)
{
    const char *p = (const char *)&words;
    k->name_at = TAKE(a, u32, bits_count * 2);
    if (!k->name_at) {
        return 0;
    }
    for (u32 i = 0; i < bits_count * 2; i++) {
        k->name_at[i] = (u32)(p - (const char *)&words);
        while (*p++) {
        }
    }
    return 1;
}

struct view bit_name(const struct know *k, u32 index)
{
    return view_of((const char *)&words + k->name_at[index * 2]);
}

struct view bit_meaning(const struct know *k, u32 index)
{
    return view_of((const char *)&words + k->name_at[index * 2 + 1]);
}

static int is_before(const struct bit *b, u32 leaf, u32 sub, u32 reg)
{
    if (b->leaf != leaf) {
        return b->leaf < leaf;
    }
    return b->sub != sub ? b->sub < sub : b->reg < reg;
}

u32 bits_of(u32 leaf, u32 sub, u32 reg, u32 *count)
{
    u32 low = 0, high = bits_count, n = 0;
    /* Subleaf 2 of leaf 0xD speaks for all components. */
    if (leaf == 0xd && sub > 2) {
        sub = 2;
    }
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (is_before(&bits[middle], leaf, sub, reg)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low + n < bits_count && bits[low + n].leaf == leaf &&
           bits[low + n].sub == sub && bits[low + n].reg == reg) {
        n++;
    }
    *count = n;
    return low;
}

u32 bit_find(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    u32 count;
    u32 first = bits_of(leaf, sub, reg, &count);
    for (u32 i = first; i < first + count; i++) {
        if (bits[i].bit == bit) {
            return i;
        }
    }
    return bits_count;
}

static const struct field *field_find(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    for (u32 i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const struct field *f = &fields[i];
        if (f->leaf == leaf && (f->sub == EVERY || f->sub == sub) &&
            (f->reg == EVERY || f->reg == reg) && f->high >= bit &&
            f->low <= bit) {
            return f;
        }
    }
    return NULL;
}

enum merge unnamed_merge(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    const struct field *f = field_find(leaf, sub, reg, bit);
    if (f) {
        return (enum merge)f->merge;
    }
    return is_feature_word(leaf, sub, reg) ? AND : UNTOLD;
}

enum merge bit_merge(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    u32 i = bit_find(leaf, sub, reg, bit);
    return i < bits_count ? (enum merge)bits[i].merge
                          : unnamed_merge(leaf, sub, reg, bit);
}

u32 merge_mask(u32 leaf, u32 sub, u32 reg, u32 merges)
{
    u32 mask = 0, named = 0, count;
    u32 first = bits_of(leaf, sub, reg, &count);
    for (u32 i = first; i < first + count; i++) {
        named |= 1u << bits[i].bit;
        mask |= (merges >> bits[i].merge & 1u) << bits[i].bit;
    }
    for (u32 b = 0; b < 32; b++) {
        if (!(named >> b & 1)) {
            mask |= (merges >> unnamed_merge(leaf, sub, reg, b) & 1u) << b;
        }
    }
    return mask;
}

struct view field_name(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    const struct field *f = field_find(leaf, sub, reg, bit);
    return f ? view_of(f->name) : VIEW("");
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

static int at_place(const struct place *p, u32 leaf, u32 sub, u32 reg)
{
    return p->leaf == leaf && p->sub == sub && p->reg == reg;
}

struct view profile_mask(u32 profile, u32 vendor, u32 leaf, u32 sub, u32 reg)
{
    for (u32 i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
        const struct default_mask *m = &masks[i];
        if (m->profiles >> profile & 1 &&
            (m->vendor == ANY || m->vendor & vendor) &&
            at_place(&m->place, leaf, sub, reg)) {
            return view_of(m->letters);
        }
    }
    return VIEW("");
}

struct view profile_overlay(u32 profile, u32 leaf, u32 sub, u32 reg)
{
    for (u32 i = 0; i < sizeof(overlays) / sizeof(overlays[0]); i++) {
        const struct default_mask *m = &overlays[i];
        if (m->profiles >> profile & 1 &&
            at_place(&m->place, leaf, sub, reg)) {
            return view_of(m->letters);
        }
    }
    return VIEW("");
}

int profile_register(u32 i, u32 profile, u32 *leaf, u32 *sub, u32 *reg)
{
    for (u32 at = 0; at < sizeof(masks) / sizeof(masks[0]); at++) {
        if (masks[at].profiles >> profile & 1 && i-- == 0) {
            *leaf = masks[at].place.leaf;
            *sub = masks[at].place.sub;
            *reg = masks[at].place.reg;
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

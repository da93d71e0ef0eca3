/* SPDX-License-Identifier: MIT
 * Names of bits in the spelling of each project: read and written.
 */
#include "../text.h"
#include "know.h"

/* Who uses a name: a bit each, and two for how it is spelled. */
#define R "\x80"
#define L "\x81"
#define Q "\x82"
#define V "\x84"
#define QV "\x86"
#define LQV "\x87"
#define X "\x88"
#define LX "\x89"
#define VX "\x8c"
#define QVX "\x8e"
#define LQVX "\x8f"
#define W "\x90"
#define LW "\x91"
#define VW "\x94"
#define QVW "\x96"
#define LQVW "\x97"
#define XW "\x98"
#define LXW "\x99"
#define LQXW "\x9b"
#define VXW "\x9c"
#define LVXW "\x9d"
#define QVXW "\x9e"
#define LQVXW "\x9f"
#define VO "\xa4"
#define LQVO "\xa7"
#define XO "\xa8"
#define LQVXO "\xaf"
#define LQVWO "\xb7"
#define XWO "\xb8"
#define WN "\xd0"
#define XWN "\xd8"
#define LXWN "\xd9"
#define LQVXWN "\xdf"
#define LQVWON "\xf7"

enum { A_NAME = 0x80, OTHER_SEPARATOR = 0x20, NO_SEPARATOR = 0x40 };

static const struct {
#define NAMES(LEAF, SUB, REG, BIT, AGE, TEXT) \
    char text_##LEAF##_##SUB##_##REG##_##BIT[sizeof(TEXT)];
#include "names.def"
#undef NAMES
} texts = {
#define NAMES(LEAF, SUB, REG, BIT, AGE, TEXT) TEXT,
#include "names.def"
#undef NAMES
};

static const u8 ages[] = {
#define NAMES(LEAF, SUB, REG, BIT, AGE, TEXT) AGE,
#include "names.def"
#undef NAMES
};

/* Words of Linux that are no bits lie in the same hash table, above them. */
static const u8 word_ages[] = {
#define SYNTHETIC(AGE, WORD) AGE,
#include "synthetic.def"
#undef SYNTHETIC
};
static const char words[] =
#define SYNTHETIC(AGE, WORD) WORD "\0"
#include "synthetic.def"
#undef SYNTHETIC
    ;

/* names.def has the rows of bits.def. */
enum {
#define BIT(LEAF, SUB, REG, BIT, ...) row_##LEAF##_##SUB##_##REG##_##BIT,
#include "bits.def"
#undef BIT
};
enum {
#define NAMES(LEAF, SUB, REG, BIT, ...) \
    same_##LEAF##_##SUB##_##REG##_##BIT, \
    check_##LEAF##_##SUB##_##REG##_##BIT = same_##LEAF##_##SUB##_##REG##_##BIT,
#include "names.def"
#undef NAMES
};
#define NAMES(LEAF, SUB, REG, BIT, ...) \
    _Static_assert((int)same_##LEAF##_##SUB##_##REG##_##BIT == \
                       (int)row_##LEAF##_##SUB##_##REG##_##BIT, \
        "names.def goes with bits.def");
#include "names.def"
#undef NAMES
_Static_assert(sizeof(ages) == BITS, "names.def goes with bits.def");

static int is_separator(u8 c)
{
    return c == '_' || c == '-' || c == '.';
}

/* How names are compared: letters and digits only, letter case ignored. */
static u32 fold(struct view name)
{
    u32 hash = 0;
    for (u32 i = 0; i < name.len; i++) {
        if (!is_separator(name.s[i])) {
            hash = (hash ^ to_lower(name.s[i])) * 0x01000193u;
        }
    }
    return hash;
}

static int same_name(struct view a, struct view b)
{
    u32 i = 0, j = 0;
    for (;;) {
        while (i < a.len && is_separator(a.s[i])) {
            i++;
        }
        while (j < b.len && is_separator(b.s[j])) {
            j++;
        }
        if (i == a.len || j == b.len) {
            return i == a.len && j == b.len;
        }
        if (to_lower(a.s[i++]) != to_lower(b.s[j++])) {
            return 0;
        }
    }
}

/* Writes a stored name as the dialect has it. */
static void spell(struct text *t, enum dialect dialect, u32 set,
    struct view name, int own)
{
    int flip = (set & OTHER_SEPARATOR) != 0, mixed = 0;
    for (u32 i = 0; own && i < name.len; i++) {
        mixed |= name.s[i] >= 'A' && name.s[i] <= 'Z';
    }
    for (u32 i = 0; i < name.len; i++) {
        u8 c = to_lower(name.s[i]);
        if (is_separator(c)) {
            int dash = dialect == QEMU ||
                       ((dialect == LIBVIRT || dialect == XEN) && !flip);
            int dot = c == '.' && (dialect == QEMU || dialect == LIBVIRT);
            if (dialect == VMWARE && set & NO_SEPARATOR) {
                continue;
            }
            c = dot ? '.' : dash ? '-' : '_';
        } else if (dialect == VMWARE) {
            c = mixed                ? name.s[i]
                : c >= 'a' && c <= 'z' ? (u8)(c - 32)
                                       : c;
        }
        text_char(t, c);
    }
    text_char(t, 0);
}

static void add_name(struct know *k, u32 row, u32 set, struct view name)
{
    u32 n = k->called_n;
    if (n < CALLED) {
        u32 slot = fold(name) >> 4 & (CALLED_SLOTS - 1);
        k->called_n++;
        k->called[n] = (struct called){name.s, name.len, (u16)row,
            k->called_slot[slot], (u8)set};
        k->called_slot[slot] = (u16)(n + 1);
    }
}

int know_names(struct know *k, struct arena *a)
{
    const u8 *p = (const u8 *)&texts;
    k->called_n = 0;
    k->called = TAKE(a, struct called, CALLED);
    k->called_slot = TAKE(a, u16, CALLED_SLOTS);
    k->spelled = TAKE(a, u16, WRITTEN * BITS);
    if (!k->spelled) {
        return 0;
    }
    struct text t = text_open(a);
    text_char(&t, 0);
    for (u32 row = 0; row < BITS; row++, p++) {
        int base = 0;
        while (*p) {
            u32 set = *p++;
            struct view name = {p, 0};
            while (*p && *p < A_NAME) {
                p++;
                name.len++;
            }
            int own = name.len != 0;
            base |= !own;
            name = own ? name : bit_name(k, row);
            add_name(k, row, set, name);
            for (u32 d = 0; d < WRITTEN; d++) {
                if (set >> d & 1) {
                    k->spelled[d * BITS + row] = (u16)t.len;
                    spell(&t, (enum dialect)d, set, name, own);
                }
            }
        }
        if (!base) {
            add_name(k, row, A_NAME, bit_name(k, row));
        }
    }
    struct view word = {(const u8 *)words, 0};
    for (u32 i = 0; i < sizeof(word_ages); i++) {
        word = view_of((const char *)word.s);
        add_name(k, BITS + i, A_NAME, word);
        word.s += word.len + 1;
    }
    k->letters = text_close(a, &t).s;
    return !t.cut && t.len < 0x10000;
}

/* How well a name fits, where several bits are called so. */
static u32 fit(const struct called *c, enum dialect dialect, struct view name,
    u32 vendor_set)
{
    u32 vendor = bits.vendor[c->row];
    u32 own = dialect < WRITTEN && c->set >> dialect & 1;
    u32 exact = view_equal((struct view){c->s, c->len}, name) ||
                (c->len == name.len &&
                    view_starts((struct view){c->s, c->len}, name));
    if (bits.merge[c->row] == ALIAS && !own) {
        return 1;
    }
    u32 meant = (vendor & vendor_set) != 0, only = vendor == vendor_set;
    u32 written = (c->set & ((1u << WRITTEN) - 1)) != 0;
    return own << 5 | exact << 4 | meant << 3 | only << 2 | written << 1 | 1u;
}

u32 bit_named(const struct know *k, enum dialect dialect, struct view name,
    u32 vendor_set)
{
    u32 best = 0, row = BITS, rival = BITS;
    u32 slot = fold(name) >> 4 & (CALLED_SLOTS - 1);
    for (u32 i = k->called_slot[slot]; i; i = k->called[i - 1].next) {
        const struct called *c = &k->called[i - 1];
        if (c->row >= BITS || !same_name((struct view){c->s, c->len}, name)) {
            continue;
        }
        u32 how = fit(c, dialect, name, vendor_set);
        /* Which of them is meant, only the CPU's vendor tells. */
        if (how >> 4 == best >> 4 && c->row != row && best > 1 &&
            bits.vendor[c->row] != bits.vendor[row]) {
            rival = c->row;
        } else if (how >> 4 > best >> 4) {
            rival = BITS;
        }
        /* Rows are met backwards, and the first counts. */
        if (how >= best) {
            best = how;
            row = c->row;
        }
    }
    return rival < BITS && !vendor_set ? BITS : row;
}

int word_of_linux(const struct know *k, struct view word, u32 *age)
{
    u32 slot = fold(word) >> 4 & (CALLED_SLOTS - 1);
    for (u32 i = k->called_slot[slot]; i; i = k->called[i - 1].next) {
        const struct called *c = &k->called[i - 1];
        if (c->row >= BITS && same_name((struct view){c->s, c->len}, word)) {
            *age = word_ages[c->row - BITS];
            return 1;
        }
    }
    return 0;
}

struct view bit_spelled(const struct know *k, enum dialect dialect, u32 row)
{
    u32 at = dialect < WRITTEN && row < BITS
                 ? k->spelled[dialect * BITS + row] : 0;
    return view_of((const char *)k->letters + at);
}

u32 bit_age(u32 row)
{
    return ages[row];
}

const struct knew knew[KNEW_ROWS] = {
#define KNEW(RELEASE, LEAF, SUB, REG, BITS) {LEAF, BITS, RELEASE, SUB, REG},
#include "libvirt.def"
#undef KNEW
};

static const struct knew qemu_knew[] = {
#define SINCE(VERSION, LEAF, SUB, REG, BITS) {LEAF, BITS, VERSION, SUB, REG},
#include "qemu.def"
#undef SINCE
};

static u32 since_of(const struct knew *k, u32 n, u32 row, u32 other)
{
    for (; n--; k++) {
        if (k->leaf == bits.leaf[row] && k->sub == bits.sub[row] &&
            k->reg == bits.reg[row] && k->bits >> bits.bit[row] & 1) {
            return k->since;
        }
    }
    return other;
}

u32 bit_since(enum dialect dialect, u32 row)
{
    /* 0.10, 2017, 6.0, 9.0, 11.3; what none of them has came with 12. */
    static const u8 releases[] = {0xc0, 0x0a, 0x40, 0x60, 0x90, 0xb3};
    return dialect == QEMU
               ? since_of(qemu_knew, sizeof(qemu_knew) / sizeof(qemu_knew[0]),
                     row, 0)
               : releases[since_of(knew, KNEW_ROWS, row, 0)];
}

/* SPDX-License-Identifier: MIT
 * Comparing: for every register, which bits are known 1, known 0 and unknown
 * somewhere in the fleet. Kinds are walked, not hosts.
 */
#include "answer.h"

#define ALL 0xffffffffu

enum { XSAVES_BIT = 3 };

/* The places read anywhere, sorted, each with four compared registers. */
struct tally {
    u32 leaf, sub;
    u32 ones[4], zeros[4], unknown[4];
    u32 read[4]; /* some text carried these bits */
    u32 own[4];  /* differ from CPU to CPU of one host */
    u32 pin[2][4]; /* to keep, to hide */
};

static void sort_tallies(struct tally *t, u32 n)
{
    for (u32 i = 1; i < n; i++) {
        struct tally one = t[i];
        u32 at = i;
        while (at && (t[at - 1].leaf > one.leaf ||
                         (t[at - 1].leaf == one.leaf &&
                             t[at - 1].sub > one.sub))) {
            t[at] = t[at - 1];
            at--;
        }
        t[at] = one;
    }
}

/* What differs from CPU to CPU of one host is no property of the host: where a
 * text has the register at all, such bits are not called unknown. */
static void add_row(struct tally *t, const struct row *row)
{
    for (u32 r = 0; r < 4; r++) {
        t->ones[r] |= row->value[r] & row->known[r];
        t->zeros[r] |= ~row->value[r] & row->known[r];
        t->unknown[r] |= row->known[r] ? ~(row->known[r] | t->own[r]) : ALL;
        t->read[r] |= row->known[r];
    }
}

/* Both the rows of a kind and the tallies are sorted: one walk over both. */
static void add_kind(const struct answer *a, u32 kind, struct tally *t, u32 n)
{
    const struct kind_record *k = &a->fleet->kinds[kind];
    const struct row *rows = kind_rows(a->fleet, k);
    u32 at = 0;
    for (u32 i = 0; i < n; i++) {
        if (at < k->rows_n_ && rows[at].leaf == t[i].leaf &&
            rows[at].sub == t[i].sub) {
            add_row(&t[i], &rows[at++]);
            continue;
        }
        int above = is_above(&a->maxima[kind], t[i].leaf, t[i].sub);
        for (u32 r = 0; r < 4; r++) {
            t[i].zeros[r] |= above ? ALL : 0;
            t[i].unknown[r] |= above ? 0 : ALL;
        }
    }
}

static int carries_feature(u32 leaf, u32 sub, u32 reg)
{
    u32 count;
    bits_of(leaf, sub, reg, &count);
    return count != 0;
}

static int has_own_default(const struct answer *a, u32 leaf, u32 sub, u32 reg)
{
    for (u32 i = 0; i < a->request.defaults_n; i++) {
        const struct own_default *own = &a->request.defaults[i];
        if (own->leaf == leaf && own->sub == sub && own->reg == reg) {
            return 1;
        }
    }
    return 0;
}

/* A pinned bit takes part though no text says anything about it. */
static u32 add_pinned(const struct answer *a, struct tally *t, u32 n)
{
    for (u32 i = 0; i < a->request.pins_n; i++) {
        const struct pin *p = &a->request.pins[i];
        u32 at = 0;
        while (at < n && (t[at].leaf != p->leaf || t[at].sub != p->sub)) {
            at++;
        }
        if (at == n) {
            t[n++] = (struct tally){.leaf = p->leaf, .sub = p->sub};
        }
        t[at].pin[p->hide][p->reg] |= 1u << p->bit;
    }
    return n;
}

static int takes_part(const struct answer *a, const struct tally *t, u32 reg)
{
    u32 pinned = t->pin[0][reg] | t->pin[1][reg];
    return pinned ||
           (t->read[reg] &&
               (carries_feature(t->leaf, t->sub, reg) ||
                   has_own_default(a, t->leaf, t->sub, reg) ||
                   (a->profile < PROFILES &&
                       profile_mask(a->profile, a->vendor, t->leaf, t->sub, reg)
                           .len)));
}

/* What the tables say of every bit, looked up once. */
static void look_up(struct compared *c)
{
    u32 count, first = bits_of(c->leaf, c->sub, c->reg, &count);
    for (u32 b = 0; b < 32; b++) {
        c->row[b] = BITS;
    }
    for (u32 i = first; i < first + count; i++) {
        c->row[bits.bit[i]] = i;
    }
    bit_merges(c->leaf, c->sub, c->reg, c->merge);
}

int loses_xsaves(const struct answer *a, u32 kind)
{
    const struct kind_record *k = &a->fleet->kinds[kind];
    return k->vendor_set_ == AMD && k->signed_ && k->family_ == 0x17 &&
           word_bit(answer_word(a, kind, 0xd, 1, EAX), XSAVES_BIT) == 1;
}

static u32 withdrawn(const struct answer *a, const struct compared *c)
{
    int xsaves = c->leaf == 0xd && c->sub == 1 && c->reg == EAX;
    u32 kind = 0;
    while (xsaves && kind < a->fleet->kinds_n && !loses_xsaves(a, kind)) {
        kind++;
    }
    return xsaves && kind < a->fleet->kinds_n ? 1u << XSAVES_BIT : 0;
}

int compare_hosts(struct answer *a)
{
    const struct fleet *f = a->fleet;
    u32 n = f->columns.n, pins = f->kinds_n ? a->request.pins_n : 0;
    struct tally *t = TAKE(a->arena, struct tally, n + pins);
    a->registers = TAKE(a->arena, struct compared, (n + pins) * 4);
    a->words = TAKE(a->arena, struct word, f->kinds_n);
    a->marks = TAKE(a->arena, u8, f->kinds_n);
    a->maxima = TAKE(a->arena, struct maxima, f->kinds_n);
    a->words_of = NULL;
    a->registers_n = 0;
    if (n && (!t || !a->registers || !a->words || !a->marks ||
                 !a->maxima)) {
        return 0;
    }
    for (u32 i = 0; i < n; i++) {
        t[i].leaf = f->columns.leaf[i];
        t[i].sub = f->columns.sub[i];
        bytes_copy(t[i].own, f->columns.per_cpu[i], sizeof(t[i].own));
    }
    n = pins ? add_pinned(a, t, n) : n;
    sort_tallies(t, n);
    for (u32 i = 0; i < f->kinds_n; i++) {
        a->maxima[i] = kind_maxima(f, &f->kinds[i]);
        add_kind(a, i, t, n);
    }
    for (u32 i = 0; i < n; i++) {
        for (u32 r = 0; r < 4; r++) {
            if (takes_part(a, &t[i], r)) {
                struct compared *c = &a->registers[a->registers_n++];
                *c = (struct compared){
                    .leaf = t[i].leaf,
                    .sub = t[i].sub,
                    .reg = r,
                    .ones = t[i].ones[r],
                    .zeros = t[i].zeros[r],
                    .unknown = t[i].unknown[r],
                    .pin_keep = t[i].pin[0][r],
                    .pin_hide = t[i].pin[1][r],
                };
                look_up(c);
                c->withdrawn = withdrawn(a, c);
            }
        }
    }
    return 1;
}

struct word answer_word(const struct answer *a, u32 kind, u32 leaf, u32 sub,
    u32 reg)
{
    struct word w = row_word(a->fleet, &a->fleet->kinds[kind], leaf, sub, reg);
    int there = leaf == MSR_10A && w.known;
    return !there && is_above(&a->maxima[kind], leaf, sub) ? (struct word){0, ALL}
                                                           : w;
}

const struct compared *answer_register(const struct answer *a, u32 leaf,
    u32 sub, u32 reg)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        if (c->leaf == leaf && c->sub == sub && c->reg == reg) {
            return c;
        }
    }
    return NULL;
}

/* SPDX-License-Identifier: MIT
 * Closure: a feature the guest would see without what it needs is hidden, too.
 * Mitigations stay: a guest is better off with half of them than with none.
 */
#include "answer.h"

enum { HARD, SOFT, NOT };

static const struct need {
    u16 feature, needs, strength;
} needs[] = {
#define NEEDS(L, S, R, B, L2, S2, R2, B2, STRENGTH) \
    {ROW_##L##_##S##_##R##_##B, ROW_##L2##_##S2##_##R2##_##B2, STRENGTH},
#include "know/deps.def"
#undef NEEDS
};

enum { NEEDS_N = sizeof(needs) / sizeof(needs[0]) };

/* Where the bits of every register lie in the answer, by their rows: index + 1
 * of the register. */
static u16 *find_rows(const struct answer *a)
{
    u16 *at = TAKE(a->arena, u16, BITS);
    for (u32 i = 0; at && i < a->registers_n; i++) {
        for (u32 b = 0; b < 32; b++) {
            u32 row = a->registers[i].row[b];
            if (row < BITS) {
                at[row] = (u16)(i + 1);
            }
        }
    }
    return at;
}

static int is_fixed(const struct compared *c, u32 bit)
{
    return !mask_shows(c->effective.letter[bit]);
}

/* May some guest see it? */
static int shows(const struct compared *c, u32 bit)
{
    return is_fixed(c, bit) ? c->effective.letter[bit] == '1'
                            : (int)(c->ones >> bit & 1);
}

static u32 on_kind(const struct answer *a, const struct compared *c, u32 bit,
    u32 kind)
{
    return word_bit(answer_word(a, kind, c->leaf, c->sub, c->reg), bit);
}

/* Is there a kind of host where the guest sees the one without the other (with
 * it, where no guest may see both)? */
static int is_broken(const struct answer *a, const struct compared *c, u32 bit,
    const struct compared *other, u32 other_bit, u32 with)
{
    if (!shows(c, bit)) {
        return 0;
    }
    /* With x no guest uses the bit: only what we hide ourselves matters. */
    if (c->effective.letter[bit] == 'x') {
        return !with && other->custom.letter[other_bit] == '0';
    }
    if (is_fixed(other, other_bit)) {
        return (other->effective.letter[other_bit] == '1') == with;
    }
    if (!((with ? other->ones : other->zeros) >> other_bit & 1)) {
        return 0;
    }
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        if (on_kind(a, other, other_bit, i) == with &&
            (is_fixed(c, bit) || on_kind(a, c, bit, i) == 1)) {
            return 1;
        }
    }
    return 0;
}

int is_mitigation(u32 merge)
{
    return merge == AND_WARN || merge == OR_SAFE;
}

static void hide_bit(struct compared *c, u32 bit, u32 needs)
{
    c->decision[bit] = c->pin_keep >> bit & 1 ? CONFLICT : CLOSURE;
    c->hide |= 1u << bit;
    c->needs[bit] = (u16)needs;
    c->custom.letter[bit] = c->effective.letter[bit] = '0';
}

static int hide_for(const struct answer *a, const struct need *n, const u16 *at)
{
    u32 bit = bits.bit[n->feature], other = bits.bit[n->needs];
    if (n->strength == SOFT || !at[n->feature] || !at[n->needs]) {
        return 0;
    }
    struct compared *c = &a->registers[at[n->feature] - 1];
    if (is_mitigation(c->merge[bit]) || c->merge[bit] == OR ||
        c->merge[bit] == DERIVED ||
        !is_broken(a, c, bit, &a->registers[at[n->needs] - 1], other,
            n->strength == NOT)) {
        return 0;
    }
    hide_bit(c, bit, n->needs);
    return 1;
}

/* What an erratum takes from some hosts counts as missing there. */
static void hide_withdrawn(const struct answer *a, struct compared *c)
{
    for (u32 i = 0; c->withdrawn && i < a->fleet->kinds_n; i++) {
        struct word w = answer_word(a, i, c->leaf, c->sub, c->reg);
        u32 bit = (u32)__builtin_ctz(c->withdrawn);
        if (word_bit(w, bit) == 1 && !loses_xsaves(a, i) &&
            a->check == SUBSET) {
            if (letter_counts(c->effective.letter[bit], SUBSET)) {
                hide_bit(c, bit, c->row[bit]);
            } else if (c->effective.letter[bit] == 'x') {
                c->decision[bit] = WARN;
            }
            return;
        }
    }
}

void close_masks(struct answer *a)
{
    u16 *at = find_rows(a);
    for (u32 i = 0; i < a->registers_n; i++) {
        hide_withdrawn(a, &a->registers[i]);
    }
    for (int again = at != NULL; again;) {
        again = 0;
        for (u32 i = 0; i < NEEDS_N; i++) {
            again |= hide_for(a, &needs[i], at);
        }
    }
}

/* Bits in which hosts differ, whatever a profile hides by itself. Leaf 0xD is
 * derived, but for the instructions of 0xD.1. */
static u32 bare_bits(const struct answer *a, const struct compared *c)
{
    u32 rules = 1u << AND | 1u << AND_WARN | 1u << ALIAS | 1u << HINT;
    u32 differ = c->ones & c->zeros & merge_mask(c->merge, rules), bare = 0;
    int ours = c->leaf >= 0x40000000u && c->leaf < 0x80000000u;
    if (c->leaf == MSR_10A || ours) {
        return 0;
    }
    if (c->withdrawn && c->decision[__builtin_ctz(c->withdrawn)] == WARN) {
        differ |= c->withdrawn;
    }
    for (u32 b = 0; b < 32; b++) {
        int hide = c->custom.letter[b] == '0' ||
                   ((differ & ~c->pin_keep) >> b & 1 &&
                       !hidden_by_mode(a, c, b));
        bare |= (u32)hide << b;
    }
    return bare;
}

static int bare_for(const struct answer *a, const struct need *n, const u16 *at)
{
    u32 bit = bits.bit[n->feature], other = bits.bit[n->needs];
    if (n->strength != HARD || !at[n->feature] || !at[n->needs]) {
        return 0;
    }
    struct compared *c = &a->registers[at[n->feature] - 1];
    if (is_mitigation(c->merge[bit]) || c->merge[bit] == DERIVED ||
        c->leaf == MSR_10A ||
        !(a->registers[at[n->needs] - 1].bare >> other & 1) ||
        !((c->ones & ~c->bare & ~c->pin_keep) >> bit & 1)) {
        return 0;
    }
    c->bare |= 1u << bit;
    return 1;
}

void bare_masks(struct answer *a)
{
    u16 *at = find_rows(a);
    a->mixed = 0;
    for (u32 i = 0; !fleet_vendor(a->fleet) && i < a->fleet->kinds_n; i++) {
        a->mixed |= a->fleet->kinds[i].vendor_set_ != 0;
    }
    for (u32 i = 0; i < a->registers_n; i++) {
        a->registers[i].bare = bare_bits(a, &a->registers[i]);
    }
    for (int again = at != NULL; again;) {
        again = 0;
        for (u32 i = 0; i < NEEDS_N; i++) {
            again |= bare_for(a, &needs[i], at);
        }
    }
}

u32 need_of(u32 row, u32 n)
{
    for (u32 i = 0; i < NEEDS_N; i++) {
        if (needs[i].feature == row && needs[i].strength == HARD && !n--) {
            return needs[i].needs;
        }
    }
    return BITS;
}

int excludes(u32 row, u32 other)
{
    for (u32 i = 0; i < NEEDS_N; i++) {
        if (needs[i].feature == row && needs[i].needs == other) {
            return needs[i].strength == NOT;
        }
    }
    return 0;
}

/* Is the need hidden by us, while guests see the feature, though every host that
 * has the feature has both? */
static int is_soft_broken(const struct answer *a, const struct need *n)
{
    u32 bit = bits.bit[n->feature], other_bit = bits.bit[n->needs];
    if (n->strength != SOFT) {
        return 0;
    }
    const struct compared *c = answer_register(a, bits.leaf[n->feature],
        bits.sub[n->feature], bits.reg[n->feature]);
    const struct compared *other = answer_register(a, bits.leaf[n->needs],
        bits.sub[n->needs], bits.reg[n->needs]);
    if (!c || !other ||
        other->custom.letter[other_bit] != '0' || !shows(c, bit) ||
        c->effective.letter[bit] == 'x') {
        return 0;
    }
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        if (on_kind(a, c, bit, i) == 1 && on_kind(a, other, other_bit, i) != 1) {
            return 0;
        }
    }
    return 1;
}

int soft_needs_say(struct text *t, const struct answer *a, u32 nth)
{
    u32 first = 0, said = 0, met = 0;
    for (; first < NEEDS_N; first++) {
        u32 before = 0;
        while (before < first && (needs[before].needs != needs[first].needs ||
                                     !is_soft_broken(a, &needs[before]))) {
            before++;
        }
        if (before == first && is_soft_broken(a, &needs[first]) &&
            met++ == nth) {
            break;
        }
    }
    for (u32 i = first; i < NEEDS_N; i++) {
        if (needs[i].needs == needs[first].needs &&
            is_soft_broken(a, &needs[i])) {
            text_say(t, said++ ? ", %v" : "Guests see %v",
                bit_name(&a->fleet->know, needs[i].feature));
        }
    }
    if (said) {
        text_say(t,
            " without %v, which is hidden; no host here is like that, so test "
            "a guest first.",
            bit_name(&a->fleet->know, needs[first].needs));
    }
    return said != 0;
}

int has_pkru_trap(const struct answer *a, u32 *kind)
{
    int others = 0;
    *kind = a->fleet->kinds_n;
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        u32 pku = word_bit(answer_word(a, i, 7, 0, ECX), 3);
        others |= pku == 1;
        if (!pku && word_bit(answer_word(a, i, 0xd, 0, EAX), 9) == 1) {
            *kind = i;
        }
    }
    return others && *kind < a->fleet->kinds_n;
}

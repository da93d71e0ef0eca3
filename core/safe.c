/* SPDX-License-Identifier: MIT
 * Bits that promise a guest that its host is patched (OR_SAFE): a guest may see
 * one where every host has it or does not need it.
 */
#include "answer.h"

enum { EVERY = 0xff };

static const struct safe {
    u32 row, leaf, ones, leaf2, zeros;
    u8 sub, reg, sub2, reg2;
} safe[] = {
#define SAFE(L, S, R, B, L1, S1, R1, ONES, L2, S2, R2, ZEROS) \
    {ROW_##L##_##S##_##R##_##B, L1, ONES, L2, ZEROS, S1, R1, S2, R2},
#define EXPOSED(...)
#include "know/safe.def"
#undef SAFE
#undef EXPOSED
};

static const struct exposed {
    u16 row;
    u8 vendor, family, model;
} exposed[] = {
#define SAFE(...)
#define EXPOSED(L, S, R, B, VENDOR, FAMILY, MODEL) \
    {ROW_##L##_##S##_##R##_##B, VENDOR, FAMILY, MODEL},
#include "know/safe.def"
#undef SAFE
#undef EXPOSED
};

/* Is it one of the CPUs with the hole? Where there is no list, any may be. */
static enum safety safe_model(const struct kind_record *k,
    const struct compared *c, u32 bit)
{
    enum safety known = IS_EXPOSED;
    for (u32 i = 0; i < sizeof(exposed) / sizeof(exposed[0]); i++) {
        const struct exposed *x = &exposed[i];
        if (x->row != c->row[bit]) {
            continue;
        }
        if (!k->signed_ || !k->vendor_set_) {
            return UNSURE;
        }
        if (k->vendor_set_ == x->vendor && k->family_ == x->family &&
            (x->model == EVERY || k->model_ == x->model)) {
            return IS_EXPOSED;
        }
        known = IS_SAFE;
    }
    return known;
}

/* Are all these bits known to be so? */
static enum safety all_are(struct word w, u32 ones, u32 zeros)
{
    u32 wrong = (ones & ~w.value) | (zeros & w.value);
    return w.known & wrong                ? IS_EXPOSED
           : (ones | zeros) & ~w.known ? UNSURE
                                          : IS_SAFE;
}

enum safety safety_of(const struct answer *a, const struct compared *c, u32 bit,
    u32 kind)
{
    enum safety best = safe_model(&a->fleet->kinds[kind], c, bit);
    for (u32 i = 0; i < sizeof(safe) / sizeof(safe[0]); i++) {
        const struct safe *s = &safe[i];
        if (s->row == c->row[bit]) {
            enum safety one = all_are(
                answer_word(a, kind, s->leaf, s->sub, s->reg), s->ones, 0);
            enum safety two = all_are(
                answer_word(a, kind, s->leaf2, s->sub2, s->reg2), 0, s->zeros);
            one = one > two ? one : two;
            best = one < best ? one : best;
        }
    }
    return best;
}

enum safety safety_of_all(const struct answer *a, const struct compared *c,
    u32 bit)
{
    enum safety worst = IS_SAFE;
    for (u32 i = 0; i < a->fleet->kinds_n && worst != IS_EXPOSED; i++) {
        struct word w = answer_word(a, i, c->leaf, c->sub, c->reg);
        if (word_bit(w, bit) == 0) {
            enum safety one = safety_of(a, c, bit, i);
            worst = one > worst ? one : worst;
        }
    }
    return worst;
}

/* SPDX-License-Identifier: MIT */
#include "glossary.h"

#include "answer.h"

/* Names that are only read, by whichever project; a row's lie together. */
static void others_say(struct text *t, const struct know *k, u32 row, u32 *at)
{
    for (; *at < k->called_n && k->called[*at].row == row; ++*at) {
        const struct called *c = &k->called[*at];
        struct view name = {c->s, c->len};
        if (!(c->set & ((1u << WRITTEN) - 1)) &&
            !view_equal(name, bit_name(k, row))) {
            text_say(t, " %v", name);
        }
    }
}

void glossary_say(struct text *t, const struct know *k)
{
    u32 at = 0;
    for (u32 row = 0; row < BITS; row++) {
        text_say(t, "%u\t%u\t%u\t%u\t%u\t%u\t%u\t%u\t%v\t%v\t%v\t%v\t%v\t",
            bits.leaf[row], bits.sub[row], bits.reg[row], bits.bit[row],
            bits.vendor[row], bits.merge[row], bits.level[row], bit_age(row),
            bit_name(k, row), bit_meaning(k, row), bit_first(row, INTEL),
            bit_first(row, AMD), cause_called(bit_cause(row)));
        for (u32 d = 0; d < WRITTEN; d++) {
            text_say(t, "%v\t", bit_spelled(k, (enum dialect)d, row));
        }
        others_say(t, k, row, &at);
        text_char(t, '\t');
        for (u32 i = 0, need; (need = need_of(row, i)) < BITS; i++) {
            text_say(t, " %u", need);
        }
        text_char(t, '\n');
    }
}

/* SPDX-License-Identifier: MIT
 * What the baseline costs: guests that no longer start, and what others lose.
 */
#include "answer.h"

enum guest {
#define GUEST(ID, ...) GUEST_##ID,
#define WANTS(...)
#include "know/guests.def"
#undef GUEST
#undef WANTS
    GUESTS
};

/* Each followed by what happens without. */
static const char guests[] =
#define GUEST(ID, NAME, SYMPTOM) NAME "\0" SYMPTOM "\0"
#define WANTS(...)
#include "know/guests.def"
#undef GUEST
#undef WANTS
    ;

static const struct want {
    u32 leaf, bits;
    u8 guest, sub, reg;
} wants[] = {
#define GUEST(...)
#define WANTS(ID, LEAF, SUB, REG, BITS) {LEAF, BITS, GUEST_##ID, SUB, REG},
#include "know/guests.def"
#undef GUEST
#undef WANTS
};

static const u16 priced[] = {
#define COST(LEAF, SUB, REG, BIT, WORDS) ROW_##LEAF##_##SUB##_##REG##_##BIT,
#include "know/costs.def"
#undef COST
};

static const char costs[] =
#define COST(LEAF, SUB, REG, BIT, WORDS) WORDS "\0"
#include "know/costs.def"
#undef COST
    ;

enum {
    WANTS = sizeof(wants) / sizeof(wants[0]),
    PRICED = sizeof(priced) / sizeof(priced[0])
};

/* Bits that no guest sees on every host; what is unknown is not lost. */
static u32 lost(const struct answer *a, u32 leaf, u32 sub, u32 reg)
{
    const struct compared *c = answer_register(a, leaf, sub, reg);
    return c ? ~(seen_by_all(c) | (c->unknown & ~c->hide)) : 0;
}

static int host_could(const struct answer *a, u32 guest, u32 kind)
{
    for (u32 i = 0; i < WANTS; i++) {
        const struct want *w = &wants[i];
        if (w->guest == guest) {
            struct word have = answer_word(a, kind, w->leaf, w->sub, w->reg);
            if (w->bits & ~(have.value & have.known)) {
                return 0;
            }
        }
    }
    return 1;
}

/* Could it run on some host before? What nobody can run is not lost. */
static int any_could(const struct answer *a, u32 guest)
{
    for (u32 k = 0; k < a->fleet->kinds_n; k++) {
        if (host_could(a, guest, k)) {
            return 1;
        }
    }
    return 0;
}

/* "Windows 11 24H2 ... without SSE4.2, POPCNT: they start again and again" */
static int guest_say(struct text *t, const struct answer *a, u32 guest)
{
    u32 said = 0;
    if (!any_could(a, guest)) {
        return 0;
    }
    text_say(t, "%v without ", view_of(string_at(guests, guest * 2)));
    for (u32 i = 0; i < WANTS; i++) {
        const struct want *w = &wants[i];
        u32 missing = w->guest == guest
                          ? w->bits & lost(a, w->leaf, w->sub, w->reg)
                          : 0;
        for (u32 b = 0; b < 32 && missing >> b; b++) {
            u32 row = missing >> b & 1 ? bit_find(w->leaf, w->sub, w->reg, b)
                                       : (u32)BITS;
            if (row < BITS) {
                text_say(t, said++ ? ", %v" : "%v",
                    bit_name(&a->fleet->know, row));
            }
        }
    }
    text_say(t, ": %v.", view_of(string_at(guests, guest * 2 + 1)));
    return said != 0;
}

static int cost_say(struct text *t, const struct answer *a, u32 n)
{
    u32 row = priced[n], bit = 1u << bits.bit[row];
    const struct compared *c = row_register(a, row);
    text_say(t, "%v.", view_of(string_at(costs, n)));
    /* With x it is not hidden: no guest uses it, or the hypervisor has it. */
    return c && c->ones & bit &&
           c->effective.letter[bits.bit[row]] != 'x' &&
           lost(a, c->leaf, c->sub, c->reg) & bit;
}

/* Keeps the lines that have something to say. */
static u32 keep_lines(struct answer *a, u32 n, u32 *kept,
    int (*say)(struct text *, const struct answer *, u32))
{
    struct line_record *lines = TAKE(a->arena, struct line_record, n);
    *kept = 0;
    for (u32 i = 0; lines && i < n; i++) {
        struct text t = text_open(a->arena);
        if (say(&t, a, i)) {
            struct line_record *line = &lines[(*kept)++];
            line->text_at_ = text_keep(a->arena, &t, &line->text_len_);
        }
    }
    return lines ? arena_offset(a->arena, lines) : 0;
}

void make_costs(struct answer *a, struct answer_record *record)
{
    record->guests_at_ = keep_lines(a, GUESTS, &record->guests_n_, guest_say);
    record->costs_at_ = keep_lines(a, PRICED, &record->costs_n_, cost_say);
}

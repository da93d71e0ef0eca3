/* SPDX-License-Identifier: MIT
 * Ladders: the highest x86-64 level and EVC mode the hosts reach together, and
 * what keeps them from the next one.
 */
#include "answer.h"

enum { SAID = 3 };

static u32 on_all_hosts(const struct compared *c)
{
    return c->ones & ~(c->zeros | c->unknown | c->withdrawn);
}

u32 seen_by_all(const struct compared *c)
{
    u32 all = on_all_hosts(c), seen = 0;
    for (u32 b = 0; b < 32; b++) {
        u8 letter = c->effective.letter[b];
        int shown = mask_shows(letter) ? (int)(all >> b & 1) : letter == '1';
        seen |= (u32)shown << b;
    }
    return seen;
}

static u32 missing(const struct answer *a, const struct rung_need *need)
{
    const struct compared *c =
        answer_register(a, need->leaf, need->sub, need->reg);
    /* Levels are for guests, EVC asks the hosts themselves. */
    return need->bits & ~(!c                     ? 0
                          : need->ladder == PSABI ? seen_by_all(c)
                                                  : on_all_hosts(c));
}

static int asks(const struct rung_need *need, enum ladder ladder, u32 rung)
{
    return need->ladder == ladder && need->from <= rung && rung <= need->to;
}

/* What is missing for a rung, need by need; how many bits that is. */
static u32 find_missing(const struct answer *a, enum ladder ladder, u32 rung,
    u32 wanted[RUNG_NEEDS])
{
    u32 n = 0;
    for (u32 i = 0; i < RUNG_NEEDS; i++) {
        int asked = asks(&rung_needs[i], ladder, rung);
        wanted[i] = asked ? missing(a, &rung_needs[i]) : 0;
        n += (u32)__builtin_popcount(wanted[i]);
    }
    return n;
}

u32 rung_reached(const struct answer *a, enum ladder ladder)
{
    u32 wanted[RUNG_NEEDS], rung = ladder_height(ladder);
    while (rung && find_missing(a, ladder, rung, wanted)) {
        rung--;
    }
    return rung;
}

/* Is this kind of host known not to have some of what is missing? */
static int lacks(const struct answer *a, u32 kind, const u32 wanted[RUNG_NEEDS])
{
    for (u32 i = 0; i < RUNG_NEEDS; i++) {
        const struct rung_need *need = &rung_needs[i];
        if (wanted[i]) {
            struct word w =
                answer_word(a, kind, need->leaf, need->sub, need->reg);
            if (wanted[i] & w.known & ~w.value) {
                return 1;
            }
        }
    }
    return 0;
}

/* The names of what is missing; returns how many there are. */
static u32 names_say(struct text *t, const struct answer *a,
    const struct rung_need *need, u32 wanted, u32 said)
{
    for (u32 b = 0; b < 32 && wanted >> b; b++) {
        u32 row = wanted >> b & 1
                      ? bit_find(need->leaf, need->sub, need->reg, b)
                      : (u32)BITS;
        if (row < BITS && said++ < SAID) {
            text_say(t, said > 1 ? ", %v" : "%v",
                bit_name(&a->fleet->know, row));
        }
    }
    return said;
}

/* Who holds the others back. */
static void holders_say(struct text *t, const struct answer *a,
    const u32 wanted[RUNG_NEEDS])
{
    u32 said = 0, hosts = 0;
    for (u32 k = 0; k < a->fleet->kinds_n; k++) {
        if (!lacks(a, k, wanted)) {
            continue;
        }
        if (said++ < SAID) {
            text_say(t, said > 1 ? ", %v" : " on %v", first_host_name(a, k));
            hosts -= 1;
        }
        hosts += a->fleet->kinds[k].hosts_;
    }
    if (hosts) {
        text_say(t, " and %u more", hosts);
    }
}

void next_rung_say(struct text *t, const struct answer *a, enum ladder ladder,
    u32 reached)
{
    u32 wanted[RUNG_NEEDS], said = 0, next = 0, least = 0xffffffffu, held = 0;
    /* The one that lacks least: AMD's ladder leaves features out again. */
    for (u32 rung = ladder_height(ladder); rung > reached; rung--) {
        u32 n = find_missing(a, ladder, rung, wanted);
        if (n <= least) {
            least = n;
            next = rung;
        }
    }
    if (!next) {
        return;
    }
    find_missing(a, ladder, next, wanted);
    while (held < a->fleet->kinds_n && !lacks(a, held, wanted)) {
        held++;
    }
    text_say(t,
        held < a->fleet->kinds_n ? "For %v (%v) there is no "
                                 : "For %v (%v) the texts do not tell ",
        rung_word(ladder, next, 1), rung_word(ladder, next, 0));
    for (u32 i = 0; i < RUNG_NEEDS; i++) {
        said = names_say(t, a, &rung_needs[i], wanted[i], said);
    }
    if (said > SAID) {
        text_say(t, " and %u more", said - SAID);
    }
    holders_say(t, a, wanted);
    text_put(t, VIEW("."));
}

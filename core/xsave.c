/* SPDX-License-Identifier: MIT
 * Leaf 0xD is never compared: the XSAVE area a guest gets follows from the
 * features it sees, so it is worked out anew from those.
 */
#include "answer.h"

enum { LEGACY_SIZE = 576, STATE_X87_SSE = 3 };

static const struct state {
    u16 number, row;
} states[] = {
#define STATE(NUMBER, NAME, LEAF, SUB, REG, BIT) \
    {NUMBER, ROW_##LEAF##_##SUB##_##REG##_##BIT},
#include "know/xsave.def"
#undef STATE
};

static const char state_names[] =
#define STATE(NUMBER, NAME, ...) NAME "\0"
#include "know/xsave.def"
#undef STATE
    ;

enum { STATES = sizeof(states) / sizeof(states[0]) };

/* Where a kind of host keeps a component; size 0: its text does not say. */
struct place_of_state {
    u32 size, offset;
};

static struct place_of_state place_of(const struct answer *a, u32 kind, u32 n)
{
    struct word size = answer_word(a, kind, 0xd, n, EAX);
    struct word offset = answer_word(a, kind, 0xd, n, EBX);
    int known = size.known == 0xffffffffu && offset.known == 0xffffffffu;
    return known ? (struct place_of_state){size.value, offset.value}
                 : (struct place_of_state){0, 0};
}

static int has_xsave(const struct answer *a)
{
    const struct compared *c = answer_register(a, 1, 0, ECX);
    return c && seen_by_all(c) >> 26 & 1;
}

static int survives(const struct answer *a, const struct state *s)
{
    const struct compared *c = row_register(a, s->row);
    return has_xsave(a) && c && seen_by_all(c) >> bits.bit[s->row] & 1;
}

int state_is_hidden(const struct answer *a, u32 n)
{
    for (u32 i = 0; i < STATES; i++) {
        const struct state *s = &states[i];
        const struct compared *c = row_register(a, s->row);
        u32 bit = bits.bit[s->row];
        if (s->number == n && c && c->custom.letter[bit] == '0') {
            return (int)(c->ones >> bit & 1);
        }
    }
    return 0;
}

u32 xsave_components(const struct answer *a)
{
    u32 components = has_xsave(a) ? STATE_X87_SSE : 0;
    for (u32 i = 0; i < STATES; i++) {
        components |= (u32)survives(a, &states[i]) << states[i].number;
    }
    return components;
}

u32 xsave_lost(const struct answer *a)
{
    u32 lost = 0;
    for (u32 i = 0; i < STATES; i++) {
        const struct state *s = &states[i];
        const struct compared *c = row_register(a, s->row);
        lost |= c ? (c->bare >> bits.bit[s->row] & 1) << s->number : 0;
    }
    return lost;
}

u32 xsave_size(const struct answer *a)
{
    u32 size = LEGACY_SIZE;
    if (!has_xsave(a)) {
        return 0;
    }
    for (u32 i = 0; i < STATES; i++) {
        for (u32 k = 0; survives(a, &states[i]) && k < a->fleet->kinds_n; k++) {
            struct place_of_state p = place_of(a, k, states[i].number);
            if (!p.size) {
                return 0;
            }
            size = p.offset + p.size > size ? p.offset + p.size : size;
        }
    }
    return size;
}

int xsave_conflict_say(struct text *t, const struct answer *a, u32 nth)
{
    for (u32 i = 0; i < STATES; i++) {
        struct place_of_state first = {0, 0};
        u32 first_kind = 0;
        for (u32 k = 0; survives(a, &states[i]) && k < a->fleet->kinds_n; k++) {
            struct place_of_state p = place_of(a, k, states[i].number);
            if (p.size && !first.size) {
                first = p;
                first_kind = k;
            }
            if (p.size && (p.size != first.size || p.offset != first.offset) &&
                !nth--) {
                text_say(t,
                    "%v keeps %v in %u bytes at %u, %v in %u at %u: hide the "
                    "feature, or machines that use it break.",
                    first_host_name(a, first_kind),
                    view_of(string_at(state_names, i)), first.size,
                    first.offset, first_host_name(a, k), p.size, p.offset);
                return 1;
            }
        }
    }
    return 0;
}

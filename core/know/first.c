/* SPDX-License-Identifier: MIT
 * Since when CPUs have a feature, and why one of them may lack it.
 */
#include "know.h"

enum {
#define GENERATION(ID, ...) GENERATION_##ID,
#define FIRST(...)
#include "first.def"
#undef GENERATION
#undef FIRST
};

static const char generation_names[] =
#define GENERATION(ID, VENDOR, NAME) NAME "\0"
#define FIRST(...)
#include "first.def"
#undef GENERATION
    ;

static const u8 generation_vendors[] = {
#define GENERATION(ID, VENDOR, NAME) VENDOR,
#include "first.def"
#undef GENERATION
#undef FIRST
};

/* Bits of a register: what the first number says of them, see the tables. */
static const struct bit_set {
    u32 leaf, bits;
    u8 says, sub, reg;
} firsts[] = {
#define GENERATION(...)
#define FIRST(ID, LEAF, SUB, REG, BITS) \
    {LEAF, BITS, GENERATION_##ID, SUB, REG},
#include "first.def"
#undef GENERATION
#undef FIRST
}, causes[] = {
#define CAUSE(ID, LEAF, SUB, REG, BITS, WHERE) \
    {LEAF, BITS, CAUSE_##ID, SUB, REG},
#include "causes.def"
#undef CAUSE
};

static const char wheres[] =
#define CAUSE(ID, LEAF, SUB, REG, BITS, WHERE) WHERE "\0"
#include "causes.def"
#undef CAUSE
    ;

enum { CAUSES = sizeof(causes) / sizeof(causes[0]) };

static int has_bit(const struct bit_set *s, u32 row)
{
    return s->leaf == bits.leaf[row] && s->sub == bits.sub[row] &&
           s->reg == bits.reg[row] && s->bits >> bits.bit[row] & 1;
}

struct view bit_first(u32 row, u32 vendor)
{
    for (u32 i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
        u32 generation = firsts[i].says;
        if (generation_vendors[generation] == vendor &&
            has_bit(&firsts[i], row)) {
            return view_of(string_at(generation_names, generation));
        }
    }
    return VIEW("");
}

/* The first that speaks of the bit, or CAUSES. */
static u32 cause_find(u32 row)
{
    u32 i = 0;
    while (i < CAUSES && !has_bit(&causes[i], row)) {
        i++;
    }
    return i;
}

enum cause bit_cause(u32 row)
{
    u32 i = cause_find(row);
    return i < CAUSES ? (enum cause)causes[i].says : CAUSE_GENERATION;
}

struct view cause_where(u32 row)
{
    return view_of(string_at(wheres, cause_find(row)));
}

struct view cause_called(enum cause cause)
{
    static const char called[] =
        "a real difference between CPU generations\0"
        "a BIOS setting\0"
        "microcode\0"
        "an update that took it away\0"
        "hypervisor or kernel, mostly its version\0"
        "the definition of the machine's CPU model\0"
        "different vendors\0";
    return view_of(string_at(called, cause));
}

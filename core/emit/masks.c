/* SPDX-License-Identifier: MIT
 * Targets that take masks: Xen, Firecracker, VirtualBox.
 */
#include "emit.h"

/* --- Xen, by name --- */

static const struct {
    u32 leaf, bits;
    u8 sub, reg, minor; /* 0: the row has a name */
} xl_rows[] = {
#define XL_NAME(LEAF, SUB, REG, BIT, NAME) {LEAF, 1u << BIT, SUB, REG, 0},
#define XL_SINCE(MINOR, LEAF, SUB, REG, BITS) {LEAF, BITS, SUB, REG, MINOR},
#include "../know/xl.def"
#undef XL_NAME
#undef XL_SINCE
};

static const char xl_names[] =
#define XL_NAME(LEAF, SUB, REG, BIT, NAME) NAME "\0"
#define XL_SINCE(...)
#include "../know/xl.def"
#undef XL_NAME
#undef XL_SINCE
    ;

enum { XL_ROWS = sizeof(xl_rows) / sizeof(xl_rows[0]) };
enum { XL_FIRST = 18, XL_LAST = 23 };

static int is_xl_row(u32 i, const struct compared *c, u32 bit)
{
    return xl_rows[i].leaf == c->leaf && xl_rows[i].sub == c->sub &&
           xl_rows[i].reg == c->reg && xl_rows[i].bits >> bit & 1;
}

/* The name that most versions of Xen know; 4.minor is the first with it. */
static struct view xl_name(const struct answer *a, const struct compared *c,
    u32 bit, u32 *minor)
{
    *minor = 0;
    for (u32 i = 0; i < XL_ROWS; i++) {
        if (is_xl_row(i, c, bit) && !xl_rows[i].minor) {
            return view_of(string_at(xl_names, i));
        }
        *minor = is_xl_row(i, c, bit) ? xl_rows[i].minor : *minor;
    }
    return bit_spelled(&a->fleet->know, XEN, c->row[bit]);
}

void emit_xl(struct text *t, struct answer *a)
{
    u32 minor, any = 0;
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 hide = bits_for(a, c, XEN_MASK);
        for (u32 b = 0; b < 32 && hide >> b; b++) {
            struct view name = {NULL, 0};
            if (hide >> b & 1) {
                name = xl_name(a, c, b, &minor);
            }
            if (name.len) {
                text_say(t, any++ ? ",%v=0" : "cpuid = \"host,%v=0", name);
            }
        }
    }
    text_say(t, any ? "\"\n" : "");
}

/* Bits whose name came with Xen 4.minor; 0: that have none. */
static u32 xen_since(const struct answer *a, const struct compared *c,
    u32 minor)
{
    u32 hide = bits_for(a, c, XEN_MASK), picked = 0, first;
    for (u32 b = 0; b < 32 && hide >> b; b++) {
        u32 named = xl_name(a, c, b, &first).len;
        picked |= (u32)(minor ? named && first == minor : !named) << b;
    }
    return hide & picked;
}

static u32 xen_leafless(const struct answer *a, const struct compared *c,
    u32 with)
{
    (void)with;
    return kind_without(a, c) ? bits_for(a, c, XEN_MASK) : 0;
}

void limits_of_xend(struct text *t, struct answer *a)
{
    limits_say(t, a, XEN_MASK);
    bits_say(t, a, xen_leafless, 0, "",
        ": a host without the leaf refuses to start a machine whose list "
        "names it (Missing leaf). Leave these out there.");
}

void limits_of_xl(struct text *t, struct answer *a)
{
    limits_of_xend(t, a);
    bits_say(t, a, xen_since, 0, "No name in Xen: ",
        ". Use the strings by register.");
    for (u32 minor = XL_FIRST; minor <= XL_LAST; minor++) {
        u8 room[128] = {0};
        struct text tail = text_in(room, sizeof(room) - 1);
        text_say(&tail, ": names since Xen 4.%u; an older xl skips them, use "
                        "the strings by register there.",
            minor);
        bits_say(t, a, xen_since, minor, "", (const char *)room);
    }
}

/* --- bits as 0 and x, bit 31 first --- */

static void zeros_say(struct text *t, u32 hide)
{
    for (u32 b = 32; b--;) {
        text_char(t, hide >> b & 1 ? '0' : 'x');
    }
}

/* --- Xen, by register --- */

void emit_xend(struct text *t, struct answer *a)
{
    u32 leaf = 0, sub = 0, any = 0;
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 hide = bits_for(a, c, XEN_MASK);
        if (!hide) {
            continue;
        }
        if (any && c->leaf == leaf && c->sub == sub) {
            text_char(t, ',');
        } else {
            text_say(t, any ? "\",\n  \"0x%h" : "cpuid = [\n  \"0x%h", c->leaf);
            text_say(t, is_indexed(c->leaf) ? ",%u:" : ":", c->sub);
        }
        text_say(t, "%v=", reg_name(c->reg));
        zeros_say(t, hide);
        leaf = c->leaf;
        sub = c->sub;
        any = 1;
    }
    text_say(t, any ? "\"\n]\n" : "");
}


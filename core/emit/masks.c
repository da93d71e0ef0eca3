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

/* --- Firecracker --- */

/* The states of XSAVE go with their features: KVM shows its host's. */
static u32 template_bits(const struct answer *a, const struct compared *c)
{
    if (kind_without(a, c)) {
        return 0;
    }
    return c->leaf == 0xd && !c->sub && c->reg == EAX && !a->mixed
               ? c->ones & xsave_lost(a)
               : bits_for(a, c, KVM_MASK);
}

static u32 msr_word(const struct answer *a, u32 reg)
{
    const struct compared *c = answer_register(a, MSR_10A, 0, reg);
    return c && !a->mixed ? c->ones & c->zeros &
                                merge_mask(c->merge, 1u << AND | 1u << AND_WARN)
                          : 0;
}

static void msr_say(struct text *t, const struct answer *a)
{
    u32 low = msr_word(a, EAX), high = msr_word(a, EDX);
    if (low | high) {
        text_say(t, ",\n  \"msr_modifiers\": [\n"
                    "    {\"addr\": \"0x10a\", \"bitmap\": \"0b");
        zeros_say(t, high);
        zeros_say(t, low);
        text_say(t, "\"}\n  ]");
    }
}

void emit_firecracker(struct text *t, struct answer *a)
{
    u32 leaf = 0, sub = 0, any = 0;
    struct text before = *t;
    text_say(t, "{\n  \"cpuid_modifiers\": [");
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 hide = template_bits(a, c);
        if (!hide) {
            continue;
        }
        if (any && c->leaf == leaf && c->sub == sub) {
            text_char(t, ',');
        } else {
            text_say(t,
                "%v\n    {\"leaf\": \"0x%h\", \"subleaf\": \"0x%h\", "
                "\"flags\": %u, \"modifiers\": [",
                any ? VIEW("]},") : VIEW(""), c->leaf, c->sub,
                (u32)is_indexed(c->leaf));
        }
        text_say(t, "\n      {\"register\": \"%v\", \"bitmap\": \"0b",
            reg_name(c->reg));
        zeros_say(t, hide);
        text_say(t, "\"}");
        leaf = c->leaf;
        sub = c->sub;
        any = 1;
    }
    u32 len = t->len;
    text_say(t, any ? "]}\n  ]" : "]");
    u32 closed = t->len;
    msr_say(t, a);
    any |= t->len > closed;
    text_say(t, "\n}\n");
    if (!any || t->len == len) {
        *t = before;
    }
}

static u32 kvm_leafless(const struct answer *a, const struct compared *c,
    u32 with)
{
    (void)with;
    return kind_without(a, c) ? bits_for(a, c, KVM_MASK) : 0;
}

void limits_of_firecracker(struct text *t, struct answer *a)
{
    limits_say(t, a, KVM_MASK);
    bits_say(t, a, kvm_leafless, 0, "Not hidden: ",
        ". Some host lacks the leaf, and Firecracker refuses a template that "
        "names it.");
    if (!answer_register(a, MSR_10A, 0, EAX) &&
        fleet_vendor(a->fleet) == INTEL) {
        text_say(t, "MSR 10A (IA32_ARCH_CAPABILITIES) must be equal, too, and "
                    "is not in these texts: add the hosts' `rdmsr -a "
                    "0x10a`.\n");
    }
}

/* --- VirtualBox: whole leaves --- */

/* What all hosts have in a register that is no list of features: equal, or no
 * value is right for all. */
static int same_on_all(const struct answer *a, u32 leaf, u32 sub, u32 reg,
    u32 *value)
{
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        struct word w = answer_word(a, i, leaf, sub, reg);
        if (w.known != 0xffffffffu || (i && w.value != *value)) {
            return 0;
        }
        *value = w.value;
    }
    return 1;
}

/* Leaf 7's EAX is its highest subleaf, which only has to be there. */
static int leaf_words(const struct answer *a, u32 leaf, u32 word[4])
{
    for (u32 r = 0; r < 4; r++) {
        const struct compared *c = answer_register(a, leaf, 0, r);
        int known = c && c->unknown == 0;
        if (known && (r > EBX || leaf == 7)) {
            word[r] = seen_in_64_bit(a, c, c->ones & ~c->zeros & ~c->bare);
        } else if (leaf == 7 && r == EAX) {
            word[r] = 0;
        } else if (!same_on_all(a, leaf, 0, r, &word[r])) {
            return 0;
        }
    }
    return 1;
}

static int is_replaced(const struct answer *a, u32 leaf)
{
    u32 hide = 0, word[4];
    for (u32 r = 0; r < 4; r++) {
        const struct compared *c = answer_register(a, leaf, 0, r);
        hide |= c ? bits_for(a, c, KVM_MASK) : 0;
    }
    return (leaf == 7 || leaf == 0x80000001u) && hide &&
           leaf_words(a, leaf, word);
}

static u32 not_replaced(const struct answer *a, const struct compared *c,
    u32 with)
{
    (void)with;
    return c->sub || !is_replaced(a, c->leaf) ? bits_for(a, c, KVM_MASK) : 0;
}

void emit_virtualbox(struct text *t, struct answer *a)
{
    static const u32 leaves[] = {7, 0x80000001u};
    u32 any = 0, word[4];
    for (u32 i = 0; i < a->registers_n; i++) {
        any |= not_replaced(a, &a->registers[i], 0);
    }
    if (any) {
        text_say(t, "VBoxManage modifyvm VM --cpuid-portability-level=1\n");
    }
    for (u32 i = 0; i < 2; i++) {
        if (is_replaced(a, leaves[i]) && leaf_words(a, leaves[i], word)) {
            text_say(t, "VBoxManage modifyvm VM --cpuid-set=%x:0 %x %x %x %x\n",
                leaves[i], word[0], word[1], word[2], word[3]);
        }
    }
}

void limits_of_virtualbox(struct text *t, struct answer *a)
{
    limits_say(t, a, KVM_MASK);
    bits_say(t, a, not_replaced, 0, "Left to the portability level: ",
        ". A leaf is replaced whole, and these carry what is not the same on "
        "every CPU or host.");
}

/* --- processes that are saved and restored --- */

static u32 program_bits(const struct answer *a, const struct compared *c,
    u32 with)
{
    u32 picked = 0, hide = bits_for(a, c, KVM_MASK);
    (void)with;
    for (u32 b = 0; b < 32; b++) {
        picked |= (u32)(c->row[b] < BITS && bits.level[c->row[b]] == USER) << b;
    }
    return hide & picked;
}

static u32 programs_differ(const struct answer *a)
{
    u32 any = 0;
    for (u32 i = 0; i < a->registers_n; i++) {
        any |= program_bits(a, &a->registers[i], 0);
    }
    return any;
}

void emit_crac(struct text *t, struct answer *a)
{
    text_say(t, programs_differ(a) ? "-XX:CPUFeatures=generic\n" : "");
}

void emit_criu(struct text *t, struct answer *a)
{
    text_say(t, programs_differ(a)
                    ? "criu cpuinfo dump -D DIR\n"
                      "criu cpuinfo check -D DIR --cpu-cap=ins\n"
                    : "");
}

static void limits_of_programs(struct text *t, const struct answer *a,
    const char *more)
{
    if (a->mixed) {
        mixed_say(t);
    } else if (!bits_say(t, a, program_bits, 0,
                   "Programs see the CPU itself, and only some hosts have ",
                   ".")) {
        text_say(t, "There is nothing that programs could miss.\n");
    } else {
        text_put(t, view_of(more));
    }
}

void limits_of_crac(struct text *t, struct answer *a)
{
    limits_of_programs(t, a,
        "generic leaves out more than these hosts differ in. The number for "
        "just these bits depends on the build of the JVM: take the one that "
        "restoring on the lesser host prints.\n");
}

void limits_of_criu(struct text *t, struct answer *a)
{
    limits_of_programs(t, a,
        "CRIU hides nothing: it only checks. Keep the bits from a program "
        "before it starts (for glibc the tunable glibc.cpu.hwcaps, whose names "
        "depend on its version), or start it on the lesser host.\n");
}

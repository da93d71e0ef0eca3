/* SPDX-License-Identifier: MIT
 * Which bits a target hides: the custom mask where its platform is the one the
 * answer was made for, else all that differs.
 */
#include "emit.h"

/* What no guest sees of the host: the hypervisor makes it itself (x2APIC, the
 * TSC's deadline and adjustment, ARAT) or keeps it to itself. */
static const struct own {
    u32 leaf, reg, bits, platforms;
} owns[] = {
#define OWN(LEAF, REG, BITS, PLATFORMS) {LEAF, REG, BITS, PLATFORMS},
#include "../know/own.def"
#undef OWN
};

static u32 own_bits(const struct compared *c, enum masks_of platform)
{
    u32 own = 0;
    for (u32 i = 0; i < sizeof(owns) / sizeof(owns[0]); i++) {
        own |= owns[i].leaf == c->leaf && !c->sub && owns[i].reg == c->reg &&
                       owns[i].platforms >> platform & 1
                   ? owns[i].bits
                   : 0;
    }
    return own;
}

/* Does the platform show guests anything of the register? */
static int is_shown(const struct compared *c, enum masks_of platform)
{
    static const u8 profile[] = {0, PROFILE_XEN_HVM, PROFILE_KVM};
    u32 shown, counted;
    if (c->leaf == MSR_10A) {
        return 0;
    }
    if (platform == VMWARE_MASK) {
        hardware_bits(~0u, c->leaf, c->sub, c->reg, &shown, &counted);
        return counted != 0;
    }
    struct view letters =
        profile_mask(profile[platform], 0, c->leaf, c->sub, c->reg);
    return (c->leaf == 0xd && c->sub == 1 && c->reg == EAX) ||
           view_find(letters, VIEW("H")) < letters.len;
}

int is_vmware(u32 profile)
{
    return profile == PROFILES ||
           (profile >= PROFILE_ESX_2006 && profile <= PROFILE_VMX_22);
}

u32 bits_shown(const struct answer *a, const struct compared *c,
    enum masks_of platform)
{
    if (a->mixed) {
        return 0;
    }
    if (platform == VMWARE_MASK && is_vmware(a->profile)) {
        return ~0u;
    }
    return is_shown(c, platform) ? ~own_bits(c, platform) : 0;
}

u32 bits_for(const struct answer *a, const struct compared *c,
    enum masks_of platform)
{
    int own = platform == VMWARE_MASK && is_vmware(a->profile);
    return (own ? hidden_bits(c) : c->bare) & bits_shown(a, c, platform);
}

u32 seen_in_64_bit(const struct answer *a, const struct compared *c, u32 word)
{
    int intel = fleet_vendor(a->fleet) == INTEL;
    return intel && c->leaf == 0x80000001u && c->reg == EDX && word >> 29 & 1
               ? word | 1u << 11
               : word;
}

u32 kind_without(const struct answer *a, const struct compared *c)
{
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        if (is_above(&a->maxima[i], c->leaf, c->sub)) {
            return i + 1;
        }
    }
    return 0;
}

/* --- what a target cannot say --- */

enum { NAMED = 12 };

u32 bits_say(struct text *t, const struct answer *a, bit_picker *pick, u32 with,
    const char *before, const char *after)
{
    u32 n = 0;
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 picked = pick(a, c, with);
        for (u32 b = 0; b < 32 && picked >> b; b++) {
            if (!(picked >> b & 1)) {
                continue;
            }
            if (n++ < NAMED) {
                text_say(t, "%v", n == 1 ? view_of(before) : VIEW(", "));
                if (c->row[b] < BITS) {
                    text_say(t, "%v (", bit_name(&a->fleet->know, c->row[b]));
                }
                place_say(t, c->leaf, c->sub, c->reg, b);
                text_put(t, c->row[b] < BITS ? VIEW(")") : VIEW(""));
            }
        }
    }
    if (n > NAMED) {
        text_say(t, " and %u more", n - NAMED);
    }
    if (n) {
        text_say(t, "%v\n", view_of(after));
    }
    return n;
}

static u32 unhideable_bits(const struct answer *a, const struct compared *c,
    u32 with)
{
    (void)a, (void)with;
    return c->ones & c->zeros & merge_mask(c->merge, 1u << OR_INFO);
}

static u32 msr_bits(const struct answer *a, const struct compared *c,
    u32 with)
{
    (void)a, (void)with;
    return c->leaf == MSR_10A ? c->ones & c->zeros : 0;
}

void mixed_say(struct text *t)
{
    text_say(t, "Machines never move between vendors while running: no "
                "setting helps.\n");
}

void limits_say(struct text *t, const struct answer *a,
    enum masks_of platform)
{
    u32 any = 0;
    if (a->mixed) {
        mixed_say(t);
        return;
    }
    for (u32 i = 0; i < a->registers_n; i++) {
        any |= bits_for(a, &a->registers[i], platform);
    }
    if (!any) {
        text_say(t, "There is nothing to hide.\n");
    }
    bits_say(t, a, unhideable_bits, 0, "",
        ": how the CPU behaves, which no mask changes.");
    bits_say(t, a, msr_bits, 0, "",
        ": bits of an MSR, which masks of CPUID do not reach.");
}

/* SPDX-License-Identifier: MIT
 * The mask rule (DESIGN, section 2): which default mask applies, what is
 * hidden, and what becomes of every bit.
 */
#include "answer.h"

enum { PKRU_BIT = 9, SYSCALL_BIT = 11, LM_BIT = 29 };

u32 fleet_vendor(const struct fleet *f)
{
    u32 vendor = 0;
    for (u32 i = 0; i < f->kinds_n; i++) {
        u32 one = f->kinds[i].vendor_set_;
        if (one && vendor && vendor != one) {
            return 0;
        }
        vendor = one ? one : vendor;
    }
    return vendor;
}

/* The profile that the hosts' formats suggest: one platform, no other. */
static u32 suggested_profile(const struct fleet *f, u32 *format)
{
    u32 found = PROFILE_OPEN;
    for (u32 i = 0; i < f->hosts_n; i++) {
        u32 p = format_profile(f->hosts[i].format_);
        if (p != PROFILE_OPEN && found != PROFILE_OPEN && p != found) {
            return PROFILE_OPEN;
        }
        if (p != PROFILE_OPEN) {
            found = p;
            *format = f->hosts[i].format_;
        }
    }
    for (u32 i = 0; f->setting && !f->hosts_n && i < f->masks_n; i++) {
        *format = f->masks[i].format_;
        found = format_profile(*format);
    }
    return found;
}

void choose_profile(struct answer *a)
{
    const struct request *q = &a->request;
    struct text t = text_open(a->arena);
    const char *said = "suggested by the text of the %v";
    u32 format = 0;
    if (q->profile < PROFILES) {
        a->profile = q->profile;
        text_put(&t, VIEW("chosen"));
    } else if (q->defaults_n) {
        a->profile = PROFILES;
        text_put(&t, VIEW("only the default masks given; x elsewhere"));
    } else if (q->check != NO_CHECK) {
        a->profile = PROFILE_OPEN;
        text_put(&t, VIEW("no platform was chosen"));
    } else {
        a->profile = suggested_profile(a->fleet, &format);
        if (a->profile == PROFILE_OPEN && q->setting) {
            a->profile = suggested_profile(q->setting, &format);
            said = "suggested by the setting, %v";
        }
        if (a->profile == PROFILE_OPEN) {
            text_put(&t, VIEW("nothing pasted names a platform"));
        } else {
            text_say(&t, said,
                table_word(formats, format, 1));
            a->suggested = 1;
        }
    }
    a->profile_reason = text_close(a->arena, &t);
    a->check = q->check != NO_CHECK   ? q->check
               : a->profile < PROFILES ? profile_check(a->profile)
                                       : (u32)EQUAL;
    a->vendor = fleet_vendor(a->fleet);
    if (a->profile < PROFILES && profile_has_vendors(a->profile) &&
        !(a->vendor & INTEL_AMD)) {
        a->vendor = INTEL;
        note_add(&a->fleet->notes, NOTE_ASSUMED_INTEL,
            (struct note_place){0, 0, 0});
    }
}

/* The profile without a platform: everything a guest could see must exist on
 * every host. Leaf 0xD follows other features; hypervisor leaves are not the
 * host's. */
static u8 open_letter(const struct compared *c, u32 bit)
{
    u32 merge = c->merge[bit];
    if (c->leaf == 0xd || (c->leaf >= 0x40000000u && c->leaf < 0x80000000u)) {
        return 'x';
    }
    if (c->row[bit] < BITS) {
        return merge == AND || merge == AND_WARN || merge == ALIAS ? 'H' : 'x';
    }
    return merge == AND && c->ones >> bit & 1 ? 'H' : 'x';
}

/* What a machine of a hardware version of VMware may see. */
static void hardware_mask(u32 version, const struct compared *c, struct mask *m)
{
    u32 shown, counted;
    int listed =
        hardware_bits(version, c->leaf, c->sub, c->reg, &shown, &counted);
    for (u32 b = 0; listed && b < 32; b++) {
        m->letter[b] = counted >> b & 1 ? 'H' : shown >> b & 1 ? 'x' : '0';
    }
}

static struct mask default_mask(const struct answer *a,
    const struct compared *c)
{
    struct mask m = mask_all('x'), over;
    for (u32 i = a->request.defaults_n; i--;) {
        const struct own_default *own = &a->request.defaults[i];
        if (own->leaf == c->leaf && own->sub == c->sub && own->reg == c->reg) {
            return own->mask;
        }
    }
    if (a->profile == PROFILE_OPEN || a->profile == PROFILE_HYPER_V) {
        for (u32 b = 0; b < 32; b++) {
            m.letter[b] = open_letter(c, b);
        }
    } else if (a->profile < PROFILES && profile_hardware(a->profile)) {
        hardware_mask(profile_hardware(a->profile), c, &m);
    } else if (a->profile < PROFILES) {
        struct view letters =
            profile_mask(a->profile, a->vendor, c->leaf, c->sub, c->reg);
        if (letters.len) {
            mask_read(letters, &m);
        }
        letters = profile_overlay(a->profile, c->leaf, c->sub, c->reg);
        if (letters.len && !mask_read(letters, &over)) {
            m = mask_overlay(&m, &over);
        }
    }
    return m;
}

int letter_counts(u8 letter, u32 check)
{
    return letter == 'H' || letter == 'T' || letter == 'F' ||
           (letter == 'R' && check == EQUAL);
}

/* Vendor, family, model and the like can never be masked. */
static int cannot_mask(const struct compared *c, u32 bit)
{
    return c->merge[bit] == FIXED ||
           (c->leaf == 0 && c->reg != EAX);
}

/* A difference the guest's mask does not rule, but a person should know of. */
static int wants_care(const struct answer *a, const struct compared *c, u32 bit)
{
    u32 m = c->merge[bit];
    if (c->leaf == MSR_10A && a->check == SUBSET && m == AND) {
        struct view letters =
            profile_mask(PROFILE_KVM, 0, MSR_10A, SUB_MSR, c->reg);
        struct mask seen;
        return !mask_read(letters, &seen) && seen.letter[bit] == 'H';
    }
    return m == OR || m == OR_SAFE || m == OR_INFO || m == COND || m == EQ ||
           m == EQ_TSC || (c->leaf == 0xd && c->sub == 1 && c->reg == EAX);
}

/* Intel CPUs show SYSCALL as 0 to a program that is not in 64-bit mode: with LM
 * it is there all the same. Half the public dumps of Intel CPUs are such. */
int hidden_by_mode(const struct answer *a, const struct compared *c, u32 bit)
{
    if (c->leaf != 0x80000001u || c->reg != EDX || bit != SYSCALL_BIT) {
        return 0;
    }
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        const struct kind_record *k = &a->fleet->kinds[i];
        struct word w = answer_word(a, i, c->leaf, c->sub, c->reg);
        if (word_bit(w, bit) == 0 &&
            (k->vendor_set_ != INTEL || word_bit(w, LM_BIT) != 1)) {
            return 0;
        }
    }
    return (int)(c->ones >> bit & c->zeros >> bit & 1);
}

static enum decision decide(const struct answer *a, const struct compared *c,
    u32 bit)
{
    u8 letter = c->standard.letter[bit];
    int differs = (int)(c->ones >> bit & c->zeros >> bit & 1);
    int unknown = (int)(c->unknown >> bit & 1);
    int counts = letter_counts(letter, a->check);
    if (counts && hidden_by_mode(a, c, bit)) {
        return KEEP;
    }
    if (counts && differs && c->merge[bit] == OR_INFO) {
        return WARN; /* no mask changes how the hardware behaves */
    }
    if (counts && differs) {
        return letter == 'T' || letter == 'F' || cannot_mask(c, bit) ? CONFLICT
                                                                      : HIDE;
    }
    if (counts) {
        return unknown ? UNKNOWN : KEEP;
    }
    if (letter != 'x') {
        return HIDDEN;
    }
    u32 kind;
    if (c->leaf == 0xd && !c->sub && c->reg == EAX && bit == PKRU_BIT &&
        has_pkru_trap(a, &kind)) {
        return WARN;
    }
    if (c->merge[bit] == OR_SAFE && differs &&
        safety_of_all(a, c, bit) == IS_SAFE) {
        return IGNORED;
    }
    return differs && wants_care(a, c, bit) ? WARN : IGNORED;
}

int cannot_pin(const struct compared *c, u32 bit)
{
    u32 none = 1u << OR_INFO | 1u << MIRROR | 1u << TOPO | 1u << IGNORE |
               1u << DERIVED | 1u << EQ | 1u << MIN | 1u << PER_CPU;
    return cannot_mask(c, bit) || none >> c->merge[bit] & 1 ||
           (c->leaf == MSR_10A && c->standard.letter[bit] == 'x') ||
           (c->leaf >= 0x40000000u && c->leaf < 0x80000000u);
}

/* What no mask rules cannot be pinned either. */
static void refuse_pins(struct answer *a, struct compared *c)
{
    u32 pinned = c->pin_hide | c->pin_keep;
    for (u32 b = 0; b < 32; b++) {
        if (pinned >> b & 1 && cannot_pin(c, b)) {
            struct text t = text_open(a->arena);
            refused_pin_say(&t, a, c, b);
            note_add(&a->fleet->notes, NOTE_PIN, (struct note_place){0, 0, 0},
                text_view(&t));
            c->pin_hide &= ~(1u << b);
            c->pin_keep &= ~(1u << b);
        }
    }
}

/* What the person wants, over what would be done without. A kept bit counts:
 * hosts must have it, whatever the default. */
static void pin_bit(struct compared *c, u32 b)
{
    u32 bit = 1u << b, differs = c->ones & c->zeros & bit;
    u8 letter = c->standard.letter[b];
    if (c->pin_hide & bit) {
        c->decision[b] = HIDE;
        c->custom.letter[b] = '0';
        c->hide |= bit;
    } else if (c->pin_keep & bit && (c->custom.letter[b] == '1' ||
                                        (c->custom.letter[b] == '-' &&
                                            letter == '1'))) {
        c->decision[b] = KEEP;
    } else if (c->pin_keep & bit) {
        c->custom.letter[b] =
            letter == 'H' || letter == 'T' || !(c->ones & bit) ? '-' : 'H';
        c->hide &= ~bit;
        c->decision[b] = (u8)(differs            ? CONFLICT
                              : c->unknown & bit ? UNKNOWN
                              : c->ones & bit    ? KEEP
                                                 : WARN);
    }
}

void make_masks(struct answer *a)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        struct compared *c = &a->registers[i];
        c->standard = default_mask(a, c);
        c->hide = 0;
        for (u32 b = 0; b < 32; b++) {
            c->decision[b] = c->unpinned[b] = (u8)decide(a, c, b);
            c->hide |= (u32)(c->decision[b] == HIDE) << b;
        }
        c->custom = mask_hiding(c->hide);
        for (u32 b = 0; b < 32; b++) {
            if (c->decision[b] == KEEP && c->ones & c->zeros & 1u << b &&
                letter_counts(c->standard.letter[b], a->check)) {
                c->custom.letter[b] = '1';
            }
        }
        if (c->pin_hide | c->pin_keep) {
            refuse_pins(a, c);
            for (u32 b = 0; b < 32; b++) {
                pin_bit(c, b);
            }
        }
        c->effective = mask_overlay(&c->standard, &c->custom);
    }
    close_masks(a);
}

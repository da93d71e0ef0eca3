/* SPDX-License-Identifier: MIT
 * VMware: masks by register, and features by name.
 */
#include "emit.h"

/* One setting: its key is prefix and name. */
typedef void setting_writer(struct text *t, const char *prefix,
    struct view name, struct view value);

/* --- masks by register --- */

/* What the custom mask says, but for the 1 of a bit that only the text of a
 * 32-bit program lacked. */
static struct mask vmware_mask(const struct answer *a, const struct compared *c)
{
    struct mask m = mask_hiding(bits_for(a, c, VMWARE_MASK));
    for (u32 b = 0; b < 32 && is_vmware(a->profile); b++) {
        if (c->custom.letter[b] == 'H') {
            m.letter[b] = 'H';
        }
    }
    return m;
}

static int is_changed(const struct compared *c, const struct mask *m)
{
    for (u32 b = 0; b < 32; b++) {
        if (m->letter[b] != '-') {
            return c->leaf != MSR_10A;
        }
    }
    return 0;
}

/* One row for each register whose mask says more than the default. */
static void each_mask(struct text *t, const struct answer *a, u8 separator,
    const char *prefix, setting_writer *write)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u8 room[24], letters[MASK_TEXT];
        struct mask m = vmware_mask(a, c);
        if (is_changed(c, &m)) {
            struct text name = text_in(room, sizeof(room));
            place_say(&name, c->leaf, c->sub, c->reg, 32);
            mask_print(&m, separator, letters);
            write(t, prefix, text_view(&name),
                (struct view){letters, MASK_TEXT});
        }
    }
}

/* "Level 1 ecx  ---- ---- ...", the rows of the vSphere Client's dialog. */
static void dialog_row(struct text *t, const char *prefix, struct view name,
    struct view value)
{
    u32 last = name.len - 4; /* the dot before the register */
    text_say(t, "%v%v %v  %v\n", view_of(prefix), view_head(name, last),
        view_from(name, last + 1), value);
}

void emit_dialog(struct text *t, struct answer *a)
{
    each_mask(t, a, ' ', "Level ", dialog_row);
}

static void vmx_row(struct text *t, const char *prefix, struct view name,
    struct view value)
{
    text_say(t, "%v%v = \"%v\"\n", view_of(prefix), name, value);
}

void emit_vmx(struct text *t, struct answer *a)
{
    each_mask(t, a, ':', "cpuid.", vmx_row);
}

void limits_of_vmx(struct text *t, struct answer *a)
{
    limits_say(t, a, VMWARE_MASK);
    if (a->vendor == AMD) {
        text_say(t, "A line for the same register that ends in .amd beats "
                    "these on AMD hosts: take it out.\n");
    }
}

/* --- features by name (hardware 9 and newer) --- */

enum { IS, IS_NOT, NAMED, WITH };

static const struct {
    u32 leaf, bits;
    u8 sub, reg, what;
} exceptions[] = {
#define FEATURE(LEAF, SUB, REG, BITS) {LEAF, BITS, SUB, REG, IS},
#define NO_FEATURE(LEAF, SUB, REG, BITS) {LEAF, BITS, SUB, REG, IS_NOT},
#define FEATURE_NAMES(LEAF, SUB, REG, BIT, NAMES) \
    {LEAF, 1u << BIT, SUB, REG, NAMED},
#define STATES(LEAF, SUB, REG, BIT, NAMES) {LEAF, 1u << BIT, SUB, REG, WITH},
#include "../know/featmask.def"
#undef FEATURE
#undef NO_FEATURE
#undef FEATURE_NAMES
#undef STATES
};

enum { EXCEPTIONS = sizeof(exceptions) / sizeof(exceptions[0]) };

/* The names of every exception, and an empty one after them. */
static const char exception_names[] =
#define FEATURE(...) "\0"
#define NO_FEATURE(...) "\0"
#define FEATURE_NAMES(LEAF, SUB, REG, BIT, NAMES) NAMES "\0"
#define STATES(LEAF, SUB, REG, BIT, NAMES) NAMES "\0"
#include "../know/featmask.def"
#undef FEATURE
#undef NO_FEATURE
#undef FEATURE_NAMES
#undef STATES
    ;

static int is_exception(u32 i, const struct compared *c)
{
    return exceptions[i].leaf == c->leaf && exceptions[i].sub == c->sub &&
           exceptions[i].reg == c->reg;
}

/* Bits of the register that are features by name. */
static u32 features_of(const struct answer *a, const struct compared *c)
{
    u32 shown, features, named = 0;
    hardware_bits(~0u, c->leaf, c->sub, c->reg, &shown, &features);
    for (u32 i = 0; i < EXCEPTIONS; i++) {
        if (is_exception(i, c) && exceptions[i].what == IS) {
            features |= exceptions[i].bits;
        } else if (is_exception(i, c) && exceptions[i].what == IS_NOT) {
            features &= ~exceptions[i].bits;
        }
    }
    for (u32 b = 0; b < 32; b++) {
        named |= (u32)(bit_spelled(&a->fleet->know, VMWARE, c->row[b]).len != 0)
                 << b;
    }
    return features & named;
}

/* Writes the names an exception has for the bit; 0: there are none. */
static int names_write(struct text *t, const struct compared *c, u32 bit,
    u32 what, const char *prefix, setting_writer *write)
{
    const char *name = exception_names;
    int any = 0;
    for (u32 i = 0; i < EXCEPTIONS; i++) {
        int said = is_exception(i, c) && exceptions[i].what == what &&
                   exceptions[i].bits >> bit & 1;
        for (; *name; name = string_at(name, 1)) {
            if (said) {
                write(t, prefix, view_of(name), VIEW("Val:0"));
                any = 1;
            }
        }
        name++;
    }
    return any;
}

static void each_feature(struct text *t, const struct answer *a,
    setting_writer *write)
{
    static const char prefix[] = "featMask.vm.cpuid.";
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 hide = bits_for(a, c, VMWARE_MASK) & features_of(a, c);
        for (u32 b = 0; b < 32 && hide >> b; b++) {
            if (!(hide >> b & 1)) {
                continue;
            }
            if (!names_write(t, c, b, NAMED, prefix, write)) {
                write(t, prefix,
                    bit_spelled(&a->fleet->know, VMWARE, c->row[b]),
                    VIEW("Val:0"));
            }
            names_write(t, c, b, WITH, prefix, write);
        }
    }
}

/* Hardware 8 and older knows masks by register only. */
static void each_setting(struct text *t, const struct answer *a,
    setting_writer *write)
{
    if (a->check == EQUAL) {
        each_mask(t, a, ':', "cpuid.", write);
    } else {
        each_feature(t, a, write);
    }
}

void emit_featmask(struct text *t, struct answer *a)
{
    if (a->check != EQUAL) {
        each_feature(t, a, vmx_row);
    }
}

static void powercli_row(struct text *t, const char *prefix, struct view name,
    struct view value)
{
    text_say(t, "New-AdvancedSetting -Entity $vm -Name '%v%v' -Value '%v' "
                "-Force -Confirm:$false\n",
        view_of(prefix), name, value);
}

/* Writes the head only when something follows. */
static void headed(struct text *t, const struct answer *a, const char *head,
    const char *tail, setting_writer *write)
{
    struct text before = *t;
    text_say(t, "%v", view_of(head));
    u32 len = t->len;
    each_setting(t, a, write);
    if (t->len == len) {
        *t = before;
    } else {
        text_put(t, view_of(tail));
    }
}

void emit_powercli(struct text *t, struct answer *a)
{
    headed(t, a, "$vm = Get-VM 'VM'\n", "", powercli_row);
}

static void govc_row(struct text *t, const char *prefix, struct view name,
    struct view value)
{
    text_say(t, " \\\n  -e '%v%v=%v'", view_of(prefix), name, value);
}

void emit_govc(struct text *t, struct answer *a)
{
    headed(t, a, "govc vm.change -vm VM", "\n", govc_row);
}

static u32 nameless(const struct answer *a, const struct compared *c, u32 with)
{
    (void)with;
    return a->check == EQUAL ? 0
                             : bits_for(a, c, VMWARE_MASK) & ~features_of(a, c);
}

void limits_of_settings(struct text *t, struct answer *a)
{
    limits_say(t, a, VMWARE_MASK);
    bits_say(t, a, nameless, 0, "No feature by name: ",
        ". Where guests of yours see them, use .vmx lines.");
}

void limits_of_featmask(struct text *t, struct answer *a)
{
    limits_of_settings(t, a);
    if (a->check == EQUAL) {
        text_say(t, "Virtual hardware 8 and older has no features by name: "
                    "use .vmx lines.\n");
    }
}

/* SPDX-License-Identifier: MIT
 * Targets that choose by themselves: a switch, and what it will come to.
 */
#include "emit.h"

/* --- EVC --- */

/* The mode that all hosts reach, or 0. */
static u32 evc_of(const struct answer *a, enum ladder *ladder)
{
    u32 vendor = fleet_vendor(a->fleet);
    *ladder = vendor == AMD ? EVC_AMD : EVC_INTEL;
    return vendor & INTEL_AMD ? rung_reached(a, *ladder) : 0;
}

static u32 common_bits(const struct compared *c)
{
    return c->ones & ~(c->zeros | c->unknown | c->withdrawn);
}

/* What all hosts have and the mode does not. */
static u32 evc_takes(const struct answer *a, const struct compared *c,
    u32 mode)
{
    enum ladder ladder;
    u32 kept = 0, others = 0;
    evc_of(a, &ladder);
    for (u32 i = 0; i < RUNG_NEEDS; i++) {
        const struct rung_need *n = &rung_needs[i];
        if (n->ladder == ladder && n->leaf == c->leaf && n->sub == c->sub &&
            n->reg == c->reg) {
            int has = n->from <= mode && mode <= n->to;
            kept |= has ? n->bits : 0;
            others |= has ? 0 : n->bits;
        }
    }
    return common_bits(c) & others & ~kept;
}

static struct view evc_key(const struct answer *a)
{
    enum ladder ladder;
    u32 mode = evc_of(a, &ladder);
    return mode ? rung_word(ladder, mode, 0) : (struct view){NULL, 0};
}

void emit_evc(struct text *t, struct answer *a)
{
    struct view key = evc_key(a);
    if (key.len) {
        text_say(t,
            "Set-Cluster -Cluster (Get-Cluster 'CLUSTER') -EVCMode %v "
            "-Confirm:$false\n",
            key);
    }
}

void emit_vm_evc(struct text *t, struct answer *a)
{
    struct view key = evc_key(a);
    if (key.len) {
        text_say(t,
            "$vm = Get-VM 'VM'\n"
            "$modes = (Get-View ServiceInstance).Capability.SupportedEvcMode\n"
            "$mode = $modes | Where-Object Key -eq '%v'\n"
            "$vm.ExtensionData.ApplyEvcModeVM_Task($mode.FeatureMask, $true)\n",
            key);
    }
}

void limits_of_evc(struct text *t, struct answer *a)
{
    enum ladder ladder;
    u32 mode = evc_of(a, &ladder);
    if (a->mixed) {
        mixed_say(t);
        return;
    }
    if (!(fleet_vendor(a->fleet) & INTEL_AMD)) {
        text_say(t, "EVC has modes for Intel and AMD only.\n");
        return;
    }
    if (!mode) {
        text_say(t, "The hosts reach no mode together. ");
    }
    next_rung_say(t, a, ladder, mode);
    text_char(t, '\n');
    if (mode) {
        bits_say(t, a, evc_takes, mode, "It also takes what every host has: ",
            ".");
        text_say(t, "VMware prints the features of few modes: these follow "
                    "from the generations of CPUs, and vCenter has the last "
                    "word.\n");
    }
}

/* --- per-VM EVC without vCenter: the two modes whose lines are known --- */

static const char evc_lines[] =
#define EVC_LINE(NAME, WESTMERE, SANDY) NAME "\0" WESTMERE "\0" SANDY "\0"
#define EVC_ONE(NAME) EVC_LINE(NAME, "1", "1")
#define EVC_NEW(NAME) EVC_LINE(NAME, "", "1")
#include "../know/evc.def"
#undef EVC_LINE
#undef EVC_ONE
#undef EVC_NEW
    ;

/* Of the lists that are known, the one for the mode: 1 Westmere, 2 Sandy
 * Bridge, or 0. */
static u32 evc_list(const struct answer *a)
{
    struct view key = evc_key(a);
    return view_equal(key, VIEW("intel-westmere"))      ? 1
           : view_equal(key, VIEW("intel-sandybridge")) ? 2
                                                        : 0;
}

void emit_vm_evc_lines(struct text *t, struct answer *a)
{
    u32 list = evc_list(a);
    for (const char *p = evc_lines; list && *p; p = string_at(p, 3)) {
        struct view value = view_of(string_at(p, list));
        if (value.len) {
            text_say(t, "featMask.vm.%v = \"Val:%v\"\n", view_of(p), value);
        }
    }
    text_say(t, list ? "featureCompat.vm.completeMasks = \"TRUE\"\n" : "");
}

void limits_of_vm_evc_lines(struct text *t, struct answer *a)
{
    struct view key = evc_key(a);
    limits_of_evc(t, a);
    if (key.len && !evc_list(a)) {
        text_say(t,
            "The whole list of lines is known for intel-westmere and "
            "intel-sandybridge only: let PowerCLI set %v.\n",
            key);
    }
}

/* --- the custom mode of vSphere 9 --- */

/* As the inside of a string of JSON. */
static void json_say(struct text *t, struct view v)
{
    for (u32 i = 0; i < v.len; i++) {
        if (v.s[i] == '"' || v.s[i] == '\\') {
            text_char(t, '\\');
        }
        text_char(t, v.s[i] < ' ' ? ' ' : v.s[i]);
    }
}

void emit_custom_evc(struct text *t, struct answer *a)
{
    if (a->mixed) {
        return;
    }
    text_say(t, "{\n  \"sources\": [\n    {\n      \"hosts\": [");
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        text_say(t, i ? ",\n        \"ID of " : "\n        \"ID of ");
        json_say(t, first_host_name(a, i));
        text_char(t, '"');
    }
    text_say(t, "\n      ]\n    }\n  ]\n}\n");
}

void limits_of_custom_evc(struct text *t, struct answer *a)
{
    if (a->mixed) {
        mixed_say(t);
        return;
    }
    if (a->fleet->kinds_n < a->fleet->hosts_n) {
        text_say(t, "One host of each kind stands here: hosts alike add "
                    "nothing.\n");
    }
    text_say(t, "vCenter works the mode out from hosts it has: hosts you do "
                "not own yet cannot take part, and no bit can be chosen.\n");
}

/* --- XCP-ng and XenServer --- */

enum { FEATURESET, HW_CAPS, OLD_FEATURES };
enum { SKIP = 1, MSR = (int)MSR_10A };

static const struct {
    u32 set, leaf, sub, reg;
} orders[] = {
#define ORDER(SET, LEAF, SUB, REG) {SET, (u32)LEAF, SUB, REG},
#include "../know/words.def"
};

enum { ORDERS = sizeof(orders) / sizeof(orders[0]) };

/* What all hosts have in a word, named or not; 0: some text does not say. */
static int pool_word(const struct answer *a, u32 i, u32 *word)
{
    const struct compared *c =
        answer_register(a, orders[i].leaf, orders[i].sub, orders[i].reg);
    *word = 0xffffffffu;
    for (u32 k = 0; k < a->fleet->kinds_n; k++) {
        struct word w = answer_word(a, k, orders[i].leaf, orders[i].sub,
            orders[i].reg);
        if (w.known != 0xffffffffu) {
            return 0;
        }
        *word &= w.value;
    }
    *word = c ? seen_in_64_bit(a, c, *word & ~c->withdrawn) : *word;
    return 1;
}

/* Zeros at the end are left out. */
static u32 last_word(const struct answer *a)
{
    u32 last = 0, word;
    for (u32 i = 0; i < ORDERS; i++) {
        if (orders[i].set == FEATURESET && pool_word(a, i, &word) && word) {
            last = i + 1;
        }
    }
    return last;
}

/* Does the kind show its guests more than the pool will? */
static int has_more(const struct answer *a, u32 kind)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        struct word w = answer_word(a, kind, c->leaf, c->sub, c->reg);
        u32 lost = loses_xsaves(a, kind) ? c->withdrawn : 0;
        if (w.value & w.known & ~lost & bits_for(a, c, XEN_MASK)) {
            return 1;
        }
    }
    return 0;
}

void emit_xcp_ng(struct text *t, struct answer *a)
{
    u32 word, said = 0, last = a->mixed ? 0 : last_word(a);
    if (!last) {
        return;
    }
    text_say(t, "# What the hosts have in common, as a featureset; Xen takes "
                "out what it shows no guest:\n# ");
    for (u32 i = 0; i < last; i++) {
        if (orders[i].set != FEATURESET) {
            continue;
        }
        text_put(t, said++ ? VIEW("-") : VIEW(""));
        if (pool_word(a, i, &word)) {
            text_say(t, "%x", word);
        } else {
            text_say(t, "????????");
        }
    }
    text_say(t, "\nxe host-param-get uuid=HOST param-name=cpu_info\n"
                "xe pool-param-get uuid=POOL param-name=cpu_info\n");
}

void limits_of_xcp_ng(struct text *t, struct answer *a)
{
    u32 said = 0;
    limits_say(t, a, XEN_MASK);
    for (u32 i = 0; i < a->fleet->kinds_n && said <= 3; i++) {
        if (has_more(a, i) && said++ < 3) {
            text_say(t, said > 1 ? ", %v" : "Shut down and start the machines "
                                            "that last started on %v",
                first_host_name(a, i));
        }
    }
    if (said) {
        text_say(t, "%v: they keep what other hosts lack, and those refuse "
                    "them (VM_INCOMPATIBLE_WITH_THIS_HOST).\n",
            said > 3 ? VIEW(" and others") : VIEW(""));
    }
    if (!a->mixed) {
        text_say(t, "No bit can be chosen: the pool levels by itself when a "
                    "host joins.\n");
    }
}

/* --- Hyper-V --- */

/* What the fixed set hides, by Microsoft's list. */
static const struct {
    u32 leaf, reg, vendors, bits;
} fixed_set[] = {
    {1, ECX, INTEL, 0x14980200},           /* SSSE3 SSE4 POPCNT XSAVE AVX */
    {1, ECX, AMD, 0x00880200},             /* SSSE3 SSE4.1 POPCNT */
    {0x80000001u, ECX, INTEL_AMD, 0x80},   /* MISALIGNSSE */
    {0x80000001u, ECX, AMD, 0x60},         /* LZCNT SSE4A */
    {0x80000001u, EDX, AMD, 0xc0000000u},  /* 3DNow! */
};

static u32 fixed_takes(const struct answer *a, const struct compared *c,
    u32 with)
{
    u32 taken = 0, vendor = fleet_vendor(a->fleet);
    (void)with;
    for (u32 i = 0; i < sizeof(fixed_set) / sizeof(fixed_set[0]); i++) {
        taken |= fixed_set[i].leaf == c->leaf && fixed_set[i].reg == c->reg &&
                         fixed_set[i].vendors & vendor
                     ? fixed_set[i].bits
                     : 0;
    }
    return common_bits(c) & taken;
}

void emit_hyper_v(struct text *t, struct answer *a)
{
    if (a->mixed) {
        return;
    }
    text_say(t,
        "Stop-VM VM\n"
        "# One cluster of Windows Server 2025 or Azure Local, version 10.0 of "
        "the VM and newer:\n"
        "Set-VMProcessor -VMName VM -CompatibilityForMigrationEnabled $true "
        "-CompatibilityForMigrationMode CommonClusterFeatureSet\n"
        "# Elsewhere (Windows Server 2016 to 2022: without the last "
        "option):\n"
        "# Set-VMProcessor -VMName VM -CompatibilityForMigrationEnabled $true "
        "-CompatibilityForMigrationMode MinimumFeatureSet\n"
        "Start-VM VM\n");
}

void limits_of_hyper_v(struct text *t, struct answer *a)
{
    if (a->mixed) {
        mixed_say(t);
        return;
    }
    bits_say(t, a, fixed_takes, 0,
        "MinimumFeatureSet also takes what every host has: ",
        ", and what builds on it.");
    text_say(t, "No bit can be chosen: it is the cluster's common set, or the "
                "fixed one.\n");
}

/* --- Nutanix AHV --- */

static u32 lost_bits(const struct answer *a, const struct compared *c, u32 with)
{
    (void)with;
    return bits_for(a, c, KVM_MASK);
}

void emit_ahv(struct text *t, struct answer *a)
{
    enum ladder ladder;
    u32 mode = evc_of(a, &ladder);
    if (a->mixed) {
        return;
    }
    if (mode) {
        text_say(t, "AHV will give machines the level of %v.\n",
            rung_word(ladder, mode, 1));
    }
    bits_say(t, a, lost_bits, 0, "Hidden, for not every host has it: ", ".");
}

void limits_of_ahv(struct text *t, struct answer *a)
{
    if (a->mixed) {
        mixed_say(t);
        return;
    }
    text_say(t, "This is a prediction: AHV levels a cluster by itself, and no "
                "bit can be chosen.\n");
}

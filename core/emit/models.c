/* SPDX-License-Identifier: MIT
 * Targets that take a named model and features beside it.
 */
#include "../match.h"
#include "emit.h"

static const struct pick *picked(const struct answer *a, enum taker by,
    enum form form)
{
    return &a->match->picks[by][form];
}

static void turned_say(struct text *t, const struct answer *a,
    enum taker by, enum form form, enum turn turn, const char *one,
    struct view between)
{
    rows_say(t, a, by, picked(a, by, form)->turned, turn, one, between);
}

/* Where hosts differ in it, or have fewer than QEMU shows by itself. */
static u32 phys_bits(const struct answer *a)
{
    return a->phys_bits < 40 || a->phys_bits_differ ? a->phys_bits : 0;
}

static void emit_cpu(struct text *t, struct answer *a, enum form form)
{
    const struct pick *p = picked(a, BY_QEMU, form);
    if (p->model == MODELS) {
        return;
    }
    text_say(t, "-cpu %v", model_at(p->model).name);
    if (a->match->vendor.len) {
        text_say(t, ",vendor=%v", a->match->vendor);
    }
    turned_say(t, a, BY_QEMU, form, ON, ",%v=on", VIEW(""));
    turned_say(t, a, BY_QEMU, form, OFF, ",%v=off", VIEW(""));
    if (phys_bits(a)) {
        text_say(t, ",phys-bits=%u", phys_bits(a));
    }
    text_put(t, VIEW(",enforce\n"));
}

void emit_qemu(struct text *t, struct answer *a)
{
    emit_cpu(t, a, BEST);
}

void emit_qemu_newest(struct text *t, struct answer *a)
{
    emit_cpu(t, a, NEWEST);
}

static struct view libvirt_vendor(const struct answer *a)
{
    struct view v = a->match->vendor;
    return view_equal(v, VIEW("GenuineIntel"))   ? VIEW("Intel")
           : view_equal(v, VIEW("AuthenticAMD")) ? VIEW("AMD")
           : view_equal(v, VIEW("HygonGenuine")) ? VIEW("Hygon")
                                                 : VIEW("");
}

void emit_libvirt(struct text *t, struct answer *a)
{
    const struct pick *p = picked(a, BY_LIBVIRT, BEST);
    if (p->model == MODELS) {
        return;
    }
    text_say(t, "<cpu mode='custom' match='exact' check='full'>\n"
                "  <model fallback='forbid'>%v</model>\n",
        model_at(p->model).name);
    if (libvirt_vendor(a).len) {
        text_say(t, "  <vendor>%v</vendor>\n", libvirt_vendor(a));
    }
    turned_say(t, a, BY_LIBVIRT, BEST, ON,
        "  <feature policy='require' name='%v'/>\n", VIEW(""));
    turned_say(t, a, BY_LIBVIRT, BEST, OFF,
        "  <feature policy='disable' name='%v'/>\n", VIEW(""));
    text_put(t, VIEW("</cpu>\n"));
}

/* A key and the features turned on and off after it; no key where there are
 * none, and no separator after the last. Returns whether there are any. */
static int features_say(struct text *t, struct answer *a, enum taker by,
    const char *key, const char *on, const char *off)
{
    struct text before = *t;
    text_put(t, view_of(key));
    u32 start = t->len;
    turned_say(t, a, by, BEST, ON, on, VIEW(""));
    turned_say(t, a, by, BEST, OFF, off, VIEW(""));
    if (t->len == start) {
        *t = before;
        return 0;
    }
    while (t->len > start && view_has(VIEW(" ,;"),
                                 (struct view){t->s + t->len - 1, 1})) {
        t->len--;
    }
    return 1;
}

/* cpu-models.conf: a blank line ends a model, a tab begins its lines. */
void emit_proxmox(struct text *t, struct answer *a)
{
    const struct pick *p = picked(a, BY_PROXMOX, BEST);
    if (p->model == MODELS) {
        return;
    }
    text_put(t, VIEW("cpu-model: baseline\n"));
    if (features_say(t, a, BY_PROXMOX, "\tflags ", "+%v;", "-%v;")) {
        text_put(t, VIEW("\n"));
    }
    if (phys_bits(a)) {
        text_say(t, "\tphys-bits %u\n", phys_bits(a));
    }
    text_say(t, "\treported-model %v\n", model_at(p->model).name);
}

/* The flags that Proxmox takes beside a type of its own. */
static const char own_flags[] =
    "aes\0amd-no-ssb\0amd-ssbd\0ibpb\0md-clear\0pcid\0pdpe1gb\0spec-ctrl\0"
    "ssbd\0virt-ssbd\0";

void emit_proxmox_type(struct text *t, struct answer *a)
{
    const struct pick *p = picked(a, BY_TYPE, BEST);
    struct view head;
    u32 said = 0;
    if (p->model == MODELS) {
        return;
    }
    text_say(t, "qm set 100 --cpu '%v", model_at(p->model).name);
    for (u32 row = 0; row < BITS; row++) {
        struct view name = bit_spelled(&a->fleet->know, QEMU, row);
        if (p->turned[row] == ON &&
            view_starts_any(name, own_flags, &head) && head.len == name.len) {
            text_say(t, said++ ? ";+%v" : ",flags=+%v", name);
        }
    }
    text_put(t, VIEW("'\n"));
}

/* The model, then its features, if any: key, each turned on or off, what closes
 * them; and the end. */
static void emit_cloud(struct text *t, struct answer *a, const char *model,
    const char *key, const char *on, const char *off, const char *close,
    const char *end)
{
    const struct pick *p = picked(a, BY_CLOUD, BEST);
    if (p->model == MODELS) {
        return;
    }
    text_say(t, model, model_at(p->model).name);
    if (features_say(t, a, BY_CLOUD, key, on, off)) {
        text_put(t, view_of(close));
    }
    text_put(t, view_of(end));
}

void emit_nova(struct text *t, struct answer *a)
{
    emit_cloud(t, a, "[libvirt]\ncpu_mode = custom\ncpu_models = %v",
        "\ncpu_model_extra_flags = ", "%v, ", "-%v, ", "", "\n");
}

void emit_cloudstack(struct text *t, struct answer *a)
{
    emit_cloud(t, a, "guest.cpu.mode=custom\nguest.cpu.model=%v",
        "\nguest.cpu.features=", "%v ", "-%v ", "",
        "\n");
}

void emit_kubevirt(struct text *t, struct answer *a)
{
    emit_cloud(t, a,
        "spec:\n  template:\n    spec:\n      domain:\n        cpu:\n"
        "          model: %v\n",
        "          features:\n", "          - {name: %v, policy: require}\n",
        "          - {name: %v, policy: disable}\n", "", "");
}

void emit_ovirt(struct text *t, struct answer *a)
{
    emit_cloud(t, a, "%v", "", ",+%v", ",-%v", "", "\n");
}

void emit_opennebula(struct text *t, struct answer *a)
{
    emit_cloud(t, a, "CPU_MODEL = [ MODEL = \"%v\"", ", FEATURES = \"", "%v,",
        "", "\"", " ]\n");
}

void emit_incus(struct text *t, struct answer *a)
{
    const struct pick *p = picked(a, BY_QEMU, BEST);
    if (p->model == MODELS) {
        return;
    }
    text_say(t, "incus cluster group set GROUP "
                "instances.vm.cpu.x86_64.baseline=%v\n",
        model_at(p->model).name);
    if (features_say(t, a, BY_QEMU, "incus cluster group set GROUP "
                                    "instances.vm.cpu.x86_64.flags=",
            "%v,", "")) {
        text_put(t, VIEW("\n"));
    }
}

static void version_say(struct text *t, struct view model, const char *program,
    u32 since)
{
    if (since > 0x41 && since < 255) {
        text_say(t, "%v needs %v %u.%u or newer.\n", model, view_of(program),
            since >> 4, since & 15);
    }
}

/* What all named models share; a line each. */
static void limits_of(struct text *t, struct answer *a, enum taker by,
    enum form form)
{
    const struct pick *p = picked(a, by, form);
    if (!a->fleet->hosts_n || a->match->mixed) {
        text_put(t, a->match->mixed
                        ? VIEW("No model fits hosts of different vendors.")
                        : VIEW("There are no hosts."));
        return;
    }
    if (p->model == MODELS) {
        text_put(t, VIEW("No model fits: "));
        u32 start = t->len;
        next_model_say(t, a, by, p);
        text_put(t, t->len > start ? VIEW("") : VIEW("none is known."));
        return;
    }
    struct cpu_model c = model_at(p->model);
    u32 start = t->len;
    next_model_say(t, a, by, p);
    text_put(t, t->len > start ? VIEW("\n") : VIEW(""));
    version_say(t, c.name, "QEMU", c.qemu);
    version_say(t, c.name, "libvirt", taker_dialect(by) == LIBVIRT ? c.libvirt
                                                                    : 0);
    start = t->len;
    rows_say(t, a, by, p->lost, 1, "%v", VIEW(", "));
    text_put(t, t->len > start
                    ? VIEW(": every host has it, but no name turns it on.\n")
                    : VIEW(""));
    if (view_equal(a->match->vendor, VIEW("GenuineIntel")) &&
        !answer_register(a, MSR_10A, SUB_MSR, EAX)) {
        text_put(t, VIEW("What MSR 0x10a tells (rdctl-no and others) is left "
                         "out: paste `rdmsr -a 0x10a` of every host.\n"));
    }
}

void limits_of_qemu(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_QEMU, BEST);
}

void limits_of_qemu_newest(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_QEMU, NEWEST);
}

void limits_of_libvirt(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_LIBVIRT, BEST);
}

void limits_of_proxmox(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_PROXMOX, BEST);
}

void limits_of_type(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_TYPE, BEST);
    if (picked(a, BY_TYPE, BEST)->model < MODELS) {
        text_put(t, VIEW("Hosts share more: "));
        u32 start = t->len;
        turned_say(t, a, BY_TYPE, BEST, ON, "%v", VIEW(", "));
        text_put(t, t->len > start
                        ? VIEW(". What is not in the line takes a model of "
                               "your own.")
                        : VIEW("nothing."));
    }
}

void limits_of_cloud(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_CLOUD, BEST);
}

void limits_of_adding(struct text *t, struct answer *a)
{
    limits_of(t, a, BY_CLOUD, BEST);
    const struct pick *p = picked(a, BY_CLOUD, BEST);
    u32 start = t->len;
    rows_say(t, a, BY_CLOUD, p->turned, OFF, "%v", VIEW(", "));
    if (t->len > start) {
        text_put(t, VIEW(": features can be added here, not taken away."));
    }
}

/* The cluster types whose contents are known for certain. */
void limits_of_ovirt(struct text *t, struct answer *a)
{
    const struct pick *p = picked(a, BY_CLOUD, BEST);
    u32 ssbd = bit_find(7, 0, EDX, 31), md_clear = bit_find(7, 0, EDX, 10);
    limits_of(t, a, BY_CLOUD, BEST);
    if (p->model == MODELS) {
        return;
    }
    text_put(t, view_equal(model_at(p->model).name,
                    VIEW("Haswell-noTSX-IBRS")) &&
                        p->turned[ssbd] == ON && p->turned[md_clear] == ON
                    ? VIEW("For a whole cluster: its CPU type \"Secure Intel "
                           "Haswell Family\" fits.")
                    : VIEW("For a whole cluster: which of its CPU types fits "
                           "is not known here; choose none newer than this "
                           "model."));
}

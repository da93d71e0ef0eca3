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
    const struct compared *c = answer_register(a, 0x80000008u, 0, EAX);
    return a->phys_bits && c &&
                   ((c->ones & c->zeros & 255) || a->phys_bits < 40)
               ? a->phys_bits
               : 0;
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

/* What all named models share. */
static void limits_of(struct text *t, struct answer *a, enum taker by,
    enum form form)
{
    const struct pick *p = picked(a, by, form);
    if (a->match->mixed) {
        text_put(t, VIEW("No model fits hosts of different vendors."));
        return;
    }
    if (p->model == MODELS) {
        text_put(t, VIEW("No model fits what is known of the hosts: paste "
                         "all of their CPUID."));
        return;
    }
    next_model_say(t, a, by, p);
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

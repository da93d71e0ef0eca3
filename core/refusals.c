/* SPDX-License-Identifier: MIT
 * Refusals in words: what was refused, feature by feature who lacks it, since
 * when CPUs have it, the usual cause and what to do next.
 */
#include "answer.h"

enum { FEATURES_SAID = 6, ROOM = 2048 };

#define STEP(ID, ...) STEP_##ID,
#define SENTENCE(...)
#define SAYS(...)
#define REFUSAL(...)
#define REFUSAL_ASIDE(...)
#define LABEL(...)
enum {
#include "know/refusals.def"
};
#undef STEP
#undef SENTENCE

#define STEP(...)
#define SENTENCE(ID, ...) SENTENCE_##ID,
enum {
#include "know/refusals.def"
};
#undef SENTENCE
#undef SAYS

#define SENTENCE(...)
#define SAYS(ID, ...) SAYS_##ID,
enum {
#include "know/refusals.def"
};
#undef STEP
#undef SAYS

#define STEP(ID, TEXT) TEXT "\0"
#define SAYS(...)
static const char steps[] =
#include "know/refusals.def"
    ;
#undef STEP
#undef SENTENCE

#define STEP(...)
#define SENTENCE(ID, TEXT) TEXT "\0"
static const char sentences[] =
#include "know/refusals.def"
    ;
#undef SENTENCE
#undef SAYS

#define SENTENCE(...)
#define SAYS(ID, PLATFORM, CAUSE, STEP, SENTENCE) \
    {PLATFORM_##PLATFORM, CAUSE_##CAUSE, STEP_##STEP, SENTENCE_##SENTENCE},
static const struct {
    u8 platform, cause, step, sentence;
} says[] = {
#include "know/refusals.def"
};
#undef SAYS
#undef REFUSAL

#define SAYS(...)
#define REFUSAL(ID, ...) SAYS_##ID,
static const u8 rows[] = {
#include "know/refusals.def"
};

static const char platforms[] =
    "vCenter\0EVC\0OpenStack\0Cloudpods\0CRaC\0KubeVirt\0libvirt\0QEMU\0"
    "XAPI\0Cloud Hypervisor\0CRIU\0Hyper-V\0";

/* In the order of enum side. */
static const char lacking[] =
    "the destination\0the source\0this host\0the host that lacks it\0"
    "this host\0";

/* In the order of enum cause; %v is who lacks it, then its switch. */
static const char bit_steps[] =
    "Hide it from the machine (by CPU model, EVC mode or mask; it must be "
    "powered off for that), or keep to hosts that have it.\0"
    "In the BIOS of %v, look at %v; a CPU that never had it needs it hidden "
    "from the machine.\0"
    "Bring microcode and BIOS of %v up to date before hiding it.\0"
    "Hide it from the machine: sooner or later updates take it from all "
    "hosts.\0"
    "Bring kernel and hypervisor of both hosts to one version, or hide it from "
    "the machine.\0";

static u32 row_of(const struct refused *b)
{
    return b->bit < WHOLE ? bit_find(b->leaf, b->sub, b->reg, b->bit) : BITS;
}

static void bit_called(struct text *t, const struct answer *a,
    const struct refused *b)
{
    u32 row = row_of(b);
    if (row < BITS) {
        text_put(t, bit_name(&a->fleet->know, row));
    } else if (b->name_len) {
        text_put(t,
            (struct view){a->fleet->names.base + b->name_at, b->name_len});
    } else {
        place_say(t, b->leaf, b->sub, b->reg, b->bit);
    }
}

/* "AES", "AES and AVX", "AES, AVX and 3 more" */
static void features_say(struct text *t, const struct answer *a,
    const struct refusal *r)
{
    for (u32 i = 0; i < r->n && i < FEATURES_SAID; i++) {
        text_say(t, !i ? "" : i + 1 == r->n ? " and " : ", ");
        bit_called(t, a, &a->fleet->refusals.bits[r->first + i]);
    }
    if (r->n > FEATURES_SAID) {
        text_say(t, " and %u more", r->n - FEATURES_SAID);
    } else if (!r->n) {
        text_say(t, "features (it does not say which)");
    }
}

static struct view platform_of(const struct refusal *r)
{
    return view_of(string_at(platforms, says[rows[r->row]].platform));
}

void refusal_say(struct text *t, const struct answer *a,
    const struct refusal *r)
{
    u8 room[FEATURES_SAID * 80];
    struct text features = text_in(room, sizeof(room));
    features_say(&features, a, r);
    text_say(t, string_at(sentences, says[rows[r->row]].sentence),
        platform_of(r), text_view(&features));
}

void refusal_step(struct text *t, const struct refusal *r)
{
    text_say(t, string_at(steps, says[rows[r->row]].step));
}

int refusal_of_vendors(const struct refusal *r)
{
    return says[rows[r->row]].cause == CAUSE_VENDOR;
}

static enum cause cause_of(const struct refusal *r, const struct refused *b)
{
    u32 cause = says[rows[r->row]].cause, row = row_of(b);
    if (b->side == SIDE_EXTRA) {
        return CAUSE_MODEL;
    }
    if (cause != CAUSE_BY_BIT) {
        return (enum cause)cause;
    }
    /* What has no place here is too new for us, or of nested virtualization. */
    return row < BITS ? bit_cause(row) : CAUSE_SOFTWARE;
}

/* What the hosts read besides say of it. */
static void hosts_say_it(struct text *t, struct answer *a,
    const struct refused *b)
{
    const struct compared *c =
        b->bit < WHOLE ? answer_register(a, b->leaf, b->sub, b->reg) : NULL;
    u32 has = c ? c->ones >> b->bit & 1 : 0;
    u32 lacks = c ? c->zeros >> b->bit & 1 : 0;
    if (has | lacks) {
        bit_say(t, a, c, b->bit,
            has & lacks ? "%1 has it, %0 lacks it."
            : has       ? "Every host read here that tells has it."
                        : "No host read here has it.");
    }
}

static void make_bit(struct answer *a, const struct refusal *r,
    const struct refused *b, struct refused_record *record)
{
    static const struct view none = {0, 0};
    u32 row = row_of(b), about = rows[r->row], platform = says[about].platform;
    enum cause cause = cause_of(r, b);
    /* Else what the refusal says is enough. */
    int own = says[about].cause == CAUSE_BY_BIT && b->side != SIDE_EXTRA &&
              platform != PLATFORM_CRAC && platform != PLATFORM_CRIU;
    struct text t = text_open(a->arena);
    bit_called(&t, a, b);
    text_say(&t, "\t%v\t%v\t%v\t",
        row < BITS ? bit_meaning(&a->fleet->know, row) : none,
        row < BITS ? bit_first(row, INTEL) : none,
        row < BITS ? bit_first(row, AMD) : none);
    hosts_say_it(&t, a, b);
    text_say(&t, "\t");
    if (b->bit != WHOLE) {
        text_say(&t, "%v\t", cause_called(cause));
        text_say(&t, own ? string_at(bit_steps, cause) : "",
            view_of(string_at(lacking, b->side)),
            row < BITS ? cause_where(row) : none);
    }
    *record = (struct refused_record){b->leaf, b->sub, b->reg, b->bit, b->side,
        0, 0};
    record->words_at_ = text_keep(a->arena, &t, &record->words_len_);
}

/* Does the refusal say what another before it has said? Programs print the
 * same error several times. */
static int said_before(const struct refusals *all, const struct refusal *r)
{
    const struct refusal *o = all->list;
    while (o->row != r->row || o->n != r->n || o->hash != r->hash) {
        o++;
    }
    return o < r;
}

static int has_room(const struct answer *a)
{
    return a->arena->size - a->arena->used > ROOM;
}

/* As many as there is room for. */
void make_refusals(struct answer *a, struct answer_record *record)
{
    struct refusals *all = &a->fleet->refusals;
    struct refusal_record *list = TAKE(a->arena, struct refusal_record, all->n);
    record->refusals_at_ = arena_offset(a->arena, list);
    for (u32 i = 0; list && i < all->n && has_room(a); i++) {
        const struct refusal *r = &all->list[i];
        if (said_before(all, r)) {
            continue;
        }
        struct refusal_record *one = &list[record->refusals_n_++];
        struct text t = text_open(a->arena);
        text_say(&t, "%v\t", platform_of(r));
        refusal_say(&t, a, r);
        text_say(&t, "\t");
        refusal_step(&t, r);
        *one = (struct refusal_record){r->source, r->line, r->last_line, 0, 0,
            r->text_at, r->text_len, 0, 0};
        one->words_at_ = text_keep(a->arena, &t, &one->words_len_);
        struct refused_record *bits = TAKE(a->arena, struct refused_record,
            r->n);
        one->bits_at_ = arena_offset(a->arena, bits);
        while (bits && one->bits_n_ < r->n && has_room(a)) {
            make_bit(a, r, &all->bits[r->first + one->bits_n_],
                &bits[one->bits_n_]);
            one->bits_n_++;
        }
    }
}

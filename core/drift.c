/* SPDX-License-Identifier: MIT
 * Drift: hosts with the same CPU (vendor, family, model, stepping) that differ
 * all the same, and what to look at. Features that differ for one reason in one
 * direction share a sentence.
 */
#include "answer.h"

enum why {
#define DRIFT(ID, SENTENCE) DRIFT_##ID,
#include "know/drift.def"
#undef DRIFT
    WHYS
};

static const char sentences[] =
#define DRIFT(ID, SENTENCE) SENTENCE "\0"
#include "know/drift.def"
#undef DRIFT
    ;

enum {
    SAID = 16, /* sentences; what finds no room is counted */
    NAMED = 6,
    ALONE = 0xffff, /* a kind without another one of its CPU */
    LEAF_LIMIT = 3, SYSCALL_BIT = 11
};

struct place_of_bit {
    u16 reg, bit; /* reg: index in the answer */
};

struct drift {
    u32 key;     /* group and why */
    u32 pattern; /* which kinds lack the bits: a hash over them */
    u32 n;
    u16 side[2]; /* the first kind where the first bit is 0, 1 */
    struct place_of_bit bits[NAMED];
    struct view where[NAMED];
    u32 where_n;
};

/* Of every kind; what speaks of all kinds of a CPU is in the first of them. */
struct member {
    u16 group; /* the first kind of its CPU, or ALONE */
    u8 guest, several, names;
    u8 maximum, maxima;       /* 1: at most leaf 3; 2: more; both */
    u8 address, least, most;  /* address bits */
    u16 smallest, largest;    /* kinds */
    u8 all, hosts; /* 1 << value of the bit at hand, all kinds' or hosts' */
    u16 side[3];   /* the first host's kind where it is 0, 1, unknown */
    u32 pattern;
};

struct drifting {
    struct answer *a;
    struct member *members;
    struct drift list[SAID];
    u32 n, more;
};

static const struct kind_record *kind_at(const struct answer *a, u32 kind)
{
    return &a->fleet->kinds[kind];
}

static struct view name_of(const struct answer *a, u32 at, u32 len)
{
    return (struct view){a->fleet->names.base + at, len};
}

/* Without the clock, which Intel puts behind an @. */
static struct view brand_of(const struct answer *a, u32 kind)
{
    const struct kind_record *k = kind_at(a, kind);
    struct view brand = name_of(a, k->brand_at_, k->brand_len_);
    return view_trim(view_head(brand, view_find(brand, VIEW("@"))));
}

static int same_cpu(const struct answer *a, u32 one, u32 other)
{
    const struct kind_record *k = kind_at(a, one), *o = kind_at(a, other);
    return k->family_ == o->family_ && k->model_ == o->model_ &&
           k->stepping_ == o->stepping_ &&
           view_equal(name_of(a, k->vendor_at_, k->vendor_len_),
               name_of(a, o->vendor_at_, o->vendor_len_));
}

static u8 maximum_of(const struct answer *a, u32 kind)
{
    struct word basic = a->maxima[kind].range[0];
    return basic.known != 0xffffffffu       ? 0
           : basic.value > LEAF_LIMIT ? 2
                                      : 1;
}

static u32 format_of(const struct answer *a, u32 kind)
{
    return a->fleet->hosts[kind_at(a, kind)->first_host_].format_;
}

/* Does the format say what Linux, QEMU or Xen makes of the CPU? */
static int is_second_hand(const struct answer *a, u32 kind)
{
    u32 format = format_of(a, kind);
    return format_carries(format) == NAMES ||
           format_profile(format) == PROFILE_XEN_HVM;
}

/* A setting for guests: its family, model and stepping are no host's. */
static int is_definition(const struct answer *a, u32 kind)
{
    u32 format = format_of(a, kind);
    return format == FORMAT_QEMU_CPU || format == FORMAT_FIRECRACKER;
}

static void join_group(const struct drifting *d, u32 kind, u32 group)
{
    const struct answer *a = d->a;
    struct member *m = &d->members[kind], *first = &d->members[group];
    struct word size = answer_word(a, kind, 0x80000008u, 0, EAX);
    m->group = (u16)group;
    m->guest = kind_at(a, kind)->guest_ != 0;
    m->maximum = maximum_of(a, kind);
    m->address = m->guest ? 0 : (u8)(size.value & size.known);
    first->several |= kind != group;
    first->maxima |= m->maximum;
    first->names |= (u8)is_second_hand(a, kind);
    if (m->address && (!first->least || m->address < first->least)) {
        first->least = m->address;
        first->smallest = (u16)kind;
    }
    if (m->address > first->most) {
        first->most = m->address;
        first->largest = (u16)kind;
    }
}

/* Kinds of one CPU find each other by a hash table. */
static int find_groups(struct drifting *d)
{
    const struct answer *a = d->a;
    u32 several = 0;
    u16 *slot = TAKE(a->arena, u16, KIND_SLOTS);
    d->members = TAKE(a->arena, struct member, a->fleet->kinds_n);
    for (u32 i = 0; slot && d->members && i < a->fleet->kinds_n; i++) {
        const struct kind_record *k = kind_at(a, i);
        u32 hash = (k->family_ * 256 + k->model_) * 16 + k->stepping_;
        u32 at = hash * 0x9e3779b1u % KIND_SLOTS;
        d->members[i].group = ALONE;
        if (!k->signed_ || is_definition(a, i)) {
            continue;
        }
        while (slot[at] && !same_cpu(a, slot[at] - 1u, i)) {
            at = (at + 1) % KIND_SLOTS;
        }
        slot[at] = slot[at] ? slot[at] : (u16)(i + 1);
        join_group(d, i, slot[at] - 1u);
        several |= d->members[slot[at] - 1u].several;
    }
    return (int)several;
}

/* The sentence for this reason and this split of the kinds, or NULL when there
 * are enough of them. They are kept in the order in which they are told. */
static struct drift *drift_for(struct drifting *d, u32 group, enum why why,
    u32 zero, u32 one)
{
    u32 pattern = d->members[group].pattern, key = group * WHYS + why, i = 0;
    while (i < d->n && d->list[i].key <= key) {
        if (d->list[i].key == key && d->list[i].pattern == pattern) {
            return &d->list[i];
        }
        i++;
    }
    if (d->n == SAID) {
        d->more++;
        return NULL;
    }
    bytes_move(&d->list[i + 1], &d->list[i],
        (d->n++ - i) * (u32)sizeof(d->list[0]));
    d->list[i] = (struct drift){.key = key,
        .pattern = pattern,
        .side = {(u16)zero, (u16)one}};
    return &d->list[i];
}

static void add_bit(struct drift *drift, const struct drifting *d, u32 reg,
    u32 bit)
{
    u32 row = d->a->registers[reg].row[bit], i = 0;
    struct view where = row < BITS ? cause_where(row) : VIEW("");
    if (drift->n++ < NAMED) {
        drift->bits[drift->n - 1] = (struct place_of_bit){(u16)reg, (u16)bit};
    }
    while (i < drift->where_n && !view_equal(drift->where[i], where)) {
        i++;
    }
    if (i == drift->where_n && i < NAMED && where.len) {
        drift->where[drift->where_n++] = where;
    }
}

static int are_products(const struct answer *a, u32 one, u32 other)
{
    struct view brand = brand_of(a, one), another = brand_of(a, other);
    return brand.len && another.len && !view_equal(brand, another);
}

static enum why why_of(const struct drifting *d, u32 group,
    const struct compared *c, u32 bit)
{
    const struct member *first = &d->members[group];
    u32 row = c->row[bit];
    enum cause cause = row < BITS ? bit_cause(row) : CAUSE_GENERATION;
    int user = row < BITS && bits.level[row] == USER;
    if (c->leaf == 0x80000001u && c->reg == EDX && bit == SYSCALL_BIT) {
        return DRIFT_COLLECTOR;
    }
    switch (cause) {
    case CAUSE_BIOS: return DRIFT_BIOS;
    case CAUSE_MICROCODE: return DRIFT_MICROCODE;
    case CAUSE_WITHDRAWN: return DRIFT_WITHDRAWN;
    default: break;
    }
    return user && are_products(d->a, first->side[0], first->side[1])
               ? DRIFT_PRODUCT
           : first->names ? DRIFT_SOFTWARE
                          : DRIFT_RARE;
}

/* Does a difference in the bit say something about the host? Mirrors and
 * topology do not; what no guest cares for does where its cause is known. */
static int is_telling(const struct compared *c, u32 bit)
{
    static const u32 features = 1u << AND | 1u << AND_WARN | 1u << OR |
                                1u << OR_SAFE | 1u << OR_INFO | 1u << COND;
    u32 row = c->row[bit];
    int caused = row < BITS && bit_cause(row) != CAUSE_GENERATION &&
                 bit_cause(row) != CAUSE_SOFTWARE;
    if (c->leaf >= 0x40000000u && c->leaf < 0x80000000u) {
        return 0;
    }
    return features >> c->merge[bit] & 1
               ? caused || is_feature_word(c->leaf, c->sub, c->reg) ||
                     (c->leaf == 0xd && c->sub == 1)
               : caused && (c->merge[bit] == IGNORE || c->merge[bit] == HINT);
}

/* Does its BIOS cut off the leaves that others of this CPU have? */
static int is_limited(const struct drifting *d, u32 kind)
{
    const struct member *m = &d->members[kind];
    return m->maximum == 1 && d->members[m->group].maxima == 3;
}

/* What is cut off is not told. */
static u32 value_of(const struct drifting *d, u32 kind,
    const struct compared *c, u32 bit)
{
    return c->leaf > LEAF_LIMIT && c->leaf < 0x80000000u && is_limited(d, kind)
               ? 2
               : word_bit(kind_words(d->a, c)[kind], bit);
}

static void add_drift(struct drifting *d, u32 group, u32 reg, u32 bit)
{
    const struct member *first = &d->members[group];
    struct drift *drift = NULL;
    if ((first->hosts & 3) == 3) {
        drift = drift_for(d, group,
            why_of(d, group, &d->a->registers[reg], bit), first->side[0],
            first->side[1]);
    } else if ((first->all & 3) == 3) {
        drift = drift_for(d, group, DRIFT_GUEST, group, group);
    }
    if (drift) {
        add_bit(drift, d, reg, bit);
    }
}

static void compare_bit(struct drifting *d, u32 reg, u32 bit)
{
    const struct compared *c = &d->a->registers[reg];
    u32 n = d->a->fleet->kinds_n;
    for (u32 i = 0; i < n; i++) {
        struct member *m = &d->members[i];
        if (m->group == ALONE || !d->members[m->group].several) {
            continue;
        }
        struct member *first = &d->members[m->group];
        u32 value = value_of(d, i, c, bit), host = m->guest ? 2 : value;
        first->all = (u8)(first->all | 1u << value);
        if (!(first->hosts >> host & 1)) {
            first->hosts = (u8)(first->hosts | 1u << host);
            first->side[host] = (u16)i;
        }
        first->pattern = first->pattern * 31 + !host;
    }
    for (u32 i = 0; i < n; i++) {
        struct member *m = &d->members[i];
        if (m->group == i && m->several) {
            add_drift(d, i, reg, bit);
        }
        m->all = m->hosts = 0;
        m->pattern = 0;
    }
}

/* What is no feature: how many leaves there are, and address bits. */
static void compare_numbers(struct drifting *d)
{
    for (u32 i = 0; i < d->a->fleet->kinds_n; i++) {
        const struct member *m = &d->members[i];
        if (m->group != i || !m->several) {
            continue;
        }
        if (m->maxima == 3) {
            drift_for(d, i, DRIFT_LIMIT, i, i);
        }
        if (m->least != m->most) {
            drift_for(d, i, DRIFT_ADDRESSES, m->smallest, m->largest);
        }
    }
}

static void compare_bits(struct drifting *d)
{
    for (u32 i = 0; i < d->a->registers_n; i++) {
        const struct compared *c = &d->a->registers[i];
        for (u32 b = 0; b < 32; b++) {
            if (c->ones & c->zeros & 1u << b && is_telling(c, b)) {
                compare_bit(d, i, b);
            }
        }
    }
}

static u32 group_of(const struct drift *drift)
{
    return drift->key / WHYS;
}

/* Is the kind on the side of the difference that the sentence calls so? */
static int is_side(const struct drifting *d, const struct drift *drift,
    u32 kind, u32 side)
{
    const struct member *m = &d->members[kind];
    const struct member *first = &d->members[group_of(drift)];
    switch (drift->key % WHYS) {
    case DRIFT_LIMIT: return m->maximum == 1 + side;
    case DRIFT_GUEST: return m->guest;
    case DRIFT_ADDRESSES:
        return m->address == (side ? first->most : first->least);
    default:
        return !m->guest &&
               value_of(d, kind, &d->a->registers[drift->bits[0].reg],
                   drift->bits[0].bit) == side;
    }
}

enum { EVERY_SIDE = 2 };

static u32 side_say(struct text *t, const struct drifting *d,
    const struct drift *drift, u32 side)
{
    for (u32 i = 0; i < d->a->fleet->kinds_n; i++) {
        d->a->marks[i] =
            d->members[i].group == group_of(drift) &&
            (side == EVERY_SIDE || is_side(d, drift, i, side));
    }
    return marked_say(t, d->a);
}

/* "Intel Xeon E5-2630 v3" of "Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz" */
static void brand_say(struct text *t, struct view brand)
{
    while (brand.len) {
        u32 mark = view_find(brand, VIEW(")"));
        if (brand.s[0] == '(' && mark < 4) {
            brand = view_from(brand, mark + 1);
        } else if (view_starts(brand, VIEW(" CPU")) &&
                   (brand.len == 4 || brand.s[4] == ' ')) {
            brand = view_from(brand, 4);
        } else {
            text_char(t, brand.s[0]);
            brand = view_from(brand, 1);
        }
    }
}

static int of_products(const struct drifting *d, const struct drift *drift)
{
    return are_products(d->a, drift->side[0], drift->side[1]);
}

/* "esx01 and esx02 have the same CPU (Intel Xeon E5-2630 v3, 6-63-2), but " */
static void head_say(struct text *t, const struct drifting *d,
    const struct drift *drift)
{
    const struct kind_record *k = kind_at(d->a, group_of(drift));
    int several = of_products(d, drift);
    side_say(t, d, drift, EVERY_SIDE);
    text_say(t, several ? " have CPUs of one family, model and stepping ("
                        : " have the same CPU (");
    if (!several && k->brand_len_) {
        brand_say(t, brand_of(d->a, drift->side[0]));
        text_say(t, ", ");
    }
    text_say(t, "%u-%u-%u), but ", k->family_, k->model_, k->stepping_);
}

/* The n-th of a list of so many: "A", ", B", " and C". */
static void link_say(struct text *t, u32 n, u32 of)
{
    text_say(t, !n ? "" : n + 1 == of ? " and " : ", ");
}

static void bits_say(struct text *t, const struct drifting *d,
    const struct drift *drift)
{
    for (u32 i = 0; i < drift->n && i < NAMED; i++) {
        const struct compared *c = &d->a->registers[drift->bits[i].reg];
        u32 bit = drift->bits[i].bit;
        link_say(t, i, drift->n);
        if (c->row[bit] < BITS) {
            text_put(t, bit_name(&d->a->fleet->know, c->row[bit]));
        } else {
            place_say(t, c->leaf, c->sub, c->reg, bit);
        }
    }
    if (drift->n > NAMED) {
        text_say(t, " and %u more", drift->n - NAMED);
    }
}

static void sentence_say(struct text *t, const struct drifting *d,
    const struct drift *drift, enum why why)
{
    const struct member *first = &d->members[group_of(drift)];
    u32 hosts = 0;
    for (const char *p = string_at(sentences, why); *p; p++) {
        if (*p != '%') {
            text_char(t, (u8)*p);
            continue;
        }
        switch (*++p) {
        case 's': text_say(t, hosts == 1 ? "s" : ""); break;
        case 'n': bits_say(t, d, drift); break;
        case 'p':
            brand_say(t, brand_of(d->a, drift->side[0]));
            text_say(t, ", ");
            brand_say(t, brand_of(d->a, drift->side[1]));
            break;
        case 'u': text_decimal(t, first->least); break;
        case 'm': text_decimal(t, first->most); break;
        case 'w':
            for (u32 i = 0; i < drift->where_n; i++) {
                link_say(t, i, drift->where_n);
                text_put(t, drift->where[i]);
            }
            break;
        default: hosts = side_say(t, d, drift, (u32)(*p - '0')); break;
        }
    }
}

static void drift_say(struct text *t, const struct drifting *d,
    const struct drift *drift)
{
    enum why why = drift->key % WHYS;
    head_say(t, d, drift);
    sentence_say(t, d, drift, why);
    if ((why == DRIFT_BIOS || why == DRIFT_WITHDRAWN ||
            why == DRIFT_ADDRESSES) &&
        of_products(d, drift)) {
        sentence_say(t, d, drift, DRIFT_ALSO);
    }
}

static void keep_line(struct answer *a, struct text *t,
    struct line_record *line)
{
    line->text_at_ = text_keep(a->arena, t, &line->text_len_);
}

void make_drift(struct answer *a, struct answer_record *record)
{
    struct drifting d = {.a = a};
    struct line_record *lines = TAKE(a->arena, struct line_record, SAID + 1);
    if (!lines || !find_groups(&d)) {
        return;
    }
    compare_numbers(&d);
    compare_bits(&d);
    record->drift_at_ = arena_offset(a->arena, lines);
    for (u32 i = 0; i < d.n; i++) {
        struct text t = text_open(a->arena);
        drift_say(&t, &d, &d.list[i]);
        keep_line(a, &t, &lines[record->drift_n_++]);
    }
    if (d.more) {
        struct text t = text_open(a->arena);
        text_say(&t, "%u more bits differ between hosts with the same CPU.",
            d.more);
        keep_line(a, &t, &lines[record->drift_n_++]);
    }
}

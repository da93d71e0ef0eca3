/* SPDX-License-Identifier: MIT */
#include "host.h"

#define ALL 0xffffffffu

int fleet_open(struct fleet *f, struct arena *a, u32 keep)
{
    if (a->size - a->used < keep) {
        return 0;
    }
    u32 room = (a->size - a->used - keep) / 17;
    f->hosts_size = room * 6 / (u32)sizeof(struct host_record);
    f->kinds_size = room / (u32)sizeof(struct kind_record);
    f->kinds_size = f->kinds_size < KIND_SLOTS / 2 ? f->kinds_size
                                                   : KIND_SLOTS / 2;
    f->notes.size = NOTES_READ;
    f->hosts = RESERVE(a, struct host_record, f->hosts_size);
    f->kinds = RESERVE(a, struct kind_record, f->kinds_size);
    f->notes.list = RESERVE(a, struct note_record, NOTES_ALL);
    f->masks = RESERVE(a, struct mask_record, MASKS);
    u8 *names = RESERVE(a, u8, room * 3);
    u8 *rows = RESERVE(a, u8, room * 6);
    if (!f->hosts || !f->kinds || !f->notes.list || !f->masks || !names ||
        !rows) {
        return 0;
    }
    f->names = (struct arena){a->base, arena_offset(a, names),
        arena_offset(a, names) + room * 3};
    f->rows = (struct arena){a->base, arena_offset(a, rows),
        arena_offset(a, rows) + room * 6};
    f->notes.text = &f->names;
    return 1;
}

const struct row *kind_rows(const struct fleet *f, const struct kind_record *k)
{
    return (const struct row *)(const void *)(f->rows.base + k->rows_at_);
}

/* The columns of a kind's rows lie behind them. */
static u32 *kind_columns(const struct fleet *f, const struct kind_record *k)
{
    return (u32 *)(void *)(f->rows.base + k->rows_at_ +
                           k->rows_n_ * (u32)sizeof(struct row));
}

static int kind_is(const struct fleet *f, const struct kind_record *k,
    const struct sheet *s)
{
    return sheet_is(s, k->rows_n_, kind_rows(f, k), kind_columns(f, k));
}

static int column_before(const struct columns *c, u32 a, u32 b)
{
    return c->leaf[a] != c->leaf[b] ? c->leaf[a] < c->leaf[b]
                                    : c->sub[a] < c->sub[b];
}

static void sort_columns(const struct columns *c, u32 *list, u32 n)
{
    for (u32 i = 1; i < n; i++) {
        u32 one = list[i], at = i;
        while (at && column_before(c, one, list[at - 1])) {
            list[at] = list[at - 1];
            at--;
        }
        list[at] = one;
    }
}

/* Lays the rows of a new kind down, sorted. NULL when there is no room. */
static struct row *rows_keep(struct fleet *f, const struct sheet *s)
{
    u32 each = (u32)sizeof(struct row) + (u32)sizeof(u32);
    u8 *memory = TAKE(&f->rows, u8, s->n * each);
    struct row *rows = (struct row *)(void *)memory;
    u32 *columns = (u32 *)(void *)(memory + s->n * sizeof(struct row));
    if (!memory) {
        return NULL;
    }
    bytes_copy(columns, s->order, s->n * (u32)sizeof(u32));
    sort_columns(&f->columns, columns, s->n);
    for (u32 i = 0; i < s->n; i++) {
        u32 c = columns[i];
        rows[i].leaf = f->columns.leaf[c];
        rows[i].sub = f->columns.sub[c];
        bytes_copy(rows[i].value, s->value[c], sizeof(rows[i].value));
        bytes_copy(rows[i].known, s->known[c], sizeof(rows[i].known));
    }
    return rows;
}

struct word row_word(const struct fleet *f, const struct kind_record *k,
    u32 leaf, u32 sub, u32 reg)
{
    const struct row *rows = kind_rows(f, k);
    u32 low = 0, high = k->rows_n_;
    while (low < high) {
        u32 middle = (low + high) / 2;
        const struct row *row = &rows[middle];
        if (row->leaf < leaf || (row->leaf == leaf && row->sub < sub)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < k->rows_n_ && rows[low].leaf == leaf && rows[low].sub == sub) {
        return (struct word){rows[low].value[reg], rows[low].known[reg]};
    }
    return (struct word){0, 0};
}

static void text_word(struct text *t, struct word w)
{
    for (u32 i = 0; i < 4; i++) {
        u8 c = (u8)(w.value >> (8 * i));
        if (c >= 32 && c < 127) {
            text_char(t, c);
        }
    }
}

static struct view kept(struct fleet *f, struct text *t)
{
    struct view v = view_trim(text_view(t));
    f->names.used += t->len;
    return v;
}

static void kind_vendor(struct fleet *f, struct kind_record *k)
{
    static const struct {
        const char *text;
        u32 vendor;
    } known[] = {
        {"GenuineIntel", INTEL},
        {"AuthenticAMD", AMD},
        {"HygonGenuine", AMD},
        {"CentaurHauls", CENTAUR},
        {"  Shanghai  ", CENTAUR},
        {"GenuineTMx86", TRANSMETA},
    };
    struct word b = row_word(f, k, 0, 0, EBX), c = row_word(f, k, 0, 0, ECX),
                d = row_word(f, k, 0, 0, EDX);
    if ((b.known & c.known & d.known) != ALL) {
        return;
    }
    struct text t = text_open(&f->names);
    text_word(&t, b);
    text_word(&t, d);
    text_word(&t, c);
    for (u32 i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (view_equal(text_view(&t), view_of(known[i].text))) {
            k->vendor_set_ = known[i].vendor;
        }
    }
    struct view v = kept(f, &t);
    k->vendor_at_ = arena_offset(&f->names, v.s);
    k->vendor_len_ = v.len;
}

static void kind_brand(struct fleet *f, struct kind_record *k)
{
    struct maxima m = kind_maxima(f, k);
    struct text t = text_open(&f->names);
    for (u32 leaf = 0x80000002u; leaf <= 0x80000004u; leaf++) {
        for (u32 r = 0; r < 4 && !is_above(&m, leaf, 0); r++) {
            struct word w = row_word(f, k, leaf, 0, r);
            w.value &= w.known;
            text_word(&t, w);
        }
    }
    /* Brand strings are padded inside, too: one blank is enough. */
    u32 to = 0;
    for (u32 i = 0; i < t.len; i++) {
        if (t.s[i] != ' ' || (to && t.s[to - 1] != ' ')) {
            t.s[to++] = t.s[i];
        }
    }
    t.len = to;
    struct view v = kept(f, &t);
    k->brand_at_ = arena_offset(&f->names, v.s);
    k->brand_len_ = v.len;
}

/* 1.EAX  |31..28|27 .. 20  |19 .. 16 |15,14|13,12|11..8 |7 .. 4|3 .. 0  |
 *               |ext family|ext model|     |type |family|model |stepping| */
static void kind_signature(struct fleet *f, struct kind_record *k)
{
    struct word w = row_word(f, k, 1, 0, EAX);
    u32 family = w.value >> 8 & 15, model = w.value >> 4 & 15;
    u32 needed = family == 15  ? 0x0fff0fffu
                 : family == 6 ? 0xf0fffu
                               : 0xfffu;
    if ((w.known & needed) != needed) {
        return;
    }
    if (family == 6 || family == 15) {
        model |= w.value >> 12 & 0xf0;
    }
    if (family == 15) {
        family += w.value >> 20 & 0xff;
    }
    k->signed_ = 1;
    k->family_ = family;
    k->model_ = model;
    k->stepping_ = w.value & 15;
}

static void kind_describe(struct fleet *f, struct kind_record *k)
{
    const struct row *rows = kind_rows(f, k);
    struct word ecx = row_word(f, k, 1, 0, ECX);
    for (u32 i = 0; i < k->rows_n_; i++) {
        for (u32 r = 0; r < 4; r++) {
            k->registers_ += rows[i].known[r] != 0;
        }
    }
    k->guest_ = (ecx.value & ecx.known) >> 31;
    kind_vendor(f, k);
    kind_brand(f, k);
    kind_signature(f, k);
}

u32 kind_of(struct fleet *f, struct sheet *s)
{
    u32 hash = sheet_seal(f, s), at = hash % KIND_SLOTS;
    for (; f->kind_slot[at]; at = (at + 1) % KIND_SLOTS) {
        u32 found = f->kind_slot[at] - 1;
        if (f->kinds[found].hash_ == hash &&
            kind_is(f, &f->kinds[found], s)) {
            return found;
        }
    }
    if (f->kinds_n == f->kinds_size ||
        f->names.size - f->names.used < 256) {
        return NO_KIND;
    }
    struct row *rows = rows_keep(f, s);
    if (!rows) {
        return NO_KIND;
    }
    struct kind_record *k = &f->kinds[f->kinds_n];
    *k = (struct kind_record){0};
    k->hash_ = hash;
    k->rows_n_ = s->n;
    k->rows_at_ = arena_offset(&f->rows, rows);
    kind_describe(f, k);
    f->kind_slot[at] = ++f->kinds_n;
    return f->kinds_n - 1;
}

struct view host_name(const struct fleet *f, const struct host_record *h)
{
    return (struct view){f->names.base + h->name_at_, h->name_len_};
}

void place_say(struct text *t, u32 leaf, u32 sub, u32 reg, u32 bit)
{
    if (leaf == MSR_10A) {
        text_put(t, VIEW("msr10a"));
    } else {
        text_say(t, sub ? "%h.%h" : "%h", leaf, sub);
    }
    text_say(t, ".%v", reg_name(reg));
    if (bit < 32) {
        text_say(t, "[%u]", bit);
    }
}

static u32 number_read(struct view v, u32 *value)
{
    u32 prefix = view_starts(v, VIEW("0x")) ? 2 : 0;
    u32 n = read_hex(view_from(v, prefix), value);
    return n && n <= 8 ? prefix + n : 0;
}

static u32 reg_read(struct view v, u32 *reg)
{
    for (*reg = EAX; *reg <= EDX; ++*reg) {
        if (view_starts(v, reg_name(*reg)) &&
            (v.len == 3 || !is_word(v.s[3]))) {
            return 3;
        }
    }
    return 0;
}

/* A number and the dot behind it, taken off the front. */
static int part_read(struct view *v, u32 *value)
{
    u32 n = number_read(*v, value);
    if (!n || n == v->len || v->s[n] != '.') {
        return 0;
    }
    *v = view_from(*v, n + 1);
    return 1;
}

u32 place_read(struct view *v, u32 *leaf, u32 *sub, u32 *reg)
{
    static const struct view msr = {(const u8 *)"msr10a.", 7};
    struct view rest = *v;
    int is_msr = view_starts(rest, msr);
    *sub = 0;
    if (is_msr) {
        *leaf = MSR_10A;
        rest = view_from(rest, msr.len);
    } else if (!part_read(&rest, leaf)) {
        return 0;
    }
    u32 len = reg_read(rest, reg);
    if (!len && part_read(&rest, sub)) {
        len = reg_read(rest, reg);
    }
    if (!len) {
        return 0;
    }
    len += (u32)(rest.s - v->s);
    *v = view_from(*v, len);
    *sub = *leaf == MSR_10A ? SUB_MSR : *sub;
    return len;
}

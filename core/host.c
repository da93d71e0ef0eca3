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
    f->notes.size = 1000;
    f->hosts = RESERVE(a, struct host_record, f->hosts_size);
    f->kinds = RESERVE(a, struct kind_record, f->kinds_size);
    f->notes.list = RESERVE(a, struct note_record, f->notes.size);
    u8 *names = RESERVE(a, u8, room * 3);
    u8 *rows = RESERVE(a, u8, room * 6);
    if (!f->hosts || !f->kinds || !f->notes.list || !names || !rows) {
        return 0;
    }
    f->names = (struct arena){a->base, arena_offset(a, names),
        arena_offset(a, names) + room * 3};
    f->rows = (struct arena){a->base, arena_offset(a, rows),
        arena_offset(a, rows) + room * 6};
    f->notes.text = &f->names;
    return 1;
}

static u32 mix(u32 a, u32 b)
{
    u64 m = (a ^ 0x9e3779b9u) * (u64)(b ^ 0x85ebca6bu);
    return (u32)(m ^ (m >> 32));
}

static u32 column_new(struct fleet *f, u32 leaf, u32 sub, u32 *slot)
{
    struct columns *c = &f->columns;
    if (c->n == COLUMNS) {
        if (!f->column_limit_told) {
            f->column_limit_told = 1;
            note_add(&f->notes, NOTE_COLUMN_LIMIT, (struct note_place){0, 0, 0},
                (u32)COLUMNS);
        }
        return NO_COLUMN;
    }
    u32 i = c->n++;
    c->leaf[i] = leaf;
    c->sub[i] = sub;
    c->next[i] = NO_COLUMN;
    c->seed[i] = ((u64)mix(leaf, sub) << 32 | mix(sub, leaf)) ^ leaf;
    for (u32 r = 0; r < 4; r++) {
        u32 features = 1u << AND | 1u << AND_WARN | 1u << ALIAS | 1u << HINT |
                       1u << OR_SAFE | 1u << COND;
        c->anded[i][r] = merge_mask(leaf, sub, r, features);
        c->per_cpu[i][r] = merge_mask(leaf, sub, r, 1u << PER_CPU);
    }
    *slot = i + 1;
    return i;
}

u32 column_of(struct fleet *f, u32 leaf, u32 sub, u32 after)
{
    struct columns *c = &f->columns;
    if (after != NO_COLUMN) {
        u32 guess = c->next[after];
        if (guess != NO_COLUMN && c->leaf[guess] == leaf &&
            c->sub[guess] == sub) {
            return guess;
        }
    }
    u32 at = mix(leaf, sub) % COLUMN_SLOTS, found;
    for (;; at = (at + 1) % COLUMN_SLOTS) {
        if (!c->slot[at]) {
            found = column_new(f, leaf, sub, &c->slot[at]);
            break;
        }
        found = c->slot[at] - 1;
        if (c->leaf[found] == leaf && c->sub[found] == sub) {
            break;
        }
    }
    if (after != NO_COLUMN && found != NO_COLUMN) {
        c->next[after] = found;
    }
    return found;
}

void sheet_clear(struct sheet *s)
{
    s->n = 0;
    if (++s->stamp == 0) {
        bytes_zero(s->stamps, sizeof(s->stamps));
        s->stamp = 1;
    }
}

int sheet_has(const struct sheet *s, u32 column)
{
    return s->stamps[column] == s->stamp;
}

void sheet_put(struct sheet *s, u32 column, const u32 value[4],
    const u32 known[4])
{
    if (!sheet_has(s, column)) {
        s->stamps[column] = s->stamp;
        s->order[s->n++] = column;
        bytes_zero(s->value[column], sizeof(s->value[0]));
        bytes_zero(s->known[column], sizeof(s->known[0]));
    }
    for (u32 r = 0; r < 4; r++) {
        u32 fresh = known[r] & ~s->known[column][r];
        s->value[column][r] |= value[r] & fresh;
        s->known[column][r] |= fresh;
    }
}

/* A search that adds nothing: hostile text cannot fill the table with it. */
static u32 column_find(const struct columns *c, u32 leaf, u32 sub)
{
    u32 at = mix(leaf, sub) % COLUMN_SLOTS;
    for (; c->slot[at]; at = (at + 1) % COLUMN_SLOTS) {
        u32 found = c->slot[at] - 1;
        if (c->leaf[found] == leaf && c->sub[found] == sub) {
            return found;
        }
    }
    return NO_COLUMN;
}

struct word sheet_word(struct fleet *f, const struct sheet *s, u32 leaf,
    u32 sub, u32 reg)
{
    u32 column = column_find(&f->columns, leaf, sub);
    if (column == NO_COLUMN || !sheet_has(s, column)) {
        return (struct word){0, 0};
    }
    return (struct word){s->value[column][reg], s->known[column][reg]};
}

/* The maximum is 0.EAX for basic leaves, 80000000.EAX for extended ones. */
int is_above(const struct maxima *m, u32 leaf, u32 sub)
{
    if (leaf < 0x40000000u) {
        if (m->basic.known == ALL && leaf > m->basic.value) {
            return 1;
        }
        return leaf == 7 && m->leaf7.known == ALL && sub > m->leaf7.value;
    }
    if (leaf >= 0x80000000u && leaf < 0x80860000u) {
        if (m->extended.known != ALL) {
            return 0;
        }
        return leaf > m->extended.value;
    }
    return 0;
}

static struct maxima sheet_maxima(struct fleet *f, const struct sheet *s)
{
    return (struct maxima){
        sheet_word(f, s, 0, 0, EAX),
        sheet_word(f, s, 0x80000000u, 0, EAX),
        sheet_word(f, s, 7, 0, EAX),
    };
}

/* Transmeta's and Centaur's ranges, and those of no one: real only where the
 * first leaf's EAX names a leaf of the same range. */
static int is_foreign_echo(struct fleet *f, const struct sheet *s, u32 leaf)
{
    u32 range = leaf & 0xffff0000u;
    if (leaf < 0x80860000u && (leaf < 0x40000000u || leaf >= 0x80000000u)) {
        return 0;
    }
    if (leaf >= 0x40000000u && leaf < 0x80000000u) {
        return leaf >= 0x50000000u;
    }
    struct word max = sheet_word(f, s, range, 0, EAX);
    return max.known == ALL && (max.value < range || max.value < leaf ||
                                   max.value - range > 0xffff);
}

u32 sheet_clip(struct fleet *f, struct sheet *s)
{
    struct maxima m = sheet_maxima(f, s);
    u32 kept = 0, ext = column_find(&f->columns, 0x80000000u, 0);
    /* A CPU without extended leaves echoes another one there: its maximum is 0,
     * which is worth knowing. */
    if (m.extended.known == ALL && m.extended.value < 0x80000000u) {
        bytes_zero(s->value[ext], sizeof(s->value[ext]));
        m.extended.value = 0;
    }
    for (u32 i = 0; i < s->n; i++) {
        u32 c = s->order[i];
        u32 leaf = f->columns.leaf[c], sub = f->columns.sub[c];
        if (c != ext &&
            (is_above(&m, leaf, sub) || is_foreign_echo(f, s, leaf))) {
            /* The maximum itself is judged first and only unstamped last. */
            s->order[i] |= 0x80000000u;
        }
    }
    for (u32 i = 0; i < s->n; i++) {
        if (s->order[i] & 0x80000000u) {
            s->stamps[s->order[i] & 0x7fffffffu] = 0;
        } else {
            s->order[kept++] = s->order[i];
        }
    }
    u32 dropped = s->n - kept;
    s->n = kept;
    return dropped;
}

int sheet_join(struct fleet *f, struct sheet *host, const struct sheet *cpu,
    u32 (*differ)[4])
{
    u32 any = 0;
    for (u32 i = 0; i < cpu->n; i++) {
        u32 c = cpu->order[i];
        if (!sheet_has(host, c)) {
            sheet_put(host, c, cpu->value[c], cpu->known[c]);
            continue;
        }
        for (u32 r = 0; r < 4; r++) {
            u32 both = host->known[c][r] & cpu->known[c][r];
            u32 odd = (host->value[c][r] ^ cpu->value[c][r]) & both &
                      f->columns.anded[c][r];
            u32 fresh = cpu->known[c][r] & ~host->known[c][r];
            host->value[c][r] = (host->value[c][r] & ~odd) |
                                (cpu->value[c][r] & fresh);
            host->known[c][r] |= fresh;
            differ[c][r] |= odd;
            any |= odd;
        }
    }
    return any != 0;
}

static u64 load8(const void *p)
{
    u64 x;
    bytes_copy(&x, p, 8);
    return x;
}

/* Takes the per-CPU bits out and adds all rows up to a hash: their order does
 * not matter. */
static u32 sheet_seal(const struct fleet *f, struct sheet *s)
{
    u64 sum = s->n;
    for (u32 i = 0; i < s->n; i++) {
        u32 c = s->order[i], *value = s->value[c], *known = s->known[c];
        for (u32 r = 0; r < 4; r++) {
            known[r] &= ~f->columns.per_cpu[c][r];
            value[r] &= known[r];
        }
        u64 low = load8(value) ^ f->columns.seed[c];
        u64 high = load8(value + 2) ^ ~load8(known) ^ ~load8(known + 2) << 1;
        low = low * 0x9e3779b97f4a7c15ull;
        high = (high + (low >> 29)) * 0xc2b2ae3d27d4eb4full;
        sum += low ^ high ^ high >> 32;
    }
    return (u32)(sum ^ sum >> 32);
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
    const struct row *rows = kind_rows(f, k);
    const u32 *columns = kind_columns(f, k);
    if (k->rows_n_ != s->n) {
        return 0;
    }
    for (u32 i = 0; i < k->rows_n_; i++) {
        u32 c = columns[i];
        const u32 *value = s->value[c], *known = s->known[c];
        u64 odd = (load8(value) ^ load8(rows[i].value)) |
                  (load8(value + 2) ^ load8(rows[i].value + 2)) |
                  (load8(known) ^ load8(rows[i].known)) |
                  (load8(known + 2) ^ load8(rows[i].known + 2));
        if (odd || !sheet_has(s, c)) {
            return 0;
        }
    }
    return 1;
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

static struct word row_word(const struct fleet *f, const struct kind_record *k,
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

struct maxima kind_maxima(const struct fleet *f, const struct kind_record *k)
{
    return (struct maxima){
        row_word(f, k, 0, 0, EAX),
        row_word(f, k, 0x80000000u, 0, EAX),
        row_word(f, k, 7, 0, EAX),
    };
}

struct word kind_word(const struct fleet *f, const struct kind_record *k,
    u32 leaf, u32 sub, u32 reg)
{
    struct word w = row_word(f, k, leaf, sub, reg);
    struct maxima m = kind_maxima(f, k);
    return is_above(&m, leaf, sub) ? (struct word){0, ALL} : w;
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
    struct text t = text_open(&f->names);
    for (u32 leaf = 0x80000002u; leaf <= 0x80000004u; leaf++) {
        for (u32 r = 0; r < 4; r++) {
            struct word w = kind_word(f, k, leaf, 0, r);
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
    if (w.known != ALL) {
        return;
    }
    u32 family = w.value >> 8 & 15, model = w.value >> 4 & 15;
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
    text_say(t, "%h", leaf);
    if (sub) {
        text_say(t, ".%h", sub);
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
        if (view_starts(v, reg_name(*reg)) && (v.len == 3 || !is_word(v.s[3]))) {
            return 3;
        }
    }
    return 0;
}

u32 place_read(struct view *v, u32 *leaf, u32 *sub, u32 *reg)
{
    struct view rest = *v;
    u32 n = number_read(rest, leaf), reg_len;
    *sub = 0;
    rest = view_from(rest, n);
    if (!n || !rest.len || rest.s[0] != '.') {
        return 0;
    }
    rest = view_from(rest, 1);
    reg_len = reg_read(rest, reg);
    if (!reg_len) {
        n = number_read(rest, sub);
        rest = view_from(rest, n);
        if (!n || !rest.len || rest.s[0] != '.') {
            return 0;
        }
        rest = view_from(rest, 1);
        reg_len = reg_read(rest, reg);
    }
    if (!reg_len) {
        return 0;
    }
    u32 all = (u32)(rest.s - v->s) + reg_len;
    *v = view_from(*v, all);
    return all;
}

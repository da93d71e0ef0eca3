/* SPDX-License-Identifier: MIT
 * Columns and sheets: the part of hosts that every line and every CPU read
 * passes through, and so built for speed (see CMakeLists.txt).
 */
#include "host.h"

#define ALL 0xffffffffu

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
        u8 merge[32];
        bit_merges(leaf, sub, r, merge);
        c->anded[i][r] = merge_mask(merge, features);
        c->per_cpu[i][r] = merge_mask(merge, 1u << PER_CPU);
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

/* Each range of leaves, and the word that is its maximum: its first EAX. */
static const u32 ranges[RANGES] = {0, 0x80000000u, 0x80860000u, 0xc0000000u};

static u32 range_of(u32 leaf)
{
    u32 range = 0;
    while (range + 1 < RANGES && leaf >= ranges[range + 1]) {
        range++;
    }
    return range;
}

int is_above(const struct maxima *m, u32 leaf, u32 sub)
{
    if (leaf == MSR_10A) { /* announced by ARCH_CAPABILITIES */
        return (m->announces.known & ~m->announces.value) >> 29 & 1;
    }
    if (leaf >= 0x40000000u && leaf < 0x80000000u) {
        return leaf >= 0x50000000u; /* 0x4...: a hypervisor's; else nobody's */
    }
    struct word max = m->range[range_of(leaf)];
    if (max.known == ALL && leaf > max.value &&
        leaf != ranges[range_of(leaf)]) {
        return 1;
    }
    return leaf == 7 && m->leaf7.known == ALL && sub > m->leaf7.value;
}

/* A CPU without the leaves of a range answers with another leaf there: what
 * stands for the maximum is none, and that there is none is worth knowing. */
static void drop_echo(struct fleet *f, struct sheet *s, u32 range)
{
    u32 column = column_find(&f->columns, ranges[range], 0);
    struct word max = sheet_word(f, s, ranges[range], 0, EAX);
    if (range && max.known == ALL && max.value >> 16 != ranges[range] >> 16) {
        bytes_zero(s->value[column], sizeof(s->value[column]));
    }
}

static struct maxima sheet_maxima(struct fleet *f, const struct sheet *s)
{
    struct maxima m;
    for (u32 i = 0; i < RANGES; i++) {
        m.range[i] = sheet_word(f, s, ranges[i], 0, EAX);
    }
    m.leaf7 = sheet_word(f, s, 7, 0, EAX);
    m.announces = (struct word){0, 0}; /* a row that is there counts */
    return m;
}

u32 sheet_clip(struct fleet *f, struct sheet *s)
{
    u32 kept = 0, n = s->n;
    for (u32 i = 0; i < RANGES; i++) {
        drop_echo(f, s, i);
    }
    struct maxima m = sheet_maxima(f, s);
    u32 last = m.range[0].known == ALL ? m.range[0].value : 0;
    u32 last_extended = m.range[1].known == ALL ? m.range[1].value : 0;
    for (u32 i = 0; i < n; i++) {
        u32 c = s->order[i], leaf = f->columns.leaf[c];
        /* Nearly all of them are told at a glance. */
        int below = (leaf <= last && leaf != 7 && leaf < 0x40000000u) ||
                    (leaf <= last_extended && leaf - 0x80000000u < 0x860000u);
        if (!below && is_above(&m, leaf, f->columns.sub[c])) {
            s->stamps[c] = 0;
        } else {
            s->order[kept++] = c;
        }
    }
    s->n = kept;
    return n - kept;
}

struct maxima kind_maxima(const struct fleet *f, const struct kind_record *k)
{
    struct maxima m;
    for (u32 i = 0; i < RANGES; i++) {
        m.range[i] = row_word(f, k, ranges[i], 0, EAX);
    }
    m.leaf7 = row_word(f, k, 7, 0, EAX);
    m.announces = is_above(&m, 7, 0) ? (struct word){0, ALL}
                                     : row_word(f, k, 7, 0, EDX);
    return m;
}

int sheets_alike(const struct fleet *f, const struct sheet *host,
    const struct sheet *cpu)
{
    for (u32 i = 0; i < cpu->n; i++) {
        u32 c = cpu->order[i], odd = 0;
        for (u32 r = 0; r < 4; r++) {
            odd |= (host->value[c][r] ^ cpu->value[c][r]) & cpu->known[c][r] &
                   f->columns.anded[c][r];
        }
        if (odd || !sheet_has(host, c)) {
            return 0;
        }
    }
    return 1;
}

int sheet_join(struct fleet *f, struct sheet *host, const struct sheet *cpu,
    u32 (*differ)[4])
{
    u32 any = 0;
    struct maxima of_cpu = sheet_maxima(f, cpu), of_host = sheet_maxima(f, host);
    /* What lies above one CPU's maxima, that CPU does not have. */
    for (u32 i = 0; i < host->n; i++) {
        u32 c = host->order[i];
        int lacks = !sheet_has(cpu, c) &&
                    is_above(&of_cpu, f->columns.leaf[c], f->columns.sub[c]);
        for (u32 r = 0; lacks && r < 4; r++) {
            u32 odd = host->value[c][r] & f->columns.anded[c][r];
            host->value[c][r] &= ~odd;
            differ[c][r] |= odd;
            any |= odd;
        }
    }
    for (u32 i = 0; i < cpu->n; i++) {
        u32 c = cpu->order[i];
        if (!sheet_has(host, c)) {
            if (!is_above(&of_host, f->columns.leaf[c], f->columns.sub[c])) {
                sheet_put(host, c, cpu->value[c], cpu->known[c]);
            }
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

u32 sheet_fill(struct fleet *f, struct sheet *base, const struct sheet *other,
    u32 place[4])
{
    u32 odd = 0;
    struct maxima of_base = sheet_maxima(f, base);
    for (u32 i = 0; i < other->n; i++) {
        u32 c = other->order[i], leaf = f->columns.leaf[c];
        u32 sub = f->columns.sub[c];
        if (!sheet_has(base, c) && is_above(&of_base, leaf, sub)) {
            continue;
        }
        for (u32 r = 0; sheet_has(base, c) && r < 4; r++) {
            u32 unlike = (base->value[c][r] ^ other->value[c][r]) &
                         base->known[c][r] & other->known[c][r] &
                         f->columns.anded[c][r];
            if (unlike && !odd) {
                u32 first[4] = {leaf, sub, r, (u32)__builtin_ctz(unlike)};
                bytes_copy(place, first, sizeof(first));
            }
            odd += (u32)__builtin_popcount(unlike);
        }
        sheet_put(base, c, other->value[c], other->known[c]);
    }
    return odd;
}

SMALL u64 load8(const void *p)
{
    u64 x;
    bytes_copy(&x, p, 8);
    return x;
}

u32 sheet_seal(const struct fleet *f, struct sheet *s)
{
    u64 sum = s->n;
    for (u32 i = 0; i < s->n; i++) {
        u32 c = s->order[i], *value = s->value[c], *known = s->known[c];
        const u32 *per_cpu = f->columns.per_cpu[c];
        if (load8(per_cpu) | load8(per_cpu + 2)) {
            for (u32 r = 0; r < 4; r++) {
                known[r] &= ~per_cpu[r];
                value[r] &= known[r];
            }
        }
        u64 low = load8(value) ^ f->columns.seed[c];
        u64 high = load8(value + 2) ^ ~load8(known) ^ ~load8(known + 2) << 1;
        low = low * 0x9e3779b97f4a7c15ull;
        high = (high + (low >> 29)) * 0xc2b2ae3d27d4eb4full;
        sum += low ^ high ^ high >> 32;
    }
    return (u32)(sum ^ sum >> 32);
}

int sheet_is(const struct sheet *s, u32 n, const struct row *rows,
    const u32 *columns)
{
    if (n != s->n) {
        return 0;
    }
    for (u32 i = 0; i < n; i++) {
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

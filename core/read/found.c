/* SPDX-License-Identifier: MIT
 * From registers found to hosts: where a logical CPU ends, and whether the
 * next one belongs to the same host.
 */
#include "names.h"

static const u32 all_known[4] = {
    0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu};

struct note_place note_here(const struct reader *r)
{
    return (struct note_place){0, r->source, r->here.line};
}

/* Keeps what can be shown on one line; a name is never longer than its room. */
void name_set(struct name *n, struct view v)
{
    n->len = 0;
    v = view_trim(v);
    for (u32 i = 0; i < v.len && n->len < NAME_ROOM; i++) {
        if (v.s[i] >= 32 && v.s[i] != 127) {
            n->s[n->len++] = v.s[i];
        }
    }
    while (n->len && n->len == NAME_ROOM && (n->s[n->len - 1] & 0x80)) {
        n->len--;
    }
}

struct view name_view(const struct name *n)
{
    return (struct view){n->s, n->len};
}

void mark_before(struct reader *r)
{
    if (!r->before.line) {
        r->before = r->here;
    }
}

void mark_first(const struct reader *r, u32 *line)
{
    if (!*line) {
        *line = r->here.line;
    }
}

void found_cpu(struct reader *r, u32 number, int alone, int virtual_)
{
    end_cpu(r);
    mark_before(r);
    r->section = PLAIN;
    r->cpu.number = number;
    r->cpu.alone = alone;
    r->cpu.virtual_ = virtual_;
}

void found_split(struct reader *r)
{
    end_cpu(r);
    mark_before(r);
    r->section = PLAIN;
    r->table_n = 0;
    r->split = 1;
}

/* A heading that no host took was none. */
void drop_heading(struct reader *r)
{
    if (r->heading.len && !r->heading_sure) {
        if (r->section == PLAIN) {
            note_unread(r, r->heading_spot.line, name_view(&r->heading));
        } else {
            r->fleet->aside++;
        }
    }
    r->heading.len = 0;
}

/* The same, but a list of names still open is about to take it. */
void end_heading(struct reader *r)
{
    if (r->heading.len) {
        names_close(r, (enum absent)r->list.absent);
    }
    drop_heading(r);
}

void found_name(struct reader *r, struct view name, int sure)
{
    end_heading(r);
    if (sure) {
        end_cpu(r);
        r->section = PLAIN;
        r->table_n = 0;
    }
    mark_before(r);
    name_set(&r->heading, name);
    r->heading_spot = r->here;
    r->heading_sure = sure;
}

static void put_msr(struct reader *r, struct sheet *s, const u32 value[2],
    const u32 known[2])
{
    u32 column = column_of(r->fleet, MSR_10A, SUB_MSR, r->cpu.last_column);
    const u32 values[4] = {value[0], 0, 0, value[1]};
    const u32 knowns[4] = {known[0], 0, 0, known[1]};
    if (column != NO_COLUMN) {
        sheet_put(s, column, values, knowns);
    }
}

static void open_cpu(struct reader *r, enum format_id format)
{
    struct cpu *c = &r->cpu;
    c->open = 1;
    c->format = format;
    c->split = r->split;
    mark_before(r);
    c->start = r->before;
    c->last_column = NO_COLUMN;
    c->repeats_n = 0;
    c->empties = 0;
    c->end = 0;
    bytes_zero(&c->told, sizeof(c->told));
    c->loose = 0;
    c->name = r->heading;
    c->name_spot = r->heading_spot;
    c->name_sure = r->heading_sure;
    sheet_clear(r->cpu_sheet);
    r->fleet->used += r->heading.len && !r->heading_sure;
    r->split = 0;
    r->before.line = 0;
    r->heading.len = 0;
    r->section = PLAIN;
    if (r->msr.held) {
        r->msr.held = 0;
        put_msr(r, r->cpu_sheet, r->msr.value, r->msr.known);
    }
}

static void reset_cpu(struct reader *r)
{
    r->cpu.open = 0;
    r->cpu.number = NO_NUMBER;
    r->cpu.alone = r->cpu.virtual_ = r->cpu.less = 0;
}

void drop_cpu(struct reader *r)
{
    struct cpu *c = &r->cpu;
    end_heading(r);
    r->fleet->used -= r->cpu_sheet->n;
    r->fleet->aside += r->cpu_sheet->n;
    r->fleet->used -= c->name.len && !c->name_sure; /* held again */
    r->before = c->start;
    r->split = c->split;
    r->heading = c->name;
    r->heading_spot = c->name_spot;
    r->heading_sure = c->name_sure;
    reset_cpu(r);
}

/* Rows without a subleaf count up. Leaf 0xD is the exception: its empty
 * subleaves were skipped, so a row's number is that of the next component that
 * D.0 (XCR0) and D.1 (XSS) speak of. */
static u32 xsave_subleaf(struct reader *r, const u32 value[4], u32 count)
{
    const struct sheet *s = r->cpu_sheet;
    struct word low = sheet_word(r->fleet, s, 0xd, 0, EAX);
    struct word high = sheet_word(r->fleet, s, 0xd, 0, EDX);
    struct word xss = sheet_word(r->fleet, s, 0xd, 1, ECX);
    /* A component's size is a multiple of 8 and it lies behind the 576 bytes
     * of the legacy area; D.1 holds feature bits 0, 1, 2 ... instead. */
    /* A tool that prints an empty row skips none: then rows just count. */
    r->cpu.empties |= !(value[EAX] | value[EBX] | value[ECX] | value[EDX]);
    if (r->cpu.empties) {
        return count;
    }
    int features = (value[EAX] & 7) != 0;
    if (count == 1 && features) {
        return 1;
    }
    u64 components = (u64)high.value << 32 | low.value | xss.value;
    for (u32 n = 2; n < 63; n++) {
        u32 c = column_of(r->fleet, 0xd, n, NO_COLUMN);
        if (components >> n & 1 && (c == NO_COLUMN || !sheet_has(s, c))) {
            return n;
        }
    }
    return NO_SUB;
}

static u32 next_subleaf(struct reader *r, u32 leaf, const u32 value[4])
{
    struct cpu *c = &r->cpu;
    for (u32 i = 0; i < c->repeats_n; i++) {
        if (c->repeats[i][0] == leaf) {
            u32 count = c->repeats[i][1]++;
            return leaf == 0xd ? xsave_subleaf(r, value, count) : count;
        }
    }
    if (c->repeats_n == sizeof(c->repeats) / sizeof(c->repeats[0])) {
        /* Dumps name leaves in rising order: the oldest is done with. */
        c->repeats_n--;
        for (u32 i = 0; i < c->repeats_n; i++) {
            c->repeats[i][0] = c->repeats[i + 1][0];
            c->repeats[i][1] = c->repeats[i + 1][1];
        }
    }
    c->repeats[c->repeats_n][0] = leaf;
    c->repeats[c->repeats_n++][1] = 1;
    return 0;
}

static int same_words(const struct sheet *s, u32 column, const u32 value[4],
    const u32 known[4])
{
    for (u32 i = 0; i < 4; i++) {
        u32 both = s->known[column][i] & known[i];
        if ((s->value[column][i] ^ value[i]) & both) {
            return 0;
        }
    }
    return 1;
}

static int any_known(const struct sheet *s, u32 column, const u32 known[4])
{
    u32 any = 0;
    for (u32 i = 0; i < 4; i++) {
        any |= s->known[column][i] & known[i];
    }
    return any != 0;
}

static void row_done(struct reader *r, u32 column)
{
    r->cpu.last_column = column;
    if (r->here_end > r->cpu.end) { /* a list's bits come late */
        r->cpu.end = r->here_end;
        r->cpu.last_line = r->here.line;
    }
    r->before.line = 0;
    if (r->heading.len) {
        end_heading(r);
    }
}

/* Does the text itself say where this CPU begins? Then a row that comes again
 * begins no other. */
static int is_headed(const struct reader *r)
{
    return r->cpu.number != NO_NUMBER || r->cpu.alone ||
           r->cpu.format == FORMAT_CPUDATA;
}

static void note_twice(struct reader *r, u32 leaf, u32 sub)
{
    u8 room[32];
    struct text t = text_in(room, sizeof(room));
    text_say(&t, sub ? "leaf %h.%h" : "leaf %h", leaf, sub);
    note_add(&r->fleet->notes, NOTE_TWICE, note_here(r), text_view(&t));
}

/* What is open of another format ends, be it registers or a list of names. */
static void end_other(struct reader *r, enum format_id format)
{
    if (r->list.open && r->list.format != format) {
        names_close(r, (enum absent)r->list.absent);
    }
    if (r->cpu.open && r->cpu.format != format) {
        end_cpu(r);
    }
}

void found_row(struct reader *r, enum format_id format, u32 leaf, u32 sub,
    const u32 value[4], enum repeat repeat)
{
    found_part(r, format, leaf, sub, value, all_known, repeat);
}

void found_part(struct reader *r, enum format_id format, u32 leaf, u32 sub,
    const u32 value[4], const u32 known[4], enum repeat repeat)
{
    if (sub == NO_SUB && !is_indexed(leaf)) {
        sub = 0;
    }
    if (r->cpu.open && r->cpu.format == FORMAT_CPUID_TEXT && leaf &&
        format == FORMAT_CPUID_R) {
        format = FORMAT_CPUID_TEXT; /* it prints so what it has no words for */
    }
    end_other(r, format);
    if (r->cpu.open && leaf == 0 && r->cpu_sheet->n &&
        repeat == STARTS_AGAIN && format != FORMAT_CPUDATA) {
        end_cpu(r);
    }
    if (!r->cpu.open) {
        open_cpu(r, format);
    }
    if (sub == NO_SUB) {
        sub = next_subleaf(r, leaf, value);
        if (sub == NO_SUB) {
            return;
        }
    }
    u32 column = column_of(r->fleet, leaf, sub, r->cpu.last_column);
    if (column == NO_COLUMN) {
        return;
    }
    if (sheet_has(r->cpu_sheet, column) && repeat == STARTS_AGAIN) {
        int same = same_words(r->cpu_sheet, column, value, known);
        if (is_headed(r) || column == r->cpu.last_column ||
            (same && column != r->cpu_sheet->order[0])) {
            if (!same) {
                note_twice(r, leaf, sub);
            }
            return; /* printed twice: the first counts */
        }
        end_cpu(r);
        open_cpu(r, format);
    }
    sheet_put(r->cpu_sheet, column, value, known);
    row_done(r, column);
}

void found_register(struct reader *r, enum format_id format, u32 leaf, u32 sub,
    u32 reg, u32 value, u32 known)
{
    u32 values[4] = {0}, knowns[4] = {0};
    values[reg] = value & known;
    knowns[reg] = known;
    end_other(r, format);
    u32 column = column_of(r->fleet, leaf, sub, r->cpu.last_column);
    if (column == NO_COLUMN) {
        return;
    }
    if (r->cpu.open && sheet_has(r->cpu_sheet, column) &&
        any_known(r->cpu_sheet, column, knowns)) {
        end_cpu(r);
    }
    if (!r->cpu.open) {
        open_cpu(r, format);
    }
    r->cpu.loose = 1;
    sheet_put(r->cpu_sheet, column, values, knowns);
    row_done(r, column);
}

/* The sheet of what the MSR is read on: a CPU, or a host whose last CPU has
 * ended, as at a prompt of the same host. */
static struct sheet *msr_sheet(struct reader *r)
{
    int same = !r->heading.len ||
               view_equal(name_view(&r->heading), name_view(&r->host.name));
    return r->cpu.open                          ? r->cpu_sheet
           : r->host.open && !r->split && same ? r->host_sheet
                                                : NULL;
}

void found_msr(struct reader *r, const u32 value[2], const u32 known[2])
{
    struct sheet *s = msr_sheet(r);
    struct word had = {0, 0};
    if (s) {
        had = sheet_word(r->fleet, s, MSR_10A, SUB_MSR, EAX);
    }
    /* Every CPU of the host prints it; another reading is another host's. */
    if (had.known && r->msr.fresh && had.value != value[0]) {
        end_cpu(r);
        s = NULL;
    }
    r->msr.fresh = 0;
    if (had.known && s) {
        return;
    }
    if (s) {
        u32 last = r->cpu.last_column;
        put_msr(r, s, value, known);
        if (r->cpu.open) {
            row_done(r, last);
        }
        return;
    }
    r->msr.held = 1;
    bytes_copy(r->msr.value, value, sizeof(r->msr.value));
    bytes_copy(r->msr.known, known, sizeof(r->msr.known));
}

static int seen(const u32 *set, u32 n)
{
    n %= CPU_NUMBERS;
    return (int)(set[n / 32] >> (n % 32) & 1);
}

static void mark(u32 *set, u32 n)
{
    n %= CPU_NUMBERS;
    set[n / 32] |= 1u << (n % 32);
}

/* The CPU's own id: the x2APIC id where leaf 0xB has one, else the 8 bits of
 * leaf 1. Returns 0 when the text has neither. */
static int apic_id(struct reader *r, u32 *id)
{
    struct word x2 = sheet_word(r->fleet, r->cpu_sheet, 0xb, 0, EDX);
    struct word levels = sheet_word(r->fleet, r->cpu_sheet, 0xb, 0, EBX);
    struct word one = sheet_word(r->fleet, r->cpu_sheet, 1, 0, EBX);
    *id = levels.value && x2.value ? x2.value : one.value >> 24;
    return (x2.known && levels.value) || one.known >> 24 != 0;
}

static int unlike(struct reader *r, u32 leaf, u32 reg, u32 mask)
{
    struct word a = sheet_word(r->fleet, r->host_sheet, leaf, 0, reg);
    struct word b = sheet_word(r->fleet, r->cpu_sheet, leaf, 0, reg);
    return ((a.value ^ b.value) & a.known & b.known & mask) != 0;
}

/* Another vendor, family or model is another machine. */
static int unlike_machine(struct reader *r)
{
    return unlike(r, 0, EBX, 0xffffffffu) || unlike(r, 1, EAX, 0x0fff0ff0u);
}

static int share_columns(const struct reader *r)
{
    for (u32 i = 0; i < r->cpu_sheet->n; i++) {
        if (sheet_has(r->host_sheet, r->cpu_sheet->order[i])) {
            return 1;
        }
    }
    return 0;
}

/* Is this another text about the host read so far? Its name says so; or there
 * is no other name, and one text has registers and the other has names. */
static int same_host_again(struct reader *r)
{
    const struct cpu *c = &r->cpu;
    int mixed = format_carries(c->format) != format_carries(r->host.format);
    if (c->name.len && c->name_sure) {
        return view_equal(name_view(&c->name), name_view(&r->host.name));
    }
    return mixed && (r->host.name.len || r->file.len);
}

/* Is this another CPU of the host read so far? */
static int same_host(struct reader *r)
{
    const struct cpu *c = &r->cpu;
    u32 id;
    if (!r->host.open || c->split) {
        return 0;
    }
    if (unlike_machine(r)) {
        return 0;
    }
    if (c->format != r->host.format) {
        return same_host_again(r);
    }
    if (c->name.len && c->number == NO_NUMBER &&
        !view_equal(name_view(&c->name), name_view(&r->host.name))) {
        return 0;
    }
    if (c->number != NO_NUMBER) {
        return r->host.numbered &&
               (c->virtual_ || !seen(r->host.numbers, c->number));
    }
    if (c->alone || format_block(c->format) == ONE) {
        return c->alone && r->host.alone && !share_columns(r);
    }
    if (!apic_id(r, &id)) {
        return !share_columns(r);
    }
    /* The same id again is another host, but for a file whose CPUs were all
     * dumped on the same one: nothing else differs there. */
    return !seen(r->host.apic_ids, id) ||
           (r->file.len && sheets_alike(r->fleet, r->host_sheet, r->cpu_sheet));
}

static void swap_sheets(struct reader *r)
{
    struct sheet *sheet = r->host_sheet;
    r->host_sheet = r->cpu_sheet;
    r->cpu_sheet = sheet;
}

static void adopt(struct reader *r)
{
    swap_sheets(r);
    r->host.open = 1;
    r->host.disputed = FORMATS;
    r->host.alone = r->cpu.alone;
    r->host.format = r->cpu.format;
    r->host.start = r->cpu.start;
    r->host.end = 0;
    r->host.cpus = 0;
    r->host.differ = 0;
    r->host.numbered = r->cpu.number != NO_NUMBER;
    r->host.name = r->cpu.name;
    r->host.told = r->cpu.told;
    bytes_zero(r->host.numbers, sizeof(r->host.numbers));
    bytes_zero(r->host.apic_ids, sizeof(r->host.apic_ids));
}

/* Another text about the same host: registers outrank names, and what was
 * read first outranks what came later. */
static void fill_host(struct reader *r)
{
    enum format_id first = r->host.format, second = r->cpu.format;
    u32 place[4];
    if (format_carries(second) < format_carries(first)) {
        swap_sheets(r);
        r->host.format = second;
        r->host.numbered = r->cpu.number != NO_NUMBER;
        bytes_zero(r->host.numbers, sizeof(r->host.numbers));
        bytes_zero(r->host.apic_ids, sizeof(r->host.apic_ids));
    }
    u32 odd = sheet_fill(r->fleet, r->host_sheet, r->cpu_sheet, place);
    if (odd && r->host.format != r->host.disputed) {
        u8 room[80];
        struct text t = text_in(room, sizeof(room));
        place_say(&t, place[0], place[1], place[2], place[3]);
        note_add(&r->fleet->notes, NOTE_SOURCES_DIFFER, note_here(r),
            table_word(formats, first, 1), table_word(formats, second, 1), odd,
            text_view(&t), table_word(formats, r->host.format, 1));
        r->host.disputed = r->host.format;
    }
}

void end_cpu(struct reader *r)
{
    u32 id = 0;
    end_fields(r);
    names_close(r, (enum absent)r->list.absent);
    end_words(r);
    if (!r->cpu.open) {
        reset_cpu(r);
        return;
    }
    found_empties(r);
    u32 dropped = sheet_clip(r->fleet, r->cpu_sheet);
    if (!r->cpu.loose) {
        r->fleet->used -= dropped;
        r->fleet->aside += dropped;
    }
    int has_id = apic_id(r, &id);
    if (!same_host(r)) {
        end_host(r);
        adopt(r);
    } else if (r->cpu.format != r->host.format) {
        fill_host(r);
        r->host.cpus -= r->host.cpus > 0;
    } else {
        r->host.differ |= sheet_join(r->fleet, r->host_sheet, r->cpu_sheet,
            r->differ);
        /* One CPU asked by several commands. */
        r->host.cpus -= r->cpu.alone ? 1 : 0;
        if (r->cpu.name.len && !r->cpu.name_sure) {
            r->fleet->used--;
            note_unread(r, r->cpu.name_spot.line, name_view(&r->cpu.name));
        }
    }
    /* Names may close after registers that came behind them. */
    if (r->cpu.end > r->host.end) {
        r->host.end = r->cpu.end;
        r->host.last_line = r->cpu.last_line;
    }
    r->host.cpus++;
    if (has_id) {
        mark(r->host.apic_ids, id);
    }
    if (r->cpu.number != NO_NUMBER) {
        mark(r->host.numbers, r->cpu.number);
    }
    reset_cpu(r);
}

/* "host A" ... "host Z", "host AA": a name for a host that has none. */
static void name_made_up(struct text *t, u32 index)
{
    u8 letters[8];
    u32 n = 0;
    for (index++; index; index = (index - 1) / 26) {
        letters[n++] = (u8)('A' + (index - 1) % 26);
    }
    text_put(t, VIEW("host "));
    while (n) {
        text_char(t, letters[--n]);
    }
}

static void name_host(struct reader *r, struct host_record *h)
{
    struct text t = text_open(&r->fleet->names);
    h->named_ = 1;
    if (r->host.name.len) {
        text_put(&t, name_view(&r->host.name));
    } else if (r->file.len) {
        text_put(&t, name_view(&r->file));
        if (++r->file_hosts > 1) {
            text_say(&t, " %u", r->file_hosts);
        }
    } else {
        h->named_ = 0;
        name_made_up(&t, r->fleet->hosts_n);
    }
    h->name_at_ = text_keep(&r->fleet->names, &t, &h->name_len_);
}

static void say_features(struct reader *r, struct text *t)
{
    struct fleet *f = r->fleet;
    u32 said = 0;
    for (u32 i = 0; i < r->host_sheet->n; i++) {
        u32 c = r->host_sheet->order[i];
        for (u32 reg = 0; reg < 4; reg++) {
            for (u32 b = 0; b < 32; b++) {
                if (!(r->differ[c][reg] >> b & 1) || said++ >= 6) {
                    continue;
                }
                u32 leaf = f->columns.leaf[c], sub = f->columns.sub[c];
                u32 known = bit_find(leaf, sub, reg, b);
                text_put(t, said > 1 ? VIEW(", ") : VIEW(""));
                if (known < BITS) {
                    text_say(t, "%v ", bit_name(&f->know, known));
                }
                place_say(t, leaf, sub, reg, b);
            }
        }
    }
    if (said > 6) {
        text_say(t, " and %u more", said - 6);
    }
}

static void note_host(struct reader *r, u32 host, const struct kind_record *k)
{
    struct fleet *f = r->fleet;
    struct view name = host_name(f, &f->hosts[host]);
    struct note_place place = {host + 1, r->source, r->host.start.line};
    names_tell(r, place, &r->host.told);
    if (k->guest_) {
        note_add(&f->notes, NOTE_GUEST, place, name);
    }
    if (r->host.differ) {
        u8 room[400];
        struct text t = text_in(room, sizeof(room));
        say_features(r, &t);
        note_add(&f->notes, NOTE_CPUS_DIFFER, place, r->host.cpus, name,
            text_view(&t));
    }
}

void end_host(struct reader *r)
{
    struct fleet *f = r->fleet;
    if (!r->host.open) {
        return;
    }
    r->host.open = 0;
    r->file_read = 1;
    u32 kind = NO_KIND;
    if (f->hosts_n < f->hosts_size && f->names.size - f->names.used > 256) {
        kind = kind_of(f, r->host_sheet);
    }
    if (kind == NO_KIND) {
        if (!f->limit_told++) {
            int many = f->kinds_n < f->hosts_n;
            note_add(&f->notes, many ? NOTE_HOST_LIMIT : NOTE_KIND_LIMIT,
                note_here(r), f->hosts_n);
        }
    } else {
        struct host_record *h = &f->hosts[f->hosts_n];
        *h = (struct host_record){0};
        name_host(r, h);
        h->kind_ = kind;
        h->format_ = r->host.format;
        h->source_ = r->source;
        h->at_ = r->host.start.at;
        h->len_ = r->host.end - r->host.start.at;
        h->line_ = r->host.start.line;
        h->last_line_ = r->host.last_line;
        h->cpus_ = r->host.cpus;
        if (!f->kinds[kind].hosts_++) {
            f->kinds[kind].first_host_ = f->hosts_n;
        }
        note_host(r, f->hosts_n++, &f->kinds[kind]);
    }
    if (r->host.differ) {
        bytes_zero(r->differ, sizeof(r->differ));
    }
}

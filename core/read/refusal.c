/* SPDX-License-Identifier: MIT
 * Refusals: what a hypervisor says when it will not move a machine. A line is
 * known by a text in it; the features it names follow in that line, or in the
 * lines after it.
 */
#include "words.h"

enum how {
    HOW_NAMES, HOW_LEVEL, HOW_WORD, HOW_EQUALS, HOW_LABELS, HOW_QEMU_PLACE,
    HOW_REGISTERS, HOW_FEATURESETS, HOW_XSTATES
};

enum {
#define STEP(...)
#define SENTENCE(...)
#define SAYS(ID, PLATFORM, ...) PLATFORM_OF_##ID = PLATFORM_##PLATFORM,
#define REFUSAL(...)
#define REFUSAL_ASIDE(...)
#define LABEL(...)
#include "../know/refusals.def"
#undef STEP
#undef SAYS
#undef REFUSAL
};

static const struct {
    u8 platform, side, how, len;
} rows[] = {
#define STEP(...)
#define SAYS(...)
#define REFUSAL(ID, SIDE, HOW, MARK) \
    {PLATFORM_OF_##ID, SIDE_##SIDE, HOW_##HOW, sizeof(MARK) - 1},
#include "../know/refusals.def"
#undef REFUSAL
};

enum {
    ROWS = sizeof(rows) / sizeof(rows[0]),
    LOOKED_AT = 4096,
    LABEL_ROOM = 120
};

static const char marks[] =
#define REFUSAL(ID, SIDE, HOW, MARK) MARK "\0"
#include "../know/refusals.def"
#undef REFUSAL
#undef REFUSAL_ASIDE
    ;

static const char asides[] =
#define REFUSAL(...)
#define REFUSAL_ASIDE(BEGINNING) BEGINNING "\0"
#include "../know/refusals.def"
#undef REFUSAL_ASIDE
#undef LABEL
    ;

/* A label and VMware's name for it in turns. */
static const char labels[] =
#define REFUSAL_ASIDE(...)
#define LABEL(BEGINNING, NAME) BEGINNING "\0" NAME "\0"
#include "../know/refusals.def"
    ;

/* What follows the needle; empty where it is not there. */
static struct view after(struct view v, const char *needle)
{
    struct view n = view_of(needle);
    return view_from(v, view_find(v, n) + n.len);
}

static u32 word_len(struct view v)
{
    u32 n = view_word(v).len;
    while (n && v.s[n - 1] == '.') {
        n--;
    }
    return n;
}

/* Which letters (their low 5 bits) follow which at the beginning of a text. */
static void mark_starts(u32 starts[32])
{
    const char *mark = marks;
    for (u32 row = 0; row < ROWS; row++) {
        starts[mark[0] & 31] |= 1u << (mark[1] & 31);
        mark += rows[row].len + 1;
    }
    starts[0] = 1;
}

/* The first row one of whose texts is in the line; *rest is what follows. */
static u32 find_row(struct reader *r, struct view line, struct view *rest)
{
    u32 best = ROWS, *starts = r->refusal.starts;
    if (!starts[0]) {
        mark_starts(starts);
    }
    for (u32 i = 0; i + 1 < line.len && i < LOOKED_AT; i++) {
        if (!(starts[line.s[i] & 31] >> (line.s[i + 1] & 31) & 1) ||
            (i && is_letter(line.s[i - 1]))) {
            continue;
        }
        const char *mark = marks;
        for (u32 row = 0; row < best; row++) {
            struct view text = {(const u8 *)mark, rows[row].len};
            if (view_starts(view_from(line, i), text)) {
                best = row;
                *rest = view_from(line, i + text.len);
            }
            mark += text.len + 1;
        }
    }
    return best;
}

/* The refusal read last. There is one wherever a feature is taken. */
static struct refusal *last_refusal(struct reader *r)
{
    struct refusals *f = &r->fleet->refusals;
    return f->n ? &f->list[f->n - 1] : NULL;
}

/* Where the next feature is. */
static void place(struct reader *r, u32 leaf, u32 sub, u32 reg)
{
    struct refused *at = &r->refusal.at;
    at->leaf = leaf;
    at->sub = (u8)sub;
    at->reg = (u8)reg;
}

/* One more feature of the refusal read last, at the place; a bit takes the
 * place of the whole register. */
static void add(struct reader *r, u32 bit, struct view name)
{
    struct refusals *f = &r->fleet->refusals;
    struct refusal *of = last_refusal(r);
    struct text t = text_open(&r->fleet->names);
    struct refused *b = &f->bits[of->first], *end = &f->bits[f->bits_n];
    struct refused what = r->refusal.at;
    what.bit = (u8)bit;
    for (; b < end; b++) {
        if (b->leaf == what.leaf && b->sub == what.sub && b->reg == what.reg &&
            (b->bit == bit || b->bit == WHOLE)) {
            if (b->bit == WHOLE) {
                b->bit = what.bit;
                b->side = what.side;
            }
            return;
        }
    }
    if (f->bits_n < REFUSED && of->n < REFUSED_EACH && t.size >= NAME_ROOM) {
        text_put(&t, view_head(name, NAME_ROOM));
        name = text_close(&r->fleet->names, &t);
        what.name_at = arena_offset(&r->fleet->names, name.s);
        what.name_len = name.len;
        *b = what;
        f->bits_n++;
        of->n++;
        of->hash = (of->hash ^ what.leaf ^ bit << 16 ^ what.sub ^
                       (u32)what.reg << 8) * 0x01000193u;
    }
}

/* A name without a place; a hash keeps different ones apart. */
static void add_name(struct reader *r, struct view name)
{
    u32 hash = 0x811c9dc5u;
    for (u32 i = 0; i < name.len; i++) {
        hash = (hash ^ name.s[i]) * 0x01000193u;
    }
    place(r, hash, 0, 0);
    if (name.len) {
        add(r, PLACELESS, name);
    }
}

static void add_bits(struct reader *r, u32 side, u32 word)
{
    r->refusal.at.side = (u8)side;
    for (u32 b = 32; b--;) {
        if (word >> b & 1) {
            add(r, b, VIEW(""));
        }
    }
}

/* A name in the platform's spelling. Where it stands for different bits of
 * different vendors and no host tells which, Intel's is meant. */
static u32 named(struct reader *r, struct view name)
{
    const struct fleet *f = r->fleet;
    u32 vendor = f->kinds_n ? f->kinds[0].vendor_set_ : 0;
    int of_vmware = rows[last_refusal(r)->row].platform <= PLATFORM_EVC;
    return name.len ? bit_named(&f->know, of_vmware ? VMWARE : LIBVIRT, name,
                          vendor ? vendor : INTEL)
                    : BITS;
}

/* "Advanced Vector Extensions (AVX)" and the like. */
static u32 labelled(struct reader *r, struct view label)
{
    u32 row = word_len(label) == label.len ? named(r, label) : BITS;
    const char *p = labels;
    while (row == BITS && *p) {
        struct view beginning = view_of(p), name;
        name = view_of(p + beginning.len + 1);
        p = (const char *)name.s + name.len + 1;
        if (view_starts(label, beginning)) {
            row = named(r, name);
        }
    }
    for (; row == BITS && label.len; label = after(label, "(")) {
        row = named(r, view_head(label, word_len(label)));
    }
    return row;
}

/* A feature by its name, with what stands in front of it in keys; a name that
 * is not known counts, too, unless it is one of labels. */
static int take_name(struct reader *r, struct view name, int label)
{
    struct view key = after(name, "cpuid.");
    name = key.len ? key : name;
    u32 row = labelled(r, name);
    if (row < BITS) {
        place(r, bits.leaf[row], bits.sub[row], bits.reg[row]);
        add(r, bits.bit[row], VIEW(""));
    } else if (!label) {
        add_name(r, name);
    }
    return row < BITS;
}

/* Names between commas, or labels between bullets, until something else comes;
 * names go on in the next line after a last comma. */
static int take_list(struct reader *r, struct view v, int label)
{
    int any = 0, more = 1;
    for (u32 n = 0; more && n < REFUSED_EACH; n++) {
        u32 end = 0;
        while (end < v.len && v.s[end] != ',' && v.s[end] != '*') {
            end++;
        }
        struct view one = view_trim(view_head(v, end));
        u32 len = !label ? word_len(one) : one.len < LABEL_ROOM ? one.len : 0;
        more = end < v.len;
        if (one.len) {
            int known = take_name(r, view_head(one, len), label);
            more &= label ? known : len == one.len;
            any |= known;
            r->refusal.list = 0;
        }
        v = view_from(v, end + 1);
        r->refusal.list |= !label && more && !v.len;
    }
    return any;
}

/* Lists that follow a key. */
static void take_keys(struct reader *r, struct view line)
{
    static const char keys[] =
        "extra features:\0missing features:\0provide required features:\0"
        "feature.node.kubevirt.io/\0features.node.kubevirt.io/\0vmfeature.\0";
    u8 side = r->refusal.at.side;
    for (const char *key = keys; *key; key += view_of(key).len + 1) {
        u32 at = view_find(line, view_of(key));
        struct view rest = after(line, key);
        r->refusal.at.side = key == keys ? SIDE_EXTRA : side;
        r->refusal.list |= at < line.len && !rest.len;
        for (u32 n = 0; rest.len && n < REFUSED_EACH; n++) {
            take_list(r, rest, 0);
            rest = after(rest, key);
        }
    }
}

/* What a line says of one register: its name, the numbers in turn, and the word
 * behind the register (or behind the first number, where there is none). */
struct said {
    u32 n, number[4], reg;
    struct view name;
};

/* 0x1, 07H, -2147483647, 16; 80000001 is hexadecimal as it looks so. Returns
 * whether it is a number, and nothing else. */
static int take_number(struct view v, int minus, u32 *value)
{
    u32 hex = view_starts(v, VIEW("0x")) ? 2 : 0;
    struct view digits = view_from(v, hex);
    if (v.len && (v.s[v.len - 1] & 0xdf) == 'H') {
        hex = 1;
        digits.len--;
    }
    int decimal = !hex && !view_starts(v, VIEW("8000"));
    u32 n = decimal ? read_decimal(digits, value) : read_hex(digits, value);
    *value = minus ? 0 - *value : *value;
    return n && n == digits.len;
}

static struct said take_said(struct view line)
{
    struct said s = {0, {0}, 4, {0, 0}};
    for (u32 i = 0, end; i < line.len; i = end + 1) {
        end = i;
        while (end < line.len &&
               (is_digit(line.s[end]) || is_letter(line.s[end]))) {
            end++;
        }
        struct view word = view_head(view_from(line, i), end - i);
        struct view rest = view_from(line, end);
        int named = s.reg < 4 || s.n;
        for (u32 reg = 0; reg < 4 && word.len == 3 && s.reg > 3; reg++) {
            if (view_starts(word, reg_name(reg)) &&
                !view_starts(rest, VIEW("="))) {
                s.reg = reg;
                s.name.len = 0;
                named = 0;
            }
        }
        if (s.n < 4 && take_number(word, i && line.s[i - 1] == '-',
                           &s.number[s.n])) {
            s.n++;
        } else if (named && !s.name.len && is_letter(line.s[i])) {
            s.name = view_from(line, i);
            s.name.len = word_len(s.name);
        }
    }
    return s;
}

/* Bits of a vector, 32 of 0 and 1; T and F are what a machine requires, any
 * other letter says nothing. */
static struct word read_vector(struct view v)
{
    struct word w = {0, 0};
    for (u32 n = 32; n && v.len; v = view_from(v, 1)) {
        u8 c = to_lower(v.s[0]);
        if (c > ' ' && c != ':' && (c & 0xc0) != 0x80) {
            n--;
            w.value |= (u32)(c == '1' || c == 't') << n;
            w.known |= (u32)(c == '0' || c == '1' || c == 't' || c == 'f') << n;
        }
    }
    return w;
}

static int take_vectors(struct reader *r, struct view line)
{
    struct view host = after(line, "Host bits:");
    struct view required = after(line, "Required:");
    struct word *has = &r->refusal.has, *wants = &r->refusal.wants;
    if (host.len) {
        *has = read_vector(host);
    }
    if (required.len) {
        *wants = read_vector(required);
    }
    u32 differ = (has->value ^ wants->value) & has->known & wants->known;
    add_bits(r, SIDE_DESTINATION, differ & wants->value);
    add_bits(r, SIDE_SOURCE, differ & has->value);
    return host.len + required.len != 0;
}

static void take_level(struct reader *r, struct view rest)
{
    struct said s = take_said(rest);
    if (s.reg < 4 && s.n) {
        place(r, s.number[0], 0, s.reg);
        r->refusal.at.side = SIDE_EITHER;
        add(r, WHOLE, VIEW(""));
        r->refusal.level = r->refusal.at;
        r->refusal.has.known = 0;
        take_vectors(r, rest);
        take_list(r, after(rest, "features:"), 1);
    }
}

/* "CPUID.07H:EBX.avx512f [bit 16]", "CPUID[eax=07h,ecx=00h].EBX.hle [bit 4]",
 * "MSR(10AH).rdctl-no [bit 0]". The first does not tell the subleaf, but QEMU
 * names only one of each register. */
static void take_place(struct reader *r, struct view v)
{
    struct said s = take_said(v);
    u32 leaf = s.number[0], bit = s.n ? s.number[s.n - 1] : 32;
    u32 sub = leaf == 0xd || (leaf == 7 && s.reg == EAX);
    r->refusal.list = !v.len;
    if (s.n > 2) {
        sub = s.number[1];
    }
    if (leaf == 0x10a && s.reg > 3 && bit < 64) {
        s.reg = bit < 32 ? EAX : EDX;
        leaf = MSR_10A;
        sub = SUB_MSR;
        bit &= 31;
    }
    if (s.n > 1 && s.reg < 4 && bit < 32) {
        place(r, leaf, sub, s.reg);
        add(r, bit, s.name);
    } else {
        add_name(r, s.name);
    }
}

/* Cloud Hypervisor: the whole registers of both sides. */
static void take_registers(struct reader *r, struct view v)
{
    struct said s = take_said(v);
    if (s.reg < 4) {
        place(r, s.number[0], s.number[1], s.reg);
        if (after(v, "Bitwise").len) {
            add_bits(r, SIDE_DESTINATION, s.number[2] & ~s.number[3]);
        } else {
            add(r, WHOLE, VIEW(""));
        }
    }
}

/* What the machine has; perhaps, in brackets, what the host has. */
static void take_featuresets(struct reader *r, struct view v)
{
    struct view host = after(v, "host CPU features (");
    struct place p;
    while (v.len && hex_digit(v.s[0]) > 15) {
        v = view_from(v, 1);
    }
    for (u32 i = 0, n = 1; n && featureset_word(i, &p); i++) {
        u32 has, here;
        n = read_hex(v, &has);
        v = view_from(v, n + 1);
        host = view_from(host, read_hex(host, &here) + 1);
        place(r, p.leaf, p.sub, p.reg);
        add_bits(r, SIDE_DESTINATION, has & ~here);
    }
}

static void take_features(struct reader *r, u32 row, struct view line,
    struct view rest)
{
    r->refusal.list = 0;
    r->refusal.at.side = rows[row].side;
    switch (rows[row].how) {
    case HOW_LEVEL: take_level(r, rest); break;
    case HOW_WORD:
        while (rest.len && !is_word(rest.s[0])) {
            rest = view_from(rest, 1);
        }
        take_list(r, rest, 0);
        break;
    case HOW_EQUALS: take_list(r, after(rest, "="), 0); break;
    case HOW_LABELS:
        /* In the same line only behind a colon or a bullet. */
        take_list(r, after(rest, view_starts(rest, VIEW(":")) ? ":" : "*"), 1);
        break;
    case HOW_QEMU_PLACE: take_place(r, rest); break;
    case HOW_REGISTERS: take_registers(r, rest); break;
    case HOW_FEATURESETS: take_featuresets(r, rest); break;
    case HOW_XSTATES:
        place(r, 0xd, 0, EAX);
        add_bits(r, SIDE_HOST, take_said(rest).number[0]);
        break;
    default: take_keys(r, line); break;
    }
}

/* Does this row go on with the refusal read last? QEMU has a line a feature,
 * with others between them; other programs say one thing in several ways, one
 * line after the other. */
static int goes_on(struct reader *r, const struct refusal *last, u32 row)
{
    u32 how = rows[row].how;
    if (!last || last->source != r->source ||
        rows[last->row].platform != rows[row].platform) {
        return 0;
    }
    return (last->row == row &&
               (how == HOW_QEMU_PLACE || how == HOW_REGISTERS)) ||
           (last->last_line + 1 == r->here.line &&
               (last->row == row || !last->n || how == HOW_LABELS ||
                   how == HOW_NAMES));
}

static int open_refusal(struct reader *r, u32 row, struct view line)
{
    struct refusals *f = &r->fleet->refusals;
    struct refusal *last = last_refusal(r);
    struct text t = text_open(&r->fleet->names);
    if (goes_on(r, last, row)) {
        last->row = row < last->row ? row : last->row;
        return 1;
    }
    if (f->n == REFUSALS || t.size < 2 * REFUSAL_TEXT) {
        if (!f->limit_told++) {
            note_add(&r->fleet->notes, NOTE_REFUSAL_LIMIT, note_here(r), f->n);
        }
        return 0;
    }
    text_quote(&t, line, REFUSAL_TEXT);
    struct view said = text_close(&r->fleet->names, &t);
    f->list[f->n++] = (struct refusal){
        .row = row,
        .source = r->source,
        .line = r->here.line,
        .text_at = arena_offset(&r->fleet->names, said.s),
        .text_len = said.len,
        .first = f->bits_n,
    };
    return 1;
}

/* A line after the first one of a refusal. */
static enum line_use go_on(struct reader *r, struct view line)
{
    const struct refusal *last = last_refusal(r);
    u32 how = rows[last->row].how;
    struct view head, more = after(line, "features:");
    if (how == HOW_QEMU_PLACE && r->refusal.list) {
        take_place(r, line);
        return USED;
    }
    if (r->refusal.list || (how == HOW_NAMES && !last->n && more.len)) {
        take_list(r, more.len ? more : line, 0);
        return USED;
    }
    if (how == HOW_LEVEL) {
        r->refusal.at = r->refusal.level;
        if (take_vectors(r, line)) {
            return USED;
        }
        r->refusal.at.side = SIDE_EITHER;
    }
    if (view_starts_any(line, asides, &head)) {
        return ASIDE;
    }
    return rows[last->row].platform <= PLATFORM_EVC && take_list(r, line, 1)
               ? USED : NOT_MINE;
}

enum line_use read_refusal(struct reader *r, struct view line)
{
    struct view rest = line;
    enum line_use use = USED;
    line = view_trim(line);
    u32 row = find_row(r, line, &rest);
    if (row < ROWS) {
        r->refusal.open = open_refusal(r, row, line);
        if (r->refusal.open) {
            take_features(r, row, line, rest);
        }
    } else if (r->refusal.open) {
        use = go_on(r, line);
        r->refusal.open = use != NOT_MINE;
    } else {
        return NOT_MINE;
    }
    if (r->refusal.open) {
        last_refusal(r)->last_line = r->here.line;
    }
    return use;
}

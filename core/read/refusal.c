/* SPDX-License-Identifier: MIT
 * Refusals: what a hypervisor says when it will not move a machine. A line is
 * known by a text in it; the features it names follow in that line, or in the
 * lines after it.
 */
#include "read.h"

enum how {
    HOW_NOTHING, HOW_LEVEL, HOW_NAMES, HOW_WORD, HOW_EQUALS, HOW_LABELS,
    HOW_KEYS, HOW_QEMU_PLACE, HOW_REGISTERS, HOW_FEATURESETS, HOW_ONES,
    HOW_XSTATES
};

enum {
#define STEP(...)
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

enum { ROWS = sizeof(rows) / sizeof(rows[0]), LOOKED_AT = 4096 };

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
    u32 n = 0;
    while (n < v.len && is_word(v.s[n])) {
        n++;
    }
    while (n && v.s[n - 1] == '.') {
        n--;
    }
    return n;
}

/* A word behind what is none. */
static struct view next_word(struct view v)
{
    while (v.len && !word_len(v)) {
        v = view_from(v, 1);
    }
    return view_head(v, word_len(v));
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

static struct refusal *last_refusal(struct reader *r)
{
    struct refusals *f = &r->fleet->refusals;
    return f->n ? &f->list[f->n - 1] : NULL;
}

/* One more feature of the refusal read last; a bit takes the place of the whole
 * register. */
static void add(struct reader *r, struct refused what, struct view name)
{
    struct refusals *f = &r->fleet->refusals;
    struct arena *names = &r->fleet->names;
    struct refusal *of = last_refusal(r);
    for (u32 i = of->first; i < of->first + of->n; i++) {
        struct refused *b = &f->bits[i];
        struct view called = {names->base + b->name_at, b->name_len};
        if (b->leaf != what.leaf || b->sub != what.sub || b->reg != what.reg ||
            (what.bit == PLACELESS && !view_equal(called, name))) {
            continue;
        }
        if (b->bit == WHOLE) {
            b->bit = what.bit;
            b->side = what.side;
        }
        if (b->bit == what.bit || what.bit == WHOLE) {
            return;
        }
    }
    struct text t = text_open(names);
    if (f->bits_n == REFUSED || of->n == REFUSED_EACH ||
        t.size < NAME_ROOM) {
        return;
    }
    text_put(&t, view_head(name, NAME_ROOM));
    name = text_close(names, &t);
    what.name_at = arena_offset(names, name.s);
    what.name_len = name.len;
    f->bits[f->bits_n++] = what;
    of->n++;
}

static void add_bits(struct reader *r, struct refused what, u32 word)
{
    for (u32 b = 32; b--;) {
        if (word >> b & 1) {
            what.bit = (u8)b;
            add(r, what, VIEW(""));
        }
    }
}

/* A name in the platform's spelling. Where it stands for different bits of
 * different vendors and no host tells which, Intel's is meant. */
static u32 named(struct reader *r, struct view name)
{
    const struct fleet *f = r->fleet;
    u32 platform = rows[last_refusal(r)->row].platform;
    enum dialect dialect = platform <= PLATFORM_EVC   ? VMWARE
                           : platform == PLATFORM_CRAC ? LINUX
                                                       : LIBVIRT;
    u32 vendor = f->kinds_n ? f->kinds[0].vendor_set_ : 0, row = BITS;
    if (name.len) {
        row = bit_named(&f->know, dialect, name, vendor);
    }
    return name.len && row == BITS
               ? bit_named(&f->know, dialect, name, INTEL) : row;
}

/* "Advanced Vector Extensions (AVX)" and the like; a list like VMware's. */
static u32 labelled(struct reader *r, struct view label)
{
    u32 row = named(r, label);
    const char *p = labels;
    while (row == BITS && *p) {
        struct view beginning = view_of(p), name;
        p += beginning.len + 1;
        name = view_of(p);
        p += name.len + 1;
        if (view_starts(label, beginning)) {
            return named(r, name);
        }
    }
    struct view rest = label;
    if (row == BITS && view_find(label, VIEW(" (")) < label.len) {
        row = named(r, view_head(label, word_len(label)));
    }
    while (row == BITS && rest.len) {
        rest = after(rest, "(");
        row = named(r, view_head(rest, word_len(rest)));
    }
    return row;
}

static int take_row(struct reader *r, u32 row, u32 side)
{
    if (row < BITS) {
        add(r,
            (struct refused){bits.leaf[row], bits.sub[row], bits.reg[row],
                bits.bit[row], (u8)side, 0, 0},
            VIEW(""));
    }
    return row < BITS;
}

static void take_name(struct reader *r, struct view name, u32 side)
{
    if (name.len && !take_row(r, labelled(r, name), side)) {
        add(r, (struct refused){0, 0, 0, PLACELESS, (u8)side, 0, 0}, name);
    }
}

/* Names between commas, until something else comes; after a last comma the list
 * goes on in the next line. */
static void take_list(struct reader *r, struct view v, u32 side)
{
    r->refusal.list = 1;
    r->refusal.side = side;
    for (u32 n = 0; n < REFUSED_EACH; n++) {
        v = view_trim(v);
        u32 len = word_len(v);
        if (!v.len) {
            return;
        }
        take_name(r, view_head(v, len), side);
        v = view_trim(view_from(v, len));
        if (!len || !v.len || v.s[0] != ',') {
            break;
        }
        v = view_from(v, 1);
    }
    r->refusal.list = 0;
}

static void take_names(struct reader *r, struct view line, u32 side)
{
    static const char *const heads[] = {"missing features:",
        "required features:", "extra features:"};
    for (u32 i = 0; i < 3; i++) {
        if (view_find(line, view_of(heads[i])) < line.len) {
            take_list(r, after(line, heads[i]), i == 2 ? SIDE_EXTRA : side);
        }
    }
}

/* Words that follow a key, as "...node.kubevirt.io/avx2". */
static void take_keys(struct reader *r, struct view line, u32 side)
{
    static const char *const keys[] = {"feature.node.kubevirt.io/",
        "features.node.kubevirt.io/", "vmfeature.cpuid."};
    for (u32 i = 0; i < 3; i++) {
        struct view rest = after(line, keys[i]);
        for (u32 n = 0; rest.len && n < REFUSED_EACH; n++) {
            take_name(r, view_head(rest, word_len(rest)), side);
            rest = after(rest, keys[i]);
        }
    }
}

/* Labels parted by bullets or commas, up to what is none. */
static int take_labels(struct reader *r, struct view v, u32 side)
{
    int any = 0, more = 1;
    for (u32 n = 0; more && v.len && n < REFUSED_EACH; n++) {
        u32 end = 0;
        while (end < v.len && v.s[end] != '*' && v.s[end] != ',' &&
               v.s[end] != ';') {
            end++;
        }
        struct view label = view_trim(view_head(v, end));
        if (label.len) {
            more = label.len < 120 && take_row(r, labelled(r, label), side);
            any |= more;
        }
        v = view_from(v, end + 1);
    }
    return any;
}

static int take_reg(struct view v, u32 *reg)
{
    v = next_word(v);
    for (*reg = EAX; *reg <= EDX; ++*reg) {
        if (view_starts(v, reg_name(*reg))) {
            return 1;
        }
    }
    return 0;
}

/* A number as people write levels: 0x1, 80000001 (in hexadecimal where it looks
 * so), or signed decimal. */
static u32 read_number(struct view v)
{
    u32 value = 0;
    v = view_trim(v);
    int minus = v.len && v.s[0] == '-';
    v = view_from(v, (u32)minus);
    if (view_starts(v, VIEW("0x"))) {
        read_hex(view_from(v, 2), &value);
    } else if (view_starts(v, VIEW("8000"))) {
        read_hex(v, &value);
    } else {
        read_decimal(v, &value);
    }
    return minus ? 0 - value : value;
}

/* Bits of a vector, 32 of 0 and 1; T and F are what a machine requires, any
 * other letter says nothing. */
static struct word read_vector(struct view v)
{
    struct word w = {0, 0};
    for (u32 n = 0; n < 32 && v.len; v = view_from(v, 1)) {
        u8 c = to_lower(v.s[0]);
        if (c == ':' || is_space(c) || (c & 0xc0) == 0x80) {
            continue;
        }
        u32 bit = 31 - n++;
        w.value |= (u32)(c == '1' || c == 't') << bit;
        w.known |= (u32)(c == '0' || c == '1' || c == 't' || c == 'f') << bit;
    }
    return w;
}

static int take_vectors(struct reader *r, struct view line)
{
    static const char *const heads[] = {"Host bits:", "Required:"};
    struct word *words = r->refusal.vectors;
    struct refused what = r->refusal.at;
    int any = 0;
    for (u32 i = 0; i < 2; i++) {
        struct view v = after(line, heads[i]);
        if (v.len) {
            words[i] = read_vector(v);
            any = 1;
        }
    }
    if (any) {
        u32 differ = (words[0].value ^ words[1].value) & words[0].known &
                     words[1].known;
        what.side = SIDE_DESTINATION;
        add_bits(r, what, differ & words[1].value);
        what.side = SIDE_SOURCE;
        add_bits(r, what, differ & words[0].value);
    }
    return any;
}

static void take_level(struct reader *r, struct view rest)
{
    u32 reg, level = read_number(rest);
    struct view name = after(rest, "register");
    if (take_reg(name, &reg)) {
        r->refusal.at =
            (struct refused){level, 0, (u8)reg, WHOLE, SIDE_EITHER, 0, 0};
        add(r, r->refusal.at, VIEW(""));
        r->refusal.vectors[0].known = r->refusal.vectors[1].known = 0;
        take_vectors(r, rest);
        take_labels(r, after(rest, "features:"), SIDE_EITHER);
    }
}

/* "CPUID.07H:EBX.avx512f [bit 16]", "CPUID[eax=07h,ecx=00h].EBX.hle [bit 4]",
 * "MSR(10AH).rdctl-no [bit 0]". The first does not tell the subleaf, but QEMU
 * names only one of each register. */
static void take_place(struct reader *r, struct view v, u32 side)
{
    u32 leaf, sub = 0, reg = EAX, bit = 0;
    struct view in = after(v, "eax="), msr = after(v, "MSR(");
    struct view at = in.len ? after(in, "].") : after(after(v, "CPUID."), ":");
    r->refusal.list = !v.len;
    int placed = read_decimal(after(v, "[bit "), &bit) && bit < 64;
    if (msr.len && read_hex(msr, &leaf)) {
        at = after(msr, ").");
        placed &= leaf == 0x10a;
        reg = bit >= 32 ? EDX : EAX;
        leaf = MSR_10A;
        sub = SUB_MSR;
    } else if (read_hex(in.len ? in : after(v, "CPUID."), &leaf) &&
               take_reg(at, &reg)) {
        at = after(at, ".");
        sub = leaf == 0xd || (leaf == 7 && reg == EAX);
        if (in.len) {
            read_hex(after(in, "ecx="), &sub);
        }
    } else {
        return;
    }
    struct refused what = {
        leaf, (u8)sub, (u8)reg, (u8)(bit & 31), (u8)side, 0, 0};
    if (!placed) {
        what = (struct refused){0, 0, 0, PLACELESS, (u8)side, 0, 0};
    }
    add(r, what, view_head(at, word_len(at)));
}

/* Cloud Hypervisor: the whole registers of both sides. */
static void take_registers(struct reader *r, struct view v, u32 side)
{
    u32 leaf = read_number(after(v, "leaf=")), reg;
    u32 sub = read_number(after(v, "subleaf="));
    u32 source = read_number(after(after(v, "source VM feature"), "'"));
    u32 here = read_number(after(after(v, "destination VM feature"), "'"));
    if (!take_reg(after(v, "register="), &reg)) {
        return;
    }
    struct refused what = {leaf, (u8)sub, (u8)reg, WHOLE, (u8)side, 0, 0};
    if (view_find(v, VIEW("Bitwise")) < v.len) {
        add_bits(r, what, source & ~here);
    } else {
        add(r, what, VIEW(""));
    }
}

/* The words of Xen's featuresets, in their order. */
static const struct {
    u32 leaf;
    u8 sub, reg;
} xen_words[] = {{1, 0, EDX}, {1, 0, ECX}, {0x80000001, 0, EDX},
    {0x80000001, 0, ECX}, {0xd, 1, EAX}, {7, 0, EBX}, {7, 0, ECX},
    {0x80000007, 0, EDX}, {0x80000008, 0, EBX}, {7, 0, EDX}, {7, 1, EAX},
    {0x80000021, 0, EAX}, {7, 1, EBX}, {7, 2, EDX}, {7, 1, ECX}, {7, 1, EDX},
    {MSR_10A, SUB_MSR, EAX}, {MSR_10A, SUB_MSR, EDX}, {0x80000021, 0, ECX}};

/* The next of the words between dashes; 0 at their end. */
static u32 take_word(struct view *v, u32 *word)
{
    u32 n = read_hex(*v, word);
    *v = view_from(*v, n + 1);
    return n;
}

/* What the machine has; perhaps, in brackets, what the host has. */
static void take_featuresets(struct reader *r, struct view v, u32 side)
{
    struct view host = after(v, "host CPU features (");
    u32 words = sizeof(xen_words) / sizeof(xen_words[0]), has, here = 0;
    while (v.len && hex_digit(v.s[0]) > 15) {
        v = view_from(v, 1);
    }
    for (u32 i = 0; i < words && take_word(&v, &has); i++) {
        take_word(&host, &here);
        add_bits(r,
            (struct refused){xen_words[i].leaf, xen_words[i].sub,
                xen_words[i].reg, 0, (u8)side, 0, 0},
            has & ~here);
    }
}

/* "(fpu:0 fxsr:0 osxsave:1 xsaves:1)" */
static void take_ones(struct reader *r, struct view v, u32 side)
{
    for (v = after(v, "("); v.len; v = after(v, " ")) {
        u32 len = word_len(v);
        if (view_starts(view_from(v, len), VIEW(":1"))) {
            take_name(r, view_head(v, len), side);
        }
    }
}

/* "(0x602e7)": at most 64 bits. */
static void take_xstates(struct reader *r, struct view v, u32 side)
{
    u32 n = 0, low, high;
    v = after(v, "0x");
    while (n < v.len && n < 16 && hex_digit(v.s[n]) < 16) {
        n++;
    }
    u32 cut = n > 8 ? n - 8 : 0;
    struct refused what = {0xd, 0, EDX, 0, (u8)side, 0, 0};
    read_hex(view_head(v, cut), &high);
    read_hex(view_head(view_from(v, cut), 8), &low);
    add_bits(r, what, high);
    what.reg = EAX;
    add_bits(r, what, low);
}

static void take_features(struct reader *r, u32 row, struct view line,
    struct view rest)
{
    u32 side = rows[row].side;
    switch (rows[row].how) {
    case HOW_LEVEL: take_level(r, rest); break;
    case HOW_NAMES: take_names(r, line, side); break;
    case HOW_WORD: take_name(r, next_word(rest), side); break;
    case HOW_EQUALS: take_list(r, after(rest, "="), side); break;
    case HOW_LABELS:
        /* In the same line only behind a colon or a bullet. */
        take_labels(r,
            after(rest, view_starts(rest, VIEW(":")) ? ":" : "*"), side);
        break;
    case HOW_KEYS: take_keys(r, line, side); break;
    case HOW_QEMU_PLACE: take_place(r, rest, side); break;
    case HOW_REGISTERS: take_registers(r, rest, side); break;
    case HOW_FEATURESETS: take_featuresets(r, rest, side); break;
    case HOW_ONES: take_ones(r, rest, side); break;
    case HOW_XSTATES: take_xstates(r, rest, side); break;
    default: break;
    }
}

/* Does this row go on with the refusal read last? QEMU has a line a feature,
 * with others between them; other programs say one thing in several ways, one
 * line after the other. */
static int goes_on(struct reader *r, u32 row)
{
    struct refusal *last = last_refusal(r);
    if (!last || last->source != r->source ||
        rows[last->row].platform != rows[row].platform) {
        return 0;
    }
    int each = rows[row].how == HOW_QEMU_PLACE ||
               rows[row].how == HOW_REGISTERS;
    int again = rows[row].how == HOW_LABELS || rows[row].how == HOW_KEYS ||
                rows[row].how == HOW_NOTHING;
    if (each && last->row == row) {
        return 1;
    }
    return last->last_line + 1 == r->here.line &&
           (last->row == row || !last->n || again);
}

static int open_refusal(struct reader *r, u32 row, struct view line)
{
    r->refusal.list = 0;
    r->refusal.side = rows[row].side;
    struct refusals *f = &r->fleet->refusals;
    if (goes_on(r, row)) {
        struct refusal *last = last_refusal(r);
        last->row = row < last->row ? row : last->row;
        return 1;
    }
    struct text t = text_open(&r->fleet->names);
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
    if (how == HOW_LEVEL && last->n && take_vectors(r, line)) {
        return USED;
    }
    if (r->refusal.list && how == HOW_QEMU_PLACE) {
        take_place(r, line, rows[last->row].side);
        return r->refusal.list ? NOT_MINE : USED;
    }
    if ((how == HOW_NAMES && !last->n && more.len) || r->refusal.list) {
        take_list(r, more.len ? more : line, r->refusal.side);
        return USED;
    }
    if (view_starts_any(line, asides, &head)) {
        return ASIDE;
    }
    return rows[last->row].platform <= PLATFORM_EVC &&
                   take_labels(r, line, r->refusal.side)
               ? USED
               : NOT_MINE;
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

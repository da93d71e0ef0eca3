/* SPDX-License-Identifier: MIT
 * Registers in rows: every shape of line in rows.def, read by one engine.
 */
#include "read.h"

/* What a row does besides what its places say. */
enum row_use {
    READS = 0,
    LESS = 1,   /* another view of the host: counts where no better one is */
    ALONE = 2,  /* one CPU asked leaf by leaf, perhaps by many commands */
    TITLE = 4,  /* says nothing itself; a rule under it only decorates */
    SPLITS = 8, /* another host begins */
    REPORT = 16 /* other lines around it are about other things */
};

static const struct {
    u8 format, use;
    const char *pattern;
} rows[] = {
#define ROW(FORMAT, USE, PATTERN) {FORMAT_##FORMAT, USE, PATTERN},
#include "rows.def"
#undef ROW
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* What the places of a pattern found. */
enum { HAS_LEAF = 1, HAS_SUB = 2, HAS_NUMBER = 4, HAS_WORDS = 8 };
struct match {
    u32 has, leaf, sub, number;
    u32 value[4], known[4];
};

static int is_one_of(u8 c, const char *set)
{
    while (*set && (u8)*set != c) {
        set++;
    }
    return *set != 0;
}

static struct view past(struct view v, const char *set)
{
    while (v.len && is_one_of(v.s[0], set)) {
        v = view_from(v, 1);
    }
    return v;
}

/* "7", "0x7", "07h": up to 8 digits. Returns the length or 0. */
static u32 hex_number(struct view v, u32 *value)
{
    u32 at = view_starts(v, VIEW("0x")) ? 2 : 0;
    u32 n = read_hex(view_from(v, at), value);
    at += n;
    return !n || n > 8 ? 0 : at + (at < v.len && to_lower(v.s[at]) == 'h');
}

/* 32 digits 0 and 1. */
static int is_binary(struct view v, u32 *value)
{
    u32 n = 0;
    for (*value = 0; n < v.len && (v.s[n] | 1) == '1'; n++) {
        *value = *value << 1 | (v.s[n] & 1u);
    }
    return n == 32;
}

/* A register as tools print it: eight digits or, behind 0x, fewer; 32 binary
 * digits; in *decimal* ones, digits without 0x. Returns the length or 0. */
static u32 word_value(struct view v, int decimal, u32 *value)
{
    int prefixed = view_starts(v, VIEW("0x"));
    u32 n;
    if (is_binary(v, value)) {
        n = 32;
    } else if (decimal && !prefixed) {
        n = read_decimal(v, value);
    } else {
        u32 digits = read_hex(view_from(v, prefixed ? 2 : 0), value);
        n = digits == 8 || (prefixed && digits && digits < 8)
                ? digits + (prefixed ? 2 : 0)
                : 0;
    }
    return n < v.len && (is_digit(v.s[n]) || is_letter(v.s[n])) ? 0 : n;
}

static const char between[] = " \t,;:=-|\"'({";

/* All four registers in order, named or not. */
static int four_words(struct view *v, int decimal, struct match *m)
{
    for (u32 reg = 0; reg < 4; reg++) {
        struct view at = past(*v, between);
        if (view_starts(at, reg_name(reg))) {
            at = past(view_from(at, 3), between);
        }
        u32 n = word_value(at, decimal, &m->value[reg]);
        if (!n) {
            return 0;
        }
        m->known[reg] = 0xffffffffu;
        *v = view_from(at, n);
    }
    return 1;
}

/* Does the line fit the pattern from here on? -1 where it is of this shape for
 * sure (after "!") but ends too early. */
static int fits(const char *p, struct view v, struct match *m)
{
    int sure = 0;
    for (; *p; p++) {
        u32 n = 0;
        if (*p == '!') {
            sure = 1;
            continue;
        }
        if (*p == ' ') {
            v = past(v, " \t");
            continue;
        }
        if (*p != '%') {
            n = v.len && to_lower(v.s[0]) == (u8)*p;
        } else {
            switch (*++p) {
            case 'L':
                n = hex_number(v, &m->leaf);
                m->has |= HAS_LEAF;
                break;
            case 'S':
                n = hex_number(v, &m->sub);
                m->has |= HAS_SUB;
                break;
            case 's':
                n = read_decimal(v, &m->sub);
                m->has |= HAS_SUB;
                break;
            case 'n':
                n = read_decimal(v, &m->number);
                m->has |= HAS_NUMBER;
                break;
            case 'W': case 'w':
                if (four_words(&v, *p == 'w', m)) {
                    m->has |= HAS_WORDS;
                    continue;
                }
                break;
            case '*':
                return 1;
            }
        }
        if (!n) {
            return sure ? -1 : 0;
        }
        v = view_from(v, n);
    }
    return !past(v, " \t").len;
}

/* The pattern may begin anywhere in the line when it begins with "%*". */
static int find(const char *p, struct view v, struct match *m)
{
    int fit = 0;
    int anywhere = p[0] == '%' && p[1] == '*';
    p += anywhere ? 2 : 0;
    do {
        m->has = 0;
        fit = fits(p, v, m);
        v = view_from(v, 1);
    } while (anywhere && !fit && v.len);
    return fit;
}

static enum line_use bad_row(struct reader *r, struct view line)
{
    u8 room[80];
    r->fleet->unread++;
    note_add(&r->fleet->notes, r->unended ? NOTE_CUT_OFF : NOTE_BAD_ROW,
        note_here(r), note_quote(line, room));
    return NOTED;
}

/* Is this a view of the host that does not count? One that does takes the
 * place of a lesser one read before. */
static int is_outdone(struct reader *r, enum format_id format, u32 use)
{
    if (r->cpu.open && r->cpu.format == format) {
        if (use & LESS) {
            return !r->cpu.less;
        }
        if (r->cpu.less) {
            drop_cpu(r);
        }
    }
    return 0;
}

static enum line_use take(struct reader *r, u32 row, struct match *m)
{
    enum format_id format = (enum format_id)rows[row].format;
    u32 use = rows[row].use;
    if (use & SPLITS) {
        found_split(r);
    }
    if (use & REPORT) {
        r->section = ASIDES;
    }
    if (use & TITLE) {
        r->rows.format = format;
        r->rows.title = r->here.line;
        return ASIDE;
    }
    if (m->has & HAS_NUMBER) {
        found_cpu(r, m->number, 0, 0);
        return USED;
    }
    if (m->has & HAS_LEAF) {
        r->rows.format = format;
        r->rows.leaf = m->leaf;
        r->rows.sub = m->has & HAS_SUB ? m->sub : NO_SUB;
    } else if (m->has & HAS_SUB) {
        r->rows.sub = m->sub;
    }
    if (!(m->has & HAS_WORDS)) {
        return USED;
    }
    if (is_outdone(r, format, use)) {
        return ASIDE;
    }
    found_row(r, format, r->rows.leaf, r->rows.sub, m->value, STARTS_AGAIN);
    r->cpu.less = use & LESS;
    r->cpu.alone |= use & ALONE ? 1 : 0;
    r->section = use & REPORT ? ASIDES : r->section;
    return USED;
}

enum line_use read_rows(struct reader *r, struct view line)
{
    line = view_trim(line);
    struct match m = {0};
    if (r->rows.title && r->rows.title + 1 == r->here.line &&
        !past(line, "=-").len) {
        return ASIDE;
    }
    for (u32 i = 0; i < ROWS; i++) {
        enum format_id format = (enum format_id)rows[i].format;
        int fit = may_be(r, format) ? find(rows[i].pattern, line, &m) : 0;
        /* Without a leaf of its own a row is about the last one named. */
        if (fit > 0 && m.has & (HAS_WORDS | HAS_SUB) && !(m.has & HAS_LEAF) &&
            r->rows.format != format) {
            continue;
        }
        if (fit) {
            return fit < 0 ? bad_row(r, line) : take(r, i, &m);
        }
    }
    return NOT_MINE;
}

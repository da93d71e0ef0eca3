/* SPDX-License-Identifier: MIT
 * What cpuid (Todd Allen's) says without -r: a section a register or leaf, a
 * label a bit. "false" is known as well as "true".
 */
#include "names.h"
#include "words.h"

/* A label's text is not kept, only a hash of it that the compiler works out. A
 * zero behind the end takes part, too, up to as many characters as are looked
 * at: that makes the length known to all of it. */
enum { LOOKED_AT = 40 };
#define MIXED(H, C) (((H) + (C)) * 0x9e3779b1u)
#define AT(S, I) (u32)S[(I) < sizeof(S) ? (I) : sizeof(S) - 1]
#define MIX2(H, S, I) MIXED(MIXED(H, AT(S, I)), AT(S, (I) + 1))
#define MIX4(H, S, I) MIX2(MIX2(H, S, I), S, (I) + 2)
#define MIX8(H, S, I) MIX4(MIX4(H, S, I), S, (I) + 4)
#define MIX40(S) \
    MIX8(MIX8(MIX8(MIX8(MIX8(0u, S, 0), S, 8), S, 16), S, 24), S, 32)

#define LABEL(LEAF, SUB, REG, BIT, TEXT) FIELD(LEAF, SUB, REG, BIT, 1, TEXT)
enum {
    LABELS = 0
#define FIELD(...) +1
#include "../know/labels.def"
#undef FIELD
};

/* Column by column, as what is alike compresses well. Of a hash, 24 bits: with
 * 16, one in 500 labels of a later version would be taken for another. */
static const u16 hashes[LABELS] = {
#define FIELD(LEAF, SUB, REG, BIT, BITS, TEXT) (u16)(MIX40(TEXT) >> 16),
#include "../know/labels.def"
#undef FIELD
};
static const u8 more[LABELS] = {
#define FIELD(LEAF, SUB, REG, BIT, BITS, TEXT) (u8)(MIX40(TEXT) >> 8),
#include "../know/labels.def"
#undef FIELD
};
static const u16 places[LABELS] = {
#define FIELD(LEAF, SUB, REG, BIT, BITS, TEXT) PACKED(LEAF, SUB, REG),
#include "../know/labels.def"
#undef FIELD
};
static const u8 shifts[LABELS] = {
#define FIELD(LEAF, SUB, REG, BIT, BITS, TEXT) BIT,
#include "../know/labels.def"
#undef FIELD
};
static const u8 widths[LABELS] = {
#define FIELD(LEAF, SUB, REG, BIT, BITS, TEXT) BITS,
#include "../know/labels.def"
#undef FIELD
};

/* Several blanks count as one. */
static u32 hash_of(struct view label)
{
    u32 hash = 0, n = 0;
    for (u32 i = 0; i < label.len && n < LOOKED_AT; i++) {
        if (label.s[i] != ' ' || label.s[i - 1] != ' ') {
            hash = MIXED(hash, label.s[i]);
            n++;
        }
    }
    for (; n < LOOKED_AT; n++) {
        hash = MIXED(hash, 0u);
    }
    return hash >> 8;
}

/* "extended feature flags (7):", "... (1/ecx):", "... (0xd/0):" */
static int section_line(struct reader *r, struct view line)
{
    struct words *w = &r->words;
    u32 at = line.len, leaf, n, sub = 0, reg = 4;
    if (line.len < 5 || line.s[line.len - 1] != ':' ||
        line.s[line.len - 2] != ')' || view_find(line, VIEW(" = ")) < at) {
        return 0;
    }
    while (at && line.s[at - 1] != '(') {
        at--;
    }
    struct view v = view_from(line, at);
    v = view_from(v, view_starts(v, VIEW("0x")) ? 2 : 0);
    n = read_hex(v, &leaf);
    v = view_from(v, n);
    if (!n || n > 8 || (v.s[0] != '/' && v.s[0] != ')')) {
        w->n = 0; /* "(instruction supported synth):" */
        return w->format == FORMAT_CPUID_TEXT;
    }
    for (reg = v.s[0] == '/' ? EAX : 4; reg <= EDX; reg++) {
        if (view_starts(view_from(v, 1), reg_name(reg))) {
            break;
        }
    }
    if (v.s[0] == '/' && reg > EDX) {
        v = view_from(v, view_starts(v, VIEW("/0x")) ? 3 : 1);
        read_hex(v, &sub);
    }
    u32 first = 0, count = 0;
    while (first < LABELS && unpacked(places[first]).leaf != leaf) {
        first++;
    }
    while (first + count < LABELS &&
           unpacked(places[first + count]).leaf == leaf) {
        count++;
    }
    if (!count && w->format != FORMAT_CPUID_TEXT) {
        return 0;
    }
    /* Leaf 1 comes once: this one is another CPU's, without a heading. */
    if (leaf == 1 && reg == EAX && r->cpu.open &&
        r->cpu.format == FORMAT_CPUID_TEXT &&
        sheet_word(r->fleet, r->cpu_sheet, 1, 0, EAX).known) {
        end_cpu(r);
    }
    words_begin(r, FORMAT_CPUID_TEXT);
    w->first = first;
    w->n = sub ? 0 : count; /* components, and keys, are not told in bits */
    w->reg = reg;
    return 1;
}

/* "0x6 (6)", "0x00000000000000e7", "primary processor (0)", "1" */
static int number_of(struct view v, u64 *number)
{
    u32 n = 0;
    *number = 0;
    if (view_starts(v, VIEW("0x"))) {
        for (n = 2; n < v.len && n < 18 && hex_digit(v.s[n]) < 16; n++) {
            *number = *number << 4 | hex_digit(v.s[n]);
        }
        return n > 2;
    }
    u32 at = v.len, decimal;
    while (at && v.s[at - 1] != '(') {
        at--;
    }
    n = read_decimal(view_from(v, at), &decimal);
    *number = decimal;
    return n != 0;
}

static void put_field(struct reader *r, u32 row, u64 number)
{
    struct place p = unpacked(places[row]);
    u32 width = widths[row];
    u32 known = width < 32 ? (1u << width) - 1 : 0xffffffffu;
    words_put(r, p, (u32)number << shifts[row], known << shifts[row]);
    if (width == 64) {
        p.reg = EDX;
        words_put(r, p, (u32)(number >> 32), known);
    }
}

/* Labels of another version of cpuid: one note for all of this text. */
static enum line_use unknown_label(struct reader *r, struct view label)
{
    struct notes *notes = &r->fleet->notes;
    u32 *note = &r->words.note;
    u8 room[80];
    r->fleet->unread++;
    if (*note) {
        notes->list[*note - 1].count_++;
        notes->list[*note - 1].last_line_ = r->here.line;
    } else if (note_add(notes, NOTE_LABELS, note_here(r),
                   note_quote(label, room))) {
        *note = notes->n;
    }
    return NOTED;
}

/* "   vendor_id = "AuthenticAMD"", "   brand = "AMD EPYC"" */
static int text_line(struct reader *r, struct view label, struct view value)
{
    struct view bare = view_from(value, 1);
    bare = view_head(bare, view_find(bare, VIEW("\"")));
    if (!value.len || value.s[0] != '"') {
        return 0;
    }
    if (view_equal(label, VIEW("vendor_id"))) {
        if (r->cpu.open && r->cpu.format == FORMAT_CPUID_TEXT) {
            end_cpu(r);
        }
        words_begin(r, FORMAT_CPUID_TEXT);
        r->words.n = 0;
        found_vendor(r, FORMAT_CPUID_TEXT, bare);
        return 1;
    }
    if (view_equal(label, VIEW("brand")) &&
        r->words.format == FORMAT_CPUID_TEXT) {
        found_brand(r, FORMAT_CPUID_TEXT, bare);
        return 1;
    }
    return 0;
}

static enum line_use label_line(struct reader *r, struct view label,
    struct view value)
{
    struct words *w = &r->words;
    u32 hash = hash_of(label), at = w->first, end = w->first + w->n;
    u64 number = view_equal(value, VIEW("true")) ? 1 : 0;
    int told = number || view_equal(value, VIEW("false"));
    while (at < end && (((u32)hashes[at] << 8 | more[at]) != hash ||
                           (w->reg <= EDX &&
                               w->reg != unpacked(places[at]).reg))) {
        at++;
    }
    if (at == end && front_of_line(label)) {
        return NOT_MINE; /* it will be asked again without that */
    }
    if (at == end) {
        return told && w->n && label.s[0] != '(' ? unknown_label(r, label)
                                                 : ASIDE;
    }
    if (widths[at] > 1 ? !number_of(value, &number) : !told) {
        return ASIDE;
    }
    put_field(r, at, number);
    return USED;
}

enum line_use read_decoded(struct reader *r, struct view line)
{
    static const char others[] =
        "host\0hostname\0host name\0server\0node\0machine\0";
    u32 at = view_find(line, VIEW(" = "));
    struct view label = view_trim(view_head(line, at)), head;
    struct view value = view_trim(view_from(line, at + 3));
    if (at < line.len && label.len && text_line(r, label, value)) {
        return USED;
    }
    if (section_line(r, line)) {
        return r->words.n ? USED : ASIDE;
    }
    if (r->words.format != FORMAT_CPUID_TEXT || !line.len) {
        return NOT_MINE;
    }
    if (at < line.len && label.len) {
        u32 other = view_starts_any(label, others, &head);
        return other && head.len == label.len ? NOT_MINE
                                              : label_line(r, label, value);
    }
    return line.s[0] == '(' || view_starts(line, VIEW("0x")) ||
                   view_starts(line, VIEW("--- "))
               ? ASIDE
               : NOT_MINE;
}

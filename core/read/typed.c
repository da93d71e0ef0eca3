/* SPDX-License-Identifier: MIT
 * Registers typed or shown one by one: the ESX CPUID CD, and our own lines
 * "1.0.ecx = 0x0000641d".
 */
#include "read.h"

/* ID1ECX is leaf 1, ID81EDX leaf 80000001, ID821EAX leaf 80000021. */
static u32 short_leaf(u32 level, u32 digits)
{
    if (digits == 2 && level >> 4 == 8) {
        return 0x80000000u + (level & 15);
    }
    if (digits == 3 && (level >> 8 == 8 || level >> 8 == 4)) {
        return (level >> 8 << 28) + (level & 0xff);
    }
    return level;
}

/* "ID1ECX", also as people type it: "id 81 edx". Returns its length or 0. */
static u32 id_name(struct view v, u32 *leaf, u32 *reg)
{
    u32 level, at = 2;
    if (!view_starts(v, VIEW("ID"))) {
        return 0;
    }
    at += at < v.len && v.s[at] == ' ';
    u32 digits = 0;
    /* The E of ECX is a digit, too: the level ends where E.X begins. */
    for (; at + digits + 2 < v.len && digits < 4; digits++) {
        struct view name = view_from(v, at + digits);
        name = view_from(name, name.s[0] == ' ');
        for (*reg = 0; *reg < 4; ++*reg) {
            if (digits && view_starts(name, reg_name(*reg))) {
                u32 end = (u32)(name.s - v.s) + 3;
                if (end < v.len && is_word(v.s[end])) {
                    return 0;
                }
                read_hex(view_head(view_from(v, at), digits), &level);
                *leaf = short_leaf(level, digits);
                return end;
            }
        }
        if (hex_digit(v.s[at + digits]) > 15) {
            return 0;
        }
    }
    return 0;
}

static int ends_value(struct view v, u32 at)
{
    return at >= v.len || !is_word(v.s[at]);
}

/* 32 digits 0 and 1, in groups or not. Returns the length or 0. */
static u32 binary_value(struct view v, u32 *value)
{
    u32 bits = 0, at = 0;
    for (; at < v.len && bits < 32; at++) {
        u8 c = v.s[at];
        if (c == '0' || c == '1') {
            *value = *value << 1 | (u32)(c - '0');
            bits++;
        } else if (!bits || (c != ' ' && c != ':')) {
            return 0;
        }
    }
    return bits == 32 && ends_value(v, at) ? at : 0;
}

u32 typed_value(struct view v, u32 *value)
{
    u32 low, n = binary_value(v, value);
    if (n) {
        return n;
    }
    u32 start = view_starts(v, VIEW("0x")) ? 2 : 0;
    n = read_hex(view_from(v, start), value);
    u32 end = start + n;
    if (n == 4 && end + 5 <= v.len && v.s[end] == ' ' &&
        read_hex(view_from(v, end + 1), &low) == 4) {
        *value = *value << 16 | low;
        end += 5;
    } else if (n > 8 && (*value || n > 10)) {
        return 0;
    }
    return n && ends_value(v, end) ? end : 0;
}

static enum line_use bad_value(struct reader *r, struct view name,
    struct view value)
{
    u8 room[80], name_room[80];
    note_add(&r->fleet->notes, NOTE_BAD_VALUE, note_here(r),
        note_quote(name, name_room), note_quote(value, room));
    return NOTED;
}

/* The values under a header row; each row is one logical CPU. */
static enum line_use table_row(struct reader *r, struct view line)
{
    u32 value[TABLE_ROOM + 1], n = 0;
    struct view v = view_trim(line);
    while (v.len && n <= TABLE_ROOM) {
        u32 len = typed_value(v, &value[n]);
        if (!len) {
            return NOT_MINE;
        }
        v = view_trim(view_from(v, len));
        n++;
    }
    /* One more in front numbers the CPU. */
    u32 first = n == r->table_n + 1 && value[0] < CPU_NUMBERS;
    if (n - first != r->table_n || v.len) {
        r->fleet->unread++;
        note_add(&r->fleet->notes, NOTE_TABLE_COUNT, note_here(r), r->table_n,
            n);
        return NOTED;
    }
    found_cpu(r, r->table_row++, 0, 0);
    for (u32 i = 0; i < r->table_n; i++) {
        found_register(r, FORMAT_ESX_CD, r->table[i].leaf, 0, r->table[i].reg,
            value[first + i], 0xffffffffu);
    }
    return USED;
}

/* Without what stands between a name and its value. */
static struct view past_between(struct view v)
{
    return view_past(v, " \t\r\n\f\v:=(\"'.");
}

/* Where the next register name of the CD begins; v.len when there is none. */
static u32 next_id(struct view v)
{
    u32 leaf, reg;
    for (u32 i = 0; i < v.len; i++) {
        if ((i == 0 || !is_word(v.s[i - 1])) &&
            id_name(view_from(v, i), &leaf, &reg)) {
            return i;
        }
    }
    return v.len;
}

/* A row of names without values: what follows is a table. */
static int header_row(struct reader *r, struct view line)
{
    u32 n = 0, leaf[TABLE_ROOM], reg[TABLE_ROOM];
    struct view v = view_trim(line);
    while (v.len && n < TABLE_ROOM) {
        u32 len = id_name(v, &leaf[n], &reg[n]);
        if (!len) {
            return 0;
        }
        v = view_trim(view_from(v, len));
        n++;
    }
    if (!n || v.len) {
        return 0;
    }
    found_split(r);
    r->table_n = n;
    r->table_row = 0;
    for (u32 i = 0; i < n; i++) {
        r->table[i].leaf = leaf[i];
        r->table[i].reg = reg[i];
    }
    return 1;
}

/* "ID1ECX 0x0000641d", one or several on a line. */
static enum line_use id_line(struct reader *r, struct view line)
{
    enum line_use use = NOT_MINE;
    u32 at = next_id(line);
    if (at == line.len) {
        return NOT_MINE;
    }
    if (header_row(r, view_from(line, at))) {
        return USED;
    }
    for (; at < line.len; at = next_id(line)) {
        u32 leaf, reg, value = 0;
        line = view_from(line, at);
        struct view name = view_head(line, id_name(line, &leaf, &reg));
        line = past_between(view_from(line, name.len));
        u32 len = typed_value(line, &value);
        if (!len) {
            r->fleet->unread += use != NOTED;
            use = bad_value(r, name, view_head(line, next_id(line)));
            continue;
        }
        found_register(r, FORMAT_ESX_CD, leaf, 0, reg, value, 0xffffffffu);
        line = view_from(line, len);
        use = use == NOTED ? NOTED : USED;
    }
    return use;
}

/* "Vendor : GenuineIntel" of the CD: three registers in letters. */
static enum line_use vendor_line(struct reader *r, struct view line)
{
    static const u32 order[3] = {EBX, EDX, ECX};
    struct view v = past_between(view_from(line, 6));
    if (!view_starts(line, VIEW("Vendor")) || v.len != 12 ||
        view_has(v, VIEW("\t")) || view_has(v, VIEW(" "))) {
        return NOT_MINE;
    }
    for (u32 i = 0; i < 3; i++) {
        const u8 *s = v.s + 4 * i;
        u32 word = (u32)s[0] | (u32)s[1] << 8 | (u32)s[2] << 16 |
                   (u32)s[3] << 24;
        found_register(r, FORMAT_ESX_CD, 0, 0, order[i], word, 0xffffffffu);
    }
    return USED;
}

/* "1.0.ecx = 0x0000641d", or with the known bits "... /0x0000ffff". */
static enum line_use register_line(struct reader *r, struct view line)
{
    u32 leaf, sub, reg, value = 0, known = 0xffffffffu;
    struct view v = line;
    u32 n = place_read(&v, &leaf, &sub, &reg), left = v.len;
    v = past_between(v);
    if (!n || v.len == left) {
        return NOT_MINE;
    }
    u32 len = typed_value(v, &value);
    struct view rest = view_from(v, len);
    if (len && rest.len && rest.s[0] == '/') {
        rest = view_from(rest, 1);
        u32 more = typed_value(rest, &known);
        len = more ? len : 0;
        rest = view_from(rest, more);
    }
    if (!len || view_trim(rest).len) {
        r->fleet->unread++;
        return bad_value(r, view_head(line, n), v);
    }
    found_register(r, FORMAT_REGISTERS, leaf, sub, reg, value, known);
    return USED;
}

enum line_use read_typed(struct reader *r, struct view line)
{
    line = view_trim(line);
    if (r->table_n) {
        enum line_use use = table_row(r, line);
        if (use) {
            return use;
        }
        r->table_n = r->table_row ? 0 : r->table_n;
    }
    enum line_use use = register_line(r, line);
    if (!use) {
        use = id_line(r, line);
    }
    return use ? use : vendor_line(r, line);
}

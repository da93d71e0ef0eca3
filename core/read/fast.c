/* SPDX-License-Identifier: MIT
 * The two commonest lines by their fixed layout, several bytes at a time. What
 * does not fit exactly is left to the families: this changes speed, not what is
 * read.
 *
 *    0x00000007 0x00: eax=0x00000002 ebx=0x029c6fbf ecx=0x00000000 edx=0x...
 * CPUID 00000007: 00000002-029C6FBF-00000000-BC000400 [SL 00]
 */
#include "read.h"

enum { CPUID_R_LEN = 79, AIDA64_LEN = 51 };

#define EVERY_BYTE(B) (0x0101010101010101ull * (B))

SMALL u64 load8(const u8 *s)
{
    u64 x;
    bytes_copy(&x, s, 8);
    return x;
}

/* Eight hexadecimal digits. *odd collects, in the bits of BAD, what is none:
 *
 *   digit   0011 nnnn   n to 9: n + 6 stays below 16
 *   letter  01.0 nnnn   n 1 to 6: n + 9 is 10 to 15, n + 15 at least 16
 */
static u32 hex8(const u8 *s, u64 *odd)
{
    u64 x = load8(s), letter = x >> 6 & EVERY_BYTE(1), mark = letter << 4;
    u64 value = (x & EVERY_BYTE(0x0f)) + letter * 9;
    u64 high = ((x ^ mark) | mark << 1) ^ EVERY_BYTE(0x30);
    *odd |= high | ((value + EVERY_BYTE(6)) ^ mark) | value;
    value = (value << 4 | value >> 8) & 0x00ff00ff00ff00ffull;
    value = (value << 8 | value >> 16) & 0x0000ffff0000ffffull;
    return (u32)value << 16 | (u32)(value >> 32);
}

#define BAD EVERY_BYTE(0xb0)

static u64 unlike8(const u8 *s, const char text[8])
{
    return load8(s) ^ load8((const u8 *)text);
}

static u64 unlike7(const u8 *s, const char text[8])
{
    return unlike8(s, text) << 8;
}

/* Ends the line at *at*: its length with the line end, or 0 when more follows
 * in it (or what follows is not here yet). */
static u32 ends_at(struct view text, u32 at)
{
    if (at < text.len && text.s[at] == '\n') {
        return at + 1;
    }
    if (at + 1 < text.len && text.s[at] == '\r' && text.s[at + 1] == '\n') {
        return at + 2;
    }
    return 0;
}

/* The CPU goes on, and this is the column that came next last time; with a line
 * that begins as it did then, nothing of the place needs to be read again.
 * NO_COLUMN where that cannot be said. */
static u32 next_column(const struct reader *r, enum format_id format)
{
    const struct sheet *s = r->cpu_sheet;
    if (!r->cpu.open || r->cpu.format != format || r->heading.len || !s->n) {
        return NO_COLUMN;
    }
    u32 column = r->fleet->columns.next[r->cpu.last_column];
    return column != NO_COLUMN && s->stamps[column] != s->stamp ? column
                                                                : NO_COLUMN;
}

static int begins_as(const struct reader *r, u32 column, const u64 head[3])
{
    const u64 *last = r->fleet->columns.head[column];
    return ((last[0] ^ head[0]) | (last[1] ^ head[1]) | (last[2] ^ head[2])) ==
           0;
}

/* Leaf 0 begins a CPU, and a subleaf that is only counted is no place: neither
 * is ever taken without a look. */
static void keep_head(struct reader *r, u32 leaf, u32 sub, const u64 head[3])
{
    struct columns *c = &r->fleet->columns;
    u32 column = r->cpu.last_column;
    sub = sub == NO_SUB && !is_indexed(leaf) ? 0 : sub;
    if (leaf && column != NO_COLUMN && c->leaf[column] == leaf &&
        c->sub[column] == sub) {
        bytes_copy(c->head[column], head, sizeof(c->head[column]));
    }
}

static void put_next(struct reader *r, u32 column, const u32 value[4])
{
    struct sheet *s = r->cpu_sheet;
    u64 known = ~0ull;
    s->stamps[column] = s->stamp;
    s->order[s->n++] = column;
    bytes_copy(s->value[column], value, 8);
    bytes_copy(s->value[column] + 2, value + 2, 8);
    bytes_copy(s->known[column], &known, 8);
    bytes_copy(s->known[column] + 2, &known, 8);
    r->cpu.last_column = column;
    r->cpu.end = r->here_end;
    r->cpu.last_line = r->here.line;
}

static u32 cpuid_r_line(struct reader *r, struct view text)
{
    const u8 *s = text.s;
    u64 head[3] = {load8(s), load8(s + 8), load8(s + 10)}, odd = 0, bad;
    u32 end = ends_at(text, CPUID_R_LEN), value[4];
    if (!end) {
        return 0;
    }
    bad = unlike8(s + 18, ": eax=0x") | unlike7(s + 34, " ebx=0x") |
          unlike7(s + 49, " ecx=0x") | unlike7(s + 64, " edx=0x");
    value[EAX] = hex8(s + 26, &odd);
    value[EBX] = hex8(s + 41, &odd);
    value[ECX] = hex8(s + 56, &odd);
    value[EDX] = hex8(s + 71, &odd);
    if (bad | (odd & BAD)) {
        return 0;
    }
    u32 column = next_column(r, FORMAT_CPUID_R);
    if (column != NO_COLUMN && begins_as(r, column, head)) {
        r->here_end += end;
        put_next(r, column, value);
        return end;
    }
    u32 high = hex_digit(s[16]), low = hex_digit(s[17]);
    u32 leaf = hex8(s + 5, &odd);
    bad |= (head[0] & 0xffffffffffull) ^ 0x7830202020ull; /* "   0x" */
    bad |= (u64)(s[13] ^ ' ') | (u64)(s[14] ^ '0') | (u64)(s[15] ^ 'x');
    bad |= (u64)((high | low) & 16);
    if (bad | (odd & BAD)) {
        return 0;
    }
    r->here_end += end;
    found_row(r, FORMAT_CPUID_R, leaf, high << 4 | low, value, STARTS_AGAIN);
    keep_head(r, leaf, high << 4 | low, head);
    return end;
}

static u32 aida64_line(struct reader *r, struct view text)
{
    const u8 *s = text.s;
    u64 head[3] = {load8(s), load8(s + 8), 0}, odd = 0, bad;
    u32 sub = NO_SUB, value[4];
    u32 end = ends_at(text, AIDA64_LEN);
    if (!end) {
        end = ends_at(text, AIDA64_LEN + 8);
        head[2] = load8(s + AIDA64_LEN);
    }
    bad = (u64)(s[24] ^ '-') | (u64)(s[33] ^ '-') | (u64)(s[42] ^ '-');
    value[EAX] = hex8(s + 16, &odd);
    value[EBX] = hex8(s + 25, &odd);
    value[ECX] = hex8(s + 34, &odd);
    value[EDX] = hex8(s + 43, &odd);
    if (bad | (odd & BAD) | !end) {
        return 0;
    }
    u32 column = next_column(r, FORMAT_AIDA64);
    if (column != NO_COLUMN && begins_as(r, column, head)) {
        r->here_end += end;
        put_next(r, column, value);
        return end;
    }
    if (head[2]) {
        sub = hex_digit(s[56]) << 4 | hex_digit(s[57]);
        bad |= (head[2] & 0xffffffffffull) ^ 0x204c535b20ull; /* " [SL " */
        bad |= (hex_digit(s[56]) | hex_digit(s[57])) & 16;
        bad |= (u64)(s[58] ^ ']');
    }
    u32 leaf = hex8(s + 6, &odd);
    bad |= (head[0] & 0xffffffffffffull) ^ 0x204449555043ull; /* "CPUID " */
    bad |= (u64)(s[14] ^ ':') | (u64)(s[15] ^ ' ');
    if (bad | (odd & BAD)) {
        return 0;
    }
    r->here_end += end;
    found_row(r, FORMAT_AIDA64, leaf, sub, value, STARTS_AGAIN);
    keep_head(r, leaf, sub, head);
    return end;
}

/* The headers of CPUs: "CPU:" of cpuid -1 -r, and
 * "------[ CPUID Registers / Logical CPU #0 ]------" of AIDA64. */
static u32 cpu_line(struct reader *r, struct view text)
{
    static const char *const part = "------[ CPUID Registers / Logical CPU #";
    const u8 *s = text.s;
    u32 number = NO_NUMBER, end = 5, alone = 1;
    if ((load8(s) & 0xffffffffffull) != 0x0a3a555043ull) { /* "CPU:\n" */
        for (u32 i = 0; i < 32; i += 8) {
            if (unlike8(s + i, part + i)) {
                return 0;
            }
        }
        end = 39 + read_decimal(view_head(view_from(text, 39), 4), &number);
        if (unlike7(s + 32, part + 32) || unlike8(s + end, " ]------") ||
            end == 39 || s[end + 8] != '\n') {
            return 0;
        }
        end += 9;
        alone = 0;
    }
    r->here_end += end;
    found_cpu(r, number, (int)alone, 0);
    return end;
}

u32 read_fast(struct reader *r, struct view text)
{
    if (text.len < CPUID_R_LEN + 8 || r->table_n || r->join_len ||
        r->part.lines) {
        return 0;
    }
    if (text.s[0] == ' ') {
        return cpuid_r_line(r, text);
    }
    u32 end = aida64_line(r, text);
    return end ? end : cpu_line(r, text);
}

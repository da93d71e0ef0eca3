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

static u64 load8(const u8 *s)
{
    u64 x;
    bytes_copy(&x, s, 8);
    return x;
}

/* Eight hexadecimal digits; *bad collects whether any was none. Each byte is
 * turned into its value and back: only a digit comes out as it was. */
static u32 hex8(const u8 *s, u64 *bad)
{
    u64 x = load8(s);
    u64 value = (x & EVERY_BYTE(0x0f)) + (x >> 6 & EVERY_BYTE(1)) * 9;
    u64 letter = (value + EVERY_BYTE(0x76)) >> 7 & EVERY_BYTE(1);
    u64 back = value + EVERY_BYTE(0x30) + letter * 0x27;
    *bad |= (back ^ (x | EVERY_BYTE(0x20))) | (value & EVERY_BYTE(0xf0));
    value = (value << 4 | value >> 8) & 0x00ff00ff00ff00ffull;
    value = (value | value >> 8) & 0x0000ffff0000ffffull;
    value = value | value >> 16;
    return __builtin_bswap32((u32)value);
}

static u64 unlike8(const u8 *s, const char text[8])
{
    return load8(s) ^ load8((const u8 *)text);
}

static u64 unlike7(const u8 *s, const char text[8])
{
    u64 x = 0;
    bytes_copy(&x, s, 7);
    return x ^ load8((const u8 *)text);
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

static u32 cpuid_r_line(struct reader *r, struct view text)
{
    const u8 *s = text.s;
    u64 bad = 0;
    u32 end = ends_at(text, CPUID_R_LEN), value[4];
    if (!end) {
        return 0;
    }
    bad |= (load8(s) & 0xffffffffffull) ^ 0x7830202020ull; /* "   0x" */
    u32 high = hex_digit(s[16]), low = hex_digit(s[17]);
    bad |= (u64)(s[13] ^ ' ') | (u64)(s[14] ^ '0') | (u64)(s[15] ^ 'x');
    bad |= (u64)((high | low) & 16) | (u64)(s[18] ^ ':');
    bad |= unlike8(s + 18, ": eax=0x") | unlike7(s + 34, " ebx=0x") |
           unlike7(s + 49, " ecx=0x") | unlike7(s + 64, " edx=0x");
    u32 leaf = hex8(s + 5, &bad);
    value[EAX] = hex8(s + 26, &bad);
    value[EBX] = hex8(s + 41, &bad);
    value[ECX] = hex8(s + 56, &bad);
    value[EDX] = hex8(s + 71, &bad);
    if (bad) {
        return 0;
    }
    r->here_end += end;
    found_row(r, FORMAT_CPUID_R, leaf, high << 4 | low, value, STARTS_AGAIN);
    return end;
}

static u32 aida64_line(struct reader *r, struct view text)
{
    const u8 *s = text.s;
    u64 bad = 0;
    u32 sub = NO_SUB, value[4];
    u32 end = ends_at(text, AIDA64_LEN);
    if (!end) {
        if (text.len < AIDA64_LEN + 8 || s[AIDA64_LEN + 7] != ']') {
            return 0;
        }
        end = ends_at(text, AIDA64_LEN + 8);
        sub = hex_digit(s[56]) << 4 | hex_digit(s[57]);
        bad |= (load8(s + AIDA64_LEN) & 0xffffffffffull) ^ 0x204c535b20ull;
        bad |= (hex_digit(s[56]) | hex_digit(s[57])) & 16;
    }
    bad |= (load8(s) & 0xffffffffffffull) ^ 0x204449555043ull; /* "CPUID " */
    bad |= (u64)(s[14] ^ ':') | (u64)(s[15] ^ ' ') | (u64)(s[24] ^ '-') |
           (u64)(s[33] ^ '-') | (u64)(s[42] ^ '-');
    u32 leaf = hex8(s + 6, &bad);
    value[EAX] = hex8(s + 16, &bad);
    value[EBX] = hex8(s + 25, &bad);
    value[ECX] = hex8(s + 34, &bad);
    value[EDX] = hex8(s + 43, &bad);
    if (bad || !end) {
        return 0;
    }
    r->here_end += end;
    found_row(r, FORMAT_AIDA64, leaf, sub, value, STARTS_AGAIN);
    return end;
}

u32 read_fast(struct reader *r, struct view text)
{
    if (text.len < CPUID_R_LEN + 8 || r->table_n || r->join_len) {
        return 0;
    }
    return text.s[0] == ' ' ? cpuid_r_line(r, text) : aida64_line(r, text);
}

/* SPDX-License-Identifier: MIT
 * IA32_ARCH_CAPABILITIES, MSR 0x10a, as tools print it besides CPUID: rdmsr (its
 * values stand under the command), AIDA64 ("MSR 0000010A: 0000-0000-0A08-E1FB"),
 * CPU-Z, xen-cpuid -p ("0000010a -> ..."), and as people write it down.
 */
#include "read.h"

#define ALL 0xffffffffu

static const char heads[] =
    "MSR 0000010A\0MSR 0x0000010A\0MSR 0x10A\0MSR 10A\0"
    "MSR_IA32_ARCH_CAPABILITIES\0IA32_ARCH_CAPABILITIES\0"
    "0000010a ->\0" "0x10a\0";

/* Hexadecimal, with or without 0x and marks between groups. How many digits
 * there were; 0 for none, or too many. */
static u32 read_wide(struct view *v, u32 value[2])
{
    u32 n = 0;
    *v = view_from(*v, view_starts(*v, VIEW("0x")) ? 2 : 0);
    value[0] = value[1] = 0;
    for (; v->len; *v = view_from(*v, 1)) {
        u32 digit = hex_digit(v->s[0]);
        int mark = n && v->len > 1 && (v->s[0] == '-' || v->s[0] == '_') &&
                   hex_digit(v->s[1]) < 16;
        if (digit > 15 && !mark) {
            break;
        }
        if (digit < 16) {
            value[1] = value[1] << 4 | value[0] >> 28;
            value[0] = value[0] << 4 | digit;
            n++;
        }
    }
    return n <= 16 ? n : 0;
}

static int ends(struct view v)
{
    v = view_trim(v);
    return !v.len || v.s[0] == '<' || v.s[0] == '[' || v.s[0] == '(' ||
           v.s[0] == '#';
}

/* "edx = 0x00000000  eax = 0x0A08E1FB" */
static int read_halves(struct view v, u32 value[2])
{
    u32 high[2], found = 0;
    for (u32 i = 0; i < 2; i++) {
        struct view half = view_from(v,
            view_find(v, i ? VIEW("edx") : VIEW("eax")));
        while (half.len && (is_letter(half.s[0]) || is_space(half.s[0]) ||
                               half.s[0] == '=' || half.s[0] == ':')) {
            half = view_from(half, 1);
        }
        found += read_wide(&half, i ? high : value) != 0;
    }
    value[1] = high[0];
    return found == 2;
}

enum line_use read_msr(struct reader *r, struct view line)
{
    static const u32 all[2] = {ALL, ALL};
    struct view v = view_trim(line), head;
    u32 value[2];
    if (r->msr.asked) {
        struct view rest = v;
        if (read_wide(&rest, value) && ends(rest)) {
            found_msr(r, value, all);
            return USED;
        }
        r->msr.asked = 0;
    }
    if (view_has(v, VIEW("rdmsr"))) {
        r->msr.asked = r->msr.fresh = view_has(v, VIEW("10a"));
        return r->msr.asked && view_starts(v, VIEW("rdmsr")) ? ASIDE : NOT_MINE;
    }
    if (!view_starts_any(v, heads, &head)) {
        return NOT_MINE;
    }
    v = view_from(v, head.len);
    if (read_halves(v, value)) {
        v.len = 0;
    } else {
        while (v.len && (is_space(v.s[0]) || v.s[0] == ':' || v.s[0] == '=')) {
            v = view_from(v, 1);
        }
        if (!read_wide(&v, value)) {
            return NOT_MINE;
        }
    }
    if (!ends(v)) {
        return NOT_MINE;
    }
    r->msr.fresh = 1;
    found_msr(r, value, all);
    return USED;
}

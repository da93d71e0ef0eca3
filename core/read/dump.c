/* SPDX-License-Identifier: MIT
 * Dumps with one leaf a line: cpuid -r, AIDA64 and InstLatx64, libcpuid.
 */
#include "read.h"

/* Reads 1 to 8 hexadecimal digits, with 0x in front or without. */
static int take_hex(struct view *v, u32 *value)
{
    struct view rest = *v;
    if (view_starts(rest, VIEW("0x"))) {
        rest = view_from(rest, 2);
    }
    u32 n = read_hex(rest, value);
    if (n == 0 || n > 8) {
        return 0;
    }
    *v = view_from(rest, n);
    return 1;
}

/* Exactly eight digits and no more: a register as dumps print it. */
static int take_word(struct view *v, u32 *value)
{
    u32 n = read_hex(*v, value);
    if (n != 8) {
        return 0;
    }
    *v = view_from(*v, 8);
    return 1;
}

static void skip(struct view *v, const char *set)
{
    struct view chars = view_of(set);
    u32 n = 0, i = 0;
    while (n < v->len && i < chars.len) {
        for (i = 0; i < chars.len && chars.s[i] != v->s[n]; i++) {
        }
        n += i < chars.len;
    }
    *v = view_from(*v, n);
}

static int take_text(struct view *v, struct view text)
{
    if (!view_starts(*v, text)) {
        return 0;
    }
    *v = view_from(*v, text.len);
    return 1;
}

static enum line_use bad_row(struct reader *r, struct view line)
{
    u8 room[80];
    r->fleet->unread++;
    note_add(&r->fleet->notes, r->unended ? NOTE_CUT_OFF : NOTE_BAD_ROW,
        note_here(r), note_quote(line, room));
    return NOTED;
}

/* "   0x00000007 0x00: eax=0x00000002 ebx=0x... ecx=0x... edx=0x..." */
static enum line_use cpuid_r_row(struct reader *r, struct view line)
{
    struct view v = line;
    u32 leaf, sub, value[4];
    if (!take_text(&v, VIEW("0x")) || !take_word(&v, &leaf)) {
        return NOT_MINE;
    }
    skip(&v, " \t");
    if (!view_starts(v, VIEW("0x")) || !take_hex(&v, &sub)) {
        return NOT_MINE;
    }
    skip(&v, " \t");
    if (!take_text(&v, VIEW(":"))) {
        return NOT_MINE;
    }
    skip(&v, " \t");
    for (u32 reg = 0; reg < 4; reg++) {
        if (!take_text(&v, reg_name(reg)) || !take_text(&v, VIEW("=0x")) ||
            !take_word(&v, &value[reg])) {
            return bad_row(r, line);
        }
        skip(&v, " \t,");
    }
    found_row(r, FORMAT_CPUID_R, leaf, sub, value, STARTS_AGAIN);
    return USED;
}

/* "CPUID 00000004: FC01C143-0240003F-000007FF-00000000 [SL 02] [L2: 1 MB]";
 * the subleaf is hexadecimal. Old ones have " :", a tab or blanks. */
static enum line_use aida64_row(struct reader *r, struct view line)
{
    struct view v = line;
    u32 leaf, sub = NO_SUB, value[4];
    if (!take_text(&v, VIEW("CPUID")) || !v.len || !is_space(v.s[0])) {
        return NOT_MINE;
    }
    skip(&v, " \t");
    if (!take_word(&v, &leaf)) {
        return NOT_MINE;
    }
    skip(&v, " \t:");
    for (u32 reg = 0; reg < 4; reg++) {
        if (!take_word(&v, &value[reg])) {
            return bad_row(r, line);
        }
        if (reg < 3) {
            skip(&v, "- \t");
        }
    }
    struct view mark = view_from(v, view_find(v, VIEW("[SL ")) + 4);
    if (mark.len && !read_hex(mark, &sub)) {
        sub = NO_SUB;
    }
    found_row(r, FORMAT_AIDA64, leaf, sub, value, STARTS_AGAIN);
    return USED;
}

/* "basic_cpuid[1]=000a0671 00020800 fffa3203 1f8bfbff", indices in decimal.
 * basic_cpuid and ext_cpuid hold subleaf 0 and go on beyond the maxima. */
static enum line_use libcpuid_row(struct reader *r, struct view line)
{
    static const struct {
        const char *name;
        u32 leaf;
        int indexed;
    } arrays[] = {
        {"basic_cpuid[", 0, 0},
        {"ext_cpuid[", 0x80000000u, 0},
        {"intel_fn4[", 4, 1},
        {"intel_fn11[", 0xb, 1},
        {"intel_fn12h[", 0x12, 1},
        {"intel_fn14h[", 0x14, 1},
        {"amd_fn8000001dh[", 0x8000001du, 1},
        {"amd_fn80000026h[", 0x80000026u, 1},
    };
    for (u32 i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
        struct view v = line;
        u32 index, value[4], digits;
        if (!take_text(&v, view_of(arrays[i].name))) {
            continue;
        }
        digits = read_decimal(v, &index);
        v = view_from(v, digits);
        if (!digits || !take_text(&v, VIEW("]="))) {
            return bad_row(r, line);
        }
        for (u32 reg = 0; reg < 4; reg++) {
            if (!take_word(&v, &value[reg])) {
                return bad_row(r, line);
            }
            skip(&v, " \t");
        }
        found_row(r, FORMAT_LIBCPUID,
            arrays[i].indexed ? arrays[i].leaf : arrays[i].leaf + index,
            arrays[i].indexed ? index : 0, value,
            i == 0 && index == 0 ? STARTS_AGAIN : KEEPS_FIRST);
        return USED;
    }
    return NOT_MINE;
}

static int only_blanks(struct view v)
{
    return view_trim(v).len == 0;
}

/* "CPU 0:" of cpuid -r, and "CPU:" of cpuid -1 -r */
static int cpuid_r_header(struct reader *r, struct view v)
{
    u32 number = NO_NUMBER, n;
    if (!take_text(&v, VIEW("CPU"))) {
        return 0;
    }
    skip(&v, " \t");
    n = read_decimal(v, &number);
    v = view_from(v, n);
    if (!take_text(&v, VIEW(":")) || !only_blanks(v)) {
        return 0;
    }
    found_cpu(r, n ? number : NO_NUMBER, !n, 0);
    return 1;
}

/* The number behind "... CPU #", or NO_NUMBER. */
static u32 cpu_number(struct view v)
{
    u32 number = NO_NUMBER;
    struct view rest = view_from(v, view_find(v, VIEW("CPU #")) + 5);
    return read_decimal(rest, &number) ? number : NO_NUMBER;
}

/* "------[ CPUID Registers / Logical CPU #0 ]------" and other parts */
static int part_header(struct reader *r, struct view v)
{
    struct view start = v;
    skip(&v, "-");
    if (v.len == start.len || !take_text(&v, VIEW("[ "))) {
        return 0;
    }
    u32 number = cpu_number(v);
    if (number != NO_NUMBER && !view_starts(v, VIEW("MSR"))) {
        found_cpu(r, number, 0, 0);
        return 1;
    }
    /* A report opens with its versions: the next report is another host. */
    if (view_starts(v, VIEW("Versions"))) {
        found_split(r);
    }
    r->section = ASIDES;
    return 1;
}

/* "CPUID Registers (CPU #2 Virtual):", "MSR Registers (CPU #1):" */
static int registers_header(struct reader *r, struct view v)
{
    if (view_starts(v, VIEW("MSR Registers"))) {
        r->section = ASIDES;
        return 1;
    }
    u32 number = cpu_number(v);
    if (!view_starts(v, VIEW("CPUID Registers")) || number == NO_NUMBER) {
        return 0;
    }
    found_cpu(r, number, 0, view_find(v, VIEW("Virtual")) < v.len);
    return 1;
}

/* "CPU#000 AffMask: 0x0000000000000001" */
static int affinity_header(struct reader *r, struct view v)
{
    u32 number;
    if (!take_text(&v, VIEW("CPU#")) || !read_decimal(v, &number) ||
        view_find(v, VIEW("AffMask")) == v.len) {
        return 0;
    }
    found_cpu(r, number, 0, 0);
    return 1;
}

/* "_________________ Logical CPU #0 _________________" */
static int libcpuid_header(struct reader *r, struct view v)
{
    struct view start = v;
    skip(&v, "_ ");
    if (v.len == start.len || !view_starts(v, VIEW("Logical CPU #"))) {
        return 0;
    }
    found_cpu(r, cpu_number(v), 0, 0);
    return 1;
}

enum line_use read_dump(struct reader *r, struct view line)
{
    line = view_trim(line);
    static enum line_use (*const rows[])(struct reader *, struct view) = {
        cpuid_r_row, aida64_row, libcpuid_row};
    static int (*const headers[])(struct reader *, struct view) = {
        cpuid_r_header, part_header, registers_header, affinity_header,
        libcpuid_header};
    for (u32 i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum line_use use = rows[i](r, line);
        if (use) {
            return use;
        }
    }
    for (u32 i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        if (headers[i](r, line)) {
            return r->section == ASIDES ? ASIDE : USED;
        }
    }
    return NOT_MINE;
}

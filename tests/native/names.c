/* SPDX-License-Identifier: MIT
 * The dictionaries against tables of names made from each project's sources:
 * every name leads to its bit, and every bit is spelled as its project does.
 *
 *   names [TABLE.tsv]
 */
#include "know/know.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 1 << 20, LINE = 2048, COLUMNS = 16 };

static u8 memory[MEMORY];
static struct know know;
static u32 failures;

static struct view named(const char *s)
{
    return (struct view){(const u8 *)s, (u32)strlen(s)};
}

static void fail(const char *what, const char *name, u32 row, u32 want)
{
    failures++;
    fprintf(stderr, "%s: %s is row %u, not %u\n", what, name, (unsigned)row,
        (unsigned)want);
}

static void must_be(enum dialect dialect, const char *name, u32 vendors,
    u32 want)
{
    u32 row = bit_named(&know, dialect, named(name), vendors);
    if (row != want) {
        fail("names", name, row, want);
    }
}

/* The same word for different bits, and which is meant where. */
static void same_word(void)
{
    u32 spec_ctrl = bit_find(7, 0, EDX, 26), stibp = bit_find(7, 0, EDX, 27);
    u32 ssbd = bit_find(7, 0, EDX, 31), ibpb = bit_find(0x80000008u, 0, EBX, 12);
    u32 ibrs = bit_find(0x80000008u, 0, EBX, 14);
    u32 amd_stibp = bit_find(0x80000008u, 0, EBX, 15);
    u32 amd_ssbd = bit_find(0x80000008u, 0, EBX, 24);
    u32 amd_psfd = bit_find(0x80000008u, 0, EBX, 28);
    u32 prefetchi = bit_find(7, 1, EDX, 14);
    u32 amd_prefetchi = bit_find(0x80000021u, 0, EAX, 20);
    static const char *const words[] = {"ibrs", "ibpb", "stibp", "ssbd", "mba"};
    u32 intel[] = {spec_ctrl, spec_ctrl, stibp, ssbd, bit_find(0x10, 0, EBX, 3)};
    u32 amd[] = {ibrs, ibpb, amd_stibp, amd_ssbd,
        bit_find(0x80000008u, 0, EBX, 6)};
    for (u32 i = 0; i < 5; i++) {
        must_be(LINUX, words[i], INTEL, intel[i]);
        must_be(LINUX, words[i], AMD, amd[i]);
        must_be(LINUX, words[i], 0, BITS);
    }
    for (u32 vendors = 0; vendors <= INTEL_AMD; vendors++) {
        must_be(LIBVIRT, "ibrs", vendors, ibrs);
        must_be(QEMU, "ibpb", vendors, ibpb);
        must_be(XEN, "ibpb", vendors, ibpb);
        must_be(QEMU, "stibp", vendors, stibp);
        must_be(LIBVIRT, "amd-stibp", vendors, amd_stibp);
        must_be(QEMU, "ssbd", vendors, ssbd);
        must_be(LIBVIRT, "amd-ssbd", vendors, amd_ssbd);
        must_be(QEMU, "spec-ctrl", vendors, spec_ctrl);
        must_be(XEN, "psfd", vendors, amd_psfd);
        must_be(VMWARE, "psfd", vendors, bit_find(7, 2, EDX, 0));
        must_be(VMWARE, "prefetchi", vendors, prefetchi);
        must_be(XEN, "prefetchi", vendors, prefetchi);
        must_be(LIBVIRT, "prefetchi", vendors, amd_prefetchi);
        must_be(LINUX, "dts", vendors, bit_find(1, 0, EDX, 21));
        must_be(LINUX, "tm", vendors, bit_find(1, 0, EDX, 29));
        must_be(QEMU, "kvmclock", vendors, bit_find(0x40000001u, 0, EAX, 0));
        must_be(MACOS, "AVX1.0", vendors, bit_find(1, 0, ECX, 28));
        must_be(QEMU, "avx10", vendors, bit_find(7, 1, EDX, 19));
        must_be(VMWARE, "MWAIT", vendors, bit_find(1, 0, ECX, 3));
        must_be(LINUX, "nonstop_tsc", vendors,
            bit_find(0x80000007u, 0, EDX, 8));
        must_be(COREINFO, "NX", vendors, bit_find(0x80000001u, 0, EDX, 20));
        must_be(COREINFO, "TSC-INVARIANT", vendors,
            bit_find(0x80000007u, 0, EDX, 8));
        must_be(ILLUMOS, "sse4.1", vendors, bit_find(1, 0, ECX, 19));
        must_be(NFD, "AVX512VNNI", vendors, bit_find(7, 0, ECX, 11));
        must_be(LINUX, "cx16x", vendors, BITS);
        must_be(LINUX, "", vendors, BITS);
    }
}

/* Each written dialect reads what it writes. */
static void written(void)
{
    for (u32 d = 0; d < WRITTEN; d++) {
        for (u32 row = 0; row < BITS; row++) {
            struct view name = bit_spelled(&know, (enum dialect)d, row);
            u32 vendors = bits.vendor[row] & INTEL_AMD;
            u32 back = bit_named(&know, (enum dialect)d, name, vendors);
            if (name.len && back != row && !(bits.leaf[row] == 0x40000001u)) {
                fail("back", (const char *)name.s, back, row);
            }
        }
    }
}

static u32 split(char *line, char *cells[COLUMNS])
{
    u32 n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *at = line; n < COLUMNS; at++) {
        cells[n++] = at;
        at = strchr(at, '\t');
        if (!at) {
            break;
        }
        *at = 0;
    }
    return n;
}

static u32 row_of(char *const cells[])
{
    u32 reg = (u32)(cells[2][1] - 'a');
    if (!strcmp(cells[0], "msr:0x0000010a")) {
        return bit_find(MSR_10A, SUB_MSR, reg, (u32)atoi(cells[3]));
    }
    return bit_find((u32)strtoul(cells[0], 0, 16), (u32)atoi(cells[1]), reg,
        (u32)atoi(cells[3]));
}

/* One project's names of a bit: "cx16|cmpxchg16", the first being written.
 * VMware's names that never reach a guest are left out. */
static void check_names(enum dialect dialect, char *list, u32 row, u32 first)
{
    u32 vendors = bits.vendor[row] & INTEL_AMD;
    for (char *name = strtok(list, "|"); name; name = strtok(NULL, "|")) {
        struct view spelled = bit_spelled(&know, dialect, row);
        u32 found = bit_named(&know, dialect, named(name), vendors);
        if (dialect == VMWARE && !spelled.len) {
            return;
        }
        /* Two bits are called so, and the first of them is meant. */
        int twice = !strcmp(name, "kvmclock") || !strcmp(name, "dts");
        if (found != row && !twice) {
            fail("reads", name, found, row);
        }
        if (first && !view_equal(spelled, named(name))) {
            fail((const char *)spelled.s, name, 0, row);
        }
        first = 0;
    }
}

/* leaf subleaf reg bit linux qemu libvirt xen freebsd vmware qemu_alias ... */
static void read_table(const char *path)
{
    static const enum dialect dialects[] = {LINUX, QEMU, LIBVIRT, XEN, FREEBSD,
        VMWARE, QEMU};
    static char line[LINE], none[1];
    char *cells[COLUMNS];
    u32 rows = 0;
    FILE *f = fopen(path, "r");
    if (!f) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof(line), f)) {
        u32 n = split(line, cells);
        u32 row = n > 4 ? row_of(cells) : BITS;
        rows += row < BITS;
        for (u32 i = 0; row < BITS && i < 7; i++) {
            check_names(dialects[i], 4 + i < n ? cells[4 + i] : none, row,
                i < 6 && dialects[i] < WRITTEN);
        }
    }
    fclose(f);
    if (rows < 500) {
        fail("rows", path, rows, 500);
    }
}

int main(int argc, char **argv)
{
    struct arena a = {memory, 0, MEMORY};
    if (!know_open(&know, &a)) {
        return 2;
    }
    same_word();
    written();
    if (argc > 1) {
        read_table(argv[1]);
    }
    return failures != 0;
}

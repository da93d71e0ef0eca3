/* SPDX-License-Identifier: MIT
 * The engine behind every list of feature names: from names to registers, and
 * what it means that a name is not there.
 */
#include "names.h"

enum { HIDDEN = 7 }; /* an age: the kernel may keep the bit to itself */
/* VAGUE: said, but not which bit is meant: unknown. */
enum said { NOT_SAID, THERE, MISSING, ASSUMED, VAGUE };

static void prints_up_to(struct list *l, u32 age)
{
    l->kernel = age > l->kernel ? age : l->kernel;
}

int is_synthetic(const struct reader *r, struct view word)
{
    u32 age;
    return word_of_linux(&r->fleet->know, word, &age);
}

int names_kernel(struct reader *r, struct view word)
{
    u32 age;
    if (!word_of_linux(&r->fleet->know, word, &age)) {
        return 0;
    }
    prints_up_to(&r->list, age);
    r->list.own |= view_equal(word, VIEW("cpuid")) ||
                   view_equal(word, VIEW("nopl")) ||
                   view_equal(word, VIEW("rep_good"));
    return 1;
}

static u32 vendor_of(struct reader *r)
{
    struct word w = {0, 0};
    if (r->cpu.open) {
        w = sheet_word(r->fleet, r->cpu_sheet, 0, 0, EBX);
    }
    return !w.known                 ? 0
           : w.value == 0x756e6547u ? INTEL
           : w.value == 0x68747541u || w.value == 0x6f677948u
               ? AMD
               : 0;
}

void names_open(struct reader *r, enum format_id format, enum dialect dialect)
{
    struct list *l = &r->list;
    names_close(r, (enum absent)l->absent);
    if (r->cpu.open && r->cpu.format != format) {
        end_cpu(r);
    }
    bytes_zero(l, sizeof(*l));
    l->open = 1;
    l->format = format;
    l->dialect = dialect;
    l->told.dialect = dialect;
    l->kernel = 1;
    l->first = r->before.line ? r->before : r->here;
}

static void lacks(struct list *l, struct view name)
{
    struct text t = {
        l->told.lacks, l->told.lacks_len, sizeof(l->told.lacks), 0};
    u8 room[80];
    struct view quoted = note_quote(name, room);
    if (t.len + quoted.len + 2 <= t.size) {
        text_say(&t, l->told.lacks_n ? ", %v" : "%v", quoted);
        l->told.lacks_len = t.len;
        l->told.lacks_n++;
    } else {
        l->told.lacks_more++;
    }
}

void names_bit(struct reader *r, u32 row, int there)
{
    struct list *l = &r->list;
    l->last = r->here;
    l->end = r->here_end;
    l->said[row] = there ? THERE : MISSING;
    /* A kernel newer than the last that does not print it; of what 5.10 prints
     * it is not told since when. */
    u32 age = bit_age(row);
    if (l->dialect == LINUX && there && age > 3 && age < HIDDEN) {
        prints_up_to(l, age - 1);
    }
}

void names_assume(struct reader *r, u32 row, int there)
{
    if (!r->list.said[row]) {
        r->list.said[row] = there ? ASSUMED : MISSING;
    }
}

/* Properties of virtual machines that are no bits of CPUID. */
static const char silent[] = "vmx-\0hv-\0model_\0";

static int is_silent(struct reader *r, struct view name)
{
    struct view head;
    return names_kernel(r, name) || view_starts_any(name, silent, &head);
}

static u32 family_of(struct reader *r)
{
    u32 family = r->report.family;
    return family == NO_NUMBER ? 0 : family;
}

/* Words by which Linux does not always mean the bit: vnmi is a setting of VT-x
 * for Intel, PPIN is found by its MSR, too, AMD's ARAT is taken for granted,
 * and before family 19h its SSBD is another MSR's. */
static int is_bit(struct reader *r, u32 row, u32 vendor)
{
    if (row == BITS || r->list.dialect != LINUX) {
        return row < BITS;
    }
    u32 leaf = bits.leaf[row], bit = bits.bit[row], reg = bits.reg[row];
    if (leaf == 0x8000000a && bit == 25) {
        return vendor == AMD;
    }
    if (leaf == 6 && bit == 2 && reg == EAX) {
        return vendor == INTEL;
    }
    if (leaf == 0x80000008u && bit == 24) {
        return family_of(r) >= 0x19;
    }
    return leaf != 7 || bits.sub[row] != 1 || reg != EBX || bit != 0;
}

static void be_vague(struct reader *r, u32 row)
{
    if (row < BITS && !r->list.said[row]) {
        r->list.said[row] = VAGUE;
    }
}

void names_take(struct reader *r, struct view name, int there)
{
    struct list *l = &r->list;
    const struct know *k = &r->fleet->know;
    u32 vendor = vendor_of(r);
    enum dialect d = (enum dialect)l->dialect;
    u32 row = bit_named(k, d, name, 0);
    l->last = r->here;
    l->end = r->here_end;
    if (row == BITS) {
        /* Perhaps either vendor's bit, and the vendor tells which. */
        be_vague(r, bit_named(k, d, name, INTEL));
        be_vague(r, bit_named(k, d, name, AMD));
        row = vendor ? bit_named(k, d, name, vendor) : BITS;
    }
    if (row < BITS && !is_bit(r, row, vendor)) {
        be_vague(r, row);
    }
    if (is_bit(r, row, vendor)) {
        names_bit(r, row, there);
        if (bit_age(row) == HIDDEN) {
            names_kernel(r, name);
        }
    } else if (row < BITS || is_silent(r, name)) {
        return;
    } else if (!vendor && (bit_named(k, d, name, INTEL) < BITS)) {
        /* "+ibpb" "-ssbd": until the vendor is known. */
        struct text t = {l->later, l->later_len, sizeof(l->later), 0};
        if (t.len + name.len + 2 <= t.size) {
            text_say(&t, "%c%v ", there ? '+' : '-', name);
            l->later_len = t.len;
        }
    } else {
        lacks(l, name);
    }
}

static int parts_names(u8 c)
{
    return is_space(c) || c == ',' || c == ';' || c == '"' || c == '\'' ||
           c == '[' || c == ']';
}

struct view names_next(struct view *list)
{
    struct view v = *list;
    while (v.len && parts_names(v.s[0])) {
        v = view_from(v, 1);
    }
    u32 n = 0;
    while (n < v.len && !parts_names(v.s[n])) {
        n++;
    }
    *list = view_from(v, n);
    return view_head(v, n);
}

void names_words(struct reader *r, struct view list)
{
    for (struct view name = names_next(&list); name.len;
         name = names_next(&list)) {
        names_take(r, name, 1);
    }
}

static int spelled_so(struct reader *r, enum dialect dialect, struct view name)
{
    const struct know *k = &r->fleet->know;
    u32 row = bit_named(k, dialect, name, INTEL);
    return (row < BITS && view_equal(bit_spelled(k, dialect, row), name)) ||
           (dialect == LINUX && is_synthetic(r, name));
}

u32 names_known(struct reader *r, enum dialect dialect, struct view list,
    u32 *words)
{
    u32 known = 0;
    *words = 0;
    for (struct view v = names_next(&list); v.len; v = names_next(&list)) {
        ++*words;
        known += spelled_so(r, dialect, v) ? 1 : 0;
    }
    return known;
}

static void take_later(struct reader *r)
{
    struct list *l = &r->list;
    u32 vendor = vendor_of(r);
    struct view list = {l->later, l->later_len};
    for (struct view v = names_next(&list); v.len; v = names_next(&list)) {
        u32 row = bit_named(&r->fleet->know, (enum dialect)l->dialect,
            view_from(v, 1), vendor);
        if (vendor && is_bit(r, row, vendor)) {
            l->said[row] = v.s[0] == '+' ? THERE : MISSING;
        }
    }
}

/* Is the bit 0 as its name is not in the list? */
static int is_absent(const struct reader *r, u32 row, enum absent absent)
{
    const struct list *l = &r->list;
    enum dialect d = (enum dialect)l->dialect;
    u32 age = bit_age(row);
    switch (absent) {
    case ABSENT_UNKNOWN: return 0;
    case ABSENT_ZERO: return bit_spelled(&r->fleet->know, d, row).len != 0;
    case ABSENT_LINUX_KERNEL: break;
    }
    return age && age <= l->kernel && age < HIDDEN;
}

/* The bits of one register; rows *at* and on. Returns the next register's. */
static u32 take_register(struct reader *r, u32 at, enum absent absent,
    const struct word *copied)
{
    struct list *l = &r->list;
    u32 leaf = bits.leaf[at], sub = bits.sub[at], reg = bits.reg[at];
    struct word w = {0, 0};
    for (; at < BITS && bits.leaf[at] == leaf && bits.sub[at] == sub &&
           bits.reg[at] == reg;
         at++) {
        u32 bit = 1u << bits.bit[at];
        u32 there = l->said[at] == THERE || l->said[at] == ASSUMED;
        if (bits.merge[at] == ALIAS) {
            w.known |= copied->known & bit;
            w.value |= copied->value & copied->known & bit;
        } else if (l->said[at] == VAGUE) {
            continue;
        } else if (l->said[at] || is_absent(r, at, absent)) {
            w.known |= bit;
            w.value |= there ? bit : 0;
        }
    }
    /* Hypervisors' own leaves are none of the CPU's; nor do others lack what only
     * Transmeta's and Centaur's have. */
    int rare = leaf >> 16 == 0x8086 || leaf >> 28 == 0xc;
    if (w.known && leaf >> 28 != 4 && (!rare || w.value)) {
        found_register(r, l->format, leaf, sub, reg, w.value, w.known);
    }
    return at;
}

static void take_number(struct reader *r, enum format_id format, u32 leaf,
    u32 reg, u32 value, u32 known)
{
    if (known) {
        found_register(r, format, leaf, 0, reg, value & known, known);
    }
}

/* What the report said of the CPU besides names. */
static void take_report(struct reader *r, enum format_id format)
{
    struct report *p = &r->report;
    u32 any = 0;
    for (u32 row = 0; row < BITS; row++) {
        any |= r->list.said[row];
    }
    if (p->kind == NO_REPORT || (!any && !r->cpu.open)) {
        return;
    }
    found_signature(r, format, p->family, p->model, p->stepping);
    found_brand(r, format, name_view(&p->brand));
    take_number(r, format, 0, EAX, p->level,
        p->level != NO_NUMBER ? 0xffffffffu : 0);
    take_number(r, format, 1, EBX, p->line_size / 8 << 8,
        p->line_size != NO_NUMBER ? 0xff00 : 0);
    take_number(r, format, 0x80000008u, EAX, p->physical | p->virtual_ << 8,
        (p->physical != NO_NUMBER ? 0xff : 0) |
            (p->virtual_ != NO_NUMBER ? 0xff00u : 0));
}

void names_close(struct reader *r, enum absent absent)
{
    struct list *l = &r->list;
    if (!l->open) {
        return;
    }
    l->open = 0;
    /* It may end lines after its last word: what stands between, a name of a
     * host or the beginning of the next CPU, is not of this one. */
    struct spot here = r->here, before = r->before;
    u32 here_end = r->here_end, heading = r->heading.len;
    int named_after = r->heading_spot.line > l->last.line;
    if (l->last.line) {
        r->here = l->last;
        r->here_end = l->end;
    }
    r->heading.len = named_after ? 0 : heading;
    if (!before.line || before.line > l->last.line) {
        r->before = r->cpu.open ? (struct spot){0, 0} : l->first;
    }
    take_report(r, l->format);
    if (l->tail_len) {
        names_take(r, (struct view){l->tail, l->tail_len}, 1);
        l->tail_len = 0;
    }
    take_later(r);
    /* People, and tools, leave out of a list what they like. */
    int whole = l->format == FORMAT_CPUINFO || l->format == FORMAT_LSCPU;
    if (absent == ABSENT_LINUX_KERNEL &&
        (l->said[ROW_0x00000001_0_EDX_0] != THERE || !(whole || l->own))) {
        absent = ABSENT_UNKNOWN;
    }
    struct word copied = {0, 0};
    u32 amd = vendor_of(r) == AMD;
    for (u32 row = 0; row < BITS;) {
        row = take_register(r, row, absent, &copied);
        if (amd && bits.leaf[row - 1] == 1 && bits.reg[row - 1] == EDX) {
            copied = sheet_word(r->fleet, r->cpu_sheet, 1, 0, EDX);
        }
    }
    l->told.kernel = absent == ABSENT_LINUX_KERNEL ? l->kernel : 0;
    r->cpu.told = l->told;
    r->report.kind = NO_REPORT;
    r->here = here;
    r->here_end = here_end;
    if (named_after) {
        r->heading.len = heading;
    }
    if (before.line > l->last.line) {
        r->before = before;
    }
}

static const char dialects[] =
    "Linux\0QEMU\0libvirt\0Xen\0VMware\0FreeBSD\0Coreinfo\0macOS\0illumos\0"
    "NFD\0";

void names_tell(struct reader *r, struct note_place place,
    const struct told *told)
{
    static const char kernels[] = "2.6.32\0""4.11\0""5.10\0""6.1\0""6.12\0";
    struct notes *notes = &r->fleet->notes;
    if (told->lacks_n) {
        u8 room[32];
        struct text more = text_in(room, sizeof(room));
        if (told->lacks_more) {
            text_say(&more, " and %u more", told->lacks_more);
        }
        note_add(notes, NOTE_LACKS, place,
            view_of(string_at(dialects, told->dialect)),
            (struct view){told->lacks, told->lacks_len}, text_view(&more));
    }
    if (told->kernel && told->kernel != r->kernel_said) {
        r->kernel_said = told->kernel;
        place.host = 0;
        note_add(notes, NOTE_KERNEL, place,
            view_of(string_at(kernels, told->kernel - 1)));
    }
}

void found_signature(struct reader *r, enum format_id format, u32 family,
    u32 model, u32 stepping)
{
    u32 value = 0, known = 0;
    if (stepping != NO_NUMBER) {
        value |= stepping & 15;
        known |= 15;
    }
    if (model != NO_NUMBER) {
        value |= (model & 15) << 4 | (model >> 4 & 15) << 16;
        known |= 0xf0;
    }
    /* The model's further field is printed from family 6 on; the family's is 0
     * up to family 15, where it begins to count. */
    if (family != NO_NUMBER) {
        u32 base = family < 15 ? family : 15;
        value |= base << 8 | ((family - base) & 0xff) << 20;
        known |= 0xff00f00u;
        known |= base >= 6 && model != NO_NUMBER ? 0xf0000u : 0;
    }
    if (known) {
        found_register(r, format, 1, 0, EAX, value & known, known);
    }
}

void found_vendor(struct reader *r, enum format_id format, struct view vendor)
{
    static const u32 order[3] = {EBX, EDX, ECX};
    vendor = view_equal(vendor, VIEW("Intel"))   ? VIEW("GenuineIntel")
             : view_equal(vendor, VIEW("AMD"))   ? VIEW("AuthenticAMD")
             : view_equal(vendor, VIEW("Hygon")) ? VIEW("HygonGenuine")
                                                 : vendor;
    if (vendor.len == 12) {
        for (u32 i = 0; i < 3; i++) {
            found_letters(r, format, 0, order[i], view_from(vendor, 4 * i));
        }
    }
}

/* A register's four letters, the first of them lowest. */
void found_letters(struct reader *r, enum format_id format, u32 leaf, u32 reg,
    struct view text)
{
    u32 word = 0;
    for (u32 i = 0; i < 4 && i < text.len; i++) {
        word |= (u32)text.s[i] << 8 * i;
    }
    found_register(r, format, leaf, 0, reg, word, 0xffffffffu);
}

void found_brand(struct reader *r, enum format_id format, struct view brand)
{
    brand = view_head(view_trim(brand), 47);
    for (u32 i = 0; brand.len && i < 12; i++) {
        found_letters(r, format, 0x80000002u + i / 4, i % 4,
            view_from(brand, 4 * i));
    }
}

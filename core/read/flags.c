/* SPDX-License-Identifier: MIT
 * Features by name: /proc/cpuinfo, lscpu in any language, hwinfo, lshw, inxi,
 * py-cpuinfo, libcpuid's report, Coreinfo, isainfo, and bare lists.
 */
#include "names.h"

/* A list of so many words, of which four fifths are known, is one. */
enum { LIST_LEAST = 8 };

static void report_open(struct reader *r, enum report_kind kind,
    enum format_id format, enum dialect dialect)
{
    static const u32 none = NO_NUMBER;
    names_open(r, format, dialect);
    struct report *p = &r->report;
    p->kind = kind;
    p->family = p->model = p->stepping = p->level = none;
    p->line_size = p->physical = p->virtual_ = none;
    p->brand.len = 0;
}

/* The line says something of the CPU whose names are being read. */
static enum line_use used(struct reader *r)
{
    r->list.last = r->here;
    r->list.end = r->here_end;
    return USED;
}

/* Processors without CPUID, told from a field: "key\0value's beginning\0name".
 * The value is empty where the key alone tells. */
static const struct {
    char key[20], value[10], name[10];
} architectures[] = {
    {"cpu implementer", "", "an ARM"}, {"features", "fp ", "an ARM"},
    {"features", "half", "an ARM"}, {"features", "swp", "an ARM"},
    {"", "aarch64", "an ARM"}, {"", "armv", "an ARM"},
    {"cpu", "POWER", "a POWER"}, {"cpu", "PPC", "a POWER"},
    {"", "ppc64", "a POWER"}, {"vendor_id", "IBM/S390", "an IBM Z"},
    {"features", "esan3", "an IBM Z"}, {"", "s390", "an IBM Z"},
    {"isa", "rv", "a RISC-V"}, {"", "riscv", "a RISC-V"},
};

static int same_key(struct view a, const char *b)
{
    return a.len == view_of(b).len && view_starts(a, view_of(b));
}

static int other_architecture(struct reader *r, struct view key,
    struct view value)
{
    u32 n = sizeof(architectures) / sizeof(architectures[0]), i = 0;
    while (i < n && !((!architectures[i].key[0] ||
                          same_key(key, architectures[i].key)) &&
                        view_starts(value, view_of(architectures[i].value)))) {
        i++;
    }
    if (i == n) {
        return 0;
    }
    if (!r->arm) {
        r->arm = r->here.line;
        r->arm_name = architectures[i].name;
    }
    r->list.open = 0; /* what it said is of no use */
    r->section = RESULTS;
    return 1;
}

/* "key : value"; lscpu in Chinese has a colon of its own. */
static int take_field(struct view line, struct view *key, struct view *value)
{
    u32 at = view_find(line, VIEW(":")), wide = view_find(line, VIEW("\xef\xbc\x9a"));
    u32 skip = wide < at ? 3 : 1;
    at = wide < at ? wide : at;
    if (!at || at >= line.len) {
        return 0;
    }
    *key = view_trim(view_head(line, at));
    *value = view_trim(view_from(line, at + skip));
    return key->len != 0;
}

/* The whole value is a decimal number. */
static int is_number(struct view v, u32 *number)
{
    u32 digits = read_decimal(v, number);
    return digits && digits == v.len;
}

/* Quotes around a value: "GenuineIntel", `GenuineIntel' */
static struct view unquoted(struct view v)
{
    if (v.len >= 2 && (v.s[0] == '"' || v.s[0] == '`' || v.s[0] == '\'')) {
        v = view_head(view_from(v, 1), v.len - 2);
    }
    return v;
}

static int is_vendor(struct view v)
{
    static const char vendors[] = "GenuineIntel\0AuthenticAMD\0HygonGenuine\0"
                                  "CentaurHauls\0GenuineTMx86\0";
    struct view head;
    return v.len == 12 && view_starts_any(v, vendors, &head);
}


/* The dialect that spells most of the words so, Linux where as many. */
static enum dialect best_dialect(struct reader *r, struct view words)
{
    static const struct {
        u8 format, dialect;
    } forced[] = {
        {FORMAT_LIBVIRT, LIBVIRT}, {FORMAT_CPU_INFO, LIBVIRT},
        {FORMAT_QMP, QEMU}, {FORMAT_QEMU_CPU, QEMU}, {FORMAT_XAPI, XEN},
        {FORMAT_XEN_CPUID, XEN}, {FORMAT_VSPHERE_NAMES, VMWARE},
        {FORMAT_FREEBSD, FREEBSD}, {FORMAT_COREINFO, COREINFO},
        {FORMAT_MACOS, MACOS}, {FORMAT_ISAINFO, ILLUMOS},
        {FORMAT_NODE_LABELS, NFD}};
    u32 best = 0, most = 0, n;
    for (u32 i = 0; i < sizeof(forced) / sizeof(forced[0]); i++) {
        if (r->forced == (enum format_id)forced[i].format) {
            return (enum dialect)forced[i].dialect;
        }
    }
    for (u32 d = 0; d < WRITTEN && r->forced == FORMATS; d++) {
        u32 known = names_known(r, (enum dialect)d, words, &n);
        if (known > most) {
            most = known;
            best = d;
        }
    }
    return (enum dialect)best;
}

static int is_name(struct reader *r, struct view name)
{
    u32 row = bit_named(&r->fleet->know, (enum dialect)r->list.dialect, name,
        INTEL);
    return name.len && (row < BITS || names_kernel(r, name));
}

/* How many of the words are names, up to so many words. */
static u32 count_names(struct reader *r, struct view words, u32 most, u32 *n)
{
    u32 known = 0;
    *n = 0;
    for (struct view v = names_next(&words); v.len && *n < most;
         v = names_next(&words)) {
        ++*n;
        known += is_name(r, v) ? 1 : 0;
    }
    return known;
}

/* The first words tell other lines at once. */
static int is_list(struct reader *r, struct view words)
{
    u32 n, known = count_names(r, words, LIST_LEAST, &n);
    if (n < LIST_LEAST || known < LIST_LEAST / 2) {
        return 0;
    }
    known = count_names(r, words, NO_NUMBER, &n);
    return known * 5 >= n * 4;
}

/* Takes a line of words but for the last, which may go on in the next line. */
static void take_words(struct reader *r, struct view words)
{
    struct view last = words;
    u32 n = words.len;
    while (n && !is_space(words.s[n - 1]) && words.s[n - 1] != ',') {
        n--;
    }
    last = view_from(words, n);
    r->list.tail_len = 0;
    if (last.len && last.len < sizeof(r->list.tail)) {
        words = view_head(words, n);
        bytes_copy(r->list.tail, last.s, last.len);
        r->list.tail_len = last.len;
    }
    names_words(r, words);
    used(r);
}

/* A list that goes on in the line after: a word may be cut in two. */
static enum line_use take_more(struct reader *r, struct view line)
{
    struct list *l = &r->list;
    u32 n, known;
    if (!l->open || !l->tail_len || r->here.line != l->last.line + 1 ||
        view_find(line, VIEW(":")) < line.len) {
        return NOT_MINE;
    }
    u8 room[64];
    struct view rest = line, head = names_next(&rest),
                tail = {l->tail, l->tail_len};
    struct text joined = text_in(room, sizeof(room));
    text_say(&joined, "%v%v", tail, head);
    int cut = !joined.cut && is_name(r, text_view(&joined)) &&
              !(is_name(r, tail) && is_name(r, head));
    struct view words = cut ? rest : line;
    known = count_names(r, words, NO_NUMBER, &n);
    /* The last word may be cut, too. */
    if ((n ? known + 1 : cut ? 1u : 0u) * 5 <= n * 4 || (!n && !cut)) {
        return NOT_MINE;
    }
    names_take(r, cut ? text_view(&joined) : tail, 1);
    take_words(r, cut ? rest : line);
    return USED;
}

static u32 hash_of(struct view v)
{
    u32 hash = 1;
    for (u32 i = 0; i < v.len; i++) {
        hash = (hash ^ v.s[i]) * 0x01000193u;
    }
    return hash | 1;
}

/* Does Linux' own whole list stand here? Others leave out what they like. */
static enum absent absent_of(struct view words, enum dialect dialect)
{
    int fpu = 0, own = 0;
    for (struct view v = names_next(&words); v.len; v = names_next(&words)) {
        fpu |= view_equal(v, VIEW("fpu"));
        own |= view_equal(v, VIEW("nopl")) || view_equal(v, VIEW("cpuid")) ||
               view_equal(v, VIEW("constant_tsc"));
    }
    return dialect == LINUX && fpu && own ? ABSENT_LINUX_KERNEL
                                          : ABSENT_UNKNOWN;
}

/* A list of names; the same again, as grep has it, is another CPU. */
static enum line_use take_list(struct reader *r, enum format_id format,
    struct view words)
{
    if (r->report.kind == NO_REPORT || r->list.listed) {
        enum dialect dialect =
            format == FORMAT_FLAGS ? best_dialect(r, words) : LINUX;
        u32 hash = hash_of(words);
        int again = r->flags_hash == hash && r->list.open && r->list.listed;
        if (r->cpu.open || r->list.open) {
            end_cpu(r);
        }
        r->flags_cpu = again ? r->flags_cpu + 1 : 0;
        r->flags_hash = hash;
        found_cpu(r, r->flags_cpu, 0, 0);
        report_open(r, IN_OTHER, format, dialect);
    }
    r->list.listed = 1;
    r->list.absent = absent_of(words, (enum dialect)r->list.dialect);
    take_words(r, words);
    return USED;
}

/* "46 bits physical, 48 bits virtual" */
static int take_sizes(struct reader *r, struct view v)
{
    u32 physical, virtual_, n = read_decimal(v, &physical);
    v = view_from(v, n);
    if (!n || !view_starts(v, VIEW(" bits physical, "))) {
        return 0;
    }
    v = view_from(v, 16);
    n = read_decimal(v, &virtual_);
    if (!n || !view_starts(view_from(v, n), VIEW(" bits virtual"))) {
        return 0;
    }
    r->report.physical = physical & 0xff;
    r->report.virtual_ = virtual_ & 0xff;
    return 1;
}

/* The line "power management": all of 80000007.EDX but bit 8, which it prints
 * as nothing; "[13]" is a bit without a name. */
static void take_power(struct reader *r, struct view words)
{
    static const char names[] = "ts\0fid\0vid\0ttp\0tm\0stc\0""100mhzsteps\0"
                                "hwpstate\0?\0cpb\0eff_freq_ro\0"
                                "proc_feedback\0acc_power\0";
    u32 set = 0, bit;
    for (struct view v = names_next(&words); v.len; v = names_next(&words)) {
        if (!read_decimal(v, &bit) || v.len > 2) {
            for (bit = 0; bit < 13; bit++) {
                if (view_equal(v, view_of(string_at(names, bit)))) {
                    break;
                }
            }
        }
        set |= bit < 32 && bit != 13 ? 1u << bit : 0;
        set |= bit == 13 && v.len == 2 ? 1u << 13 : 0;
    }
    for (bit = 0; bit < 32; bit++) {
        u32 row = bit_find(0x80000007u, 0, EDX, bit);
        if (row < BITS && bit != 8) {
            r->list.said[row] = set >> bit & 1 ? 1 : 2;
        }
    }
}

/* Fields of reports: what they say, and their names in all of them. */
enum field_kind {
    VENDOR_FIELD, FAMILY_FIELD, MODEL_FIELD, STEPPING_FIELD, BRAND_FIELD,
    LEVEL_FIELD, LINE_FIELD, LIST_FIELD, BUGS_FIELD, POWER_FIELD, FIELD_KINDS
};
static const char *const field_keys[FIELD_KINDS] = {
    "vendor_id\0vendor id\0vendor id raw\0vendor_str\0",
    "cpu family\0family\0ext_family\0",
    "model\0ext_model\0",
    "stepping\0",
    "model name\0brand raw\0brand_str\0product\0",
    "cpuid level\0",
    "clflush size\0",
    "flags\0features\0capabilities\0CPU_FLAGS_X86\0",
    "bugs\0vmx flags\0",
    "power management\0",
};

static enum field_kind field_of(struct view key)
{
    for (u32 i = 0; i < FIELD_KINDS; i++) {
        for (const char *p = field_keys[i]; *p; p += view_of(p).len + 1) {
            if (same_key(key, p)) {
                return (enum field_kind)i;
            }
        }
    }
    return FIELD_KINDS;
}

/* lscpu's keys are translated; what they say is not. */
static void guess_field(struct reader *r, struct view key, struct view value)
{
    struct report *p = &r->report;
    u32 number;
    if (view_starts(key, VIEW("BIOS"))) {
        return;
    }
    if (is_number(value, &number)) {
        if (view_find(key, VIEW("amil")) < key.len) {
            p->family = number;
        } else if (view_starts(key, VIEW("Mod")) && p->model == NO_NUMBER) {
            p->model = number;
        }
    } else if (!p->brand.len && (view_find(value, VIEW("(R)")) < value.len ||
                                    view_starts(value, VIEW("AMD ")))) {
        name_set(&p->brand, value);
    }
    /* "Vulnerability Tsa": its last words. */
    u8 room[NAME_ROOM];
    struct text word = text_in(room, sizeof(room));
    struct view v = view_from(key, view_find(key, VIEW(" ")) + 1);
    for (u32 i = 0; i < v.len; i++) {
        text_char(&word, to_lower(v.s[i]));
    }
    names_kernel(r, text_view(&word));
}

static void take_bugs(struct reader *r, struct view key, struct view words)
{
    names_kernel(r, key);
    if (key.len == 4) {
        for (struct view v = names_next(&words); v.len;
             v = names_next(&words)) {
            names_kernel(r, v);
        }
    }
}

/* What a report says besides names. */
static void take_value(struct reader *r, struct view key, struct view value)
{
    struct report *p = &r->report;
    u32 number = NO_NUMBER;
    int whole = is_number(value, &number);
    enum field_kind kind = field_of(key);
    if (!whole) {
        read_decimal(value, &number);
    }
    switch (kind) {
    case FAMILY_FIELD: p->family = number; return;
    case MODEL_FIELD: p->model = number; return;
    case STEPPING_FIELD: p->stepping = number; return;
    case LEVEL_FIELD: p->level = number; return;
    case LINE_FIELD: p->line_size = number; return;
    case BRAND_FIELD: name_set(&p->brand, unquoted(value)); return;
    case BUGS_FIELD: take_bugs(r, key, value); return;
    case POWER_FIELD: take_power(r, value); return;
    case VENDOR_FIELD: case LIST_FIELD: case FIELD_KINDS: break;
    }
    if (!take_sizes(r, value)) {
        guess_field(r, key, value);
    }
}

static int names_host(struct view key)
{
    return same_key(key, "host") || same_key(key, "hostname") ||
           same_key(key, "server") || same_key(key, "node") ||
           same_key(key, "host name") || same_key(key, "machine");
}

static int is_x86(struct view v)
{
    return view_equal(v, VIEW("x86_64")) ||
           (v.len == 4 && v.s[0] == 'i' && view_equal(view_from(v, 2), VIEW("86")));
}

static enum line_use take_key(struct reader *r, struct view key,
    struct view value)
{
    enum report_kind in = r->list.open ? r->report.kind : NO_REPORT;
    enum field_kind kind = field_of(key);
    u32 number;
    if (same_key(key, "processor") && is_number(value, &number)) {
        found_cpu(r, number, 0, 0);
        report_open(r, IN_CPUINFO, FORMAT_CPUINFO, LINUX);
        return used(r);
    }
    if (is_x86(value) && (in == NO_REPORT || in == IN_LSCPU)) {
        found_split(r);
        report_open(r, IN_LSCPU, FORMAT_LSCPU, LINUX);
        return used(r);
    }
    struct view vendor = unquoted(value);
    if (is_vendor(vendor) && (kind == VENDOR_FIELD || in != NO_REPORT)) {
        if (in == NO_REPORT) {
            int lscpu = view_equal(key, VIEW("Vendor ID"));
            int cpuinfo = view_equal(key, VIEW("vendor_id"));
            report_open(r, lscpu ? IN_LSCPU : cpuinfo ? IN_CPUINFO : IN_OTHER,
                lscpu     ? FORMAT_LSCPU
                : cpuinfo ? FORMAT_CPUINFO
                          : FORMAT_FLAGS,
                LINUX);
        }
        found_vendor(r, r->list.format, vendor);
        return used(r);
    }
    if (kind == LIST_FIELD
            ? count_names(r, value, NO_NUMBER, &number) * 2 > number
            : is_list(r, value)) {
        enum format_id format = view_equal(key, VIEW("flags")) ? FORMAT_CPUINFO
                                : view_equal(key, VIEW("Flags")) ? FORMAT_LSCPU
                                                                 : FORMAT_FLAGS;
        return take_list(r, in == NO_REPORT ? format : r->list.format, value);
    }
    if (in == NO_REPORT || names_host(key)) {
        return NOT_MINE;
    }
    take_value(r, key, value);
    return kind < FIELD_KINDS ? used(r) : ASIDE;
}

enum line_use read_names(struct reader *r, struct view line)
{
    struct view key, value;
    line = view_trim(line);
    enum line_use use = take_more(r, line);
    if (use || !line.len) {
        return use;
    }
    if (take_field(line, &key, &value)) {
        if (other_architecture(r, key, value)) {
            return ASIDE;
        }
        return take_key(r, key, value);
    }
    if (is_list(r, line)) {
        return take_list(r, FORMAT_FLAGS, line);
    }
    return NOT_MINE;
}

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

/* Letter case ignored. */
static int same_key(struct view a, const char *b)
{
    u32 i = 0;
    while (i < a.len && b[i] && to_lower(a.s[i]) == to_lower((u8)b[i])) {
        i++;
    }
    return i == a.len && !b[i];
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
    u32 at = view_find(line, VIEW(":"));
    u32 wide = view_find(line, VIEW("\xef\xbc\x9a"));
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
    return name.len && (row < BITS || is_synthetic(r, name));
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
        view_has(line, VIEW(":"))) {
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

/* A list of names. The same again, as grep has it, is another CPU. */
static enum line_use take_list(struct reader *r, enum format_id format,
    struct view words)
{
    u32 hash = hash_of(words);
    if (r->list.listed || !r->list.open) {
        enum dialect dialect =
            format == FORMAT_FLAGS ? best_dialect(r, words) : LINUX;
        end_cpu(r);
        report_open(r, IN_OTHER, format, dialect);
    }
    if (r->cpu.number == NO_NUMBER) {
        int again = r->flags_hash == hash && !r->heading.len && !r->split;
        r->flags_cpu = again ? r->flags_cpu + 1 : 0;
        r->cpu.number = r->flags_cpu;
    }
    r->flags_hash = hash;
    r->list.listed = 1;
    r->list.absent =
        r->list.dialect == LINUX ? ABSENT_LINUX_KERNEL : ABSENT_UNKNOWN;
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
            bit = view_is_any(v, names) - 1;
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

/* "Dual-Core AMD Opteron(tm) Processor 2210" */
static int is_brand(struct view v)
{
    static const char marks[] = "(R)\0(tm)\0AMD \0CPU \0Processor\0";
    int found = 0;
    for (const char *p = marks; *p; p += view_of(p).len + 1) {
        found |= view_has(v, view_of(p));
    }
    return found;
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
        if (view_has(key, VIEW("amil"))) {
            p->family = p->family == NO_NUMBER ? number : p->family;
        } else if (view_starts(key, VIEW("Mod")) && p->model == NO_NUMBER) {
            p->model = number;
        }
    } else if (!p->brand.len && is_brand(value)) {
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

/* "6.158.10", as hwinfo and lshw have family, model and stepping; hwinfo adds
 * the brand. */
static int take_signature(struct report *p, struct view v)
{
    u32 number[3];
    for (u32 i = 0; i < 3; i++) {
        u32 n = read_decimal(v, &number[i]);
        v = view_from(v, n);
        if (!n || (i < 2 && (!v.len || v.s[0] != '.'))) {
            return 0;
        }
        v = view_from(v, i < 2);
    }
    p->family = number[0];
    p->model = number[1];
    p->stepping = number[2];
    if (v.len) {
        name_set(&p->brand, unquoted(view_trim(v)));
    }
    return 1;
}

/* What a report says besides names. */
static void take_value(struct reader *r, struct view key, struct view value)
{
    struct report *p = &r->report;
    u32 number = NO_NUMBER;
    read_decimal(value, &number);
    if (take_sizes(r, value) ||
        ((same_key(key, "model") || same_key(key, "version")) &&
            take_signature(p, value))) {
        return;
    }
    switch (field_of(key)) {
    case FAMILY_FIELD: p->family = number; return;
    case MODEL_FIELD: p->model = number; return;
    case STEPPING_FIELD: p->stepping = number; return;
    case LEVEL_FIELD: p->level = number; return;
    case LINE_FIELD: p->line_size = number; return;
    case BRAND_FIELD: name_set(&p->brand, unquoted(value)); return;
    case BUGS_FIELD: take_bugs(r, key, value); return;
    case POWER_FIELD: take_power(r, value); return;
    case VENDOR_FIELD: case LIST_FIELD: break;
    case FIELD_KINDS: guess_field(r, key, value); return;
    }
}

/* Does the line, though it looks like a field, name a host? "host: esx01", or a
 * prompt with a colon in it, or "kvm11:". */
static int names_host(struct view key, struct view value)
{
    int lone = !value.len, digit = 0;
    for (u32 i = 0; i < key.len; i++) {
        lone &= is_word(key.s[i]);
        digit |= is_digit(key.s[i]) || key.s[i] == '.';
        if (key.s[i] == '@') {
            return 1;
        }
    }
    if (key.len == 1 || (lone && digit)) {
        return 1;
    }
    while (key.len && !is_letter(key.s[0])) {
        key = view_from(key, 1);
    }
    return same_key(key, "host") || same_key(key, "hostname") ||
           same_key(key, "server") || same_key(key, "node") ||
           same_key(key, "host name") || same_key(key, "machine");
}

static int is_x86(struct view v)
{
    return view_equal(v, VIEW("x86_64")) ||
           (v.len == 4 && v.s[0] == 'i' &&
               view_equal(view_from(v, 2), VIEW("86")));
}

/* What a field without a report before it begins: keys differ in their case.
 * The first line of py-cpuinfo and of libcpuid's report has a name of its own.
 */
static enum format_id format_of(struct view key, struct view value)
{
    if (view_equal(key, VIEW("Vendor ID Raw"))) {
        return FORMAT_CPU_INFO;
    }
    if (field_of(key) == LIST_FIELD) {
        /* inxi sorts what it shows. */
        return view_equal(key, VIEW("flags")) ? FORMAT_CPUINFO
               : view_equal(key, VIEW("Flags")) &&
                       view_starts(value, VIEW("fpu"))
                   ? FORMAT_LSCPU
                   : FORMAT_FLAGS;
    }
    return view_equal(key, VIEW("vendor_str")) ? FORMAT_FLAGS
           : key.s[0] >= 'a'                   ? FORMAT_CPUINFO
                                               : FORMAT_LSCPU;
}

/* Fields that stand before the flags, and are clear enough alone. */
static int begins(struct view key, struct view value)
{
    return (field_of(key) == VENDOR_FIELD && is_vendor(unquoted(value))) ||
           same_key(key, "model name") || same_key(key, "cpu family");
}

static enum line_use take_key(struct reader *r, struct view key,
    struct view value)
{
    struct list *l = &r->list;
    enum report_kind in = l->open ? r->report.kind : NO_REPORT;
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
    /* Parts of another tool's report name features, too, but few. */
    int part = r->section == ASIDES && kind != LIST_FIELD;
    if (!part && (kind == LIST_FIELD || in == NO_REPORT)) {
        u32 known = count_names(r, value, 5 * LIST_LEAST, &number);
        if (kind == LIST_FIELD ? known * 2 > number : is_list(r, value)) {
            return take_list(r, l->open ? l->format : format_of(key, value),
                value);
        }
    } else if (!part && is_list(r, value)) {
        return take_list(r, l->format, value);
    }
    if (begins(key, value) && (in == NO_REPORT || l->listed)) {
        enum format_id format = in ? l->format : format_of(key, value);
        end_cpu(r);
        in = in ? in : IN_OTHER;
        report_open(r, in, format, LINUX);
    }
    if (in == NO_REPORT || names_host(key, value)) {
        return NOT_MINE;
    }
    if (is_vendor(unquoted(value))) {
        found_vendor(r, l->format, unquoted(value));
        return used(r);
    }
    if (same_key(key, "vendor")) { /* lshw's words */
        found_vendor(r, l->format,
            view_starts(value, VIEW("Intel"))                ? VIEW("Intel")
            : view_has(value, VIEW("[AMD]")) ? VIEW("AMD")
                                                             : VIEW(""));
        return used(r);
    }
    take_value(r, key, value);
    return kind < FIELD_KINDS ? used(r) : ASIDE;
}

/* "01: None 00.0: 10103 CPU" of hwinfo, "*-cpu:1" of lshw: a logical CPU. */
static int cpu_heading(struct reader *r, struct view line)
{
    u32 number = 0;
    if (view_starts(line, VIEW("*-"))) {
        if (!view_starts(line, VIEW("*-cpu")) ||
            (line.len > 5 && line.s[5] != ':' && line.s[5] != ' ')) {
            return 0;
        }
        read_decimal(view_from(line, 6), &number);
    } else {
        u32 n = read_decimal(line, &number);
        if (!n || !view_has(line, VIEW(": 10103 CPU"))) {
            return 0;
        }
    }
    found_cpu(r, number, 0, 0);
    report_open(r, IN_OTHER, FORMAT_FLAGS, LINUX);
    return 1;
}

/* "VMX             *       Supports ..." of Coreinfo, and "HTT*  ..." */
static int coreinfo_row(struct reader *r, struct view line)
{
    u32 n = 0;
    while (n < line.len && !is_space(line.s[n])) {
        n++;
    }
    struct view name = view_head(line, n), rest = view_trim(view_from(line, n));
    if (rest.len > 1 && is_space(rest.s[1])) {
        n = 0;
    } else if (n > 1) {
        rest = view_from(name, name.len - 1);
        name = view_head(name, name.len - 1);
    }
    if (!rest.len || (rest.s[0] != '*' && rest.s[0] != '-') || !name.len ||
        !is_word(name.s[0]) || name.s[0] == '-') {
        return 0;
    }
    int there = rest.s[0] == '*';
    if (r->report.kind != IN_COREINFO || !r->list.open) {
        if (n || !is_name(r, name)) {
            return 0;
        }
        report_open(r, IN_COREINFO, FORMAT_COREINFO, COREINFO);
    }
    if (!r->list.listed && !is_name(r, name)) {
        return 0; /* "Sysinternals - www.sysinternals.com" */
    }
    r->list.listed = 1;
    /* Hyper-V keeps virtualization to itself, also from its root. */
    u32 row = bit_named(&r->fleet->know, COREINFO, name, 0);
    u32 guest = ROW_0x00000001_0_ECX_31;
    if (!there && row < BITS && r->list.said[guest] == 1 &&
        (view_equal(name, VIEW("VMX")) || view_equal(name, VIEW("SVM")))) {
        if (!r->hyperv_said) {
            r->hyperv_said = 1;
            note_add(&r->fleet->notes, NOTE_HYPERV, note_here(r));
        }
    } else {
        names_take(r, name, there);
    }
    used(r);
    return 1;
}

/* "**--  Physical Processor 1" of Coreinfo's maps */
static int is_map(struct view line)
{
    u32 n = 0;
    while (n < line.len && (line.s[n] == '*' || line.s[n] == '-')) {
        n++;
    }
    return n && n < line.len && is_space(line.s[n]);
}

static u32 number_after(struct view line, struct view word)
{
    u32 number = NO_NUMBER;
    read_decimal(view_from(line, view_find(line, word) + word.len), &number);
    return number;
}

/* Lines of Coreinfo around its rows. */
static enum line_use coreinfo_line(struct reader *r, struct view line)
{
    struct report *p = &r->report;
    u32 comma = view_find(line, VIEW(", ")), leaf;
    if (view_starts(line, VIEW("Coreinfo v"))) {
        found_split(r);
        report_open(r, IN_COREINFO, FORMAT_COREINFO, COREINFO);
        return used(r);
    }
    if (coreinfo_row(r, line)) {
        return USED;
    }
    if (!r->list.open || p->kind != IN_COREINFO) {
        return NOT_MINE;
    }
    if (is_map(line)) {
        return ASIDE;
    }
    if (view_find(line, VIEW(" Family ")) < comma && comma < line.len) {
        p->family = number_after(line, VIEW(" Family "));
        p->model = number_after(line, VIEW(" Model "));
        p->stepping = number_after(line, VIEW(" Stepping "));
        found_vendor(r, FORMAT_COREINFO, view_from(line, comma + 2));
        return used(r);
    }
    if (view_starts(line, VIEW("Maximum implemented CPUID leaves: ")) &&
        comma < line.len) {
        read_hex(view_from(line, 34), &leaf);
        p->level = leaf;
        if (read_hex(view_from(line, comma + 2), &leaf) == 8) {
            found_register(r, FORMAT_COREINFO, 0x80000000u, 0, EAX, leaf,
                0xffffffffu);
        }
        return used(r);
    }
    if (view_starts(line, VIEW("Maximum implemented address width: ")) &&
        comma < line.len) {
        read_decimal(view_from(line, 35), &p->virtual_);
        read_decimal(view_from(line, comma + 2), &p->physical);
        return used(r);
    }
    if (p->family == NO_NUMBER && !p->brand.len && is_brand(line)) {
        name_set(&p->brand, line);
        return used(r);
    }
    return NOT_MINE;
}

/* "64-bit amd64 applications" and the words under it, or "amd64: words". */
static enum line_use isainfo_line(struct reader *r, struct view line)
{
    u32 bits_, n = read_decimal(line, &bits_), words;
    int in = r->list.open && r->report.kind == IN_ISAINFO;
    struct view end = VIEW(" applications");
    int heading = n && view_starts(view_from(line, n), VIEW("-bit ")) &&
                  line.len > end.len &&
                  view_equal(view_from(line, line.len - end.len), end);
    u32 amd64 = view_starts(line, VIEW("amd64: ")) ? 7u
                : view_starts(line, VIEW("i386: ")) ? 6u
                                                    : 0;
    if (heading || amd64) {
        /* The words for 32 bits are of the same CPU. */
        if (!in || bits_ == 64 || amd64 == 7) {
            end_cpu(r);
            report_open(r, IN_ISAINFO, FORMAT_ISAINFO, ILLUMOS);
        }
        names_words(r, view_from(line, amd64 ? amd64 : line.len));
        return used(r);
    }
    if (!in || view_has(line, VIEW(":")) ||
        count_names(r, line, NO_NUMBER, &words) * 2 <= words) {
        return NOT_MINE;
    }
    names_words(r, line);
    return used(r);
}

enum line_use read_names(struct reader *r, struct view line)
{
    struct view key, value;
    line = view_trim(line);
    if (!line.len) {
        return NOT_MINE;
    }
    if (cpu_heading(r, line)) {
        return used(r);
    }
    enum line_use use = coreinfo_line(r, line);
    use = use ? use : isainfo_line(r, line);
    use = use ? use : take_more(r, line);
    if (use) {
        return use;
    }
    if (view_starts(line, VIEW("CPU_FLAGS_X86=")) && line.len > 15) {
        return take_list(r, FORMAT_FLAGS, unquoted(view_from(line, 14)));
    }
    if (take_field(line, &key, &value)) {
        if (other_architecture(r, key, value)) {
            return ASIDE;
        }
        return take_key(r, key, value);
    }
    return is_list(r, line) ? take_list(r, FORMAT_FLAGS, line) : NOT_MINE;
}

/* SPDX-License-Identifier: MIT
 * Lines with whole registers under a key: the BSDs, macOS, Xen's hw_caps and
 * featuresets. What cpuid says in words is in decoded.c.
 */
#include "names.h"
#include "words.h"

#define ALL 0xffffffffu

enum how { FULL, PAIR, FOUR, BYTE };
enum { NEVER = 9 };
static const struct {
    const char *key;
    u16 place;
    u8 format, how, age;
} keyed[] = {
#define WORD(FORMAT, KEY, LEAF, SUB, REG, HOW, AGE) \
    {KEY, PACKED(LEAF, SUB, REG), FORMAT_##FORMAT, HOW, AGE},
#include "../know/words.def"
};
enum { KEYED = sizeof(keyed) / sizeof(keyed[0]) };
_Static_assert(KEYED < 64, "seen has a bit for each");

enum { PARAVIRTUAL = 4, OLD = 5, LEVELLED = 6 };
static const struct {
    const char *key;
    u8 format, rank;
} sets[] = {
#define SET(FORMAT, KEY, RANK) {KEY, FORMAT_##FORMAT, RANK},
#include "../know/words.def"
};
enum { SETS = sizeof(sets) / sizeof(sets[0]) };

enum order { FEATURESET, HW_CAPS, OLD_FEATURES };
static const struct {
    u16 place;
    u8 order;
} orders[] = {
#define ORDER(ORDER, LEAF, SUB, REG) {PACKED(LEAF, SUB, REG), ORDER},
#include "../know/words.def"
};
enum { ORDERS = sizeof(orders) / sizeof(orders[0]), SET_WORDS = 32 };

/* What is known of a place so far does not count. */
static void forget(struct reader *r, struct place p, u32 known)
{
    struct sheet *s = r->cpu_sheet;
    u32 c = column_of(r->fleet, p.leaf, p.sub, r->cpu.last_column);
    if (r->cpu.open && c != NO_COLUMN && sheet_has(s, c)) {
        s->known[c][p.reg] &= ~known;
        s->value[c][p.reg] &= ~known;
    }
}

/* Takes names back where a whole register is there as well. */
static void forget_names(struct reader *r, struct place p)
{
    u32 n, row = bits_of(p.leaf, p.sub, p.reg, &n);
    if (r->list.open && n) {
        bytes_zero(&r->list.said[row], n * (u32)sizeof(r->list.said[0]));
    }
}

void words_put(struct reader *r, struct place p, u32 value, u32 known)
{
    r->words.format = r->words.begun; /* another CPU may have begun within */
    forget_names(r, p);
    forget(r, p, known);
    found_register(r, r->words.format, p.leaf, p.sub, p.reg, value, known);
    if (r->words.boot) {
        r->section = ASIDES;
    }
}

void words_begin(struct reader *r, enum format_id format)
{
    if (r->cpu.open && r->cpu.format != format) {
        end_cpu(r);
    }
    if (r->words.format != format) {
        r->words.seen = 0;
        r->words.rank = 0;
        r->words.last = 0;
        r->words.others = 0;
    }
    r->words.format = r->words.begun = format;
}

static u32 known_word(struct reader *r, struct place p)
{
    return sheet_word(r->fleet, r->cpu_sheet, p.leaf, p.sub, p.reg).known;
}

/* What is not known of a place is 0. */
static void put_zero(struct reader *r, struct place p)
{
    static const u32 zero[4];
    u32 known[4] = {0}, c;
    known[p.reg] = ALL;
    c = column_of(r->fleet, p.leaf, p.sub, r->cpu.last_column);
    if (c != NO_COLUMN) {
        sheet_put(r->cpu_sheet, c, zero, known);
    }
}

/* What such a system leaves out where it is 0. A block without long mode's word
 * and without what follows it was cut: nothing is known to be left out. */
static void fill_zeros(struct reader *r)
{
    struct words *w = &r->words;
    u32 age = w->format == FORMAT_FREEBSD ? w->age ? w->age : 3 : 1;
    /* Without a vendor some names stayed undecided. */
    if (w->names && (!r->list.later_len ||
                        known_word(r, (struct place){0, 0, EBX}))) {
        put_zero(r, (struct place){1, 0, EDX});
        put_zero(r, (struct place){1, 0, ECX});
    }
    if (!w->whole && !known_word(r, (struct place){0x80000001u, 0, EDX})) {
        return;
    }
    for (u32 i = 0; i < KEYED; i++) {
        if (w->seen >> i & 1 && keyed[i].age < NEVER && keyed[i].age > age) {
            age = keyed[i].age;
        }
    }
    for (u32 i = 0; i < KEYED; i++) {
        if (keyed[i].format == w->format && keyed[i].age <= age) {
            put_zero(r, unpacked(keyed[i].place));
        }
    }
}

void end_words(struct reader *r)
{
    struct words *w = &r->words;
    if (w->format == FORMATS) {
        return;
    }
    if (r->cpu.open && r->cpu.format == w->format) {
        struct note_place place = {0, r->source, r->cpu.start.line};
        fill_zeros(r);
        if (w->format == FORMAT_XAPI && w->rank == LEVELLED) {
            note_add(&r->fleet->notes, NOTE_LEVELLED, place);
        }
        if (w->format == FORMAT_XAPI && w->rank <= PARAVIRTUAL) {
            note_add(&r->fleet->notes, NOTE_PARAVIRTUAL, place);
        }
        if (w->others) {
            note_add(&r->fleet->notes, NOTE_SETS, place,
                w->rank > 1 ? VIEW("Host") : VIEW("Raw"));
        }
    }
    w->format = FORMATS;
    w->names = w->set = w->age = w->angle = w->others =
        w->whole = 0;
}

struct place unpacked(u32 packed)
{
    u32 leaf = packed >> 4 & 0x7ff, reg = packed & 3;
    if (leaf == MSR) {
        return (struct place){MSR_10A, SUB_MSR, reg};
    }
    return (struct place){packed >> 15 << 31 | leaf, packed >> 2 & 3, reg};
}

int featureset_word(u32 n, struct place *p)
{
    *p = unpacked(orders[n].place);
    return orders[n].order == FEATURESET;
}

static enum line_use bad_value(struct reader *r, struct view line)
{
    u8 key_room[80], room[80];
    struct view key = view_head(line, view_find(line, VIEW("=")));
    r->fleet->unread++;
    note_add(&r->fleet->notes, NOTE_BAD_VALUE, note_here(r),
        note_quote(key, key_room),
        note_quote(view_from(line, key.len + 1), room));
    return NOTED;
}

/* Is this the key the line begins with? What is behind it, without what stands
 * between them. */
static int has_key(struct view line, const char *key, struct view *value)
{
    u32 n = view_of(key).len;
    if (!view_starts(line, view_of(key)) || n == line.len ||
        is_word(line.s[n])) {
        return 0;
    }
    *value = view_past(view_from(line, n), " \t:=");
    return 1;
}

/* The row of the format whose key the line begins with, or KEYED. */
static u32 key_row(enum format_id format, struct view line, struct view *value)
{
    u32 i = 0;
    while (i < KEYED && (keyed[i].format != format ||
                            !has_key(line, keyed[i].key, value))) {
        i++;
    }
    return i;
}

/* Numbers behind a key: with 0x or *hex* all hexadecimal, else decimal, up to
 * 64 bits each. Returns how many. */
static u32 numbers(struct view v, int hex, u64 number[4])
{
    u32 n = 0;
    for (; n < 4 && v.len; n++) {
        int prefixed = view_starts(v, VIEW("0x"));
        u32 base = hex || prefixed ? 16 : 10, digits = 0;
        v = view_from(v, prefixed ? 2 : 0);
        number[n] = 0;
        while (digits < v.len && digits < 20 && hex_digit(v.s[digits]) < base) {
            number[n] = number[n] * base + hex_digit(v.s[digits++]);
        }
        if (!digits || (digits < v.len && is_word(v.s[digits]))) {
            break;
        }
        v = view_past(view_from(v, digits), " \t");
    }
    return n;
}

/* AMD's HTT is cleared, and "always on" is only told of what is there. */
static u32 freebsd_known(struct reader *r, struct place p, u32 value)
{
    struct word vendor = sheet_word(r->fleet, r->cpu_sheet, 0, 0, EBX);
    if (p.leaf == 1 && p.reg == EDX && vendor.value == 0x68747541) {
        return 0xefffffffu | value;
    }
    if (p.leaf == 0x80000008u) {
        return ~(~value << 2 & 0x30000u) | value;
    }
    return ALL;
}

static void put_numbers(struct reader *r, u32 row, const u64 number[4], u32 n)
{
    struct place p = unpacked(keyed[row].place);
    int intel = sheet_word(r->fleet, r->cpu_sheet, 0, 0, EBX).value ==
                0x756e6547;
    u32 low = (u32)number[0], how = keyed[row].how;
    if (how == PAIR) {
        if (p.leaf == 0x80000001u && low & 0x100 && intel) {
            /* Not CX8 again, but TSCI of 80000007, which macOS adds. */
            words_put(r, (struct place){0x80000007u, 0, EDX}, 0x100, 0x100);
            low &= ~0x100u;
        }
        words_put(r, p, low, ALL);
        p.reg = ECX;
        if (n > 1) {
            words_put(r, p, (u32)number[1], ALL);
        } else if (p.leaf != 7 || number[0] >> 32) {
            words_put(r, p, (u32)(number[0] >> 32), ALL);
        }
    } else if (how == FOUR) {
        for (; p.reg < n; p.reg++) {
            words_put(r, p, (u32)number[p.reg], ALL);
        }
    } else if (how >= BYTE) {
        words_put(r, p, low << 8 * (how - BYTE), 0xffu << 8 * (how - BYTE));
    } else {
        words_put(r, p, low, keyed[row].format == FORMAT_FREEBSD
                                 ? freebsd_known(r, p, low)
                                 : ALL);
    }
}

/* Has the block this key already, so that another host begins? NetBSD wraps a
 * long list of names: there the key comes again at once, with its value. */
static int comes_again(struct reader *r, u32 row, u32 value)
{
    struct place p = unpacked(keyed[row].place);
    struct words *w = &r->words;
    if (w->format != keyed[row].format || !(w->seen >> row & 1)) {
        return 0;
    }
    return w->format != FORMAT_NETBSD || w->last != row + 1 ||
           sheet_word(r->fleet, r->cpu_sheet, p.leaf, p.sub, p.reg).value !=
               value;
}

/* Opens the block that a keyed line belongs to: of this CPU, if it has a
 * number. */
static void begin_cpu(struct reader *r, enum format_id format, u32 number,
    int again)
{
    if (number == NO_NUMBER) {
        if (again) {
            found_split(r);
        }
    } else if (again || r->cpu.number != number ||
               (r->cpu.open && r->cpu.format != format)) {
        found_cpu(r, number, 0, 0);
    }
    words_begin(r, format);
}

static enum line_use keyed_line(struct reader *r, enum format_id format,
    struct view line, u32 number)
{
    struct view value;
    u64 read[4];
    u32 row = key_row(format, line, &value);
    if (row == KEYED) {
        return NOT_MINE;
    }
    u32 n = numbers(value, format != FORMAT_MACOS, read);
    if (!n) {
        return bad_value(r, line);
    }
    begin_cpu(r, format, number, comes_again(r, row, (u32)read[0]));
    put_numbers(r, row, read, n);
    r->words.seen |= 1ull << row;
    r->words.last = row + 1;
    r->words.angle = view_has(line, VIEW("<")) &&
                     !view_has(line, VIEW(">"));
    return USED;
}

/* What stands between the first pair of quotes. */
static struct view quoted(struct view v)
{
    v = view_from(v, view_find(v, VIEW("\"")) + 1);
    return view_head(v, view_find(v, VIEW("\"")));
}

/* "CPU: Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz (2600.06-MHz K8-class CPU)"
 * "  Origin="GenuineIntel"  Id=0x306a9  Family=0x6  Model=0x3a  Stepping=9" */
static enum line_use freebsd_line(struct reader *r, struct view line)
{
    static const char after[] = "VT-x:\0SVM:\0TSC:\0real mem\0";
    struct view rest;
    u64 id[4];
    if (has_key(line, "CPU", &rest) &&
        view_has(line, VIEW("-class CPU)"))) {
        found_split(r);
        words_begin(r, FORMAT_FREEBSD);
        rest = view_head(rest, view_find(rest, VIEW("-MHz")));
        while (rest.len && rest.s[rest.len - 1] != '(') {
            rest.len--;
        }
        found_brand(r, FORMAT_FREEBSD, view_head(rest, rest.len - 1));
        return USED;
    }
    if (has_key(line, "Origin", &rest)) {
        if (r->words.format != FORMAT_FREEBSD || r->words.seen) {
            found_split(r);
        }
        words_begin(r, FORMAT_FREEBSD);
        found_vendor(r, FORMAT_FREEBSD, quoted(line));
        rest = view_from(line, view_find(line, VIEW(" Id")));
        if (has_key(view_from(rest, 1), "Id", &rest) && numbers(rest, 1, id)) {
            words_put(r, (struct place){1, 0, EAX}, (u32)id[0], ALL);
        }
        return USED;
    }
    if (r->words.format == FORMAT_FREEBSD &&
        view_starts_any(line, after, &rest)) {
        r->words.whole = 1;
        return ASIDE;
    }
    rest = view_from(line, view_find(line, VIEW("=0x")));
    return rest.len ? keyed_line(r, FORMAT_FREEBSD, line, NO_NUMBER) : NOT_MINE;
}

/* "cpuid 7.0 ebx=d39ffffb<FSGSBASE,...> ecx=8<..>", "msr 10a=20c0c0f<..>" */
static enum line_use openbsd_words(struct reader *r, struct view line,
    u32 number)
{
    u32 n = 0, leaf, sub = 0, reg, value;
    struct view v = view_from(line, 6);
    if (view_starts(line, VIEW("msr 10a="))) {
        read_hex(view_from(line, 8), &value);
        begin_cpu(r, FORMAT_OPENBSD, number, 0);
        words_put(r, (struct place){MSR_10A, SUB_MSR, EAX}, value, ALL);
        return USED;
    }
    n = read_hex(v, &leaf);
    v = view_from(v, n);
    if (!view_starts(line, VIEW("cpuid ")) || !n) {
        return NOT_MINE;
    }
    if (v.len && v.s[0] == '.') {
        v = view_from(v, 1 + read_hex(view_from(v, 1), &sub));
    }
    for (n = 0;; n++) {
        v = view_past(v, " \t");
        for (reg = EAX; reg <= EDX && !view_starts(v, reg_name(reg)); reg++) {
        }
        if (reg > EDX || v.len < 5 || v.s[3] != '=' ||
            !read_hex(view_from(v, 4), &value)) {
            break;
        }
        struct place p = {leaf, sub, reg};
        int open = r->words.format == FORMAT_OPENBSD && r->cpu.open;
        begin_cpu(r, FORMAT_OPENBSD, number, open && known_word(r, p));
        words_put(r, p, value, ALL);
        struct view names = view_from(v, view_find(v, VIEW("<")));
        r->words.angle = names.len && !view_has(v, VIEW(">"));
        u32 end = view_find(v, VIEW(" "));
        v = view_from(v, end);
    }
    return n ? USED : bad_value(r, line);
}

/* Names of a system that has one for every bit of leaf 1. */
static void take_names(struct reader *r, enum format_id format,
    enum dialect dialect, struct view list)
{
    if (!r->list.open) {
        names_open(r, format, dialect);
    }
    if (!r->cpu.open) {
        mark_before(r); /* registers may follow before the list ends */
    }
    for (struct view name = names_next(&list); name.len;
         name = names_next(&list)) {
        /* OpenBSD's word for leaf 1; Intel has another bit of that name. */
        int monitor = dialect == FREEBSD && view_equal(name, VIEW("MWAIT"));
        names_take(r, monitor ? VIEW("MON") : name, 1);
    }
    r->words.names = 1;
}

/* "06-8e-0a": family, model and stepping as OpenBSD prints them. */
static int dashed_signature(struct view v, u32 part[3])
{
    for (u32 i = 0; i < 3; i++) {
        u32 n = read_hex(v, &part[i]);
        if (n < 2 || n > 3 || (i < 2 && (v.len == n || v.s[n] != '-'))) {
            return 0;
        }
        v = view_from(v, n + 1);
    }
    return 1;
}

/* A brand, and the vendor it names. */
static void take_brand(struct reader *r, enum format_id format,
    struct view brand)
{
    found_brand(r, format, brand);
    found_vendor(r, format,
        view_starts(brand, VIEW("Intel(R)")) ? VIEW("Intel")
        : view_starts(brand, VIEW("AMD "))   ? VIEW("AMD")
                                             : VIEW(""));
}

/* "Intel(R) Core(TM) i7-8650U CPU @ 1.90GHz, 1995.71 MHz, 06-8e-0a"
 * NetBSD: "family 0x6 model 0x9e stepping 0xd (id 0x906ed)", and a brand in
 * quotes. */
static enum line_use bsd_model(struct reader *r, struct view line, u32 number)
{
    u32 part[3], at = view_find(line, VIEW(" MHz, "));
    u64 id[4];
    if (dashed_signature(view_from(line, at + 6), part)) {
        struct view brand = view_head(line, at);
        while (brand.len && brand.s[brand.len - 1] != ',') {
            brand.len--;
        }
        begin_cpu(r, FORMAT_OPENBSD, number,
            r->words.format == FORMAT_OPENBSD && r->cpu.open);
        take_brand(r, FORMAT_OPENBSD, view_head(brand, brand.len - 1));
        found_signature(r, FORMAT_OPENBSD, part[0], part[1], part[2]);
        return USED;
    }
    struct view rest = view_from(line, view_find(line, VIEW("id 0x")) + 3);
    if (numbers(rest, 1, id)) {
        begin_cpu(r, FORMAT_NETBSD, number, 0);
        words_put(r, (struct place){1, 0, EAX}, (u32)id[0], ALL);
        return USED;
    }
    if (line.len > 2 && line.s[0] == '"') {
        begin_cpu(r, FORMAT_NETBSD, number, 0);
        take_brand(r, FORMAT_NETBSD, quoted(line));
        return USED;
    }
    return NOT_MINE;
}

/* "FPU,VME,DE,PSE,...": OpenBSD until 7.4, over several lines. It has a name
 * for every bit of leaf 1; of other registers we cannot know. */
static enum line_use openbsd_names(struct reader *r, struct view line,
    u32 number)
{
    struct view list = line, first = names_next(&list);
    if (!view_has(line, VIEW(",")) ||
        view_has(line, VIEW(" "))) {
        return NOT_MINE;
    }
    int again = view_equal(first, VIEW("FPU"));
    again = again && r->words.names && r->words.format == FORMAT_OPENBSD;
    begin_cpu(r, FORMAT_OPENBSD, number, again);
    take_names(r, FORMAT_OPENBSD, FREEBSD, line);
    return USED;
}

/* "cpu0: ..." of NetBSD and OpenBSD: whatever it is about, a line of theirs. */
static enum line_use bsd_line(struct reader *r, struct view line)
{
    u32 number, n = read_decimal(view_from(line, 3), &number) + 3;
    struct view rest = view_trim(view_from(line, n + 1));
    if (line.len < 6 || line.s[0] != 'c' || !view_starts(line, VIEW("cpu")) ||
        n == 3 || n >= line.len) {
        return NOT_MINE;
    }
    if (view_starts(view_from(line, n), VIEW(" at "))) {
        return ASIDE; /* "cpu1 at mainbus0: ..." */
    }
    if (line.s[n] != ':' || !rest.len) {
        return NOT_MINE;
    }
    enum line_use use = keyed_line(r, FORMAT_NETBSD, rest, number);
    use = use ? use : openbsd_words(r, rest, number);
    use = use ? use : bsd_model(r, rest, number);
    use = use ? use : openbsd_names(r, rest, number);
    return use ? use : ASIDE;
}

/* "features: FPU VME DE ...": only where the registers are not there. */
static int macos_names(struct reader *r, struct view line)
{
    static const struct {
        const char *key;
        struct place place;
    } lists[] = {
        {"features", {1, 0, EDX}},
        {"leaf7_features", {7, 0, EBX}},
        {"extfeatures", {0x80000001u, 0, EDX}},
    };
    struct view names;
    for (u32 i = 0; i < 3; i++) {
        if (has_key(line, lists[i].key, &names)) {
            words_begin(r, FORMAT_MACOS);
            if (!r->cpu.open || !known_word(r, lists[i].place)) {
                take_names(r, FORMAT_MACOS, MACOS, names);
            }
            return 1;
        }
    }
    return 0;
}

/* "machdep.cpu.feature_bits: 9221959987971750911" */
static enum line_use macos_line(struct reader *r, struct view line)
{
    struct view rest = view_from(line, 12), value;
    if (!view_starts(line, VIEW("machdep.cpu."))) {
        return view_starts(line, VIEW("hw.")) ? ASIDE : NOT_MINE;
    }
    enum line_use use = keyed_line(r, FORMAT_MACOS, rest, NO_NUMBER);
    if (use) {
        return use;
    }
    if (has_key(rest, "brand_string", &value)) {
        if (view_starts(value, VIEW("Apple"))) {
            mark_first(r, &r->arm);
            return ASIDE;
        }
        words_begin(r, FORMAT_MACOS);
        found_brand(r, FORMAT_MACOS, value);
        return USED;
    }
    if (macos_names(r, rest)) {
        return USED;
    }
    if (has_key(rest, "vendor", &value)) {
        words_begin(r, FORMAT_MACOS);
        found_vendor(r, FORMAT_MACOS, value);
        return USED;
    }
    return ASIDE;
}

/* Words of eight digits with ':' or '-' between them; *len is what they and a
 * last piece of one take. Returns how many are whole. */
static u32 read_set(struct view v, u32 word[SET_WORDS], u32 *len)
{
    u32 n = 0, at = 0;
    for (;;) {
        u32 value, digits = read_hex(view_from(v, at), &value);
        at += digits < 9 ? digits : 0;
        if (digits != 8 || n == SET_WORDS) {
            break;
        }
        word[n++] = value;
        if (at == v.len || (v.s[at] != ':' && v.s[at] != '-')) {
            break;
        }
        at++;
    }
    *len = at;
    return n;
}

/* FPU, TSC, MSR, PAE, CX8, CMOV, MMX, FXSR, SSE, SSE2: every host has them. */
static int is_leaf1_edx(u32 word)
{
    return (~word & 0x07808171u) == 0;
}

/* Before Xen 4.7 the third and sixth were Transmeta's and Centaur's, and the
 * fifth 1.ECX; since then the third has long mode, and the fifth few bits. */
static int is_old_hw_caps(const u32 *word)
{
    return !word[2] && !word[5] && word[4] > 0xff;
}

/* XAPI's old string of four words begins with 1.ECX; its last has long mode. */
static enum order order_of(u32 row, const u32 *word, u32 n)
{
    if (sets[row].format == FORMAT_XL_INFO) {
        return is_old_hw_caps(word) ? HW_CAPS : FEATURESET;
    }
    int straight = is_leaf1_edx(word[0]) && !(word[3] >> 29 & 1);
    int swapped = is_leaf1_edx(word[1]) && word[3] >> 29 & 1;
    int old = sets[row].rank == OLD ? swapped || !straight
                                    : swapped && !straight;
    return n == 4 && old ? OLD_FEATURES : FEATURESET;
}

/* What guests may have says that they are guests; the host need not be one. */
static u32 known_of(u32 row, struct place p, u32 value)
{
    int guests = sets[row].format == FORMAT_XAPI && p.leaf == 1 && p.reg == ECX;
    return guests ? ~(value & 0x80000000u) : ALL;
}

/* The words of a set, in place of those of a lesser one. */
static void put_set(struct reader *r, u32 row, const u32 *word, u32 n)
{
    enum order order = order_of(row, word, n);
    u32 next = 0;
    for (u32 i = 0; i < ORDERS; i++) {
        struct place p = unpacked(orders[i].place);
        if (p.leaf != SKIP && r->words.rank) {
            forget(r, p, ALL);
        }
    }
    for (u32 i = 0; i < ORDERS; i++) {
        struct place p = unpacked(orders[i].place);
        if (orders[i].order == order && next < n) {
            if (p.leaf != SKIP) {
                words_put(r, p, word[next], known_of(row, p, word[next]));
            }
            next++;
        }
    }
}

/* No x86 host is without all of these. */
static int is_empty(const u32 *word, u32 n)
{
    u32 any = 0;
    while (n) {
        any |= word[--n];
    }
    return !any;
}

/* Begins another host where the block has this already. */
static void begin_part(struct reader *r, enum format_id format, u32 part)
{
    if (r->words.format == format && r->words.seen >> part & 1) {
        found_split(r);
    }
    words_begin(r, format);
    r->words.seen |= 1ull << part;
}

static enum line_use take_set(struct reader *r, u32 row, struct view value,
    int more)
{
    struct words *w = &r->words;
    u32 word[SET_WORDS] = {0}, len, n = read_set(value, word, &len);
    u32 enough = sets[row].format == FORMAT_XL_INFO ? 6 : 4;
    int waits = !value.len && sets[row].rank != OLD; /* for the next line */
    if ((!len && !waits) || (n < enough && len < value.len)) {
        return NOT_MINE;
    }
    if (len == value.len && len < SET_ROOM) {
        bytes_copy(w->held, value.s, len);
        w->held_len = len;
        w->set = row + 1;
        w->set_line = r->here.line;
    }
    if (n < enough) {
        return USED;
    }
    if (is_empty(word, n)) {
        mark_first(r, &r->arm);
        return ASIDE;
    }
    u32 set = w->set;
    if (!more || w->format != sets[row].format) {
        begin_part(r, sets[row].format, row);
    }
    w->set = set;
    if (sets[row].rank < w->rank) {
        return ASIDE;
    }
    put_set(r, row, word, n);
    w->rank = sets[row].rank;
    return USED;
}

/* A set cut at the end of its line goes on in the next one. *rest: what is
 * behind it there. */
static enum line_use go_on(struct reader *r, struct view line,
    struct view *rest)
{
    struct words *w = &r->words;
    u32 run = 0, len, word[SET_WORDS], row = w->set - 1;
    u8 joined[SET_ROOM];
    if (!w->set || r->here.line != w->set_line + 1) {
        return NOT_MINE;
    }
    while (run < line.len && (hex_digit(line.s[run]) < 16 ||
                                 line.s[run] == ':' || line.s[run] == '-')) {
        run++;
    }
    if (!run || w->held_len + run > SET_ROOM ||
        (run < line.len && line.s[run] != ';')) {
        return NOT_MINE;
    }
    struct view all = {joined, w->held_len + run};
    bytes_copy(joined, w->held, w->held_len);
    bytes_copy(joined + w->held_len, line.s, run);
    read_set(all, word, &len);
    *rest = view_from(line, run);
    return len < all.len ? NOT_MINE : take_set(r, row, all, 1);
}

enum field {
    CPU_COUNT = 1, SOCKET_COUNT, VENDOR, MODELNAME, FAMILY, MODEL, STEPPING
};
static const char fields[] =
    "cpu_count\0socket_count\0vendor\0modelname\0family\0model\0stepping\0"
    "speed\0flags\0features_after_reboot\0maskable\0threads_per_core\0"
    "nr_nodes\0usable\0iommu\0";

static u32 set_row(enum format_id format, struct view key)
{
    u32 i = 0;
    while (i < SETS && (sets[i].format != format ||
                           !view_equal(view_of(sets[i].key), key))) {
        i++;
    }
    return i;
}

enum line_use xapi_field(struct reader *r, struct view key, struct view value)
{
    struct words *w = &r->words;
    u32 row = set_row(FORMAT_XAPI, key), number = 0;
    u32 field = view_is_any(key, fields);
    if (row < SETS) {
        return take_set(r, row, value, 0);
    }
    read_decimal(value, &number);
    switch (field) {
    case 0: return NOT_MINE;
    case CPU_COUNT: case VENDOR: begin_part(r, FORMAT_XAPI, KEYED + field);
    }
    if (w->format != FORMAT_XAPI) {
        return NOT_MINE;
    }
    switch (field) {
    case VENDOR: found_vendor(r, FORMAT_XAPI, value); return USED;
    case MODELNAME: found_brand(r, FORMAT_XAPI, value); return USED;
    case FAMILY: w->family = number; return USED;
    case MODEL: w->model = number; return USED;
    case STEPPING:
        found_signature(r, FORMAT_XAPI, w->family, w->model, number);
        return USED;
    default: return ASIDE;
    }
}

/* "key: value; key: value" */
static enum line_use xapi_map(struct reader *r, struct view line)
{
    enum line_use all = NOT_MINE;
    while (line.len) {
        struct view item = view_head(line, view_find(line, VIEW(";")));
        struct view key = view_trim(item);
        key = view_head(key, view_find(key, VIEW(":")));
        key = view_head(key, view_find(key, VIEW("=")));
        struct view value = view_from(view_trim(item), key.len + 1);
        enum line_use use = xapi_field(r, view_trim(key), view_trim(value));
        all = use == USED || !all ? use : all;
        line = view_from(line, item.len + 1);
    }
    return all;
}

/* "   name-label ( RW): xcp1", "cpu_info (MRO): vendor: ...; features: ..." */
static enum line_use xapi_line(struct reader *r, struct view line)
{
    static const char marks[] = "( R\0(MR\0(SR\0";
    u32 colon = view_find(line, VIEW(":")), at = view_find(line, VIEW("("));
    struct view mark, key = view_trim(view_head(line, at));
    struct view value = view_trim(view_from(line, colon + 1));
    if (at < colon && view_starts_any(view_from(line, at), marks, &mark)) {
        if (view_equal(key, VIEW("uuid"))) {
            found_split(r);
        } else if (view_equal(key, VIEW("name-label"))) {
            found_name(r, value, 1);
        } else if (view_equal(key, VIEW("cpu_info"))) {
            return xapi_map(r, value);
        } else {
            return ASIDE;
        }
        return USED;
    }
    int many = view_has(line, VIEW(";"));
    if (many && r->words.format != FORMAT_XAPI &&
        !view_has(line, VIEW("features"))) {
        return NOT_MINE;
    }
    if (view_starts(line, VIEW("vendor")) && !many && value.len != 12) {
        return NOT_MINE;
    }
    if (!many && r->words.rank && view_starts(line, VIEW("cpu_count"))) {
        found_split(r); /* the first line of the next host */
    }
    return xapi_map(r, line);
}

/* "hw_caps                : bfebfbff:77faf3ff:..." and the lines around it,
 * their colon at column 23; the host's name is left to others. */
static enum line_use xl_line(struct reader *r, struct view line)
{
    struct view value;
    if (has_key(line, "hw_caps", &value)) {
        return take_set(r, set_row(FORMAT_XL_INFO, VIEW("hw_caps")), value, 0);
    }
    for (u32 i = 0; i < 23 && i < line.len; i++) {
        u8 c = line.s[i];
        if (c != '_' && c != ' ' && (c < 'a' || c > 'z')) {
            return NOT_MINE;
        }
    }
    int inside = r->words.format == FORMAT_XL_INFO &&
                 view_find(line, VIEW(" : ")) < 23;
    int column = line.len > 24 && line.s[23] == ':';
    return (inside || column) && !view_starts(line, VIEW("host ")) ? ASIDE
                                                                   : NOT_MINE;
}

/* "Host                            bfebfbff:77faf3ff:..." of xen-cpuid, what it
 * prints around, and a set that stands alone. */
static enum line_use xen_line(struct reader *r, struct view line)
{
    static const char around[] =
        "nr_features:\0KEY \0""1d 1c\0Static sets:\0Dynamic sets:\0";
    struct view head, key = line;
    u32 word[SET_WORDS], len, n;
    if (view_starts_any(line, around, &head)) {
        if (head.s[0] == 'n') {
            found_split(r);
        }
        return ASIDE;
    }
    if (line.len > 5 && line.s[0] == '[' && is_digit(line.s[1]) &&
        line.s[3] == ']') {
        return ASIDE; /* "[05] CPUID 0x00000007:0.ebx   fsgsbase ..." */
    }
    while (key.len && !is_space(key.s[key.len - 1])) {
        key.len--;
    }
    struct view value = view_from(line, key.len);
    n = read_set(value, word, &len);
    if (n < 4 || len < value.len) {
        return NOT_MINE;
    }
    key = view_trim(key);
    for (u32 i = 0; i < key.len; i++) {
        if (!is_letter(key.s[i]) && key.s[i] != ' ') {
            return NOT_MINE;
        }
    }
    if (!key.len && !is_leaf1_edx(word[0])) {
        u32 old = set_row(FORMAT_XAPI, VIEW("features"));
        return is_leaf1_edx(word[1]) && n == 4 ? take_set(r, old, value, 0)
                                               : NOT_MINE;
    }
    u32 row = set_row(FORMAT_XEN_CPUID, key.len ? key : VIEW("Raw"));
    if (row < SETS) {
        return take_set(r, row, value, 0);
    }
    r->words.others = 1;
    return ASIDE;
}

/* A whole boot log: what else is in it says nothing about features. */
static enum line_use boot_line(struct reader *r, struct view line)
{
    static const char marks[] =
        "FreeBSD \0OpenBSD \0NetBSD \0Copyright (c) 19\0---<<BOOT>>---\0"
        "real mem\0avail mem\0";
    struct view head;
    u32 version, mark = view_starts_any(line, marks, &head);
    int versioned = read_decimal(view_from(line, head.len), &version) != 0;
    if (!mark || (mark <= 3 && !versioned)) {
        return NOT_MINE;
    }
    if (mark == 1) {
        r->words.age = version < 10 ? 1 : version < 12 ? 2 : 3;
    }
    r->words.boot = 1;
    r->section = ASIDES;
    return ASIDE;
}

/* Names that a mail or a terminal has put on a line of their own: the register
 * they spell out was read. */
static enum line_use wrapped_names(struct reader *r, struct view line)
{
    struct words *w = &r->words;
    if (!w->angle || view_has(line, VIEW(" ")) ||
        view_has(line, VIEW("="))) {
        return NOT_MINE;
    }
    w->angle = !view_has(line, VIEW(">"));
    return ASIDE;
}

enum line_use read_words(struct reader *r, struct view line)
{
    static enum line_use (*const shapes[])(struct reader *, struct view) = {
        wrapped_names, bsd_line, freebsd_line, macos_line, xl_line, xen_line,
        xapi_line, read_decoded, boot_line};
    enum line_use use;
    struct view rest = {0, 0};
    line = view_trim(line);
    use = go_on(r, line, &rest);
    r->words.set = use ? r->words.set : 0;
    if (rest.len) {
        xapi_map(r, view_from(rest, 1));
    }
    for (u32 i = 0; !use && i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        use = shapes[i](r, line);
    }
    return use;
}

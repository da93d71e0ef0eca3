/* SPDX-License-Identifier: MIT
 * VMware: vmware.log, .vmx and OVF, the CPU vectors and feature lists of
 * vSphere as text, and the masks that any of them carries.
 */
#include "vmware.h"

#include "names.h"

/* Without what stands between a key and its value. */
static struct view past_gap(struct view v)
{
    return view_past(v, " \t=:\"',;([{<>\\");
}

/* --- masks that are there already --- */

static int same_text(const struct fleet *f, const struct mask_record *m,
    u32 source, struct view text)
{
    struct view had = {f->names.base + m->text_at_, m->text_len_};
    return m->source_ == source && view_equal(had, text);
}

enum line_use found_mask(struct reader *r, struct mask_record place,
    const struct mask *mask, struct view key, struct view value)
{
    struct fleet *f = r->fleet;
    struct arena *names = &f->names;
    if (f->masks_n == MASKS || names->size - names->used < 1024) {
        return NOT_MINE;
    }
    struct arena before = *names;
    struct text t = text_open(names);
    text_say(&t, "%v = %v", view_head(key, 100), view_head(value, 100));
    struct view text = text_close(names, &t);
    for (u32 i = 0; i < f->masks_n; i++) {
        if (same_text(f, &f->masks[i], r->source, text) &&
            f->masks[i].leaf_ == place.leaf_ &&
            f->masks[i].sub_ == place.sub_) {
            *names = before;
            return USED;
        }
    }
    place.source_ = r->source;
    place.line_ = r->here.line;
    place.text_at_ = arena_offset(names, text.s);
    place.text_len_ = text.len;
    u8 *letters = TAKE(names, u8, MASK_TEXT);
    mask_print(mask, ' ', letters);
    place.mask_at_ = arena_offset(names, letters);
    f->masks[f->masks_n++] = place;
    return USED;
}

static void note_mask(struct reader *r, struct view key, struct view value,
    const char *wrong)
{
    u8 room[80], key_room[80];
    note_add(&r->fleet->notes, NOTE_BAD_MASK, note_here(r),
        note_quote(value, room), note_quote(key, key_room), view_of(wrong));
}

/* cpuid.1.ecx, cpuid.7.0.ebx, cpuid.80000001.edx.amd */
static enum line_use register_mask(struct reader *r, struct view key,
    struct view value)
{
    struct mask_record place = {.placed_ = 1, .format_ = FORMAT_VMX};
    struct mask mask;
    struct view rest = view_from(key, 6);
    u32 letters = 0, digits = 0, amd = view_find(rest, VIEW(".amd"));
    u32 intel = view_find(rest, VIEW(".intel"));
    place.vendor_ = amd < rest.len ? AMD : intel < rest.len ? INTEL : 0;
    rest = view_head(rest, amd < intel ? amd : intel);
    if (!place_read(&rest, &place.leaf_, &place.sub_, &place.reg_)) {
        return NOT_MINE;
    }
    for (u32 i = 0; i < value.len; i++) {
        digits += (value.s[i] | 1) == '1';
        letters += value.s[i] == '-' || value.s[i] == ':';
    }
    /* A register, not a mask; so are 32 bare digits but for a .vmx. */
    if (!letters && (value.len < 32 ||
                        (digits == value.len && !r->vmware.settings))) {
        return NOT_MINE;
    }
    const char *wrong = mask_read(value, &mask);
    if (wrong) {
        note_mask(r, key, value, wrong);
        return ASIDE;
    }
    return found_mask(r, place, &mask, key, value);
}

/* "Val:0", "Max:0", "Min:1", "Bool:Min:1" as the letter of one bit: what the
 * guest is given, or what it needs; '-' for numbers. */
static u8 letter_of(struct view value)
{
    static const char forms[] =
        "val:0\0max:0\0val:1\0min:1\0bool:min:1\0num:min:1\0bool:max:0\0";
    static const u8 letters[] = "-00TTTTF";
    struct view form;
    u32 n = view_starts_any(value, forms, &form);
    return form.len == value.len ? letters[n] : '-';
}

/* Without what stands in front of the feature's own name. */
static struct view feature_name(struct view key)
{
    u32 at = view_find(key, VIEW("cpuid."));
    return view_from(key, at + 6);
}

/* A feature's mask; vendor: whose bit is meant, 0 for any. */
static enum line_use named_mask(struct reader *r, struct view key,
    struct view value, u32 row, u32 vendor)
{
    struct mask_record place = {.format_ = FORMAT_VMX, .vendor_ = vendor};
    struct mask mask = mask_all('-');
    u8 letter = letter_of(value);
    if (row < BITS && letter != '-') {
        place.placed_ = 1;
        place.leaf_ = bits.leaf[row];
        place.sub_ = bits.sub[row];
        place.reg_ = bits.reg[row];
        mask.letter[bits.bit[row]] = letter;
    }
    return found_mask(r, place, &mask, key, value);
}

/* IBRS and some others are another bit on AMD than on Intel. */
static enum line_use feature_mask(struct reader *r, struct view key,
    struct view value)
{
    const struct know *k = &r->fleet->know;
    struct view name = feature_name(key);
    u32 row = name.len ? bit_named(k, VMWARE, name, 0) : BITS;
    u32 intel = name.len ? bit_named(k, VMWARE, name, INTEL) : BITS;
    if (row == BITS && intel < BITS) {
        named_mask(r, key, value, intel, INTEL);
        return named_mask(r, key, value, bit_named(k, VMWARE, name, AMD), AMD);
    }
    return named_mask(r, key, value, row, 0);
}

/* --- rows of registers --- */

/* What the guest saw is no host; in how many features it had less is said. */
static void guest_row(struct reader *r, u32 leaf, u32 sub, const u32 value[4])
{
    struct notes *notes = &r->fleet->notes;
    u32 column = column_of(r->fleet, leaf, sub, NO_COLUMN);
    if (column == NO_COLUMN || !r->cpu.open ||
        !sheet_has(r->cpu_sheet, column)) {
        return;
    }
    if (!r->vmware.view_note) {
        note_add(notes, NOTE_GUEST_LESS, note_here(r), 0xffffffffu);
        r->vmware.view_note = notes->n;
        r->vmware.fewer = 0;
    }
    for (u32 reg = 0; reg < 4; reg++) {
        u32 fewer = r->cpu_sheet->value[column][reg] & ~value[reg] &
                    r->fleet->columns.anded[column][reg];
        r->vmware.fewer += (u32)__builtin_popcount(fewer);
    }
    note_again(notes, r->vmware.view_note - 1, r->vmware.fewer);
}

/* hostCPUID.1 = "000206d70020080017bee3ffbfebfbff" */
static enum line_use packed_row(struct reader *r, struct view leaf_digits,
    struct view value, int host)
{
    u32 leaf, words[4], n = read_hex(leaf_digits, &leaf);
    u32 digits = read_hex(value, words);
    if (!n || n != leaf_digits.len || digits != 32 || value.len != 32) {
        return NOT_MINE;
    }
    for (u32 reg = 0; reg < 4; reg++) {
        read_hex(view_head(view_from(value, 8 * reg), 8), &words[reg]);
    }
    if (!host) {
        guest_row(r, leaf, 0, words);
        return ASIDE;
    }
    r->vmware.view_note = 0;
    found_row(r, FORMAT_VMX, leaf, 0, words, STARTS_AGAIN);
    return USED;
}

enum line_use vmware_setting(struct reader *r, struct view key,
    struct view value)
{
    static const char heads[] = "hostcpuid.\0guestcpuid.\0usercpuid.\0"
                                "featmask.\0featurecompat.\0cpuid.\0"
                                "config.version\0virtualhw.\0.encoding\0";
    struct view head;
    u32 which = view_starts_any(key, heads, &head);
    if (which) {
        enum line_use use = NOT_MINE;
        switch (which) {
        case 1: case 2:
            use = packed_row(r, view_from(key, head.len), value, which == 1);
            break;
        case 4: case 5: use = feature_mask(r, key, value); break;
        case 6: use = register_mask(r, key, value); break;
        }
        r->vmware.settings |= use || which != 6;
        return use;
    }
    return NOT_MINE;
}

/* Another log begins another host, unless its Hostname says otherwise. */
static void log_begins(struct reader *r)
{
    if (r->vmware.fresh) {
        found_split(r);
        r->vmware.fresh = 0;
        r->vmware.view_note = 0;
    }
}

/* Does another machine begin with this row? */
static int is_other(struct reader *r, u32 leaf, const u32 value[4])
{
    u32 reg = leaf ? EAX : EBX;
    struct word had = sheet_word(r->fleet, r->cpu_sheet, leaf, 0, reg);
    u32 odd = (had.value ^ value[reg]) & had.known;
    return leaf == 0 ? odd != 0 : leaf == 1 && (odd & 0x0fff0ff0u);
}

/* A row of the host in a log. A power-on later in it says the same again, or
 * is about another machine. */
static enum line_use log_row(struct reader *r, u32 leaf, u32 sub,
    const u32 value[4])
{
    int again = r->cpu.open && r->cpu.format == FORMAT_VMWARE_LOG;
    if (r->vmware.fresh || (again && is_other(r, leaf, value))) {
        r->vmware.fresh = 1;
        log_begins(r);
        if (again && leaf == 1) {
            r->before = r->vmware.zero_spot;
            found_row(r, FORMAT_VMWARE_LOG, 0, 0, r->vmware.zero, KEEPS_FIRST);
        }
    }
    if (!leaf) {
        bytes_copy(r->vmware.zero, value, sizeof(r->vmware.zero));
        r->vmware.zero_spot = r->here;
    }
    r->list.open &= r->list.format != FORMAT_VSPHERE_NAMES;
    found_row(r, FORMAT_VMWARE_LOG, leaf, sub, value, KEEPS_FIRST);
    return USED;
}

/* The host of "guest vs. host" is told only where it differs: a guest's row
 * stands for it, until the host's own comes. */
static enum line_use compared_row(struct reader *r, u32 leaf, u32 sub,
    const u32 value[4], int host)
{
    u32 column = column_of(r->fleet, leaf, sub, NO_COLUMN);
    int open = r->cpu.open && r->cpu.format == FORMAT_VMWARE_LOG &&
               column != NO_COLUMN;
    int has = open && sheet_has(r->cpu_sheet, column);
    if (!host) {
        r->vmware.guest_column = column;
        r->vmware.guest_stands = !has;
        bytes_copy(r->vmware.guest, value, sizeof(r->vmware.guest));
        if (has) {
            return ASIDE;
        }
        enum line_use use = log_row(r, leaf, sub, value);
        guest_row(r, leaf, sub, value);
        return use;
    }
    if (has && r->vmware.guest_stands && r->vmware.guest_column == column) {
        bytes_copy(r->cpu_sheet->value[column], value, 4 * sizeof(u32));
        r->cpu.end = r->here_end;
        r->cpu.last_line = r->here.line;
    } else {
        log_row(r, leaf, sub, value);
    }
    if (!leaf) {
        bytes_copy(r->vmware.zero, value, sizeof(r->vmware.zero));
        r->vmware.zero_spot = r->here;
    }
    if (column != NO_COLUMN && r->vmware.guest_column == column) {
        guest_row(r, leaf, sub, r->vmware.guest);
        r->vmware.guest_column = NO_COLUMN;
    }
    return USED;
}

/* "level 00000001, 0: 0x0001067a 0x00020800 0x0c08e39d 0xbfebfbff", leaf and
 * subleaf in hexadecimal. */
static int level_row(struct view v, u32 *leaf, u32 *sub, u32 value[4])
{
    u32 *const places[6] = {leaf, sub, value, value + 1, value + 2, value + 3};
    for (u32 i = 0; i < 6; i++) {
        v = past_gap(v);
        v = view_from(v, i > 1 && view_starts(v, VIEW("0x")) ? 2 : 0);
        u32 n = read_hex(v, places[i]);
        if (!n || n > 8 || (i > 1 && n != 8)) {
            return 0;
        }
        v = view_from(v, n);
    }
    return 1;
}

enum log_line { NO_LINE, HOST_LINE, GUEST_OF_TWO, HOST_OF_TWO, GUEST_LINE,
    EVC_LINE };

static enum line_use log_level(struct reader *r, struct view line,
    struct view rest, u32 which)
{
    u32 leaf, sub, value[4];
    if (!level_row(rest, &leaf, &sub, value)) {
        return bad_row(r, line);
    }
    switch (which) {
    case HOST_LINE:
        /* A host told CPU by CPU is told already. */
        return r->cpu.open && r->cpu.number != NO_NUMBER
                   ? ASIDE
                   : log_row(r, leaf, sub, value);
    case GUEST_OF_TWO: case HOST_OF_TWO:
        return compared_row(r, leaf, sub, value, which == HOST_OF_TWO);
    case GUEST_LINE: guest_row(r, leaf, sub, value); break;
    }
    return ASIDE;
}

/* "CPUID[1] level 80000008, 0: ...": one physical CPU of the host. */
static enum line_use numbered_row(struct reader *r, struct view body)
{
    u32 number, leaf, sub, value[4];
    struct view v = view_from(body, 6);
    u32 n = read_decimal(v, &number);
    v = view_from(v, n);
    if (!view_starts(body, VIEW("cpuid[")) || !n ||
        !view_starts(v, VIEW("] level "))) {
        return NOT_MINE;
    }
    if (!level_row(view_from(v, 8), &leaf, &sub, value)) {
        return bad_row(r, body);
    }
    if (!r->cpu.open || r->cpu.number != number) {
        log_begins(r);
        found_cpu(r, number, 0, 0);
    }
    found_row(r, FORMAT_VMWARE_LOG, leaf, sub, value, KEEPS_FIRST);
    return USED;
}

/* --- features by name --- */

/* The name that opened a list opens the next one, too. */
static void feature_found(struct reader *r, struct view name, int there)
{
    struct name *first = &r->vmware.first;
    int open = r->list.open && r->list.format == FORMAT_VSPHERE_NAMES;
    if (!open || view_equal(name, name_view(first))) {
        if (open) {
            end_cpu(r);
        }
        if (r->vmware.feature.len) {
            r->before = r->vmware.feature_spot; /* the name's own line */
        }
        log_begins(r);
        names_open(r, FORMAT_VSPHERE_NAMES, VMWARE);
        name_set(first, name);
    }
    names_take(r, name, there);
}

enum line_use vmware_feature(struct reader *r, struct view key,
    struct view value)
{
    /* not bits */
    static const char others[] =
        "intel\0amd\0via\0cyrix\0family\0model\0stepping\0numlevels\0"
        "num_ext_levels\0corespersocket\0";
    struct view name = feature_name(key), head;
    u32 number, n = read_decimal(value, &number);
    if (!name.len || view_has(name, VIEW("."))) {
        return NOT_MINE;
    }
    if (view_has(value, VIEW(":"))) {
        if (!r->vmware.needs_told) {
            r->vmware.needs_told = 1;
            note_add(&r->fleet->notes, NOTE_NEEDS, note_here(r));
        }
        return feature_mask(r, key, value);
    }
    if (!n || n != value.len) {
        return NOT_MINE;
    }
    /* Registers say more than names do. */
    int told = r->vmware.log && r->cpu.open;
    if ((view_starts_any(name, others, &head) && head.len == name.len) ||
        r->vmware.masked || told) {
        return ASIDE;
    }
    feature_found(r, name, number != 0);
    return USED;
}

/* --- vectors --- */

int is_vector(struct view v)
{
    for (u32 i = 0; i < MASK_TEXT; i++) {
        int gap = i % 5 == 4;
        if (i >= v.len || (v.s[i] == ':') != gap || is_space(v.s[i])) {
            return 0;
        }
    }
    return v.len == MASK_TEXT || !(is_word(v.s[MASK_TEXT]) ||
                                     v.s[MASK_TEXT] == ':');
}

void vmware_package(struct reader *r)
{
    found_cpu(r, r->vmware.packages++, 0, 0);
}

void vmware_vector(struct reader *r, u32 leaf, u32 reg, struct view letters,
    int mask)
{
    struct mask m;
    u32 value = 0, known = 0, others = 0;
    letters = view_head(letters, MASK_TEXT);
    const char *wrong = mask_read(letters, &m);
    u8 room[16];
    struct text key = text_in(room, sizeof(room));
    text_say(&key, "cpuid.%h.%v", leaf, reg_name(reg));
    if (wrong) {
        note_mask(r, text_view(&key), letters, wrong);
        return;
    }
    for (u32 i = 0; i < 32; i++) {
        u8 c = m.letter[i];
        value |= (u32)(c == '1') << i;
        known |= (u32)(c == '0' || c == '1') << i;
        others += c != '0' && c != '1' && c != '-';
    }
    /* Some zeros and else nothing said: so masks look, and no host. */
    if (mask || others || (known && known != 0xffffffffu && !value)) {
        found_mask(r,
            (struct mask_record){.placed_ = 1, .leaf_ = leaf, .reg_ = reg,
                .format_ = FORMAT_VSPHERE}, &m,
            text_view(&key), letters);
        return;
    }
    if (known) {
        if (!r->vmware.vectors_told) {
            r->vmware.vectors_told = 1;
            note_add(&r->fleet->notes, NOTE_NO_LEAF_7, note_here(r));
        }
        found_register(r, FORMAT_VSPHERE, leaf, 0, reg, value, known);
    }
}

/* A decimal number with a sign, as 32 bits. */
static int signed_number(struct view v, u32 *number)
{
    u32 minus = v.len && v.s[0] == '-';
    u32 n = read_decimal(view_from(v, minus), number);
    *number = minus ? 0u - *number : *number;
    return n && !(n + minus < v.len && is_word(v.s[n + minus]));
}

/* PowerCLI, vim-cmd, the MOB and Go: a register belongs to the level named
 * last, letters to the register named last; a table names neither in a row. */
static enum line_use vector_line(struct reader *r, struct view line)
{
    u32 reg = NO_NUMBER, n = 0, level;
    int alone = 0;
    struct view v = line, first = view_trim(line);
    int row = signed_number(first, &level);
    if (row) {
        r->vmware.level = level;
    }
    for (u32 i = 0; i < line.len; i++) {
        if (i && is_word(line.s[i - 1])) {
            continue;
        }
        v = view_from(line, i);
        struct view word = view_word(v);
        for (u32 k = 0; k < 4; k++) {
            reg = word.len == 3 && view_starts(word, reg_name(k)) ? k : reg;
        }
        if (word.len == 5 && view_starts(word, VIEW("level"))) {
            v = past_gap(view_from(v, 5));
            /* the MOB names its type, too */
            v = view_starts(v, VIEW("int")) ? past_gap(view_from(v, 3)) : v;
            if (signed_number(v, &level)) {
                r->vmware.level = level;
                r->vmware.leveled = r->here.line;
                alone = i == 0;
            }
        } else if (is_vector(v) && (reg < 4 || (row && n < 4))) {
            vmware_vector(r, r->vmware.level, reg < 4 ? reg : n, v, 0);
            n++;
            i += MASK_TEXT - 1;
        }
    }
    if (n) {
        r->vmware.dump = 1;
        return USED;
    }
    return alone ? USED : NOT_MINE;
}

/* The frame that vim-cmd and Go put around values. */
static enum line_use frame_line(struct reader *r, struct view line)
{
    struct view v = view_trim(line);
    u8 end = v.len ? v.s[v.len - 1] : 0;
    if (view_has(v, VIEW("(vim.")) ||
        view_has(v, VIEW("types.Host"))) {
        r->vmware.dump = 1;
        if (view_has(v, VIEW("HardwareInfo"))) {
            found_split(r);
            r->vmware.packages = 0;
        }
        if (view_has(v, VIEW("featurecapability)"))) {
            r->vmware.masked = view_starts(v, VIEW("masked"));
        }
        if (view_starts(v, VIEW("cpufeature")) && end != '}') {
            vmware_package(r);
        }
        return ASIDE;
    }
    /* "vendor = <unset>" and the like under a level */
    if (view_starts(v, VIEW("vendor")) &&
        r->vmware.leveled && r->vmware.leveled + 1 == r->here.line) {
        return ASIDE;
    }
    /* OVF */
    int tag = v.len && v.s[0] == '<';
    r->vmware.ovf |= tag && view_has(v, VIEW("ovf"));
    if (r->vmware.ovf && tag) {
        return ASIDE;
    }
    /* other keys between the features of a list */
    struct view key = view_word(v);
    struct view rest = past_gap(view_from(v, key.len));
    u32 number;
    if (r->list.open && r->list.format == FORMAT_VSPHERE_NAMES && key.len &&
        signed_number(rest, &number)) {
        return ASIDE;
    }
    int frame = end == ',' || end == '{' || end == '}' || end == '[' ||
                end == ']' || end == ':' ||
                view_has(v, VIEW(" = "));
    r->vmware.dump &= frame;
    return r->vmware.dump ? ASIDE : NOT_MINE;
}

/* --- lines --- */

/* "Aug 18 10:01:57.546: vmx| ", "2014-01-05T10:00:00.000Z| vmx| I120: ",
 * "2026-01-05T10:00:00.000Z In(05) vmx - ", a file's name in front or not:
 * what stands behind it, or 0. */
static int log_body(struct view line, struct view *body)
{
    u32 i = 0, most = line.len < 300 ? line.len : 300;
    for (; i + 8 < most; i++) {
        const u8 *s = line.s + i;
        if (is_digit(s[0]) && s[2] == ':' && is_digit(s[3]) && s[5] == ':' &&
            is_digit(s[6])) {
            break;
        }
    }
    struct view v = view_from(line, i + 8), head = view_head(v, 64);
    u32 bar = view_find(head, VIEW("| ")), level = view_find(head, VIEW("In("));
    if (i + 8 >= most) {
        return 0;
    }
    if (level < head.len || view_has(head, VIEW("(0"))) {
        u32 dash = view_find(head, VIEW(" - "));
        *body = view_from(v, dash + 3);
        return dash < head.len;
    }
    if (bar == head.len) {
        return 0;
    }
    v = view_from(v, bar + 2);
    struct view word = view_word(v);
    if (view_starts(view_from(v, word.len), VIEW("| "))) {
        v = view_from(v, word.len + 2);
        word = view_word(v);
    }
    if (word.len == 4 && is_digit(word.s[3]) &&
        view_starts(view_from(v, 4), VIEW(": "))) {
        v = view_from(v, 6);
    }
    *body = v;
    return 1;
}

/* A log of the host read last goes on about it. */
static void log_host(struct reader *r, struct view name)
{
    if (r->cpu.open && view_equal(name, name_view(&r->cpu.name))) {
        r->vmware.fresh = 0;
    } else {
        log_begins(r);
        found_name(r, name, 1);
    }
}

static enum line_use log_text(struct reader *r, struct view body)
{
    static const char heads[] = "hostcpuid level \0"
                                "guest vs. host cpuid guest level \0"
                                "guest vs. host cpuid *host level \0"
                                "guestcpuid level \0evccpuid level \0";
    struct view head;
    u32 which = view_starts_any(body, heads, &head);
    if (which) {
        return log_level(r, body, view_from(body, head.len), which);
    }
    return numbered_row(r, body);
}

/* What stands between a key and its value, besides marks. */
static struct view past_words(struct view v, struct view key)
{
    static const char words[] = "-value\0vmw:value\0value\0featurename\0";
    struct view head;
    for (;;) {
        v = past_gap(v);
        if (view_starts_any(v, words, &head)) {
            v = view_from(v, head.len);
        } else if (view_starts(v, key)) {
            v = view_from(v, key.len);
        } else {
            return v;
        }
    }
}

/* Up to the quote that ends it, the next option, or the end of the line. */
static struct view value_of(struct view v)
{
    u32 n = 0;
    while (n < v.len && v.s[n] != '"' && v.s[n] != '\'' && v.s[n] != ';' &&
           !(v.s[n] == ' ' && n + 2 < v.len && v.s[n + 1] == '-' &&
               is_letter(v.s[n + 2]))) {
        n++;
    }
    v = view_trim(view_head(v, n));
    v.len -= v.len && v.s[v.len - 1] == ',';
    return v;
}

static enum line_use any_setting(struct reader *r, struct view key,
    struct view value)
{
    enum line_use use = vmware_setting(r, key, value);
    return use ? use : vmware_feature(r, key, value);
}

static int is_key(struct view v)
{
    static const char marks[] = "hostcpuid.\0guestcpuid.\0usercpuid.\0"
                                "cpuid.\0featmask.\0featurecompat.\0";
    struct view head;
    return view_starts_any(v, marks, &head) && v.len > head.len;
}

/* Keys and values wherever they stand: after the words of a command, as
 * attributes, in a table, or one under the other. */
static enum line_use pairs(struct reader *r, struct view line)
{
    enum line_use all = NOT_MINE;
    for (u32 i = 0; i < line.len; i++) {
        struct view key = view_word(view_from(line, i));
        if (!is_key(key)) {
            i += key.len;
            continue;
        }
        struct view rest = past_words(view_from(line, i + key.len), key);
        struct view value = value_of(rest);
        if (!rest.len && i) {
            if (!view_equal(key, name_view(&r->vmware.feature))) {
                r->vmware.feature_spot = r->here;
            }
            name_set(&r->vmware.feature, key);
            return USED;
        }
        enum line_use use = any_setting(r, key, value);
        all = use == NOTED || !all ? use : all;
        i = use && value.len ? (u32)(value.s - line.s) + value.len
                             : i + key.len;
    }
    return all;
}

/* "Value : 1" under "Key : cpuid.AVX2" */
static enum line_use value_line(struct reader *r, struct view line)
{
    struct view v = view_trim(line);
    if (!r->vmware.feature.len || !view_starts(v, VIEW("value"))) {
        return NOT_MINE;
    }
    struct view value = value_of(past_gap(view_from(v, 5)));
    enum line_use use = any_setting(r, name_view(&r->vmware.feature), value);
    r->vmware.feature.len = 0;
    return use;
}

/* One line of a .vmx: a word, "=", and a value in quotes. */
static int is_assignment(struct view line)
{
    struct view v = view_trim(line), key = view_word(v);
    /* scsi0:0.fileName */
    while (key.len < v.len && (v.s[key.len] == ':' || is_word(v.s[key.len]))) {
        key.len++;
    }
    struct view rest = view_trim(view_from(v, key.len));
    return key.len && rest.len > 2 && rest.s[0] == '=' &&
           rest.s[rest.len - 1] == '"' &&
           view_trim(view_from(rest, 1)).s[0] == '"';
}

static enum line_use assignment(struct reader *r, struct view line)
{
    struct view v = view_trim(line), key = view_word(v);
    struct view value = value_of(past_gap(view_from(v, key.len)));
    enum line_use use = vmware_setting(r, key, value);
    return use ? use : r->vmware.settings ? ASIDE : NOT_MINE;
}

static enum line_use log_line(struct reader *r, struct view body)
{
    static const char heads[] =
        "log for vmware\0hostname=\0capability found: \0dict \0";
    struct view head;
    u32 which = view_starts_any(body, heads, &head);
    struct view rest = view_trim(view_from(body, head.len));
    enum line_use use = NOT_MINE;
    r->vmware.log = 1;
    switch (which) {
    case 1: r->vmware.fresh = 1; break;
    case 2: log_host(r, rest); return USED;
    case 3: use = pairs(r, rest); break;
    case 4:
        /* What the host was at the power-on before is in there, too. */
        use = view_starts(rest, VIEW("cpuid.")) ||
                      view_starts(rest, VIEW("feat"))
                  ? assignment(r, rest)
                  : ASIDE;
        break;
    default: use = log_text(r, body);
    }
    return use ? use : ASIDE;
}

enum line_use read_vmware(struct reader *r, struct view line)
{
    struct view body;
    if (log_body(line, &body)) {
        return log_line(r, view_trim(body));
    }
    line = view_trim(line);
    enum line_use use = log_text(r, line);
    if (!use) {
        use = is_assignment(line) ? assignment(r, line) : pairs(r, line);
    }
    if (!use) {
        use = value_line(r, line);
    }
    if (!use) {
        use = vector_line(r, line);
    }
    return use ? use : frame_line(r, line);
}

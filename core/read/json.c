/* SPDX-License-Identifier: MIT
 * JSON of every kind, line by line: where in a document a value stands is kept,
 * the document itself is not. Several documents, JSON escaped inside a string,
 * Python's and JavaScript's spellings are read as well.
 */
#include "names.h"
#include "vmware.h"

enum key {
    NO_KEY,
#define JSON_KEY(ID, TEXT) KEY_##ID,
#define JSON_ALIAS(ID, TEXT)
#include "json.def"
#undef JSON_KEY
#undef JSON_ALIAS
};

static const char key_texts[] =
#define JSON_KEY(ID, TEXT) TEXT "\0"
#define JSON_ALIAS(ID, TEXT) TEXT "\0"
#include "json.def"
#undef JSON_KEY
#undef JSON_ALIAS
    ;

static const u8 key_ids[] = {
    NO_KEY,
#define JSON_KEY(ID, TEXT) KEY_##ID,
#define JSON_ALIAS(ID, TEXT) KEY_##ID,
#include "json.def"
#undef JSON_KEY
#undef JSON_ALIAS
};

/* Only letters and digits count, in either case. */
static u32 key_of(struct view v)
{
    u8 plain[24];
    u32 len = 0;
    for (u32 i = 0; i < v.len; i++) {
        if (is_letter(v.s[i]) || is_digit(v.s[i])) {
            if (len == sizeof(plain)) {
                return NO_KEY;
            }
            plain[len++] = to_lower(v.s[i]);
        }
    }
    return key_ids[view_is_any((struct view){plain, len}, key_texts)];
}

/* The key that a list or object *up* levels above stands under. */
static u32 under(const struct reader *r, u32 up)
{
    u32 depth = r->json.depth - up;
    return up < r->json.depth && depth < JSON_DEPTH ? r->json.under[depth]
                                                    : NO_KEY;
}

static int is_list(const struct json *j, u32 depth)
{
    return depth < JSON_DEPTH && j->lists >> depth & 1;
}

/* --- hosts --- */

/* What was found belongs to the host of before, or begins the next one. */
static void begin(struct reader *r, enum format_id format)
{
    struct json *j = &r->json;
    if (j->split) {
        int again = r->cpu.open ? r->cpu.format == format
                                : r->host.open && r->host.format == format;
        if (!r->before.line) {
            end_cpu(r);
            r->before = j->told ? r->here : j->start;
        }
        j->told = 1;
        if (again) {
            found_split(r);
        }
        r->vmware.packages = 0;
        j->split = j->capable = 0;
        if (j->title.len) {
            found_name(r, name_view(&j->title), 1);
        }
    }
    j->used = j->line_used = 1;
    j->had = 1;
    j->found_depth = j->depth;
    j->format = format;
}

static void next_host(struct reader *r)
{
    r->json.split = 1;
    r->json.had = 0;
}

static void host_name_is(struct reader *r, struct view name)
{
    struct json *j = &r->json;
    j->used = j->line_used = 1;
    if (j->names) {
        drop_heading(r);
        name_set(&r->heading, name);
        r->heading_spot = r->here;
        r->heading_sure = 1;
        return;
    }
    if (j->had && r->cpu.open && !r->cpu.name.len) {
        name_set(&r->cpu.name, name);
        r->cpu.name_sure = 1;
        return;
    }
    if (!r->before.line) {
        end_cpu(r);
        r->before = j->start;
    }
    found_name(r, name, 1);
    if (j->had) {
        next_host(r);
    }
}

/* --- facts --- */

static void forget_facts(struct json *j)
{
    for (u32 i = 0; i < 3; i++) {
        j->numbers[i] = NO_NUMBER;
    }
    j->vendor.len = j->brand.len = j->model.len = 0;
    j->facts_depth = 0;
}

/* "6", 6, "0x6", "0b110", -2147483647. Returns 0 for what is no number. */
static int number(struct view v, u32 *value)
{
    u32 minus = v.len && v.s[0] == '-', n = 0;
    *value = 0;
    v = view_from(v, minus);
    if (view_starts(v, VIEW("0x"))) {
        n = read_hex(view_from(v, 2), value) + 2;
    } else if (view_starts(v, VIEW("0b"))) {
        for (n = 2; n < v.len && (v.s[n] | 1) == '1' && n < 34; n++) {
            *value = *value << 1 | (v.s[n] & 1u);
        }
    } else {
        n = read_decimal(v, value);
    }
    *value = minus ? 0u - *value : *value;
    return n && n == v.len;
}

static void fact(struct reader *r, u32 key, struct view s)
{
    struct json *j = &r->json;
    u32 value, depth = j->lscpu ? 1 : j->depth;
    if (depth > j->facts_depth && !j->had) {
        forget_facts(j);
    }
    j->facts_depth = j->facts_depth ? j->facts_depth : depth;
    if (key == KEY_MODEL) {
        name_set(&j->model, s);
    }
    if (key == KEY_VENDOR) {
        name_set(&j->vendor, s);
    } else if (key == KEY_BRAND ||
               (key == KEY_MODEL && view_has(s, VIEW(" ")))) {
        name_set(&j->brand, s);
    } else if (key <= KEY_STEPPING && number(s, &value)) {
        /* "486" may also be the name of a model */
        j->numbers[key - KEY_FAMILY] = value;
    }
}

/* --- names --- */

/* Do these names agree with the CPU read before? */
static int agrees(struct reader *r)
{
    for (u32 row = 0; row < BITS; row++) {
        struct word w = sheet_word(r->fleet, r->cpu_sheet, bits.leaf[row],
            bits.sub[row], bits.reg[row]);
        u32 said = r->list.said[row];
        if (said && w.known >> bits.bit[row] & 1 &&
            (w.value >> bits.bit[row] & 1) != (said == 1)) {
            return 0;
        }
    }
    return 1;
}

/* A second answer of the same QEMU only adds. */
static void merge_names(struct reader *r)
{
    r->list.open = 0;
    for (u32 row = 0; row < BITS; row++) {
        u32 value[4] = {0}, known[4] = {0}, said = r->list.said[row];
        if (said && bits.leaf[row] >> 28 != 4) {
            known[bits.reg[row]] = 1u << bits.bit[row];
            value[bits.reg[row]] = (u32)(said == 1) << bits.bit[row];
            found_part(r, FORMAT_QMP, bits.leaf[row], bits.sub[row], value,
                known, KEEPS_FIRST);
        }
    }
}

/* The vendor first: some names are another bit for each. */
static void end_names(struct reader *r)
{
    struct json *j = &r->json;
    enum absent absent = j->uarch                    ? ABSENT_UNKNOWN
                         : j->names == KEY_FLAGS     ? ABSENT_LINUX_KERNEL
                                                     : ABSENT_UNKNOWN;
    if (!j->names) {
        return;
    }
    if (j->merge && agrees(r)) {
        merge_names(r);
        j->names = 0;
        return;
    }
    if (j->merge) {
        /* The list is not of the CPU that ends here. */
        r->list.open = 0;
        end_cpu(r);
        r->before = j->start;
        found_split(r);
        r->list.open = 1;
        j->merge = 0;
    }
    if (j->vendor.len) {
        found_vendor(r, j->format, name_view(&j->vendor));
    }
    if (j->numbers[0] != NO_NUMBER && j->numbers[1] != NO_NUMBER) {
        found_signature(r, j->format, j->numbers[0], j->numbers[1],
            j->numbers[2]);
    }
    found_brand(r, j->format, name_view(&j->brand));
    if (j->names == KEY_FEATURES) {
        libvirt_absent(r, name_view(&j->model));
    }
    names_close(r, absent);
    j->names = 0;
}

static void begin_names(struct reader *r, u32 key)
{
    struct json *j = &r->json;
    enum format_id format = key == KEY_PROPS || key == KEY_UNAVAILABLE
                                ? FORMAT_QMP
                            : j->lscpu ? FORMAT_LSCPU
                                       : FORMAT_CPU_INFO;
    if (j->names == key) {
        return;
    }
    end_names(r);
    int core = under(r, 2) == KEY_CORES;
    if (j->had && !core) {
        next_host(r);
    }
    j->merge = format == FORMAT_QMP && r->cpu.open &&
               r->cpu.format == FORMAT_QMP && !r->heading.len && !r->split;
    if (j->merge) {
        j->split = 0;
    }
    begin(r, format);
    if (!j->facts_depth) {
        j->facts_depth = j->lscpu ? 1 : j->depth - (u32)is_list(j, j->depth);
    }
    if (core) {
        found_cpu(r, r->vmware.packages++, 0, 0);
    }
    names_open(r, format, key == KEY_FLAGS      ? LINUX
                          : key == KEY_FEATURES ? LIBVIRT
                                                : QEMU);
    j->names = key;
}

/* --- registers --- */

static void row_done(struct reader *r)
{
    struct json *j = &r->json;
    u32 all[4];
    if (!j->regs) {
        return;
    }
    if (j->leaf_depth && j->leaf_depth <= j->depth) {
        begin(r, j->row_format);
        j->found_depth = j->depth - 1;
        for (u32 i = 0; i < 4; i++) {
            all[i] = j->regs >> i & 1 ? 0xffffffffu : 0;
        }
        if (j->regs == 15) {
            found_row(r, j->row_format, j->leaf, j->sub, j->value,
                STARTS_AGAIN);
        } else {
            for (u32 i = 0; i < 4; i++) {
                if (all[i]) {
                    found_register(r, j->row_format, j->leaf,
                        j->sub == NO_SUB ? 0 : j->sub, i, j->value[i],
                        j->known);
                }
            }
        }
    }
    j->regs = 0;
    j->known = 0xffffffffu;
}

static void leaf_is(struct reader *r, struct view s)
{
    struct json *j = &r->json;
    row_done(r);
    if (number(s, &j->leaf)) {
        j->leaf_depth = j->depth;
        j->sub = NO_SUB;
        j->row_format = view_starts(j->raw, VIEW("level")) ? FORMAT_ESXCLI
                        : view_starts(j->raw, VIEW("cpuid")) ? FORMAT_QMP
                                                             : FORMAT_TABLE;
    }
}

static void register_is(struct reader *r, u32 reg, struct view s, int quoted)
{
    struct json *j = &r->json;
    u32 value;
    if (quoted && is_vector(s)) {
        if (j->leaf_depth) {
            begin(r, FORMAT_VSPHERE);
            vmware_vector(r, j->leaf, reg, s,
                under(r, 1) == KEY_MASK || under(r, 0) == KEY_MASK);
        }
        return;
    }
    /* Eight digits in quotes are hexadecimal. */
    int hex = quoted && s.len == 8 && read_hex(s, &value) == 8;
    if (reg < 4 && (hex || number(s, &value))) {
        j->value[reg] = value;
        j->regs |= 1u << reg;
    }
}

/* "0b" and up to 32 of 0, 1, x, of an MSR 64; what is missing in front is x. */
static void bitmap_is(struct reader *r, struct view s)
{
    struct json *j = &r->json;
    u32 value[2] = {0}, known[2] = {0};
    if (!view_starts(s, VIEW("0b")) || (j->reg > 3 && !j->msr)) {
        return;
    }
    for (u32 i = 2; i < s.len; i++) {
        u8 c = s.s[i];
        if (c == '_') {
            continue;
        }
        value[1] = value[1] << 1 | value[0] >> 31;
        known[1] = known[1] << 1 | known[0] >> 31;
        value[0] = value[0] << 1 | (u32)(c == '1');
        known[0] = known[0] << 1 | (u32)((c | 1) == '1');
    }
    if (j->reg > 3) {
        r->msr.fresh = 1;
        found_msr(r, value, known);
        return;
    }
    j->row_format = FORMAT_FIRECRACKER;
    j->value[j->reg] = value[0];
    j->known = known[0];
    j->regs = 1u << j->reg;
}

/* Older templates have the value and the bits that count apart. */
static void filter_is(struct reader *r, u32 key, struct view s)
{
    struct json *j = &r->json;
    u32 bits = 0;
    if (j->reg > 3 || !number(s, &bits)) {
        return;
    }
    j->row_format = FORMAT_FIRECRACKER;
    j->regs = 1u << j->reg;
    if (key == KEY_FILTER) {
        j->known = bits;
    } else {
        j->value[j->reg] = bits;
    }
}

/* --- values --- */

static void pair_is(struct reader *r, struct view s)
{
    struct json *j = &r->json;
    struct view key = name_view(&j->pair);
    u32 list = under(r, 1);
    if (!key.len || (list == KEY_MASKED && j->capable)) {
        return;
    }
    enum line_use use = vmware_setting(r, key, s);
    if (use) {
        j->had |= use == USED && r->cpu.open;
        j->used = j->line_used = 1;
    } else if (view_starts(key, VIEW("cpuid."))) {
        begin(r, r->cpu.open ? r->cpu.format : FORMAT_VSPHERE_NAMES);
        vmware_feature(r, key, s);
        j->capable |= list == KEY_CAPABILITY;
    }
    j->pair.len = 0;
}

/* An object of the list that the whole document is. */
static int is_top_element(const struct reader *r)
{
    return r->json.depth == 2 && r->json.lists & 2;
}

static void name_is(struct reader *r, struct view s)
{
    struct json *j = &r->json;
    u32 list = under(r, 1);
    if (list == KEY_SOCKETS) {
        fact(r, KEY_BRAND, s);
    } else if (under(r, 0) == KEY_METADATA) {
        if (j->node && j->used) {
            node_name(r, s);
        }
    } else if ((list == KEY_HOSTS || is_top_element(r)) && s.len &&
               !view_has(s, VIEW(".cpu")) &&
               !view_has(s, VIEW(".feature"))) {
        name_set(&r->json.title, s);
    }
}

static void is_features(struct reader *r, struct view s, int quoted)
{
    struct json *j = &r->json;
    u32 value;
    if (!quoted && j->reg < 4 && number(s, &value)) {
        j->value[j->reg] = value;
        j->regs = 1u << j->reg;
    }
}

static void value_is(struct reader *r, u32 key, struct view s, int quoted);

/* lscpu's pairs, in whatever language: its flags are told by the first. */
static void data_is(struct reader *r, struct view s)
{
    struct json *j = &r->json;
    u32 key = view_starts(s, VIEW("fpu ")) ? KEY_FLAGS : j->field;
    if (j->lscpu && key != KEY_FIELD && key != KEY_DATA) {
        value_is(r, key, s, 1);
    }
}

static void value_is(struct reader *r, u32 key, struct view s, int quoted)
{
    struct json *j = &r->json;
    int item = is_list(j, j->depth);
    if (j->mute) {
        return;
    }
    if (quoted && !item && view_starts(j->raw, VIEW("features"))) {
        j->xapi = j->depth;
    }
    if (j->xapi && j->xapi == j->depth) {
        if (xapi_field(r, j->raw, s) == USED) {
            j->used = j->line_used = j->had = 1;
            j->found_depth = j->depth;
        }
        return;
    }
    if (under(r, 0) == KEY_LABELS && quoted) {
        if (!j->node) {
            j->node = 1;
            r->before = r->before.line ? r->before : j->start;
            node_begins(r);
        }
        j->line_used |= node_label(r, j->raw, s);
        j->used |= j->line_used;
        return;
    }
    switch (key) {
    case KEY_FLAGS:
        if (quoted) {
            begin_names(r, key);
            names_words(r, s);
        }
        break;
    case KEY_FEATURES: case KEY_UNAVAILABLE:
        if (!item) {
            is_features(r, s, quoted);
        } else if (quoted) {
            begin_names(r, key);
            names_take(r, s, key == KEY_FEATURES);
        }
        break;
    case KEY_FAMILY: case KEY_MODEL: case KEY_STEPPING: case KEY_VENDOR:
    case KEY_BRAND: fact(r, key, s); break;
    case KEY_HOSTNAME: host_name_is(r, s); break;
    case KEY_NAME: name_is(r, s); break;
    case KEY_FIELD: j->field = key_of(s); break;
    case KEY_DATA: data_is(r, s); break;
    case KEY_LEAF: leaf_is(r, s); break;
    case KEY_SUB: number(s, &j->sub); break;
    case KEY_A: case KEY_B: case KEY_C: case KEY_D:
        register_is(r, key - KEY_A, s, quoted);
        break;
    case KEY_REGISTER:
        for (j->reg = 0; j->reg < 4; j->reg++) {
            if (view_starts(s, reg_name(j->reg))) {
                break;
            }
        }
        break;
    case KEY_ADDRESS: j->msr = number(s, &j->leaf) && j->leaf == 0x10a; break;
    case KEY_BITMAP: bitmap_is(r, s); break;
    case KEY_FILTER: filter_is(r, key, s); break;
    case KEY_KEY: name_set(&j->pair, s); break;
    case KEY_VALUE:
        if (quoted && view_starts(s, VIEW("0b"))) {
            filter_is(r, key, s);
        } else {
            pair_is(r, s);
        }
        break;
    case KEY_XAPI: j->xapi = j->depth; break;
    case KEY_UARCH: j->uarch = 1; break;
    }
    if (under(r, 0) == KEY_PROPS && !quoted && j->raw.len) {
        int there = view_starts(s, VIEW("true"));
        if (there || view_starts(s, VIEW("false"))) {
            begin_names(r, KEY_PROPS);
            names_take(r, j->raw, there);
        }
    }
}

/* --- the document --- */

static void open_level(struct reader *r, int list)
{
    struct json *j = &r->json;
    u32 key = j->key;
    j->key = NO_KEY;
    j->keyed = 0;
    if (++j->depth >= JSON_DEPTH) {
        return;
    }
    j->under[j->depth] = (u8)key;
    j->lists = (j->lists & ~(1u << j->depth)) | (u32)list << j->depth;
    if (!list) {
        row_done(r);
        j->reg = key == KEY_BITMAP ? j->reg : NO_NUMBER;
        j->msr = 0;
        j->pair.len = 0;
    }
    j->node = key == KEY_METADATA ? 0 : j->node;
    if (key == KEY_MODES && !j->mute) {
        j->mute = j->depth;
    } else if (key == KEY_VECTORS && list && !j->mute) {
        begin(r, FORMAT_VSPHERE);
        vmware_package(r);
    } else if (key == KEY_LSCPU) {
        j->lscpu = 1;
    }
}

static void note_other(struct reader *r)
{
    struct note_record *note = note_add(&r->fleet->notes, NOTE_OTHER_JSON,
        (struct note_place){0, r->source, r->json.start.line});
    r->fleet->unread += r->json.pending;
    if (note) {
        note->last_line_ = r->here.line;
        note->count_ = r->json.pending;
    }
}

/* in_line: at its own end, not because the text ends or goes on otherwise. */
static void end_document(struct reader *r, int in_line)
{
    struct json *j = &r->json;
    struct fleet *f = r->fleet;
    if (!j->start.line) {
        return;
    }
    row_done(r);
    end_names(r);
    if (j->had && r->cpu.open) {
        r->cpu.end = r->here_end;
        r->cpu.last_line = r->here.line;
    }
    if (!j->pending) {
        /* counted with the document that ended in this line */
    } else if (j->used) {
        f->aside += j->pending - (u32)j->line_used;
        f->used += (u32)j->line_used;
    } else if (in_line && j->start.line == r->here.line) {
        /* Perhaps another family knows the line. */
        j->unknown = 1;
    } else {
        note_other(r);
    }
    struct json ended = {.unknown = j->unknown};
    *j = ended;
}

static void close_level(struct reader *r)
{
    struct json *j = &r->json;
    u32 depth = j->depth;
    if (depth < JSON_DEPTH) {
        int list = is_list(j, depth);
        u32 key = j->under[depth];
        row_done(r);
        if (list && (key == KEY_CAPABILITY || key == KEY_MASKED)) {
            names_close(r, ABSENT_UNKNOWN);
        }
        j->leaf_depth = depth == j->leaf_depth ? 0 : j->leaf_depth;
        j->mute = depth == j->mute ? 0 : j->mute;
        j->xapi = depth == j->xapi ? 0 : j->xapi;
        if (depth == j->facts_depth) {
            end_names(r);
            forget_facts(j);
        }
        /* One of a list of hosts. */
        if (!list && (is_top_element(r) || under(r, 1) == KEY_HOSTS)) {
            if (j->had && j->found_depth >= depth) {
                next_host(r);
            }
            j->title.len = 0;
        }
    }
    j->key = NO_KEY;
    j->keyed = 0;
    if (j->escaped == depth) {
        j->escaped = 0;
        j->unquote = 1;
    }
    if (!--j->depth) {
        end_document(r, 1);
    }
}

/* How many bytes of the string, its quote in front, up to the quote that ends
 * it; v.len where it goes on in the next line. */
static u32 string_len(const struct json *j, struct view v)
{
    for (u32 i = 1; i < v.len; i++) {
        if (v.s[i] == '\\' && !j->escaped) {
            i++;
        } else if (v.s[i] == v.s[0]) {
            return i;
        }
    }
    return v.len;
}

/* Blanks, and what is left of escaped line ends. */
static struct view past_blanks(const struct json *j, struct view v)
{
    for (;;) {
        v = view_trim(v);
        if (!j->escaped || v.len < 2 || v.s[0] != '\\') {
            return v;
        }
        v = view_from(v, v.s[1] == '"' || v.s[1] == '\'' ? 1 : 2);
    }
}

static void key_is(struct json *j, struct view s)
{
    j->raw = s;
    j->key = key_of(s);
    j->used |= j->key == KEY_ASIDE;
    j->keyed = 1;
}

static void string_is(struct reader *r, struct view s, struct view rest)
{
    struct json *j = &r->json;
    while (j->escaped && s.len && s.s[s.len - 1] == '\\') {
        s.len--;
    }
    int list = is_list(j, j->depth);
    if (!list && !j->keyed && rest.len && rest.s[0] == ':') {
        key_is(j, s);
        j->loose = 0;
        return;
    }
    value_is(r, list ? under(r, 0) : j->key, s, 1);
    j->key = NO_KEY;
    j->keyed = 0;
}

static void word_is(struct reader *r, struct view s, struct view rest)
{
    struct json *j = &r->json;
    int list = is_list(j, j->depth);
    if (rest.len && (rest.s[0] == '"' || rest.s[0] == '\'')) {
        return; /* Python's u'...' */
    }
    if (!list && !j->keyed && rest.len && rest.s[0] == ':') {
        key_is(j, s);
        return;
    }
    value_is(r, list ? under(r, 0) : j->key, s, 0);
    j->key = NO_KEY;
    j->keyed = 0;
}

/* Is this where a value may stand? */
static int wants_value(const struct json *j)
{
    return j->keyed || is_list(j, j->depth);
}

/* A string goes on in the next line: it is kept, of flags the last word. */
static void keep_part(struct reader *r, struct view piece)
{
    struct json *j = &r->json;
    u32 cut = 0;
    if (j->key == KEY_FLAGS && wants_value(j)) {
        for (u32 i = 0; i < piece.len; i++) {
            cut = piece.s[i] == ' ' ? i + 1 : cut;
        }
        j->more = 1;
        value_is(r, KEY_FLAGS, view_head(piece, cut), 1);
        j->more = 0;
    }
    piece = view_head(view_from(piece, cut), JOIN_ROOM - j->part_len);
    bytes_copy(r->join + j->part_len, piece.s, piece.len);
    j->part_len += piece.len;
}

/* The line goes on with a string; what stands behind it. */
static struct view end_part(struct reader *r, struct view line)
{
    struct json *j = &r->json;
    u32 end = 0;
    while (end < line.len && line.s[end] != j->part) {
        end += line.s[end] == '\\' && !j->escaped ? 2 : 1;
    }
    struct view piece = view_head(line, end);
    struct view rest = view_from(line, end + 1);
    u32 first = view_find(piece, VIEW(" "));
    if (j->key == KEY_FLAGS && first < piece.len) {
        keep_part(r, view_head(piece, first));
        j->more = 1;
        value_is(r, KEY_FLAGS, (struct view){r->join, j->part_len}, 1);
        j->more = 0;
        j->part_len = 0;
        piece = view_from(piece, first);
    }
    if (end < line.len && !j->part_len) {
        j->part = 0;
        string_is(r, piece, rest);
        return rest;
    }
    keep_part(r, piece);
    if (end < line.len) {
        struct view all = {r->join, j->part_len};
        j->part = 0;
        j->part_len = 0;
        string_is(r, all, rest);
    }
    return rest;
}

/* Quotes, or JSON inside of them. Returns how many bytes are done with. */
static u32 quoted(struct reader *r, struct view v)
{
    struct json *j = &r->json;
    u32 end = string_len(j, v);
    struct view next = view_from(v, 1);
    if (j->unquote) {
        j->unquote = 0;
        return 1;
    }
    if (wants_value(j) && !j->escaped && next.len > 1 &&
        (next.s[0] == '{' || next.s[0] == '[') &&
        (next.s[1] == '\\' || next.s[1] == '"' || next.s[1] == '\'')) {
        j->escaped = j->depth + 1;
        return 1;
    }
    if (end == v.len) {
        j->part = v.s[0];
        keep_part(r, next);
        return v.len;
    }
    string_is(r, view_from(view_head(v, end), 1),
        past_blanks(j, view_from(v, end + 1)));
    return end + 1;
}

/* "{" or "[" and what may follow there. */
static int opens(const struct reader *r, struct view v)
{
    u8 c = v.len ? v.s[0] : 0;
    struct view next = view_trim(view_from(v, 1));
    u8 d = next.len ? next.s[0] : 0;
    if (c != '{' && c != '[') {
        return 0;
    }
    if (!d) {
        return !r->vmware.dump;
    }
    if (d == '"' || d == '\'' || d == '{') {
        return 1;
    }
    u32 n = 0;
    while (n < next.len && (is_letter(next.s[n]) || is_digit(next.s[n]))) {
        n++;
    }
    return c == '{' ? d == '}' || (n && n < next.len && next.s[n] == ':')
                    : d == '[' && next.len > 1 && next.s[1] != ' ';
}

/* Where a document begins in the line; its length where none does. */
static u32 document_at(const struct reader *r, struct view line)
{
    u32 i = 0;
    while (i < line.len && is_space(line.s[i])) {
        i++;
    }
    if (opens(r, view_from(line, i))) {
        return i;
    }
    for (i++; i < line.len; i++) {
        u8 c = line.s[i], before = line.s[i - 1];
        if ((c == '{' || c == '[') && (is_space(before) || before == ':' ||
                                          before == '=')) {
            struct view v = view_from(line, i), bare = view_trim(v);
            u8 next = bare.len > 1 ? bare.s[1] : 0;
            if ((next == '"' || next == '\'' || next == '{') && opens(r, v)) {
                return i;
            }
        }
    }
    return line.len;
}

static void begin_document(struct reader *r)
{
    struct json *j = &r->json;
    bytes_zero(j, sizeof(*j));
    j->start = r->here;
    j->split = j->loose = 1;
    j->known = 0xffffffffu;
    j->reg = NO_NUMBER;
    forget_facts(j);
}

/* May a document go on with this line? */
static int goes_on(const struct json *j, struct view line)
{
    static const char words[] = "true\0false\0null\0none\0u'\0u\"\0";
    struct view v = view_trim(line), head;
    if (j->part || !v.len) {
        return 1;
    }
    u8 c = v.s[0];
    if (c == '[') {
        return v.len == 1 || !is_letter(v.s[1]);
    }
    if (c == '"' || c == '\'' || c == '{' || c == '}' || c == ']' || c == ',' ||
        c == ':' || c == '\\' || view_starts_any(v, words, &head)) {
        return 1;
    }
    u32 n = view_word(v).len;
    struct view rest = view_trim(view_from(v, n));
    u8 next = rest.len ? rest.s[0] : ',';
    return n && (next == ',' || next == ']' || next == '}'
                        ? !is_letter(c)
                        : j->loose && next == ':');
}

static void tokens(struct reader *r, struct view v)
{
    struct json *j = &r->json;
    v = j->part ? end_part(r, v) : v;
    for (v = past_blanks(j, v); v.len; v = past_blanks(j, v)) {
        u32 n = 1;
        u8 c = v.s[0];
        if (!j->depth && !opens(r, v)) {
            break;
        }
        if (!j->depth && !j->start.line) {
            int counted = !j->unknown;
            begin_document(r);
            j->second = counted;
            j->pending = !counted;
        }
        if (c == '{' || c == '[') {
            open_level(r, c == '[');
        } else if (c == '}' || c == ']') {
            close_level(r);
        } else if (c == '"' || c == '\'') {
            n = quoted(r, v);
        } else if (is_word(c)) {
            for (n = 0; n < v.len && (is_word(v.s[n]) || v.s[n] == '+');) {
                n++;
            }
            word_is(r, view_head(v, n), past_blanks(j, view_from(v, n)));
        } else if (c == ',') {
            j->keyed = 0;
            j->key = NO_KEY;
        }
        v = view_from(v, n);
    }
}

void end_json(struct reader *r)
{
    r->json.line_used = 0;
    end_document(r, 0);
}

enum line_use read_json(struct reader *r, struct view line)
{
    struct json *j = &r->json;
    u32 at = 0;
    if (j->start.line && !goes_on(j, line)) {
        end_json(r);
    }
    if (!j->start.line) {
        at = document_at(r, line);
        if (at == line.len) {
            return NOT_MINE;
        }
        begin_document(r);
    }
    j->line_used = j->unknown = 0;
    j->raw.len = 0;
    j->pending++;
    tokens(r, view_from(line, at));
    if (!j->start.line) {
        return j->unknown ? NOT_MINE : NOTED;
    }
    if (j->second) {
        j->second = 0;
        return NOTED;
    }
    j->pending -= (u32)j->line_used;
    return j->line_used ? USED : NOTED;
}

/* SPDX-License-Identifier: MIT
 * Registers in rows: every shape of line in rows.def, read by one engine; and
 * tables under a line that names their columns.
 */
#include "read.h"

/* What a row does besides what its places say. */
enum row_use {
    READS = 0,
    LESS = 1,   /* another view of the host: counts where no better one is */
    ALONE = 2,  /* one CPU asked leaf by leaf, perhaps by many commands */
    TITLE = 4,  /* says nothing itself; a rule under it only decorates */
    SPLITS = 8,    /* another host begins */
    REPORT = 16,   /* other lines around it are about other things */
    GOES_ON = 32,  /* only where its format was read just before */
    NOTHING = 64,  /* known, and says nothing about features */
    KEEPS = 128,   /* a leaf that comes again is no other CPU's */
    VIRTUAL = 256, /* the number is that of a CPU's other view */
    NEXT_CPU = 512, /* the registers of the next CPU begin */
    NAMES_ONLY = 1024 /* some features by name; worth a note where no more is */
};

static const struct {
    u16 format, use;
    const char *pattern;
} rows[] = {
#define ROW(FORMAT, USE, PATTERN) {FORMAT_##FORMAT, USE, PATTERN},
#include "rows.def"
#undef ROW
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* What the columns of a table are, and the fields of a structure. */
enum field { LEAF, SUB, FIRST_REG, OTHER = 6, GLUE };

/* What the places of a pattern found. */
enum {
    HAS_LEAF = 1, HAS_SUB = 2, HAS_NUMBER = 4, HAS_WORDS = 8, HAS_FIELD = 16,
    HAS_FIELD_NAME = 32
};
struct match {
    u32 has, leaf, sub, number;
    u32 value[4], known[4];
    u32 field;
};

static int goes_on(struct view v, u32 at)
{
    return at < v.len && (is_digit(v.s[at]) || is_letter(v.s[at]));
}

/* "7", "0x7", "07h": up to 8 digits. Decimal ones have no 0x and, of 32 bits
 * with a sign, perhaps a minus. Returns the length or 0. */
static u32 number(struct view v, int decimal, u32 *value)
{
    u32 at = view_starts(v, VIEW("0x")) ? 2 : 0;
    if (decimal && !at) {
        at = v.len && v.s[0] == '-';
        u32 n = read_decimal(view_from(v, at), value);
        *value = at ? 0 - *value : *value;
        return n ? at + n : 0;
    }
    u32 n = read_hex(view_from(v, at), value);
    at += n;
    at += at < v.len && to_lower(v.s[at]) == 'h';
    return !n || n > 8 || goes_on(v, at) ? 0 : at;
}

/* 32 digits 0 and 1. */
static int is_binary(struct view v, u32 *value)
{
    u32 n = 0;
    for (*value = 0; n < v.len && (v.s[n] | 1) == '1'; n++) {
        *value = *value << 1 | (v.s[n] & 1u);
    }
    return n == 32;
}

/* Eight digits and no more, with 0x in front or without. */
static u32 eight(struct view v, u32 *value)
{
    u32 at = view_starts(v, VIEW("0x")) ? 2 : 0;
    u32 n = read_hex(view_from(v, at), value);
    return n == 8 && !goes_on(v, at + 8) ? at + 8 : 0;
}

/* A register as tools print it: eight digits or 32 binary ones; where they are
 * *short*, any number. Returns the length or 0. */
static u32 word_value(struct view v, int is_short, u32 *value)
{
    if (is_binary(v, value)) {
        return 32;
    }
    return is_short ? number(v, 1, value) : eight(v, value);
}

static const char between[] = " \t.,;:=-_|\"'({[";

/* The name of a register off the front, and what stands before its value.
 * Returns 4 when there is none. */
static u32 take_name(struct view *v)
{
    for (u32 reg = 0; reg < 4; reg++) {
        if (view_starts(*v, reg_name(reg)) && !goes_on(*v, 3)) {
            *v = view_past(view_from(*v, 3), between);
            return reg;
        }
    }
    return 4;
}

/* All four registers in order, named or not. */
static int four_words(struct view *v, int is_short, struct match *m)
{
    for (u32 reg = 0; reg < 4; reg++) {
        struct view at = view_past(*v, between);
        u32 name = take_name(&at);
        u32 n = word_value(at, is_short, &m->value[reg]);
        if (!n || (name != reg && name < 4)) {
            return 0;
        }
        m->known[reg] = 0xffffffffu;
        *v = view_from(at, n);
    }
    return 1;
}

/* One or more registers, each with its name. */
static int named_words(struct view *v, int binary, struct match *m)
{
    u32 found = 0;
    for (; found < 4; found++) {
        struct view at = view_past(*v, found ? between : "");
        u32 reg = take_name(&at), value = 0, n;
        n = reg < 4 ? typed_value(at, &value) : 0;
        if (n && at.s[-1] == '"' && (n == at.len || at.s[n] != '"')) {
            break; /* the text ends in it */
        }
        if (!n || m->known[reg] || (binary && !is_binary(at, &value))) {
            break;
        }
        m->value[reg] = value;
        m->known[reg] = 0xffffffffu;
        *v = view_from(at, n);
    }
    return found != 0;
}

/* The name of a column or field off the front; its length or 0. */
static u32 field_called(struct view v, u32 *field)
{
    static const char names[] =
        "level\0leaf\0function\0eax in\0eax_in\0subleaf\0sublevel\0sub-leaf\0"
        "sub leaf\0subfunction\0ecx in\0ecx_in\0index\0eax\0ebx\0ecx\0edx\0"
        "cpuid\0no\0in\0hex\0";
    struct view head;
    u32 n = view_starts_any(v, names, &head);
    if (!n || goes_on(v, head.len)) {
        return 0;
    }
    *field = n <= 5    ? LEAF
             : n <= 13 ? SUB
             : n <= 17 ? n - 14 + FIRST_REG
                       : GLUE;
    return head.len;
}

/* "[SL 0B]" somewhere in the rest: the subleaf. */
static void marked_subleaf(struct view v, struct match *m)
{
    u32 sub;
    struct view mark = view_from(v, view_find(v, VIEW("[SL ")) + 4);
    if (mark.len && read_hex(mark, &sub)) {
        m->sub = sub;
        m->has |= HAS_SUB;
    }
}

/* Leaf 1's EDX and EAX as one number, or (from SMBIOS) EAX and EDX as bytes. */
static int processor_id(struct view v, int in_bytes, struct match *m)
{
    u32 n = 0, digits = 0;
    for (; n < v.len && digits < 16; n++) {
        u32 digit = hex_digit(v.s[n]), at = in_bytes ? digits ^ 1 : 15 - digits;
        if (digit > 15) {
            if (!in_bytes || v.s[n] != ' ') {
                return 0;
            }
            continue;
        }
        m->value[at < 8 ? EAX : EDX] |= digit << at % 8 * 4;
        digits++;
    }
    m->known[EAX] = m->known[EDX] = 0xffffffffu;
    return digits == 16 && n == v.len;
}

/* A column for each CPU: what all of them have counts. */
static int anded_words(struct view v, u32 reg, struct match *m)
{
    u32 value, n;
    m->value[reg] = m->known[reg] = 0xffffffffu;
    do {
        v = view_from(v, n = eight(v, &value));
        m->value[reg] &= value;
        v = view_past(v, " \t");
    } while (n && v.len);
    return n != 0;
}

/* One place of a pattern; how far it reaches is left in *v. */
static int place(u8 what, struct view *v, struct match *m)
{
    static const char letters[] = "LlX+SsnN";
    static const u8 has[] = {HAS_LEAF, HAS_LEAF, HAS_LEAF, HAS_LEAF, HAS_SUB,
        HAS_SUB, HAS_NUMBER, HAS_NUMBER};
    u32 n = 0, value = 0;
    for (u32 i = 0; letters[i]; i++) {
        m->has |= (u8)letters[i] == what ? has[i] : 0u;
    }
    switch (what) {
    case 'L': n = number(*v, 0, &m->leaf); break;
    case 'l': n = number(*v, 1, &m->leaf); break;
    case 'X': n = eight(*v, &m->leaf); break;
    case '+': n = read_decimal(*v, &value); m->leaf += value; break;
    case 'S': n = number(*v, 0, &m->sub); break;
    case 's': n = number(*v, 1, &m->sub); break;
    case 'v':
        m->has |= HAS_FIELD;
        n = number(*v, 1, &m->value[0]);
        break;
    case 'n': n = read_decimal(*v, &m->number); break;
    case 'N':
        m->number = NO_NUMBER;
        *v = view_from(*v, read_decimal(*v, &m->number));
        return 1;
    case 'P': case 'I':
        m->has |= HAS_WORDS;
        return processor_id(*v, what == 'I', m);
    case 'C': case 'D':
        m->has |= HAS_WORDS;
        return anded_words(*v, what == 'C' ? ECX : EDX, m);
    case 't': *v = view_past(*v, "0123456789:. "); return 1;
    case 'M': marked_subleaf(*v, m); return 1;
    case 'F':
        m->has |= HAS_FIELD_NAME;
        n = field_called(*v, &m->field);
        break;
    case 'V': case 'B':
        m->has |= HAS_WORDS;
        return named_words(v, what == 'B', m);
    default:
        m->has |= HAS_WORDS;
        return four_words(v, what == 'w', m);
    }
    *v = view_from(*v, n);
    return n != 0;
}

/* Does the line fit the pattern from here on? -1 where it is of this shape for
 * sure (after "!") but ends too early. */
static int fits(const char *p, struct view v, struct match *m)
{
    int sure = 0;
    *m = (struct match){0};
    for (; *p; p++) {
        int fit = 1;
        if (*p == '!') {
            sure = 1;
        } else if (*p == ' ') {
            v = view_past(v, " \t");
        } else if (*p == '~') {
            v = view_past(v, between);
        } else if (*p == '{') { /* the leaf that this name stands for */
            m->has |= HAS_LEAF;
            p += read_hex(view_of(p + 1), &m->leaf) + 1;
        } else if (*p != '%') {
            fit = v.len && to_lower(v.s[0]) == (u8)*p;
            v = view_from(v, 1);
        } else if (*++p == '*') {
            return 1;
        } else {
            fit = place((u8)*p, &v, m);
        }
        if (!fit) {
            return sure ? -1 : 0;
        }
    }
    return !view_past(v, " \t\"'),:;]}>").len;
}

/* Most patterns begin with a character that the line does not. */
static int may_fit(const char *p, u8 first)
{
    return (u8)*p == first || !*p || is_one_of((u8)*p, "%~ {");
}

/* The pattern may begin anywhere in the line when it begins with "%*". */
static int find(const char *p, struct view v, struct match *m)
{
    if (p[0] != '%' || p[1] != '*') {
        return fits(p, v, m);
    }
    for (u32 i = 0; i < v.len; i++) {
        int fit = v.s[i] == (u8)p[2] ? fits(p + 2, view_from(v, i), m) : 0;
        if (fit) {
            return fit;
        }
    }
    return 0;
}

/* Is this a view of the host that does not count? One that does takes the
 * place of a lesser one read before. */
static int is_outdone(struct reader *r, enum format_id format, u32 use,
    struct view line)
{
    u8 room[80];
    if (!r->cpu.open || r->cpu.format != format) {
        return 0;
    }
    if (use & LESS && (use & TITLE || !r->cpu.less)) {
        if (!r->rows.told) {
            note_add(&r->fleet->notes, NOTE_OTHER_VIEW, note_here(r),
                note_quote(line, room));
        }
        r->rows.told = 1;
        return 1;
    }
    if (!(use & LESS) && r->cpu.less) {
        drop_cpu(r);
    }
    return 0;
}

static void found_words(struct reader *r, enum format_id format,
    const struct match *m, enum repeat repeat)
{
    u32 leaf = r->rows.leaf, sub = r->rows.sub;
    int all = m->known[EAX] && m->known[EBX] && m->known[ECX] && m->known[EDX];
    if (all) {
        found_row(r, format, leaf, sub, m->value, repeat);
        return;
    }
    for (u32 reg = 0; reg < 4; reg++) {
        if (m->known[reg]) {
            found_register(r, format, leaf, sub == NO_SUB ? 0 : sub, reg,
                m->value[reg], 0xffffffffu);
        }
    }
}

/* A dump that leaves empty rows out says of every leaf before its last one that
 * it is empty, as far as the maxima go. */
void found_empties(struct reader *r)
{
    static const u32 zero[4] = {0};
    static const u32 all[4] = {~0u, ~0u, ~0u, ~0u};
    struct fleet *f = r->fleet;
    struct sheet *s = r->cpu_sheet;
    u32 last = f->columns.leaf[r->cpu.last_column];
    if (r->cpu.format != FORMAT_KCPUID && r->cpu.format != FORMAT_XEN_CPUID) {
        return;
    }
    for (u32 i = 0; i < BITS; i++) {
        u32 leaf = bits.leaf[i], sub = bits.sub[i];
        struct word high = sheet_word(f, s, leaf & 0x80000000u, 0, EAX);
        struct word subs = sheet_word(f, s, 7, 0, EAX);
        /* Not every leaf was asked for its other subleaves. */
        int asked = !sub || leaf == 0xd || (leaf == 7 && sub <= subs.value);
        if (!asked || leaf >= last || !high.known || leaf > high.value) {
            continue;
        }
        u32 column = column_of(f, leaf, sub, NO_COLUMN);
        if (column != NO_COLUMN && !sheet_has(s, column)) {
            sheet_put(s, column, zero, all);
        }
    }
}

/* A host begins where its title stands, and a rule may follow. */
static void found_title(struct reader *r)
{
    r->rows.title = 1;
    if (!r->rows.outdone) {
        mark_before(r);
    }
}

/* ---- structures: a field a line, and tables: a structure a line ---- */

enum { ALL_FIELDS = 1 << LEAF | 15 << FIRST_REG };

void end_fields(struct reader *r)
{
    u32 fields = r->rows.fields;
    struct match m = {0};
    r->rows.fields = 0;
    if (!fields) {
        return;
    }
    if (!(fields & 1u << LEAF) || !(fields >> FIRST_REG)) {
        r->fleet->used -= r->rows.lines;
        r->fleet->unread += r->rows.lines - 1;
        note_unread(r, r->rows.line,
            fields >> FIRST_REG ? VIEW("registers without a leaf")
                                : VIEW("a leaf without registers"));
        return;
    }
    for (u32 reg = 0; reg < 4; reg++) {
        m.value[reg] = r->rows.field[FIRST_REG + reg];
        m.known[reg] = fields >> (FIRST_REG + reg) & 1 ? 0xffffffffu : 0;
    }
    r->rows.leaf = r->rows.field[LEAF];
    r->rows.sub = fields & 1u << SUB ? r->rows.field[SUB] : NO_SUB;
    found_words(r, r->rows.fields_format, &m, STARTS_AGAIN);
}

static void put_field(struct reader *r, enum format_id format, u32 field,
    u32 value)
{
    if (r->rows.fields >> field & 1) {
        end_fields(r);
    }
    if (!r->rows.fields) {
        r->rows.lines = 0;
        r->rows.line = r->here.line;
        found_title(r);
    }
    r->rows.fields |= 1u << field;
    r->rows.field[field] = value;
    r->rows.fields_format = format;
    r->rows.format = format;
}

static enum line_use take_field(struct reader *r, enum format_id format,
    const struct match *m)
{
    u32 field = m->has & HAS_FIELD_NAME ? m->field : r->rows.field_open;
    r->rows.field_open = field;
    if (field >= OTHER || (field == SUB && !r->rows.fields)) {
        return NOT_MINE;
    }
    if (!(m->has & HAS_FIELD)) {
        found_title(r);
        r->rows.format = format;
        return ASIDE;
    }
    put_field(r, format, field, m->value[0]);
    r->rows.lines++;
    if ((r->rows.fields & ALL_FIELDS) == ALL_FIELDS) {
        end_fields(r);
    }
    return USED;
}

/* A bare row of numbers belongs to the report it stands in. */
static enum format_id format_here(const struct reader *r)
{
    enum format_id format = r->rows.format;
    return format == FORMAT_CPU_Z || format == FORMAT_VIRTUALBOX
               ? format
               : FORMAT_TABLE;
}

/* Lines about other things may follow. */
static void set_section(struct reader *r, enum format_id format, u32 use)
{
    if (use & REPORT || format == FORMAT_CPU_Z) {
        r->section = ASIDES;
    }
}

static enum line_use take_title(struct reader *r, enum format_id format,
    u32 use, struct view line)
{
    r->rows.outdone = is_outdone(r, format, use, line);
    r->rows.format = format;
    r->rows.less = use & LESS;
    found_title(r);
    set_section(r, format, use);
    return ASIDE;
}

static enum line_use take_words(struct reader *r, enum format_id format,
    u32 use, const struct match *m, struct view line)
{
    if (r->rows.format != format) {
        r->rows.format = format;
        r->rows.less = 0;
        r->rows.outdone = 0;
    }
    if (m->has & HAS_LEAF) {
        r->rows.leaf = m->leaf;
        r->rows.sub = NO_SUB;
    }
    if (m->has & HAS_SUB) {
        r->rows.sub = m->sub;
    }
    if (!(m->has & HAS_WORDS)) {
        found_title(r);
        return USED;
    }
    use |= r->rows.less;
    if (r->rows.outdone || is_outdone(r, format, use, line)) {
        return ASIDE;
    }
    if (use & ALONE) {
        end_cpu(r);
    }
    found_words(r, format, m,
        use & KEEPS && r->rows.leaf ? KEEPS_FIRST : STARTS_AGAIN);
    r->cpu.alone |= (use & ALONE) != 0;
    r->cpu.less = use & LESS;
    set_section(r, format, use);
    return USED;
}

static enum line_use take(struct reader *r, u32 row, const struct match *m,
    struct view line)
{
    enum format_id format = (enum format_id)rows[row].format;
    u32 use = rows[row].use;
    if (use & SPLITS) {
        found_split(r);
        r->rows.told = 0;
        r->rows.cpus = 0;
    }
    if (use & NEXT_CPU) {
        found_cpu(r, r->rows.cpus++, 0, 0);
    }
    if (use & NAMES_ONLY) {
        mark_first(r, &r->names_only);
    }
    if (use & NOTHING) {
        set_section(r, format, use);
        return ASIDE;
    }
    if (use & TITLE) {
        return take_title(r, format, use, line);
    }
    if (m->has & HAS_NUMBER) {
        found_cpu(r, m->number, m->number == NO_NUMBER, (use & VIRTUAL) != 0);
        set_section(r, format, use);
        return USED;
    }
    if (m->has & (HAS_FIELD | HAS_FIELD_NAME)) {
        enum line_use done = take_field(r, format, m);
        set_section(r, format, use);
        return done;
    }
    if (format == FORMAT_TABLE) {
        if ((m->leaf & 0x1ffff000) && m->leaf >> 16 != 0x8086) {
            return NOT_MINE; /* no leaf is so high: other numbers */
        }
        format = format_here(r);
    }
    return take_words(r, format, use, m, line);
}

static enum line_use patterns(struct reader *r, struct view line)
{
    struct match m;
    u8 first = to_lower(line.s[0]);
    for (u32 i = 0; i < ROWS; i++) {
        enum format_id format = (enum format_id)rows[i].format;
        if (!may_fit(rows[i].pattern, first) || !may_be(r, format) ||
            (rows[i].use & GOES_ON && r->rows.format != format)) {
            continue;
        }
        int fit = find(rows[i].pattern, line, &m);
        if (fit) {
            return fit < 0 ? bad_row(r, line) : take(r, i, &m, line);
        }
    }
    return NOT_MINE;
}

static int is_list_mark(u8 c)
{
    return c == ',' || c == ';' || c == '|';
}

/* The next cell of a table's line: up to the next mark where a mark parts
 * them, else up to the next blank. */
static struct view next_cell(struct view *line, int listed)
{
    u32 n = 0;
    if (!listed) {
        *line = view_past(*line, " \t");
    }
    while (n < line->len && (listed ? !is_list_mark(line->s[n])
                                    : !is_space(line->s[n]))) {
        n++;
    }
    struct view cell = view_head(*line, n);
    *line = view_from(*line, listed ? n + 1 : n);
    return listed ? view_trim(cell) : cell;
}

static int is_listed(struct view line)
{
    u32 marks = 0;
    for (u32 i = 0; i < line.len; i++) {
        marks += (u32)is_list_mark(line.s[i]);
    }
    return marks > 1;
}

/* A line that names a leaf and all registers heads a table; with marks between
 * them, two registers are enough. */
static enum line_use header(struct reader *r, struct view line)
{
    u8 column[TABLE_ROOM];
    u32 n = 0, has = 0;
    int listed = is_listed(line), level = 0;
    struct view rest = line;
    while (rest.len && n < TABLE_ROOM) {
        struct view v = view_past(rest, " \t\""), cell;
        u32 field = OTHER, len = field_called(v, &field);
        /* Two words may be one name: "eax in". */
        cell = next_cell(&rest, listed);
        if (len > cell.len && !listed) {
            rest = view_from(v, len);
        }
        level |= view_starts(v, VIEW("level"));
        if (field < GLUE) {
            has |= 1u << field;
            column[n++] = (u8)field;
        }
    }
    u32 regs = has >> FIRST_REG & 15;
    int enough = listed ? (regs & (regs - 1)) != 0 : regs == 15;
    if (!(has & 1u << LEAF) || !enough || rest.len) {
        return NOT_MINE;
    }
    bytes_copy(r->rows.column, column, sizeof(column));
    r->rows.columns = n;
    r->rows.listed = listed;
    r->rows.hex = 0;
    r->rows.grid = level ? FORMAT_ESXCLI : format_here(r);
    found_title(r);
    return ASIDE;
}

/* Hexadecimal beyond doubt: 0x, a letter, or zeros in front to eight digits. */
static int looks_hex(struct view v)
{
    int letters = v.len == 8 && v.s[0] == '0';
    for (u32 i = 0; i < v.len; i++) {
        letters |= !is_digit(v.s[i]);
    }
    return letters && v.s[0] != '-';
}

/* A row under such a line. */
static enum line_use grid_row(struct reader *r, struct view line)
{
    struct view cell[TABLE_ROOM], whole = line;
    u32 n = 0, at = 0, value, has_sub = 0;
    for (u32 i = 0; i < r->rows.columns; i++) {
        has_sub |= r->rows.column[i] == SUB;
    }
    for (; line.len && n < TABLE_ROOM; n++) {
        cell[n] = view_past(next_cell(&line, r->rows.listed), "\"");
        cell[n].len -= cell[n].len && cell[n].s[cell[n].len - 1] == '"';
        if (cell[n].len && !number(cell[n], 0, &value) &&
            !number(cell[n], 1, &value)) {
            return NOT_MINE;
        }
    }
    n -= n && r->rows.listed && !cell[n - 1].len; /* a comma at the end */
    int no_sub = has_sub && n + 1 == r->rows.columns && !r->unended;
    int cut = n > 1 && cell[n - 1].len < cell[n - 2].len &&
              cell[n - 2].len >= 8 && looks_hex(cell[n - 2]);
    if (r->unended && n > 1 && (cut || n < r->rows.columns)) {
        return bad_row(r, whole); /* the text ends in it */
    }
    if (n < 3 || line.len || (n != r->rows.columns && !no_sub)) {
        return NOT_MINE;
    }
    for (u32 i = 0; i < n; i++) {
        r->rows.hex |= looks_hex(cell[i]);
    }
    for (u32 i = 0; i < r->rows.columns; i++) {
        u32 field = r->rows.column[i];
        if (field == SUB && no_sub) {
            continue;
        }
        struct view v = cell[at++];
        if (field < OTHER && number(v, !r->rows.hex, &value)) {
            put_field(r, r->rows.grid, field, value);
        }
    }
    end_fields(r);
    set_section(r, r->rows.grid, 0);
    return USED;
}

enum line_use read_rows(struct reader *r, struct view line)
{
    line = view_trim(line);
    u32 title = r->rows.title;
    r->rows.title = 0;
    if ((title || r->rows.format == FORMAT_CPU_Z) &&
        !view_past(line, "=-").len) {
        return ASIDE;
    }
    if (r->rows.columns) {
        enum line_use use = grid_row(r, line);
        if (use) {
            return use;
        }
    }
    enum line_use use = patterns(r, line);
    use = use ? use : header(r, line);
    r->rows.title = use ? r->rows.title : title; /* it may be asked again */
    return use;
}

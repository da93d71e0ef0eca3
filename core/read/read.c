/* SPDX-License-Identifier: MIT
 * The line loop: cuts text into lines, strips what mail and terminals put
 * around them, and asks each family of formats in turn.
 */
#include "read.h"

enum { UNREAD_SHOWN = 12, MSR_LINE = 120 };

static void end_part(struct reader *r);

void read_open(struct reader *r, struct fleet *f)
{
    bytes_zero(r, sizeof(*r));
    r->fleet = f;
    r->cpu_sheet = &r->sheets[0];
    r->host_sheet = &r->sheets[1];
    r->cpu.number = NO_NUMBER;
    r->cpu.last_column = NO_COLUMN;
    r->forced = FORMATS;
    r->rows.format = FORMATS;
    r->words.format = FORMATS;
}

static void end_source(struct reader *r)
{
    end_part(r);
    end_join(r);
    end_json(r);
    end_heading(r);
    end_cpu(r);
    end_host(r);
    if (r->arm) {
        note_add(&r->fleet->notes, NOTE_ARM,
            (struct note_place){0, r->source, r->arm},
            r->arm_name ? view_of(r->arm_name) : VIEW("an ARM"));
    }
    if (r->names_only && !r->file_read) {
        note_add(&r->fleet->notes, NOTE_NAMES_ONLY,
            (struct note_place){0, r->source, r->names_only});
    }
}

/* A file's name as a host's: no folder, no extension. */
static struct view stem(struct view path)
{
    u32 start = 0;
    for (u32 i = 0; i < path.len; i++) {
        if (path.s[i] == '/' || path.s[i] == '\\') {
            start = i + 1;
        }
    }
    struct view v = view_from(path, start);
    for (u32 i = v.len; i > 1; i--) {
        if (v.s[i - 1] == '.' && v.len - i <= 5 && i < v.len &&
            is_letter(v.s[i])) {
            return view_head(v, i - 1);
        }
    }
    return v;
}

void read_source(struct reader *r, struct view name, enum format_id forced)
{
    if (r->source) {
        end_source(r);
    }
    u32 source = r->source + 1;
    struct fleet *f = r->fleet;
    read_open(r, f);
    r->source = source;
    r->forced = forced;
    name_set(&r->file, stem(name));
}

void read_close(struct reader *r)
{
    if (r->source) {
        end_source(r);
    }
}

void note_unread(struct reader *r, u32 line, struct view text)
{
    struct notes *notes = &r->fleet->notes;
    struct note_place place = {0, r->source, line};
    u8 room[80];
    r->fleet->unread++;
    if (r->unread_here++ < UNREAD_SHOWN) {
        note_add(notes, NOTE_UNREAD, place, note_quote(text, room));
        return;
    }
    if (!r->unread_note) {
        /* Room for the widest numbers; they are written again below. */
        if (note_add(notes, NOTE_UNREAD_MORE, place, 0xffffffffu, 0xffffffffu,
                0xffffffffu)) {
            r->unread_note = notes->n;
            notes->list[notes->n - 1].count_ = 0;
        }
    }
    if (r->unread_note) {
        struct note_record *n = &notes->list[r->unread_note - 1];
        struct text t = text_in(notes->text->base + n->text_at_, 200);
        n->count_++;
        n->last_line_ = line;
        text_say(&t,
            n->count_ > 1 ? "Not read: %u more lines of this text, the first "
                            "at line %u and the last at line %u."
                          : "Not read: %u more line of this text, line %u.",
            n->count_, n->line_, n->last_line_);
        n->text_len_ = t.len;
    }
}

/* What others put in front of a line, and no format begins one with: quote marks
 * of mail, list bullets, marks of comments and of code. */
static u32 front_len(struct view v)
{
    static const char fronts[] = ">\0* \0- \0+ \0//\0/*\0`\0";
    struct view front;
    return v.len && !is_letter(v.s[0]) && !is_digit(v.s[0]) &&
                   view_starts_any(v, fronts, &front) &&
                   !view_starts(v, VIEW("``"))
               ? front.len
               : 0;
}

static struct view without_front(struct view v)
{
    for (;;) {
        struct view bare = view_trim(v);
        u32 cut = front_len(bare), end = bare.len - cut;
        if (!cut) {
            return v;
        }
        /* What ends a comment or a piece of code is on the same line. */
        if (end && bare.s[0] == '`' && bare.s[end] == '`') {
            bare.len--;
        } else if (end > 1 && bare.s[end] == '*' && bare.s[end + 1] == '/') {
            bare.len -= 2;
        }
        v = view_from(bare, cut);
    }
}

/* What editors, web pages and terminals make of plain characters, and the one
 * each stands for: nothing at the end. Borders have two bytes here and a third
 * that does not matter. */
static const char disguises[] =
    "\xc2\xa0\0\xe2\x80\xaf\0&nbsp;\0" /* blanks that do not break */
    "\xe2\x94\x82\0\xe2\x94\x83\0\xe2\x95\x91\0" /* upright borders */
    "\xe2\x80\x90\0\xe2\x80\x91\0\xe2\x80\x93\0\xe2\x80\x94\0" /* dashes */
    "\xe2\x88\x92\0\xe2\x94\x80\0\xe2\x94\x81\0\xe2\x95\x90\0"
    "\xe2\x80\x98\0\xe2\x80\x99\0&#39;\0" /* quotes */
    "\xe2\x80\x9c\0\xe2\x80\x9d\0&quot;\0"
    "\xe2\x94\0\xe2\x95\0\xe2\x80\xa2\0" /* other borders, a bullet */
    "&lt;\0&gt;\0&amp;\0"
    "\xe2\x80\x8b\0\xe2\x80\x8c\0\xe2\x80\x8d\0" /* of no width */
    "\xef\xbb\xbf\0\xc2\xad\0";
static const u8 disguised[] = "      --------'''\"\"\"++*<>&";

/* Elements of HTML: the first ones end a line. */
static const char tags[] =
    "br\0tr\0pre\0p\0div\0li\0td\0th\0span\0code\0";
enum { LINE_TAGS = 6 };

/* Reads what is in disguise off the front: its length (0: nothing), and what it
 * stands for. */
static u32 disguise(struct view v, struct view *stands_for)
{
    struct view typed;
    if (v.s[0] == '<') {
        u32 at = v.len > 1 && v.s[1] == '/' ? 2 : 1;
        struct view rest = view_from(v, at);
        u32 tag = view_starts_any(rest, tags, &typed);
        rest = view_from(rest, typed.len);
        *stands_for = tag > LINE_TAGS ? VIEW(" ") : VIEW("\n");
        return tag && rest.len && !is_word(rest.s[0])
                   ? at + typed.len + view_find(rest, VIEW(">")) + 1
                   : 0;
    }
    u32 n = view_starts_any(v, disguises, &typed);
    if (!n) {
        return 0;
    }
    *stands_for = n < sizeof(disguised) ? (struct view){disguised + n - 1, 1}
                                        : VIEW("");
    return typed.len + (typed.len == 2 && typed.s[0] == 0xe2);
}

/* What a terminal obeys and does not show: ESC [ ... letter, ESC ] ... BEL (a
 * title), ESC and one or two more. */
static u32 escape_len(struct view v)
{
    u32 n = 2;
    u8 kind = v.len > 1 ? v.s[1] : 0;
    if (kind == ']') {
        while (n < v.len && v.s[n] != 7 && v.s[n] != 0x1b) {
            n++;
        }
        return n < v.len && v.s[n] == 0x1b ? n + 2 : n + 1;
    }
    if (kind == '[' || kind == '(') {
        while (n < v.len && v.s[n] < '@' && kind == '[') {
            n++;
        }
        n++;
    }
    return n;
}

/* Quoted-printable as mail has it: "=3D" for each '='. Returns the character
 * there, or 0. */
static u8 quoted(struct view v)
{
    u32 value;
    int is = v.len > 2 && v.s[0] == '=' && !is_space(v.s[1]) &&
             read_hex(view_head(view_from(v, 1), 2), &value) == 2;
    return is ? (u8)value : 0;
}

static int is_odd(u8 c)
{
    return c >= 0x80 || (c < 0x20 && c != '\t') || c == '&' || c == '<';
}

/* The line in plain characters; rewritten only where it needs to be, and where
 * there is room. It may become several, with LF between them. */
static struct view plain(struct reader *r, struct view line)
{
    u32 i = 0, mail = 0;
    struct view bare = view_trim(line);
    /* A row of a table drawn with bars: they only part columns. */
    int barred = bare.len && bare.s[0] == '|', odd = barred;
    for (; i < line.len; i++) {
        odd |= is_odd(line.s[i]);
        mail |= line.s[i] == '=' &&
                view_starts(view_from(line, i), VIEW("=3D"));
    }
    if (!(odd | (int)mail) || line.len > PLAIN_ROOM) {
        return line;
    }
    struct text t = text_in(r->plain, PLAIN_ROOM);
    for (i = 0; i < line.len;) {
        struct view rest = view_from(line, i), stands_for;
        u8 c = rest.s[0];
        u32 len = is_odd(c) ? disguise(rest, &stands_for) : 0;
        if (len) {
            text_put(&t, stands_for);
        } else if (c == 0x1b) {
            len = escape_len(rest);
        } else if (mail && quoted(rest)) {
            text_char(&t, quoted(rest));
            len = 3;
        } else {
            len = 1;
            if (c >= 0x20 || c == '\t') {
                text_char(&t, barred && c == '|' ? ' ' : c);
            }
        }
        i += len;
    }
    return text_view(&t);
}

/* Families that know their lines by their shape. */
static enum line_use ask_strict(struct reader *r, struct view line)
{
    static enum line_use (*const families[])(struct reader *, struct view) = {
        read_settings, read_refusal, read_xml, read_json, read_vmware,
        read_bytes, read_rows, read_words, read_typed};
    /* What goes on here might look like other rows. */
    enum line_use use = r->table_n     ? read_typed(r, line)
                        : r->words.set ? read_words(r, line)
                        : line.len < MSR_LINE ? read_msr(r, line)
                                       : NOT_MINE;
    /* Rows follow rows: most lines of a dump need ask nobody else. */
    int in_rows = !use && r->rows_before && r->cpu.open;
    use = in_rows ? read_rows(r, line) : use;
    r->rows_before = in_rows && use == USED;
    for (u32 i = 0; !use && i < sizeof(families) / sizeof(families[0]); i++) {
        use = families[i](r, line);
        r->rows_before = use == USED && families[i] == read_rows;
    }
    return use;
}

/* Families that know their lines by the words in them. */
static enum line_use ask_loose(struct reader *r, struct view line)
{
    enum line_use use = read_models(r, line);
    use = use ? use : read_names(r, line);
    return use ? use : read_around(r, line);
}

/* How many digits and characters of the set *v* begins with. */
static u32 run(struct view v, const char *set)
{
    u32 n = 0;
    while (n < v.len && (is_digit(v.s[n]) || is_one_of(v.s[n], set))) {
        n++;
    }
    return n;
}

/* "10:00:00.123Z ", behind a date or not: up to its end, or 0. */
static u32 time_len(struct view v)
{
    for (u32 i = 0; i + 8 < v.len && i < 32; i++) {
        if (v.s[i + 2] == ':' && v.s[i + 5] == ':' &&
            run(view_from(v, i), ":") >= 8) {
            u32 n = i + run(view_from(v, i), ":.,");
            if (n < v.len && (v.s[n] == '+' || v.s[n] == '-')) {
                n += 1 + run(view_from(v, n + 1), ":");
            }
            return n + (n < v.len && (is_letter(v.s[n]) || v.s[n] == ':'));
        }
    }
    return 0;
}

u32 front_of_line(struct view v)
{
    u32 n = time_len(v), number;
    if (n) {
        return n;
    }
    if (v.len && v.s[0] == '[') {
        n = 1 + run(view_from(v, 1), " .");
        return n < v.len && v.s[n] == ']' ? n + 1 : 0;
    }
    n = read_decimal(v, &number);
    if (n && n < v.len) {
        u8 c = v.s[n];
        int item = view_starts(view_from(v, n), VIEW(": None ")); /* hwinfo */
        return !item && (c == ':' || c == '|' || c == ')' || c == '\t')
                   ? n + 1
                   : 0;
    }
    while (n < v.len && (is_word(v.s[n]) || v.s[n] == '/')) {
        n++;
    }
    struct view rest = view_from(v, n);
    if (view_starts(rest, VIEW(" kernel: "))) {
        return n + 9;
    }
    u32 digits = read_decimal(view_from(rest, 1), &number) + 1;
    if (rest.len && rest.s[0] == ':' && digits > 1 && digits < rest.len &&
        rest.s[digits] == ':') {
        return n + digits + 1;
    }
    return 0;
}

/* Asks all families, and again without what stands in front of the line, which
 * *line loses where that helped. */
static enum line_use ask(struct reader *r, struct view *line)
{
    struct view whole = view_trim(*line), bare = whole;
    u32 cut = whole.len && whole.s[0] == '[' ? front_of_line(whole) : 0;
    if (cut > 6) { /* "[    0.000000]": no line of ours begins so */
        *line = whole = bare = view_trim(view_from(whole, cut));
    }
    enum line_use use = bare.len ? ask_strict(r, *line) : ASIDE;
    for (u32 i = 0; !use && i < 4 && (cut = front_of_line(bare)) != 0; i++) {
        bare = view_trim(view_from(bare, cut));
        use = bare.len ? ask_strict(r, bare) : ASIDE;
    }
    /* Inside a report that logs its lines, words mean other things. */
    int plain = r->section == PLAIN, cuts = bare.len < whole.len;
    if (!use) {
        use = ask_loose(r, plain ? bare : whole);
    }
    if (!use && cuts) {
        use = plain ? ask_loose(r, whole) : read_around(r, bare);
    }
    *line = use ? bare : *line;
    return use;
}

/* Counts n lines, which were asked about as one. */
static void count(struct reader *r, enum line_use use, u32 n, struct view typed)
{
    struct fleet *f = r->fleet;
    switch (use) {
    case USED: f->used += n; break;
    case ASIDE: f->aside += n; break;
    case HELD: case NOTED: f->aside += n - 1; break;
    case NOT_MINE: case CUT:
        f->aside += r->section == PLAIN ? n - 1 : n;
        if (r->section == PLAIN) {
            note_unread(r, r->here.line, typed);
        }
        break;
    }
}

enum line_use bad_row(struct reader *r, struct view line)
{
    u8 room[80];
    if (r->part.trying || (!r->unended && line.len < JOIN_ROOM / 2)) {
        return CUT;
    }
    r->fleet->unread++;
    note_add(&r->fleet->notes, r->unended ? NOTE_CUT_OFF : NOTE_BAD_ROW,
        note_here(r), note_quote(line, room));
    return NOTED;
}

/* The line that was to go on did not. */
static void end_part(struct reader *r)
{
    u8 room[80];
    struct view line = {r->part.s, r->part.len};
    if (r->part.lines) {
        r->fleet->unread += r->part.lines;
        note_add(&r->fleet->notes, NOTE_BAD_ROW,
            (struct note_place){0, r->source, r->part.spot.line},
            note_quote(line, room));
        r->part.lines = 0;
    }
}

/* Adds to what is kept of a line that goes on; 0 where there is no room. */
static int keep_part(struct reader *r, struct view line, u32 n)
{
    if (!r->part.lines) {
        r->part.spot = r->here;
        r->part.len = 0;
    }
    if (line.len > sizeof(r->part.s) - r->part.len) {
        return 0;
    }
    /* The line may be the part kept before, without what stood in front. */
    bytes_move(r->part.s + r->part.len, line.s, line.len);
    r->part.len += line.len;
    r->part.lines += n;
    return 1;
}

/* Do two lines begin alike, but for their digits? Then they are two rows. */
static int begin_alike(struct view a, struct view b)
{
    u32 n = 0;
    while (n < 8 && n < a.len && n < b.len &&
           (hex_digit(a.s[n]) < 16 ? hex_digit(b.s[n]) < 16
                                   : a.s[n] == b.s[n])) {
        n++;
    }
    return n == 8;
}

/* Is this how the row goes on that ended too early, cut within a word or between
 * two? */
static enum line_use go_on(struct reader *r, struct view line)
{
    struct view begun = {r->part.s, r->part.len};
    struct spot before = r->before;
    u32 room = sizeof(r->part.s) - begun.len;
    line = view_trim(line);
    if (line.len + 1 > room || begin_alike(view_trim(begun), line)) {
        return NOT_MINE;
    }
    enum line_use use = CUT;
    r->part.trying = 1;
    r->before = before.line ? before : r->part.spot;
    for (u32 blank = 0; blank < 2 && (use == CUT || !use); blank++) {
        r->part.s[begun.len] = ' ';
        bytes_copy(r->part.s + begun.len + blank, line.s, line.len);
        use = ask_strict(r, (struct view){begun.s, begun.len + blank + line.len});
    }
    r->part.trying = 0;
    if (use == CUT || !use) {
        r->before = before;
    }
    return use;
}

/* One line in plain characters, of n lines of the text. */
static void read_one(struct reader *r, struct view line, u32 n,
    struct view typed)
{
    enum line_use use = NOT_MINE, longer = NOT_MINE;
    line = without_front(line);
    if (!view_trim(line).len) {
        end_part(r);
        r->fleet->blank += n;
        return;
    }
    if (r->part.lines) {
        longer = go_on(r, line);
        if (longer && longer != CUT) {
            count(r, longer, n + r->part.lines, typed);
            r->part.lines = 0;
            return;
        }
    }
    use = ask(r, &line);
    if (longer == CUT && !use && keep_part(r, view_trim(line), n)) {
        return;
    }
    end_part(r);
    if (use != CUT || !keep_part(r, line, n)) {
        count(r, use, n, typed);
    }
}

/* Does the line go on in the next one, as quoted-printable says it? */
static int is_soft(struct view line)
{
    return line.len > 50 && line.s[line.len - 1] == '=' &&
           line.s[line.len - 2] != '=';
}

static void read_line(struct reader *r, struct view line)
{
    struct view typed = line;
    u32 n = 1;
    r->fleet->lines++;
    if (is_soft(line) && !r->unended && (r->part.soft || !r->part.lines) &&
        keep_part(r, view_head(line, line.len - 1), 1)) {
        r->part.soft = 1;
        return;
    }
    if (r->part.soft) {
        n += r->part.lines;
        r->part.soft = 0;
        r->before = r->before.line ? r->before : r->part.spot;
        if (!keep_part(r, line, 1)) {
            n = 1;
            end_part(r);
        } else {
            line = (struct view){r->part.s, r->part.len};
        }
        r->part.lines = 0;
    }
    line = plain(r, without_front(line));
    while (n) {
        u32 end = 0;
        while (end < line.len && line.s[end] != '\n') {
            end++;
        }
        read_one(r, view_head(line, end), n, typed);
        line = view_from(line, end + 1);
        n = line.len != 0;
        r->fleet->lines += n;
    }
}

/* U+2028 and U+2029 end lines, too. */
static int is_separator(struct view text, u32 at)
{
    return text.s[at] == 0xe2 && at + 2 < text.len &&
           text.s[at + 1] == 0x80 && (text.s[at + 2] & 0xfe) == 0xa8;
}

/* The end of the line at *at*: CR, LF or CR LF end one. Returns text.len + 1
 * when it goes on beyond the text. */
static u32 line_end(struct view text, u32 at, int last, u32 *next)
{
    u32 end = at;
    while (end < text.len && text.s[end] != '\n' && text.s[end] != '\r' &&
           !is_separator(text, end)) {
        end++;
    }
    if (end == text.len || (end + 1 == text.len && text.s[end] == '\r')) {
        *next = text.len;
        return last ? end : text.len + 1;
    }
    *next = end + 1 + (text.s[end] == '\r' && text.s[end + 1] == '\n');
    *next += text.s[end] == 0xe2 ? 2 : 0;
    return end;
}

u32 read_feed(struct reader *r, struct view text, int last)
{
    u32 at = 0, next = 0;
    u32 base = r->here_end;
    if (!r->here.line && view_starts(text, VIEW("\xef\xbb\xbf"))) {
        at = 3;
    }
    r->here_end = base + at;
    while (at < text.len) {
        r->here.at = base + at;
        r->here.line++;
        if (text.s[at] == '\n' && !r->part.lines) {
            r->here_end++;
            r->fleet->lines++;
            r->fleet->blank++;
            at++;
            continue;
        }
        u32 fast = read_fast(r, view_from(text, at));
        if (fast) {
            at += fast;
            r->fleet->lines++;
            r->fleet->used++;
            continue;
        }
        u32 end = line_end(text, at, last, &next);
        if (end > text.len) {
            r->here.line--;
            break;
        }
        r->here_end = base + next;
        r->unended = end == text.len;
        read_line(r, (struct view){text.s + at, end - at});
        at = next;
    }
    r->here_end = base + at;
    return at;
}

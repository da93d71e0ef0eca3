/* SPDX-License-Identifier: MIT
 * The line loop: cuts text into lines, strips what mail and terminals put
 * around them, and asks each family of formats in turn.
 */
#include "read.h"

enum { UNREAD_SHOWN = 12, PLAIN_ROOM = 4096 };

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

/* What others put in front of a line, and no format begins one with: quote
 * marks of mail, list bullets, C comments. */
static u32 front_len(struct view v)
{
    if (v.len && v.s[0] == '>') {
        return 1;
    }
    if (view_starts(v, VIEW("* ")) || view_starts(v, VIEW("- ")) ||
        view_starts(v, VIEW("+ ")) || view_starts(v, VIEW("//"))) {
        return 2;
    }
    return 0;
}

static struct view without_front(struct view v)
{
    for (;;) {
        struct view bare = view_trim(v);
        u32 cut = front_len(bare);
        if (!cut) {
            return v;
        }
        v = view_from(bare, cut);
    }
}

/* What editors, web pages and terminals make of plain characters. */
static const struct {
    const char *typed, *plain;
} disguises[] = {
    {"\xc2\xa0", " "}, {"\xe2\x80\xaf", " "},  /* blanks that do not break */
    {"\xe2\x80\x8b", ""}, {"\xe2\x80\x8c", ""}, /* of no width */
    {"\xe2\x80\x8d", ""}, {"\xef\xbb\xbf", ""}, {"\xc2\xad", ""},
    {"\xe2\x80\x90", "-"}, {"\xe2\x80\x91", "-"}, /* hyphens and dashes */
    {"\xe2\x80\x93", "-"}, {"\xe2\x80\x94", "-"}, {"\xe2\x88\x92", "-"},
    {"\xe2\x80\x98", "'"}, {"\xe2\x80\x99", "'"}, /* quotes */
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""},
};

/* A terminal's colours: ESC [ ... letter. */
static u32 escape_len(struct view v)
{
    u32 n = 2;
    if (!view_starts(v, VIEW("\x1b["))) {
        return 0;
    }
    while (n < v.len && (is_digit(v.s[n]) || v.s[n] == ';')) {
        n++;
    }
    return n < v.len ? n + 1 : n;
}

/* A row of a table drawn with bars: they only part columns. */
static int is_barred(struct view line)
{
    struct view bare = without_front(line);
    bare = view_trim(bare);
    return bare.len && bare.s[0] == '|';
}

/* The line in plain characters; rewritten into *room* only where it needs to
 * be, and cut there at its size (no line we read is so long). */
static struct view plain(struct view line, u8 *room, u32 size)
{
    u32 i = 0, kinds = sizeof(disguises) / sizeof(disguises[0]);
    while (i < line.len && line.s[i] < 0x80 && line.s[i] != 0x1b) {
        i++;
    }
    int barred = is_barred(line);
    if (i == line.len && !barred) {
        return line;
    }
    struct text t = text_in(room, size);
    for (i = 0; i < line.len;) {
        struct view rest = view_from(line, i);
        u32 escape = escape_len(rest), k = 0;
        if (escape) {
            i += escape;
            continue;
        }
        while (k < kinds && rest.s[0] >= 0x80 &&
               !view_starts(rest, view_of(disguises[k].typed))) {
            k++;
        }
        if (k < kinds && rest.s[0] >= 0x80) {
            text_put(&t, view_of(disguises[k].plain));
            i += view_of(disguises[k].typed).len;
        } else {
            text_char(&t, barred && line.s[i] == '|' ? ' ' : line.s[i]);
            i++;
        }
    }
    return text_view(&t);
}

static enum line_use ask_all(struct reader *r, struct view line)
{
    static enum line_use (*const families[])(struct reader *, struct view) = {
        read_xml, read_json, read_refusal, read_vmware, read_bytes, read_rows, read_words,
        read_typed, read_models, read_names, read_around};
    enum line_use use = NOT_MINE;
    for (u32 i = 0; !use && i < sizeof(families) / sizeof(families[0]); i++) {
        use = families[i](r, line);
    }
    return use;
}

static void read_line(struct reader *r, struct view line)
{
    struct fleet *f = r->fleet;
    u8 room[PLAIN_ROOM];
    struct view typed = line;
    f->lines++;
    line = without_front(plain(line, room, sizeof(room)));
    if (!view_trim(line).len) {
        f->blank++;
        return;
    }
    switch (ask_all(r, line)) {
    case USED: f->used++; break;
    case ASIDE: f->aside++; break;
    case HELD: case NOTED: break;
    case NOT_MINE:
        if (r->section == PLAIN) {
            note_unread(r, r->here.line, typed);
        } else {
            f->aside++;
        }
        break;
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
        if (text.s[at] == '\n') {
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

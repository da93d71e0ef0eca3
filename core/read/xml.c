/* SPDX-License-Identifier: MIT
 * libvirt's <cpudata>: <cpuid eax_in='0x7' ecx_in='0x0' eax='0x..' .../>
 */
#include "read.h"

/* The value of an attribute, either kind of quotes. Returns 0 when absent. */
static int attribute(struct view tag, struct view name, struct view *value)
{
    for (u32 i = 1; i + name.len + 2 < tag.len; i++) {
        struct view v = view_from(tag, i);
        if (!is_space(tag.s[i - 1]) || !view_starts(v, name)) {
            continue;
        }
        v = view_trim(view_from(v, name.len));
        if (!v.len || v.s[0] != '=') {
            continue;
        }
        v = view_trim(view_from(v, 1));
        if (!v.len || (v.s[0] != '\'' && v.s[0] != '"')) {
            continue;
        }
        u32 end = 1;
        while (end < v.len && v.s[end] != v.s[0]) {
            end++;
        }
        *value = view_from(view_head(v, end), 1);
        return 1;
    }
    return 0;
}

/* An absent attribute is 0, as libvirt writes it. Returns 0 when it is there
 * but no number. */
static int number(struct reader *r, struct view tag, const char *name,
    u32 *value)
{
    struct view v;
    *value = 0;
    if (!attribute(tag, view_of(name), &v)) {
        return 1;
    }
    struct view digits =
        view_starts(v, VIEW("0x")) ? view_from(v, 2) : v;
    u32 n = read_hex(digits, value);
    if (n && n == digits.len && n <= 8) {
        return 1;
    }
    u8 room[80];
    note_add(&r->fleet->notes, NOTE_BAD_VALUE, note_here(r), view_of(name),
        note_quote(v, room));
    return 0;
}

static enum line_use cpuid_tag(struct reader *r, struct view tag)
{
    static const char *const names[4] = {"eax", "ebx", "ecx", "edx"};
    u32 leaf, sub, value[4];
    int good = number(r, tag, "eax_in", &leaf) & number(r, tag, "ecx_in", &sub);
    for (u32 i = 0; i < 4; i++) {
        good &= number(r, tag, names[i], &value[i]);
    }
    if (!good) {
        return NOTED;
    }
    found_row(r, FORMAT_CPUDATA, leaf, sub, value, STARTS_AGAIN);
    return USED;
}

/* An element that never ended: its lines were not read after all. */
void end_join(struct reader *r)
{
    struct fleet *f = r->fleet;
    if (r->join_len) {
        f->used -= r->join_lines;
        f->unread += r->join_lines - 1;
        note_unread(r, r->join_spot.line, (struct view){r->join, r->join_len});
        r->join_len = 0;
    }
}

/* Keeps the piece of an element that goes on in the next line. */
static enum line_use join(struct reader *r, struct view line)
{
    u32 room = JOIN_ROOM - r->join_len;
    if (line.len + 1 > room) {
        end_join(r);
        return NOT_MINE;
    }
    r->join_lines = r->join_len ? r->join_lines + 1 : 1;
    bytes_copy(r->join + r->join_len, line.s, line.len);
    r->join_len += line.len;
    r->join[r->join_len++] = ' ';
    if (view_find(line, VIEW(">")) == line.len) {
        return USED;
    }
    struct view tag = {r->join, r->join_len};
    r->join_len = 0;
    return cpuid_tag(r, tag);
}

/* One element, its '<' first; *len is what it takes of the line. */
static enum line_use element(struct reader *r, struct view v, u32 *len)
{
    u32 end = view_find(v, VIEW(">"));
    *len = end < v.len ? end + 1 : v.len;
    if (view_starts(v, VIEW("<cpudata"))) {
        found_split(r);
        return USED;
    }
    if (view_starts(v, VIEW("</cpudata"))) {
        end_cpu(r);
        return USED;
    }
    if (!view_starts(v, VIEW("<cpuid")) || (v.len > 6 && !is_space(v.s[6]))) {
        return NOT_MINE;
    }
    if (end == v.len) {
        r->join_spot = r->here;
        return join(r, v);
    }
    struct view tag = view_head(v, end);
    return view_find(tag, VIEW("eax_in")) < tag.len ? cpuid_tag(r, tag)
                                                    : NOT_MINE;
}

enum line_use read_xml(struct reader *r, struct view line)
{
    enum line_use all = NOT_MINE;
    u32 len = 0;
    if (r->join_len) {
        len = view_find(line, VIEW(">"));
        len += len < line.len;
        all = join(r, view_head(line, len));
        line = view_from(line, len);
    }
    for (;; line = view_from(line, len)) {
        line = view_from(line, view_find(line, VIEW("<")));
        if (!line.len) {
            break;
        }
        enum line_use use = element(r, line, &len);
        all = use == NOTED || !all ? use : all;
    }
    r->fleet->unread += all == NOTED;
    return all;
}

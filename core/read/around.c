/* SPDX-License-Identifier: MIT
 * What stands around registers: prompts, names of hosts, headings of other
 * parts of a report, and lines known to say nothing about features.
 */
#include "read.h"

static const char asides[] =
#define ASIDE_LINE(BEGINNING) BEGINNING "\0"
#include "../know/asides.def"
#undef ASIDE_LINE
    ;

static int is_prompt_end(u8 c)
{
    return c == '#' || c == '$' || c == '%' || c == '>';
}

enum prompt { NO_PROMPT, PROMPT, PROMPT_OF_HOST };

/* [root@esx01 ~]# and [root@esx01:~] */
static enum prompt bracket_prompt(struct view v, struct view *host)
{
    u32 at = view_find(v, VIEW("@")), end = view_find(v, VIEW("]"));
    if (v.s[0] != '[' || at >= end || end == v.len) {
        return NO_PROMPT;
    }
    *host = view_from(view_head(v, end), at + 1);
    *host = view_word(*host);
    return host->len ? PROMPT_OF_HOST : NO_PROMPT;
}

/* root@esx01:~# and esx01:~ # and esx01$ */
static enum prompt plain_prompt(struct view v, struct view *host)
{
    u32 at = view_find(v, VIEW("@"));
    u32 user = at < v.len && view_word(v).len == at ? at + 1 : 0;
    struct view rest = view_from(v, user);
    u32 n = view_word(rest).len, i = n;
    if (!n) {
        return NO_PROMPT;
    }
    if (i < rest.len && rest.s[i] == ':') {
        i++;
        while (i < rest.len && !is_space(rest.s[i]) &&
               !is_prompt_end(rest.s[i])) {
            i++;
        }
    }
    if (i < rest.len && i > n && rest.s[i] == ' ') {
        i++;
    }
    if (i >= rest.len || !is_prompt_end(rest.s[i]) ||
        (i + 1 < rest.len && rest.s[i + 1] != ' ')) {
        return NO_PROMPT;
    }
    *host = view_head(rest, n);
    return PROMPT_OF_HOST;
}

static enum prompt find_prompt(struct view v, struct view *host)
{
    int windows = view_starts(v, VIEW("PS ")) ||
                  (v.len > 3 && is_letter(v.s[0]) && v.s[1] == ':' &&
                      v.s[2] == '\\');
    int nameless = (v.s[0] == '$' || v.s[0] == '%' || v.s[0] == '~') &&
                   (v.len == 1 || v.s[1] == ' ');
    if (nameless || (windows && view_has(v, VIEW(">")))) {
        return PROMPT;
    }
    enum prompt found = bracket_prompt(v, host);
    return found ? found : plain_prompt(v, host);
}

static enum line_use take_prompt(struct reader *r, struct view line)
{
    struct view host = {0, 0};
    switch (find_prompt(line, &host)) {
    case NO_PROMPT: return NOT_MINE;
    case PROMPT: end_cpu(r); return ASIDE;
    case PROMPT_OF_HOST: break;
    }
    end_cpu(r);
    if (r->host.open && !view_equal(host, name_view(&r->host.name))) {
        found_split(r);
    }
    found_name(r, host, 1);
    return USED;
}

static int is_decoration(u8 c)
{
    return c == '#' || c == '=' || c == '-' || c == '*' || c == '~' ||
           c == ';' || c == '/' || c == '_';
}

/* What is left between decorations and blanks; *lead* counts those in front. */
static struct view undecorated(struct view v, u32 *lead)
{
    u32 start = 0, end = v.len;
    while (start < end &&
           (is_decoration(v.s[start]) || is_space(v.s[start]))) {
        start++;
    }
    while (end > start && (is_decoration(v.s[end - 1]) ||
                              is_space(v.s[end - 1]) || v.s[end - 1] == ':')) {
        end--;
    }
    *lead = start;
    return view_from(view_head(v, end), start);
}

static int has_letter(struct view v)
{
    for (u32 i = 0; i < v.len; i++) {
        if (is_letter(v.s[i])) {
            return 1;
        }
    }
    return 0;
}

static u32 count_words(struct view v)
{
    u32 n = 0;
    for (u32 i = 0; i < v.len; i++) {
        n += !is_space(v.s[i]) && (i == 0 || is_space(v.s[i - 1]));
    }
    return n;
}

/* "host: esx01", "hostname = esx01" */
static int is_name_field(struct view v, struct view *name)
{
    static const char fields[] =
        "hostname\0host name\0host\0server\0node\0machine\0";
    struct view field, rest;
    if (!view_starts_any(v, fields, &field)) {
        return 0;
    }
    rest = view_trim(view_from(v, field.len));
    if (rest.len < 2 || (rest.s[0] != ':' && rest.s[0] != '=')) {
        return 0;
    }
    *name = view_trim(view_from(rest, 1));
    return name->len != 0;
}

static int is_command(struct view v)
{
    return view_equal(v, VIEW("cpuid")) || view_equal(v, VIEW("exit")) ||
           view_equal(v, VIEW("logout"));
}

/* "CPU 0", "core #3": a heading that numbers a CPU names no host. */
static int numbers_cpu(struct view v, u32 *number)
{
    static const char *const words[] = {"logical cpu", "cpu", "core", "thread",
        "processor"};
    for (u32 i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        u32 at = view_of(words[i]).len;
        if (!view_starts(v, view_of(words[i]))) {
            continue;
        }
        while (at < v.len && (v.s[at] == ' ' || v.s[at] == '#')) {
            at++;
        }
        u32 digits = read_decimal(view_from(v, at), number);
        return digits && at + digits == v.len;
    }
    return 0;
}

/* "kvm1 | CHANGED | rc=0 >>" of Ansible */
static int is_ansible(struct view v, struct view *name)
{
    *name = view_word(v);
    return name->len && view_has(v, VIEW("rc=")) &&
           view_starts(view_from(v, name->len), VIEW(" | "));
}

static enum line_use take_name(struct reader *r, struct view line)
{
    u32 lead, number;
    struct view inner = undecorated(line, &lead), name;
    if (numbers_cpu(inner, &number)) {
        found_cpu(r, number, 0, 0);
        return USED;
    }
    if (is_name_field(view_from(line, lead), &name) ||
        is_ansible(line, &name)) {
        found_split(r);
        found_name(r, name, 1);
        return USED;
    }
    /* Reports have many short lines; only before one is it likely a name. */
    if (r->section != PLAIN || !inner.len || inner.len >= NAME_ROOM ||
        !has_letter(inner) || is_command(inner)) {
        return NOT_MINE;
    }
    u32 words = count_words(inner);
    int closed = line.s[line.len - 1] == ':';
    if (lead >= 2 && words <= 3 && line.s[0] != '/' &&
        is_decoration(line.s[line.len - 1])) {
        found_split(r);
        found_name(r, inner, 1);
        return USED;
    }
    if (view_word(inner).len == inner.len || (closed && words <= 3)) {
        found_name(r, inner, 0);
        return HELD;
    }
    return NOT_MINE;
}

/* A line of dashes or the like: 0 when it is none, 1 for one that underlines
 * columns or is a table's border, else its length. */
static u32 rule_len(struct view v)
{
    u32 blanks = 0;
    for (u32 i = 0; i < v.len; i++) {
        int part = is_space(v.s[i]) || v.s[i] == '+';
        blanks += part ? 1 : 0;
        if (!is_decoration(v.s[i]) && !part) {
            return 0;
        }
    }
    return v.len < 3 ? 0 : blanks ? 1 : v.len;
}

/* A rule between hosts parts them; under a header row it only decorates. */
static void take_rule(struct reader *r, struct view line)
{
    u32 len = rule_len(line);
    if (len >= 60 && line.s[0] == '-' && (r->cpu.open || r->arm)) {
        /* libcpuid's tests: what follows is the decoding expected. */
        r->section = RESULTS;
    } else if (len > 1 && (line.s[0] == '-' || line.s[0] == '=') &&
               !(r->table_n && !r->table_row)) {
        found_split(r);
    }
}

/* Texts of other kinds, told from their unmistakable lines. */
static const char arm_marks[] = "arm_\0CPU implementer\0";
static const char name_marks[] =
    "<model\0<feature \0<vendor>\0flags\t\0flags :\0flags:\0<cpu>\0</cpu>\0"
    "<arch>\0<signature \0<topology \0";

enum line_use read_around(struct reader *r, struct view line)
{
    struct view head;
    line = view_trim(line);
    if (!line.len) {
        return ASIDE;
    }
    if (rule_len(line)) {
        take_rule(r, line);
        return ASIDE;
    }
    if (view_starts_any(line, arm_marks, &head)) {
        mark_first(r, &r->arm);
        r->section = RESULTS;
        return ASIDE;
    }
    if (view_starts_any(line, name_marks, &head)) {
        mark_first(r, &r->names_only);
        return ASIDE;
    }
    if (view_starts_any(line, asides, &head)) {
        return ASIDE;
    }
    enum line_use use = take_prompt(r, line);
    if (!use) {
        use = take_name(r, line);
    }
    /* A comment of many words says nothing about features. */
    return !use && line.s[0] == '#' ? ASIDE : use;
}

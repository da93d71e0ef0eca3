/* SPDX-License-Identifier: MIT */
#include "notes.h"

#include <stdarg.h>

#define ERROR_WORD "error"
#define WARNING_WORD "warning"
#define INFO_WORD "info"

const char note_kinds[] =
#define NOTE(ID, KIND, SEVERITY, SENTENCE) KIND "\t" SEVERITY##_WORD "\n"
#include "notes.def"
#undef NOTE
    ;

static const u8 severities[NOTES] = {
#define NOTE(ID, KIND, SEVERITY, SENTENCE) SEVERITY,
#include "notes.def"
#undef NOTE
};

static const char sentences[] =
#define NOTE(ID, KIND, SEVERITY, SENTENCE) SENTENCE "\0"
#include "notes.def"
#undef NOTE
    ;

struct note_record *note_add(struct notes *n, enum note_id id,
    struct note_place place, ...)
{
    if (n->n == n->size || n->text->size - n->text->used < 1024) {
        n->dropped++;
        return NULL;
    }
    va_list args;
    struct note_record *note = &n->list[n->n++];
    struct text t = text_open(n->text);
    va_start(args, place);
    text_say_list(&t, string_at(sentences, id), args);
    va_end(args);
    struct view said = text_close(n->text, &t);
    *note = (struct note_record){
        .kind_ = id,
        .severity_ = severities[id],
        .host_ = place.host,
        .source_ = place.source,
        .line_ = place.line,
        .last_line_ = place.line,
        .count_ = 1,
        .text_at_ = arena_offset(n->text, said.s),
        .text_len_ = said.len,
    };
    return note;
}

void note_again(struct notes *n, u32 index, ...)
{
    va_list args;
    struct note_record *note = &n->list[index];
    struct text t = text_in(n->text->base + note->text_at_, 200);
    va_start(args, index);
    text_say_list(&t, string_at(sentences, note->kind_), args);
    va_end(args);
    note->text_len_ = t.len;
}

void notes_last_first(struct notes *n)
{
    for (u32 i = n->n; i-- > 1;) {
        struct note_record swap = n->list[i];
        n->list[i] = n->list[i - 1];
        n->list[i - 1] = swap;
    }
}

void text_quote(struct text *t, struct view line, u32 most)
{
    struct view all = view_trim(line);
    struct view shown = view_head(all, most);
    /* A character of several bytes is not cut in two. */
    while (shown.len && shown.len < all.len &&
           (all.s[shown.len] & 0xc0) == 0x80) {
        shown.len--;
    }
    for (u32 i = 0; i < shown.len; i++) {
        text_char(t, shown.s[i] < 32 || shown.s[i] == 127 ? ' ' : shown.s[i]);
    }
    if (all.len > shown.len) {
        text_put(t, VIEW("..."));
    }
}

struct view note_quote(struct view line, u8 room[80])
{
    struct text t = text_in(room, 80);
    text_quote(&t, line, 60);
    return text_view(&t);
}

/* SPDX-License-Identifier: MIT */
#include "engine.h"

#include "glossary.h"
#include "setting.h"

int engine_open(struct engine *e, u8 *memory, u32 size)
{
    struct know know = e->fleet.know;
    if (size < ENGINE_LEAST) {
        return 0;
    }
    if (e->arena.base != memory || e->arena.size != size || !know.name) {
        /* Offset 0 stands for nothing: no record may lie there. */
        e->arena = (struct arena){memory, 16, size};
        if (!know_open(&know, &e->arena)) {
            return 0;
        }
        e->know_mark = e->arena.used;
    }
    bytes_zero(&e->fleet, sizeof(e->fleet));
    e->fleet.know = know;
    e->arena.used = e->know_mark;
    e->closed = 0;
    e->has_setting = NO_SETTING;
    e->setting_words = 0;
    if (!fleet_open(&e->fleet, &e->arena, size / 3)) {
        return 0;
    }
    read_open(&e->reader, &e->fleet);
    return 1;
}

void engine_source(struct engine *e, struct view name,
    enum format_id forced)
{
    read_source(&e->reader, name, forced);
}

u32 engine_feed(struct engine *e, struct view text, int last)
{
    if (e->has_setting == READING_SETTING) {
        e->setting_words |= setting_words(text);
    }
    return read_feed(&e->reader, text, last);
}

static void note_nothing(struct fleet *f)
{
    struct note_place nowhere = {0, 0, 0};
    if (f->refusals.n) {
        return;
    }
    for (u32 i = 0; i < f->notes.n; i++) {
        u32 kind = f->notes.list[i].kind_;
        if (kind == NOTE_ARM || kind == NOTE_NAMES_ONLY) {
            if (i + 1 == f->notes.n) {
                notes_last_first(&f->notes);
            }
            return;
        }
    }
    if (f->masks_n) {
        note_add(&f->notes, NOTE_ONLY_MASKS, nowhere);
    } else if (f->lines == f->blank) {
        note_add(&f->notes, NOTE_EMPTY, nowhere);
    } else {
        note_add(&f->notes, NOTE_NOTHING, nowhere);
    }
    notes_last_first(&f->notes);
}

/* What found no room is at least counted, and a request can still be told what
 * is wrong with it. */
static void end_notes(struct notes *n)
{
    n->size = NOTES_ALL;
    if (n->dropped) {
        n->n--;
        note_add(n, NOTE_MORE, (struct note_place){0, 0, 0}, n->dropped + 1);
    }
}

/* Reading is over; what answers add on top is thrown away by the next one. */
static void close_reading(struct engine *e)
{
    if (!e->closed) {
        read_close(&e->reader);
        end_notes(&e->fleet.notes);
        if (!e->fleet.hosts_n) {
            note_nothing(&e->fleet);
        }
        e->closed = 1;
        e->arena_mark = e->arena.used;
        e->names_mark = e->fleet.names.used;
        e->notes_mark = e->fleet.notes.n;
    }
    if (e->has_setting == READING_SETTING) {
        read_close(&e->reader);
        e->has_setting = HAS_SETTING;
    }
    e->arena.used = e->arena_mark;
    e->fleet.names.used = e->names_mark;
    e->fleet.notes.n = e->notes_mark;
}

/* A setting is a few masks or a model; a fleet keeps a part for the notes. */
enum { SETTING_ROOM = 320 << 10, SETTING_NOTES = 64 << 10 };

int engine_setting(struct engine *e)
{
    close_reading(e);
    u8 *room = RESERVE(&e->arena, u8, SETTING_ROOM);
    if (!room || e->has_setting) {
        return 0;
    }
    struct arena a = {e->arena.base, e->arena.used - SETTING_ROOM,
        e->arena.used};
    bytes_zero(&e->setting, sizeof(e->setting));
    e->setting.know = e->fleet.know;
    e->setting.setting = 1;
    if (!fleet_open(&e->setting, &a, SETTING_NOTES)) {
        return 0;
    }
    e->has_setting = READING_SETTING;
    e->setting_words = 0;
    e->arena_mark = e->arena.used;
    read_open(&e->reader, &e->setting);
    read_source(&e->reader, VIEW(""), FORMATS);
    return 1;
}

struct answer_record *engine_answer(struct engine *e, struct view request)
{
    close_reading(e);
    struct request q = request_read(request, &e->fleet);
    q.setting = e->has_setting ? &e->setting : NULL;
    q.setting_words = e->setting_words;
    return answer_make(&e->answer, &e->fleet, &q, &e->arena);
}

struct bit_record *engine_explain(struct engine *e, u32 leaf, u32 sub, u32 reg,
    u32 bit)
{
    const struct compared *c = answer_register(&e->answer, leaf, sub, reg);
    struct bit_record *record =
        c && bit < 32 ? TAKE(&e->arena, struct bit_record, 1) : NULL;
    if (record) {
        answer_bit(&e->answer, c, bit, record);
    }
    return record;
}

struct view engine_encode(struct engine *e, int with_names)
{
    struct arena scratch = e->arena;
    return link_write(&e->answer, with_names, &scratch);
}

struct view engine_list(struct engine *e, u32 what)
{
    const char *const lists[] = {profiles, formats, targets, rungs,
        note_kinds};
    struct text t = text_open(&e->arena);
    if (what < sizeof(lists) / sizeof(lists[0])) {
        text_put(&t, view_of(lists[what]));
    } else if (e->fleet.know.name) {
        glossary_say(&t, &e->fleet.know);
    }
    return text_view(&t);
}

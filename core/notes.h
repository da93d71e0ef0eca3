/* SPDX-License-Identifier: MIT
 * A note is something the reader should know, with the place it came from.
 */
#ifndef MM_NOTES_H
#define MM_NOTES_H

#include "records.h"
#include "text.h"

enum severity { ERROR, WARNING, INFO };

enum note_id {
#define NOTE(ID, ...) NOTE_##ID,
#include "notes.def"
#undef NOTE
    NOTES
};

/* Reading may fill so many; the answer to a request can add some more. */
enum { NOTES_READ = 1000, NOTES_ALL = 1024 };

struct notes {
    struct arena *text;
    struct note_record *list;
    u32 n, size;
    u32 dropped; /* notes beyond the size */
};

struct note_place {
    u32 host, source, line; /* index + 1 for host and source; 0: none */
};

extern const char note_kinds[]; /* a line each: kind, severity */

/* Adds a note; the arguments fill the sentence's places (see text_say).
 * Returns it, or NULL when there is no room. */
struct note_record *note_add(struct notes *n, enum note_id id,
    struct note_place place, ...);

/* Says note *index* again with other arguments; it must not become longer than
 * it was at first. */
void note_again(struct notes *n, u32 index, ...);

/* Moves the note added last to the front. */
void notes_last_first(struct notes *n);

/* A short piece of what was pasted, safe to print: at most 60 characters, no
 * control characters. Written over *room*, 80 bytes. */
struct view note_quote(struct view line, u8 room[80]);
/* The same into a text, at most so many characters. */
void text_quote(struct text *t, struct view line, u32 most);

#endif

/* SPDX-License-Identifier: MIT
 * Text being written into memory of a fixed size.
 */
#ifndef MM_TEXT_H
#define MM_TEXT_H

#include "arena.h"

#include <stdarg.h>

struct text {
    u8 *s;
    u32 len, size;
    u32 cut; /* bytes that found no room: the text ends early, never breaks */
};

SMALL struct text text_in(u8 *memory, u32 size)
{
    return (struct text){memory, 0, size, 0};
}

SMALL struct view text_view(const struct text *t)
{
    return (struct view){t->s, t->len};
}

/* All that is left of the arena, to be written into; close it afterwards. */
struct text text_open(struct arena *a);
struct view text_close(struct arena *a, struct text *t);
/* The same for a record: returns the text's offset. */
u32 text_keep(struct arena *a, struct text *t, u32 *len);

void text_char(struct text *t, u8 c);
void text_put(struct text *t, struct view v);
void text_hex(struct text *t, u32 value, u32 digits); /* 0: as many as needed */
void text_decimal(struct text *t, u32 value);

/* Writes a sentence: %v a struct view, %u a u32 in decimal, %x in hexadecimal
 * (8 digits), %h in hexadecimal (as many as needed), %c a character. */
void text_say(struct text *t, const char *sentence, ...);
void text_say_list(struct text *t, const char *sentence, va_list args);

#endif

/* SPDX-License-Identifier: MIT
 * A view is a piece of somebody else's text: cut, never copied.
 */
#ifndef MM_VIEW_H
#define MM_VIEW_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

struct view {
    const u8 *s;
    u32 len;
};

#define VIEW(literal) \
    ((struct view){(const u8 *)(literal), (u32)sizeof(literal) - 1})

/* A function that is shorter than a call to it. */
#define SMALL static inline __attribute__((always_inline))

struct view view_of(const char *text); /* up to its zero byte */

/* Without the first bytes. */
SMALL struct view view_from(struct view v, u32 at)
{
    u32 cut = at < v.len ? at : v.len;
    return (struct view){v.s + cut, v.len - cut};
}

/* The first bytes at most. */
SMALL struct view view_head(struct view v, u32 len)
{
    v.len = len < v.len ? len : v.len;
    return v;
}

struct view view_trim(struct view v); /* without outer blanks */
int view_equal(struct view a, struct view b);
int view_starts(struct view v, struct view head);  /* letter case ignored */
u32 view_find(struct view v, struct view needle);  /* v.len when not there */
int view_has(struct view v, struct view needle);
struct view view_word(struct view v); /* what it begins with of a word */
/* Without the characters of the set that it begins with. */
struct view view_past(struct view v, const char *set);

/* Takes what stands before the next separator off the front. */
struct view view_cut(struct view *v, u8 separator);

/* Lists of strings, each with its zero byte, in one literal: "a\0b\0". */
const char *string_at(const char *list, u32 n);
/* Which of the list's strings v begins with (letter case ignored), counted from
 * 1; *head becomes that string. 0 for none. */
u32 view_starts_any(struct view v, const char *list, struct view *head);
/* Which of them it is, to the letter. */
u32 view_is_any(struct view v, const char *list);

int is_one_of(u8 c, const char *set);
int is_space(u8 c);
int is_digit(u8 c);
int is_letter(u8 c);
int is_word(u8 c);    /* letter, digit, '_', '.' or '-': host names */
u32 hex_digit(u8 c);  /* 0..15, or 16 */
SMALL u8 to_lower(u8 c)
{
    return (u8)(c - 'A') < 26 ? c | 32 : c;
}

/* Reads leading digits; the count read, 0 when there is none. More digits than
 * fit make the value saturate at 0xffffffff. */
u32 read_hex(struct view v, u32 *value);
u32 read_decimal(struct view v, u32 *value);

#endif

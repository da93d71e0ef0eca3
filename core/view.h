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

struct view view_of(const char *text);             /* up to its zero byte */
struct view view_from(struct view v, u32 at);      /* without the first bytes */
struct view view_head(struct view v, u32 len);     /* the first bytes at most */
struct view view_trim(struct view v);              /* without outer blanks */
int view_equal(struct view a, struct view b);
int view_starts(struct view v, struct view head);  /* letter case ignored */
u32 view_find(struct view v, struct view needle);  /* v.len when not there */

int is_space(u8 c);
int is_digit(u8 c);
int is_letter(u8 c);
int is_word(u8 c);    /* letter, digit, '_', '.' or '-': host names */
u32 hex_digit(u8 c);  /* 0..15, or 16 */
u8 to_lower(u8 c);

/* Reads leading digits; the count read, 0 when there is none. More digits than
 * fit make the value saturate at 0xffffffff. */
u32 read_hex(struct view v, u32 *value);
u32 read_decimal(struct view v, u32 *value);

#endif

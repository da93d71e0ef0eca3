/* SPDX-License-Identifier: MIT
 * Memory the caller lends us. What is handed out lies at an offset from its
 * start, so that the same bytes are right in WebAssembly and in a native test.
 */
#ifndef MM_ARENA_H
#define MM_ARENA_H

#include "view.h"

struct arena {
    u8 *base;
    u32 used, size;
};

/* Zeroed memory for n things, or NULL when the arena is full. */
void *arena_take(struct arena *a, u32 n, u32 each);
/* The same, not zeroed: for large lists, written before they are read. */
void *arena_reserve(struct arena *a, u32 n, u32 each);
u32 arena_offset(const struct arena *a, const void *p);

#define RESERVE(a, type, n) \
    ((type *)arena_reserve((a), (n), (u32)sizeof(type)))
#define TAKE(a, type, n) ((type *)arena_take((a), (n), (u32)sizeof(type)))

/* In the header, so that a copy of few bytes becomes a load and a store even
 * where all is built for size; what else it becomes is slow in WebAssembly. */
SMALL void bytes_copy(void *to, const void *from, u32 n)
{
    __builtin_memcpy(to, from, n);
}

/* The same where both may overlap. */
SMALL void bytes_move(void *to, const void *from, u32 n)
{
    __builtin_memmove(to, from, n);
}

SMALL void bytes_zero(void *to, u32 n)
{
    __builtin_memset(to, 0, n);
}

#endif

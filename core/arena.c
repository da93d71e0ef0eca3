/* SPDX-License-Identifier: MIT */
#include "arena.h"

void *arena_take(struct arena *a, u32 n, u32 each)
{
    u64 need = (u64)n * each;
    u32 start = (a->used + 15u) & ~15u;
    if (start > a->size || need > a->size - start) {
        return NULL;
    }
    a->used = start + (u32)need;
    bytes_zero(a->base + start, (u32)need);
    return a->base + start;
}

u32 arena_offset(const struct arena *a, const void *p)
{
    return p ? (u32)((const u8 *)p - a->base) : 0;
}

/* Simple loops: the compiler turns them into memory.copy and memory.fill or
 * calls of memcpy and memset, which every target has. */
void bytes_copy(void *to, const void *from, u32 n)
{
    __builtin_memcpy(to, from, n);
}

void bytes_zero(void *to, u32 n)
{
    __builtin_memset(to, 0, n);
}

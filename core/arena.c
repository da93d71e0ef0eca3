/* SPDX-License-Identifier: MIT */
#include "arena.h"

void *arena_reserve(struct arena *a, u32 n, u32 each)
{
    u64 need = (u64)n * each;
    u32 start = (a->used + 15u) & ~15u;
    if (start > a->size || need > a->size - start) {
        return NULL;
    }
    a->used = start + (u32)need;
    return a->base + start;
}

void *arena_take(struct arena *a, u32 n, u32 each)
{
    void *memory = arena_reserve(a, n, each);
    if (memory) {
        bytes_zero(memory, n * each);
    }
    return memory;
}

u32 arena_offset(const struct arena *a, const void *p)
{
    return p ? (u32)((const u8 *)p - a->base) : 0;
}

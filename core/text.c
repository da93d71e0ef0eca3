/* SPDX-License-Identifier: MIT */
#include "text.h"

struct text text_open(struct arena *a)
{
    return text_in(a->base + a->used, a->size - a->used);
}

struct view text_close(struct arena *a, struct text *t)
{
    a->used += t->len;
    return text_view(t);
}

u32 text_keep(struct arena *a, struct text *t, u32 *len)
{
    struct view said = text_close(a, t);
    *len = said.len;
    return arena_offset(a, said.s);
}

void text_char(struct text *t, u8 c)
{
    if (t->len < t->size) {
        t->s[t->len++] = c;
    } else {
        t->cut++;
    }
}

void text_put(struct text *t, struct view v)
{
    for (u32 i = 0; i < v.len; i++) {
        text_char(t, v.s[i]);
    }
}

void text_hex(struct text *t, u32 value, u32 digits)
{
    u32 n = digits ? digits : 1;
    while (!digits && n < 8 && value >> (4 * n)) {
        n++;
    }
    while (n--) {
        text_char(t, (u8)"0123456789abcdef"[(value >> (4 * n)) & 15]);
    }
}

void text_decimal(struct text *t, u32 value)
{
    u8 digit[10];
    u32 n = 0;
    do {
        digit[n++] = (u8)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n) {
        text_char(t, digit[--n]);
    }
}

void text_say(struct text *t, const char *sentence, ...)
{
    va_list args;
    va_start(args, sentence);
    text_say_list(t, sentence, args);
    va_end(args);
}

void text_say_list(struct text *t, const char *sentence, va_list args)
{
    for (const char *p = sentence; *p; p++) {
        if (*p != '%') {
            text_char(t, (u8)*p);
            continue;
        }
        switch (*++p) {
        case 'v': text_put(t, va_arg(args, struct view)); break;
        case 'u': text_decimal(t, va_arg(args, u32)); break;
        case 'x': text_hex(t, va_arg(args, u32), 8); break;
        case 'h': text_hex(t, va_arg(args, u32), 0); break;
        case 'c': text_char(t, (u8)va_arg(args, int)); break;
        default: text_char(t, (u8)*p); break;
        }
    }
}

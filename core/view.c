/* SPDX-License-Identifier: MIT */
#include "view.h"

struct view view_of(const char *text)
{
    u32 len = 0;
    while (text[len]) {
        len++;
    }
    return (struct view){(const u8 *)text, len};
}

struct view view_trim(struct view v)
{
    while (v.len && is_space(v.s[0])) {
        v = view_from(v, 1);
    }
    while (v.len && is_space(v.s[v.len - 1])) {
        v.len--;
    }
    return v;
}

int view_equal(struct view a, struct view b)
{
    if (a.len != b.len) {
        return 0;
    }
    for (u32 i = 0; i < a.len; i++) {
        if (a.s[i] != b.s[i]) {
            return 0;
        }
    }
    return 1;
}

int view_starts(struct view v, struct view head)
{
    if (v.len < head.len) {
        return 0;
    }
    for (u32 i = 0; i < head.len; i++) {
        if (to_lower(v.s[i]) != to_lower(head.s[i])) {
            return 0;
        }
    }
    return 1;
}

struct view view_cut(struct view *v, u8 separator)
{
    u32 n = 0;
    while (n < v->len && v->s[n] != separator) {
        n++;
    }
    struct view part = view_head(*v, n);
    *v = view_from(*v, n + 1);
    return view_trim(part);
}

const char *string_at(const char *list, u32 n)
{
    while (n--) {
        while (*list++) {
        }
    }
    return list;
}

u32 view_starts_any(struct view v, const char *list, struct view *head)
{
    /* Most lists are asked in vain: one letter tells. */
    u8 first = v.len ? to_lower(v.s[0]) : 0;
    for (u32 n = 1; *list; n++) {
        if (to_lower((u8)*list) == first) {
            *head = view_of(list);
            if (view_starts(v, *head)) {
                return n;
            }
        }
        while (*list++) {
        }
    }
    return 0;
}

u32 view_is_any(struct view v, const char *list)
{
    for (u32 n = 1; *list; n++) {
        struct view one = view_of(list);
        if (view_equal(v, one)) {
            return n;
        }
        list += one.len + 1;
    }
    return 0;
}

u32 view_find(struct view v, struct view needle)
{
    if (needle.len > v.len) {
        return v.len;
    }
    u8 first = needle.len ? to_lower(needle.s[0]) : 0;
    const u8 *end = v.s + (v.len - needle.len) + (needle.len ? 1 : 0);
    for (const u8 *p = v.s; p < end; p++) {
        if (to_lower(*p) == first &&
            view_starts(view_from(v, (u32)(p - v.s)), needle)) {
            return (u32)(p - v.s);
        }
    }
    return v.len;
}

int view_has(struct view v, struct view needle)
{
    return view_find(v, needle) < v.len;
}

struct view view_word(struct view v)
{
    u32 n = 0;
    while (n < v.len && is_word(v.s[n])) {
        n++;
    }
    return view_head(v, n);
}

struct view view_past(struct view v, const char *set)
{
    while (v.len && is_one_of(v.s[0], set)) {
        v = view_from(v, 1);
    }
    return v;
}

int is_one_of(u8 c, const char *set)
{
    while (*set && (u8)*set != c) {
        set++;
    }
    return *set != 0;
}

int is_space(u8 c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' ||
           c == '\v';
}

int is_digit(u8 c)
{
    return c >= '0' && c <= '9';
}

int is_letter(u8 c)
{
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

int is_word(u8 c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

u32 hex_digit(u8 c)
{
    if (is_digit(c)) {
        return (u32)(c - '0');
    }
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? (u32)(c - 'a' + 10) : 16;
}

u32 read_hex(struct view v, u32 *value)
{
    u32 n = 0, sum = 0, over = 0;
    while (n < v.len && hex_digit(v.s[n]) < 16) {
        over |= sum >> 28;
        sum = (sum << 4) | hex_digit(v.s[n]);
        n++;
    }
    *value = over ? 0xffffffffu : sum;
    return n;
}

u32 read_decimal(struct view v, u32 *value)
{
    u32 n = 0;
    u64 sum = 0;
    while (n < v.len && is_digit(v.s[n])) {
        sum = sum * 10 + (u64)(v.s[n] - '0');
        sum = sum > 0xffffffffu ? 0xffffffffu : sum;
        n++;
    }
    *value = (u32)sum;
    return n;
}

/* SPDX-License-Identifier: MIT */
#include "code.h"

struct code code_writer(struct text *out)
{
    return (struct code){1, 0, 0xffffffffu, 0, {0, 0}, out, 0};
}

static u32 next_byte(struct code *c)
{
    if (!c->in.len) {
        c->starved++;
        return 0;
    }
    u32 byte = c->in.s[0];
    c->in = view_from(c->in, 1);
    return byte;
}

struct code code_reader(struct view in)
{
    struct code c = {0, 0, 0xffffffffu, 0, in, NULL, 0};
    for (u32 i = 0; i < 4; i++) {
        c.value = c.value << 8 | next_byte(&c);
    }
    return c;
}

/* Learns fast at first and slower later: the n-th time by 1 / (n + 2). */
static void learn(chance *p, u32 bit)
{
    u32 share = *p >> 4, times = *p & 15u;
    if (bit) {
        share += (4095 - share) / (times + 2);
    } else {
        share -= share / (times + 2);
    }
    *p = (chance)(share << 4 | (times < 15 ? times + 1 : 15));
}

/* Neither choice is ever impossible: shares stay within 1/128 of the ends. */
static u32 split(const struct code *c, u32 share)
{
    share = share < 32 ? 32 : share > 4063 ? 4063 : share;
    return c->low + (u32)(((u64)(c->high - c->low) * share) >> 12);
}

static void shift(struct code *c)
{
    while ((c->low ^ c->high) >> 24 == 0) {
        if (c->writing) {
            text_char(c->out, (u8)(c->low >> 24));
        } else {
            c->value = c->value << 8 | next_byte(c);
        }
        c->low <<= 8;
        c->high = c->high << 8 | 0xff;
    }
}

static u32 code_share(struct code *c, u32 share, u32 bit)
{
    u32 middle = split(c, share);
    if (!c->writing) {
        bit = c->value <= middle;
    }
    if (bit) {
        c->high = middle;
    } else {
        c->low = middle + 1;
    }
    shift(c);
    return bit;
}

u32 code_bit(struct code *c, chance *p, u32 bit)
{
    bit = code_share(c, *p >> 4, bit & 1);
    learn(p, bit);
    return bit;
}

u32 code_plain(struct code *c, u32 value, u32 bits)
{
    u32 got = 0;
    while (bits--) {
        got = got << 1 | code_share(c, 2048, value >> bits & 1);
    }
    return got;
}

static u32 length_of(u32 value)
{
    u32 n = 0;
    while (value >> n && n < 32) {
        n++;
        if (n == 32) {
            break;
        }
    }
    return n;
}

u32 code_number(struct code *c, chance p[NUMBER_CHANCES], u32 value)
{
    u32 length = length_of(value), n = 0;
    while (n < 32 && code_bit(c, &p[n], n < length)) {
        n++;
    }
    if (n < 2) {
        return n;
    }
    return 1u << (n - 1) | code_plain(c, value, n - 1);
}

u32 code_tree(struct code *c, chance *p, u32 bits, u32 value)
{
    u32 node = 1;
    for (u32 i = bits; i--;) {
        node = node << 1 | code_bit(c, &p[node], value >> i & 1);
    }
    return node & ((1u << bits) - 1);
}

/* Missing bytes are read as zeros, so the shortest code is the one that ends in
 * most of them. */
void code_end(struct code *c)
{
    for (u32 bytes = 0; bytes <= 4; bytes++) {
        u64 unit = 1ull << (32 - 8 * bytes);
        u64 value = ((u64)c->low + unit - 1) / unit * unit;
        if (value > c->high) {
            continue;
        }
        for (u32 i = 0; i < bytes; i++) {
            text_char(c->out, (u8)(value >> (24 - 8 * i)));
        }
        return;
    }
}

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64_write(struct text *t, struct view bytes)
{
    u32 held = 0, bits = 0;
    for (u32 i = 0; i < bytes.len; i++) {
        held = held << 8 | bytes.s[i];
        for (bits += 8; bits >= 6; bits -= 6) {
            text_char(t, (u8)alphabet[held >> (bits - 6) & 63]);
        }
    }
    if (bits) {
        text_char(t, (u8)alphabet[held << (6 - bits) & 63]);
    }
}

int base64_read(struct text *t, struct view letters)
{
    u32 held = 0, bits = 0;
    for (u32 i = 0; i < letters.len; i++) {
        u32 digit = 0;
        while (digit < 64 && (u8)alphabet[digit] != letters.s[i]) {
            digit++;
        }
        if (digit == 64) {
            return 0;
        }
        held = held << 6 | digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            text_char(t, (u8)(held >> bits));
        }
    }
    return 1;
}

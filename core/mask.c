/* SPDX-License-Identifier: MIT */
#include "mask.h"

struct mask mask_all(u8 letter)
{
    struct mask m;
    for (u32 i = 0; i < 32; i++) {
        m.letter[i] = letter;
    }
    return m;
}

/* One letter of a mask in its standard case; 0 when it is none. */
static u8 letter_of(u8 c)
{
    switch (c) {
    case 'x': case 'X': return 'x';
    case 'h': case 'H': return 'H';
    case 'r': case 'R': return 'R';
    case 't': case 'T': return 'T';
    case 'f': case 'F': return 'F';
    case '0': case '1': case '-': return c;
    default: return 0;
    }
}

/* What word processors make of letters: the bytes it takes, and the letters. */
static const struct {
    const char *typed, *letters;
} typeset[] = {
    {"\xe2\x80\x94", "---"}, /* em dash */
    {"\xe2\x80\x93", "--"},  /* en dash */
    {"\xe2\x88\x92", "-"},   /* minus */
    {"\xe2\x80\x91", "-"},   /* hyphen that does not break */
    {"\xc3\x97", "x"},       /* multiplication sign */
    {"\xc2\xa0", ""},        /* blank that does not break */
    {"\xe2\x80\x9c", ""}, {"\xe2\x80\x9d", ""}, /* quotes */
    {" ", ""}, {"\t", ""}, {":", ""}, {"\"", ""}, {"'", ""}, {"\\", ""},
};

const char *mask_read(struct view v, struct mask *m)
{
    u32 n = 0;
    v = view_trim(v);
    while (v.len) {
        u8 one[2] = {letter_of(v.s[0]), 0};
        struct view letters = {one, 1};
        u32 used = 1, i = 0, kinds = sizeof(typeset) / sizeof(typeset[0]);
        if (!one[0]) {
            for (; i < kinds; i++) {
                if (view_starts(v, view_of(typeset[i].typed))) {
                    used = view_of(typeset[i].typed).len;
                    letters = view_of(typeset[i].letters);
                    break;
                }
            }
            if (i == kinds) {
                return "only 0 1 x H R T F and - are mask letters";
            }
        }
        for (i = 0; i < letters.len; i++) {
            if (n == 32) {
                return "it has more than 32 letters";
            }
            m->letter[31 - n++] = letters.s[i];
        }
        v = view_from(v, used);
    }
    return n == 32 ? NULL : "it has fewer than 32 letters";
}

void mask_print(const struct mask *m, u8 separator, u8 to[MASK_TEXT])
{
    for (u32 i = 0; i < 32; i++) {
        to[i + i / 4] = m->letter[31 - i];
        if (i % 4 == 3 && i < 31) {
            to[i + i / 4 + 1] = separator;
        }
    }
}

struct mask mask_overlay(const struct mask *below, const struct mask *above)
{
    struct mask m = *below;
    for (u32 i = 0; i < 32; i++) {
        if (above->letter[i] != '-') {
            m.letter[i] = above->letter[i];
        }
    }
    return m;
}

struct mask mask_hiding(u32 bits)
{
    struct mask m;
    for (u32 i = 0; i < 32; i++) {
        m.letter[i] = bits >> i & 1 ? '0' : '-';
    }
    return m;
}

int mask_shows(u8 letter)
{
    return letter == 'H' || letter == 'x' || letter == 'T' || letter == 'F';
}

/* SPDX-License-Identifier: MIT
 * Arithmetic coding of single binary choices with learned probabilities. The
 * same calls write and read: code_bit takes the choice and returns it, whatever
 * it was given when reading.
 */
#ifndef MM_CODE_H
#define MM_CODE_H

#include "text.h"

/* The chance of a 1, and how often it has learned: |15 chance 4|3 times 0|. */
typedef u16 chance;

#define CHANCE(percent) ((chance)((percent) * 4095 / 100 << 4))

struct code {
    int writing;
    u32 low, high, value; /* the interval, and where the code read lies */
    struct view in;       /* reading: bytes still to come */
    struct text *out;     /* writing */
    u32 starved;          /* zero bytes read beyond the end */
};

struct code code_writer(struct text *out);
struct code code_reader(struct view in);
u32 code_bit(struct code *c, chance *p, u32 bit);
/* Bits without anything to learn, most significant first. */
u32 code_plain(struct code *c, u32 value, u32 bits);
/* A number that is mostly small: its length in bits, learned, then its bits. */
enum { NUMBER_CHANCES = 33 };
u32 code_number(struct code *c, chance p[NUMBER_CHANCES], u32 value);
/* One of 1 << bits equally likely at first; p has that many chances. */
u32 code_tree(struct code *c, chance *p, u32 bits, u32 value);
/* Writes what is left: as few bytes as tell the code. */
void code_end(struct code *c);

void base64_write(struct text *t, struct view bytes);
/* Returns 0 when a character is not of the alphabet. */
int base64_read(struct text *t, struct view letters);

#endif

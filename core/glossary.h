/* SPDX-License-Identifier: MIT
 * All that the tables know of every bit, for people to look up.
 */
#ifndef MM_GLOSSARY_H
#define MM_GLOSSARY_H

#include "know/know.h"
#include "text.h"

/* A line for each row of bits.def, words between tabs: leaf, subleaf, register,
 * bit, vendor set, merge, level and age as numbers; name, meaning, the first
 * Intel and the first AMD generation, the usual cause of a difference; the name
 * in each dialect that is written; other names, then rows of what it needs,
 * each with a space in front. */
void glossary_say(struct text *t, const struct know *k);

#endif

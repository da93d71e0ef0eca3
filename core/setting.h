/* SPDX-License-Identifier: MIT
 * A setting is the mask a person's machines have already, in the words of
 * their platform. It is read by the readers of hosts into a fleet of its own:
 * its masks are laid over the default, its host, if it has one, is a named
 * model or registers as a guest has them.
 */
#ifndef MM_SETTING_H
#define MM_SETTING_H

#include "view.h"

/* Words that tell how a setting works and are no features: see settings.def. */
enum setting_word {
#define WORD(ID, ...) WORD_##ID,
#define REMARK(...)
#include "know/settings.def"
#undef WORD
#undef REMARK
    SETTING_WORDS
};

/* Which of the words stand in the text: 1 << enum setting_word. */
u32 setting_words(struct view text);

#endif

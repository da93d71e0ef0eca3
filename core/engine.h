/* SPDX-License-Identifier: MIT
 * The whole chain behind one door: what the WebAssembly bridge and the native
 * tests call. An engine lies in memory of the caller and keeps nothing else.
 */
#ifndef MM_ENGINE_H
#define MM_ENGINE_H

#include "link.h"
#include "read/read.h"

struct engine {
    struct arena arena;
    u32 know_mark;                          /* where the tables end */
    u32 arena_mark, names_mark, notes_mark; /* as reading left them */
    int closed;
    enum { NO_SETTING, READING_SETTING, HAS_SETTING } has_setting;
    u32 setting_words;
    struct fleet fleet, setting;
    struct answer answer;
    struct reader reader;
};

/* The least memory an engine reads and answers with. */
enum { ENGINE_LEAST = 2 << 20 };

/* Begins anew in the memory given (from its start; offsets count from there).
 * An engine is all zeros before its first use; the same memory again is cheap.
 * Returns 0 when it is less than ENGINE_LEAST. */
int engine_open(struct engine *e, u8 *memory, u32 size);
/* Begins another text: a file of this name, or a paste (empty name). forced:
 * the format the person says it has; FORMATS: found out from the text. */
void engine_source(struct engine *e, struct view name,
    enum format_id forced);
/* Feeds text; see read_feed. */
u32 engine_feed(struct engine *e, struct view text, int last);
/* Begins the setting the person has already: what is fed from here on is that,
 * and no host. Once, behind all sources; 0 where there is no room for it. */
int engine_setting(struct engine *e);
/* Answers the request text (see request_read); can be asked again with another
 * one. NULL only when memory is far too small. */
struct answer_record *engine_answer(struct engine *e, struct view request);
/* One bit of the answer made last; NULL for a register it does not list. */
struct bit_record *engine_explain(struct engine *e, u32 leaf, u32 sub, u32 reg,
    u32 bit);
/* The share payload of the answer made last; empty when it has no room. */
struct view engine_encode(struct engine *e, int with_names);
/* Tab-separated rows: 0 profiles (id, name, check, about), 1 formats (id, name,
 * command, about), 2 targets (id, name, file, platform), 3 models (id, name),
 * 4 note kinds (kind, severity). */
struct view engine_list(struct engine *e, u32 what);

#endif

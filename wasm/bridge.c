/* SPDX-License-Identifier: MIT
 * The door between JavaScript and the core: text goes in at input(), records
 * come out as offsets into memory. Everything lies in one static block, so the
 * memory never grows and no view of it ever goes stale.
 */
#include "../core/engine.h"

#ifdef __wasm__
#define EXPORT(NAME) __attribute__((export_name(#NAME))) NAME
#else
#define EXPORT(NAME) NAME
#endif

/* 10,000 hosts of cpuid -r are 38 MB; longer texts are fed in pieces. */
enum { INPUT_SIZE = 40 << 20, MEMORY_SIZE = 22 << 20 };

static u8 input_text[INPUT_SIZE];
static u8 memory_block[MEMORY_SIZE];
static struct engine the_engine;
/* Volatile, so that its parts are reached from a register, by short offsets,
 * and not each by an address of its own: 1 KB less. */
static struct engine *const volatile engine = &the_engine;
static struct view said, choices;

const char *EXPORT(schema)(void);
u8 *EXPORT(input)(void);
u32 EXPORT(input_size)(void);
u8 *EXPORT(memory_base)(void);
int EXPORT(begin)(void);
void EXPORT(source)(u32 name_len, u32 format);
int EXPORT(setting)(void);
u32 EXPORT(feed)(u32 len, int last);
u32 EXPORT(answer)(u32 request_len);
u32 EXPORT(explain)(u32 leaf, u32 sub, u32 reg, u32 bit);
u32 EXPORT(list)(u32 what);
u32 EXPORT(encode)(int with_names);
u32 EXPORT(decode)(u32 len);
u32 EXPORT(said_len)(void);
u32 EXPORT(choices_at)(void);
u32 EXPORT(choices_len)(void);

const char *schema(void)
{
    return records_schema;
}

u8 *input(void)
{
    return input_text;
}

u32 input_size(void)
{
    return INPUT_SIZE;
}

/* Where the offsets in records count from. */
u8 *memory_base(void)
{
    return memory_block;
}

int begin(void)
{
    return engine_open(engine, memory_block, MEMORY_SIZE);
}

/* format: a row of the formats; any number that is none for none said. */
void source(u32 name_len, u32 format)
{
    enum format_id forced = format < FORMATS ? (enum format_id)format : FORMATS;
    engine_source(engine, (struct view){input_text, name_len}, forced);
}

/* What is fed from here on is the person's own setting. */
int setting(void)
{
    return engine_setting(engine);
}

/* Returns how many bytes were taken; a line as long as the whole input is taken
 * as it is. */
u32 feed(u32 len, int last)
{
    struct view text = {input_text, len};
    u32 used = engine_feed(engine, text, last);
    return used || len < INPUT_SIZE ? used : engine_feed(engine, text, 1);
}

static u32 offset(const void *record)
{
    return record ? (u32)((const u8 *)record - memory_block) : 0;
}

/* Offset of the answer record, or 0. */
u32 answer(u32 request_len)
{
    return offset(
        engine_answer(engine, (struct view){input_text, request_len}));
}

/* Offset of a bit record, or 0. */
u32 explain(u32 leaf, u32 sub, u32 reg, u32 bit)
{
    return offset(engine_explain(engine, leaf, sub, reg, bit));
}

/* Texts: offset of the text, its length in said_len. */
u32 list(u32 what)
{
    said = engine_list(engine, what);
    return offset(said.s);
}

u32 encode(int with_names)
{
    said = engine_encode(engine, with_names);
    return offset(said.s);
}

/* Reads the payload in the input, over whatever was read before: begin anew
 * after it. 0 when it cannot be read: the sentence then lies in the input. Else
 * the hosts as text, and the choices as request text. */
u32 decode(u32 len)
{
    struct arena whole = {memory_block, 16, MEMORY_SIZE};
    const char *wrong = link_read((struct view){input_text, len}, &whole, &said,
        &choices);
    engine->fleet.know.name = NULL; /* its table was overwritten */
    if (wrong) {
        said = view_of(wrong);
        bytes_copy(input_text, said.s, said.len);
        return 0;
    }
    return offset(said.s);
}

u32 said_len(void)
{
    return said.len;
}

u32 choices_at(void)
{
    return offset(choices.s);
}

u32 choices_len(void)
{
    return choices.len;
}

/* SPDX-License-Identifier: MIT */
#include "match.h"

const char records_schema[] =
#define RECORD_NAME(NAME) " " #NAME
#define RECORD_LINE(NAME, FIELDS) #NAME FIELDS(RECORD_NAME) "\n"
    RECORDS(RECORD_LINE);

static int keep_mask(struct answer *a, const struct mask *m, u32 *at)
{
    u8 *letters = TAKE(a->arena, u8, MASK_TEXT);
    if (letters) {
        mask_print(m, ' ', letters);
    }
    *at = arena_offset(a->arena, letters);
    return letters != NULL;
}

int make_registers(struct answer *a, u32 *at)
{
    struct register_record *list =
        TAKE(a->arena, struct register_record, a->registers_n);
    if (a->registers_n && !list) {
        return 0;
    }
    *at = arena_offset(a->arena, list);
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        list[i] = (struct register_record){
            .leaf_ = c->leaf,
            .sub_ = c->sub,
            .reg_ = c->reg,
            .ones_ = c->ones,
            .zeros_ = c->zeros,
            .differ_ = c->ones & c->zeros,
            .unknown_ = c->unknown,
            .hide_ = c->hide,
        };
        if (!keep_mask(a, &c->standard, &list[i].default_at_) ||
            !keep_mask(a, &c->custom, &list[i].custom_at_) ||
            !keep_mask(a, &c->effective, &list[i].effective_at_)) {
            return 0;
        }
    }
    return 1;
}

/* Bits that differ, are unknown somewhere, or are decided on. */
static u32 told_bits(const struct compared *c)
{
    u32 told = (c->ones & c->zeros) | c->unknown | c->pin_hide | c->pin_keep;
    for (u32 b = 0; b < 32; b++) {
        u32 d = c->decision[b];
        told |= (u32)(d == HIDE || d == CLOSURE || d == CONFLICT ||
                      d == WARN)
                << b;
    }
    return told;
}

static void name_bit(struct answer *a, const struct compared *c, u32 bit,
    struct bit_record *r)
{
    u32 known = c->row[bit];
    struct text t = text_open(a->arena);
    if (known < BITS) {
        text_put(&t, bit_name(&a->fleet->know, known));
        r->level_ = bits.level[known];
        r->vendor_ = bits.vendor[known];
    } else {
        place_say(&t, c->leaf, c->sub, c->reg, bit);
        r->level_ = NO_LEVEL;
    }
    r->name_at_ = text_keep(a->arena, &t, &r->name_len_);
    t = text_open(a->arena);
    text_put(&t, known < BITS
                     ? bit_meaning(&a->fleet->know, known)
                     : field_name(c->leaf, c->sub, c->reg, bit));
    r->meaning_at_ = text_keep(a->arena, &t, &r->meaning_len_);
}

void answer_bit(struct answer *a, const struct compared *c, u32 bit,
    struct bit_record *r)
{
    const struct fleet *f = a->fleet;
    *r = (struct bit_record){
        .leaf_ = c->leaf,
        .sub_ = c->sub,
        .reg_ = c->reg,
        .bit_ = bit,
        .merge_ = c->merge[bit],
        .default_ = c->standard.letter[bit],
        .custom_ = c->custom.letter[bit],
        .effective_ = c->effective.letter[bit],
        .decision_ = c->decision[bit],
        .pin_ = c->pin_hide >> bit & 1   ? 1
                : c->pin_keep >> bit & 1 ? 2
                : cannot_pin(c, bit)     ? 3
                                         : 0,
    };
    name_bit(a, c, bit, r);
    struct text t = text_open(a->arena);
    reason_say(&t, a, c, bit);
    r->reason_at_ = text_keep(a->arena, &t, &r->reason_len_);
    u8 *values = TAKE(a->arena, u8, f->kinds_n);
    if (!values) {
        return;
    }
    const struct word *words = kind_words(a, c);
    r->values_at_ = arena_offset(a->arena, values);
    for (u32 i = 0; i < f->kinds_n; i++) {
        values[i] = (u8)word_bit(words[i], bit);
        r->ones_ += values[i] == 1 ? f->kinds[i].hosts_ : 0;
        r->zeros_ += values[i] == 0 ? f->kinds[i].hosts_ : 0;
        r->unknowns_ += values[i] == 2 ? f->kinds[i].hosts_ : 0;
    }
}

static u32 count_bits(u32 word)
{
    return (u32)__builtin_popcount(word);
}

static int make_bits(struct answer *a, struct answer_record *record)
{
    u32 n = 0;
    for (u32 i = 0; i < a->registers_n; i++) {
        n += count_bits(told_bits(&a->registers[i]));
    }
    struct bit_record *list = TAKE(a->arena, struct bit_record, n);
    if (n && !list) {
        return 0;
    }
    record->bits_at_ = arena_offset(a->arena, list);
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 told = told_bits(c);
        for (u32 b = 32; b--;) {
            /* A bit wants up to 500 bytes of words and a byte a kind. */
            if (!(told >> b & 1) ||
                a->arena->size - a->arena->used < 1024 + a->fleet->kinds_n) {
                continue;
            }
            answer_bit(a, c, b, &list[record->bits_n_++]);
        }
    }
    return record->bits_n_ == n;
}

_Static_assert(FORMATS <= 64, "the formats met are bits of one word");

static void reading_say(struct answer *a, struct answer_record *record)
{
    const struct fleet *f = a->fleet;
    u64 met = 0;
    struct text t = text_open(a->arena);
    text_say(&t, f->hosts_n == 1 ? "%u host" : "%u hosts", f->hosts_n);
    if (record->refusals_n_) {
        text_say(&t,
            record->refusals_n_ == 1 ? ", %u refusal" : ", %u refusals",
            record->refusals_n_);
    }
    for (u32 i = 0; i < f->hosts_n; i++) {
        u32 format = f->hosts[i].format_;
        if (met >> format & 1) {
            continue;
        }
        text_put(&t, met ? VIEW(", ") : VIEW(": "));
        met |= (u64)1 << format;
        text_put(&t, table_word(formats, format, 1));
    }
    text_say(&t, f->used == 1 ? ". %u line used" : ". %u lines used", f->used);
    if (f->aside) {
        text_say(&t, ", %u known to be beside the point", f->aside);
    }
    if (f->unread) {
        text_say(&t, ", %u not read", f->unread);
    }
    if (f->blank) {
        text_say(&t, ", %u blank", f->blank);
    }
    text_put(&t, VIEW("."));
    record->reading_at_ = text_keep(a->arena, &t, &record->reading_len_);
}

static void fill_record(struct answer *a, struct answer_record *record)
{
    struct fleet *f = a->fleet;
    record->hosts_at_ = arena_offset(a->arena, f->hosts);
    record->hosts_n_ = f->hosts_n;
    record->kinds_at_ = arena_offset(a->arena, f->kinds);
    record->kinds_n_ = f->kinds_n;
    record->notes_at_ = arena_offset(a->arena, f->notes.list);
    record->notes_n_ = f->notes.n;
    record->masks_at_ = arena_offset(a->arena, f->masks);
    record->masks_n_ = f->masks_n;
    record->profile_ = a->profile;
    record->check_ = a->check;
    record->reason_at_ = arena_offset(a->arena, a->profile_reason.s);
    record->reason_len_ = a->profile_reason.len;
    record->lines_ = f->lines;
    record->used_ = f->used;
    record->blank_ = f->blank;
    record->aside_ = f->aside;
    record->unread_ = f->unread;
}

struct answer_record *answer_make(struct answer *a, struct fleet *f,
    const struct request *request, struct arena *arena)
{
    bytes_zero(a, sizeof(*a));
    a->fleet = f;
    a->arena = arena;
    a->request = *request;
    struct answer_record *record = TAKE(arena, struct answer_record, 1);
    if (!record) {
        return NULL;
    }
    choose_profile(a);
    if (!compare_hosts(a)) {
        return NULL;
    }
    make_masks(a);
    /* The verdict first: it must have room, the single bits may be cut. */
    if (!make_verdict(a, record) || !make_registers(a, &record->registers_at_) ||
        !match_models(a) || !make_models(a, record) ||
        !make_targets(a, record)) {
        return NULL;
    }
    record->registers_n_ = a->registers_n;
    make_refusals(a, record);
    make_setting(a, record);
    reading_say(a, record);
    if (!make_bits(a, record)) {
        note_add(&f->notes, NOTE_ANSWER_FULL, (struct note_place){0, 0, 0});
    }
    fill_record(a, record);
    return record;
}

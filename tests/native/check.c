/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *check_name = "";
u32 check_number;

static const struct run *running;

/* Leaves what was read beside the program, to be read again. */
static void save_input(void)
{
    FILE *f = running ? fopen("failed-input.txt", "wb") : NULL;
    fprintf(stderr, "%s, variant %u: see failed-input.txt\n", check_name,
        check_number);
    if (f) {
        fwrite(running->text.s, 1, running->text.len, f);
        fclose(f);
    }
}

static void fail(const char *what, const char *file, int line)
{
    save_input();
    fprintf(stderr, "%s does not hold (%s:%d)\n", what, file, line);
    abort();
}

#define CHECK(WHAT) \
    do { \
        if (!(WHAT)) { \
            fail(#WHAT, __FILE__, __LINE__); \
        } \
    } while (0)

/* Called by AddressSanitizer, which knows the place but not the text. */
void __asan_on_error(void);
void __asan_on_error(void)
{
    save_input();
}

struct look {
    const u8 *memory;
    u32 size, text_len, lines;
    const struct answer_record *a;
    u64 digest;
    const struct request *request;
};

static void mix(struct look *l, const void *bytes, u32 n)
{
    const u8 *b = bytes;
    for (u32 i = 0; i < n; i++) {
        l->digest = (l->digest ^ b[i]) * 0x100000001b3u;
    }
}

static void mix_word(struct look *l, u32 word)
{
    mix(l, &word, sizeof(word));
}

static void *lent(u32 n, u8 fill)
{
    u8 *p = malloc(n ? n : 1);
    CHECK(p != NULL);
    memset(p, fill, n);
    return p;
}

/* The block of this size. It is lent again and again: fresh pages would cost
 * more than the whole run. */
static u8 *block_of(u32 size)
{
    static struct {
        u8 *s;
        u32 size;
    } blocks[8];
    for (u32 i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        if (!blocks[i].s) {
            blocks[i].s = lent(size, 0);
            blocks[i].size = size;
        }
        if (blocks[i].size == size) {
            return blocks[i].s;
        }
    }
    fail("a block for every size of memory", __FILE__, __LINE__);
    return NULL;
}

/* Records: as many as said, within the memory and aligned. */
static const void *records_at(const struct look *l, u32 at, u32 n, size_t each)
{
    CHECK(at % 4 == 0);
    CHECK(at <= l->size && n <= (l->size - at) / each);
    return l->memory + at;
}

static const u8 *text_at(struct look *l, u32 at, u32 len)
{
    const u8 *s = records_at(l, at & ~3u, 0, 1);
    CHECK(at <= l->size && len <= l->size - at);
    s = l->memory + at;
    mix(l, s, len);
    return s;
}

/* One line that is safe to show. */
static void check_line(struct look *l, u32 at, u32 len)
{
    const u8 *s = text_at(l, at, len);
    for (u32 i = 0; i < len; i++) {
        CHECK(s[i] >= ' ' && s[i] != 0x7f);
    }
}

static void check_mask(struct look *l, u32 at, const char *letters)
{
    const u8 *s = text_at(l, at, MASK_TEXT);
    for (u32 i = 0; i < MASK_TEXT; i++) {
        CHECK(i % 5 == 4 ? s[i] == ' ' : strchr(letters, s[i]) && s[i]);
    }
}

static void check_hosts(struct look *l)
{
    const struct host_record *hosts = records_at(
        l, l->a->hosts_at_, l->a->hosts_n_, sizeof(struct host_record));
    for (u32 i = 0; i < l->a->hosts_n_; i++) {
        const struct host_record *h = &hosts[i];
        CHECK(h->kind_ < l->a->kinds_n_);
        CHECK(h->format_ < FORMATS);
        CHECK(h->source_ >= 1);
        CHECK(h->at_ <= l->text_len && h->len_ <= l->text_len - h->at_);
        CHECK(h->line_ >= 1 && h->line_ <= h->last_line_);
        CHECK(h->last_line_ <= l->lines);
        CHECK(h->cpus_ >= 1);
        CHECK(h->name_len_ >= 1);
        check_line(l, h->name_at_, h->name_len_);
        mix_word(l, h->kind_);
        mix_word(l, h->line_);
    }
}

static void check_kinds(struct look *l)
{
    const struct kind_record *kinds = records_at(
        l, l->a->kinds_at_, l->a->kinds_n_, sizeof(struct kind_record));
    for (u32 i = 0; i < l->a->kinds_n_; i++) {
        const struct kind_record *k = &kinds[i];
        const struct row_record *rows =
            records_at(l, k->rows_at_, k->rows_n_, sizeof(*rows));
        CHECK(k->hosts_ >= 1 && k->hosts_ <= l->a->hosts_n_);
        mix(l, rows, k->rows_n_ * (u32)sizeof(*rows));
        check_line(l, k->vendor_at_, k->vendor_len_);
        check_line(l, k->brand_at_, k->brand_len_);
        for (u32 r = 0; r < k->rows_n_; r++) {
            CHECK((rows[r].eax_ & ~rows[r].eax_known_) == 0);
            CHECK((rows[r].ebx_ & ~rows[r].ebx_known_) == 0);
            CHECK((rows[r].ecx_ & ~rows[r].ecx_known_) == 0);
            CHECK((rows[r].edx_ & ~rows[r].edx_known_) == 0);
        }
    }
}

/* Bits whose letter is 1. */
static u32 mask_ones(struct look *l, u32 at)
{
    const u8 *s = text_at(l, at, MASK_TEXT);
    u32 ones = 0;
    for (u32 i = 0; i < MASK_TEXT; i++) {
        u8 c = s[i];
        ones = c == ' ' ? ones : ones << 1 | (c == '1');
    }
    return ones;
}

/* Bits of a register that the person wants hidden. */
static u32 pinned(const struct look *l, const struct register_record *r)
{
    u32 found = 0;
    for (u32 i = 0; i < l->request->pins_n; i++) {
        const struct pin *p = &l->request->pins[i];
        if (p->leaf == r->leaf_ && p->sub == r->sub_ && p->reg == r->reg_) {
            found |= p->hide << p->bit;
        }
    }
    return found;
}

static void check_registers(struct look *l)
{
    const struct register_record *all = records_at(l, l->a->registers_at_,
        l->a->registers_n_, sizeof(struct register_record));
    for (u32 i = 0; i < l->a->registers_n_; i++) {
        const struct register_record *r = &all[i];
        CHECK(r->reg_ < 4);
        CHECK(r->differ_ == (r->ones_ & r->zeros_));
        /* Nothing is hidden that no guest could see: a host's bit, or one that
         * the platform shows whatever the host has; or it was asked for. */
        u32 forced = mask_ones(l, r->default_at_) | pinned(l, r);
        CHECK((r->hide_ & ~(r->ones_ | r->unknown_ | forced)) == 0);
        check_mask(l, r->default_at_, "01xHRTF");
        check_mask(l, r->custom_at_, l->request->pins_n ? "01H-" : "01-");
        check_mask(l, r->effective_at_, "01xHRTF");
        mix_word(l, r->leaf_);
        mix_word(l, r->sub_);
        mix_word(l, r->differ_);
        mix_word(l, r->unknown_);
        mix_word(l, r->hide_);
    }
}

static void check_bit(struct look *l, const struct bit_record *b)
{
    CHECK(b->bit_ < 32 && b->reg_ < 4);
    CHECK(b->decision_ <= WARN);
    CHECK(b->reason_len_ > 0);
    CHECK(b->pin_ <= 3 && (b->pin_ != 1 || b->custom_ == '0'));
    check_line(l, b->name_at_, b->name_len_);
    check_line(l, b->meaning_at_, b->meaning_len_);
    check_line(l, b->reason_at_, b->reason_len_);
    CHECK(b->ones_ + b->zeros_ + b->unknowns_ == l->a->hosts_n_);
    const u8 *values = text_at(l, b->values_at_, l->a->kinds_n_);
    for (u32 i = 0; i < l->a->kinds_n_; i++) {
        CHECK(values[i] <= 2);
    }
}

static void check_bits(struct look *l)
{
    const struct bit_record *bits = records_at(
        l, l->a->bits_at_, l->a->bits_n_, sizeof(struct bit_record));
    for (u32 i = 0; i < l->a->bits_n_; i++) {
        check_bit(l, &bits[i]);
    }
}

static void check_notes(struct look *l)
{
    const struct note_record *notes = records_at(
        l, l->a->notes_at_, l->a->notes_n_, sizeof(struct note_record));
    for (u32 i = 0; i < l->a->notes_n_; i++) {
        const struct note_record *n = &notes[i];
        CHECK(n->kind_ < NOTES && n->severity_ <= INFO);
        CHECK(n->host_ <= l->a->hosts_n_);
        CHECK(n->line_ <= l->lines && n->last_line_ <= l->lines);
        CHECK(n->text_len_ > 0);
        check_line(l, n->text_at_, n->text_len_);
    }
    /* Nothing is dropped silently, and nothing readable is said to be. */
    CHECK(l->a->hosts_n_ > 0 || l->a->notes_n_ > 0 || l->a->refusals_n_ > 0);
}

/* Lines between tabs; the first is never empty. */
static void check_words_of(struct look *l, u32 at, u32 len)
{
    const u8 *s = text_at(l, at, len);
    CHECK(len > 0 && s[0] != '\t');
    for (u32 i = 0; i < len; i++) {
        CHECK((s[i] >= ' ' && s[i] != 0x7f) || s[i] == '\t');
    }
}

static void check_refused(struct look *l, const struct refused_record *b)
{
    CHECK(b->reg_ < 4 && b->bit_ <= PLACELESS && b->side_ <= SIDE_EXTRA);
    check_words_of(l, b->words_at_, b->words_len_);
}

static void check_refusals(struct look *l)
{
    const struct refusal_record *all = records_at(l, l->a->refusals_at_,
        l->a->refusals_n_, sizeof(struct refusal_record));
    CHECK(l->a->refusals_n_ <= REFUSALS);
    for (u32 i = 0; i < l->a->refusals_n_; i++) {
        const struct refusal_record *r = &all[i];
        const struct refused_record *bits =
            records_at(l, r->bits_at_, r->bits_n_, sizeof(*bits));
        CHECK(r->source_ >= 1 && r->line_ >= 1 && r->line_ <= r->last_line_);
        CHECK(r->last_line_ <= l->lines && r->bits_n_ <= REFUSED_EACH);
        check_words_of(l, r->words_at_, r->words_len_);
        check_line(l, r->quote_at_, r->quote_len_);
        for (u32 b = 0; b < r->bits_n_; b++) {
            check_refused(l, &bits[b]);
        }
    }
}

static void check_lines(struct look *l, u32 at, u32 n)
{
    const struct line_record *lines = records_at(l, at, n, sizeof(*lines));
    for (u32 i = 0; i < n; i++) {
        check_line(l, lines[i].text_at_, lines[i].text_len_);
    }
}

static void check_words(struct look *l)
{
    const struct answer_record *a = l->a;
    const struct target_record *targets =
        records_at(l, a->targets_at_, a->targets_n_, sizeof(*targets));
    check_lines(l, a->problems_at_, a->problems_n_);
    check_lines(l, a->guests_at_, a->guests_n_);
    check_lines(l, a->costs_at_, a->costs_n_);
    check_lines(l, a->drift_at_, a->drift_n_);
    for (u32 i = 0; i < a->targets_n_; i++) {
        CHECK(targets[i].id_ < TARGETS);
        text_at(l, targets[i].text_at_, targets[i].text_len_);
    }
    CHECK(a->sentence_len_ > 0);
    check_line(l, a->sentence_at_, a->sentence_len_);
    check_line(l, a->reason_at_, a->reason_len_);
    check_line(l, a->reading_at_, a->reading_len_);
    CHECK(a->used_ + a->blank_ + a->aside_ + a->unread_ == a->lines_);
    CHECK(a->psabi_ <= 4);
}

/* Feeds a copy of exactly the bytes, gone as soon as they are read: what reads
 * beyond them, or later, is found by AddressSanitizer. */
static void feed(struct engine *e, const struct run *r, u32 from, u32 to)
{
    u32 window = r->piece ? r->piece : to - from;
    for (u32 at = from;;) {
        u32 n = to - at < window ? to - at : window;
        int last = at + n == to;
        u8 *copy = lent(n, 0);
        if (n) {
            memcpy(copy, r->text.s + at, n);
        }
        u32 used = engine_feed(e, (struct view){copy, n}, last);
        free(copy);
        CHECK(used <= n);
        at += used;
        if (last) {
            CHECK(used == n);
            return;
        }
        /* A line longer than the window wants a larger one. */
        window = used ? (r->piece ? r->piece : window) : window * 2;
    }
}

static u32 count_lines(struct view v)
{
    u32 n = 2;
    for (u32 i = 0; i < v.len; i++) {
        n += v.s[i] == '\n' || v.s[i] == '\r';
    }
    return n;
}

/* What is said of a setting: groups, letters and sentences. */
static void check_setting(struct look *l)
{
    if (!l->a->setting_at_) {
        return;
    }
    const struct setting_record *s =
        records_at(l, l->a->setting_at_, 1, sizeof(*s));
    CHECK(s->works_ <= 1 && s->sentence_len_);
    check_line(l, s->format_at_, s->format_len_);
    check_line(l, s->sentence_at_, s->sentence_len_);
    const struct finding_record *f =
        records_at(l, s->findings_at_, s->findings_n_, sizeof(*f));
    for (u32 i = 0; i < s->findings_n_; i++) {
        CHECK(f[i].bit_ < 32 && f[i].group_ < 4 && f[i].reg_ < 4);
        CHECK(strchr("01xHRTF", (int)f[i].yours_));
        CHECK(strchr("01xHRTF", (int)f[i].ours_));
        check_line(l, f[i].name_at_, f[i].name_len_);
        check_line(l, f[i].reason_at_, f[i].reason_len_);
    }
    const struct line_record *lines =
        records_at(l, s->lines_at_, s->lines_n_, sizeof(*lines));
    for (u32 i = 0; i < s->lines_n_; i++) {
        check_line(l, lines[i].text_at_, lines[i].text_len_);
    }
    const struct register_record *r =
        records_at(l, s->registers_at_, s->registers_n_, sizeof(*r));
    for (u32 i = 0; i < s->registers_n_; i++) {
        check_mask(l, r[i].custom_at_, "01xHRTF-");
        check_mask(l, r[i].effective_at_, "01xHRTF");
    }
}

static u64 look_at(struct engine *e, const struct run *r, u8 *memory)
{
    struct look l = {memory, r->memory, r->text.len, count_lines(r->text),
        engine_answer(e, r->request), 0xcbf29ce484222325u, &e->answer.request};
    if (!l.a) {
        return 0;
    }
    records_at(&l, (u32)((const u8 *)l.a - memory), 1, sizeof(*l.a));
    check_hosts(&l);
    check_kinds(&l);
    check_registers(&l);
    check_bits(&l);
    check_notes(&l);
    check_refusals(&l);
    check_setting(&l);
    check_words(&l);
    const struct register_record *registers = records_at(&l,
        l.a->registers_at_, l.a->registers_n_, sizeof(*registers));
    for (u32 i = 0; i < l.a->registers_n_ && i < 8; i++) {
        const struct register_record *c = &registers[i];
        const struct bit_record *b = engine_explain(
            e, c->leaf_, c->sub_, c->reg_, (c->differ_ + i) % 32);
        if (b) {
            check_bit(&l, b);
        }
    }
    return l.digest ? l.digest : 1;
}

u64 check_run(const struct run *r)
{
    struct engine *e = (struct engine *)block_of(sizeof(*e));
    u8 *memory = block_of(r->memory);
    u64 digest = 0;
    running = r;
    memset(e, r->fill, sizeof(*e));
    memset(memory, r->fill, r->memory);
    if (engine_open(e, memory, r->memory)) {
        u32 end = r->second ? r->second : r->text.len;
        engine_source(e, r->second ? VIEW("first.txt") : VIEW(""), FORMATS);
        feed(e, r, 0, end);
        if (r->second) {
            engine_source(e, VIEW("second.txt"), FORMATS);
            feed(e, r, end, r->text.len);
        }
        /* Every other text is the person's own setting, too. */
        if (r->text.len % 2 && engine_setting(e)) {
            feed(e, r, 0, r->text.len);
        }
        digest = look_at(e, r, memory);
        /* Asked again, it answers the same. */
        CHECK(look_at(e, r, memory) == digest);
    }
    running = NULL;
    return digest;
}

/* SPDX-License-Identifier: MIT
 * Reverse: what a setting that is there already does to these hosts, compared
 * with what is recommended.
 */
#include "setting.h"

#include "answer.h"

static const char words[] =
#define WORD(ID, TEXT) TEXT "\0"
#define REMARK(...)
#include "know/settings.def"
#undef WORD
#undef REMARK
    ;

#define IN(ID) (1u << WORD_##ID)
#define WORD(...)
static const struct {
    u32 has, lacks, format;
} remarks[] = {
#define REMARK(FORMAT, HAS, LACKS, SENTENCE) {HAS, LACKS, FORMAT_##FORMAT},
#include "know/settings.def"
#undef REMARK
};

static const char remark_sentences[] =
#define REMARK(FORMAT, HAS, LACKS, SENTENCE) SENTENCE "\0"
#include "know/settings.def"
#undef REMARK
    ;
#undef WORD

enum { REMARKS = sizeof(remarks) / sizeof(remarks[0]), LINES = 24 };

u32 setting_words(struct view text)
{
    u32 found = 0;
    for (u32 i = 0; i < SETTING_WORDS; i++) {
        struct view word = view_of(string_at(words, i));
        found |= (u32)(view_find(text, word) < text.len) << i;
    }
    return found;
}

/* What is wrong with a bit, or good enough. */
enum finding_group { MISSING, NEEDLESS, DANGEROUS, OTHER };
enum finding {
    FINE, LEFT, LEFT_R, LACKS, DROPPED, FORBIDDEN, UNCHECKED, FORCED, OVERRIDES,
    ALONE, UNDEFENDED, SPARE, ASIDE, FINDINGS
};

static const u8 groups[FINDINGS] = {
    [LEFT] = MISSING, [LEFT_R] = MISSING, [LACKS] = DANGEROUS,
    [DROPPED] = DANGEROUS, [FORBIDDEN] = DANGEROUS, [UNCHECKED] = DANGEROUS,
    [FORCED] = DANGEROUS, [OVERRIDES] = DANGEROUS, [ALONE] = DANGEROUS,
    [UNDEFENDED] = DANGEROUS, [SPARE] = NEEDLESS, [ASIDE] = OTHER,
};

static const char *const reasons[FINDINGS] = {
    [LEFT] = "not hidden: %d.",
    [LEFT_R] = "not hidden: %d; with R the guest sees 0, but all hosts must "
               "agree.",
    [LACKS] = "asked for, but missing on %0: the machine neither starts there "
              "nor arrives.",
    [DROPPED] = "asked for, but missing on %0: QEMU drops it there with a "
                "warning, and elsewhere guests have it.",
    [FORBIDDEN] = "must be absent, but %1 has it: the machine neither starts "
                  "there nor arrives.",
    [UNCHECKED] = "not hidden, and x switches the check off: %d, so a guest "
                  "that uses it fails after a move.",
    [FORCED] = "shown as 1 everywhere, but missing on %0: a guest that uses it "
               "fails there.",
    [OVERRIDES] = "hidden, but the default %l says that the guest needs it.",
    [ALONE] = "shown without %v, which it needs.",
    [UNDEFENDED] = "a mitigation that is hidden although every host has it: "
                   "guests are worse protected.",
    [SPARE] = "hidden although every host has it.",
    [ASIDE] = "hidden; %d, but that does not count.",
};

/* The setting while it is judged. */
struct setting {
    const struct fleet *fleet;
    const struct kind_record *kind; /* a model or registers, or NULL */
    u32 format, words;
    int names; /* of features, and not registers */
    int whole; /* a named model: what it does not name is hidden */
    struct answer *ours, *yours;
    struct mask kvm; /* what KVM makes of the register, where names are */
    u32 found[FINDINGS];
};

enum { ANDED = 1 << AND | 1 << AND_WARN | 1 << ALIAS };

static int is_feature(const struct compared *c, u32 bit)
{
    return ANDED >> c->merge[bit] & 1;
}

/* Nested virtualisation: a named model leaves it out unless told. */
static int is_nested(const struct compared *c, u32 bit)
{
    return c->leaf == 0x8000000au ||
           (c->leaf == 1 && c->reg == ECX && bit == 5) ||
           (c->leaf == 0x80000001u && c->reg == ECX && bit == 2);
}

static struct word said_word(const struct setting *s, const struct compared *c)
{
    return s->kind ? row_word(s->fleet, s->kind, c->leaf, c->sub, c->reg)
                   : (struct word){0, 0};
}

static void read_kvm(struct setting *s, const struct compared *c)
{
    struct view letters = profile_mask(
        PROFILE_KVM, s->ours->vendor, c->leaf, c->sub, c->reg);
    s->kvm = mask_all('x');
    if (letters.len) {
        mask_read(letters, &s->kvm);
    }
}

/* What a model, a list of names or registers say of a bit. */
static u8 said_letter(const struct setting *s, const struct compared *c,
    u32 bit)
{
    struct word w = said_word(s, c);
    u32 there = word_bit(w, bit);
    u8 kvm = s->kvm.letter[bit];
    if (!s->names) {
        return there == 2 ? '-' : (u8)('0' + there);
    }
    if (kvm != 'H' && kvm != 'x') {
        return kvm; /* KVM decides it */
    }
    return there == 1                       ? '-'
           : there == 0                     ? '0'
           : s->whole && is_feature(c, bit) ? '0'
                                            : '-';
}

/* The custom mask that the setting comes to. */
static struct mask custom_mask(struct setting *s, const struct compared *c)
{
    const struct fleet *f = s->fleet;
    struct mask m = mask_all('-'), one;
    read_kvm(s, c);
    for (u32 b = 0; s->kind && b < 32; b++) {
        m.letter[b] = said_letter(s, c, b);
    }
    for (u32 i = 0; i < f->masks_n; i++) {
        const struct mask_record *r = &f->masks[i];
        struct view letters = {f->names.base + r->mask_at_, MASK_TEXT};
        if (r->placed_ && r->leaf_ == c->leaf && r->sub_ == c->sub &&
            r->reg_ == c->reg &&
            (!r->vendor_ || r->vendor_ == s->ours->vendor) &&
            !mask_read(letters, &one)) {
            m = mask_overlay(&m, &one);
        }
    }
    return m;
}

static void lay_over(struct setting *s)
{
    for (u32 i = 0; i < s->yours->registers_n; i++) {
        struct compared *c = &s->yours->registers[i];
        c->custom = custom_mask(s, c);
        c->effective = mask_overlay(&c->standard, &c->custom);
    }
}

/* Is the 0 spare that every host has no use for? */
static int is_spare(const struct setting *s, const struct compared *c, u32 bit)
{
    u8 standard = c->standard.letter[bit];
    if (!is_feature(c, bit) || c->unknown >> bit & 1 ||
        s->ours->fleet->hosts_n < 2 ||
        !(mask_shows(standard) || standard == '1')) {
        return 0;
    }
    /* No model shows what has no name, nor more than KVM has. */
    return !s->names ||
           (s->kvm.letter[bit] == 'H' && !is_nested(c, bit) &&
               bit_spelled(&s->fleet->know, QEMU, c->row[bit]).len);
}

/* ours, yours: the register under the recommended and under this mask. */
static enum finding judge(const struct setting *s, const struct compared *ours,
    const struct compared *yours, u32 bit)
{
    u32 check = s->ours->check;
    u32 one = ours->ones >> bit & 1, zero = ours->zeros >> bit & 1;
    u32 decision = ours->decision[bit];
    u8 letter = yours->custom.letter[bit], seen = yours->effective.letter[bit];
    int hide = decision == HIDE || decision == CLOSURE;
    struct word said = said_word(s, ours);
    if (decision == KEEP && one && zero) {
        return FINE; /* only the dumps differ */
    }
    if (decision == CONFLICT) {
        return letter == '0' && ours->standard.letter[bit] == 'T' ? OVERRIDES
                                                                   : FINE;
    }
    if (zero && ((s->names && word_bit(said, bit) == 1 &&
                     s->kvm.letter[bit] != '1') || letter == 'T')) {
        return s->format == FORMAT_QEMU_CPU && letter != 'T' &&
                       !(s->words & (1u << WORD_ENFORCE | 1u << WORD_REPORTED |
                                        1u << WORD_CPUTYPE))
                   ? DROPPED
                   : LACKS;
    }
    if (letter == 'F' && one) {
        return FORBIDDEN;
    }
    if (letter == '1') {
        return zero && is_feature(ours, bit) && s->kvm.letter[bit] != '1'
                   ? FORCED
                   : FINE;
    }
    if (one && zero && decision == HIDE && letter_counts(seen, check)) {
        return seen == 'R' ? LEFT_R : LEFT;
    }
    if (one && zero && decision == HIDE && letter == 'x') {
        return UNCHECKED;
    }
    if (one && yours->decision[bit] == CLOSURE) {
        return ALONE;
    }
    if (letter != '0' || hide) {
        return FINE;
    }
    if (one && !zero && is_spare(s, ours, bit)) {
        return ours->merge[bit] == AND_WARN ? UNDEFENDED : SPARE;
    }
    return one && zero && !s->names && mask_shows(ours->standard.letter[bit])
               ? ASIDE
               : FINE;
}

/* ---- what is handed out ---- */

static u32 keep_text(struct answer *a, struct text *t, u32 *len)
{
    struct view said = text_close(a->arena, t);
    *len = said.len;
    return arena_offset(a->arena, said.s);
}

static void keep_finding(struct setting *s, struct finding_record *r,
    const struct compared *ours, const struct compared *yours, u32 bit,
    enum finding what)
{
    struct answer *a = s->ours;
    const char *reason = reasons[what], *at = reason;
    *r = (struct finding_record){
        .leaf_ = ours->leaf, .sub_ = ours->sub, .reg_ = ours->reg, .bit_ = bit,
        .group_ = groups[what], .what_ = what,
        .yours_ = yours->effective.letter[bit],
        .ours_ = ours->effective.letter[bit],
    };
    struct text t = text_open(a->arena);
    bit_say(&t, a, ours, bit, "%n");
    r->name_at_ = keep_text(a, &t, &r->name_len_);
    t = text_open(a->arena);
    if (what == ALONE) {
        text_say(&t, at, bit_name(&a->fleet->know, yours->needs[bit]));
    } else {
        bit_say(&t, a, ours, bit, reason);
    }
    r->reason_at_ = keep_text(a, &t, &r->reason_len_);
}

/* All findings, counted first; into the list where there is one. */
static u32 find_all(struct setting *s, struct finding_record *list, u32 size)
{
    u32 n = 0;
    for (u32 i = 0; i < s->ours->registers_n; i++) {
        const struct compared *ours = &s->ours->registers[i];
        const struct compared *yours = &s->yours->registers[i];
        read_kvm(s, ours);
        for (u32 b = 32; b--;) {
            enum finding what = judge(s, ours, yours, b);
            if (what == FINE) {
                continue;
            }
            s->found[what] += !list;
            if (list && n < size &&
                s->ours->arena->size - s->ours->arena->used > 2048) {
                keep_finding(s, &list[n], ours, yours, b, what);
                n++;
            } else if (!list) {
                n++;
            }
        }
    }
    return n;
}

/* Sets of findings, 1 << enum finding. */
enum {
    LEAVES = 1 << LEFT | 1 << LEFT_R,
    ASKS = 1 << LACKS | 1 << DROPPED,
    REFUSES = 1 << FORBIDDEN | 1 << OVERRIDES,
    FAKES = 1 << FORCED | 1 << UNCHECKED,
    FATAL = LEAVES | ASKS | REFUSES | FAKES
};

static u32 count_of(const struct setting *s, u32 set)
{
    u32 n = 0;
    for (u32 i = 1; i < FINDINGS; i++) {
        n += set >> i & 1 ? s->found[i] : 0;
    }
    return n;
}

/* "A, B and C", or "A, B, C and 4 more". */
static void list_names(struct text *t, const struct setting *s,
    const struct setting_record *r, u32 set, u32 total)
{
    const u8 *base = s->ours->arena->base;
    const struct finding_record *list = (const void *)(base + r->findings_at_);
    u32 said = 0, most = total > 4 ? 3 : total;
    for (u32 i = 0; i < r->findings_n_ && said < most; i++) {
        if (set >> list[i].what_ & 1) {
            said++;
            text_put(t, said == 1       ? VIEW("")
                        : said == total ? VIEW(" and ")
                                        : VIEW(", "));
            text_put(t, (struct view){base + list[i].name_at_,
                            list[i].name_len_});
        }
    }
    if (total > said) {
        text_say(t, " and %u more", total - said);
    }
}

/* What is said of a set of findings: with how many, for one and for more. */
static const struct {
    u32 set;
    const char *head, *one, *many;
} summaries[] = {
    {LEAVES, "This setting leaves %u", " bit that differs: ",
        " bits that differ: "},
    {ASKS, "It asks for %u", " bit that not every host has: ",
        " bits that not every host has: "},
    {REFUSES, "It rules hosts out by %u", " bit: ", " bits: "},
    {FAKES, "It shows or leaves unchecked %u", " bit that not every host has: ",
        " bits that not every host has: "},
    {1 << ALONE, "It shows %u", " bit without what it needs: ",
        " bits without what they need: "},
    {1 << UNDEFENDED, "It hides %u", " mitigation that every host has: ",
        " mitigations that every host has: "},
    {1 << SPARE, "It hides %u", " bit that every host has: ",
        " bits that every host has: "},
};

static void verdict_say(struct text *t, const struct setting *s,
    const struct answer_record *record, const struct setting_record *r)
{
    if (r->works_) {
        text_put(t, s->ours->fleet->hosts_n > 1
                        ? VIEW("With this setting machines can move both ways.")
                        : VIEW("This host can run machines with this setting."));
    } else if (!count_of(s, FATAL)) {
        text_say(t, "No setting makes machines move here. %v",
            (struct view){s->ours->arena->base + record->sentence_at_,
                record->sentence_len_});
    } else if (!count_of(s, LEAVES)) {
        text_put(t, VIEW("With this setting machines cannot move everywhere."));
    }
}

static void sentence_say(struct text *t, const struct setting *s,
    const struct answer_record *record, struct setting_record *r)
{
    if (!s->kind && !s->fleet->masks_n) {
        text_put(t, VIEW("Nothing in this setting could be read, so it is not "
                         "judged."));
        return;
    }
    if (!s->ours->fleet->hosts_n) {
        text_put(t, VIEW("There are no hosts to judge this setting by."));
        return;
    }
    r->works_ = !count_of(s, FATAL) && record->migratable_;
    verdict_say(t, s, record, r);
    for (u32 i = 0; i < sizeof(summaries) / sizeof(summaries[0]); i++) {
        u32 n = count_of(s, summaries[i].set);
        if (n) {
            text_put(t, t->len ? VIEW(" ") : VIEW(""));
            text_say(t, summaries[i].head, n);
            text_put(t, view_of(n == 1 ? summaries[i].one : summaries[i].many));
            list_names(t, s, r, summaries[i].set, n);
            text_char(t, '.');
        }
    }
}

static void keep_line(struct answer *a, struct setting_record *r,
    struct line_record *list, struct view words_said)
{
    if (r->lines_n_ < LINES && words_said.len) {
        struct text t = text_open(a->arena);
        text_put(&t, words_said);
        list[r->lines_n_].text_at_ =
            keep_text(a, &t, &list[r->lines_n_].text_len_);
        r->lines_n_++;
    }
}

static void keep_remarks(const struct setting *s, struct setting_record *r)
{
    struct answer *a = s->ours;
    const struct fleet *f = s->fleet;
    struct line_record *list = TAKE(a->arena, struct line_record, LINES);
    if (!list) {
        return;
    }
    r->lines_at_ = arena_offset(a->arena, list);
    for (u32 i = 0; s->kind && i < REMARKS; i++) {
        if (remarks[i].format == s->format &&
            !(remarks[i].has & ~s->words) && !(remarks[i].lacks & s->words)) {
            keep_line(a, r, list, view_of(string_at(remark_sentences, i)));
        }
    }
    for (u32 i = 0; f != a->fleet && i < f->notes.n; i++) {
        const struct note_record *n = &f->notes.list[i];
        struct view said = {f->names.base + n->text_at_, n->text_len_};
        if (n->severity_ != INFO) {
            keep_line(a, r, list, said);
        }
    }
}

/* Do all masks that stand in the hosts' own texts come from one of them, and
 * are there hosts to move between? */
static int one_source(const struct fleet *f)
{
    for (u32 i = 1; i < f->masks_n; i++) {
        if (f->masks[i].source_ != f->masks[0].source_) {
            return 0;
        }
    }
    return f->masks_n && f->hosts_n > 1;
}

static struct setting setting_of(struct answer *a, struct answer *yours)
{
    const struct fleet *own = a->request.setting;
    struct setting s = {.fleet = own ? own : a->fleet, .ours = a,
        .yours = yours, .words = a->request.setting_words};
    if (own && own->hosts_n) {
        s.kind = &own->kinds[own->hosts[0].kind_];
        s.format = own->hosts[0].format_;
        s.names = format_carries(s.format) == NAMES;
        s.whole = own->models_n != 0;
    } else if (s.fleet->masks_n) {
        s.format = s.fleet->masks[0].format_;
    }
    return s;
}

/* Room for the registers and some findings, and what is left for the rest. */
static int has_room(const struct answer *a)
{
    u64 need = (u64)a->registers_n * (sizeof(struct compared) + 256) + 65536;
    return a->arena->size - a->arena->used > need;
}

void make_setting(struct answer *a, struct answer_record *record)
{
    struct answer yours = *a;
    struct setting s = setting_of(a, &yours);
    struct setting_record *r = TAKE(a->arena, struct setting_record, 1);
    if (!r || !has_room(a) || !(a->request.setting || one_source(a->fleet))) {
        return;
    }
    yours.registers = RESERVE(a->arena, struct compared, a->registers_n);
    for (u32 i = 0; i < a->registers_n; i++) {
        yours.registers[i] = a->registers[i];
        bytes_zero(yours.registers[i].decision, 32);
    }
    lay_over(&s);
    close_masks(&yours);
    lay_over(&s); /* closure wrote into the masks */
    r->findings_n_ = find_all(&s, NULL, 0);
    struct finding_record *list =
        TAKE(a->arena, struct finding_record, r->findings_n_);
    r->findings_n_ = list ? find_all(&s, list, r->findings_n_) : 0;
    r->findings_at_ = arena_offset(a->arena, list);
    struct text t = text_open(a->arena);
    text_put(&t, table_word(formats, s.format, 1));
    r->format_at_ = keep_text(a, &t, &r->format_len_);
    t = text_open(a->arena);
    sentence_say(&t, &s, record, r);
    r->sentence_at_ = keep_text(a, &t, &r->sentence_len_);
    keep_remarks(&s, r);
    if (make_registers(&yours, &r->registers_at_)) {
        r->registers_n_ = a->registers_n;
    }
    record->setting_at_ = arena_offset(a->arena, r);
}

/* SPDX-License-Identifier: MIT
 * Reverse: what a setting that is there already does to these hosts, compared
 * with what is recommended.
 */
#include "setting.h"

#include "emit/emit.h"

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
    [FORBIDDEN] = "must be absent, but is there on %1: the machine neither "
                  "starts there nor arrives.",
    [UNCHECKED] = "not hidden, and x switches the check off: %d, so a guest "
                  "that uses it fails after a move.",
    [FORCED] = "shown as 1 everywhere, but missing on %0: a guest that uses it "
               "fails there.",
    [OVERRIDES] = "hidden, but the default %l says that the guest needs it.",
    [ALONE] = "shown without %v, which it needs.",
    [UNDEFENDED] = "hidden although every host has it, and it is a mitigation.",
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
    int complete;      /* VMware's mask of all features: the same */
    struct view wrong; /* why it cannot be judged */
    struct answer *ours, *yours;
    struct mask kvm; /* what KVM makes of the register, where names are */
    u32 shown, target; /* of the register: to guests at all; what we hide */
    u32 found[FINDINGS];
};

enum { ANDED = 1 << AND | 1 << AND_WARN | 1 << ALIAS };

static int is_feature(const struct compared *c, u32 bit)
{
    return ANDED >> c->merge[bit] & 1;
}

/* What a named model leaves out unless told: nested virtualisation, and what is
 * the host's own (debug store, thermal and power control, processor trace), or
 * serves only nested hypervisors (L1D flush), keeps machines from moving (XSAVES,
 * whose state libvirt calls not migratable), or wants QEMU's cpu-pm (WAITPKG) or
 * its PMU (PERFMON_V2); and SGX, whose enclaves never move. */
static int is_left_out(const struct compared *c, u32 bit)
{
    u32 left_out = c->leaf == 0x8000000au || c->leaf == 0x80000022u
                       ? 0xffffffffu
                   : c->leaf == 0x80000001u && c->reg == ECX ? 1u << 2
                   : c->leaf == 0xd                          ? 1u << 3
                   : c->leaf == 7 && c->reg == EBX           ? 0x02000004u
                   : c->leaf == 7 && c->reg == ECX           ? 0x40000020u
                   : c->leaf == 7 && c->reg == EDX           ? 1u << 28
                   : c->leaf != 1                            ? 0
                   : c->reg == ECX                           ? 0x0004c1fcu
                   : c->reg == EDX                           ? 0xb8600000u
                                                             : 0;
    return (int)(left_out >> bit & 1);
}

/* Half the dumps of Intel's CPUs show SYSCALL as 0; with LM it is there. */
static int is_syscall(const struct compared *c, u32 bit)
{
    return c->leaf == 0x80000001u && c->reg == EDX && bit == 11 &&
           !(c->zeros >> 29 & 1);
}

static struct word said_word(const struct setting *s, const struct compared *c)
{
    return s->kind ? row_word(s->fleet, s->kind, c->leaf, c->sub, c->reg)
                   : (struct word){0, 0};
}

static enum masks_of platform_of(u32 format)
{
    switch (format_profile(format)) {
    case PROFILE_VMW_2026: return VMWARE_MASK;
    case PROFILE_XEN_HVM: return XEN_MASK;
    default: return KVM_MASK;
    }
}

/* What the platform and KVM make of a register, asked before its bits. */
static void read_platform(struct setting *s, const struct compared *c)
{
    struct view letters = profile_mask(
        PROFILE_KVM, s->ours->vendor, c->leaf, c->sub, c->reg);
    enum masks_of platform = platform_of(s->format);
    s->kvm = mask_all('x');
    s->shown = bits_shown(s->ours, c, platform);
    s->target = bits_for(s->ours, c, platform);
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

/* What VMware has capabilities for: of the first words, few. */
static u32 capabilities(const struct compared *c)
{
    u32 shown, compared;
    int listed =
        hardware_bits(22, c->leaf, c->sub, c->reg, &shown, &compared);
    u32 most = c->reg != EDX            ? 0xffffffffu
               : c->leaf == 1           ? 0x08240000u
               : c->leaf == 0x80000001u ? 0xee500000u
                                        : 0xffffffffu;
    return listed ? compared & most : 0;
}

/* A list that is complete hides what it could name and does not. */
static u8 base_letter(const struct setting *s, const struct compared *c,
    u32 bit)
{
    int hides = s->complete && capabilities(c) >> bit & 1;
    return s->kind || s->names ? said_letter(s, c, bit) : hides ? '0' : '-';
}

/* The custom mask that the setting comes to. */
static struct mask custom_mask(struct setting *s, const struct compared *c)
{
    const struct fleet *f = s->fleet;
    struct mask m = mask_all('-'), one;
    read_platform(s, c);
    for (u32 b = 0; b < 32; b++) {
        m.letter[b] = base_letter(s, c, b);
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
           (s->kvm.letter[bit] == 'H' && !is_left_out(c, bit) &&
               bit_spelled(&s->fleet->know, QEMU, c->row[bit]).len);
}

/* Does a model or a list of names ask for the bit? AMD's copies follow the
 * others, and what KVM makes itself is never missing. */
static int is_asked(const struct setting *s, const struct compared *c, u32 bit)
{
    u32 m = c->merge[bit];
    return s->names && word_bit(said_word(s, c), bit) == 1 &&
           s->kvm.letter[bit] != '1' &&
           (m == AND || m == AND_WARN || c->leaf == 0xd);
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
    if (s->wrong.len || (ours->leaf == MSR_10A && !s->names) ||
        (decision == KEEP && one && zero) ||
        (s->names && is_syscall(ours, bit))) {
        return FINE; /* beyond a mask, or only the dumps lack it */
    }
    if (decision == CONFLICT) {
        return letter == '0' && ours->standard.letter[bit] == 'T' ? OVERRIDES
                                                                   : FINE;
    }
    if (letter == '1') {
        return zero && is_feature(ours, bit) && s->kvm.letter[bit] != '1'
                   ? FORCED
                   : FINE;
    }
    if (zero && (letter == 'T' || is_asked(s, ours, bit))) {
        u32 how = s->words & (1u << WORD_COMMAND | 1u << WORD_ENFORCE);
        return letter != 'T' && how == 1u << WORD_COMMAND ? DROPPED : LACKS;
    }
    if (letter == 'F' && one) {
        return FORBIDDEN;
    }
    if (!(s->shown >> bit & 1)) {
        return FINE;
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
    if (letter != '0' || hide || s->target >> bit & 1) {
        return FINE;
    }
    if (one && !zero && is_spare(s, ours, bit)) {
        return ours->merge[bit] == AND_WARN ? UNDEFENDED : SPARE;
    }
    return one && zero && !s->names &&
                   ours->merge[bit] != DERIVED &&
                   mask_shows(ours->standard.letter[bit])
               ? ASIDE
               : FINE;
}

/* ---- what is handed out ---- */

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
    r->name_at_ = text_keep(a->arena, &t, &r->name_len_);
    t = text_open(a->arena);
    if (what == ALONE) {
        text_say(&t, at, bit_name(&a->fleet->know, yours->needs[bit]));
    } else {
        bit_say(&t, a, ours, bit, reason);
    }
    r->reason_at_ = text_keep(a->arena, &t, &r->reason_len_);
}

/* All findings, counted first; into the list where there is one. */
static u32 find_all(struct setting *s, struct finding_record *list, u32 size)
{
    u32 n = 0;
    for (u32 i = 0; i < s->ours->registers_n; i++) {
        const struct compared *ours = &s->ours->registers[i];
        const struct compared *yours = &s->yours->registers[i];
        read_platform(s, ours);
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
        text_put(t,
            s->ours->fleet->hosts_n > 1
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
    if (s->wrong.len) {
        text_put(t, s->wrong);
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
        if (words_said.s != t.s) {
            text_put(&t, words_said);
        } else {
            t.len = words_said.len; /* it lies there already */
        }
        list[r->lines_n_].text_at_ =
            text_keep(a->arena, &t, &list[r->lines_n_].text_len_);
        r->lines_n_++;
    }
}

static struct view line_text(const struct answer *a, u32 at, u32 i)
{
    const struct line_record *list = (const void *)(a->arena->base + at);
    return (struct view){a->arena->base + list[i].text_at_, list[i].text_len_};
}

/* What guests lose with it that they keep with the recommendation. */
static void keep_costs(const struct setting *s, struct setting_record *r,
    struct line_record *list, const struct answer_record *ours)
{
    struct answer *a = s->ours;
    struct answer_record yours = {0};
    u32 rung = rung_reached(s->yours, PSABI);
    u8 room[80];
    struct text t = text_in(room, sizeof(room));
    if (rung < ours->psabi_) {
        text_say(&t, "Guests reach x86-64-v%u with it, and v%u with the "
                     "recommendation.", rung, ours->psabi_);
        keep_line(a, r, list, rung ? text_view(&t) : VIEW(""));
    }
    make_costs(s->yours, &yours);
    for (u32 i = 0; i < yours.guests_n_; i++) {
        struct view line = line_text(a, yours.guests_at_, i);
        int new = 1;
        for (u32 j = 0; j < ours->guests_n_; j++) {
            new &= !view_equal(line, line_text(a, ours->guests_at_, j));
        }
        keep_line(a, r, list, new ? line : VIEW(""));
    }
}

/* States of XSAVE go with features; VMware wants them hidden by their own
 * names where features are. */
static void keep_states(const struct setting *s, struct setting_record *r,
    struct line_record *list)
{
    const struct fleet *f = s->fleet;
    u32 hidden = 0;
    u8 room[200];
    struct text t = text_in(room, sizeof(room));
    for (u32 i = 0; i < f->masks_n; i++) {
        const struct mask_record *m = &f->masks[i];
        struct mask mask;
        if (m->leaf_ == 0xd && !m->sub_ && m->reg_ == EAX && m->placed_ &&
            !mask_read((struct view){f->names.base + m->mask_at_, MASK_TEXT},
                &mask)) {
            for (u32 b = 0; b < 32; b++) {
                hidden |= (u32)(mask.letter[b] == '0') << b;
            }
        }
    }
    for (u32 n = 0; n < 32; n++) {
        struct view name =
            bit_spelled(&f->know, VMWARE, bit_find(0xd, 0, EAX, n));
        if (!(hidden >> n & 1) && name.len && state_is_hidden(s->yours, n)) {
            text_say(&t, t.len ? ", %v" : "%v", name);
        }
    }
    if (t.len) {
        struct text said = text_open(s->ours->arena);
        text_say(&said, "It hides features and leaves the XSAVE states that go "
                        "with them: add Val:0 for %v.", text_view(&t));
        keep_line(s->ours, r, list, text_view(&said));
    }
}

/* Is the setting one of features by VMware's names? */
static int is_by_names(const struct fleet *f)
{
    return f->masks_n && view_starts((struct view){f->names.base +
                                 f->masks[0].text_at_, 8}, VIEW("featmask"));
}

static void keep_remarks(const struct setting *s, struct setting_record *r,
    const struct answer_record *ours)
{
    struct answer *a = s->ours;
    const struct fleet *f = s->fleet;
    struct line_record *list = TAKE(a->arena, struct line_record, LINES);
    if (!list) {
        return;
    }
    r->lines_at_ = arena_offset(a->arena, list);
    if (!s->wrong.len) {
        keep_costs(s, r, list, ours);
    }
    if (!s->wrong.len && !s->kind && is_by_names(f)) {
        keep_states(s, r, list);
    }
    if (f->setting && f->hosts_n > 1) {
        keep_line(a, r, list, VIEW("Only the first of the models in it is "
                                   "judged."));
    }
    for (u32 i = 0; s->names && !s->wrong.len && i < REMARKS; i++) {
        if (remarks[i].format == s->format &&
            !(remarks[i].has & ~s->words) && !(remarks[i].lacks & s->words)) {
            keep_line(a, r, list, view_of(string_at(remark_sentences, i)));
        }
    }
    for (u32 i = 0; f != a->fleet && i < f->notes.n; i++) {
        const struct note_record *n = &f->notes.list[i];
        struct view said = {f->names.base + n->text_at_, n->text_len_};
        int unread = n->kind_ == NOTE_UNREAD || n->kind_ == NOTE_UNREAD_MORE;
        if (n->severity_ != INFO && (!unread || s->wrong.len)) {
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

static int has_note(const struct setting *s, enum note_id id)
{
    for (u32 i = 0; s->fleet->setting && i < s->fleet->notes.n; i++) {
        if (s->fleet->notes.list[i].kind_ == id) {
            return 1;
        }
    }
    return 0;
}

/* Why the setting cannot be judged, or nothing. */
static struct view wrong_with(const struct setting *s)
{
    if (has_note(s, NOTE_MODEL)) {
        return VIEW("This setting is not judged: its CPU model is not known "
                    "here.");
    }
    return !s->names && !s->kind && !s->fleet->masks_n
               ? VIEW("This setting is not judged: nothing in it could be "
                      "read as one.")
           : !s->ours->fleet->hosts_n
               ? VIEW("There are no hosts to judge this setting by.")
               : VIEW("");
}

/* featureCompat.vm.completeMasks = TRUE */
static int is_complete(const struct fleet *f)
{
    for (u32 i = 0; i < f->masks_n; i++) {
        struct view text = {f->names.base + f->masks[i].text_at_,
            f->masks[i].text_len_};
        if (view_has(text, VIEW("completeMasks = TRUE"))) {
            return 1;
        }
    }
    return 0;
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
        s.complete = is_complete(s.fleet);
    }
    if (!s.kind && has_note(&s, NOTE_MODEL_HOST)) {
        s.names = 1; /* and nothing but host, max or host-model */
        s.format = s.words & (1u << WORD_HOST | 1u << WORD_MAX)
                       ? FORMAT_QEMU_CPU
                       : FORMAT_LIBVIRT;
    }
    s.wrong = wrong_with(&s);
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
    if (s.kind || s.names || s.fleet->masks_n) {
        text_put(&t, table_word(formats, s.format, 1));
    }
    r->format_at_ = text_keep(a->arena, &t, &r->format_len_);
    t = text_open(a->arena);
    sentence_say(&t, &s, record, r);
    r->sentence_at_ = text_keep(a->arena, &t, &r->sentence_len_);
    keep_remarks(&s, r, record);
    if (make_registers(&yours, &r->registers_at_)) {
        r->registers_n_ = a->registers_n;
    }
    record->setting_at_ = arena_offset(a->arena, r);
}

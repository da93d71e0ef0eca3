/* SPDX-License-Identifier: MIT
 * The verdict: one sentence for the whole, and what to do about it.
 */
#include "answer.h"

enum { PROBLEMS = 12, PLACES_SAID = 4, HYBRID_BIT = 15 };

struct verdict {
    struct answer *a;
    struct answer_record *record;
    struct line_record *problems;
    u32 hides, differs, conflicts, kept, unknown; /* kept: in vain */
    int vendors_differ;
};

static struct view kind_vendor_text(const struct answer *a, u32 kind)
{
    const struct kind_record *k = &a->fleet->kinds[kind];
    return (struct view){a->fleet->names.base + k->vendor_at_, k->vendor_len_};
}

/* "Intel" for "GenuineIntel": how people call them. */
static struct view vendor_called(struct view vendor)
{
    static const char *const called[][2] = {{"GenuineIntel", "Intel"},
        {"AuthenticAMD", "AMD"}, {"HygonGenuine", "Hygon"},
        {"CentaurHauls", "Centaur or Zhaoxin"}};
    for (u32 i = 0; i < sizeof(called) / sizeof(called[0]); i++) {
        if (view_equal(vendor, view_of(called[i][0]))) {
            return view_of(called[i][1]);
        }
    }
    return vendor;
}

static void find_vendor(struct verdict *v)
{
    struct view first = {0, 0};
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        struct view vendor = kind_vendor_text(v->a, i);
        if (vendor.len && first.len && !view_equal(first, vendor)) {
            v->vendors_differ = 1;
        }
        first = first.len ? first : vendor;
    }
    if (!v->vendors_differ && first.len) {
        v->record->vendor_at_ = arena_offset(&v->a->fleet->names, first.s);
        v->record->vendor_len_ = first.len;
    }
}

struct view first_host_name(const struct answer *a, u32 kind)
{
    return host_name(a->fleet,
        &a->fleet->hosts[a->fleet->kinds[kind].first_host_]);
}

/* "host A is Intel, host B is AMD" */
static void vendors_say(const struct verdict *v, struct text *t)
{
    const struct fleet *f = v->a->fleet;
    u32 said = 0;
    for (u32 i = 0; i < f->kinds_n; i++) {
        struct view vendor = kind_vendor_text(v->a, i);
        u32 hosts = 0, first = f->kinds_n;
        for (u32 j = 0; j < f->kinds_n; j++) {
            if (view_equal(vendor, kind_vendor_text(v->a, j))) {
                hosts += f->kinds[j].hosts_;
                first = first < j ? first : j;
            }
        }
        if (!vendor.len || first != i) {
            continue;
        }
        text_put(t, said++ ? VIEW(", ") : VIEW(""));
        text_put(t, first_host_name(v->a, i));
        if (hosts > 1) {
            text_say(t, " and %u more are %v", hosts - 1,
                vendor_called(vendor));
        } else {
            text_say(t, " is %v", vendor_called(vendor));
        }
    }
}

static struct text *problem_open(struct verdict *v, struct text *t)
{
    *t = text_open(v->a->arena);
    return t;
}

static void problem_close(struct verdict *v, struct text *t)
{
    if (v->record->problems_n_ < PROBLEMS) {
        struct line_record *line = &v->problems[v->record->problems_n_++];
        line->text_at_ = text_keep(v->a->arena, t, &line->text_len_);
    }
}

static void count(struct verdict *v)
{
    for (u32 i = 0; i < v->a->registers_n; i++) {
        const struct compared *c = &v->a->registers[i];
        for (u32 b = 0; b < 32; b++) {
            u32 d = c->decision[b];
            v->hides += d == HIDE || d == CLOSURE;
            v->conflicts += d == CONFLICT && !(c->pin_keep >> b & 1);
            v->kept += d == CONFLICT && c->pin_keep >> b & 1;
            v->unknown += d == UNKNOWN;
            v->differs += c->ones >> b & c->zeros >> b & 1;
        }
    }
}

/* Bits of a register that count and that the kind's text does not tell. */
static u32 silent_bits(struct answer *a, u32 kind,
    const struct compared *c)
{
    u32 n = 0;
    for (u32 b = 0; b < 32; b++) {
        n += c->decision[b] == UNKNOWN &&
             word_bit(kind_words(a, c)[kind], b) == 2;
    }
    return n;
}

static int has_leaf(const struct answer *a, u32 kind, u32 leaf, u32 sub)
{
    const struct kind_record *k = &a->fleet->kinds[kind];
    const struct row *rows = kind_rows(a->fleet, k);
    for (u32 i = 0; i < k->rows_n_; i++) {
        if (rows[i].leaf == leaf && rows[i].sub == sub) {
            return 1;
        }
    }
    return 0;
}

/* "1.eax", or "leaf 7.1" where the text has nothing of it. */
static void silent_place(struct text *t, const struct answer *a, u32 kind,
    const struct compared *c)
{
    if (c->leaf == MSR_10A || has_leaf(a, kind, c->leaf, c->sub)) {
        place_say(t, c->leaf, c->sub, c->reg, 32);
        return;
    }
    text_say(t, "leaf %h", c->leaf);
    if (c->sub) {
        text_say(t, ".%h", c->sub);
    }
}

/* "esx02 says nothing about 1.eax, leaf 7, leaf 80000008 and 2 more" */
static int silence_say(const struct verdict *v, u32 kind, u32 most,
    struct text *t, u32 *bits_silent)
{
    struct answer *a = v->a;
    const struct compared *last = NULL;
    u32 said = 0, hosts = a->fleet->kinds[kind].hosts_;
    *bits_silent = 0;
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u32 silent = silent_bits(a, kind, c);
        *bits_silent += silent;
        if (!silent || (last && last->leaf == c->leaf && last->sub == c->sub &&
                           !has_leaf(a, kind, c->leaf, c->sub))) {
            continue;
        }
        last = c;
        if (!said) {
            text_put(t, first_host_name(a, kind));
            if (hosts > 1) {
                text_say(t, " and %u more say nothing about ", hosts - 1);
            } else {
                text_put(t, VIEW(" says nothing about "));
            }
        }
        if (said++ < most) {
            text_put(t, said > 1 ? VIEW(", ") : VIEW(""));
            silent_place(t, a, kind, c);
        }
    }
    if (said > most) {
        text_say(t, " and %u more", said - most);
    }
    return said != 0;
}

static void find_silence(struct verdict *v)
{
    if (!v->unknown) {
        return;
    }
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        struct text t;
        u32 silent;
        if (silence_say(v, i, PLACES_SAID, problem_open(v, &t), &silent)) {
            u32 of_msr = 0;
            for (u32 n = 0; n < v->a->registers_n; n++) {
                const struct compared *c = &v->a->registers[n];
                of_msr += c->leaf == MSR_10A ? silent_bits(v->a, i, c) : 0;
            }
            text_say(&t,
                ": %u %v that count cannot be compared. Paste its %v%v%v.",
                silent, silent == 1 ? VIEW("bit") : VIEW("bits"),
                of_msr < silent ? VIEW("cpuid -1 -r") : VIEW(""),
                of_msr && of_msr < silent ? VIEW(" and ") : VIEW(""),
                of_msr ? VIEW("rdmsr -a 0x10a") : VIEW(""));
            problem_close(v, &t);
        }
    }
}

/* A default T that no host meets, or F that none does: no host can run it. */
static int required_nowhere(const struct compared *c, u32 b)
{
    u8 letter = c->standard.letter[b];
    return !(c->unknown >> b & 1) &&
           ((letter == 'T' && !(c->ones >> b & 1)) ||
               (letter == 'F' && !(c->zeros >> b & 1)));
}

static void bit_problem(struct verdict *v, const struct compared *c, u32 b)
{
    struct text t;
    u32 d = c->decision[b];
    const char *sentence = NULL;
    if (c->pin_keep >> b & 1 && (d == CONFLICT || d == WARN)) {
        bit_say(problem_open(v, &t), v->a, c, b, "%n (%p): ");
        reason_rest_say(&t, v->a, c, b);
        problem_close(v, &t);
        return;
    }
    if (d == HIDE && c->pin_hide >> b & 1 && is_mitigation(c->merge[b]) &&
        c->unpinned[b] != HIDE) {
        sentence = "%b (%p) is a mitigation that you hide: guests guard "
                   "themselves by slower means, or not at all.";
    } else if (d == CONFLICT) {
        sentence = "%b (%p) must be equal and cannot be masked: 1 on %1, 0 on "
                   "%0.";
    } else if (required_nowhere(c, b)) {
        sentence = "%b (%p) has the default %l, which no host meets.";
    }
    if (sentence) {
        bit_say(problem_open(v, &t), v->a, c, b, sentence);
        problem_close(v, &t);
    }
}

/* Mitigations that some hosts lack, and what to do about it: one sentence for
 * all that the same hosts lack. */
enum gap {
    NO_GAP, UPDATE, NO_UPDATE, TRUSTED, DOUBTED, IMMUNE,
    GAPS = 96, LISTED = 6
};

static const char *const gap_says[][2] = {
    [UPDATE] = {" is a mitigation: update microcode or BIOS on %0 rather than "
                "hide it.",
        " are mitigations: update microcode or BIOS on %0 rather than hide "
        "them."},
    [NO_UPDATE] = {" is a mitigation that no update brings to %0: guests "
                   "without it guard themselves by slower means.",
        " are mitigations that no update brings to %0: guests without them "
        "guard themselves by slower means."},
    [TRUSTED] = {" is missing on %0, and a guest that starts with it trusts it "
                 "there, too: update microcode or BIOS on %0.",
        " are missing on %0, and a guest that starts with them trusts them "
        "there, too: update microcode or BIOS on %0."},
    [DOUBTED] = {" is missing on %0: update microcode or BIOS there, unless "
                 "the CPUs are immune. Paste the output of %w to know.",
        " are missing on %0: update microcode or BIOS there, unless the CPUs "
        "are immune. Paste the output of %w to know."},
    [IMMUNE] = {" is missing on %0, and no mask hides it: a guest that starts "
                "on %1 leaves out what it needs there, so start it on %0.",
        " are missing on %0, and no mask hides them: a guest that starts on %1 "
        "leaves out what it needs there, so start it on %0."},
};

struct gaps {
    const struct compared *c[GAPS];
    u8 bit[GAPS], gap[GAPS];
    u32 hosts[GAPS]; /* a hash of the kinds that lack it */
    u32 n;
};

/* What kind of gap the bit leaves on this kind of host. */
static enum gap gap_on(const struct verdict *v, const struct compared *c, u32 b,
    u32 kind)
{
    u32 d = c->decision[b];
    if (word_bit(kind_words(v->a, c)[kind], b) != 0) {
        return NO_GAP;
    }
    if (c->merge[b] == OR_SAFE && (d == HIDE || d == WARN)) {
        enum safety s = safety_of(v->a, c, b, kind);
        return s == IS_SAFE      ? NO_GAP
               : s == UNSURE     ? DOUBTED
               : d == HIDE       ? UPDATE
                                 : TRUSTED;
    }
    if (c->leaf == MSR_10A && c->merge[b] == AND && d == WARN) {
        return IMMUNE;
    }
    if (c->merge[b] == AND_WARN && d == HIDE) {
        return update_may_bring(v->a, c->row[b]) ? UPDATE : NO_UPDATE;
    }
    return NO_GAP;
}

static void find_gaps(const struct verdict *v, const struct compared *c, u32 b,
    struct gaps *g)
{
    u32 hosts[IMMUNE + 1] = {0};
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        u32 gap = gap_on(v, c, b, i);
        hosts[gap] = (hosts[gap] ^ (i + 1)) * 0x01000193u;
    }
    for (u32 gap = UPDATE; gap <= IMMUNE && g->n < GAPS; gap++) {
        if (hosts[gap]) {
            g->c[g->n] = c;
            g->bit[g->n] = (u8)b;
            g->gap[g->n] = (u8)gap;
            g->hosts[g->n++] = hosts[gap];
        }
    }
}

/* Leaves only the hosts with this gap as those that lack the bit. */
static void narrow(struct verdict *v, const struct compared *c, u32 b,
    enum gap gap)
{
    kind_words(v->a, c);
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        if (word_bit(v->a->words[i], b) == 0 && gap_on(v, c, b, i) != gap) {
            v->a->words[i].known &= ~(1u << b);
        }
    }
}

static void gap_say(struct verdict *v, struct gaps *g, u32 first)
{
    struct text t;
    u32 said = 0, gap = g->gap[first];
    problem_open(v, &t);
    for (u32 i = first; i < g->n; i++) {
        if (g->gap[i] == gap && g->hosts[i] == g->hosts[first]) {
            if (said++ < LISTED) {
                bit_say(&t, v->a, g->c[i], g->bit[i],
                    said > 1 ? ", %b (%p)" : "%b (%p)");
            }
            g->gap[i] = i == first ? g->gap[i] : NO_GAP;
        }
    }
    if (said > LISTED) {
        text_say(&t, " and %u more", said - LISTED);
    }
    narrow(v, g->c[first], g->bit[first], (enum gap)gap);
    bit_say(&t, v->a, g->c[first], g->bit[first], gap_says[gap][said > 1]);
    v->a->words_of = NULL;
    problem_close(v, &t);
}

/* Every host has MSR 0x10a, and no text says what is in it. */
static int lacks_msr(const struct answer *a)
{
    const struct compared *c = answer_register(a, 7, 0, EDX);
    return c && (c->ones & ~(c->zeros | c->unknown)) >> 29 & 1 &&
           !answer_register(a, MSR_10A, SUB_MSR, EAX);
}

static void gap_problems(struct verdict *v)
{
    struct gaps g;
    g.n = 0;
    for (u32 i = 0; i < v->a->registers_n; i++) {
        const struct compared *c = &v->a->registers[i];
        for (u32 b = 0; b < 32; b++) {
            if (is_mitigation(c->merge[b]) || c->leaf == MSR_10A) {
                find_gaps(v, c, b, &g);
            }
        }
    }
    u32 asked = 0;
    for (u32 i = 0; i < g.n; i++) {
        if (g.gap[i]) {
            asked |= g.gap[i] == DOUBTED;
            gap_say(v, &g, i);
        }
    }
    if (g.n && !asked && lacks_msr(v->a)) {
        struct text t;
        text_say(problem_open(v, &t),
            "These hosts differ in mitigations; what MSR 0x10a says of "
            "immunity may differ, too: paste the output of rdmsr -a 0x10a of "
            "each.");
        problem_close(v, &t);
    }
}

/* The least and the most of a field, and a kind of host that has it. */
struct spread {
    u32 least, most, least_kind, most_kind, told;
};

static struct spread spread_of(const struct answer *a, u32 leaf, u32 reg,
    u32 low, u32 width)
{
    struct spread s = {0, 0, 0, 0, 0};
    u32 mask = ((1u << width) - 1) << low;
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        struct word w = answer_word(a, i, leaf, 0, reg);
        u32 value = (w.value & mask) >> low;
        if ((w.known & mask) != mask || !value) {
            continue;
        }
        if (!s.told || value < s.least) {
            s.least = value;
            s.least_kind = i;
        }
        if (!s.told++ || value > s.most) {
            s.most = value;
            s.most_kind = i;
        }
    }
    return s;
}

/* Numbers that no mask rules, and what to do where hosts differ in them. */
static const struct {
    u32 leaf;
    u8 reg, low, width;
    const char *sentence;
} numbers[] = {
    {0x80000008u, EAX, 0, 8,
        "%v has %u address bits, %v %u: give guests no more than the fewest, "
        "or memory above is lost on the move."},
    {1, EBX, 8, 8,
        "%v flushes cache lines of %u x 8 bytes, %v of %u x 8: guests that "
        "flush by line corrupt data on the move."},
};

/* In kHz; 0 where the text does not tell. Leaf 0x16 stands in for a crystal that
 * leaf 0x15 does not name, as in Linux. */
static u32 tsc_of(const struct answer *a, u32 kind)
{
    u32 ratio[3];
    for (u32 r = EAX; r <= ECX; r++) {
        struct word w = answer_word(a, kind, 0x15, 0, r);
        ratio[r] = w.value & w.known;
    }
    struct word base = answer_word(a, kind, 0x16, 0, EAX);
    if (!ratio[EAX] || !ratio[EBX]) {
        return 0;
    }
    return ratio[ECX] ? (u32)((u64)ratio[ECX] * ratio[EBX] / ratio[EAX] / 1000)
                      : (base.value & base.known & 0xffff) * 1000;
}

static void tsc_problem(struct verdict *v)
{
    struct text t;
    u32 least = 0, most = 0, slow = 0, fast = 0;
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        u32 khz = tsc_of(v->a, i);
        if (khz && (!least || khz < least)) {
            least = khz;
            slow = i;
        }
        if (khz > most) {
            most = khz;
            fast = i;
        }
    }
    if (most - least > least / 200) {
        text_say(problem_open(v, &t),
            "The TSC of %v runs at %u MHz, that of %v at %u MHz: leave the "
            "invariant TSC (invtsc) off, or see that every host can scale the "
            "TSC.",
            first_host_name(v->a, slow), least / 1000,
            first_host_name(v->a, fast), most / 1000);
        problem_close(v, &t);
    }
}

static void number_problems(struct verdict *v)
{
    struct text t;
    for (u32 i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct spread s = spread_of(v->a, numbers[i].leaf, numbers[i].reg,
            numbers[i].low, numbers[i].width);
        if (s.least != s.most) {
            text_say(problem_open(v, &t), numbers[i].sentence,
                first_host_name(v->a, s.least_kind), s.least,
                first_host_name(v->a, s.most_kind), s.most);
            if (!i && s.least < 40) {
                text_say(&t, " QEMU's default is 40: set phys-bits=%u.",
                    s.least);
            }
            problem_close(v, &t);
        }
    }
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        if (word_bit(answer_word(v->a, i, 7, 0, EDX), HYBRID_BIT) == 1) {
            text_say(problem_open(v, &t),
                "%v has cores of two kinds: bind guests to one kind, or their "
                "CPUs change while they run.",
                first_host_name(v->a, i));
            problem_close(v, &t);
        }
    }
}

static void find_problems(struct verdict *v)
{
    struct text t;
    if (v->vendors_differ) {
        text_say(problem_open(v, &t),
            "Machines never move between vendors while running: keep these "
            "hosts in clusters of one vendor each.");
        problem_close(v, &t);
    }
    for (int conflicts = 1; conflicts >= 0; conflicts--) {
        for (u32 i = 0; i < v->a->registers_n; i++) {
            const struct compared *c = &v->a->registers[i];
            for (u32 b = 0; b < 32; b++) {
                if ((c->decision[b] == CONFLICT) == conflicts) {
                    bit_problem(v, c, b);
                }
            }
        }
    }
    if (!v->vendors_differ) {
        gap_problems(v);
        for (u32 i = 0; xsave_conflict_say(problem_open(v, &t), v->a, i); i++) {
            problem_close(v, &t);
        }
        number_problems(v);
        tsc_problem(v);
        for (u32 i = 0; soft_needs_say(problem_open(v, &t), v->a, i); i++) {
            problem_close(v, &t);
        }
    }
    find_silence(v);
    for (u32 i = 0; i < v->a->fleet->kinds_n; i++) {
        if (v->a->fleet->kinds[i].guest_) {
            problem_open(v, &t);
            text_put(&t, first_host_name(v->a, i));
            text_put(&t, VIEW(" was dumped inside a virtual machine: dump the "
                              "host itself."));
            problem_close(v, &t);
        }
    }
}

/* The EVC mode all hosts reach, and what the next one would take. */
static void find_evc(struct verdict *v)
{
    struct answer_record *r = v->record;
    struct text t = text_open(v->a->arena);
    struct view vendor = {v->a->fleet->names.base + r->vendor_at_,
        r->vendor_len_};
    enum ladder ladder = EVC_INTEL;
    if (view_equal(vendor, VIEW("AuthenticAMD"))) {
        ladder = EVC_AMD;
    } else if (!view_equal(vendor, VIEW("GenuineIntel"))) {
        return;
    }
    u32 rung = rung_reached(v->a, ladder);
    if (rung) {
        text_put(&t, rung_word(ladder, rung, 0));
    }
    r->evc_at_ = text_keep(v->a->arena, &t, &r->evc_len_);
    t = text_open(v->a->arena);
    next_rung_say(&t, v->a, ladder, rung);
    r->evc_next_at_ = text_keep(v->a->arena, &t, &r->evc_next_len_);
}

/* 0 where a host's text does not say. */
static u32 find_phys_bits(struct answer *a)
{
    struct spread s = spread_of(a, 0x80000008u, EAX, 0, 8);
    a->phys_bits_differ = s.least != s.most;
    a->phys_bits = s.told == a->fleet->kinds_n ? s.least : 0;
    return a->phys_bits;
}

static const char *sentence_of(const struct verdict *v, u32 *n)
{
    u32 hosts = v->a->fleet->hosts_n;
    if (v->a->fleet->refusals.n && hosts == 0) {
        return "%r";
    }
    if (hosts == 0) {
        return v->a->fleet->notes.n ? "%e" : "No hosts were read.";
    }
    if (hosts == 1) {
        return "One host read: %a. Paste another to compare.";
    }
    if (v->vendors_differ) {
        return "No mask can help: %v.";
    }
    *n = v->conflicts;
    if (*n) {
        return "Machines cannot move between %h: %u %b must be equal and "
               "cannot be masked.";
    }
    *n = v->kept;
    if (*n) {
        return *n == 1 ? "Machines that use the bit you keep cannot move "
                         "between %h: it is missing on a host, or what it "
                         "needs is hidden."
                       : "Machines that use what you keep cannot move between "
                         "%h: %u bits of it are missing on a host, or what "
                         "they need is hidden.";
    }
    *n = v->hides;
    if (*n) {
        return "Hide %u %b and machines can move both ways between %h.";
    }
    *n = v->differs;
    if (*n) {
        return *n == 1 ? "Nothing to hide: the %u bit that differs does not "
                         "count, and machines can move both ways between %h."
                       : "Nothing to hide: the %u bits that differ do not "
                         "count, and machines can move both ways between %h.";
    }
    return v->unknown ? "Nothing that is known differs."
                      : "These hosts are alike: nothing to hide.";
}

static struct view name_of(const struct fleet *f, u32 host)
{
    return host_name(f, &f->hosts[host]);
}

/* %a the first host, %h all of them, %v what vendors they are of, %u how many
 * bits, %b "bit" or "bits", %e the first note,
 * %r the first refusal. */
static void sentence_say(const struct verdict *v, struct text *t)
{
    const struct fleet *f = v->a->fleet;
    const struct note_record *first = f->notes.list;
    u32 n = 0;
    for (const char *p = sentence_of(v, &n); *p; p++) {
        if (*p != '%') {
            text_char(t, (u8)*p);
            continue;
        }
        switch (*++p) {
        case 'a': text_put(t, name_of(f, 0)); break;
        case 'r':
            refusal_say(t, v->a, f->refusals.list);
            text_char(t, ' ');
            refusal_step(t, f->refusals.list);
            break;
        case 'v': vendors_say(v, t); break;
        case 'u': text_decimal(t, n); break;
        case 'b': text_say(t, n == 1 ? "bit" : "bits"); break;
        case 'e':
            text_put(t, (struct view){f->notes.text->base + first->text_at_,
                            first->text_len_});
            break;
        default:
            if (f->hosts_n == 2) {
                text_say(t, "%v and %v", name_of(f, 0), name_of(f, 1));
            } else {
                text_say(t, "all %u hosts", f->hosts_n);
            }
            break;
        }
    }
}

/* The first that is unknown, in few words; the problems say all of it. */
static void unknown_tail(const struct verdict *v, struct text *t)
{
    u32 silent, said = 0;
    struct text before = *t;
    for (u32 i = 0; i < v->a->fleet->kinds_n && v->unknown && !said; i++) {
        *t = before;
        text_say(t, " Unknown: ");
        said = (u32)silence_say(v, i, 1, t, &silent);
    }
    if (said) {
        text_say(t, ", which may change this.");
    } else {
        *t = before;
    }
}

/* With no hosts to compare, a refusal may say that no mask can help. */
static int refused_for_vendors(const struct fleet *f)
{
    int any = 0;
    for (u32 i = 0; i < f->refusals.n && !f->hosts_n; i++) {
        any |= refusal_of_vendors(&f->refusals.list[i]);
    }
    return any;
}

int make_verdict(struct answer *a, struct answer_record *record)
{
    struct verdict v = {.a = a, .record = record};
    v.problems = TAKE(a->arena, struct line_record, PROBLEMS);
    if (!v.problems) {
        return 0;
    }
    record->problems_at_ = arena_offset(a->arena, v.problems);
    count(&v);
    find_vendor(&v);
    find_problems(&v);
    record->migratable_ = !v.vendors_differ && !(v.conflicts + v.kept) &&
                          !refused_for_vendors(a->fleet);
    record->psabi_ = a->fleet->hosts_n ? rung_reached(a, PSABI) : 0;
    find_evc(&v);
    record->xcr0_ = xsave_components(a);
    record->xsave_size_ = xsave_size(a);
    make_costs(a, record);
    make_drift(a, record);
    record->phys_bits_ = find_phys_bits(a);
    struct text t = text_open(a->arena);
    sentence_say(&v, &t);
    if (a->fleet->hosts_n > 1 && !v.vendors_differ) {
        unknown_tail(&v, &t);
    }
    record->sentence_at_ = text_keep(a->arena, &t, &record->sentence_len_);
    return 1;
}

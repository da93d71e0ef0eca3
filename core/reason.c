/* SPDX-License-Identifier: MIT
 * One sentence for every bit: what becomes of it and why.
 */
#include "answer.h"

static const u16 advised[] = {
#define ADVICE(LEAF, SUB, REG, BIT, SENTENCE) \
    ROW_##LEAF##_##SUB##_##REG##_##BIT,
#include "know/advice.def"
#undef ADVICE
};

static const char advice[] =
#define ADVICE(LEAF, SUB, REG, BIT, SENTENCE) " " SENTENCE "\0"
#include "know/advice.def"
#undef ADVICE
    ;

const struct word *kind_words(struct answer *a, const struct compared *c)
{
    for (u32 i = 0; a->words_of != c && i < a->fleet->kinds_n; i++) {
        a->words[i] = answer_word(a, i, c->leaf, c->sub, c->reg);
    }
    a->words_of = c;
    return a->words;
}

static u32 hosts_with(struct answer *a, const struct compared *c, u32 bit,
    u32 value)
{
    const struct word *words = kind_words(a, c);
    u32 n = 0;
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        if (word_bit(words[i], bit) == value) {
            n += a->fleet->kinds[i].hosts_;
        }
    }
    return n;
}

/* "esx01", "esx01 and esx02", "esx01, esx02 and 3 more" */
u32 marked_say(struct text *t, const struct answer *a)
{
    u32 hosts = 0, named = 0;
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        hosts += a->marks[i] ? a->fleet->kinds[i].hosts_ : 0;
    }
    for (u32 i = 0; i < a->fleet->kinds_n && named < 2; i++) {
        if (a->marks[i]) {
            if (named++) {
                text_say(t, hosts > 2 ? ", " : " and ");
            }
            text_put(t, first_host_name(a, i));
        }
    }
    if (hosts > named && named) {
        text_say(t, " and %u more", hosts - named);
    }
    return hosts;
}

static void hosts_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit, u32 value)
{
    const struct word *words = kind_words(a, c);
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        a->marks[i] = word_bit(words[i], bit) == value;
    }
    marked_say(t, a);
}

static const char *difference(struct answer *a, const struct compared *c,
    u32 bit)
{
    if (c->row[bit] == BITS && field_name(c->leaf, c->sub, c->reg, bit).len) {
        return "hosts differ in %n";
    }
    return hosts_with(a, c, bit, 1) < hosts_with(a, c, bit, 0)
               ? "%n is only on %1"
               : "%n is missing on %0";
}

void bit_say(struct text *t, struct answer *a, const struct compared *c,
    u32 bit, const char *sentence)
{
    struct view name;
    for (const char *p = sentence; *p; p++) {
        if (*p != '%') {
            text_char(t, (u8)*p);
            continue;
        }
        switch (*++p) {
        case 'd': bit_say(t, a, c, bit, difference(a, c, bit)); break;
        case 'l': text_char(t, c->standard.letter[bit]); break;
        case 'b': case 'f': case 'n':
            name = *p != 'f' && c->row[bit] < BITS
                       ? bit_name(&a->fleet->know, c->row[bit])
                       : field_name(c->leaf, c->sub, c->reg, bit);
            if (!name.len && *p == 'n') {
                name = VIEW("This bit without a name");
            }
            text_put(t, name);
            break;
        case 'p': place_say(t, c->leaf, c->sub, c->reg, bit); break;
        case 'w':
            text_put(t, a->vendor == INTEL ? VIEW("rdmsr -a 0x10a")
                                           : VIEW("cpuid -1 -r"));
            break;
        default: hosts_say(t, a, c, bit, (u32)(*p - '0')); break;
        }
    }
}

static const char *hide_cause(const struct answer *a, u8 letter)
{
    if (letter == 'R') {
        return "; with the default R the guest sees 0, but all hosts must "
               "agree.";
    }
    return a->check == EQUAL
               ? "; with the default H the guest sees the host's bit, and all "
                 "hosts must agree."
               : "; what the guest sees must exist on every host.";
}

static const char *hidden_cause(u8 letter)
{
    switch (letter) {
    case '1': return "the default 1 shows it on every host.";
    case 'R': return "with the default R the guest sees 0 on every host.";
    default: return "the default 0 hides it from the guest.";
    }
}

/* Why a bit whose default is x does not count. */
static const char *const aside_causes[] = {
    [MIRROR] = "it shows what the running system switched on, not what the "
               "host has.",
    [SET] = "every hypervisor sets it for its guests.",
    [TOPO] = "the virtual machine has a topology of its own.",
    [PER_CPU] = "it differs from CPU to CPU of one host.",
    [HINT] = "it is about speed only; nothing breaks without it.",
    [DERIVED] = "it follows from other features.",
    [MIN] = "it is a number; the smallest one counts.",
    [EQ] = "it cannot be hidden and should be equal.",
    [EQ_TSC] = "it needs equal clocks or TSC scaling on all hosts, so keep it "
               "off where guests move.",
    [OR] = "a 1 means that something is absent, so a guest should see it "
           "where any host has it.",
    [OR_SAFE] = "a guest that starts with it trusts it everywhere: update "
                "microcode or BIOS on %0.",
    [OR_INFO] = "it is how the hardware behaves and cannot be hidden.",
    [COND] = "it goes with RTM and is shown only where that is off.",
    [IGNORE] = "no guest has a use for it.",
    [UNTOLD] = NULL,
};

static const char *aside_cause(const struct answer *a,
    const struct compared *c, u32 bit)
{
    if (c->leaf == MSR_10A && c->merge[bit] == AND) {
        return c->decision[bit] == WARN
                   ? "no mask here reaches an MSR: a guest that starts with it "
                     "leaves out what it needs on %0."
                   : "no mask here reaches an MSR.";
    }
    if (c->leaf >= 0x40000000u && c->leaf < 0x80000000u) {
        return "it belongs to a hypervisor, not to the host.";
    }
    if (c->decision[bit] == WARN && c->merge[bit] == OR_SAFE &&
        safety_of_all(a, c, bit) == UNSURE) {
        return "a guest that starts with it trusts it everywhere: update "
               "microcode or BIOS on %0, unless the CPUs are immune.";
    }
    if (c->merge[bit] == OR_SAFE && c->decision[bit] == IGNORED) {
        return "a guest may see it on %0 as well: it is safe to believe "
               "there, too.";
    }
    if (aside_causes[c->merge[bit]]) {
        return aside_causes[c->merge[bit]];
    }
    if (c->leaf == 0xd && c->reg == EAX && c->sub == 1) {
        return "how state is saved follows from the features left; the "
               "hypervisor decides it.";
    }
    return a->profile == PROFILE_OPEN ? "it is not a feature of its own."
                                      : "with the default x the guest does "
                                        "not use it.";
}

static const char *conflict(u8 letter)
{
    switch (letter) {
    case 'T':
        return "conflict: with the default T the guest requires %n, which is "
               "missing on %0.";
    case 'F':
        return "conflict: with the default F the guest requires %n to be 0, "
               "but it is 1 on %1.";
    default:
        return "conflict: %f must be equal and cannot be masked; %1 and %0 "
               "differ.";
    }
}

static const char *unknown_tail(struct answer *a, const struct compared *c,
    u32 bit)
{
    u32 one = c->ones >> bit & 1;
    if (!one && !(c->zeros >> bit & 1)) {
        return ".";
    }
    if (hosts_with(a, c, bit, one) > 1) {
        return one ? "; %1 have it." : ", and %0 lack it.";
    }
    return one ? "; %1 has it." : ", and %0 lacks it.";
}

int update_may_bring(const struct answer *a, u32 row)
{
    return bit_cause(row) == CAUSE_MICROCODE && !bit_first(row, a->vendor).len;
}

static struct view row_name(const struct answer *a, u32 row)
{
    return bit_name(&a->fleet->know, row);
}

/* Which host it is that has the erratum. */
static void withdrawn_say(struct text *t, const struct answer *a,
    const char *head)
{
    u32 kind = 0;
    while (!loses_xsaves(a, kind)) {
        kind++;
    }
    text_say(t,
        "%v: an erratum of Zen 1 and Zen 2, as in %v, may lose what XSAVES "
        "saves; systems there do without it, so it counts as missing.",
        view_of(head), first_host_name(a, kind));
}

/* What the bit was hidden for. */
static void needed_say(struct text *t, const struct answer *a, u32 own, u32 row)
{
    const struct compared *c =
        row_register(a, row);
    u32 bit = bits.bit[row];
    if (own == row) {
        withdrawn_say(t, a, "hidden");
    } else if (excludes(own, row)) {
        text_say(t,
            "hidden: no guest may see it together with %v.", row_name(a, row));
    } else {
        text_say(t, "hidden: it needs %v, which %v.", row_name(a, row),
            c && c->pin_hide >> bit & 1 ? VIEW("you hide")
            : c && mask_shows(c->effective.letter[bit])
                ? VIEW("not every host has")
                : VIEW("the guest does not see"));
    }
}

/* One more name of a list that breaks off after three. */
static void list_say(struct text *t, u32 said, const char *head,
    struct view name)
{
    if (said < 3) {
        text_say(t, said ? ", %v" : head, name);
    }
}

enum { ANCESTORS = 16 };

/* All that a feature needs, and what that needs, and so on. */
static u32 needs_of(u32 row, u32 list[ANCESTORS])
{
    u32 n = 0;
    for (u32 at = 0; at <= n && row < BITS; at++) {
        for (u32 i = 0, need; (need = need_of(row, i)) < BITS; i++) {
            u32 met = 0;
            while (met < n && list[met] != need) {
                met++;
            }
            if (met == n && n < ANCESTORS) {
                list[n++] = need;
            }
        }
        row = at < n ? list[at] : (u32)BITS;
    }
    return n;
}

/* Was it hidden for this one, or for what was hidden for this one? */
static int goes_with(const struct answer *a, const struct compared *c, u32 bit,
    u32 row)
{
    for (u32 steps = 0; c && c->decision[bit] == CLOSURE && steps < ANCESTORS;
         steps++) {
        u32 need = c->needs[bit];
        if (need == row) {
            return c->row[bit] != row;
        }
        c = row_register(a, need);
        bit = bits.bit[need];
    }
    return 0;
}

/* What is hidden with the bit, or what keeping it asks for. */
static void relatives_say(struct text *t, const struct answer *a,
    const struct compared *c, u32 bit)
{
    u32 said = 0, d = c->decision[bit], needs[ANCESTORS];
    if ((d == KEEP || (d == CONFLICT && c->pin_keep >> bit & 1)) &&
        c->ones >> bit & 1) {
        for (u32 i = 0, n = needs_of(c->row[bit], needs); i < n; i++) {
            list_say(t, said++, " To keep it, keep %v", row_name(a, needs[i]));
        }
    } else if (d == HIDE || d == CLOSURE) {
        for (u32 i = 0; i < a->registers_n; i++) {
            const struct compared *other = &a->registers[i];
            for (u32 b = 0; b < 32; b++) {
                if (other->decision[b] == CLOSURE &&
                    goes_with(a, other, b, c->row[bit])) {
                    list_say(t, said++, " With it goes %v",
                        row_name(a, other->row[b]));
                }
            }
        }
    }
    if (said > 3) {
        text_say(t, " and %u more", said - 3);
    }
    text_put(t, said ? VIEW(".") : VIEW(""));
}

static const char *kept(const struct answer *a, u32 all)
{
    if (a->fleet->hosts_n == 1) {
        return all ? "kept: the host has " : "nothing to hide: the host lacks ";
    }
    return all ? "kept: every host has " : "nothing to hide: no host has ";
}

/* Hosts that need no update are not named as those that lack the bit, until the
 * words are looked up again. */
static void spare_safe(struct answer *a, const struct compared *c, u32 bit)
{
    kind_words(a, c);
    for (u32 i = 0; c->merge[bit] == OR_SAFE && i < a->fleet->kinds_n; i++) {
        if (!word_bit(a->words[i], bit) &&
            safety_of(a, c, bit, i) == IS_SAFE) {
            a->words[i].known &= ~(1u << bit);
        }
    }
}

static void decision_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit, u32 decision)
{
    u32 differs = c->ones >> bit & c->zeros >> bit & 1;
    u8 letter = c->standard.letter[bit];
    const char *head = "hidden: %d", *middle = "", *tail = "";
    switch (decision) {
    case HIDE:
        middle = hide_cause(a, letter);
        if (c->merge[bit] == OR_SAFE && safety_of_all(a, c, bit) == IS_SAFE) {
            tail = " It tells guests that the host is patched, and %0 is, or "
                   "is immune; without it they call themselves vulnerable.";
        } else if (is_mitigation(c->merge[bit])) {
            tail = update_may_bring(a, c->row[bit])
                       ? " It is a mitigation: update microcode or BIOS on %0 "
                         "before hiding it."
                       : " It is a mitigation that came with newer CPUs: no "
                         "update brings it to %0.";
        }
        break;
    case HIDDEN:
        head = "already decided: ";
        middle = differs ? "%d, but " : "";
        tail = hidden_cause(letter);
        break;
    case CLOSURE:
        needed_say(t, a, c->row[bit], c->needs[bit]);
        head = "";
        break;
    case CONFLICT: head = conflict(letter); break;
    case UNKNOWN:
        head = "unknown: the text of %2 does not say whether %n is there";
        tail = unknown_tail(a, c, bit);
        break;
    case WARN:
        if (c->withdrawn >> bit & 1) {
            withdrawn_say(t, a, "take care");
            head = "";
            break;
        }
        u32 kind;
        if (c->merge[bit] == DERIVED && has_pkru_trap(a, &kind)) {
            text_say(t,
                "take care: %v lists PKRU state without PKU, as Zen 2 does; "
                "what guests get follows from PKU. KVM of older kernels saved "
                "it all the same: a guest started there hangs after a move, so "
                "start it anew.",
                first_host_name(a, kind));
            head = "";
            break;
        }
        bit_say(t, a, c, bit, "take care: %d; ");
        tail = aside_cause(a, c, bit);
        head = "";
        spare_safe(a, c, bit);
        break;
    case IGNORED:
        head = "ignored: ";
        middle = differs ? "%d, but " : "";
        tail = aside_cause(a, c, bit);
        break;
    case KEEP:
        if (differs) {
            head = "kept: %0 has %n, too; an Intel CPU shows it as 0 to a "
                   "program that is not in 64-bit mode, as the one that "
                   "dumped it. A 1 in the mask says so on every host.";
            break;
        }
        /* fall through */
    default:
        head = kept(a, c->ones >> bit & 1);
        middle = c->row[bit] < BITS ? "%n" : "this bit";
        tail = ".";
        break;
    }
    bit_say(t, a, c, bit, head);
    bit_say(t, a, c, bit, middle);
    bit_say(t, a, c, bit, tail);
    a->words_of = NULL;
}

/* A sentence begins with a word for the decision: "kept: every host has AVX."
 * This takes what was written since *from* without it. */
static void cut_word(struct text *t, u32 from)
{
    struct view said = view_from(text_view(t), from);
    u32 word = view_find(said, VIEW(": ")) + 2;
    if (word < said.len) {
        t->len -= word;
        bytes_move(t->s + from, said.s + word, said.len - word);
    }
}

/* What the person asked for, and what would be without. */
static void pinned_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    const char *head = NULL;
    u32 d = c->decision[bit];
    u8 letter = c->custom.letter[bit];
    if (d == CONFLICT && letter == '0') {
        bit_say(t, a, c, bit,
            c->zeros >> bit & 1 ? "conflict: you asked to keep it, but it is "
                                  "missing on %0 and "
                                : "conflict: you asked to keep it, but it is ");
        needed_say(t, a, c->row[bit], c->needs[bit]);
        return;
    }
    if (d == CONFLICT) {
        head = "conflict: kept as you asked, but missing on %0: machines that "
               "use it cannot move there.";
    } else if (d == WARN) {
        head = "take care: you asked to keep it, but no host has it.";
    } else if (letter == 'H' && d == KEEP) {
        head = c->standard.letter[bit] == 'x'
                   ? "kept: you asked for it; H in the mask holds every host "
                     "to it."
                   : "kept: you asked for it; every host has %n, and H in the "
                     "mask shows it against the default %l. No mask shows a "
                     "guest what the platform itself cannot give.";
    }
    if (head) {
        bit_say(t, a, c, bit, head);
        if (d == CONFLICT && c->row[bit] < BITS &&
            update_may_bring(a, c->row[bit])) {
            bit_say(t, a, c, bit, " Update microcode or BIOS on %0.");
        }
        return;
    }
    text_say(t, d == HIDE      ? "hidden: you asked for it; "
                : d == UNKNOWN ? "unknown: you asked to keep it; "
                               : "kept: you asked for it; ");
    u32 from = t->len;
    decision_say(t, a, c, bit, d == UNKNOWN ? d : c->unpinned[bit]);
    cut_word(t, from);
    if (d == HIDE && c->unpinned[bit] != HIDE &&
        is_mitigation(c->merge[bit])) {
        text_say(t, " It is a mitigation that guests lose.");
    }
}

void refused_pin_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    const char *cause = aside_causes[c->merge[bit]];
    bit_say(t, a, c, bit,
        c->pin_hide >> bit & 1 ? "%n (%p) is not hidden as you asked: "
                               : "%n (%p) is not kept as you asked: ");
    text_say(t, cause                ? cause
                : c->leaf == MSR_10A ? "no mask here reaches an MSR."
                                     : "no mask rules it.");
}

void reason_rest_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    u32 from = t->len;
    reason_say(t, a, c, bit);
    cut_word(t, from);
}

void reason_say(struct text *t, struct answer *a, const struct compared *c,
    u32 bit)
{
    u32 differs = c->ones >> bit & c->zeros >> bit & 1;
    if ((c->pin_hide | c->pin_keep) >> bit & 1) {
        pinned_say(t, a, c, bit);
    } else {
        decision_say(t, a, c, bit, c->decision[bit]);
    }
    relatives_say(t, a, c, bit);
    for (u32 i = 0; differs && i < sizeof(advised) / sizeof(advised[0]); i++) {
        if (advised[i] == c->row[bit]) {
            text_say(t, string_at(advice, i));
        }
    }
}

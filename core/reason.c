/* SPDX-License-Identifier: MIT
 * One sentence for every bit: what becomes of it and why.
 */
#include "answer.h"

static const struct {
    u32 leaf, sub, reg, bit;
    const char *sentence;
} advice[] = {
#define ADVICE(LEAF, SUB, REG, BIT, SENTENCE) {LEAF, SUB, REG, BIT, SENTENCE},
#include "know/advice.def"
#undef ADVICE
};

u32 kind_bit(struct answer *a, u32 kind, const struct compared *c, u32 bit)
{
    const struct fleet *f = a->fleet;
    for (u32 i = 0; a->words_of != c && i < f->kinds_n; i++) {
        a->words[i] = kind_word(f, &f->kinds[i], c->leaf, c->sub, c->reg);
    }
    a->words_of = c;
    struct word w = a->words[kind];
    return w.known >> bit & 1 ? w.value >> bit & 1 : 2;
}

void hosts_say(struct text *t, struct answer *a, const struct compared *c,
    u32 bit, u32 value)
{
    const struct fleet *f = a->fleet;
    u32 kinds = 0, hosts = 0, named = 0;
    for (u32 i = 0; i < f->kinds_n; i++) {
        if (kind_bit(a, i, c, bit) == value) {
            kinds++;
            hosts += f->kinds[i].hosts_;
        }
    }
    for (u32 i = 0; i < f->kinds_n && named < 2; i++) {
        if (kind_bit(a, i, c, bit) != value) {
            continue;
        }
        if (named) {
            text_put(t, hosts > 2 ? VIEW(", ") : VIEW(" and "));
        }
        text_put(t, host_name(f, &f->hosts[f->kinds[i].first_host_]));
        named++;
    }
    if (hosts > named && named) {
        text_say(t, " and %u more", hosts - named);
    }
}

static void name_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    u32 known = c->row[bit];
    struct view field = field_name(c->leaf, c->sub, c->reg, bit);
    if (known < bits_count) {
        text_put(t, bit_name(&a->fleet->know, known));
    } else if (field.len) {
        text_put(t, field);
    } else {
        text_put(t, VIEW("This bit without a name"));
    }
}

static u32 hosts_with(struct answer *a, const struct compared *c, u32 bit,
    u32 value)
{
    u32 n = 0;
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        n += kind_bit(a, i, c, bit) == value ? a->fleet->kinds[i].hosts_ : 0;
    }
    return n;
}

/* "SSE3 is missing on esx02" or "SSE3 is set only on esx01" */
static void difference_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    if (c->row[bit] == bits_count &&
        field_name(c->leaf, c->sub, c->reg, bit).len) {
        name_say(t, a, c, bit);
        text_put(t, VIEW(" differs"));
        return;
    }
    u32 few = hosts_with(a, c, bit, 1) < hosts_with(a, c, bit, 0) ? 1 : 0;
    name_say(t, a, c, bit);
    text_put(t, few ? VIEW(" is only on ") : VIEW(" is missing on "));
    hosts_say(t, a, c, bit, few);
}

static void advise(struct text *t, const struct compared *c, u32 bit)
{
    for (u32 i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
        if (advice[i].leaf == c->leaf && advice[i].sub == c->sub &&
            advice[i].reg == c->reg && advice[i].bit == bit) {
            text_say(t, " %v", view_of(advice[i].sentence));
        }
    }
}

static void hide_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    text_put(t, VIEW("hidden: "));
    difference_say(t, a, c, bit);
    if (c->standard.letter[bit] == 'R') {
        text_put(t, VIEW("; with the default R the guest sees 0, but all "
                         "hosts must agree."));
    } else if (a->check == EQUAL) {
        text_put(t, VIEW("; with the default H the guest sees the host's "
                         "bit, and all hosts must agree."));
    } else {
        text_put(t, VIEW("; what the guest sees must exist on every host."));
    }
    if (c->merge[bit] == AND_WARN) {
        text_put(t, VIEW(" It is a mitigation: update microcode or BIOS on "));
        hosts_say(t, a, c, bit, 0);
        text_put(t, VIEW(" before hiding it."));
    }
}

static void hidden_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit, int differs)
{
    text_put(t, VIEW("already decided: "));
    if (differs) {
        difference_say(t, a, c, bit);
        text_put(t, VIEW(", but "));
    }
    switch (c->standard.letter[bit]) {
    case '1': text_put(t, VIEW("the default 1 shows it on every host.")); break;
    case 'R':
        text_put(t, VIEW("with the default R the guest sees 0 on every host."));
        break;
    default: text_put(t, VIEW("the default 0 hides it from the guest.")); break;
    }
}

/* Why a bit whose default is x does not count. */
static const char *aside_cause(struct answer *a,
    const struct compared *c, u32 bit)
{
    if (c->leaf >= 0x40000000u && c->leaf < 0x80000000u) {
        return "it belongs to a hypervisor, not to the host.";
    }
    switch (c->merge[bit]) {
    case MIRROR:
        return "it shows what the running system switched on, not what the "
               "host has.";
    case SET: return "every hypervisor sets it for its guests.";
    case TOPO: return "the virtual machine has a topology of its own.";
    case PER_CPU: return "it differs from CPU to CPU of one host.";
    case HINT: return "it is about speed only; nothing breaks without it.";
    case DERIVED: return "it follows from other features.";
    case MIN: return "it is a number; the smallest one counts.";
    case EQ: return "it cannot be hidden and should be equal.";
    case EQ_TSC:
        return "it needs equal clocks or TSC scaling on all hosts, so keep it "
               "off where guests move.";
    case OR:
        return "a 1 means that something is absent, so a guest should see it "
               "where any host has it.";
    case OR_SAFE:
        return "a guest may see it where every host is patched or immune; "
               "update microcode where it is 0.";
    case OR_INFO: return "it is how the hardware behaves and cannot be hidden.";
    case COND: return "it goes with RTM and is shown only where that is off.";
    case IGNORE: return "no guest has a use for it.";
    case AND: case AND_WARN: case ALIAS: case FIXED: case UNTOLD: break;
    }
    if (c->leaf == 0xd && c->reg == EAX && c->sub == 1) {
        return "how state is saved follows from the features left; the "
               "hypervisor decides it.";
    }
    return a->profile == PROFILE_OPEN ? "it is not a feature of its own."
                                      : "with the default x the guest does "
                                        "not use it.";
}

static void ignored_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit, int differs)
{
    text_put(t, VIEW("ignored: "));
    if (differs) {
        difference_say(t, a, c, bit);
        text_put(t, VIEW(", but "));
    }
    text_put(t, view_of(aside_cause(a, c, bit)));
}

static void warn_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    text_put(t, VIEW("take care: "));
    difference_say(t, a, c, bit);
    text_put(t, VIEW("; "));
    text_put(t, view_of(aside_cause(a, c, bit)));
}

static void conflict_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    u8 letter = c->standard.letter[bit];
    text_put(t, VIEW("conflict: "));
    if (letter != 'T' && letter != 'F') {
        text_put(t, field_name(c->leaf, c->sub, c->reg, bit));
        text_put(t, VIEW(" must be equal and cannot be masked; "));
        hosts_say(t, a, c, bit, 1);
        text_put(t, VIEW(" and "));
        hosts_say(t, a, c, bit, 0);
        text_put(t, VIEW(" differ."));
        return;
    }
    text_say(t, "with the default %c the guest requires ", (int)letter);
    name_say(t, a, c, bit);
    text_put(t, letter == 'T' ? VIEW(", which is missing on ")
                              : VIEW(" to be 0, but it is 1 on "));
    hosts_say(t, a, c, bit, letter == 'T' ? 0 : 1);
    text_put(t, VIEW("."));
}

static void unknown_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    text_put(t, VIEW("unknown: the text of "));
    hosts_say(t, a, c, bit, 2);
    text_put(t, VIEW(" does not say whether "));
    name_say(t, a, c, bit);
    text_put(t, c->ones >> bit & 1 ? VIEW(" is there; ")
                                   : VIEW(" is there, and "));
    hosts_say(t, a, c, bit, c->ones >> bit & 1);
    int many = hosts_with(a, c, bit, c->ones >> bit & 1) > 1;
    if (c->ones >> bit & 1) {
        text_put(t, many ? VIEW(" have it.") : VIEW(" has it."));
    } else {
        text_put(t, many ? VIEW(" lack it.") : VIEW(" lacks it."));
    }
}

static void keep_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    int all = (int)(c->ones >> bit & 1);
    text_put(t, all ? VIEW("kept: ") : VIEW("nothing to hide: "));
    if (a->fleet->hosts_n == 1) {
        text_put(t, all ? VIEW("the host has ") : VIEW("the host lacks "));
    } else {
        text_put(t, all ? VIEW("every host has ") : VIEW("no host has "));
    }
    if (c->row[bit] < bits_count) {
        name_say(t, a, c, bit);
    } else {
        text_put(t, VIEW("this bit"));
    }
    text_put(t, VIEW("."));
}

void reason_say(struct text *t, struct answer *a,
    const struct compared *c, u32 bit)
{
    int differs = (int)(c->ones >> bit & c->zeros >> bit & 1);
    switch (c->decision[bit]) {
    case HIDE: hide_say(t, a, c, bit); break;
    case HIDDEN: hidden_say(t, a, c, bit, differs); break;
    case CONFLICT: conflict_say(t, a, c, bit); break;
    case UNKNOWN: unknown_say(t, a, c, bit); break;
    case WARN: warn_say(t, a, c, bit); break;
    case IGNORED: ignored_say(t, a, c, bit, differs); break;
    case KEEP: case CLOSURE: keep_say(t, a, c, bit); break;
    }
    if (differs) {
        advise(t, c, bit);
    }
}

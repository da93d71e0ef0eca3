/* SPDX-License-Identifier: MIT */
#include "link.h"

#include "code.h"

static const struct {
    u32 leaf;
    u8 sub, reg;
    u32 bits;
} words[] = {
#define LINK_WORD(LEAF, SUB, REG, BITS) {LEAF, SUB, REG, BITS},
#define LINK_PROCESSORS(LETTERS)
#include "know/link1.def"
#include "know/link2.def"
#undef LINK_WORD
#undef LINK_PROCESSORS
};

static const char processors[] =
#define LINK_WORD(LEAF, SUB, REG, BITS)
#define LINK_PROCESSORS(LETTERS) LETTERS
#include "know/link1.def"
#undef LINK_WORD
#undef LINK_PROCESSORS
    ;

enum {
    WORDS1 = 0
#define LINK_WORD(...) +1
#define LINK_PROCESSORS(LETTERS)
#include "know/link1.def"
#undef LINK_WORD
#undef LINK_PROCESSORS
    ,
    WORDS = sizeof(words) / sizeof(words[0]),
    WORD_BITS = 7,
    LINK_HOSTS = 20000,
    LINK_KINDS = 4096,
    EXTRAS = 64,
    NAME_TREE = 256
};

_Static_assert(WORDS <= 1 << WORD_BITS, "a pin's word has WORD_BITS");

struct extra {
    u32 leaf, sub, reg, value, known;
};

struct link_kind {
    u32 value[WORDS], known[WORDS];
    u32 words_n, extras_n;
    struct extra extras[EXTRAS];
};

struct link_host {
    u32 kind; /* index among the kinds of the link, built-in ones first */
    struct link_name {
        u8 s[64];
        u32 len;
    } name;
};

/* Everything that learns. */
struct model {
    chance full[3][2], none[3], changed[WORDS], bit[WORDS][32], known_bit[32];
    chance nearest[NUMBER_CHANCES], extras[NUMBER_CHANCES];
    chance number[NUMBER_CHANCES], choice[NUMBER_CHANCES];
    chance new_kind, same_kind, named, kinds_back[NUMBER_CHANCES];
    chance shared[NUMBER_CHANCES], letter[NAME_TREE], letter_more;
    chance digit_more, own[8], hide, placed, version[NUMBER_CHANCES];
};

struct link {
    struct code code;
    struct model model;
    struct link_kind *kinds;
    u32 kinds_n, kinds_size, built_in;
    struct link_host *hosts;
    u32 hosts_n;
    u32 version, carried; /* how many of the words it can carry */
    u32 profile, check, qemu, libvirt;
    u32 defaults_n, pins_n;
    struct own_default defaults[OWN_DEFAULTS];
    struct pin pins[PINS];
    u32 sum; /* over everything coded, to know a damaged link */
};

static void set_all(chance *p, u32 n, chance value)
{
    for (u32 i = 0; i < n; i++) {
        p[i] = value;
    }
}

static void model_open(struct model *m)
{
    set_all((chance *)(void *)m, sizeof(*m) / sizeof(chance), CHANCE(50));
    set_all(m->changed, WORDS, CHANCE(30));
    set_all(&m->bit[0][0], WORDS * 32, CHANCE(25));
}

static void add_sum(struct link *k, u32 value)
{
    k->sum = (k->sum ^ value) * 0x01000193u;
}

/* 0: nothing known of the word, 1: all that a link carries, 2: a part */
static u32 word_state(u32 known, u32 w)
{
    return known == 0 ? 0 : known == words[w].bits ? 1 : 2;
}

static u32 code_known(struct link *k, u32 w, u32 near_state, u32 last_state,
    u32 known)
{
    struct model *m = &k->model;
    u32 state = word_state(known, w);
    if (code_bit(&k->code, &m->full[near_state][last_state == 0], state == 1)) {
        return words[w].bits;
    }
    if (code_bit(&k->code, &m->none[near_state], state == 0)) {
        return 0;
    }
    u32 got = 0;
    for (u32 b = 32; b--;) {
        if (words[w].bits >> b & 1) {
            got |= code_bit(&k->code, &m->known_bit[b], known >> b & 1) << b;
        }
    }
    return got;
}

/* The word as a difference from the nearest kind's. */
static u32 code_word(struct link *k, u32 w, u32 near, u32 value, u32 known)
{
    struct model *m = &k->model;
    u32 odd = (value ^ near) & known, got = 0;
    if (!code_bit(&k->code, &m->changed[w], odd != 0)) {
        return near & known;
    }
    for (u32 b = 32; b--;) {
        if (known >> b & 1) {
            got |= code_bit(&k->code, &m->bit[w][b], odd >> b & 1) << b;
        }
    }
    return (near ^ got) & known;
}

static void code_extra(struct link *k, struct extra *e)
{
    struct code *c = &k->code;
    e->leaf = code_plain(c, e->leaf, 32);
    e->sub = code_number(c, k->model.number, e->sub);
    e->reg = code_plain(c, e->reg, 2);
    e->known = code_plain(c, e->known, 32);
    e->value = code_plain(c, e->value, 32) & e->known;
    add_sum(k, e->leaf ^ e->value);
}

static u32 distance(const struct link_kind *a, const struct link_kind *b)
{
    u32 sum = 0;
    for (u32 w = 0; w < WORDS; w++) {
        u32 odd = (a->value[w] ^ b->value[w]) & a->known[w];
        sum += (u32)__builtin_popcount(odd) * 2 + (odd ? 3 : 0) +
               (a->known[w] != b->known[w] ? 2 : 0);
    }
    return sum;
}

static u32 nearest_kind(const struct link *k, const struct link_kind *one)
{
    u32 best = 0, least = 0xffffffffu;
    for (u32 i = 0; i < k->kinds_n; i++) {
        u32 d = distance(one, &k->kinds[i]);
        if (d <= least) {
            least = d;
            best = i;
        }
    }
    return best;
}

/* Codes the kind at kinds[kinds_n] and counts it in. Returns 0 when what was
 * read cannot be. */
static int code_kind(struct link *k)
{
    static const struct link_kind nothing;
    struct link_kind *one = &k->kinds[k->kinds_n];
    u32 back = k->code.writing && k->kinds_n
                   ? k->kinds_n - nearest_kind(k, one)
                   : 0;
    back = code_number(&k->code, k->model.nearest, back);
    if (back > k->kinds_n) {
        return 0;
    }
    const struct link_kind *near = back ? one - back : &nothing;
    u32 last = 1;
    for (u32 w = 0; w < k->carried; w++) {
        u32 known = code_known(k, w, word_state(near->known[w], w), last,
            one->known[w]);
        one->value[w] = known
                            ? code_word(k, w, near->value[w], one->value[w],
                                  known)
                            : 0;
        one->known[w] = known;
        last = word_state(known, w);
        add_sum(k, one->value[w] ^ (known << 1));
    }
    u32 extras = code_number(&k->code, k->model.extras, one->extras_n);
    if (extras > EXTRAS) {
        return 0;
    }
    one->extras_n = extras;
    for (u32 i = 0; i < extras; i++) {
        code_extra(k, &one->extras[i]);
    }
    k->kinds_n++;
    return 1;
}

/* A name as what it shares with the one before it, and the rest. */
static int code_name(struct link *k, struct link_name *name,
    const struct link_name *before)
{
    struct code *c = &k->code;
    u32 shared = 0, end = name->len;
    while (shared < before->len && shared < name->len &&
           before->s[shared] == name->s[shared]) {
        shared++;
    }
    shared = code_number(c, k->model.shared, shared);
    if (shared > before->len) {
        return 0;
    }
    bytes_copy(name->s, before->s, shared);
    u32 n = shared;
    while (code_bit(c, &k->model.letter_more, n < end)) {
        if (n == sizeof(name->s)) {
            return 0;
        }
        name->s[n] = (u8)code_tree(c, k->model.letter, 8, name->s[n]);
        n++;
    }
    name->len = n;
    return 1;
}

static int code_host(struct link *k, struct link_host *host,
    const struct link_host *before)
{
    static const struct link_host nobody;
    struct code *c = &k->code;
    const struct link_host *last = before ? before : &nobody;
    if (code_bit(c, &k->model.new_kind, host->kind == k->kinds_n)) {
        host->kind = k->kinds_n;
        if (k->kinds_n == k->kinds_size || !code_kind(k)) {
            return 0;
        }
    } else if (code_bit(c, &k->model.same_kind,
                   before && host->kind == last->kind)) {
        host->kind = last->kind;
    } else {
        u32 back = code_number(c, k->model.kinds_back,
            k->kinds_n - 1 - host->kind);
        if (back >= k->kinds_n - k->built_in) {
            return 0;
        }
        host->kind = k->kinds_n - 1 - back;
    }
    if (!code_bit(c, &k->model.named, host->name.len != 0)) {
        host->name.len = 0;
        return 1;
    }
    return code_name(k, &host->name, &last->name);
}

static const char mask_letters[] = "01xHRTF-";

static u32 letter_number(u8 letter)
{
    u32 n = 0;
    while (n < 7 && (u8)mask_letters[n] != letter) {
        n++;
    }
    return n;
}

static u32 word_of(u32 leaf, u32 sub, u32 reg)
{
    u32 w = 0;
    while (w < WORDS && (words[w].leaf != leaf || words[w].sub != sub ||
                            words[w].reg != reg)) {
        w++;
    }
    return w;
}

static void code_pin(struct link *k, struct pin *p)
{
    struct code *c = &k->code;
    u32 w = word_of(p->leaf, p->sub, p->reg);
    p->hide = code_bit(c, &k->model.hide, p->hide);
    if (code_bit(c, &k->model.placed, w < WORDS)) {
        w = code_plain(c, w, WORD_BITS) % WORDS;
        p->leaf = words[w].leaf;
        p->sub = words[w].sub;
        p->reg = words[w].reg;
    } else {
        p->leaf = code_plain(c, p->leaf, 32);
        p->sub = code_number(c, k->model.number, p->sub);
        p->reg = code_plain(c, p->reg, 2);
    }
    p->bit = code_plain(c, p->bit, 5);
    add_sum(k, p->leaf ^ p->sub << 8 ^ p->reg << 6 ^ p->bit << 1 ^ p->hide);
}

/* What version 2 adds to the choices. */
static void code_more_choices(struct link *k)
{
    k->qemu = code_number(&k->code, k->model.version, k->qemu);
    k->libvirt = code_number(&k->code, k->model.version, k->libvirt);
    k->pins_n = code_number(&k->code, k->model.number, k->pins_n);
    if (k->pins_n > PINS) {
        k->pins_n = 0;
    }
    for (u32 i = 0; i < k->pins_n; i++) {
        code_pin(k, &k->pins[i]);
    }
    add_sum(k, k->qemu ^ k->libvirt << 16);
}

static void code_choices(struct link *k)
{
    struct code *c = &k->code;
    k->profile = code_number(c, k->model.choice, k->profile);
    k->check = code_plain(c, k->check, 2);
    k->defaults_n = code_number(c, k->model.number, k->defaults_n);
    if (k->defaults_n > OWN_DEFAULTS) {
        k->defaults_n = 0;
    }
    for (u32 i = 0; i < k->defaults_n; i++) {
        struct own_default *own = &k->defaults[i];
        own->leaf = code_plain(c, own->leaf, 32);
        own->sub = code_number(c, k->model.number, own->sub);
        own->reg = code_plain(c, own->reg, 2);
        for (u32 b = 32; b--;) {
            u32 n = letter_number(own->mask.letter[b]);
            n = code_tree(c, k->model.own, 3, n);
            own->mask.letter[b] = (u8)mask_letters[n];
        }
    }
    add_sum(k, k->profile * 64 + k->check * 16 + k->defaults_n);
    if (k->version == '2') {
        code_more_choices(k);
    }
}

/* Codes the whole. Returns 0 when what was read cannot be. */
static int code_all(struct link *k)
{
    code_choices(k);
    k->hosts_n = code_number(&k->code, k->model.number, k->hosts_n);
    if (k->hosts_n > LINK_HOSTS) {
        return 0;
    }
    for (u32 i = 0; i < k->hosts_n; i++) {
        if (!code_host(k, &k->hosts[i], i ? &k->hosts[i - 1] : NULL) ||
            k->code.starved > 8) {
            return 0;
        }
    }
    u32 check = (k->sum ^ k->sum >> 16) & 0x3fff;
    return code_plain(&k->code, check, 14) == check;
}

/* The built-in processors: kinds every link can begin from, and what the
 * chances learn first. Writes them when link1.def is made, else reads them. */
static void code_processors(struct link *k)
{
    k->built_in = code_plain(&k->code, k->built_in, 8);
    while (k->kinds_n < k->built_in && k->kinds_n < k->kinds_size &&
           code_kind(k)) {
    }
    k->sum = 0;
}

static int link_open(struct link *k, struct arena *arena)
{
    bytes_zero(k, sizeof(*k));
    model_open(&k->model);
    u32 room = (arena->size - arena->used) / 3;
    k->kinds_size = room * 2 / (u32)sizeof(struct link_kind);
    k->kinds_size = k->kinds_size < LINK_KINDS ? k->kinds_size : LINK_KINDS;
    k->kinds = TAKE(arena, struct link_kind, k->kinds_size);
    u8 *bytes = TAKE(arena, u8, sizeof(processors));
    if (!k->kinds || !bytes) {
        return 0;
    }
    struct text t = text_in(bytes, sizeof(processors));
    base64_read(&t, view_of(processors));
    k->code = code_reader(text_view(&t));
    k->carried = WORDS1;
    code_processors(k);
    return 1;
}

/* A word beyond link1.def and link2.def travels when it counts under the masks
 * in force. */
static int counts(const struct answer *a, u32 leaf, u32 sub, u32 reg)
{
    const struct compared *c = answer_register(a, leaf, sub, reg);
    for (u32 b = 0; c && b < 32; b++) {
        if (letter_counts(c->standard.letter[b], EQUAL)) {
            return 1;
        }
    }
    return 0;
}

static void take_word(struct link_kind *to, const struct answer *a,
    const struct row *row, u32 r, int wanted)
{
    u32 w = word_of(row->leaf, row->sub, r), known = row->known[r];
    if (w < WORDS) {
        to->known[w] = known & words[w].bits;
        to->value[w] = row->value[r] & to->known[w];
        to->words_n += to->known[w] != 0;
    } else if (known && to->extras_n < EXTRAS &&
               (wanted || counts(a, row->leaf, row->sub, r))) {
        to->extras[to->extras_n++] = (struct extra){
            row->leaf, row->sub, r, row->value[r], known};
    }
}

/* The registers that count; of a host that has none of them, what it has. */
static void take_kind(struct link_kind *to, const struct answer *a,
    const struct kind_record *kind)
{
    const struct row *rows = kind_rows(a->fleet, kind);
    for (int wanted = 0; wanted < 2; wanted++) {
        for (u32 i = 0; i < kind->rows_n_ * 4; i++) {
            take_word(to, a, &rows[i / 4], i % 4, wanted);
        }
        if (to->words_n || to->extras_n) {
            return;
        }
    }
}

static void take_choices(struct link *k, const struct answer *a)
{
    const struct request *q = &a->request;
    /* What was only suggested by a text's form travels as a choice: the form
     * itself does not. */
    u32 profile = a->suggested ? a->profile : q->profile;
    k->profile = profile < PROFILES ? profile + 1 : 0;
    k->check = q->check;
    k->qemu = q->qemu;
    k->libvirt = q->libvirt;
    k->defaults_n = q->defaults_n;
    bytes_copy(k->defaults, q->defaults, sizeof(q->defaults));
    k->pins_n = q->pins_n;
    bytes_copy(k->pins, q->pins, sizeof(q->pins));
}

static void set_version(struct link *k, u8 version)
{
    k->version = version;
    k->carried = version == '2' ? WORDS : WORDS1;
}

/* The oldest version that can say it: more pages know it. */
static u8 least_version(const struct link *k)
{
    u32 more = k->qemu | k->libvirt | k->pins_n;
    for (u32 i = 0; i < k->hosts_n; i++) {
        for (u32 w = WORDS1; w < WORDS; w++) {
            more |= k->kinds[k->hosts[i].kind].known[w];
        }
    }
    return more ? '2' : '1';
}

/* Hosts of the fleet, each kind placed where its first host stands. */
static int take_hosts(struct link *k, struct answer *a, int with_names,
    struct arena *arena)
{
    const struct fleet *f = a->fleet;
    u32 *place = TAKE(arena, u32, f->kinds_n);
    k->hosts_n = f->hosts_n < LINK_HOSTS ? f->hosts_n : LINK_HOSTS;
    k->hosts = TAKE(arena, struct link_host, k->hosts_n);
    if (!place || !k->hosts) {
        return 0;
    }
    u32 next = k->built_in;
    for (u32 i = 0; i < k->hosts_n; i++) {
        const struct host_record *h = &f->hosts[i];
        if (!place[h->kind_]) {
            if (next == k->kinds_size) {
                return 0;
            }
            take_kind(&k->kinds[next], a, &f->kinds[h->kind_]);
            place[h->kind_] = next++;
        }
        k->hosts[i].kind = place[h->kind_];
        if (with_names && h->named_) {
            struct view name = host_name(f, h);
            k->hosts[i].name.len = name.len < 64 ? name.len : 64;
            bytes_copy(k->hosts[i].name.s, name.s, k->hosts[i].name.len);
        }
    }
    return 1;
}

struct view link_write(struct answer *a, int with_names, struct arena *arena)
{
    struct view nothing = {0, 0};
    struct link *k = TAKE(arena, struct link, 1);
    if (!k || !link_open(k, arena) || !take_hosts(k, a, with_names, arena)) {
        return nothing;
    }
    take_choices(k, a);
    set_version(k, least_version(k));
    u32 room = (arena->size - arena->used) / 3;
    u8 *bytes = TAKE(arena, u8, room);
    struct text code = text_in(bytes, room);
    k->code = code_writer(&code);
    if (!bytes || !code_all(k)) {
        return nothing;
    }
    code_end(&k->code);
    while (code.len && !code.s[code.len - 1]) {
        code.len--;
    }
    struct text t = text_open(arena);
    text_char(&t, (u8)k->version);
    base64_write(&t, text_view(&code));
    return code.cut || t.cut ? nothing : text_close(arena, &t);
}

static void say_word(struct text *t, u32 leaf, u32 sub, u32 reg, u32 value,
    u32 known)
{
    if (!known) {
        return;
    }
    place_say(t, leaf, sub, reg, 32);
    text_say(t, " = 0x%x", value);
    if (known != 0xffffffffu) {
        text_say(t, "/0x%x", known);
    }
    text_put(t, VIEW("\n"));
}

static void say_host(struct text *t, const struct link *k, u32 i)
{
    const struct link_host *h = &k->hosts[i];
    const struct link_kind *kind = &k->kinds[h->kind];
    text_put(t, i ? VIEW("\n") : VIEW(""));
    if (h->name.len) {
        text_say(t, "# host: %v\n", (struct view){h->name.s, h->name.len});
    } else {
        text_put(t, VIEW("---\n"));
    }
    for (u32 w = 0; w < WORDS; w++) {
        say_word(t, words[w].leaf, words[w].sub, words[w].reg, kind->value[w],
            kind->known[w]);
    }
    for (u32 e = 0; e < kind->extras_n; e++) {
        const struct extra *x = &kind->extras[e];
        say_word(t, x->leaf, x->sub, x->reg, x->value, x->known);
    }
}

static void say_version(struct text *t, const char *choice, u32 version)
{
    if (version) {
        text_say(t, choice, version >> 8, version & 0xff);
    }
}

static void say_choices(struct text *t, const struct link *k)
{
    if (k->profile && k->profile <= PROFILES) {
        text_say(t, "profile=%v\n", table_word(profiles, k->profile - 1, 0));
    }
    if (k->check < NO_CHECK) {
        text_say(t, "check=%v\n",
            k->check == EQUAL ? VIEW("equal") : VIEW("subset"));
    }
    for (u32 i = 0; i < k->defaults_n; i++) {
        const struct own_default *own = &k->defaults[i];
        u8 letters[MASK_TEXT];
        mask_print(&own->mask, ' ', letters);
        text_put(t, VIEW("default="));
        text_say(t, "%h.%h.%v=%v\n", own->leaf, own->sub, reg_name(own->reg),
            (struct view){letters, MASK_TEXT});
    }
    for (u32 i = 0; i < k->pins_n; i++) {
        const struct pin *p = &k->pins[i];
        text_put(t, p->hide ? VIEW("hide=") : VIEW("keep="));
        if (p->leaf == MSR_10A) {
            text_put(t, VIEW("msr10a.0"));
        } else {
            text_say(t, "%h.%h", p->leaf, p->sub);
        }
        text_say(t, ".%v.%u\n", reg_name(p->reg), p->bit);
    }
    say_version(t, "qemu=%u.%u\n", k->qemu);
    say_version(t, "libvirt=%u.%u\n", k->libvirt);
}

const char *link_read(struct view payload, struct arena *arena,
    struct view *text, struct view *choices)
{
    static const char damaged[] =
        "This link is damaged: it may have been cut when it was copied.";
    if (!payload.len || (payload.s[0] != '1' && payload.s[0] != '2')) {
        return "This is not a link of a version this page knows.";
    }
    struct link *k = TAKE(arena, struct link, 1);
    u8 *bytes = TAKE(arena, u8, payload.len);
    if (!k || !bytes || !link_open(k, arena)) {
        return "This link is too long for the memory.";
    }
    struct text code = text_in(bytes, payload.len);
    k->hosts = TAKE(arena, struct link_host, LINK_HOSTS);
    if (!k->hosts) {
        return "This link is too long for the memory.";
    }
    if (!base64_read(&code, view_from(payload, 1))) {
        return damaged;
    }
    set_version(k, payload.s[0]);
    k->code = code_reader(text_view(&code));
    if (!code_all(k)) {
        return damaged;
    }
    struct text t = text_open(arena);
    for (u32 i = 0; i < k->hosts_n; i++) {
        say_host(&t, k, i);
    }
    *text = text_close(arena, &t);
    struct text c = text_open(arena);
    say_choices(&c, k);
    *choices = text_close(arena, &c);
    return t.cut || c.cut ? "This link is too long for the memory." : NULL;
}

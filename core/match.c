/* SPDX-License-Identifier: MIT */
#include "match.h"

enum { SYSCALL_BIT = 11, LM_BIT = 29, XSAVES_BIT = 3 };

enum role { NO_ROLE, ROLE_OFFERED, ROLE_DROPPED, ROLE_GIVEN, ROLE_SHY };

static const struct {
    u32 leaf, bits;
    u8 role, sub, reg;
} roles[] = {
#define KVM(ROLE, LEAF, SUB, REG, BITS) {LEAF, BITS, ROLE_##ROLE, SUB, REG},
#include "know/kvm.def"
#undef KVM
};

static enum role role_of(u32 row)
{
    for (u32 i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (roles[i].leaf == bits.leaf[row] && roles[i].sub == bits.sub[row] &&
            roles[i].reg == bits.reg[row] &&
            roles[i].bits >> bits.bit[row] & 1) {
            return (enum role)roles[i].role;
        }
    }
    return NO_ROLE;
}

static int is_pinned_out(const struct answer *a, u32 row)
{
    for (u32 i = 0; i < a->request.pins_n; i++) {
        const struct pin *p = &a->request.pins[i];
        if (p->hide && p->leaf == bits.leaf[row] && p->sub == bits.sub[row] &&
            p->reg == bits.reg[row] && p->bit == bits.bit[row]) {
            return 1;
        }
    }
    return 0;
}

/* Bit of one kind: 0, 1, 2 for unknown. */
static u32 on_kind(const struct answer *a, u32 kind, u32 row)
{
    return word_bit(answer_word(a, kind, bits.leaf[row], bits.sub[row],
                        bits.reg[row]), bits.bit[row]);
}

static enum want want_of(const struct answer *a, u32 row, u8 letter)
{
    const struct compared *c =
        answer_register(a, bits.leaf[row], bits.sub[row], bits.reg[row]);
    enum role role = role_of(row);
    u32 bit = bits.bit[row], merge = bits.merge[row];
    int all = c && c->ones & ~(c->zeros | c->unknown) & 1u << bit;
    if (role == ROLE_DROPPED) {
        return DROPPED;
    }
    if (is_pinned_out(a, row)) {
        return role == ROLE_GIVEN ? TAKEN : BARRED;
    }
    if (role == ROLE_GIVEN) {
        return GIVEN;
    }
    if (letter != '1' && (letter == '0' || (!letter && role != ROLE_OFFERED) ||
                             (c && c->zeros >> bit & 1))) {
        return BARRED;
    }
    if (!all && letter != '1') {
        return OPEN;
    }
    return all && role != ROLE_SHY &&
                   (merge == AND || merge == AND_WARN || merge == OR_SAFE ||
                       merge == HINT)
               ? WANTED
               : FREE;
}

static void want_all(const struct answer *a, struct match *m)
{
    struct mask mask;
    struct view letters = {0, 0};
    for (u32 row = 0; row < BITS; row++) {
        if (!row || bits.leaf[row] != bits.leaf[row - 1] ||
            bits.sub[row] != bits.sub[row - 1] ||
            bits.reg[row] != bits.reg[row - 1]) {
            letters = profile_mask(PROFILE_KVM, INTEL, bits.leaf[row],
                bits.sub[row], bits.reg[row]);
            if (letters.len) {
                mask_read(letters, &mask);
            }
        }
        m->want[row] = (u8)want_of(a, row,
            letters.len ? mask.letter[bits.bit[row]] : 0);
    }
}

/* What the plain rule gets wrong: Intel CPUs hide SYSCALL from programs outside
 * 64-bit mode, Linux takes XSAVES from Zen 1 and 2 (erratum 1386), and KVM takes
 * TAA_NO where the host has no TSX. */
static void want_known(const struct answer *a, struct match *m)
{
    u32 syscall = bit_find(0x80000001u, 0, EDX, SYSCALL_BIT);
    u32 lm = bit_find(0x80000001u, 0, EDX, LM_BIT);
    u32 rtm = bit_find(7, 0, EBX, 11);
    u32 taa_no = bit_find(MSR_10A, SUB_MSR, EAX, 8);
    u32 xsaves = bit_find(0xd, 1, EAX, XSAVES_BIT), intel = a->fleet->kinds_n;
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        const struct kind_record *k = &a->fleet->kinds[i];
        intel -= k->vendor_set_ == INTEL && on_kind(a, i, lm) == 1;
        if (loses_xsaves(a, i)) {
            m->want[xsaves] = CLEARED;
        }
        if (on_kind(a, i, rtm) == 0) {
            m->want[taa_no] = CLEARED;
        }
    }
    if (!intel && m->want[syscall] != WANTED && !is_pinned_out(a, syscall)) {
        m->want[syscall] = WANTED;
    }
    /* KVM shows MSR 0x10a in any case; what is in it must be known. */
    const struct compared *msr = answer_register(a, MSR_10A, SUB_MSR, EAX);
    u32 told = bit_find(7, 0, EDX, 29);
    if (m->want[told] == FREE || m->want[told] == OPEN) {
        m->want[told] = msr && !msr->unknown ? WANTED : OPEN;
    }
}

/* What needs a barred bit is barred, too. */
static void close_wants(struct match *m)
{
    for (int again = 1; again;) {
        again = 0;
        for (u32 row = 0; row < BITS; row++) {
            u32 need, merge = bits.merge[row];
            if ((m->want[row] != WANTED && m->want[row] != FREE) ||
                merge == AND_WARN || merge == OR_SAFE) {
                continue;
            }
            for (u32 n = 0; (need = need_of(row, n)) < BITS; n++) {
                if (m->want[need] == BARRED) {
                    m->want[row] = BARRED;
                    again = 1;
                }
            }
        }
    }
}

enum dialect taker_dialect(enum taker taker)
{
    return taker == BY_LIBVIRT || taker == BY_CLOUD ? LIBVIRT : QEMU;
}

/* While models are weighed: the rows that matter (those of models, those that
 * are wanted), and of the one on the scale which it has. */
struct weight {
    u32 fits, bits, on, off;
};
struct scale {
    struct answer *a;
    struct match *m;
    enum taker taker;
    u16 row[MODEL_BITS], rows[BITS];
    u32 rows_n;
    u8 named[BITS];
    u64 hosts[BITS]; /* that have it: of the first kinds, which will do */
    u8 has[BITS + 1]; /* 1: in QEMU's model, 2: in libvirt's; one to waste */
    struct weight weights[MODELS];
    struct cpu_model models[MODELS];
    u32 base[MODELS]; /* see base_len */
};

/* Nesting is not for guests that move: their own guests would have to. */
static int is_nesting(const struct scale *s, u32 row)
{
    u32 leaf = bits.leaf[row], bit = bits.bit[row];
    if (bits.reg[row] != ECX) {
        return 0;
    }
    return (leaf == 1 && bit == 5 && s->m->want[row] == FREE) ||
           (leaf == 0x80000001u && bit == 2 && s->has[row] & 1 &&
               s->taker != BY_QEMU);
}

/* libvirt with check='full' compares the whole guest: what QEMU's model of that
 * name has and KVM gives beyond libvirt's own model is told it, too. The clouds
 * over libvirt leave that check out. */
static enum turn turn_of(const struct scale *s, u32 row)
{
    u32 want = s->m->want[row], in_qemu = s->has[row] & 1;
    u32 in_libvirt = s->has[row] >> 1;
    int full = s->taker == BY_LIBVIRT;
    int seen = want == GIVEN || (want == WANTED && s->named[row]) ||
               (in_qemu && want >= FREE);
    if (want == TAKEN || is_nesting(s, row)) {
        return OFF;
    }
    if (seen) {
        return full ? !in_libvirt && s->named[row] ? ON : AS_IS
               : !in_qemu && want == WANTED           ? ON
                                                      : AS_IS;
    }
    return (in_libvirt && full) || ((in_qemu || in_libvirt) && want != DROPPED)
               ? OFF
               : AS_IS;
}

/* Turned off because some host cannot have it. */
static int is_missing(const struct scale *s, u32 row)
{
    return s->m->want[row] == BARRED || s->m->want[row] == OPEN;
}

static u32 vendor_of_model(const struct match *m)
{
    return view_equal(m->vendor, VIEW("GenuineIntel"))   ? INTEL
           : view_equal(m->vendor, VIEW("AuthenticAMD")) ? AMD
           : view_equal(m->vendor, VIEW("HygonGenuine")) ? (u32)HYGON
           : m->vendor.len                               ? CENTAUR
                                                         : 0;
}

/* Does the version in use know it? 0 stands for the newest. */
static int is_old_enough(u32 since, u32 asked)
{
    u32 minor = asked & 255;
    return since != 255 &&
           (!asked || since <= ((asked >> 8) << 4 | (minor < 16 ? minor : 15)));
}

static int is_known(const struct scale *s, const struct cpu_model *c)
{
    const struct request *q = &s->a->request;
    if (s->taker == BY_TYPE) {
        return c->qemu == 255 && view_starts(c->name, VIEW("x86-64-v"));
    }
    return is_old_enough(c->qemu, q->qemu) &&
           (s->taker != BY_PROXMOX || c->proxmox) &&
           (taker_dialect(s->taker) == QEMU ||
               is_old_enough(c->libvirt, q->libvirt));
}

/* Fills in who has which bit. 0: not for these hosts. */
static int put_on(struct scale *s, u32 model)
{
    static const u8 dialects[] = {QEMU, LIBVIRT};
    const struct cpu_model *c = &s->models[model];
    u8 there[MODEL_BITS];
    if (!is_known(s, c) ||
        (c->vendor != ANY && c->vendor != vendor_of_model(s->m))) {
        return 0;
    }
    bytes_zero(s->has, BITS);
    for (u32 d = 0; d < 1u + (taker_dialect(s->taker) == LIBVIRT); d++) {
        if (!model_bits((enum dialect)dialects[d], model, there)) {
            return 0;
        }
        for (u32 i = 0; i < MODEL_BITS; i++) {
            s->has[s->row[i]] |= (u8)(there[i] << d);
        }
    }
    return 1;
}

/* fits: 1 for these hosts at all, 3: one of them has all of it. */
static void weigh(struct scale *s, u32 model)
{
    struct weight *w = &s->weights[model];
    *w = (struct weight){(u32)put_on(s, model), 0, 0, 0};
    u64 hosts = ~(u64)0;
    for (u32 i = 0; i < s->rows_n && w->fits; i++) {
        u32 row = s->rows[i];
        enum turn turn = turn_of(s, row);
        hosts &= s->has[row] & 1 && is_missing(s, row) ? s->hosts[row]
                                                       : ~(u64)0;
        w->bits += s->has[row] & 1 && s->m->want[row] != CLEARED;
        w->on += turn == ON;
        w->off += turn == OFF && is_missing(s, row);
        /* What has no name here can neither be turned off. */
        w->fits &= turn != OFF || s->named[row];
    }
    w->fits |= w->fits && hosts ? 2 : 0;
}

/* Where a version or a variant begins in a name. */
static u32 base_len(struct view name)
{
    static const char variants[] = "-noTSX\0-IBRS\0-IBPB\0-v\0";
    struct view head;
    for (u32 i = 0; i < name.len; i++) {
        if (view_starts_any(view_from(name, i), variants, &head)) {
            return i;
        }
    }
    return name.len;
}

static int has_same_base(const struct scale *s, u32 a, u32 b)
{
    return view_equal(view_head(s->models[a].name, s->base[a]),
        view_head(s->models[b].name, s->base[b]));
}

static int has_versions(const struct scale *s, u32 model)
{
    for (u32 i = 0; i < MODELS; i++) {
        struct view name = s->models[i].name;
        if (has_same_base(s, i, model) && name.s[name.len - 1] == '2') {
            return 1;
        }
    }
    return 0;
}

/* Of names for the same bits: one that always means the same, then the newest
 * version, then the bare name; QEMU's depends on the machine type. */
static u32 name_rank(const struct scale *s, u32 model)
{
    struct view name = s->models[model].name;
    u32 base = s->base[model], number;
    if (base == name.len) {
        return 500;
    }
    if (!read_decimal(view_from(name, base + 2), &number)) {
        return 3000;
    }
    return number > 1 ? 1000 + number
           : s->taker == BY_QEMU && has_versions(s, model) ? 600 : 1;
}

/* Is there a host of this family and model? */
static u32 is_of_a_host(const struct scale *s, u32 model)
{
    const struct cpu_model *c = &s->models[model];
    for (u32 i = 0; i < s->a->fleet->kinds_n; i++) {
        const struct kind_record *k = &s->a->fleet->kinds[i];
        if (k->signed_ && k->family_ == c->family && k->model_ == c->model) {
            return 1;
        }
    }
    return 0;
}

/* The model of the highest score; larger is better, each part counts before
 * those after it. */
static u32 find_best(const struct scale *s)
{
    u64 best = 0;
    u32 found = MODELS;
    for (u32 i = 0; i < MODELS; i++) {
        const struct weight *w = &s->weights[i];
        u64 score = !w->fits || w->off
                        ? 0
                        : (u64)(BITS - w->on) << 32 |
                              (u64)is_of_a_host(s, i) << 31 | w->bits << 16 |
                              name_rank(s, i);
        found = score > best ? i : found;
        best = score > best ? score : best;
    }
    return found;
}

/* The model with most that one host has, and of its versions the one that
 * needs fewest turns. */
static u32 find_newest(const struct scale *s)
{
    u32 most = 0, base = MODELS, found = MODELS;
    u64 best = 0;
    for (u32 i = 0; i < MODELS; i++) {
        if (s->weights[i].fits == 3 && s->weights[i].bits > most) {
            most = s->weights[i].bits;
            base = i;
        }
    }
    for (u32 i = 0; i < MODELS && base < MODELS; i++) {
        const struct weight *w = &s->weights[i];
        u64 score = (u64)(2 * BITS - w->on - w->off) << 32 | name_rank(s, i);
        if (w->fits == 3 && has_same_base(s, i, base) && score > best) {
            found = i;
            best = score;
        }
    }
    return found;
}

/* The next model up is the one that lacks least; TSX and XSAVES alone make
 * none. */
static u32 find_next(struct scale *s, u32 model)
{
    u32 least = BITS, found = MODELS;
    u32 bits_now = model < MODELS ? s->weights[model].bits : 0;
    u32 minor[] = {bit_find(7, 0, EBX, 4), bit_find(7, 0, EBX, 11),
        bit_find(0xd, 1, EAX, XSAVES_BIT)};
    for (u32 i = 0; i < MODELS; i++) {
        const struct weight *w = &s->weights[i];
        u32 few = 0;
        if (model < MODELS && !has_same_base(s, i, model) &&
            s->models[i].family == s->models[model].family &&
            s->models[i].model == s->models[model].model) {
            continue; /* another name for this generation */
        }
        if (!w->fits || w->bits <= bits_now || !w->off ||
            w->off >= least) {
            continue;
        }
        put_on(s, i);
        for (u32 j = 0; j < sizeof(minor) / sizeof(minor[0]); j++) {
            few += turn_of(s, minor[j]) == OFF;
        }
        if (w->off > few) {
            least = w->off;
            found = i;
        }
    }
    return found;
}

static void keep_pick(struct scale *s, struct pick *p, u32 model, u32 next)
{
    p->model = model;
    p->next = next;
    u32 rows = p->next < MODELS && put_on(s, p->next) ? BITS : 0;
    for (u32 row = 0; row < rows; row++) {
        p->blocks[row] = turn_of(s, row) == OFF && is_missing(s, row);
    }
    rows = model < MODELS && put_on(s, model) ? BITS : 0;
    for (u32 row = 0; row < rows; row++) {
        p->turned[row] = (u8)turn_of(s, row);
        p->lost[row] = s->m->want[row] == WANTED && !s->named[row] &&
                       !(s->has[row] & 1);
    }
}

static void find_vendor(const struct answer *a, struct match *m)
{
    for (u32 i = 0; i < a->fleet->kinds_n; i++) {
        const struct kind_record *k = &a->fleet->kinds[i];
        struct view v = {a->fleet->names.base + k->vendor_at_, k->vendor_len_};
        m->mixed |= v.len && m->vendor.len && !view_equal(v, m->vendor);
        m->vendor = m->vendor.len ? m->vendor : v;
    }
}

static void find_rows(struct scale *s)
{
    u32 kinds = s->a->fleet->kinds_n < 64 ? s->a->fleet->kinds_n : 64;
    for (u32 i = 0; i < MODEL_BITS; i++) {
        s->row[i] = (u16)model_bit(i);
        s->has[s->row[i]] = 1;
    }
    for (u32 row = 0; row < BITS; row++) {
        u32 want = s->m->want[row];
        if (s->has[row] || want == WANTED || want == GIVEN || want == TAKEN) {
            s->rows[s->rows_n++] = (u16)row;
        }
        /* The newest model may have what MSRs tell: it is turned off. */
        int msr = bits.leaf[row] == MSR_10A;
        for (u32 k = 0; k < kinds && s->has[row]; k++) {
            u32 value = on_kind(s->a, k, row);
            s->hosts[row] |= (u64)(value == 1 || (value == 2 && msr)) << k;
        }
    }
}

/* libvirt's names are worth nothing where QEMU has none. */
static int has_name(const struct answer *a, enum dialect d, u32 version,
    u32 row)
{
    return bit_spelled(&a->fleet->know, d, row).len &&
           is_old_enough(bit_since(d, row), version);
}

int match_models(struct answer *a)
{
    struct match *m = TAKE(a->arena, struct match, 1);
    struct scale *s = TAKE(a->arena, struct scale, 1);
    a->match = m;
    if (!m || !s) {
        return 0;
    }
    s->a = a;
    s->m = m;
    find_vendor(a, m);
    want_all(a, m);
    want_known(a, m);
    close_wants(m);
    find_rows(s);
    for (u32 i = 0; i < MODELS; i++) {
        s->models[i] = model_at(i);
        s->base[i] = base_len(s->models[i].name);
    }
    for (u32 p = 0; p < TAKERS; p++) {
        int some = a->fleet->hosts_n && !m->mixed;
        s->taker = (enum taker)p;
        for (u32 row = 0; row < BITS; row++) {
            enum dialect d = taker_dialect(s->taker);
            u32 version = d == QEMU ? a->request.qemu : a->request.libvirt;
            s->named[row] = has_name(a, QEMU, a->request.qemu, row) &&
                            (d == QEMU || has_name(a, d, version, row));
        }
        for (u32 i = 0; i < MODELS; i++) {
            weigh(s, i);
        }
        u32 best = some ? find_best(s) : (u32)MODELS;
        keep_pick(s, &m->picks[p][BEST], best, find_next(s, best));
        keep_pick(s, &m->picks[p][NEWEST],
            some && p != BY_TYPE ? find_newest(s) : (u32)MODELS, MODELS);
    }
    return 1;
}

void rows_say(struct text *t, const struct answer *a, enum taker taker,
    const u8 *marks, u32 mark, const char *one, struct view between)
{
    u32 said = 0;
    for (u32 row = 0; row < BITS; row++) {
        struct view name = bit_spelled(&a->fleet->know,
            taker_dialect(taker), row);
        if (marks[row] == mark) {
            text_put(t, said++ ? between : VIEW(""));
            text_say(t, one,
                name.len ? name : bit_name(&a->fleet->know, row));
        }
    }
}

/* Why a bit keeps from the next model. */
enum obstacle {
    NO_BLOCK, BLOCK_HOST, BLOCK_PIN, BLOCK_KVM, BLOCK_UNKNOWN, BLOCKS
};

static enum obstacle block_of(const struct answer *a, u32 row)
{
    for (u32 k = 0; k < a->fleet->kinds_n; k++) {
        if (on_kind(a, k, row) == 0) {
            return BLOCK_HOST;
        }
    }
    return a->match->want[row] == OPEN ? BLOCK_UNKNOWN
           : is_pinned_out(a, row)     ? BLOCK_PIN
                                       : BLOCK_KVM;
}

enum { SAID = 3 };

/* "rdseed, adx, smap and 1 more" */
static void blocks_say(struct text *t, const struct answer *a,
    enum taker taker, const struct pick *p, enum obstacle block)
{
    u32 said = 0;
    for (u32 row = 0; row < BITS; row++) {
        struct view name = bit_spelled(&a->fleet->know,
            taker_dialect(taker), row);
        if (p->blocks[row] && block_of(a, row) == block && said++ < SAID) {
            text_say(t, said > 1 ? ", %v" : "%v",
                name.len ? name : bit_name(&a->fleet->know, row));
        }
    }
    if (said > SAID) {
        text_say(t, " and %u more", said - SAID);
    }
}

/* The hosts that have none of it (value 0), or say nothing of it (2). */
static void blockers_say(struct text *t, const struct answer *a,
    const struct pick *p, u32 value)
{
    u32 said = 0, hosts = 0;
    for (u32 k = 0; k < a->fleet->kinds_n; k++) {
        u32 any = 0;
        for (u32 row = 0; row < BITS && !any; row++) {
            any = p->blocks[row] && on_kind(a, k, row) == value;
        }
        if (any && said++ < SAID) {
            text_say(t, said > 1 ? ", %v" : "%v", first_host_name(a, k));
            hosts -= 1;
        }
        hosts += any ? a->fleet->kinds[k].hosts_ : 0;
    }
    if (hosts) {
        text_say(t, " and %u more", hosts);
    }
}

void next_model_say(struct text *t, struct answer *a, enum taker taker,
    const struct pick *p)
{
    static const char *const sentences[BLOCKS] = {"", " on ",
        ": you hide it", ": KVM does not give it to guests here",
        ": nothing pasted tells of it for "};
    u32 block = BLOCKS;
    for (u32 row = 0; row < BITS && p->next < MODELS; row++) {
        u32 one = p->blocks[row] ? (u32)block_of(a, row) : (u32)BLOCKS;
        block = one < block ? one : block;
    }
    if (block == BLOCKS) {
        return;
    }
    text_say(t, block != BLOCK_HOST ? "%v also has "
                : p->model < MODELS ? "For %v there is no "
                                    : "for %v there is no ",
        model_at(p->next).name);
    blocks_say(t, a, taker, p, (enum obstacle)block);
    text_put(t, view_of(sentences[block]));
    if (block == BLOCK_HOST || block == BLOCK_UNKNOWN) {
        blockers_say(t, a, p, block == BLOCK_HOST ? 0 : 2);
    }
    text_put(t, VIEW("."));
}

int make_models(struct answer *a, struct answer_record *record)
{
    struct model_record *list =
        TAKE(a->arena, struct model_record, TAKERS * FORMS);
    if (!list) {
        return 0;
    }
    record->models_at_ = arena_offset(a->arena, list);
    for (u32 i = 0; i < TAKERS * FORMS; i++) {
        enum taker by = (enum taker)(i / FORMS);
        const struct pick *p = &a->match->picks[by][i % FORMS];
        struct model_record *one = &list[record->models_n_];
        if (p->model == MODELS) {
            continue;
        }
        record->models_n_++;
        one->taker_ = by;
        one->form_ = i % FORMS;
        KEPT(name, text_put(&t, model_at(p->model).name));
        KEPT(extras, rows_say(&t, a, by, p->turned, ON, "%v", VIEW(" ")));
        KEPT(removed, rows_say(&t, a, by, p->turned, OFF, "%v", VIEW(" ")));
        KEPT(drops, rows_say(&t, a, by, p->lost, 1, "%v", VIEW(" ")));
        KEPT(next, next_model_say(&t, a, by, p));
    }
    return 1;
}

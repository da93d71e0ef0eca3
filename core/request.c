/* SPDX-License-Identifier: MIT */
#include "answer.h"

static const struct note_place nowhere = {0, 0, 0};

static void read_profile(struct request *q, struct view v, struct notes *notes)
{
    u8 room[80];
    for (u32 i = 0; i < PROFILES; i++) {
        if (view_equal(v, table_word(profiles, i, 0))) {
            q->profile = i;
            return;
        }
    }
    note_add(notes, NOTE_BAD_PROFILE, nowhere, note_quote(v, room));
}

static void read_check(struct request *q, struct view v, struct notes *notes)
{
    u8 room[80];
    if (view_equal(v, VIEW("equal"))) {
        q->check = EQUAL;
    } else if (view_equal(v, VIEW("subset"))) {
        q->check = SUBSET;
    } else {
        note_add(notes, NOTE_BAD_CHECK, nowhere, note_quote(v, room));
    }
}

/* "1.ecx=RRRR RRRR ..." */
static void read_default(struct request *q, struct view v, struct notes *notes)
{
    struct own_default own;
    struct view rest = v;
    u8 room[80];
    const char *wrong = "it should begin with a register, as in 1.ecx=";
    u32 n = place_read(&rest, &own.leaf, &own.sub, &own.reg);
    rest = view_trim(rest);
    if (n && rest.len && rest.s[0] == '=') {
        wrong = mask_read(view_from(rest, 1), &own.mask);
        v = view_head(v, n);
    }
    for (u32 i = 0; !wrong && i < 32; i++) {
        if (own.mask.letter[i] == '-') {
            wrong = "- stands only in custom masks";
        }
    }
    if (!wrong && q->defaults_n == OWN_DEFAULTS) {
        wrong = "there are too many";
    }
    if (wrong) {
        note_add(notes, NOTE_BAD_DEFAULT, nowhere, note_quote(v, room),
            view_of(wrong));
        return;
    }
    q->defaults[q->defaults_n++] = own;
}

/* A bit by any of its names. NULL, or why there is none. */
static const char *pin_named(struct pin *pin, struct view v,
    const struct fleet *f)
{
    v = view_from(v, view_starts(v, VIEW("cpuid.")) ? 6 : 0); /* VMware's */
    u32 row = bit_named(&f->know, DIALECTS, v, fleet_vendor(f));
    if (row == BITS) {
        return bit_named(&f->know, DIALECTS, v, INTEL) < BITS
                   ? "it is one bit on Intel, another on AMD: write its place, "
                     "as in 7.0.ebx.5"
                   : "there is no feature of this name; a place is written as "
                     "in 7.0.ebx.5";
    }
    pin->leaf = bits.leaf[row];
    pin->sub = bits.sub[row];
    pin->reg = bits.reg[row];
    pin->bit = bits.bit[row];
    return NULL;
}

/* "7.0.ebx.5", "7.ebx[5]" or a name */
static const char *pin_read(struct pin *pin, struct view v,
    const struct fleet *f)
{
    u32 last = v.len, n = 0;
    while (last && v.s[last - 1] != '.' && v.s[last - 1] != '[') {
        last--;
    }
    struct view place = view_head(v, last ? last - 1 : 0);
    struct view tail = view_from(v, last);
    if (!place_read(&place, &pin->leaf, &pin->sub, &pin->reg) || place.len) {
        return pin_named(pin, v, f);
    }
    n = read_decimal(tail, &pin->bit);
    tail = view_from(tail, n);
    return n && pin->bit < 32 &&
                   view_equal(tail, v.s[last - 1] == '[' ? VIEW("]") : VIEW(""))
               ? NULL
               : "a register has bits 0 to 31, as in 7.0.ebx.5";
}

static void read_pin(struct request *q, struct view v, u32 hide,
    struct fleet *f)
{
    struct pin pin = {.hide = hide};
    u8 room[80];
    const char *wrong = pin_read(&pin, v, f);
    for (u32 i = 0; !wrong && i < q->pins_n; i++) {
        struct pin *other = &q->pins[i];
        if (other->leaf == pin.leaf && other->sub == pin.sub &&
            other->reg == pin.reg && other->bit == pin.bit) {
            if (other->hide == hide) {
                return;
            }
            wrong = "it cannot be both hidden and kept";
        }
    }
    if (!wrong && q->pins_n == PINS) {
        wrong = "there are too many";
    }
    if (wrong) {
        note_add(&f->notes, NOTE_BAD_PIN, nowhere,
            hide ? VIEW("hide") : VIEW("keep"), note_quote(v, room),
            view_of(wrong));
        return;
    }
    q->pins[q->pins_n++] = pin;
}

/* "8.2" or "10.0.3" as major << 8 | minor */
static u32 read_version(struct view key, struct view v, struct notes *notes)
{
    u32 major, minor = 0, n = read_decimal(v, &major), more = 0;
    u8 room[80];
    if (n && n < v.len && v.s[n] == '.') {
        more = read_decimal(view_from(v, n + 1), &minor);
        n = more ? n + 1 + more : 0;
    }
    if (n && major && major < 256 && minor < 256 &&
        (n == v.len || v.s[n] == '.')) {
        return major << 8 | minor;
    }
    note_add(notes, NOTE_BAD_VERSION, nowhere, note_quote(v, room), key);
    return 0;
}

struct request request_read(struct view text, struct fleet *f)
{
    struct request q = {.profile = PROFILES, .check = NO_CHECK};
    struct notes *notes = &f->notes;
    while (text.len) {
        u32 end = view_find(text, VIEW("\n"));
        struct view line = view_head(text, end);
        text = view_from(text, end + 1);
        u32 equals = view_find(line, VIEW("="));
        struct view key = view_head(line, equals);
        struct view value = view_from(line, equals + 1);
        if (view_equal(key, VIEW("profile"))) {
            read_profile(&q, value, notes);
        } else if (view_equal(key, VIEW("check"))) {
            read_check(&q, value, notes);
        } else if (view_equal(key, VIEW("default"))) {
            read_default(&q, value, notes);
        } else if (view_equal(key, VIEW("hide"))) {
            read_pin(&q, value, 1, f);
        } else if (view_equal(key, VIEW("keep"))) {
            read_pin(&q, value, 0, f);
        } else if (view_equal(key, VIEW("qemu"))) {
            q.qemu = read_version(key, value, notes);
        } else if (view_equal(key, VIEW("libvirt"))) {
            q.libvirt = read_version(key, value, notes);
        }
    }
    return q;
}

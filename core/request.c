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

struct request request_read(struct view text, struct notes *notes)
{
    struct request q = {PROFILES, NO_CHECK, 0, {{0}}};
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
        }
    }
    return q;
}

/* SPDX-License-Identifier: MIT
 * Every target with how it is applied, verified and undone.
 */
#include "emit.h"

#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, WRITE, LIMITS, ...) WRITE,
static target_writer *const writers[] = {
#include "../know/targets.def"
};
#undef TARGET

#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, WRITE, LIMITS, ...) LIMITS,
static target_writer *const limits[] = {
#include "../know/targets.def"
};
#undef TARGET

enum how { APPLY, VERIFY, UNDO, HOWS };

/* A struct instead of one long literal: C promises only 4095 characters. */
#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, WRITE, LIMITS, APPLY, VERIFY, \
    UNDO) char ID[sizeof(APPLY "\0" VERIFY "\0" UNDO)];
static const struct {
#include "../know/targets.def"
} hows = {
#undef TARGET
#define TARGET(ID, TEXT, PLATFORM, NAME, FILE, WRITE, LIMITS, APPLY, VERIFY, \
    UNDO) APPLY "\0" VERIFY "\0" UNDO,
#include "../know/targets.def"
};
#undef TARGET

u32 hidden_bits(const struct compared *c)
{
    u32 hidden = 0;
    for (u32 b = 0; c->leaf != MSR_10A && b < 32; b++) {
        hidden |= (u32)(c->custom.letter[b] == '0') << b;
    }
    return hidden;
}

int hides_any(const struct answer *a)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        if (hidden_bits(&a->registers[i])) {
            return 1;
        }
    }
    return 0;
}

int emit_target(struct text *t, struct answer *a, u32 target)
{
    if (target < TARGETS && a->fleet->hosts_n) {
        writers[target](t, a);
    }
    return target < TARGETS;
}

static void how_say(struct text *t, u32 target, enum how how)
{
    text_put(t, view_of(string_at((const char *)&hows, target * HOWS + how)));
}

int make_targets(struct answer *a, struct answer_record *record)
{
    struct target_record *list = TAKE(a->arena, struct target_record, TARGETS);
    if (!list) {
        return 0;
    }
    bare_masks(a);
    record->targets_at_ = arena_offset(a->arena, list);
    record->targets_n_ = TARGETS;
    for (u32 i = 0; i < TARGETS; i++) {
        struct target_record *one = &list[i];
        one->id_ = i;
        KEPT(text, emit_target(&t, a, i));
        KEPT(apply, how_say(&t, i, APPLY));
        KEPT(verify, how_say(&t, i, VERIFY));
        KEPT(undo, how_say(&t, i, UNDO));
        KEPT(cannot, limits[i](&t, a));
    }
    return 1;
}

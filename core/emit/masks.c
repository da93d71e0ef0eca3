/* SPDX-License-Identifier: MIT
 * Targets that take the custom masks as they are.
 */
#include "../answer.h"

/* "1.ecx   ---- ---- ...", the rows of the vSphere Client's dialog. */
static void emit_dialog(struct text *t, const struct answer *a)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u8 letters[MASK_TEXT];
        if (!c->hide) {
            continue;
        }
        mask_print(&c->custom, ' ', letters);
        text_say(t, "Level %h", c->leaf);
        if (c->sub) {
            text_say(t, ".%h", c->sub);
        }
        text_say(t, " %v  %v\n", reg_name(c->reg),
            (struct view){letters, MASK_TEXT});
    }
}

/* cpuid.1.ecx = "----:...", leaf and subleaf hexadecimal without 0x. */
static void emit_vmx(struct text *t, const struct answer *a)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u8 letters[MASK_TEXT];
        if (!c->hide) {
            continue;
        }
        mask_print(&c->custom, ':', letters);
        text_put(t, VIEW("cpuid."));
        place_say(t, c->leaf, c->sub, c->reg, 32);
        text_say(t, " = \"%v\"\n", (struct view){letters, MASK_TEXT});
    }
}

int emit_target(struct text *t, const struct answer *a, u32 target)
{
    switch (target) {
    case TARGET_DIALOG: emit_dialog(t, a); return 1;
    case TARGET_VMX: emit_vmx(t, a); return 1;
    default: return 0;
    }
}

int make_targets(struct answer *a, struct answer_record *record)
{
    struct target_record *list = TAKE(a->arena, struct target_record, TARGETS);
    if (!list) {
        return 0;
    }
    record->targets_at_ = arena_offset(a->arena, list);
    record->targets_n_ = TARGETS;
    for (u32 i = 0; i < TARGETS; i++) {
        struct text t = text_open(a->arena);
        emit_target(&t, a, i);
        struct view said = text_close(a->arena, &t);
        list[i] = (struct target_record){i, arena_offset(a->arena, said.s),
            said.len};
    }
    return 1;
}

/* SPDX-License-Identifier: MIT
 * Targets that take the custom masks as they are.
 */
#include "../answer.h"

typedef void row_writer(struct text *t, const struct compared *c,
    struct view mask);

/* One row for each register in which something is hidden. */
static void emit_rows(struct text *t, const struct answer *a, u8 separator,
    row_writer *write)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u8 letters[MASK_TEXT];
        if (c->hide) {
            mask_print(&c->custom, separator, letters);
            write(t, c, (struct view){letters, MASK_TEXT});
        }
    }
}

/* "Level 1 ecx  ---- ---- ...", the rows of the vSphere Client's dialog. */
static void dialog_row(struct text *t, const struct compared *c,
    struct view mask)
{
    text_say(t, "Level %h", c->leaf);
    if (c->sub) {
        text_say(t, ".%h", c->sub);
    }
    text_say(t, " %v  %v\n", reg_name(c->reg), mask);
}

/* cpuid.1.ecx = "----:...", leaf and subleaf hexadecimal without 0x. */
static void vmx_row(struct text *t, const struct compared *c, struct view mask)
{
    text_say(t, "cpuid.");
    place_say(t, c->leaf, c->sub, c->reg, 32);
    text_say(t, " = \"%v\"\n", mask);
}

int emit_target(struct text *t, const struct answer *a, u32 target)
{
    switch (target) {
    case TARGET_DIALOG: emit_rows(t, a, ' ', dialog_row); return 1;
    case TARGET_VMX: emit_rows(t, a, ':', vmx_row); return 1;
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

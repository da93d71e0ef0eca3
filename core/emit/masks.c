/* SPDX-License-Identifier: MIT
 * Targets that take the custom masks as they are.
 */
#include "emit.h"

typedef void row_writer(struct text *t, const struct compared *c,
    struct view mask);

static int is_changed(const struct compared *c)
{
    for (u32 b = 0; b < 32; b++) {
        if (c->custom.letter[b] != '-') {
            return c->leaf != MSR_10A;
        }
    }
    return 0;
}

/* One row for each register whose mask says more than the default. */
static void emit_rows(struct text *t, const struct answer *a, u8 separator,
    row_writer *write)
{
    for (u32 i = 0; i < a->registers_n; i++) {
        const struct compared *c = &a->registers[i];
        u8 letters[MASK_TEXT];
        if (is_changed(c)) {
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

void emit_dialog(struct text *t, struct answer *a)
{
    emit_rows(t, a, ' ', dialog_row);
}

void emit_vmx(struct text *t, struct answer *a)
{
    emit_rows(t, a, ':', vmx_row);
}

/* A mask has a place for every bit; only MSRs lie outside CPUID. */
void limits_of_masks(struct text *t, struct answer *a)
{
    text_put(t, hides_any(a) ? VIEW("") : VIEW("There is nothing to hide."));
}

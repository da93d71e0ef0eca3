/* SPDX-License-Identifier: MIT
 * Masks that machines have already in the words of Xen and VirtualBox: xl's
 * cpuid= in both syntaxes, and VBoxManage's --cpuid-set.
 */
#include "names.h"
#include "vmware.h"

static void note_setting(struct reader *r, enum note_id id, struct view what)
{
    u8 room[80];
    note_add(&r->fleet->notes, id, note_here(r), note_quote(what, room));
}

/* What xl does to a bit, as a letter of a mask: x leaves it as Xen has it, k
 * and s give the host's. 0 for none. */
static u8 xl_letter(u8 c)
{
    return c == '0' || c == '1'   ? c
           : c == 'x'             ? '-'
           : c == 'k' || c == 's' ? 'H'
                                  : 0;
}

/* ---- "host,avx=0,smap=x" ---- */

/* Fields of several bits, which are no features. */
static const char fields[] =
    "apicidsize\0brandid\0clflush\0family\0localapicid\0maxhvleaf\0maxleaf\0"
    "model\0nc\0proccount\0procpkg\0stepping\0";

/* Names that Xen's own replaced, or that are spelled another way there. */
static const char others[] =
#define XL_NAME(LEAF, SUB, REG, BIT, NAME) NAME "\0"
#define XL_SINCE(...)
#include "../know/xl.def"
#undef XL_NAME
#undef XL_SINCE
    "sse4.1\0sse4.2\0perfctr_core\0perfctr_nb\0";

static int is_listed(struct view name, const char *list)
{
    for (; *list; list = string_at(list, 1)) {
        if (view_equal(name, view_of(list))) {
            return 1;
        }
    }
    return 0;
}

/* The bit that xl calls so, letter by letter; BITS for none. */
static u32 xl_named(const struct know *k, struct view name)
{
    u32 row = bit_named(k, XEN, name, 0);
    row = row < BITS ? row : bit_named(k, XEN, name, INTEL);
    return view_equal(bit_spelled(k, XEN, row), name) ||
                   is_listed(name, others)
               ? row
               : BITS;
}

static void xl_feature(struct reader *r, struct view part)
{
    struct view value = part, key = view_cut(&value, '=');
    u8 letter = value.len == 1 ? xl_letter(value.s[0]) : 0;
    u32 row = xl_named(&r->fleet->know, key);
    if (is_listed(key, fields)) {
        return;
    }
    if (row == BITS) {
        note_setting(r, NOTE_XL_NAME, key);
    } else if (!letter) {
        note_setting(r, NOTE_XL_VALUE, part);
    } else {
        struct mask mask = mask_all('-');
        mask.letter[bits.bit[row]] = letter;
        found_mask(r,
            (struct mask_record){.placed_ = 1, .leaf_ = bits.leaf[row],
                .sub_ = bits.sub[row], .reg_ = bits.reg[row],
                .format_ = FORMAT_XL_CPUID},
            &mask, key, value);
    }
}

static void xl_list(struct reader *r, struct view list)
{
    struct view first = view_cut(&list, ',');
    if (!view_equal(first, VIEW("host"))) {
        note_setting(r, NOTE_XL_HOST, first);
        return;
    }
    while (list.len) {
        xl_feature(r, view_cut(&list, ','));
    }
}

/* ---- "0x7,0:ebx=00x0...,ecx=xxxx..." ---- */

static int read_number(struct view v, u32 *number)
{
    int hex = view_starts(v, VIEW("0x"));
    v = view_from(v, hex ? 2 : 0);
    u32 n = hex ? read_hex(v, number) : read_decimal(v, number);
    return n && n == v.len;
}

static u32 register_named(struct view name)
{
    for (u32 reg = 0; reg < 4; reg++) {
        if (view_equal(name, reg_name(reg))) {
            return reg;
        }
    }
    return 4;
}

/* 32 letters, none but them: xl refuses marks between them. */
static int xl_mask(struct view letters, struct mask *mask)
{
    for (u32 i = 0; letters.len == 32 && i < 32; i++) {
        mask->letter[31 - i] = xl_letter(letters.s[i]);
        if (!mask->letter[31 - i]) {
            return 0;
        }
    }
    return letters.len == 32;
}

static void xend_leaf(struct reader *r, struct view text)
{
    struct view list = text, place = view_cut(&list, ':');
    struct view leaf = view_cut(&place, ',');
    struct mask_record at = {.placed_ = 1, .format_ = FORMAT_XL_CPUID};
    struct mask mask;
    int good = read_number(leaf, &at.leaf_) &&
               (!place.len || read_number(view_trim(place), &at.sub_));
    while (good && list.len) {
        struct view letters = view_cut(&list, ',');
        struct view name = view_cut(&letters, '=');
        at.reg_ = register_named(name);
        good = at.reg_ < 4 && xl_mask(letters, &mask);
        if (good) {
            found_mask(r, at, &mask, name, letters);
        }
    }
    if (!good) {
        note_setting(r, NOTE_XL_VALUE, text);
    }
}

/* Every string of a line, in either kind of quotes. */
static void xl_strings(struct reader *r, struct view line)
{
    while (line.len) {
        u8 quote = line.s[0];
        line = view_from(line, 1);
        if (quote == '"' || quote == '\'') {
            struct view text = view_cut(&line, quote);
            if (view_has(text, VIEW(":"))) {
                xend_leaf(r, text);
            } else {
                xl_list(r, text);
            }
        } else if (quote == '#') {
            return;
        }
    }
}

/* cpuid = "..." or cpuid = [ "...", and the lines up to the ] */
static enum line_use xl_line(struct reader *r, struct view line)
{
    struct view rest = view_trim(view_from(line, 5));
    int begins = view_starts(line, VIEW("cpuid")) && rest.len > 1 &&
                 rest.s[0] == '=';
    rest = begins ? view_trim(view_from(rest, 1)) : line;
    u8 first = rest.len ? rest.s[0] : 0;
    int list = begins && first == '[';
    int string = first == '"' || first == '\'';
    if (!list && !(string && (begins || r->xl_open)) &&
        !(r->xl_open && first == ']')) {
        r->xl_open = 0;
        return NOT_MINE;
    }
    xl_strings(r, rest);
    r->xl_open = (list || r->xl_open) && !view_has(rest, VIEW("]"));
    return USED;
}

/* ---- VBoxManage ---- */

/* --cpuid-set=00000007:0 00000000 000037ab 00000000 9c000400: a leaf as the
 * guest is to see it. */
static enum line_use vbox_line(struct reader *r, struct view line)
{
    u32 at = view_find(line, VIEW("--cpuid")), words[5];
    struct mask_record place = {.placed_ = 1, .format_ = FORMAT_VIRTUALBOX};
    struct view head, v = view_from(line, at);
    if (!view_starts_any(v, "--cpuid-set\0--cpuidset\0", &head)) {
        return NOT_MINE;
    }
    v = view_from(v, head.len);
    for (u32 i = 0; i < 5; i++) {
        v = view_past(v, " \t=");
        v = view_from(v, view_starts(v, VIEW("0x")) ? 2 : 0);
        u32 n = read_hex(v, &words[i]);
        v = view_from(v, n);
        if (!i && v.len && v.s[0] == ':') {
            v = view_from(v, 1);
            v = view_from(v, read_hex(v, &place.sub_));
        }
        if (!n) {
            return NOT_MINE;
        }
    }
    place.leaf_ = words[0];
    for (place.reg_ = EAX; place.reg_ <= EDX; place.reg_++) {
        struct mask mask;
        for (u32 b = 0; b < 32; b++) {
            mask.letter[b] = (u8)('0' + (words[1 + place.reg_] >> b & 1));
        }
        found_mask(r, place, &mask, reg_name(place.reg_), v);
    }
    return USED;
}

/* ---- vSphere's dialog ---- */

/* "Level 1 ecx  ---- ---- ..." */
static enum line_use dialog_line(struct reader *r, struct view line)
{
    struct mask_record place = {.placed_ = 1, .format_ = FORMAT_VMX};
    struct mask mask;
    struct view v = view_past(view_from(line, 5), " ");
    u32 n = view_starts(line, VIEW("Level ")) ? read_hex(v, &place.leaf_) : 0;
    v = view_from(v, n);
    if (n && v.len && v.s[0] == '.') {
        v = view_from(v, 1);
        v = view_from(v, read_hex(v, &place.sub_));
    }
    v = view_past(v, " ");
    place.reg_ = register_named(view_head(v, 3));
    v = view_from(v, 3);
    if (!n || place.reg_ > EDX || mask_read(v, &mask)) {
        return NOT_MINE;
    }
    return found_mask(r, place, &mask, view_head(line, (u32)(v.s - line.s)),
        view_trim(v));
}

enum line_use read_settings(struct reader *r, struct view line)
{
    line = view_trim(line);
    /* Some tools print a host's registers so: those have no letters. */
    int mask = r->fleet->setting || view_has(line, VIEW("xx")) ||
               view_has(line, VIEW("host,"));
    enum line_use use = mask ? xl_line(r, line) : NOT_MINE;
    use = use ? use : vbox_line(r, line);
    return use || !r->fleet->setting ? use : dialog_line(r, line);
}

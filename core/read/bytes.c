/* SPDX-License-Identifier: MIT
 * Bytes of /dev/cpu/N/cpuid as xxd, hexdump and od print them. Reading the
 * device at a position asks for that leaf (and, above 32 bits, subleaf); every
 * 16 bytes more are the next leaf.
 */
#include "read.h"

enum { ROW_BYTES = 16, STAR_ROWS = 64 };

/* All of the view, a number of base 8, 10 or 16. */
static int whole_number(struct view v, u32 base, u64 *value)
{
    *value = 0;
    for (u32 i = 0; i < v.len; i++) {
        u32 digit = hex_digit(v.s[i]);
        if (digit >= base || *value >> 59) {
            return 0;
        }
        *value = *value * base + digit;
    }
    return v.len != 0;
}

static struct view next_word(struct view *v)
{
    u32 n = 0;
    *v = view_trim(*v);
    while (n < v->len && !is_space(v->s[n])) {
        n++;
    }
    struct view word = view_head(*v, n);
    *v = view_from(*v, n);
    return word;
}

/* The number behind "skip=" or "-s", also in "$((0x80000001))". */
static u64 option(struct view line, struct view name, u64 otherwise)
{
    u64 value;
    u32 n = 0;
    struct view v = view_from(line, view_find(line, name) + name.len);
    v = view_past(v, "$( ");
    u32 base = view_starts(v, VIEW("0x")) ? 16 : 10;
    v = view_from(v, base == 16 ? 2 : 0);
    for (n = 0; n < v.len && hex_digit(v.s[n]) < base;) {
        n++;
    }
    return whole_number(view_head(v, n), base, &value) ? value : otherwise;
}

/* A command that reads the device says where; dd counts in blocks. */
static void command(struct reader *r, struct view line)
{
    u64 block = view_has(line, VIEW("skip_bytes")) ? 1
                                              : option(line, VIEW("bs="), 512);
    end_cpu(r);
    mark_before(r);
    r->bytes.rows = 0;
    r->bytes.known = 1;
    r->bytes.decimal = view_has(line, VIEW("u4"));
    r->bytes.start = option(line, VIEW("skip="), 0) * block;
    r->bytes.start += option(line, VIEW(" -s"), 0);
    r->bytes.start += option(line, VIEW(" -j"), 0);
}

/* Four words from groups of one size: bytes in order, or numbers whose low byte
 * comes first. Returns the size in digits or 0. */
static u32 take_groups(struct view v, int numbers, u32 word[4])
{
    u64 value;
    struct view rest = v;
    u32 len = next_word(&rest).len, n = 0;
    if (len != 2 && len != 4 && len != 8 && len != 32) {
        return 0;
    }
    bytes_zero(word, ROW_BYTES);
    while (n < ROW_BYTES) {
        struct view group = next_word(&v);
        u32 first = n;
        if (group.len != len) {
            return 0;
        }
        for (u32 i = 0; i < len; i += 2, n++) {
            u32 at = numbers ? first + (len - i) / 2 - 1 : n;
            if (!whole_number(view_head(view_from(group, i), 2), 16, &value)) {
                return 0;
            }
            word[at / 4] |= (u32)value << at % 4 * 8;
        }
    }
    return len;
}

static u32 take_decimals(struct view v, u32 word[4])
{
    u64 value;
    for (u32 n = 0; n < 4; n++) {
        struct view number = next_word(&v);
        int padded = number.len > 1 && number.s[0] == '0';
        if (padded || !whole_number(number, 10, &value) || value >> 32) {
            return 0;
        }
        word[n] = (u32)value;
    }
    return view_trim(v).len ? 0 : 10;
}

/* Returns the size of its groups in digits or 0. */
static u32 take_words(const struct reader *r, struct view v, int in_order,
    u32 word[4])
{
    u32 len = r->bytes.decimal ? 0 : take_groups(v, !in_order, word);
    return len ? len : take_decimals(v, word);
}

/* Is this leaf 0, whose words spell the vendor? */
static int spells_vendor(const u32 word[4])
{
    u32 odd = word[EAX] >> 16;
    for (u32 reg = EBX; reg <= EDX; reg++) {
        u32 letters = word[reg] >> 6 & 0x01010101u;
        odd |= (word[reg] & 0x80808080u) | (letters ^ 0x01010101u);
    }
    return !odd;
}

/* Begins a run of rows at a visible position. One of 0 may be that of the
 * output only; then the command, the words or a line "leaf 7" must tell. */
static void begin_run(struct reader *r, u64 position, const u32 word[4])
{
    struct reader_bytes *b = &r->bytes;
    b->first = position;
    if (position) {
        b->start = position;
        b->known = 1;
    } else if (!b->known || b->rows) {
        b->start = 0;
        b->known = spells_vendor(word);
        if (!b->known && r->rows.format == FORMAT_REGISTERS) {
            b->start = r->rows.leaf;
            b->start |= r->rows.sub == NO_SUB ? 0 : (u64)r->rows.sub << 32;
            b->known = 1;
        }
    }
    r->rows.format = FORMAT_BYTES;
    b->rows = 0;
}

static void found_leaf(struct reader *r, u64 position, const u32 word[4])
{
    struct reader_bytes *b = &r->bytes;
    u64 place = b->start + (position - b->first) / ROW_BYTES;
    found_row(r, FORMAT_BYTES, (u32)place, (u32)(place >> 32), word,
        STARTS_AGAIN);
    r->cpu.alone = 1;
}

/* A star stands for rows like the one before it, up to the next position. */
static void found_star(struct reader *r, u64 position)
{
    struct reader_bytes *b = &r->bytes;
    u64 rows = (position - b->at) / ROW_BYTES;
    for (u64 n = 1; b->star && b->known && n < rows && n < STAR_ROWS; n++) {
        found_leaf(r, b->at + n * ROW_BYTES, b->last);
    }
    b->star = 0;
}

static enum line_use found_bytes(struct reader *r, u64 position,
    const u32 word[4])
{
    struct reader_bytes *b = &r->bytes;
    u64 step = position - b->first;
    if (b->rows && position > b->at) {
        found_star(r, position);
    }
    if (!b->rows || position <= b->at || step % ROW_BYTES) {
        begin_run(r, position, word);
    }
    b->at = position;
    if (!b->known) {
        if (!b->rows++) {
            note_add(&r->fleet->notes, NOTE_WHICH_LEAF, note_here(r));
        }
        r->fleet->unread++;
        return NOTED;
    }
    b->rows++;
    b->star = 0;
    bytes_copy(b->last, word, sizeof(b->last));
    found_leaf(r, position, word);
    return USED;
}

/* A star, or the position where the output ends. */
static int lone_word(struct reader *r, struct view word)
{
    struct reader_bytes *b = &r->bytes;
    u64 hex, octal = 0;
    if (view_equal(word, VIEW("*"))) {
        b->star = 1;
        return 1;
    }
    if (word.len < 6 || !whole_number(word, 16, &hex)) {
        return 0;
    }
    int od = word.len == 7 && b->octal && whole_number(word, 8, &octal);
    hex = od ? octal : hex;
    if (hex <= b->at || hex % ROW_BYTES ||
        (!b->star && hex != b->at + ROW_BYTES)) {
        return 0;
    }
    found_star(r, hex);
    return 1;
}

enum line_use read_bytes(struct reader *r, struct view line)
{
    u32 word[4], len;
    u64 position = 0, octal;
    if (view_has(line, VIEW("/dev/cpu/"))) {
        command(r, line);
        return NOT_MINE;
    }
    struct view rest = view_trim(line), offset = next_word(&rest);
    int colon = offset.len && offset.s[offset.len - 1] == ':';
    offset.len -= (u32)colon;
    if (offset.len < 6 || !whole_number(offset, 16, &position) ||
        !(len = take_words(r, rest, colon, word))) {
        /* Without positions only a command says that these are bytes. */
        len = r->bytes.known ? take_words(r, line, 0, word) : 0;
        if (r->bytes.rows && !rest.len && lone_word(r, offset)) {
            return ASIDE;
        }
        position = r->bytes.rows ? r->bytes.at + ROW_BYTES : 0;
        return len ? found_bytes(r, position, word) : NOT_MINE;
    }
    if (offset.len > 7 && !colon && len != 2) {
        return NOT_MINE; /* a leaf and its registers, more likely */
    }
    /* od counts in octal; hexdump, with groups of four digits, does not. */
    r->bytes.octal = offset.len == 7 && !colon &&
                     whole_number(offset, 8, &octal) &&
                     (len != 4 || octal == r->bytes.at + ROW_BYTES);
    position = r->bytes.octal ? octal : position;
    return found_bytes(r, position, word);
}

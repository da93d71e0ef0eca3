/* SPDX-License-Identifier: MIT
 * The CPU models of libvirt and QEMU (models.def).
 */
#include "know.h"

/* The table is read several times over, once for each column. */
#define HAS(...)
#define SET(...)
#define MODEL(...)

#undef HAS
#define HAS(ID, ...) ID,
enum {
#include "models.def"
    HAS_BITS
};
#undef HAS

_Static_assert((int)HAS_BITS == (int)MODEL_BITS,
    "a bit more or fewer in models.def");

/* A bit named is turned over, whichever way; which it is, is said for readers:
 * the set may be checked by eye. */
#define HAS(ID, ...) no_##ID = ID,
enum {
#include "models.def"
};
#undef HAS

#define HAS(ID, LEAF, SUB, REG, BIT) ROW_##LEAF##_##SUB##_##REG##_##BIT,
static const u16 bit_rows[] = {
#include "models.def"
};
#undef HAS
#define HAS(...)

#undef SET
#define SET(ID, ...) set_##ID,
enum {
    set_nothing,
#include "models.def"
    SETS
};
#undef SET

#define SET(ID, PARENT, ...) set_##PARENT,
static const u8 set_parent[SETS] = {
    set_nothing,
#include "models.def"
};
#undef SET

/* Where a set's bits begin: after the last one of the set before it. */
#define SET(ID, PARENT, ...) \
    first_##ID, last_##ID = first_##ID + sizeof((u8[]){__VA_ARGS__}) - 1,
enum {
#include "models.def"
    SET_BITS
};
#undef SET

#define SET(ID, ...) first_##ID,
static const u16 set_first[SETS + 1] = {
    0,
#include "models.def"
    SET_BITS
};
#undef SET

#define SET(ID, PARENT, ...) __VA_ARGS__,
static const u8 set_bits[] = {
#include "models.def"
};
#undef SET
#define SET(...)

#undef MODEL
#define MODEL(NAME, ...) NAME "\0"
static const char names[] =
#include "models.def"
    ;
#undef MODEL

#define MODEL(NAME, VENDOR, ...) VENDOR,
static const u8 vendor[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, ...) FAMILY,
static const u8 family[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, NUMBER, ...) NUMBER,
static const u8 number[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, NUMBER, STEPPING, ...) STEPPING,
static const u8 stepping[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, NUMBER, STEPPING, LIBVIRT_SET, ...) \
    set_##LIBVIRT_SET,
static const u8 libvirt_set[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, NUMBER, STEPPING, LIBVIRT_SET, QEMU_SET, \
    ...) set_##QEMU_SET,
static const u8 qemu_set[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, NUMBER, STEPPING, LIBVIRT_SET, QEMU_SET, \
    QEMU_AGE, ...) QEMU_AGE,
static const u8 qemu_age[] = {
#include "models.def"
};
#undef MODEL

#define MODEL(NAME, VENDOR, FAMILY, NUMBER, STEPPING, LIBVIRT_SET, QEMU_SET, \
    QEMU_AGE, LIBVIRT_AGE, PROXMOX) LIBVIRT_AGE,
static const u8 libvirt_age[] = {
#include "models.def"
};
#undef MODEL

enum { NO_PVE, PVE };
#define MODEL(NAME, VENDOR, FAMILY, NUMBER, STEPPING, LIBVIRT_SET, QEMU_SET, \
    QEMU_AGE, LIBVIRT_AGE, PROXMOX) PROXMOX,
static const u8 of_proxmox[] = {
#include "models.def"
};
#undef MODEL
#undef SET
#undef HAS

static u32 set_of(enum dialect d, u32 row)
{
    return d == QEMU ? qemu_set[row] : libvirt_set[row];
}

u32 model_named(enum dialect d, struct view name)
{
    u32 row = 0;
    struct view known;
    for (const char *s = names; name.len; s += known.len + 1) {
        u32 n = view_starts_any(name, s, &known);
        if (!n || known.len == name.len) {
            row += n - 1;
            return n && set_of(d, row) ? row : MODELS;
        }
        row += n;
        s = (const char *)known.s;
    }
    return MODELS;
}

struct cpu_model model_at(u32 row)
{
    return (struct cpu_model){view_of(string_at(names, row)), vendor[row],
        family[row], number[row], stepping[row], qemu_age[row],
        libvirt_age[row], of_proxmox[row]};
}

/* The sets from a model's own to the root are laid over each other; their
 * order does not matter. */
int model_bits(enum dialect d, u32 row, u8 there[MODEL_BITS])
{
    u32 set = set_of(d, row);
    bytes_zero(there, MODEL_BITS);
    for (; set; set = set_parent[set]) {
        for (u32 i = set_first[set]; i < set_first[set + 1]; i++) {
            there[set_bits[i]] ^= 1;
        }
    }
    return set_of(d, row) != 0;
}

u32 model_bit(u32 index)
{
    return bit_rows[index];
}

/* SPDX-License-Identifier: MIT
 * Masks: 32 letters, one a bit. The alphabet is VMware's (HostCpuIdInfo in the
 * vSphere API, x86cpuid.h of open-vm-tools):
 *
 *   0 1  the guest sees 0 or 1            T F  host's bit, must be 1 or 0
 *   x    host's bit, not used by a guest  R    guest sees 0, hosts must agree
 *   H    host's bit, hosts must agree     -    in custom masks: the default
 */
#ifndef MM_MASK_H
#define MM_MASK_H

#include "arena.h"

enum { MASK_TEXT = 39 };

struct mask {
    u8 letter[32]; /* by bit number; upper case except x */
};

struct mask mask_all(u8 letter);

/* Reads a mask in any spelling: 32 letters in either case, bit 31 first, bare
 * or with blanks or colons between, in quotes or not, with the dashes and
 * crosses of word processors. Returns NULL, or what is wrong in a few words. */
const char *mask_read(struct view v, struct mask *m);

/* Writes 39 characters: groups of four, bit 31 first. */
void mask_print(const struct mask *m, u8 separator, u8 to[MASK_TEXT]);

/* custom laid over default: '-' lets the default through. */
struct mask mask_overlay(const struct mask *below, const struct mask *above);

/* '0' where the word has a 1, '-' elsewhere. */
struct mask mask_hiding(u32 bits);

/* Does the guest see the bit that its host has? */
int mask_shows(u8 letter);

#endif

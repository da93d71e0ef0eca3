/* SPDX-License-Identifier: MIT
 * The share link: hosts and choices in as few characters as possible.
 *
 * Payload = version character, then base64url of an arithmetic code:
 *
 *   profile, check, own default masks
 *   in version 2: versions of QEMU and libvirt, pins
 *   hosts: each a name and a kind, a kind either met before or new
 *   new kinds: the words of link1.def as differences from the nearest kind met,
 *     first of all those of a built-in list of processors (itself such a code)
 *   a check number
 *
 * Version 1 is that of the first pages; what it cannot say (a pin, a version,
 * a word of link2.def) makes a link of version 2, which they refuse rather than
 * open without it.
 *
 * Every number is coded with probabilities that learn from what came before;
 * one function codes both ways, so reading cannot drift from writing. APIC ids,
 * serial numbers and paths have no place in it.
 */
#ifndef MM_LINK_H
#define MM_LINK_H

#include "answer.h"

/* Writes the payload of the fleet and of the choices behind the answer made
 * last. An empty view when memory does not suffice. */
struct view link_write(struct answer *a, int with_names, struct arena *arena);

/* Reads a payload. *text becomes the hosts as lines that read.h reads, and
 * *choices request lines (see request_read). Returns NULL, or what is wrong as
 * one sentence. */
const char *link_read(struct view payload, struct arena *arena,
    struct view *text, struct view *choices);

#endif

/* SPDX-License-Identifier: MIT
 * Features by name. A source says names in its own dialect; names the dialect
 * does not have are noted, never dropped, and what the source could not have
 * said stays unknown.
 */
#ifndef MM_READ_NAMES_H
#define MM_READ_NAMES_H

#include "read.h"

/* Begins the list of names of one CPU; a list still open is closed. The format
 * is what the host will be said to come from. */
void names_open(struct reader *r, enum format_id format, enum dialect dialect);
/* One name that is there (1) or is said to be missing (0). */
void names_take(struct reader *r, struct view name, int there);
/* The same of a guest. Every guest under KVM has "hypervisor": it is left out,
 * as it else tells a dump from inside. */
void names_give(struct reader *r, struct view name, int there);
/* Says once for each text that it is about what a guest is given. */
void note_guest_view(struct reader *r, struct view what);
/* Names that are there, between blanks, commas or quotes. */
void names_words(struct reader *r, struct view list);
/* A bit by its row in bits.def. */
void names_bit(struct reader *r, u32 row, int there);
/* The same, where the list does not say otherwise. */
void names_assume(struct reader *r, u32 row, int there);
/* Takes the next name off the front of such a list. */
struct view names_next(struct view *list);
/* A word that Linux prints besides names of bits, in "bugs", too: it may tell
 * how old the kernel is. Returns 0 for others. */
int names_kernel(struct reader *r, struct view word);
int is_synthetic(const struct reader *r, struct view word);
/* A model of libvirt or QEMU: its features are there, as far as the list does
 * not say otherwise. Returns 0 for a model that is not known (noted). */
int names_model(struct reader *r, struct view model);

/* Assumes that bits are 0 which libvirt would have listed beside this model: all
 * that the release surely knew from which the list must come. */
void libvirt_absent(struct reader *r, struct view model);

/* Labels of a Kubernetes node: where the node's begin, one of them (0: says
 * nothing about features), and what it is called. */
void node_begins(struct reader *r);
int node_label(struct reader *r, struct view key, struct view value);
void node_name(struct reader *r, struct view name);

/* What it means that a name is not in the list: nothing (unknown), or that the
 * feature is missing, as far as the dialect has a name for it. LINUX_KERNEL: as
 * far as the kernel, whose age the names tell, could have printed it. */
enum absent { ABSENT_UNKNOWN, ABSENT_ZERO, ABSENT_LINUX_KERNEL };
/* Ends the list: its bits become registers of the CPU being read. Does nothing
 * when no list is open. */
void names_close(struct reader *r, enum absent absent);
/* How many of the words the dialect spells just so (Linux: its own, too). */
u32 names_known(struct reader *r, enum dialect dialect, struct view list,
    u32 *words);
/* Notes what a host's names told. */
void names_tell(struct reader *r, struct note_place place,
    const struct told *told);

/* Family, model and stepping as leaf 1 EAX has them, the vendor as leaf 0
 * ("GenuineIntel", "Intel", "AMD" ...), the brand as 80000002 to 4. What was
 * not given is left out: pass NO_NUMBER. */
void found_signature(struct reader *r, enum format_id format, u32 family,
    u32 model, u32 stepping);
void found_letters(struct reader *r, enum format_id format, u32 leaf, u32 reg,
    struct view text);
void found_vendor(struct reader *r, enum format_id format, struct view vendor);
void found_brand(struct reader *r, enum format_id format, struct view brand);

#endif

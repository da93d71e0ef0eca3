/* SPDX-License-Identifier: MIT
 * What VMware's texts are made of, whichever shape they come in.
 */
#ifndef MM_READ_VMWARE_H
#define MM_READ_VMWARE_H

#include "../mask.h"
#include "read.h"

/* A setting as .vmx, OVF and ExtraConfig have it: hostCPUID.1, cpuid.1.ecx,
 * featMask.vm.cpuid.AVX2. NOT_MINE when it is about something else. */
enum line_use vmware_setting(struct reader *r, struct view key,
    struct view value);
/* "cpuid.AVX2" and "1": the host has it; "Bool:Min:1": a machine needs it. */
enum line_use vmware_feature(struct reader *r, struct view key,
    struct view value);
/* Keeps a mask that is there already; placed: it is of a register. Said twice
 * it counts once. */
enum line_use found_mask(struct reader *r, struct mask_record place,
    const struct mask *mask, struct view key, struct view value);
/* The 39 letters of one register, of a host or (always so if mask) of what a
 * machine needs. */
void vmware_vector(struct reader *r, u32 leaf, u32 reg, struct view letters,
    int mask);
/* Does it begin with such letters? */
int is_vector(struct view v);
/* A list of vectors begins: another package of the same host. */
void vmware_package(struct reader *r);

#endif

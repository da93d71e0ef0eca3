/* SPDX-License-Identifier: MIT
 * Refusals: what a program says when it will not move or start a machine
 * because of its CPU, and the bits it speaks of.
 */
#ifndef MM_REFUSAL_H
#define MM_REFUSAL_H

#include "know/know.h"

/* Who lacks a feature; EXTRA: the machine has what its CPU model has not. */
enum side { SIDE_DESTINATION, SIDE_SOURCE, SIDE_HOST, SIDE_EITHER, SIDE_EXTRA };

enum platform {
    PLATFORM_VCENTER, PLATFORM_EVC, PLATFORM_OPENSTACK, PLATFORM_CLOUDPODS,
    PLATFORM_CRAC, PLATFORM_KUBEVIRT, PLATFORM_LIBVIRT, PLATFORM_QEMU,
    PLATFORM_XAPI, PLATFORM_CLOUD, PLATFORM_CRIU, PLATFORM_HYPER_V
};

enum { CAUSE_BY_BIT = 255 };

enum { REFUSALS = 32, REFUSED = 1024, REFUSED_EACH = 128, REFUSAL_TEXT = 240 };

/* Beside the bits 0 to 31: the whole register, or a name without a place. */
enum { WHOLE = 32, PLACELESS = 33 };

struct refused {
    u32 leaf;
    u8 sub, reg, bit, side;
    u32 name_at, name_len; /* as it is called there, among the host names */
};

struct refusal {
    u32 row; /* of refusals.def */
    u32 source, line, last_line;
    u32 text_at, text_len;
    u32 first, n; /* bits */
    u32 hash;     /* of them */
};

struct refusals {
    u32 n, bits_n;
    int limit_told;
    struct refusal list[REFUSALS];
    struct refused bits[REFUSED];
};

#endif

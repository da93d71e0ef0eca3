/* SPDX-License-Identifier: MIT
 * Named models: which one QEMU, libvirt and Proxmox should give a guest that
 * may run on every host, and what to turn on and off beside it.
 */
#ifndef MM_MATCH_H
#define MM_MATCH_H

#include "answer.h"

/* Proxmox has QEMU's names, but not all of them, and types of its own. CLOUD is
 * what stands on libvirt: OpenStack, KubeVirt, CloudStack, oVirt. */
enum taker { BY_QEMU, BY_LIBVIRT, BY_PROXMOX, BY_TYPE, BY_CLOUD, TAKERS };

/* BEST: the model that names most of what the hosts share and has nothing else.
 * NEWEST: the newest host's own, and what must go from it. */
enum form { BEST, NEWEST, FORMS };

/* A bit in a guest of KVM, whatever its model. From FREE on it may be seen. */
enum want {
    BARRED,  /* a host lacks it, KVM does not offer it, or a person hides it */
    OPEN,    /* not known of every host: never asked for */
    DROPPED, /* KVM takes it from models by itself */
    CLEARED, /* Linux takes it from the host: to be turned off in models */
    TAKEN,   /* KVM gives it by itself, but a person hides it */
    FREE,    /* only as the model has it */
    GIVEN,   /* KVM gives it by itself */
    WANTED   /* every host has it */
};

enum turn { AS_IS, ON, OFF };

struct pick {
    u32 model;        /* MODELS: none */
    u32 next;         /* the next one up, or MODELS */
    u8 turned[BITS];  /* enum turn */
    u8 blocks[BITS];  /* 1: keeps from the next one */
    u8 lost[BITS];    /* 1: every host has it, but it has no name there */
};

struct match {
    u32 mixed;          /* vendors differ */
    struct view vendor; /* "GenuineIntel"; empty: unknown */
    u8 want[BITS];      /* enum want */
    struct pick picks[TAKERS][FORMS];
};

/* Into a->match; 0: arena full. */
int match_models(struct answer *a);
enum dialect taker_dialect(enum taker taker);
/* A sentence about what keeps from the next model, or nothing. */
void next_model_say(struct text *t, struct answer *a, enum taker taker,
    const struct pick *p);
/* The names of the rows that carry the mark, each as in *one*. */
void rows_say(struct text *t, const struct answer *a, enum taker taker,
    const u8 *marks, u32 mark, const char *one, struct view between);
/* All for the page: a record for each taker and form. */
int make_models(struct answer *a, struct answer_record *record);

#endif

/* SPDX-License-Identifier: MIT
 * A host is what one machine's text said: registers, each a value and a mask
 * of the bits that are known. Hosts with the same registers share one kind, so
 * a fleet of thousands is compared as the few kinds it really has.
 */
#ifndef MM_HOST_H
#define MM_HOST_H

#include "notes.h"
#include "refusal.h"

enum { COLUMNS = 1024, COLUMN_SLOTS = 4096 };

/* A column is one (leaf, subleaf) met anywhere in the texts. */
struct columns {
    u32 n;
    u32 leaf[COLUMNS], sub[COLUMNS];
    u32 next[COLUMNS];       /* the column that came after it last time */
    u64 seed[COLUMNS];       /* what the place adds to a row's hash */
    u64 head[COLUMNS][3];    /* how its line began last time: see read/fast.c */
    u32 slot[COLUMN_SLOTS];  /* hash table: column + 1 */
    u32 anded[COLUMNS][4];   /* feature bits: ANDed over a host's CPUs */
    u32 per_cpu[COLUMNS][4]; /* differ between the CPUs of one host */
};

#define NO_COLUMN 0xffffffffu

/* The registers of one logical CPU, or of one host, by column. A column whose
 * stamp is not the sheet's is not there. */
struct sheet {
    u32 stamp, n;
    u32 order[COLUMNS]; /* the columns there are */
    u32 stamps[COLUMNS];
    u32 value[COLUMNS][4], known[COLUMNS][4];
};

struct row {
    u32 leaf, sub;
    u32 value[4], known[4];
};
_Static_assert(sizeof(struct row) == sizeof(struct row_record),
    "a row is handed out as it lies");

enum { KIND_SLOTS = 16384, MASKS = 512 };

/* All that reading leaves behind. */
struct fleet {
    struct know know;
    struct notes notes;
    struct arena names, rows; /* host names, note texts; rows of the kinds */
    struct host_record *hosts;
    struct kind_record *kinds;
    struct mask_record *masks; /* that texts already carry */
    u32 hosts_n, hosts_size, kinds_n, kinds_size, masks_n;
    u32 models_n; /* named models met */
    int setting;  /* what is read is a setting, and no host */
    u32 lines, used, blank, aside, unread;
    int limit_told, column_limit_told;
    struct refusals refusals;
    /* The large ones last: what is near the start has a short address. */
    struct columns columns;
    u32 kind_slot[KIND_SLOTS]; /* hash table: kind + 1 */
};

/* Lays a fleet out in the arena; names, rows, hosts and kinds get shares of
 * what is left but *keep* bytes. 0: too little memory. */
int fleet_open(struct fleet *f, struct arena *a, u32 keep);

/* The column of a place; *after* is the one met before it (or NO_COLUMN) and
 * makes the search short. NO_COLUMN when there is no room for a new one. */
u32 column_of(struct fleet *f, u32 leaf, u32 sub, u32 after);

void sheet_clear(struct sheet *s);
int sheet_has(const struct sheet *s, u32 column);
void sheet_put(struct sheet *s, u32 column, const u32 value[4],
    const u32 known[4]);
/* Looks a place up; known is 0 where the sheet does not have it. */
struct word {
    u32 value, known;
};
struct word sheet_word(struct fleet *f, const struct sheet *s, u32 leaf,
    u32 sub, u32 reg);

/* Drops what lies above the CPU's own maxima: such rows only echo others.
 * Returns how many there were. */
u32 sheet_clip(struct fleet *f, struct sheet *s);

/* ANDs the feature bits of another CPU of the same host into *host*; other
 * registers stay as the first CPU had them. Where features differ, their bits
 * are added to differ[column][register]. Returns 1 when any did. */
int sheet_join(struct fleet *f, struct sheet *host, const struct sheet *cpu,
    u32 (*differ)[4]);

/* Takes from *other* what *base* does not know. Returns in how many feature
 * bits they disagree; place: leaf, subleaf, register, bit of the first. */
u32 sheet_fill(struct fleet *f, struct sheet *base, const struct sheet *other,
    u32 place[4]);

/* Takes the per-CPU bits out and adds all rows up to a hash: their order does
 * not matter. */
u32 sheet_seal(const struct fleet *f, struct sheet *s);
/* Are these the sheet's rows? columns: where each of them lies in a sheet. */
int sheet_is(const struct sheet *s, u32 n, const struct row *rows,
    const u32 *columns);

/* Does the host have every register of the CPU, with the same features? */
int sheets_alike(const struct fleet *f, const struct sheet *host,
    const struct sheet *cpu);

/* The kind with exactly these registers, made when it is new; per-CPU fields
 * are taken out of the sheet first. Returns its index, or NO_KIND when there is
 * no room for another. */
#define NO_KIND 0xffffffffu
u32 kind_of(struct fleet *f, struct sheet *s);

/* The rows of a kind, sorted by leaf and subleaf. */
const struct row *kind_rows(const struct fleet *f, const struct kind_record *k);
/* A register of a kind as the text had it, whatever the maxima say. */
struct word row_word(const struct fleet *f, const struct kind_record *k,
    u32 leaf, u32 sub, u32 reg);

/* The highest leaf of each range, as far as known. */
enum { RANGES = 4 };
struct maxima {
    struct word range[RANGES]; /* basic, extended, Transmeta's, Centaur's */
    struct word leaf7;         /* of its subleaves */
    struct word announces;     /* 7.EDX, which tells whether MSR 0x10a exists */
};
struct maxima kind_maxima(const struct fleet *f, const struct kind_record *k);
/* Is the leaf above its range's maximum, so that the CPU does not have it?
 * Where the maximum is unknown it is not above. */
int is_above(const struct maxima *m, u32 leaf, u32 sub);

struct view host_name(const struct fleet *f, const struct host_record *h);

/* Writes "1.ecx" or "7.1.eax"; with a bit (not 32) "1.ecx[3]" after it. */
void place_say(struct text *t, u32 leaf, u32 sub, u32 reg, u32 bit);
/* Reads "1.ecx", "7.1.eax", "0x80000001.0.edx" or "msr10a.eax" off the front.
 * Returns how many bytes that was, or 0. */
u32 place_read(struct view *v, u32 *leaf, u32 *sub, u32 *reg);

#endif

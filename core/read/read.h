/* SPDX-License-Identifier: MIT
 * Reading: text in, hosts out. Text is fed in pieces of any size; lines are
 * offered to each family of formats in turn, and what none of them takes is
 * noted with its line number. Nothing read is kept but registers and names.
 */
#ifndef MM_READ_H
#define MM_READ_H

#include "../host.h"

enum { NAME_ROOM = 64, CPU_NUMBERS = 4096, TABLE_ROOM = 16, JOIN_ROOM = 1024,
    SET_ROOM = 256, JSON_DEPTH = 32, PLAIN_ROOM = 8192 };
#define NO_SUB 0xffffffffu
#define NO_NUMBER 0xffffffffu

/* What a family of formats says of a line it was offered. HELD: may be a name,
 * which the next registers will tell. NOTED: counted and noted already. CUT: ends
 * too early (see bad_row). */
enum line_use { NOT_MINE, USED, ASIDE, HELD, NOTED, CUT };

/* How lines that are no registers are taken, until registers come again. */
enum section { PLAIN, ASIDES, RESULTS };

struct name {
    u8 s[NAME_ROOM];
    u32 len;
};

/* Where something stands: its first byte in the source, and its line. */
struct spot {
    u32 at, line;
};

/* What is said of a host read by names: words no dictionary has, and how old
 * its kernel is (0: not Linux). */
struct told {
    u8 lacks[200];
    u32 lacks_len, lacks_n, lacks_more, dialect, kernel;
};

/* The names of one CPU while they are read. */
struct list {
    int open;
    enum format_id format;
    u32 dialect, absent, listed;
    int own; /* it has words that only Linux' whole list has */
    u32 kernel; /* it prints names up to this age */
    struct spot first, last;
    u32 end;
    u32 later_len; /* names that wait for the vendor */
    u8 later[256];
    u32 tail_len; /* the last word of a line, which the next may go on */
    u8 tail[32];
    u8 said[BITS];
    struct told told;
};

/* A report of names and what it says besides, until its CPU ends; NO_NUMBER
 * for what it does not say. */
enum report_kind {
    NO_REPORT, IN_CPUINFO, IN_LSCPU, IN_COREINFO, IN_ISAINFO, IN_OTHER
};
struct report {
    enum report_kind kind;
    u32 family, model, stepping, level, line_size, physical, virtual_;
    struct name brand;
};

/* A run of registers that is one logical CPU as the text has it. */
struct cpu {
    int open;
    int split;    /* the text says that a new host begins here */
    int alone;    /* headed by "CPU:", one CPU asked out of many */
    int virtual_; /* headed "Virtual": another view of the same host */
    int loose;    /* its registers are no lines of their own */
    int less;     /* a view that counts where there is no better one */
    u32 number;   /* NO_NUMBER where the text gives none */
    enum format_id format;
    struct spot start;
    u32 end, last_line;
    u32 last_column;
    u32 repeats[8][2]; /* leaf and count of rows without a subleaf */
    u32 repeats_n;
    int empties; /* empty rows of leaf 0xD are printed */
    struct name name;
    struct spot name_spot;
    int name_sure;
    struct told told;
};

/* A run of bytes: where it lies in the device, and what its text says. */
struct reader_bytes {
    u64 start, first, at; /* at: position of the last row */
    u32 rows, last[4];
    int known, decimal, octal;
    int star; /* rows like the last were left out */
};

struct reader {
    struct fleet *fleet;
    struct sheet *cpu_sheet, *host_sheet;
    /* The line being read. */
    struct spot here;
    u32 here_end;
    int unended; /* the text ends in it, without a line end */

    /* What stood before the next registers. */
    struct spot before; /* line 0: nothing */
    struct spot heading_spot;
    int heading_sure;   /* said to be a name, not guessed */
    int split;

    enum section section;
    u32 table_n, table_row; /* registers a header row names */
    struct {
        enum format_id format; /* of the leaf or title read last, or FORMATS */
        u32 leaf, sub, title;  /* title: the last line was one */
        u32 less;              /* what follows it counts less, */
        int outdone, told;     /* or not at all */
        enum format_id fields_format, grid;
        u32 fields, field[6];  /* of a structure: leaf, subleaf, registers */
        u32 columns;           /* of a table: which field each of them is */
        int listed, hex;
        u8 column[TABLE_ROOM];
        u32 cpus, lines, line; /* of the structure read */
        u32 field_open;        /* named; its value follows in another line */
    } rows;
    struct words {
        enum format_id format; /* of the block being read, or FORMATS */
        enum format_id begun;  /* the last of them */
        u64 seen;              /* rows of words.def it has */
        u32 last;              /* the one read last + 1 */
        u32 rank, others;      /* the set that counts; there were others */
        u32 age, boot;         /* a boot log, and how old the system is */
        u32 whole, names;      /* all the block's words were printed; names */
        u32 angle;             /* a list of names is not closed */
        u32 family, model;
        u32 set, set_line, held_len; /* a set that may go on: row + 1 */
        u8 held[SET_ROOM];
        u32 reg, first, n; /* the register and labels of a section */
        u32 note;          /* of those not known, + 1 */
    } words;
    struct reader_bytes bytes;
    struct {
        int settings; /* a .vmx it is */
        int log;      /* a vmware.log */
        int fresh;    /* another log begins */
        int dump;     /* values of the vSphere API */
        int ovf;
        int masked;   /* a list of features as EVC leaves them */
        int needs_told, vectors_told;
        u32 level, leveled; /* of the next vectors; the line that said it */
        u32 packages;       /* lists of vectors of this host so far */
        u32 view_note, fewer; /* the note on the guest's view, index + 1 */
        u32 guest_column, guest[4]; /* a row that the host's may follow */
        int guest_stands;           /* for the host's, so far */
        u32 zero[4];                /* leaf 0 of the block read last */
        struct spot zero_spot, feature_spot;
        struct name feature, first; /* named, its value follows; of a list */
    } vmware;
    struct json {
        struct spot start; /* of the document; line 0: in none */
        u32 depth;
        u8 under[JSON_DEPTH]; /* the key each level stands under */
        u32 lists;            /* the levels that are lists */
        u32 key;              /* of the value to come */
        struct view raw;      /* the same, as this line has it */
        int keyed, loose;     /* there is one; keys may lack quotes */
        u32 escaped;          /* the level inside a string, or 0 */
        int unquote;          /* that string's end is still to come */
        u8 part;              /* quote of a string that goes on, or 0 */
        u32 part_len;
        int more;             /* of these flags more follow */
        u32 pending;          /* lines that said nothing so far */
        int used, line_used, unknown, second;
        u32 mute, xapi;       /* levels where nothing, or XAPI's words, count */
        int lscpu, uarch, capable, merge, node, told;
        /* The host being told, and where something was found of it. */
        int split, had;
        u32 found_depth;
        enum format_id format;
        u32 names; /* the key whose names are being listed */
        u32 numbers[3], facts_depth; /* family, model, stepping */
        u32 field;
        struct name vendor, brand, model, title, pair;
        /* A row of registers. */
        u32 leaf, sub, leaf_depth, reg, regs, value[4], known;
        int msr; /* the bitmap to come is that of MSR 0x10a */
        enum format_id row_format;
    } json;
    u32 join_len;           /* an element that goes on over several lines */
    struct spot join_spot;
    u32 join_lines;

    /* A line that ends too early: the next may be how it goes on. */
    struct {
        struct spot spot;
        u32 lines, len; /* lines: 0 for none */
        int soft;       /* it said that it goes on */
        int trying;
        u8 s[PLAIN_ROOM];
    } part;

    int xl_open;         /* a list of xl goes on */
    /* MSR 0x10a: values follow; the next is another reading; read before the CPU
     * it is of began. */
    struct {
        int asked, fresh, held;
        u32 value[2], known[2];
    } msr;
    int rows_before;     /* the line before was a row of registers */
    u32 source;          /* index + 1 */
    enum format_id forced; /* the person says so; FORMATS: nothing said */
    u32 file_hosts;      /* hosts named after it so far */
    int file_read;       /* it has held a host */
    u32 unread_here;     /* lines of this source not read */
    u32 unread_note;     /* index + 1 of the note that counts them */
    u32 arm, names_only; /* first line that looked like it */
    const char *arm_name; /* "an ARM": another architecture */

    struct cpu cpu;
    struct {
        int open, alone;
        enum format_id format, disputed; /* disputed: noted; FORMATS: none */
        struct spot start;
        u32 end, last_line, cpus;
        int differ, numbered;
        struct name name;
        struct told told;
        u32 numbers[CPU_NUMBERS / 32]; /* CPU numbers met */
        u32 apic_ids[CPU_NUMBERS / 32];
    } host;
    struct list list;
    struct report report;
    u32 hyperv_said;
    u32 flags_hash, flags_cpu; /* of the last line of flags without a CPU */
    u32 kernel_said;     /* the age said last of this text */
    struct {
        int open; /* the next line may go on with it */
        int list; /* names are still to come */
        u32 starts[32]; /* how the texts to be known begin */
        struct refused at, level; /* of the next feature; the register */
        struct word has, wants;   /* what the host has, what is required */
    } refusal;
    struct {
        int whose;      /* the <cpu> that is open */
        int root;       /* the document it is inside of, or 0 */
        int comment;    /* lines of one so far */
        struct name model;
    } xml;
    struct {
        int command;    /* a command that goes on in the next line */
        int block;      /* of Proxmox' cpu-models.conf */
        int node;       /* a node's description: its other lines are aside */
        int named, vendor, features; /* the node's labels have told */
        u32 family;
        int guest_said; /* that a guest's view is none of the host */
    } models;
    struct name heading; /* may be a name */
    struct name file;    /* the source's name, without folder and extension */
    struct {
        u32 leaf, reg;
    } table[TABLE_ROOM];
    u8 join[JOIN_ROOM];
    u8 plain[PLAIN_ROOM]; /* the line, where it had to be rewritten */
    u32 differ[COLUMNS][4]; /* features unlike on the CPUs of this host */
    struct sheet sheets[2];
};

void read_open(struct reader *r, struct fleet *f);
/* Begins another text: a file, or a paste when the name is empty. forced: its
 * format as the person says, FORMATS when found out from the text. */
void read_source(struct reader *r, struct view name, enum format_id forced);
/* Reads the whole lines of the text (all of it when *last*); returns how many
 * bytes were taken. The rest wants to be fed again with more behind it. */
u32 read_feed(struct reader *r, struct view text, int last);
/* No more texts. */
void read_close(struct reader *r);

/* Takes one whole line of a common shape; its length with the line end, or 0
 * when it is none of those. Counts here_end on. */
u32 read_fast(struct reader *r, struct view text);

/* The families, in the order they are asked; each file's head says what it
 * reads. */
enum line_use read_xml(struct reader *r, struct view line);
enum line_use read_json(struct reader *r, struct view line);
enum line_use read_settings(struct reader *r, struct view line);
enum line_use read_refusal(struct reader *r, struct view line);
enum line_use read_vmware(struct reader *r, struct view line);
enum line_use read_bytes(struct reader *r, struct view line);
enum line_use read_rows(struct reader *r, struct view line);
enum line_use read_words(struct reader *r, struct view line);
enum line_use read_typed(struct reader *r, struct view line);
enum line_use read_msr(struct reader *r, struct view line);
enum line_use read_models(struct reader *r, struct view line);
enum line_use read_names(struct reader *r, struct view line);
enum line_use read_around(struct reader *r, struct view line);

/* One entry of XAPI's cpu_info map, such as features_hvm_host or vendor. */
enum line_use xapi_field(struct reader *r, struct view key, struct view value);

/* May this text be of the format, as far as the person said? */
SMALL int may_be(const struct reader *r, enum format_id format)
{
    return r->forced == FORMATS || r->forced == format;
}

/* What comes next begins here, unless something before already was its. */
void mark_before(struct reader *r);
/* Keeps the first line of its kind. */
void mark_first(const struct reader *r, u32 *line);
/* What a family reports. */
void found_cpu(struct reader *r, u32 number, int alone, int virtual_);
void found_split(struct reader *r);
void found_name(struct reader *r, struct view name, int sure);
enum repeat { STARTS_AGAIN, KEEPS_FIRST };
void found_row(struct reader *r, enum format_id format, u32 leaf, u32 sub,
    const u32 value[4], enum repeat repeat);
/* The same, known in part. */
void found_part(struct reader *r, enum format_id format, u32 leaf, u32 sub,
    const u32 value[4], const u32 known[4], enum repeat repeat);
/* One register; where the CPU has it already, another CPU begins. */
void found_register(struct reader *r, enum format_id format, u32 leaf, u32 sub,
    u32 reg, u32 value, u32 known);
/* IA32_ARCH_CAPABILITIES of the CPU being read, or of the next one: low half,
 * high half. */
void found_msr(struct reader *r, const u32 value[2], const u32 known[2]);
void drop_heading(struct reader *r);
void end_heading(struct reader *r);
void end_join(struct reader *r);
void end_fields(struct reader *r);
void found_empties(struct reader *r);
void end_words(struct reader *r);
void end_json(struct reader *r);
void end_cpu(struct reader *r);
/* What was read of this CPU does not count: a better view of it follows. */
void drop_cpu(struct reader *r);
void end_host(struct reader *r);

/* A row that is of a shape for sure but ends too early. Where the next line is
 * how it goes on, the families are asked about both as one; else it is noted. */
enum line_use bad_row(struct reader *r, struct view line);
/* What is in front of a line that came out of a log, a listing or a search: the
 * time, "[    0.000000] ", "host kernel: ", "12:", "file.log:34:". Returns its
 * length; asked again for the rest, there may be more. A line that no family
 * takes is asked about again without it. */
u32 front_of_line(struct view v);
/* Counts a line as not read, and notes it (beyond a few, all in one note). */
void note_unread(struct reader *r, u32 line, struct view text);
struct note_place note_here(const struct reader *r);
/* A register as people write it: 0x0000641d, 641d, 0000 641d, ten zeros (how
 * the CD prints 0), or 32 binary digits. Returns its length or 0. */
u32 typed_value(struct view v, u32 *value);
void name_set(struct name *n, struct view v);
struct view name_view(const struct name *n);

#endif

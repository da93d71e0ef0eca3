/* SPDX-License-Identifier: MIT
 * Every record handed out of the core. They are made of u32 words only, so no
 * padding can exist, and name text and other records by offset from the start
 * of the memory. The same lists make the structs and the schema text by which
 * JavaScript reads them: a field is added in one place.
 */
#ifndef MM_RECORDS_H
#define MM_RECORDS_H

#include "view.h"

/* x_at, x_len: text. x_at, x_n: that many records. host, source: index + 1,
 * 0 for none. */
#define HOST_FIELDS(X) \
    X(kind) X(name_at) X(name_len) X(named) X(format) X(source) X(at) X(len) \
    X(line) X(last_line) X(cpus)

/* Hosts with the same registers are of one kind. family, model, stepping hold
 * only where signed is 1. */
#define KIND_FIELDS(X) \
    X(rows_at) X(rows_n) X(hash) X(hosts) X(first_host) X(vendor_at) \
    X(vendor_len) X(brand_at) X(brand_len) X(signed) X(family) X(model) \
    X(stepping) X(registers) X(guest) X(vendor_set)

#define ROW_FIELDS(X) \
    X(leaf) X(sub) X(eax) X(ebx) X(ecx) X(edx) \
    X(eax_known) X(ebx_known) X(ecx_known) X(edx_known)

#define NOTE_FIELDS(X) \
    X(kind) X(severity) X(host) X(source) X(line) X(last_line) X(count) \
    X(text_at) X(text_len)

/* One register of the answer; the masks are 39 characters each. ones, zeros:
 * bits known to be 1, 0 on some host. */
#define REGISTER_FIELDS(X) \
    X(leaf) X(sub) X(reg) X(ones) X(zeros) X(differ) X(unknown) X(hide) \
    X(default_at) X(custom_at) X(effective_at)

/* One bit. values_at: a byte for each kind of host, 0, 1 or 2 for unknown. pin:
 * 0 none, 1 hide, 2 keep; 3: it cannot be pinned. */
#define BIT_FIELDS(X) \
    X(leaf) X(sub) X(reg) X(bit) X(name_at) X(name_len) X(meaning_at) \
    X(meaning_len) X(level) X(vendor) X(merge) X(default) X(custom) \
    X(effective) X(decision) X(reason_at) X(reason_len) X(values_at) X(ones) \
    X(zeros) X(unknowns) X(pin)

/* A mask that the text already carries, 39 characters where it is one of a
 * register (placed); vendor: 0 for every one. */
#define MASK_FIELDS(X) \
    X(placed) X(leaf) X(sub) X(reg) X(vendor) X(source) X(line) X(mask_at) \
    X(text_at) X(text_len) X(format)

/* A setting as it is judged; findings about a bit: group is one of missing,
 * needless, dangerous, other; what: enum finding; yours, ours: letters of the
 * effective masks. */
#define SETTING_FIELDS(X) \
    X(format_at) X(format_len) X(works) X(sentence_at) X(sentence_len) \
    X(findings_at) X(findings_n) X(registers_at) X(registers_n) X(lines_at) \
    X(lines_n)
#define FINDING_FIELDS(X) \
    X(leaf) X(sub) X(reg) X(bit) X(name_at) X(name_len) X(group) X(what) \
    X(yours) X(ours) X(reason_at) X(reason_len)

/* apply, verify, undo, cannot: a line each. */
#define TARGET_FIELDS(X) \
    X(id) X(text_at) X(text_len) X(apply_at) X(apply_len) X(verify_at) \
    X(verify_len) X(undo_at) X(undo_len) X(cannot_at) X(cannot_len)
#define LINE_FIELDS(X) X(text_at) X(text_len)
/* A named model: enum taker and enum form of match.h; names between blanks. */
#define MODEL_FIELDS(X) \
    X(taker) X(form) X(name_at) X(name_len) X(extras_at) X(extras_len) \
    X(removed_at) X(removed_len) X(drops_at) X(drops_len) X(next_at) \
    X(next_len)

/* psabi: 0 for unknown, 1 to 4. phys_bits: 0 for unknown. */
/* A refusal: platform, sentence, step between tabs; quote: what was pasted. And
 * a feature it speaks of: name, meaning, first Intel and AMD generation, what
 * hosts say of it, cause, step. bit: 32 for the whole register, 33 for a name
 * without a place; side: enum side. */
#define REFUSAL_FIELDS(X) \
    X(source) X(line) X(last_line) X(words_at) X(words_len) X(quote_at) \
    X(quote_len) X(bits_at) X(bits_n)
#define REFUSED_FIELDS(X) \
    X(leaf) X(sub) X(reg) X(bit) X(side) X(words_at) X(words_len)

#define ANSWER_FIELDS(X) \
    X(hosts_at) X(hosts_n) X(kinds_at) X(kinds_n) X(registers_at) \
    X(registers_n) X(bits_at) X(bits_n) X(notes_at) X(notes_n) X(targets_at) \
    X(targets_n) X(problems_at) X(problems_n) X(profile) X(check) \
    X(reason_at) X(reason_len) X(migratable) X(sentence_at) X(sentence_len) \
    X(psabi) X(evc_at) X(evc_len) X(evc_next_at) X(evc_next_len) \
    X(xcr0) X(xsave_size) X(guests_at) X(guests_n) X(costs_at) X(costs_n) \
    X(vendor_at) X(vendor_len) X(phys_bits) X(lines) X(used) \
    X(blank) X(aside) X(unread) X(reading_at) X(reading_len) X(refusals_at) \
    X(refusals_n) X(masks_at) X(masks_n) X(setting_at) \
    X(drift_at) X(drift_n) X(models_at) X(models_n)

#define RECORDS(R) \
    R(host, HOST_FIELDS) R(kind, KIND_FIELDS) R(row, ROW_FIELDS) \
    R(note, NOTE_FIELDS) R(register, REGISTER_FIELDS) R(bit, BIT_FIELDS) \
    R(mask, MASK_FIELDS) R(target, TARGET_FIELDS) R(line, LINE_FIELDS) \
    R(model, MODEL_FIELDS) \
    R(refusal, REFUSAL_FIELDS) R(refused, REFUSED_FIELDS) \
    R(setting, SETTING_FIELDS) R(finding, FINDING_FIELDS) \
    R(answer, ANSWER_FIELDS)

#define RECORD_WORD(NAME) u32 NAME##_;
#define RECORD_ONE(NAME) +1
#define RECORD_STRUCT(NAME, FIELDS) \
    struct NAME##_record { FIELDS(RECORD_WORD) }; \
    _Static_assert(sizeof(struct NAME##_record) == 4 * (0 FIELDS(RECORD_ONE)), \
        #NAME " has padding");
RECORDS(RECORD_STRUCT)

extern const char records_schema[]; /* "host kind name_at ...\nkind ...\n" */

#endif

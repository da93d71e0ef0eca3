/* SPDX-License-Identifier: MIT
 * Reads the inputs of the Markdown cases, and whole dumps, as they are and
 * damaged in every way a paste can be. What was in memory before must not
 * matter, nor how the text was cut into pieces.
 *
 *   hostile [--variants N] [--seeds FOLDER] FILE...
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDE = 22 << 20, NARROW = 3 << 20, LONGEST = 1 << 16 };

static const char *const requests[] = {
    "", "profile=esx-2006", "profile=open\ncheck=equal",
    "profile=vmware-2010-06",
    "profile=vmware-2008-02-32bit", "check=subset\nprofile=vmware-2026",
    "default=1.ecx=RRRR RRRR RRRR RRR0 00xR R0H0 000H 0RRH",
    "profile=kvm\nhide=avx\nkeep=avx2\nkeep=1.ecx[3]\nhide=99.1.eax.31",
    "hide=1.eax[\nkeep=.\nhide=\nkeep=7.ebx[5\nhide=ffffffff.ff.eax.0",
    "keep=1.ecx.99999999999\nqemu=\nlibvirt=999.1.x\nkeep=cpuid.",
    "default=1.ecx=HHHH\ndefault=99.esi=\nprofile=\ncheck=maybe\n=\n\xff",
};

/* xorshift64: the same damage on every machine. */
static u64 state = 0x9e3779b97f4a7c15u;

static u32 chance(u32 below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (u32)(state >> 32) % below : 0;
}

struct heap_text {
    u8 *s;
    u32 len;
};

static struct heap_text read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct heap_text t = {NULL, 0};
    if (!f || fseek(f, 0, SEEK_END)) {
        perror(path);
        exit(2);
    }
    t.len = (u32)ftell(f);
    t.s = malloc(t.len + 1);
    rewind(f);
    if (!t.s || fread(t.s, 1, t.len, f) != t.len) {
        perror(path);
        exit(2);
    }
    fclose(f);
    t.s[t.len] = 0;
    return t;
}

static struct view view_of_request(u32 n)
{
    return view_of(requests[n % (sizeof(requests) / sizeof(requests[0]))]);
}

/* Clean: prefilled, cut into pieces and in two sources. */
static void check_clean(struct view text)
{
    struct run r = {text, view_of_request(0), 0, 0, WIDE, 0x55};
    u64 digest = check_run(&r);
    if (!digest) {
        fprintf(stderr, "%s: not answered\n", check_name);
        abort();
    }
    r.fill = 0xaa;
    r.piece = 1 + chance(4096);
    if (check_run(&r) != digest) {
        fprintf(stderr, "%s: another answer in pieces of %u\n", check_name,
            r.piece);
        abort();
    }
    for (u32 i = 1; i < sizeof(requests) / sizeof(requests[0]); i++) {
        r.request = view_of_request(i);
        r.second = chance(text.len);
        check_run(&r);
    }
}

static u32 damage(u8 *s, u32 len)
{
    static const char *const bits[] = {"\r", "\n", "\0", "\t", "x", "0x",
        "ffffffff", "-", "[SL ", "CPU 0:", "<", "\xef\xbb\xbf", "> ", "=", ":",
        "\xff", "00000000", "CPUID 00000000:", "\"", "Logical CPU #", "{\"", "}", "[", "\\\"", "hostCPUID level ",
        "cpuid.1.ecx = "};
    u32 at = chance(len), n = 1 + chance(chance(4) ? 8 : 400);
    n = n < len - at ? n : len - at;
    switch (len ? chance(7) : 6) {
    case 0: /* one bit */
        s[at] = (u8)(s[at] ^ (1u << chance(8)));
        return len;
    case 1: /* a piece goes */
        memmove(s + at, s + at + n, len - at - n);
        return len - n;
    case 2: /* a piece comes twice */
        n = n < LONGEST - len ? n : LONGEST - len;
        memmove(s + at + n, s + at, len - at);
        return len + n;
    case 3: /* the end is missing */
        return at;
    case 4: /* a piece is overwritten by another */
        memmove(s + at, s + chance(len - n + 1), n);
        return len;
    case 5: /* one letter, as often as it fits */
        memset(s + at, s[chance(len)], n);
        return len;
    default: { /* something that means something */
        u32 i = chance(sizeof(bits) / sizeof(bits[0]));
        u32 add = bits[i][0] ? (u32)strlen(bits[i]) : 1;
        if (add > LONGEST - len) {
            return len;
        }
        memmove(s + at + add, s + at, len - at);
        memcpy(s + at, bits[i], add);
        return len + add;
    }
    }
}

static void check_damaged(struct view text, u32 variants)
{
    u8 *s = malloc(LONGEST);
    if (!s) {
        exit(2);
    }
    for (check_number = 1; check_number <= variants; check_number++) {
        u32 from = text.len > LONGEST / 2 ? chance(text.len - LONGEST / 2) : 0;
        u32 len = text.len - from < LONGEST / 2 ? text.len - from : LONGEST / 2;
        memcpy(s, text.s + from, len);
        for (u32 n = 1 + chance(6); n; n--) {
            len = damage(s, len);
        }
        struct run r = {{s, len}, view_of_request(chance(64)),
            chance(2) ? 1 + chance(300) : 0, chance(2) ? chance(len) : 0,
            NARROW + (chance(4) << 16), 0x55};
        check_run(&r);
    }
    check_number = 0;
    free(s);
}

static void write_seed(const char *folder, struct view text)
{
    static u32 n;
    char path[4096];
    snprintf(path, sizeof(path), "%s/seed-%u", folder, n++);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(text.s, 1, text.len, f) != text.len || fclose(f)) {
        perror(path);
        exit(2);
    }
}

static u32 texts;

static void take(struct view text, u32 variants, const char *seeds)
{
    texts++;
    if (seeds) {
        write_seed(seeds, text);
        return;
    }
    check_clean(text);
    check_damaged(text, variants);
}

/* Calls take for what stands between "```input", or "```setting", and "```". */
static void take_case(struct heap_text file, const char *fence, u32 variants,
    const char *seeds)
{
    const char *at = (const char *)file.s;
    while ((at = strstr(at, fence)) != NULL) {
        const char *from = strchr(at + 1, '\n');
        const char *to = from ? strstr(from, "\n```") : NULL;
        if (!to) {
            fprintf(stderr, "%s: a fence is not closed\n", check_name);
            exit(2);
        }
        u32 len = to > from ? (u32)(to - from) : 0;
        take((struct view){(const u8 *)from + 1, len}, variants, seeds);
        at = to + 1;
    }
}

int main(int count, char **words)
{
    const char *seeds = NULL;
    u32 variants = 50;
    for (int i = 1; i < count; i++) {
        if (!strcmp(words[i], "--variants") && i + 1 < count) {
            variants = (u32)strtoul(words[++i], NULL, 10);
        } else if (!strcmp(words[i], "--seeds") && i + 1 < count) {
            seeds = words[++i];
        } else {
            struct heap_text t = read_file(words[i]);
            size_t len = strlen(words[i]);
            check_name = words[i];
            if (len > 3 && !strcmp(words[i] + len - 3, ".md")) {
                take_case(t, "\n```input", variants, seeds);
                take_case(t, "\n```setting", variants, seeds);
            } else {
                take((struct view){t.s, t.len}, variants, seeds);
            }
            free(t.s);
        }
    }
    printf("%u texts, %u damaged forms of each\n", texts, seeds ? 0 : variants);
    return texts == 0;
}

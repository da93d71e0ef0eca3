/* SPDX-License-Identifier: MIT
 * Share links natively: what is written reads back and is written the same
 * again, and any payload at all is refused or read, never more.
 *
 *   links [--variants N]
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 8 << 20, LONGEST = 4096 };

#define CHECK(claim) \
    do { \
        if (!(claim)) { \
            fprintf(stderr, #claim " does not hold (line %d)\n", __LINE__); \
            abort(); \
        } \
    } while (0)

static const char *const texts[] = {
    "ID1ECX 0x0000641d\nID1EDX 0xbfebfbff\nID81ECX 0000000000\n"
    "ID81EDX 0x20000000\n\nID1ECX 0x00004400\nID1EDX 0xbfebfbff\n",
    "# host: kvm1\nCPU:\n"
    "   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e "
    "edx=0x49656e69\n"
    "   0x00000001 0x00: eax=0x000306f2 ebx=0x00200800 ecx=0x7ffefbff "
    "edx=0xbfebfbff\n# host: kvm2\n1.0.ecx = 0x7ffefbff/0x0000ffff\n",
    "1.eax = 1\n---\n1.eax = 2\n---\n63.0.eax = 0x1\n",
};

static const char *const requests[] = {
    "", "profile=vmware-2026\ncheck=equal",
    "default=63.eax=HHHH HHHH HHHH HHHH TTTT FFFF 0101 xxxx",
    "hide=avx2\nkeep=1.ecx[13]\nhide=63.2.eax.7\nqemu=8.2\nlibvirt=10.0.3"};

static u64 state = 0x9e3779b97f4a7c15u;

static u32 chance(u32 below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (u32)(state >> 32) % below;
}

/* The payload of a text, copied out of the engine's memory. */
static struct view encode(u8 *memory, struct view text, struct view request,
    u8 *to)
{
    static struct engine e;
    memset(&e, 0, sizeof(e)); /* the memory it knew was written over */
    CHECK(engine_open(&e, memory, MEMORY));
    engine_source(&e, VIEW(""), FORMATS);
    engine_feed(&e, text, 1);
    CHECK(engine_answer(&e, request));
    struct view payload = engine_encode(&e, 1);
    CHECK(payload.len > 1 && payload.len < LONGEST);
    memcpy(to, payload.s, payload.len);
    return (struct view){to, payload.len};
}

/* Reads a payload that lies in a block of exactly its size. */
static const char *decode(u8 *memory, struct view payload, struct view *text,
    struct view *choices)
{
    u8 *exact = malloc(payload.len + !payload.len);
    struct arena arena = {memory, 16, MEMORY};
    CHECK(exact);
    memcpy(exact, payload.s, payload.len);
    memset(memory, 0x55, MEMORY);
    const char *wrong =
        link_read((struct view){exact, payload.len}, &arena, text, choices);
    free(exact);
    if (!wrong) {
        CHECK(text->s >= memory && text->s + text->len <= memory + MEMORY);
        CHECK(choices->s >= memory);
        CHECK(choices->s + choices->len <= memory + MEMORY);
    }
    return wrong;
}

static void round_trip(u8 *memory, u8 *other, struct view text,
    struct view request, u8 *payload, struct view *first)
{
    static u8 again[LONGEST];
    struct view hosts, choices;
    *first = encode(memory, text, request, payload);
    CHECK(!decode(other, *first, &hosts, &choices));
    struct view second = encode(memory, hosts, choices, again);
    CHECK(first->len == second.len);
    CHECK(!memcmp(first->s, second.s, second.len));
}

static void damage(u8 *memory, const u8 *payload, u32 len)
{
    static const char letters[] = "ABCXYZabcxyz0189-_ \n%=\xff";
    u8 copy[LONGEST + 16];
    struct view text, choices;
    memcpy(copy, payload, len);
    for (u32 n = chance(4); n--;) {
        copy[chance(len)] = (u8)letters[chance(sizeof(letters) - 1)];
    }
    u32 end = chance(3) ? len : 1 + chance(len);
    decode(memory, (struct view){copy, end}, &text, &choices);
    copy[0] = (u8)('1' + chance(2));
    for (u32 i = 1; i < end; i++) {
        copy[i] = (u8)letters[chance(17)];
    }
    decode(memory, (struct view){copy, end}, &text, &choices);
}

int main(int count, char **words)
{
    u32 variants = count > 2 ? (u32)strtoul(words[2], NULL, 10) : 200;
    u8 *memory = malloc(MEMORY), *other = malloc(MEMORY);
    static u8 payload[LONGEST];
    CHECK(memory && other);
    for (u32 i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (u32 j = 0; j < sizeof(requests) / sizeof(requests[0]); j++) {
            struct view first;
            memset(memory, 0xaa, MEMORY);
            round_trip(memory, other, view_of(texts[i]), view_of(requests[j]),
                payload, &first);
            for (u32 n = 0; n < variants / 9; n++) {
                damage(other, payload, first.len);
            }
        }
    }
    free(memory);
    free(other);
    printf("links: %u payloads read\n", variants);
    return 0;
}

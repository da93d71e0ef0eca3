/* SPDX-License-Identifier: MIT
 * libFuzzer's way in: any bytes are a paste. The last two choose the request
 * and how the text is cut, so that seeds can be plain texts.
 */
#include "check.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
    static const char *const asked[] = {"", "profile=open", "profile=esx-2006",
        "profile=vmware-2010-06\ncheck=subset"};
    u8 choice = size > 1 ? data[size - 1] : 0;
    u8 cut = size > 1 ? data[size - 2] : 0;
    struct view text = {data, (u32)size};
    struct run r = {text, view_of(asked[choice % 4]), choice & 4 ? cut : 0,
        choice & 8 ? text.len / 2 : 0, ENGINE_LEAST, 0x55};
    check_name = "fuzz";
    check_run(&r);
    /* The text as a request: default masks are typed by people too. */
    r = (struct run){VIEW("ID1ECX 0x0000641d\n"), text, 0, 0, ENGINE_LEAST,
        0x55};
    if (choice & 16) {
        check_run(&r);
    }
    /* And as the payload of a link. */
    if (choice & 32) {
        static u8 memory[ENGINE_LEAST];
        struct arena arena = {memory, 16, ENGINE_LEAST};
        struct view hosts, choices;
        link_read(text, &arena, &hosts, &choices);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT
 * Features by name: /proc/cpuinfo, lscpu, Coreinfo and their like.
 */
#include "names.h"

enum line_use read_names(struct reader *r, struct view line)
{
    (void)r;
    (void)line;
    return NOT_MINE;
}

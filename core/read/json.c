/* SPDX-License-Identifier: MIT
 * JSON of any tool, one value at a time.
 */
#include "read.h"

enum line_use read_json(struct reader *r, struct view line)
{
    (void)r;
    (void)line;
    return NOT_MINE;
}

/* SPDX-License-Identifier: MIT
 * VMware: vmware.log, .vmx and OVF, vSphere's vectors and lists of features.
 */
#include "read.h"

enum line_use read_vmware(struct reader *r, struct view line)
{
    (void)r;
    (void)line;
    return NOT_MINE;
}

/* SPDX-License-Identifier: MIT
 * libvirt's XML: registers in <cpudata>, as <cpuid eax_in='0x7' ecx_in='0x0'
 * eax='0x..' .../>, and models with features in <cpu>, wherever it stands:
 * virsh capabilities, domcapabilities, cpu-baseline, a guest's definition.
 */
#include "names.h"
#include "vmware.h"

/* The value of an attribute, either kind of quotes. Returns 0 when absent. */
static int attribute(struct view tag, struct view name, struct view *value)
{
    for (u32 i = 1; i + name.len + 2 < tag.len; i++) {
        struct view v = view_from(tag, i);
        if (!is_space(tag.s[i - 1]) || !view_starts(v, name)) {
            continue;
        }
        v = view_trim(view_from(v, name.len));
        if (!v.len || v.s[0] != '=') {
            continue;
        }
        v = view_trim(view_from(v, 1));
        if (!v.len || (v.s[0] != '\'' && v.s[0] != '"')) {
            continue;
        }
        u32 end = 1;
        while (end < v.len && v.s[end] != v.s[0]) {
            end++;
        }
        *value = view_from(view_head(v, end), 1);
        return 1;
    }
    return 0;
}

/* An absent attribute is 0, as libvirt writes it. Returns 0 when it is there
 * but no number. */
static int number(struct reader *r, struct view tag, const char *name,
    u32 *value)
{
    struct view v;
    *value = 0;
    if (!attribute(tag, view_of(name), &v)) {
        return 1;
    }
    struct view digits =
        view_starts(v, VIEW("0x")) ? view_from(v, 2) : v;
    u32 n = read_hex(digits, value);
    if (n && n == digits.len && n <= 8) {
        return 1;
    }
    u8 room[80];
    note_add(&r->fleet->notes, NOTE_BAD_VALUE, note_here(r), view_of(name),
        note_quote(v, room));
    return 0;
}

static enum line_use cpuid_tag(struct reader *r, struct view tag)
{
    static const char *const names[4] = {"eax", "ebx", "ecx", "edx"};
    u32 leaf, sub, value[4];
    int good = number(r, tag, "eax_in", &leaf) & number(r, tag, "ecx_in", &sub);
    for (u32 i = 0; i < 4; i++) {
        good &= number(r, tag, names[i], &value[i]);
    }
    if (!good) {
        return NOTED;
    }
    found_row(r, FORMAT_CPUDATA, leaf, sub, value, STARTS_AGAIN);
    return USED;
}

static enum line_use msr_tag(struct reader *r, struct view tag)
{
    static const u32 all[2] = {0xffffffffu, 0xffffffffu};
    u32 value[2];
    if (!number(r, tag, "eax", &value[0]) || !number(r, tag, "edx", &value[1])) {
        return NOTED;
    }
    r->msr.fresh = 1;
    found_msr(r, value, all);
    return USED;
}

/* An element that never ended: its lines were not read after all. */
void end_join(struct reader *r)
{
    struct fleet *f = r->fleet;
    if (r->join_len) {
        f->used -= r->join_lines;
        f->unread += r->join_lines - 1;
        note_unread(r, r->join_spot.line, (struct view){r->join, r->join_len});
        r->join_len = 0;
    }
}

/* Keeps the piece of an element that goes on in the next line. */
static enum line_use join(struct reader *r, struct view line)
{
    u32 room = JOIN_ROOM - r->join_len;
    if (line.len + 1 > room) {
        end_join(r);
        return NOT_MINE;
    }
    r->join_lines = r->join_len ? r->join_lines + 1 : 1;
    bytes_copy(r->join + r->join_len, line.s, line.len);
    r->join_len += line.len;
    r->join[r->join_len++] = ' ';
    if (!view_has(line, VIEW(">"))) {
        return USED;
    }
    struct view tag = {r->join, r->join_len};
    r->join_len = 0;
    return cpuid_tag(r, tag);
}

/* The elements that say something, and where documents begin and end. */
enum element {
    OTHER, CPU, CPU_END, MODE, MODE_END, MODEL, VENDOR, FEATURE, ARCH,
    SIGNATURE, MAXPHYSADDR, NAME, CAPABILITIES, CAPABILITIES_END, DOMCAPS,
    DOMCAPS_END, DOMAIN, DOMAIN_END
};
static const char elements[] =
    "cpu\0/cpu\0mode\0/mode\0model\0vendor\0feature\0arch\0signature\0"
    "maxphysaddr\0name\0capabilities\0/capabilities\0domainCapabilities\0"
    "/domainCapabilities\0domain\0/domain\0";

static enum element element_of(struct view tag)
{
    u32 n = 1;
    while (n < tag.len && !is_space(tag.s[n]) && (n == 1 || tag.s[n] != '/')) {
        n++;
    }
    tag = view_from(view_head(tag, n), 1);
    return (enum element)view_is_any(tag, elements);
}

/* Whose the open <cpu> is; OTHER_CPU: nobody's that counts. */
enum whose { NO_CPU, HOSTS_CPU, HOST_MODEL, GUESTS_CPU, OTHER_CPU };

/* A feature that is not listed is missing on the host. host-model is silent
 * about two more: that there is a hypervisor, and that the TSC is invariant,
 * which would keep guests from moving. */
static void take_absent(struct reader *r)
{
    u32 open[2] = {
        ROW_0x00000001_0_ECX_31, ROW_0x80000007_0_EDX_8};
    u8 said[2] = {r->list.said[open[0]], r->list.said[open[1]]};
    libvirt_absent(r, name_view(&r->xml.model));
    for (u32 i = 0; r->xml.whose == HOST_MODEL && i < 2; i++) {
        r->list.said[open[i]] = said[i];
    }
}

static void close_names(struct reader *r)
{
    int whole = r->xml.whose == HOSTS_CPU || r->xml.whose == HOST_MODEL;
    if (r->xml.whose != OTHER_CPU && r->list.open &&
        r->list.format == FORMAT_LIBVIRT) {
        if (whole && r->xml.model.len) {
            take_absent(r);
        }
        names_close(r, ABSENT_UNKNOWN);
    }
    r->xml.whose = NO_CPU;
}

static void open_names(struct reader *r, int whose)
{
    end_cpu(r);
    mark_before(r);
    names_open(r, FORMAT_LIBVIRT, LIBVIRT);
    r->xml.whose = whose;
    r->xml.model.len = 0;
    if (whose != HOSTS_CPU) {
        note_guest_view(r,
            whose == HOST_MODEL ? VIEW("host-model") : VIEW("guest's <cpu>"));
    }
}

/* A guest's <cpu> has a mode or match; what virsh capabilities and the test
 * data of libvirt call <cpu> is the host's. In domcapabilities the modes say. */
static enum line_use open_cpu_tag(struct reader *r, struct view tag)
{
    struct view v;
    if (attribute(tag, VIEW("id"), &v)) {
        return ASIDE; /* of a topology */
    }
    close_names(r);
    if (r->xml.root == DOMCAPS) {
        r->xml.whose = OTHER_CPU;
        return ASIDE;
    }
    int mode = attribute(tag, VIEW("mode"), &v);
    if (mode && !view_equal(v, VIEW("custom"))) {
        u8 room[80];
        note_add(&r->fleet->notes, NOTE_MODEL_HOST, note_here(r),
            note_quote(v, room));
    }
    struct view match;
    int guests = mode || r->xml.root == DOMAIN ||
                 attribute(tag, VIEW("match"), &match);
    if (tag.s[tag.len - 1] != '/') {
        open_names(r, guests ? GUESTS_CPU : HOSTS_CPU);
    }
    return USED;
}

/* What domcapabilities can give: only the host-model says which features. */
static enum line_use open_mode(struct reader *r, struct view tag)
{
    struct view v;
    if (r->xml.root == DOMCAPS && attribute(tag, VIEW("name"), &v) &&
        view_equal(v, VIEW("host-model")) && tag.s[tag.len - 1] != '/') {
        open_names(r, HOST_MODEL);
        return USED;
    }
    return ASIDE;
}

/* Outside of a document, pieces of one are a guest's. */
static int in_cpu(struct reader *r)
{
    if (r->xml.whose == NO_CPU && !r->xml.root) {
        open_names(r, GUESTS_CPU);
    }
    int ours = r->list.open && r->list.format == FORMAT_LIBVIRT;
    return r->xml.whose != NO_CPU && r->xml.whose != OTHER_CPU && ours;
}

static enum line_use take_model(struct reader *r, struct view model)
{
    if (!model.len || !in_cpu(r)) {
        return ASIDE;
    }
    if (names_model(r, model)) {
        name_set(&r->xml.model, model);
    }
    return USED;
}

/* In a setting, what is neither required nor disabled: optional gives the
 * host's bit, forbid refuses hosts that have it, force shows it anyhow. */
static void take_policy(struct reader *r, u32 row, struct view policy)
{
    static const char policies[] = "optional\0forbid\0force\0";
    struct view head;
    u32 which = view_starts_any(policy, policies, &head);
    struct mask mask = mask_all('-');
    mask.letter[bits.bit[row]] = (u8)"-HF1"[which];
    if (which) {
        found_mask(r,
            (struct mask_record){.placed_ = 1, .leaf_ = bits.leaf[row],
                .sub_ = bits.sub[row], .reg_ = bits.reg[row],
                .format_ = FORMAT_LIBVIRT},
            &mask, bit_spelled(&r->fleet->know, LIBVIRT, row), policy);
    }
}

static enum line_use take_feature(struct reader *r, struct view tag)
{
    struct view name, policy = VIEW("require");
    if (!attribute(tag, VIEW("name"), &name) || !in_cpu(r)) {
        return ASIDE;
    }
    attribute(tag, VIEW("policy"), &policy);
    int optional = view_equal(policy, VIEW("optional"));
    int there = !view_equal(policy, VIEW("disable")) &&
                !view_equal(policy, VIEW("forbid"));
    u32 row = bit_named(&r->fleet->know, LIBVIRT, name, 0);
    if (r->fleet->setting && row < BITS) {
        take_policy(r, row, policy);
    }
    if (optional) {
        if (row < BITS) {
            r->list.said[row] = 0; /* whatever the model has */
        }
    } else if (r->xml.whose == HOSTS_CPU) {
        names_take(r, name, there);
    } else {
        names_give(r, name, there);
    }
    return USED;
}

static u32 decimal(struct view tag, const char *name)
{
    struct view v;
    u32 n = NO_NUMBER;
    return attribute(tag, view_of(name), &v) && read_decimal(v, &n)
               ? n : NO_NUMBER;
}

static enum line_use take_signature(struct reader *r, struct view tag)
{
    if (!in_cpu(r)) {
        return ASIDE;
    }
    found_signature(r, FORMAT_LIBVIRT, decimal(tag, "family"),
        decimal(tag, "model"), decimal(tag, "stepping"));
    return USED;
}

/* The host's address bits, or in domcapabilities the limit they are. */
static enum line_use take_address_bits(struct reader *r, struct view tag)
{
    u32 n = decimal(tag, "bits");
    n = n == NO_NUMBER ? decimal(tag, "limit") : n;
    if (!in_cpu(r) || !n || n > 64) {
        return ASIDE;
    }
    found_register(r, FORMAT_LIBVIRT, 0x80000008u, 0, EAX, n, 0xff);
    return USED;
}

static enum line_use take_arch(struct reader *r, struct view arch)
{
    if (arch.len && !view_starts(arch, VIEW("x86")) &&
        !view_equal(arch, VIEW("i686"))) {
        mark_first(r, &r->arm);
        r->xml.whose = OTHER_CPU;
    }
    return ASIDE;
}

static enum line_use take_root(struct reader *r, enum element root)
{
    if (r->xml.root && r->xml.root != DOMAIN && root >= DOMAIN) {
        return ASIDE; /* domcapabilities names the kind of domain so */
    }
    close_names(r);
    r->xml.root = root == CAPABILITIES || root == DOMCAPS || root == DOMAIN
                      ? (int)root : 0;
    if (root == DOMAIN_END) {
        drop_heading(r); /* its name is no other's */
        r->before.line = 0;
    }
    return ASIDE;
}

static enum line_use take_vendor(struct reader *r, struct view vendor)
{
    if (!vendor.len || !in_cpu(r)) {
        return ASIDE;
    }
    found_vendor(r, FORMAT_LIBVIRT, vendor);
    return USED;
}

static enum line_use take_name(struct reader *r, struct view name)
{
    if (r->xml.root != DOMAIN || r->xml.whose || !name.len) {
        return ASIDE;
    }
    end_cpu(r);
    found_name(r, name, 1);
    return USED;
}

/* An element about models; its text is what follows on the line. */
static enum line_use model_element(struct reader *r, struct view tag,
    struct view text)
{
    enum element e = element_of(tag);
    text = view_trim(view_head(text, view_find(text, VIEW("<"))));
    switch (e) {
    case CPU: return open_cpu_tag(r, tag);
    case CPU_END: close_names(r); return ASIDE;
    case MODE: return open_mode(r, tag);
    case MODE_END:
        if (r->xml.root == DOMCAPS) {
            close_names(r);
            r->xml.whose = OTHER_CPU;
        }
        return ASIDE;
    case MODEL: return take_model(r, text);
    case VENDOR: return take_vendor(r, text);
    case FEATURE: return take_feature(r, tag);
    case ARCH: return take_arch(r, text);
    case SIGNATURE: return take_signature(r, tag);
    case MAXPHYSADDR: return take_address_bits(r, tag);
    case NAME: return take_name(r, text);
    case OTHER:
        return r->xml.root || r->xml.whose ? ASIDE : NOT_MINE;
    default: return take_root(r, e);
    }
}

/* One element, its '<' first; *len is what it takes of the line. */
static enum line_use element(struct reader *r, struct view v, u32 *len)
{
    u32 end = view_find(v, VIEW(">"));
    *len = end < v.len ? end + 1 : v.len;
    if (view_starts(v, VIEW("<cpudata"))) {
        found_split(r);
        return USED;
    }
    if (view_starts(v, VIEW("</cpudata"))) {
        end_cpu(r);
        return USED;
    }
    struct view tag = view_head(v, end), index;
    if (view_starts(v, VIEW("<msr ")) && attribute(tag, VIEW("index"), &index) &&
        view_starts(index, VIEW("0x10a"))) {
        return msr_tag(r, tag);
    }
    if (!view_starts(v, VIEW("<cpuid")) || (v.len > 6 && !is_space(v.s[6]))) {
        return end < v.len && end > 1
                   ? model_element(r, tag, view_from(v, *len)) : NOT_MINE;
    }
    if (end == v.len) {
        r->join_spot = r->here;
        return join(r, v);
    }
    return view_has(tag, VIEW("eax_in")) ? cpuid_tag(r, tag)
                                                    : NOT_MINE;
}

/* Comments of several lines, as virsh edit begins with; a line with an element
 * ends them, whatever they lack. */
static int in_comment(struct reader *r, struct view line)
{
    int ends = view_has(line, VIEW("-->"));
    if (view_starts(view_trim(line), VIEW("<!--"))) {
        r->xml.comment = !ends;
        return 1;
    }
    int inside = r->xml.comment && !view_has(line, VIEW("<"));
    r->xml.comment = inside && !ends && r->xml.comment < 9
                         ? r->xml.comment + 1 : 0;
    return inside;
}

enum line_use read_xml(struct reader *r, struct view line)
{
    enum line_use all = NOT_MINE;
    u32 len = 0;
    if (r->join_len) {
        len = view_find(line, VIEW(">"));
        len += len < line.len;
        all = join(r, view_head(line, len));
        line = view_from(line, len);
    }
    if (in_comment(r, line)) {
        return ASIDE;
    }
    for (;; line = view_from(line, len)) {
        line = view_from(line, view_find(line, VIEW("<")));
        if (!line.len) {
            break;
        }
        enum line_use use = element(r, line, &len);
        all = use == NOTED || !all || (all == ASIDE && use) ? use : all;
    }
    r->fleet->unread += all == NOTED;
    return all;
}

/* SPDX-License-Identifier: MIT
 * CPU models with features more or fewer: QEMU's -cpu, Proxmox, CloudStack and
 * OpenNebula, oVirt's flags, and the labels of Kubernetes nodes.
 */
#include "names.h"

void note_guest_view(struct reader *r, struct view what)
{
    if (!r->models.guest_said) {
        r->models.guest_said = 1;
        note_add(&r->fleet->notes, NOTE_GUEST_VIEW, note_here(r), what);
    }
}

/* That a model is given to a guest. */
static void note_model_given(struct reader *r, enum format_id format)
{
    note_guest_view(r, table_word(formats, format, 1));
}

void names_give(struct reader *r, struct view name, int there)
{
    if (!there || !view_equal(name, VIEW("hypervisor"))) {
        names_take(r, name, there);
    }
}

/* What the accelerator decides about, whatever QEMU's model says: KVM emulates
 * the first two, and takes the others away where nesting or the host does not
 * have them. */
static const char accelerated[] =
    "x2apic\0hypervisor\0monitor\0acpi\0svm\0npt\0nrip-save\0svme-addr-chk\0"
    "vnmi\0";

static void mark_accelerated(struct reader *r, u8 is_accelerated[BITS + 1])
{
    const char *p = accelerated;
    bytes_zero(is_accelerated, BITS + 1);
    for (; *p; p += view_of(p).len + 1) {
        is_accelerated[bit_named(&r->fleet->know, QEMU, view_of(p), AMD)] = 1;
    }
}

/* A guest of a named model has what QEMU gives it and nothing else. */
static void assume_no_more(struct reader *r)
{
    u8 is_accelerated[BITS + 1];
    mark_accelerated(r, is_accelerated);
    for (u32 row = 0; row < BITS; row++) {
        if (!is_accelerated[row] &&
            bit_spelled(&r->fleet->know, QEMU, row).len) {
            names_assume(r, row, 0);
        }
    }
}

static void assume_model(struct reader *r, enum dialect d, u32 model)
{
    u8 there[MODEL_BITS], is_accelerated[BITS + 1];
    model_bits(d, model, there);
    mark_accelerated(r, is_accelerated);
    for (u32 i = 0; i < MODEL_BITS; i++) {
        u32 row = model_bit(i);
        if (there[i] && row < BITS && (d != QEMU || !is_accelerated[row])) {
            names_assume(r, row, 1);
        }
    }
}

static int is_host_model(struct view name)
{
    return view_equal(name, VIEW("host")) || view_equal(name, VIEW("max")) ||
           view_equal(name, VIEW("base"));
}

static void note_model(struct reader *r, enum note_id id, struct view model)
{
    u8 room[80];
    note_add(&r->fleet->notes, id, note_here(r), note_quote(model, room));
}

int names_model(struct reader *r, struct view model)
{
    enum dialect own = r->list.dialect == QEMU || r->fleet->setting ? QEMU
                                                                    : LIBVIRT;
    enum dialect other = own == QEMU ? LIBVIRT : QEMU;
    u32 row = model_named(own, model);
    enum dialect d = row < MODELS ? own : other;
    if (is_host_model(model)) {
        note_model(r, NOTE_MODEL_HOST, model);
        return 0;
    }
    row = row < MODELS ? row : model_named(other, model);
    if (row == MODELS) {
        mark_first(r, &r->names_only);
        note_model(r, NOTE_MODEL, model);
        return 0;
    }
    r->fleet->models_n++;
    assume_model(r, d, row);
    r->list.last = r->here;
    r->list.end = r->here_end;
    if (own == QEMU) {
        assume_no_more(r);
    }
    return 1;
}

static u32 bits_said(const struct reader *r, const struct knew *k)
{
    u32 said = 0, n, first = bits_of(k->leaf, k->sub, k->reg, &n);
    for (u32 i = first; i < first + n; i++) {
        said |= r->list.said[i] ? 1u << bits.bit[i] : 0;
    }
    return said & k->bits;
}

/* libvirt prints of its host the model and every feature it knows beyond it,
 * and chooses no model of which the host lacks something: a feature that is not
 * in either is missing (cpu_x86.c, x86Decode). Which features it knew depends
 * on its release. A list with a name that only a later one has comes from a
 * later one; so does a model with a version, which came after 9.0. What a
 * release before that knew, it knew; beyond stays unknown. TSX is left unknown
 * on Haswell, where libvirt drops it although CPUID has it. */
void libvirt_absent(struct reader *r, struct view model)
{
    static const struct knew msr = {MSR_10A, ~0u, 5, SUB_MSR, EAX};
    u32 release = 1, at = view_find(model, VIEW("-v"));
    if (at + 2 < model.len && is_digit(model.s[at + 2])) {
        release = 4;
    }
    for (u32 i = 0; i < KNEW_ROWS; i++) {
        if (knew[i].since > release + 1 && bits_said(r, &knew[i])) {
            release = knew[i].since - 1u;
        }
    }
    for (u32 i = 0; i < KNEW_ROWS; i++) {
        const struct knew *k = &knew[i];
        u32 n, first = bits_of(k->leaf, k->sub, k->reg, &n);
        int tsx = k->leaf == 7 && k->reg == EBX &&
                  view_starts(model, VIEW("Haswell"));
        u32 known = k->bits & ~(tsx ? 0x810u : 0);
        /* Not every libvirt may read MSRs. */
        known = k->leaf == MSR_10A && !bits_said(r, &msr) ? 0 : known;
        for (u32 j = first; k->since <= release && j < first + n; j++) {
            if (known >> bits.bit[j] & 1) {
                names_assume(r, j, 0);
            }
        }
    }
}

/* ---- QEMU's -cpu ---- */

static int is_quote(u8 c)
{
    return c == '"' || c == '\'';
}

/* An argument of a command, without its quotes. */
static struct view argument(struct view v)
{
    v = view_trim(v);
    u8 quote = v.len && is_quote(v.s[0]) ? v.s[0] : 0;
    v = view_from(v, quote != 0);
    u32 n = 0;
    while (n < v.len &&
           (quote ? v.s[n] != quote : !is_space(v.s[n]) && !is_quote(v.s[n]))) {
        n++;
    }
    return view_head(v, n);
}

/* Settings that are no features. */
static const char settings[] =
    "enforce\0check\0migratable\0host-\0host_\0guest-phys\0kvm\0hv-\0hv_\0l3-\0"
    "x-\0level\0min-\0xlevel\0max\0pmu\0tsc-freq\0model-id\0cpuid-0xb\0fill-\0"
    "start-p\0vmware-\0xen-vapic\0tcg-\0legacy-\0full-cpuid\0lmce\0"
    "hotplug\0ucode-rev\0stepping\0family\0model=\0vendor\0phys-bits\0"
    "hidden\0intel-pt-lip\0";

static int is_on(struct view value)
{
    return view_equal(value, VIEW("on")) || view_equal(value, VIEW("yes")) ||
           view_equal(value, VIEW("true")) || view_equal(value, VIEW("force"));
}

static int is_off(struct view value)
{
    return view_equal(value, VIEW("off")) || view_equal(value, VIEW("no")) ||
           view_equal(value, VIEW("false"));
}

/* One of "aes", "aes=on", "+aes", "-aes"; the sign is 0 where there is none.
 * QEMU takes those with = first, then all with +, then all with -. */
static void take_feature(struct reader *r, struct view part, u8 sign)
{
    struct view head, value = part;
    u8 first = part.len ? part.s[0] : 0;
    if ((first == '+' || first == '-' ? first : 0) != sign) {
        return;
    }
    value = view_from(part, sign != 0);
    struct view name = view_cut(&value, '=');
    if (!name.len || view_starts_any(part, settings, &head) ||
        view_starts_any(name, settings, &head)) {
        return;
    }
    int bare = sign || name.len == part.len;
    int there = bare ? sign != '-' : is_on(value);
    if (bare || there || is_off(value)) {
        names_give(r, name, there);
    }
}

static void take_features(struct reader *r, struct view list, u8 separator)
{
    static const u8 signs[3] = {0, '+', '-'};
    for (u32 pass = 0; pass < 3; pass++) {
        struct view rest = list;
        while (rest.len) {
            take_feature(r, view_cut(&rest, separator), signs[pass]);
        }
    }
}

/* The value of a setting, or an empty view. */
static struct view setting(struct view list, struct view name)
{
    while (list.len) {
        struct view value = view_cut(&list, ',');
        struct view key = view_cut(&value, '=');
        if (view_equal(key, name)) {
            return value;
        }
    }
    return (struct view){0, 0};
}

static u32 number_of(struct view value, u32 otherwise)
{
    u32 n;
    if (view_starts(value, VIEW("0x"))) {
        return read_hex(view_from(value, 2), &n) ? n : otherwise;
    }
    return read_decimal(value, &n) ? n : otherwise;
}

static void take_phys_bits(struct reader *r, struct view value)
{
    u32 n = number_of(value, 0);
    if (n && n <= 64) {
        found_register(r, FORMAT_QEMU_CPU, 0x80000008u, 0, EAX, n, 0xff);
    }
}

static void take_vendor(struct reader *r, struct view said, u32 vendor)
{
    struct view name = said.len            ? said
                       : vendor == INTEL   ? VIEW("Intel")
                       : vendor == AMD     ? VIEW("AMD")
                       : vendor == HYGON   ? VIEW("Hygon")
                       : vendor == CENTAUR ? VIEW("CentaurHauls")
                                           : VIEW("");
    found_vendor(r, FORMAT_QEMU_CPU, name);
}

/* A model, and what the settings beside it say. */
static void take_model(struct reader *r, struct view model, struct view list)
{
    u32 row = model_named(QEMU, model);
    struct cpu_model m = {0};
    m.family = m.model = m.stepping = NO_NUMBER;
    if (row < MODELS) {
        m = model_at(row);
    }
    take_vendor(r, setting(list, VIEW("vendor")), m.vendor);
    found_signature(r, FORMAT_QEMU_CPU,
        number_of(setting(list, VIEW("family")), m.family),
        number_of(setting(list, VIEW("model")), m.model),
        number_of(setting(list, VIEW("stepping")), m.stepping));
    take_phys_bits(r, setting(list, VIEW("phys-bits")));
    names_model(r, model);
}

static enum line_use take_guest(struct reader *r, struct view model,
    struct view list, struct view features, u8 separator)
{
    end_cpu(r);
    names_open(r, FORMAT_QEMU_CPU, QEMU);
    take_features(r, features, separator);
    take_model(r, model, list);
    names_close(r, ABSENT_UNKNOWN);
    note_model_given(r, FORMAT_QEMU_CPU);
    return USED;
}

/* "EPYC-Rome-v4,vendor=AuthenticAMD,+aes,-xsaves,avx2=off,enforce" */
static enum line_use take_cpu(struct reader *r, struct view option)
{
    struct view rest = option, model = view_cut(&rest, ',');
    return take_guest(r, model, rest, rest, ',');
}

static int is_model(struct view name)
{
    return model_named(QEMU, name) < MODELS || is_host_model(name);
}

/* Where an option stands in a command; v.len when it does not. */
static u32 find_option(struct view v, struct view option)
{
    for (u32 at = 0; at < v.len;) {
        struct view rest = view_from(v, at);
        u32 n = view_find(rest, option);
        u32 end = at + n + option.len;
        at += n;
        if (at < v.len && end < v.len && is_space(v.s[end]) &&
            (at == 0 || is_space(v.s[at - 1]) || v.s[at - 1] == '-' ||
                is_quote(v.s[at - 1]))) {
            return at;
        }
        at++;
    }
    return v.len;
}

/* "-name guest=vm1,debug-threads=on" */
static int guest_name(struct reader *r, struct view line)
{
    u32 at = find_option(line, VIEW("-name"));
    struct view name = argument(view_from(line, at + 5));
    if (at == line.len || !name.len) {
        return 0;
    }
    if (view_starts(name, VIEW("guest="))) {
        name = view_from(name, 6);
    }
    end_cpu(r);
    found_name(r, view_cut(&name, ','), 1);
    return 1;
}

static enum line_use cpu_option(struct reader *r, struct view line)
{
    u32 at = find_option(line, VIEW("-cpu"));
    struct view option = argument(view_from(line, at + 4)), rest = option;
    struct view model = view_cut(&rest, ',');
    if (at == line.len || (!is_model(model) && !rest.len)) {
        return NOT_MINE;
    }
    guest_name(r, line);
    return take_cpu(r, option);
}

/* A model and features without "-cpu" before them, as oVirt takes them. */
static enum line_use bare_option(struct reader *r, struct view line)
{
    struct view rest = line, model = view_cut(&rest, ',');
    int alone = r->forced == FORMAT_QEMU_CPU || r->fleet->setting;
    if (!is_model(model) || (!rest.len && !alone) ||
        argument(line).len != line.len) {
        return NOT_MINE;
    }
    return take_cpu(r, line);
}

/* The other lines of a command that is written one option a line. */
static enum line_use command_line(struct reader *r, struct view line)
{
    int more = line.s[line.len - 1] == '\\';
    int starts = view_has(line, VIEW("qemu")) ||
                 view_has(line, VIEW("/kvm")) ||
                 view_starts(line, VIEW("LC_ALL=")) || line.s[0] == '-';
    int inside = (more && starts) || r->models.command ||
                 view_has(line, VIEW(": starting up libvirt"));
    r->models.command = inside && more;
    if (!inside) {
        return NOT_MINE;
    }
    return guest_name(r, line) ? USED : ASIDE;
}

/* ---- Proxmox ---- */

static enum line_use model_of_block(struct reader *r, struct view line)
{
    struct view head, value;
    static const char keys[] =
        "flags \0reported-model \0phys-bits \0hidden \0hv-vendor-id \0"
        "guest-phys-bits \0level \0";
    u32 key = view_starts_any(line, keys, &head);
    int open = r->models.block && r->list.open &&
               r->list.format == FORMAT_QEMU_CPU;
    if (!key || !open) {
        return NOT_MINE;
    }
    value = view_trim(view_from(line, head.len));
    switch (key) {
    case 1: take_features(r, value, ';'); return USED;
    case 2: take_model(r, value, (struct view){0, 0}); return USED;
    case 3: take_phys_bits(r, value); return USED;
    default: return ASIDE;
    }
}

/* "cpu-model: name" of cpu-models.conf heads a block for each model. */
static enum line_use block_header(struct reader *r, struct view line)
{
    if (!view_starts(line, VIEW("cpu-model:"))) {
        return NOT_MINE;
    }
    end_cpu(r);
    found_name(r, view_from(line, 10), 1);
    names_open(r, FORMAT_QEMU_CPU, QEMU);
    note_model_given(r, FORMAT_QEMU_CPU);
    r->models.block = 1;
    return USED;
}

/* "cpu: host,flags=+aes;-pcid", "cpu: cputype=custom-x" */
static enum line_use cpu_of_guest(struct reader *r, struct view line)
{
    if (!view_starts(line, VIEW("cpu:"))) {
        return NOT_MINE;
    }
    struct view rest = view_trim(view_from(line, 4));
    struct view flags = setting(rest, VIEW("flags"));
    struct view type = setting(rest, VIEW("cputype"));
    int typed = type.len != 0;
    type = typed ? type : view_cut(&rest, ',');
    if (!typed && !is_model(type) && !view_starts(type, VIEW("custom-"))) {
        return NOT_MINE;
    }
    return take_guest(r, type, rest, flags, ';');
}

/* ---- keys and values of others ---- */

/* CloudStack's agent.properties, OpenNebula's host, Nova's nova.conf: a model
 * and features. */
static enum line_use model_field(struct reader *r, struct view line)
{
    static const char keys[] =
        "guest.cpu.model=\0KVM_CPU_MODEL=\0guest.cpu.features=\0"
        "KVM_CPU_FEATURES=\0cpu_model_extra_flags\0cpu_models\0cpu_model\0"
        "guest.cpu.mode=\0cpu_mode\0";
    enum { MODES = 8, FEATURES = 1 << 3 | 1 << 4 | 1 << 5 };
    struct view head;
    u32 key = view_starts_any(line, keys, &head);
    struct view value = view_trim(view_from(line, head.len - (key != 0)));
    if (!key) {
        return NOT_MINE;
    }
    if (value.s[0] != '=') {
        value = view_trim(view_from(value, 1));
    }
    if (!value.len || value.s[0] != '=') {
        return NOT_MINE;
    }
    value = view_trim(view_from(value, 1));
    if (key >= MODES) {
        return ASIDE;
    }
    if (!r->list.open || r->list.format != FORMAT_LIBVIRT) {
        end_cpu(r);
        names_open(r, FORMAT_LIBVIRT, LIBVIRT);
    }
    if (!(FEATURES >> key & 1)) {
        names_model(r, names_next(&value));
        note_model_given(r, FORMAT_LIBVIRT);
        return USED;
    }
    for (struct view v = names_next(&value); v.len; v = names_next(&value)) {
        names_take(r, view_from(v, v.s[0] == '-' || v.s[0] == '+'),
            v.s[0] != '-');
    }
    return USED;
}

/* oVirt's cpuFlags: what Linux prints, and models it could run. */
static enum line_use ovirt_flags(struct reader *r, struct view line)
{
    u32 at = view_find(line, VIEW("cpuFlags"));
    struct view list = view_past(view_from(line, at + 8), " \t\":=");
    if (at == line.len || !list.len) {
        return NOT_MINE;
    }
    end_cpu(r);
    names_open(r, FORMAT_FLAGS, LINUX);
    names_words(r, list);
    names_close(r, ABSENT_LINUX_KERNEL);
    return USED;
}

/* ---- nodes of Kubernetes ---- */

void node_begins(struct reader *r)
{
    end_cpu(r);
    mark_before(r);
    names_open(r, FORMAT_NODE_LABELS, LIBVIRT);
    r->models.named = r->models.vendor = r->models.features = 0;
    r->models.family = NO_NUMBER;
}

static void node_open(struct reader *r)
{
    if (!r->list.open || r->list.format != FORMAT_NODE_LABELS) {
        node_begins(r);
    }
}

void node_name(struct reader *r, struct view name)
{
    node_open(r);
    r->models.named = 1;
    if (r->cpu.open) {
        name_set(&r->cpu.name, name);
        r->cpu.name_sure = 1;
        r->cpu.name_spot = r->here;
    } else {
        drop_heading(r);
        r->list.last = r->here;
        r->list.end = r->here_end;
        name_set(&r->heading, name);
        r->heading_sure = 1;
        r->heading_spot = r->here;
    }
}

/* KubeVirt and NFD may both say whose the CPU is. */
static void node_vendor(struct reader *r, struct view vendor)
{
    if (!r->models.vendor) {
        r->models.vendor = 1;
        found_vendor(r, FORMAT_NODE_LABELS, vendor);
    }
}

static void node_model(struct reader *r, struct view value)
{
    if (r->models.family != NO_NUMBER) {
        found_signature(r, FORMAT_NODE_LABELS, r->models.family,
            number_of(value, NO_NUMBER), NO_NUMBER);
        r->models.family = NO_NUMBER;
    }
}

/* KubeVirt labels every feature of the host-model, those of the model too, but
 * where it was told to leave those of Penryn away; one that is not labelled is
 * not given to guests. */
static void node_host_model(struct reader *r, struct view model)
{
    if (!r->models.features) {
        return;
    }
    note_model_given(r, FORMAT_NODE_LABELS);
    if (!r->list.said[ROW_0x00000001_0_EDX_0]) {
        assume_model(r, LIBVIRT, model_named(LIBVIRT, VIEW("Penryn")));
    }
    libvirt_absent(r, model);
}

static void nfd_feature(struct reader *r, struct view name)
{
    r->list.dialect = NFD;
    names_take(r, name, 1);
    r->list.dialect = LIBVIRT;
}

int node_label(struct reader *r, struct view key, struct view value)
{
    static const char keys[] =
        "cpu-feature.node.kubevirt.io/\0"
        "host-model-required-features.node.kubevirt.io/\0"
        "host-model-cpu.node.kubevirt.io/\0"
        "cpu-vendor.node.kubevirt.io/\0"
        "feature.node.kubernetes.io/cpu-cpuid.\0"
        "feature.node.kubernetes.io/cpu-model.vendor_id\0"
        "feature.node.kubernetes.io/cpu-model.family\0"
        "feature.node.kubernetes.io/cpu-model.id\0"
        "kubernetes.io/hostname\0"
        "kubernetes.io/arch\0";
    struct view head, name;
    u32 which = view_starts_any(key, keys, &head);
    int true_ = view_equal(value, VIEW("true"));
    if (!which || (which <= 5 && !true_)) {
        return 0;
    }
    if (which == 10) {
        if (!view_equal(value, VIEW("amd64"))) {
            mark_first(r, &r->arm);
        }
        return 0;
    }
    /* A second host name among labels is that of the next node. */
    if (which == 9 && r->models.named && r->list.open) {
        node_begins(r);
    }
    node_open(r);
    name = view_from(key, head.len);
    switch (which) {
    case 1:
    case 2: names_take(r, name, r->models.features = 1); break;
    case 3: node_host_model(r, name); break;
    case 4: node_vendor(r, name); break;
    case 5: nfd_feature(r, name); break;
    case 6: node_vendor(r, value); break;
    case 7: r->models.family = number_of(value, NO_NUMBER); break;
    case 8: node_model(r, value); break;
    default: node_name(r, value); break;
    }
    return 1;
}

/* Is it "domain/name"? */
static int is_label_key(struct view key)
{
    u32 slash = view_find(key, VIEW("/")), i = 0;
    while (i < key.len && (is_word(key.s[i]) || i == slash)) {
        i++;
    }
    return i == key.len && slash + 1 < key.len &&
           view_find(key, VIEW(".")) < slash;
}

/* One of "key=value" and "key: "value"". */
static enum line_use one_label(struct reader *r, struct view v)
{
    u32 at = view_find(v, VIEW("="));
    at = at < v.len ? at : view_find(v, VIEW(":"));
    struct view key = view_trim(view_head(v, at));
    struct view value = argument(view_from(v, at + 1));
    if (at == v.len || !is_label_key(key)) {
        return NOT_MINE;
    }
    return node_label(r, key, value) ? USED : ASIDE;
}

/* A row of kubectl get nodes --show-labels: the node's name first, its labels
 * last, between commas. */
static enum line_use label_row(struct reader *r, struct view line)
{
    enum line_use all = NOT_MINE;
    struct view name = argument(line);
    u32 at = line.len;
    while (at && !is_space(line.s[at - 1])) {
        at--;
    }
    struct view labels = view_from(line, at);
    if (at && view_has(labels, VIEW(","))) {
        node_begins(r);
        node_name(r, name);
        r->models.named = 0;
    }
    while (labels.len) {
        enum line_use use = one_label(r, view_cut(&labels, ','));
        all = use == USED || !all ? use : all;
    }
    return all;
}

static int is_about_node(struct view line)
{
    return view_has(line, VIEW(".node.kubevirt.io/")) ||
           view_has(line, VIEW("feature.node.kubernetes.io/cpu-"));
}

/* Where the description of a node begins: in YAML and by kubectl describe. */
static int node_header(struct reader *r, struct view line)
{
    struct view rest = view_from(line, 5);
    int yaml = view_equal(line, VIEW("kind: Node"));
    int described = view_starts(line, VIEW("Name:        ")) &&
                    argument(rest).len == view_trim(rest).len;
    if (yaml || described) {
        node_begins(r);
    }
    if (described) {
        node_name(r, argument(rest));
        r->models.named = 0;
    }
    return yaml || described;
}

static enum line_use node_line(struct reader *r, struct view line)
{
    enum line_use use = NOT_MINE;
    if (node_header(r, line)) {
        r->models.node = 1;
        r->section = ASIDES;
        return USED;
    }
    if (view_starts(line, VIEW("Labels: "))) {
        line = view_trim(view_from(line, 8));
    }
    int open = r->list.open && r->list.format == FORMAT_NODE_LABELS;
    if (open || is_about_node(line)) {
        use = one_label(r, line);
        use = use || !is_about_node(line) ? use : label_row(r, line);
    }
    if (r->models.node && use) {
        r->section = ASIDES; /* registers found have ended it */
    }
    return use;
}

enum line_use read_models(struct reader *r, struct view line)
{
    static enum line_use (*const forms[])(struct reader *, struct view) = {
        cpu_option, command_line, block_header, model_of_block, cpu_of_guest,
        model_field, ovirt_flags, node_line, bare_option};
    line = view_trim(line);
    enum line_use use = NOT_MINE;
    for (u32 i = 0; line.len && !use && i < sizeof(forms) / sizeof(forms[0]);
         i++) {
        use = forms[i](r, line);
    }
    return use;
}

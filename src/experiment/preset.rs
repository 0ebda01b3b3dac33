//! The gallery: named experiments, among them the paper's figures. Titles and sentences are the catalogue's.

/// A named experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Its link's fragment.
    pub link: &'static str,
}

const fn preset(name: &'static str, link: &'static str) -> Preset {
    Preset { name, link }
}

/// All there are, in the order of the gallery.
pub fn all() -> impl Iterator<Item = &'static Preset> {
    SCAN_SNAP.iter().chain(EXPLANATIONS).chain(TOOL_USE)
}

/// Of Scan & Snap, among them the paper's figures.
pub const SCAN_SNAP: &[Preset] = &[
    preset("fig4-left", "#v=1&lab=scan-snap&seed=2"),
    preset("fig4-right", "#v=1&lab=scan-snap&seed=2&training.eta_y=10"),
    preset(
        "fig6-corner",
        "#v=1&lab=scan-snap&seed=1&data.last_tokens=10&data.next_per_last=2&model.init=uniform&training.eta_z=3&training.eta_y=30",
    ),
    preset(
        "fig3",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.eta_z=0.5&training.steps=700&view.panels=gains,phase,notes&view.pace=100",
    ),
    preset(
        "fig9-left",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.eta_y=10&training.steps=200&theory.vocabulary=100&theory.family=nu&view.panels=phase,gains,notes&view.pace=30",
    ),
    preset(
        "fig9-right",
        "#v=1&lab=scan-snap&seed=0&data.kind=theory&training.steps=1000&theory.vocabulary=10000&theory.family=nu&view.panels=phase,gains,notes&view.pace=100",
    ),
    preset("fig5-adam", "#v=1&lab=scan-snap&seed=2&training.optimizer=adam&training.eta_z=0.5&training.eta_y=0.5"),
    // The query enters the output by the residual and decides alone: the loss falls, attention has nothing to learn.
    preset("trivial-query", "#v=1&lab=scan-snap&seed=3&data.last_tokens=10&model.residual=true"),
    preset("heavy-common", "#v=1&lab=scan-snap&seed=4&data.common_weight=5&data.sampling=exact"),
    // The setting of Theorems 2 to 4: one query, one common token, every class in each step, no momentum.
    preset(
        "one-common",
        "#v=1&lab=scan-snap&seed=0&data.last_tokens=1&data.next_per_last=10&data.common_tokens=1&data.common_weight=5&data.sampling=exact&training.momentum=0&training.steps=1000&view.pace=100",
    ),
    // Assumption 2 as well: K^2 times the overlap of two classes is .2, and rates are small. Hardly anything moves, but as
    // Theorem 4 says.
    preset(
        "weak-overlap",
        "#v=1&lab=scan-snap&seed=0&data.last_tokens=1&data.next_per_last=10&data.common_tokens=1&data.distinct_per_next=40&data.common_weight=0.3&data.distinct_weight_min=1&data.sampling=exact&training.eta_z=0.1&training.eta_y=0.1&training.momentum=0&training.steps=3000&view.panels=phase,loss,notes&view.pace=300",
    ),
    // The settings of row 1g (docs/papers.md 4) on a text that comes with the page.
    preset(
        "fig7-text",
        "#v=1&lab=scan-snap&seed=1&data.kind=text&model.form=transformer&model.width=32&model.mlp_width=32&training.eta_z=3&training.momentum=0&training.batch_size=20&training.steps=1000&view.pace=100",
    ),
    preset("text-pairs", "#v=1&lab=scan-snap&seed=0&data.kind=text&training.steps=200&view.pace=30"),
];

/// Of explanations: one for each kind of encoding (docs/papers.md 2.2), one that does not encode, and what scores make of
/// them.
pub const EXPLANATIONS: &[Preset] = &[
    preset("enc-marg", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes"),
    preset("enc-pred", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes&view.class=1"),
    preset("enc-posi", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes&view.class=2"),
    preset("enc-honest", "#v=1&lab=encoding&seed=1&view.panels=told,shown,meter,distribution,notes&view.class=3"),
    preset("enc-maps", "#v=1&lab=encoding&seed=1&scores.by=all-maps&view.panels=meter,maps,ranking,notes&view.pace=30"),
    preset("enc-budget", "#v=1&lab=encoding&seed=1&explanations.inputs=1&view.panels=meter,ranking,table,notes"),
    preset(
        "enc-xor",
        "#v=1&lab=encoding&seed=1&subject.law=xor&view.panels=told,shown,meter,distribution,notes&view.class=1",
    ),
    preset(
        "enc-shapley",
        "#v=1&lab=encoding&seed=1&subject.law=noisy&view.panels=told,shown,meter,distribution,notes&view.class=5",
    ),
    preset(
        "enc-images",
        "#v=1&lab=encoding&seed=1&subject.kind=images&view.panels=images,meter,told,table,notes&view.class=2",
    ),
    preset(
        "enc-attention",
        "#v=1&lab=encoding&seed=1&subject.kind=scan-snap&view.panels=words,meter,told,table,notes&view.class=6",
    ),
    preset("enc-text", "#v=1&lab=encoding&seed=1&subject.kind=reviews&explanations.inputs=3"),
    preset(
        "enc-samples",
        "#v=1&lab=encoding&seed=1&scores.by=samples&scores.samples=20000&view.panels=samples,told,estimates,notes&view.pace=30",
    ),
];

/// Of tools: data that are made, and what cleaning drops of a teacher's lines.
pub const TOOL_USE: &[Preset] = &[
    preset("tool-data", "#v=1&lab=tool-use&seed=1&view.panels=funnel,made,tools,notes"),
    preset("tool-flaws", "#v=1&lab=tool-use&seed=1&data.flaws=1&view.panels=funnel,dropped,notes"),
    preset(
        "tool-unseen",
        "#v=1&lab=tool-use&seed=1&data.tools=unseen&data.form=to-judge&view.panels=made,tools,funnel,notes",
    ),
    preset("tool-probe", "#v=1&lab=tool-use&seed=1&task.kind=probe&probe.conversation=2&view.pace=10"),
    preset(
        "tool-untuned",
        "#v=1&lab=tool-use&seed=1&task.kind=probe&probe.conversation=2&probe.student=untuned&view.pace=10",
    ),
    preset("tool-tune", "#v=1&lab=tool-use&seed=1&task.kind=tune"),
    preset("tool-rank", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.rank=1"),
    preset("tool-few-samples", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.samples=100"),
    preset("tool-no-context", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.context=false"),
    preset("tool-no-negatives", "#v=1&lab=tool-use&seed=1&task.kind=tune&data.negatives=0"),
    preset("tool-few-tools", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.tools=6"),
    preset("tool-named", "#v=1&lab=tool-use&seed=1&task.kind=tune&tune.masked=0"),
];

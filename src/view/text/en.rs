//! English. Plain and short; the papers' terms, each explained once.

use super::{ClaimText, PanelText, PresetText, SettingText, Text};

const fn setting(label: &'static str, unit: &'static str, help: &'static str) -> SettingText {
    SettingText { label, unit, help }
}

const fn panel(title: &'static str, caption: &'static str) -> PanelText {
    PanelText { title, caption }
}

const fn claim(sentence: &'static str, number: &'static str, source: &'static str) -> ClaimText {
    ClaimText { sentence, number, source }
}

const fn card(title: &'static str, sentence: &'static str) -> PresetText {
    PresetText { title, sentence }
}

/// The catalogue.
pub static TEXT: Text = Text {
    words: WORDS,
    settings: &[
        ("seed", setting("Seed", "", "Everything random in the run follows from this number.")),
        ("data.kind", setting("What runs", "", "Train on sequences, or follow the theory's equations alone.")),
        ("data.last_tokens", setting("Query tokens", "", "How many different last tokens there are to ask with.")),
        (
            "data.next_per_last",
            setting("Next tokens per query", "", "How many answers, and so classes, each query token has."),
        ),
        (
            "data.common_tokens",
            setting("Common tokens", "", "Tokens that occur in every class and so tell nothing about the answer."),
        ),
        (
            "data.common_per_last",
            setting("Common tokens per query", "", "Tokens shared by the classes of one query token only."),
        ),
        (
            "data.distinct_per_next",
            setting(
                "Distinct tokens per class",
                "",
                "Tokens that occur in one class only and so give the answer away.",
            ),
        ),
        (
            "data.common_weight",
            setting("Weight of common tokens", "", "How often a common token occurs, before normalising."),
        ),
        (
            "data.distinct_weight_min",
            setting(
                "Weight of the rarest distinct token",
                "",
                "Distinct tokens are spaced evenly from here, before normalising.",
            ),
        ),
        (
            "data.distinct_weight_max",
            setting(
                "Weight of the most frequent one",
                "",
                "Distinct tokens are spaced evenly up to here, before normalising.",
            ),
        ),
        ("data.sequence_length", setting("Sequence length", "tokens", "Tokens of a sequence, the query included.")),
        (
            "data.sampling",
            setting("Sampling", "", "Random sequences, or the limit of endless ones with no sampling noise."),
        ),
        (
            "model.normalize",
            setting("Normalise attention output", "", "Divide the attention output by its length, as the theory does."),
        ),
        ("model.residual", setting("Residual connection", "", "Add the query's embedding to the attention output.")),
        ("model.attend_query", setting("Query attends to itself", "", "Let the last position take part in attention.")),
        (
            "model.init",
            setting(
                "Start of Y and Z",
                "",
                "The theory starts from zero; the larger experiments from small random numbers.",
            ),
        ),
        ("training.optimizer", setting("Optimiser", "", "The theory is about SGD; Adam lets other tokens win.")),
        (
            "training.eta_z",
            setting("Learning rate of Z, η_Z", "", "How fast attention learns; larger makes it sparser."),
        ),
        (
            "training.eta_y",
            setting(
                "Learning rate of Y, η_Y",
                "",
                "How fast the decoder learns; larger snaps earlier and leaves attention denser.",
            ),
        ),
        ("training.momentum", setting("Momentum", "", "How much of the last step is kept in the next one.")),
        ("training.batch_size", setting("Batch size", "sequences", "Sequences drawn anew for each step.")),
        ("training.steps", setting("Steps", "", "How many updates the optimiser makes in the whole run.")),
        (
            "training.eta_y/training.eta_z",
            setting("Ratio η_Y/η_Z", "", "The learning rate of Y as a multiple of that of Z."),
        ),
        ("theory.classes", setting("Classes K", "", "Number of classes in the equations.")),
        ("theory.vocabulary", setting("Vocabulary M", "tokens", "Vocabulary size in the equations.")),
        ("theory.c0", setting("Constant C₀", "", "Sets how strong the attention's own feedback is at the start.")),
        (
            "theory.family",
            setting("Curves beside it", "", "Other decoder rates at the same η_Z, or other speeds at the same ratio."),
        ),
    ],
    choices: &[
        ("classes", "training"),
        ("theory", "theory alone"),
        ("minibatch", "random batches"),
        ("exact", "exact, no noise"),
        ("zero", "zero"),
        ("uniform", "uniform ±1/√M"),
        ("sgd", "SGD"),
        ("adam", "Adam"),
        ("eta_y", "other η_Y"),
        ("nu", "same η_Y/η_Z"),
    ],
    panels: &[
        (
            "scan",
            panel(
                "The scan",
                "Attention c over the tokens of one class (left to right: common, then distinct from rare to frequent), one row for each recorded step, time going down. Brighter is more attention.",
            ),
        ),
        (
            "bars",
            panel(
                "Attention now",
                "Attention c over the same tokens at the step shown; outlines are the start. Common tokens fade, frequent distinct tokens take over.",
            ),
        ),
        (
            "logits",
            panel(
                "Attention logits",
                "Logit z of each token over training steps. Up is more attention: distinct tokens rise, common ones (dashed) fall.",
            ),
        ),
        (
            "gains",
            panel(
                "Relative gain",
                "How far the most frequent distinct token pulls away, over steps, on a log scale: its growth factor χ between the bounds of Theorem 3.",
            ),
        ),
        (
            "phase",
            panel(
                "From scanning to snapping",
                "Cumulative gain B over steps, as trained and in closed form, with the early and late law. Before t₀′ it grows fast, after t₀ hardly at all.",
            ),
        ),
        (
            "family-chi",
            panel(
                "Gain of a family",
                "Growth factor χ of the frontrunner over time, log scale, for several rates. Faster decoders start sooner and end lower.",
            ),
        ),
        ("family-b", panel("B of a family", "Cumulative gain B over time for several rates, from the closed form.")),
        (
            "gamma",
            panel(
                "Drive γ",
                "How strongly the decoder's error drives attention, over time: it peaks shortly before t₀′ and then dies away.",
            ),
        ),
        (
            "h",
            panel(
                "Decoder h",
                "How far the decoder has learned, over time: visit by visit, and the continuous form h* that the theory uses (Figure 8).",
            ),
        ),
        ("loss", panel("Loss", "Cross entropy of the next token in nats over steps. Lower is better.")),
        (
            "entropy",
            panel(
                "Entropy of attention",
                "Mean entropy of c in nats over steps, over all tokens and over distinct tokens. Lower is sparser.",
            ),
        ),
        ("heatmaps", panel("Weights", "Y and Z at the step shown.")),
        (
            "y",
            panel(
                "Decoder Y",
                "Weight from each input token to each next token at the step shown; blue raises a next token, orange lowers it.",
            ),
        ),
        (
            "z",
            panel(
                "Attention Z",
                "Logit of each input token for each query token at the step shown; blue is attended to more, orange less.",
            ),
        ),
        (
            "sweep-line",
            panel(
                "Sweep as lines",
                "Mean over the seeds against the first setting, one line for each value of the second; bars are one sample standard deviation.",
            ),
        ),
        ("sweep-map", panel("Sweep as a map", "The same means as a grid over both settings.")),
        (
            "sequence",
            panel(
                "One sequence",
                "A sequence of this class; the darker a token, the more it is attended to, before training and now. Distinct tokens are underlined.",
            ),
        ),
        (
            "sweep",
            panel(
                "Sweep",
                "Mean result of many runs over one or two settings; bars are one sample standard deviation over the seeds.",
            ),
        ),
        ("notes", panel("Notes", "What is being seen, the equations, and the paper's claims checked on this run.")),
    ],
    claims: &[
        ("uniform_start", claim("Attention starts uniform.", "largest spread of logits", "Section 2, Z(0) = 0")),
        (
            "distinct_rise",
            claim("Logits of distinct tokens rise.", "share that rose, by how often they occur", "Theorem 2 (a)"),
        ),
        (
            "common_fall",
            claim("Logits of common tokens fall.", "share that fell, by how often they occur", "Theorem 2 (b)"),
        ),
        ("scan_order", claim("Distinct tokens drop out from rare to frequent.", "rank correlation", "Theorem 3")),
        ("largest_share", claim("No single token takes all.", "largest share among distinct tokens", "Section 5")),
        (
            "entropy_ratio",
            claim("Attention stays spread over several tokens.", "entropy over its maximum", "Section 5"),
        ),
        (
            "gain_bounds",
            claim("Gain of the frontrunner keeps to its bounds.", "place between them, 0 to 1", "Theorem 3"),
        ),
        ("growth_slows", claim("Growth slows after t₀: attention snaps.", "growth over its fastest", "Theorem 4")),
        ("closed_form_run", claim("B is of the order of its closed form.", "B over closed form", "Theorem 4")),
        ("row_sums", claim("Rows of both updates sum to zero.", "largest row sum", "Lemma 1")),
        ("closed_form", claim("The equations meet their closed form.", "largest difference in B", "Theorem 4")),
    ],
    reasons: &[
        ("not_sgd", "The theory is about SGD; this run uses Adam."),
        ("not_zero_init", "The theory starts at zero; this run starts at random."),
        ("not_normalized", "The theory normalises the attention output; this run does not."),
        ("residual", "The theory has no residual connection; this run has one."),
        ("attends_query", "In the theory the query does not attend to itself; here it does."),
        ("no_common", "This run has no common tokens."),
        ("one_class", "This run has only one class."),
        ("equal_probabilities", "All distinct tokens occur equally often, so there is no order."),
        ("one_distinct", "Each class has only one distinct token."),
        ("no_distinct", "There is no distinct token."),
        ("no_overlap", "The classes do not overlap, or a learning rate is zero."),
        (
            "strong_overlap",
            "The classes overlap too much (Assumption 2): the closed form keeps its shape here, not its height.",
        ),
        ("ends_before_t0", "The run ends before t₀; more steps or a larger η_Y reach it."),
    ],
    presets: &[
        (
            "fig4-left",
            card(
                "The scanning picture",
                "Figure 4, left: common tokens fade and the frequent distinct tokens take over.",
            ),
        ),
        (
            "fig4-right",
            card("A faster decoder", "Figure 4, right: η_Y ten times larger snaps earlier and stays denser."),
        ),
        (
            "fig6-corner",
            card("Twenty classes", "A corner of Figure 6: ten queries with two answers each, random start."),
        ),
        ("fig3", card("Snap times", "Figure 3: the theory's growth factor for four decoder rates.")),
        (
            "fig9-left",
            card("Same ratio, small vocabulary", "Figure 9, left: curves of one ratio meet at their snap times."),
        ),
        (
            "fig9-right",
            card("Same ratio, large vocabulary", "Figure 9, right: the same with ten thousand tokens and equal rates."),
        ),
        (
            "fig5-adam",
            card("Adam chooses otherwise", "Figure 5: with Adam other distinct tokens win, and no theory says which."),
        ),
        (
            "trivial-query",
            card("When the query is enough", "One answer for each query: attention has nothing to find."),
        ),
        (
            "heavy-common",
            card(
                "Heavy common tokens",
                "Five times as frequent and all cleared away; with random batches, noise may crown one of them.",
            ),
        ),
        (
            "one-common",
            card("The theorems' setting", "One common token, one query, no noise: the setting of Theorems 2 to 4."),
        ),
        (
            "weak-overlap",
            card(
                "Where the closed form holds",
                "Classes that hardly overlap, small rates: B grows and snaps by Theorem 4.",
            ),
        ),
    ],
    glossary: &[
        ("Query token", "The last token of a sequence; it asks, and attention answers from the tokens before it."),
        ("Common token", "A token that occurs in more than one class, so it says nothing about which one this is."),
        ("Distinct token", "A token that occurs in one class only."),
        ("Class", "A query token with its next token, and how often each other token occurs between them."),
        (
            "Y and Z",
            "The model's two matrices: Z gives attention logits, Y turns what was attended to into next-token logits.",
        ),
        (
            "c",
            "Attention over tokens, for endless sequences: how often a token occurs times exp of its logit, normalised.",
        ),
        (
            "Scanning",
            "The first phase: attention leaves common tokens and goes through distinct tokens from rare to frequent.",
        ),
        ("Snapping", "The second phase: attention nearly stops moving, before it is one-hot."),
        ("B", "Cumulative gain: how much drive to distinct tokens has added up. Larger is sparser."),
        ("Digest", "A fingerprint of a run's final numbers. Two runs with the same digest ended in the same bits."),
    ],
    measures: &[
        ("loss", "Loss"),
        ("entropy", "Entropy, all tokens"),
        ("entropy_distinct", "Entropy, distinct tokens"),
        ("b_numeric", "B, integrated"),
        ("b_theory", "B, closed form"),
        ("t0_early", "t₀′"),
        ("t0", "t₀"),
    ],
};

const WORDS: &[(&str, &str)] = &[
    ("name", "Snapscope"),
    ("skip", "Skip to the run"),
    ("labs", "Labs"),
    ("lab_scan_snap", "Scan & Snap"),
    ("lab_encoding", "Explanations"),
    ("lab_tool_use", "Tool use"),
    ("coming", "coming"),
    (
        "lede",
        "A one-layer transformer learns to predict the next token. Its attention first scans the tokens that tell classes apart, then snaps into place.",
    ),
    ("gallery", "Gallery"),
    ("share", "Share"),
    ("help", "Help"),
    ("close", "Close"),
    ("theme", "Theme"),
    ("theme_auto", "auto"),
    ("theme_light", "light"),
    ("theme_dark", "dark"),
    ("settings", "Settings"),
    ("group_training", "Training"),
    ("group_data", "Data"),
    ("group_model", "Model"),
    ("group_theory", "Theory"),
    ("changed_one", "1 changed"),
    ("changed_many", "{} changed"),
    ("default_is", "Default {}"),
    ("range_is", "{}"),
    ("reset_setting", "Reset {} to {}"),
    ("reset_all", "Reset all"),
    ("stage", "Charts"),
    ("transport", "Run"),
    ("play", "Play"),
    ("pause", "Pause"),
    ("step_back", "One step back"),
    ("step_on", "One step on"),
    ("to_start", "To the start"),
    ("to_end", "Run to the end"),
    ("reset", "Reset: repeat the identical run"),
    ("new_seed", "New seed"),
    ("speed", "Speed"),
    ("pace", "{} steps/s"),
    ("pace_max", "max"),
    ("step", "Step"),
    ("step_of", "step {} of {}"),
    ("of_steps", "of {}"),
    ("class", "Class"),
    ("class_is", "{} → {}"),
    ("state_playing", "running"),
    ("state_paused", "paused"),
    ("state_seeking", "working towards the step"),
    ("state_finished", "finished"),
    ("state_failed", "stopped"),
    ("said_paused", "Paused at step {}."),
    ("said_playing", "Playing from step {}."),
    ("said_finished", "Finished: {} steps."),
    ("said_started", "New run with these settings."),
    ("said_copied", "Copied."),
    ("said_copy_failed", "The browser did not allow copying: select the text and copy it by hand."),
    ("reproduced", "Reproduced bit for bit: digest {}."),
    (
        "not_reproduced",
        "Not reproduced: the link promises digest {}, this run ended with {}. The link comes from another version, or was changed by hand.",
    ),
    ("refused", "Part of the link was not used:"),
    ("dismiss", "Dismiss"),
    ("crashed", "The worker stopped ({}). A new one takes over at step {}."),
    ("crashed_often", "The worker stopped several times in a row ({}). Change a setting to try again."),
    ("no_worker", "This page could not start a worker, so nothing can be trained: {}."),
    ("version_differs", "The page and its worker are of different versions. Reload the page."),
    ("holds", "holds"),
    ("fails", "does not hold (yet)"),
    ("does_not_apply", "does not apply"),
    ("no_number_yet", "no number yet"),
    ("claims", "The paper's claims, on this run"),
    ("source", "Tian, Wang, Chen and Du, “Scan and Snap”, NeurIPS 2023"),
    ("seen_start", "Attention is uniform: each position counts the same."),
    (
        "seen_scan",
        "Scanning: the decoder learns which tokens give the answer away, and attention follows, leaving common tokens.",
    ),
    (
        "seen_snap",
        "Snapping: past t₀ the decoder's error is nearly gone, so attention stops moving. Several distinct tokens stay.",
    ),
    (
        "seen_no_theory",
        "The decoder and attention learn together. The theory's assumptions are broken here, so it makes no promise: see below.",
    ),
    (
        "seen_curves",
        "No model is trained: these are Theorem 4's equations, integrated step by step beside their closed form.",
    ),
    ("equations", "Equations"),
    ("eq_attention", "Attention over tokens of class n"),
    ("eq_dynamics", "How a distinct token's logit moves"),
    ("eq_gain", "Growth of the relative gain"),
    ("eq_phase", "When it snaps"),
    ("glossary", "Glossary"),
    ("table", "Table"),
    ("table_more", "The first {} of {} rows; CSV has all."),
    ("export_as", "{} as {}"),
    ("value_hint", "Point at the picture, or focus it and use the arrow keys, to read values."),
    ("before", "Before"),
    ("now", "Now"),
    ("times_uniform", "{}: {}, {} × uniform attention (at first {} ×)"),
    ("role_common", "common token"),
    ("role_common_query", "common token of the query"),
    ("role_distinct", "distinct token"),
    ("role_query", "query token"),
    ("compare", "Compare"),
    ("pin", "Pin this run"),
    ("unpin", "Unpin"),
    ("pinned_title", "Against the pinned run"),
    ("pinned_hint", "Pinned. Change a setting: the new run is drawn against this one on the same scales."),
    ("col_setting", "Setting"),
    ("col_pinned", "Pinned"),
    ("col_now", "This run"),
    ("gallery_lede", "Named experiments, among them the paper's figures. Each opens in the lab."),
    ("share_link", "Link"),
    ("share_link_help", "Whoever opens it sees the same bits."),
    ("share_digest", "With the digest of the finished run: the page checks that it was reproduced bit for bit."),
    ("share_no_digest", "Let the run finish, and the link carries its digest."),
    ("share_step", "Open at step {}"),
    ("share_compare", "With the pinned run"),
    ("copy_link", "Copy link"),
    ("share_embed", "Embed in a page"),
    ("share_embed_help", "Paste this into a course page. The iframe works wherever one is allowed."),
    ("embed_panels", "Panels"),
    ("embed_controls", "Settings readers may change"),
    ("embed_transport", "Play and scrubber"),
    ("embed_click", "Start on a click"),
    ("embed_element", "As an element that keeps its own height (needs a script)"),
    ("copy_embed", "Copy embed code"),
    ("share_files", "Files"),
    ("share_figure", "Figure"),
    ("report_json", "Report (JSON)"),
    ("offline_html", "Offline page (HTML)"),
    ("offline_failed", "The offline page could not be fetched: {}."),
    ("export_failed", "The file could not be made."),
    ("sweep_vary", "Vary"),
    ("sweep_and", "and"),
    ("sweep_nothing", "nothing else"),
    ("sweep_values", "Values, apart by commas"),
    ("sweep_seeds", "Seeds, first and last"),
    ("sweep_show", "Show"),
    ("sweep_start", "Start the sweep"),
    ("sweep_cancel", "Cancel"),
    ("sweep_plan", "{} runs of {} steps on {} workers, {}"),
    ("sweep_estimate", "{} runs of {} steps on {} workers, {} left"),
    ("sweep_done", "{} of {} runs done"),
    ("sweep_failed", "{} runs failed, the first because {}."),
    ("sweep_fig6", "Fill in Figure 6"),
    ("sweep_csv", "All runs (CSV)"),
    ("sweep_open", "Open the run at {}"),
    ("sweep_summary", "Results; each opens its first run"),
    ("col_mean", "Mean"),
    ("col_std", "Std"),
    ("col_runs", "Runs"),
    ("keys", "Keys"),
    ("keys_on", "Keyboard shortcuts on"),
    ("key_space", "play or pause"),
    ("key_arrows", "one step back or on"),
    ("key_ends", "to the start, run to the end"),
    ("key_r", "reset: the identical run again"),
    ("key_s", "share"),
    ("key_help", "this help"),
    ("key_labs", "labs"),
    ("open_full", "Open in Snapscope"),
    (
        "about",
        "Everything is computed in this page: nothing is sent anywhere, and there is no server. The same link gives the same bits in every browser.",
    ),
    ("not_built", "This lab is not built yet. Scan & Snap is."),
    ("click_to_start", "Start"),
];

#[cfg(test)]
mod tests {
    use super::TEXT;

    #[test]
    fn sentences_end_and_nothing_is_blank() {
        for (name, sentence) in TEXT.reasons.iter().chain(TEXT.glossary) {
            assert!(sentence.ends_with('.'), "{name}: {sentence}");
        }
        for (key, words) in TEXT.words {
            assert!(!words.trim().is_empty(), "{key}");
        }
    }
}

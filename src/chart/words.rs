//! The words on charts. Symbols are the papers'; everything a translator would touch is here and nowhere else in the
//! charts, so another language is another [`Words`] value.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $english:literal,)*) => {
        /// All texts a chart can show.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Words {
            $($(#[$doc])* pub $name: &'static str,)*
        }

        impl Words {
            /// English.
            pub const ENGLISH: Self = Self { $($name: $english,)* };
        }
    };
}

words! {
    /// Axis of time.
    step = "step",
    /// Axis of time in the theory's own equations.
    time = "t (steps)",
    /// Axis of a class's tokens.
    token = "token",
    /// Axis of all input tokens.
    input = "input token l",
    /// Axis of query tokens.
    query = "query token m",
    /// Axis of next tokens.
    next = "next token n",
    /// c_n.
    attention = "attention cₙ",
    /// P(l|n).
    probability = "probability P(l|n)",
    /// The attention at step 0.
    start = "at the start",
    /// The attention at the step shown.
    now = "now",
    /// z_ml.
    logit = "logit z",
    /// What a token is in its class.
    role = "role",
    /// Role of a token, and title of their group.
    common = "common",
    /// Role of a token shared by the classes of one query.
    common_per_query = "common to the query",
    /// Role of a token owned by the class, and title of their group.
    distinct = "distinct",
    /// Order of the distinct tokens along an axis.
    rare_to_frequent = "rare → frequent",
    /// Role of the query token.
    query_role = "query",
    /// End of a colour scale.
    rare = "rare",
    /// End of a colour scale.
    frequent = "frequent",
    /// Axis of gains.
    gain_axis = "gain of the dominant token",
    /// chi.
    chi = "χ",
    /// Theorem 3's interval.
    bounds = "Theorem 3’s bounds for χ",
    /// r of the dominant token over another one.
    gain = "r over each other distinct token",
    /// Prefix of one token's gain in readouts: `r over d1.3`.
    gain_over = "r over",
    /// B_n.
    growth = "Bₙ",
    /// B_n as the run accumulated it.
    simulated = "simulated",
    /// B_n by Theorem 4.
    closed_form = "closed form",
    /// B_n by integration step by step.
    numeric = "step by step",
    /// Asymptote for small t.
    early = "scanning form",
    /// Asymptote for large t.
    late = "snapping form",
    /// t0'.
    early_end = "t₀′",
    /// t0.
    late_start = "t₀",
    /// Legend of the family of curves.
    rate = "η",
    /// gamma.
    gamma = "γ",
    /// h.
    decoder = "h",
    /// h by Lemma 5's recursion.
    decoder_visits = "h, visit by visit",
    /// h* of Lemma 6.
    decoder_continuous = "h*, continuous form",
    /// Loss, with unit.
    loss = "loss (nats)",
    /// Entropies, with unit.
    entropy = "entropy of cₙ (nats)",
    /// Entropy over all tokens.
    entropy_all = "all tokens",
    /// Entropy over a class's distinct tokens.
    entropy_distinct = "distinct tokens",
    /// Y.
    weight_y = "Y",
    /// Z.
    weight_z = "Z",
    /// The run shown.
    this_run = "this run",
    /// The run it is compared with.
    pinned = "pinned run",
    /// Mean over seeds.
    mean = "mean",
    /// Sample standard deviation over seeds.
    deviation = "± standard deviation",
    /// Runs behind a mean.
    runs = "runs",
    /// Note when only some of many lines are drawn; `#` is the number drawn, `*` the number there is.
    some_drawn = "# of * tokens drawn",
    /// A chart without numbers to show.
    nothing = "nothing to show yet",
}

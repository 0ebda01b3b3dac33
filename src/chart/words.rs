//! The words on charts, by name: the texts come from whoever draws. Symbols are the papers'.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// All texts a chart can show.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Words {
            $($(#[$doc])* pub $name: &'static str,)*
        }

        impl Words {
            /// The texts that `say` has for the names of the fields.
            #[must_use]
            pub fn of(mut say: impl FnMut(&'static str) -> &'static str) -> Self {
                Self { $($name: say(stringify!($name)),)* }
            }
        }
    };
}

words! {
    /// Axis of time.
    step,
    /// Axis of time in the theory's own equations.
    time,
    /// Axis of a class's tokens.
    token,
    /// Axis of all input tokens.
    input,
    /// Axis of query tokens.
    query,
    /// Axis of next tokens.
    next,
    /// c_n.
    attention,
    /// P(l|n).
    probability,
    /// The attention at step 0.
    start,
    /// The attention at the step shown.
    now,
    /// z_ml.
    logit,
    /// What a token is in its class.
    role,
    /// Role of a token, and title of their group.
    common,
    /// Role of a token shared by the classes of one query.
    common_per_query,
    /// Role of a token owned by the class, and title of their group.
    distinct,
    /// Order of the distinct tokens along an axis.
    rare_to_frequent,
    /// Role of the query token.
    query_role,
    /// End of a colour scale.
    rare,
    /// End of a colour scale.
    frequent,
    /// Axis of gains.
    gain_axis,
    /// chi.
    chi,
    /// Theorem 3's interval.
    bounds,
    /// r of the dominant token over another one.
    gain,
    /// Prefix of one token's gain in readouts: `r over d1.3`.
    gain_over,
    /// B_n.
    growth,
    /// B_n as the run accumulated it.
    simulated,
    /// B_n by Theorem 4.
    closed_form,
    /// B_n by integration step by step.
    numeric,
    /// Asymptote for small t.
    early,
    /// Asymptote for large t.
    late,
    /// t0'.
    early_end,
    /// t0.
    late_start,
    /// Legend of the family of curves.
    rate,
    /// gamma.
    gamma,
    /// h.
    decoder,
    /// h by Lemma 5's recursion.
    decoder_visits,
    /// h* of Lemma 6.
    decoder_continuous,
    /// Loss, with unit.
    loss,
    /// Entropies, with unit.
    entropy,
    /// Entropy over all tokens.
    entropy_all,
    /// Entropy over a class's distinct tokens.
    entropy_distinct,
    /// What the batches trained on give.
    batches,
    /// What a text held out for validation gives.
    validation,
    /// Attention of one occurrence as a multiple of uniform attention.
    times_uniform,
    /// Spearman's rank correlation.
    correlation,
    /// Interval of a correlation.
    interval,
    /// exp of the loss on held-out text.
    perplexity,
    /// Y.
    weight_y,
    /// Z.
    weight_z,
    /// The run shown.
    this_run,
    /// The run it is compared with.
    pinned,
    /// Mean over seeds.
    mean,
    /// Sample standard deviation over seeds.
    deviation,
    /// Runs behind a mean.
    runs,
    /// Note when only some of many lines are drawn; `#` is the number drawn, `*` the number there is.
    some_drawn,
    /// A chart without numbers to show.
    nothing,
    /// EVAL-X, with unit.
    eval_x,
    /// ENCODE-METER, with unit.
    encode_meter,
    /// Interval of an estimate of EVAL-X.
    eval_x_interval,
    /// Interval of an estimate of ENCODE-METER.
    encode_meter_interval,
    /// Legend of explanations that encode.
    encodes,
    /// Legend of those that do not.
    does_not_encode,
    /// Legend of those that an estimate does not show to encode.
    not_shown,
    /// Legend of lines of equal STRIPE-X.
    equal_stripe,
    /// Axis of scores.
    score,
    /// How many others an explanation beats.
    beats,
    /// Note on the mark of pairs that a score ranks wrongly.
    wrong_pairs,
    /// Axis of selections with their values.
    shown,
    /// Axis of the probability of a label.
    probability_of_label,
    /// What having been picked tells.
    picked,
    /// What the values alone tell.
    values_alone,
    /// Axis of the number of samples.
    samples,
    /// Axis of scores in nats.
    nats,
    /// What is estimated, as the distribution has it.
    truth,
    /// Axis of how sure a model is.
    sure,
    /// Axis of how often it is right.
    right,
    /// The line of a calibrated model.
    calibrated,
    /// The model that estimates.
    model,
    /// Axis of what becomes of a teacher's lines.
    becomes,
    /// Axis of counts.
    count,
    /// Lines of a teacher.
    lines,
    /// Lines dropped as they have no brackets.
    no_brackets,
    /// Lines dropped as no tool has the name.
    unknown_tool,
    /// Lines dropped as they have too few arguments.
    too_few,
    /// Lines dropped as they have too many.
    too_many,
    /// Lines dropped as they have not the image.
    wrong_image,
    /// Lines dropped as they were there before.
    duplicate,
    /// Conversations made of the others.
    conversations,
    /// Samples of them that begin with the prompt.
    single_turn,
    /// Samples of them with calls in the prompt.
    in_context,
    /// Samples without tools.
    negative,
    /// Axis of the tools that should be called.
    should_call,
    /// Axis of the tools that are called.
    calls,
    /// A tool that no sample asks for.
    other_tool,
    /// No call.
    no_call,
    /// Tools that a student is taught.
    taught_tools,
    /// Tools that it is not.
    other_tools,
    /// Axis of SR.
    success_rate,
    /// Axis of layers.
    layer,
    /// Parts of what a student reads.
    prompt_part,
    /// What is said of an image.
    part_image,
    /// What is said to it.
    part_said,
    /// What it wrote before.
    part_reply,
    /// All that is the same in every prompt.
    part_form,
    /// How much of its attention a token gives to something.
    share_of_attention,
    /// Interval of a rate with tools that are taught.
    taught_interval,
    /// Interval of a rate with others.
    others_interval,
}

/// English, for tests.
#[cfg(test)]
pub(super) static ENGLISH: std::sync::LazyLock<Words> =
    std::sync::LazyLock::new(|| Words::of(crate::view::text::chart));

//! The claims of Tian et al. that the engine must show.

use crate::skip::skip;
use snapscope::experiment::preset;
use snapscope::experiment::scan_snap::{DataKind, Form, Init, Optimizer, Sampling, ScanSnap, TextSource};
use snapscope::experiment::{Experiment, Lab, Link};
use snapscope::labs::scan_snap::text::Texts;
use snapscope::labs::scan_snap::theory::{Constants, Integral};
use snapscope::labs::{self, Library, Piece};
use snapscope::run::{Check, Focus, Report, Verdict};

fn experiment(seed: u64, change: impl FnOnce(&mut ScanSnap)) -> Experiment {
    let mut settings = ScanSnap::default();
    change(&mut settings);
    Experiment { seed, lab: Lab::ScanSnap(settings) }
}

fn report(experiment: &Experiment) -> Report {
    let mut run = labs::start(experiment).expect("valid settings");
    run.step(u64::MAX).expect("the run does not diverge");
    run.report()
}

const FIG3: Constants = Constants { classes: 10.0, vocabulary: 1000.0, eta_y: 1.0, eta_z: 0.5, c0: 0.1 };

#[track_caller]
fn close(got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "got {got}, expected {expected} +- {tolerance}");
}

#[test]
fn row_1b_gamma_rises_peaks_before_t0_early_and_falls() {
    let gamma: Vec<f64> = (0..=3000).map(|t| FIG3.gamma(f64::from(t) * 0.1)).collect();
    let peak = gamma.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i).expect("not empty");
    close(peak as f64 * 0.1, 56.5, 0.2);
    close(gamma[peak], 4.416, 5e-4);
    assert!((peak as f64 * 0.1) < FIG3.early_end(), "the peak lies before t0'");
    assert!(gamma[..=peak].is_sorted(), "gamma rises up to its peak");
    assert!(gamma[peak..].iter().rev().is_sorted(), "gamma falls after it");
}

#[test]
fn row_1b_the_recursion_follows_the_continuous_h() {
    let constants = Constants { eta_y: 0.01, ..FIG3 };
    let mut h = 0.0;
    for visit in 1..=100_000_u32 {
        h = constants.next_h(h);
        if visit.is_multiple_of(10_000) {
            let continuous = constants.h(f64::from(visit));
            assert!((h / continuous - 1.0).abs() < 1e-2 * constants.eta_y, "visit {visit}: {h} against {continuous}");
        }
    }
}

#[test]
fn row_1d_the_numbers_of_theorem_4_come_out() {
    close(FIG3.b(70.0), 2.0793, 5e-5);
    // The early form worked out by hand is 2.12380.
    close(FIG3.b_early(70.0), 2.1238, 5e-5);
    close(FIG3.b(140.0), 2.2265, 5e-5);
    close(FIG3.b_late(140.0), 2.2789, 5e-5);
    close(FIG3.b(700.0), 2.3491, 5e-5);
    close(FIG3.b_late(700.0), 2.3568, 5e-5);
    close(FIG3.early_end(), 69.1, 0.05);
    close(FIG3.late_start(), 138.2, 0.05);
}

#[test]
fn row_1d_curves_of_different_eta_y_cross() {
    let rates = [0.5, 1.0, 2.0, 5.0].map(|eta_y| Constants { eta_y, ..FIG3 });
    for (constants, (early, late)) in rates.iter().zip([(0.650, 2.482), (0.814, 2.349), (0.982, 2.210), (1.207, 2.020)])
    {
        close(constants.b(5.0), early, 5e-4);
        // The first is 2.4815 before rounding to three places.
        close(constants.b(700.0), late, 6e-4);
    }
}

#[test]
fn row_1d_the_integrated_curve_is_the_closed_form() {
    let fig9 = |nu: f64, vocabulary: f64, eta_z: f64| Constants { vocabulary, eta_z, eta_y: nu * eta_z, ..FIG3 };
    let all = [0.5, 1.0, 2.0, 4.0, 8.0].into_iter().flat_map(|z| [fig9(10.0, 100.0, z), fig9(1.0, 10_000.0, z)]);
    for constants in all.chain([FIG3]) {
        let mut integral = Integral::default();
        for t in 1..=700 {
            integral.step(&constants);
            let closed = constants.b(f64::from(t));
            assert!((integral.b - closed).abs() < 1e-4, "{constants:?} t={t}: {} against {closed}", integral.b);
        }
    }
}

#[test]
fn row_1d_at_fixed_nu_the_phases_meet_at_one_height_and_larger_rates_are_sparser_after() {
    for (nu, vocabulary) in [(10.0, 100.0), (1.0, 10_000.0)] {
        let of = |eta_z| Constants { classes: 10.0, vocabulary, eta_y: nu * eta_z, eta_z, c0: 0.1 };
        let first = of(0.5);
        for eta_z in [1.0, 2.0, 4.0, 8.0] {
            let other = of(eta_z);
            close(other.b(other.late_start()), first.b(first.late_start()), 1e-12);
            assert!(other.b(5000.0) > of(eta_z / 2.0).b(5000.0), "eta_Z {eta_z} is sparser late");
        }
    }
}

#[test]
fn row_1e_syn_small_starts_at_ln_34_and_falls_as_the_authors_saw() {
    let mean = |step: usize| {
        (1..=10).map(|seed| report(&experiment(seed, |s| s.training.steps = 8)).series[1].values[step]).sum::<f64>()
            / 10.0
    };
    close(mean(0), libm::log(34.0), 1e-5);
    // The authors' log and an independent rerun differ by up to .005 from seed to seed.
    close(mean(2), 2.3665, 0.02);
    close(mean(4), 0.7315, 0.02);
    close(mean(6), 0.159, 0.01);
    close(mean(8), 0.0467, 0.005);
}

#[test]
fn row_1e_attention_ends_on_the_likeliest_distinct_token_and_denser_at_ten_times_eta_y() {
    let finals = [1.0, 10.0].map(|eta_y| {
        let experiment = experiment(2, |s| {
            s.training.eta_y = eta_y;
            s.training.steps = 48;
        });
        let mut run = labs::start(&experiment).expect("valid settings");
        run.step(u64::MAX).expect("the run does not diverge");
        let frame = run.frame(Focus::on(1));
        let now = frame.values("attention_now").to_vec();
        let top = now.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map(|(i, _)| i);
        assert_eq!(top, Some(19), "eta_Y {eta_y}: argmax of c_n is the last distinct token");
        (now[..10].iter().sum::<f32>(), run.report().measure("entropy_distinct").expect("a summary number"))
    });
    // docs/papers.md 1.6: .39 against .53, from one run of its own draws.
    close(f64::from(finals[0].0), 0.39, 0.03);
    close(f64::from(finals[1].0), 0.53, 0.03);
    assert!(finals[0].1 < finals[1].1, "ten times eta_Y ends denser: {finals:?}");
}

#[test]
fn row_1f_entropy_falls_with_eta_z_and_rises_with_the_ratio() {
    let mean = |eta_z: f64, ratio: f64| {
        let one = |seed| {
            let experiment = experiment(seed, |s| {
                s.data.last_tokens = 5;
                s.data.next_per_last = 2;
                s.model.init = Init::Uniform;
                s.training.eta_z = eta_z;
                s.training.eta_y = eta_z * ratio;
            });
            report(&experiment).measure("entropy_distinct").expect("a summary number")
        };
        (1..=10).map(one).sum::<f64>() / 10.0
    };
    let [weak, strong, ratio] = [mean(0.5, 2.0), mean(3.0, 2.0), mean(3.0, 10.0)];
    assert!(strong < weak && weak < 2.1513 + 0.02, "down with eta_Z: {weak} to {strong}");
    assert!(ratio > strong, "up with eta_Y / eta_Z: {strong} to {ratio}");
}

#[test]
fn exact_sampling_keeps_theorem_2_for_every_token() {
    let experiment = experiment(0, |s| s.data.sampling = snapscope::experiment::scan_snap::Sampling::Exact);
    let mut run = labs::start(&experiment).expect("valid settings");
    run.step(u64::MAX).expect("the run does not diverge");
    for check in run.frame(Focus::default()).checks {
        let holds = check.verdict == Verdict::Holds;
        let known = ["uniform_start", "distinct_rise", "common_fall", "scan_order", "gain_bounds", "row_sums"];
        assert!(holds || !known.contains(&check.claim.as_str()), "{check:?}");
    }
}

/// Training by Lemma 1 on classes that are alike: one query, one common token, every class in each step, no momentum, all distinct
/// tokens equally likely. By symmetry all numbers of a kind stay equal, so seven describe the whole network: the logits of
/// attention of common and distinct tokens, and their rows of Y at the class's own label, at other labels and elsewhere (common tokens
/// tell no labels apart). No theorem is used: no limit in M, K or the overlap, no modified steps (Lemma 3), no frozen attention.
struct Alike {
    /// K, M, and distinct tokens of each class.
    classes: f64,
    vocabulary: f64,
    distinct: f64,
    eta: [f64; 2],
    /// P(l|n) of the common token over that of a distinct one.
    weight: f64,
    /// z of the common token and of distinct ones.
    z: [f64; 2],
    /// Rows of Y of the common token and of distinct ones: own label, other labels, all else.
    y: [[f64; 3]; 2],
    /// B_n = (eta_Z / K) sum_t xi_n.
    b: f64,
}

impl Alike {
    fn new(settings: &ScanSnap) -> Self {
        let data = &settings.data;
        let kinds = (data.last_tokens, data.common_tokens, data.distinct_weight_min, data.distinct_weight_max);
        assert_eq!(kinds, (1, 1, 1.0, 1.0), "one query, one common token, distinct tokens that are alike");
        let steps = (data.sampling, settings.training.momentum, settings.training.optimizer);
        assert_eq!(steps, (Sampling::Exact, 0.0, Optimizer::Sgd), "every class in each step, which is plain");
        Self {
            classes: settings.classes() as f64,
            vocabulary: settings.vocabulary() as f64,
            distinct: f64::from(data.distinct_per_next),
            eta: [settings.training.eta_y, settings.training.eta_z],
            weight: data.common_weight,
            z: [0.0; 2],
            y: [[0.0; 3]; 2],
            b: 0.0,
        }
    }

    fn step(&mut self) {
        let (k, d, [eta_y, eta_z]) = (self.classes, self.distinct, self.eta);
        // f of the common token and of a distinct one.
        let u = [self.weight * libm::exp(self.z[0]), libm::exp(self.z[1])];
        let norm = (u[0] * u[0] + d * u[1] * u[1]).sqrt();
        let f = u.map(|u| u / norm);
        // e_n - alpha_n at the own label, at each other label, at each other token.
        let count = [1.0, k - 1.0, self.vocabulary - k];
        let exp: [f64; 3] = core::array::from_fn(|i| libm::exp(f[0] * self.y[0][i] + d * f[1] * self.y[1][i]));
        let sum: f64 = (0..3).map(|i| count[i] * exp[i]).sum();
        let mut error = exp.map(|exp| -exp / sum);
        error[0] += 1.0;
        // g_n = Y (e_n - alpha_n), and what moves z: f_l (g_l - f_l f^T g).
        let g = self.y.map(|row| (0..3).map(|i| count[i] * row[i] * error[i]).sum::<f64>());
        let along = f[0] * g[0] + d * f[1] * g[1];
        let moves: [f64; 2] = core::array::from_fn(|i| f[i] * (g[i] - f[i] * along));
        // Theorem 2 a: a distinct token is moved by f^2 xi. The common one is moved by every class.
        self.b += eta_z / k * moves[1] / (f[1] * f[1]);
        self.z[0] += eta_z * moves[0];
        self.z[1] += eta_z / k * moves[1];
        let label = error[0] + (k - 1.0) * error[1];
        for (i, error) in error.into_iter().enumerate() {
            self.y[0][i] += eta_y / k * f[0] * if i < 2 { label } else { k * error };
            self.y[1][i] += eta_y / k * f[1] * error;
        }
    }
}

#[test]
fn row_1d_a_run_with_weak_overlap_is_as_far_from_the_closed_form_as_training_by_lemma_1() {
    let preset = preset::all().find(|preset| preset.name == "weak-overlap").expect("a preset");
    let experiment = Link::parse(preset.link).0.experiment;
    let settings = experiment.scan_snap().expect("its lab");
    let mut run = labs::start(&experiment).expect("valid settings");
    let mut alike = Alike::new(settings);
    let overlap = alike.weight * alike.weight / (alike.weight * alike.weight + alike.distinct);
    let [k, m] = [alike.classes, alike.vocabulary];
    let [eta_y, eta_z] = alike.eta;
    let theory = Constants::for_run(10, 10, 412, eta_y, eta_z, 0.0, overlap);
    assert_eq!((theory.classes, theory.vocabulary), (k, m));
    for step in [100, 300, 600, 1200, 2400, 3000] {
        (run.step_idx()..step).for_each(|_| alike.step());
        run.step(step - run.step_idx()).expect("the run does not diverge");
        let checks = run.frame(Focus::default()).checks;
        let check = checks.iter().find(|check| check.claim == "closed_form_run").expect("a check");
        let expected = alike.b / (theory.b(step as f64) / k);
        // The engine sums 412 terms in f32.
        close(check.value / expected, 1.0, 2e-3);
    }
    // How far that is: Theorem 4 is leading order in the overlap b where b is far above 1 / M, and here both are .0023. While the
    // decoder hardly moves, Lemma 1 has xi = b (K - 1) eta_Y t / (K M), the closed form b^2 eta_Y t (1 - 1/M)^2.
    let mut early = Alike::new(settings);
    early.step();
    let before = early.b;
    early.step();
    close((early.b - before) / (eta_z / k * overlap * (k - 1.0) * eta_y / (k * m)), 1.0, 5e-3);
    let checks = run.frame(Focus::default()).checks;
    let snapped = checks.iter().find(|check| check.claim == "growth_slows").expect("a check");
    assert_eq!(snapped.verdict, Verdict::Holds, "past t0 growth is a small part of its fastest: {snapped:?}");
}

/// docs/papers.md 1.6 "WikiText" and Fig. 10 with a smaller model, so that it takes a minute and not an hour: width and
/// MLP 32 in the place of 200, 500 tokens, 450 steps on the shared tenth of WikiText-2, two seeds for each rate.
/// Entropies are averaged over the last third of the records: a single one moves by .1 with the batch. A run on the
/// shared part of WikiText, and the checks at its end; none where the text is not there.
fn on_wikitext(eta_z: f64, seed: u64, steps: u64) -> Option<(Report, Vec<Check>)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/wikitext2-valid.txt");
    let Ok(bytes) = std::fs::read(&path) else {
        skip("../shared/data/wikitext2-valid.txt is not there");
        return None;
    };
    let mut library = Library::default();
    let loaded = library.get_mut::<Texts>().feed(&Piece::whole("wikitext2-valid.txt", &bytes));
    let own = loaded.expect("WikiText is a text").expect("all of it").own;
    let experiment = experiment(seed, |s| {
        s.data.kind = DataKind::Text;
        s.data.text = TextSource::Own;
        s.data.own = own;
        s.data.max_vocabulary = 500;
        s.model.form = Form::Transformer;
        s.model.width = 32;
        s.model.mlp_width = 32;
        s.training.momentum = 0.0;
        s.training.batch_size = 20;
        s.training.steps = steps;
        s.training.eta_z = eta_z;
    });
    let mut run = labs::start_on(&experiment, &library).expect("valid settings");
    run.step(u64::MAX).expect("the run does not diverge");
    Some((run.report(), run.frame(Focus::default()).checks))
}

fn verdict(checks: &[Check], claim: &str) -> Verdict {
    let check = checks.iter().find(|check| check.claim == claim).expect("a check");
    println!("{claim}: {check:?}");
    check.verdict.clone()
}

#[test]
fn row_1g_on_wikitext_attention_entropy_falls_from_uniform_and_with_the_rate() {
    let late_entropy = |eta_z: f64, seed: u64| {
        let (mut report, checks) = on_wikitext(eta_z, seed, 450)?;
        let series = report.series.swap_remove(5);
        assert_eq!(series.name, "entropy_validation");
        assert_eq!(verdict(&checks, "text_entropy_falls"), Verdict::Holds, "from uniform, rate {eta_z}");
        let late = &series.values[series.values.len() * 2 / 3..];
        Some(late.iter().sum::<f64>() / late.len() as f64)
    };
    let mean = |eta_z| Some((late_entropy(eta_z, 1)? + late_entropy(eta_z, 2)?) / 2.0);
    let Some((slow, fast)) = mean(1.0).zip(mean(3.0)) else { return };
    // Measured: 2.3 and 1.6 nats; uniform attention has 2.63.
    assert!(fast < slow - 0.2, "entropy falls with the rate: {slow} to {fast}");
}

#[test]
fn row_1g_on_wikitext_the_map_stops_changing_at_a_constant_rate() {
    let Some((_, checks)) = on_wikitext(1.0, 1, 5000) else { return };
    // Measured: 0.174, and 0.187 with seed 2; 0.25 is what the check asks.
    for claim in ["text_entropy_falls", "text_common_lose", "text_map_stops"] {
        assert_eq!(verdict(&checks, claim), Verdict::Holds, "{claim}");
    }
}

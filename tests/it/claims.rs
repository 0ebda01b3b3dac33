//! The claims of Tian et al. that the engine must show.

use snapscope::experiment::preset;
use snapscope::experiment::scan_snap::{DataKind, Form, Init, ScanSnap, TextSource};
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
    // The note prints 2.1239; its formula worked out by hand is 2.12380.
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
    // PAPERS 1.6: .39 against .53, from one run of its own draws.
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

#[test]
fn row_1d_a_run_with_weak_overlap_keeps_near_the_closed_form_through_both_phases() {
    let preset = preset::all().find(|preset| preset.name == "weak-overlap").expect("a preset");
    let mut run = labs::start(&Link::parse(preset.link).0.experiment).expect("valid settings");
    for step in [100, 300, 600, 1200, 2400, 3000] {
        run.step(step - run.step_idx()).expect("the run does not diverge");
        let checks = run.frame(Focus::default()).checks;
        let check = checks.iter().find(|check| check.claim == "closed_form_run").expect("a check");
        // Leading order in an overlap of .0022, for a decoder that takes plain steps: some tenths are left.
        assert!((0.75..1.0).contains(&check.value), "step {step}: {check:?}");
    }
    let checks = run.frame(Focus::default()).checks;
    let snapped = checks.iter().find(|check| check.claim == "growth_slows").expect("a check");
    assert_eq!(snapped.verdict, Verdict::Holds, "past t0 growth is a small part of its fastest: {snapped:?}");
}

/// PAPERS 1.6 "WikiText" and Fig. 10 with a smaller model, so that it takes a minute and not an hour: width and MLP 32 in the
/// place of 200, 500 tokens, 450 steps on the shared tenth of WikiText-2, two seeds for each rate. Entropies are averaged
/// over the last third of the records: a single one moves by .1 with the batch.
/// A run on the shared part of WikiText, and the checks at its end; none where the text is not there.
fn on_wikitext(eta_z: f64, seed: u64, steps: u64) -> Option<(Report, Vec<Check>)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/wikitext2-valid.txt");
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: ../shared/data/wikitext2-valid.txt is not there");
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

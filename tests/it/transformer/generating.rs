//! Generation: cached logits are the uncached ones bit for bit, and sampling keeps its rules.

use super::oracle::{numbers, tokens};
use super::shapes::{every_kind, model};
use proptest::prelude::*;
use snapscope::transformer::{Generator, Lora, LoraSettings, Model, Sampler, Sampling, lora};

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

#[track_caller]
fn check(model: &mut Model) {
    let (context, v) = (model.config().context, model.config().vocabulary);
    let sequence = tokens(context, v as u32, 3);
    let whole = bits(model.logits(&sequence, context));
    // One by one; and in pieces of all lengths, which cross the generator's own.
    for lengths in [vec![1; context], vec![17, 2, 1, context - 20]] {
        let mut generator = Generator::new(model);
        let mut at = 0;
        for length in lengths {
            let logits = bits(generator.push(model, &sequence[at..at + length]));
            at += length;
            let expected = &whole[(at - 1) * v..at * v];
            assert_eq!(logits, expected, "after {at} tokens of {context} with {:?}", model.config());
        }
        assert_eq!((generator.len(), generator.room(model)), (context, 0), "the context is full");
    }
    // And a shorter sequence is the beginning of the longer.
    let short = sequence[..5].to_vec();
    assert_eq!(bits(model.logits(&short, 5)), whole[..5 * v], "with {:?}", model.config());
}

#[test]
fn logits_of_a_sequence_do_not_depend_on_its_batch() {
    for settings in every_kind() {
        let mut model = model(settings, 2);
        let v = settings.vocabulary;
        let sequences = tokens(4 * 9, v as u32, 3);
        let together = bits(model.logits(&sequences, 9));
        for (sequence, together) in sequences.chunks_exact(9).zip(together.chunks_exact(9 * v)) {
            assert_eq!(bits(model.logits(sequence, 9)), together, "with {settings:?}");
        }
    }
}

#[test]
fn cached_logits_are_the_uncached_bit_for_bit() {
    for settings in every_kind() {
        check(&mut model(settings, 1));
    }
}

#[test]
fn cached_logits_with_adapters_are_the_uncached_bit_for_bit() {
    for settings in every_kind().into_iter().filter(|settings| settings.mlp != snapscope::transformer::Mlp::None) {
        let mut model = model(settings, 1);
        let adapters = LoraSettings { rank: 3, alpha: 6.0, dropout: 0.5, targets: lora::TARGETS.to_vec() };
        let mut lora = Lora::new(model.config(), adapters, 1).expect("valid adapters");
        let weights = numbers(lora.params().len(), 0.3, 5);
        lora.params_mut().copy_from_slice(&weights);
        model.attach(lora);
        check(&mut model);
    }
}

fn sampler(temperature: f32, top_k: usize, top_p: f32, seed: u64) -> Sampler {
    Sampler::new(Sampling { temperature, top_k, top_p }, seed).expect("valid sampling")
}

#[test]
fn generation_goes_on_from_the_prompt_and_stops_where_told() {
    let mut model = model(every_kind()[1], 1);
    let context = model.config().context;
    let generate = |model: &Model, count: usize, stop: Option<usize>, seed: u64| {
        let mut found = Vec::new();
        Generator::new(model).run(model, &[3, 1, 4], count, &mut sampler(1.0, 0, 1.0, seed), &mut |token| {
            found.push(token);
            Some(found.len()) != stop
        });
        found
    };
    let found = generate(&model, 1000, None, 7);
    // The last pick needs no place of its own.
    assert_eq!(found.len(), context - 3 + 1, "until the context is full");
    assert_eq!(found, generate(&model, 1000, None, 7), "the same seed picks the same");
    assert_ne!(found, generate(&model, 1000, None, 8), "another seed picks others");
    assert_eq!(generate(&model, 4, None, 7), found[..4]);
    assert_eq!(generate(&model, 1000, Some(2), 7), found[..2]);

    // Greedy is the largest logit of the uncached forward at each step.
    let mut greedy = vec![3, 1, 4];
    for _ in 0..8 {
        let t = greedy.len();
        let v = model.config().vocabulary;
        let last = model.logits(&greedy, t)[(t - 1) * v..].to_vec();
        let best = (0..v).rev().max_by(|a, b| last[*a].total_cmp(&last[*b])).expect("some token");
        greedy.push(best as u32);
    }
    let mut found = vec![3, 1, 4];
    Generator::new(&model).run(&model, &[3, 1, 4], 8, &mut sampler(0.0, 0, 1.0, 0), &mut |token| {
        found.push(token);
        true
    });
    assert_eq!(found, greedy);
}

#[test]
fn tokens_come_as_often_as_their_probabilities_say() {
    let p = [0.5_f64, 0.25, 0.125, 0.125];
    let logits = p.map(|p| (2.0 * libm::log(p)) as f32);
    let counts = |temperature: f32, top_k: usize, top_p: f32| {
        let mut sampler = sampler(temperature, top_k, top_p, 1);
        let mut counts = [0_u32; 4];
        (0..16_000).for_each(|_| counts[sampler.pick(&logits) as usize] += 1);
        counts
    };
    // Binomial, at most 63 of standard deviation: 5 of them is 316.
    let near = |found: [u32; 4], expected: [u32; 4]| {
        assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 316), "{found:?}, expected {expected:?}");
    };
    near(counts(2.0, 0, 1.0), [8000, 4000, 2000, 2000]);
    near(counts(2.0, 2, 1.0), [10_667, 5333, 0, 0]);
    near(counts(2.0, 0, 0.6), [10_667, 5333, 0, 0]);
    near(counts(2.0, 0, 0.4), [16_000, 0, 0, 0]);
    near(counts(1.0, 0, 1.0), [11_636, 2909, 727, 727]);
    assert_eq!(counts(0.0, 0, 1.0), [16_000, 0, 0, 0]);
}

#[test]
fn bad_sampling_gets_a_sentence() {
    let refused = |temperature: f32, top_p: f32| {
        Sampler::new(Sampling { temperature, top_k: 0, top_p }, 0).expect_err("refused").to_string()
    };
    assert_eq!(refused(-1.0, 1.0), "temperature is -1, expected a number from 0 to 100");
    assert_eq!(refused(f32::NAN, 1.0), "temperature is NaN, expected a number from 0 to 100");
    assert_eq!(refused(1.0, 0.0), "top_p is 0, expected a number above 0, at most 1");
}

proptest! {
    #[test]
    fn what_is_picked_is_among_the_likeliest(
        logits in prop::collection::vec(-50.0_f32..50.0, 1..40),
        temperature in 0.0_f32..5.0,
        top_k in 0_usize..50,
        top_p in 0.01_f32..=1.0,
        seed in 0_u64..1000,
    ) {
        let token = sampler(temperature, top_k, top_p, seed).pick(&logits) as usize;
        let better = logits.iter().filter(|x| **x > logits[token]).count();
        prop_assert!(top_k == 0 || better < top_k);
        prop_assert!(temperature > 0.0 || better == 0);
    }
}

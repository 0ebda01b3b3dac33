//! Generation of one sequence, token by token with the cache: checked against the uncached forward, then timed.

use super::workload::{Shape, WORKLOADS};
use super::{Clock, Row, time};
use crate::transformer::{Generator, Sampler, Sampling};

const GREEDY: Sampling = Sampling { temperature: 0.0, top_k: 0, top_p: 1.0 };

/// A row for each model: one token is the prompt, the rest of the context is generated.
///
/// # Errors
/// When a logit differs from the uncached forward's; then nothing is timed.
pub fn time_all(clock: Clock<'_>) -> Result<Vec<Row>, String> {
    WORKLOADS.iter().map(|shape| time_one(shape, clock)).collect()
}

fn time_one(shape: &Shape, clock: Clock<'_>) -> Result<Row, String> {
    let mut model = shape.model(1);
    let mut generator = Generator::new(&model);
    let mut sampler = Sampler::new(GREEDY, 0).map_err(|error| error.to_string())?;
    let mut tokens = vec![1];
    while generator.room(&model) > 0 {
        let cached = generator.push(&model, &tokens[tokens.len() - 1..]).to_vec();
        let whole = model.logits(&tokens, tokens.len());
        if whole[whole.len() - cached.len()..] != cached {
            return Err(format!("generation, {}: token {} is off the uncached forward", shape.name, tokens.len()));
        }
        tokens.push(sampler.pick(&cached));
    }
    let count = tokens.len() - 1;
    let mut go = || {
        generator.clear();
        let mut sum = 0.0;
        generator.run(&model, &tokens[..1], count, &mut sampler, &mut |token| {
            sum += f64::from(token);
            true
        });
        sum
    };
    let kind = shape.name.split(':').next().unwrap_or_default();
    Ok(time(format!("generation with the cache, {kind}"), clock, &mut go, |secs| count as f64 / secs, "tokens/s"))
}

//! What a run on a text records on its way. Knows no model.

use super::pairs::Query;

/// Recorded moments: about 200 evenly spread ones, and those of the maps.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The recorded steps.
    pub steps: Vec<u64>,
    /// Mean cross entropy of the step's batch, nats, as it is trained on.
    pub loss: Vec<f64>,
    /// Mean entropy of attention over the step's batch, nats, averaged over the layers.
    pub entropy: Vec<f64>,
    /// Mean cross entropy on held-out windows, nats.
    pub validation_loss: Vec<f64>,
    /// Mean entropy of attention on held-out windows for each layer, nats: (records, layers).
    pub layers: Vec<f64>,
    /// The same averaged over the layers.
    pub entropy_validation: Vec<f64>,
    /// For each query, attention of one occurrence of each token, against uniform: (records, tokens).
    pub attention: Vec<Vec<f32>>,
    /// For each query, correlation of attention with how distinct tokens are, and its interval.
    pub correlation: Vec<Vec<[f64; 3]>>,
    /// Mean attention of the least distinct half of the tokens, against uniform, over all queries.
    pub common: Vec<f64>,
    /// Attention maps at the steps of [`map_steps`], in order.
    pub maps: Vec<(u64, Vec<f32>)>,
    /// For each tenth of the run, the mean of its recorded maps and how many these are.
    pub tenths: Vec<(Vec<f32>, f32)>,
}

/// What a moment looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    /// Mean cross entropy on held-out windows, nats.
    pub validation_loss: f64,
    /// Mean entropy of attention on held-out windows, for each layer.
    pub entropy: Vec<f64>,
    /// For each query, attention of one occurrence of each token, against uniform; NaN where it was not met.
    pub attention: Vec<Vec<f32>>,
}

/// Steps between records.
#[must_use]
pub fn record_every(steps: u64) -> u64 {
    steps.div_ceil(200).max(1)
}

/// The steps of which the map is kept: 0, 1/3, 2/3 and 1 of the run, each once.
#[must_use]
pub fn map_steps(steps: u64) -> Vec<u64> {
    let mut all = vec![0, steps / 3, steps * 2 / 3, steps];
    all.dedup();
    all
}

impl History {
    /// Whether `step` of a run of `steps` steps is to be recorded and is not yet.
    #[must_use]
    pub fn wants(&self, step: u64, steps: u64) -> bool {
        let is_due = step.is_multiple_of(record_every(steps)) || step == steps || map_steps(steps).contains(&step);
        is_due && self.steps.last().is_none_or(|&last| last < step)
    }

    /// Records a moment.
    pub fn record(&mut self, step: u64, [loss, entropy]: [f64; 2], seen: Observation, queries: &[Query]) {
        self.attention.resize_with(queries.len(), Vec::new);
        self.correlation.resize_with(queries.len(), Vec::new);
        let mut common = [0.0; 2];
        for (i, (query, attention)) in queries.iter().zip(&seen.attention).enumerate() {
            self.correlation[i].push(query.correlation(attention));
            let [sum, weight] = query.common_share(attention);
            common = [common[0] + sum, common[1] + weight];
            self.attention[i].extend_from_slice(attention);
        }
        self.steps.push(step);
        self.loss.push(loss);
        self.entropy.push(entropy);
        self.validation_loss.push(seen.validation_loss);
        self.entropy_validation.push(seen.entropy.iter().sum::<f64>() / seen.entropy.len() as f64);
        self.layers.extend_from_slice(&seen.entropy);
        self.common.push(if common[1] > 0.0 { common[0] / common[1] } else { f64::NAN });
    }

    /// Records the map of a moment.
    pub fn record_map(&mut self, step: u64, steps: u64, map: Vec<f32>) {
        let tenth = (step * 10 / steps).min(9) as usize;
        // A run of a few steps passes over some.
        let grown = self.tenths.len().max(tenth + 1);
        self.tenths.resize_with(grown, || (vec![0.0; map.len()], 0.0));
        let (mean, count) = &mut self.tenths[tenth];
        *count += 1.0;
        mean.iter_mut().zip(&map).for_each(|(mean, now)| *mean += (now - *mean) / *count);
        if map_steps(steps).contains(&step) {
            self.maps.push((step, map));
        }
    }

    /// Place of the last record at or before `step`.
    #[must_use]
    pub fn at(&self, step: u64) -> usize {
        self.steps.partition_point(|&recorded| recorded <= step).saturating_sub(1)
    }

    /// The map kept at `step`.
    #[must_use]
    pub fn map(&self, step: u64) -> Option<&[f32]> {
        self.maps.iter().find(|(at, _)| *at == step).map(|(_, map)| map.as_slice())
    }
}

/// How far two maps (t, t) are apart: the total variation distance of their rows, `1/2 sum_j |a_ij - b_ij|`, averaged over
/// the rows; 0 for equal ones, 1 for such that share nothing.
#[must_use]
pub fn distance(a: &[f32], b: &[f32], t: usize) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a - b).abs()).sum();
    sum / (2 * t) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_two_hundred_moments_and_the_maps_are_recorded_once() {
        let mut history = History::default();
        let recorded = (0..=10_000).filter(|&step| history.wants(step, 10_000)).count();
        assert!((201..=215).contains(&recorded), "{recorded} records");
        assert!(history.wants(3333, 10_000), "a third of the run is shown");
        history.steps.push(3333);
        assert!(!history.wants(3333, 10_000), "a replayed step is not recorded again");
    }

    #[test]
    fn maps_are_kept_once_and_averaged_by_tenths() {
        assert_eq!(map_steps(3), [0, 1, 2, 3]);
        assert_eq!(map_steps(30), [0, 10, 20, 30]);
        let mut history = History::default();
        for step in 0..=30 {
            history.record_map(step, 30, vec![step as f32]);
        }
        let means: Vec<f32> = history.tenths.iter().map(|(mean, _)| mean[0]).collect();
        assert_eq!(
            means,
            [1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 19.0, 22.0, 25.0, 28.5],
            "the last step is of the last tenth"
        );
    }

    #[test]
    fn maps_that_share_nothing_are_one_apart() {
        assert_eq!(distance(&[1.0, 0.0, 0.0, 1.0], &[0.0, 1.0, 1.0, 0.0], 2), 1.0);
        assert_eq!(distance(&[0.5, 0.5, 0.5, 0.5], &[1.0, 0.0, 0.5, 0.5], 2), 0.25);
    }
}

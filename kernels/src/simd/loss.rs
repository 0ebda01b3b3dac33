//! Cross-entropy by four lanes.

/// [`crate::reference::cross_entropy`]; a row is read for its maximum, then for its exponentials, then for its gradient.
pub fn cross_entropy(losses: &mut [f32], logits: &mut [f32], targets: &[u32], weights: &[f32], v: usize) {
    let exp = super::Exp::new();
    let rows = logits.chunks_exact_mut(v).zip(losses).zip(targets.iter().zip(weights));
    for ((logits, loss), (&target, &weight)) in rows {
        let target = target as usize;
        let shown = logits[target];
        let (max, sum) = super::exponentials(&exp, logits);
        *loss = libm::logf(sum) + (max - shown);
        if weight == 0.0 {
            logits.fill(0.0);
            continue;
        }
        super::scale(logits, weight / sum);
        logits[target] -= weight;
    }
}

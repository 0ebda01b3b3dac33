//! What a text says of pairs: for its most frequent query tokens, what follows them, and how distinct each token before
//! them is: the share of its occurrences with this query that go to one next token (docs/papers.md 1.2 calls a token
//! distinct where that is all, common where it is not). Knows no model.

use super::super::checks::spearman;

/// Query tokens that are looked at.
pub const QUERIES: usize = 8;
/// Tokens of their contexts.
const TOKENS: usize = 100;
/// Next tokens that are listed.
const NEXTS: usize = 10;
/// Occurrences of a query that are counted, from the start of the text: enough for counts, and bounded.
const OCCURRENCES: usize = 2000;
/// A token met less often with a query says nothing of how distinct it is.
const LEAST: u32 = 5;

/// A query token and what stands around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The query token m.
    pub token: u16,
    /// Its occurrences in the text to train on.
    pub count: u32,
    /// Most frequent next tokens, and how often they follow.
    pub nexts: Vec<(u16, u32)>,
    /// The tokens of its contexts, most frequent first.
    pub tokens: Vec<Token>,
}

/// A token of a query's contexts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    /// The token l.
    pub token: u16,
    /// How often it occurs in the contexts.
    pub count: u32,
    /// The next token that most of these occurrences go to.
    pub next: u16,
    /// Their share, at most 1.
    pub distinct: f32,
}

/// The most frequent query tokens of `text`, `<unk>` left out, with contexts of the `window - 1` tokens before them.
#[must_use]
pub fn queries(text: &[u16], vocabulary: usize, window: usize) -> Vec<Query> {
    let mut counts = vec![0_u32; vocabulary];
    text[..text.len() - 1].iter().for_each(|&token| counts[token as usize] += 1);
    let mut order: Vec<u16> = (1..vocabulary).map(|token| token as u16).collect();
    order.sort_unstable_by_key(|&token| (u32::MAX - counts[token as usize], token));
    order.truncate(QUERIES);
    order.retain(|&token| counts[token as usize] > 0);
    order.into_iter().map(|token| query(text, token, counts[token as usize], window)).collect()
}

fn query(text: &[u16], token: u16, count: u32, window: usize) -> Query {
    let found = text[..text.len() - 1].iter().enumerate().filter(|(_, t)| **t == token).map(|(at, _)| at);
    let (mut pairs, mut nexts) = (Vec::new(), Vec::new());
    for at in found.take(OCCURRENCES) {
        let next = text[at + 1];
        nexts.push(next);
        pairs.extend(text[(at + 1).saturating_sub(window)..at].iter().filter(|l| **l > 0).map(|&l| (l, next)));
    }
    pairs.sort_unstable();
    nexts.sort_unstable();
    let mut nexts: Vec<(u16, u32)> = nexts.chunk_by(|a, b| a == b).map(|all| (all[0], all.len() as u32)).collect();
    nexts.sort_unstable_by_key(|&(next, count)| (u32::MAX - count, next));
    nexts.truncate(NEXTS);
    let of_token = |all: &[(u16, u16)]| {
        let mut most = (0, 0_u32);
        for same in all.chunk_by(|a, b| a == b) {
            if same.len() as u32 > most.1 {
                most = (same[0].1, same.len() as u32);
            }
        }
        let count = all.len() as u32;
        Token { token: all[0].0, count, next: most.0, distinct: (f64::from(most.1) / f64::from(count)) as f32 }
    };
    let mut tokens: Vec<Token> = pairs.chunk_by(|a, b| a.0 == b.0).map(of_token).collect();
    tokens.retain(|token| token.count >= LEAST);
    tokens.sort_unstable_by_key(|token| (u32::MAX - token.count, token.token));
    tokens.truncate(TOKENS);
    Query { token, count, nexts, tokens }
}

impl Query {
    /// Spearman's rank correlation of how distinct the tokens are with the attention they get, and its interval of 95 % by
    /// Fisher's transform, standard error sqrt(1.06 / (n - 3)) (Fieller et al. 1957). NaN where fewer than 5 tokens were
    /// met. `attention` is that of one occurrence, against uniform; NaN where the token was not met.
    #[must_use]
    pub fn correlation(&self, attention: &[f32]) -> [f64; 3] {
        let met = self.tokens.iter().zip(attention).filter(|(_, a)| a.is_finite());
        let (distinct, attention): (Vec<f64>, Vec<f64>) =
            met.map(|(token, &a)| (f64::from(token.distinct), f64::from(a))).unzip();
        if distinct.len() < 5 {
            return [f64::NAN; 3];
        }
        let r = spearman(&distinct, &attention);
        let reach = 1.96 * (1.06 / (distinct.len() as f64 - 3.0)).sqrt();
        // atanh and tanh; at the ends the interval is the point itself.
        let z = 0.5 * libm::log((1.0 + r) / (1.0 - r));
        [r, libm::tanh(z - reach), libm::tanh(z + reach)]
    }

    /// Mean attention of the least distinct half of the tokens, each weighing as often as it occurs: their weighted sum and
    /// the sum of the weights.
    #[must_use]
    pub fn common_share(&self, attention: &[f32]) -> [f64; 2] {
        let mut order: Vec<usize> = (0..self.tokens.len()).filter(|&i| attention[i].is_finite()).collect();
        // The tokens are in one order, so a stable sort leaves equals in it.
        order.sort_by(|&a, &b| self.tokens[a].distinct.total_cmp(&self.tokens[b].distinct));
        let mut sums = [0.0; 2];
        for &i in &order[..order.len() / 2] {
            let weight = f64::from(self.tokens[i].count);
            sums[0] += weight * f64::from(attention[i]);
            sums[1] += weight;
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_goes_to_one_next_token_is_distinct() {
        // 3 stands before 1 -> 4, 2 before 1 -> 5, 6 before both.
        let text: Vec<u16> = [[6, 3, 1, 4], [6, 2, 1, 5]].repeat(10).concat();
        let all = queries(&text, 7, 3);
        let query = all.iter().find(|query| query.token == 1).expect("1 is frequent");
        assert_eq!((query.count, &query.nexts[..]), (20, &[(4, 10), (5, 10)][..]));
        let of = |token| query.tokens.iter().find(|found| found.token == token).expect("a token of the contexts");
        assert_eq!([of(3).next, of(2).next], [4, 5]);
        assert_eq!([of(3).distinct, of(2).distinct, of(6).distinct], [1.0, 1.0, 0.5]);
    }

    #[test]
    fn correlation_and_common_share_follow_the_attention() {
        let token = |token: u16, distinct| Token { token, count: 10, next: 0, distinct };
        let tokens = (0..12).map(|i| token(i, i as f32 / 12.0)).collect();
        let query = Query { token: 1, count: 9, nexts: Vec::new(), tokens };
        let mut rising: Vec<f32> = (0..12).map(|i| 0.5 + i as f32 / 12.0).collect();
        rising.swap(3, 4);
        let [r, low, high] = query.correlation(&rising);
        assert!(low < r && r < high && low > 0.9 && high < 1.0, "{low} {r} {high}");
        let [sum, weight] = query.common_share(&rising);
        assert!(sum / weight < 0.75, "the common half gets {}", sum / weight);
        assert!(query.correlation(&[f32::NAN; 12])[0].is_nan(), "nothing was met");
        assert_eq!(query.correlation(&[1.0; 12])[0], 0.0, "uniform attention has no order");
    }
}

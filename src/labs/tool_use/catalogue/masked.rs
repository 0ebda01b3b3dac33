//! Tools under names that say nothing, so that who learns to call them learns to go by what is said of them (function masking, Lin et
//! al., *Hammer*, ICLR 2025). GPT4Tools has none: this is ours.

use super::Catalogue;
use crate::labs::tool_use::pick;
use crate::labs::tool_use::scene::capital;
use crate::labs::tool_use::scene::vocabulary::{LOOKS, THINGS};
use crate::random::Random;

/// Most words of a name.
const LONGEST: u32 = 4;

impl Catalogue {
    /// The same tools, in the same order, each under a name that is drawn and that none of them has.
    #[must_use]
    pub fn masked(&self, random: &mut Random) -> Self {
        let mut masked = Self { tools: self.tools.clone() };
        for at in 0..masked.tools.len() {
            masked.tools[at].also.clear();
            masked.tools[at].name = loop {
                let name = drawn(random);
                if self.find(&name).is_none() && masked.find(&name).is_none() {
                    break name;
                }
            };
        }
        masked
    }
}

/// Some words for how things look and what they are, in capitals.
fn drawn(random: &mut Random) -> String {
    let word = |random: &mut Random| {
        let text: &str = if random.below(2) == 0 { pick::<&str>(random, LOOKS) } else { pick::<&str>(random, THINGS) };
        text.split(' ').map(capital).collect::<Vec<_>>().join(" ")
    };
    (0..1 + random.below(LONGEST)).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

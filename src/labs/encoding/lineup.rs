//! Which explanations a run scores: the lab's own, then the reader's.

use super::explanation::Explanation;
use super::joint::Joint;
use super::learner::Learner;
use super::method::Method;

/// An explanation to be made.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Shows nothing.
    Nothing,
    /// By one of the lab's methods.
    Method(Method),
    /// The explanation of that place of the model that learned.
    OfModel(usize),
    /// The reader's own.
    Own(Explanation),
}

/// All of them, in the order of a table: first the constructions that encode, and what they are to be told from.
#[must_use]
pub fn lineup(own: &[Explanation], model: Option<&dyn Learner>) -> Vec<Entry> {
    let made = [Method::Marg, Method::Pred, Method::Posi, Method::Tree, Method::Constant].map(Entry::Method);
    let attributed: Vec<Entry> = match model {
        Some(model) => (0..model.explanations().len()).map(Entry::OfModel).collect(),
        None => [Method::Shapley, Method::KernelShap, Method::Lime, Method::Occlusion].map(Entry::Method).into(),
    };
    let controls = [Entry::Method(Method::Random), Entry::Nothing];
    made.into_iter().chain(attributed).chain(controls).chain(own.iter().cloned().map(Entry::Own)).collect()
}

impl Entry {
    /// The explanation.
    ///
    /// # Errors
    /// Why there is none, in a sentence that names it.
    pub fn explain(
        &self,
        joint: &Joint,
        size: usize,
        seed: u64,
        model: Option<&dyn Learner>,
    ) -> Result<Explanation, String> {
        match self {
            Self::Nothing => Ok(Explanation { name: "nothing".to_owned(), ..Explanation::constant(joint, 0) }),
            Self::Method(method) => {
                let name = title(*method, joint, size);
                let refused = |error| format!("{name}: {error}");
                let explanation = method.explain(joint, size, seed).map_err(refused)?;
                Ok(Explanation { name, ..explanation })
            }
            Self::OfModel(at) => {
                let model = model.ok_or_else(|| "there is no model to explain".to_owned())?;
                Ok(model.explain(*at, size))
            }
            Self::Own(explanation) => Ok(explanation.clone()),
        }
    }
}

/// What a method is called in tables: by its inputs where these are always the same.
fn title(method: Method, joint: &Joint, size: usize) -> String {
    let name = match method {
        Method::Constant => return format!("always {}", joint.inputs()[..size.min(joint.inputs().len())].join(" ")),
        Method::Marg => "MARG",
        Method::Pred => "PRED",
        Method::Posi => "POSI",
        Method::Tree => "best tree",
        Method::Random => "random",
        Method::Shapley => "Shapley",
        Method::KernelShap => "KernelSHAP",
        Method::Lime => "LIME",
        Method::Occlusion => "occlusion",
    };
    name.to_owned()
}

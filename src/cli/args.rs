//! What can be typed.

use crate::endpoint;
use crate::labs::tool_use::pipeline::Settings;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Watch a small transformer scan and snap: the page's engine on the command line.
#[derive(Parser)]
#[command(name = "snapscope", version)]
pub struct Args {
    #[command(subcommand)]
    pub ask: Ask,
}

#[derive(Subcommand)]
pub enum Ask {
    /// Run an experiment and print its report as JSON.
    Run {
        #[command(flatten)]
        subject: Subject,
        #[command(flatten)]
        own: Own,
        /// Also write the series to this CSV file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Run an experiment for every combination of some settings and seeds; one row of a CSV file for each.
    Sweep(Sweep),
    /// Train a transformer on a text and save it.
    Train(Train),
    /// Continue a prompt with a saved transformer.
    Generate(Generate),
    /// Score explanations of a distribution exactly, or also estimate their scores from samples: do they encode?
    ScoreExplanations(ScoreExplanations),
    /// Score predicted calls of tools by GPT4Tools' metrics, and strictly.
    ScoreTools(ScoreTools),
    /// Make data that teach a model to call tools, by self-instruction.
    SelfInstruct(SelfInstruct),
    /// Say what is in a file of samples to learn from, of any size.
    Samples {
        /// A JSON list of records with instruction, input and output, as GPT4Tools' file for training.
        file: PathBuf,
    },
    /// Learn the base of the tool-use lab from general text.
    Pretrain(Pretrain),
    /// Tune a base to call tools, and score it before and after.
    Tune(Tune),
    /// Work out the pictures of the gallery that take minutes.
    Pictures {
        /// Where they go: `src/protocol/recorded.bin`
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print an experiment's link.
    Link {
        #[command(flatten)]
        subject: Subject,
    },
    /// Print an experiment's JSON with every default written out.
    Show {
        #[command(flatten)]
        subject: Subject,
    },
    /// Check, then time each kernel and workload.
    Bench {
        /// Print JSON instead of the table.
        #[arg(long)]
        json: bool,
    },
    /// Print the reference of the settings, as docs/settings.md holds it.
    #[command(hide = true)]
    Reference,
}

/// An experiment and changes to it.
#[derive(clap::Args)]
pub struct Subject {
    /// A file holding JSON or a link, or a link or its fragment itself.
    pub experiment: String,
    /// Change a setting; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// Files of one's own that an experiment is about.
#[derive(clap::Args, Default)]
pub struct Own {
    /// A text to train on (data.kind=text, data.text=own); with lab=encoding a table or labelled sentences to explain
    /// (subject.kind=own-table or own-sentences, as the experiment says or else as the file's first line does).
    #[arg(long, value_name = "FILE")]
    pub data: Option<PathBuf>,
    /// With lab=encoding, an explanation to score: columns x1,...,xd and mask (which inputs are selected, like 101); may be
    /// repeated.
    #[arg(long, value_name = "NAME=MAP.csv")]
    pub explanation: Vec<String>,
    /// With lab=tool-use, samples to judge predictions by (task.kind=score).
    #[arg(long, value_name = "GT.json", requires = "predictions")]
    pub truth: Option<PathBuf>,
    /// With lab=tool-use, what a model wrote for them.
    #[arg(long, value_name = "PRED.json", requires = "truth")]
    pub predictions: Option<PathBuf>,
    /// With lab=tool-use, samples to tune a student on (task.kind=tune, data.samples=own-samples), of any size.
    #[arg(long, value_name = "SAMPLES.json", conflicts_with = "truth")]
    pub samples: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Sweep {
    #[command(flatten)]
    pub subject: Subject,
    #[command(flatten)]
    pub own: Own,
    /// Vary a setting over these values; may be repeated.
    #[arg(long, value_name = "PATH=V1,V2,...", required = true)]
    pub vary: Vec<String>,
    /// Seeds from A to B, both included; else the experiment's own.
    #[arg(long, value_name = "A..B")]
    pub seeds: Option<String>,
    /// Runs at a time; else one for each core.
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Do only the I-th of N equal parts, I from 1.
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// The file of results; rows it already has are not run again.
    #[arg(long, value_name = "FILE.csv")]
    pub out: PathBuf,
}

#[derive(clap::Args)]
pub struct ScoreExplanations {
    /// The distribution: columns x1,...,xd,y and p (joint probabilities) or n (counts), or a sample in each row without.
    #[arg(long, value_name = "JOINT.csv")]
    pub data: PathBuf,
    /// An explanation: columns x1,...,xd and mask (which inputs are selected, like 101); may be repeated.
    #[arg(long, value_name = "NAME=MAP.csv", required_unless_present_any = ["method", "all_maps"])]
    pub explanation: Vec<String>,
    /// Also explain by a method of the lab: constant, tree, marg, pred, posi, shapley, kernel-shap, lime, occlusion, random; may
    /// be repeated.
    #[arg(long, value_name = "METHOD")]
    pub method: Vec<String>,
    /// Inputs that a method selects; marg, pred and posi select one.
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub size: usize,
    /// Seed of methods that draw, and of samples.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// Also estimate the scores from so many samples, 100 to 1000000: drawn from probabilities; of counts at most so many of the
    /// samples they count, and methods then go by the four of five that are not held out.
    #[arg(long, value_name = "N")]
    pub samples: Option<String>,
    /// The models that estimate: table or transformer.
    #[arg(long, value_name = "MODEL", requires = "samples")]
    pub model: Option<String>,
    /// Steps that a transformer is trained, 50 to 20000.
    #[arg(long, value_name = "N", requires = "samples")]
    pub steps: Option<String>,
    /// Also go through all maps there are and say which scores tell encoding ones from others; for small distributions.
    #[arg(long)]
    pub all_maps: bool,
    /// Weights of ENCODE-METER in STRIPE-X.
    #[arg(long, value_name = "A,B,...", default_value = "1", value_delimiter = ',', allow_hyphen_values = true)]
    pub alpha: Vec<String>,
}

#[derive(clap::Args)]
pub struct ScoreTools {
    /// The samples: a JSON list of records with id, instruction and output, as GPT4Tools' files of validation and test.
    #[arg(long, value_name = "GT.json")]
    pub truth: PathBuf,
    /// What a model wrote: a JSON list of records with id and output.
    #[arg(long, value_name = "PRED.json")]
    pub predictions: PathBuf,
}

#[derive(clap::Args)]
pub struct Pretrain {
    /// Layers.
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub layers: usize,
    /// Width of the residual stream.
    #[arg(long, value_name = "C", default_value_t = 128)]
    pub width: usize,
    /// Attention heads.
    #[arg(long, value_name = "H", default_value_t = 8)]
    pub heads: usize,
    /// Steps.
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub steps: u64,
    /// Seed of weights and text.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// Where the base goes.
    #[arg(long, value_name = "BASE.safetensors")]
    pub out: PathBuf,
    /// Also save the base as it is after every so many steps, as BASE.safetensors.N.
    #[arg(long, value_name = "N")]
    pub every: Option<u64>,
    /// Also write each step's loss to this CSV file.
    #[arg(long, value_name = "FILE.csv")]
    pub log: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Tune {
    /// Another base than the one that ships, as `pretrain` saved it.
    #[arg(long, value_name = "BASE.safetensors")]
    pub base: Option<PathBuf>,
    /// Samples of your own to learn from, of any size: a JSON list of records with instruction, input and output.
    #[arg(long, value_name = "SAMPLES.json")]
    pub samples: Option<PathBuf>,
    /// Change a setting of the lab, like tune.steps=100; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Seeds, from that of `--set seed=...` or 0 on, one after the other.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seeds: u64,
    /// Save the adapters of the first seed here.
    #[arg(long, value_name = "ADAPTERS.safetensors")]
    pub out: Option<PathBuf>,
    /// Replies that fail the strict score and are printed, of each seed.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub show: usize,
}

#[derive(clap::Args)]
pub struct SelfInstruct {
    /// Scenes that the teacher is told of, an instruction for each tool in each; else 1000, or all captions.
    #[arg(long, value_name = "N")]
    pub scenes: Option<u64>,
    /// Seed of all that is drawn.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    /// The tools: seen (GPT4Tools' 23), unseen (8 others), or a JSON file of your own.
    #[arg(long, value_name = "CATALOGUE.json", default_value = "seen")]
    pub tools: String,
    /// Captions of your own: a JSON list, COCO's annotations, or a CSV file with a column caption.
    #[arg(long, value_name = "FILE")]
    pub captions: Option<PathBuf>,
    /// What people say without tools, with answers: a JSON list in Alpaca's layout.
    #[arg(long, value_name = "ALPACA.json")]
    pub chats: Option<PathBuf>,
    /// The share of the teacher's lines that is flawed.
    #[arg(long, value_name = "P", default_value_t = Settings::default().flaws)]
    pub flaws: f32,
    /// How likely a sample without tools follows one with.
    #[arg(long, value_name = "P", default_value_t = Settings::default().negatives)]
    pub negatives: f32,
    /// Make samples to be judged by, whole conversations with ids, instead of samples to learn from.
    #[arg(long)]
    pub judged: bool,
    /// Answers of another teacher, in the place of the grammar's: JSON Lines as batches of chat completions come back, each
    /// with a `custom_id` of `--prompts`.
    #[arg(long, value_name = "ANSWERS.jsonl")]
    pub answers: Option<PathBuf>,
    /// Where the prompts go that another teacher may answer: JSON Lines, a request of a chat completion in each, as batches
    /// are sent.
    #[arg(long, value_name = "FILE.jsonl", requires = "model")]
    pub prompts: Option<PathBuf>,
    /// The model that prompts are for.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,
    /// Most tokens of an answer to a prompt.
    #[arg(long, value_name = "N", default_value_t = endpoint::USUAL_TOKENS)]
    pub max_tokens: u32,
    /// Where the samples go, a JSON list.
    #[arg(long, value_name = "FILE.json", required_unless_present = "prompts")]
    pub out: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Train {
    /// The text to train on.
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// Where the weights go, with settings and vocabulary.
    #[arg(long, value_name = "MODEL.safetensors")]
    pub out: PathBuf,
    /// Change a setting; may be repeated.
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Also write a PyTorch script that loads the weights and gives the same logits.
    #[arg(long, value_name = "FILE.py")]
    pub pytorch: Option<PathBuf>,
}

#[derive(clap::Args)]
pub struct Generate {
    /// A model that `train` saved.
    pub model: PathBuf,
    /// The text to continue.
    #[arg(long, value_name = "TEXT")]
    pub prompt: String,
    /// Tokens to add.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub tokens: usize,
    /// Logits are divided by this; 0 takes the likeliest token.
    #[arg(long, value_name = "T", default_value_t = 1.0)]
    pub temperature: f32,
    /// Only the K likeliest tokens; 0 for all.
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub top_k: usize,
    /// Only the likeliest tokens whose probabilities reach P.
    #[arg(long, value_name = "P", default_value_t = 1.0)]
    pub top_p: f32,
    /// Seed of the tokens drawn.
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
}

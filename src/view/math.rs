//! The equations of the notes as trees; the page turns them into MathML. In one place so that symbols agree.

/// A piece of an equation, named as in MathML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Math {
    /// An identifier.
    I(&'static str),
    /// A number.
    N(&'static str),
    /// An operator.
    O(&'static str),
    /// A thin space.
    Space,
    /// Pieces in a row.
    Row(&'static [Math]),
    /// Base and subscript.
    Sub(&'static [Math; 2]),
    /// Base, subscript and superscript.
    SubSup(&'static [Math; 3]),
    /// Numerator and denominator.
    Frac(&'static [Math; 2]),
    /// Operator with something under it.
    Under(&'static [Math; 2]),
}

use Math::{Frac, I, N, O, Row, Space, Sub, SubSup, Under};

const ML: Math = Row(&[I("m"), I("l")]);
const NL: Math = Row(&[I("n"), I("l")]);
const Z_ML: Math = Sub(&[I("z"), ML]);
const T0: Math = Sub(&[I("t"), N("0")]);
const T0_EARLY: Math = Row(&[T0, O("′")]);
const P: Math = Row(&[I("P"), O("("), I("l"), O("|"), I("n"), O(")")]);
const B_N: Math = Sub(&[I("B"), I("n")]);
const LN: Math = I("ln");
const EXP: Math = I("exp");

/// An equation with the catalogue's key of what it says.
pub type Said = (&'static str, Math);

const SR: Math = I("SR");
const SR_T: Math = Sub(&[SR, I("t")]);
const SR_ACT: Math = Sub(&[SR, I("act")]);
const SR_ARGS: Math = Sub(&[SR, I("args")]);

/// Of tool use: how success is counted.
pub const TOOL_USE: &[Said] = &[
    (
        "eq_success",
        Row(&[
            SR,
            O("="),
            N("1"),
            O("⇔"),
            SR_T,
            O("="),
            N("1"),
            O(","),
            SR_ACT,
            O("="),
            N("1"),
            O(","),
            SR_ARGS,
            O("≥"),
            N("0.5"),
        ]),
    ),
    (
        "eq_iou",
        Row(&[
            I("IoU"),
            O("="),
            Frac(&[Row(&[O("∑"), I("r"), I("g")]), Row(&[O("∑"), I("max"), O("("), I("r"), O(","), I("g"), O(")")])]),
        ]),
    ),
];

const V: Math = I("v");
const X_V: Math = Sub(&[I("x"), V]);
const E_V: Math = Sub(&[I("E"), V]);
const VALUES: Math = Row(&[I("q"), O("("), I("y"), O("|"), X_V, O(")")]);
const PICKED: Math = Row(&[I("q"), O("("), I("y"), O("|"), X_V, O(","), E_V, O("="), N("1"), O(")")]);
const EVAL_X: Math = I("EVAL-X");

/// Of explanations: what encoding is, and the scores.
pub const ENCODING: &[Said] = &[
    ("eq_encoding", Row(&[O("∃"), V, O(":"), Space, PICKED, O("≠"), VALUES])),
    ("eq_eval_x", Row(&[EVAL_X, O("="), I("E"), Space, LN, Space, VALUES])),
    ("eq_meter", Row(&[I("M"), O("="), I("E"), Space, I("KL"), O("("), PICKED, O("‖"), VALUES, O(")")])),
    ("eq_stripe_x", Row(&[Sub(&[I("STRIPE-X"), I("α")]), O("="), EVAL_X, O("−"), I("α"), I("M")])),
];

/// Of Scan & Snap: attention and how it moves.
pub const SCAN_SNAP: &[Said] = &[
    (
        "eq_attention",
        Row(&[
            Sub(&[I("c"), Row(&[I("l"), O("|"), I("n")])]),
            O("="),
            Frac(&[
                Row(&[P, Space, EXP, O("("), Z_ML, O(")")]),
                Row(&[
                    Under(&[O("∑"), I("l′")]),
                    I("P"),
                    O("("),
                    I("l′"),
                    O("|"),
                    I("n"),
                    O(")"),
                    Space,
                    EXP,
                    O("("),
                    Sub(&[I("z"), Row(&[I("m"), I("l′")])]),
                    O(")"),
                ]),
            ]),
        ]),
    ),
    (
        "eq_dynamics",
        Row(&[
            Frac(&[Row(&[I("d"), Z_ML]), Row(&[I("d"), I("t")])]),
            O("="),
            Sub(&[I("η"), I("Z")]),
            SubSup(&[I("f"), NL, N("2")]),
            Sub(&[I("ξ"), I("n")]),
            O(">"),
            N("0"),
        ]),
    ),
    (
        "eq_gain",
        Row(&[
            EXP,
            O("("),
            N("2"),
            SubSup(&[I("f"), NL, N("2")]),
            O("("),
            N("0"),
            O(")"),
            B_N,
            O(")"),
            O("≤"),
            Sub(&[I("χ"), I("l")]),
            O("="),
            EXP,
            O("("),
            N("2"),
            Z_ML,
            O(")"),
            O("≤"),
            EXP,
            O("("),
            N("2"),
            B_N,
            O(")"),
        ]),
    ),
    (
        "eq_phase",
        Row(&[
            T0_EARLY,
            O("="),
            Frac(&[Row(&[I("K"), Space, LN, Space, I("M")]), Sub(&[I("η"), I("Y")])]),
            O(","),
            Space,
            Space,
            T0,
            O("≈"),
            N("2"),
            T0_EARLY,
            O(","),
            Space,
            Space,
            B_N,
            O("="),
            Frac(&[N("1"), N("4")]),
            Space,
            LN,
            Space,
            Frac(&[Row(&[Sub(&[I("C"), N("0")]), O("+"), N("4"), I("Γ")]), Sub(&[I("C"), N("0")])]),
        ]),
    ),
];

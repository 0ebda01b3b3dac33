//! The equations of the notes as trees; `app` turns them into MathML. In one place so that symbols agree.

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

/// Equations: the catalogue's key of what each says, and the equation.
pub const EQUATIONS: &[(&str, Math)] = &[
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

//! The lanes as an array; compilers turn it into the machine's own vectors.

/// What runs here, for tables.
pub const NAME: &str = "lanes";

/// Four lanes.
#[derive(Clone, Copy, Debug)]
pub struct F32x4([f32; 4]);

impl F32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self([x; 4])
    }

    /// The four values of a chunk.
    #[inline(always)]
    pub fn load(x: &[f32; 4]) -> Self {
        Self(*x)
    }

    /// Writes the four values to a chunk.
    #[inline(always)]
    pub fn store(self, x: &mut [f32; 4]) {
        *x = self.0;
    }

    /// The larger of each pair; the first where either is NaN.
    #[inline(always)]
    pub fn max(self, b: Self) -> Self {
        self.zip(b, |a, b| if a < b { b } else { a })
    }

    /// The smaller of each pair; the first where either is NaN.
    #[inline(always)]
    pub fn min(self, b: Self) -> Self {
        self.zip(b, |a, b| if b < a { b } else { a })
    }

    /// Square roots, correctly rounded.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }

    /// Zero where `x < floor`, unchanged elsewhere.
    #[inline(always)]
    pub fn zero_below(self, x: Self, floor: Self) -> Self {
        let mut out = self;
        for i in 0..4 {
            if x.0[i] < floor.0[i] {
                out.0[i] = 0.0;
            }
        }
        out
    }

    /// 2^n for whole n given as n + 1.5 * 2^23, the sum that rounds n to a whole number.
    #[inline(always)]
    pub fn pow2_of_shifted(self) -> Self {
        Self(self.0.map(|x| f32::from_bits((x.to_bits() << 23).wrapping_add(0x3f80_0000))))
    }

    /// Four vectors, turned on their side.
    #[inline(always)]
    pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
        core::array::from_fn(|i| Self(rows.map(|row| row.0[i])))
    }

    /// (lane 0 + lane 2) + (lane 1 + lane 3).
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.0;
        (a + c) + (b + d)
    }

    /// The largest lane.
    #[inline(always)]
    pub fn largest(self) -> f32 {
        let [a, b, c, d] = self.0;
        let larger = |a: f32, b: f32| if a < b { b } else { a };
        larger(larger(a, c), larger(b, d))
    }

    #[inline(always)]
    fn zip(self, b: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self([f(self.0[0], b.0[0]), f(self.0[1], b.0[1]), f(self.0[2], b.0[2]), f(self.0[3], b.0[3])])
    }
}

macro_rules! lanewise {
    ($($trait:ident $method:ident $op:tt),*) => {$(
        impl core::ops::$trait for F32x4 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, b: Self) -> Self {
                self.zip(b, |a, b| a $op b)
            }
        }
    )*};
}
lanewise!(Add add +, Sub sub -, Mul mul *, Div div /);

/// Four lanes of words; sums wrap.
#[derive(Clone, Copy, Debug)]
pub struct U32x4([u32; 4]);

impl U32x4 {
    /// A word for each lane.
    #[inline(always)]
    pub fn new(x: [u32; 4]) -> Self {
        Self(x)
    }

    /// The four words.
    #[inline(always)]
    pub fn array(self) -> [u32; 4] {
        self.0
    }

    /// Every lane turned left by `N` bits.
    #[inline(always)]
    pub fn rotate_left<const N: u32>(self) -> Self {
        Self(self.0.map(|x| x.rotate_left(N)))
    }
}

impl core::ops::Add for U32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i].wrapping_add(b.0[i])))
    }
}

impl core::ops::BitXor for U32x4 {
    type Output = Self;
    #[inline(always)]
    fn bitxor(self, b: Self) -> Self {
        Self(core::array::from_fn(|i| self.0[i] ^ b.0[i]))
    }
}

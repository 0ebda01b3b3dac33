//! The lanes as WebAssembly's `v128`. Every method matches the array form bit for bit.

use core::arch::wasm32 as w;

/// What runs here, for tables.
pub const NAME: &str = "simd128";

/// Four lanes.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(w::v128);

impl F32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self(w::f32x4_splat(x))
    }

    /// The four values of a chunk.
    #[inline(always)]
    #[expect(
        unsafe_code,
        reason = "four scalars become one load only where the SLP vectoriser runs, so not in small code"
    )]
    pub fn load(x: &[f32; 4]) -> Self {
        // SAFETY: the reference is to 16 readable bytes, and v128 loads need no alignment.
        Self(unsafe { w::v128_load(x.as_ptr().cast()) })
    }

    /// Writes the four values to a chunk.
    #[inline(always)]
    #[expect(unsafe_code, reason = "as for `load`")]
    pub fn store(self, x: &mut [f32; 4]) {
        // SAFETY: the reference is to 16 writable bytes, and v128 stores need no alignment.
        unsafe { w::v128_store(x.as_mut_ptr().cast(), self.0) }
    }

    /// The larger of each pair; the first where either is NaN.
    #[inline(always)]
    pub fn max(self, b: Self) -> Self {
        Self(w::f32x4_pmax(self.0, b.0))
    }

    /// The smaller of each pair; the first where either is NaN.
    #[inline(always)]
    pub fn min(self, b: Self) -> Self {
        Self(w::f32x4_pmin(self.0, b.0))
    }

    /// Square roots, correctly rounded.
    #[inline(always)]
    pub fn sqrt(self) -> Self {
        Self(w::f32x4_sqrt(self.0))
    }

    /// Zero where `x < floor`, unchanged elsewhere.
    #[inline(always)]
    pub fn zero_below(self, x: Self, floor: Self) -> Self {
        Self(w::v128_andnot(self.0, w::f32x4_lt(x.0, floor.0)))
    }

    /// 2^n for whole n given as n + 1.5 * 2^23, the sum that rounds n to a whole number.
    #[inline(always)]
    pub fn pow2_of_shifted(self) -> Self {
        Self(w::i32x4_add(w::i32x4_shl(self.0, 23), w::i32x4_splat(0x3f80_0000)))
    }

    /// Four vectors, turned on their side.
    #[inline(always)]
    pub fn transpose(rows: [Self; 4]) -> [Self; 4] {
        let [a, b, c, d] = rows.map(|row| row.0);
        let (ab, ab_high) = (w::i32x4_shuffle::<0, 4, 1, 5>(a, b), w::i32x4_shuffle::<2, 6, 3, 7>(a, b));
        let (cd, cd_high) = (w::i32x4_shuffle::<0, 4, 1, 5>(c, d), w::i32x4_shuffle::<2, 6, 3, 7>(c, d));
        [
            Self(w::i64x2_shuffle::<0, 2>(ab, cd)),
            Self(w::i64x2_shuffle::<1, 3>(ab, cd)),
            Self(w::i64x2_shuffle::<0, 2>(ab_high, cd_high)),
            Self(w::i64x2_shuffle::<1, 3>(ab_high, cd_high)),
        ]
    }

    /// (lane 0 + lane 2) + (lane 1 + lane 3).
    #[inline(always)]
    pub fn sum(self) -> f32 {
        let [a, b, c, d] = self.array();
        (a + c) + (b + d)
    }

    /// The largest lane.
    #[inline(always)]
    pub fn largest(self) -> f32 {
        let pairs = w::f32x4_pmax(self.0, w::i64x2_shuffle::<1, 0>(self.0, self.0));
        w::f32x4_extract_lane::<0>(w::f32x4_pmax(pairs, w::i32x4_shuffle::<1, 0, 3, 2>(pairs, pairs)))
    }

    #[inline(always)]
    fn array(self) -> [f32; 4] {
        [
            w::f32x4_extract_lane::<0>(self.0),
            w::f32x4_extract_lane::<1>(self.0),
            w::f32x4_extract_lane::<2>(self.0),
            w::f32x4_extract_lane::<3>(self.0),
        ]
    }
}

macro_rules! lanewise {
    ($($trait:ident $method:ident $op:ident),*) => {$(
        impl core::ops::$trait for F32x4 {
            type Output = Self;
            #[inline(always)]
            fn $method(self, b: Self) -> Self {
                Self(w::$op(self.0, b.0))
            }
        }
    )*};
}
lanewise!(Add add f32x4_add, Sub sub f32x4_sub, Mul mul f32x4_mul, Div div f32x4_div);

/// Four lanes of words; sums wrap.
#[derive(Clone, Copy, Debug)]
pub struct U32x4(w::v128);

impl U32x4 {
    /// A word for each lane.
    #[inline(always)]
    pub fn new([a, b, c, d]: [u32; 4]) -> Self {
        Self(w::u32x4(a, b, c, d))
    }

    /// The four words.
    #[inline(always)]
    pub fn array(self) -> [u32; 4] {
        [
            w::u32x4_extract_lane::<0>(self.0),
            w::u32x4_extract_lane::<1>(self.0),
            w::u32x4_extract_lane::<2>(self.0),
            w::u32x4_extract_lane::<3>(self.0),
        ]
    }

    /// Every lane turned left by `N` bits.
    #[inline(always)]
    pub fn rotate_left<const N: u32>(self) -> Self {
        Self(w::v128_or(w::u32x4_shl(self.0, N), w::u32x4_shr(self.0, 32 - N)))
    }
}

impl core::ops::Add for U32x4 {
    type Output = Self;
    #[inline(always)]
    fn add(self, b: Self) -> Self {
        Self(w::u32x4_add(self.0, b.0))
    }
}

impl core::ops::BitXor for U32x4 {
    type Output = Self;
    #[inline(always)]
    fn bitxor(self, b: Self) -> Self {
        Self(w::v128_xor(self.0, b.0))
    }
}

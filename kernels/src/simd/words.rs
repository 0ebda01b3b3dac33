//! Random words, four blocks of the cipher side by side.

use crate::lanes::U32x4;

/// [`crate::reference::chacha8`] with a lane for each block.
pub fn chacha8(words: &mut [u32; 64], key: &[u32; 8], block: u64, stream: u64) {
    let blocks: [u64; 4] = core::array::from_fn(|i| block.wrapping_add(i as u64));
    let splat = |word: u32| U32x4::new([word; 4]);
    let start = [
        splat(0x6170_7865),
        splat(0x3320_646e),
        splat(0x7962_2d32),
        splat(0x6b20_6574),
        splat(key[0]),
        splat(key[1]),
        splat(key[2]),
        splat(key[3]),
        splat(key[4]),
        splat(key[5]),
        splat(key[6]),
        splat(key[7]),
        U32x4::new(blocks.map(|block| block as u32)),
        U32x4::new(blocks.map(|block| (block >> 32) as u32)),
        splat(stream as u32),
        splat((stream >> 32) as u32),
    ];
    let mut x = start;
    for _ in 0..4 {
        quarter(&mut x, [0, 4, 8, 12]);
        quarter(&mut x, [1, 5, 9, 13]);
        quarter(&mut x, [2, 6, 10, 14]);
        quarter(&mut x, [3, 7, 11, 15]);
        quarter(&mut x, [0, 5, 10, 15]);
        quarter(&mut x, [1, 6, 11, 12]);
        quarter(&mut x, [2, 7, 8, 13]);
        quarter(&mut x, [3, 4, 9, 14]);
    }
    for (i, (x, start)) in x.into_iter().zip(start).enumerate() {
        for (lane, word) in (x + start).array().into_iter().enumerate() {
            words[16 * lane + i] = word;
        }
    }
}

#[inline(always)]
fn quarter(x: &mut [U32x4; 16], [a, b, c, d]: [usize; 4]) {
    x[a] = x[a] + x[b];
    x[d] = (x[d] ^ x[a]).rotate_left::<16>();
    x[c] = x[c] + x[d];
    x[b] = (x[b] ^ x[c]).rotate_left::<12>();
    x[a] = x[a] + x[b];
    x[d] = (x[d] ^ x[a]).rotate_left::<8>();
    x[c] = x[c] + x[d];
    x[b] = (x[b] ^ x[c]).rotate_left::<7>();
}

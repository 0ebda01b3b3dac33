//! Random words.

/// ChaCha8 (Bernstein 2008) as a stream of words: four blocks of 16 words, `block` to `block + 3` of the stream named
/// `stream`, for a key of 8 words. A block is the state `(constants, key, block, stream)` after four double rounds,
/// added to the state before them; counters are 64 bits, low word first.
pub fn chacha8(words: &mut [u32; 64], key: &[u32; 8], block: u64, stream: u64) {
    for (i, words) in words.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        let block = block.wrapping_add(i as u64);
        let mut start = [0; 16];
        start[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        start[4..12].copy_from_slice(key);
        start[12..].copy_from_slice(&[block as u32, (block >> 32) as u32, stream as u32, (stream >> 32) as u32]);
        *words = start;
        for _ in 0..4 {
            for i in 0..4 {
                quarter(words, [i, 4 + i, 8 + i, 12 + i]);
            }
            for i in 0..4 {
                quarter(words, [i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4]);
            }
        }
        for (word, start) in words.iter_mut().zip(start) {
            *word = word.wrapping_add(start);
        }
    }
}

fn quarter(x: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    for (first, second) in [(16, 12), (8, 7)] {
        x[a] = x[a].wrapping_add(x[b]);
        x[d] = (x[d] ^ x[a]).rotate_left(first);
        x[c] = x[c].wrapping_add(x[d]);
        x[b] = (x[b] ^ x[c]).rotate_left(second);
    }
}
